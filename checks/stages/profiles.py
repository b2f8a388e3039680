"""The largest ratio against each parameter: where a bound is nearly attained, and where it has room."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lemmata.checks.evidence import Curve
from lemmata.claims import Parameters

_BINS = 24
"""Places that are kept along a parameter."""
_FEWEST = 3
"""Values of a parameter from which there is something to see."""
_WIDE = 100.0

Profile = dict[str, dict[float, float]]
"""Parameter -> value -> largest ratio seen there."""


def note(profile: Profile, parameters: Parameters, ratio: float) -> None:
    """Book the largest ratio of a batch under each parameter that is a number."""
    if not math.isfinite(ratio):
        return
    for name, value in parameters.items():
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            seen = profile.setdefault(name, {})
            seen[float(value)] = max(ratio, seen.get(float(value), -math.inf))


def as_curves(profile: Profile) -> list[Curve]:
    """A curve for each parameter that took several values; many values are gathered in bins."""
    return [_curve(name, _gathered(seen)) for name, seen in profile.items() if len(seen) >= _FEWEST]


def _curve(name: str, seen: Mapping[float, float]) -> Curve:
    places = sorted(seen)
    return Curve(
        name=f"along {name}",
        x_label=name,
        y_label="largest ratio",
        x=places,
        measured=[seen[place] for place in places],
        predicted=[None] * len(places),
    )


def _gathered(seen: Mapping[float, float]) -> dict[float, float]:
    """Few values as they are; of many the largest in each bin, bins being even in the logarithm on a wide range."""
    if len(seen) <= _BINS:
        return dict(seen)
    low, high = min(seen), max(seen)
    wide = low > 0 and high / low > _WIDE
    scale = math.log if wide else float
    largest: dict[int, tuple[float, float]] = {}
    for place, ratio in sorted(seen.items()):
        bin_ = min(int(_BINS * (scale(place) - scale(low)) / (scale(high) - scale(low))), _BINS - 1)
        if bin_ not in largest or ratio > largest[bin_][1]:
            largest[bin_] = place, ratio
    return dict(largest.values())
