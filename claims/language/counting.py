"""Formulas with a number of terms: sums, binomials, factorials, over every number system."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.whole import by_whole
from lemmata.solvers.numbers.arithmetic import as_floats
from lemmata.solvers.numbers.powers import LARGEST_EXPONENT, by_whole_number

if TYPE_CHECKING:
    from lemmata.claims.language.formula import Scope

_MOST_TERMS = 10_000


def total(terms: list[Any]) -> Any:
    """The terms added, the first to the second and so on."""
    return reduce(lambda before, term: before + term, terms)


def product(factors: list[Any]) -> Any:
    """The factors multiplied, the first by the second and so on."""
    return reduce(lambda left, right: left * right, factors)


@lru_cache(maxsize=4 * _MOST_TERMS)
def _term(term: Any, index: Any, number: int) -> Any:
    """One term of a sum; kept, since a sum is formed for every batch."""
    return term.subs(index, number)


def summed(expression: Any, scope: Scope) -> Any:
    """A sum whose last index is a number, or a whole number of each instance."""
    (index, first, last), term = expression.limits[0], expression.function

    def up_to(end: int) -> Any:
        if end - int(first) >= _MOST_TERMS:
            raise ClaimError(f"{expression} has {end - int(first) + 1:,} terms; expected at most {_MOST_TERMS:,}")
        terms = [scope.value(_term(term, index, number)) for number in range(int(first), end + 1)]
        return total([scope.number(0), *terms])

    return up_to(int(last)) if isinstance(last, sp.Integer) else _by_whole(expression, last, up_to, scope)


def binomial(expression: Any, scope: Scope) -> Any:
    """How many choices there are of a whole number out of anything: x (x - 1) ... over as many factors."""
    things, chosen = expression.args

    def of(number: int) -> Any:
        if number < 0:
            return scope.number(0)
        above = scope.value(things)
        return product([scope.number(1), *((above - step) / (step + 1) for step in range(number))])

    return of(int(chosen)) if isinstance(chosen, sp.Integer) else _by_whole(expression, chosen, of, scope)


def factorial(expression: Any, scope: Scope) -> Any:
    """The factorial of a whole number; of a negative one it is not defined."""

    def of(number: int) -> Any:
        return scope.number(1) / scope.number(0) if number < 0 else scope.number(int(sp.factorial(number)))

    return _by_whole(expression, expression.args[0], of, scope)


def _by_whole(expression: Any, argument: Any, value: Callable[[int], Any], scope: Scope) -> Any:
    found = by_whole(
        argument, scope, lambda numbers: by_whole_number(numbers, value), lambda: scope.number(1) / scope.number(0)
    )
    if found is not None:
        return found
    most = _MOST_TERMS if isinstance(expression, sp.Sum) else LARGEST_EXPONENT
    largest = float(np.abs(as_floats(scope.value(argument))).max(initial=0.0))
    if argument.is_integer and largest > LARGEST_EXPONENT:
        raise ClaimError(
            f"{expression} is asked for with {argument} up to {largest:,.0f}; it is computed up to {most:,}, so "
            "declare a smaller range, or write it in closed form"
        )
    raise ClaimError(f"{expression} needs whole numbers for {argument}; measure it as exact integers")
