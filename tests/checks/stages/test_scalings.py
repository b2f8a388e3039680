"""Implied constants that grow over many sizes of the entries: some come to rest far out, others never."""

from __future__ import annotations

from typing import Any

import pytest

from lemmata import Rational, at_most, conjecture, constant, judge, nonnegative, norm, power, real, sqrt, vector
from lemmata.checks import Effort

x = real("x")
g, h = nonnegative("g", "h")
v, w = vector("v", "w", 3)
C = constant("C")


def verdict(left: Any, right: Any) -> str:
    """Of a quick trial of a bound with an implied constant."""
    claim = conjecture("Scaled", key="toy/scaled", then=at_most(left, C * right))
    return str(judge(claim, effort=Effort.QUICK, seed=0).verdict)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sqrt(g) / (1 + sqrt(g) / 10**7), 1 + h),
        (sqrt(norm(v)) / (1 + sqrt(norm(v)) / 10**7), 1 + norm(w)),
        (1 / power(x**2 + Rational(1, 10**28), Rational(1, 4)), 1),
    ],
)
def test_what_comes_to_rest_far_out_is_not_refuted(left: Any, right: Any) -> None:
    """Each needs 10^7, and grows like a root over more sizes than are looked at first."""
    assert verdict(left, right) in {"holds", "undecided"}


@pytest.mark.parametrize(("left", "right"), [(sqrt(g), 1 + h), (norm(v), sqrt(norm(v)) * (1 + norm(w)))])
def test_what_never_rests_is_refuted(left: Any, right: Any) -> None:
    """Each grows like a root without end."""
    assert verdict(left, right) == "refuted"
