"""Implied constants before a side that cancels, as losses do far out: floats do not know it there, exact numbers do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from implied_constants import verdict_of_bound

from lemmata import absolute, at_most, conjecture, exp, log, norm, norm2, positive, sqrt, vector
from lemmata.checks.judging.ratios import exact_ratio
from lemmata.claims import Claim

p, q = positive("p", "q")
v, w = vector("v", "w", 3)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (exp(-p), log(1 + exp(-2 * p))),
        (exp(-norm(v) / 2), log(1 + exp(-norm(v)))),
        (1, (sqrt(1 + p**2) - p) * sqrt(1 + p)),
        (sqrt(q), sqrt(p + q) - sqrt(p)),
        (sqrt(norm(w)), sqrt(norm2(v) + norm(w)) - norm(v)),
        (absolute(p - q), p + q - 2 * sqrt(p * q)),
    ],
)
def test_no_constant_is_found_where_the_right_side_cancels(left: Any, right: Any) -> None:
    """Each ratio grows without end, where the right side is a difference of numbers that are the same to all digits."""
    assert verdict_of_bound(left, right) in {"refuted", "undecided"}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (exp(-p), log(1 + exp(-p))),
        (1, (sqrt(1 + p**2) - p) * (1 + p)),
        (q, (sqrt(p + q) - sqrt(p)) * sqrt(p + q)),
        ((p - q) ** 2, (p + q) * (p + q - 2 * sqrt(p * q))),
    ],
)
def test_a_constant_is_found_beside_a_side_that_cancels(left: Any, right: Any) -> None:
    """Each ratio is bounded, by one over log 2 or by two."""
    assert verdict_of_bound(left, right) == "holds"


def _loss(share: int) -> Claim:
    return conjecture("Loss", key="toy/loss", then=at_most(exp(-p), log(1 + exp(-share * p))))


def test_the_ratio_of_two_sides_is_known_far_out() -> None:
    """exp(-p) over log(1 + exp(-p)) is one, and over log(1 + exp(-2p)) it is exp(p), where floats divide by zero."""
    at = {"p": np.array([60.0])}
    parameters = {"spread": 1.0}
    assert math.isclose(exact_ratio(_loss(1), parameters, at) or 0.0, 1.0, rel_tol=1e-15)
    assert math.isclose(exact_ratio(_loss(2), parameters, at) or 0.0, math.exp(60), rel_tol=1e-15)
