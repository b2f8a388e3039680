"""Strict statements: whether they come to equality at a place that no drawn number is.

``sign(f) >= 1`` says that f is positive. Its sides tell nothing of how near f is to zero, and a zero at log(2) is no
float. So the size of f is made as small as it becomes; where it vanishes within the range, to the last digits, as
beside a zero, and the statement would fail with a sign of zero, it is left open. Where f is small only because a
quantity tends to an end, or to a boundary that a strict hypothesis excludes, it is not.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import sympy as sp

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import OPEN, Estimate
from lemmata.checks.judging.origin import SEARCH
from lemmata.checks.judging.rulings import Ruling
from lemmata.checks.judging.settle import as_lists, instance_at, settle
from lemmata.checks.stages.basins import apart, inner_ends
from lemmata.checks.stages.descent import placed
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.finer import in_finer_steps
from lemmata.checks.stages.implied import has_constant
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.sample import judge_batch, run_batch
from lemmata.checks.stages.search import Spot, ends_of
from lemmata.checks.stages.sizes import sized_batches
from lemmata.checks.stages.tally import Tally
from lemmata.claims import AtLeast, AtMost, Claim, Identity, Instances, Mutant

_MOST_SIGNS = 3
_LED, _GENERATIONS = 6, 15
"""Starts of the directed search, and generations of each and of every round after it, at most."""
_STARTS, _ROUNDS, _LESS, _PATIENCE = 2, 10, 0.8, 2
"""From how many instances of a kind it is made small, those where it is smallest; in how many rounds at most, and what
part of it may be left after one of so many in turn, lest it has come to rest."""
_AWAY, _VANISHES = 1e-2, 1e-6
"""It vanishes where it is less than so small a part of what it is that share of each entry away, on both sides."""
_BESIDE, _SMALL = 2.0**-42, 1e-2
"""Like a root it vanishes where it is less than half of what it is a thousand floats away, and a small part as well."""
_NEAR = 3e-2
"""At a boundary are instances whose sides are so small a part apart of what they are a little away."""
_MOST_ENTRIES, _DRAWN = 60, 48


def judge_strict(tally: Tally, claim: Claim, budget: Budget, seed: int, *axes: str) -> None:
    """Leave a statement open that fails where the argument of a sign vanishes; a violation met on the way is booked."""
    quiet = dataclasses.replace(
        budget, touching=0, blurred=0, passes=0, starts=_LED, generations=min(_GENERATIONS, budget.generations)
    )
    signs = _signs(claim)
    for index, parts in enumerate([*((one,) for one in signs), *([tuple(signs)] if len(signs) > 1 else [])]):
        size = _size(claim, parts)
        for number, start in enumerate(_starts(size, quiet, seed, *axes, "strict", str(index))):
            end = _downhill(size, start, quiet, derived_seed(seed, *axes, "strict down", index, number))
            at = Batch(origin=SEARCH, parameters=end.parameters, size=1)
            judge_batch(tally, claim, at, end.instance, budget)
            if tally.violation is not None:
                return
            if _vanishes(size, end) and _fails(claim, parts, end):
                tally.estimates.append(_estimate(end))
                return


def _signs(claim: Claim) -> list[Any]:
    """The signs that a relation is about, as ``sign(f) >= 1`` is; not those within a function of entries."""
    if not isinstance(claim.then, AtLeast | AtMost | Identity) or has_constant(claim):
        return []
    sides = [sp.sympify(one) for one in claim.then.expressions]
    free = set().union(*(one.free_symbols for one in sides))
    found = set().union(*(one.atoms(sp.sign) for one in sides))
    return sorted((one for one in found if one.free_symbols <= free), key=str)[:_MOST_SIGNS]


def _size(claim: Claim, parts: tuple[Any, ...]) -> Claim:
    """That the arguments of some signs together are zero or more, in absolute value: how small they are."""
    then = AtLeast(left=sum((sp.Abs(one.args[0]) for one in parts), start=sp.S.Zero), right=sp.S.Zero)
    return claim.mutated(Mutant(name="size", because="what is small vanishes nearby", then=then))


def _fails(claim: Claim, parts: tuple[Any, ...], end: Spot) -> bool:
    """Whether the statement is false at an instance if some signs are zero there, and others that vanish there, too."""
    then: Any = claim.then
    others = [one for one in _signs(claim) if one not in parts and _vanishes(_size(claim, (one,)), end)]
    zero = [*parts, *others, *(one.args[0] for one in (*parts, *others))]
    left, right = (sp.sympify(side).subs([(one, 0) for one in zero]) for side in (then.left, then.right))
    if not (left.free_symbols or right.free_symbols):
        kept = {AtLeast: left >= right, AtMost: left <= right}.get(type(then), sp.Eq(left, right))
        return not bool(kept)
    at_zero = Mutant(
        name="at zero",
        because="the argument of the sign is zero",
        then=dataclasses.replace(then, left=left, right=right),
    )
    return settle(claim.mutated(at_zero), end.parameters, end.instance).ruling is Ruling.VIOLATED


def _starts(size: Claim, budget: Budget, seed: int, *axes: str) -> list[Spot]:
    """Where it is smallest: of where the directed search leads, of what stays inside by itself, and of any size."""
    led = [spot for group in ends_of(Tally(), size, budget, seed, *axes).values() for spot in group]
    sized = [_smallest(size, batch, drawn, budget) for batch, drawn in sized_batches(size, budget, seed, *axes)]
    inner = []
    for number, point in enumerate(draw_points(size.given.parameters, _STARTS, derived_seed(seed, *axes, "inner"))):
        batch, rng = (Batch(origin=SEARCH, parameters=point, size=_DRAWN), generator(seed, *axes, "inner", number))
        inner += inner_ends(size, batch, draw(size, batch, rng), budget, rng)
    kinds = ((led, _STARTS), (inner, 2 * _STARTS), ([one for one in sized if one is not None], _STARTS))
    return [spot for found, most in kinds for spot in sorted(found, key=lambda one: -one.ratio)[:most]]


def _smallest(size: Claim, batch: Batch, instances: Instances, budget: Budget) -> Spot | None:
    merits = judge_batch(Tally(), size, batch, instances, budget)
    row = int(np.argmax(merits))
    if not np.isfinite(merits[row]):
        return None
    return Spot(parameters=batch.parameters, instance=instance_at(instances, row), ratio=float(merits[row]))


def _downhill(size: Claim, spot: Spot, budget: Budget, move_seed: int) -> Spot:
    """The instance moved to where less is left, in ever finer steps, until it comes to rest or to what is excluded."""
    idle, before = 0, spot
    for _, end in in_finer_steps(size, spot, budget, move_seed, rounds=_ROUNDS):
        idle = idle + 1 if _height(end) > _LESS * _height(before) else 0
        if idle == _PATIENCE or not _boundaries(size, end, _around(size, end)) <= {"<=", ">="}:
            return end
        before = end
    return before


def _height(spot: Spot) -> float:
    """How large it is there, from the merit that stands for it."""
    return -spot.ratio / (1 + spot.ratio) if spot.ratio > -1 else np.inf


def _vanishes(size: Claim, end: Spot) -> bool:
    """Whether next to nothing is left of what there surely is a little away, on both sides in some entry.

    A little away there is surely less on none. At a boundary that belongs to a hypothesis one side is enough, and what
    vanishes only at one that a strict hypothesis excludes does not vanish. What vanishes like a root is never next to
    nothing in floats, but there is surely more of it right beside.
    """
    moved = _around(size, end)
    count = len(next(iter(moved.values())))
    if count == 1:
        return False
    batch = Batch(origin=SEARCH, parameters=end.parameters, size=count)
    ran = run_batch(Tally(), size, batch, moved)
    signs = _boundaries(size, end, moved)
    if ran is None or not ran.decided.all() or not ran.met[0] or not signs <= {"<=", ">="}:
        return False
    if not (ran.met.all() or signs):
        return False
    least, most = np.full(batch.size, np.inf), np.full(batch.size, np.inf)
    value, error = -ran.found.residual, ran.found.error
    error = np.where(np.isfinite(error), error, value)  # of the root of what may be zero it has no end
    least[ran.met], most[ran.met] = value - error, value + error
    lower = np.minimum(*np.split(least[1:].reshape(2, -1), 2, axis=1))
    away, beside = np.where(np.isfinite(lower), lower, 0.0).max(axis=1)
    unit = min(away, 1.0)  # one is not next to nothing, however large the entries are
    next_to_nothing = most[0] <= _VANISHES * unit or most[0] <= min(_SMALL * unit, beside / 2)
    return bool((most[1 : 1 + count // 2] >= least[0]).all() and next_to_nothing)


def _around(size: Claim, end: Spot) -> dict[str, Any]:
    """The instance, and each entry moved a little away both ways, then to right beside; itself where they are many."""
    names = size.given.free(end.instance)
    entries = np.concatenate([np.empty(0), *(end.instance[name].ravel() for name in names)])
    if entries.size > _MOST_ENTRIES:
        return dict(end.instance)
    sides = [sign * np.diag(entries * share) for share in (_AWAY, _BESIDE) for sign in (1, -1)]
    return placed(end.instance, names, entries + np.concatenate([np.zeros((1, entries.size)), *sides]))


def _boundaries(size: Claim, end: Spot, moved: Instances) -> set[str]:
    """The signs of the hypotheses whose two sides come together where the first of a batch is."""
    count = len(next(iter(moved.values())))
    compared = apart(size, end.parameters, moved, count)
    return {sign for sign, between in compared if between[0] <= _NEAR * between.max()}


def _estimate(end: Spot) -> Estimate:
    return Estimate(
        quantity="distance from equality",
        origin=str(SEARCH),
        parameters={**end.parameters, **as_lists(end.instance)},
        claimed="more than zero: it vanishes beside there, at a point that may be no float",
        value=_height(end),
        low=None,
        high=None,
        used=1,
        decision=OPEN,
    )
