"""Estimates drawn small: an interval, its value and what is claimed, on one axis."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lemmata.reports import estimates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.checks.evidence import Estimate

_NUMBER = r"(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)"
_CLAIMED = re.compile(rf"(at least |at most |upper bound |lower bound |){_NUMBER}(?: to {_NUMBER})?")
"""The record tells what is claimed in words; anything else than these is not drawn."""
_WIDTH = 100.0
_ROOM, _SHORTEST = 0.15, 0.1
"""Room beside what is drawn, as a fraction of it; the shortest axis that is drawn."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Places on an axis from 0 to 100."""

    value: float
    interval: tuple[float, float] | None
    claimed: tuple[float, float] | None
    """A range, or twice the same place where one number is claimed (of a constant: calibrated)."""
    axis: tuple[str, str]
    """What the two ends of the axis stand for."""


def picture(one: Estimate) -> Picture | None:
    """The estimate as a picture; None where there is no finite value, or nothing to set it against."""
    if one.value is None or not math.isfinite(one.value):
        return None
    claimed = _claimed(one)
    ends = None if one.low is None or one.high is None or estimates.is_trend(one) else (one.low, one.high)
    if claimed is None and ends is None:
        return None
    axis = _axis(one, [one.value, *(claimed or ()), *(ends or ())])
    if axis is None:
        return None
    return Picture(
        value=_place(one.value, axis),
        interval=None if ends is None else (_place(ends[0], axis), _place(ends[1], axis)),
        claimed=None if claimed is None else (_place(claimed[0], axis), _place(claimed[1], axis)),
        axis=(f"{axis[0]:.3g}", f"{axis[1]:.3g}"),
    )


def _claimed(one: Estimate) -> tuple[float, float] | None:
    """The range of numbers that the claim allows, its ends perhaps infinite; the calibrated value of a constant."""
    if estimates.is_trend(one):
        return None if one.low is None else (one.low, one.low)
    match = _CLAIMED.fullmatch(one.claimed)
    if match is None:
        return None
    word, low, high = match[1].strip(), float(match[2]), float(match[3] or match[2])
    return (low, math.inf) if word == "at least" else (-math.inf, high) if word == "at most" else (low, high)


def _axis(one: Estimate, numbers: Sequence[float]) -> tuple[float, float] | None:
    """The ends of the axis: [0, 1] for a probability, from zero for a constant, else around the numbers."""
    if estimates.is_chance(one):
        return 0.0, 1.0
    finite = [number for number in numbers if math.isfinite(number)]
    low, high = min(finite), max(finite)
    room = max(_ROOM * (high - low), (_SHORTEST - (high - low)) / 2)
    ends = (0.0 if estimates.is_trend(one) and low >= 0 else low - room, high + room)
    return ends if 0 < ends[1] - ends[0] < math.inf else None


def _place(number: float, axis: tuple[float, float]) -> float:
    """Where a number lies, those beyond the axis at its end."""
    return min(max((number - axis[0]) / (axis[1] - axis[0]), 0.0), 1.0) * _WIDTH
