"""Conclusions with a quantifier of their own: a rate in a scale, a probability, a selected minimiser, a constant."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from lemmata.claims.language.conclusions import (
    AtLeast,
    AtMost,
    Expression,
    Identity,
    Monotone,
    Stated,
    as_exact,
    as_sympy,
)
from lemmata.claims.language.errors import ClaimError

_RESOLUTION, _TOLERANCE = sp.Rational(1, 20), sp.Rational(1, 1000)


class Side(enum.Enum):
    """Which way a rate is claimed, as the scale goes to its limit."""

    UPPER = "upper"
    """The quantity is O(scale^exponent)."""
    LOWER = "lower"
    """The quantity is Omega(scale^exponent)."""
    BOTH = "both"
    """The quantity is Theta(scale^exponent), with the constant where one is given."""


@dataclass(frozen=True, kw_only=True)
class Rate(Stated):
    """``quantity`` behaves like ``scale ** exponent`` as the scale goes along its grid to zero or to infinity.

    The procedure (``Time.SCALES``) measures both at three scales or more. Only their logarithms are ever
    evaluated, and a procedure may measure these, ``{log(err): ...}``: so a scale of 10^-100000 does not underflow.

    Attributes:
        quantity, scale: positive expressions in measured quantities.
        exponent: may differ from instance to instance (be measured too).
        side: upper, lower or two-sided.
        constant: leading constant, of a two-sided rate only.
        resolution: how far the exponent must be pinned down; a local slope that is still moving by more is
            reported as pre-asymptotic.
    """

    quantity: Expression
    scale: Expression
    exponent: Expression
    side: Side = Side.BOTH
    constant: Expression | None = None
    resolution: Expression = _RESOLUTION

    def __post_init__(self) -> None:
        self._check()
        as_sympy(self, "resolution")
        if self.constant is not None and self.side is not Side.BOTH:
            raise ClaimError("a leading constant belongs to a two-sided rate; drop `constant`, or use Side.BOTH")
        if not (self.resolution.is_number and 0 < self.resolution < 1):
            raise ClaimError(f"the resolution of a rate is a number between 0 and 1, got {self.resolution}")

    @property
    def formulas(self) -> tuple[str, ...]:
        """The quantity, the scale, the exponent, and the leading constant if there is one."""
        return ("quantity", "scale", "exponent") + (() if self.constant is None else ("constant",))

    @property
    def logarithms(self) -> tuple[Expression, Expression]:
        """Logarithms of the quantity and of the scale, taken apart: ``log(x**D)`` is ``D*log(x)``."""
        quantity, scale, *_ = self.expressions
        return _log(quantity), _log(scale)


def _log(part: Expression) -> Expression:
    real = part.subs({symbol: _real(symbol) for symbol in part.free_symbols})
    return sp.expand_log(sp.log(real))


def _real(symbol: Any) -> Any:
    """The symbol of the same name known to be real, so that sympy cancels log against exp; matrices stay."""
    return symbol if not symbol.is_Symbol or symbol.is_real else sp.Symbol(str(symbol), real=True)


@dataclass(frozen=True, kw_only=True)
class WithProbability:
    """``event`` holds for a random instance with at least (at most) the stated probability, at every parameter point.

    Attributes:
        event: a conclusion about one instance.
        at_least, at_most: one or both (an exact law), numbers or expressions in the family's parameters.
        resolution: discrepancy that the sample must be able to see before the claim is called supported; if left out,
            a twentieth, and at most half of the chance that is left beside the one stated.
    """

    event: AtMost | AtLeast | Identity | Monotone
    at_least: Expression | None = None
    at_most: Expression | None = None
    resolution: Expression | None = None

    def __post_init__(self) -> None:
        if self.at_least is None and self.at_most is None:
            raise ClaimError("WithProbability needs `at_least` or `at_most` (both for an exact law)")
        for name in ("at_least", "at_most", "resolution"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, as_exact(getattr(self, name)))
        for bound in self.bounds:
            if bound.is_number and not 0 <= bound <= 1:
                raise ClaimError(f"a probability lies in [0, 1], got {bound}")
        if self.resolution is not None and not (self.resolution.is_number and 0 < self.resolution < 1):
            raise ClaimError(f"the resolution of a probability is a number between 0 and 1, got {self.resolution}")

    @property
    def bounds(self) -> tuple[Expression, ...]:
        """The probabilities stated."""
        return tuple(bound for bound in (self.at_least, self.at_most) if bound is not None)

    @property
    def where(self) -> Mapping[Expression, Expression]:
        """The named parts of the event."""
        return self.event.where

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of the event, every named part in its place."""
        return self.event.expressions

    def unfolded(self) -> WithProbability:
        """The same statement with every named part of the event in its place."""
        return dataclasses.replace(self, event=self.event.unfolded())

    def range_at(self, parameters: Mapping[str, Any]) -> tuple[float, float]:
        """The probabilities allowed at a parameter point.

        Raises:
            ClaimError: a bound is not a number in [0, 1] there.
        """
        low = 0.0 if self.at_least is None else _probability(self.at_least, parameters)
        high = 1.0 if self.at_most is None else _probability(self.at_most, parameters)
        if low > high:
            raise ClaimError(f"at {dict(parameters)} the probability would be at least {low} and at most {high}")
        return low, high

    def resolution_at(self, parameters: Mapping[str, Any]) -> float:
        """What discrepancy matters at a parameter point; a chance of 0.9999 is no chance of 0.997."""
        if self.resolution is not None:
            return float(self.resolution)
        low, high = self.range_at(parameters)
        left = [chance for chance in (1 - low, high) if 0 < chance < 1]
        return min([float(_RESOLUTION), *(chance / 2 for chance in left)])


