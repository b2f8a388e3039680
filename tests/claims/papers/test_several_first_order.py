from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
import pytest
import sympy as sp
from claim_tools import at_edge, measured_at_edge

from lemmata.claims import Claim, evaluate
from lemmata.claims.papers.drori2014 import any_step, gradient_descent
from lemmata.claims.papers.kim2016 import explicit_rate, optimized_gradient
from lemmata.claims.papers.lieder2021 import halpern
from lemmata.claims.papers.polyak1964 import (
    descent_stable,
    heavy_ball_stable,
    heavy_ball_unstable,
    nesterov_stable,
)
from lemmata.claims.papers.taylor2017 import gradient_any_step, gradient_short_step, proximal_rate
from lemmata.solvers import as_floats, to_balls, to_rationals

CLAIMS = (
    gradient_descent,
    any_step,
    proximal_rate,
    gradient_any_step,
    gradient_short_step,
    optimized_gradient,
    explicit_rate,
    halpern,
    descent_stable,
    heavy_ball_stable,
    heavy_ball_unstable,
    nesterov_stable,
)
WITNESSES = (
    (gradient_descent, "the Huber loss, any step"),
    (gradient_descent, "the Huber loss, longest step"),
    (any_step, "the Huber loss, any step"),
    (any_step, "a quadratic, longest step"),
    (proximal_rate, "a multiple of the absolute value"),
    (proximal_rate, "a multiple of the positive part"),
    (gradient_short_step, "the sawtooth gradient, h = 1/2, five steps"),
    (gradient_short_step, "the sawtooth gradient, any step"),
    (optimized_gradient, "the Huber loss, any step"),
    (optimized_gradient, "a quadratic, any step"),
    (halpern, "reflected clip, one step"),
    (halpern, "reflected clip, seven steps"),
    (descent_stable, "no momentum, longest step"),
    (heavy_ball_stable, "momentum one, three quarters of the threshold"),
    (heavy_ball_unstable, "no momentum, longest step"),
)
INDEPENDENT = np.random.default_rng(5)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    case = measured_at_edge(claim, edge, to_rationals if claim.when.rational else to_balls)
    left, right = (as_floats(evaluate(side, case.values)) for side in claim.then.expressions)
    ratios = left / right if claim is not heavy_ball_unstable else right / left

    assert np.allclose(1, ratios.max(axis=1), rtol=1e-12, atol=0)
    assert claim.then.tight


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_edge_meets_the_hypotheses(claim: Claim, seed: int) -> None:
    """Whatever the seed, every instance at every edge is one that the claim speaks of."""
    for edge in claim.given.edges:
        parameters, drawn = at_edge(claim, edge.name, size=32, seed=seed)
        for hypothesis in claim.given.hypotheses:
            assert np.all(hypothesis.holds(parameters, drawn)), (edge.name, hypothesis.name)


def test_published_bound_against_the_truth() -> None:
    """L = 1, h = 1/2, five steps on the sawtooth: the truth is 16/35 of the decrease, published is 4/15."""
    case = measured_at_edge(gradient_any_step, "the sawtooth gradient, h = 1/2, five steps", to_rationals)
    least, decrease, smoothness = (case.values[name][0, -1] for name in ("G^2", "delta_N", "L"))
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


@pytest.mark.parametrize(("h", "steps"), [(0.3, 1), (0.3, 20), (1.0, 5), (1.5, 5), (1.9, 20)])
def test_two_branches(h: float, steps: int) -> None:
    """One of Huber's loss and the quadratic ends at the maximum of the two branches, the other not above it."""
    knee = 1 / (2 * steps * h + 1)
    x = 1.0
    for _ in range(steps):
        x -= h * float(np.clip(x, -knee, knee))
    huber = abs(x) * knee - knee**2 / 2 if abs(x) > knee else x * x / 2
    quadratic = (1 - h) ** (2 * steps) / 2
    values = {
        "R^2": np.ones((1, 1)),
        "L": np.ones((1, 1)),
        "N": np.full((1, 1), float(steps)),
        "h": np.full((1, 1), h),
        "q_N": np.full((1, 1), (1 - h) ** (2 * steps)),
    }

    assert max(huber, quadratic) == pytest.approx(evaluate(any_step.then.right, values)[0, 0], rel=1e-12)


