"""Singular values and eigenvalues in the number systems that have them: float64 with error bounds, and balls."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

import numpy as np

from lemmata.solvers.numbers import arithmetic
from lemmata.solvers.numbers.arithmetic import Array, is_balls, is_rationals
from lemmata.solvers.numbers.bounded import UNIT, Bounded
from lemmata.solvers.numbers.errors import NumberSystemError, ShapeError

_BACKWARD = 32
"""LAPACK's values are exact for a matrix within this times n u |A|; a generous constant."""
_GUARD_BITS = 40
_SUBNORMAL = 2.0**-1074
_MOST_EXACT, _WIDEST = 16, 4_096
"""Of matrices of so many values at most, whose entries lie so many powers of two apart, exact values are looked for."""


@singledispatch
def singular_values(x: Array) -> Array:
    """Singular values of `x` (..., m, n), largest first: (..., min(m, n)).

    Floats by LAPACK; with `Bounded` the error bound holds LAPACK's backward error and, by Weyl's inequality, that of
    `x`. Balls by python-flint's QR iteration at more than the ambient precision, with a radius that covers its
    rounding (a share 2^-precision of the entries' sum) but is not a proof; of a matrix of exact entries, those that
    are zero, whole multiples of their unit or roots of such are exact.

    Raises:
        NotRationalError: of rationals, whose singular values are none.
        NumberSystemError: of numbers that have none either, such as those that carry derivatives.
    """
    if is_balls(x):
        return _of_balls(x, _singular, power=2)
    if is_rationals(x):
        raise arithmetic.not_rational("singular_values", "exact rationals")
    return np.linalg.svd(_plain(x, "singular values"), compute_uv=False)


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
        return _of_balls(x, _largest_first, power=1)
    if is_rationals(x):
        raise arithmetic.not_rational("eigenvalues_symmetric", "exact rationals")
    return np.linalg.eigvalsh(_plain(x, "eigenvalues"))[..., ::-1]


@_eigenvalues.register(Bounded)
def _(x: Bounded) -> Bounded:
    return _by_lapack(x, lambda matrix: np.linalg.eigvalsh(matrix)[..., ::-1])


def _plain(x: Array, values: str) -> Array:
    """The array itself, if it is one that LAPACK takes."""
    if isinstance(x, np.ndarray):
        return x
    raise NumberSystemError(
        f"{values} of {type(x).__name__} numbers are not taken: where two of them meet they have no derivative; speak "
        "of the trace, of the determinant or of norm2, which have"
    )


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


def _of_balls(x: Array, values_of: Callable[[Any], list[Any]], *, power: int) -> Array:
    """Values of matrices of balls, in order, by python-flint's QR iteration at their centres; Weyl's radius."""
    flint = arithmetic.flint()
    bits = flint.ctx.prec
    flat = x.reshape(-1, *x.shape[-2:])
    rank = int(min(x.shape[-2:]))
    found = np.empty((len(flat), rank), dtype=object)
    with flint.ctx.workprec(2 * (bits + _GUARD_BITS)):
        for index, matrix in enumerate(flat):
            if not all(entry.is_finite() for entry in matrix.flat):
                found[index] = [flint.arb("nan")] * rank
                continue
            centre = [[entry.mid() for entry in row] for row in matrix]
            size = sum((abs(entry) for row in centre for entry in row), start=flint.arb(0))
            radius = sum((entry.rad() for entry in matrix.flat), start=size * flint.arb(2) ** -bits).upper()
            balls = [flint.arb(value.mid(), radius) for value in values_of(flint.arb_mat(centre))[:rank]]
            found[index] = _sharpened(balls, matrix, power)
    return found.reshape(*x.shape[:-2], rank).view(type(x))


def _sharpened(balls: list[Any], matrix: Any, power: int) -> list[Any]:
    """The same values, exact where they, or their squares (``power`` 2), are whole multiples of the entries' unit.

    That a matrix of exact entries has such a value, and how often, its characteristic polynomial says: without it no
    precision tells a singular matrix from a nearly singular one.
    """
    flint = arithmetic.flint()
    if not balls or len(balls) > _MOST_EXACT or not all(entry.is_exact() for entry in matrix.flat):
        return balls
    parts = [[entry.man_exp() for entry in row] for row in matrix]
    exponents = [int(exponent) for row in parts for mantissa, exponent in row if mantissa]
    unit = min(exponents, default=0)
    if max(exponents, default=0) - unit > _WIDEST:
        return balls
    whole = flint.fmpz_mat([[mantissa << max(int(exponent) - unit, 0) for mantissa, exponent in row] for row in parts])
    if power > 1:
        turned = whole.transpose()
        whole = whole * turned if whole.nrows() <= whole.ncols() else turned * whole
    polynomial, step = whole.charpoly(), flint.arb((1, power * unit))
    scaled = [(ball if power == 1 else ball * ball) / step for ball in balls]
    made = list(balls)
    for root in {(value.mid() + 0.5).floor().unique_fmpz() for value in scaled} - {None}:
        places = [place for place, value in enumerate(scaled) if value.contains(root)]
        if len(places) == _multiplicity(polynomial, root):
            value = step * root if power == 1 else (step * root).sqrt()
            made = [value if place in places else ball for place, ball in enumerate(made)]
    return made


def _multiplicity(polynomial: Any, root: Any) -> int:
    count = 0
    while polynomial(root) == 0:
        polynomial, count = polynomial // arithmetic.flint().fmpz_poly([-root, 1]), count + 1
    return count


def _largest_first(matrix: Any) -> list[Any]:
    """Eigenvalues of a symmetric `flint.arb_mat`, without error bounds, at the ambient precision."""
    if not matrix.nrows():
        return []
    values = [value.real for value in arithmetic.flint().acb_mat(matrix).eig(algorithm="approx")]
    return sorted(values, key=lambda value: value.mid(), reverse=True)


def _singular(matrix: Any) -> list[Any]:
    """Singular values of a `flint.arb_mat`: roots, at half of the digits, of the eigenvalues of its Gram matrix."""
    over = matrix.nrows() <= matrix.ncols()
    gram = matrix * matrix.transpose() if over else matrix.transpose() * matrix
    return [value.mid().sqrt() if value.mid() > 0 else 0 * value.mid() for value in _largest_first(gram)]


eigenvalues_into = _eigenvalues
