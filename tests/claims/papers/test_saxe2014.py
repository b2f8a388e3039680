"""The closed form of the modes, against an integrator and against its own derivation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from claim_tools import at_edge, unmet
from scipy.integrate import solve_ivp

from lemmata.claims import Claim
from lemmata.claims.papers.saxe2014._modes import layer
from lemmata.claims.papers.saxe2014.modes import decoupling, full_solution, sigmoid


@pytest.mark.parametrize("claim", [decoupling, sigmoid, full_solution], ids=lambda claim: claim.key)
def test_every_edge_meets_the_hypotheses(claim: Claim) -> None:
    """Whatever the seed, the instances at every edge are such as the claim speaks of."""
    assert [] == [edge for seed in (0, 1) for edge in unmet(claim, seed)]


def test_full_layers_follow_the_closed_form() -> None:
    """SciPy's gradient flow of both layers, from the closed form at 0 to that at t, on white inputs."""
    parameters, drawn = at_edge(full_solution, "square", size=1)
    parameters = {**parameters, "hidden": 2, "inputs": 3, "outputs": 2, "unexplained": 1}
    drawn = full_solution.given.draw(parameters, np.random.default_rng(1), 1)
    sides = {
        time: [
            case.values[str(layer())][0, 0]
            for case in full_solution.when.run(parameters, {**drawn, "t": np.array([time])}).cases
        ]
        for time in (0.0, 1.5)
    }
    target = sides[0.0][1] @ sides[0.0][0]
    # The data, written anew: targets U S V' in the frames of the reflections, white inputs.
    mirror = {name: np.eye(v.shape[1]) - 2 * np.outer(v[0], v[0]) / (v[0] @ v[0]) for name, v in frames(drawn)}
    wanted = mirror["F2"] @ np.eye(2, 3) @ np.diag([*drawn["s"][0], 0.0]) @ mirror["F0"]

    def velocity(_: float, flat: np.ndarray) -> np.ndarray:
        lower, upper = flat[:6].reshape(2, 3), flat[6:].reshape(2, 2)
        residual = upper @ lower - wanted
        return -np.concatenate([(upper.T @ residual).ravel(), (residual @ lower.T).ravel()])

    flat = np.concatenate([sides[0.0][0].ravel(), sides[0.0][1].ravel()])
    ended = solve_ivp(velocity, (0, 1.5), flat, rtol=1e-11, atol=1e-12).y[:, -1]

    assert np.allclose(np.concatenate([sides[1.5][0].ravel(), sides[1.5][1].ravel()]), ended, atol=1e-8)
    assert not np.allclose(target, sides[1.5][1] @ sides[1.5][0], atol=1e-2)


def frames(drawn: Any) -> list[tuple[str, np.ndarray]]:
    """The normals of the frames' reflections."""
    return [(name, value) for name, value in drawn.items() if name.startswith("F")]


def test_sigmoid_is_the_conserved_phase() -> None:
    """(s/a - 1) e^(2st) = s/a_0 - 1 solved for a is the closed form."""
    a, a_0, s, t = sp.symbols("a a_0 s t", positive=True)
    grown = sp.exp(2 * s * t)
    (found,) = sp.solve(sp.Eq((s / a - 1) * grown, s / a_0 - 1), a)

    assert sp.simplify(found - s * grown / (grown - 1 + s / a_0)) == 0
