"""Weights for convex clustering: Gaussian weights of nearest neighbours, and the graph that they make.

As published with CARP (Weylandt, Nagorski and Allen, 2020): w_ij = exp(-phi |x_i - x_j|^2), phi the power of ten at
which the weights of all pairs vary most, kept for the k nearest neighbours, k the fewest that connect the points.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np

from lemmata.solvers.clustering._neighbours import (
    all_squares,
    candidates,
    squared_distance_blocks,
    squared_distance_range,
    tree_between,
)
from lemmata.solvers.clustering._types import Integers
from lemmata.solvers.clustering.graph import (
    Cut,
    DisconnectedGraphError,
    Graph,
    SettingError,
    adjacency,
    components,
    equal_rows,
    first_rows,
)
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import NotFiniteError, ShapeError

Progress: TypeAlias = Callable[[str, float], None]

PHI_GRID = tuple(10.0**exponent for exponent in range(-10, 11))
_FIRST_NEIGHBOURS = 8
_UNDERFLOW = 746.0
"""exp of less than minus this is zero in float64."""
_SAFE = 500.0
"""exp of minus this is a weight with which penalties are still finite."""
_STILL_GROWING = 0.23
"""Up to this phi d^2, below ln(10) / 10, ten times phi pulls all weights further apart."""
_FAINT = 23.0
"""exp of minus this is 1e-10, the smallest weight of an edge that a table needs to hang together."""
_NEGLIGIBLE = 1e-20
"""Weights beside which those that are needed are ten decades larger."""
_ORDINARY = 1e4
"""Tables whose numbers are more than this times larger or smaller than one are measured in a unit of their own."""
_NAMED = 5
_LARGEST = 1e140


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
    return _neighbour_graph(points, phi, neighbours, np.arange(len(points)), connect=connect, progress=progress)


def distinct_neighbour_graph(
    points: Floats,
    *,
    phi: float | Literal["auto"] = "auto",
    neighbours: int | Literal["auto"] = "auto",
    connect: bool = False,
    progress: Progress | None = None,
) -> tuple[Graph, float]:
    """The graph of ``neighbour_graph`` on the different rows of a table, equal rows being one node; and its phi.

    With m_a rows equal to x_a, and w_ab the weights of ``neighbour_graph`` on the different rows alone, the problem is
      min over u of sum_a m_a |u_a - x_a|^2 / 2 + lam sum_ab m_a m_b w_ab |u_a - u_b|.
    That is convex clustering of all rows, with the weight w_ab on every pair of a row equal to x_a and one equal to
    x_b: equal rows then have the same weights to all others, so that exchanging them changes nothing, and since the
    solution is unique they are equal in it at every penalty, whatever the weights between them. Neighbours are counted
    as different rows, so that a row that is often repeated does not fill up the neighbours of those near it.

    Args:
        points: ``(n, p)``.
        phi: scale of the weights; "auto" takes that of ``automatic_phi`` for the different rows in a unit of their own
            size, and of the powers of ten below it the first at which no edge of the shortest tree in the graph weighs
            less than 1e-10: groups far apart are joined by weights that are small and not zero. Edges that weigh less
            than 1e-20 are then left out: they move nothing, and would fuse at a penalty beyond all others.
        neighbours: different rows that are neighbours of each row; as many as there are, if that is fewer.
        connect: see ``neighbour_graph``.
        progress: called with what is done and the fraction of it that is done.

    Raises:
        ShapeError, NotFiniteError: the points are no table of finite numbers, or differ by less than can be squared.
        SettingError: phi or neighbours are out of their ranges.
        DisconnectedGraphError: weights underflow to zero and cut the graph; only with a phi that is given.
    """
    points = check_points(points)
    if neighbours != "auto":
        _check_neighbours(neighbours, len(points))
    nodes = equal_rows(points)
    first = first_rows(nodes)
    rows, wanted = points[first], neighbours if neighbours == "auto" else min(neighbours, len(first) - 1)
    scale = _moderate_phi(rows, wanted, progress) if phi == "auto" else _check_phi(phi)
    least = _NEGLIGIBLE if phi == "auto" else 0.0
    graph = _neighbour_graph(rows, scale, wanted, first, least=least, connect=connect, progress=progress)
    if len(rows) == len(points):
        return graph, scale
    weights = graph.weights * np.bincount(nodes)[graph.edges].prod(axis=1)
    return Graph(edges=graph.edges, weights=weights, n=graph.n, nodes=nodes), scale


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


def _neighbour_graph(
    points: Floats,
    phi: float | Literal["auto"],
    neighbours: int | Literal["auto"],
    names: Integers,
    *,
    least: float = 0.0,
    connect: bool,
    progress: Progress | None,
) -> Graph:
    """See ``neighbour_graph``; `names` are the points' numbers in messages, ``(n,)``, `least` the least weight kept."""
    squares = all_squares(points)
    scale = _automatic_phi(points, squares, progress) if phi == "auto" else _check_phi(phi)
    ends, near, lost = _chosen(points, scale, neighbours, squares, progress)
    weights = np.exp(-scale * near)
    kept = weights >= least
    graph = Graph(edges=ends[kept], weights=weights[kept], n=len(points))
    if connect:
        return connected(points, graph, phi=scale)
    if lost:
        _check_underflow(points, graph, scale, names, required=neighbours == "auto", lost=lost)
    return graph


