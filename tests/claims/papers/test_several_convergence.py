from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import pytest
from claim_tools import Point, drawn, measured, shipped
from scipy.integrate import solve_ivp
from scipy.linalg import fractional_matrix_power
from scipy.optimize import minimize, nnls

from lemmata.checks import Effort, judge
from lemmata.claims import Located
from lemmata.claims.settings.networks.linear import (
    balanced_networks,
    end_to_end_flow,
    flow_at_a_point,
    overparametrized_networks,
)
from lemmata.claims.settings.separable import (
    each_step,
    exponential_descent,
    leaky_margin,
    nearly_orthogonal_data,
    separable,
    separable_samples,
)

MODULES = ("min2021.convergence", "soudry2018.convergence", "frei2022.margin", "arora2018")


class TestOverparametrized:
    """Gradient flow of two-layer linear networks at a point."""

    point: ClassVar[Point] = {
        "rank": 2,
        "outputs": 2,
        "hidden": 5,
        "unseen": 1,
        "unexplained": 1,
        "spread": 0.5,
    }

    def test_equals_the_closed_form(self) -> None:
        """-df/dt = |S E V|^2 + |U_1' S E|^2, and the gap is half the squared explainable residual."""
        point, given = drawn(overparametrized_networks(), **self.point)
        got = measured(flow_at_a_point, point, given)
        s, U, V, Y = given["s"], given["U"][:, :2], given["V"], given["Y"][:, :2]
        E = Y - s[:, :, None] * (U @ V.swapaxes(1, 2))
        pull = s[:, :, None] * E
        fall = ((pull @ V) ** 2).sum((1, 2)) + ((U.swapaxes(1, 2) @ pull) ** 2).sum((1, 2))

        assert np.allclose((E**2).sum((1, 2)) / 2, got["Delta"][:, 0])
        assert np.allclose(fall, got["D"][:, 0])

    def test_flow_converges_at_the_rate_to_near_the_least_norm(self) -> None:
        """SciPy's solution of the flow obeys both integrated theorems, whose pointwise forms are on trial."""
        point, given = drawn(overparametrized_networks(), size=1, **self.point)
        got = {name: float(value[0, 0]) for name, value in measured(flow_at_a_point, point, given).items()}
        s, U, V, Y = (given[name][0] for name in ("s", "U", "V", "Y"))
        X = np.zeros((3, 3))
        X[[0, 1], [0, 1]] = s

        def field(_: float, state: Any) -> Any:
            u, v = state[:15].reshape(3, 5), state[15:].reshape(2, 5)
            E = Y - X @ u @ v.T
            return np.concatenate([(X.T @ E @ v).ravel(), (E.T @ X @ u).ravel()])

        times = np.linspace(0, 1, 5)
        start = np.concatenate([U.ravel(), V.ravel()])
        path = solve_ivp(field, (0, 60), start, t_eval=[*times, 60], rtol=1e-10, atol=1e-12).y
        gaps = []
        for state in path.T:
            E = (Y - X @ state[:15].reshape(3, 5) @ state[15:].reshape(2, 5).T)[:2]
            gaps.append((E**2).sum() / 2)
        c = max(got["a"], 0) + max(got["b"], 0)
        final = path[:15, -1].reshape(3, 5) @ path[15:, -1].reshape(2, 5).T
        bound = np.exp(np.sqrt(2 * got["lambda_1"] * got["Delta"]) / (got["lambda_r"] * c)) * np.sqrt(got["q"])

        assert c > 0
        assert (np.array(gaps[:5]) <= np.exp(-2 * got["lambda_r"] * c * times) * got["Delta"] * (1 + 1e-6)).all()
        assert np.linalg.norm(final - np.linalg.pinv(X) @ Y, 2) <= bound

    def test_few_hidden_units(self) -> None:
        """With fewer hidden units than the rank the imbalance promises nothing: both terms are at most zero."""
        point, given = drawn(overparametrized_networks(), rank=3, outputs=2, hidden=1)
        got = measured(flow_at_a_point, point, given)

        assert (got["a"] == 0).all()
        assert (got["b"] == 0).all()


