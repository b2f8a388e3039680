"""Identities that sympy simplifies although a side of them is not defined everywhere, and the same where it is."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from lemmata import (
    Verdict,
    at_least,
    at_most,
    conjecture,
    equals,
    exp,
    judge,
    log,
    nonnegative,
    positive,
    power,
    real,
    sqrt,
    vector,
)
from lemmata.claims import Claim
from lemmata.claims.language.functions import dot

x, y = real("x", "y")
p, q = positive("p", "q")
n = nonnegative("n")
low = real("low", low=1)
v, w = vector("v", "w", 2)
three_halves = sp.Rational(3, 2)
root = sqrt(x)
ratio = y
ratio /= x


def over(above: Any, below: Any) -> Any:
    """A quotient, by way of a product."""
    both = above * below
    return both / below


NOWHERE_LOST = [
    conjecture("A root squared, of what is given", then=equals(sqrt(x) ** 2, x), given=[x >= 0]),
    conjecture("A root squared, of what is declared", then=equals(sqrt(n) ** 2, n)),
    conjecture("A quotient of what is positive", then=equals((1 / p) * p * y, y)),
    conjecture("A quotient of what is given above one", then=equals((1 / x) * x * y, y), given=[x >= 1]),
    conjecture("The logarithm of an exponential", then=equals(log(exp(x)), x)),
    conjecture("The exponential of a logarithm", then=equals(exp(log(p)), p)),
    conjecture("The root of a square", then=equals(sqrt(x**2), abs(x))),
    conjecture("The root of a sum of squares", then=equals(sqrt(x**2 + y**2) ** 2, x**2 + y**2)),
    conjecture("Powers of what is positive", then=equals(p**three_halves / sqrt(p), p)),
    conjecture("Powers of what is given", then=equals(x**three_halves / sqrt(x), x), given=[x >= sp.Rational(1, 2)]),
    conjecture("Over a square and one", then=equals(y * (1 + x**2) / (1 + x**2), y)),
    conjecture("Over what is declared at least one", then=equals(over(y, low), y)),
    conjecture("Over a power of two", then=at_most(over(y, 2**p), y + 1)),
    conjecture("A difference of roots", then=at_most(sqrt(n) - sqrt(n) + y, y + 1)),
    conjecture("A difference of quotients", then=at_least(1 / (p + q) - 1 / (p + q) + y**2, 0)),
]

LOST = [
    conjecture("A root squared", then=equals(sqrt(x) ** 2, x)),
    conjecture("A root squared, by a name", then=equals(root * root, x)),
    conjecture("A quotient", then=equals((1 / x) * x * y, y)),
    conjecture("A quotient, by a function", then=equals(over(y, x), y)),
    conjecture("A quotient, by a changed name", then=equals(ratio * x, y)),
    conjecture("The exponential of a logarithm of anything", then=equals(exp(log(x)), x)),
    conjecture("Powers of anything", then=equals(x**three_halves / sqrt(x), x)),
    conjecture("A power of anything", then=at_most(power(x, sp.Rational(1, 3)) ** 3, x + 1)),
    conjecture("Over a difference", then=equals(y * (x - 1) / (x - 1), y)),
    conjecture("Over a number from zero on", then=equals(y * n / n, y)),
    conjecture("A difference of roots of anything", then=at_most(sqrt(x) - sqrt(x) + y, y + 1)),
    conjecture("A difference of quotients of anything", then=at_least(1 / x - 1 / x + y**2, 0)),
    conjecture("Nothing times a logarithm", then=at_most(0 * log(x) + y, y + 1)),
    conjecture("A sum of quotients", then=at_most(sum(y * one / one for one in (x, p)), 2 * y + 1)),
    conjecture("Over an inner product", then=equals(y * dot(v, w) / dot(v, w), y)),
]


@pytest.mark.parametrize("claim", NOWHERE_LOST, ids=lambda one: one.title)
def test_defined_everywhere(claim: Claim) -> None:
    """Where a hypothesis or a declaration ensures the domain, the identity passes."""
    found = judge(claim, effort="quick")

    assert found.verdict in {Verdict.PROVED.word, Verdict.HOLDS.word}


@pytest.mark.parametrize("claim", LOST, ids=lambda one: one.title)
def test_not_defined_everywhere(claim: Claim) -> None:
    """Where it is not ensured, the statement is neither proved nor holds, and the record says where it is undefined."""
    found = judge(claim, effort="quick")

    decided = found.decision.shapes[0] if found.decision else None

    assert Verdict.UNDECIDED.word == found.verdict
    assert decided is not None
    assert "not defined at" in decided.reason


def test_a_hypothesis_keeps_its_domain() -> None:
    """A hypothesis is met only where it is defined as written: the square of a root is at most one on [0, 1]."""
    given = conjecture("A root from zero on", then=at_least(x, 0), given=[sqrt(x) ** 2 <= 1])
    found = judge(given, effort="quick")

    assert ["x <= 1", "x >= 0"] == [one.name for one in given.given.hypotheses]
    assert Verdict.PROVED.word == found.verdict
