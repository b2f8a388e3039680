"""How much work a trial may spend: the three efforts."""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass

FALSE_ALARMS = 1e-6
"""Chance that any statistical claim of a whole run is wrongly contradicted."""


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What one stage may spend.

    Attributes:
        points: random parameter points.
        batch: instances drawn at each random point.
        edge_batch: instances drawn at each edge.
        settle: violations settled exactly in one batch.
        touching: inequalities that rounding leaves open, settled exactly in one batch.
        passes: instances without a violation that are settled exactly, all the same, in one stage.
        blurred: the same of those whose error bounds are too large beside their sides to say anything.
        shrink: batches that shrinking may try.
        mutant_shrink: the same for a mutant that fell, as it should: few people read what it fell by.
        patience: generations of the directed search without a gain after which it stops.
        starts: instances from which the directed search sets out.
        solves: drawn instances from which hypotheses are solved for, at each of two points, where no draw meets them.
        generations: batches of candidates from each start.
        counted: values of whole numbers that are gone through one by one, instances at which they are included.
        values: most whole numbers of a range that a procedure is run at one by one.
        cells: parameter points, beside the edges, at which a probability is estimated.
        draws: most instances drawn for one probability.
        false_alarm: chance of a wrong contradiction allowed to one estimated probability.
        decide: seconds of work that the decision for all real numbers may take, variants included.
    """

    points: int
    batch: int
    edge_batch: int = 32
    settle: int = 4
    touching: int = 1
    passes: int = 4
    blurred: int = 8
    shrink: int = 80
    mutant_shrink: int = 1
    patience: int = 10
    starts: int = 6
    solves: int = 4
    generations: int = 40
    counted: int = 2**20
    values: int = 2_000
    cells: int = 6
    draws: int = 40_000
    false_alarm: float = FALSE_ALARMS
    decide: float = 5.5

    def rungs(self) -> tuple[Budget, ...]:
        """A sixteenth and a quarter of every count, then the whole: what is far from true falls at little cost."""
        return (*(self._share(parts) for parts in (16, 4)), self)

    def _share(self, parts: int) -> Budget:
        return dataclasses.replace(
            self,
            points=max(1, self.points // parts),
            batch=max(1, self.batch // parts),
            edge_batch=max(1, self.edge_batch // parts),
            passes=self.passes // parts,
            blurred=self.blurred // parts,
            starts=max(1, self.starts // parts),
            solves=self.solves // parts,
            generations=max(1, self.generations // parts),
            counted=max(_FEWEST, self.counted // parts),
            values=self.values // parts,
        )

    def at_cost(self, cost: int) -> Budget:
        """The same for instances that cost so many times the usual: fewer of them, and fewer attempts at a time."""
        if cost == 1:
            return self
        batch = max(_LEAST, self.batch // cost)
        return dataclasses.replace(
            self,
            points=max(_LEAST, self.points * self.batch // (cost * batch)),
            batch=batch,
            edge_batch=max(_LEAST, self.edge_batch // cost),
            shrink=max(_FEWEST, self.shrink // cost),
            mutant_shrink=max(min(1, self.mutant_shrink), self.mutant_shrink // cost),
            generations=max(_LEAST, self.generations // cost),
        )


_LEAST, _FEWEST = 8, 2
"""Points, instances of a batch and generations, and attempts to shrink, however dear an instance is."""


class Effort(enum.Enum):
    """How hard a run tries."""

    QUICK = "quick"
    STANDARD = "standard"
    DEEP = "deep"

    @property
    def budget(self) -> Budget:
        """The budget of this effort."""
        return _BUDGETS[self]


_BUDGETS = {
    Effort.QUICK: Budget(
        points=10,
        batch=48,
        shrink=30,
        mutant_shrink=0,
        starts=2,
        solves=1,
        generations=15,
        counted=2**14,
        values=500,
        cells=2,
        draws=10_000,
        decide=2.0,
    ),
    Effort.STANDARD: Budget(points=80, batch=192),
    Effort.DEEP: Budget(
        points=400,
        batch=256,
        mutant_shrink=80,
        patience=40,
        starts=24,
        generations=150,
        counted=2**22,
        values=10_000,
        cells=20,
        draws=400_000,
        decide=60.0,
    ),
}
