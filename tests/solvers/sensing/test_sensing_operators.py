"""Measurements of matrices and their lift to tensors, against einsum, Kronecker products and finite differences."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest

from lemmata.solvers import ShapeError, as_floats, pivots, to_rationals
from lemmata.solvers.sensing import (
    factor_curvature,
    lifted_gradient,
    lifted_loss,
    lifted_measurements,
    measurements,
    multilinear,
    normal,
    operator_matrix,
    operators_of,
    symmetric,
    tensor_power,
    with_identity,
)


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator with a fixed seed."""
    return np.random.default_rng(7)


def test_measurements_are_inner_products(rng: np.random.Generator) -> None:
    """<A_k, M> and sum_k <A_k, M> A_k, also in rationals."""
    A, M = rng.normal(size=(3, 4, 2, 2)), rng.normal(size=(3, 2, 2))
    expected = np.einsum("bkij,bij->bk", A, M)

    assert np.allclose(expected, measurements(A, M))
    assert np.allclose(expected, as_floats(measurements(to_rationals(A), to_rationals(M))))
    assert np.allclose(np.einsum("bk,bkij->bij", expected, A), normal(A, M))


def test_extreme_eigenvalues_are_the_sharpest_constants(rng: np.random.Generator) -> None:
    """|A(M)|^2 over |M|_F^2 stays between them, and the eigenvectors attain them."""
    A = symmetric(rng.normal(size=(1, 7, 3, 3)))
    low, *_, high = np.linalg.eigvalsh(operator_matrix(A))[0]
    M = symmetric(rng.normal(size=(500, 3, 3)))
    shares = (measurements(np.repeat(A, 500, axis=0), M) ** 2).sum(1) / (M**2).sum((1, 2))
    dense = A.reshape(7, 9).T @ A.reshape(7, 9)  # on all matrices: zero on the skew ones

    assert low - 1e-12 <= shares.min()
    assert shares.max() <= high + 1e-12
    assert np.isclose(np.linalg.eigvalsh(dense)[-1], high)
    assert np.isclose(np.linalg.eigvalsh(dense)[3], low)


def test_curvature_of_the_factor(rng: np.random.Generator) -> None:
    """V' C V = |A(X V')|^2."""
    A = symmetric(rng.normal(size=(2, 4, 3, 3)))
    X, V = rng.normal(size=(2, 3, 2)), rng.normal(size=(2, 3, 2))
    flat = V.reshape(2, -1)
    form = np.einsum("bi,bij,bj->b", flat, factor_curvature(A, X), flat)

    assert np.allclose((measurements(A, X @ V.swapaxes(1, 2)) ** 2).sum(1), form)


def test_kronecker_products(rng: np.random.Generator) -> None:
    """A matrix on every mode is a Kronecker product; a matrix on a factor is A (x) I."""
    matrices = [rng.normal(size=(1, 2, 3)), rng.normal(size=(1, 3, 2)), rng.normal(size=(1, 2, 2))]
    tensor, square, X = rng.normal(size=(1, 12)), rng.normal(size=(1, 3, 3)), rng.normal(size=(3, 2))

    assert np.allclose(reduce(np.kron, [m[0] for m in matrices]) @ tensor[0], multilinear(tuple(matrices), tensor)[0])
    assert np.allclose((square[0] @ X).ravel(), with_identity(square, 2)[0] @ X.ravel())


def test_a_tensor_of_another_size_is_refused(rng: np.random.Generator) -> None:
    """The message names both sizes."""
    with pytest.raises(ShapeError, match=r"5 entries; expected 4"):
        multilinear((np.eye(2)[None],) * 2, rng.normal(size=(1, 5)))


def test_lifted_measurements_of_rank_one_are_products(rng: np.random.Generator) -> None:
    """(x^l)' (A_i (x) A_j) (y^l) = (x' A_i y)(x' A_j y)."""
    A = symmetric(rng.normal(size=(1, 3, 2, 2)))
    x, y = rng.normal(size=(2, 1, 2))
    single = np.einsum("bi,bkij,bj->bk", x, A, y)[0]

    found = lifted_measurements((A, A), tensor_power(x, 2), tensor_power(y, 2))
    assert np.allclose(np.outer(single, single).ravel(), found[0])


@pytest.mark.parametrize(("columns", "order"), [(1, 1), (1, 3), (2, 2)])
def test_gradient_is_that_of_the_loss(columns: int, order: int, rng: np.random.Generator) -> None:
    """Central differences in every direction."""
    A = symmetric(rng.normal(size=(1, 3, 2, 2)))
    operators = operators_of(A, columns, order)
    w = rng.normal(size=(1, (2 * columns) ** order))
    target = rng.normal(size=(1, 3**order))
    step = 1e-5
    moved = [
        (lifted_loss(operators, w + step * e, target) - lifted_loss(operators, w - step * e, target))[0] / (2 * step)
        for e in np.eye(w.shape[1])
    ]

    assert np.allclose(moved, lifted_gradient(operators, w, target)[0], rtol=1e-6, atol=1e-6)


def test_pivots_say_what_is_definite(rng: np.random.Generator) -> None:
    """All are positive just where the least eigenvalue is; their product is the determinant; exact in rationals."""
    matrices = symmetric(rng.normal(size=(200, 3, 3))) + 1.2 * np.eye(3)
    found = pivots(matrices)
    definite = np.linalg.eigvalsh(matrices)[:, 0] > 0

    assert 20 < definite.sum() < 180
    assert np.array_equal(definite, (found > 0).all(1))
    assert np.allclose(np.linalg.det(matrices), found.prod(1))
    assert ["2", "3/2"] == [str(entry) for entry in pivots(to_rationals(np.array([[[2, 1], [1, 2]]])))[0]]


def test_pivots_of_a_rectangle_are_refused() -> None:
    """The message names the shape."""
    with pytest.raises(ShapeError, match=r"pivots got \(1, 2, 3\)"):
        pivots(np.ones((1, 2, 3)))
