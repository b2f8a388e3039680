"""Non-expansive maps that fix 0, exact in rationals."""

from __future__ import annotations

from dataclasses import dataclass

from lemmata.solvers.numbers.arithmetic import Array, gate


def clip(z: Array, low: Array, high: Array) -> Array:
    """`z` moved into [`low`, `high`], low <= high, all broadcast together.

    Each gate multiplies what vanishes at its kink: an undecided gate costs no more than the error bound of `z`.
    """
    return z + gate(low - z) * (low - z) - gate(z - high) * (z - high)


@dataclass(frozen=True, kw_only=True)
class NonExpansive:
    """T(x) = M u, where u = x - k clip(x, -l, r) coordinate by coordinate; T(0) = 0.

    T is non-expansive for 0 <= k <= 2 and a matrix M of norm at most one, such as a rotation.

    Attributes:
        pull, left, right: k, l and r, ``(batch, dimension)``, l and r >= 0.
        turn: M, ``(batch, dimension, dimension)``.
    """

    pull: Array
    left: Array
    right: Array
    turn: Array

    def __call__(self, x: Array) -> Array:
        """T(x) of `x` ``(batch, dimension)``."""
        moved = x - self.pull * clip(x, -self.left, self.right)
        return (self.turn @ moved[..., None])[..., 0]
