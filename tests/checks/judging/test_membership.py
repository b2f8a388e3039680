"""Hypotheses are held against an instance in exact numbers, and in floats only where these can say something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lemmata import conjecture, dimension, dot, exp, judge, norm, norm2, orthogonal, positive, unit, vector
from lemmata.checks import Effort
from lemmata.checks.judging.membership import Membership, standing
from lemmata.claims import Hypothesis

n = dimension("n", upto=3)
x = vector("x", n)
e, Q = unit("e", n), orthogonal("Q", n)
a, mu = positive("a", "mu")


@pytest.mark.parametrize(
    ("given", "then"),
    [
        (dot(e, x) >= mu * norm(x), dot(e, x) ** 2 >= mu**2 * norm2(x)),
        (norm(Q * x) <= a, norm2(x) <= a**2),
        (exp(norm2(x)) <= 1 + a, dot(e, x) ** 2 <= a),
        (dot(e, x) >= norm(x), norm2(x - dot(e, x) * e) <= 0),
        (norm(x - e) <= norm(x), 2 * dot(x, e) >= 1),
    ],
)
def test_unit_vectors_beside_norms(given: Any, then: Any) -> None:
    """A norm in a hypothesis is decided in balls beside a unit vector or an orthogonal matrix: none is accused."""
    found = judge(conjecture("True", key="toy/true", given=[given], then=then), effort=Effort.QUICK, seed=0)

    assert found.verdict in ("proved", "holds", "undecided")


def test_the_side_of_a_chart_is_an_exact_number() -> None:
    """The whole number that says on which side of its chart a unit vector lies is no obstacle to balls."""
    claim = conjecture("c", key="toy/c", given=[dot(e, x) >= mu * norm(x)], then=dot(e, x) >= 0)
    instance = {
        "e.chart": np.array([[0.0]]),
        "e.side": np.array([1]),
        "mu": np.array([0.5]),
        "x": np.array([[3e-168, 1e-168]]),
    }
    found = standing(claim, {"n": 2}, instance)

    assert found.arithmetic.startswith("rationals and balls")
    assert found.membership is Membership.BROKEN  # e is (0, 1), and 1e-168 is less than half of the norm


def test_floats_in_which_squares_are_lost_say_nothing() -> None:
    """A predicate that rounds is left open where the squares of the entries are no numbers of float64."""

    def rounds(_: Any, drawn: Any) -> Any:
        return np.array([float(np.linalg.norm(row.astype(float))) <= 1e-200 for row in drawn["x"]])

    stated = conjecture("c", key="toy/c", then=norm2(x) <= 1)
    claim = replace(stated, given=replace(stated.given, hypotheses=(Hypothesis(name="short", holds=rounds),)))

    for size, expected in ((1e-170, Membership.OPEN), (1e-3, Membership.BROKEN)):
        assert expected is standing(claim, {"n": 2}, {"x": np.array([[size, size]])}).membership
