"""Mirror descent and the nearest point in divergence, against SciPy, closed forms and a loop."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from lemmata.solvers import Bounded, to_balls
from lemmata.solvers.optimization import Potential, divergence, least_divergence, mirror_descent


def problem(seed: int, m: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """X, a positive solution and a positive start."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(m, n)), np.exp(rng.normal(size=n)), np.exp(rng.normal(size=n))


@pytest.mark.parametrize("seed", range(5))
def test_least_divergence(seed: int) -> None:
    """Against a constrained minimiser that works on the weights themselves."""
    matrix, solution, start = problem(seed, 2, 5)
    values = matrix @ solution
    primal = minimize(
        lambda w: float(np.sum(w * np.log(w / start) - w + start)),
        solution,
        jac=lambda w: np.log(w / start),
        bounds=[(1e-9, None)] * 5,
        constraints={"type": "eq", "fun": lambda w: matrix @ w - values, "jac": lambda _: matrix},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    found = least_divergence(*(Bounded.exact(one[None]) for one in (matrix, values, start)))

    assert pytest.approx(primal.fun, abs=1e-7) == found.value[0]
    assert found.error[0] < 1e-10


def test_limit_of_exponentiated_gradient() -> None:
    """Run until the loss is gone, exponentiated gradient ends at the least divergence of all interpolators."""
    matrix, solution, start = problem(3, 2, 5)
    values = matrix @ solution
    steps = np.full((1, 40_000), 0.02 / np.sum(matrix**2))
    point = mirror_descent(matrix[None], values[None], start[None], steps, Potential.ENTROPY)[:, -1]
    least = least_divergence(matrix[None], values[None], start[None])

    assert matrix @ point[0] == pytest.approx(values, abs=1e-9)
    assert divergence(point, start[None], Potential.ENTROPY)[0] == pytest.approx(least[0], abs=1e-8)


def test_euclidean_is_gradient_descent() -> None:
    """With half the squared norm it is plain gradient descent, which ends at the projection of the start."""
    matrix, solution, start = problem(4, 2, 4)
    values = matrix @ solution
    steps = np.full((1, 4000), 1 / np.linalg.norm(matrix, 2) ** 2)
    point = mirror_descent(matrix[None], values[None], start[None], steps, Potential.EUCLIDEAN)[0, -1]

    assert point == pytest.approx(start + np.linalg.pinv(matrix) @ (values - matrix @ start), abs=1e-9)


def test_balls() -> None:
    """The same in 256-bit balls, within the float64 bars."""
    import flint

    matrix, solution, start = problem(6, 2, 4)
    parts = [one[None] for one in (matrix, matrix @ solution, start)]
    found = least_divergence(*(Bounded.exact(one) for one in parts))
    with flint.ctx.workprec(256):
        exact = least_divergence(*(to_balls(one) for one in parts))

    assert abs(float(exact[0].mid()) - found.value[0]) <= found.error[0]
    assert float(exact[0].rad()) < 1e-60
