"""Matrices of balls: the same numbers as entry by entry, and what runs are stepped in."""

import numpy as np
import pytest

from lemmata.solvers import to_balls, to_rationals, transpose
from lemmata.solvers.engine import Engine, iterate
from lemmata.solvers.factorization import factorization
from lemmata.solvers.numbers.ball_matrices import BallMatrix

RNG = np.random.default_rng(0)
LEFT, RIGHT, OTHER = RNG.normal(size=(1, 2, 3)), RNG.normal(size=(1, 3, 4)), RNG.normal(size=(1, 2, 3))
PACE = np.array([[[0.01]]])


def contains(balls: np.ndarray, exact: np.ndarray) -> bool:
    """Whether each ball holds the exact number at its place, and is narrow."""
    pairs = zip(balls.ravel().tolist(), exact.ravel().tolist(), strict=True)
    return balls.shape == exact.shape and all(one in ball and ball.rad() < 1e-12 for ball, one in pairs)


def test_arithmetic_holds_the_exact_numbers() -> None:
    """Products, sums, differences, transposes and multiples are balls around those of rationals."""
    a, b, c, pace = (BallMatrix.of(to_balls(one)) for one in (LEFT, RIGHT, OTHER, PACE))
    x, y, z, share = (to_rationals(one) for one in (LEFT, RIGHT, OTHER, PACE))

    assert contains((a @ b).as_array(), x @ y)
    assert contains((a + c).as_array(), x + z)
    assert contains((a - c).as_array(), x - z)
    assert contains((pace * a).as_array(), share * x)
    assert contains((a * pace).as_array(), share * x)
    assert contains(transpose(a).as_array(), transpose(x))


def test_entrywise_products_are_none_of_its_own() -> None:
    """Two matrices with several entries are not multiplied entry by entry, nor taken for a product of matrices."""
    one = BallMatrix.of(to_balls(LEFT))

    with pytest.raises(TypeError, match="unsupported operand"):
        one * one


def test_runs_hold_the_exact_run() -> None:
    """Gradient descent of one instance in balls, stepped as matrices, holds the run in rationals."""
    state, constants = (LEFT, RIGHT.swapaxes(1, 2)), (LEFT @ RIGHT + 1, PACE)
    ends = [
        iterate(factorization, *parts, checkpoints=[3], engine=Engine.REFERENCE).state
        for parts in (
            [tuple(convert(one) for one in arrays) for arrays in (state, constants)]
            for convert in (to_balls, to_rationals)
        )
    ]

    for balls, exact in zip(*ends, strict=True):
        assert contains(balls, exact)


def test_a_batch_of_balls_is_stepped_entry_by_entry() -> None:
    """Two instances at once give each what it gives alone."""
    state, constants = (LEFT, RIGHT.swapaxes(1, 2)), (LEFT @ RIGHT + 1, PACE)
    alone, both = (
        iterate(
            factorization,
            *(tuple(to_balls(np.repeat(one, count, axis=0)) for one in arrays) for arrays in (state, constants)),
            checkpoints=[5],
            engine=Engine.REFERENCE,
        ).state
        for count in (1, 2)
    )

    for one, two in zip(alone, both, strict=True):
        pairs = zip(one[0].ravel().tolist(), two[1].ravel().tolist(), strict=True)
        assert all(a.overlaps(b) for a, b in pairs)
