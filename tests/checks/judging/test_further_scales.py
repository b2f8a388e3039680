"""Rates whose leading term leads only beyond the scales that were looked at first."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from toy_quantified import power_laws, q, s

from lemmata import (
    Claim,
    Effort,
    Rational,
    conjecture,
    exp,
    judge,
    log,
    measured,
    order,
    pi,
    positive,
    real,
    scale,
    sin,
    sqrt,
)
from lemmata.checks import Ruling, settle
from lemmata.claims import Rate
from lemmata.solvers import as_floats

p, x, r = positive("p"), real("x"), real("r", low=-1, high=3)
m = measured("m", positive=True)
h, N = scale("h"), scale("N", grows=True)
TINY = Rational(1, 10**20)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (conjecture("A tiny coefficient", key="t/a", then=order(p * h**2 + h**3 / 16, h) == 2), "holds"),
        (conjecture("A scale that grows", key="t/c", then=order(p * N**2 + N / 16, N) == 2), "holds"),
        (conjecture("The other term", key="t/d", then=order(p * h**2 + h**3, h) == 3), "refuted"),
        (conjecture("A coefficient that may vanish", key="t/e", then=order(x**2 * h + h**2, h) == 1), "refuted"),
        (conjecture("Beyond what balls tell apart", key="t/f", then=order(sqrt(1 + p * h) - 1, h) == 2), "refuted"),
        (conjecture("An exponential", key="t/g", then=order(1 - exp(-h), h) == 2), "refuted"),
        (
            conjecture("Zero at the powers of two", key="t/i", then=order(h * sin(pi / h) ** 2 + h**2, h) == 2),
            "undecided",
        ),
        (
            conjecture("Zero at them all", key="t/l", then=order(h**2 + h * sin(pi * log(h) / log(2)) ** 2, h) == 2),
            "refuted",
        ),
        (conjecture("Led by a root", key="t/j", then=order(h + sqrt(h) * exp(-40), h) == 1), "refuted"),
        (conjecture("A wave that vanishes", key="t/k", then=order(h + h**2 * sin(pi / h) ** 2, h) == 1), "holds"),
    ],
    ids=lambda value: value.title if isinstance(value, Claim) else "",
)
def test_the_slope_in_the_limit_decides(claim: Claim, expected: str) -> None:
    """A true exponent is not refuted by an instance whose leading term is small; a false one is, at any instance."""
    found = judge(claim, effort=Effort.QUICK, seed=0)

    assert (expected, 0) == (found.verdict, found.sample.contradicted if found.sample else None)


def test_a_number_of_the_statement_that_is_tiny() -> None:
    """Where a number in the formula alone is out of range of the scales, those further on are judged."""
    claim = conjecture("A tiny number in front", key="t/h", then=order((x**2 + TINY) * h + h**2, h) == 1)
    at_zero = settle(claim, {"spread": 1.0}, {"x": np.array([0.0])})

    assert (Ruling.HOLDS, True) == (at_zero.ruling, at_zero.is_later)


def _slow_to_lead(r: Any, h: Any) -> dict[str, Any]:
    return {"m": h**2 + h**3 * np.exp(8 * r)}


def _fails_further_on(r: Any, h: Any) -> dict[str, Any]:
    if np.any(np.asarray(as_floats(h)) < 1e-9):
        raise OverflowError("so small a step was never meant")
    return _slow_to_lead(r, h)


@pytest.mark.parametrize(
    ("runs", "exponent", "expected"),
    [
        (_slow_to_lead, 2, (Ruling.HOLDS, True)),
        (_slow_to_lead, 3, (Ruling.VIOLATED, False)),
        (_fails_further_on, 2, (Ruling.VIOLATED, False)),
    ],
)
def test_a_procedure_of_numbers(runs: Callable[..., Any], exponent: int, expected: tuple[Ruling, bool]) -> None:
    """What a function computes is judged further on, too, where another term has a factor of e^24."""
    claim = conjecture("A large coefficient", key="t/i", runs=runs, then=order(m, h) == exponent)
    found = settle(claim, {"spread": 1.0}, {"r": np.array([3.0 if exponent == 2 else -1.0])})

    assert expected == (found.ruling, found.is_later)


@pytest.mark.parametrize(("size", "expected"), [(1e-9, Ruling.UNSETTLED), (1.0, Ruling.VIOLATED)])
def test_a_procedure_without_further_scales(size: float, expected: Ruling) -> None:
    """Where no scales further on can be had, an entry of unusual size leaves its instance open, another does not."""
    claim = power_laws(then=Rate(quantity=q, scale=s, exponent=4))
    found = settle(claim, {"n": 1}, {"a": np.array([size])})

    assert expected is found.ruling
