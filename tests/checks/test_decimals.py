"""Decimals in a procedure that no float holds."""

from typing import Any

import pytest

from lemmata import Effort, conjecture, equals, exp, judge, measured, real

x = real("x")
value = measured("value")


def tenth(x: Any) -> dict[str, Any]:
    """A tenth by a decimal."""
    return {"value": x * 0.1}


def quarter(x: Any) -> dict[str, Any]:
    """A number that floats hold, and a difference that no decimal explains."""
    return {"value": x * 0.25 + x * 2.0**-60}


def wrong(x: Any) -> dict[str, Any]:
    """A decimal beside a plain error."""
    return {"value": x * 0.1 + 1}


def divided(x: Any) -> dict[str, Any]:
    """What is to be written instead."""
    return {"value": x / 10}


@pytest.mark.parametrize(
    ("runs", "right", "is_explained"),
    [(tenth, x / 10, True), (quarter, x / 4, False), (wrong, x / 10, False)],
    ids=["decimal", "no decimal", "plain error"],
)
def test_a_decimal_that_may_explain_a_refutation_is_named(runs: Any, right: Any, *, is_explained: bool) -> None:
    """A tiny violation of a procedure that holds a rounded decimal says so, with its line; no other does."""
    found = judge(conjecture("Of a tenth", key="tenth/one", runs=runs, then=equals(value, right)), effort=Effort.QUICK)

    assert "refuted" == found.verdict
    assert is_explained is ("The procedure holds 0.1 (test_decimals.py, line 15)" in found.sentence)


@pytest.mark.parametrize("right", [x / 10, exp(x) * x / (10 * exp(x))], ids=str)
def test_what_is_written_instead_holds(right: Any) -> None:
    """A division is exact in every number system."""
    found = judge(conjecture("A tenth", key="tenth/two", runs=divided, then=equals(value, right)), effort=Effort.QUICK)

    assert found.verdict in {"proved", "holds"}
