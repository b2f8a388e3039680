"""The least constant that the instances of a batch ask for, with the implied constant of a bound set to one.

It is the largest ratio of the two sides. Where both are negative the constant must be small instead, and where the
right side vanishes no constant helps: such instances are kept apart, to be reported and to be settled.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from lemmata.checks._seeds import generator
from lemmata.checks.evidence import OPEN, Estimate
from lemmata.checks.judging.origin import EVERYWHERE
from lemmata.checks.judging.ratios import exact_ratio
from lemmata.checks.judging.settle import as_lists, instance_at
from lemmata.checks.stages.arranged import arranged
from lemmata.checks.stages.draws import Batch, draw, spread
from lemmata.checks.stages.sample import run_batch
from lemmata.checks.stages.special import special, structured, written_numbers
from lemmata.checks.stages.tally import Tally
from lemmata.checks.stages.trends import Point
from lemmata.claims import Claim, Instances, Parameters

FEW = 8
"""Instances drawn where constants are asked for at many points."""
_EXACT = 3
"""Instances of a batch whose right side may vanish as far as floats tell, and whose ratio is computed exactly."""


def least(tally: Tally, unit: Claim, batch: Batch, seed: int, *axes: str) -> Point:
    """The largest ratio of the two sides in one batch and its structured neighbours, with the constant set to one.

    At an edge also with entries at special values, tied, and at the structures of their kinds: a skew matrix, two that
    annul each other.
    """
    drawn = draw(unit, batch, generator(seed, *axes))
    found = least_of(tally, unit, batch, drawn)
    first = {name: value[:1] for name, value in drawn.items()}
    extremal = list(structured(unit.given, first))
    if batch.edge is not None:
        extremal += [*special(unit.given, first, written_numbers(unit)), *arranged(unit.given, first)]
    if not extremal:
        return found
    joined = {name: np.concatenate([one[name] for one in extremal]) for name in first}
    other = least_of(tally, unit, dataclasses.replace(batch, size=len(extremal)), joined)
    worst = max(found, other, key=lambda one: one.constant)
    return dataclasses.replace(
        worst, opposed=found.opposed or other.opposed, vanishing=found.vanishing or other.vanishing
    )


def least_at(tally: Tally, unit: Claim, parameters: Parameters, drawn: Instances) -> Point:
    """The largest ratio of instances that are there, at other parameters; whole numbers that they carry left out."""
    instances = {name: value for name, value in drawn.items() if name not in parameters}
    return least_of(tally, unit, Batch(origin=EVERYWHERE, parameters=parameters, size=1), instances)


def least_near(unit: Claim, parameters: Parameters, seed: int, *axes: str) -> Point:
    """The largest ratio at other parameters of a few instances, always of the same draws."""
    batch = Batch(origin=EVERYWHERE, parameters=parameters, size=FEW)
    return least_of(Tally(), unit, batch, draw(unit, batch, generator(seed, *axes, "near")))


def least_of(tally: Tally, unit: Claim, batch: Batch, instances: Instances) -> Point:
    """The largest ratio of the two sides among given instances, and those at which a ratio says nothing."""
    ran = run_batch(tally, unit, batch, instances)
    if ran is None or not ran.decided.any():
        return Point(parameters=batch.parameters, constant=0.0, instance=None)
    kinds = [ran.decided & one for one in (ran.found.negative, ran.found.vanishing)]
    reach = ran.found.residual + ran.found.error  # by how much the left side may be the larger one
    rows = [int(np.argmax(np.where(one, reach, -np.inf))) if one.any() else None for one in kinds]
    opposed, vanishing = (None if row is None else instance_at(ran.instances, row) for row in rows)
    ratios = np.where(ran.decided & ~ran.found.negative, ran.found.ratio, -np.inf)
    for row in spread(np.flatnonzero(kinds[1]), _EXACT):
        exact = exact_ratio(unit, batch.parameters, instance_at(ran.instances, row))
        ratios[row] = max(ratios[row], exact or 0.0)
    row = int(np.argmax(ratios))
    return Point(
        parameters=batch.parameters,
        constant=max(0.0, float(ratios[row])),
        instance=instance_at(ran.instances, row),
        opposed=opposed,
        vanishing=vanishing,
    )


def opposed(points: Sequence[Point]) -> Estimate | None:
    """That both sides are negative somewhere: there the constant must be small enough, and not large enough."""
    found = next((one for one in points if one.opposed is not None), None)
    if found is None or found.opposed is None:
        return None
    return Estimate(
        quantity="constant where both sides are negative",
        origin=str(EVERYWHERE),
        parameters={**found.parameters, **as_lists(found.opposed)},
        claimed="some number: there it must be small; write a bound of positive sides, -b <= -a for a <= b",
        value=None,
        low=None,
        high=None,
        used=1,
        decision=OPEN,
    )
