"""The ratio of the two sides of one instance, in exact numbers: where a side cancels, floats do not know it."""

from __future__ import annotations

from typing import Any

from lemmata.checks.judging.gaps import as_float, magnitude
from lemmata.checks.judging.membership import is_large
from lemmata.checks.judging.settle import entries, exact_sides, precisions
from lemmata.claims import Claim, Instances, Parameters
from lemmata.solvers.numbers.errors import NumberSystemError


def exact_ratio(claim: Claim, parameters: Parameters, instance: Instances) -> float | None:
    """The largest left over right side of a bound, of all entries, from below; None where no precision tells.

    Args:
        claim: a bound with a number for its constant.
        parameters: of the instance.
        instance: a batch of one, float64.
    """
    if not claim.when.exact or is_large(instance):
        return None
    for bits in precisions(claim):
        try:
            pairs = exact_sides(claim, parameters, instance, bits)
        except NumberSystemError:
            return None
        found = [_ratio(left, right) for pair in pairs or () for _, left, right in entries(pair)]
        known = [one for one in found if one is not None]
        if known and len(known) == len(found):
            return max(known)
    return None


def _ratio(left: Any, right: Any) -> float | None:
    """Left over right, from below; zero where the left side is surely not positive, None where it may be anything."""
    if left <= 0:
        return 0.0
    return as_float(magnitude(left / right)) if left > 0 and right > 0 else None
