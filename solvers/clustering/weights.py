"""Weights for convex clustering: Gaussian weights of nearest neighbours, and the graph that they make.

As published with CARP (Weylandt, Nagorski and Allen, 2020): w_ij = exp(-phi |x_i - x_j|^2), phi the power of ten at
which the weights of all pairs vary most, kept for the k nearest neighbours, k the fewest that connect the points.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from lemmata.solvers.clustering._neighbours import (
    all_squares,
    candidates,
    squared_distance_blocks,
    squared_distance_range,
    tree_between,
)
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import NotFiniteError, ShapeError

Integers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
Progress: TypeAlias = Callable[[str, float], None]

PHI_GRID = tuple(10.0**exponent for exponent in range(-10, 11))
_FIRST_NEIGHBOURS = 8
_UNDERFLOW = 746.0
"""exp of less than minus this is zero in float64."""
_STILL_GROWING = 0.23
"""Up to this phi d^2, below ln(10) / 10, ten times phi pulls all weights further apart."""
_NAMED = 5
_LARGEST = 1e150


class WeightError(ValueError):
    """Edges or weights are not those of a graph: negative or infinite weights, loops, repeated edges."""


class SettingError(ValueError):
    """A setting of a clustering algorithm is out of its range; the message gives the range."""


class DisconnectedGraphError(ValueError):
    """The graph falls into several components where one is needed; the message says why and which points."""


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A weighted graph on points 0, ..., n - 1; it need not be connected and may have no edge.

    Attributes:
        edges: ``(E, 2)``, the smaller point of each edge first.
        weights: ``(E,)``, positive.
        n: number of points.
    """

    edges: Integers
    weights: Floats
    n: int

    def __post_init__(self) -> None:
        edges = np.array(self.edges, dtype=np.int64).reshape(-1, 2) if np.size(self.edges) == 0 else self.edges
        object.__setattr__(self, "edges", np.ascontiguousarray(edges, dtype=np.int64))
        object.__setattr__(self, "weights", np.ascontiguousarray(self.weights, dtype=float))
        _check_graph(self)

    def components(self) -> Integers:
        """The component of each point, numbered from zero by its first point; ``(n,)``."""
        return _components(self.n, self.edges)

    def degrees(self) -> Floats:
        """Sum of the weights at each point, ``(n,)``."""
        both = np.bincount(self.edges.ravel(), np.repeat(self.weights, 2), self.n)
        return np.asarray(both, dtype=float)


def neighbour_graph(
    points: Floats,
    *,
    phi: float | Literal["auto"] = "auto",
    neighbours: int | Literal["auto"] = "auto",
    connect: bool = False,
    progress: Progress | None = None,
) -> Graph:
    """Gaussian weights of the nearest neighbours, symmetrised: either point may have chosen the other.

    Neighbours that tie at the last place are kept. Identical points have weight one; constant columns change nothing.

    Args:
        points: ``(n, p)``.
        phi: scale of the weights; "auto" takes that of ``automatic_phi``.
        neighbours: neighbours of each point; "auto" takes the fewest that connect the graph. With a number the graph
            may fall into components, which is no error unless weights that underflow to zero are the cause.
        connect: add the shortest edges between the components, each with its Gaussian weight or the smallest other
            weight of the graph, whichever is larger (one, if there is no other).
        progress: called with what is done and the fraction of it that is done.

    Raises:
        ShapeError, NotFiniteError: the points are no table of finite numbers.
        SettingError: phi or neighbours are out of their ranges.
        DisconnectedGraphError: weights underflow to zero and cut the graph.
    """
    points = check_points(points)
    squares = all_squares(points)
    scale = _automatic_phi(points, squares, progress) if phi == "auto" else _check_phi(phi)
    if neighbours == "auto":
        edges, weights, lost = _fewest(points, scale, squares, progress)
    else:
        _check_neighbours(neighbours, len(points))
        ends, near, rank = candidates(points, neighbours if len(points) > 1 else 0, squares, progress)
        taken = rank <= neighbours
        edges, weights, lost = _positive(ends[taken], near[taken], scale)
    graph = Graph(edges=edges, weights=weights, n=len(points))
    if connect:
        return connected(points, graph, phi=scale)
    if lost:
        _check_underflow(points, graph, scale, required=neighbours == "auto", lost=lost)
    return graph


def automatic_phi(points: Floats, *, progress: Progress | None = None) -> float:
    """The power of ten, from 1e-10 to 1e10, at which the Gaussian weights of all pairs have the largest variance."""
    points = check_points(points)
    return _automatic_phi(points, all_squares(points), progress)


