"""The largest ratio of a bound against each parameter, as one line of text a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lemmata.checks.evidence import Curve
from lemmata.reports import words

if TYPE_CHECKING:
    from lemmata.checks.evidence import Evidence


_FEWEST = 3
"""Values of a parameter from which a picture says more than a line of text."""


def slack_lines(claim: Evidence) -> list[str]:
    """``n: 1 at 1, 0.98 at 2``: the largest ratios that any stage saw, a line for each parameter."""
    return [
        f"{name}: {', '.join(f'{words.ratio(ratio)} at {value}' for value, ratio in there.items())}"
        for name, there in _ratios(claim).items()
    ]


def slack_curves(claim: Evidence) -> list[Curve]:
    """The same as curves, for the parameters that are numbers; a range of values stands at its lower end."""
    made = []
    for name, there in _ratios(claim).items():
        places = [_number(value) for value in there]
        if len(there) >= _FEWEST and None not in places:
            made.append(
                Curve(
                    name=f"along {name}",
                    x_label=name,
                    y_label="largest ratio",
                    x=[place for place in places if place is not None],
                    measured=list(there.values()),
                    predicted=[None] * len(there),
                )
            )
    return made


def _ratios(claim: Evidence) -> dict[str, dict[str, float]]:
    """Parameter -> value or range of values, in words -> the largest ratio there of all stages."""
    found: dict[str, dict[str, float]] = {}
    for stage in claim.stages.values():
        for one in stage.slack:
            there = found.setdefault(one.parameter, {})
            for value, ratio in zip(one.values, one.ratios, strict=True):
                there[value] = max(ratio, there.get(value, ratio))
    return found


def _number(value: str) -> float | None:
    """Where a value, or a range such as ``0.5 to 1``, lies; None if it is no number."""
    try:
        return float(value.partition(" ")[0])
    except ValueError:
        return None