class TestSeparable:
    """Separable data of known margin, and gradient descent on them."""

    point: ClassVar[Point] = {"support": 3, "others": 2, "across": 2, "margin": 0.6, "pace": 0.9, "steps": 30}

    def test_margin_is_the_maximal_one(self) -> None:
        """The margin by non-negative least squares is the one that the family promises."""
        _, given = drawn(separable(), **self.point)
        found = []
        for z in separable_samples(given):
            weights, _ = nnls(np.vstack([z.T, 1e3 * np.ones(len(z))]), np.r_[np.zeros(z.shape[1]), 1e3])
            found.append(np.linalg.norm(weights @ z) / weights.sum())

        assert len(found) >= 4
        assert np.allclose(0.6, found, rtol=1e-4)

    def test_descent_is_gradient_descent(self) -> None:
        """Losses, norms and scores are those of a plain loop."""
        point, given = drawn(separable(), **self.point)
        got = measured(exponential_descent(), point, given, case=1)
        samples = separable_samples(given)
        for row, (z, eta) in enumerate(zip(samples, given["eta"], strict=True)):
            w = np.zeros(z.shape[1])
            for step in range(30):
                w = w + eta * np.exp(-z @ w) @ z
                assert np.isclose(np.exp(-z @ w).sum(), got["L"][row, step])
                assert np.isclose(np.linalg.norm(w), got["|w|"][row, step])
                assert np.isclose(z[1] @ w, got["m_i"][row, step])

    def test_samples_alike_attain_the_step(self) -> None:
        """For samples alike each step multiplies the loss by exactly exp(-eta gamma^2 L)."""
        point, given = drawn(separable(), **self.point)
        got = measured(each_step, point, {**given, "v": 0 * given["v"], "b": 0 * given["b"]})
        ratio = got["L_{t+1}"] / (got["L"] * np.exp(-got["eta"] * got["gamma"] ** 2 * got["L"]))

        assert np.allclose(1, ratio)


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

        cases = [measured(leaky_margin, point, given, case)["lambda_i"][0, 0] for case in (0, 2, 4)]
        start = (signs[:, None] * (y @ X)).ravel() * 3
        constraint = {"type": "ineq", "fun": lambda flat: outputs(flat) - 1}
        found = minimize(lambda flat: flat @ flat / 2, start, constraints=[constraint], method="SLSQP", tol=1e-12)

        # At a KKT point |W|^2 = sum_i lambda_i, by homogeneity.
        assert found.success
        assert np.isclose(sum(cases), found.x @ found.x, rtol=1e-6)

    def test_linear_margin_is_the_maximal_one(self) -> None:
        """The linear predictor of maximal margin has the norm that non-negative least squares finds."""
        point, given = drawn(nearly_orthogonal_data(), **self.point)
        got = measured(leaky_margin, point, given)["|z*|^2"][:, 0]
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


class TestEndToEnd:
    """Deep linear networks seen through the product of their layers."""

    @pytest.mark.parametrize("depth", [2, 3, 4])
    def test_powers_are_fractional_powers(self, depth: int) -> None:
        """The preconditioners are the powers k/N of W W' and W'W by SciPy, for square products of full rank."""
        point, given = drawn(balanced_networks(depth), widths=[3] * (depth + 1), samples=2)
        got = measured(end_to_end_flow(depth), point, given)
        for k in range(1, depth):
            for row, W in enumerate(got["W"][:, 0]):
                assert np.allclose(fractional_matrix_power(W @ W.T, k / depth), got[f"A_{k}"][row, 0])
                assert np.allclose(fractional_matrix_power(W.T @ W, k / depth), got[f"B_{k}"][row, 0])

    def test_gradient_of_the_product(self) -> None:
        """G is (W X - Y) X'."""
        point, given = drawn(balanced_networks(2), widths=[3, 2, 4], samples=3)
        got = measured(end_to_end_flow(2), point, given)
        W, X, Y = got["W"][:, 0], given["X"], given["Y"]

        assert np.allclose((W @ X - Y) @ X.swapaxes(1, 2), got["G"][:, 0])


@pytest.mark.parametrize("located", shipped(*MODULES), ids=lambda located: located.claim.key)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    family = located.claim.given
    for seed in (1, 2):
        for edge in family.edges:
            point = family.at_edge(edge)
            given = family.draw(point, np.random.default_rng(seed), 16)
            given = given if edge.adjust is None else edge.adjust(point, given)
            met = np.all([np.ones(16, dtype=bool), *(h.holds(point, given) for h in family.hypotheses)], axis=0)

            assert met.any(), edge.name


@pytest.mark.parametrize(
    "key", ["min2021/imbalance-rate", "soudry2018/weights-grow", "frei2022/linear-decision-boundary"]
)
def test_witness_attains_the_bound(key: str) -> None:
    """A tight claim holds, and its ratio is one."""
    located = next(one for one in shipped(*MODULES) if one.claim.key == key)
    evidence = judge(located, effort=Effort.QUICK, seed=3)

    assert "holds" == evidence.verdict
    assert evidence.sample is not None
    assert 1 - 1e-9 <= evidence.sample.worst_ratio
