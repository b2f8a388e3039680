"""The kinds of conclusion. Each is a value that holds sympy expressions in the measured quantities.

A conclusion is written once, in sympy; its LaTeX and its values in every number system derive from that.
``Rate``, ``WithProbability`` and ``Selects`` are kinds of their own and will stand beside these.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy as sp
from sympy.printing.latex import LatexPrinter

from lemmata.claims._errors import ClaimError

Expression: TypeAlias = Any
"""A sympy scalar or matrix expression; sympy itself is not annotated."""


@dataclass(frozen=True, kw_only=True)
class Identity:
    """``left`` equals ``right``, entry by entry, at every instance."""

    left: Expression
    right: Expression

    def __post_init__(self) -> None:
        _as_sympy(self, "left", "right")
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
        _as_sympy(self, "quantity", "change", "factor")
        if self.change != 0:
            _same_shape(self.quantity, self.change)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of the conclusion."""
        return (self.quantity, self.change, self.factor)


@dataclass(frozen=True, kw_only=True)
class AtMost:
    """``left <= right`` at every instance; ``tight`` says that equality is attained."""

    left: Expression
    right: Expression
    tight: bool = False

    def __post_init__(self) -> None:
        _as_sympy(self, "left", "right")
        _same_shape(self.left, self.right)

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of the conclusion."""
        return (self.left, self.right)


@dataclass(frozen=True, kw_only=True)
class AtLeast:
    """``left >= right`` at every instance; ``tight`` says that equality is attained."""

    left: Expression
    right: Expression
    tight: bool = False

    def __post_init__(self) -> None:
        _as_sympy(self, "left", "right")
        _same_shape(self.left, self.right)

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
        _as_sympy(self, "quantity")

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """The formulas of the conclusion."""
        return (self.quantity,)


Conclusion: TypeAlias = Identity | Conserved | AtMost | AtLeast | Monotone


def latex(conclusion: Conclusion, *, flow: bool = False) -> str:
    """The conclusion as LaTeX; ``flow`` writes a ``Conserved`` as a differential equation."""
    parts = [formula(part) for part in conclusion.expressions]
    match conclusion:
        case Identity():
            return " = ".join(parts)
        case AtMost():
            return r" \le ".join(parts)
        case AtLeast():
            return r" \ge ".join(parts)
        case Monotone(increasing=increasing):
            sign = r"\ge" if increasing else r"\le"
            return rf"Q_{{t+1}} {sign} Q_t, \qquad Q := {parts[0]}"
    quantity, change, factor = parts
    if flow:
        return rf"\frac{{d}}{{dt}}\left[{quantity}\right] = {change}"
    scaled = "Q_t" if conclusion.factor == 1 else rf"\left({factor}\right) Q_t"
    added = "" if conclusion.change == 0 else f" {change}" if change.startswith("-") else f" + {change}"
    return rf"Q_{{t+1}} = {scaled}{added}, \qquad Q := {quantity}"


class _Printer(LatexPrinter):  # type: ignore[misc]  # sympy is not annotated
    """sympy's LaTeX, with diag for the diagonal of a matrix."""

    def _print_DiagonalOf(self, expression: Any) -> str:
        return rf"\operatorname{{diag}}\left({self._print(expression.arg)}\right)"


def formula(expression: Expression) -> str:
    """A sympy expression as LaTeX."""
    text: str = _Printer().doprint(expression)
    return text


def _as_sympy(conclusion: object, *fields: str) -> None:
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
