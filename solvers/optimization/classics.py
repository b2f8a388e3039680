"""Classic dynamics: Lookahead, methods that stay in the span of gradients, modes in time."""

from __future__ import annotations

from functools import reduce

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, concatenate, elementwise, stack, transpose, zeros
from lemmata.solvers.numbers.linear_algebra import solve_definite


def lookahead_iterates(start: Array, *, reach: Array, share: Array, inner: int, steps: int) -> Array:
    """Lookahead with gradient descent inside, on the mode lambda x^2 / 2.

    Args:
        start: the slow weight at first, ``(batch,)``.
        reach: eta lambda, ``(batch,)``.
        share: the outer weight alpha, ``(batch,)``.
        inner: steps of gradient descent from the slow weight before it follows.
        steps: outer steps.

    Returns:
        The slow weights, ``(batch, steps + 1)``.
    """
    slow = [start]
    for _ in range(steps):
        fast = slow[-1]
        for _ in range(inner):
            fast = fast - reach * fast
        slow.append(slow[-1] + share * (fast - slow[-1]))
    return stack(slow, axis=1)


def chain_matrix(length: int, *, tie: int = 0) -> np.ndarray:
    """Stiffness of a chain held at both ends, 2 on the diagonal and -1 beside it, whole numbers; `tie` is added to 2.

    Its eigenvalues lie between `tie` and 4 + `tie`.
    """
    neighbours: np.ndarray = np.eye(length, k=1, dtype=int) + np.eye(length, k=-1, dtype=int)
    stiffness: np.ndarray = (2 + tie) * np.eye(length, dtype=int) - neighbours
    return stiffness


def span_iterates(matrix: Array, right: Array, *, coefficients: Array) -> Array:
    """x_{t+1} = sum over s <= t of c_ts (b - A x_s) from x_0 = 0: any method that combines gradients linearly.

    Args:
        matrix: A ``(n, n)`` or ``(batch, n, n)``, of f(x) = x'A x / 2 - b'x.
        right: b, ``(batch, n)``.
        coefficients: c, ``(batch, steps, steps)``; entries above the diagonal are not read.

    Returns:
        The points, ``(batch, steps + 1, n)``.
    """
    points, residuals = [zeros(right, right.shape)], [right]
    for t in range(coefficients.shape[1]):
        moves = [coefficients[:, t, s, None] * residuals[s] for s in range(t + 1)]
        points.append(reduce(lambda total, move: total + move, moves))
        residuals.append(right - _applied(matrix, points[-1]))
    return stack(points, axis=1)


def least_in_leading_coordinates(matrix: Array, right: Array, *, count: int) -> Array:
    """The minimizer of x'A x / 2 - b'x among the x whose entries after the first `count` are zero, ``(batch, n)``.

    Where A is a chain and b its pull, these x are the span of the first `count` gradients from 0, and this is where
    conjugate gradients stand; solved at once it is free of the error bounds that their divisions pile up.

    Args:
        matrix: A ``(batch, n, n)``, positive definite.
        right: b, ``(batch, n)``.
        count: at least one.
    """
    leading = solve_definite(matrix[:, :count, :count], right[:, :count])
    return concatenate([leading, zeros(right, (right.shape[0], right.shape[1] - count))], axis=1)


def _applied(matrix: Array, x: Array) -> Array:
    return (x[:, None, :] @ transpose(matrix))[:, 0, :]


def sigmoidal_mode(strength: Array, start: Array, time: Array, *, pace: int = 2) -> Array:
    """The solution s e^(pace s t) / (e^(pace s t) - 1 + s / a_0) of a' = pace a (s - a), a(0) = a_0 > 0.

    `strength` is s, `start` a_0 and `time` t, broadcast together.
    """
    grown = elementwise(strength * time * pace, "exp")
    return strength * grown / (grown - 1 + strength / start)
