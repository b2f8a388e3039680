"""Transport on layers and flows of linear ResNets, against all permutations, linear programs and SciPy."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np
import pytest
from claim_tools import drawn, measured, never_met, shipped
from scipy.integrate import solve_ivp
from scipy.optimize import linprog

from lemmata.claims import Located
from lemmata.claims.papers.barboni2024._resnets import (
    SMALL,
    certificate,
    f_t,
    flow_of_resnets,
    length,
    losses,
    mu,
    resnets,
    slopes,
    t,
)
from lemmata.claims.papers.barboni2024._transport import conditional, joint, measures_on_layers, two_distances


@pytest.mark.parametrize(
    "located", shipped("barboni2024.transport", "barboni2024.convergence"), ids=lambda one: one.claim.key
)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


class TestTransport:
    """Discrete measures on layers."""

    def test_within_the_layers(self) -> None:
        """COT^2 is the mean over the layers of the best of all permutations."""
        point, given = drawn(measures_on_layers(), size=3, layers=2, points=3, dimension=2)
        got = measured(two_distances(), point, given)[conditional][:, 0]
        for first, second, value in zip(given["mu"], given["nu"], got, strict=True):
            costs = [
                min(sum(((a[i] - b[j]) ** 2).sum() for i, j in enumerate(order)) for order in permutations(range(3)))
                for a, b in zip(first, second, strict=True)
            ]

            assert sum(costs) / 6 == pytest.approx(value)

    def test_across_the_layers(self) -> None:
        """W_2^2 is the value of the linear program over all plans, layers ell apart."""
        point, given = drawn(measures_on_layers(), size=1, layers=2, points=2, dimension=1, separation=0.5)
        value = measured(two_distances(), point, given)[joint][0, 0]
        first, second = (given[name][0].reshape(4) for name in ("mu", "nu"))
        place = np.array([0, 0, 1, 1]) * given["ell"][0]
        cost = (first[:, None] - second) ** 2 + (place[:, None] - place) ** 2
        sums = np.vstack([np.kron(np.eye(4), np.ones(4)), np.kron(np.ones(4), np.eye(4))])

        found = linprog(cost.ravel(), A_eq=sums, b_eq=np.full(8, 1 / 4))

        assert found.fun == pytest.approx(value)


class TestResnets:
    """Linear ResNets of finite depth."""

    def test_gradient_is_that_of_the_loss(self) -> None:
        """Difference quotients of the loss agree."""
        _, given = drawn(resnets(), size=1, depth=3, dimension=2)
        W, X, Y = (given[name] for name in ("W", "X", "Y"))
        Y = Y + 1.0
        got = slopes(W, X, Y)
        for place in np.ndindex(*W.shape[1:]):
            move = np.zeros_like(W)
            move[(0, *place)] = 1e-6

            assert (losses(W + move, X, Y) - losses(W - move, X, Y)) / 2e-6 == pytest.approx(
                got[(0, *place)], rel=1e-5, abs=1e-7
            )

    def test_certificate_holds_on_the_ball(self) -> None:
        """|grad f|^2 >= 2 mu f at random points of the sphere, whatever the target."""
        rng = np.random.default_rng(0)
        _, given = drawn(resnets(), size=64, depth=3, dimension=2, reach=0.2)
        W, X, R = (given[name] for name in ("W", "X", "R"))
        push = rng.normal(size=W.shape)
        W_there = W + push * (R / np.sqrt((push**2).sum(axis=(1, 2, 3))))[:, None, None, None]
        Y = rng.normal(size=X.shape)

        squares = (slopes(W_there, X, Y) ** 2).sum(axis=(1, 2, 3))

        assert (squares >= 2 * certificate(W, X, R) * losses(W_there, X, Y)).all()

    def test_flow_is_that_of_scipy(self) -> None:
        """Loss and length of the path agree with an adaptive integration."""
        point, given = drawn(resnets(SMALL), size=1, depth=2, dimension=2, reach=0.2)
        got = measured(flow_of_resnets, point, given)
        W, X, Y = (given[name] for name in ("W", "X", "Y"))

        def field(_: float, state: Any) -> Any:
            slope = -slopes(state[:-1].reshape(W.shape), X, Y).ravel()
            return np.append(slope, np.linalg.norm(slope))

        end = solve_ivp(field, (0, got[t][0, -1]), np.append(W.ravel(), 0.0), rtol=1e-11, atol=1e-13).y[:, -1]

        assert losses(end[:-1].reshape(W.shape), X, Y)[0] == pytest.approx(got[f_t][0, -1], rel=1e-4, abs=1e-12)
        assert end[-1] == pytest.approx(got[length][0, -1], rel=1e-4)
        assert certificate(W, X, given["R"])[0] == pytest.approx(got[mu][0, 0])
