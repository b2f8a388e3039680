"""Basis pursuit, its face, certificates and null-space constants, against closed forms and enumeration."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from lemmata.solvers import ShapeError
from lemmata.solvers.diagonal import NotInRangeError, basis_pursuit, null_space_constants


def least_norm_of_vertices(matrix: np.ndarray, target: np.ndarray) -> float:
    """The least l1 norm by trying every basis."""
    m, n = matrix.shape
    norms = []
    for columns in combinations(range(n), m):
        square = matrix[:, list(columns)]
        if abs(np.linalg.det(square)) > 1e-9:
            norms.append(np.abs(np.linalg.solve(square, target)).sum())
    return float(min(norms))


@pytest.mark.parametrize("seed", range(6))
def test_value(seed: int) -> None:
    """The value is the least over all bases; the certificate proves it; the minimiser is feasible."""
    rng = np.random.default_rng(seed)
    matrix, target = rng.normal(size=(3, 7)), rng.normal(size=3)
    found = basis_pursuit(matrix, target)

    assert pytest.approx(least_norm_of_vertices(matrix, target), rel=1e-9) == found.value
    assert matrix @ found.minimiser == pytest.approx(target, abs=1e-9)
    certificate = matrix.T @ found.dual
    assert certificate[found.support] == pytest.approx(found.signs[found.support], abs=1e-9)
    assert np.abs(certificate[~found.support]).max() == pytest.approx(found.rho, abs=1e-9)
    assert found.unique


def test_face() -> None:
    """The whole face is found where a vertex is one of many: a segment between two disjoint supports."""
    matrix = np.zeros((5, 6))
    for i in range(4):
        matrix[i, 0], matrix[i, i + 1] = -1, 16  # the kernel is (16, 1, 1, 1, 1, -20)
    matrix[4, 0], matrix[4, 5] = 20, 16
    found = basis_pursuit(matrix, matrix @ np.array([16.0, 1, 1, 1, 1, 0]))

    assert found.support.all()
    assert not found.unique
    assert pytest.approx(20) == found.value
    assert np.array_equal(np.ones(6), found.signs)


def test_signs_and_order() -> None:
    """Flipped columns flip the signs of the minimiser."""
    matrix, target = np.array([[1.0, 0.5, 0.0], [0.0, 0.25, 1.0]]), np.array([1.0, -2.0])
    found = basis_pursuit(matrix, target)

    assert [1.0, 0.0, -1.0] == list(found.signs)
    assert pytest.approx(3) == found.value


def test_strict_certificate() -> None:
    """Of all certificates the one that is smallest off the support: rho of A = [1, 7/8] is 7/8."""
    found = basis_pursuit(np.array([[1.0, 0.875]]), np.array([2.0]))

    assert pytest.approx(0.875) == found.rho
    assert [True, False] == list(found.support)


@pytest.mark.parametrize("seed", range(4))
def test_null_space_constants_of_a_vertex(seed: int) -> None:
    """With A = [I, C] and signs one they are the column sums of C, of its positive parts, and of its modulus."""
    rng = np.random.default_rng(seed)
    columns = rng.uniform(-1, 1, size=(3, 4)) / 3
    matrix = np.hstack([np.eye(3), columns])
    support = np.arange(7) < 3
    found = null_space_constants(matrix, support, support.astype(float))
    above = np.maximum(columns, 0).sum(axis=0), np.maximum(-columns, 0).sum(axis=0)

    assert pytest.approx(np.abs(columns.sum(axis=0)).max()) == found.rho
    assert pytest.approx(max(above[0].max(), above[1].max())) == found.one_sided
    assert pytest.approx(np.abs(columns).sum(axis=0).max()) == found.full


class TestMisuse:
    """Bad input is told apart."""

    def test_out_of_range(self) -> None:
        """A target that no x reaches: the message gives the distance."""
        with pytest.raises(NotInRangeError, match=r"y is 1 away from the range of A"):
            basis_pursuit(np.array([[1.0, 2.0], [0.0, 0.0]]), np.array([1.0, 1.0]))

    @pytest.mark.parametrize(
        ("matrix", "target"),
        [
            (np.ones((2, 3)), np.ones(3)),
            (np.ones(3), np.ones(3)),
            (np.ones((2, 0)), np.ones(2)),
            (np.array([[np.nan, 1.0]]), np.ones(1)),
        ],
    )
    def test_shapes(self, matrix: np.ndarray, target: np.ndarray) -> None:
        """Arrays that do not fit, are empty, or hold NaN."""
        with pytest.raises(ShapeError):
            basis_pursuit(matrix, target)

    def test_not_unique(self) -> None:
        """Dependent columns on the support: the constants are infinite, and that is said."""
        with pytest.raises(ValueError, match="dependent columns on the support"):
            null_space_constants(np.ones((1, 3)), np.array([True, True, False]), np.ones(3))


def test_redundant_rows_and_zero_columns() -> None:
    """A repeated row, a zero column and a repeated column change nothing but the face."""
    matrix = np.array([[1.0, 0.5, 0.0, 1.0], [1.0, 0.5, 0.0, 1.0]])
    found = basis_pursuit(matrix, np.array([1.0, 1.0]))

    assert [True, False, False, True] == list(found.support)
    assert not found.unique
