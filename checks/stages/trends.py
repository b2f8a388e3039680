"""Trends of an implied constant: whether it grows without end along a parameter, comes to rest, or leaves that open."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from lemmata.checks.evidence import AGREES, CONTRADICTS, OPEN
from lemmata.claims import Instances, Parameters
from lemmata.solvers.numbers.arithmetic import Floats

FEWEST, TELLING = 3, 5
"""A parameter of fewer values than the first has no trend to follow; along fewer than the second nothing is refuted."""
GROWN, _NOTICED = 1.5, 1.02
"""Growth beyond what suffices on the calibrated half: so much contradicts, and less than the second counts as none."""
_AT_REST = -0.3
"""What is gained at each doubling falls at least like this power of the parameter, where a constant comes to rest."""
_POWER, _BENDS = 0.3, 0.8
"""Where it grew like a power above the first number, which has fallen to the second share, it may yet come to rest."""
_PARTS = 3
"""Into which the way is divided to see how growth goes."""
_FULL_SPEED, _SLOWING = 0.7, 0.3
"""The last increment of the constant, as a fraction of the largest: growth goes on, or comes to rest."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """The least constant at one parameter point, and the instance that needs it.

    Attributes:
        opposed: an instance there at which both sides are negative, where the constant must be small and not large.
        vanishing: one at which the right side may vanish, where no constant helps, and floats leave the bound open.
    """

    parameters: Parameters
    constant: float
    instance: Instances | None
    opposed: Instances | None = None
    vanishing: Instances | None = None


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The least constant along one parameter, ordered towards the end of its range that is tested."""

    name: str
    places: list[float]
    points: list[Point]
    decision: str
    along: tuple[str, ...] = ()
    """The parameters that move, where it is parameters that do."""
    elsewhere: float = 0.0
    """What is needed elsewhere at the values that count as calibrated."""
    ends: bool = False
    """Whether it grows towards an end of a range that may be all there is."""
    unfinished: bool = False
    """Whether it grows all along, and the range is too short to tell how it goes on."""
    jumps: bool = False
    """Whether it is far larger at single whole numbers between those that are followed."""

    @property
    def heights(self) -> list[float]:
        """The constants of the points."""
        return [point.constant for point in self.points]

    @property
    def first_half(self) -> list[Point]:
        """The points away from the end that is tested."""
        return self.points[: (len(self.points) + 1) // 2]

    @property
    def calibrated(self) -> float:
        """What suffices on the half away from the end; where that is nothing at all, what suffices before the end."""
        half = max(self.elsewhere, *(point.constant for point in self.first_half))
        return half or max(self.heights[:-1])


def trend_of(name: str, places: list[float], points: list[Point], along: Sequence[str] = ()) -> Trend:
    """What the constants at these places, the last of which are tested, say of growth."""
    trend = Trend(name=name, places=places, points=points, decision=AGREES, along=tuple(along))
    heights = np.array(trend.heights)
    steps = np.diff(heights)
    if np.isinf(heights[-1]):
        return dataclasses.replace(trend, decision=CONTRADICTS)
    if np.isinf(trend.calibrated):  # no constant survives that, and no trend is needed to say so
        return trend
    if not trend.calibrated:  # what appears at the end only says nothing of whether it would grow
        return dataclasses.replace(trend, decision=OPEN) if heights[-1] > 0 else trend
    if heights[-1] <= rounded_up(GROWN * trend.calibrated) or steps[-1] <= 0:
        return _open_if_it_goes_on(trend)
    pace = steps[-1] / steps.max()
    if pace >= _FULL_SPEED:
        bends = _bends(trend)
        return dataclasses.replace(trend, decision=OPEN if bends else CONTRADICTS, unfinished=bends)
    return dataclasses.replace(trend, decision=OPEN) if pace >= _SLOWING else _open_if_it_goes_on(trend)


def beside(trend: Trend, seen: Iterable[Point]) -> Trend:
    """A trend held against what was needed elsewhere, at values of its parameters that it takes as calibrated.

    On one line a constant may grow towards what other lines need all along: min(a, b) <= C sqrt(a b) at b = 1 and at
    a = b. That is no growth.
    """
    if trend.decision == AGREES or not np.isfinite(trend.heights[-1]):
        return trend
    ends = {name: [point.parameters[name] for point in trend.first_half] for name in trend.along}
    known = max(
        (
            point.constant
            for point in seen
            if np.isfinite(point.constant)
            and all(min(values) <= point.parameters[name] <= max(values) for name, values in ends.items())
        ),
        default=0.0,
    )
    if max(trend.heights) <= _NOTICED * known:
        return dataclasses.replace(trend, decision=AGREES, ends=False, unfinished=False, jumps=False)
    contradicts = trend.decision == CONTRADICTS and trend.heights[-1] > GROWN * known
    return dataclasses.replace(trend, elsewhere=known, decision=CONTRADICTS if contradicts else OPEN)


def _open_if_it_goes_on(trend: Trend) -> Trend:
    """The trend, left open where the constant grows from each place to the next and does not come to rest."""
    heights = np.array(trend.heights)
    if len(heights) < FEWEST or np.any(np.diff(heights) <= 0) or heights[-1] < _NOTICED * trend.calibrated:
        return trend
    return dataclasses.replace(trend, decision=OPEN, unfinished=True) if _powers(trend)[-1] > _AT_REST else trend


def _bends(trend: Trend) -> bool:
    """Whether growth like a power has become slower growth: d/(d + 1000) is bounded, and looks like d at first."""
    before, last = _powers(trend)[-2:] if len(trend.heights) > _PARTS else (0.0, 0.0)
    return bool(before > _POWER and last < _BENDS * before)


def _powers(trend: Trend) -> Floats:
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


def left_open(trend: Trend) -> Trend:
    """The trend along a range that may end where it is declared to: there growth contradicts nothing yet."""
    grows = trend.decision == CONTRADICTS and np.isfinite(trend.heights[-1])
    return dataclasses.replace(trend, decision=OPEN, ends=True) if grows else trend


def of_few(trend: Trend) -> Trend:
    """The trend along whole numbers: of few, growth contradicts nothing yet."""
    few = len(trend.heights) < TELLING and trend.decision == CONTRADICTS and np.isfinite(trend.heights[-1])
    return dataclasses.replace(trend, decision=OPEN, unfinished=True) if few else trend


def with_jumps(trend: Trend, followed: float) -> Trend:
    """The trend of the worst of each part of a range: a later one far beyond all that was followed leaves it open."""
    jumps = max(trend.heights) > GROWN * max(trend.calibrated, followed)
    leaps = trend.decision == CONTRADICTS and np.isfinite(trend.heights[-1])  # once is no growth
    return dataclasses.replace(trend, decision=OPEN, jumps=True) if jumps or leaps else trend


def advice(trend: Trend) -> str:
    """What would tell where a trend is left open, to be put behind a sentence; empty where nothing would."""
    if trend.ends:
        return f": if {trend.name} ends there, declare it without ends, these under given=; if not, widen its range"
    if trend.jumps:
        return f": it jumps at single values of {trend.name}; none further were looked at"
    return f": it grows all along; more values of {trend.name} would tell" if trend.unfinished else ""


_MOST = 1e300
"""What is rounded up stays a float."""


def rounded_up(number: float) -> Fraction:
    """The next number of two digits, so that a person can read it; 1e300 of larger ones."""
    number = min(number, _MOST)
    unit = Fraction(10) ** (math.floor(math.log10(number)) - 1)
    return math.ceil(Fraction(number) / unit) * unit
