"""Factorizations of Du, Hu and Lee: nearly balanced and random initializations, saddles."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import numpy as np
import pytest
from claim_tools import Point, drawn, located_claim, measured, never_met, shipped

from lemmata.checks import Effort, judge
from lemmata.claims import Located, WithProbability
from lemmata.claims.papers.du2018._factorization import (
    Budget,
    drift,
    factor_fall,
    factor_run,
    factor_sizes,
    factorizations,
    imbalance,
    lengths,
    loss,
    product,
    sizes,
    slope,
)
from lemmata.claims.papers.du2018._rank_one import (
    arrival,
    components_along_the_run,
    growing_problems,
    passage,
    small_initializations,
    u_along,
    v_along,
)
from lemmata.claims.papers.du2018._saddles import lowest, saddle_curvature, saddles


@pytest.mark.parametrize("located", shipped("du2018.factorization"), ids=lambda located: located.claim.key)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2, 3) for edge in never_met(located.claim, seed, size=32)]


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [
        ("du2018/factor-sizes-from-product", 1 - 1e-9, 1 + 1e-9),
        ("du2018/factorization-loss-falls", 0.96, 1.0),
        ("du2018/factors-stay-bounded", 0.65, 0.71),
    ],
)
def test_ratio_reached(key: str, least: float, most: float) -> None:
    """The claim holds, and its sampled ratio comes as near to the bound as the mathematics allows."""
    evidence = judge(located_claim(key), effort=Effort.QUICK, seed=3)

    assert "holds" == evidence.verdict
    assert evidence.sample is not None
    assert least <= evidence.sample.worst_ratio <= most


@pytest.mark.parametrize("located", shipped("du2018.rank_one"), ids=lambda located: located.claim.key)
def test_as_expected(located: Located) -> None:
    """Each claim passes its quick trial, and its mutants fall; of those of an implied constant, the last, for time."""
    claim = located.claim
    kept = claim.mutants if isinstance(claim.then, WithProbability) else claim.mutants[-1:]
    found = judge(Located(dataclasses.replace(claim, mutants=kept), located.source), effort=Effort.QUICK, seed=11)

    assert found.expected, found.sentence


class TestFactorization:
    """Nearly balanced initializations and the run from them."""

    point: ClassVar[Point] = {"rows": 3, "columns": 2, "rank": 2, "steps": 6}

    def test_run_is_gradient_descent(self) -> None:
        """Imbalance, norms and losses are those of a plain loop."""
        point, given = drawn(factorizations(), **self.point)
        got, fall = measured(factor_run, point, given), measured(factor_fall, point, given)
        for row in range(len(given["eps"])):
            U, V, M = (given[name][row] for name in "UVM")
            for t in range(6):
                R = U @ V.T - M
                assert np.isclose(np.linalg.norm(U.T @ U - V.T @ V), got[drift][row, t])
                assert np.isclose((U**2).sum(), got[lengths][row, t])
                assert np.isclose((R**2).sum() / 2, fall[loss][row, t])
                assert np.isclose(((R @ V) ** 2).sum() + ((R.T @ U) ** 2).sum(), fall[slope][row, t])
                step = given["eta"][row, t]
                U, V = U - step * R @ V, V - step * R.T @ U

        assert len(given["eps"]) >= 8

    def test_recalled_schedule_is_admissible(self) -> None:
        """sqrt(eps/r)/(100 (t+1) |M|^1.5) meets the hypothesis on the sum with room to spare, for epsilon <= |M|."""
        point, given = drawn(factorizations(steps=Budget.SUMMABLE), schedule="recalled", **self.point)
        sizes = np.linalg.norm(given["M"], axis=(1, 2))
        recalled = np.sqrt(given["eps"] / 2) / (100 * sizes**1.5)
        spent = recalled**2 * np.pi**2 / 6 / (given["eps"] / (80 * np.sqrt(2) * sizes**3))

        assert np.allclose(80 * np.pi**2 / (6 * 1e4 * np.sqrt(2)), spent)
        assert np.isclose(recalled[:, None] / np.arange(1, 7), given["eta"]).all(axis=1).mean() > 0.5
        assert point["schedule"] == "recalled"

    def test_small_steps_reach_the_optimum(self) -> None:
        """Constant steps of the second lemma converge and stay balanced, in a time that one can wait for."""
        rng = np.random.default_rng(0)
        M = rng.normal(size=(3, 2)) / 3
        size, eps = np.linalg.norm(M), 0.05
        U, V = (rng.normal(size=(n, 2)) * np.sqrt(eps / 100) for n in (3, 2))
        step = min(1 / (100 * np.sqrt(2) * size), eps / (4.4 * size**2))
        assert np.linalg.norm(U.T @ U - V.T @ V) <= eps / 2
        for _ in range(20000):
            R = U @ V.T - M
            U, V = U - step * R @ V, V - step * R.T @ U

        assert np.linalg.norm(U @ V.T - M) < eps
        assert np.linalg.norm(U.T @ U - V.T @ V) <= eps

    def test_sizes_attain_the_bound(self) -> None:
        """For equal, aligned directions |U|^2 = sqrt(r) (b + sqrt(b^2 + 4 p^2)) / 2."""
        family = factorizations(hypotheses=False)
        point, given = drawn(family, rows=3, columns=3, rank=3, kind="alike", spread=1.0)
        got = measured(factor_sizes, point, given)
        b, p = got[imbalance], got[product]

        assert np.allclose(np.sqrt(3) * (b + np.sqrt(b**2 + 4 * p**2)) / 2, got[sizes])

    def test_constant_of_the_lemma(self) -> None:
        """With b = |M| and p = 3 |M| the bound is 3.55 sqrt(r) |M|, within the 5 of the lemma."""
        assert np.isclose(3.5414, (1 + np.sqrt(37)) / 2, atol=1e-4)


class TestSaddle:
    """The Hessian at (0, V)."""

    def test_is_the_least_eigenvalue_by_differences(self) -> None:
        """NumPy's eigenvalues of a Hessian by second differences agree with the measured one and the closed form."""
        point, given = drawn(saddles(), size=3, rows=2, seen=1, rank=2, spare=1)
        got = measured(saddle_curvature, point, given)
        for row in range(3):
            M = np.hstack([given["M1"][row], np.zeros((2, 3))])
            V = np.vstack([np.zeros((1, 2)), given["V2"][row]])

            def value(flat: Any, M: Any = M, V: Any = V) -> float:
                return float((((flat[:4].reshape(2, 2)) @ (V + flat[4:].reshape(4, 2)).T - M) ** 2).sum() / 2)

            axes = np.eye(12) * 1e-3
            hessian = [[value(a + b) - value(a - b) - value(b - a) + value(-a - b) for b in axes] for a in axes]
            least = np.linalg.eigvalsh(np.array(hessian) / 4e-6)[0]
            s, sigma = np.linalg.svd(V)[1][-1], np.linalg.svd(M)[1][0]

            assert np.isclose(least, got[lowest][row, 0], rtol=1e-4)
            assert np.isclose((s**2 - np.sqrt(s**4 + 4 * sigma**2)) / 2, least, rtol=1e-4)


