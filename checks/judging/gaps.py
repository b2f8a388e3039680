"""What can be said of a difference of two sides: a rational, a ball or an algebraic number."""

from __future__ import annotations

import math
from typing import Any

from lemmata.checks.judging.sides import Relation


def may_be_zero(side: Any) -> bool:
    """Whether a side is zero, or a ball around it."""
    return bool(0 in side) if hasattr(side, "rad") else bool(side == 0)


def is_wrong(gap: Any, relation: Relation) -> bool:
    """Whether the exact or ball-valued ``left - right`` certainly breaks the relation."""
    return bool(gap > 0) or (relation is Relation.EQUAL and bool(gap < 0))


def is_finite(gap: Any) -> bool:
    """Whether it is a number, in whatever numbers."""
    return bool(gap.is_finite()) if hasattr(gap, "is_finite") else True


def middle(gap: Any) -> Any:
    """The number itself, or the middle of a ball."""
    return gap.mid() if hasattr(gap, "mid") else gap


def as_float(number: Any) -> float:
    """The nearest float; infinite beyond all."""
    try:
        return int(number.p) / int(number.q) if hasattr(number, "q") else float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def magnitude(number: Any) -> Any:
    """A lower bound of the absolute value."""
    return number.abs_lower() if hasattr(number, "abs_lower") else abs(number)
