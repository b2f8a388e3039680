"""Instances that break hypotheses: those that a family draws, disturbed in the entries that may take any value.

A family mostly draws what meets its hypotheses, and says nothing then of whether they are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.judging.origin import DISTURBED
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.implied import has_constant
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.sample import judge_batch
from lemmata.checks.stages.tally import Tally
from lemmata.claims import Claim, Family, Instances, Parameters, WithProbability

_Move: TypeAlias = Callable[[np.ndarray, np.random.Generator], np.ndarray]
_SHARE = 0.3
"""Of the entries, where single ones are changed."""


def is_disturbed(claim: Claim) -> bool:
    """Whether entries may be moved, and one instance can be a violation."""
    return bool(claim.given.searchable) and not isinstance(claim.then, WithProbability) and not has_constant(claim)


def disturb(claim: Claim, budget: Budget, seed: int, *axes: str) -> Tally:
    """Judge the claim on disturbed instances."""
    tally = Tally()
    for index, parameters in enumerate(_points(claim, budget, seed, *axes)):
        batch = Batch(origin=DISTURBED, parameters=parameters, size=budget.batch)
        rng = generator(seed, *axes, "disturbed", index)
        judge_batch(tally, claim, batch, disturbed(claim.given, draw(claim, batch, rng), rng), budget)
        if tally.violation is not None:
            break
    tally.violation = tally.violation or tally.hidden
    return tally


def _points(claim: Claim, budget: Budget, seed: int, *axes: str) -> Iterator[Parameters]:
    yield from (claim.given.at_edge(edge) for edge in claim.given.edges)
    yield from draw_points(claim.given.parameters, budget.points, derived_seed(seed, *axes, "points"))


def disturbed(family: Family, instances: Instances, rng: np.random.Generator) -> dict[str, Any]:
    """Each instance with one of its searchable arrays scaled, turned, cut to zero, perturbed, or a row repeated."""
    found = dict(instances)
    names = family.free(found)
    for name in names:
        value = found[name].copy()
        for row in np.flatnonzero(rng.random(len(value)) < 1 / len(names)):
            value[row] = _MOVES[rng.integers(len(_MOVES))](value[row], rng)
        found[name] = value
    return found


def _some(value: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.random(value.shape) < _SHARE


def _repeated(value: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    if value.ndim == 0 or len(value) < 2:  # noqa: PLR2004 - two rows
        return value
    to, source = rng.choice(len(value), size=2, replace=False)
    changed = value.copy()
    changed[to] = changed[source]
    return changed


_MOVES: tuple[_Move, ...] = (
    lambda value, rng: value * 2.0 ** rng.integers(-6, 7),
    lambda value, rng: np.where(_some(value, rng), value * 2.0 ** rng.integers(-6, 7), value),
    lambda value, _: -value,
    lambda value, rng: np.where(_some(value, rng), -value, value),
    lambda value, rng: np.where(_some(value, rng), 0.0, value),
    lambda value, rng: value + rng.normal(size=value.shape) * np.sqrt(np.mean(value**2)),
    _repeated,
)
