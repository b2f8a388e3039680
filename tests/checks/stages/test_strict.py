"""Strict statements that come to equality at a point that is no float, and others that only come near it."""

from __future__ import annotations

from typing import Any

import pytest

from lemmata import (
    And,
    Or,
    Rational,
    absolute,
    at_least,
    at_most,
    conjecture,
    dimension,
    entrywise,
    equals,
    exp,
    integer,
    judge,
    log,
    maximum,
    minimum,
    norm,
    positive,
    power,
    real,
    sign,
    sin,
    tanh,
    vector,
)
from lemmata.checks import Effort
from lemmata.checks.evidence import Evidence

a, b = real("a", "b")
p, q = positive("p", "q")
n = integer("n", 1, 10)


def trial(kept_positive: Any, given: Any = ()) -> Evidence:
    """A quick trial of the statement that a formula is positive."""
    then = at_least(sign(kept_positive), 1)
    return judge(conjecture("Strict", key="toy/strict", given=given, then=then), effort=Effort.QUICK, seed=0)


@pytest.mark.parametrize(
    ("kept_positive", "given"),
    [
        ((exp(a) - 2) ** 2, []),
        (exp(a) - 2 * a - 2 + 2 * log(2), []),
        (p * log(p) + exp(-1), []),
        ((tanh(a) - Rational(1, 2)) ** 2, []),
        (1 - sin(a), [a >= 1, a <= 2]),
        (absolute(exp(-a) - a), [a >= 0]),
        ((exp(a) - b) ** 2 + (b - 3) ** 2, []),
        (exp(a) - 2, [exp(a) >= 2]),
        (a * exp(a) - 1, [a >= 0, a * exp(a) >= 1]),
        (power(absolute(exp(a) - 2), Rational(1, 4)), []),
        ((log(p) + 30) ** 2, []),
        ((exp(a) - 2) ** 2 + (n - 7) ** 2, []),
        (1000 * (exp(a) - 1 - b) ** 2 + (exp(b) - 2) ** 2, []),
        (absolute(exp(a) - 2) + absolute(exp(b) - 3), []),
        (a**2 * absolute(exp(a) - 2), [absolute(a) > 0]),
        (absolute(p - tanh(2 * p)), [p <= 10]),
        (exp(a) - 2, [And(exp(a) >= 2, a <= 3)]),
        (absolute(2 * exp(a) - 5) - 1, [Or(exp(a) <= 2, exp(a) >= 3)]),
    ],
)
def test_equality_at_a_point_that_is_no_float_is_left_open(kept_positive: Any, given: Any) -> None:
    """Each vanishes at a logarithm, a multiple of pi, or a root of an equation: no draw is that number.

    Some like a root, far from where numbers are drawn, at one whole number alone, in a valley or between kinks; some
    vanish also at an end that is excluded, where a search would go.
    """
    found = trial(kept_positive, given)
    assert "undecided" == found.verdict
    assert "distance from equality" in found.sentence


@pytest.mark.parametrize(
    "then",
    [
        at_least(sign((exp(a) - 2) ** 2), Rational(1, 2)),
        at_least(2 * sign((exp(a) - 2) ** 2), 2),
        at_most(1, sign((exp(a) - 2) ** 2)),
        equals(sign((exp(a) - 2) ** 2), 1),
        at_least(sign(exp(a) - 2) ** 2 + sign(exp(b) - 3) ** 2, 1),
    ],
)
def test_a_strict_statement_may_be_written_in_other_ways(then: Any) -> None:
    """What counts is whether the statement would fail with a sign of zero."""
    found = judge(conjecture("Strict", key="toy/strict", then=then), effort=Effort.QUICK, seed=0)
    assert "undecided" == found.verdict
    assert "distance from equality" in found.sentence


@pytest.mark.parametrize(
    "then",
    [
        at_least(sign(exp(a) - 2) * (exp(a) - 2), 0),
        equals(sign(exp(a) - 2) * (exp(a) - 2), absolute(exp(a) - 2)),
        equals(sign(log(p)), sign(p - 1)),
        equals(sign(tanh(a) - tanh(b)), sign(a - b)),
    ],
)
def test_a_sign_that_may_be_zero_is_no_matter(then: Any) -> None:
    """A product with its own sign is never negative, where it vanishes too, and two signs may vanish together."""
    claim = conjecture("Size", key="toy/size", then=then)
    assert judge(claim, effort=Effort.QUICK, seed=0).verdict in {"holds", "proved"}


@pytest.mark.parametrize(
    ("kept_positive", "given"),
    [
        (p - log(1 + p), []),
        (exp(a) - a, []),
        (exp(a) - 2 * a - 2 + 2 * log(2) + Rational(1, 10**6), []),
        (1 - tanh(a), [a <= 5]),
        (exp(a) - exp(b), [a - b >= Rational(1, 1000)]),
        (p + 1 / p - 2 + exp(-p), []),
        ((exp(a) - 2) ** 2, [a >= 1]),
        (p - q - q * log(p / q), [absolute(p - q) > 0]),
        (exp(a) + exp(b) - 2 * exp((a + b) / 2), [absolute(a - b) > 0]),
        (exp(a) - 2, [exp(a) > 2]),
        (1 + (a - b) ** 2 - sin(p) / 2, []),
        (exp(a - 1) - a, [Or(a < 1, a > 1)]),
    ],
)
def test_what_is_positive_everywhere_holds(kept_positive: Any, given: Any) -> None:
    """Each has a least value, or becomes small towards an end or at what a hypothesis excludes alone.

    Beside what it is a little away from numbers of any size a least value may be next to nothing.
    """
    assert "holds" == trial(kept_positive, given).verdict


def test_what_a_solver_decides_is_not_left_open() -> None:
    """Of any size the largest of two numbers is no less than the smallest: z3 says so, and no search may doubt it."""
    then = at_least(sign(Rational(1, 2) + maximum(a, b) - minimum(a, b)), 1)
    assert judge(conjecture("Half", key="toy/half", then=then), effort=Effort.QUICK, seed=0).verdict == "proved"


def test_a_sign_of_entries_is_no_error() -> None:
    """Within a function of entries a sign has an argument of its own, which nothing outside of it measures."""
    u = vector("u", dimension("n", upto=3))
    shrunk = entrywise(lambda t: sign(t) * maximum(absolute(t) - p, 0), u)

    found = judge(conjecture("Shrinking", key="toy/entries", then=norm(shrunk) <= norm(u)), effort=Effort.QUICK, seed=0)

    assert found.verdict in {"proved", "holds"}, found.sentence
