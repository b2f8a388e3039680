"""Exact worst cases of proximal steps and of gradient norms."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from claim_tools import at_edge, measured_at_edge, sharpness

from lemmata.claims import Claim, evaluate
from lemmata.claims.language.short.values import values_of
from lemmata.claims.papers.taylor2017 import (
    F,
    first_value,
    gradient_any_step,
    gradient_short_step,
    last_value,
    least_square,
    proximal_rate,
)
from lemmata.solvers import to_rationals

WITNESSES = (
    (proximal_rate, "a multiple of the absolute value"),
    (proximal_rate, "a multiple of the positive part"),
    (gradient_short_step, "the sawtooth gradient, h = 1/2, five steps"),
    (gradient_short_step, "the sawtooth gradient, any step"),
)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    assert claim.then.tight
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-12, atol=0)


def test_published_bound_against_the_truth() -> None:
    """L = 1, h = 1/2, five steps on the sawtooth: the truth is 16/35 of the decrease, published is 4/15."""
    case = measured_at_edge(gradient_any_step, "the sawtooth gradient, h = 1/2, five steps", to_rationals)
    least, first, last = (case.values[str(symbol)][0, -1] for symbol in (least_square, first_value, last_value))
    decrease = first - last
    published, true = (
        evaluate(claim.then.right, case.values)[0, -1] for claim in (gradient_any_step, gradient_short_step)
    )

    assert Fraction(16, 35) == Fraction(int((least / decrease).p), int((least / decrease).q))
    assert Fraction(4, 15) == Fraction(int((published / decrease).p), int((published / decrease).q))
    assert least == true


def test_sawtooth_gradient() -> None:
    """The edge's function has the gradient L (1 - dist(x, h Z)) where gradient descent goes from 0."""
    parameters, drawn = at_edge(gradient_any_step, "the sawtooth gradient, h = 1/2, five steps", size=101)
    x = np.linspace(-2.5, 0, 101)
    known = values_of(F.quantities, parameters, drawn)

    assert np.allclose(known["L"] * (1 - np.abs(x - 0.5 * np.round(x / 0.5))), F.oracle(known).grad(x[:, None])[:, 0])


def test_gradient_bound_of_one_step() -> None:
    """The inequality behind the repaired bound, one step on random smooth functions, in any dimension."""
    claim = gradient_short_step
    parameters = {"d": 4, "pieces": 5, "frames": 2, "N": 1, "spread": 1.0}
    rng = np.random.default_rng(3)
    drawn = claim.given.draw(parameters, rng, 500) | {"L": np.ones(500), "h": rng.uniform(0.05, 1, size=500)}
    case = claim.when.run(parameters, drawn).cases[0]
    left, right = (evaluate(side, case.values) for side in claim.then.expressions)

    assert np.all(left <= right * (1 + 1e-12) + 1e-12)
