"""The ratio of a claim in a table: the largest that was sampled, or that of the counterexample where it is larger."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from lemmata.reports import words

if TYPE_CHECKING:
    from lemmata.checks.counterexample import Counterexample
    from lemmata.checks.evidence import Evidence

_INEQUALITIES = frozenset({"AtMost", "AtLeast", "Monotone"})
_NUMBER = re.compile(r"\[?(-?\d+/\d+|-?\d[\d.]*(?:e[+-]?\d{1,4})?)(?![^\s\]])")
_CLOSE, _LARGEST = 0.005, 1e300


def largest(claim: Evidence) -> str:
    """The largest ratio of any stage or, of a refuted claim, of the counterexample that its sentence names.

    A counterexample may have been solved for, or lie below the rounding of the samples; its ratio is never one or less:
    of an inequality the side that should be the smaller over the other, of an equality infinite.
    """
    sampled, example = claim.worst_ratio, next((one for _, one in words.told(claim)), None)
    if claim.verdict != "refuted" or example is None or example.is_extrapolated:
        return words.largest_ratio(*claim.stages.values())
    if claim.statement.kind not in _INEQUALITIES:
        beyond = sampled is None or sampled > 1
        return words.largest_ratio(*claim.stages.values()) if beyond else words.INFINITE
    exact = _exceeded(example)
    if exact is None:
        return words.INFINITE
    if sampled is not None and sampled > exact:
        return words.largest_ratio(*claim.stages.values())
    if exact > _LARGEST:
        return f">{_LARGEST:.0e}"
    gap = float(exact - 1)
    return f"1+{gap:.1e}" if 0 < gap < _CLOSE else words.ratio(float(exact)) if gap else ">1"


def _exceeded(example: Counterexample) -> Fraction | None:
    """The larger side over the smaller one, which the claim has the other way round; None where it is not positive."""
    low, high = sorted((_number(example.left), _number(example.right)))
    return high / low if low > 0 else None


def _number(side: str) -> Fraction:
    """A fraction, a decimal, the middle of a ball; zero for a ball around it, and for what is no number."""
    number = _NUMBER.match(side)
    return Fraction(number[1]) if number else Fraction(0)
