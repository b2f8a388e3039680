"""Findings of the stages as records."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from lemmata.checks.counterexample import Counterexample
from lemmata.checks.judging.assumed import assumed
from lemmata.checks.judging.rulings import extrapolated_from
from lemmata.checks.judging.settle import as_lists, exact_entries
from lemmata.checks.records import encode
from lemmata.checks.stages.tally import Violation
from lemmata.claims import Claim


def counterexample(
    claim: Claim,
    violation: Violation,
    axes: Sequence[str],
    *,
    shrunk: bool,
    constant: str = "",
    exact: Mapping[str, Any] | None = None,
) -> Counterexample:
    """A violation as a record, named by a digest of where it was found and what it is."""
    entries = as_lists(violation.instance)
    settled_in = violation.settled.arithmetic
    content = encode([*axes, dict(violation.parameters), entries, *([exact] if exact else [])], order="sorted")
    return Counterexample(
        id=hashlib.sha256(content + claim.key.encode()).hexdigest()[:12],
        parameters=dict(violation.parameters),
        instance=entries,
        case=violation.settled.case,
        left=violation.settled.left,
        right=violation.settled.right,
        difference=violation.settled.difference,
        error_bar=violation.error,
        arithmetic=extrapolated_from(settled_in) if violation.origin.is_growth else settled_in,
        origin=str(violation.origin),
        shrunk=shrunk,
        constant=constant,
        hypotheses=violation.settled.hypotheses,
        assumed=assumed(claim, violation.parameters, exact_entries(exact) if exact else violation.instance),
        exact=exact or {},
        made=_made(claim, violation),
    )


def _made(claim: Claim, violation: Violation) -> dict[str, object]:
    """What is made from the entries; nothing where it cannot be."""
    if claim.given.rebuilt is None:
        return {}
    try:
        return as_lists(claim.given.rebuilt(violation.parameters, violation.instance))
    except (ArithmeticError, ValueError, TypeError):
        return {}
