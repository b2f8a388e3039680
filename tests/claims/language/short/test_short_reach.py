"""What a statement is tried at where its numbers are negative, or hypotheses keep them away from zero."""

from __future__ import annotations

from typing import Any

import pytest

from lemmata import Rational, conjecture, judge, log, order, real, scale, sin
from lemmata.checks import Effort

u, a = real("u", low=1, high=2), real("a")
alpha = scale("alpha", count=12)
GAP = log(1 + alpha * u) - alpha * u


@pytest.mark.parametrize(("exponent", "verdict"), [(2, "holds"), (3, "refuted")])
@pytest.mark.parametrize("gap", [GAP, -GAP], ids=["negative", "positive"])
def test_the_order_of_what_is_negative(gap: Any, exponent: int, verdict: str) -> None:
    """It is that of the absolute value, and of no other exponent."""
    claim = conjecture("Second order", key="toy/order", then=order(gap, alpha) == exponent)

    assert verdict == judge(claim, effort=Effort.QUICK, seed=0).verdict


@pytest.mark.parametrize(("bound", "verdict"), [(Rational(1, 10), "holds"), (-Rational(6, 10), "refuted")])
def test_the_smallest_edge_lies_where_the_hypotheses_hold(bound: Rational, verdict: str) -> None:
    """Numbers that are kept away from zero are drawn as large as needed, so that the edge is met."""
    claim = conjecture("Between its zeros", key="toy/far", given=[a >= 10, a <= 12], then=sin(a) <= bound)

    assert verdict == judge(claim, effort=Effort.QUICK, seed=0).verdict