def _automatic_phi(points: Floats, known: Floats | None, progress: Progress | None) -> float:
    smallest, largest = squared_distance_range(points, known)
    if not largest or len(points) < 3:  # noqa: PLR2004 - one pair has no variance; the first of equal powers
        return PHI_GRID[0]
    # Of weights that are zeros and ones, all that differ, the first scale stands for the larger ones.
    high = min((phi for phi in PHI_GRID if phi * smallest > _UNDERFLOW), default=PHI_GRID[-1])
    growing = [phi for phi in PHI_GRID[:-1] if phi * largest <= _STILL_GROWING]
    tried = np.array([phi for phi in PHI_GRID[len(growing) :] if phi <= high])
    count, mean, spread = 0, np.zeros(len(tried)), np.zeros(len(tried))
    for squares, done in squared_distance_blocks(points, known):
        distinct = known is not None and known.min() > 0
        for place, phi in enumerate(tried):
            if distinct and squares.size * math.exp(-2 * phi * smallest) < spread.max():
                break  # no weight of this scale, or of a larger one, is large enough
            weights = np.exp(-phi * squares)
            here = float(weights.mean())
            weights -= here  # not a product of vectors: those wake all threads of the BLAS
            moved = here - mean[place]
            share = squares.size / (count + squares.size)
            spread[place] += float(np.square(weights, out=weights).sum()) + moved**2 * count * share
            mean[place] += moved * share
        count += squares.size
        if progress:
            progress("choosing phi", done)
    return float(tried[int(np.argmax(spread))])


def connected(points: Floats, graph: Graph, *, phi: float) -> Graph:
    """The graph with the shortest edges between its components added, so that it is connected.

    Each has its Gaussian weight, or the smallest weight of the graph if that is larger, so that the new edges are the
    last to fuse but do not push the largest penalty to infinity; one in a graph without edges.
    """
    points = check_points(points)
    parts = graph.components()
    if not parts.any():
        return graph
    ends, squares = tree_between(points, parts)
    floor = float(graph.weights.min(initial=1.0)) if len(graph.weights) else 1.0
    return Graph(
        edges=np.concatenate([graph.edges, ends]),
        weights=np.concatenate([graph.weights, np.maximum(np.exp(-phi * squares), floor)]),
        n=graph.n,
    )


def check_points(points: Floats) -> Floats:
    """The points as a table of finite floats, or the error that says which rows are not."""
    table = np.asarray(points)
    if table.ndim != 2 or not table.size:  # noqa: PLR2004 - rows and columns
        raise ShapeError(
            f"the points have shape {table.shape}; expected (n, p) with at least one row and one column. "
            "Reshape one column with x[:, None]."
        )
    table = np.ascontiguousarray(table, dtype=float)
    bad = np.flatnonzero(~np.isfinite(table).all(axis=1))
    if bad.size:
        raise NotFiniteError(
            f"{bad.size} of {len(table)} points have NaN or infinite entries, rows {_named(bad)}; expected finite "
            "numbers. Drop these rows or fill in their entries."
        )
    if (largest := float(np.abs(table).max())) > _LARGEST:
        raise NotFiniteError(
            f"the points have entries as large as {largest:.3g}, whose squares are not finite; expected at most "
            f"{_LARGEST:.0e}. Divide the points by a number."
        )
    return table


def _fewest(
    points: Floats, phi: float, known: Floats | None, progress: Progress | None
) -> tuple[Integers, Floats, int]:
    """Edges of the fewest neighbours that connect the points, or as far as positive weights do."""
    n = len(points)
    tried = min(_FIRST_NEIGHBOURS, n - 1)
    while True:
        ends, squares, rank = candidates(points, tried, known, progress)
        positive = np.exp(-phi * squares) > 0
        needed, whole = _bottleneck(n, ends[positive], rank[positive])
        if whole or tried >= n - 1 or _exhausted(n, ends[positive], tried):
            break
        tried = min(2 * tried, n - 1)
    near = rank <= needed
    return _positive(ends[near], squares[near], phi, every=None if whole else int((~positive).sum()))


def _bottleneck(n: int, ends: Integers, rank: Integers) -> tuple[int, bool]:
    """The largest rank that a spanning forest needs, and whether it connects all points."""
    if not len(ends):
        return 0, n == 1
    graphs = importlib.import_module("scipy.sparse.csgraph")
    forest = graphs.minimum_spanning_tree(_adjacency(n, ends, rank.astype(float)))
    return int(forest.data.max()), forest.nnz == n - 1


def _exhausted(n: int, ends: Integers, tried: int) -> bool:
    """Whether more neighbours cannot connect the graph: a component whose points all have only zero weights beyond."""
    degree = np.bincount(ends.ravel(), minlength=n)
    return bool((np.bincount(_components(n, ends), degree >= tried) == 0).any())


