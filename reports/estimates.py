"""How every report tells an estimate: a probability, an exponent, an implied constant."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lemmata.reports import ratios, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lemmata.checks.evidence import Estimate, Evidence, Sample

_DECISIONS = {"contradicts": "contradicted", "open": "left open"}
_SEVERITY = {"contradicts": 2, "open": 1}
_TREND, _OVERALL = "constant along ", ("least constant", "largest constant")
"""How the record names an implied constant that is followed along a parameter, and the one for all instances."""

_LONGEST = 160
"""Characters of each text of an estimate; its numbers are never cut."""


def is_chance(one: Estimate) -> bool:
    """Whether a probability was estimated, at an error rate of its own."""
    return one.false_alarm > 0


def is_exponent(one: Estimate) -> bool:
    """Whether an exponent was estimated."""
    from lemmata.checks.evidence import EXPONENT

    return one.quantity == EXPONENT


def is_trend(one: Estimate) -> bool:
    """Whether an implied constant was followed along a parameter: ``low`` is then what was calibrated."""
    return one.quantity.startswith(_TREND)


def each_once(listed: Iterable[Estimate]) -> list[Estimate]:
    """The estimates without those that a reader could not tell from an earlier one."""
    found: dict[str, Estimate] = {}
    for one in listed:
        found.setdefault(estimate_text(one), one)
    return list(found.values())


def estimate_text(one: Estimate) -> str:
    """The whole estimate on one line."""
    what, place, said = (words.one_line(text, _LONGEST) for text in (one.quantity, where(one), one.claimed))
    line = f"{what} ({place}): {found(one)}, {basis(one)}; claimed {said}: {words.one_line(decision(one), _LONGEST)}"
    return f"{line}; {power(one)}" if power(one) else line


def where(one: Estimate) -> str:
    """Origin and parameters."""
    return f"{one.origin}; {words.parameters(list(one.parameters.items()))}" if one.parameters else one.origin


def found(one: Estimate) -> str:
    """The value with the interval it lies in; of a constant along a parameter, before and at the far end."""
    if is_trend(one):
        text = f"calibrated {words.number(one.low)}, {words.number(one.value)} at the far end"
        between = one.high is not None and one.high > max(one.low or 0.0, one.value or 0.0)
        return f"{text}, {words.number(one.high)} in between" if between else text
    if one.low is None and one.high is None:
        return words.number(one.value)
    return f"{words.number(one.value)} in {interval(one.low, one.high)}"


def interval(low: float | None, high: float | None) -> str:
    """An interval, to as many digits as tell its ends apart; an end that was not finite is a dash."""
    digits = 4
    if low is not None and high is not None and math.isfinite(low) and math.isfinite(high) and high > low:
        size = max(abs(low), abs(high))
        digits = min(max(digits, math.ceil(math.log10(size) - math.log10(high - low)) + 2), 15)
    ends = ("–" if end is None or not math.isfinite(end) else f"{end:.{digits}g}" for end in (low, high))
    return f"[{', '.join(ends)}]"


def basis(one: Estimate) -> str:
    """What the estimate rests on."""
    what = "scales" if is_exponent(one) else "points" if is_trend(one) else "instances"
    return f"{words.whole(one.used)} {what}"


def decision(one: Estimate) -> str:
    """What the estimate says of the claim, in words."""
    if one.decision == "contradicts" and is_exponent(one) and _within(one):
        return "contradicted in its leading constant"
    if one.decision == "contradicts" and one.quantity in _OVERALL and found(one) != words.NONE:
        return "contradicted, since it grows"
    return _DECISIONS.get(one.decision, one.decision)


def _within(one: Estimate) -> bool:
    """Whether the exponent claimed, a single number, lies in the interval found: then it is not what is wrong."""
    try:
        return one.low is not None and one.high is not None and one.low <= float(one.claimed) <= one.high
    except ValueError:
        return False


def power(one: Estimate) -> str:
    """Of a probability its error rate and what could have been seen; of other estimates nothing."""
    if not is_chance(one):
        return ""
    seen = "no discrepancy could have been seen"
    if one.detectable is not None:
        seen = f"a discrepancy of {one.detectable:.2g} would have been seen"
    return f"error rate {one.false_alarm:.1e}, {seen}"


def against(sample: Sample | None) -> Estimate | None:
    """The estimate that alone refutes, where there is no counterexample."""
    return None if sample is None or sample.smallest is not None else sample.contradiction


def unfavourable(sample: Sample | None) -> list[str]:
    """The estimates that do not agree with the claim, a line each."""
    return [] if sample is None else [estimate_text(one) for one in sample.estimates if one.decision != "agrees"]


def main_number(claim: Evidence) -> str:
    """What stands in the column of ratios: the ratio, or the number that the claim speaks of, by its name.

    Of an exponent (``exp``) and a constant (``C``) it is the estimate that agrees least, the first among equals;
    of probabilities (``p ±``) the discrepancy that would have been seen at every parameter point.
    """
    listed = [] if claim.sample is None else claim.sample.estimates
    chances = [one for one in listed if is_chance(one)]
    if chances:
        return _seen(chances)
    exponents = [one for one in listed if is_exponent(one)]
    if exponents:
        return _named("exp", _hardest(exponents).value)
    constants = [one for one in listed if one.quantity in _OVERALL]
    return _named("C", constants[0].value) if constants else ratios.largest(claim)


def _hardest(listed: Iterable[Estimate]) -> Estimate:
    return max(listed, key=lambda one: _SEVERITY.get(one.decision, 0))


def _seen(chances: list[Estimate]) -> str:
    hardest = _hardest(chances)
    if hardest.decision == "contradicts":
        return _named("p", hardest.value)
    seen = [one.detectable for one in chances if one.detectable is not None]
    return f"p ±{max(seen):.2g}" if len(seen) == len(chances) else words.NONE


def _named(name: str, value: float | None) -> str:
    return words.NONE if value is None or not math.isfinite(value) else f"{name} {value:.3g}"
