"""First-order methods on functions whose gradients, proximal maps and fixed points are exact in rationals.

Worst cases of gradient methods are piecewise quadratic, so nothing is lost by asking for piecewise linear
gradients. Every iteration returns all of its points, ``(batch, steps + 1, dimension)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lemmata.solvers.numbers.arithmetic import Array, elementwise, gate, stack, transpose
from lemmata.solvers.numbers.linear_algebra import dot
from lemmata.solvers.numbers.order import absolute, largest, smallest


def clip(z: Array, low: Array, high: Array) -> Array:
    """`z` moved into [`low`, `high`], low <= high, all broadcast together.

    Each gate multiplies what vanishes at its kink: an undecided gate costs no more than the error bound of `z`.
    """
    return z + gate(low - z) * (low - z) - gate(z - high) * (z - high)


@dataclass(frozen=True, kw_only=True)
class PiecewiseQuadratic:
    """f(x) = sum_i phi_i(a_i . x), where phi_i' is continuous and linear between knots, constant outside them.

    phi_i(0) = 0 and phi_i'(0) is the tilt of term i. Slopes >= 0 make f convex; then no tilt means that x = 0
    is a minimizer and 0 the minimum (f is a Bregman divergence from 0).

    Attributes:
        directions: the a_i, ``(batch, terms, dimension)``.
        knots: increasing, ``(batch, terms, pieces + 1)``.
        slopes: phi_i'' between neighbouring knots, ``(batch, terms, pieces)``.
        tilts: phi_i'(0), ``(batch, terms)``.
    """

    directions: Array
    knots: Array
    slopes: Array
    tilts: Array

    def value(self, x: Array) -> Array:
        """The value at `x` ``(batch, dimension)``, as ``(batch,)``."""
        z = self._projections(x)
        now, origin = self._clipped(z), self._clipped(z * 0)
        # The integral of clip(s) - clip(0) from 0 to z, factored so that nothing cancels near 0.
        terms = (self.slopes * (now - origin) * (z[..., None] - (now + origin) / 2)).sum(axis=-1)
        return (terms + self.tilts * z).sum(axis=-1)

    def gradient(self, x: Array) -> Array:
        """The gradient at `x`, ``(batch, dimension)``."""
        z = self._projections(x)
        forces = (self.slopes * (self._clipped(z) - self._clipped(z * 0))).sum(axis=-1) + self.tilts
        return (forces[:, None, :] @ self.directions)[:, 0, :]

    def smoothness(self) -> Array:
        """A Lipschitz constant of the gradient, ``(batch,)``; the least one in dimension 1 with one term.

        The Hessian lies between -c A'A and c A'A, c the largest |slope|; the norm of A'A is at most its trace
        and at most its largest absolute row sum.
        """
        gram = transpose(self.directions) @ self.directions
        axes = range(gram.shape[-1])
        trace = sum((gram[:, i, i] for i in axes[1:]), gram[:, 0, 0])
        row = largest([absolute(gram[:, i, :]).sum(axis=-1) for i in axes])
        pieces = absolute(self.slopes).reshape(self.slopes.shape[0], -1)
        return smallest([trace, row]) * largest([pieces[:, j] for j in range(pieces.shape[1])])

    def _projections(self, x: Array) -> Array:
        return (self.directions @ x[..., None])[..., 0]

    def _clipped(self, z: Array) -> Array:
        return clip(z[..., None], self.knots[..., :-1], self.knots[..., 1:])


def gradient_iterates(function: PiecewiseQuadratic, start: Array, *, step: Array, steps: int) -> Array:
    """Gradient descent from `start` ``(batch, dimension)`` with a constant `step` ``(batch,)``."""
    points = [start]
    for _ in range(steps):
        points.append(points[-1] - step[:, None] * function.gradient(points[-1]))
    return stack(points, axis=1)


def momentum_factors(like: Array, *, steps: int, last: int = 8) -> list[Array]:
    """theta_0 = 1, theta_{t+1} = (1 + sqrt(1 + 4 theta_t^2)) / 2, with `last` in place of the last 4.

    Args:
        like: any array ``(batch, ...)`` of the number system in use.
        steps: the index of the last factor.
        last: 8 for the optimized gradient method, 4 for Nesterov's.

    Returns:
        theta_0, ..., theta_steps, ``(batch,)`` each.
    """
    factors = [like.reshape(like.shape[0], -1)[:, 0] * 0 + 1]
    for t in range(steps):
        curvature = last if t == steps - 1 else 4
        factors.append((elementwise(factors[-1] * factors[-1] * curvature + 1, "sqrt") + 1) / 2)
    return factors


def momentum_iterates(
    function: PiecewiseQuadratic,
    start: Array,
    *,
    step: Array,
    factors: Sequence[Array],
    over_relaxed: bool = True,
) -> tuple[Array, Array]:
    """The optimized gradient method, or Nesterov's fast gradient method where not `over_relaxed`.

    y_{t+1} = x_t - step grad f(x_t), and x_{t+1} = y_{t+1} + (theta_t - 1)/theta_{t+1} (y_{t+1} - y_t), to which
    the optimized method adds theta_t/theta_{t+1} (y_{t+1} - x_t); y_0 = x_0.

    Returns:
        The x_t, which the optimized method ends with, and the y_t, which Nesterov's ends with.
    """
    points, short = [start], [start]
    for now, following in pairwise(factors):
        x = points[-1]
        y = x - step[:, None] * function.gradient(x)
        ahead = y + ((now - 1) / following)[:, None] * (y - short[-1])
        points.append(ahead + (now / following)[:, None] * (y - x) if over_relaxed else ahead)
        short.append(y)
    return stack(points, axis=1), stack(short, axis=1)


@dataclass(frozen=True, kw_only=True)
class SeparableConvex:
    """f(x) = sum_j e_j(x_j) + q_j x_j^2 / 2, where e_j is an absolute value with two slopes, rounded off.

    e_j is the Moreau envelope, with parameter m_j >= 0, of -l x for x < 0 and r x for x > 0: the function
    itself for m = 0, Huber's loss for m > 0 and l = r, the positive part for l = m = 0. Its minimum is f(0) = 0.

    Attributes:
        left, right, rounding, curvature: l, r, m and q, all >= 0, ``(batch, dimension)``.
    """

    left: Array
    right: Array
    rounding: Array
    curvature: Array

    def proximal(self, x: Array, step: Array) -> tuple[Array, Array]:
        """The minimizer p of f(p) + |p - x|^2 / (2 step), ``(batch, dimension)``, and f(p), ``(batch,)``."""
        shrink = step[:, None] * self.curvature + 1
        centre, length = x / shrink, step[:, None] / shrink
        slope = clip(centre / (self.rounding + length), -self.left, self.right)
        p = centre - length * slope
        # Fenchel's equality e(p) + e*(slope) = p slope needs no division by the rounding, which may be zero.
        values = p * slope - self.rounding * slope * slope / 2 + self.curvature * p * p / 2
        return p, values.sum(axis=-1)


def proximal_iterates(function: SeparableConvex, start: Array, *, step_sizes: Array) -> tuple[Array, Array]:
    """The proximal point algorithm with steps ``(batch, steps)``: points, and values of all but the first."""
    points, values = [start], []
    for t in range(step_sizes.shape[1]):
        point, value = function.proximal(points[-1], step_sizes[:, t])
        points.append(point)
        values.append(value)
    return stack(points, axis=1), stack(values, axis=1)


@dataclass(frozen=True, kw_only=True)
class NonExpansive:
    """T(x) = (1 - s) u + s M u, where u = x - k clip(x, -l, r) and M is a product of mirror images; T(0) = 0.

    T is non-expansive for 0 <= k <= 2, 0 <= s <= 1: u is so coordinate by coordinate, M is orthogonal.

    Attributes:
        pull, left, right: k, l and r, ``(batch, dimension)``, l and r >= 0.
        mirrors: normals of the mirrors, not zero, ``(batch, mirrors, dimension)``; two make a rotation.
        share: s, ``(batch,)``.
    """

    pull: Array
    left: Array
    right: Array
    mirrors: Array
    share: Array

    def __call__(self, x: Array) -> Array:
        """T(x) of `x` ``(batch, dimension)``."""
        u = x - self.pull * clip(x, -self.left, self.right)
        image = u
        for i in range(self.mirrors.shape[1]):
            normal = self.mirrors[:, i, :]
            image = image - (dot(normal, image) * 2 / dot(normal, normal))[:, None] * normal
        return u + self.share[:, None] * (image - u)

    def displacements(self, points: Array) -> Array:
        """The residuals x - T(x) at several `points` ``(batch, count, dimension)``."""
        return stack([points[:, t] - self(points[:, t]) for t in range(points.shape[1])], axis=1)


def halpern_iterates(operator: NonExpansive, start: Array, *, steps: int) -> Array:
    """Halpern's iteration x_{t+1} = x_0 / (t + 2) + (t + 1) / (t + 2) T(x_t)."""
    points = [start]
    for t in range(steps):
        points.append((start + operator(points[-1]) * (t + 1)) / (t + 2))
    return stack(points, axis=1)


def averaged_iterates(operator: NonExpansive, start: Array, *, steps: int) -> Array:
    """The averaged iteration of Krasnoselskii and Mann, x_{t+1} = (x_t + T(x_t)) / 2."""
    points = [start]
    for _ in range(steps):
        points.append((points[-1] + operator(points[-1])) / 2)
    return stack(points, axis=1)


def picard_iterates(operator: NonExpansive, start: Array, *, steps: int) -> Array:
    """The plain iteration x_{t+1} = T(x_t)."""
    points = [start]
    for _ in range(steps):
        points.append(operator(points[-1]))
    return stack(points, axis=1)


def recurrence(start: Array, *, first: Array, second: Array, steps: int) -> Array:
    """x_{t+1} = first x_t - second x_{t-1} from x_{-1} = x_0 = `start`, all ``(batch,)``; ``(batch, steps + 1)``.

    One mode of a quadratic under a method with momentum: `first` and `second` are trace and determinant of the
    companion matrix.
    """
    points = [start, start]
    for _ in range(steps):
        points.append(first * points[-1] - second * points[-2])
    return stack(points[1:], axis=1)