def _positive(ends: Integers, squares: Floats, phi: float, *, every: int | None = None) -> tuple[Integers, Floats, int]:
    """The edges whose weights are not zero, those weights, and how many were zero."""
    weights = np.exp(-phi * squares)
    kept = weights > 0
    return ends[kept], weights[kept], int((~kept).sum()) if every is None else every


def _check_underflow(points: Floats, graph: Graph, phi: float, *, required: bool, lost: int) -> None:
    """Raise if weights that are zero in float64 cut the graph: say which points, and by how much."""
    parts = graph.components()
    if not parts.any():
        return
    ends, squares = tree_between(points, parts)
    cut = phi * squares > _UNDERFLOW - 1
    if not (cut.any() or required):
        return
    sizes = np.bincount(parts)
    apart = np.flatnonzero(parts != int(np.argmax(sizes)))
    worst = int(np.argmax(squares))
    raise DisconnectedGraphError(
        f"{lost} Gaussian weights underflow to zero, and the graph falls into {len(sizes)} components, the largest "
        f"with {int(sizes.max())} of {graph.n} points; apart from it are the points {_named(apart)}. Of the shortest "
        f"edges between components the longest joins the points {int(ends[worst, 0])} and {int(ends[worst, 1])}, "
        f"{math.sqrt(squares[worst]):.3g} apart: exp(-{phi * squares[worst]:.3g}) with phi = {phi:.3g}; expected "
        f"exponents below 745. Give a smaller phi (at most {700 / squares.max():.2g}), scale the columns, or ask for "
        "connect=True."
    )


def _components(n: int, edges: Integers) -> Integers:
    graphs = importlib.import_module("scipy.sparse.csgraph")
    labels = graphs.connected_components(_adjacency(n, edges, np.ones(len(edges))), directed=False)[1]
    return first_seen(labels)


def _adjacency(n: int, edges: Integers, values: Floats) -> Any:
    """The values at the edges as a sparse matrix, upper triangular; each edge is there once."""
    order = np.argsort(edges[:, 0], kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(edges[:, 0], minlength=n))])
    sparse = importlib.import_module("scipy.sparse")
    return sparse.csr_array((values[order], edges[order, 1], starts), shape=(n, n))


def first_seen(labels: Integers) -> Integers:
    """The same partition, its parts numbered from zero in the order of their first points."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    return np.asarray(number[inverse], dtype=np.int64)


def _check_graph(graph: Graph) -> None:
    edges, weights = graph.edges, graph.weights
    if graph.n < 1 or edges.ndim != 2 or edges.shape[1] != 2 or weights.shape != edges.shape[:1]:  # noqa: PLR2004
        raise ShapeError(
            f"the graph has n = {graph.n}, edges {edges.shape} and weights {weights.shape}; expected n >= 1, (E, 2) "
            "and (E,)."
        )
    bad = np.flatnonzero(~(np.isfinite(weights) & (weights > 0)))
    if bad.size:
        raise WeightError(
            f"{bad.size} of {len(weights)} weights are not positive and finite, the first {weights[bad[0]]:.3g} at "
            f"edge {bad[0]} = {tuple(map(int, edges[bad[0]]))}; expected positive numbers. Drop the edges of weight "
            "zero; a negative weight makes the problem non-convex."
        )
    if edges.size and (edges.min() < 0 or edges.max() >= graph.n):
        raise WeightError(f"edges name points {edges.min()} to {edges.max()}; expected 0 to {graph.n - 1}.")
    if (edges[:, 0] >= edges[:, 1]).any():
        at = int(np.argmax(edges[:, 0] >= edges[:, 1]))
        raise WeightError(f"edge {at} is {tuple(map(int, edges[at]))}; expected the smaller point first, and no loops.")
    keys = np.sort(edges[:, 0] * graph.n + edges[:, 1])
    twice = np.flatnonzero(keys[1:] == keys[:-1])
    if twice.size:
        i, j = divmod(int(keys[twice[0]]), graph.n)
        raise WeightError(f"edge ({i}, {j}) is given twice; expected each edge once. Add up its weights.")


def _check_phi(phi: float) -> float:
    if not (math.isfinite(phi) and phi > 0):
        raise SettingError(f'got phi = {phi}; expected a positive number, or "auto".')
    return float(phi)


def _check_neighbours(neighbours: int, n: int) -> None:
    if isinstance(neighbours, bool) or int(neighbours) != neighbours or not min(1, n - 1) <= neighbours <= n - 1:
        raise SettingError(
            f"got neighbours = {neighbours!r} for {n} points; expected a whole number from {min(1, n - 1)} to {n - 1}, "
            'the number of other points, or "auto".'
        )


def _named(which: Integers) -> str:
    shown = ", ".join(str(int(item)) for item in which[:_NAMED])
    return shown if len(which) <= _NAMED else f"{shown}, ... ({len(which)} in all)"
