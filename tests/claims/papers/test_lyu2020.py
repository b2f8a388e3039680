"""The smoothed margin of homogeneous networks, by its definition and by short steps of the flow."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from claim_tools import at_edge, sharpness, unmet

from lemmata.claims import Claim
from lemmata.claims.papers.lyu2020._margin import degree, growth, smoothed, smoothed_rate, turning
from lemmata.claims.papers.lyu2020.margin import margin_grows, never_falls, norm_growth, sandwich
from lemmata.solvers.networks import Data, Weights, dense, forward, gradient

INDEPENDENT = np.random.default_rng(7)


@pytest.mark.parametrize("claim", [sandwich, norm_growth, margin_grows, never_falls], ids=lambda claim: claim.key)
def test_every_edge_meets_the_hypotheses(claim: Claim) -> None:
    """Whatever the seed, the instances at every edge are such as the claim speaks of."""
    assert [] == [edge for seed in (0, 1) for edge in unmet(claim, seed)]


@pytest.mark.parametrize(
    ("claim", "edge"),
    [
        (sandwich, "one weight, samples alike"),
        (sandwich, "samples alike, three layers"),
        (margin_grows, "one sample"),
    ],
    ids=lambda part: getattr(part, "key", part),
)
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness the bound is reached, to rounding of the instance."""
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-11, atol=0)
    assert claim.then.tight


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

    assert before == pytest.approx(case[str(smoothed)][0, 0])
    assert (after - earlier) / (2 * step) == pytest.approx(case[str(smoothed_rate)][0, 0], rel=1e-4)
    assert turned @ turned == pytest.approx(case[str(turning)][0, 0], rel=1e-4)
    assert grown == pytest.approx(case[str(growth)][0, 0], rel=1e-4)


def test_smaller_degree_is_no_mutant() -> None:
    """With degree L - 1 in place of L the smoothed margin still grows: this could not be refuted."""
    for edge, seed in product(never_falls.given.edges, range(3)):
        parameters, drawn = at_edge(never_falls, edge.name, size=32, seed=seed)
        admissible = np.all(
            [hypothesis.holds(parameters, drawn) for hypothesis in never_falls.given.hypotheses], axis=0
        )
        kept = {name: value[admissible] for name, value in drawn.items()}
        values = never_falls.when.run(parameters, kept).cases[0].values
        fall = values[str(smoothed)] * values[str(growth)]

        assert np.all(values[str(smoothed_rate)] + fall >= -1e-12 * np.abs(fall))
