"""Implied constants where the two sides are negative, vanish, grow together, or a parameter has a short range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lemmata import (
    Rational,
    absolute,
    conjecture,
    constant,
    dimension,
    dot,
    judge,
    log,
    matrix,
    maximum,
    minimum,
    norm,
    positive,
    real,
    sign,
    sinh,
    symmetric,
    tanh,
    vector,
)
from lemmata.checks import Effort
from lemmata.checks.evidence import Evidence

n = dimension("n", upto=4)
x, y = real("x", "y")
a, b = positive("a", "b")
u, v = vector("u", "v", n)
S, A, B = symmetric("S", n), matrix("A", n, n), matrix("B", n, n)
w = real("w", low=-1, high=1)
p, q = real("p", "q", low=0, high=1)
eta = real("eta", low=Rational(1, 10), high=1)
C, C_n = constant("C"), constant("C_n", may_depend_on=[n])
NEGATIVE = "constant where both sides are negative"


def trial(then: Any, given: Any = ()) -> Evidence:
    """A quick trial of a bound with a constant."""
    return judge(conjecture("Bounded", key="toy/signs", given=given, then=then), effort=Effort.QUICK, seed=0)


def reported(found: Evidence) -> list[str]:
    """What was estimated in the trial."""
    assert found.sample is not None
    return [one.quantity for one in found.sample.estimates]


@pytest.mark.parametrize(
    "then",
    [
        -(x**2) / 4 <= -C * x**2,
        -4 * x**2 >= -C * x**2,
        3 * dot(u, v) >= -C * norm(u) * norm(v),
        5 * dot(u, S @ u) >= -C_n * norm(S) * dot(u, u),
        -(a + 2 * b) / 3 <= -C * (a + b),
    ],
)
def test_a_minus_before_the_constant_turns_the_bound(then: Any) -> None:
    """-a <= -C b is b <= a / C, whose sides are positive: what is true so holds, with its constant."""
    assert "holds" == trial(then).verdict


@pytest.mark.parametrize(
    ("then", "given"),
    [
        (x + x**3 <= C * x, [absolute(x) <= 1]),
        (sinh(x) <= C * x, [absolute(x) <= 2]),
        (tanh(x) >= C * x, [absolute(x) <= 1]),
        (maximum(4 * x, x) <= C * x, []),
        (minimum(x / 4, x) >= C * x, []),
        (2 * dot(u, v) + absolute(dot(u, v)) <= C * dot(u, v), []),
        (a * w + a * w * absolute(w) <= C * a * w, []),
        (log(a) / 3 <= C * log(a), [a <= Rational(1, 2)]),
    ],
)
def test_where_both_sides_are_negative_nothing_is_concluded(then: Any, given: Any) -> None:
    """There a constant must be small and not large: such a bound is left open, with advice, be it false or true."""
    found = trial(then, given)

    assert "undecided" == found.verdict
    assert NEGATIVE in reported(found)
    assert "write a bound of positive sides" in found.sentence


@pytest.mark.parametrize(
    "then",
    [
        absolute(x - y) + x**2 * (1 - sign(absolute(x - y))) <= C * absolute(x - y),
        absolute(x - 7) + 1 - sign(absolute(x - 7)) <= C * absolute(x - 7),
        absolute(a * b - 1) + 1 - sign(absolute(a * b - 1)) <= C * absolute(a * b - 1),
        norm(A) <= C_n * norm(A + A.T),
    ],
)
def test_zeros_of_the_right_side_are_settled(then: Any) -> None:
    """At equal numbers, at the statement's own ones and at skew matrices no constant helps."""
    assert "refuted" == trial(then).verdict


def test_what_no_constant_survives_is_shown() -> None:
    """The counterexample breaks the bound with a million times the constant that the sample asks for: it is skew."""
    found = trial(norm(A) <= C_n * norm(A + A.T))
    assert found.sample is not None
    assert found.sample.smallest is not None
    matrix_found = np.asarray(found.sample.smallest.instance["A"], dtype=float)

    assert np.linalg.norm(matrix_found + matrix_found.T) <= 1e-6 * np.linalg.norm(matrix_found)


@pytest.mark.parametrize(
    "then",
    [
        a + b + a * b / 10**6 <= C * (a + b),
        norm(A) + norm(B) + norm(A @ B) / 10**7 <= C_n * (norm(A) + norm(B)),
        a**2 + b**2 + minimum(a, b) / 10**8 <= C * (a**2 + b**2),
    ],
)
def test_what_needs_all_to_grow_or_to_shrink_together(then: Any) -> None:
    """Scaled one at a time these stay bounded; scaled together they do not."""
    assert "refuted" == trial(then).verdict


@pytest.mark.parametrize(
    "then",
    [
        a <= C * a * ((p - Rational(1, 3)) ** 2 + (q - Rational(2, 3)) ** 2),
        a <= C * a * ((1 - 2 * p) ** 2 + (q - Rational(1, 4)) ** 2),
    ],
)
def test_a_pole_at_one_point_of_two_parameters(then: Any) -> None:
    """Either parameter alone stays away from it: they are moved one after the other."""
    found = trial(then)

    assert "undecided" == found.verdict
    assert "constant near a point" in reported(found)


@pytest.mark.parametrize("then", [x**2 - (x - eta * x) ** 2 >= C * eta * x**2, a * eta**2 <= C * a * eta])
def test_a_range_of_step_sizes_is_no_window(then: Any) -> None:
    """Growth within [1/10, 1] refutes nothing: beyond it there are no steps."""
    assert "undecided" == trial(then).verdict
