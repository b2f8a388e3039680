"""Functions that are not defined everywhere, and inverses: sympy simplifies them away, and what they asked stays."""

import re
from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from lemmata import (
    Effort,
    Mod,
    Rational,
    conjecture,
    dimension,
    equals,
    integer,
    judge,
    matrix,
    positive,
    real,
    symmetric,
    vector,
)
from lemmata.claims import ClaimError
from lemmata.claims.language.domains import Demand, Need, needs_of_power
from lemmata.claims.language.partial import PARTIAL, needs_of_function, refuse_inverse

x, y = real("x", "y")
p = positive("p")
n = dimension("n", upto=3)
A, S, v = matrix("A", n, n), symmetric("S", n), vector("v", n)

LOST: dict[str, Callable[[], Any]] = {
    "sine of arcsine": lambda: equals(sp.sin(sp.asin(x)) + y, x + y),
    "hyperbolic": lambda: equals(sp.cosh(sp.acosh(x)) + y, x + y),
    "artanh": lambda: equals(sp.tanh(sp.atanh(x)) + y, x + y),
    "tangent less itself": lambda: equals(sp.tan(x) + y - sp.tan(x), y),
    "logarithm to a base": lambda: equals(sp.log(p, x) + y - sp.log(p, x), y),
    "remainder": lambda: equals(Mod(x, y) + x - Mod(x, y), x),
    "remainder by percent": lambda: equals(x % y + x - x % y, x),
    "whole quotient": lambda: equals(x // y + x - x // y, x),
}


@pytest.mark.parametrize("name", LOST)
def test_what_a_lost_function_asked_is_kept(name: str) -> None:
    """An identity of what is not defined everywhere is not proved for all numbers."""
    found = judge(conjecture("It cancels", key="partial/one", then=LOST[name]()), effort=Effort.QUICK)

    assert "undecided" == found.verdict
    assert re.search("NaN or infinite|has no value", found.sentence)


@pytest.mark.parametrize(
    "made",
    [
        lambda: A.inv() @ A @ v,
        lambda: A.I @ A @ v,
        lambda: A**-1 @ A @ v,
        lambda: A.inv().inv() @ v,
        lambda: (A.T @ A).inv() @ A.T @ A @ v,
        lambda: sp.Inverse(A) @ A @ v,
        lambda: (A @ A) ** Rational(1, 2),
        lambda: (S @ S) ** Rational(1, 2) @ v,
        lambda: sp.Matrix([[x]]).inv()[0] * x,
        lambda: (sp.Matrix([[x]]) ** -1)[0] * x,
    ],
)
def test_inverses_and_roots_of_matrices_are_refused(made: Callable[[], Any]) -> None:
    """They are refused when they are made: A @ A has several roots, and a singular matrix no inverse."""
    with pytest.raises(ClaimError, match="is not in the language: sympy cancels it"):
        made()


@pytest.mark.parametrize(
    "then",
    [
        lambda: equals(y * (-2) ** x / (-2) ** x, y),
        lambda: equals(sp.exp(sp.log(-3)) * y, -3 * y),
        lambda: equals(sp.acos(2) + y - sp.acos(2), y),
    ],
)
def test_numbers_without_a_value_are_refused(then: Callable[[], Any]) -> None:
    """(-2)^x is no real number at x = 1/2, nor is log(-3), whatever cancels: a statement of them is refused."""
    with pytest.raises(ClaimError, match="ImaginaryUnit"):
        conjecture("It cancels", then=then())


def test_whole_exponents_of_negative_numbers() -> None:
    """Where they are declared whole they may be anything; of zero no negative power is a number."""
    assert set() == needs_of_power(-2, integer("k", 0, 9))
    assert {Need(x, Demand.NONNEGATIVE)} == needs_of_power(0, x)


def test_whole_powers_of_matrices_are_not() -> None:
    """A cube is a product; a matrix of numbers has its inverse."""
    assert 3 == (A**3).exp
    assert sp.Matrix([[Rational(1, 2)]]) == sp.Matrix([[2]]).inv()
    assert refuse_inverse(A, 2) is None  # type: ignore[func-returns-value]


def test_functions_of_unknown_domain_are_refused() -> None:
    """Of gamma nothing is known here, so it may not enter a formula, even for a moment."""
    with pytest.raises(ClaimError, match="gamma is not in the language"):
        sp.gamma(x) - sp.gamma(x)


@pytest.mark.parametrize("function", PARTIAL, ids=str)
def test_needs_are_where_sympy_has_real_values(function: Any) -> None:
    """At many points what is asked is met exactly where sympy's value is a real number."""
    arguments = (x, y)[: 2 if function is sp.Mod else 1]
    needs = needs_of_function(function, *arguments)
    places = [Rational(k, 4) for k in range(-12, 13)] + [sp.pi / 2, sp.pi]

    for place in places:
        point = {x: place, y: place - 1}
        value = sp.N(function(*(one.subs(point) for one in arguments))) if _is_allowed(function, place) else sp.nan
        is_real = bool(value.is_real) and value is not sp.nan
        assert is_real == all(_is_met(need, point) for need in needs), (function, place)


def _is_allowed(function: Any, place: Any) -> bool:
    """Sympy raises at a remainder by zero, and continues factorials to negative numbers that are not whole."""
    return not ((function is sp.Mod and place == 1) or (function is sp.factorial and place < 0))


def _is_met(need: Need, point: dict[Any, Any]) -> bool:
    base = need.base.subs(point)
    match need.demand:
        case Demand.NONZERO:
            return bool(sp.Ne(base, 0))
        case Demand.NONNEGATIVE:
            return bool(base >= 0)
    return bool(base > 0)
