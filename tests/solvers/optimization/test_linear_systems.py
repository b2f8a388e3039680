from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import ctx

from lemmata.solvers import (
    Bounded,
    NotRationalError,
    ShapeError,
    as_floats,
    eigenvalues_symmetric,
    solve_definite,
    to_balls,
    to_rationals,
)


def definite(size: int, count: int) -> Any:
    """Positive definite matrices and right sides of small integers: exact in floats."""
    rng = np.random.default_rng(count)
    factors = rng.integers(-3, 4, size=(size, count, count)).astype(float)
    return factors @ factors.swapaxes(1, 2) + np.eye(count), rng.integers(-3, 4, size=(size, count)).astype(float)


class TestSolveDefinite:
    """Elimination in every number system."""

    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_solves_exactly(self, count: int) -> None:
        """In rationals the solution leaves no residual at all."""
        matrix, right = definite(4, count)
        exact = to_rationals(matrix)
        found = solve_definite(exact, to_rationals(right))

        assert (to_rationals(right) == (exact @ found[:, :, None])[:, :, 0]).all()

    @pytest.mark.parametrize("count", [1, 2, 5])
    def test_agrees_with_lapack(self, count: int) -> None:
        """In floats it is LAPACK's solution."""
        matrix, right = definite(4, count)

        assert np.allclose(np.linalg.solve(matrix, right[:, :, None])[:, :, 0], solve_definite(matrix, right))

    def test_bars_hold_the_solution(self) -> None:
        """The exact solution lies within the error bounds of the one in floats."""
        matrix, right = definite(20, 4)
        exact = solve_definite(to_rationals(matrix), to_rationals(right))
        found = solve_definite(Bounded.exact(matrix), Bounded.exact(right))

        assert (np.abs(exact - to_rationals(found.value)) <= to_rationals(found.error)).all()

    def test_singular(self) -> None:
        """A pivot that vanishes gives an infinite bar, not a wrong answer."""
        found = solve_definite(Bounded.exact(np.ones((1, 2, 2))), Bounded.exact(np.ones((1, 2))))

        assert not np.isfinite(found.error).all()

    def test_refuses_shapes_that_do_not_fit(self) -> None:
        """Three equations for two unknowns are refused."""
        with pytest.raises(ShapeError, match="expected"):
            solve_definite(np.ones((1, 3, 2)), np.ones((1, 3)))


class TestEigenvaluesSymmetric:
    """Eigenvalues, largest first, with bars."""

    @pytest.mark.parametrize("bits", [64, 256])
    def test_balls_hold_a_closed_form(self, bits: int) -> None:
        """[[2, 1], [1, 2]] has the eigenvalues 3 and 1."""
        with ctx.workprec(bits):
            large, small = eigenvalues_symmetric(to_balls(np.array([[[2.0, 1.0], [1.0, 2.0]]])))[0]

            assert large.contains(3)
            assert small.contains(1)
            assert large.rad() < 2.0 ** (8 - bits)

    @pytest.mark.parametrize("count", [1, 2, 3, 6])
    def test_bars_overlap_the_balls(self, count: int) -> None:
        """The intervals in floats contain what mpmath finds to many digits."""
        rng = np.random.default_rng(count)
        entries = rng.normal(size=(10, count, count))
        matrix = entries + entries.swapaxes(1, 2)
        found = eigenvalues_symmetric(Bounded.exact(matrix))
        with ctx.workprec(128):
            exact = as_floats(eigenvalues_symmetric(to_balls(matrix)))

        assert (np.abs(exact - found.value) <= found.error).all()
        assert (found.error <= 1e-12).all()

    def test_largest_first(self) -> None:
        """The order is that of the paper: decreasing, and by value, not by size."""
        assert [2.0, 1.0, -3.0] == eigenvalues_symmetric(np.diag([1.0, -3.0, 2.0])).round(12).tolist()

    def test_bar_covers_the_bar_of_the_matrix(self) -> None:
        """By Weyl's inequality an error of the matrix moves no eigenvalue further than its norm."""
        middle, radius = np.diag([1.0, 2.0])[None], np.full((1, 2, 2), 0.01)
        found = eigenvalues_symmetric(Bounded(middle, radius))

        assert (np.abs(np.linalg.eigvalsh(middle + radius)[..., ::-1] - found.value) <= found.error).all()

    def test_zero_matrix(self) -> None:
        """The zero matrix has eigenvalues that are exactly zero."""
        found = eigenvalues_symmetric(Bounded.exact(np.zeros((1, 3, 3))))

        assert [0.0, 0.0, 0.0] == found.value[0].tolist()
        assert [0.0, 0.0, 0.0] == found.error[0].tolist()

    def test_refuses_what_has_no_eigenvalues(self) -> None:
        """Rationals have none that are rational, oblong matrices none at all."""
        with pytest.raises(NotRationalError):
            eigenvalues_symmetric(to_rationals(np.eye(2)[None]))
        with pytest.raises(ShapeError, match="square"):
            eigenvalues_symmetric(np.ones((1, 2, 3)))


def test_exact_solution_by_hand() -> None:
    """(2 1; 1 2) x = (1, 0) has the solution (2/3, -1/3)."""
    matrix, right = to_rationals(np.array([[[2.0, 1.0], [1.0, 2.0]]])), to_rationals(np.array([[1.0, 0.0]]))
    found = [Fraction(int(entry.p), int(entry.q)) for entry in solve_definite(matrix, right)[0]]

    assert [Fraction(2, 3), Fraction(-1, 3)] == found
