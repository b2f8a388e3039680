"""The functional game on tables, against difference quotients, SciPy's flow and a general solver."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from claim_tools import drawn, measured, never_met, shipped
from scipy.integrate import solve_ivp
from scipy.optimize import minimize

from lemmata.claims import Located
from lemmata.claims.papers.zhu2024._game import (
    REGULARISED,
    approach,
    at_saddle,
    distance_at_a_point,
    duality_gap,
    falling,
    games,
    gap_at_a_point,
    saddle_point,
    to_saddle,
)

_POINT = {"rows": 2, "columns": 3, "regularizer": "small"}


@pytest.mark.parametrize("located", shipped("zhu2024.game"), ids=lambda one: one.claim.key)
def test_every_edge_is_met(located: Located) -> None:
    """Each edge has instances that meet every hypothesis, at more than one seed."""
    assert [] == [edge for seed in (1, 2) for edge in never_met(located.claim, seed)]


def _game(given: dict[str, Any], k: int, f: np.ndarray, g: np.ndarray) -> float:
    residual = given["A"][k] @ f - given["b"][k]
    return float(g @ residual - g @ g / 2 + given["lambda"][k] * f @ f / 2)


def _flow(given: dict[str, Any], k: int, time: float) -> Any:
    A, b, weight = given["A"][k], given["b"][k], given["lambda"][k]
    split = A.shape[1]

    def field(_: float, z: np.ndarray) -> np.ndarray:
        f, g = z[:split], z[split:]
        return np.concatenate([-(A.T @ g + weight * f), A @ f - b - g])

    start = np.concatenate([given["f"][k], given["g"][k]])
    return solve_ivp(field, (0, time), start, rtol=1e-10, atol=1e-12, dense_output=True).sol


def test_gap_and_approach() -> None:
    """The gap is a difference of two values of the game; the approach is how SciPy's flow moves."""
    point, given = drawn(games(), seed=2, size=3, **_POINT)
    got = measured(gap_at_a_point(), point, given)
    for k in range(3):
        f, g, u_f, u_g = (given[name][k] for name in ("f", "g", "u_f", "u_g"))
        path, u = _flow(given, k, 1e-3), np.concatenate([u_f, u_g])
        slope = (np.sum((path(1e-3) - u) ** 2) - np.sum((path(0) - u) ** 2)) / 1e-3

        assert _game(given, k, f, u_g) - _game(given, k, u_f, g) == pytest.approx(got[duality_gap][k, 0])
        assert -slope == pytest.approx(got[approach][k, 0], rel=2e-2, abs=1e-1)


def test_integrated_theorem_holds_along_the_flow() -> None:
    """The mean gap up to T is at most |z_0 - u|^2/(2T), by quadrature along SciPy's flow."""
    _, given = drawn(games(), seed=4, size=4, **_POINT)
    for k in range(4):
        u_f, u_g = given["u_f"][k], given["u_g"][k]
        path, times = _flow(given, k, 5.0), np.linspace(0, 5, 2001)
        gaps = [_game(given, k, z[:3], u_g) - _game(given, k, u_f, z[3:]) for z in path(times).T]

        assert np.trapezoid(gaps, times) / 5 <= np.sum((path(0) - np.concatenate([u_f, u_g])) ** 2) / 10 * (1 + 1e-6)


def test_saddle_is_where_the_flow_ends() -> None:
    """SciPy's flow ends at the value of the saddle, at the distance that is measured; so does a general minimiser."""
    point, given = drawn(games(REGULARISED), seed=3, size=2, **_POINT)
    values = measured(saddle_point, point, given)
    distances = measured(distance_at_a_point(), point, given)
    for k in range(2):
        path = _flow(given, k, 200.0)
        end = path(200.0)
        error = minimize(
            lambda f, k=k: np.sum((given["A"][k] @ f - given["b"][k]) ** 2) / 2 + given["lambda"][k] * f @ f / 2,
            np.zeros(3),
        )

        assert _game(given, k, end[:3], end[3:]) == pytest.approx(values[at_saddle][k, 0], rel=1e-6)
        assert error.fun == pytest.approx(values[at_saddle][k, 0], rel=1e-6)
        assert np.sum((path(0) - end) ** 2) == pytest.approx(distances[to_saddle][k, 0], rel=1e-6)
        assert distances[falling][k, 0] > 0