def test_optimized_rates() -> None:
    """theta_N^2 obeys theta_N^2 - theta_N = 2 theta_{N-1}^2, and the explicit rate is never below the exact one."""
    for steps in range(1, 30):
        theta = [1.0]
        for _ in range(steps - 1):
            theta.append((1 + sqrt(1 + 4 * theta[-1] ** 2)) / 2)
        last = (1 + sqrt(1 + 8 * theta[-1] ** 2)) / 2

        assert last**2 - last == pytest.approx(2 * theta[-1] ** 2)
        assert (steps + 1) * (steps + 1 + sqrt(2)) <= 2 * last**2


def test_nesterov_is_almost_twice_as_slow() -> None:
    """Over Huber losses, Nesterov's method ends 1.6 times above the optimized bound in two steps, 1.9 in five."""
    mutant = next(mutant for mutant in optimized_gradient.mutants if mutant.name == "Nesterov's method")
    assert mutant.when is not None
    for steps, expected in ((2, 1.62), (5, 1.88)):
        knees = np.linspace(0.01, 1, 400)
        drawn = {
            "A": np.ones((400, 1, 1)),
            "knots": np.stack([-knees, knees], axis=1)[:, None, :],
            "slopes": np.ones((400, 1, 1)),
            "tilts": np.zeros((400, 1)),
            "x0": np.ones((400, 1)),
            "h": np.ones(400),
        }
        case = mutant.when.run({"steps": steps}, drawn).cases[0]
        left, right = (evaluate(side, case.values) for side in optimized_gradient.then.expressions)

        assert expected == pytest.approx((left / right).max(), abs=0.01)


COMPANIONS = {
    "heavy ball": lambda q, beta: np.array([[1 + beta - q, -beta], [1, 0]]),
    "Nesterov": lambda q, beta: np.array([[(1 - q) * (1 + beta), -(1 - q) * beta], [1, 0]]),
}


@pytest.mark.parametrize(
    ("claim", "method"),
    [(heavy_ball_stable, "heavy ball"), (nesterov_stable, "Nesterov")],
    ids=["heavy ball", "nesterov"],
)
def test_thresholds_are_those_of_the_spectral_radius(claim: Claim, method: str) -> None:
    """The hypothesis asks for a spectral radius below one, a thousandth to either side of the threshold."""
    beta = INDEPENDENT.uniform(0.01, 0.99, size=200)
    threshold = (2 + 2 * beta) / (1 if method == "heavy ball" else 1 + 2 * beta)
    stable = next(hypothesis for hypothesis in claim.given.hypotheses if "threshold" in hypothesis.name)
    for factor in (0.999, 1.001):
        drawn = {"eta": np.ones(200), "lambda": factor * threshold, "beta": beta}
        radii = [
            np.abs(np.linalg.eigvals(COMPANIONS[method](q, b))).max()
            for q, b in zip(drawn["lambda"], beta, strict=True)
        ]

        assert [radius < 1 for radius in radii] == stable.holds({}, drawn).tolist()


def test_heavy_ball_energy() -> None:
    """W' - W = -(1 - beta)(a y - (1 + beta) x)^2, and W - (1 + beta - a^2/(1 + beta)) x^2 is a square, symbolically."""
    x, y, a, beta = sp.symbols("x y a beta")

    def energy(now: Any, following: Any) -> Any:
        return (1 + beta) * (following**2 + now**2) - 2 * a * following * now

    step = energy(y, a * y - beta * x) - energy(x, y)
    square = (1 + beta) * (y - a * x / (1 + beta)) ** 2

    assert sp.expand(step + (1 - beta) * (a * y - (1 + beta) * x) ** 2) == 0
    assert sp.simplify(energy(x, y) - (1 + beta - a**2 / (1 + beta)) * x**2 - square) == 0


def test_steps_are_counted_from_one() -> None:
    """No relation is judged at the start, where a bound may hold with equality for free."""
    for claim in (gradient_descent, proximal_rate, halpern, gradient_short_step):
        counts = as_floats(measured_at_edge(claim, claim.given.edges[0].name, to_rationals).values["N"])[0]

        assert counts[0] == 1
        assert all(later - earlier == 1 for earlier, later in pairwise(counts))
