"""Networks of one hidden tanh layer fitted to -u'' = f, u(0) = u(1) = 0, by collocation; implicit gradient steps.

The network is u(x) = sum_r a_r tanh(w_r x + b_r). Its residuals are (-u''(x_i) - f_i)/sqrt(n) at n inner points, and u
at the two ends; the loss is half of their squares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, Floats, concatenate, elementwise, stack, transpose
from lemmata.solvers.numbers.constants import full

_ITERATIONS, _HALVINGS = 25, 12


@dataclass(frozen=True, kw_only=True)
class Collocation:
    """The problem.

    Attributes:
        points: inner points ``(batch, n)``.
        load: f there, ``(batch, n)``.
    """

    points: Array
    load: Array

    def residuals(self, weights: Array) -> Array:
        """The residuals ``(batch, n + 2)`` of `weights` (w, b, a) ``(batch, 3, m)``."""
        w, b, a = (weights[:, i] for i in range(3))
        t, d1 = _layer(self.points, w, b)
        bent = -2 * t * d1 * (a * w * w)[:, None]
        inner = (-bent.sum(axis=2) - self.load) / self._root()
        ends, _ = _layer(self._ends(), w, b)
        return concatenate([inner, (ends * a[:, None]).sum(axis=2)], axis=1)

    def jacobian(self, weights: Array) -> Array:
        """Their derivatives by (w, b, a), ``(batch, n + 2, 3 m)``."""
        w, b, a = (weights[:, i] for i in range(3))
        x = self.points[:, :, None]
        t, d1 = _layer(self.points, w, b)
        d2, d3 = -2 * t * d1, d1 * (6 * t * t - 2)
        own, up = (a * w)[:, None], w[:, None]
        inner = [-(2 * own * d2 + own * up * d3 * x), -(own * up * d3), -(up * up * d2)]
        ends, slopes = _layer(self._ends(), w, b)
        outer = [slopes * a[:, None] * self._ends()[:, :, None], slopes * a[:, None], ends]
        top, bottom = (concatenate(parts, axis=2) for parts in (inner, outer))
        return concatenate([top / self._root()[:, :, None], bottom], axis=1)

    def loss(self, weights: Array) -> Array:
        """Half of the squares of the residuals, ``(batch,)``."""
        s = self.residuals(weights)
        return (s * s).sum(axis=1) / 2

    def gradient(self, weights: Array) -> Array:
        """Gradient of the loss, in the shape of `weights`."""
        s, J = self.residuals(weights), self.jacobian(weights)
        return (s[:, :, None] * J).sum(axis=1).reshape(weights.shape)

    def gram(self, weights: Array) -> Array:
        """G = J J', ``(batch, n + 2, n + 2)``."""
        J = self.jacobian(weights)
        return J @ transpose(J)

    def _root(self) -> Array:
        return elementwise(full(self.points[:, :1], self.points.shape[1]), "sqrt")

    def _ends(self) -> Array:
        return stack([full(self.points[:, 0], 0), full(self.points[:, 0], 1)], axis=1)


def _layer(x: Array, w: Array, b: Array) -> tuple[Array, Array]:
    """The values of tanh(w_r x_i + b_r) and of its derivative, ``(batch, points, m)``."""
    t = elementwise(x[:, :, None] * w[:, None] + b[:, None], "tanh")
    return t, 1 - t * t


def implicit_steps(problem: Collocation, start: Floats, eta: Floats, *, steps: int) -> Floats:
    """Points with w_{k+1} + eta grad L(w_{k+1}) = w_k, nearly, in float64: ``(batch, steps + 1, 3, m)``.

    Each is found by Gauss-Newton steps on L(w) + |w - w_k|^2/(2 eta) from w_k, halved until it falls: so the sum at
    w_{k+1} is at most L(w_k), whatever is left of the equation.
    """
    points = [start]
    for _ in range(steps):
        points.append(_implicit_step(problem, points[-1], eta))
    return np.stack(points, axis=1)


def explicit_steps(problem: Collocation, start: Array, eta: Array, *, steps: int) -> Array:
    """Gradient descent, ``(batch, steps + 1, 3, m)``."""
    points = [start]
    for _ in range(steps):
        points.append(points[-1] - problem.gradient(points[-1]) * eta[:, None, None])
    return stack(points, axis=1)


def _implicit_step(problem: Collocation, before: Floats, eta: Floats) -> Floats:
    batch, count = len(before), before[0].size
    now, inverse = before.copy(), (1 / eta)[:, None, None]

    def raised(w: Floats) -> Floats:
        value: Floats = problem.loss(w) + ((w - before) ** 2).sum(axis=(1, 2)) / (2 * eta)
        return value

    height = raised(now)
    for _ in range(_ITERATIONS):
        J = problem.jacobian(now)
        slope = problem.gradient(now) + (now - before) * inverse
        matrix = J.swapaxes(1, 2) @ J + np.eye(count) * inverse
        move = np.linalg.solve(matrix, slope.reshape(batch, count, 1)).reshape(now.shape)
        share = np.ones(batch)
        for _ in range(_HALVINGS):
            tried = raised(now - share[:, None, None] * move)
            if np.all(tried <= height):
                break
            share = np.where(tried <= height, share, share / 2)
        better = tried < height
        now = np.where(better[:, None, None], now - share[:, None, None] * move, now)
        height = np.where(better, tried, height)
        if not better.any():
            break
    return now
