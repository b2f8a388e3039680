"""Singular values in the number systems that have them: float64 with error bars, and balls."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

import numpy as np

from lemmata.solvers import arithmetic
from lemmata.solvers.arithmetic import Array, is_balls, is_rationals
from lemmata.solvers.bounded import UNIT, Bounded

_BACKWARD = 32
"""LAPACK's singular values are exact for a matrix within this times n u |A|; a generous constant."""
_GUARD_BITS = 40


@singledispatch
def singular_values(x: Array) -> Array:
    """Singular values of `x` (..., m, n), largest first: (..., min(m, n)).

    Floats by LAPACK; with `Bounded` the bar holds LAPACK's backward error and, by Weyl's inequality, the bar of
    `x`. Balls by mpmath at the ambient precision and more, with a radius that covers its rounding but is not a
    proof. Rationals have no singular values: NotRationalError.
    """
    if is_balls(x):
        return _of_balls(x)
    if is_rationals(x):
        raise arithmetic.not_rational("singular_values", "exact rationals")
    return np.linalg.svd(x, compute_uv=False)


@singular_values.register(Bounded)
def _(x: Bounded) -> Bounded:
    size = np.sqrt((x.value**2).sum(axis=(-2, -1)))
    bar = np.sqrt((x.error**2).sum(axis=(-2, -1))) + _BACKWARD * max(x.shape[-2:]) * UNIT * size
    finite = np.all(np.isfinite(x.value), axis=(-2, -1))
    values = np.linalg.svd(np.where(finite[..., None, None], x.value, 0.0), compute_uv=False)
    return Bounded(values, np.where(finite, bar * (1 + 1e-10), np.inf)[..., None] + 0 * values)


def _of_balls(x: Array) -> Array:
    """Singular values by mpmath; python-flint has none."""
    import mpmath

    flint = arithmetic.flint()
    bits = flint.ctx.prec + _GUARD_BITS
    flat = x.reshape(-1, *x.shape[-2:])
    rank = int(min(x.shape[-2:]))
    found = np.empty((len(flat), rank), dtype=object)
    with mpmath.workprec(bits):
        for index, matrix in enumerate(flat):
            rows = [[_to_mpf(mpmath, entry) for entry in row] for row in matrix]
            values = mpmath.svd_r(mpmath.matrix(rows), compute_uv=False)
            size = mpmath.norm(mpmath.matrix(rows), 2) if rank else mpmath.mpf(0)
            radius = float(size) * 2.0 ** (_GUARD_BITS - bits) + sum(float(entry.rad()) for entry in matrix.flat)
            found[index] = [flint.arb(mpmath.nstr(value, bits // 3), radius) for value in values]
    return found.reshape(*x.shape[:-2], rank)


def _to_mpf(mpmath: Any, ball: Any) -> Any:
    mantissa, exponent = ball.mid().man_exp()
    return mpmath.ldexp(mpmath.mpf(int(mantissa)), int(exponent))
