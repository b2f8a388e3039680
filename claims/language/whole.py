"""Whole numbers that a formula needs as such: exponents, limits of sums, arguments of factorials, and whole parts.

An error bound hides that ``2 * n`` is whole, or on which side of a whole number ``n / 2`` lies, though ``n`` is known exactly.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from lemmata.solvers.numbers.arithmetic import as_floats, is_balls, leader, to_rationals
from lemmata.solvers.numbers.errors import NotRationalError
from lemmata.solvers.numbers.masks import where
from lemmata.solvers.numbers.order import floor
from lemmata.solvers.numbers.powers import Integers, by_whole_number, integers_in, whole_numbers

if TYPE_CHECKING:
    from lemmata.claims.language.formula import Scope


def by_whole(expression: Any, scope: Scope, of: Callable[[Any], Any], otherwise: Callable[[], Any]) -> Any | None:
    """``of`` the value as int64 ``(batch, times)``, if it is known to be whole; else None.

    It is made from whole numbers alone, or it is an integer by its kind and its error bound leaves one; where it leaves
    several, the value is that of ``otherwise``.
    """
    found = made_from_whole(expression, scope)
    if found is not None:
        return of(found)
    within = integers_in(scope.value(expression)) if expression.is_integer else None
    if within is None:
        return None
    numbers, known = within
    return of(numbers) if np.all(known) else where(known, of(numbers), otherwise())


def made_from_whole(expression: Any, scope: Scope) -> Integers | None:
    """The value as int64 ``(batch, times)`` of what is made from whole numbers, worked out exactly; else None."""
    measured = {symbol.name: scope.value(symbol) for symbol in expression.free_symbols}
    if not measured or any(whole_numbers(value) is None for value in measured.values()):
        return None
    is_plain = _adds_and_multiplies(expression)
    values = {
        name: as_floats(value) if is_plain else to_rationals(as_floats(value)) for name, value in measured.items()
    }
    exact = dataclasses.replace(scope, values=values, like=leader(list(values.values())))
    try:
        return whole_numbers(exact.value(expression))
    except NotRationalError:
        return None


@lru_cache(maxsize=4096)
def _adds_and_multiplies(expression: Any) -> bool:
    """Whether it is a polynomial in symbols with whole coefficients: of whole numbers float64 knows it exactly."""
    symbols = expression.free_symbols
    return bool(symbols) and expression.is_polynomial(*symbols) and bool(sp.Poly(expression, *symbols).domain.is_ZZ)


def whole_part(part: Callable[[Any], Any]) -> Callable[[Any, Scope], Any]:
    """A function such as `floor` of one argument; of what is made from whole numbers without an error bound."""
    return lambda expression, scope: _exactly(expression, lambda: part(scope.value(expression.args[0])), scope)


def remainder(expression: Any, scope: Scope) -> Any:
    """What is left of a number after a whole number of times another."""

    def of_values() -> Any:
        number, times = scope.all(expression.args)
        return number - floor(number / times) * times

    return _exactly(expression, of_values, scope)


def _exactly(expression: Any, otherwise: Callable[[], Any], scope: Scope) -> Any:
    is_exact = isinstance(scope.like, np.ndarray) and scope.like.dtype == object and not is_balls(scope.like)
    found = None if is_exact else made_from_whole(expression, scope)
    return otherwise() if found is None else by_whole_number(found, scope.number)
