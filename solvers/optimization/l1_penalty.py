"""Least squares with an l1 penalty, |A u - b|^2/2 + sum_j lambda_j |u_j|: coordinate descent, then exact equations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, Floats, as_floats, transpose
from lemmata.solvers.numbers.linear_algebra import matvec, solve_definite

_SWEEPS, _STILL = 20_000, 1e-13
_BETWEEN = 25
"""Sweeps after which the minimiser over the entries in use is tried: alone, sweeps need as many as the condition."""
_ACTIVE = 1e-9
"""A coordinate below this, in units of the largest, is zero."""


@dataclass(frozen=True, kw_only=True)
class Lasso:
    """A minimiser.

    Attributes:
        point: ``(batch, p)``.
        signs: of its entries, ``(batch, p)``.
        settled: whether coordinate descent came to rest, ``(batch,)``.
    """

    point: Array
    signs: Floats
    settled: np.ndarray


def lasso(A: Array, b: Array, penalty: Array) -> Lasso:
    """The minimiser, in the number system of the data.

    Coordinate descent in float64 finds which entries are not zero and their signs; with these the minimiser solves a
    linear system, in any number system and without the error of the descent.

    Args:
        A: ``(batch, m, p)``, with independent columns wherever the minimiser is not zero.
        b: ``(batch, m)``.
        penalty: lambda_j > 0, ``(batch, p)``.
    """
    gram, pull = as_floats(transpose(A) @ A), as_floats(matvec(transpose(A), b))
    found, settled = coordinate_descent(gram, pull, as_floats(penalty))
    scale = np.maximum(np.abs(found).max(axis=1, keepdims=True), np.finfo(float).tiny)
    signs = np.sign(found) * (np.abs(found) > _ACTIVE * scale)
    on = np.abs(signs).astype(int)
    whole = signs.astype(int)
    # Off the support the equations read u_j = 0.
    system = (transpose(A) @ A) * (on[:, :, None] * on[:, None, :]) + np.eye(on.shape[1], dtype=int) * (1 - on)[
        :, None, :
    ]
    right = (matvec(transpose(A), b) - penalty * whole) * on
    return Lasso(point=solve_definite(system, right), signs=signs, settled=settled)


def coordinate_descent(gram: Floats, pull: Floats, penalty: Floats) -> tuple[Floats, np.ndarray]:
    """Coordinate descent on u'Gu/2 - pull'u + sum_j penalty_j |u_j| from zero: the point, and whether it is at rest.

    Args:
        gram: G ``(batch, p, p)``, positive semidefinite; a column of zeros keeps its entry at zero.
        pull: ``(batch, p)``.
        penalty: ``(batch, p)``.
    """
    point = np.zeros_like(pull)
    curvature = np.diagonal(gram, axis1=1, axis2=2)
    safe = np.where(curvature > 0, curvature, 1.0)
    for sweep in range(1, _SWEEPS + 1):
        before = point.copy()
        for j in range(pull.shape[1]):
            towards = pull[:, j] - (gram[:, j] * point).sum(axis=1) + curvature[:, j] * point[:, j]
            shrunk = np.sign(towards) * np.maximum(np.abs(towards) - penalty[:, j], 0)
            point[:, j] = np.where(curvature[:, j] > 0, shrunk / safe[:, j], 0.0)
        moved = np.abs(point - before).max(axis=1)
        if np.all(moved <= _STILL * np.maximum(1, np.abs(point).max(axis=1))):
            break
        if sweep % _BETWEEN == 0:
            point = _leapt(gram, pull, penalty, point)
    return point, moved <= 1000 * _STILL * np.maximum(1, np.abs(point).max(axis=1))


def _leapt(gram: Floats, pull: Floats, penalty: Floats, point: Floats) -> Floats:
    """The minimiser over the entries that are not zero, with the signs they have, wherever its value is lower."""
    signs = np.sign(point)
    on = np.abs(signs)
    system = gram * on[:, :, None] * on[:, None, :] + np.eye(on.shape[1]) * (1 - on)[:, None, :]
    right = (pull - penalty * signs) * on
    there = (np.linalg.pinv(system, hermitian=True) @ right[:, :, None])[:, :, 0]
    lower = _value(gram, pull, penalty, there) < _value(gram, pull, penalty, point)
    return np.where(lower[:, None], there, point)


def _value(gram: Floats, pull: Floats, penalty: Floats, point: Floats) -> Floats:
    quadratic = ((gram @ point[:, :, None])[:, :, 0] * point).sum(axis=1) / 2
    found: Floats = quadratic - (pull * point).sum(axis=1) + (penalty * np.abs(point)).sum(axis=1)
    return found
