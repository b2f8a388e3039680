"""Implied constants as entries are scaled: whether one grows as those that may be anything become large, or small."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import CONTRADICTS
from lemmata.checks.judging.origin import SEARCH
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.least import least_of
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.tally import Tally
from lemmata.checks.stages.trends import GROWN, Point, Trend, trend_of
from lemmata.claims import AtLeast, AtMost, Claim, Instances

_BASES, _DOUBLINGS = 2, 8
"""Batches whose entries are scaled, and by how many doublings a step."""
_STEPS, _FURTHER, _FURTHEST, _BEYOND = 7, 14, 120, 2.0
"""Sizes that are looked at; at least how many where the constant grows over these, and at most, until it exceeds what
would refute so many times."""


def scalings(
    unit: Claim, bound: AtMost | AtLeast, budget: Budget, seen: Sequence[Point], seed: int, *axes: str
) -> Iterator[Trend]:
    """The trend as entries all grow, or all shrink, from where they are drawn and from one.

    First those of one array, then those of all.

    Args:
        unit: the claim with the constant set to one.
        bound: its conclusion, which says on what the constant may depend.
        budget: instances that are scaled.
        seen: where constants were needed so far.
        seed: what the instances derive from.
        *axes: the same.
    """
    allowed = bound.constant.may_depend_on if bound.constant is not None else ()
    for number, base in enumerate(draw_points(unit.given.parameters, _BASES, derived_seed(seed, *axes, "scalings"))):
        batch = Batch(origin=SEARCH, parameters=base, size=budget.batch)
        drawn = draw(unit, batch, generator(seed, *axes, "scalings", number))
        free = unit.given.free(drawn)
        near_one = {**drawn, **{name: np.frexp(drawn[name])[0] for name in free}}
        alone = [(one,) for one in free if one not in allowed]
        for names in [*alone, tuple(name for (name,) in alone)] if len(alone) > 1 else alone:
            for instances, way in product((drawn, near_one), (1, -1)):
                known = max((point.constant for point in seen if np.isfinite(point.constant)), default=0.0)
                yield _Scaled(unit, batch, instances, names, way).followed(known)


@dataclass(frozen=True)
class _Scaled:
    """Instances some of whose arrays are scaled, up or down."""

    unit: Claim
    batch: Batch
    instances: Instances
    names: tuple[str, ...]
    way: int

    def at(self, step: int) -> Point:
        """What is needed so many steps away."""
        power = self.way * _DOUBLINGS * step
        scaled = {**self.instances, **{one: np.ldexp(self.instances[one], power) for one in self.names}}
        return least_of(Tally(), self.unit, self.batch, scaled)  # what overflows is not booked

    def followed(self, known: float) -> Trend:
        """The trend; where it grows, further on until it rests, or has grown beyond what is needed elsewhere."""
        points = [self.at(step) for step in range(_STEPS)]
        trend = self._trend(points)
        if trend.decision != CONTRADICTS or not 0 < points[-1].constant < np.inf:
            return trend
        for step in range(_STEPS, _FURTHEST):
            further = self.at(step)
            if further.instance is None:  # beyond the hypotheses, or all floats
                break
            points.append(further)
            rests = points[-1].constant <= points[-2].constant
            if rests or (step >= _FURTHER and points[-1].constant > _BEYOND * GROWN * known):
                break
        return self._trend(points)

    def _trend(self, points: list[Point]) -> Trend:
        places = [2.0 ** (self.way * _DOUBLINGS * step) for step in range(len(points))]
        return trend_of(" and ".join(self.names), places, points)
