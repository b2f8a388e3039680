"""Implied constants: how large one must be, and whether it grows with what it may not depend on.

The least constant that works is the largest ratio of the two sides. It is followed along each parameter it
may not depend on, from several points, and along all of them at once: calibrated on the half of the range
that lies away from an end, tested towards that end. A constant that still grows there at full speed is none.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, product
from typing import Any

import numpy as np
import sympy as sp

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import AGREES, CONTRADICTS, OPEN, Curve, Estimate
from lemmata.checks.judging.origin import EVERYWHERE, SEARCH, Origin, Source
from lemmata.checks.judging.rulings import Ruling
from lemmata.checks.judging.settle import instance_at, settle
from lemmata.checks.stages.between import worst_between
from lemmata.checks.stages.draws import Batch, draw, edge_batches, random_batches
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.sample import run_batch
from lemmata.checks.stages.tally import Tally, Violation
from lemmata.claims import AtLeast, AtMost, Claim, Instances, Integers, Mutant, Parameters, Reals, replace_constant
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.written import read_rational

_GRID, _PARTS = 7, 3
_BASES, _DOUBLINGS = 2, 8
"""Batches whose entries are scaled, and by how many doublings a step."""
_FEWEST, _TELLING = 3, 5
"""A parameter of fewer values than the first has no trend to follow; along fewer than the second nothing is refuted."""
_GROWN, _NOTICED = 1.5, 1.02
"""Growth beyond what suffices on the calibrated half: so much contradicts, and less than the second counts as none."""
_AT_REST = -0.3
"""What is gained at each doubling falls at least like this power of the parameter, where a constant comes to rest."""
_POWER, _BENDS = 0.3, 0.8
"""Where it grew like a power above the first number, which has fallen to the second share, it may yet come to rest."""
_FULL_SPEED, _SLOWING = 0.7, 0.3
"""The last increment of the constant, as a fraction of the largest: growth goes on, or comes to rest."""


@dataclass(frozen=True, kw_only=True)
class _Point:
    """The least constant at one parameter point, and the instance that needs it."""

    parameters: Parameters
    constant: float
    instance: Instances | None


@dataclass(frozen=True, kw_only=True)
class _Trend:
    """The least constant along one parameter, ordered towards the end of its range that is tested."""

    name: str
    places: list[float]
    points: list[_Point]
    decision: str
    ends: bool = False
    """Whether it grows towards an end of a range that may be all there is."""
    unfinished: bool = False
    """Whether it grows all along, and the range is too short to tell how it goes on."""
    jumps: bool = False
    """Whether it is far larger at single whole numbers between those that are followed."""

    @property
    def heights(self) -> list[float]:
        return [point.constant for point in self.points]

    @property
    def calibrated(self) -> float:
        """What suffices on the half away from the end; where that is nothing at all, what suffices before the end."""
        half = max(self.heights[: (len(self.heights) + 1) // 2])
        return half or max(self.heights[:-1])


def has_constant(claim: Claim) -> bool:
    """Whether the claim is a bound with an implied constant."""
    return isinstance(claim.then, AtMost | AtLeast) and claim.then.constant is not None


def with_constant(claim: Claim, constant: str) -> Claim:
    """The claim with a number for its implied constant; the claim itself for no number.

    Args:
        claim: a bound with an implied constant.
        constant: a fraction as text, as a counterexample records it.

    Raises:
        ValueError: the text does not read as a number.
    """
    if not constant or not isinstance(claim.then, AtMost | AtLeast):
        return claim
    number = read_rational(constant)
    then = replace_constant(claim.then, sp.Rational(int(number.p), int(number.q)))
    return claim.mutated(Mutant(name="fixed constant", because="the constant is a number", then=then))


def calibrate(claim: Claim, bound: AtMost | AtLeast, budget: Budget, seed: int, *axes: str) -> Tally:
    """Find the least constant everywhere, and refute the claim if it keeps growing; deterministic in the seed."""
    tally = Tally(reach=_reach(claim, bound))
    unit = with_constant(claim, "1")
    batches = chain(edge_batches(claim, budget), random_batches(claim, budget, seed, *axes))
    seen = [_least(tally, unit, one, seed, *axes, str(index)) for index, one in enumerate(batches)]
    trends = chain(_trends(tally, unit, bound, budget, seed, *axes), _scalings(unit, bound, budget, seed, *axes))
    for trend in trends:
        seen += trend.points
        if trend.name not in {curve.x_label for curve in tally.curves}:
            tally.curves.append(_curve(trend, bound))
        tally.estimates.append(_as_estimate(trend, bound))
        if trend.decision == CONTRADICTS:
            before = _GROWN * trend.calibrated
            _refute(
                tally,
                claim,
                trend.points[-1],
                before if before > 0 else 1.0,
                Origin(Source.TREND, f"growth along {trend.name}") if np.isfinite(trend.heights[-1]) else EVERYWHERE,
            )
    extreme = max(seen, key=lambda point: point.constant)
    if extreme.constant > 0:  # what looks large in floats may be a division by zero, which no constant survives
        _refute(tally, claim, extreme, 2 * extreme.constant, EVERYWHERE)
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


def _reach(claim: Claim, bound: AtMost | AtLeast) -> str:
    """Over what the constant is followed, in words; and what takes too few values for growth to show."""
    allowed = bound.constant.may_depend_on if bound.constant is not None else ()
    ranges = {
        name: one
        for name, one in claim.given.parameters.items()
        if name not in allowed and isinstance(one, Integers | Reals) and one.low < one.high
    }
    followed = ", ".join(f"{name} from {one.low:g} to {one.high:g}" for name, one in ranges.items())
    short = [name for name, one in ranges.items() if len(_grid(one)) < _TELLING]
    few = f" ({', '.join(short)}: too few values for growth to show)" if short else ""
    return f"{followed}{few}"


def _as_constant(bound: AtMost | AtLeast, ratio: float) -> float:
    """The constant that a ratio asks for: of a bound from below the largest that works."""
    if isinstance(bound, AtMost):
        return ratio
    return 1 / ratio if ratio else math.inf


def _least(tally: Tally, unit: Claim, batch: Batch, seed: int, *axes: str) -> _Point:
    """The largest ratio of the two sides in one batch, with the constant set to one."""
    return _least_of(tally, unit, batch, draw(unit, batch, generator(seed, *axes)))


def _least_at(tally: Tally, unit: Claim, parameters: Parameters, drawn: Instances) -> _Point:
    """The largest ratio of instances that are there, at other parameters; whole numbers that they carry left out."""
    instances = {name: value for name, value in drawn.items() if name not in parameters}
    return _least_of(tally, unit, Batch(origin=EVERYWHERE, parameters=parameters, size=1), instances)


def _least_of(tally: Tally, unit: Claim, batch: Batch, instances: Instances) -> _Point:
    ran = run_batch(tally, unit, batch, instances)
    if ran is None or not ran.decided.any():
        return _Point(parameters=batch.parameters, constant=0.0, instance=None)
    ratios = np.where(ran.decided, ran.found.ratio, -np.inf)
    row = int(np.argmax(ratios))
    constant = max(0.0, float(ratios[row]))
    return _Point(parameters=batch.parameters, constant=constant, instance=instance_at(ran.instances, row))


def _trends(
    tally: Tally, unit: Claim, bound: AtMost | AtLeast, budget: Budget, seed: int, *axes: str
) -> Iterator[_Trend]:
    """For each parameter, and for all together, the trend towards either end; of several base points the worst."""
    allowed = bound.constant.may_depend_on if bound.constant is not None else ()
    ranges = unit.given.parameters
    grids = {name: _grid(declared) for name, declared in ranges.items() if name not in allowed}
    free = {name: grid for name, grid in grids.items() if len(grid) >= _FEWEST}
    bases = draw_points(ranges, budget.cells, derived_seed(seed, *axes, "bases"))
    whole = [name for name in free if isinstance(ranges[name], Integers)]
    bounded = [name for name in free if _is_bounded(ranges[name])]
    windows = [name for name in free if name not in bounded and len(free[name]) >= _TELLING]
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
                profiles.append([_least(tally, unit, one, seed, *where, str(step)) for step, one in enumerate(batches)])
            ends = [_trend(name, places[::-1] if falls else places, profile) for profile in profiles]
            if name in bounded:
                ends = [_left_open(one) for one in ends]
            if name in whole:
                ends = [_of_few(one) for one in ends]
            worst = max(ends, key=lambda one: (_SEVERITY[one.decision], one.heights[-1] / (one.calibrated or 1.0)))
            yield worst
            if name in unit.given.counted:
                drawn = draw(unit, Batch(origin=EVERYWHERE, parameters=bases[0], size=1), generator(seed, *axes, name))
                worst_at = worst_between(unit, name, free[name], bases[0], drawn, budget)
                found = [_least_at(tally, unit, one, drawn) for one in worst_at]
                yield _with_jumps(_of_few(_trend(name, places, found)), max(worst.heights))


def _scalings(unit: Claim, bound: AtMost | AtLeast, budget: Budget, seed: int, *axes: str) -> Iterator[_Trend]:
    """The trend as entries that may take any value all grow, or all shrink, from where they are drawn and from one."""
    allowed = bound.constant.may_depend_on if bound.constant is not None else ()
    for number, base in enumerate(draw_points(unit.given.parameters, _BASES, derived_seed(seed, *axes, "scalings"))):
        batch = Batch(origin=SEARCH, parameters=base, size=budget.batch)
        drawn = draw(unit, batch, generator(seed, *axes, "scalings", number))
        free = unit.given.free(drawn)
        near_one = {**drawn, **{name: np.frexp(drawn[name])[0] for name in free}}
        for name in (one for one in free if one not in allowed):
            for instances, way in product((drawn, near_one), (1, -1)):
                powers = [way * _DOUBLINGS * step for step in range(_GRID)]
                scaled = [{**instances, name: np.ldexp(instances[name], power)} for power in powers]
                points = [_least_of(Tally(), unit, batch, one) for one in scaled]  # what overflows is not booked
                yield _trend(name, [2.0**power for power in powers], points)


def _is_bounded(declared: object) -> bool:
    """Whether a range may be all that there is: real numbers from zero, or from below it, to an end.

    Others are windows of sizes that go on.
    """
    return isinstance(declared, Reals) and declared.low <= 0


def _left_open(trend: _Trend) -> _Trend:
    """The trend along a range that may end where it is declared to: there growth contradicts nothing yet."""
    grows = trend.decision == CONTRADICTS and np.isfinite(trend.heights[-1])
    return dataclasses.replace(trend, decision=OPEN, ends=True) if grows else trend


def _of_few(trend: _Trend) -> _Trend:
    """The trend along whole numbers: of few, growth contradicts nothing yet."""
    few = len(trend.heights) < _TELLING and trend.decision == CONTRADICTS and np.isfinite(trend.heights[-1])
    return dataclasses.replace(trend, decision=OPEN, unfinished=True) if few else trend


def _with_jumps(trend: _Trend, followed: float) -> _Trend:
    """The trend of the worst of each part of a range: a later one far beyond all that was followed leaves it open."""
    jumps = max(trend.heights) > _GROWN * max(trend.calibrated, followed)
    leaps = trend.decision == CONTRADICTS and np.isfinite(trend.heights[-1])  # once is no growth
    return dataclasses.replace(trend, decision=OPEN, jumps=True) if jumps or leaps else trend


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


def _trend(name: str, places: list[float], points: list[_Point]) -> _Trend:
    trend = _Trend(name=name, places=places, points=points, decision=AGREES)
    heights = np.array(trend.heights)
    steps = np.diff(heights)
    if np.isinf(heights[-1]):
        return dataclasses.replace(trend, decision=CONTRADICTS)
    if np.isinf(trend.calibrated):  # no constant survives that, and no trend is needed to say so
        return trend
    if not trend.calibrated:  # what appears at the end only says nothing of whether it would grow
        return dataclasses.replace(trend, decision=OPEN) if heights[-1] > 0 else trend
    if heights[-1] <= _rounded_up(_GROWN * trend.calibrated) or steps[-1] <= 0:
        return _open_if_it_goes_on(trend)
    pace = steps[-1] / steps.max()
    if pace >= _FULL_SPEED:
        bends = _bends(trend)
        return dataclasses.replace(trend, decision=OPEN if bends else CONTRADICTS, unfinished=bends)
    return dataclasses.replace(trend, decision=OPEN) if pace >= _SLOWING else _open_if_it_goes_on(trend)


def _open_if_it_goes_on(trend: _Trend) -> _Trend:
    """The trend, left open where the constant grows from each place to the next and does not come to rest."""
    heights = np.array(trend.heights)
    if len(heights) < _FEWEST or np.any(np.diff(heights) <= 0) or heights[-1] < _NOTICED * trend.calibrated:
        return trend
    return dataclasses.replace(trend, decision=OPEN, unfinished=True) if _powers(trend)[-1] > _AT_REST else trend


def _bends(trend: _Trend) -> bool:
    """Whether growth like a power has become slower growth: d/(d + 1000) is bounded, and looks like d at first."""
    before, last = _powers(trend)[-2:] if len(trend.heights) > _PARTS else (0.0, 0.0)
    return bool(before > _POWER and last < _BENDS * before)


def _powers(trend: _Trend) -> Floats:
    """The power with which what is gained at a doubling goes, from each third of the way to the next.

    It is 1 of a constant that grows like the parameter, 0 of its logarithm, -1 of what approaches its limit like 1/d.
    """
    last = len(trend.heights) - 1
    at = np.linspace(0, last, min(_PARTS, last) + 1).round().astype(int)
    places = np.array(trend.places)
    x = np.abs(np.log(places) - np.log(places[0]))[at] if (places > 0).all() else at.astype(float)
    gained = np.maximum(np.diff(np.array(trend.heights)[at]), np.finfo(float).tiny) / np.diff(x)
    found: Floats = np.diff(np.log(gained)) / np.diff((x[1:] + x[:-1]) / 2)
    return found


def _advice(trend: _Trend) -> str:
    if trend.ends:
        return f": if {trend.name} ends there, declare it without ends, these under given=; if not, widen its range"
    if trend.jumps:
        return f": it jumps at single values of {trend.name}; none further were looked at"
    return f": it grows all along; more values of {trend.name} would tell" if trend.unfinished else ""


def _as_estimate(trend: _Trend, bound: AtMost | AtLeast) -> Estimate:
    return Estimate(
        quantity=f"constant along {trend.name}",
        origin=f"towards {trend.places[-1]:.6g}" if " and " not in trend.name else "all together",
        parameters=dict(trend.points[-1].parameters),
        claimed=f"no growth{_advice(trend)}",
        value=_as_constant(bound, trend.heights[-1]),
        low=_as_constant(bound, trend.calibrated),
        high=_as_constant(bound, max(trend.heights)),
        used=len(trend.heights),
        decision=trend.decision,
    )


def _curve(trend: _Trend, bound: AtMost | AtLeast) -> Curve:
    found = [_as_constant(bound, height) for height in trend.heights]
    return Curve(
        name=f"constant along {trend.name}",
        x_label=trend.name,
        y_label="least constant" if isinstance(bound, AtMost) else "largest constant",
        x=list(trend.places),
        measured=[one if np.isfinite(one) else None for one in found],
        predicted=[_as_constant(bound, trend.calibrated)] * len(trend.places),
    )


def _rounded_up(number: float) -> Fraction:
    """The next number of two digits, so that a person can read it."""
    unit = Fraction(10) ** (math.floor(math.log10(number)) - 1)
    return math.ceil(Fraction(number) / unit) * unit


def _refute(tally: Tally, claim: Claim, far: _Point, ratio: float, origin: Origin) -> None:
    """Settle a point against a constant that should be enough for it; a violation is booked with that constant."""
    if tally.violation is not None or far.instance is None:
        return
    enough = _rounded_up(ratio if np.isfinite(ratio) else 1.0)
    constant = str(1 / enough if isinstance(claim.then, AtLeast) else enough)
    settled = settle(with_constant(claim, constant), far.parameters, far.instance)
    if settled.ruling is not Ruling.VIOLATED:
        tally.unsettled += origin != EVERYWHERE or settled.ruling is Ruling.UNSETTLED
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
