"""Exact worst cases of proximal steps and of gradient norms."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from claim_tools import at_edge, measured_at_edge, sharpness, unmet

from lemmata.claims import Claim, evaluate
from lemmata.claims.papers.taylor2017 import gradient_any_step, gradient_short_step, proximal_rate
from lemmata.claims.settings.first_order.smooth import L, N, first_value, last_value, least_square
from lemmata.solvers import as_floats, to_rationals

CLAIMS = (proximal_rate, gradient_any_step, gradient_short_step)
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


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_edge_meets_the_hypotheses(claim: Claim, seed: int) -> None:
    """Whatever the seed, every instance at every edge is one that the claim speaks of."""
    assert [] == unmet(claim, seed)


def test_published_bound_against_the_truth() -> None:
    """L = 1, h = 1/2, five steps on the sawtooth: the truth is 16/35 of the decrease, published is 4/15."""
    case = measured_at_edge(gradient_any_step, "the sawtooth gradient, h = 1/2, five steps", to_rationals)
    least, first, last, smoothness = (
        case.values[str(symbol)][0, -1] for symbol in (least_square, first_value, last_value, L)
    )
    decrease = first - last
    published, true = (
        evaluate(claim.then.right, case.values)[0, -1] for claim in (gradient_any_step, gradient_short_step)
    )

    assert Fraction(16, 35) == Fraction(int((least / decrease).p), int((least / decrease).q))
    assert Fraction(4, 15) == Fraction(int((published / decrease).p), int((published / decrease).q))
    assert least == true
    assert smoothness == 1


def test_sawtooth_gradient() -> None:
    """The edge's function has the gradient G - dist(x, h G Z), between its iterates and at them."""
    _, drawn = at_edge(gradient_any_step, "the sawtooth gradient, h = 1/2, five steps", size=1)
    x = np.linspace(-2.5, 0, 101)
    knots, slopes = drawn["knots"][0, 0], drawn["slopes"][0, 0]
    heights = np.concatenate([[0.0], np.cumsum(slopes * np.diff(knots))])
    gradient = np.interp(x, knots, heights - heights[-1]) + drawn["tilts"][0, 0]

    assert np.allclose(1 - np.abs(x - 0.5 * np.round(x / 0.5)), gradient)


def test_gradient_bound_of_one_step() -> None:
    """The inequality behind the repaired bound, one step on random smooth functions, in any dimension."""
    claim = gradient_short_step
    parameters = {"dimension": 4, "terms": 4, "pieces": 5, "steps": 1, "scale": 1.0}
    drawn = claim.given.draw(parameters, np.random.default_rng(3), 500)
    case = claim.when.run(parameters, drawn).cases[0]
    left, right = (evaluate(side, case.values) for side in claim.then.expressions)

    assert np.all(left <= right * (1 + 1e-12) + 1e-12)


@pytest.mark.parametrize("claim", [proximal_rate, gradient_short_step], ids=lambda claim: claim.key)
def test_steps_are_counted_from_one(claim: Claim) -> None:
    """No relation is judged at the initialization, where a bound may hold with equality for free."""
    counts = as_floats(measured_at_edge(claim, claim.given.edges[0].name, to_rationals).values[str(N)])[0]

    assert counts[0] == 1
    assert all(later - earlier == 1 for earlier, later in pairwise(counts))
