"""Linear algebra and powers in every number system, which all families of solvers use."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, concatenate, elementwise, stack, zeros
from lemmata.solvers.numbers.errors import ShapeError


def dot(x: Array, y: Array) -> Array:
    """Inner product along the last axis."""
    return (x * y).sum(axis=-1)


def matvec(matrix: Array, vector: Array) -> Array:
    """``matrix`` (batch, m, n) times ``vector`` (batch, n)."""
    return (matrix @ vector[..., None])[..., 0]


def frobenius_square(matrix: Array) -> Array:
    """Squared Frobenius norm of matrices ``(..., rows, columns)``."""
    return (matrix * matrix).sum(axis=-1).sum(axis=-1)


def solve_definite(matrix: Array, right: Array) -> Array:
    """The solution x (batch, n) of ``matrix`` x = ``right`` for positive definite matrices (batch, n, n).

    Elimination without exchange of rows, which positive definite matrices do not need: exact in rationals, with
    rigorous error bounds in floats, infinite where a pivot may vanish.
    """
    if matrix.shape[1:] != (right.shape[1], right.shape[1]):
        raise ShapeError(f"solve_definite got {matrix.shape} and {right.shape}; expected (batch, n, n) and (batch, n).")
    count = right.shape[1]
    rows = [matrix[:, i] for i in range(count)]
    sides = [right[:, i] for i in range(count)]
    for i in range(count):
        for k in range(i + 1, count):
            factor = rows[k][:, i] / rows[i][:, i]
            rows[k] = rows[k] - factor[:, None] * rows[i]
            sides[k] = sides[k] - factor * sides[i]
    found: list[Array] = []  # from the last unknown to the first
    for i in reversed(range(count)):
        known = sides[i]
        for k, value in zip(range(count - 1, i, -1), found, strict=True):
            known = known - rows[i][:, k] * value
        found.append(known / rows[i][:, i])
    return stack(found[::-1], axis=1)


def pivots(matrix: Array) -> Array:
    """The pivots of symmetric ``matrix`` (batch, n, n) under elimination without exchange of rows: (batch, n).

    All are positive if and only if the matrix is positive definite; after one that is not, the others mean nothing.

    Raises:
        ShapeError: the matrices are not square.
    """
    if matrix.shape[1] != matrix.shape[2]:
        raise ShapeError(f"pivots got {matrix.shape}; expected (batch, n, n).")
    rows, found = matrix, []
    while rows.shape[1]:
        pivot = rows[:, 0, 0]
        found.append(pivot)
        rows = rows[:, 1:, 1:] - rows[:, 1:, :1] * rows[:, :1, 1:] / pivot[:, None, None]
    return stack(found, axis=1)


def rectangular_diagonal(entries: Array, rows: int, columns: int) -> Array:
    """Matrices ``(batch, rows, columns)`` with `entries` ``(batch, count)`` first on the diagonal, and zeros.

    Raises:
        ShapeError: more entries than the diagonal holds.
    """
    batch, count = entries.shape
    if count > min(rows, columns):
        raise ShapeError(f"rectangular_diagonal got {count} entries; expected at most {min(rows, columns)}.")
    block = entries[:, :, None] * np.eye(count, dtype=int)
    wide = concatenate([block, zeros(entries, (batch, count, columns - count))], axis=2)
    return concatenate([wide, zeros(entries, (batch, rows - count, columns))], axis=1)


def reflection(normal: Array) -> Array:
    """I - 2 v v'/|v|^2 for `normal` v ``(batch, n)``, orthogonal also in exact fractions: ``(batch, n, n)``."""
    outer = normal[:, :, None] * normal[:, None, :]
    return np.eye(normal.shape[1], dtype=int) - outer * 2 / dot(normal, normal)[:, None, None]


def times_fraction(x: Array, fraction: Fraction) -> Array:
    """``x`` times a fraction, through integers only."""
    return x * fraction.numerator / fraction.denominator


def rational_power(x: Array, exponent: Fraction) -> Array:
    """x^exponent for positive x."""
    return elementwise(times_fraction(elementwise(x, "log"), exponent), "exp")
