"""Directed search: push the worst instances of an inequality towards violation.

Random instances rarely come near a bound's worst case. The search sets out from the worst of a few random
batches, moves to neighbouring parameters while that helps, and then moves the entries themselves with CMA-ES,
each generation one batch. What it may move, the family says (``searchable``); the hypotheses are enforced on
every candidate.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, singledispatch
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import Extreme
from lemmata.checks.judging.origin import SEARCH
from lemmata.checks.judging.settle import instance_at
from lemmata.checks.stages.descent import MOST_ENTRIES, descended, placed
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.evolution import POPULATION, Evolution
from lemmata.checks.stages.implied import has_constant
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.room import interior, pulled_inside
from lemmata.checks.stages.sample import judge_batch
from lemmata.checks.stages.solve import solved
from lemmata.checks.stages.special import judge_special_at
from lemmata.checks.stages.tally import Tally
from lemmata.claims import AtLeast, AtMost, Choice, Claim, Edge, Instances, Integers, Monotone, Parameters, Reals, Sizes

_DRAWN = 48
_MANY = 80
"""More entries than this are moved from the worst start alone."""
_LARGEST = 2_000
"""More entries than this (as of real tables) the search leaves to the sampling."""
_REFINED, _ROUNDS, _LONGER, _GAINED = 2, 5, 3, 0.9
"""For a bound that is declared tight the search goes on from the so many best that it found, for so many rounds at
most, each so many times as long, while the distance from the bound falls by this factor or more."""
_ATTAINED = 1 - 1e-7
_GAIN = 0.01
"""Part of the distance from the bound that must be gained in so many generations as a budget's patience, lest the
search stop; a bound that is declared tight and not yet attained has the whole budget."""
_STEP, _LEAST = 0.3, 1e-3
_A_ROUND = 10
"""Generations for which the walk may go once round all parameters."""
_DESCENTS = 3
"""From one in so many of the starts, the best of them, the search goes down to the last digits."""


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where a search stands: parameters, one instance (a batch of one), and its ratio (or merit, see `judge_batch`)."""

    parameters: Parameters
    instance: Instances
    ratio: float


def is_searched(claim: Claim) -> bool:
    """Whether the directed search applies: to inequalities only, since an equality has nowhere to be pushed."""
    return isinstance(claim.then, AtMost | AtLeast | Monotone) and not has_constant(claim)


def search(claim: Claim, budget: Budget, seed: int, *axes: str, start: Extreme | None = None) -> Tally:
    """Look for a violation, or the largest ratio, from what is drawn and from `start`; deterministic in the seed."""
    tally = Tally()
    ends = ends_of(tally, claim, budget, seed, *axes, start=start)
    pushing = dataclasses.replace(budget, passes=0, touching=0, blurred=0)
    if _is_tight(claim):
        for group, found in ends.items():
            _refine(tally, claim, found, pushing, seed, *axes, "refine", group)
    for end in _best(ends, 1):
        _settle(tally, claim, end, budget)
    tally.violation = tally.violation or tally.hidden
    return tally


