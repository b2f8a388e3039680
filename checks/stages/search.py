"""Directed search: push the worst instances of an inequality towards violation.

Random instances rarely come near a bound's worst case. The search sets out from the worst of a few random
batches, moves to neighbouring parameters while that helps, and then moves the entries themselves with CMA-ES,
each generation one batch. What it may move, the family says (``searchable``); the hypotheses are enforced on
every candidate.
"""

from __future__ import annotations

import dataclasses
import importlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import Extreme
from lemmata.checks.judging.origin import SEARCH
from lemmata.checks.judging.settle import instance_at
from lemmata.checks.stages.constants import has_constant
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.sample import judge_batch
from lemmata.checks.stages.special import judge_special_at
from lemmata.checks.stages.tally import Tally
from lemmata.claims import AtLeast, AtMost, Choice, Claim, Instances, Integers, Monotone, Parameters, Reals, Sizes

_DRAWN = 48
_POPULATION = 24
_DIAGONAL = 30
"""More entries than this, and the search adapts a scale for each but no correlations."""
_LARGEST = 80
"""More entries than this the search leaves to the sampling."""


@dataclass(frozen=True, kw_only=True)
class _Spot:
    """Where the search stands: parameters, one instance, and its ratio."""

    parameters: Parameters
    instance: Instances
    ratio: float


def is_searched(claim: Claim) -> bool:
    """Whether the directed search applies: to inequalities only, since an equality has nowhere to be pushed."""
    return isinstance(claim.then, AtMost | AtLeast | Monotone) and not has_constant(claim)


def search(claim: Claim, budget: Budget, seed: int, *axes: str, start: Extreme | None = None) -> Tally:
    """Look for a violation, or the largest ratio, from what is drawn and from `start`; deterministic in the seed."""
    tally = Tally()
    pushing = dataclasses.replace(budget, touching=0, passes=0, blurred=0)
    spots = _starts(tally, claim, pushing, seed, *axes)
    if start is not None:
        known = {name: np.asarray([value]) for name, value in start.instance.items()}
        spots.insert(0, _Spot(parameters=start.parameters, instance=known, ratio=start.ratio))
    for number, spot in enumerate(spots):
        if tally.violation is not None:
            break
        moved = _special(tally, claim, spot, pushing)
        if tally.violation is not None:
            break
        moved = _walk(tally, claim, moved, pushing, seed, *axes, f"walk {number}")
        if tally.violation is None:
            moved = _evolve(tally, claim, moved, pushing, derived_seed(seed, *axes, "evolve", number))
        if tally.violation is None:  # the best of this start is settled exactly, should rounding leave it open
            judge_batch(tally, claim, _batch(moved.parameters, 1), moved.instance, budget)
    tally.violation = tally.violation or tally.hidden
    return tally


def _special(tally: Tally, claim: Claim, spot: _Spot, budget: Budget) -> _Spot:
    """The worst of the special values around a spot, if they are worse than the spot itself."""
    judged = judge_special_at(tally, claim, spot.parameters, spot.instance, budget)
    if judged is None:
        return spot
    candidates, ratios = judged
    row = int(np.argmax(ratios))
    if not (np.isfinite(ratios[row]) and ratios[row] > spot.ratio):
        return spot
    return _Spot(parameters=spot.parameters, instance=instance_at(candidates, row), ratio=float(ratios[row]))


def _batch(parameters: Parameters, size: int) -> Batch:
    return Batch(origin=SEARCH, parameters=parameters, size=size)


def _starts(tally: Tally, claim: Claim, budget: Budget, seed: int, *axes: str) -> list[_Spot]:
    """The worst instance at each of a few points, worst point first."""
    points = [claim.given.at_edge(edge) for edge in claim.given.edges]
    points += draw_points(claim.given.parameters, 2 * budget.starts, derived_seed(seed, *axes, "starts"))
    spots = []
    for index, parameters in enumerate(points):
        spot = _worst_at(tally, claim, parameters, budget, seed, *axes, "start", str(index))
        if spot is not None:
            spots.append(spot)
        if tally.violation is not None:
            break
    return sorted(spots, key=lambda spot: -spot.ratio)[: budget.starts]


def _worst_at(
    tally: Tally, claim: Claim, parameters: Parameters, budget: Budget, seed: int, *axes: str
) -> _Spot | None:
    """The worst of a batch drawn at these parameters; None where none is admissible."""
    batch = _batch(parameters, _DRAWN)
    instances = draw(claim, batch, generator(seed, *axes))
    ratios = judge_batch(tally, claim, batch, instances, budget)
    row = int(np.argmax(ratios))
    if not np.isfinite(ratios[row]):
        return None
    return _Spot(parameters=parameters, instance=instance_at(instances, row), ratio=float(ratios[row]))


