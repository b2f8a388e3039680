"""Statements on classes that hold where all Hessians (or all clips) share one frame, and are false: they are refuted.

Each has an explicit member at which it fails, written out without the harness.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lemmata import (
    Effort,
    conjecture,
    judge,
    lipschitz_convex,
    lipschitz_losses,
    measured,
    monotone,
    nonexpansive,
    smooth_convex,
    strongly_convex,
    vector,
)
from lemmata.claims import Located
from lemmata.claims.settings.optimization.members import Mean
from lemmata.solvers.optimization import Pieces, PiecewiseConvex

product, gap = measured("product", "gap")


def gradients_of_gradients(f: Any, x: Any, y: Any) -> dict[str, Any]:
    """How far the gradient, applied twice, moves two points along their difference."""
    return {"product": ((f.grad(f.grad(x)) - f.grad(f.grad(y))) * (x - y)).sum(axis=-1)}


def two_steps(f: Any, x: Any) -> dict[str, Any]:
    """Two steps 1/L, and whether they turn by more than a right angle."""
    moved = x
    for _ in range(2):
        moved = moved - f.grad(moved) / f.L
    return {"product": (moved * x).sum(axis=-1)}


def two_subgradients(f: Any, x: Any, y: Any) -> dict[str, Any]:
    """The angle between two subgradients."""
    return {"product": (f.grad(x) * f.grad(y)).sum(axis=-1)}


def one_loss(f: Any, u: Any, v: Any) -> dict[str, Any]:
    """The same of one round's loss."""
    return two_subgradients(f[0], u, v)


def doubled(f: Any, x: Any) -> dict[str, Any]:
    """How far f is from growing along rays as it begins."""
    return {"gap": f(x * 2) - f(x) * 2}


def over_coordinates(T: Any, x: Any) -> dict[str, Any]:
    """How far a map is from the sum of its values along the first axis and across."""
    one = np.eye(1, x.shape[-1], dtype=int)[0]
    left = T(x) - T(x * one) - T(x * (1 - one))
    return {"gap": (left * left).sum(axis=-1)}


def resolved(A: Any, x: Any) -> dict[str, Any]:
    """The same of a resolvent."""
    return over_coordinates(A.resolvent, x)


F, G, M, T, A = smooth_convex(), strongly_convex(), lipschitz_convex(upto=2), nonexpansive(), monotone()
x, y = vector("x", "y", F.dimension)
U = lipschitz_losses()
u, v = vector("u", "v", U.dimension)
FALSE = {
    "the gradient applied twice is monotone": (F, gradients_of_gradients, product >= 0),
    "two steps 1/L never turn by more than a right angle": (F, two_steps, product >= 0),
    "nor with strong convexity": (G, two_steps, product >= 0),
    "subgradients never oppose each other": (M, two_subgradients, product >= 0),
    "nor do those of one round's loss": (U, one_loss, product >= 0),
    "twice as far is at most twice as high": (M, doubled, gap <= 0),
    "a non-expansive map is additive over the coordinates": (T, over_coordinates, gap <= 0),
    "so is a resolvent": (A, resolved, gap <= 0),
}


@pytest.mark.parametrize("name", FALSE)
def test_what_holds_in_one_frame_alone_is_refuted(name: str) -> None:
    """A member in two frames, or of two maps, is found."""
    on, runs, then = FALSE[name]
    claim = conjecture(name, on=on, runs=runs, then=then)

    assert "refuted" == judge(Located(claim, "tests"), effort=Effort.STANDARD, seed=0).verdict


def ridges(x: np.ndarray, *each: tuple[float, float, float]) -> np.ndarray:
    """The gradient of a sum of Huber functions of inner products: angles, knees and curvatures."""
    moved = np.zeros(2)
    for angle, knee, weight in each:
        along = np.array([np.cos(angle), np.sin(angle)])
        moved = moved + weight * np.clip(along @ x, 0, knee) * along
    return moved


def test_the_gradient_applied_twice_is_not_monotone() -> None:
    """Half the squares of the positive parts of two coordinates at an angle of 2.2, weighted equally."""
    parts = [(0.0, np.inf, 0.5), (2.2, np.inf, 0.5)]
    a, b = np.array([1.95, 0.75]), np.array([2.23, 3.21])
    twice = [ridges(ridges(point, *parts), *parts) for point in (a, b)]

    assert (twice[0] - twice[1]) @ (a - b) < -0.03


@pytest.mark.parametrize("mu", [0.0, 0.01])
def test_two_steps_turn_by_more_than_a_right_angle(mu: float) -> None:
    """Three Huber functions, together of curvature 1 at most, and mu |x|^2 / 2."""
    parts = [(0.848, 1.103, 0.8135), (-0.262, 1.671, 0.5364), (-1.082, 0.225, 0.6496)]
    axes = np.array([[np.cos(angle), np.sin(angle)] for angle, _, _ in parts])
    curvature = (axes.T * [weight for _, _, weight in parts]) @ axes
    begin = np.array([np.cos(-6.401), np.sin(-6.401)])
    found = begin
    for _ in range(2):
        found = found - (ridges(found, *parts) + mu * found) / (1 + mu)

    assert np.linalg.eigvalsh(curvature)[-1] <= 1
    assert found @ begin < -0.01


def test_the_mean_of_two_frames_is_the_explicit_function() -> None:
    """Value and gradient of (u.x)_+^2/4 + (v.x)_+^2/4, in the frames of u and of v."""
    points = np.random.default_rng(3).normal(size=(50, 2))
    axes = [np.array([1.0, 0.0]), np.array([np.cos(2.2), np.sin(2.2)])]
    frames = [bent(axis, len(points)) for axis in axes]
    f = Mean(frames[0], frames[1], np.full((50, 1), 0.5))
    expected = sum(np.maximum(points @ axis, 0)[:, None] / 2 * axis for axis in axes)

    assert np.allclose(expected, f.gradient(points))
    assert np.allclose(sum(np.maximum(points @ axis, 0) ** 2 / 4 for axis in axes), f.value(points))


def bent(axis: np.ndarray, size: int) -> PiecewiseConvex:
    """Half the squared positive part of the coordinate along an axis."""
    slopes = np.tile([[[1.0], [0.0]]], (size, 1, 1))
    none = np.zeros((size, 2, 0))
    frame = np.tile([axis, [-axis[1], axis[0]]], (size, 1, 1))
    return PiecewiseConvex(
        right=Pieces(lengths=none, slopes=slopes), left=Pieces(lengths=none, slopes=0 * slopes), rotation=frame
    )