def ends_of(
    tally: Tally, claim: Claim, budget: Budget, seed: int, *axes: str, start: Extreme | None = None
) -> dict[str, list[Spot]]:
    """Where the search leads from each of its starts, by the parameters for each of which the bound is to be attained.

    Args:
        tally: books what is met on the way; its violation ends the search.
        claim: an inequality.
        budget: starts, generations of each, and what is settled where they end.
        seed: what all draws derive from.
        *axes: the same.
        start: an instance to set out from, too.
    """
    touching = dataclasses.replace(budget, passes=0)
    pushing = dataclasses.replace(touching, touching=0, blurred=0)
    spots = _starts(tally, claim, pushing, seed, *axes)
    if start is not None:
        known = {name: np.asarray([value]) for name, value in start.instance.items()}
        spots.insert(0, Spot(parameters=start.parameters, instance=known, ratio=start.ratio))
    ends: dict[str, list[Spot]] = {}
    visited: dict[str, Spot | None] = {}
    for number, spot in enumerate(spots):
        if tally.violation is not None:
            break
        moved = _special(tally, claim, spot, pushing)
        if tally.violation is not None:
            break
        moved = _walk(tally, claim, moved, visited, pushing, seed, *axes, f"walk {number}")
        if tally.violation is None and (number == 0 or _entries(claim, moved) <= _MANY):
            moved = evolve(tally, claim, moved, pushing, derived_seed(seed, *axes, "evolve", number))
        _settle(tally, claim, moved, touching)
        ends.setdefault(_held(claim, moved.parameters), []).append(moved)
    for number, end in enumerate(_best(ends, max(1, budget.starts // _DESCENTS))):
        if tally.violation is None:
            lowest = _descend(tally, claim, end, pushing, derived_seed(seed, *axes, "descend", number))
            _settle(tally, claim, lowest, touching)
            rivals = ends[_held(claim, end.parameters)]
            rivals[[id(one) for one in rivals].index(id(end))] = lowest
    return ends


def _settle(tally: Tally, claim: Claim, spot: Spot, budget: Budget) -> None:
    """Settle the instance that a start led to exactly, should rounding leave it open or the budget ask for passes."""
    if tally.violation is None:
        judge_batch(tally, claim, _batch(spot.parameters, 1), spot.instance, budget)


def _best(ends: dict[str, list[Spot]], count: int) -> list[Spot]:
    """The best instances that the starts led to."""
    return sorted((spot for group in ends.values() for spot in group), key=lambda spot: -spot.ratio)[:count]


def _is_tight(claim: Claim) -> bool:
    """Whether the bound is said to be attained."""
    return bool(getattr(claim.then, "tight", False))


def _refine(tally: Tally, claim: Claim, ends: list[Spot], budget: Budget, seed: int, *axes: str) -> None:
    """Go on from the best instances, for longer and in smaller steps, while a bound is neared but not attained."""
    longer = dataclasses.replace(budget, generations=_LONGER * budget.generations)
    for number, end in enumerate(sorted(ends, key=lambda one: -one.ratio)[:_REFINED]):
        spot = end
        for again in range(_ROUNDS):
            if tally.violation is not None or spot.ratio > _ATTAINED:
                return
            before, step = spot.ratio, _STEP / 3 ** (again + 1)
            spot = evolve(tally, claim, spot, longer, derived_seed(seed, *axes, number, again), step=step)
            if 1 - spot.ratio > _GAINED * (1 - before):
                break


def _held(claim: Claim, parameters: Parameters) -> str:
    """The values of the parameters for each of which the bound is to be attained."""
    return ", ".join(f"{name} = {parameters[name]}" for name in getattr(claim.then, "every", ()))


def _entries(claim: Claim, spot: Spot) -> int:
    """How many entries the search may move."""
    return sum(spot.instance[name].size for name in claim.given.free(spot.instance))


def _special(tally: Tally, claim: Claim, spot: Spot, budget: Budget) -> Spot:
    """The worst of the special values around a spot, if they are worse than the spot itself."""
    judged = judge_special_at(tally, claim, spot.parameters, spot.instance, budget)
    if judged is None:
        return spot
    candidates, ratios = judged
    row = int(np.argmax(ratios))
    if not (np.isfinite(ratios[row]) and ratios[row] > spot.ratio):
        return spot
    return Spot(parameters=spot.parameters, instance=instance_at(candidates, row), ratio=float(ratios[row]))


def _batch(parameters: Parameters, size: int, edge: Edge | None = None) -> Batch:
    return Batch(origin=SEARCH, parameters=parameters, size=size, edge=edge)


def _starts(tally: Tally, claim: Claim, budget: Budget, seed: int, *axes: str) -> list[Spot]:
    """The worst instances at the edges and at a few points, worst first, of every structure one before any second."""
    drawn = draw_points(claim.given.parameters, 2 * budget.starts, derived_seed(seed, *axes, "starts"))
    batches = [_batch(claim.given.at_edge(edge), _DRAWN, edge) for edge in claim.given.edges]
    batches += [_batch(point, _DRAWN) for point in [*drawn, *_everywhere(claim, drawn)]]
    spots = []
    for index, batch in enumerate(batches):
        spot = _worst_of(tally, claim, batch, budget, seed, *axes, "start", str(index))
        if spot is not None:
            spots.append(spot)
        if tally.violation is not None:
            break
    spots = spots or _solved(tally, claim, batches, budget, seed, *axes)
    ordered = sorted(spots, key=lambda spot: -spot.ratio)
    groups, structures = (_firsts(ordered, partial(key, claim)) for key in (_held, _structure))
    ranked = sorted(ordered, key=lambda spot: 0 if id(spot) in groups else 1 if id(spot) in structures else 2)
    return ranked[: max(budget.starts, len(groups))]


def _solved(tally: Tally, claim: Claim, batches: list[Batch], budget: Budget, seed: int, *axes: str) -> list[Spot]:
    """Instances where no batch has an admissible one: solved for, at the first and the last of the batches."""
    found: list[Spot] = []
    for batch in (batches[0], batches[-1]) if budget.solves else ():
        rng = generator(seed, *axes, "solve", str(len(found)))
        drawn = draw(claim, batch, rng)
        for one in solved(claim, batch.parameters, drawn, batch.size, rng, count=budget.solves):
            ratio = judge_batch(tally, claim, _batch(batch.parameters, 1), one, budget)[0]
            found.append(Spot(parameters=batch.parameters, instance=one, ratio=float(ratio)))
    return found


def _firsts(spots: list[Spot], key: Callable[[Parameters], str]) -> set[int]:
    """The identities of the first spot of every group."""
    found: dict[str, int] = {}
    for spot in spots:
        found.setdefault(key(spot.parameters), id(spot))
    return set(found.values())


def _everywhere(claim: Claim, points: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Points at each value of the parameters for each of which the bound is to be attained."""
    for name in getattr(claim.then, "every", ()):
        declared = claim.given.parameters[name]
        if isinstance(declared, Integers):
            for place, value in enumerate(range(declared.low, declared.high + 1)):
                yield from ({**points[(place + again) % len(points)], name: value} for again in range(2))


def _structure(claim: Claim, parameters: Parameters) -> str:
    """The parameters that are no real numbers: sizes, counts, choices."""
    ranges = claim.given.parameters
    return repr([(name, value) for name, value in parameters.items() if not isinstance(ranges[name], Reals)])


def _worst_of(tally: Tally, claim: Claim, batch: Batch, budget: Budget, seed: int, *axes: str) -> Spot | None:
    """The worst instance of a batch; None where none is admissible."""
    instances = draw(claim, batch, generator(seed, *axes))
    ratios = judge_batch(tally, claim, batch, instances, budget)
    row = int(np.argmax(ratios))
    if not np.isfinite(ratios[row]):
        return None
    return Spot(parameters=batch.parameters, instance=instance_at(instances, row), ratio=float(ratios[row]))


def _walk(
    tally: Tally, claim: Claim, spot: Spot, visited: dict[str, Spot | None], budget: Budget, seed: int, *axes: str
) -> Spot:
    """Move to neighbouring parameters, one after the other, as long as a round of all of them gains.

    What was found where an earlier walk was is known.
    """
    best = spot
    for step in range(budget.generations // _A_ROUND):
        before = best
        for index, name in enumerate(claim.given.parameters):
            around = best.parameters
            for place, parameters in enumerate(_neighbours(claim, around, name)):
                known = repr(sorted(parameters.items()))
                if known not in visited:
                    own = (*axes, str(step), str(index), str(place))
                    visited[known] = _worst_of(tally, claim, _batch(parameters, _DRAWN), budget, seed, *own)
                there = visited[known]
                if there is not None and there.ratio > best.ratio:
                    best = there
                if tally.violation is not None:
                    return best
        if best is before or _stands_still(claim, before.ratio, best.ratio):
            break
    return best


def _neighbours(claim: Claim, parameters: Parameters, name: str) -> Iterator[dict[str, Any]]:
    """The points that differ in one parameter, unless that is to be held."""
    declared = claim.given.parameters[name]
    for value in _near(declared, parameters[name]) if name not in getattr(claim.then, "every", ()) else ():
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


def evolve(
    tally: Tally,
    claim: Claim,
    spot: Spot,
    budget: Budget,
    evolution_seed: int,
    *,
    step: float = _STEP,
    least: float = _LEAST,
) -> Spot:
    """CMA-ES over the searchable entries, started at the spot; candidates are pulled back into the hypotheses.

    The steps are relative to the entries, and to no less than a quarter of their mean size and the number ``least``.

    Raises:
        FloatingPointError: the optimiser proposed what is no number.
    """
    names = claim.given.free(spot.instance)
    start = np.concatenate([spot.instance[name].ravel() for name in names]) if names else np.empty(0)
    if not 0 < start.size <= _LARGEST:
        return spot
    scale = np.maximum(np.abs(start), np.sqrt(np.mean(start**2)) / 4 + least)
    strategy = Evolution(start.size, evolution_seed, step)
    best, anchor = spot, interior(claim, spot.parameters, spot.instance, np.random.default_rng(evolution_seed))
    reached = [spot.ratio]
    for _ in range(budget.generations):
        waited = len(reached) > budget.patience
        if strategy.stop() or (waited and _stands_still(claim, reached[-1 - budget.patience], reached[-1])):
            break
        asked = strategy.ask()
        if not np.isfinite(asked).all():
            raise FloatingPointError(
                f"the optimiser proposed NaN or infinity in {', '.join(names)} at {dict(spot.parameters)}; "
                "nothing can be concluded from this search"
            )
        proposed = placed(spot.instance, names, start + scale * np.asarray(asked))
        candidates = pulled_inside(claim, spot.parameters, anchor, proposed, POPULATION)
        ratios = judge_batch(tally, claim, _batch(spot.parameters, POPULATION), candidates, budget)
        strategy.tell(asked, [_loss(ratio) for ratio in ratios])
        row = int(np.argmax(ratios))
        if ratios[row] > best.ratio:
            best = Spot(parameters=spot.parameters, instance=instance_at(candidates, row), ratio=float(ratios[row]))
        reached.append(best.ratio)
        if tally.violation is not None:
            break
    return best


def _descend(tally: Tally, claim: Claim, spot: Spot, budget: Budget, descent_seed: int) -> Spot:
    """From the best of a start to the bottom of its well, where there are few enough entries for a model of it."""
    names = claim.given.free(spot.instance)
    start = np.concatenate([spot.instance[name].ravel() for name in names]) if names else np.empty(0)
    if not 0 < start.size <= MOST_ENTRIES or not np.isfinite(spot.ratio):
        return spot

    def judged(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        size = len(points)
        if tally.violation is not None:
            return points, np.full(size, -np.inf)
        proposed = placed(spot.instance, names, points)
        candidates = pulled_inside(claim, spot.parameters, spot.instance, proposed, size)
        merits = judge_batch(tally, claim, _batch(spot.parameters, size), candidates, budget)
        return np.concatenate([candidates[name].reshape(size, -1) for name in names], axis=1), merits

    point, merit = descended(judged, start, spot.ratio, np.random.default_rng(descent_seed))
    return Spot(parameters=spot.parameters, instance=placed(spot.instance, names, point[None]), ratio=merit)


def _stands_still(claim: Claim, before: float, now: float) -> bool:
    """Whether next to nothing of the distance from the bound was gained; never short of a bound said to be attained."""
    if _is_tight(claim) and now < _ATTAINED:
        return False
    return now - before <= _GAIN * abs(1 - before)


def _loss(ratio: float) -> float:
    """What CMA-ES minimises: minus the ratio; candidates that are not admissible are equally bad."""
    if np.isnan(ratio) or ratio == -np.inf:
        return 1e9
    return -min(float(ratio), 1e9)
