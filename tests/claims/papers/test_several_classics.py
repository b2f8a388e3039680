from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
import sympy as sp
from claim_tools import at_edge, measured_at_edge
from scipy.integrate import solve_ivp

from lemmata.claims import AtLeast, Claim, evaluate
from lemmata.claims.papers.lyu2020._margin import degree
from lemmata.claims.papers.lyu2020.margin import margin_grows, never_falls, norm_growth, sandwich
from lemmata.claims.papers.nesterov2004 import (
    contraction,
    distance_bound,
    exact_lower_bound,
    lower_bound,
    sharp_contraction,
)
from lemmata.claims.papers.saxe2014.modes import decoupling, full_solution, sigmoid
from lemmata.claims.papers.soudry2018.limit import margin_constant, residual_settles
from lemmata.claims.papers.zhang2019 import even_unstable, multiplier, odd_unstable, stable
from lemmata.claims.settings.first_order.quadratics import lookahead_threshold
from lemmata.solvers import as_floats, to_balls, to_rationals
from lemmata.solvers.networks import Data, Weights, dense, forward, gradient

CLAIMS = (
    multiplier,
    stable,
    odd_unstable,
    even_unstable,
    contraction,
    sharp_contraction,
    lower_bound,
    exact_lower_bound,
    distance_bound,
    decoupling,
    sigmoid,
    full_solution,
    sandwich,
    norm_growth,
    margin_grows,
    never_falls,
    residual_settles,
    margin_constant,
)
WITNESSES = (
    (stable, "half of the way"),
    (stable, "all the way, other parity or more inner steps"),
    (odd_unstable, "all the way"),
    (even_unstable, "all the way"),
    (contraction, "a quadratic, longest step"),
    (contraction, "curvature mu, step 2/(mu + L)"),
    (sharp_contraction, "a quadratic, longest step"),
    (sharp_contraction, "curvature mu, step 2/(mu + L)"),
    (exact_lower_bound, "best value, one step"),
    (exact_lower_bound, "best value, most steps"),
    (sandwich, "one weight, samples alike"),
    (sandwich, "samples alike, three layers"),
    (margin_grows, "one sample"),
    (residual_settles, "one support vector, one sample beside it"),
)
INDEPENDENT = np.random.default_rng(7)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    rational = claim.when.rational and claim is not even_unstable
    case = measured_at_edge(claim, edge, to_rationals if rational else to_balls)
    left, right = (as_floats(evaluate(side, case.values)) for side in claim.then.expressions)
    ratios = right / left if isinstance(claim.then, AtLeast) else left / right

    assert np.allclose(1, ratios.max(axis=1), rtol=1e-11, atol=0)
    assert claim.then.tight


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_edge_meets_the_hypotheses(claim: Claim, seed: int) -> None:
    """Whatever the seed, the instances at every edge are such as the claim speaks of."""
    for edge in claim.given.edges:
        parameters, drawn = at_edge(claim, edge.name, size=32, seed=seed)
        met = np.all([hypothesis.holds(parameters, drawn) for hypothesis in claim.given.hypotheses], axis=0)

        assert met.all(), edge.name


def multipliers(share: np.ndarray, inner: int, reach: np.ndarray) -> np.ndarray:
    """By what one outer step multiplies, computed by taking the inner steps."""
    fast = np.ones_like(reach)
    for _ in range(inner):
        fast = fast * (1 - reach)
    return (1 - share) + share * fast


@pytest.mark.parametrize("inner", range(1, 7))
def test_lookahead_threshold(inner: int) -> None:
    """A thousandth below the threshold the multiplier is below one, a thousandth above it is above one."""
    share = INDEPENDENT.uniform(0.05, 1, size=500)
    threshold = lookahead_threshold(share, inner)

    assert np.all(np.abs(multipliers(share, inner, 0.999 * threshold)) < 1)
    assert np.all(np.abs(multipliers(share, inner, 1.001 * threshold)) > 1)


@pytest.mark.parametrize("inner", range(1, 7))
def test_lookahead_is_stable_all_the_way_to_the_threshold(inner: int) -> None:
    """Between zero and the threshold there is no gap of instability."""
    for share in (0.1, 0.5, 1.0):
        reach = np.linspace(1e-3, 0.999, 400) * lookahead_threshold(np.array(share), inner)

        assert np.all(np.abs(multipliers(np.array(share), inner, reach)) < 1)


def test_book_rate_is_the_sharp_one_at_the_best_step() -> None:
    """1 - 2 eta mu L/(mu + L) = ((L - mu)/(L + mu))^2 at eta = 2/(mu + L), and is above the sharp factor before."""
    mu, L = sp.symbols("mu L", positive=True)
    book = 1 - 2 * sp.Symbol("eta") * mu * L / (mu + L)
    best = book.subs("eta", 2 / (mu + L))
    step = np.linspace(0, 2 / 11, 50)

    assert sp.simplify(best - ((L - mu) / (L + mu)) ** 2) == 0
    assert np.all(np.maximum((1 - step) ** 2, (1 - 10 * step) ** 2) <= 1 - 2 * step * 10 / 11 + 1e-12)


