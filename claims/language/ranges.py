"""Declared ranges of a family's parameters: plain descriptions, drawn from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from lemmata.claims.language.errors import ClaimError

Value: TypeAlias = int | float | str | bool | list[int]


@dataclass(frozen=True)
class Integers:
    """Whole numbers from ``low`` to ``high``, both ends included; ``low`` is the simplest."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ClaimError(f"integers({self.low}, {self.high}) is empty; give low <= high")

    @property
    def simplest(self) -> int:
        """The value that shrinking aims at."""
        return self.low

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.low <= value <= self.high

    def __str__(self) -> str:
        return f"{self.low} to {self.high}"


@dataclass(frozen=True)
class Reals:
    """Real numbers in ``[low, high]``, drawn evenly or, with ``logarithmic``, evenly in the exponent."""

    low: float
    high: float
    logarithmic: bool = False

    def __post_init__(self) -> None:
        finite = math.isfinite(self.low) and math.isfinite(self.high)
        if not finite or self.low > self.high:
            raise ClaimError(f"reals({self.low}, {self.high}) is empty or unbounded; give finite low <= high")
        if self.logarithmic and self.low <= 0:
            raise ClaimError(f"reals({self.low}, {self.high}, logarithmic=True) needs low > 0")

    @property
    def simplest(self) -> float:
        """The value that shrinking aims at."""
        return self.low

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high

    def at(self, fraction: float) -> float:
        """The point that lies ``fraction`` (0 to 1) of the way from ``low`` to ``high``."""
        if fraction in (0, 1):  # the ends themselves, free of rounding
            return self.high if fraction else self.low
        if self.logarithmic:
            point = math.exp(math.log(self.low) * (1 - fraction) + math.log(self.high) * fraction)
        else:
            point = self.low * (1 - fraction) + self.high * fraction
        return min(self.high, max(self.low, point))

    def __str__(self) -> str:
        return f"[{self.low:g}, {self.high:g}]" + (", log scale" if self.logarithmic else "")


@dataclass(frozen=True)
class Choice:
    """One of a few named options; the first is the simplest."""

    options: tuple[str, ...]

    def __post_init__(self) -> None:
        if other := [one for one in self.options if not isinstance(one, str)]:
            raise ClaimError(f"choice takes names, got {other[0]!r}; of numbers write integers(...) or reals(...)")
        if not self.options or len(set(self.options)) != len(self.options):
            raise ClaimError(f"choice{self.options} needs at least one option, each given once")

    @property
    def simplest(self) -> str:
        """The value that shrinking aims at."""
        return self.options[0]

    def __contains__(self, value: object) -> bool:
        return value in self.options

    def __str__(self) -> str:
        return " | ".join(self.options)


@dataclass(frozen=True)
class Sizes:
    """A list of whole numbers, such as the widths of a network's layers; short and small is simple."""

    of: Integers
    shortest: int
    longest: int

    def __post_init__(self) -> None:
        if not 0 < self.shortest <= self.longest:
            raise ClaimError(f"sizes need 0 < shortest <= longest, got {self.shortest} and {self.longest}")

    @property
    def simplest(self) -> list[int]:
        """The value that shrinking aims at."""
        return [self.of.low] * self.shortest

    def __contains__(self, value: object) -> bool:
        return (
            isinstance(value, list)
            and self.shortest <= len(value) <= self.longest
            and all(entry in self.of for entry in value)
        )

    def __str__(self) -> str:
        return f"{self.shortest} to {self.longest} numbers, each {self.of}"


Range: TypeAlias = Integers | Reals | Choice | Sizes


def integers(low: int, high: int) -> Integers:
    """Whole numbers from ``low`` to ``high``, both included."""
    return Integers(low, high)


def reals(low: float, high: float, *, logarithmic: bool = False) -> Reals:
    """Real numbers in ``[low, high]``, drawn evenly or evenly in the exponent."""
    return Reals(low, high, logarithmic)


def choice(*options: str) -> Choice:
    """One of the options; the first is the simplest."""
    return Choice(tuple(options))


def sizes(low: int, high: int, *, count: Sequence[int]) -> Sizes:
    """A list of whole numbers from ``low`` to ``high``; ``count`` is (shortest, longest)."""
    shortest, longest = count
    return Sizes(integers(low, high), shortest, longest)
