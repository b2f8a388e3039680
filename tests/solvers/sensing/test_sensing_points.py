"""First-order points from their certificate and from Newton's method, tensors over the plane, descent on completion."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from lemmata.solvers import to_rationals
from lemmata.solvers.sensing import (
    as_certificate,
    best_rank_one,
    certified_operator,
    completion_descent,
    leading_factor,
    lifted_completion_descent,
    lifted_gradient,
    lifted_measurements,
    measurements,
    normal,
    operators_of,
    perturbed_mask,
    planar_form,
    stationary_points,
    symmetric,
    tensor_power,
)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_certificate_is_a_first_order_point_exactly(sign: int) -> None:
    """K(X X' -+ M*) X = 0 in rationals, whatever it was made from; the columns of X are orthogonal."""
    rng = np.random.default_rng(1)
    shapes = {"factor": (3, 2), "truth": (3, 2), "bottom": (3,), "other": (3,), "share": (), "rest": (4, 3, 3)}
    given = {name: to_rationals(rng.integers(-5, 6, size=(1, *shape))) for name, shape in shapes.items()}
    point = certified_operator(**given, sign=sign)
    left = normal(point.operator, point.difference) @ point.factor

    assert all(entry == 0 for entry in left.flat)
    assert (point.factor[0, :, 0] * point.factor[0, :, 1]).sum() == 0
    assert any(entry != 0 for entry in normal(point.operator, point.difference).flat)


def test_found_points_are_those_of_scipy() -> None:
    """Newton's method ends at zeros of the gradient; the minima among them are minima for SciPy's BFGS, too."""
    rng = np.random.default_rng(2)
    A, z = symmetric(rng.normal(size=(64, 4, 2, 2))), rng.normal(size=(64, 2))
    x, left, bend = stationary_points(A, z, rng.normal(size=(64, 2)))
    good = np.flatnonzero((left < 1e-10) & (bend > 1e-2))

    assert len(good) > 20
    for i in good[:10]:

        def loss(v: np.ndarray, i: int = i) -> float:
            return float((measurements(A[i : i + 1], (np.outer(v, v) - np.outer(z[i], z[i]))[None]) ** 2).sum() / 4)

        assert np.allclose(x[i], minimize(loss, x[i] + 1e-3, tol=1e-12).x, atol=1e-4)


def test_a_found_point_keeps_its_operator() -> None:
    """Written as a certificate, K is what it was, and the point nearly what was found."""
    rng = np.random.default_rng(3)
    A, z = symmetric(rng.normal(size=(64, 9, 3, 3))), rng.normal(size=(64, 3))
    x, left, _ = stationary_points(A, z, rng.normal(size=(64, 3)))
    away = np.abs(x[:, :, None] * x[:, None, :] - z[:, :, None] * z[:, None, :]).max((1, 2)) > 1e-3
    chosen = np.flatnonzero((left < 1e-10) & away & (np.abs(x).max(1) > 1e-3))
    arrays = as_certificate(A[chosen], z[chosen], x[chosen])
    names = {"X": "factor", "Z": "truth", "y": "bottom", "w": "other", "kappa": "share", "R": "rest"}
    point = certified_operator(**{names[name]: value for name, value in arrays.items()})
    M = symmetric(rng.normal(size=(len(chosen), 3, 3)))

    assert len(chosen) > 5
    assert np.allclose(normal(A[chosen], M), normal(point.operator, M), atol=1e-7)
    assert np.allclose(x[chosen], point.factor[:, :, 0])
    assert (point.pull > 0).all()


@pytest.mark.parametrize("order", [3, 4])
def test_best_rank_one_is_that_of_a_fine_grid(order: int) -> None:
    """Largest value, deflated value and rest against a grid of 100,000 angles on the whole tensor."""
    rng = np.random.default_rng(4)
    form = rng.normal(size=(6, order + 1))
    places = [int(place).bit_count() for place in range(2**order)]
    whole = form[:, places]
    angles = np.linspace(0, np.pi, 100_001)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    values = whole @ tensor_power(circle, order).T
    top = np.abs(values).argmax(axis=1)
    best = values[np.arange(6), top]
    across = np.stack([-np.sin(angles[top]), np.cos(angles[top])], axis=1)
    rest = whole - best[:, None] * tensor_power(circle[top], order)
    found = best_rank_one(form)

    assert np.allclose(np.abs(best), found.strength, rtol=1e-8)
    assert np.allclose(np.abs((whole * tensor_power(across, order)).sum(1)), found.deflated, atol=1e-3)
    assert np.allclose(np.linalg.norm(rest, axis=1), found.left, atol=1e-3)


def test_small_tensors_move_linearly() -> None:
    """Gradient descent on the lift itself, small, is the closed form in the eigenbasis of U."""
    p, q, s, eta, steps, order = 1.0, 0.6, 0.2, 0.05, 20, 3
    A = np.array([np.diag([p, q]), s * np.eye(2), s * np.diag([1, -1]), s * np.array([[0, 1], [1, 0]])])[None]
    operators, x, z = operators_of(A, 1, order), np.array([[0.7, -0.4]]), np.array([[1.0, 0.0]])
    target = lifted_measurements(operators, tensor_power(z, order), tensor_power(z, order))
    w = 1e-6 * tensor_power(x, order)
    for _ in range(steps):
        w = w - eta * lifted_gradient(operators, w, target)
    first, second = p * p + 2 * s * s, p * q
    factors = (1 + eta * first ** (order - np.arange(order + 1)) * second ** np.arange(order + 1)) ** steps
    form = 1e-6 * planar_form(x, factors[None])

    assert np.allclose(form[:, [int(place).bit_count() for place in range(8)]], w, rtol=1e-6, atol=0)


def test_completion_descends_its_own_loss() -> None:
    """One step of either descent is a step along the gradient of its loss, by central differences."""
    rng = np.random.default_rng(5)
    mask, z = perturbed_mask(3, 0.1), np.array([1.0, 0.0, 1.0])
    cube, target = np.kron(np.kron(mask, mask), mask), np.outer(z, z)
    triple = np.kron(np.kron(target, target), target)

    def plain(x: np.ndarray) -> float:
        return float((mask * (np.outer(x, x) - target) ** 2).sum() / 4)

    def lifted(w: np.ndarray) -> float:
        return float((cube * (np.outer(w, w) - triple) ** 2).sum() / 4)

    for loss, descent, size in ((plain, completion_descent, 3), (lifted, lifted_completion_descent, 27)):
        at = rng.normal(size=size)
        slope = [(loss(at + 1e-5 * e) - loss(at - 1e-5 * e)) / 2e-5 for e in np.eye(size)]
        moved = descent(mask, z, at[None], step=1e-3, steps=1)[0]

        assert np.allclose(slope, (at - moved) / 1e-3, rtol=1e-5, atol=1e-5)


def test_leading_factor_undoes_the_power() -> None:
    """Also of a negative vector, as three is odd."""
    x = np.array([[1.0, -2.0, 0.5], [-1.0, -1.0, 0.0]])

    assert np.allclose(x, leading_factor(tensor_power(x, 3), 3))
