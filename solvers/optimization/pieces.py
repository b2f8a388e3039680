"""Convex functions of one coordinate each, with piecewise linear derivatives: value, slope, proximal point.

Each side of zero has intervals of given lengths, the last without end. On each the second derivative is constant, and
at its near end the derivative may jump. The minimum is 0, at 0, where no slope is negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from lemmata.solvers.numbers.arithmetic import Array, concatenate, gate, stack
from lemmata.solvers.numbers.order import larger
from lemmata.solvers.optimization.nonexpansive import clip


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

    @cached_property
    def knots(self) -> Array:
        """The near ends of the intervals, ``(batch, dimension, intervals)``; the first is zero."""
        found = [self.slopes[..., 0] * 0]
        for place in range(self.lengths.shape[-1]):
            found.append(found[-1] + self.lengths[..., place])
        return stack(found, axis=-1)

    @cached_property
    def bends(self) -> Array:
        """By how much the second derivative changes at the knots, ``(batch, dimension, intervals)``."""
        return concatenate([self.slopes[..., :1], self.slopes[..., 1:] - self.slopes[..., :-1]], axis=-1)

    def value(self, z: Array) -> Array:
        """The values at `z` >= 0 ``(batch, dimension)``."""
        beyond = self._beyond(z)
        heights = self.bends * beyond / 2
        return (beyond * (heights if self.jumps is None else heights + self.jumps)).sum(axis=-1)

    def slope(self, z: Array) -> Array:
        """The derivatives at `z` >= 0 ``(batch, dimension)``; at a jump that from below."""
        bent = self.bends * self._beyond(z)
        return (bent if self.jumps is None else bent + self.jumps * gate(z[..., None] - self.knots)).sum(axis=-1)

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

    def _beyond(self, z: Array) -> Array:
        """How far `z` >= 0 lies beyond each knot."""
        further = z[..., None] - self.knots[..., 1:]
        return concatenate([z[..., None], larger(further, further * 0)], axis=-1)


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
        right, left = self._sides(x)
        return (self.right.value(right) + self.left.value(left)).sum(axis=-1)

    def gradient(self, x: Array) -> Array:
        """The gradient at `x`, ``(batch, dimension)``; at a kink that of one side."""
        right, left = self._sides(x)
        return self._back(self.right.slope(right) - self.left.slope(left))

    def proximal(self, x: Array, step: Array) -> Array:
        """The minimizer of f(p) + |p - x|^2 / (2 step), ``(batch, dimension)``; step ``(batch, 1)``."""
        right, left = self._sides(x)
        return self._back(self.right.proximal(right, step) - self.left.proximal(left, step))

    def _sides(self, x: Array) -> tuple[Array, Array]:
        """How far right and left of zero each turned coordinate lies; one of the two is zero."""
        z = (self.rotation @ x[..., None])[..., 0]
        right = larger(z, z * 0)
        return right, right - z

    def _back(self, z: Array) -> Array:
        return (z[:, None, :] @ self.rotation)[:, 0, :]
