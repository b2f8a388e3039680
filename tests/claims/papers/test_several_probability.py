from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from claim_tools import drawn, measured, shipped
from scipy.integrate import solve_ivp
from scipy.special import expit

from lemmata.checks import Effort, judge
from lemmata.claims import Located, WithProbability
from lemmata.claims.papers.du2018._rank_one import arrival, components_along_the_run, growing_problems, small_starts
from lemmata.claims.papers.frei2022._descent import leaky_networks, ranks
from lemmata.claims.papers.min2021._wide import (
    bartlett,
    bound_at_start,
    imbalance_at_start,
    rows_only,
    wide_networks,
    wide_starts,
)

MODULES = ("du2018.rank_one", "min2021.wide", "frei2022.descent")


@pytest.mark.parametrize("located", shipped(*MODULES), ids=lambda located: located.claim.key)
def test_as_expected(located: Located) -> None:
    """Each claim passes its quick trial, and its mutants fall; of those of an implied constant, the last, for time."""
    claim = located.claim
    kept = claim.mutants if isinstance(claim.then, WithProbability) else claim.mutants[-1:]
    found = judge(Located(dataclasses.replace(claim, mutants=kept), located.source), effort=Effort.QUICK, seed=11)

    assert found.expected, found.sentence


class TestRankOne:
    """Small Gaussian starts in reduced coordinates."""

    def test_starts_have_the_law_of_full_vectors(self) -> None:
        """Component and length of the rest have the second moments of d Gaussian entries of deviation delta."""
        _, instances = drawn(growing_problems(), size=20_000, log10_d=2, log10_sigma=0)
        squares = (instances["start"] ** 2).mean(axis=0)

        assert np.array([[1e-4, 99e-4], [1e-4, 99e-4]]) == pytest.approx(squares, rel=0.05)

    def test_time_to_arrive(self) -> None:
        """The steps counted are those of the full iteration in a hundred dimensions."""
        rng, sigma, d = np.random.default_rng(3), 1.0, 100
        u, v = (0.01 * rng.normal(size=d) for _ in range(2))
        start = np.array([[[x[0], np.linalg.norm(x[1:])] for x in (u, v)]])
        point = {"log10_d": 2, "digits": 3, "log10_sigma": 0}
        target = np.zeros((d, d))
        target[0, 0] = sigma
        steps = 0
        while np.linalg.norm(np.outer(u, v) - target) > 1e-3:
            residual = np.outer(u, v) - target
            u, v, steps = u - residual @ v / 2, v - residual.T @ u / 2, steps + 1

        assert steps == measured(arrival(), point, {"start": start})["T"][0, 0]

    def test_opposite_signs_lose_balance(self) -> None:
        """With opposite signs the ratio leaves [1/10, 10]; with equal signs it never leaves the range it starts in."""
        point, instances = drawn(small_starts(), size=200, C_0=10.0, rows=20, columns=20, sigma=1.0)
        signs = np.sign(instances["start"][:, :, 0].prod(axis=1))
        found = measured(components_along_the_run(), point, instances)
        low, high = np.sort(np.abs([found["alpha"], found["beta"]]), axis=0)
        spread = (high / low).max(axis=1)

        assert np.all(spread[signs < 0] > 10)
        assert spread[signs > 0] == pytest.approx((high / low)[signs > 0, 0], rel=1e-6)


class TestWide:
    """Wide Gaussian starts through their Gram matrix."""

    def test_bartlett_has_the_law_of_the_gram_matrix(self) -> None:
        """Mean and variance of the entries of L L' are those of a Wishart matrix."""
        lower = bartlett(np.random.default_rng(0), 40_000, 3, 7.0)
        gram = lower @ lower.swapaxes(1, 2)

        assert 7 * np.eye(3) == pytest.approx(gram.mean(axis=0), abs=0.1)
        assert 7 * (np.ones((3, 3)) + np.eye(3)) == pytest.approx(gram.var(axis=0), rel=0.05)

    def test_imbalance_is_that_of_the_weights(self) -> None:
        """The two eigenvalues are those of U_1'U_1 - V'V, an h x h matrix, for weights with this Gram matrix."""
        point, instances = drawn(wide_starts(least=rows_only), size=4, outputs=2, rank=3, alpha=0.4, excess=1.0)
        V, U = instances["L"][:, :2], instances["L"][:, 2:]
        values = np.linalg.eigvalsh(U.swapaxes(1, 2) @ U - V.swapaxes(1, 2) @ V)[:, ::-1]

        assert values[:, 2] - values[:, -2] == pytest.approx(measured(imbalance_at_start, point, instances)["s"][:, 0])

    def test_bound_holds_for_the_integrated_flow(self) -> None:
        """The limit of the flow, integrated, lies within exp(rho/c) q of the solution of least norm."""
        point, instances = drawn(
            wide_networks(least=rows_only), size=6, outputs=2, rank=2, unseen=3, excess=6.0, targets=1.0, condition=2.0
        )
        found = {name: value[:, 0] for name, value in measured(bound_at_start, point, instances).items()}
        c = np.maximum(found["b_1"], 0) + np.maximum(found["b_2"], 0)
        distances = []
        for L, s, Y in zip(instances["L"], instances["s"], instances["Y"], strict=True):
            # L itself are weights with this Gram matrix, of as many hidden units as rows
            def slope(_: float, flat: np.ndarray, s: np.ndarray = s, Y: np.ndarray = Y) -> np.ndarray:
                Z = flat.reshape(7, 7)
                V, U, E = Z[:2], Z[2:4], s[:, None] * (Z[2:4] @ Z[:2].T) - Y
                down = np.zeros((7, 7))
                down[:2], down[2:4] = -(s[:, None] * E).T @ U, -(s[:, None] * E) @ V
                return down.ravel()

            Z = solve_ivp(slope, (0, 400), L.ravel(), rtol=1e-9, atol=1e-11).y[:, -1].reshape(7, 7)
            assert Z[2:4] @ Z[:2].T == pytest.approx(Y / s[:, None], abs=1e-5)
            distances.append(np.linalg.norm(Z[4:] @ Z[:2].T, 2))

        assert np.all(np.array(distances) <= np.exp(found["rho"] / c) * found["q"])


class TestLeakyDescent:
    """Smooth leaky ReLU networks at a small start."""

    def test_follows_the_plain_iteration(self) -> None:
        """Singular values are those of gradient descent with a finite-difference check of its slope."""
        point, instances = drawn(leaky_networks(), size=8, samples=3, neurons=4, extra=2, steps=2, gamma=0.5, R=2.0)
        found = measured(ranks(), point, instances)
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

            assert np.linalg.norm(W) == pytest.approx(found["F"][0, step])
            assert np.linalg.svd(W, compute_uv=False)[[0, 2]] == pytest.approx(
                [found["s_1"][0, step], found["s_3"][0, step]]
            )

    def test_random_starts_are_short(self) -> None:
        """The hypothesis on the start's length holds with the probability that it replaces."""
        _, instances = drawn(leaky_networks(), size=4000)

        assert len(instances["W"]) >= 0.99 * 4000
