"""CARP on many small tables that share a graph, compiled by Numba. Import it only where it is run."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from lemmata.solvers.clustering._types import Integers
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.compilation import compiled

ROUNDING = 1e-31
"""Square of the relative move of s below which a step is at rest."""


class Tables(NamedTuple):
    """Points ``x`` (batch, n, p), ``weights`` (batch, E); shared: (I + rho L)^-1, edges ``ends`` (E, 2), rho and q."""

    x: Floats
    weights: Floats
    inverse: Floats
    ends: Integers
    rho: float
    norm: int


class Pair(NamedTuple):
    """V and Z of all tables, ``(batch, E, p)``."""

    v: Floats
    z: Floats


@compiled()
def _advance(tables: Tables, state: Pair, b: int, right: Floats, u: Floats) -> None:
    """U = (I + rho L)^-1 (X + rho D'(V - Z)) of table b."""
    n, p = u.shape
    ends, inverse, v, z = tables.ends, tables.inverse, state.v[b], state.z[b]
    right[:] = tables.x[b]
    for e in range(len(ends)):
        i, j = ends[e, 0], ends[e, 1]
        for f in range(p):
            push = tables.rho * (v[e, f] - z[e, f])
            right[i, f] += push
            right[j, f] -= push
    for i in range(n):
        for f in range(p):
            total = 0.0
            for k in range(n):
                total += inverse[i, k] * right[k, f]
            u[i, f] = total


@compiled()
def _shrink(tables: Tables, state: Pair, b: int, level: float, u: Floats) -> float:
    """Z by projection of s = D U + Z onto balls, V = s - Z; returns |s|^2."""
    p, square = u.shape[1], 0.0
    ends, v, z = tables.ends, state.v[b], state.z[b]
    for e in range(len(ends)):
        i, j, limit, total = ends[e, 0], ends[e, 1], level * tables.weights[b, e] / tables.rho, 0.0
        for f in range(p):
            v[e, f] = u[i, f] - u[j, f] + z[e, f]
            total += v[e, f] * v[e, f]
        square += total
        share = 1.0 if total <= limit * limit else limit / math.sqrt(total)
        for f in range(p):
            s = v[e, f]
            z[e, f] = min(limit, max(-limit, s)) if tables.norm == 1 else share * s
            v[e, f] = s - z[e, f]
    return square


@compiled()
def run(tables: Tables, state: Pair, levels: Floats, marks: Integers, found: Floats) -> Floats:
    """Steps at the penalties ``levels`` (batch, steps), one after the other; the state is left at their end.

    U of the steps ``marks`` (m,), counted from one and sorted, goes to ``found`` (batch, m, n, p). Returned is the
    largest |s| of the run, ``(batch,)``.
    """
    batch, steps = levels.shape
    largest, right, u = np.zeros(batch), np.empty_like(tables.x[0]), np.empty_like(tables.x[0])
    for b in range(batch):
        place, most = 0, 0.0
        for step in range(steps):
            _advance(tables, state, b, right, u)
            while place < len(marks) and marks[place] == step + 1:
                found[b, place] = u
                place += 1
            most = max(most, _shrink(tables, state, b, levels[b, step], u))
        largest[b] = math.sqrt(most)
    return largest


@compiled()
def settle(tables: Tables, state: Pair, levels: Floats, most: int) -> None:
    """Steps of each table at its penalty ``levels`` (batch,) until s moves by rounding only, at most ``most``."""
    right, u, before = np.empty_like(tables.x[0]), np.empty_like(tables.x[0]), np.empty_like(state.v[0])
    for b in range(len(levels)):
        for step in range(most):
            before[:] = state.v[b] + state.z[b]
            _advance(tables, state, b, right, u)
            size, moved = _shrink(tables, state, b, levels[b], u), 0.0
            for e in range(before.shape[0]):
                for f in range(before.shape[1]):
                    moved += (state.v[b, e, f] + state.z[b, e, f] - before[e, f]) ** 2
            if step > 1 and moved <= ROUNDING * size:  # the first step from X never moves s
                break