class TestRankOne:
    """Small Gaussian initializations in reduced coordinates."""

    def test_initializations_have_the_law_of_full_vectors(self) -> None:
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

        assert steps == measured(arrival(), point, {"start": start})[passage][0, 0]

    def test_long_steps_never_arrive(self) -> None:
        """Most runs of step 3/sigma are marked as not seen to arrive, none of step 1/(2 sigma); the mutant falls."""
        point, given = drawn(growing_problems(stalled=False), size=64, log10_d=2, digits=2, log10_sigma=0)
        late = [arrival(*pace).run(point, given).cases[0].censored[str(passage)] for pace in ((1, 2), (3, 1))]
        found = judge(located_claim("du2018/rank-one-in-logarithmic-time"), effort=Effort.QUICK, seed=4)

        assert not late[0].any()
        assert 0.9 < late[1].mean()
        assert ["steps of 3/sigma"] == [
            one.name for one in found.mutants if one.refuted and one.name.startswith("steps")
        ]

    def test_opposite_signs_lose_balance(self) -> None:
        """With opposite signs the ratio leaves [1/10, 10]; with equal signs it never leaves the range it starts in."""
        point, instances = drawn(small_initializations(), size=200, C_0=10.0, rows=20, columns=20, sigma=1.0)
        signs = np.sign(instances["start"][:, :, 0].prod(axis=1))
        found = measured(components_along_the_run(), point, instances)
        low, high = np.sort(np.abs([found[u_along], found[v_along]]), axis=0)
        spread = (high / low).max(axis=1)

        assert np.all(spread[signs < 0] > 10)
        assert spread[signs > 0] == pytest.approx((high / low)[signs > 0, 0], rel=1e-6)
