"""The integrated flow of diagonal networks, against SciPy's and against the limit that the dual knows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lemmata.solvers.diagonal import diagonal_flow, mirror_height

A = np.array([[[0.5, -0.25, 0.75], [0.25, 0.5, 0.0]]])
Y = np.array([[0.75, -0.5]])


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_is_the_flow_that_scipy_integrates(depth: int) -> None:
    """Network and pulls, A' times the integral of the residual, agree at the end of the run."""
    run = diagonal_flow(A, Y, np.array([0.6]), depth=depth, longest=0.05, steps=60)

    def slope(_: float, state: np.ndarray) -> np.ndarray:
        u, v = state[:3], state[3:6]
        residual = Y[0] - A[0] @ (u**depth - v**depth)
        pull = A[0].T @ residual
        return np.concatenate([depth * u ** (depth - 1) * pull, -depth * v ** (depth - 1) * pull, residual])

    start = np.concatenate([np.full(6, 0.6), np.zeros(2)])
    end = solve_ivp(slope, (0, run.times[0, -1]), start, rtol=1e-11, atol=1e-13).y[:, -1]

    assert end[:3] ** depth - end[3:6] ** depth == pytest.approx(run.x[0, -1], abs=1e-6)
    assert A[0].T @ end[6:] == pytest.approx(run.pulls[0, -1], abs=1e-6)
    assert np.abs(A[0].T @ end[6:] - run.pulls[0, -1]).max() <= run.error[0, -1]


def test_moves_on_the_image_of_the_mirror_map() -> None:
    """At all times x = alpha^D h(alpha^(D-2) D (D-2) A' int r), the form that bounds the integral."""
    depth, alpha = 4, 0.5
    run = diagonal_flow(A, Y, np.array([alpha]), depth=depth, longest=0.02, steps=200)
    z = alpha ** (depth - 2) * depth * (depth - 2) * run.pulls[0]

    expected = alpha**depth * np.sign(z) * mirror_height(np.abs(z), Fraction(depth))

    assert expected == pytest.approx(run.x[0], abs=1e-6)
