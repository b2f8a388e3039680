"""What the claims on diagonal networks measure, against SciPy's flow, linear programs and closed forms."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lemmata.claims.settings.diagonal import potential, problems
from lemmata.claims.settings.diagonal import unique as bounds
from lemmata.solvers import Bounded
from lemmata.solvers.diagonal import (
    extreme_null_vectors,
    limit,
    null_space_constants,
)

PROBLEM = {"support": 2, "others": 3, "unseen": 1, "depth": "3", "scale": 1}


def drawn(**changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Parameters, and one instance in floats."""
    parameters = {**PROBLEM, **changes}
    return parameters, dict(bounds.draw(parameters, np.random.default_rng(5), 1))


def matrix_of(instance: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """A and y, written out."""
    seen, unseen, x = instance["B"][0], instance["M"][0], instance["x"][0]
    matrix = np.block([[np.eye(len(x)), seen], [np.zeros((unseen.shape[1], len(x))), unseen.T]])
    return matrix, np.concatenate([x, np.zeros(unseen.shape[1])])


@pytest.mark.parametrize("depth", ["2", "5/2", "3"])
def test_limit_of_the_flow(depth: str) -> None:
    """The limit is where the flow of u and v, integrated, comes to rest."""
    parameters, instance = drawn(depth=depth)
    matrix, y = matrix_of(instance)
    power, n = float(Fraction(depth)), matrix.shape[1]

    def flow(_: float, state: np.ndarray) -> np.ndarray:
        u, v = state[:n], state[n:]
        slope = power * matrix.T @ (y - matrix @ (u**power - v**power))
        return np.concatenate([u ** (power - 1) * slope, -(v ** (power - 1)) * slope])

    end = solve_ivp(flow, (0, 400), np.full(2 * n, 0.5), method="LSODA", rtol=1e-10, atol=1e-12).y[:, -1]
    found = bounds.limit_of(parameters, {name: Bounded.exact(value) for name, value in instance.items()})[1]

    x = np.concatenate([found.on.value[0], found.off.value[0]])
    assert (end[:n] ** power - end[n:] ** power) == pytest.approx(x, abs=1e-6)


@pytest.mark.parametrize("unseen", [0, 1])
def test_constants(unseen: int) -> None:
    """Maxima over extreme null vectors are those of linear programs over all null vectors."""
    _, instance = drawn(unseen=unseen)
    matrix, _y = matrix_of(instance)
    support = np.arange(matrix.shape[1]) < 2
    expected = null_space_constants(matrix, support, support.astype(float))

    found = [float(one[0]) for one in bounds.constants(instance)]

    assert found == pytest.approx([expected.rho, expected.one_sided, expected.full], abs=1e-8)


def test_extreme_null_vectors() -> None:
    """They are null vectors of unit l1 norm, as many as there are pairs."""
    unseen = np.array([[[0.5], [-0.25], [1.0]]])

    found = extreme_null_vectors(unseen, unseen)

    assert found.shape == (1, 3, 3)
    assert np.abs(found).sum(axis=1) == pytest.approx(1)
    assert np.einsum("bkq,bkc->bc", unseen, found) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("depth", ["2", "3"])
def test_gap_without_cancellation(depth: str) -> None:
    """The gap is the difference of the norms."""
    _, instance = drawn(depth=depth, unseen=0)
    exact = {name: Bounded.exact(value) for name, value in instance.items()}
    values = potential.gaps.run(PROBLEM | {"depth": depth}, exact).cases[0].values

    plain = values[str(problems.norm)].value - instance["x"].sum()
    assert plain == pytest.approx(values[str(problems.gap)].value, abs=1e-13)


def test_limit_solves_a_nearly_tied_problem_to_relative_accuracy() -> None:
    """Heights of 2^50 off the support do not count as a failure: the residual is relative."""
    parameters, instance = drawn(depth="5/2", scale=200)
    instance["B"][:, 0, 0] += 1 - 2.0**-10 - instance["B"].sum(axis=1)[:, 0]
    found = limit(bounds.unique_face(instance), bounds.log_alpha_of(parameters, instance), Fraction(5, 2))

    assert found.residual.max() < 1e-10
