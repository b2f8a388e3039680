"""Linear measurements of symmetric matrices, <A_1, M>, ..., <A_m, M>, in every number system.

The loss is f(X) = |A(X X' - M*)|^2 / 4, so that its gradient is K(X X' - M*) X with K(M) = sum_k <A_k, M> A_k.
"""

from __future__ import annotations

from lemmata.solvers.numbers.arithmetic import Array, concatenate, elementwise, stack, transpose
from lemmata.solvers.numbers.constants import full
from lemmata.solvers.numbers.errors import ShapeError


def symmetric(matrix: Array) -> Array:
    """The symmetric part of matrices ``(..., n, n)``."""
    return (matrix + transpose(matrix)) / 2


def measurements(operator: Array, matrix: Array) -> Array:
    """<A_k, M> for ``operator`` A (batch, m, n, n) and ``matrix`` M (batch, n, n): (batch, m)."""
    batch, count, rows, columns = operator.shape
    if matrix.shape[-2:] != (rows, columns):
        raise ShapeError(
            f"measurements got {operator.shape} and {matrix.shape}; expected (batch, m, n, n), (batch, n, n)."
        )
    flat = operator.reshape(batch, count, rows * columns)
    return (flat @ matrix.reshape(-1, rows * columns, 1))[:, :, 0]


def normal(operator: Array, matrix: Array) -> Array:
    """K(M) = sum_k <A_k, M> A_k, (batch, n, n)."""
    return (measurements(operator, matrix)[:, :, None, None] * operator).sum(axis=1)


def factor_curvature(operator: Array, factor: Array) -> Array:
    """C of the quadratic form V' C V = |A(X V')|^2 on vec(V), rows of V kept together: (batch, n r, n r).

    Args:
        operator: symmetric A, (batch, m, n, n).
        factor: X, (batch, n, r).
    """
    batch, count = operator.shape[:2]
    rows = (operator @ factor[:, None]).reshape(batch, count, factor.shape[1] * factor.shape[2])
    return transpose(rows) @ rows


def operator_matrix(operator: Array) -> Array:
    """K in an orthonormal basis of the symmetric matrices, (batch, N, N) with N = n (n + 1)/2.

    Its extreme eigenvalues are the sharpest constants a, L with a |M|_F^2 <= |A(M)|^2 <= L |M|_F^2 for symmetric M.
    """
    size = operator.shape[-1]
    root = elementwise(full(operator[:1, 0, 0, 0], 2), "sqrt")[:, None]
    columns = [
        operator[:, :, i, j] if i == j else operator[:, :, i, j] * root for i in range(size) for j in range(i, size)
    ]
    rows = stack(columns, axis=2)
    return transpose(rows) @ rows


def with_identity(matrix: Array, count: int) -> Array:
    """Matrices A (..., n, n) as they act on vec(X), X of r = ``count`` columns, rows kept together: (..., n r, n r)."""
    size = matrix.shape[-1]
    if count == 1:
        return matrix
    zero = matrix * 0
    blocks = [
        concatenate([(matrix if p == q else zero)[..., None] for q in range(count)], axis=-1) for p in range(count)
    ]
    whole = stack(blocks, axis=-3)  # (..., n, r, n, r)
    return whole.reshape(*matrix.shape[:-2], size * count, size * count)
