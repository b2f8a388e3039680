"""Implied constants near single points: where the right side vanishes within a range, no constant is enough.

Random instances come near such a place only by chance, and then need a constant that is large, but a number. So the
instance that needs most is moved to where more is needed, in ever finer steps; what comes to rest has a constant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed
from lemmata.checks.evidence import OPEN, Estimate
from lemmata.checks.judging.origin import SEARCH
from lemmata.checks.judging.ratios import exact_ratio
from lemmata.checks.judging.settle import as_lists
from lemmata.checks.stages.finer import in_finer_steps
from lemmata.checks.stages.implied import with_constant, written
from lemmata.checks.stages.search import Spot
from lemmata.checks.stages.trends import Point, rounded_up
from lemmata.claims import Claim

_ROUNDS, _GAIN, _PATIENCE = 9, 1.2, 3
"""Rounds at most, and what one of so many in turn must gain lest the constant has come to rest."""
_GROWTH, _LATE, _LATE_GROWTH = 1.5**8, 4, 2.0
"""What is gained after the first round, and in so many rounds at the end, where the constant grows like a power of the
distance: like its fourth root is 1.68 a round."""
_HIDDEN = 1.1
"""What is so many times as large, exactly, as floats vouch for is hidden by rounding."""
ENDLESS, ABSURD = 10**6, 1e12
"""More than so many times the constant that sampling asks for, or one beyond the second number, which nobody would call
a constant, is taken for a sign that there is none."""
_STARTS = 2
"""Instances that are moved, those that need most."""


def poles(claim: Claim, points: Sequence[Point], budget: Budget, seed: int, *axes: str) -> Estimate | None:
    """That a million times the constant that sampling asks for is not enough somewhere; None where that is not seen.

    Nor is the constant that sampling asks for taken for one if it is beyond all reason.

    Args:
        claim: a bound with an implied constant.
        points: where constants were needed.
        budget: generations of each round.
        seed: what the moves derive from.
        *axes: the same.
    """
    known = [point for point in points if point.instance is not None and 0 < point.constant < np.inf]
    known.sort(key=lambda point: -point.constant)
    if not known:
        return None
    if known[0].constant > ABSURD:
        return _estimate(_spot(known[0], 1.0), written(claim, rounded_up(known[0].constant)))
    enough = rounded_up(ENDLESS * known[0].constant)
    constant = written(claim, enough)
    fixed = with_constant(claim, constant)
    quiet = dataclasses.replace(budget, touching=0, blurred=0, passes=0)
    for number, point in enumerate(known[:_STARTS]):
        spot = _spot(point, point.constant / float(enough))
        end = _uphill(fixed, spot, quiet, derived_seed(seed, *axes, "poles", number))
        if end is not None:
            return _estimate(end, written(claim, rounded_up(float(enough) * min(end.ratio, 1.0))))
    return None


def _spot(point: Point, ratio: float) -> Spot:
    instance = {name: np.asarray(value) for name, value in (point.instance or {}).items()}
    return Spot(parameters=point.parameters, instance=instance, ratio=ratio)


def _uphill(fixed: Claim, spot: Spot, budget: Budget, move_seed: int) -> Spot | None:
    """Where the claim with a number for its constant is violated, uphill of an instance, or the ratio still grows.

    None if it comes to rest, where floats see both sides.
    """
    idle, reached = 0, []
    for tally, end in in_finer_steps(fixed, spot, budget, move_seed, rounds=_ROUNDS):
        before, spot = spot.ratio, end
        if tally.violation is not None:
            found = tally.violation
            return Spot(parameters=found.parameters, instance=found.instance, ratio=1.0)
        reached.append(spot.ratio)
        idle = 0 if spot.ratio >= _GAIN * before else idle + 1
        if idle == _PATIENCE:
            return spot if _is_hidden(fixed, spot) else None
    grows = reached[-1] >= _GROWTH * reached[0] and reached[-1] >= _LATE_GROWTH * reached[-1 - _LATE]
    return spot if grows else None


def _is_hidden(fixed: Claim, spot: Spot) -> bool:
    """Whether rounding alone has stopped the growth: a side cancels there, and exactly the ratio is larger.

    Of d against d^2, two sides that each lose a number e, floats vouch for d / (d^2 + e), which is largest at d^2 = e,
    where it is half of 1 / d. Of sides that vanish alike they vouch for all elsewhere.
    """
    exact = exact_ratio(fixed, spot.parameters, spot.instance)
    return exact is not None and exact >= _HIDDEN * spot.ratio > 0


def _estimate(end: Spot, constant: str) -> Estimate:
    return Estimate(
        quantity="constant near a point",
        origin=str(SEARCH),
        parameters={**end.parameters, **as_lists(end.instance)},
        claimed="some number: near there it grows without an end in sight",
        value=float(Fraction(constant)),
        low=float(Fraction(constant)),
        high=None,
        used=1,
        decision=OPEN,
    )
