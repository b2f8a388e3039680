"""Hypotheses that are met at isolated points, in narrow places, or nowhere."""

from typing import Any

import pytest

from lemmata import Rational, at_most, conjecture, exp, real
from lemmata.checks import Effort, Evidence, judge

x, y = real("x", "y")
ROOT_OF_TWO = [x**2 >= 2, x**2 <= 2]
NARROW = [(exp(x) - 2) ** 2 + (x * y - 1) ** 2 <= Rational(1, 10**18)]


def tried(then: Any, given: Any) -> Evidence:
    """A quick trial of a conjecture."""
    return judge(conjecture("Said of few", key="isolated/one", then=then, given=given), effort=Effort.QUICK)


@pytest.mark.parametrize(
    ("then", "given", "verdict", "said"),
    [
        (at_most(x**3, 3), ROOT_OF_TWO, "undecided", "sqrt(2) does, as the solver finds"),
        (at_most(x**3, 2), ROOT_OF_TWO, "refuted", "exact algebraic numbers"),
        (at_most(x + y, 5), NARROW, "undecided", "instances that the search solved for do"),
        (at_most(x + y, 2), NARROW, "refuted", "(search"),
        (at_most(x, 1), [x**2 >= 2, x >= -1, x <= 1], "vacuous", "exclude each other"),
        (at_most(exp(x), 3), [exp(x) >= 4, x <= 1], "vacuous", "could not solve for any"),
    ],
    ids=["a root, true", "a root, false", "narrow, true", "narrow, false", "none", "none, no polynomial"],
)
def test_what_no_draw_meets(then: Any, given: Any, verdict: str, said: str) -> None:
    """What is met somewhere is not called vacuous, is refuted where it is false, and never passes on that alone."""
    found = tried(then, given)

    assert verdict == found.verdict
    assert said in found.sentence
