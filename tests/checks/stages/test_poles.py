"""Implied constants that no number is enough for, near a point within the range, and how growth goes on beyond one."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from lemmata import (
    Rational,
    absolute,
    conjecture,
    constant,
    erf,
    exp,
    integer,
    judge,
    log,
    matrix,
    norm2,
    pi,
    positive,
    power,
    real,
    sqrt,
    tanh,
)
from lemmata.checks import Effort
from lemmata.checks.evidence import Evidence
from lemmata.claims import ClaimError, Reals

C = constant("C")
u, v = real("u", "v")
p, q = positive("p", "q")
x, y = real("x", "y", low=1, high=200)
n = integer("n", 1, 100)
M = matrix("M", 2, 2)
det = M[0, 0] * M[1, 1] - M[0, 1] * M[1, 0]


def trial(then: Any, given: Any = ()) -> Evidence:
    """A quick trial of a bound with a constant."""
    return judge(conjecture("Bounded", key="toy/pole", given=given, then=then), effort=Effort.QUICK, seed=0)


@pytest.mark.parametrize(
    ("then", "given"),
    [
        (1 + u**2 <= C * absolute(u**2 - 3 * u + 1), []),
        (1 + absolute(u) ** 3 <= C * absolute(u**3 - u - 1), []),
        (p + q <= C * absolute(p - pi * q), []),
        (1 + u**2 + v**2 <= C * absolute(u**2 + v**2 - 3), []),
        (norm2(M) <= C * absolute(det), [absolute(det) > 0]),
        (absolute(u**2 - 3 * u + 1) >= C * (1 + u**2), []),
        (1 + v**2 <= C * (1 + v**2) * sqrt(absolute(3 * u - 1)), []),
        (1 + v**2 <= C * (1 + v**2) * power(absolute(u**2 - 2), Rational(1, 4)), []),
    ],
)
def test_where_the_right_side_vanishes_no_constant_passes(then: Any, given: Any) -> None:
    """The right side vanishes at points that no sampler meets: near them every constant is too small."""
    assert "undecided" == trial(then, given).verdict


def test_the_report_says_where_it_grows() -> None:
    """The estimate names the point near which a million times the constant that was sampled is not enough."""
    found = trial(1 + u**2 <= C * absolute(u**2 - 3 * u + 1))
    assert found.sample is not None
    (near,) = (one for one in found.sample.estimates if one.quantity == "constant near a point")
    place = float(str(near.parameters["u"]))

    assert min(abs(place - root) for root in ((3 + 5**0.5) / 2, (3 - 5**0.5) / 2)) < 1e-5
    assert "constant near a point" in found.sentence


@pytest.mark.parametrize(
    "then",
    [
        u <= C * (1 + u**2),
        u * v <= C * (u**2 + v**2),
        absolute(det) <= C * norm2(M),
        u**2 <= C * (u**2 + (1 - u) ** 2),
        1 + u**2 >= C * absolute(u**2 - 3 * u + 1),
    ],
)
def test_what_has_a_constant_keeps_it(then: Any) -> None:
    """Uphill from what was sampled these come to rest."""
    assert "holds" == trial(then).verdict


@pytest.mark.parametrize(
    "then",
    [
        n**2 / (n**2 + 10**4) <= C,
        n <= C * (n + 500) * Rational(1, 500),
        n * log(n + 1) <= C * n ** Rational(21, 20),
        x**2 <= C * (x**2 + 10**4),
        x * y <= C * (x * y + 10**5),
        exp(n) <= C * (exp(n) + exp(160)),
    ],
)
def test_what_comes_to_rest_beyond_the_range_is_not_accused(then: Any) -> None:
    """Each grows up to the end of the range, and is bounded all the same."""
    assert "undecided" == trial(then).verdict


@pytest.mark.parametrize("then", [n <= C * sqrt(n), log(n + 1) <= C, x <= C * log(1 + x)])
def test_what_grows_on_is_refuted(then: Any) -> None:
    """Doubled as often as floats allow, these grow on."""
    assert "refuted" == trial(then).verdict


short = real("short", low=0, high=30)
long = real("long", low=0, high=10**5)
third = real("third", low=Rational(1, 7), high=Rational(1, 3))


@pytest.mark.parametrize(
    "then",
    [
        1 + u**2 <= C * (1 - tanh(short)) * (1 + u**2),
        1 + u**2 <= C * log(1 + exp(-2 * short)) * (1 + u**2),
        (1 + u**2) * (1 - erf(short)) >= C * (1 + u**2),
        1 + u**2 <= C * (1 + u**2) * exp(-long),
    ],
)
def test_what_only_rounds_to_zero_is_not_accused(then: Any) -> None:
    """There is a constant, if none that anybody would use: the right side is zero in floats, and positive in fact."""
    assert "undecided" == trial(then).verdict


def test_a_range_that_no_float_lies_in_is_refused() -> None:
    """It would be drawn as another number."""
    thin = real("thin", low=Rational(1, 10), high=Rational(1, 10) + Rational(1, 10**20))
    with pytest.raises(ClaimError, match="no float lies there; write the number in its place"):
        conjecture("Bounded", key="toy/thin", then=1 + u**2 <= C * thin * (1 + u**2))


def test_the_ends_of_a_range_lie_within_it() -> None:
    """The floats next to 1/7 and 1/3 that are drawn lie inside: outside there, this has no constant."""
    then = absolute(7 * third - 1) <= C * (7 * third - 1)
    ends = conjecture("Bounded", key="toy/range", then=then).given.parameters["third"]
    assert isinstance(ends, Reals)
    assert Fraction(1, 7) <= Fraction(ends.low) <= Fraction(ends.high) <= Fraction(1, 3)
    assert "refuted" != trial(then).verdict