@pytest.mark.parametrize("steps", [1, 2, 5, 10])
def test_chain_in_closed_form(steps: int) -> None:
    """The gap is L/(16 (k + 1)) and R^2 = (2k + 1)(4k + 3)/(12 (k + 1)), for a pull of one."""
    one = {"L": np.ones(1), "pull": np.ones(1), "c": np.zeros((1, steps, steps))}
    best = lower_bound.when.run({"steps": steps, "method": "lowest"}, one).cases[0].values
    nearest = distance_bound.when.run({"steps": steps, "method": "nearest"}, one).cases[0].values
    share = (steps + 2) * (2 * steps + 3) / (2 * (2 * steps + 1) * (4 * steps + 3))

    assert 1 / (16 * (steps + 1)) == pytest.approx(best["Delta_k"][0, 0])
    assert (2 * steps + 1) * (4 * steps + 3) / (12 * (steps + 1)) == pytest.approx(best["R^2"][0, 0])
    assert share == pytest.approx(nearest["D^2"][0, 0] / nearest["R^2"][0, 0])


def test_chain_comes_near_the_lower_bound() -> None:
    """At k = 29, the best in the span is 1.025 times the bound of the theorem above the minimum."""
    one = {"L": np.ones(1), "pull": np.ones(1), "c": np.zeros((1, 29, 29))}
    case = lower_bound.when.run({"steps": 29, "method": "lowest"}, one).cases[0]
    left, right = (evaluate(side, case.values)[0, 0] for side in lower_bound.then.expressions)

    assert 1.025 == pytest.approx(left / right, abs=1e-3)


def test_full_layers_follow_the_closed_form() -> None:
    """SciPy's gradient flow of both layers, from the closed form at 0 to that at t, on white inputs."""
    parameters, drawn = at_edge(full_solution, "square", size=1)
    parameters = {**parameters, "hidden": 2, "inputs": 3, "outputs": 2, "unexplained": 1}
    drawn = full_solution.given.draw(parameters, np.random.default_rng(1), 1)
    sides = {
        time: [
            case.values["W_h"][0, 0]
            for case in full_solution.when.run(parameters, {**drawn, "t": np.array([time])}).cases
        ]
        for time in (0.0, 1.5)
    }
    target = sides[0.0][1] @ sides[0.0][0]
    # The data, written anew: targets U S V' in the frames of the reflections, white inputs.
    mirror = {name: np.eye(v.shape[1]) - 2 * np.outer(v[0], v[0]) / (v[0] @ v[0]) for name, v in frames(drawn)}
    wanted = mirror["F2"] @ np.eye(2, 3) @ np.diag([*drawn["s"][0], 0.0]) @ mirror["F0"]

    def velocity(_: float, flat: np.ndarray) -> np.ndarray:
        lower, upper = flat[:6].reshape(2, 3), flat[6:].reshape(2, 2)
        residual = upper @ lower - wanted
        return -np.concatenate([(upper.T @ residual).ravel(), (residual @ lower.T).ravel()])

    flat = np.concatenate([sides[0.0][0].ravel(), sides[0.0][1].ravel()])
    ended = solve_ivp(velocity, (0, 1.5), flat, rtol=1e-11, atol=1e-12).y[:, -1]

    assert np.allclose(np.concatenate([sides[1.5][0].ravel(), sides[1.5][1].ravel()]), ended, atol=1e-8)
    assert not np.allclose(target, sides[1.5][1] @ sides[1.5][0], atol=1e-2)


def frames(drawn: Any) -> list[tuple[str, np.ndarray]]:
    """The normals of the frames' reflections."""
    return [(name, value) for name, value in drawn.items() if name.startswith("F")]


def test_sigmoid_is_the_conserved_phase() -> None:
    """(s/a - 1) e^(2st) = s/a_0 - 1 solved for a is the closed form."""
    a, a_0, s, t = sp.symbols("a a_0 s t", positive=True)
    grown = sp.exp(2 * s * t)
    (found,) = sp.solve(sp.Eq((s / a - 1) * grown, s / a_0 - 1), a)

    assert sp.simplify(found - s * grown / (grown - 1 + s / a_0)) == 0


@pytest.mark.parametrize("kind", ["linear", "relu", "leaky_relu", "square", "relu_squared"])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_degree_of_homogeneity(kind: str, depth: int) -> None:
    """Weights times two multiply the output by two to the degree."""
    widths = (2, *[3] * (depth - 1), 1)
    network = dense(widths, activations=kind)
    matrices = tuple(INDEPENDENT.normal(size=(1, m, n)) for n, m in pairwise(widths))
    data = Data(inputs=INDEPENDENT.normal(size=(1, 2, 6)), targets=np.zeros((1, 1, 6)))
    once, twice = (forward(network, Weights(matrices=tuple(c * w for w in matrices)), data).prediction for c in (1, 2))

    assert np.allclose(2 ** degree(kind, depth) * once, twice)


