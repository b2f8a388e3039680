"""Whether a family and a procedure can be believed at all: the same input must give the same numbers.

Once a trial, the first batch is drawn twice and run twice, once more in reverse order, one instance alone, and all of
it again when the trial has ended: a state that is kept between calls may turn late.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.checks._seeds import generator
from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.judging.settle import instance_at, selected
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.sample import run_bounded
from lemmata.claims import Claim, ClaimError, Instances, Measurement, Parameters
from lemmata.solvers import Bounded

_MOST = 16
_NUMPY = "it draws from `rng` and nothing else: NumPy's global generator and the module random are shared by everything"


@dataclass(frozen=True, kw_only=True)
class Repeatable:
    """What a procedure made of the head of a batch, to be compared with what it makes of it later."""

    claim: Claim
    parameters: Parameters
    instances: Instances
    measured: Measurement

    def check_again(self) -> None:
        """Run it once more.

        Raises:
            ClaimError: the numbers are others by now.
        """
        again = run_bounded(self.claim, self.parameters, self.instances)
        _compare(self.claim, self.measured, again, slice(None), "again after many other runs", exactly=True)


def check_repeatable(claim: Claim, batch: Batch, seed: int) -> Repeatable | None:
    """Draw and run the head of a batch in several ways that must agree; None if no instance of it is admissible.

    Raises:
        ClaimError: a draw or a run that does not repeat, uses a global generator, or depends on the rest of the batch.
    """
    head = dataclasses.replace(batch, size=min(_MOST, batch.size))
    instances = _drawn_twice(claim, head, seed)
    masks = met_or_not(claim, head.parameters, instances, head.size, drawn=True)
    met = np.flatnonzero(np.all([np.ones(head.size, dtype=bool), *masks.values()], axis=0))
    return _run_in_all_ways(claim, head, selected(instances, met), len(met)) if met.size else None


def _drawn_twice(claim: Claim, batch: Batch, seed: int) -> Instances:
    before = (_global_state(), random.getstate())
    first, second = (draw(claim, batch, generator(seed, claim.key, "repeat")) for _ in range(2))
    if (_global_state(), random.getstate()) != before:
        raise ClaimError(f"family {claim.given.name!r} uses a global random generator in its draw; let {_NUMPY}")
    for name, value in first.items():
        if name not in second or not np.array_equal(value, second[name]):
            raise ClaimError(
                f"family {claim.given.name!r} drew another {name!r} from the same parameters and the same generator; "
                f"let {_NUMPY}"
            )
    return first


def _global_state() -> str:
    return repr(np.random.get_state(legacy=True))  # noqa: NPY002 - it is this state that must not move


def _run_in_all_ways(claim: Claim, batch: Batch, instances: Instances, size: int) -> Repeatable:
    """Twice, in reverse order, and one alone."""
    rows, alone = np.arange(size)[::-1], size // 2
    whole = run_bounded(claim, batch.parameters, instances)
    again = run_bounded(claim, batch.parameters, instances)
    _compare(claim, whole, again, slice(None), "twice on the same batch", exactly=True)
    if size > 1:
        turned = run_bounded(claim, batch.parameters, selected(instances, rows))
        _compare(claim, whole, turned, rows, "on the batch in reverse order")
        one = run_bounded(claim, batch.parameters, instance_at(instances, alone))
        _compare(claim, whole, one, slice(alone, alone + 1), "on one instance alone")
    return Repeatable(claim=claim, parameters=batch.parameters, instances=instances, measured=whole)


def _compare(
    claim: Claim, whole: Measurement, other: Measurement, rows: Any, how: str, *, exactly: bool = False
) -> None:
    """Refuse numbers that differ by more than their error bounds, or at all."""
    found = dict(_values(other))
    for name, value in _values(whole):
        expected = value[rows] if value.shape[0] > 1 else value
        if name not in found or not _agree(expected, found[name], exactly=exactly):
            raise ClaimError(
                f"procedure {claim.when.name!r}, run {how}, gives another {name}; a result must depend on its own "
                "instance alone: no coin, no state kept between calls, no change in place, nothing read off the batch"
            )


def _values(measured: Measurement) -> Iterator[tuple[str, Any]]:
    for case in measured.cases:
        yield from ((f"{name} in case {case.name!r}", value) for name, value in case.values.items())
        yield from ((f"rate of {name} in case {case.name!r}", value) for name, value in case.rates.items())


def _agree(left: Any, right: Any, *, exactly: bool) -> bool:
    """Whether two quantities are the same numbers; NaN agrees with NaN."""
    if not (isinstance(left, Bounded) and isinstance(right, Bounded)):
        return type(left) is type(right)
    if exactly:
        same = np.array_equal(left.value, right.value, equal_nan=True)
        return same and np.array_equal(left.error, right.error, equal_nan=True)
    steps = min(left.shape[1], right.shape[1])  # in company a run may be recorded for longer than alone
    left, right = left[:, :steps], right[:, :steps]
    if left.shape[1:] != right.shape[1:]:
        return False
    apart = np.abs(left.value - right.value)
    return bool(np.all((apart <= left.error + right.error) | ~np.isfinite(apart + left.error + right.error)))
