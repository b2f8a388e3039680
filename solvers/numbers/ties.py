"""Balls too narrow around zero to be told from it: what follows where they are zero, for what jumps there."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from lemmata.solvers.numbers.arithmetic import flint

_NARROW = 2.0**-512
"""Radius up to which a ball around zero may be taken for it."""


@dataclass(eq=False)
class Ties:
    """The balls that were taken to be zero.

    Attributes:
        digits: decimal digits to which the widest of them is zero; zero while there are none.
    """

    digits: int = 0


_taken: ContextVar[Ties | None] = ContextVar("_taken", default=None)
_MOST_DIGITS = 10.0**9


@contextmanager
def ties_taken() -> Iterator[Ties]:
    """Inside, a narrow ball around zero counts as zero where a sign, a whole part or a comparison is asked for.

    What comes out is no finding about the numbers, but about what would follow from equality.
    """
    ties = Ties()
    token = _taken.set(ties)
    try:
        yield ties
    finally:
        _taken.reset(token)


def is_tied(ball: Any) -> bool:
    """Whether a ball is to be taken for zero; never outside of `ties_taken`."""
    ties = _taken.get()
    if ties is None or not hasattr(ball, "rad") or 0 not in ball or not ball.rad() <= _NARROW:
        return False
    if ball.rad() > 0:  # else it is zero
        arb = flint().arb
        digits = math.floor(min(-float((ball.abs_upper().log() / arb(10).log()).mid()), _MOST_DIGITS))
        ties.digits = min(ties.digits, digits) if ties.digits else digits
    return True


def as_compared(a: Any, b: Any) -> tuple[Any, Any]:
    """Two numbers to compare: themselves, or two zeros where their difference is to be taken for zero."""
    return (0, 0) if _taken.get() is not None and is_tied(a - b) else (a, b)