def _probability(bound: Expression, parameters: Mapping[str, Any]) -> float:
    numbers = {name: value for name, value in parameters.items() if isinstance(value, int | float)}
    value = bound.subs({symbol: numbers[str(symbol)] for symbol in bound.free_symbols if str(symbol) in numbers})
    if value.free_symbols:
        raise ClaimError(
            f"the probability {bound} uses {', '.join(map(str, value.free_symbols))}; "
            f"numeric parameters of the family are: {', '.join(numbers) or 'none'}"
        )
    chance = float(value)
    if not 0 <= chance <= 1:  # NaN fails here too
        capped = f"; write minimum(1, {bound})" if chance > 1 else f"; write maximum(0, {bound})" if chance < 0 else ""
        raise ClaimError(f"a probability lies in [0, 1]; {bound} is {chance} at {dict(parameters)}{capped}")
    return chance


@dataclass(frozen=True, kw_only=True)
class Selects(Stated):
    """Of many minimisers the limit is the one that a second objective prefers.

    It is compared in the quantity that decides it, not by distance: where the objective is flat, two points
    far apart are equally good.

    Attributes:
        reached: the deciding objective at the limit.
        least: its smallest value over all minimisers.
        other: its value at another minimiser, which another bias would have picked; larger than ``least``, or
            the instance says nothing (make that a hypothesis of the family).
        tolerance: how far the limit may be off, as a fraction of what separates the two.
    """

    reached: Expression
    least: Expression
    other: Expression
    tolerance: Expression = _TOLERANCE

    def __post_init__(self) -> None:
        self._check()
        as_sympy(self, "tolerance")
        if not (self.tolerance.is_number and 0 < self.tolerance < 1):
            raise ClaimError(f"the tolerance of a selection is a number between 0 and 1, got {self.tolerance}")

    @property
    def formulas(self) -> tuple[str, ...]:
        """The objective at the limit, its least value, its value at another minimiser."""
        return ("reached", "least", "other")

    @property
    def relation(self) -> AtMost:
        """The inequality that is judged; it fails, too, where nothing is there to select from."""
        reached, least, other = self.expressions
        return AtMost(left=sp.Abs(reached - least), right=self.tolerance * (other - least))
