"""Floats that enter exact arithmetic: of those with many digits nobody knows what number they were rounded from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_LONG = 2**32
"""A float whose odd part is below it was meant as it stands (0.5, 3.25); a longer one is rounded (0.1, sqrt 2)."""

_TINY = 2.0**-40
"""A number below it is taken for what rounding has left, even if it is short."""
_met: ContextVar[list[float] | None] = ContextVar("met", default=None)


def is_short(number: float) -> bool:
    """Whether a finite float was meant as it stands, of few digits, rather than rounded to one."""
    above, _ = float(number).as_integer_ratio()
    return above == 0 or abs(above) // (above & -above) < _LONG


@contextmanager
def rounded_numbers() -> Iterator[list[float]]:
    """Yields the list of those that exact numbers meet in this block, the first of them alone."""
    met: list[float] = []
    token = _met.set(met)
    try:
        yield met
    finally:
        _met.reset(token)


def note_rounded(number: Any) -> None:
    """Take note of a float that becomes an exact number; of whole numbers and exact ones there is nothing to note.

    A tiny one is noted however short it is: 0.1 + 0.2 - 0.3 is 2**-54.
    """
    met = _met.get()
    if met is not None and not met and isinstance(number, float) and (not is_short(number) or 0 < abs(number) < _TINY):
        met.append(float(number))
