"""Symmetric tensors over the plane, and what gradient descent makes of them while they are small; float64.

A symmetric tensor of order l over R^2 has l + 1 entries t_0, ..., t_l, t_j the one with j indices equal to 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np

from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.sensing.lifting import repeated

_GRID = 720
_REFINED = 40


@dataclass(frozen=True, kw_only=True)
class RankOne:
    """The rank-one tensor lambda u^(x)l nearest to a tensor, and what is left.

    Attributes:
        strength: |lambda|, the largest of |T(v, ..., v)| over unit vectors, (batch,).
        deflated: |T(v, ..., v)| for the unit vector v orthogonal to u, (batch,).
        left: Frobenius norm of T - lambda u^(x)l, (batch,).
    """

    strength: Floats
    deflated: Floats
    left: Floats


def planar_form(first: Floats, factors: Floats) -> Floats:
    """t_j = x_1^(l-j) x_2^j f_j for x (batch, 2) and f (batch, l + 1): (batch, l + 1)."""
    order = factors.shape[1] - 1
    powers = [first[:, 0] ** (order - j) * first[:, 1] ** j for j in range(order + 1)]
    return np.asarray(np.stack(powers, axis=1) * factors)


def _values(form: Floats, angle: Floats) -> Floats:
    """T(v, ..., v) at v = (cos, sin) of angles (batch, k)."""
    order = form.shape[1] - 1
    cosine, sine = np.cos(angle), np.sin(angle)
    terms = [comb(order, j) * form[:, j, None] * cosine ** (order - j) * sine**j for j in range(order + 1)]
    return np.asarray(sum(terms))


def _turned(form: Floats, angle: Floats) -> Floats:
    """The entries of the tensor in the basis (cos, sin), (-sin, cos)."""
    order = form.shape[1] - 1
    places = np.arange(2**order)
    twos = np.array([int(place).bit_count() for place in places])
    cosine, sine = np.cos(angle), np.sin(angle)
    basis = np.stack([np.stack([cosine, sine], axis=1), np.stack([-sine, cosine], axis=1)], axis=1)
    whole = repeated(basis, form[:, twos], order)
    return np.asarray(whole[:, [2**j - 1 for j in range(order + 1)]])


def best_rank_one(form: Floats) -> RankOne:
    """The nearest rank-one tensor to entries (batch, l + 1), l >= 2: the best of many angles, then Newton's method.

    What is left is measured in the basis of u, where the entry next to lambda vanishes, so that it keeps its digits
    however small it is.
    """
    grid = np.linspace(-np.pi / 2, np.pi / 2, _GRID, endpoint=False)
    values = np.abs(_values(form, np.broadcast_to(grid, (len(form), _GRID))))
    angle = grid[np.argmax(values, axis=1)]
    order = form.shape[1] - 1
    for _ in range(_REFINED):
        here = _turned(form, angle)
        bend = (order - 1) * here[:, 2] - here[:, 0]
        move = np.where(bend == 0, 0, here[:, 1] / np.where(bend == 0, 1, bend))
        angle = angle - np.clip(move, -np.pi / _GRID, np.pi / _GRID)
    found = _turned(form, angle)
    weights = np.array([comb(order, j) for j in range(2, order + 1)])
    return RankOne(
        strength=np.abs(found[:, 0]),
        deflated=np.abs(found[:, -1]),
        left=np.sqrt((weights * found[:, 2:] ** 2).sum(axis=1)),
    )
