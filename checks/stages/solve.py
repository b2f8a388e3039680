"""Instances that no draw brings: hypotheses that are met in a narrow place are solved for, from drawn instances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.stages.descent import MOST_ENTRIES, descended, placed
from lemmata.claims import Claim, Instances, Parameters


def solved(
    claim: Claim, parameters: Parameters, drawn: Instances, size: int, rng: np.random.Generator, *, count: int
) -> Iterator[dict[str, Any]]:
    """Instances that meet every hypothesis, batches of one, from the ``count`` drawn that break them by least.

    Only relations can be solved for: hypotheses that say which sides they compare.
    """
    names = claim.given.free(drawn)
    entries = sum(int(np.prod(drawn[name].shape[1:])) for name in names)
    if not 0 < entries <= MOST_ENTRIES or not any(one.sides for one in claim.given.hypotheses):
        return
    bases = {name: np.broadcast_to(value, (size, *value.shape[1:])) for name, value in drawn.items()}
    for row in np.argsort(_excess(claim, parameters, bases, size), kind="stable")[:count]:
        base = {name: value[row : row + 1] for name, value in bases.items()}

        def judged(points: np.ndarray, base: Instances = base) -> tuple[np.ndarray, np.ndarray]:
            return points, _merits(claim, parameters, placed(base, names, points), len(points))

        start = np.concatenate([base[name].ravel() for name in names])
        point, merit = descended(judged, start, float(judged(start[None])[1][0]), rng)
        if merit > 0:
            yield placed(base, names, point[None])


def _merits(claim: Claim, parameters: Parameters, instances: Instances, size: int) -> np.ndarray:
    """One for admissible instances, else a number from -1 to 0 that grows as they come nearer."""
    masks = met_or_not(claim, parameters, instances, size)
    met = np.all([np.ones(size, dtype=bool), *masks.values()], axis=0)
    excess = _excess(claim, parameters, instances, size)
    merits: np.ndarray = np.where(met, 1.0, np.where(np.isfinite(excess), -excess / (1 + excess), -1.0))
    return merits


def _excess(claim: Claim, parameters: Parameters, instances: Instances, size: int) -> np.ndarray:
    """The sum of squares of what relations are broken by, ``(size,)``."""
    total = np.zeros(size)
    for one in claim.given.hypotheses:
        if one.sides is not None:
            compared = one.sides(parameters, instances)
            left, right = (np.asarray(side, dtype=float) for side in (compared.left, compared.right))
            gap = right - left if compared.sign.startswith(">") else left - right
            broken = np.maximum(gap, 0.0) if compared.sign != "!=" else np.zeros_like(gap)
            total = total + (broken**2).reshape(len(broken), -1).sum(axis=1)
    return np.where(np.isnan(total), np.inf, total)
