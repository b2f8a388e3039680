"""Strict statements: whether they come to equality at a place that no drawn number is.

``sign(f) >= 1`` says that f is positive. Its sides tell nothing of how near f is to zero, and a zero at log(2) is no
float. So f itself is made as small as it becomes; where it vanishes within the range, to the last digits, as beside a
zero, the statement is left open. Where it is small only because a quantity tends to an end it is not.
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
from lemmata.checks.judging.settle import as_lists, instance_at
from lemmata.checks.stages.descent import placed
from lemmata.checks.stages.draws import Batch, draw, edge_batches
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.sample import judge_batch, run_batch
from lemmata.checks.stages.search import Spot, evolve
from lemmata.checks.stages.tally import Tally
from lemmata.claims import AtLeast, AtMost, Claim, Mutant

_POINTS = 3
"""Parameter points from which it is made small, beside the edges."""
_STARTS = 2
"""Of these, how many it is made small from, those where it is smallest."""
_ROUNDS, _FINER, _STEP = 10, 8.0, 0.3
"""Rounds, how much finer the steps of each are, and the first step as a share of the entries."""
_AWAY, _VANISHES = 1e-2, 1e-6
"""It vanishes where it is less than so small a part of what it is that share of each entry away, on both sides."""
_MOST_ENTRIES = 60


def kept_positive(claim: Claim) -> Any:
    """What a strict statement says to be positive; None of others."""
    match claim.then:
        case AtLeast(left=sp.sign() as side, right=bound) | AtMost(left=bound, right=sp.sign() as side) if bound == 1:
            return side.args[0]
    return None


def judge_strict(tally: Tally, claim: Claim, budget: Budget, seed: int, *axes: str) -> None:
    """Leave a strict statement open where it comes to equality; a violation met on the way is booked."""
    positive = kept_positive(claim)
    if positive is None:
        return
    then = AtLeast(left=positive, right=sp.S.Zero)
    loose = claim.mutated(Mutant(name="not strict", because="equality is let in", then=then))
    quiet = dataclasses.replace(budget, touching=0, blurred=0, passes=0)
    points = draw_points(claim.given.parameters, _POINTS, derived_seed(seed, *axes, "strict"))
    batches = [*edge_batches(claim, budget), *(Batch(origin=SEARCH, parameters=at, size=budget.batch) for at in points)]
    spots = [_smallest(loose, one, quiet, seed, *axes, "strict", str(number)) for number, one in enumerate(batches)]
    starts = sorted((one for one in spots if one is not None), key=lambda one: -one.ratio)[:_STARTS]
    for number, start in enumerate(starts):
        end = _downhill(loose, start, quiet, derived_seed(seed, *axes, "strict down", number))
        judge_batch(tally, claim, Batch(origin=SEARCH, parameters=end.parameters, size=1), end.instance, budget)
        if tally.violation is not None:
            return
        if _vanishes(loose, end):
            tally.estimates.append(_estimate(end))
            return


def _smallest(loose: Claim, batch: Batch, budget: Budget, seed: int, *axes: str) -> Spot | None:
    drawn = draw(loose, batch, generator(seed, *axes))
    merits = judge_batch(Tally(), loose, batch, drawn, budget)
    row = int(np.argmax(merits))
    if not np.isfinite(merits[row]):
        return None
    return Spot(parameters=batch.parameters, instance=instance_at(drawn, row), ratio=float(merits[row]))


def _downhill(loose: Claim, spot: Spot, budget: Budget, move_seed: int) -> Spot:
    """The instance moved to where less is left, in ever finer steps; to where it is negative, if it is somewhere."""
    for number in range(_ROUNDS):
        tally = Tally()
        spot = evolve(tally, loose, spot, budget, derived_seed(move_seed, number), step=_STEP / _FINER**number)
        if tally.violation is not None:
            return dataclasses.replace(spot, instance=tally.violation.instance, parameters=tally.violation.parameters)
    return spot


def _vanishes(loose: Claim, end: Spot) -> bool:
    """Whether next to nothing is left of what there surely is a little away, on both sides in some entry.

    In every entry both sides are admissible, and on none there is surely less.
    """
    names = loose.given.free(end.instance)
    entries = np.concatenate([end.instance[name].ravel() for name in names]) if names else np.empty(0)
    if not 0 < entries.size <= _MOST_ENTRIES:
        return False
    away = np.diag(entries * _AWAY)
    moved = placed(end.instance, names, entries + np.concatenate([np.zeros((1, entries.size)), away, -away]))
    batch = Batch(origin=SEARCH, parameters=end.parameters, size=1 + 2 * entries.size)
    ran = run_batch(Tally(), loose, batch, moved)
    if ran is None or not ran.met.all() or not ran.decided.all():
        return False
    least, most = -ran.found.residual - ran.found.error, -ran.found.residual + ran.found.error
    beside = np.minimum(*np.split(least[1:], 2))
    return bool((most[1:] >= least[0]).all() and most[0] <= _VANISHES * beside.max())


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
