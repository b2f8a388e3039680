"""Units of scale: both sides of a statement must change alike when what it speaks of is measured in other units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from lemmata.claims.language.conclusions import AtLeast, AtMost, Expression, Identity
from lemmata.claims.language.errors import ClaimError

_UNIT = sp.Integer(4)
"""The factor by which a unit is changed; a square, so that square roots stay exact."""
_DIGITS = 30


def check_units(key: str, conclusion: object, units: Mapping[Expression, Expression]) -> None:
    """Change each unit in turn and compare how the two sides follow; scalar conclusions with two sides only.

    Raises:
        ClaimError: the sides scale differently, or one adds quantities of different units.
    """
    if not units or not isinstance(conclusion, AtMost | AtLeast | Identity):
        return
    sides = conclusion.expressions
    if any(side.has(sp.MatrixSymbol) for side in sides):
        return
    for unit in sorted(set().union(*(one.free_symbols for one in units.values())), key=str):
        left, right = (_growth(key, side, units, unit) for side in sides)
        if 0 not in sides and abs((left / right - 1).evalf(_DIGITS)) > sp.Float(10) ** (-_DIGITS // 2):
            raise ClaimError(
                f"{key}: the two sides have different units of scale: with {unit} four times as large, the left "
                f"side becomes {left:.6g} times as large and the right side {right:.6g} times"
            )


def _growth(key: str, side: Expression, units: Mapping[Expression, Expression], unit: Any) -> Any:
    """By what factor a side grows with the unit, which must be a power of the unit's own factor."""
    once, twice = (_value(side, units, unit, factor) for factor in (_UNIT, _UNIT**2))
    before = _value(side, units, unit, sp.Integer(1))
    # A root of what is negative at these numbers is complex: its digits are needed before its size is.
    off, size = (abs(part.evalf(_DIGITS)) for part in (once**2 - twice * before, once**2))
    if off > sp.Float(10) ** (-_DIGITS // 2) * size:
        raise ClaimError(f"{key}: {side} adds quantities of different units: it does not scale with {unit}")
    return once / before if before else sp.Integer(1)


def _value(side: Expression, units: Mapping[Expression, Expression], unit: Any, factor: Any) -> Any:
    """The side at some positive numbers, in changed units."""
    changed = {str(symbol): own.subs(unit, factor) for symbol, own in units.items()}
    values = {}
    for place, symbol in enumerate(sorted(side.free_symbols, key=str)):
        own = sp.sympify(changed.get(str(symbol), 1))
        rest = dict.fromkeys(own.free_symbols, sp.Integer(1))
        # A whole number for an exponent: powers of what may be negative are then real.
        plain = sp.Integer(place + 1) if symbol.is_integer else sp.Rational(2 * place + 3, 2 * place + 2)
        values[symbol] = plain * own.subs(rest)
    return side.subs(values).evalf(_DIGITS)
