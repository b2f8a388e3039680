"""Convex functions of one coordinate each, with piecewise linear derivatives: value, slope, proximal point.

Each side of zero has intervals of given lengths, the last without end. On each the second derivative is constant, and
at its near end the derivative may jump. The minimum is 0, at 0, where no slope is negative.
"""

from __future__ import annotations

from dataclasses import dataclass

from lemmata.solvers.numbers.arithmetic import Array, gate, stack
from lemmata.solvers.numbers.order import larger
from lemmata.solvers.optimization.first_order import clip


@dataclass(frozen=True, kw_only=True)
class Pieces:
    """One side of zero, for every coordinate.

    Attributes:
        lengths: of all intervals but the last, >= 0, ``(batch, dimension, intervals - 1)``.
        slopes: second derivatives, ``(batch, dimension, intervals)``.
        jumps: of the derivative at the near ends, >= 0, ``(batch, dimension, intervals)``; none if left out.
    """

    lengths: Array
    slopes: Array
    jumps: Array | None = None

    @property
    def knots(self) -> Array:
        """The near ends of the intervals, ``(batch, dimension, intervals)``; the first is zero."""
        found = [self.slopes[..., 0] * 0]
        for place in range(self.lengths.shape[-1]):
            found.append(found[-1] + self.lengths[..., place])
        return stack(found, axis=-1)

    def value(self, z: Array) -> Array:
        """The values at `z` >= 0 ``(batch, dimension)``."""
        knots, total = self.knots, z * 0
        for place in range(self.slopes.shape[-1]):
            reach = self._reach(z, knots, place)
            beyond = larger(z - knots[..., place], z * 0) - reach
            total = total + self.slopes[..., place] * reach * (reach / 2 + beyond)
            if self.jumps is not None:
                total = total + self.jumps[..., place] * larger(z - knots[..., place], z * 0)
        return total

    def slope(self, z: Array) -> Array:
        """The derivatives at `z` >= 0 ``(batch, dimension)``; at a jump that from below."""
        knots, total = self.knots, z * 0
        for place in range(self.slopes.shape[-1]):
            total = total + self.slopes[..., place] * self._reach(z, knots, place)
            if self.jumps is not None:
                total = total + self.jumps[..., place] * gate(z - knots[..., place])
        return total

    def proximal(self, x: Array, step: Array) -> Array:
        """The points p >= 0 at which p + step slope(p) reaches `x` >= 0 ``(batch, dimension)``; step ``(batch, 1)``."""
        edge, found = x * 0, x * 0
        for place in range(self.slopes.shape[-1]):
            stretch = step * self.slopes[..., place] + 1
            if self.jumps is not None:
                edge = edge + step * self.jumps[..., place]
            over = larger(x - edge, x * 0)
            if place < self.lengths.shape[-1]:
                length = stretch * self.lengths[..., place]
                over = clip(over, over * 0, length)
                edge = edge + length
            found = found + over / stretch
        return found

    def _reach(self, z: Array, knots: Array, place: int) -> Array:
        """How much of an interval lies below `z`."""
        over = larger(z - knots[..., place], z * 0)
        return over if place == self.lengths.shape[-1] else clip(over, over * 0, self.lengths[..., place])


@dataclass(frozen=True, kw_only=True)
class PiecewiseConvex:
    """A sum of functions of one coordinate each, after a rotation.

    Attributes:
        right, left: the two sides of zero.
        rotation: orthogonal, ``(batch, dimension, dimension)``.
    """

    right: Pieces
    left: Pieces
    rotation: Array

    def value(self, x: Array) -> Array:
        """The value at `x` ``(batch, dimension)``, as ``(batch,)``."""
        z = self._turned(x)
        return (self.right.value(larger(z, z * 0)) + self.left.value(larger(-z, z * 0))).sum(axis=-1)

    def gradient(self, x: Array) -> Array:
        """The gradient at `x`, ``(batch, dimension)``; at a kink that of one side."""
        z = self._turned(x)
        return self._back(self.right.slope(larger(z, z * 0)) - self.left.slope(larger(-z, z * 0)))

    def proximal(self, x: Array, step: Array) -> Array:
        """The minimizer of f(p) + |p - x|^2 / (2 step), ``(batch, dimension)``; step ``(batch, 1)``."""
        z = self._turned(x)
        right = self.right.proximal(larger(z, z * 0), step)
        return self._back(right - self.left.proximal(larger(-z, z * 0), step))

    def _turned(self, x: Array) -> Array:
        return (self.rotation @ x[..., None])[..., 0]

    def _back(self, z: Array) -> Array:
        return (z[:, None, :] @ self.rotation)[:, 0, :]
