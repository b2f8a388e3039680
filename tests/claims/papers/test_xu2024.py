"""Collocation networks and implicit gradient steps: derivatives by differences, dense linear algebra, SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import drawn, measured, sharpness
from scipy.optimize import root

from lemmata.claims.papers.xu2024._linear import features, off, one_step
from lemmata.claims.papers.xu2024._networks import after, before, networks, slip, step_backwards, training
from lemmata.claims.papers.xu2024.certificate import trained
from lemmata.claims.papers.xu2024.linear import contraction
from lemmata.solvers import as_floats, to_rationals
from lemmata.solvers.networks import Collocation, implicit_steps


def problem(seed: int, **parameters: float) -> tuple[Collocation, dict[str, np.ndarray]]:
    """A batch of problems."""
    _, instances = drawn(networks(), seed, size=6, **parameters)
    return Collocation(points=instances["x"], load=instances["f"]), instances


def test_residuals_are_those_of_the_equation() -> None:
    """Inner residuals are -u'' - f by second differences of the network, the last two its values at the ends."""
    collocation, instances = problem(0, points=3, width=4)
    w, b, a = (instances["w"][:, i] for i in range(3))

    def u(x: np.ndarray) -> np.ndarray:
        value: np.ndarray = (a[:, None] * np.tanh(x[:, :, None] * w[:, None] + b[:, None])).sum(axis=2)
        return value

    x, h = instances["x"], 1e-4
    bent = (u(x + h) - 2 * u(x) + u(x - h)) / h**2
    found = collocation.residuals(instances["w"])

    assert np.allclose((-bent - instances["f"]) / np.sqrt(3), found[:, :3], rtol=1e-5, atol=1e-5)
    assert np.allclose(u(np.array([[0.0, 1.0]] * len(w))), found[:, 3:])


def test_jacobian_and_gradient_by_differences() -> None:
    """Both are the derivatives of residuals and loss, entry by entry."""
    collocation, instances = problem(1, points=2, width=3)
    w, h = instances["w"], 1e-6
    J, slope = collocation.jacobian(w), collocation.gradient(w)
    for i in range(w[0].size):
        step = h * np.eye(w[0].size)[i].reshape(w[0].shape)
        column = (collocation.residuals(w + step) - collocation.residuals(w - step)) / (2 * h)

        assert np.allclose(column, J[:, :, i], rtol=1e-6, atol=1e-6)
        assert np.allclose(
            (collocation.residuals(w) * column).sum(axis=1), slope.reshape(len(w), -1)[:, i], rtol=1e-5, atol=1e-5
        )


def test_an_implicit_step_solves_its_equation() -> None:
    """For short steps, where the equation has one solution nearby, the step is the root that SciPy finds."""
    collocation, instances = problem(2, points=2, width=2)
    eta = np.full(len(instances["w"]), 0.01)
    found = implicit_steps(collocation, instances["w"], eta, steps=1)[:, 1]
    for row in range(3):
        one = Collocation(points=collocation.points[row : row + 1], load=collocation.load[row : row + 1])
        start = instances["w"][row]
        solved = root(
            lambda w, one=one, start=start: w - start.ravel() + 0.01 * one.gradient(w.reshape(1, *start.shape)).ravel(),
            start.ravel(),
        )

        assert solved.success
        assert np.allclose(solved.x, found[row].ravel(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("step", [0.1, 100.0])
def test_steps_lower_loss_plus_distance(step: float) -> None:
    """Whatever is left of the equation, loss plus squared distance over 2 eta is at most the loss before."""
    collocation, instances = problem(3, points=3, width=3)
    eta = np.full(len(instances["w"]), step)
    points = implicit_steps(collocation, instances["w"], eta, steps=2)
    for k in range(2):
        moved = ((points[:, k + 1] - points[:, k]) ** 2).sum(axis=(1, 2)) / (2 * eta)

        assert np.all(collocation.loss(points[:, k + 1]) + moved <= collocation.loss(points[:, k]) * (1 + 1e-12))


def test_steps_made_backwards_leave_nothing_of_the_equation() -> None:
    """What is left of the implicit equation is rounding, and the losses are those of both ends."""
    collocation, instances = problem(4, points=2, width=3)
    values = measured(step_backwards(), {"points": 2, "width": 3}, instances)
    start = instances["w"] + collocation.gradient(instances["w"]) * instances["eta"][:, None, None]

    assert np.all(values[slip] <= 1e-9 * (1 + values[before]))
    assert np.allclose(collocation.loss(instances["w"]), values[after][:, 0])
    assert np.allclose(collocation.loss(start), values[before][:, 0])


def test_linear_steps_follow_the_law_in_fractions() -> None:
    """The step in the weights and the law in the residuals agree exactly, and as NumPy solves them."""
    point, instances = drawn(features(), 5, size=3, points=1, width=3)
    exact = {name: to_rationals(value) for name, value in instances.items()}
    values = one_step().run(point, exact).cases[0].values
    J, s = instances["J"], (instances["J"] @ instances["a"][:, :, None])[:, :, 0] - instances["y"]
    G = J @ J.swapaxes(1, 2)
    eta = instances["eta"][:, None, None]
    moved = np.linalg.solve(
        np.eye(J.shape[2]) + eta * J.swapaxes(1, 2) @ J,
        (instances["a"] + eta[:, 0] * (J.swapaxes(1, 2) @ instances["y"][:, :, None])[:, :, 0])[:, :, None],
    )
    law = np.linalg.solve(np.eye(G.shape[1]) + eta * G, s[:, :, None])[:, :, 0]

    assert np.all(as_floats(values[str(off)]) == 0)
    assert np.allclose(law, (J @ moved)[:, :, 0] - instances["y"])


def test_the_weakest_direction_attains_the_contraction() -> None:
    """Along the weakest eigenvector the loss falls by exactly two factors a step."""
    assert contraction.then.tight
    assert np.allclose(1, sharpness(contraction, "along the weakest direction"), rtol=1e-9)


def test_the_figure_stays_below_the_certificate() -> None:
    """The curve of the loss never passes the bound that the certificates of its steps multiply up to."""
    point, instances = drawn(networks(steps=(1e-2, 100.0), widest=4), 6, size=1, points=2, width=3, step=1.0)
    picture = training().run(point, instances).pictures()[0]

    assert trained.when.name == training().name
    assert np.all(np.array(picture.measured) <= np.array(picture.predicted) + 1e-9)
