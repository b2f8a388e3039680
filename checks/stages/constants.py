"""Implied constants: how large one must be, and whether it grows with what it may not depend on.

The least constant that works is the largest ratio of the two sides. It is followed along each parameter it
may not depend on, from several points, and along all of them at once: calibrated on the half of the range
that lies away from an end, tested towards that end. A constant that still grows there at full speed is none.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from itertools import chain, product
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import AGREES, CONTRADICTS, OPEN, Curve, Estimate
from lemmata.checks.judging.origin import EVERYWHERE, Origin, Source
from lemmata.checks.judging.rulings import Ruling
from lemmata.checks.judging.settle import settle
from lemmata.checks.stages.approaches import approaches, without_end
from lemmata.checks.stages.between import worst_between
from lemmata.checks.stages.beyond import is_asked_beyond, rests_beyond
from lemmata.checks.stages.draws import Batch, draw, edge_batches, random_batches
from lemmata.checks.stages.implied import not_positive, with_constant, written
from lemmata.checks.stages.least import FEW, least, least_at, least_near, opposed
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.poles import ENDLESS, poles
from lemmata.checks.stages.scalings import scalings
from lemmata.checks.stages.tally import Tally, Violation
from lemmata.checks.stages.trends import (
    FEWEST,
    GROWN,
    TELLING,
    Point,
    Trend,
    advice,
    beside,
    left_open,
    of_few,
    rounded_up,
    trend_of,
    with_jumps,
)
from lemmata.claims import AtLeast, AtMost, Claim, Instances, Integers, Parameters, Reals

_GRID = 7
_COMBINED = 3
"""Parameters at most of which the ends and middles are combined."""
_LARGEST = 1e300
"""The constant that is settled at most."""
_SETTLED = 8
"""Instances at which the right side may vanish that are settled, each of another batch."""


def calibrate(claim: Claim, bound: AtMost | AtLeast, budget: Budget, seed: int, *axes: str) -> Tally:
    """Find the least constant everywhere, and refute the claim if it keeps growing; deterministic in the seed."""
    tally = Tally(reach=_reach(claim, bound))
    unit = with_constant(claim, "1")
    lattice = _lattice(claim, bound, seed, *axes)
    batches = chain(edge_batches(claim, budget), random_batches(claim, budget, seed, *axes), lattice)
    seen = [least(tally, unit, one, seed, *axes, str(index)) for index, one in enumerate(batches)]
    trends = chain(_trends(tally, unit, bound, budget, seed, *axes), scalings(unit, bound, budget, seen, seed, *axes))
    for followed in trends:
        trend = beside(followed, seen)
        seen += trend.points
        if trend.name not in {curve.x_label for curve in tally.curves}:
            tally.curves.append(_curve(trend, bound))
        tally.estimates.append(_as_estimate(trend, bound))
        if trend.decision == CONTRADICTS:
            endless = not math.isfinite(trend.heights[-1])
            before = (ENDLESS if endless else GROWN) * trend.calibrated
            origin = EVERYWHERE if endless else Origin(Source.TREND, f"growth along {trend.name}")
            _refute(tally, claim, trend.points[-1], min(before, _LARGEST) or 1.0, origin)
        if tally.violation is not None:
            break
    if tally.violation is None:
        seen += _without_constant(tally, claim, seen, budget, seed, *axes)
    extreme = max(seen, key=lambda point: point.constant)
    _settle_extremes(tally, claim, extreme, seen)
    tally.estimates.append(
        Estimate(
            quantity="least constant" if isinstance(bound, AtMost) else "largest constant",
            origin=str(EVERYWHERE),
            parameters=dict(extreme.parameters),
            claimed="some number",
            value=_as_constant(bound, extreme.constant),
            low=None,
            high=None,
            used=tally.met,
            decision=AGREES if tally.violation is None else CONTRADICTS,
        )
    )
    return tally


def _settle_extremes(tally: Tally, claim: Claim, extreme: Point, seen: Sequence[Point]) -> None:
    """Settle a million times the constant where most is needed, and where the right side may vanish.

    What looks large in floats may be a division by zero, which no constant survives; so may what looks like nothing.
    """
    largest = max((one.constant for one in seen if math.isfinite(one.constant)), default=0.0)
    enough = min(ENDLESS * max(largest, 1.0), _LARGEST)
    if extreme.constant > 0:
        _refute(tally, claim, extreme, enough, EVERYWHERE)
    for one in [one for one in seen if one.vanishing is not None][:_SETTLED]:
        at = dataclasses.replace(one, instance=one.vanishing)
        _refute(tally, claim, at, enough, EVERYWHERE, is_suspect=False)


def _without_constant(
    tally: Tally, claim: Claim, seen: Sequence[Point], budget: Budget, seed: int, *axes: str
) -> list[Point]:
    """Report where the constant grows without end, or must be small; points come back at which there is none at all."""
    bound, unit = claim.then, with_constant(claim, "1")
    if not isinstance(bound, AtMost | AtLeast):
        return []
    turned = opposed(seen)  # where both sides are negative, a large constant fails without any pole
    near = poles(claim, seen, budget, seed, *axes) if turned is None else None
    end = None if near else approaches(unit, bound, seen, lambda at: least_near(unit, at, seed, *axes))
    endless = end is not None and end.constant == math.inf
    if end is not None and not endless:
        near = without_end(unit, bound, end)
    # The first that is open is quoted, and a place says more than a trend that is open because of it.
    tally.estimates[:0] = [one for one in (near, turned) if one is not None]
    return [end] if end is not None and endless else []


def _lattice(claim: Claim, bound: AtMost | AtLeast, seed: int, *axes: str) -> Iterator[Batch]:
    """Two or three parameters at the ends and the middles of their ranges, all combined.

    What grows along a line towards what others need all along is told from growth by what is needed there.
    """
    grids = [(name, grid) for name, grid in _grids(claim, bound).items() if len(grid) >= FEWEST]
    if not 1 < len(grids) <= _COMBINED:
        return
    (base,) = draw_points(claim.given.parameters, 1, derived_seed(seed, *axes, "lattice"))
    for values in product(*((grid[0], grid[len(grid) // 2], grid[-1]) for _, grid in grids)):
        at = {**base, **{name: value for (name, _), value in zip(grids, values, strict=True)}}
        yield Batch(origin=EVERYWHERE, parameters=at, size=FEW)


def _grids(claim: Claim, bound: AtMost | AtLeast) -> dict[str, list[Any]]:
    """Values along each parameter that the constant may not depend on."""
    allowed = bound.constant.may_depend_on if bound.constant is not None else ()
    return {name: _grid(declared) for name, declared in claim.given.parameters.items() if name not in allowed}


def _reach(claim: Claim, bound: AtMost | AtLeast) -> str:
    """Over what the constant is followed, in words; and what takes too few values for growth to show."""
    allowed = bound.constant.may_depend_on if bound.constant is not None else ()
    ranges = {
        name: one
        for name, one in claim.given.parameters.items()
        if name not in allowed and isinstance(one, Integers | Reals) and one.low < one.high
    }
    followed = ", ".join(f"{name} from {one.low:g} to {one.high:g}" for name, one in ranges.items())
    short = [name for name, one in ranges.items() if len(_grid(one)) < TELLING]
    few = f" ({', '.join(short)}: too few values for growth to show)" if short else ""
    return f"{followed}{few}"


def _as_constant(bound: AtMost | AtLeast, ratio: float) -> float:
    """The constant that a ratio asks for: of a bound from below the largest that works."""
    if isinstance(bound, AtMost):
        return ratio
    return 1 / ratio if ratio else math.inf


def _trends(
    tally: Tally, unit: Claim, bound: AtMost | AtLeast, budget: Budget, seed: int, *axes: str
) -> Iterator[Trend]:
    """For each parameter, and for all together, the trend towards either end; of several base points the worst."""
    ranges = unit.given.parameters
    free = {name: grid for name, grid in _grids(unit, bound).items() if len(grid) >= FEWEST}
    bases = draw_points(ranges, budget.cells, derived_seed(seed, *axes, "bases"))
    whole = [name for name in free if isinstance(ranges[name], Integers)]
    bounded = [name for name in free if _is_bounded(ranges[name])]
    windows = [name for name in free if name not in bounded and len(free[name]) >= TELLING]
    together = [" and ".join(windows)] if len(windows) > 1 else []
    for name in [*free, *together]:
        along = [name] if name in free else windows
        places = [float(at) for at in free[name]] if name in free else [float(step) for step in range(_GRID)]
        # whole numbers end where they begin: below the smallest dimension there is nothing to grow towards
        for falls in (False,) if set(along) <= set(whole) else (False, True):
            profiles = []
            for number, base in enumerate(bases):
                line = _line(free, along, base, falling=[one for one in along if falls and one not in whole])
                batches = [Batch(origin=Origin(Source.ALONG, name), parameters=at, size=budget.batch) for at in line]
                where = [*axes, name, str(number), *(["down"] if falls else [])]
                profiles.append([least(tally, unit, one, seed, *where, str(step)) for step, one in enumerate(batches)])
            ends = [trend_of(name, places[::-1] if falls else places, profile, along) for profile in profiles]
            if name in bounded:
                ends = [left_open(one) for one in ends]
            if name in whole:
                ends = [of_few(one) for one in ends]
            ends = [beside(one, chain.from_iterable(profiles)) for one in ends]
            drawn = draw(unit, Batch(origin=EVERYWHERE, parameters=bases[0], size=1), generator(seed, *axes, name))
            ends = [_asked_beyond(unit, one, drawn) for one in ends]
            worst = max(ends, key=lambda one: (_SEVERITY[one.decision], one.heights[-1] / (one.calibrated or 1.0)))
            yield worst
            if name in unit.given.counted:
                worst_at = worst_between(unit, name, free[name], bases[0], drawn, budget)
                found = [least_at(tally, unit, one, drawn) for one in worst_at]
                yield with_jumps(of_few(trend_of(name, places, found, along)), max(worst.heights))


def _asked_beyond(unit: Claim, trend: Trend, drawn: Instances) -> Trend:
    """The trend, left open where its growth comes to an end beyond the range, as far as formulas can be asked."""
    grows = trend.decision == CONTRADICTS and np.isfinite(trend.heights[-1])
    if not grows or not is_asked_beyond(unit, trend):
        return trend
    rests = rests_beyond(unit, trend, lambda parameters: least_at(Tally(), unit, parameters, drawn))
    return dataclasses.replace(trend, decision=OPEN, unfinished=True) if rests else trend


_WINDOW = 100
"""A range of real numbers from above zero is a window of sizes that go on if its ends lie so many times apart."""


def _is_bounded(declared: object) -> bool:
    """Whether a range may be all that there is, such as step sizes from 1/10 to 1; others are windows of sizes."""
    return isinstance(declared, Reals) and (declared.low <= 0 or declared.high < _WINDOW * declared.low)


_SEVERITY = {AGREES: 0, OPEN: 1, CONTRADICTS: 2}


def _line(
    free: dict[str, list[Any]], along: Sequence[str], base: Parameters, *, falling: Sequence[str]
) -> list[dict[str, Any]]:
    """Parameter points along one parameter, or along several together: from low to high, or from high to low."""
    grids = {name: free[name][::-1] if name in falling else free[name] for name in along}
    steps = max(map(len, grids.values())) if len(along) == 1 else _GRID
    shares = np.linspace(0, 1, steps)
    return [{**base, **{one: grid[round(at * (len(grid) - 1))] for one, grid in grids.items()}} for at in shares]


def _grid(declared: object) -> list[Any]:
    """Values along a numeric range, evenly in the logarithm for whole numbers; empty for others."""
    if isinstance(declared, Reals):
        return [declared.at(step / (_GRID - 1)) for step in range(_GRID)] if declared.low < declared.high else []
    if isinstance(declared, Integers):
        low, span = declared.low, declared.high - declared.low
        return sorted({low + round((span + 1) ** (step / (_GRID - 1))) - 1 for step in range(_GRID)})
    return []


def _as_estimate(trend: Trend, bound: AtMost | AtLeast) -> Estimate:
    return Estimate(
        quantity=f"constant along {trend.name}",
        origin=f"towards {trend.places[-1]:.6g}" if " and " not in trend.name else "all together",
        parameters=dict(trend.points[-1].parameters),
        claimed=f"no growth{advice(trend)}",
        value=_as_constant(bound, trend.heights[-1]),
        low=_as_constant(bound, trend.calibrated),
        high=_as_constant(bound, max(trend.heights)),
        used=len(trend.heights),
        decision=trend.decision,
    )


def _curve(trend: Trend, bound: AtMost | AtLeast) -> Curve:
    found = [_as_constant(bound, height) for height in trend.heights]
    return Curve(
        name=f"constant along {trend.name}",
        x_label=trend.name,
        y_label="least constant" if isinstance(bound, AtMost) else "largest constant",
        x=list(trend.places),
        measured=[one if np.isfinite(one) else None for one in found],
        predicted=[_as_constant(bound, trend.calibrated)] * len(trend.places),
    )


def _refute(tally: Tally, claim: Claim, far: Point, ratio: float, origin: Origin, *, is_suspect: bool = True) -> None:
    """Settle a point against a constant that should be enough for it; a violation is booked with that constant.

    Of a suspect it is booked, too, that exact numbers leave it open.
    """
    if tally.violation is not None or far.instance is None:
        return
    constant = written(claim, rounded_up(ratio))
    settled = settle(with_constant(claim, constant), far.parameters, far.instance)
    is_violated = settled.ruling is Ruling.VIOLATED
    if is_violated and origin == EVERYWHERE and not _is_endless(claim, far):
        tally.unsettled += is_suspect
        return
    if not is_violated:
        tally.unsettled += is_suspect and (origin != EVERYWHERE or settled.ruling is Ruling.UNSETTLED)
        return
    tally.constant = constant
    tally.violation = Violation(
        parameters=far.parameters,
        instance=far.instance,
        origin=origin,
        settled=settled,
        residual=far.constant,
        error=0.0,
    )


def _is_endless(claim: Claim, at: Point) -> bool:
    """Whether no constant is enough at a point, where floats may only have rounded a small right side to zero."""
    return settle(not_positive(claim), at.parameters, at.instance or {}).ruling is Ruling.HOLDS
