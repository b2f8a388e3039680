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
    """Damped Newton on the whole batch, from a multiple of the anchor; whoever finds no fall has arrived."""
    typical = matvec(anchor[:, None, :], target) / matrix.shape[2]
    height = np.log(typical) if order == 1 else -(typical ** -float(1 - order))
    unknown = anchor * height
    rows = np.arange(len(unknown))
    with np.errstate(all="ignore"):  # a trial step beyond the domain gives NaN and is not taken
        for _ in range(_NEWTON):
            if not rows.size:
                break
            moved, fell = _newton_step(matrix[rows], target[rows], unknown[rows], order)
            unknown[rows] = moved
            rows = rows[fell]
    return np.asarray(unknown)


def _newton_step(matrix: Floats, target: Floats, unknown: Floats, order: Fraction) -> tuple[Floats, np.ndarray]:
    """Each unknown after the longest halved Newton step by which the dual falls, and whether more may follow."""
    x, slope = _primal(matvec(transpose(matrix), unknown), order)
    residual = matvec(matrix, x) - target
    step = solve_each((matrix * slope[:, None, :]) @ transpose(matrix), residual)
    value, fall = _dual(matrix, target, unknown, order), (step * residual).sum(axis=1)
    moved, still, length = unknown.copy(), np.arange(len(unknown)), 1.0
    for _ in range(_HALVINGS):
        tried = unknown[still] - length * step[still]
        good = _dual(matrix[still], target[still], tried, order) <= value[still] - length * fall[still] / 4
        moved[still[good]] = tried[good]
        still, length = still[~good], length / 2
        if not still.size:
            break
    fell = value - fall / 4 != value  # a fall below rounding: this step was the last that can be judged
    fell[still] = False
    return moved, fell


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
