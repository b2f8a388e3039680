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
from lemmata.checks.stages.descent import placed
from lemmata.checks.stages.draws import Batch, draw, edge_batches
from lemmata.checks.stages.implied import has_constant
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.sample import judge_batch, run_batch
from lemmata.checks.stages.search import Spot, evolve
from lemmata.checks.stages.tally import Tally
from lemmata.claims import AtLeast, AtMost, Claim, Identity, Instances, Mutant

_POINTS = 3
"""Parameter points from which it is made small, beside the edges."""
_MOST_SIGNS = 3
_STARTS = 2
"""Of these, how many it is made small from, those where it is smallest."""
_ROUNDS, _FINER, _STEP = 10, 8.0, 0.3
"""Rounds, how much finer the steps of each are, and the first step as a share of the entries."""
_AWAY, _VANISHES = 1e-2, 1e-6
"""It vanishes where it is less than so small a part of what it is that share of each entry away, on both sides."""
_MOST_ENTRIES = 60


def judge_strict(tally: Tally, claim: Claim, budget: Budget, seed: int, *axes: str) -> None:
    """Leave a statement open that fails where the argument of a sign vanishes; a violation met on the way is booked."""
    quiet = dataclasses.replace(budget, touching=0, blurred=0, passes=0)
    for index, part in enumerate(_signs(claim)):
        then = AtLeast(left=sp.Abs(part.args[0]), right=sp.S.Zero)
        size = claim.mutated(Mutant(name="size", because="what is small vanishes nearby", then=then))
        for number, start in enumerate(_starts(size, quiet, seed, *axes, "strict", str(index))):
            end = _downhill(size, start, quiet, derived_seed(seed, *axes, "strict down", index, number))
            at = Batch(origin=SEARCH, parameters=end.parameters, size=1)
            judge_batch(tally, claim, at, end.instance, budget)
            if tally.violation is not None:
                return
            if _vanishes(size, end) and _fails(claim, part, end):
                tally.estimates.append(_estimate(end))
                return


def _signs(claim: Claim) -> list[Any]:
    """The signs that a relation is about, as ``sign(f) >= 1`` is."""
    if not isinstance(claim.then, AtLeast | AtMost | Identity) or has_constant(claim):
        return []
    found = set().union(*(sp.sympify(one).atoms(sp.sign) for one in claim.then.expressions))
    return sorted(found, key=str)[:_MOST_SIGNS]


def _fails(claim: Claim, part: Any, end: Spot) -> bool:
    """Whether the statement is false at an instance if a sign is zero there."""
    then: Any = claim.then
    left, right = (sp.sympify(side).subs(part, 0) for side in (then.left, then.right))
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
    """Where it is smallest, of what is drawn at the edges and at a few points."""
    points = draw_points(size.given.parameters, _POINTS, derived_seed(seed, *axes))
    batches = [*edge_batches(size, budget), *(Batch(origin=SEARCH, parameters=at, size=budget.batch) for at in points)]
    spots = [_smallest(size, one, budget, seed, *axes, str(number)) for number, one in enumerate(batches)]
    return sorted((one for one in spots if one is not None), key=lambda one: -one.ratio)[:_STARTS]


def _smallest(size: Claim, batch: Batch, budget: Budget, seed: int, *axes: str) -> Spot | None:
    drawn = draw(size, batch, generator(seed, *axes))
    merits = judge_batch(Tally(), size, batch, drawn, budget)
    row = int(np.argmax(merits))
    if not np.isfinite(merits[row]):
        return None
    return Spot(parameters=batch.parameters, instance=instance_at(drawn, row), ratio=float(merits[row]))


def _downhill(size: Claim, spot: Spot, budget: Budget, move_seed: int) -> Spot:
    """The instance moved to where less is left, in ever finer steps."""
    for number in range(_ROUNDS):
        step = _STEP / _FINER**number
        spot = evolve(Tally(), size, spot, budget, derived_seed(move_seed, number), step=step)
    return spot


def _vanishes(size: Claim, end: Spot) -> bool:
    """Whether next to nothing is left of what there surely is a little away, on both sides in some entry.

    On none there is surely less. At a boundary that belongs to a hypothesis one side is enough, and what vanishes only
    at one that a strict hypothesis excludes does not vanish.
    """
    names = size.given.free(end.instance)
    entries = np.concatenate([end.instance[name].ravel() for name in names]) if names else np.empty(0)
    if not 0 < entries.size <= _MOST_ENTRIES:
        return False
    away = np.diag(entries * _AWAY)
    moved = placed(end.instance, names, entries + np.concatenate([np.zeros((1, entries.size)), away, -away]))
    batch = Batch(origin=SEARCH, parameters=end.parameters, size=1 + 2 * entries.size)
    ran = run_batch(Tally(), size, batch, moved)
    signs = _signs_of_boundaries(size, end, moved)
    if ran is None or not ran.decided.all() or not ran.met[0] or not signs <= {"<=", ">="}:
        return False
    if not (ran.met.all() or signs):
        return False
    least, most = np.full(batch.size, np.inf), np.full(batch.size, np.inf)
    least[ran.met] = -ran.found.residual - ran.found.error
    most[ran.met] = -ran.found.residual + ran.found.error
    beside = np.minimum(*np.split(least[1:], 2))
    there = np.where(np.isfinite(beside), beside, 0.0).max()
    return bool((most[1:] >= least[0]).all() and most[0] <= _VANISHES * there)


def _signs_of_boundaries(size: Claim, end: Spot, moved: Instances) -> set[str]:
    """The signs of the hypotheses whose two sides come together where the first of a batch is."""
    found, count = set(), len(next(iter(moved.values())))
    for compared in (one.sides(end.parameters, moved) for one in size.given.hypotheses if one.sides is not None):
        apart = np.abs(np.asarray(compared.left, dtype=float) - np.asarray(compared.right, dtype=float))
        if apart.ndim and len(apart) == count:
            nearest = apart.reshape(count, -1).min(axis=1)
            found |= {compared.sign} if nearest[0] <= _VANISHES * nearest.max() else set()
    return found


def _estimate(end: Spot) -> Estimate:
    return Estimate(
        quantity="distance from equality",
        origin=str(SEARCH),
        parameters={**end.parameters, **as_lists(end.instance)},
        claimed="more than zero: it vanishes beside there, at a point that may be no float",
        value=-end.ratio / (1 + end.ratio),
        low=None,
        high=None,
        used=1,
        decision=OPEN,
    )
