"""Least squares with an l1 penalty, against soft thresholding, a general solver and exact optimality."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import minimize

from lemmata.solvers import to_rationals
from lemmata.solvers.optimization import coordinate_descent, lasso


def _problem(seed: int, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(-8, 9, size=(3, rows, columns)) / 4, rng.integers(-8, 9, size=(3, rows)) / 4


def test_orthonormal_columns_are_thresholded() -> None:
    """With A = I the minimiser is b moved towards zero by the penalty."""
    b = np.array([[3.0, -1.0, 0.5]])

    found = lasso(np.eye(3)[None], b, np.full((1, 3), 0.75))

    assert [2.25, -0.25, 0.0] == found.point[0].tolist()


def test_is_the_minimum_of_the_split_problem() -> None:
    """SciPy's bounded minimum over u = p - q, p, q >= 0, agrees."""
    A, b = _problem(0, 6, 4)
    penalty = np.array([[0.5, 1.0, 2.0, 4.0]] * 3)

    found = lasso(A, b, penalty)

    for k in range(3):

        def value(parts: np.ndarray, k: int = k) -> float:
            u = parts[:4] - parts[4:]
            return float(np.sum((A[k] @ u - b[k]) ** 2) / 2 + penalty[k] @ parts[:4] + penalty[k] @ parts[4:])

        best = minimize(
            value, np.ones(8), bounds=[(0, None)] * 8, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-10}
        )
        assert best.x[:4] - best.x[4:] == pytest.approx(found.point[k], abs=1e-5)
    assert found.settled.all()


def test_is_optimal_in_fractions() -> None:
    """In exact rationals the gradient is minus penalty times sign on the support, and below the penalty off it."""
    A, b = _problem(1, 5, 5)
    found = lasso(*(to_rationals(one) for one in (A, b, np.full((3, 5), 1.5))))

    for matrix, target, point in zip(A, b, found.point, strict=True):
        u = [Fraction(int(one.p), int(one.q)) for one in point]
        residual = [
            sum(Fraction(a) * x for a, x in zip(row, u, strict=True)) - Fraction(t)
            for row, t in zip(matrix, target, strict=True)
        ]
        slopes = [sum(Fraction(row[j]) * r for row, r in zip(matrix, residual, strict=True)) for j in range(5)]
        for x, slope in zip(u, slopes, strict=True):
            assert (-slope == Fraction(3, 2) * (1 if x > 0 else -1)) if x else abs(slope) <= Fraction(3, 2)


def test_a_column_of_zeros_stays_zero() -> None:
    """Nothing pulls at an entry that the data do not see."""
    point, settled = coordinate_descent(np.diag([2.0, 0.0])[None], np.array([[4.0, 0.0]]), np.ones((1, 2)))

    assert [1.5, 0.0] == point[0].tolist()
    assert settled.all()


def _least(gram: np.ndarray, pull: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """The minimiser by going through all signs that its entries could have."""
    best, point = 0.0, np.zeros(len(pull))
    for signs in itertools.product((-1.0, 0.0, 1.0), repeat=len(pull)):
        on = np.flatnonzero(signs)
        if not on.size:
            continue
        there = np.zeros(len(pull))
        there[on] = np.linalg.solve(gram[np.ix_(on, on)], (pull - penalty * signs)[on])
        value = there @ gram @ there / 2 - pull @ there + penalty @ np.abs(there)
        if value < best:
            best, point = value, there
    return point


@pytest.mark.parametrize("near", [1e-1, 3e-2, 1e-2])
def test_comes_to_rest_where_columns_are_nearly_dependent(near: float) -> None:
    """Sweeps alone would need as many as the condition of the columns, up to a million here."""
    rng = np.random.default_rng(7)
    columns = rng.normal(size=(6, 1)) + near * rng.normal(size=(20, 6, 4))
    gram = columns.transpose(0, 2, 1) @ columns
    pull, penalty = rng.normal(size=(20, 4)), np.full((20, 4), near**2 / 8)

    point, settled = coordinate_descent(gram, pull, penalty)

    assert settled.all()
    for k in range(20):
        assert point[k] == pytest.approx(_least(gram[k], pull[k], penalty[k]), rel=1e-6)
