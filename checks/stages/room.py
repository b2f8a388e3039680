"""The room that hypotheses leave: instances moved within it, as far as its walls.

A generator often keeps a hypothesis exactly (it normalises a vector) where the hypothesis itself leaves some room
(the norm may be off by a thousandth). What is false in that room alone, only instances moved into it can show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.judging.origin import ROOM, SEARCH
from lemmata.checks.judging.settle import selected
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.points import draw_points
from lemmata.claims import Claim, Instances, Parameters

_FEW, _HALVINGS, _STEPS, _LEVELS = 8, 40, 16, 6
"""How often the way to a candidate is halved until it is admissible, at first and at most; then the steps forwards,
finer at each level."""
_FARTHEST = 30
_AT_THE_WALL = 0.5
_POINTS, _ROWS = 16, 32
"""One parameter point in so many is also looked at within the room, with so many instances."""
_LARGEST = 2_000
"""Instances of more entries are left as they are drawn."""


def has_room(claim: Claim) -> bool:
    """Whether there are entries to move and hypotheses to move them within."""
    return bool(claim.given.hypotheses and claim.given.searchable)


def room_batches(claim: Claim, budget: Budget, seed: int, *axes: str) -> Iterator[tuple[Batch, dict[str, Any]]]:
    """Batches of drawn instances moved within the room that the hypotheses leave."""
    if not has_room(claim):
        return
    count = 1 + budget.points // _POINTS
    points = [claim.given.at_edge(claim.given.edges[0])]
    points += draw_points(claim.given.parameters, count, derived_seed(seed, *axes, "room"))
    for index, parameters in enumerate(points):
        size = min(budget.batch, _ROWS)
        batch = Batch(origin=ROOM, parameters=parameters, size=size)
        rng = generator(seed, *axes, "room", index)
        drawn = draw(claim, batch, rng)
        if sum(value[0].size for value in drawn.values()) <= _LARGEST:
            yield batch, moved_within(claim, parameters, drawn, size, rng)


def moved_within(
    claim: Claim, parameters: Parameters, instances: Instances, size: int, rng: np.random.Generator
) -> dict[str, Any]:
    """Every admissible instance moved in a random direction, half of them as far as the hypotheses allow."""
    bases = {name: np.broadcast_to(value, (size, *value.shape[1:])) for name, value in instances.items()}
    names = [name for name in claim.given.free(bases) if bases[name].size]
    length = 2.0 ** -rng.uniform(0, _FARTHEST, size=size)
    target = dict(bases)
    for name in names:
        value = bases[name]
        spread = np.sqrt(np.mean(value**2, axis=tuple(range(1, value.ndim)))) if value.ndim > 1 else np.abs(value)
        reach = _column(length * np.where(spread > 0, spread, 1.0), value)
        target[name] = value + reach * rng.normal(size=value.shape)
    shares = admissible_shares(claim, parameters, bases, target, size)
    shares = shares * np.where(rng.random(size) < _AT_THE_WALL, 1.0, rng.random(size))
    return _between(bases, target, names, shares)


def interior(claim: Claim, parameters: Parameters, instance: Instances, rng: np.random.Generator) -> dict[str, Any]:
    """An admissible instance, a batch of one, half way from a given one to the middle of what is drawn."""
    found = dict(instance)
    if not claim.given.hypotheses:
        return found
    drawn = draw(claim, Batch(origin=SEARCH, parameters=parameters, size=_ROWS), rng)
    met = np.flatnonzero(_met(claim, parameters, drawn, _ROWS))
    names = claim.given.free(found)
    if not met.size or any(drawn[name].shape[1:] != found[name].shape[1:] for name in names):
        return found
    middle = {name: np.median(np.asarray(drawn[name])[met % len(drawn[name])], axis=0)[None] for name in names}
    share = admissible_shares(claim, parameters, found, {**found, **middle}, 1)
    return _between(found, {**found, **middle}, names, share / 2)


def pulled_inside(
    claim: Claim, parameters: Parameters, base: Instances, candidates: Instances, size: int
) -> dict[str, Any]:
    """Candidates that break a hypothesis moved towards an admissible instance, a batch of one, until they break none.

    Either all arrays of a candidate go back alike, or one after the other as far as each must; whichever moves it less.
    """
    found = dict(candidates)
    if claim.given.project is not None:
        found |= claim.given.project(found)
    if not claim.given.hypotheses:
        return found
    rows = np.flatnonzero(~_met(claim, parameters, found, size))
    names = claim.given.free(base)
    if not rows.size or not names:
        return found
    bases = {name: np.repeat(value, len(rows), axis=0) for name, value in base.items()}
    target = selected(found, rows)
    alike = admissible_shares(claim, parameters, bases, target, len(rows))
    inside, kept = dict(bases), np.zeros(len(rows))
    for name in names:
        whole = {**inside, name: target[name]}
        shares = np.ones(len(rows))
        out = np.flatnonzero(~_met(claim, parameters, whole, len(rows)))
        if out.size:
            shares[out] = admissible_shares(claim, parameters, selected(inside, out), selected(whole, out), len(out))
        inside = _between(inside, whole, [name], shares)
        kept += shares / len(names)
    together = _between(bases, target, names, alike)
    for name in names:
        value = np.array(found[name])
        value[rows] = np.where(_column(kept >= alike, value), inside[name], together[name])
        found[name] = value
    return found


def admissible_shares(claim: Claim, parameters: Parameters, bases: Instances, target: Instances, size: int) -> Any:
    """How far, from each base to its target, the instance still meets every hypothesis, 0 to 1: ``(size,)``."""
    halves = 2.0 ** -np.arange(0.0, _HALVINGS + 1)
    found = _largest_met(claim, parameters, bases, target, np.tile(halves[:_FEW], (size, 1)))
    if (none := np.flatnonzero(found == 0)).size:
        further = np.tile(halves[_FEW:], (none.size, 1))
        found[none] = _largest_met(claim, parameters, selected(bases, none), selected(target, none), further)
    length = np.where(found < 1, found, 0.0)
    for _ in range(_LEVELS):
        finer = found[:, None] + length[:, None] * np.arange(_STEPS) / _STEPS
        found, length = _largest_met(claim, parameters, bases, target, finer), length / _STEPS
    return found


def _largest_met(claim: Claim, parameters: Parameters, bases: Instances, target: Instances, shares: Any) -> Any:
    """The largest admissible one of several shares, ``(size, count)`` of a row; zero where none is."""
    size, count = shares.shape
    many = {name: np.repeat(np.asarray(value), count, axis=0) for name, value in bases.items()}
    ends = {name: np.repeat(np.asarray(value), count, axis=0) for name, value in target.items()}
    placed = _between(many, ends, claim.given.free(many), shares.reshape(-1))
    met = _met(claim, parameters, placed, size * count).reshape(size, count)
    return np.max(np.where(met, shares, 0.0), axis=1)


def _between(bases: Instances, target: Instances, names: list[str], shares: Any) -> dict[str, Any]:
    found = dict(bases)
    for name in names:
        part = _column(shares, bases[name])
        found[name] = np.where(part == 1, target[name], bases[name] + part * (target[name] - bases[name]))
    return found


def _met(claim: Claim, parameters: Parameters, instances: Instances, size: int) -> Any:
    masks = met_or_not(claim, parameters, instances, size)
    return np.all([np.ones(size, dtype=bool), *masks.values()], axis=0)


def _column(values: Any, like: Any) -> Any:
    return np.asarray(values).reshape(-1, *[1] * (like.ndim - 1))
