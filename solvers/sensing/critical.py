"""First-order points of |A(X X' - M*)|^2 made from their certificate, and found by Newton's method.

Turn the measurements so that the first alone sees D = X X' - M*: then K(D) = <A_0, D> A_0, and X is a first-order point
if and only if A_0 X = 0. So every operator with first-order point X is made of any symmetric A_0 with A_0 X = 0 and any
A_k orthogonal to D: in rationals, without solving anything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, Floats, concatenate, stack
from lemmata.solvers.numbers.linear_algebra import dot
from lemmata.solvers.sensing.operators import measurements, normal, symmetric


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What a first-order point is made from; arrays with the batch first.

    Attributes:
        factor: X, (batch, n, r), with orthogonal columns.
        truth: Z, (batch, n, r), M* = Z Z'.
        bottom: y, (batch, n), with X' y = 0.
        other: w, (batch, n), with X' w = 0 and y' w = 0.
        share: kappa, (batch,): A_0 = kappa w w' - y y'.
        operator: A, (batch, 1 + m, n, n), A_0 first.
        sign: 1, or -1 for points with K(X X' + M*) X = 0.
    """

    factor: Array
    truth: Array
    bottom: Array
    other: Array
    share: Array
    operator: Array
    sign: int = 1

    @property
    def difference(self) -> Array:
        """D = X X' - sign M*."""
        return self.factor @ self.factor.swapaxes(1, 2) - self.sign * (self.truth @ self.truth.swapaxes(1, 2))

    @property
    def pull(self) -> Array:
        """The s = <A_0, D>, (batch,): K(D) = s A_0; for s > 0 its least eigenvalue may be that of y, -s |y|^2."""
        return measurements(self.operator[:, :1], self.difference)[:, 0]


def _without(vector: Array, directions: list[Array]) -> Array:
    """The part of a vector (batch, n) orthogonal to orthogonal directions."""
    for direction in directions:
        vector = vector - (dot(vector, direction) / dot(direction, direction))[:, None] * direction
    return vector


def certified_operator(
    *, factor: Array, truth: Array, bottom: Array, other: Array, share: Array, rest: Array, sign: int = 1
) -> Certificate:
    """The first-order point that lies nearest to what is given.

    Args:
        factor: X (batch, n, r); its columns are made orthogonal, which turns X by a rotation from the right only.
        truth: Z (batch, n, r).
        bottom: y (batch, n); what it has along X is taken off.
        other: w (batch, n); what it has along X and y is taken off.
        share: kappa (batch,).
        rest: (batch, m, n, n); symmetrized, and what they have along D is taken off.
        sign: -1 solves K(X X' + M*) X = 0 in place of K(X X' - M*) X = 0.
    """
    columns: list[Array] = []
    for index in range(factor.shape[2]):
        columns.append(_without(factor[:, :, index], columns))
    low = _without(bottom, columns)
    away = _without(other, columns)
    away = dot(low, low)[:, None] * away - dot(away, low)[:, None] * low  # no division: y may vanish
    turned = stack(columns, axis=2)
    first = share[:, None, None] * away[:, :, None] * away[:, None, :] - low[:, :, None] * low[:, None, :]
    difference = turned @ turned.swapaxes(1, 2) - sign * (truth @ truth.swapaxes(1, 2))
    free = symmetric(rest)
    along = measurements(free, difference) / (difference * difference).sum(axis=(1, 2))[:, None]
    free = free - along[:, :, None, None] * difference[:, None]
    operator = concatenate([first[:, None], free], axis=1)
    return Certificate(factor=turned, truth=truth, bottom=low, other=away, share=share, operator=operator, sign=sign)


def stationary_points(
    operator: Floats, truth: Floats, guesses: Floats, *, steps: int = 40
) -> tuple[Floats, Floats, Floats]:
    """Zeros of the gradient K(x x' - M*) x by damped Newton steps, r = 1; float64.

    Args:
        operator: symmetric A, (batch, m, n, n).
        truth: z, (batch, n), M* = z z'.
        guesses: (batch, n).
        steps: the most Newton steps that are made of each.

    Returns:
        The points (batch, n), the norm of the gradient that is left and the least eigenvalue of the Hessian, (batch,).
    """
    x = guesses.copy()
    target = normal(operator, truth[:, :, None] * truth[:, None, :])
    left = np.arange(len(x))
    for _ in range(steps):
        slope, hessian = _derivatives(operator[left], target[left], x[left])
        values, vectors = np.linalg.eigh(hessian)
        inverse = 1 / np.where(np.abs(values) < _FLOOR, _FLOOR, values)
        move = np.einsum("bij,bj,bkj,bk->bi", vectors, inverse, vectors, slope)
        most = (0.1 + np.linalg.norm(x[left], axis=1, keepdims=True)) / 2
        size = np.linalg.norm(move, axis=1, keepdims=True)
        x[left] -= move * np.minimum(1, most / np.maximum(size, _FLOOR))
        # Newton's method squares its error: after a step this short there is nothing left to gain.
        left = left[size[:, 0] > _SHORT]
        if not len(left):
            break
    slope, hessian = _derivatives(operator, target, x)
    least = np.asarray(np.linalg.eigvalsh(hessian)[:, 0], dtype=np.float64)
    return x, np.sqrt((slope**2).sum(axis=1)), least


def _derivatives(operator: Floats, target: Floats, x: Floats) -> tuple[Floats, Floats]:
    pull = normal(operator, x[:, :, None] * x[:, None, :]) - target
    seen = (operator @ x[:, None, :, None])[..., 0]
    return np.einsum("bij,bj->bi", pull, x), pull + 2 * np.einsum("bki,bkj->bij", seen, seen)


_FLOOR, _SHORT = 1e-9, 1e-10


def as_certificate(operator: Floats, truth: Floats, point: Floats) -> dict[str, Floats]:
    """A first-order point that was found, r = 1 and n at most 3, as the arguments of `certified_operator`.

    The operator keeps K up to rounding: its measurements are turned so that the first alone sees D.
    """
    difference = point[:, :, None] * point[:, None, :] - truth[:, :, None] * truth[:, None, :]
    seen = measurements(operator, difference)
    shares = seen / np.linalg.norm(seen, axis=1, keepdims=True)
    first = np.einsum("bk,bkij->bij", shares, operator)
    values, vectors = np.linalg.eigh(first)
    low = vectors[:, :, 0] * np.sqrt(np.maximum(-values[:, :1], 0))
    top = np.argmax(np.abs(values[:, 1:]), axis=1) + 1
    rows = np.arange(len(values))
    away, size = vectors[rows, :, top], np.maximum((low**2).sum(axis=1), 1e-300)
    return {
        "X": point[:, :, None],
        "Z": truth[:, :, None],
        "y": low,
        "w": away,
        "kappa": values[rows, top] / size**2,
        "R": operator - shares[:, :, None, None] * first[:, None],
    }
