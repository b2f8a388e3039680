"""How much work a trial may spend: the three efforts."""

from __future__ import annotations

import enum
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What one stage may spend.

    Attributes:
        points: random parameter points.
        batch: instances drawn at each random point.
        edge_batch: instances drawn at each edge.
        settle: violations settled exactly in one batch.
        shrink: batches that shrinking may try.
    """

    points: int
    batch: int
    edge_batch: int = 32
    settle: int = 4
    shrink: int = 80


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
    Effort.QUICK: Budget(points=10, batch=48, shrink=30),
    Effort.STANDARD: Budget(points=120, batch=128),
    Effort.DEEP: Budget(points=400, batch=256),
}
