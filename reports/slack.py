"""The largest ratio of a bound against each parameter, as one line of text a parameter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lemmata.reports import words

if TYPE_CHECKING:
    from lemmata.checks.evidence import Evidence


def slack_along(claim: Evidence) -> dict[str, dict[str, float]]:
    """Parameter -> value or range of values -> the largest ratio that any stage saw there, from low to high."""
    found: dict[str, dict[str, float]] = {}
    for stage in claim.stages.values():
        for one in stage.slack:
            there = found.setdefault(one.parameter, {})
            for value, ratio in zip(one.values, one.ratios, strict=True):
                there[value] = max(ratio, there.get(value, ratio))
    return {name: dict(sorted(there.items(), key=_by_number)) for name, there in found.items()}


def _by_number(item: tuple[str, float]) -> tuple[float, str]:
    """A value, or the beginning of a range of values, as a number; words come after numbers, by the alphabet."""
    value = item[0]
    try:
        return float(value.partition(" ")[0]), ""
    except ValueError:
        return math.inf, value


def slack_lines(claim: Evidence) -> list[str]:
    """``n: 1 at 1, 0.98 at 2``: the largest ratios that any stage saw, a line for each parameter."""
    return [
        f"{name}: {', '.join(f'{words.ratio(ratio)} at {value}' for value, ratio in there.items())}"
        for name, there in slack_along(claim).items()
    ]
