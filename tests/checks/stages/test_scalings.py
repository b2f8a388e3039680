"""Implied constants that grow over many sizes of the entries: some come to rest far out, others never."""

from __future__ import annotations

from typing import Any

import pytest
from implied_constants import verdict_of_bound

from lemmata import Rational, nonnegative, norm, power, real, sqrt, vector

x = real("x")
g, h = nonnegative("g", "h")
v, w = vector("v", "w", 3)


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
    assert verdict_of_bound(left, right) in {"holds", "undecided"}


@pytest.mark.parametrize(("left", "right"), [(sqrt(g), 1 + h), (norm(v), sqrt(norm(v)) * (1 + norm(w)))])
def test_what_never_rests_is_refuted(left: Any, right: Any) -> None:
    """Each grows like a root without end."""
    assert verdict_of_bound(left, right) == "refuted"
