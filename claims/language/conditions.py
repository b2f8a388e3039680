"""Conditions of `Piecewise`: relations between formulas, decided in the number system of their values."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims.language.errors import ClaimError
from lemmata.solvers.numbers.masks import at_most, equal, less


def holds(condition: Any, value: Callable[[Any], Any]) -> Any:
    """Where a condition holds, as a boolean ndarray or a `Mask`; ``value`` evaluates the two sides of a relation.

    Raises:
        ClaimError: it is no relation, nor made of relations with and, or, not.
    """
    match condition:
        case sp.logic.boolalg.BooleanTrue() | sp.logic.boolalg.BooleanFalse():
            return np.asarray(bool(condition))
        case sp.And():
            return reduce(lambda one, other: one & other, [holds(part, value) for part in condition.args])
        case sp.Or():
            return reduce(lambda one, other: one | other, [holds(part, value) for part in condition.args])
        case sp.Not():
            return ~holds(condition.args[0], value)
        case sp.StrictLessThan():
            return less(value(condition.lhs), value(condition.rhs))
        case sp.LessThan():
            return _at_most(value(condition.lhs), value(condition.rhs))
        case sp.StrictGreaterThan() | sp.GreaterThan():
            return holds(condition.reversed, value)
        case sp.Equality():
            return equal(value(condition.lhs), value(condition.rhs))
        case sp.Unequality():
            return ~equal(value(condition.lhs), value(condition.rhs))
    raise ClaimError(f"the condition {condition} of a Piecewise is no relation between formulas; expected <, <=, =, !=")


def _at_most(left: Any, right: Any) -> Any:
    """Where left <= right; two floats that have both overflown tell nothing, though infinity is not above infinity."""
    mask = at_most(left, right)
    plain = all(isinstance(one, np.ndarray) and one.dtype.kind == "f" for one in (left, right))
    return mask & (np.isfinite(left) | np.isfinite(right)) if plain else mask
