"""Whether a family and a procedure can be believed at all: the same input must give the same numbers.

Once a trial, the first batch is drawn twice and run twice, once more in reverse order, one instance alone, and all of
it again when the trial has ended: a state that is kept between calls may turn late. A coin that comes up seldom is met
by no repetition: the code is read for generators without a seed, and whether a global one was used shows in its state.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from lemmata.checks._seeds import generator
from lemmata.checks.judging.agreement import refuse_difference
from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.judging.settle import instance_at, selected
from lemmata.checks.stages.coins import AS_QUANTITY, FROM_RNG, no_global_generator, refuse_unseeded
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.sample import run_bounded
from lemmata.claims import Claim, ClaimError, Instances, Measurement, Parameters

_MOST = 16
_LARGE = 512
"""Instances of a batch larger than those of any effort, at the usual cost of one."""


@dataclass(frozen=True, kw_only=True)
class Repeatable:
    """What a procedure made of the head of a batch, to be compared with what it makes of it later."""

    claim: Claim
    parameters: Parameters
    instances: Instances
    measured: Measurement

    def check_again(self) -> None:
        """Run it once more, and in a batch larger than any that is judged.

        Raises:
            ClaimError: the numbers are others by now.
        """
        again = run_bounded(self.claim, self.parameters, self.instances)
        refuse_difference(self.claim, self.measured, again, slice(None), "again after many other runs", exactly=True)
        size = max(len(value) for value in self.instances.values())
        rows = np.arange(_LARGE // self.claim.when.cost)
        if size < len(rows):
            many = run_bounded(self.claim, self.parameters, selected(self.instances, rows % size))
            refuse_difference(self.claim, many, self.measured, slice(size), "in a larger batch")


def check_repeatable(claim: Claim, batch: Batch, seed: int) -> Repeatable | None:
    """Draw and run the head of a batch in several ways that must agree; None if no instance of it is admissible.

    Raises:
        ClaimError: a draw or a run that does not repeat, uses a global generator, or depends on the rest of the batch.
    """
    refuse_unseeded(claim)
    head = dataclasses.replace(batch, size=min(_MOST, batch.size))
    instances = _drawn_twice(claim, head, seed)
    masks = met_or_not(claim, head.parameters, instances, head.size, drawn=True)
    met = np.flatnonzero(np.all([np.ones(head.size, dtype=bool), *masks.values()], axis=0))
    return _run_in_all_ways(claim, head, selected(instances, met), len(met)) if met.size else None


def _drawn_twice(claim: Claim, batch: Batch, seed: int) -> Instances:
    with no_global_generator(f"family {claim.given.name!r}", f"let {FROM_RNG}"):
        first, second = (draw(claim, batch, generator(seed, claim.key, "repeat")) for _ in range(2))
    for name, value in first.items():
        if name not in second or not np.array_equal(value, second[name]):
            raise ClaimError(
                f"family {claim.given.name!r} drew another {name!r} from the same parameters and the same generator; "
                f"let {FROM_RNG}"
            )
    return first


def _run_in_all_ways(claim: Claim, batch: Batch, instances: Instances, size: int) -> Repeatable:
    """Twice, in reverse order, and one alone."""
    rows, alone = np.arange(size)[::-1], size // 2
    with no_global_generator(f"procedure {claim.when.name!r}", AS_QUANTITY):
        whole = run_bounded(claim, batch.parameters, instances)
    again = run_bounded(claim, batch.parameters, instances)
    refuse_difference(claim, whole, again, slice(None), "twice on the same batch", exactly=True)
    if size > 1:
        turned = run_bounded(claim, batch.parameters, selected(instances, rows))
        refuse_difference(claim, whole, turned, rows, "on the batch in reverse order")
        one = run_bounded(claim, batch.parameters, instance_at(instances, alone))
        refuse_difference(claim, whole, one, slice(alone, alone + 1), "on one instance alone")
    return Repeatable(claim=claim, parameters=batch.parameters, instances=instances, measured=whole)
