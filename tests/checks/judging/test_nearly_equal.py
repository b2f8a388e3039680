"""Sides that agree to hundreds of digits, and statements that have no value at a point."""

import pytest
import sympy as sp

from lemmata import Effort, at_least, at_most, conjecture, equals, exp, judge, real, tanh

z = real("z")
near, far = real("near", low=-1, high=1), real("far", low=1000, high=2000)
beyond = real("beyond", low=400, high=500)
k = sp.Symbol("k", integer=True)

FAR = {
    "tanh": at_least(tanh(far), 1),
    "an equality": equals(tanh(beyond), 1),
    "a truncated series": equals(sp.Sum(near**k / sp.factorial(k), (k, 0, 60)), exp(near)),
}


@pytest.mark.parametrize("name", FAR)
def test_sides_that_agree_to_hundreds_of_digits(name: str) -> None:
    """Sides are not taken for equal before the last precision has been tried."""
    assert "refuted" == judge(conjecture("Nearly", key="far/one", then=FAR[name]), effort=Effort.QUICK).verdict


UNDEFINED = {
    "a strict bound": at_least(sp.sign(1 + 1 / z**2), 1),
    "a sign times zero": equals(sp.sign(1 / z**2) * z, z),
    "a condition": at_most(sp.Piecewise((z, 1 / z > 1), (z**2, True)), z**2 + abs(z)),
}


@pytest.mark.parametrize("name", UNDEFINED)
def test_what_has_no_value_somewhere_does_not_hold(name: str) -> None:
    """A sign or a branch does not make a number of a pole."""
    assert "undecided" == judge(conjecture("A pole", key="pole/one", then=UNDEFINED[name]), effort=Effort.QUICK).verdict
