"""Judging a conclusion on measured quantities: one judge a kind, every one written as "holds".

A number that is not finite never holds. In float64 each side carries a rigorous error bound, so a violation
is one that rounding cannot explain; in exact arithmetic it is one without further ado.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.checks.judging.sides import Relation, Sides, before_each_step, sides
from lemmata.claims import ClaimError, Conclusion, Conserved, Measurement, Time, evaluate
from lemmata.solvers import Bounded


@dataclass(frozen=True, kw_only=True)
class Margins:
    """A judgement of a batch in float64 with error bounds; every array is ``(batch,)``.

    Attributes:
        finite: all quantities are finite numbers.
        violated: finite, and some entry is off by more than its error bound.
        touching: an inequality that the error bound leaves open at some entry.
        blurred: no violation, but at some entry only because the error bound is large beside both sides.
        unchecked: the same at every entry of some case.
        unclear: at how many entries of all cases, integers.
        ratio: largest lhs/rhs (inequality; 1 where a bound by zero is attained exactly), or largest |lhs - rhs| / error
            bound (equality).
        negative: both sides of an inequality are negative at some entry, where a ratio says nothing.
        vanishing: an inequality that the error bound leaves open at an entry whose right side may be zero.
        residual: largest excess lhs - rhs, or largest |lhs - rhs|.
        error: error bound of the entry with the largest residual.
        open: reason -> instances that decide nothing, for that reason.
        relations: how many scalar relations an instance stands for.
        rigorous: no error bound is an extrapolation's.
        shared: some case has one value for the whole batch.
    """

    finite: np.ndarray
    violated: np.ndarray
    touching: np.ndarray
    blurred: np.ndarray
    unchecked: np.ndarray
    unclear: np.ndarray
    ratio: np.ndarray
    negative: np.ndarray
    vanishing: np.ndarray
    residual: np.ndarray
    error: np.ndarray
    open: dict[str, np.ndarray]
    relations: int
    rigorous: bool
    shared: bool


def margins(conclusion: Conclusion, measurement: Measurement, time: Time, batch: int) -> Margins:
    """Judge a batch that was measured in float64 with error bounds (``Bounded``).

    Raises:
        ClaimError: the procedure returned no case, or arrays of the wrong shape.
    """
    if not measurement.cases:
        raise ClaimError("the procedure returned no case to judge; return at least one Case")
    judged = [_one_case(sides(conclusion, case, time), batch) for case in measurement.cases]
    residuals = np.stack([one.residual for one in judged])
    errors = np.stack([one.error for one in judged])
    reasons: dict[str, np.ndarray] = {}
    for one in judged:
        for because, mask in one.open.items():
            reasons[because] = reasons.get(because, False) | mask
    worst = np.where(np.isnan(residuals), -np.inf, residuals).argmax(axis=0)[None]
    return Margins(
        finite=np.all([one.finite for one in judged], axis=0),
        violated=np.any([one.violated for one in judged], axis=0),
        touching=np.any([one.touching for one in judged], axis=0),
        blurred=np.any([one.blurred for one in judged], axis=0),
        unchecked=np.any([one.unchecked for one in judged], axis=0),
        unclear=np.sum([one.unclear for one in judged], axis=0),
        ratio=np.max([one.ratio for one in judged], axis=0),
        negative=np.any([one.negative for one in judged], axis=0),
        vanishing=np.any([one.vanishing for one in judged], axis=0),
        residual=residuals.max(axis=0),
        error=np.take_along_axis(errors, worst, axis=0)[0],
        open=reasons,
        relations=sum(one.relations for one in judged),
        rigorous=all(one.rigorous for one in judged),
        shared=any(one.shared for one in judged),
    )


def _one_case(pair: Sides, batch: int) -> Margins:
    gap = pair.difference
    if not isinstance(gap, Bounded):
        raise ClaimError(
            f"case {pair.case!r} was measured as {type(gap).__name__}; keep the number system it was given, also where "
            "every comparison is clear: write np.where(c, 1.0, 0.0) + 0 * x, for of plain numbers np.where makes a "
            "plain array"
        )
    if gap.value.shape[0] not in (1, batch):
        raise ClaimError(f"case {pair.case!r} has first axis {gap.value.shape[0]}, expected the batch, {batch}")
    value, error = _flat(gap.value, batch), _flat(gap.error, batch)
    error = np.where(np.isnan(error), np.inf, error)  # no error bound at all: the number itself may be right
    finite = np.all(np.isfinite(value), axis=1)
    if pair.relation is Relation.EQUAL:
        holds, size = np.abs(value) <= error, np.abs(value)
        negative = vanishing = np.zeros(value.shape, dtype=bool)
        ratio = np.where(size == 0, 0.0, size / np.where(error > 0, error, np.where(size == 0, 1.0, 0.0)))
        leaning = holds
    else:
        holds, size = value <= error, value
        ratio, negative, vanishing = _ratio(pair, batch, holds)
        if pair.may_vanish:
            ratio = np.where((value == 0) & (error == 0), 1.0, ratio)
        leaning = holds & ~(value <= -error)
    idle = np.broadcast_to(False if pair.open is None else pair.open, (batch,))
    touching = leaning.any(axis=1) if pair.relation is Relation.AT_MOST else np.zeros(batch, dtype=bool)
    unclear = leaning & ~_flat(pair.is_checked(), batch) & (not pair.estimated)
    return Margins(
        finite=finite,
        violated=finite & ~holds.all(axis=1) & ~idle,
        touching=finite & touching & ~idle,
        blurred=finite & unclear.any(axis=1) & ~idle,
        unchecked=finite & unclear.all(axis=1) & ~idle,
        unclear=np.where(finite & ~idle, unclear.sum(axis=1), 0),
        ratio=np.where(finite, ratio.max(axis=1), np.nan),
        negative=finite & negative.any(axis=1) & ~idle,
        vanishing=finite & (vanishing & leaning).any(axis=1) & ~idle,
        residual=np.where(finite, size.max(axis=1), np.nan),
        error=np.take_along_axis(error, size.argmax(axis=1)[:, None], axis=1)[:, 0],
        open={pair.because: idle} if idle.any() else {},
        relations=value.shape[1],
        rigorous=not pair.estimated,
        shared=gap.value.shape[0] < batch,
    )


def _flat(array: np.ndarray, batch: int) -> np.ndarray:
    flat = array.reshape(array.shape[0], -1)
    if flat.shape[1] == 0:
        raise ClaimError("the conclusion has no entry to judge: a measured array is empty along some axis")
    return np.broadcast_to(flat, (batch, flat.shape[1]))


def _ratio(pair: Sides, batch: int, holds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """left/right, as far as the error bounds vouch for it: the lower end of one over the upper end of the other.

    Where not both are positive: 0 if the inequality holds, else infinity. Beside it, where both are surely negative,
    and where the right one may be zero.
    """
    left, right = (_as_bounded(side) for side in (pair.left, pair.right))
    low, top = _flat(left.value - left.error, batch), _flat(left.value + left.error, batch)
    bottom, high = _flat(right.value - right.error, batch), _flat(right.value + right.error, batch)
    plain = np.where(holds, 0.0, np.inf)
    ratio = np.where((high > 0) & (low > 0), low / np.where(high > 0, high, 1.0), plain)
    masks = np.broadcast_arrays((top < 0) & (high < 0), (bottom <= 0) & (high >= 0), ratio)
    return ratio, masks[0], masks[1]


def _as_bounded(side: Any) -> Bounded:
    return side if isinstance(side, Bounded) else Bounded.exact(np.asarray(side, dtype=float))


def curves(conclusion: Conserved, measurement: Measurement) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Per case, the largest entry of |Q_t - Q_0| measured and as predicted by the law, first instance.

    Returns:
        (case name, measured ``(times,)``, predicted ``(times,)``), float64.
    """
    conclusion, found = conclusion.unfolded(), []
    for case in measurement.cases:
        track = evaluate(conclusion.quantity, case.values).value[:1]
        first = {name: value[:1] for name, value in case.values.items()}
        now = before_each_step(first, track.shape[1] - 1)
        predicted = [track[:, 0]]
        factor = _steps(conclusion.factor, now, track)
        change = _steps(conclusion.change, now, track, within=conclusion.expressions)
        for step in range(track.shape[1] - 1):
            predicted.append(factor[:, step] * predicted[-1] + change[:, step])
        expected = np.stack(predicted, axis=1)
        found.append((case.name, _drift(track), _drift(expected)))
    return found


def _steps(expression: Any, now: Mapping[str, Any], track: np.ndarray, within: Sequence[Any] = ()) -> np.ndarray:
    if expression in (0, 1):
        return np.full_like(track[:, 1:], float(expression))
    value = evaluate(expression, now, within).value
    if value.ndim < track.ndim:
        value = value[..., None, None]
    return np.broadcast_to(value, track[:, 1:].shape)


def _drift(track: np.ndarray) -> np.ndarray:
    moved = np.abs(track - track[:, :1])
    drift: np.ndarray = moved.reshape(moved.shape[1], -1).max(axis=1)
    return drift
