"""Decimals in a procedure that no float holds."""

from typing import Any

import numpy as np
import pytest

from lemmata import Effort, conjecture, equals, exp, judge, measured, real

x = real("x")
value = measured("value")


def tenth(x: Any) -> dict[str, Any]:
    """A tenth by a decimal."""
    return {"value": x * 0.1}


def quarter(x: Any) -> dict[str, Any]:
    """A number that floats hold, and a difference that no decimal explains."""
    return {"value": x * 0.25 + x / 2**60}


def left(x: Any) -> dict[str, Any]:
    """What rounding leaves of three decimals, a power of two."""
    return {"value": x / 4 + (0.1 + 0.2 - 0.3) * x}


def turned(x: Any) -> dict[str, Any]:
    """A decimal on one side of a comparison that is an equation of the numbers meant."""
    return {"value": np.where(x * 0.1 * 10 <= x, 0, 1) * abs(x) + x / 4}


def wrong(x: Any) -> dict[str, Any]:
    """A decimal beside a plain error."""
    return {"value": x * 0.1 + 1}


def divided(x: Any) -> dict[str, Any]:
    """What is to be written instead."""
    return {"value": x / 10}


def reciprocal(x: Any) -> dict[str, Any]:
    """A third by a float that no text shows."""
    return {"value": x * (1 / len("abc"))}


def root(x: Any) -> dict[str, Any]:
    """The root of a whole number, which NumPy rounds."""
    return {"value": x * np.sqrt(2) * np.sqrt(2)}


def off(x: Any) -> dict[str, Any]:
    """A rounded number beside an error that it does not explain."""
    return {"value": x * (1 / len("abc")) * (1 + 2.0**-30)}


@pytest.mark.parametrize(
    ("runs", "right", "verdict", "said"),
    [
        (tenth, x / 10, "undecided", "computes with 0.1 (test_decimals.py, line 16), and that may be all"),
        (reciprocal, x / 3, "undecided", "computes with 0.3333333333333333, which is rounded"),
        (root, 2 * x, "undecided", "computes with 1.4142135623730951, which is rounded"),
        (left, x / 4, "undecided", "computes with"),
        (turned, x / 4, "undecided", "computes with 0.1"),
        (quarter, x / 4, "refuted", ""),
        (wrong, x / 10, "refuted", ""),
        (off, x / 3, "refuted", ""),
    ],
    ids=["decimal", "reciprocal", "root", "left", "turned", "no decimal", "plain error", "more than rounding"],
)
def test_a_rounded_number_accuses_nobody(runs: Any, right: Any, verdict: str, said: str) -> None:
    """A violation that a rounded float may explain is none, and the float is named; a larger one is."""
    found = judge(conjecture("Of a part", key="part/one", runs=runs, then=equals(value, right)), effort=Effort.QUICK)

    assert verdict == found.verdict
    assert said in found.sentence


@pytest.mark.parametrize("right", [x / 10, exp(x) * x / (10 * exp(x))], ids=str)
def test_what_is_written_instead_holds(right: Any) -> None:
    """A division is exact in every number system."""
    found = judge(conjecture("A tenth", key="tenth/two", runs=divided, then=equals(value, right)), effort=Effort.QUICK)

    assert found.verdict in {"proved", "holds"}
