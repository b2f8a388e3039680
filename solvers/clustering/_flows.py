"""Flows on a graph that carry every point to the mean of its component, and the bounds that they give.

If D'Y = X - (component means) and |Y_l| <= s w_l on every edge, then all points of a component are fused from the
penalty s on. On a forest the flow is unique, and the bound is the largest penalty of the path itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from lemmata.solvers.clustering._factor import laplacian
from lemmata.solvers.clustering._types import Integers
from lemmata.solvers.numbers.arithmetic import Floats

_MOST_POTENTIALS = 4000
"""Points up to which the electrical flow is worth its factorisation."""
_RELAXATIONS = 30
_LARGE = 1e100
_CARRIED = 1e-8
"""Of the largest excess: what a flow may leave where it is."""


def means(points: Floats, parts: Integers, counts: Floats | None = None) -> Floats:
    """For each node the mean of its part, ``(n, p)``; a node counts as one point, or as so many."""
    if counts is None:
        counts = np.ones(len(points))
    total = np.zeros((int(parts.max()) + 1, points.shape[1]))
    # Less one of its rows a part is summed without the digits that all have in common.
    first = points[np.unique(parts, return_index=True)[1]]
    np.add.at(total, parts, counts[:, None] * (points - first[parts]))
    return np.asarray((first + total / np.bincount(parts, counts)[:, None])[parts])


def edge_norms(flow: Floats, norm: int) -> Floats:
    """The dual norm of each row: Euclidean for q = 2, the largest entry for q = 1."""
    if norm == 1:
        return np.asarray(np.abs(flow).max(axis=1, initial=0))
    return np.asarray(np.sqrt((flow**2).sum(axis=1)))


class Bounds(NamedTuple):
    """Two bounds on the penalty from which on every component is fused, and the flow that shows the upper one."""

    lower: float
    upper: float
    flow: Floats


def bounds(excess: Floats, parts: Integers, edges: Integers, weights: Floats, norm: int) -> Bounds:
    """Cheap bounds, by the electrical flow with conductances w, or by the flow along a heaviest forest.

    Where weights are hundreds of decades apart, the upper one may be infinite and the lower one zero.

    Args:
        excess: X minus its component means, times the points of each node, ``(n, p)``.
        parts: the component of each point, ``(n,)``.
        edges: ``(E, 2)``.
        weights: ``(E,)``.
        norm: 1 or 2.
    """
    if not len(edges) or not excess.any():
        return Bounds(0.0, 0.0, np.zeros((len(edges), excess.shape[1])))
    solved = None
    if len(edges) > len(excess) - int(parts.max()) - 1 and len(excess) <= _MOST_POTENTIALS:
        solved = electrical(parts, edges, weights)(excess)
    with np.errstate(over="ignore", invalid="ignore"):
        if solved is None:
            return _by_forest(excess, edges, weights, norm)
        flow, potential = solved
        upper = float((edge_norms(flow, norm) / weights).max())
        return Bounds(min(upper, lower_bound(excess, potential, edges, weights, norm)), upper, flow)


def _by_forest(excess: Floats, edges: Integers, weights: Floats, norm: int) -> Bounds:
    """On a forest the flow is unique, and both bounds are the largest penalty of the path; else an upper bound."""
    flow, is_forest = forest_flow(excess, edges, weights)
    upper = float((edge_norms(flow, norm) / weights).max())
    if is_forest:
        return Bounds(upper, upper, flow)
    potential = _relaxed(laplacian(len(excess), edges, weights), excess)
    return Bounds(min(upper, lower_bound(excess, potential, edges, weights, norm)), upper, flow)


def lower_bound(excess: Floats, u: Floats, edges: Integers, weights: Floats, norm: int) -> float:
    """<X - mean, U> / P(U), at most the largest penalty whatever U; for q = 1 the best feature's."""
    largest = float(np.abs(u).max())
    if not math.isfinite(largest):
        return 0.0
    if largest > _LARGE:  # the bound does not see the scale of U
        u = u / largest
    difference = np.abs(u[edges[:, 0]] - u[edges[:, 1]])
    if norm == 1:
        cost, gain = (weights[:, None] * difference).sum(axis=0), (excess * u).sum(axis=0)
        return float((gain / np.where(cost > 0, cost, np.inf)).max(initial=0))
    total = float((weights * edge_norms(difference, 2)).sum())
    return max(0.0, float((excess * u).sum()) / total) if total else 0.0


