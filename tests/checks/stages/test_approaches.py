"""Implied constants that no number is enough for, near one value of a real parameter."""

from __future__ import annotations

from typing import Any

import pytest

from lemmata import (
    Rational,
    absolute,
    conjecture,
    constant,
    dimension,
    exp,
    judge,
    norm,
    positive,
    real,
    sin,
    sqrt,
    vector,
)
from lemmata.checks import Effort
from lemmata.checks.evidence import Evidence

C = constant("C")
x = vector("x", dimension("n", upto=3))
a = positive("a")
s = real("s", low=0, high=1)
INSIDE = Rational(1, 3) + sqrt(2) / 100


def trial(then: Any) -> Evidence:
    """A quick trial of a bound with a constant."""
    return judge(conjecture("Bounded", key="toy/approach", then=then), effort=Effort.QUICK, seed=0)


@pytest.mark.parametrize(
    "then",
    [
        s * norm(x) <= C * s**2 * norm(x),
        (exp(s) - 1) * a <= C * s**2 * a,
        sin(3 * s) * a <= C * s**2 * a,
        sqrt(1 - s) * a <= C * (1 - s) * a,
        a <= C * absolute(s - INSIDE) * a,
        C * s * norm(x) <= s**2 * norm(x),
    ],
)
def test_a_pole_is_met_between_the_values_that_are_drawn(then: Any) -> None:
    """Towards one value of the step the constant grows like a power, whatever constant the sample asks for."""
    found = trial(then)
    assert found.sample is not None
    near = [one for one in found.sample.estimates if one.quantity == "constant near a point"]

    assert "undecided" == found.verdict
    assert 1 == len(near)
    assert "near this s" in near[0].claimed


@pytest.mark.parametrize(
    "then",
    [
        s**2 * norm(x) <= C * s * norm(x),
        sin(3 * s) * a <= C * s * a,
        sqrt(s) * a <= C * (s + Rational(1, 1000)) * a,
        a <= C * (absolute(s - INSIDE) + Rational(1, 10**6)) * a,
        (1 - s) * a <= C * sqrt(1 - s) * a,
    ],
)
def test_what_comes_to_rest_is_no_pole(then: Any) -> None:
    """Where the constant stays below a number, however large, it is found to do so."""
    found = trial(then)
    assert found.sample is not None

    assert not [one for one in found.sample.estimates if one.quantity == "constant near a point"]
