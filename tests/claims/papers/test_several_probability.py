from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from claim_tools import drawn, measured, shipped

from lemmata.checks import Effort, judge
from lemmata.claims import Located, WithProbability
from lemmata.claims.papers.du2018._rank_one import arrival, components_along_the_run, growing_problems, small_starts

MODULES = ("du2018.rank_one",)


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
