"""Exponents from local slopes: where they have come to rest, and how far they may still move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.checks.evidence import AGREES, CONTRADICTS, EXPONENT, OPEN, Curve, Estimate
from lemmata.checks.judging.origin import Origin
from lemmata.claims import Case, ClaimError, Measurement, Parameters, Rate, Side, evaluate
from lemmata.solvers import Bounded, as_floats, concatenate, elementwise, widen

FEWEST_SCALES = 3
_SLOWEST = 0.9
"""Successive differences that shrink by less than this factor are no plateau: a logarithm, or another regime."""
_LEAST_RATIO = 0.5
_WINDOW = 4
"""Differences looked at, from the last backwards."""
_CAUTION = 10.0
"""The error bound over the geometric estimate of what is left, doubled where the last step turned back: a slower
correction may hide behind a faster one of the opposite sign. Of 200,000 random pairs of powers none lay outside."""
_RESTING = 10.0
"""Slopes whose last differences add up to less than this part of the resolution have come to rest."""
_UNSEEN = 2.0**-44
"""Differences of a sequence below this part of it are not looked at, though its numbers may have more digits."""
_UNKNOWN = 1e6
"""Error bound of what is not known, as a leading constant that has not come to rest: it can neither hold nor fail."""


@dataclass(frozen=True, kw_only=True)
class Slopes:
    """A measured exponent, with its error bound, against the claimed one.

    Attributes:
        left, right: ``(batch, 1)``, or ``(batch, 2)`` with a leading constant, in the number system of the case.
        equal: left must equal right; else it must be at most right.
        slope: the measured exponent, ``(batch, 1)``.
        moving: instances still pre-asymptotic, ``(batch,)``.
    """

    left: Any
    right: Any
    equal: bool
    slope: Any
    moving: np.ndarray


def slopes(rate: Rate, case: Case) -> Slopes:
    """Measure the exponent (and the leading constant) at the end of the grid of scales.

    Raises:
        ClaimError: fewer than three scales, or scales that do not move.
    """
    log_quantity, log_scale = (evaluate(part, case.values) for part in rate.logarithms)
    _check_scales(case, log_quantity, log_scale)
    log_quantity = _with_error_bounds(log_quantity)
    resolution = float(rate.resolution)
    local = (log_quantity[:, 1:] - log_quantity[:, :-1]) / (log_scale[:, 1:] - log_scale[:, :-1])
    slope, moving = limit(local, resolution)
    claimed = evaluate(rate.exponent, case.values)[:, -1:]
    moving = _undecided(rate, local, slope, claimed, moving, falling=_is_falling(log_scale))
    if rate.side is not Side.BOTH:
        steeper = _is_falling(log_scale) == (rate.side is Side.UPPER)  # O(s^p) as s -> 0: the slope is at least p
        left, right = (claimed, slope) if steeper else (slope, claimed)
        return Slopes(left=left, right=right, equal=False, slope=slope, moving=moving)
    if rate.constant is None:
        return Slopes(left=slope, right=claimed, equal=True, slope=slope, moving=moving)
    height, drifting = limit(log_quantity - log_scale * claimed, resolution)
    height = widen(height, np.where(drifting, _UNKNOWN, 0.0)[:, None])
    constant = elementwise(evaluate(rate.constant, case.values), "log")[:, -1:]
    same = np.abs(as_floats(slope - claimed))[:, 0] <= resolution  # a wrong exponent makes every constant drift
    return Slopes(
        left=concatenate([slope, height], axis=1),
        right=concatenate(_same_rows(claimed, constant), axis=1),
        equal=True,
        slope=slope,
        moving=moving | (drifting & same),
    )


def _is_falling(log_scale: Any) -> bool:
    return bool(as_floats(log_scale)[0, -1] < as_floats(log_scale)[0, 0])


def _undecided(rate: Rate, local: Any, slope: Any, claimed: Any, moving: np.ndarray, *, falling: bool) -> np.ndarray:
    """Which instances decide nothing, ``(batch,)``: the claimed exponent is neither pinned down nor excluded.

    An exponent far from the claimed one need not be pinned down to the resolution to be excluded; but where the
    slopes turned back of late, or creep, they must have come to rest for that.
    """
    gap, errors = as_floats(slope - claimed)[:, 0], _radius(slope)[:, 0]
    reach, creeping = _reach(local, float(rate.resolution))
    far = ~creeping & (np.abs(gap) > np.maximum(reach, errors))
    if rate.side is Side.BOTH:
        wrong = np.abs(gap) > errors
    else:
        wrong = (-gap if falling == (rate.side is Side.UPPER) else gap) > errors
    undecided: np.ndarray = (moving | wrong) & ~(far & (wrong | (rate.side is not Side.BOTH)))
    return undecided


def _radius(x: Any) -> np.ndarray:
    """The error bounds of an array, as floats; zero where its numbers have none."""
    if isinstance(x, Bounded):
        return x.error
    wide = [float(item.rad()) if hasattr(item, "rad") else 0.0 for item in np.asarray(x, dtype=object).flat]
    return np.array(wide).reshape(x.shape)


def _reach(track: Any, resolution: float) -> tuple[np.ndarray, np.ndarray]:
    """How far a sequence may still go, with more caution than a limit asks for; and whether it creeps, ``(batch,)``."""
    steps = np.diff(as_floats(track), axis=1)[:, -_WINDOW:]
    errors = _radius(track)
    steps = np.where(np.abs(steps) > (errors[:, 1:] + errors[:, :-1])[:, -_WINDOW:], steps, 0.0)
    sizes = np.abs(steps)
    turns = steps[:, 1:] * steps[:, :-1] < 0
    last = np.where(turns.any(axis=1), turns.shape[1] - np.argmax(turns[:, ::-1], axis=1), steps.shape[1])
    since = np.where(np.arange(steps.shape[1])[None] >= last[:, None], sizes, 0.0).max(axis=1)
    resting = sizes.sum(axis=1) <= resolution / _RESTING
    creeping = np.all(_ratios(sizes) >= _SLOWEST, axis=1) & (sizes[:, -1] > 0) & ~resting
    return _CAUTION * np.maximum(since, np.where(resting, _RESTING * sizes.max(axis=1), 0.0)), creeping


def _with_error_bounds(track: Any) -> Any:
    """Where rounding hides a quantity, its logarithm has no error bound: one that decides nothing stands for it."""
    if not isinstance(track, Bounded):
        return track
    hidden = np.isfinite(track.value) & ~np.isfinite(track.error)
    return Bounded(track.value, np.where(hidden, _UNKNOWN, track.error))


def _same_rows(*columns: Any) -> list[Any]:
    """Columns ``(batch, 1)``, of which some may have one row for all, with the same number of rows."""
    rows = max(column.shape[0] for column in columns)
    return [column if column.shape[0] == rows else concatenate([column] * rows, axis=0) for column in columns]


def _check_scales(case: Case, log_quantity: Any, log_scale: Any) -> None:
    count = log_quantity.shape[1]
    if count < FEWEST_SCALES or log_scale.shape[1] != count:
        raise ClaimError(
            f"case {case.name!r}: a rate needs its quantity at {FEWEST_SCALES} scales or more, one each; got "
            f"{count} values at {log_scale.shape[1]} scales"
        )
    steps = np.diff(as_floats(log_scale), axis=1)
    if not (np.all(steps > 0) or np.all(steps < 0)):
        raise ClaimError(f"case {case.name!r}: the scales of a rate must go one way, each different from the last")


def limit(track: Any, resolution: float) -> tuple[Any, np.ndarray]:
    """The limit of a sequence whose differences shrink geometrically: its last member, widened by what is left.

    An extrapolation with caution, no proof: nothing seen so far excludes a change of regime further on.

    Args:
        track: ``(batch, count)``, count at least two, in any number system with error bounds.
        resolution: what is left to move must be below it.

    Returns:
        (last members ``(batch, 1)`` with their error bounds, mask ``(batch,)`` of those still moving).
    """
    middle = as_floats(track)
    errors = track.error if isinstance(track, Bounded) else np.zeros_like(middle)
    noise = errors[:, 1:] + errors[:, :-1]
    steps = np.abs(np.diff(middle, axis=1))
    steps = np.where(steps > noise, steps, 0.0)[:, -_WINDOW:]
    ratios = _ratios(steps)
    slow = np.all(ratios >= _SLOWEST, axis=1) & (steps[:, -1] > 0)
    shrinking = np.clip(ratios.max(axis=1), _LEAST_RATIO, _SLOWEST)
    # Two corrections of opposite sign may cancel in one difference; those before it, shrunk, keep it honest.
    ages = np.arange(steps.shape[1])[::-1]
    envelope = np.max(steps * np.minimum(ratios.max(axis=1), _SLOWEST)[:, None] ** ages, axis=1)
    turned = np.prod(np.diff(middle, axis=1)[:, -2:], axis=1) < 0
    left = np.where(turned, 2 * _CAUTION, _CAUTION) * envelope * shrinking / (1 - shrinking)
    left = left + _UNSEEN * np.abs(middle[:, -1])
    moving = slow | ~(left + errors[:, -1] <= resolution)
    return widen(track[:, -1:], left[:, None]), moving


def _ratios(steps: np.ndarray) -> np.ndarray:
    """By what factors differences shrink, ``(batch, count - 1)``; a half where there is only one to look at."""
    if steps.shape[1] == 1:
        return np.full((len(steps), 1), 0.5)
    before, after = steps[:, :-1], steps[:, 1:]
    return np.where(after > 0, after / np.where(before > 0, before, 1.0), 0.0) + np.where(
        (before == 0) & (after > 0), np.inf, 0.0
    )


def rate_evidence(rate: Rate, measured: Measurement, origin: Origin, parameters: Parameters) -> tuple[Curve, Estimate]:
    """The picture and the exponent of the first instance of a batch, first case, in float64 with error bounds.

    The picture's prediction is the claimed power through the last point, or the claimed constant times it.
    """
    rate = rate.unfolded()
    case = measured.cases[0]
    log_quantity, log_scale = (as_floats(evaluate(part, case.values)) for part in rate.logarithms)
    exponent = float(as_floats(evaluate(rate.exponent, case.values))[0, -1])
    x, y = log_scale[0], log_quantity[0]
    height = y[-1] - exponent * x[-1]
    if rate.constant is not None:
        height = float(np.log(as_floats(evaluate(rate.constant, case.values))[0, -1]))
    found = slopes(rate, case)
    value, error = float(as_floats(found.slope)[0, 0]), float(found.slope.error[0, 0])
    gap = found.left - found.right
    off = np.abs(gap.value[0]) if found.equal else gap.value[0]
    wrong = bool(np.any(off > gap.error[0]))
    estimate = Estimate(
        quantity=EXPONENT,
        origin=str(origin),
        parameters=dict(parameters),
        claimed=f"{exponent:.6g}" if found.equal else f"{rate.side.value} bound {exponent:.6g}",
        value=value,
        low=value - error,
        high=value + error,
        used=len(x),
        decision=OPEN if found.moving[0] else CONTRADICTS if wrong else AGREES,
    )
    log10 = np.log(10)
    curve = Curve(
        name=origin.name or str(origin),
        x_label="log10 of the scale",
        y_label="log10 of the quantity",
        x=[float(one / log10) for one in x],
        measured=[float(one / log10) for one in y],
        predicted=[float((height + exponent * one) / log10) for one in x],
    )
    return curve, estimate
