"""A claim without one of its hypotheses, and on what breaks one."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from lemmata.claims import Claim, Hypothesis, Instances, Mutant, Parameters
from lemmata.solvers.numbers.symbolic import Conditions


def without_hypothesis(claim: Claim, hypothesis: str) -> Claim:
    """The claim without a hypothesis, by name, and without mutants, of which this may be one."""
    kept = tuple(one for one in claim.given.hypotheses if one.name != hypothesis)
    family = dataclasses.replace(claim.given, hypotheses=kept)
    return claim.mutated(Mutant(name=hypothesis, because="the hypothesis is left out", given=family))


def negating(claim: Claim, hypothesis: str) -> Claim:
    """The claim on what breaks one of its hypotheses, by name, and meets the others: there its need must show."""
    (dropped,) = (one for one in claim.given.hypotheses if one.name == hypothesis)

    def broken(parameters: Parameters, instances: Instances) -> Any:
        mask = dropped.holds(parameters, instances)
        return ~mask if isinstance(mask, Conditions) else ~np.asarray(mask, dtype=bool)

    rest = without_hypothesis(claim, hypothesis)
    opposite = Hypothesis(name=f"not: {hypothesis}", holds=broken)
    return dataclasses.replace(
        rest, given=dataclasses.replace(rest.given, hypotheses=(*rest.given.hypotheses, opposite))
    )
