"""Every instance of a batch goes its own way to where a claim is nearer to failing: many starts for the cost of one.

Of where they lead, those tell of a single point that neither go to an end, as entries do that vanish or grow without
end, nor to a boundary that a strict hypothesis excludes: there a bound may well be neared.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks.judging.settle import instance_at
from lemmata.checks.stages.draws import Batch
from lemmata.checks.stages.sample import judge_batch
from lemmata.checks.stages.search import Spot
from lemmata.checks.stages.tally import Tally
from lemmata.claims import Claim, Instances, Parameters

_ROUNDS, _STEP, _LONGER, _SHORTER = 40, 0.3, 1.3, 0.85
"""Steps of each instance, their first size as a share of the entries, and what a gain makes of it, and what none."""
_FAR = 10.0
"""An entry that has become so many times as large or as small goes to an end; so do the two sides of a hypothesis."""
_APART = 0.1
"""Places nearer to each other, as a share of their entries, are one."""


def inner_ends(claim: Claim, batch: Batch, drawn: Instances, budget: Budget, rng: np.random.Generator) -> list[Spot]:
    """Where instances lead that stay inside, nearest to a violation first, and of those side by side the first alone.

    Args:
        claim: an inequality.
        batch: where they are.
        drawn: the instances.
        budget: what is settled of each batch.
        rng: of the steps.
    """
    names = claim.given.free(drawn)
    start = _joined(drawn, names, batch.size)
    points, width = start.copy(), np.full(batch.size, _STEP)
    merits = judge_batch(Tally(), claim, batch, drawn, budget)
    began = merits.copy()
    for _ in range(_ROUNDS if start.size else 0):
        sizes = np.maximum(np.abs(points), np.sqrt(np.mean(points**2, axis=1, keepdims=True)) / 4)
        tried = points + width[:, None] * sizes * rng.normal(size=points.shape)
        found = judge_batch(Tally(), claim, batch, _placed(drawn, names, tried), budget)
        gains = found > merits
        points[gains], merits[gains] = tried[gains], found[gains]
        width *= np.where(gains, _LONGER, _SHORTER)
    ended = _placed(drawn, names, points)
    strict = zip(_strict(claim, batch, drawn), _strict(claim, batch, ended), strict=True)
    stays = [_stays(np.abs(start), np.abs(points)), *(_stays(before, after) for before, after in strict)]
    inner = np.all([np.isfinite(began), merits > began, *stays], axis=0)
    chosen: list[int] = []
    for row in sorted(map(int, np.flatnonzero(inner)), key=lambda row: -merits[row]):
        if all(np.abs(points[row] - points[other]).max() > _APART * np.abs(points[other]).max() for other in chosen):
            chosen.append(row)
    return [
        Spot(parameters=batch.parameters, instance=instance_at(ended, row), ratio=float(merits[row])) for row in chosen
    ]


def apart(claim: Claim, parameters: Parameters, instances: Instances, count: int) -> Iterator[tuple[str, np.ndarray]]:
    """The sign of each hypothesis that compares two sides, and how near these come, ``(batch,)``."""
    for compared in (part for one in claim.given.hypotheses for part in one.compared(parameters, instances)):
        between = np.abs(np.asarray(compared.left, dtype=float) - np.asarray(compared.right, dtype=float))
        if between.ndim and len(between) == count:
            yield compared.sign, between.reshape(count, -1).min(axis=1)


def _strict(claim: Claim, batch: Batch, instances: Instances) -> list[np.ndarray]:
    found = apart(claim, batch.parameters, instances, batch.size)
    return [between[:, None] for sign, between in found if sign not in ("<=", ">=")]


def _stays(before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Whether sizes ``(batch, n)`` are what they were, more or less."""
    kept: np.ndarray = np.all(np.logical_and(after <= _FAR * before, before <= _FAR * after), axis=1)
    return kept


def _joined(instances: Instances, names: list[str], size: int) -> np.ndarray:
    return np.concatenate([np.empty((size, 0)), *(instances[name].reshape(size, -1) for name in names)], axis=1)


def _placed(base: Instances, names: list[str], points: np.ndarray) -> dict[str, np.ndarray]:
    """The instances with their named entries, one after the other, from points ``(batch, n)``."""
    ends = np.cumsum([base[name][0].size for name in names])[:-1]
    parts = np.split(points, ends, axis=1) if names else []
    return {**base, **{name: part.reshape(base[name].shape) for name, part in zip(names, parts, strict=True)}}
