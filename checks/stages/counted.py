"""Whole numbers gone through one by one: what is false at a single one of a million, no draw meets.

A family says which of its parameters instances may carry, one each (``counted``). Then a whole range is a few large
batches in floats with error bounds. Only what these leave in doubt is judged in the usual way, a value at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import generator
from lemmata.checks.judging.margins import margins
from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.judging.origin import COUNTED
from lemmata.checks.judging.settle import selected
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.runs import run_bounded
from lemmata.checks.stages.sample import judge_batch
from lemmata.checks.stages.tally import Tally, count
from lemmata.claims import Claim, Instances, Integers

_CHUNK = 2**15
_LARGEST = 2**53
"""Numbers, and numbers of combinations, that floats no longer tell apart are left to random draws."""
_DOUBTS = 64
"""Values that are judged in the usual way, around each instance."""


def judge_counted(tally: Tally, claim: Claim, budget: Budget, seed: int, *axes: str) -> None:
    """Judge the values of all counted parameters at the edges, or as many as the budget allows."""
    ranges = {name: claim.given.parameters[name] for name in claim.given.counted}
    wholes = {name: one for name, one in ranges.items() if isinstance(one, Integers)}
    total = math.prod(one.high - one.low + 1 for one in wholes.values())
    if not wholes or total >= _LARGEST or any(max(abs(one.low), abs(one.high)) >= _LARGEST for one in wholes.values()):
        return
    rng = generator(seed, *axes, str(COUNTED))
    places = _places(total, budget.counted, rng)
    bases = list(_bases(claim, rng, max(1, budget.counted // len(places))))
    settled = True
    for parameters, base in bases:
        for first in range(0, len(places), _CHUNK):
            values = _values(wholes, places[first : first + _CHUNK])
            settled &= _judge(tally, claim, parameters, base, values, budget)
            if tally.violation is not None:
                return
    if settled and len(places) == total and not _has_others(claim, set(wholes)):
        tally.complete = ", ".join(f"{name} from {one.low:,} to {one.high:,}" for name, one in wholes.items())


def _places(total: int, most: int, rng: np.random.Generator) -> np.ndarray:
    """The numbers of the values to try: all, or half of them from both ends and the others at random."""
    if total <= most:
        return np.arange(total)
    ends = np.arange(most // 4)
    return np.unique(np.concatenate([ends, total - 1 - ends, rng.integers(total, size=most // 2)]))


def _values(wholes: dict[str, Integers], places: np.ndarray) -> dict[str, np.ndarray]:
    """The values at these places of the list of all combinations, ``(count,)`` floats by name."""
    found = {}
    for name, one in wholes.items():
        count = one.high - one.low + 1
        found[name] = (one.low + places % count).astype(float)
        places = places // count
    return found


def _bases(claim: Claim, rng: np.random.Generator, most: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Parameters and an instance of each edge, to go with the counted values."""
    edges = claim.given.edges if _has_others(claim, set(claim.given.counted)) else claim.given.edges[:1]
    for edge in edges[:most]:
        parameters = claim.given.at_edge(edge)
        yield parameters, draw(claim, Batch(origin=COUNTED, parameters=parameters, size=1, edge=edge), rng)


def _has_others(claim: Claim, counted: set[str]) -> bool:
    """Whether the family draws anything beside the counted parameters."""
    ranging = {
        name for name, one in claim.given.parameters.items() if not isinstance(one, Integers) or one.low < one.high
    }
    return bool(claim.given.searchable) or not ranging <= counted


def _judge(
    tally: Tally, claim: Claim, parameters: Any, base: Instances, values: dict[str, np.ndarray], budget: Budget
) -> bool:
    """Judge one instance at many values; true if each admissible one was judged."""
    size = len(next(iter(values.values())))
    instances = {name: np.repeat(value, size, axis=0) for name, value in base.items()} | values
    masks = met_or_not(claim, parameters, instances, size)
    met = np.flatnonzero(np.all([np.ones(size, dtype=bool), *masks.values()], axis=0))
    if not len(met):
        return True
    measured = run_bounded(claim, parameters, selected(instances, met))
    found = margins(claim.then, measured, claim.when.time, len(met))
    plain = found.finite & ~found.violated & (found.unclear == 0)
    worst_first = np.argsort(
        -np.where(found.violated, np.inf, np.nan_to_num(found.residual, nan=np.inf)), kind="stable"
    )
    doubtful = [int(row) for row in worst_first if not plain[row] or found.touching[row]]
    apart = np.ones(size, dtype=bool)
    apart[met[doubtful]] = False
    sure = int(plain[apart[met]].sum())
    batch = Batch(origin=COUNTED, parameters=parameters, size=int(apart.sum()))
    count(tally, batch, {name: mask[apart] for name, mask in masks.items()}, sure)
    tally.counted += sure
    tally.relations += found.relations * sure
    for row in doubtful[:_DOUBTS]:
        here = {name: int(value[met[row]]) for name, value in values.items()}
        judge_batch(tally, claim, Batch(origin=COUNTED, parameters={**parameters, **here}, size=1), base, budget)
        if tally.violation is not None:
            break
    return len(doubtful) <= _DOUBTS
