"""Leaky networks on nearly orthogonal data: points of maximal margin, and descent from a small initialization."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np
import pytest
from claim_tools import Point, drawn, located_claim, measured, never_met, shipped
from scipy.optimize import minimize, nnls
from scipy.special import expit

from lemmata.checks import Effort, judge
from lemmata.claims import Located
from lemmata.claims.papers.frei2022._descent import frobenius, leaky_networks, ranks, spectral, third
from lemmata.claims.papers.frei2022._margin import (
    leaky_margin,
    least_linear,
    least_weight,
    most_linear,
    most_weight,
    multiplier,
    nearly_orthogonal_data,
    norm_best,
)


@pytest.mark.parametrize(
    "located", shipped("frei2022.margin", "frei2022.uniform"), ids=lambda located: located.claim.key
)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


def test_witness_attains_the_bound() -> None:
    """The tight claim holds, and its ratio is one."""
    evidence = judge(located_claim("frei2022/linear-decision-boundary"), effort=Effort.QUICK, seed=3)

    assert "holds" == evidence.verdict
    assert evidence.sample is not None
    assert 1 - 1e-9 <= evidence.sample.worst_ratio


@pytest.mark.parametrize("located", shipped("frei2022.descent"), ids=lambda located: located.claim.key)
def test_as_expected(located: Located) -> None:
    """Each claim passes its quick trial; of the mutants the last one is tried, for time."""
    claim = located.claim
    found = judge(
        Located(dataclasses.replace(claim, mutants=claim.mutants[-1:]), located.source), effort=Effort.QUICK, seed=11
    )

    assert found.expected, found.sentence


class TestNearlyOrthogonal:
    """Points of maximal margin of leaky ReLU networks."""

    point: ClassVar[Point] = {
        "samples": 3,
        "room": 1,
        "positive": 2,
        "negative": 1,
        "slope": 0.5,
        "spread": 0.3,
        "closeness": 1.0,
    }

    def test_is_the_minimum_found_by_a_general_solver(self) -> None:
        """SciPy, set off elsewhere, ends at a network of this norm."""
        point, given = drawn(nearly_orthogonal_data(), size=2, **self.point)
        X, y = given["X"][0], given["y"][0]
        signs = np.array([1, 1, -1]) / np.sqrt(3)

        def outputs(flat: Any) -> Any:
            z = X @ flat.reshape(3, -1).T
            return y * (np.maximum(z, z / 2) @ signs)

        cases = [measured(leaky_margin, point, given, case)[multiplier][0, 0] for case in (0, 2, 4)]
        start = (signs[:, None] * (y @ X)).ravel() * 3
        constraint = {"type": "ineq", "fun": lambda flat: outputs(flat) - 1}
        found = minimize(lambda flat: flat @ flat / 2, start, constraints=[constraint], method="SLSQP", tol=1e-12)

        # At a KKT point |W|^2 = sum_i lambda_i, by homogeneity.
        assert found.success
        assert np.isclose(sum(cases), found.x @ found.x, rtol=1e-6)

    def test_extremes_of_the_weights(self) -> None:
        """Those of the network are the extremes over the samples, those of z* what non-negative least squares finds."""
        point, given = drawn(nearly_orthogonal_data(), size=2, **self.point)
        cases = [measured(leaky_margin, point, given, case) for case in (0, 2, 4)]
        weights = [case[multiplier][0, 0] for case in cases]
        signed = given["y"][0][:, None] * given["X"][0]
        linear, _ = nnls(np.vstack([signed.T * 1e-9, signed @ signed.T]), np.concatenate([np.zeros(4), np.ones(3)]))

        assert (max(weights), min(weights)) == (cases[0][most_weight][0, 0], cases[0][least_weight][0, 0])
        assert linear.max() == pytest.approx(cases[0][most_linear][0, 0])
        assert linear.min() == pytest.approx(cases[0][least_linear][0, 0])

    def test_linear_margin_is_the_maximal_one(self) -> None:
        """The linear predictor of maximal margin has the norm that non-negative least squares finds."""
        point, given = drawn(nearly_orthogonal_data(), **self.point)
        got = measured(leaky_margin, point, given)[norm_best][:, 0]
        for X, y, norm in zip(given["X"], given["y"], got, strict=True):
            signed = y[:, None] * X
            weights, _ = nnls(np.vstack([signed.T, np.ones(3) * 1e3]), np.r_[np.zeros(4), 1e3])
            margin = np.linalg.norm(weights @ signed) / weights.sum()

            assert np.isclose(norm, margin**-2, rtol=1e-4)

    def test_hypothesis_is_met_up_to_its_limit(self) -> None:
        """Most draws meet the hypothesis, and some are within a factor of ten of breaking it."""
        family = nearly_orthogonal_data()
        point = {name: given.simplest for name, given in family.parameters.items()} | self.point
        given = family.draw(point, np.random.default_rng(0), 200)
        met = np.all([hypothesis.holds(point, given) for hypothesis in family.hypotheses], axis=0)
        gram = given["X"] @ given["X"].swapaxes(1, 2)
        squares = np.diagonal(gram, axis1=1, axis2=2)
        overlap = np.abs(gram * (1 - np.eye(3))).max((1, 2))
        used = 3 * squares.max(1) * 3 * overlap / (squares.min(1) ** 2 * 0.5**3)

        assert met.mean() > 0.5
        assert used[met].max() > 0.1


class TestLeakyDescent:
    """Smooth leaky ReLU networks at a small start."""

    def test_follows_the_plain_iteration(self) -> None:
        """Singular values are those of gradient descent with a finite-difference check of its slope."""
        point, instances = drawn(leaky_networks(), size=8, samples=3, neurons=4, extra=2, steps=2, gamma=0.5, R=2.0)
        got = measured(ranks(), point, instances)
        one = {name: value[0] for name, value in instances.items()}
        W, outer = one["W"], one["a"] / 2

        def loss(W: np.ndarray) -> float:
            z = W @ one["X"]
            value = 0.5 * z + 0.5 * (np.logaddexp(0, z) - np.log(2))
            return float(np.logaddexp(0, -one["y"] * (outer @ value)).mean())

        for step in range(2):
            z = W @ one["X"]
            value = 0.5 * z + 0.5 * (np.logaddexp(0, z) - np.log(2))
            pull = one["y"] * expit(-one["y"] * (outer @ value))
            slope = -(outer[:, None] * (0.5 + 0.5 * expit(z)) * pull) @ one["X"].T / 3
            bump = np.zeros_like(W)
            bump[1, 2] = 1e-5

            assert (loss(W + bump) - loss(W - bump)) / 2e-5 == pytest.approx(slope[1, 2], abs=1e-8)
            W = W - one["alpha"] * slope

            assert np.linalg.norm(W) == pytest.approx(got[frobenius][0, step])
            assert np.linalg.svd(W, compute_uv=False)[[0, 2]] == pytest.approx(
                [got[spectral][0, step], got[third][0, step]]
            )

    def test_random_starts_are_short(self) -> None:
        """The hypothesis on the start's length holds with the probability that it replaces."""
        _, instances = drawn(leaky_networks(), size=4000)

        assert len(instances["W"]) >= 0.99 * 4000
