"""Integrated flows against closed forms."""

from __future__ import annotations

import numpy as np
import pytest

from lemmata.solvers.engine import integrate

RATES = np.array([1.0, 3.0])


def test_an_exponential() -> None:
    """Linear decay in each coordinate ends where the exponential is, within the error that is reported."""
    start = np.array([[1.0, -2.0], [0.5, 4.0]])

    found = integrate(lambda state: -RATES * state, start, step=lambda state: np.full(len(state), 0.025), steps=80)

    expected = start * np.exp(-RATES * 2.0)
    off = np.linalg.norm(expected - found.states[:, -1], axis=1)
    assert found.times[:, -1] == pytest.approx([2.0, 2.0])
    assert (off <= found.error[:, -1]).all()
    assert expected == pytest.approx(found.states[:, -1], rel=1e-6)


def test_the_length_of_a_circle() -> None:
    """A rotation travels its angle, each instance at its own pace."""
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])

    found = integrate(
        lambda state: state @ turn,
        np.array([[1.0, 0.0], [2.0, 0.0]]),
        step=lambda state: 0.02 / np.linalg.norm(state, axis=1),
        steps=50,
    )

    assert found.times[:, -1] == pytest.approx([1.0, 0.5])
    assert found.lengths[:, -1] == pytest.approx([1.0, 1.0], rel=1e-4)
    assert (found.lengths[:, -1] < 1.0).all()


def test_halving_the_steps_gains_a_factor_of_sixteen() -> None:
    """The method is of fourth order."""
    errors = []
    for steps in (10, 20):
        found = integrate(
            lambda state: -(state**2),
            np.array([[1.0]]),
            step=lambda state, steps=steps: np.full(len(state), 1 / steps),
            steps=steps,
        )
        errors.append(abs(found.states[0, -1, 0] - 0.5))

    assert errors[0] / errors[1] == pytest.approx(16, rel=0.15)
