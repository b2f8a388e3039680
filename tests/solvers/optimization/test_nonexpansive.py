from __future__ import annotations

import numpy as np

from lemmata.solvers import reflection, to_rationals
from lemmata.solvers.optimization import NonExpansive

RNG = np.random.default_rng(0)


def turn(size: int, dimension: int) -> np.ndarray:
    """A product of two mirror images."""
    first, second = RNG.normal(size=(2, size, dimension))
    made: np.ndarray = reflection(first) @ reflection(second)
    return made


def test_never_expands() -> None:
    """Images of two points are no further apart than the points, and 0 stays."""
    operator = NonExpansive(
        pull=RNG.uniform(0, 2, size=(500, 3)),
        left=RNG.uniform(0, 1, size=(500, 3)),
        right=RNG.uniform(0, 1, size=(500, 3)),
        turn=turn(500, 3),
    )
    x, y = RNG.normal(size=(2, 500, 3))
    before, after = np.linalg.norm(x - y, axis=1), np.linalg.norm(operator(x) - operator(y), axis=1)

    assert np.all(after <= before * (1 + 1e-12))
    assert not operator(np.zeros((500, 3))).any()


def test_a_rotation_is_exact() -> None:
    """Two mirrors keep the squared norm, to the last digit in exact rationals."""
    flat = to_rationals(np.zeros((5, 4)))
    normals = to_rationals(RNG.normal(size=(2, 5, 4)))
    operator = NonExpansive(pull=flat, left=flat, right=flat, turn=reflection(normals[0]) @ reflection(normals[1]))
    x = to_rationals(RNG.normal(size=(5, 4)))
    image = operator(x)

    assert ((x * x).sum(axis=-1) == (image * image).sum(axis=-1)).all()
    assert (image != x).all()


def test_a_pull_of_two_reflects() -> None:
    """Within the clip a point goes to its mirror image, beyond it moves by twice the clip."""
    one = np.ones((1, 1))
    operator = NonExpansive(pull=2 * one, left=one / 2, right=one, turn=one[..., None])

    assert [-0.5, 1.0, 0.25, -2.0] == [float(operator(np.array([[x]]))[0, 0]) for x in (0.5, 3.0, -0.25, -3.0)]
