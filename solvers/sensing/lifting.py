"""The lift of matrix sensing, h(w) = |A^(x)l (P(w) P(w)') - b^(x)l|^2 / 4 for w of order l, in every number system.

A tensor of order l over R^d is a row of d^l entries, ``(batch, d^l)``. For r columns d = n r, and each A_k acts as
A_k (x) I_r. The cost is d^(2 l): for small d and l, to check what is said in closed form.
"""

from __future__ import annotations

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, transpose
from lemmata.solvers.numbers.errors import ShapeError
from lemmata.solvers.sensing.operators import with_identity


def tensor_power(vector: Array, order: int) -> Array:
    """The tensor x (x) ... (x) x, ``order`` times, for x (batch, d): (batch, d^order)."""
    made = vector
    for _ in range(order - 1):
        made = (made[:, :, None] * vector[:, None, :]).reshape(vector.shape[0], -1)
    return made


def multilinear(matrices: tuple[Array, ...], tensor: Array) -> Array:
    """The tensor with the matrix of each place, (batch, rows, d), applied along that mode.

    Raises:
        ShapeError: the tensor has not as many entries as the matrices have columns together.
    """
    expected = int(np.prod([matrix.shape[2] for matrix in matrices]))
    if tensor.shape[1] != expected:
        raise ShapeError(f"multilinear got a tensor of {tensor.shape[1]} entries; expected {expected}.")
    batch = tensor.shape[0]
    for matrix in matrices:  # the first mode is worked on and goes last, so that all come back in order
        tensor = transpose(matrix @ tensor.reshape(batch, matrix.shape[2], -1)).reshape(batch, -1)
    return tensor


def repeated(matrix: Array, tensor: Array, order: int) -> Array:
    """M^(x)order applied to a tensor."""
    return multilinear((matrix,) * order, tensor)


def lifted_measurements(operators: tuple[Array, ...], left: Array, right: Array) -> Array:
    """The forms left' (A_k1 (x) ... (x) A_kl) right for all k_1, ..., k_l: (batch, m^l).

    Args:
        operators: one a mode, A (batch, m, d, d).
        left: a tensor (batch, d^l).
        right: another.
    """
    flat = tuple(operator.reshape(operator.shape[0], operator.shape[1], -1) for operator in operators)
    return multilinear(flat, _paired(left[:, :, None] * right[:, None, :], len(operators)))


def lifted_loss(operators: tuple[Array, ...], tensor: Array, target: Array) -> Array:
    """|A^(x)l(w, w) - target|^2 / 4, (batch,); ``target`` (batch, m^l)."""
    missed = lifted_measurements(operators, tensor, tensor) - target
    return (missed * missed).sum(axis=1) / 4


def lifted_gradient(operators: tuple[Array, ...], tensor: Array, target: Array) -> Array:
    """The gradient of `lifted_loss` for symmetric A_k, by the chain rule through every measurement: (batch, d^l)."""
    missed = lifted_measurements(operators, tensor, tensor) - target
    back = tuple(transpose(operator.reshape(operator.shape[0], operator.shape[1], -1)) for operator in operators)
    size, order = operators[0].shape[-1], len(operators)
    pairs = multilinear(back, missed).reshape(tensor.shape[0], *(size,) * (2 * order))
    places = (0, *range(1, 2 * order, 2), *range(2, 2 * order + 1, 2))
    matrix = np.transpose(pairs, places).reshape(tensor.shape[0], size**order, size**order)
    return (matrix @ tensor[:, :, None])[:, :, 0]


def operators_of(operator: Array, columns: int, order: int) -> tuple[Array, ...]:
    """The same A (x) I_r on every mode."""
    return (with_identity(operator, columns),) * order


def _paired(outer: Array, order: int) -> Array:
    """(i_1 .. i_l, j_1 .. j_l) -> (i_1 j_1, ..., i_l j_l)."""
    batch, entries = outer.shape[:2]
    size = round(entries ** (1 / order))
    parted = outer.reshape(batch, *(size,) * (2 * order))
    places = (0, *(place for i in range(1, order + 1) for place in (i, order + i)))
    return np.transpose(parted, places).reshape(batch, -1)