def forest_flow(excess: Floats, edges: Integers, weights: Floats) -> tuple[Floats, bool]:
    """The flow along a heaviest spanning forest, ``(E, p)``, and whether the graph is that forest."""
    from scipy import sparse
    from scipy.sparse import csgraph

    n, cost = len(excess), np.empty(len(edges))
    cost[np.argsort(-weights, kind="stable")] = np.arange(1, len(edges) + 1)
    tree = csgraph.minimum_spanning_tree(sparse.csr_array((cost, (edges[:, 0], edges[:, 1])), shape=(n, n)))
    keys = edges[:, 0] * n + edges[:, 1]
    sorter = np.argsort(keys)
    flow, total, seen = np.zeros((len(edges), excess.shape[1])), excess.copy(), np.zeros(n, dtype=bool)
    for root in range(n):
        if seen[root]:
            continue
        order, parent = csgraph.breadth_first_order(tree, root, directed=False)
        seen[order] = True
        children = order[:0:-1]
        above = parent[children]
        wanted = np.minimum(children, above) * n + np.maximum(children, above).astype(np.int64)
        ids = sorter[np.searchsorted(keys, wanted, sorter=sorter)]
        for child, up, edge in zip(children.tolist(), above.tolist(), ids.tolist(), strict=True):
            total[up] += total[child]
            flow[edge] = total[child] if child < up else -total[child]
    return flow, tree.nnz == len(edges)


def electrical(parts: Integers, edges: Integers, weights: Floats) -> Callable[[Floats], tuple[Floats, Floats] | None]:
    """The map from an excess to the flow of least energy, Y_l = w_l (h_i - h_j) with D'Y = excess, and its potential h.

    The excess has to sum to zero on every component; then it is no matter that one point of each is grounded. Where
    the weights are too far apart to solve with, there is no such flow in floating point: None.
    """
    from scipy.sparse import linalg

    ground = np.zeros(len(parts))
    ground[np.unique(parts, return_index=True)[1]] = float(weights.max())
    try:
        solve = linalg.splu(laplacian(len(parts), edges, weights, diagonal=ground), permc_spec="MMD_AT_PLUS_A").solve
    except RuntimeError:  # exactly singular in floating point
        return lambda _: None

    def flow(excess: Floats) -> tuple[Floats, Floats] | None:
        potential, rest = solve(excess), excess.copy()
        with np.errstate(over="ignore", invalid="ignore"):  # of weights too far apart
            found = np.asarray(weights[:, None] * (potential[edges[:, 0]] - potential[edges[:, 1]]))
            np.subtract.at(rest, edges[:, 0], found)
            np.add.at(rest, edges[:, 1], found)
        carried = float(np.abs(rest).max()) <= _CARRIED * float(np.abs(excess).max())  # not so if one is NaN
        return (found, potential) if carried else None

    return flow


def _relaxed(matrix: Any, excess: Floats) -> Floats:
    """Some steps of conjugate gradients, preconditioned by the diagonal, towards the potential: all columns at once."""
    diagonal = matrix.diagonal()
    scale = 1 / np.where(diagonal > 0, diagonal, 1)[:, None]
    h, rest = np.zeros_like(excess), excess.copy()
    direction = scale * rest
    energy = (rest * direction).sum(axis=0)
    for _ in range(_RELAXATIONS):
        image = matrix @ direction
        work = (direction * image).sum(axis=0)
        step = energy / np.where(work > 0, work, np.inf)
        h += step * direction
        rest -= step * image
        turned = scale * rest
        before, energy = energy, (rest * turned).sum(axis=0)
        direction = turned + energy / np.where(before > 0, before, np.inf) * direction
    return h
