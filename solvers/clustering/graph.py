"""Weighted graphs on the points of convex clustering, and points that are one node of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lemmata.solvers.clustering._types import Integers
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import ShapeError


class WeightError(ValueError):
    """Edges or weights are not those of a graph: negative or infinite weights, loops, repeated edges."""


class SettingError(ValueError):
    """A setting of a clustering algorithm is out of its range; the message gives the range."""


class DisconnectedGraphError(ValueError):
    """The graph falls into several components where one is needed; the message says why and which points.

    Attributes:
        cut: what cuts the graph, if underflowing weights do.
    """

    def __init__(self, message: str, cut: Cut | None = None) -> None:
        super().__init__(message)
        self.cut = cut


class Cut(NamedTuple):
    """Components that only weights below the smallest positive number would join.

    Attributes:
        components: how many there are.
        apart: the points that are not in the largest one.
        ends: the two points that the longest of the shortest edges between components joins.
        distance: of these two.
        phi: of the weights.
        enough: a phi at which these edges have positive weights.
    """

    components: int
    apart: Integers
    ends: tuple[int, int]
    distance: float
    phi: float
    enough: float


@dataclass(frozen=True, kw_only=True)
class Graph:
    """A weighted graph on nodes 0, ..., n - 1; it need not be connected and may have no edge.

    Attributes:
        edges: ``(E, 2)``, the smaller node of each edge first.
        weights: ``(E,)``, positive.
        n: number of nodes.
        nodes: the node that each point is, ``(points,)``; None if every point is its own. Points of one node are equal:
            the node carries their number as the weight of its term |u - x|^2.
    """

    edges: Integers
    weights: Floats
    n: int
    nodes: Integers | None = None

    def __post_init__(self) -> None:
        edges = np.array(self.edges, dtype=np.int64).reshape(-1, 2) if np.size(self.edges) == 0 else self.edges
        object.__setattr__(self, "edges", np.ascontiguousarray(edges, dtype=np.int64))
        object.__setattr__(self, "weights", np.ascontiguousarray(self.weights, dtype=float))
        if self.nodes is not None:
            object.__setattr__(self, "nodes", np.ascontiguousarray(self.nodes, dtype=np.int64))
        _check_graph(self)

    @property
    def size(self) -> int:
        """Number of points."""
        return self.n if self.nodes is None else len(self.nodes)

    @property
    def counts(self) -> Integers:
        """Points of each node, ``(n,)``."""
        return np.ones(self.n, dtype=np.int64) if self.nodes is None else np.bincount(self.nodes, minlength=self.n)

    def components(self) -> Integers:
        """The component of each node, numbered from zero by its first node; ``(n,)``."""
        return components(self.n, self.edges)

    def degrees(self) -> Floats:
        """Sum of the weights at each node, ``(n,)``."""
        both = np.bincount(self.edges.ravel(), np.repeat(self.weights, 2), self.n)
        return np.asarray(both, dtype=float)

    def of_nodes(self, rows: Floats) -> Floats:
        """What the points of each node share: ``(..., points, p)`` to ``(..., n, p)``.

        Raises:
            ShapeError: there are not as many rows as points, or rows of one node differ.
        """
        if rows.shape[-2] != self.size:
            raise ShapeError(f"got {rows.shape[-2]} points and a graph on {self.size}; expected as many.")
        if self.nodes is None:
            return rows
        found = rows[..., first_rows(self.nodes), :]
        if not np.array_equal(self.of_points(found), rows):
            raise ShapeError("points that are one node of the graph differ; expected equal rows.")
        return found

    def of_points(self, rows: Floats) -> Floats:
        """The rows of the nodes for each point: ``(..., n, p)`` to ``(..., points, p)``."""
        return rows if self.nodes is None else np.asarray(rows[..., self.nodes, :])


def components(n: int, edges: Integers) -> Integers:
    """The component of each node, numbered from zero by its first node; ``(n,)``."""
    from scipy.sparse import csgraph

    labels = csgraph.connected_components(adjacency(n, edges, np.ones(len(edges))), directed=False)[1]
    return first_seen(labels)


def adjacency(n: int, edges: Integers, values: Floats) -> Any:
    """The values at the edges as a sparse matrix, upper triangular; each edge is there once."""
    from scipy import sparse

    order = np.argsort(edges[:, 0], kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(edges[:, 0], minlength=n))])
    return sparse.csr_array((values[order], edges[order, 1], starts), shape=(n, n))


def first_seen(labels: np.ndarray[Any, Any]) -> Integers:
    """The same partition, its parts numbered from zero in the order of their first points."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    return np.asarray(number[inverse], dtype=np.int64)


def equal_rows(points: Floats) -> Integers:
    """The number of each row's value, ``(n,)``, from zero in the order in which values are first seen.

    Args:
        points: finite numbers, ``(n, p)``.
    """
    table = np.ascontiguousarray(points) + 0.0  # minus zero equals zero, but not byte by byte
    whole = table.view(np.dtype((np.void, table.shape[1] * table.itemsize))).ravel()
    return first_seen(whole)


def first_rows(nodes: Integers) -> Integers:
    """The first point of each node, ``(n,)``."""
    return np.asarray(np.unique(nodes, return_index=True)[1], dtype=np.int64)


def _check_graph(graph: Graph) -> None:
    edges, weights = graph.edges, graph.weights
    if graph.nodes is not None:
        _check_nodes(graph.nodes, graph.n)
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


def _check_nodes(nodes: Integers, n: int) -> None:
    if nodes.ndim != 1 or not np.array_equal(np.unique(nodes), np.arange(n)):
        raise ShapeError(
            f"got nodes {nodes.shape} for a graph with n = {n}; expected each of 0 to {n - 1} in (points,)."
        )
