"""Tensors contracted with vectors, batched, in any number system."""

from __future__ import annotations

from collections.abc import Sequence

from lemmata.solvers.numbers.arithmetic import Array
from lemmata.solvers.numbers.errors import ShapeError


def contracted(tensor: Array, vectors: Sequence[Array], *, free: int | None = None) -> Array:
    """The tensor with every axis but ``free`` (from 0) summed against the vector of its place.

    Args:
        tensor: ``(batch, d_1, ..., d_N)``.
        vectors: N arrays ``(batch, d_n)``.
        free: the axis that stays; none if left out.

    Returns:
        ``(batch, d_free)``, or ``(batch,)``: the inner product with the outer product of the vectors.

    Raises:
        ShapeError: not one vector an axis, or of another length.
    """
    if tensor.shape[1:] != tuple(vector.shape[1] for vector in vectors):
        raise ShapeError(
            f"contracted got a tensor {tensor.shape} and vectors {[vector.shape for vector in vectors]}; expected one "
            "vector (batch, d_n) for each axis."
        )
    rest = tensor
    for axis in reversed(range(len(vectors))):
        if axis != free:
            places = [1] * (rest.ndim - 1)
            places[axis] = rest.shape[axis + 1]
            rest = (rest * vectors[axis].reshape(-1, *places)).sum(axis=axis + 1)
    return rest
