from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from claim_tools import Point, drawn, measured, shipped

from lemmata.checks import Effort, judge
from lemmata.claims import Located
from lemmata.claims.papers.du2018._factorization import (
    SUMMABLE,
    factor_fall,
    factor_run,
    factor_sizes,
    factorizations,
)
from lemmata.claims.papers.du2018._saddles import saddle_curvature, saddles
from lemmata.claims.papers.zhang2026._support_gap import (
    budget_step,
    descent,
    flow_at_a_point,
    networks,
    theorem_step,
)

MODULES = ("du2018.factorization", "zhang2026.support_gap")


class TestFactorization:
    """Nearly balanced starts and the run from them."""

    point: ClassVar[Point] = {"rows": 3, "columns": 2, "rank": 2, "steps": 6}

    def test_run_is_gradient_descent(self) -> None:
        """Imbalance, norms and losses are those of a plain loop."""
        point, given = drawn(factorizations(), **self.point)
        got, fall = measured(factor_run, point, given), measured(factor_fall, point, given)
        for row in range(len(given["eps"])):
            U, V, M = (given[name][row] for name in "UVM")
            for t in range(6):
                R = U @ V.T - M
                assert np.isclose(np.linalg.norm(U.T @ U - V.T @ V), got["b_t"][row, t])
                assert np.isclose((U**2).sum(), got["F^2"][row, t])
                assert np.isclose((R**2).sum() / 2, fall["f_t"][row, t])
                assert np.isclose(((R @ V) ** 2).sum() + ((R.T @ U) ** 2).sum(), fall["g_t^2"][row, t])
                step = given["eta"][row, t]
                U, V = U - step * R @ V, V - step * R.T @ U

        assert len(given["eps"]) >= 8

    def test_recalled_schedule_is_lawful(self) -> None:
        """sqrt(eps/r)/(100 (t+1) |M|^1.5) meets the hypothesis on the sum with room to spare, for epsilon <= |M|."""
        point, given = drawn(factorizations(steps=SUMMABLE), schedule="recalled", **self.point)
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
        b, p = got["b_t"], got["p"]

        assert np.allclose(np.sqrt(3) * (b + np.sqrt(b**2 + 4 * p**2)) / 2, got["F^2"])

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

            assert np.isclose(least, got["lambda_min"][row, 0], rtol=1e-4)
            assert np.isclose((s**2 - np.sqrt(s**4 + 4 * sigma**2)) / 2, least, rtol=1e-4)


