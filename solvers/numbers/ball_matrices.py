"""One matrix of balls as flint keeps it: what a long run of one instance is stepped in.

A product of small matrices is one call of flint's, in place of a call an entry and NumPy's loops around them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, ball_function, elementwise, flint, transpose
from lemmata.solvers.numbers.errors import ShapeError
from lemmata.solvers.numbers.hooks import Exact


class BallMatrix:
    """A batch of one matrix of balls, with the products and the entrywise operations of an array.

    Entry by entry it meets matrices of its shape, one number ``(1, 1, 1)``, and integers.
    """

    __slots__ = ("matrix", "shape")

    def __init__(self, matrix: Any) -> None:
        self.matrix = matrix
        """The `flint.arb_mat`."""
        self.shape = (1, matrix.nrows(), matrix.ncols())
        """One, rows, columns."""

    @classmethod
    def of(cls, array: Array) -> BallMatrix:
        """From an object array ``(1, rows, columns)`` of balls, or of rationals, which become balls."""
        ball = flint().arb
        return cls(flint().arb_mat([[ball(entry) for entry in row] for row in array.view(np.ndarray)[0].tolist()]))

    def as_array(self) -> Array:
        """The object array ``(1, rows, columns)``."""
        _, rows, columns = self.shape
        made = np.empty((1, rows, columns), dtype=object)
        made[0] = self.matrix.tolist()
        return made.view(Exact)

    def __matmul__(self, other: BallMatrix) -> BallMatrix:
        return BallMatrix(self.matrix * other.matrix)

    def __neg__(self) -> BallMatrix:
        return BallMatrix(-self.matrix)

    def __add__(self, other: BallMatrix | int) -> BallMatrix:
        if isinstance(other, BallMatrix) and self.shape == other.shape:
            return BallMatrix(self.matrix + other.matrix)
        return self._with(other, operator.add)

    def __radd__(self, other: int) -> BallMatrix:
        return self + other

    def __sub__(self, other: BallMatrix | int) -> BallMatrix:
        if isinstance(other, BallMatrix) and self.shape == other.shape:
            return BallMatrix(self.matrix - other.matrix)
        return self._with(other, operator.sub)

    def __rsub__(self, other: int) -> BallMatrix:
        return -self + other

    def __mul__(self, other: BallMatrix | int) -> BallMatrix:
        if isinstance(other, BallMatrix):
            if self.shape == _ONE:
                return BallMatrix(other.matrix * self.matrix[0, 0])
            if other.shape != _ONE:
                return self._with(other, operator.mul)
            return BallMatrix(self.matrix * other.matrix[0, 0])
        return BallMatrix(self.matrix * other)

    def __rmul__(self, other: int) -> BallMatrix:
        return self * other

    def __truediv__(self, other: BallMatrix | int) -> BallMatrix:
        return self._with(other, operator.truediv)

    def map(self, function: Callable[[Any], Any]) -> BallMatrix:
        """The function of each entry."""
        return self._of(map(function, self.matrix.entries()))

    def _with(self, other: BallMatrix | int, operation: Callable[[Any, Any], Any]) -> BallMatrix:
        """An operation entry by entry, with a matrix of the same shape or with one number.

        Raises:
            ShapeError: matrices of other shapes.
        """
        if not isinstance(other, BallMatrix):
            return self.map(lambda entry: operation(entry, other))
        if self.shape == other.shape:
            return self._of(map(operation, self.matrix.entries(), other.matrix.entries()))
        if other.shape == _ONE:
            return self._with(other.matrix[0, 0], operation)
        if self.shape == _ONE:
            return other.map(lambda entry: operation(self.matrix[0, 0], entry))
        raise ShapeError(
            f"matrices of balls of shapes {self.shape} and {other.shape} met entry by entry; expected the same shape, "
            "or (1, 1, 1) for one of them"
        )

    def _of(self, entries: Iterable[Any]) -> BallMatrix:
        return BallMatrix(flint().arb_mat(self.matrix.nrows(), self.matrix.ncols(), list(entries)))


_ONE = (1, 1, 1)


@transpose.register
def _(x: BallMatrix) -> BallMatrix:
    return BallMatrix(x.matrix.transpose())


@elementwise.register
def _(x: BallMatrix, name: str) -> BallMatrix:
    return x.map(ball_function(name))
