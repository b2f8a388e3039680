"""One matrix of balls as flint keeps it: what a long run of one instance is stepped in.

A product of small matrices is one call of flint's, in place of a call an entry and NumPy's loops around them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, flint, transpose
from lemmata.solvers.numbers.hooks import Exact


class BallMatrix:
    """A batch of one matrix of balls, with products, sums, differences and multiples by one number, as an array."""

    __slots__ = ("_matrix",)

    def __init__(self, matrix: Any) -> None:
        self._matrix = matrix

    @classmethod
    def of(cls, array: Array) -> BallMatrix:
        """From an object array ``(1, rows, columns)`` of balls, or of rationals, which become balls."""
        ball = flint().arb
        return cls(flint().arb_mat([[ball(entry) for entry in row] for row in array.view(np.ndarray)[0].tolist()]))

    def as_array(self) -> Array:
        """The object array ``(1, rows, columns)``."""
        _, rows, columns = self.shape
        made = np.empty((1, rows, columns), dtype=object)
        made[0] = self._matrix.tolist()
        return made.view(Exact)

    @property
    def shape(self) -> tuple[int, int, int]:
        """One, rows, columns."""
        return 1, self._matrix.nrows(), self._matrix.ncols()

    def __matmul__(self, other: BallMatrix) -> BallMatrix:
        return BallMatrix(self._matrix * other._matrix)

    def __add__(self, other: BallMatrix) -> BallMatrix:
        return BallMatrix(self._matrix + other._matrix)

    def __sub__(self, other: BallMatrix) -> BallMatrix:
        return BallMatrix(self._matrix - other._matrix)

    def __mul__(self, other: BallMatrix) -> BallMatrix:
        """The multiple by one number ``(1, 1, 1)``, on either side."""
        if self.shape == (1, 1, 1):
            return BallMatrix(other._matrix * self._matrix[0, 0])
        if other.shape == (1, 1, 1):
            return BallMatrix(self._matrix * other._matrix[0, 0])
        return NotImplemented


@transpose.register
def _(x: BallMatrix) -> BallMatrix:
    return BallMatrix(x._matrix.transpose())  # noqa: SLF001 - its own class