def _walk(tally: Tally, claim: Claim, spot: _Spot, budget: Budget, seed: int, *axes: str) -> _Spot:
    """Move to neighbouring parameters as long as that brings a larger ratio."""
    best = spot
    for step in range(budget.generations // 5):
        found = best
        for index, parameters in enumerate(_neighbours(claim, best.parameters)):
            there = _worst_at(tally, claim, parameters, budget, seed, *axes, str(step), str(index))
            if there is not None and there.ratio > found.ratio:
                found = there
            if tally.violation is not None:
                return found
        if found is best:
            break
        best = found
    return best


def _neighbours(claim: Claim, parameters: Parameters) -> Iterator[dict[str, Any]]:
    for name, declared in claim.given.parameters.items():
        for value in _near(declared, parameters[name]):
            if value in declared and value != parameters[name]:
                yield {**parameters, name: value}


@singledispatch
def _near(declared: object, value: Any) -> list[Any]:
    raise TypeError(f"expected a range (integers, reals, choice, sizes), got {declared!r} for {value!r}")


@_near.register
def _(declared: Integers, value: int) -> list[Any]:
    return [declared.low, value - 1, value + 1, declared.high]


@_near.register
def _(declared: Reals, value: float) -> list[Any]:
    middle = [declared.at(fraction) for fraction in (0.25, 0.5, 0.75)]
    return [declared.low, *middle, value * 0.9, value * 1.1, declared.high]


@_near.register
def _(declared: Choice, value: str) -> list[Any]:
    del value
    return list(declared.options)


@_near.register
def _(declared: Sizes, value: list[int]) -> list[Any]:
    shorter = [value[:-1]] if len(value) > declared.shortest else []
    longer = [[*value, value[-1]]] if len(value) < declared.longest else []
    changed = [[*value[:i], value[i] + step, *value[i + 1 :]] for i in range(len(value)) for step in (-1, 1)]
    return shorter + longer + changed


def _evolve(tally: Tally, claim: Claim, spot: _Spot, budget: Budget, evolution_seed: int) -> _Spot:
    """CMA-ES over the searchable entries, started at the spot."""
    names = claim.given.free(spot.instance)
    start = np.concatenate([spot.instance[name].ravel() for name in names]) if names else np.empty(0)
    if not 0 < start.size <= _LARGEST:
        return spot
    cma = _cma()
    rng = np.random.default_rng(evolution_seed)
    scale = np.maximum(np.abs(start), np.sqrt(np.mean(start**2)) / 4 + 1e-3)
    options = {
        "seed": np.nan,  # and no touch of NumPy's global generator, which a claim may seed as it likes
        "randn": lambda *shape: rng.standard_normal(shape),
        "popsize": _POPULATION,
        "verbose": -9,
        "CMA_diagonal": start.size > _DIAGONAL,
    }
    strategy = cma.CMAEvolutionStrategy(np.zeros(start.size), 0.3, options)
    best = spot
    for _ in range(budget.generations):
        if strategy.stop():
            break
        asked = strategy.ask(_POPULATION)
        if not np.isfinite(asked).all():
            raise FloatingPointError(
                f"the optimiser proposed NaN or infinity in {', '.join(names)} at {dict(spot.parameters)}; "
                "nothing can be concluded from this search"
            )
        candidates = _instances(spot.instance, names, start + scale * np.asarray(asked))
        ratios = judge_batch(tally, claim, _batch(spot.parameters, _POPULATION), candidates, budget)
        strategy.tell(asked, [_loss(ratio) for ratio in ratios])
        row = int(np.argmax(ratios))
        if ratios[row] > best.ratio:
            best = _Spot(parameters=spot.parameters, instance=instance_at(candidates, row), ratio=float(ratios[row]))
        if tally.violation is not None:
            break
    return best


def _cma() -> Any:
    """The module cma, loaded at first use with Ctrl-C held back: its guarded imports would swallow the interrupt."""
    held = {signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, held) if hasattr(signal, "pthread_sigmask") else set()
    try:
        return importlib.import_module("cma")
    finally:
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _instances(base: Instances, names: list[str], points: np.ndarray) -> dict[str, Any]:
    """Candidates as a batch: the searched entries from the points, all others repeated."""
    made = {name: np.repeat(value, len(points), axis=0) for name, value in base.items()}
    place = 0
    for name in names:
        shape = base[name].shape[1:]
        count = int(np.prod(shape))
        made[name] = points[:, place : place + count].reshape(len(points), *shape)
        place += count
    return made


def _loss(ratio: float) -> float:
    """What CMA-ES minimises: minus the ratio; unlawful candidates are equally bad."""
    if np.isnan(ratio) or ratio == -np.inf:
        return 1e9
    return -min(float(ratio), 1e9)
