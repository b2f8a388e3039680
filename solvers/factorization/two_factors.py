"""Two factors fitted to a matrix through their product: gradient descent, Hessian, imbalance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, concatenate, stack, transpose, zeros
from lemmata.solvers.numbers.dual import Dual
from lemmata.solvers.numbers.errors import ShapeError
from lemmata.solvers.numbers.linear_algebra import frobenius_square
from lemmata.solvers.numbers.spectral import eigenvalues_symmetric


@dataclass(frozen=True, kw_only=True)
class FactorRun:
    """Gradient descent on two factors, T steps.

    Attributes:
        left, right: states ``(batch, T + 1, m, r)`` and ``(batch, T + 1, n, r)``.
        losses: ``(batch, T + 1)``.
        squares: squared norm of the direction of descent at each step, ``(batch, T)``.
    """

    left: Array
    right: Array
    losses: Array
    squares: Array


def factor_slope(left: Array, right: Array, target: Array, *, weights: Array | None = None, width: int = 1) -> Array:
    """Gradient E ``(..., m, n)`` of the loss sum_ij q_ij (S - M)_ij^2 / 2 by the product S = L R' / ``width``.

    ``left`` (..., m, r), ``right`` (..., n, r), ``target`` M and ``weights`` q (..., m, n), ones if not given.
    """
    if target.shape[-2:] != (left.shape[-2], right.shape[-2]):
        raise ShapeError(
            f"factor_slope got factors {left.shape} and {right.shape} for a target {target.shape}; "
            "expected (..., m, r), (..., n, r) and (..., m, n)."
        )
    residual = left @ transpose(right) / width - target
    return residual if weights is None else residual * weights


def factor_loss(left: Array, right: Array, target: Array, *, weights: Array | None = None, width: int = 1) -> Array:
    """The loss of `factor_slope`, ``(...,)``."""
    residual = left @ transpose(right) / width - target
    slope = residual if weights is None else residual * weights
    return (residual * slope).sum(axis=-1).sum(axis=-1) / 2


def factor_descent(
    left: Array,
    right: Array,
    target: Array,
    *,
    step_sizes: Array,
    weights: Array | None = None,
    width: int = 1,
) -> FactorRun:
    """Simultaneous descent L - eta_t E R, R - eta_t E' L, with E from `factor_slope`.

    For ``width`` 1 this is gradient descent; for ``width`` n it is gradient descent on n times the loss.
    ``step_sizes`` is ``(batch, T)``. A run that diverges goes on with infinite entries.
    """
    lefts, rights, losses, squares = [left], [right], [], []
    with np.errstate(all="ignore"):
        for step in range(step_sizes.shape[1]):
            slope = factor_slope(left, right, target, weights=weights, width=width)
            losses.append(factor_loss(left, right, target, weights=weights, width=width))
            down, across = slope @ right, transpose(slope) @ left
            squares.append(frobenius_square(down) + frobenius_square(across))
            eta = step_sizes[:, step][:, None, None]
            left, right = left - eta * down, right - eta * across
            lefts.append(left)
            rights.append(right)
        losses.append(factor_loss(left, right, target, weights=weights, width=width))
    return FactorRun(
        left=stack(lefts, axis=1),
        right=stack(rights, axis=1),
        losses=stack(losses, axis=1),
        squares=stack(squares, axis=1),
    )


def factor_hessian(left: Array, right: Array, target: Array) -> Array:
    """Hessian of |L R' - M|_F^2 / 2 by all entries of L, then of R, each row by row: ``(batch, k, k)``, k = (m + n) r.

    The gradient is differentiated along every axis by forward mode.
    """
    batch, (m, rank), n = left.shape[0], left.shape[1:], right.shape[1]
    count = (m + n) * rank
    axes = np.eye(count, dtype=int)
    along_left, along_right = axes[:, : m * rank], axes[:, m * rank :]
    moving = [
        Dual(
            factor[:, None] + zeros(factor, (batch, count, *factor.shape[1:])),
            zeros(factor, (batch, count, *factor.shape[1:])) + axis.reshape(1, count, *factor.shape[1:]),
        )
        for factor, axis in ((left, along_left), (right, along_right))
    ]
    slope = factor_slope(moving[0], moving[1], target[:, None])
    columns = [(slope @ moving[1]).tangent, (transpose(slope) @ moving[0]).tangent]
    return concatenate([column.reshape(batch, count, -1) for column in columns], axis=2)


def indexed_eigenvalue(matrix: Array, index: int) -> Array:
    """The ``index``-th largest eigenvalue (from 1) of symmetric matrices ``(batch, k, k)``; zero if there are fewer."""
    if index > matrix.shape[-1]:
        return matrix[:, 0, 0] * 0
    return eigenvalues_symmetric(matrix)[:, index - 1]
