"""Which of several l1 minimisers a diagonal network of a given depth prefers as its initialization shrinks."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from lemmata.solvers.diagonal.equations import solve_each
from lemmata.solvers.numbers.arithmetic import (
    Array,
    Floats,
    as_floats,
    centre,
    convert,
    elementwise,
    is_balls,
    magnitude,
    transpose,
    widen,
)
from lemmata.solvers.numbers.linear_algebra import matvec, rational_power, solve_definite, times_fraction

_NEWTON, _HALVINGS, _REFINEMENTS = 80, 40, 4
_CAUTION = 2.0


def renyi_entropy(weights: Array, order: Fraction) -> Array:
    """The entropy of positive weights, scaled to sum to one, in nats; Shannon's at order one.

    Args:
        weights: ``(batch, n)``.
        order: positive.

    Returns:
        ``(batch,)``.
    """
    shares = weights / weights.sum(axis=1)[:, None]
    if order == 1:
        return -(shares * elementwise(shares, "log")).sum(axis=1)
    return times_fraction(elementwise(rational_power(shares, order).sum(axis=1), "log"), 1 / (1 - order))


def tie_break(x: Array, order: Fraction) -> Array:
    """What is least at the preferred minimiser: sum x log x at order one, minus sum x^order below one; ``(batch,)``."""
    if order == 1:
        return (x * elementwise(x, "log")).sum(axis=1)
    return -rational_power(x, order).sum(axis=1)


def preferred(matrix: Array, target: Array, anchor: Array, order: Fraction) -> tuple[Array, Array]:
    """The positive solution of ``matrix`` x = ``target`` at which ``tie_break`` is least, and its multiplier.

    Newton on the dual in float64, then in the number system at hand.

    Args:
        matrix: ``(batch, r, p)``, independent rows.
        target: ``(batch, r)``, the image of some positive x.
        anchor: a vector that every column maps to one, ``(batch, r)``.
        order: in (0, 1].

    Returns:
        x ``(batch, p)`` and v ``(batch, r)``; with u = matrix' v, x = exp(u) at order one, else (-u)^(-1/(1 - order)).
    """
    plain = as_floats(matrix), as_floats(target)
    unknown: Array = convert(_solved(*plain, as_floats(anchor), order), target)
    for _ in range(_REFINEMENTS if is_balls(target) else 1):  # floats start as near as they can be
        unknown = centre(unknown - _step(matrix, target, unknown, order))
    step = _step(matrix, target, unknown, order)
    found = widen(target * 0 + unknown, _CAUTION * magnitude(step))
    return _primal(matvec(transpose(matrix), found), order)[0], found


def _primal(u: Array, order: Fraction) -> tuple[Array, Array]:
    """X and dx/du, entry by entry."""
    if order == 1:
        x = elementwise(u, "exp")
        return x, x
    g = 1 / (1 - order)
    x = rational_power(-u, -g)
    return x, times_fraction(x / (-u), g)


def _step(matrix: Array, target: Array, unknown: Array, order: Fraction) -> Array:
    x, slope = _primal(matvec(transpose(matrix), unknown), order)
    return solve_definite((matrix * slope[:, None, :]) @ transpose(matrix), matvec(matrix, x) - target)


def _solved(matrix: Floats, target: Floats, anchor: Floats, order: Fraction) -> Floats:
    """Damped Newton on the whole batch, from a multiple of the anchor."""
    typical = matvec(anchor[:, None, :], target) / matrix.shape[2]
    height = np.log(typical) if order == 1 else -(typical ** -float(1 - order))
    unknown = anchor * height
    with np.errstate(all="ignore"):  # a trial step beyond the domain gives NaN and is not taken
        value = _dual(matrix, target, unknown, order)
        for _ in range(_NEWTON):
            x, slope = _primal(matvec(transpose(matrix), unknown), order)
            residual = matvec(matrix, x) - target
            step = solve_each((matrix * slope[:, None, :]) @ transpose(matrix), residual)
            fall, length, open_still = (step * residual).sum(axis=1), np.ones(len(unknown)), np.ones(len(unknown), bool)
            for _ in range(_HALVINGS):
                tried = unknown - length[:, None] * step
                found = _dual(matrix, target, tried, order)
                good = open_still & (found <= value - length * fall / 4)
                unknown, value = np.where(good[:, None], tried, unknown), np.where(good, found, value)
                open_still &= ~good
                if not open_still.any():
                    break
                length = np.where(open_still, length / 2, length)
            if open_still.all():
                break
    return np.asarray(unknown)


def _dual(matrix: Floats, target: Floats, unknown: Floats, order: Fraction) -> Floats:
    """The convex dual, whose slope is ``matrix`` x - ``target``."""
    u = matvec(transpose(matrix), unknown)
    if order == 1:
        conjugate = np.exp(u)
    else:
        conjugate = np.where(
            u < 0, (float(1 - order) / float(order)) * np.abs(u) ** (-float(order) / float(1 - order)), np.nan
        )
    return np.asarray(conjugate.sum(axis=1) - (target * unknown).sum(axis=1))