def smoothed_margin(widths: tuple[int, ...], flat: np.ndarray, data: Data, homogeneity: int) -> tuple[float, Any]:
    """The smoothed margin by its definition, and the slope of the loss, of weights written one after the other."""
    cuts = np.cumsum([n * m for n, m in pairwise(widths)])[:-1]
    shapes = zip(np.split(flat, cuts), widths, widths[1:], strict=False)
    weights = Weights(matrices=tuple(part.reshape(1, m, n) for part, n, m in shapes))
    found = gradient(dense(widths, activations="square", loss="exponential"), weights, data)
    q = (found.activity.prediction * data.targets)[0, 0]
    margin = -np.log(np.exp(-q).sum()) / np.linalg.norm(flat) ** homogeneity
    return margin, np.concatenate([part.ravel() for part in found.matrices])


def test_rate_of_the_smoothed_margin_by_differences() -> None:
    """A short step of the flow lifts the smoothed margin by what forward mode says, on squared activations."""
    parameters, drawn = at_edge(margin_grows, "three layers, square", size=1)
    case = margin_grows.when.run(parameters, drawn).cases[0].values
    data = Data(inputs=drawn["X"], targets=drawn["y"])
    widths = (2, 3, 3, 1)
    flat = np.concatenate([drawn[f"W{h}"].ravel() for h in (1, 2, 3)])
    before, slope = smoothed_margin(widths, flat, data, 7)
    step = 1e-6 / np.linalg.norm(slope) * np.linalg.norm(flat)
    ends = [flat - sign * step * slope for sign in (1, -1)]
    after, earlier = (smoothed_margin(widths, end, data, 7)[0] for end in ends)
    turned = (ends[0] / np.linalg.norm(ends[0]) - ends[1] / np.linalg.norm(ends[1])) / (2 * step)
    grown = (np.log(np.linalg.norm(ends[0])) - np.log(np.linalg.norm(ends[1]))) / (2 * step)

    assert before == pytest.approx(case[r"\tilde{\gamma}"][0, 0])
    assert (after - earlier) / (2 * step) == pytest.approx(case[r"\dot{\tilde{\gamma}}"][0, 0], rel=1e-4)
    assert turned @ turned == pytest.approx(case[r"\omega^2"][0, 0], rel=1e-4)
    assert grown == pytest.approx(case["r"][0, 0], rel=1e-4)


def test_smaller_degree_is_no_mutant() -> None:
    """With degree L - 1 in place of L the smoothed margin still grows: this could not be refuted."""
    for edge, seed in product(never_falls.given.edges, range(3)):
        parameters, drawn = at_edge(never_falls, edge.name, size=32, seed=seed)
        lawful = np.all([hypothesis.holds(parameters, drawn) for hypothesis in never_falls.given.hypotheses], axis=0)
        kept = {name: value[lawful] for name, value in drawn.items()}
        values = never_falls.when.run(parameters, kept).cases[0].values
        lifted = values[r"\dot{\tilde{\gamma}}"] + values[r"\tilde{\gamma}"] * values["r"]

        assert np.all(lifted >= -1e-12 * np.abs(values[r"\tilde{\gamma}"] * values["r"]))


def test_flow_settles_where_the_claims_say() -> None:
    """SciPy's flow up to t = e^60: the residual balances the support vectors, the deficit nears its constant."""
    gamma, p = 0.5, np.array([0.2, 0.3, 0.5])
    support = np.array([[gamma, 1.0, 0.0], [gamma, 0.0, 1.0], [gamma, -0.4, -0.6]])
    samples = np.vstack([support, [0.9, 0.3, -0.2]])
    direction = np.array([1 / gamma, 0, 0])

    def velocity(tau: float, r: np.ndarray) -> np.ndarray:
        pulls = np.exp((1 - samples @ direction) * tau - samples @ r)
        return pulls @ samples - direction

    r = solve_ivp(velocity, (0, 60), np.zeros(3), method="LSODA", rtol=1e-10, atol=1e-11).y[:, -1]
    w = 60 * direction + r
    deficit = gamma * np.linalg.norm(w) - (samples @ w).min()
    constant = -(p * np.log(p)).sum() + np.log(p.max())

    assert np.allclose(p / gamma**2, np.exp(-support @ r), rtol=1e-7)
    assert constant == pytest.approx(deficit - gamma * (w[1:] ** 2).sum() / (2 * w[0]), abs=1e-5)


def test_margin_constant_of_even_weights() -> None:
    """With two support vectors of equal weight nothing is left of the first order."""
    parameters, drawn = at_edge(margin_constant, "two support vectors", size=3)
    values = margin_constant.when.run(parameters, {**drawn, "p": np.ones((3, 2))}).cases[0].values
    constant = evaluate(sp.Symbol("H", nonnegative=True) + sp.log(sp.Symbol("p_{max}", positive=True)), values)

    assert np.allclose(0, constant, atol=1e-12)
    assert np.allclose(0, values["delta"], atol=1e-3)
