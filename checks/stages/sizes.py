"""Numbers of every size that floats hold: what is false beyond 1e40 only, or below 1e-100, no draw meets.

A family says that its entries may be of any size (``any_size``). They are then brought to sizes from the smallest
float to the largest, one quantity after the other, all alike, and each by itself; formulas that oscillate are also
looked at along a long range, where their phases meet. Where a side is too large for floats, or its error bound says
nothing, some instances are settled exactly; what exact numbers cannot hold either is left out and not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy as sp

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import generator
from lemmata.checks.judging.margins import margins
from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.judging.origin import SIZES
from lemmata.checks.judging.rulings import Ruling
from lemmata.checks.judging.settle import selected
from lemmata.checks.stages.draws import Batch, draw, spread
from lemmata.checks.stages.runs import run_bounded
from lemmata.checks.stages.sample import judge_batch
from lemmata.checks.stages.suspects import Suspects
from lemmata.checks.stages.tally import Tally
from lemmata.claims import Claim, ClaimError, Instances, Integers, Parameters
from lemmata.solvers.numbers.errors import NumberSystemError

_SMALLEST, _LARGEST = -1074, 1024
"""Exponents of two of the smallest float, and of the first number beyond all."""
_A_BATCH = 2
"""So many sizes of each quantity, in batches of the budget."""
_MOST_NAMES, _MOST_ENTRIES = 24, 400
_SETTLED, _SETTLED_LARGE, _LARGE = 32, 4, 12
"""Instances beyond floats that are settled exactly, and how many of more entries than the last number."""
_LONG, _PHASES = 24, 256
"""Formulas that oscillate are looked at up to so many doublings of one, in so many batches of the budget."""
_OSCILLATING = (sp.sin, sp.cos, sp.tan, sp.floor, sp.ceiling, sp.Mod)


def judge_sizes(tally: Tally, claim: Claim, budget: Budget, seed: int, *axes: str) -> None:
    """Judge instances whose entries are of any size, at the smallest whole numbers and at those next to them."""
    for batch, sized in sized_batches(claim, budget, seed, *axes):
        _judge(tally, claim, batch, sized, budget)
        if tally.violation is not None:
            return


def sized_batches(claim: Claim, budget: Budget, seed: int, *axes: str) -> Iterator[tuple[Batch, dict[str, Any]]]:
    """Batches whose entries are of any size, where the family says that they may be."""
    if not claim.given.any_size:
        return
    rng = generator(seed, *axes, str(SIZES))
    for parameters in _places(claim):
        for reach, count in _reaches(claim, budget):
            batch = Batch(origin=SIZES, parameters=parameters, size=count)
            drawn = draw(claim, batch, rng)
            names = [name for name in claim.given.free(drawn) if drawn[name][0].size <= _MOST_ENTRIES]
            yield from ((batch, sized) for sized in _sized(drawn, names[:_MOST_NAMES], reach, rng))


def _places(claim: Claim) -> Iterator[Parameters]:
    """The first edge, and the same with each whole number larger by one: of one entry much is true by itself."""
    smallest = claim.given.at_edge(claim.given.edges[0])
    yield smallest
    ranges = claim.given.parameters
    larger = {
        name: value + 1
        for name, value in smallest.items()
        if isinstance(value, int) and isinstance(ranges[name], Integers) and value + 1 in ranges[name]
    }
    if larger:
        yield {**smallest, **larger}


def _reaches(claim: Claim, budget: Budget) -> Iterator[tuple[tuple[int, int], int]]:
    """Ranges of exponents of two, and how many instances go over each."""
    yield (_SMALLEST, _LARGEST), _A_BATCH * budget.batch
    if any(formula.has(*_OSCILLATING) for formula in claim.then.expressions):
        yield (0, _LONG), _PHASES * budget.batch


def _sized(
    drawn: Instances, names: list[str], reach: tuple[int, int], rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """A batch with one quantity of all sizes after the other, with all of them alike, and each of its own size."""
    size = len(next(iter(drawn.values())))
    low, high = reach
    along = low + (high - low) * (np.arange(size) + rng.random(size)) / size
    for name in names:
        yield {**drawn, name: _of_size(drawn[name], along)}
    if len(names) > 1:
        yield {**drawn, **{name: _of_size(drawn[name], along) for name in names}}
        yield {**drawn, **{name: _of_size(drawn[name], rng.uniform(low, high, size=size)) for name in names}}


def _of_size(values: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """Arrays ``(batch, ...)`` scaled so that their largest entries have these exponents of two; zeros stay."""
    column = (len(values), *[1] * (values.ndim - 1))
    largest = np.abs(values).reshape(len(values), -1).max(axis=1, initial=0.0)
    whole = np.floor(exponents).astype(int)
    share = 2.0 ** (exponents - whole - 1)
    unit = values / np.where(largest > 0, largest, 1.0).reshape(column)
    scaled: np.ndarray = np.ldexp(unit * share.reshape(column), whole.reshape(column))
    return scaled


def _judge(tally: Tally, claim: Claim, batch: Batch, instances: Instances, budget: Budget) -> None:
    """Judge what floats hold in the usual way, and settle some of the others exactly."""
    masks = met_or_not(claim, batch.parameters, instances, batch.size)
    met = np.flatnonzero(np.all([np.ones(batch.size, dtype=bool), *masks.values()], axis=0))
    if not len(met):
        return
    admissible = selected(instances, met)
    try:
        measured = run_bounded(claim, batch.parameters, admissible)
    except ClaimError:
        raise
    except Exception:  # noqa: BLE001 - beyond the floats a procedure may fail in any way, and is not asked to run
        return
    failed = np.any([np.zeros(len(met), dtype=bool), *measured.failures.values()], axis=0)
    found = margins(claim.then, measured, claim.when.time, len(met))
    plain = found.finite & ~failed & ~found.blurred
    if plain.any():
        inside = Batch(origin=SIZES, parameters=batch.parameters, size=int(plain.sum()))
        before = tally.unsettled, tally.tie
        judge_batch(tally, claim, inside, selected(admissible, np.flatnonzero(plain)), budget)
        tally.unsettled, tally.tie = before  # two sides that differ by less than thousands of digits show
    suspects = Suspects(
        claim=claim, batch=batch, instances=admissible, found=found, judged=plain, overflown=~found.finite
    )
    doubtful = np.flatnonzero(~plain & ~failed)
    for row in spread(doubtful, _SETTLED if _entries(admissible) <= _LARGE else _SETTLED_LARGE):
        if tally.violation is not None or tally.hidden is not None:
            return
        try:
            finding = suspects.confirmed(row, certain=False)
        except NumberSystemError:
            continue
        if finding.ruling is Ruling.VIOLATED and finding.settled.rounded is None:
            tally.hidden = suspects.violation(row, finding)


def _entries(instances: Instances) -> int:
    return sum(int(np.prod(value.shape[1:])) for value in instances.values())
