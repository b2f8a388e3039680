"""Linear systems of margin problems, solved by elimination in every number system."""

from __future__ import annotations

from lemmata.solvers.numbers.arithmetic import Array, stack
from lemmata.solvers.numbers.errors import ShapeError


def solve_definite(matrix: Array, right: Array) -> Array:
    """The solution x (batch, n) of ``matrix`` x = ``right`` for positive definite matrices (batch, n, n).

    Elimination without exchange of rows, which positive definite matrices do not need: exact in rationals, with
    rigorous bars in floats, in which a pivot that may vanish gives an infinite bar.
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
