"""Shallow networks and stochastic steps, against difference quotients, SciPy and all orders of samples."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from claim_tools import drawn, measured, never_met, shipped
from scipy.integrate import solve_ivp

from lemmata.claims import Located
from lemmata.claims.papers.polaczyk2022._kaczmarz import (
    SHORT,
    distance,
    expected_distances,
    interpolating_models,
    lowest,
)
from lemmata.claims.papers.polaczyk2022._networks import (
    CERTIFIED,
    CURVATURE,
    flow_of_networks,
    jacobians,
    labelled_networks,
    least,
    least_0,
    misfit,
    path,
    t,
    weights_and_others,
)


@pytest.mark.parametrize(
    "located", shipped("polaczyk2022.lazy", "polaczyk2022.kaczmarz"), ids=lambda one: one.claim.key
)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


def _outputs(X: np.ndarray, W: np.ndarray) -> np.ndarray:
    """The network in words of its own: units with signs in turn, over the root of their number."""
    found: np.ndarray = sum((-1) ** r * np.tanh(X @ w) for r, w in enumerate(W)) / np.sqrt(len(W))
    return found


def _jacobian(X: np.ndarray, W: np.ndarray) -> np.ndarray:
    columns = []
    for place in np.ndindex(*W.shape):
        move = np.zeros_like(W)
        move[place] = 1e-6
        columns.append((_outputs(X, W + move) - _outputs(X, W - move)) / 2e-6)
    return np.stack(columns, axis=1)


def test_curvature_of_tanh() -> None:
    """4/(3 sqrt 3) is the largest second derivative, on a grid."""
    z = np.linspace(-3, 3, 100_001)

    assert np.abs(-2 * np.tanh(z) * (1 - np.tanh(z) ** 2)).max() == pytest.approx(CURVATURE, rel=1e-8)


def test_singular_values_are_those_of_difference_quotients() -> None:
    """At the initialization and elsewhere."""
    point, given = drawn(weights_and_others(), size=2, samples=2, units=3, dimension=2, push=0.3)
    got = measured(jacobians(), point, given)
    for k, (X, W, push) in enumerate(zip(given["X"], given["W"], given["push"], strict=True)):
        for symbol, at in ((least_0, W), (least, W + push)):
            assert np.linalg.svd(_jacobian(X, at), compute_uv=False)[1] == pytest.approx(got[symbol][k, 0], rel=1e-5)


def test_flow_is_that_of_scipy() -> None:
    """Residual and length of the path agree with an adaptive integration of difference quotients."""
    point, given = drawn(labelled_networks(CERTIFIED), size=1, samples=2, units="16", labels=0.05)
    got = measured(flow_of_networks, point, given)
    X, W, y = (given[name][0] for name in ("X", "W", "y"))

    def field(_: float, state: Any) -> Any:
        at = state[:-1].reshape(W.shape)
        slope = -_jacobian(X, at).T @ (_outputs(X, at) - y)
        return np.append(slope, np.linalg.norm(slope))

    end = solve_ivp(field, (0, got[t][0, -1]), np.append(W.ravel(), 0.0), rtol=1e-8, atol=1e-10).y[:, -1]

    assert np.linalg.norm(_outputs(X, end[:-1].reshape(W.shape)) - y) == pytest.approx(got[misfit][0, -1], rel=1e-3)
    assert end[-1] == pytest.approx(got[path][0, -1], rel=1e-3)


@pytest.mark.parametrize("noise", [False, True])
def test_expectation_is_the_mean_over_all_orders(noise: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Every sequence of samples is run, and the squared distances are averaged."""
    point, given = drawn(interpolating_models(SHORT, noise=noise), seed=1, size=4, samples=2, room=1)
    got = measured(expected_distances, point, given)
    for k, (X, c, step, kick) in enumerate(zip(given["X"], given["c"], given["eta"], given["noise"], strict=True)):
        ends = []
        for order in product(range(2), repeat=4):
            e = X.T @ c
            for i in order:
                e = e - step * X[i] * (X[i] @ e - kick[i])
            ends.append(e @ e)

        assert np.mean(ends) == pytest.approx(got[distance][k, -1])
        assert np.linalg.eigvalsh(X.T @ X / 2)[-2] == pytest.approx(got[lowest][k, 0])
