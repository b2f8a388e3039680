from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import ctx

from lemmata.solvers import Bounded, ShapeError, as_floats, to_balls, to_rationals
from lemmata.solvers.factorization import factor_descent, factor_hessian, factor_loss, factor_slope, indexed_eigenvalue


def drawn(m: int, n: int, rank: int, *, size: int = 3) -> tuple[Any, Any, Any]:
    """Factors and a target of small multiples of 1/8, exact in floats."""
    rng = np.random.default_rng(m + 10 * n + 100 * rank)
    shapes = ((m, rank), (n, rank), (m, n))
    left, right, target = (rng.integers(-8, 9, size=(size, *shape)) / 8 for shape in shapes)
    return left, right, target


class TestDescent:
    """Gradient descent on two factors."""

    def test_is_a_loop_over_fractions(self) -> None:
        """In rationals the second state is that of entry-by-entry arithmetic with Python's fractions."""
        left, right, target = drawn(2, 2, 1, size=1)
        run = factor_descent(*map(to_rationals, (left, right, target)), step_sizes=to_rationals(np.array([[0.25]])))
        u, v, m = ([[Fraction(x) for x in row] for row in part[0]] for part in (left, right, target))
        e = [[u[i][0] * v[j][0] - m[i][j] for j in range(2)] for i in range(2)]
        lower = [u[i][0] - Fraction(1, 4) * sum(e[i][j] * v[j][0] for j in range(2)) for i in range(2)]
        upper = [v[j][0] - Fraction(1, 4) * sum(e[i][j] * u[i][0] for i in range(2)) for j in range(2)]

        assert lower == [Fraction(int(x.p), int(x.q)) for x in run.left[0, 1, :, 0]]
        assert upper == [Fraction(int(x.p), int(x.q)) for x in run.right[0, 1, :, 0]]

    def test_direction_is_the_gradient(self) -> None:
        """Central differences of the loss give the first step, with weights and for width one."""
        left, right, target = drawn(2, 3, 2, size=1)
        weights = np.arange(6.0).reshape(1, 2, 3)
        run = factor_descent(left, right, target, step_sizes=np.array([[1.0]]), weights=weights)
        found = []
        for index in np.ndindex(2, 2):
            bump = np.zeros((1, 2, 2))
            bump[0][index] = 1e-5
            ends = [factor_loss(left + sign * bump, right, target, weights=weights)[0] for sign in (1, -1)]
            found.append((ends[0] - ends[1]) / 2e-5)

        assert np.allclose(found, (left - run.left[:, 1])[0].ravel(), atol=1e-8)

    def test_squares_and_losses(self) -> None:
        """Recorded squared directions are those of the steps, losses those of the states."""
        left, right, target = drawn(3, 2, 2)
        run = factor_descent(left, right, target, step_sizes=np.full((3, 4), 0.125))
        moved = ((run.left[:, 1:] - run.left[:, :-1]) ** 2).sum((2, 3))
        moved += ((run.right[:, 1:] - run.right[:, :-1]) ** 2).sum((2, 3))
        states = [factor_loss(run.left[:, t], run.right[:, t], target) for t in range(5)]

        assert np.allclose(moved, run.squares / 64)
        assert np.allclose(np.stack(states, axis=1), run.losses)

    def test_bars_hold_the_exact_run(self) -> None:
        """Floats with error bounds enclose the run in balls."""
        left, right, target = drawn(2, 3, 2)
        eta = np.full((3, 6), 0.1)
        rough = factor_descent(*map(Bounded.exact, (left, right, target)), step_sizes=Bounded.exact(eta))
        with ctx.workprec(256):
            fine = factor_descent(*map(to_balls, (left, right, target)), step_sizes=to_balls(eta))
            apart = np.abs(as_floats(fine.losses - to_balls(rough.losses.value)))

        assert (apart <= rough.losses.error).all()
        assert (rough.losses.error < 1e-12).all()

    def test_shapes_are_checked(self) -> None:
        """A target of the wrong shape is named."""
        left, right, target = drawn(2, 3, 1)

        with pytest.raises(ShapeError, match="target"):
            factor_slope(left, right, target.swapaxes(1, 2))


class TestHessian:
    """Second derivatives along every axis."""

    @pytest.mark.parametrize(("m", "n", "rank"), [(1, 1, 1), (2, 3, 2), (3, 1, 2)])
    def test_is_the_kronecker_form(self, m: int, n: int, rank: int) -> None:
        """The blocks are I (x) V'V, I (x) U'U and, off the diagonal, products of U and V and the residual."""
        left, right, target = drawn(m, n, rank, size=1)
        found = factor_hessian(left, right, target)[0]
        u, v, residual = left[0], right[0], left[0] @ right[0].T - target[0]
        mixed = np.einsum("jk,il->ikjl", v, u) + np.einsum("ij,kl->ikjl", residual, np.eye(rank))
        mixed = mixed.reshape(m * rank, n * rank)
        expected = np.block([[np.kron(np.eye(m), v.T @ v), mixed], [mixed.T, np.kron(np.eye(n), u.T @ u)]])

        assert np.allclose(expected, found)


class TestIndexedEigenvalue:
    """Eigenvalues by their place from the top."""

    def test_counts_from_the_largest(self) -> None:
        """The second of 1, 3, 2 is 2, and there is no fourth."""
        matrix = np.diag([1.0, 3.0, 2.0])[None]

        assert np.allclose([2.0], indexed_eigenvalue(matrix, 2))
        assert [0.0] == list(indexed_eigenvalue(matrix, 4))
