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
from lemmata.claims.papers.saxe2014.modes import decoupling, full_solution, sigmoid
from lemmata.solvers import as_floats, to_balls, to_rationals
from lemmata.solvers.networks import Data, Weights, dense, forward, gradient

CLAIMS = (
    decoupling,
    sigmoid,
    full_solution,
    sandwich,
    norm_growth,
    margin_grows,
    never_falls,
)
WITNESSES = (
    (sandwich, "one weight, samples alike"),
    (sandwich, "samples alike, three layers"),
    (margin_grows, "one sample"),
)
INDEPENDENT = np.random.default_rng(7)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    case = measured_at_edge(claim, edge, to_rationals if claim.when.rational else to_balls)
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