def _moderate_phi(rows: Floats, neighbours: int | Literal["auto"], progress: Progress | None) -> float:
    """The automatic phi of different rows, see ``distinct_neighbour_graph``."""
    spread = float(np.ptp(rows, axis=0).max())
    if len(rows) > 1 and spread < 1 / _LARGEST:
        raise NotFiniteError(
            f"the points differ by at most {spread:.3g}, whose square is zero; expected at least {1 / _LARGEST:.0e}. "
            "Multiply the points by a number."
        )
    unit = 1.0 if len(rows) == 1 or 1 / _ORDINARY < spread < _ORDINARY else 10.0 ** round(math.log10(spread))
    scaled = rows / unit
    squares = all_squares(scaled)
    phi = _automatic_phi(scaled, squares, progress)
    ends, near, _ = _chosen(scaled, 0.0, neighbours, squares, progress)
    longest = _longest_needed(len(rows), ends, near)
    while phi * longest > _FAINT:
        phi /= 10
    return phi / unit**2


def _longest_needed(n: int, ends: Integers, squares: Floats) -> float:
    """The longest edge, squared, of the shortest forest in a graph that connects what the graph does."""
    if not len(ends):
        return 0.0
    lengths, place = np.unique(squares, return_inverse=True)  # a length of zero would be no entry of a sparse matrix
    return float(lengths[_bottleneck(n, ends, place + 1)[0] - 1])


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


def _chosen(
    points: Floats,
    phi: float,
    neighbours: int | Literal["auto"],
    known: Floats | None,
    progress: Progress | None,
) -> tuple[Integers, Floats, int]:
    """Edges whose weights are positive, their squared lengths, and how many were left out for weights of zero."""
    if neighbours == "auto":
        return _fewest(points, phi, known, progress)
    _check_neighbours(neighbours, len(points))
    ends, near, rank = candidates(points, neighbours if len(points) > 1 else 0, known, progress)
    taken = (rank <= neighbours) & (np.exp(-phi * near) > 0)
    return ends[taken], near[taken], int((rank <= neighbours).sum() - taken.sum())


def _fewest(
    points: Floats, phi: float, known: Floats | None, progress: Progress | None
) -> tuple[Integers, Floats, int]:
    """Edges of the fewest neighbours that connect the points, or as far as positive weights do; see ``_chosen``."""
    n = len(points)
    tried = min(_FIRST_NEIGHBOURS, n - 1)
    while True:
        ends, squares, rank = candidates(points, tried, known, progress)
        positive = np.exp(-phi * squares) > 0
        needed, whole = _bottleneck(n, ends[positive], rank[positive])
        if whole or tried >= n - 1 or _exhausted(n, ends[positive], tried):
            break
        tried = min(2 * tried, n - 1)
    near = (rank <= needed) & positive
    zero = ~positive & (rank <= needed) if whole else ~positive
    return ends[near], squares[near], int(zero.sum())


def _bottleneck(n: int, ends: Integers, rank: Integers) -> tuple[int, bool]:
    """The largest rank that a spanning forest needs, and whether it connects all points."""
    if not len(ends):
        return 0, n == 1
    from scipy.sparse import csgraph

    forest = csgraph.minimum_spanning_tree(adjacency(n, ends, rank.astype(float)))
    return int(forest.data.max()), forest.nnz == n - 1


def _exhausted(n: int, ends: Integers, tried: int) -> bool:
    """Whether more neighbours cannot connect the graph: a component whose points all have only zero weights beyond."""
    degree = np.bincount(ends.ravel(), minlength=n)
    return bool((np.bincount(components(n, ends), degree >= tried) == 0).any())


def _check_underflow(points: Floats, graph: Graph, phi: float, names: Integers, *, required: bool, lost: int) -> None:
    """Raise if weights that are zero in float64 cut the graph: say which points, and by how much."""
    parts = graph.components()
    if not parts.any():
        return
    ends, squares = tree_between(points, parts)
    if not ((phi * squares > _UNDERFLOW - 1).any() or required):
        return
    sizes, worst = np.bincount(parts), int(np.argmax(squares))
    i, j = (int(names[end]) for end in ends[worst])
    apart = names[parts != int(np.argmax(sizes))]
    cut = Cut(len(sizes), apart, (i, j), math.sqrt(squares[worst]), phi, float(_SAFE / squares.max()))
    raise DisconnectedGraphError(
        f"{lost} Gaussian weights underflow to zero, and the graph falls into {len(sizes)} components, the largest "
        f"with {int(sizes.max())} of {graph.n} points; apart from it are the points {_named(apart)}. Of the shortest "
        f"edges between components the longest joins the points {i} and {j}, {cut.distance:.3g} apart: "
        f"exp(-{phi * squares[worst]:.3g}) with phi = {phi:.3g}; expected exponents below 745. Give a smaller phi (at "
        f"most {cut.enough:.2g}), scale the columns, or ask for connect=True.",
        cut,
    )


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