class TestSupportGap:
    """Margins, step sizes and the two dynamics of the mean-field scaling."""

    point: ClassVar[Point] = {"inputs": 2, "outputs": 2, "width": 6, "condition": 1.0, "length": 0.5}

    def test_margins_are_those_of_the_definition(self) -> None:
        """a_+ is the largest a with Sigma - a J positive semidefinite, a_- that with Sigma + a J."""
        point, given = drawn(networks(rule=theorem_step), **self.point)
        got = measured(flow_at_a_point, point, given)
        J = np.diag([1.0, 1.0, -1.0, -1.0])
        for row in range(len(given["U"])):
            W = np.vstack([given["U"][row], given["V"][row]])
            sigma = W @ W.T / 6
            for sign, name in ((1, "a_u"), (-1, "a_v")):
                margin = max(got[name][row, 0], 0)
                assert np.linalg.eigvalsh(sigma - sign * margin * J)[0] > -1e-12
                assert np.linalg.eigvalsh(sigma - sign * (margin + 1e-6) * J)[0] < 0

    @pytest.mark.parametrize("width", [1, 2, 3])
    def test_narrow_networks_have_no_margin_of_their_own(self, width: int) -> None:
        """Fewer hidden units than inputs or outputs: the definition gives zero, and so do the eigenvalues."""
        point, _ = drawn(networks(rule=theorem_step), inputs=3, outputs=2, width=width)
        given = networks(rule=theorem_step).draw(point, np.random.default_rng(0), 8)
        got = measured(flow_at_a_point, point, given)
        J = np.diag([1.0, 1.0, 1.0, -1.0, -1.0])
        for row in range(8):
            W = np.vstack([given["U"][row], given["V"][row]])
            for sign, name in ((1, "a_u"), (-1, "a_v")):
                margin = max(got[name][row, 0], 0)
                assert np.linalg.eigvalsh(W @ W.T / width - sign * (margin + 1e-5) * J)[0] < 0

    def test_decline_is_the_closed_form(self) -> None:
        """-dl/dt = tr(E'E Sigma_u) + tr(E E' Sigma_v)."""
        point, given = drawn(networks(rule=theorem_step), **self.point)
        got = measured(flow_at_a_point, point, given)
        U, V = given["U"], given["V"]
        E = given["q"].reshape(-1, 2, 2) * (V @ U.swapaxes(1, 2) / 6 - given["T"])
        expected = (((E @ U) ** 2).sum((1, 2)) + ((E.swapaxes(1, 2) @ V) ** 2).sum((1, 2))) / 6

        assert np.allclose(expected, got["D"][:, 0])

    def test_length_is_the_one_asked_for(self) -> None:
        """Instances start with I = 4 sqrt(Delta_0 / kappa) / g equal to the family's parameter."""
        point, given = drawn(networks(rule=theorem_step), **self.point)
        got = measured(flow_at_a_point, point, given)
        gap = np.maximum(got["a_u"], 0) + np.maximum(got["a_v"], 0)

        assert np.allclose(0.5, 4 * np.sqrt(got["Delta_k"] / got["kappa"]) / gap)

    def test_white_step_is_the_one_printed(self) -> None:
        """For Sigma_0 = I and I_* as it comes out, the step bound is the explicit one of the paper."""
        point, given = drawn(networks(rule=theorem_step), inputs=1, outputs=1, width=2, kind="white", length=0.5)
        loss = given["q"][:, 0] * given["T"][:, 0, 0] ** 2 / 2
        length = 2 * np.sqrt(loss / given["kappa"])
        first = 2 * np.exp(2 * length) * np.sqrt(given["L"] * loss)
        first += 9 / np.sqrt(2) * given["L"] * np.exp(4 * length)
        second = (np.sqrt(2) - 1) / (2 * np.exp(2 * length) * loss)

        assert np.allclose(np.minimum(1 / first, second), theorem_step(point, given))

    def test_no_step_for_a_rate_beyond_the_gap(self) -> None:
        """A rate below the gap has a step, one beyond it has none."""
        point, given = drawn(networks(rule=budget_step), **self.point)
        gap = given["c"] / point["share"]

        assert (budget_step(point, {**given, "c": 1.01 * gap}) == 0).all()
        assert (budget_step(point, given) > 0).all()

    def test_descent_is_a_plain_loop(self) -> None:
        """Losses along the run."""
        point, given = drawn(networks(rule=theorem_step), steps=5, **self.point)
        got = measured(descent, point, given)
        for row in range(len(given["U"])):
            U, V, q = given["U"][row], given["V"][row], given["q"][row].reshape(2, 2)
            for k in range(5):
                E = q * (V @ U.T / 6 - given["T"][row])
                assert np.isclose((E**2 / q).sum() / 2, got["Delta_k"][row, k])
                U, V = U - given["tau"][row] * E.T @ V, V - given["tau"][row] * E @ U

    def test_a_large_step_can_trap(self) -> None:
        """Full-rank white start, (s - 1)^2 / 2 and tau = 1: after two steps the factors are zero."""
        instances = {
            "U": np.array([[[np.sqrt(2), 0.0]]]),
            "V": np.array([[[0.0, np.sqrt(2)]]]),
            "T": np.ones((1, 1, 1)),
            **{name: np.ones((1, 1) if name == "q" else 1) for name in ("q", "kappa", "L", "c", "tau")},
        }
        point = {"inputs": 1, "outputs": 1, "width": 2, "blind": 0, "steps": 4}
        got = measured(descent, point, instances)

        assert np.allclose([0.5, 0.5, 0.5, 0.5], got["Delta_k"][0])


@pytest.mark.parametrize("located", shipped(*MODULES), ids=lambda located: located.claim.key)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    family = located.claim.given
    for seed in (1, 2, 3):
        for edge in family.edges:
            point = family.at_edge(edge)
            given = family.draw(point, np.random.default_rng(seed), 32)
            given = given if edge.adjust is None else edge.adjust(point, given)
            met = np.all([np.ones(32, dtype=bool), *(h.holds(point, given) for h in family.hypotheses)], axis=0)

            assert met.any(), edge.name


@pytest.mark.parametrize(
    ("key", "least", "most"),
    [
        ("du2018/factor-sizes-from-product", 1 - 1e-9, 1 + 1e-9),
        ("du2018/factorization-loss-falls", 0.96, 1.0),
        ("du2018/factors-stay-bounded", 0.65, 0.71),
        ("zhang2026/support-gap-rate", 1 - 1e-9, 1 + 1e-9),
        ("zhang2026/rate-near-the-flow", 0.98, 1.0),
    ],
)
def test_ratio_reached(key: str, least: float, most: float) -> None:
    """The claim holds, and its sampled ratio comes as near to the bound as the mathematics allows."""
    located = next(one for one in shipped(*MODULES) if one.claim.key == key)
    evidence = judge(located, effort=Effort.QUICK, seed=3)

    assert "holds" == evidence.verdict
    assert evidence.sample is not None
    assert least <= evidence.sample.worst_ratio <= most
