"""Matrices of balls: the same numbers as entry by entry, and what runs are stepped in."""

import numpy as np
import pytest

from lemmata.solvers import ShapeError, elementwise, to_balls, to_rationals, transpose
from lemmata.solvers.engine import Engine, iterate
from lemmata.solvers.factorization import factorization
from lemmata.solvers.numbers.ball_matrices import BallMatrix
from lemmata.solvers.optimization import leaky_descent

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


def test_entrywise_operations_hold_the_exact_numbers() -> None:
    """Products and quotients entry by entry, one number beside a matrix, integers, and functions of each entry."""
    a, c, pace = (BallMatrix.of(to_balls(one)) for one in (LEFT, OTHER, PACE))
    x, z, share = (to_rationals(one) for one in (LEFT, OTHER, PACE))

    assert contains((a * c).as_array(), x * z)
    assert contains((a / c).as_array(), x / z)
    assert contains((pace / a).as_array(), share / x)
    assert contains((a - pace).as_array(), x - share)
    assert contains((pace - a).as_array(), share - x)
    assert contains((1 - a).as_array(), 1 - x)
    assert contains((2 * a + 1).as_array(), 2 * x + 1)
    assert contains((-a).as_array(), -x)
    found, expected = elementwise(a, "sigmoid").as_array(), elementwise(to_balls(LEFT), "sigmoid")
    assert all(one.overlaps(other) for one, other in zip(found.ravel(), expected.ravel(), strict=True))


def test_shapes_that_do_not_fit() -> None:
    """A row and a column are not spread over each other: which was meant is said by nobody."""
    row, column = BallMatrix.of(to_balls(LEFT[:, :1])), BallMatrix.of(to_balls(LEFT[:, :, :1]))

    with pytest.raises(ShapeError, match=r"\(1, 1, 3\) and \(1, 2, 1\)"):
        row + column


def test_leaky_descent_is_that_of_arrays() -> None:
    """Steps in matrices and steps entry by entry, taken in batches of one and of two, meet."""
    labels, signs = np.array([[[1.0, -1.0]]]), np.array([[[0.5], [-0.5]]])
    constants = (LEFT[:, :, :2].swapaxes(1, 2).repeat(2, axis=1)[:, :3], labels, signs, np.full((1, 1, 1), 0.9), PACE)
    ends = [
        iterate(
            leaky_descent,
            *(tuple(to_balls(np.repeat(one, count, axis=0)) for one in arrays) for arrays in ((OTHER,), constants)),
            checkpoints=[7],
            engine=Engine.REFERENCE,
        ).state[0]
        for count in (1, 2)
    ]

    for one, other in zip(ends[0][0].ravel(), ends[1][1].ravel(), strict=True):
        assert one.overlaps(other)
        assert one.rad() < 1e-12


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
