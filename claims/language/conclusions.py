"""The kinds of conclusion. Each is a value that holds sympy expressions in the measured quantities.

A conclusion is written once, in sympy; its LaTeX and its values in every number system derive from that.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy as sp

from lemmata.claims.language.errors import ClaimError

Expression: TypeAlias = Any
"""A sympy scalar or matrix expression; sympy itself is not annotated."""


@dataclass(frozen=True, kw_only=True)
class Constant:
    """An implied constant, as in ``O(...)``: some number exists that makes the bound true at every instance.

    Attributes:
        symbol: stands for it in the bound, as a factor.
        may_depend_on: parameters of the family that it may depend on; growth with any other refutes the claim.
    """

    symbol: Expression
    may_depend_on: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Identity:
    """``left`` equals ``right``, entry by entry, at every instance."""

    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        as_sympy(self, "left", "right")
        _same_shape(self.left, self.right)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of the conclusion."""
        return (self.left, self.right)


@dataclass(frozen=True, kw_only=True)
class Conserved:
    """``quantity`` is constant along the dynamics, or moves by exactly what is stated.

    Along a flow: d/dt quantity = change. For a discrete step: next quantity = factor * quantity + change.
    ``factor`` must stay 1 along a flow. ``name`` is what the report's curves call the quantity.
    """

    quantity: Expression
    change: Expression = 0
    factor: Expression = 1
    name: str = "quantity"

    def __post_init__(self) -> None:
        as_sympy(self, "quantity", "change", "factor")
        if self.change != 0:
            _same_shape(self.quantity, self.change)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of the conclusion."""
        return (self.quantity, self.change, self.factor)


@dataclass(frozen=True, kw_only=True)
class AtMost:
    """``left <= right`` at every instance; ``tight`` says that equality is attained.

    With a ``constant`` the right side holds its symbol as a factor, and the claim is that some value of it does.
    """

    left: Expression
    right: Expression
    tight: bool = False
    constant: Constant | None = None

    def __post_init__(self) -> None:
        as_sympy(self, "left", "right")
        _same_shape(self.left, self.right)
        _check_constant(self)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of the conclusion."""
        return (self.left, self.right)


@dataclass(frozen=True, kw_only=True)
class AtLeast:
    """``left >= right`` at every instance; ``tight`` says that equality is attained.

    With a ``constant`` the right side holds its symbol as a factor, and the claim is that some value of it does.
    """

    left: Expression
    right: Expression
    tight: bool = False
    constant: Constant | None = None

    def __post_init__(self) -> None:
        as_sympy(self, "left", "right")
        _same_shape(self.left, self.right)
        _check_constant(self)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of the conclusion."""
        return (self.left, self.right)


@dataclass(frozen=True, kw_only=True)
class Monotone:
    """``quantity`` never increases (or, with ``increasing``, never decreases) from one step to the next."""

    quantity: Expression
    increasing: bool = False

    def __post_init__(self) -> None:
        as_sympy(self, "quantity")

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of the conclusion."""
        return (self.quantity,)


def as_sympy(conclusion: object, *fields: str) -> None:
    """Turn plain numbers into sympy's, so that every formula has symbols, LaTeX and an exact value."""
    for field in fields:
        value = sp.sympify(getattr(conclusion, field))
        if value.has(sp.Float):
            raise ClaimError(f"{value} holds a decimal; write it exactly, e.g. Rational(99, 100)")
        object.__setattr__(conclusion, field, value)


def _same_shape(left: Expression, right: Expression) -> None:
    shapes = tuple(getattr(side, "shape", ()) for side in (left, right))
    if shapes[0] != shapes[1]:
        raise ClaimError(
            f"the two sides have different shapes: {left} is {shapes[0] or 'a scalar'}, "
            f"{right} is {shapes[1] or 'a scalar'}; compare like with like"
        )


def _check_constant(bound: AtMost | AtLeast) -> None:
    if bound.constant is None:
        return
    symbol = bound.constant.symbol
    rest = sp.simplify(bound.right / symbol)
    if symbol in rest.free_symbols or symbol in bound.left.free_symbols:
        raise ClaimError(f"{symbol} must be a factor of the right side and stand nowhere else, got {bound.right}")
    if bound.tight:
        raise ClaimError(f"a bound whose constant {symbol} is not stated cannot be tight; state it, or drop `tight`")


def with_constant(bound: AtMost | AtLeast, value: Expression) -> AtMost | AtLeast:
    """The bound with a number in place of its implied constant."""
    if bound.constant is None:
        return bound
    return dataclasses.replace(bound, right=bound.right.subs(bound.constant.symbol, value), constant=None)
