from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from lemmata.solvers import Bounded, ShapeError, as_floats, to_balls, to_rationals
from lemmata.solvers.factorization import rank_one_descent, rank_one_error


def reduced(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The coordinates of full vectors whose first axis is that of the target: ``(batch, 2, 2)``."""
    return np.stack([[x[:, 0], np.linalg.norm(x[:, 1:], axis=1)] for x in (u, v)]).transpose(2, 0, 1)


def vectors(size: int = 6, rows: int = 5, columns: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Small random vectors."""
    rng = np.random.default_rng(1)
    return 0.3 * rng.normal(size=(size, rows)), 0.3 * rng.normal(size=(size, columns))


def test_follows_the_full_iteration() -> None:
    """Component and length of the rest are those of gradient descent on the whole matrix, step by step."""
    u, v = vectors()
    sigma, eta, ones = 1.7, 0.1, np.ones(6)
    target = np.zeros((5, 3))
    target[0, 0] = sigma
    run = rank_one_descent(reduced(u, v), strength=sigma * ones, step_size=eta * ones, accuracy=0 * ones, steps=80)

    for step in range(81):
        residual = u[:, :, None] * v[:, None, :] - target
        squares, now = (residual**2).sum(axis=(1, 2)), run.states[:, step]

        assert reduced(u, v) == pytest.approx(np.where([True, False], now, np.abs(now)), abs=1e-12)
        assert squares == pytest.approx(rank_one_error(now, strength=sigma * ones), abs=1e-12)
        u, v = (
            u - eta * (residual @ v[:, :, None])[:, :, 0],
            v - eta * (residual.swapaxes(1, 2) @ u[:, :, None])[:, :, 0],
        )


def test_passage_counts_the_steps_before_the_accuracy() -> None:
    """The passage is the first step at which the error is small enough, and the run ends there."""
    start, ones = reduced(*vectors()), np.ones(6)
    run = rank_one_descent(start, strength=ones, step_size=ones / 4, accuracy=ones / 1000, steps=500)
    errors = np.stack([rank_one_error(run.states[:, t], strength=ones) for t in range(run.states.shape[1])], axis=1)
    first = (errors <= 1e-6).argmax(axis=1)

    assert first.tolist() == run.passage.tolist()
    assert int(first.max()) + 1 == run.states.shape[1]
    assert np.all(errors[:, -1] == errors[np.arange(6), first])


def test_who_never_arrives_waits_for_ever() -> None:
    """A run that diverges stays finite, as does one that stalls; both pass after the last step allowed."""
    start = np.array([[[0.1, 0.2], [0.1, 0.1]], [[0.0, 0.1], [0.0, 0.2]]])
    ones = np.ones(2)
    run = rank_one_descent(start, strength=ones, step_size=np.array([5.0, 0.1]), accuracy=ones / 10, steps=40)

    assert [41, 41] == run.passage.tolist()
    assert np.isfinite(run.states).all()


def test_exact_fractions_agree_with_a_loop() -> None:
    """In rationals the states are those of a plain loop over fractions, exactly."""
    (a, x), (b, y) = (Fraction(1, 4), Fraction(1, 8)), (Fraction(-1, 8), Fraction(1, 2))
    sigma, eta = Fraction(3, 2), Fraction(1, 8)
    one = np.ones(1)
    run = rank_one_descent(
        to_rationals(np.array([[[a, x], [b, y]]])),
        strength=to_rationals(1.5 * one),
        step_size=to_rationals(one / 8),
        accuracy=to_rationals(one / 1024),
        steps=3,
    )
    for _ in range(3):
        u, v = a * a + x * x, b * b + y * y
        a, x, b, y = (
            a + eta * (sigma * b - a * v),
            x - eta * x * v,
            b + eta * (sigma * a - b * u),
            y - eta * y * u,
        )

    assert [a, x, b, y] == [Fraction(int(q.p), int(q.q)) for q in run.states[0, -1].ravel()]


def test_error_bounds_cover_the_balls() -> None:
    """Until it arrives a run's error bounds stay small, and cover the run in balls."""
    start, ones = reduced(*vectors(size=3)), np.ones(3)
    arguments = {"strength": ones, "step_size": ones / 4, "accuracy": ones / 2**20}
    bars = rank_one_descent(
        Bounded.exact(start), **{name: Bounded.exact(value) for name, value in arguments.items()}, steps=200
    )
    balls = rank_one_descent(to_balls(start), **{name: to_balls(value) for name, value in arguments.items()}, steps=200)

    assert bars.passage.value.tolist() == as_floats(balls.passage).tolist()
    assert bars.passage.error.max() < 1e-9
    assert bars.states.error.max() < 1e-9
    assert np.all(np.abs(bars.states.value - as_floats(balls.states)) <= bars.states.error + 1e-16)


def test_shape_of_the_start() -> None:
    """Anything but two numbers for each of two vectors is refused."""
    one = np.ones(1)
    with pytest.raises(ShapeError, match="expected"):
        rank_one_descent(np.ones((1, 4)), strength=one, step_size=one, accuracy=one, steps=1)
