"""Whether a family and a procedure can be believed at all: the same input must give the same numbers.

Before a trial the head of an edge is drawn twice and run twice, and once more when the trial has ended, in a larger
batch too: a state that is kept between calls may turn late. A random batch (or the edge, where no random instance is
admissible) is then drawn twice, and run in reverse order, one instance alone, and in plain floats. A coin that comes up
seldom is met by no repetition: the code is read for generators without a seed, and whether a global one was used shows
in its state.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from lemmata.checks._seeds import generator
from lemmata.checks.judging.agreement import refuse_difference
from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.judging.settle import selected
from lemmata.checks.stages.coins import AS_QUANTITY, FROM_RNG, no_global_generator, refuse_unseeded
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.runs import check_floats, run_bounded
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

    @property
    def size(self) -> int:
        """How many instances."""
        return max(len(value) for value in self.instances.values())

    def check_again(self) -> None:
        """Run it once more, and in a batch larger than any that is judged.

        Raises:
            ClaimError: the numbers are others by now.
        """
        self._compare(np.arange(self.size), "again after many other runs", exactly=True)
        rows = np.arange(_LARGE // self.claim.when.cost)
        if self.size < len(rows):
            many = self._run(rows % self.size)
            refuse_difference(self.claim, many, self.measured, slice(self.size), "in a larger batch")

    def check_twice(self) -> None:
        """Run it a second time.

        Raises:
            ClaimError: the numbers are others.
        """
        self._compare(np.arange(self.size), "twice on the same batch", exactly=True)

    def check_order(self) -> None:
        """Run it in reverse order, and one instance alone.

        Raises:
            ClaimError: the numbers of an instance depend on the rest of the batch.
        """
        if self.size > 1:
            self._compare(np.arange(self.size)[::-1], "on the batch in reverse order")
            self._compare(np.array([self.size // 2]), "on one instance alone")

    def check_floats(self) -> None:
        """Run it on NumPy's own arrays.

        Raises:
            ClaimError: it gives other numbers there, by far more than rounding.
        """
        check_floats(self.claim, self.parameters, self.instances, self.measured)

    def _compare(self, rows: np.ndarray, way: str, *, exactly: bool = False) -> None:
        refuse_difference(self.claim, self.measured, self._run(rows), rows, way, exactly=exactly)

    def _run(self, rows: np.ndarray) -> Measurement:
        return run_bounded(self.claim, self.parameters, selected(self.instances, rows))


def repeatable(claim: Claim, batch: Batch, seed: int) -> Repeatable | None:
    """Draw the head of a batch twice and run it; None if no instance of it is admissible.

    Raises:
        ClaimError: a draw that does not repeat, or code that uses a global generator.
    """
    refuse_unseeded(claim)
    head = dataclasses.replace(batch, size=min(_MOST, batch.size))
    instances = _drawn_twice(claim, head, seed)
    masks = met_or_not(claim, head.parameters, instances, head.size, drawn=True)
    met = np.flatnonzero(np.all([np.ones(head.size, dtype=bool), *masks.values()], axis=0))
    if not met.size:
        return None
    admissible = selected(instances, met)
    with no_global_generator(f"procedure {claim.when.name!r}", AS_QUANTITY):
        measured = run_bounded(claim, batch.parameters, admissible)
    return Repeatable(claim=claim, parameters=batch.parameters, instances=admissible, measured=measured)


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
