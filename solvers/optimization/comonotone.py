"""Comonotone operators, their resolvents, and iterations that interpolate between a point and what it is sent to.

F is rho-comonotone (|rho|-cohypomonotone where rho < 0) if <F z - F w, z - w> >= rho |F z - F w|^2 for all z, w.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lemmata.solvers.numbers.arithmetic import Array, concatenate, elementwise, stack
from lemmata.solvers.numbers.constants import full
from lemmata.solvers.numbers.linear_algebra import dot
from lemmata.solvers.numbers.order import largest, smallest
from lemmata.solvers.optimization.nonexpansive import NonExpansive, clip

Map = Callable[[Array], Array]
"""From points ``(batch, n)`` to points."""


@dataclass(frozen=True, kw_only=True)
class Comonotone:
    """The maximal rho-comonotone F with F(0) = 0 whose F^-1 - rho has the reflected resolvent T of a given step.

    Every maximal one has this form: (1 + T)/2 is the resolvent of step ``step + rho`` of a maximal monotone A, and
    F^-1 = A^-1 + rho, so that J = (1 + step F)^-1 is z + theta (T z - z)/2 with theta = step / (step + rho).

    Attributes:
        reflected: T, non-expansive.
        rho, step: ``(batch,)``, with step > 0 and step + rho > 0.
    """

    reflected: NonExpansive
    rho: Array
    step: Array

    def resolvent(self, z: Array) -> Array:
        """The points p ``(batch, n)`` with p + step F(p) = `z`."""
        share = self.step / (self.step + self.rho) / 2
        return z + share[:, None] * (self.reflected(z) - z)


@dataclass(frozen=True, kw_only=True)
class Planar:
    """F(z): a complex factor on each of some planes, and on one line a slope that grows near zero.

    Attributes:
        real, imaginary: of the factors, ``(batch, planes)``.
        flat, extra, knee: the line's slope is flat + extra within ``knee`` of zero and ``flat`` beyond, ``(batch,)``.
    """

    real: Array
    imaginary: Array
    flat: Array
    extra: Array
    knee: Array

    def __call__(self, z: Array) -> Array:
        """F at `z` ``(batch, 2 planes + 1)``."""
        first, second, line = self._parts(z)
        near = clip(line, -self.knee, self.knee)
        turned = (self.real * first - self.imaginary * second, self.imaginary * first + self.real * second)
        return concatenate([*turned, (self.flat * line + self.extra * near)[:, None]], axis=1)

    def resolvent(self, z: Array, step: Array) -> Array:
        """The points p with p + step F(p) = `z`, in closed form; ``step`` ``(batch,)``."""
        first, second, line = self._parts(z)
        along, across = 1 + step[:, None] * self.real, step[:, None] * self.imaginary
        square = along * along + across * across
        turned = ((along * first + across * second) / square, (along * second - across * first) / square)
        near = clip(line / (1 + step * (self.flat + self.extra)), -self.knee, self.knee)
        straight = (line - step * self.extra * near) / (1 + step * self.flat)
        return concatenate([*turned, straight[:, None]], axis=1)

    def comonotonicity(self) -> Array:
        """The largest rho for which F is rho-comonotone, ``(batch,)``."""
        each = self.real / self._squares()
        return smallest([*(each[:, j] for j in range(each.shape[1])), 1 / (self.flat + self.extra)])

    def squared_lipschitz(self) -> Array:
        """The square of the least Lipschitz constant, ``(batch,)``."""
        each, steepest = self._squares(), self.flat + self.extra
        return largest([*(each[:, j] for j in range(each.shape[1])), steepest * steepest])

    def _squares(self) -> Array:
        return self.real * self.real + self.imaginary * self.imaginary

    def _parts(self, z: Array) -> tuple[Array, Array, Array]:
        planes = self.real.shape[1]
        return z[:, :planes], z[:, planes : 2 * planes], z[:, 2 * planes]


def relaxed_iterates(resolvent: Map, start: Array, share: Array, *, steps: int) -> Array:
    """z_{k+1} = (1 - lambda) z_k + lambda J(z_k), `share` lambda ``(batch,)``: ``(batch, steps + 1, n)``."""
    points = [start]
    for _ in range(steps):
        points.append(points[-1] + share[:, None] * (resolvent(points[-1]) - points[-1]))
    return stack(points, axis=1)


def inner_iterates(operator: Map, start: Array, step: Array, *, steps: int, anchored: bool = True) -> Array:
    """W <- z - step F(w) from w = z, ``(batch, steps + 1, n)``; without ``anchored``, w <- w - step F(w)."""
    points = [start]
    for _ in range(steps):
        base = start if anchored else points[-1]
        points.append(base - step[:, None] * operator(points[-1]))
    return stack(points, axis=1)


def inexact_iterates(
    operator: Planar, start: Array, step: Array, share: Array, *, steps: int, inner: int
) -> tuple[Array, Array, Array]:
    """`relaxed_iterates` with the result w of ``inner`` steps of `inner_iterates` in place of the resolvent.

    Returns:
        The points z_k ``(batch, steps + 1, n)``, their residuals |J z_k - z_k| ``(batch, steps + 1)``, and the errors
        |w_k - J z_k| ``(batch, steps)``.
    """
    points, residuals, errors = [start], [], []
    for _ in range(steps):
        z = points[-1]
        goal, found = operator.resolvent(z, step), inner_iterates(operator, z, step, steps=inner)[:, inner]
        residuals.append(_length(goal - z))
        errors.append(_length(found - goal))
        points.append(z + share[:, None] * (found - z))
    residuals.append(_length(operator.resolvent(points[-1], step) - points[-1]))
    return stack(points, axis=1), stack(residuals, axis=1), stack(errors, axis=1)


def _length(x: Array) -> Array:
    return elementwise(dot(x, x), "sqrt")


def bilinear_turns(reach: Array, *, inner: int) -> tuple[Array, Array]:
    """Real and imaginary part of (1 - i reach)^inner: descent-ascent on x y with steps of ``reach``, ``(batch,)``."""
    real, imaginary = full(reach, 1), full(reach, 0)
    for _ in range(inner):
        real, imaginary = real + reach * imaginary, imaginary - reach * real
    return real, imaginary


def bilinear_lookahead(start: Array, reach: Array, share: Array, *, steps: int, inner: int) -> Array:
    """Lookahead around descent-ascent on x y: every `inner` steps of size `reach` the slow point moves by `share`.

    Args:
        start: (x, y), ``(batch, 2)``.
        reach: step size times the curvature, ``(batch,)``.
        share: of the way to where the inner steps end, ``(batch,)``.
        steps: outer steps.
        inner: inner steps to an outer one.

    Returns:
        The slow points ``(batch, steps + 1, 2)``.
    """

    def field(z: Array) -> Array:
        return stack([z[:, 1], -z[:, 0]], axis=1)

    def fast(z: Array) -> Array:
        return inner_iterates(field, z, reach, steps=inner, anchored=False)[:, inner]

    return relaxed_iterates(fast, start, share, steps=steps)
