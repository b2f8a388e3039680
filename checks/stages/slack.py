"""How near a bound is attained at each value of a parameter."""

from __future__ import annotations

import math
from typing import Any

from lemmata.checks.evidence import Sample, Slack
from lemmata.claims import AtLeast, AtMost, Choice, Claim, Integers, Range, Reals, measured_symbols
from lemmata.claims.language.procedure import name_of

_MOST_VALUES = 40
"""Whole numbers of more values than this are gathered between powers of two."""
_BINS = 8

Slacks = dict[str, dict[str, float]]
"""Parameter -> value (or range of values) -> the largest ratio seen there."""


def note_slack(slacks: Slacks, claim: Claim, parameters: Any, ratio: float) -> None:
    """Book the largest ratio of a batch, or that there was none, under each parameter of a bound."""
    if not isinstance(claim.then, AtMost | AtLeast) or not math.isfinite(ratio):
        return
    used = {name_of(symbol) for symbol in measured_symbols(claim.then)}
    for name, declared in claim.given.parameters.items():
        if name not in parameters:  # a real table may be drawn by parameters of its own
            continue
        place = _place(declared, parameters[name], is_used=name in used)
        if place:
            there = slacks.setdefault(name, {})
            there[place] = max(ratio, there.get(place, ratio))


def _place(declared: Range, value: Any, *, is_used: bool) -> str:
    """A value in words, or the range that it belongs to; empty for what a table by value says nothing of."""
    match declared:
        case Integers() if declared.high - declared.low < _MOST_VALUES:
            return str(value)
        case Integers():
            low = 2 ** (max(1, abs(value)).bit_length() - 1)
            return str(value) if abs(value) <= 1 else f"{'-' if value < 0 else ''}{low} to {2 * low - 1}"
        case Choice():
            return str(value)
        case Reals() if is_used and declared.low < declared.high:
            ends = [declared.at(step / _BINS) for step in range(_BINS + 1)]
            step = next((step for step in range(_BINS) if value <= ends[step + 1]), _BINS - 1)
            return f"{ends[step]:.3g} to {ends[step + 1]:.3g}"
    return ""


def slack_records(slacks: Slacks, claim: Claim) -> list[Slack]:
    """What was booked, as a record: the values of each parameter from low to high."""
    made = []
    for name, there in slacks.items():
        declared = claim.given.parameters[name]
        places = sorted(there, key=_number) if not isinstance(declared, Choice) else sorted(there)
        if len(places) > 1 or name in getattr(claim.then, "every", ()):
            made.append(Slack(parameter=name, values=places, ratios=[there[one] for one in places]))
    return made


def _number(place: str) -> float:
    return float(place.partition(" ")[0])


def not_attained(stages: list[Sample], wanted: dict[str, list[str]], least: float) -> list[str]:
    """The values of parameters at which no stage attained a bound, in words.

    Args:
        stages: the samples of a trial.
        wanted: parameter -> all its values.
        least: the ratio that counts as attained.
    """
    found = []
    for name, values in wanted.items():
        best = dict.fromkeys(values, 0.0)
        for one in (one for stage in stages for one in stage.slack if one.parameter == name):
            best |= {
                place: max(ratio, best.get(place, 0.0)) for place, ratio in zip(one.values, one.ratios, strict=True)
            }
        found += [f"{best[place]:.6g} at {name} = {place}" for place in values if best[place] < least]
    return found


def every_value(claim: Claim) -> dict[str, list[str]]:
    """The parameters at each value of which a claim says that its bound is attained, and these values."""
    ranges = claim.given.parameters
    found = {}
    for name in getattr(claim.then, "every", ()):
        declared = ranges[name]
        if isinstance(declared, Integers):
            found[name] = [str(value) for value in range(declared.low, declared.high + 1)]
    return found
