"""Roots of what has cases (|x|, maxima, l1): a case that is not the one at hand must not limit what is decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lemmata import Max, Rational, at_least, conjecture, dimension, l1, measured, real, sign, sqrt, vector
from lemmata.checks.proof.decide import Outcome, decide
from lemmata.claims import Claim

X, Y = real("x", "y")
THIRDS = Rational(7, 3)
FALSE = {
    "two roots": lambda x: sqrt(abs(1 + x)) + sqrt(abs(1 - x)) - 3,
    "root of an absolute value": lambda x: sqrt(1 + abs(x)) - Rational(5, 3),
    "root of a maximum": lambda x: sqrt(Max(x, -x - 1)) - Rational(5, 3),
    "root in a root": lambda x: sqrt(1 + sqrt(x**2)) - Rational(5, 3),
    "root of an absolute difference": lambda x: sqrt(abs(x - 4)) - Rational(5, 3),
    "mean of a number and its size": lambda x: (abs(x) + THIRDS) / 2 - sqrt(THIRDS) * sqrt(abs(x)),
}
"""What is zero somewhere, where two cases of its roots would exclude all but a few numbers."""


def outcome(claim: Claim) -> Outcome:
    """What is decided at the smallest shape."""
    return decide(claim, {name: one.simplest for name, one in claim.given.parameters.items()}, 5.0).outcome


@pytest.mark.parametrize("made", FALSE.values(), ids=FALSE)
def test_a_zero_in_another_case_is_found(made: Callable[[Any], Any]) -> None:
    """That it is never zero is false, though only where the radicand of another case is negative."""
    assert Outcome.FALSE is outcome(conjecture("Never zero", key="toy/zero", then=at_least(sign(made(X) ** 2), 1)))


def test_hypotheses_with_roots_exclude_only_what_they_say() -> None:
    """sqrt|x| <= 4 admits 7/3, and so no claim that |x| is another number."""
    claim = conjecture(
        "Another", key="toy/given", given=[sqrt(abs(X)) <= 4], then=at_least(sign((abs(X) - THIRDS) ** 2), 1)
    )

    assert Outcome.FALSE is outcome(claim)


def test_a_procedure_of_roots_is_looked_at_everywhere() -> None:
    """The same in NumPy, and of a norm's root."""
    v = vector("v", dimension("n", upto=2))

    def run(x: Any) -> dict[str, Any]:
        return {"r": np.sqrt(np.maximum(x, -x) + 1)}

    apart = at_least(sign((measured("r") - Rational(5, 3)) ** 2), 1)
    norms = at_least(sign((sqrt(l1(v)) - Rational(5, 3)) ** 2), 1)

    assert Outcome.FALSE is outcome(conjecture("Root", key="toy/run", given=[X <= 100], runs=run, then=apart))
    assert Outcome.FALSE is outcome(conjecture("Norm", key="toy/norm", then=norms))


def test_what_is_true_of_such_roots_is_still_proved() -> None:
    """Of the means of |x| and a number, and of the sum of two roots, for all real numbers."""
    mean = sqrt(THIRDS) * sqrt(abs(X)) <= (abs(X) + THIRDS) / 2
    triangle = sqrt(1 + abs(X)) <= 1 + sqrt(abs(X))

    assert Outcome.TRUE is outcome(conjecture("Means", key="toy/mean", then=mean))
    assert Outcome.TRUE is outcome(conjecture("Roots", key="toy/roots", then=triangle))


DEEP = sqrt(1 + sqrt(Max(4, X + 1)))
"""Of the inner root one case is a number, and the other is positive wherever X is."""


def test_a_root_that_is_defined_everywhere_applies_in_its_own_case_only() -> None:
    """The case that is a number keeps its numbers, in a conclusion and in a hypothesis."""
    concluded = conjecture("Deep", key="toy/deep", given=[X > 0], then=at_least(DEEP + X, 3))
    assumed = conjecture("Deep", key="toy/deep-given", given=[X > 0, DEEP <= 10], then=at_least(X, 3))

    assert [Outcome.FALSE, Outcome.FALSE] == [outcome(concluded), outcome(assumed)]


def test_what_is_drawn_out_of_a_root_makes_it_zero() -> None:
    """The root of x^2 y is zero where x is, whatever y: it is defined there, and nothing is left out."""

    def run(x: Any, y: Any) -> dict[str, Any]:
        return {"r": np.sqrt(x * x * y)}

    given = [abs(X) * (abs(Y) - Y) <= 0]
    positive = conjecture("Drawn", key="toy/drawn", given=given, runs=run, then=measured("r") >= 0)
    apart = conjecture("Drawn", key="toy/apart", given=[*given, Y <= -1], runs=run, then=measured("r") >= 1)

    assert [Outcome.TRUE, Outcome.FALSE] == [outcome(positive), outcome(apart)]
