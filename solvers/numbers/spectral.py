"""Singular values and eigenvalues in the number systems that have them: float64 with error bounds, and balls."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

import numpy as np

from lemmata.solvers.numbers import arithmetic
from lemmata.solvers.numbers.arithmetic import Array, is_balls, is_rationals
from lemmata.solvers.numbers.bounded import UNIT, Bounded
from lemmata.solvers.numbers.errors import ShapeError

_BACKWARD = 32
"""LAPACK's values are exact for a matrix within this times n u |A|; a generous constant."""
_GUARD_BITS = 40
_SIZE = 17
_SUBNORMAL = 2.0**-1074


@singledispatch
def singular_values(x: Array) -> Array:
    """Singular values of `x` (..., m, n), largest first: (..., min(m, n)).

    Floats by LAPACK; with `Bounded` the error bound holds LAPACK's backward error and, by Weyl's inequality, that of
    `x`. Balls by mpmath at the ambient precision and more, with a radius that covers its rounding but is not a
    proof. Rationals have no singular values: NotRationalError.
    """
    if is_balls(x):
        return _of_balls(x, "singular_values")
    if is_rationals(x):
        raise arithmetic.not_rational("singular_values", "exact rationals")
    return np.linalg.svd(x, compute_uv=False)


@singular_values.register(Bounded)
def _(x: Bounded) -> Bounded:
    return _by_lapack(x, lambda matrix: np.linalg.svd(matrix, compute_uv=False))


def eigenvalues_symmetric(x: Array) -> Array:
    """Eigenvalues of the symmetric part of `x` (..., n, n), largest first: (..., n).

    Number systems and error bounds as in `singular_values`.
    """
    if x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"eigenvalues_symmetric got a shape of {x.shape}; expected square matrices (..., n, n).")
    # Rounding may leave a product A A' unsymmetric by an ulp; its mean with its transpose is within the error bounds.
    return _eigenvalues((x + arithmetic.transpose(x)) / 2)


@singledispatch
def _eigenvalues(x: Array) -> Array:
    if is_balls(x):
        return _of_balls(x, "eigenvalues_symmetric")
    if is_rationals(x):
        raise arithmetic.not_rational("eigenvalues_symmetric", "exact rationals")
    return np.linalg.eigvalsh(x)[..., ::-1]


@_eigenvalues.register(Bounded)
def _(x: Bounded) -> Bounded:
    return _by_lapack(x, lambda matrix: np.linalg.eigvalsh(matrix)[..., ::-1])


def _by_lapack(x: Bounded, values_of: Callable[[Any], Any]) -> Bounded:
    """Values that Weyl's inequality moves by no more than the norm of a change of the matrix."""
    backward = _BACKWARD * max(x.shape[-2:])
    size = _norm(x.value)
    error = _norm(x.error) + backward * np.where(size > 0, UNIT * size + _SUBNORMAL, 0.0)
    finite = np.all(np.isfinite(x.value), axis=(-2, -1))
    values = values_of(np.where(finite[..., None, None], x.value, 0.0))
    return Bounded(values, np.where(finite, error * (1 + 1e-10), np.inf)[..., None] + 0 * values)


def _norm(x: Any) -> Any:
    """Frobenius norms ``(...)`` of matrices, scaled so that no square leaves the floats."""
    largest = np.abs(x).max(axis=(-2, -1), initial=0.0, keepdims=True)
    known = np.isfinite(largest)
    shares = np.where(known, x, 0.0) / np.where(known & (largest > 0), largest, 1.0)
    found = np.where(known, largest, 0.0) * np.sqrt((shares**2).sum(axis=(-2, -1), keepdims=True))
    return np.where(known, found, np.inf)[..., 0, 0]


def _of_balls(x: Array, which: str) -> Array:
    """Singular values or eigenvalues by mpmath; python-flint has neither with their order."""
    import mpmath

    flint = arithmetic.flint()
    bits = flint.ctx.prec + _GUARD_BITS
    flat = x.reshape(-1, *x.shape[-2:])
    rank = int(min(x.shape[-2:]))
    found = np.empty((len(flat), rank), dtype=object)
    with mpmath.workprec(bits):
        for index, matrix in enumerate(flat):
            if not all(entry.is_finite() for entry in matrix.flat):
                found[index] = [flint.arb("nan")] * rank
                continue
            whole = mpmath.matrix([[_to_mpf(mpmath, entry) for entry in row] for row in matrix])
            if which == "singular_values":
                values = list(mpmath.svd_r(whole, compute_uv=False))
            else:
                values = sorted(mpmath.eigsy(whole, eigvals_only=True), reverse=True)
            size = mpmath.norm(whole, 2) if rank else mpmath.mpf(0)
            rounding = flint.arb(mpmath.nstr(size, _SIZE)) * flint.arb(2) ** (_GUARD_BITS - bits)
            radius = sum((entry.rad() for entry in matrix.flat), start=rounding)
            found[index] = [flint.arb(mpmath.nstr(value, bits // 3), radius) for value in values]
    return found.reshape(*x.shape[:-2], rank).view(type(x))


def _to_mpf(mpmath: Any, ball: Any) -> Any:
    mantissa, exponent = ball.mid().man_exp()
    return mpmath.ldexp(mpmath.mpf(int(mantissa)), int(exponent))


eigenvalues_into = _eigenvalues
