"""M + rho L, with M the diagonal of the points of each node: factored sparsely, or inverted densely where that is less.

Where both fill up, as on graphs without structure, what conjugate gradients need is made instead.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lemmata.solvers.clustering._types import LINE, Factor, Incomplete, Integers
from lemmata.solvers.numbers.arithmetic import Floats

_GEMM_GAIN, _LOOP, _CALL = 4, 6, 2000
"""A flop of a matrix product is cheaper than one of a sparse row; each row costs some flops, each product many."""
_MOST_DENSE = 3000
_TRIED, _TREE_LIKE, _MOST_ITERATIONS = 4000, 1.5, 100
"""Nodes up to which a factor is made to see how far it fills, edges a node up to which it does little at any size; and
iterations beyond which a factor is better all the same.
"""
_ITERATIONS, _SWEEP = 3.5, 3
"""Iterations a root of the condition number, to the tolerance of a path; what an edge costs in one, in entries of L."""


def laplacian(n: int, edges: Integers, weights: Floats | None = None, *, diagonal: Floats | float | None = None) -> Any:
    """D' diag(weights) D, plus a diagonal, as a sparse matrix ``(n, n)``; weights one if left out."""
    from scipy import sparse

    i, j = edges[:, 0], edges[:, 1]
    w = np.ones(len(edges)) if weights is None else weights
    nodes, shift = np.arange(n), np.broadcast_to(0.0 if diagonal is None else diagonal, (n,))
    places = np.concatenate([i, j, i, j, nodes]), np.concatenate([i, j, j, i, nodes])
    return sparse.csc_array((np.concatenate([w, w, -w, -w, shift]), places), shape=(n, n))


def factored(
    x: Floats, edges: Integers, rho: float, *, tolerance: float, mass: Floats | None = None
) -> tuple[Factor, Integers]:
    """The factor, and the order in which it takes the points: the point at each of its places, ``(n,)``.

    Args:
        x: what is solved for first, ``(n, p)``; its norm is the unit of the tolerance.
        edges: of the graph, ``(E, 2)``.
        rho: of the augmented Lagrangian.
        tolerance: error of a solution in the Frobenius norm, where solving is not direct.
        mass: M, ``(n,)``, at least one; ones if left out.
    """
    from scipy.sparse import linalg

    n, features = x.shape
    mass = np.ones(n) if mass is None else mass
    iterations = _ITERATIONS * math.sqrt(1 + rho * 2 * len(edges) / max(1, n))
    small = n <= _TRIED or len(edges) <= _TREE_LIKE * n
    if not small and iterations <= _MOST_ITERATIONS:
        return _incomplete(x, edges, rho, tolerance, mass)
    matrix = laplacian(n, edges, np.full(len(edges), rho), diagonal=mass)
    # A symmetric, diagonally dominant matrix: with pivots from the diagonal, L U = L D L' for one order of both sides.
    options = {"SymmetricMode": True}
    found = linalg.splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    lower, order = found.L, np.asarray(np.argsort(found.perm_c), dtype=np.int64)  # L is copied where it is asked for
    dense, iterative = 2 * n * n * features / _GEMM_GAIN + _CALL, _SWEEP * len(edges) * iterations
    if n <= _MOST_DENSE and dense < 4 * min(lower.nnz, iterative) * (features + _LOOP):
        return _inverted(n, matrix), np.arange(n)
    if iterative < lower.nnz:
        return _incomplete(x, edges, rho, tolerance, mass)
    lower.sort_indices()
    first = lower.indptr[:-1]
    keep = np.ones(lower.nnz, dtype=bool)
    keep[first] = False  # the unit diagonal
    start = (lower.indptr - np.arange(n + 1)).astype(np.int64)
    row, value = lower.indices[keep].astype(np.int64), np.ascontiguousarray(lower.data[keep])
    return Factor(start, row, value, np.asarray(found.U.diagonal()), np.zeros((0, 0)), _NONE), order


def _inverted(n: int, matrix: Any) -> Factor:
    from scipy import linalg

    inverse = linalg.cho_solve(linalg.cho_factor(matrix.toarray()), np.eye(n))
    nothing = np.zeros(0, dtype=np.int64)
    return Factor(nothing, nothing, np.zeros(0), np.zeros(0), np.ascontiguousarray(inverse), _NONE)


def _incomplete(x: Floats, edges: Integers, rho: float, tolerance: float, mass: Floats) -> tuple[Factor, Integers]:
    """Pivots of the preconditioner, in an order that keeps neighbours near each other.

    With F = (P + N) P^-1/2 the residual is F times the one whose norm is watched, |F| is at most the root of its row
    sum times its column sum, and the error of U is at most the residual, since M + rho L >= I.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    n, p = x.shape
    order = np.asarray(
        reverse_cuthill_mckee(sparse.csr_matrix(laplacian(n, edges)), symmetric_mode=True), dtype=np.int64
    )
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    start, near = _sides(n, place[edges])
    diagonal = np.asarray(mass + rho * np.bincount(edges.ravel(), minlength=n), dtype=np.float64)[order]
    pivot = diagonal.copy()
    for k in range(n):
        after = near[start[2 * k + 1] : start[2 * k + 2]]
        pivot[after[after < n]] -= rho**2 / pivot[k]
    row, column = np.sort(place[edges], axis=1).T[::-1]
    lower = rho / np.sqrt(pivot[column])
    rows = np.sqrt(pivot) + np.bincount(row, lower, minlength=n)
    columns = np.sqrt(pivot) + np.bincount(column, lower, minlength=n)
    panels = -(-p // LINE)
    target = (tolerance * float(np.linalg.norm(x))) ** 2 / float(rows.max() * columns.max() * panels)
    work = aligned(5 * (n + 1), LINE).reshape(5, n + 1, LINE)
    found = Incomplete(start, near, pivot, 1 / pivot, diagonal - pivot, rho, target, work)
    nothing = np.zeros(0, dtype=np.int64)
    return Factor(nothing, nothing, np.zeros(0), np.zeros(0), np.zeros((0, 0)), found), order


def _sides(n: int, edges: Integers) -> tuple[Integers, Integers]:
    """The neighbours of each node before it, then those after it: where each list starts, and the lists."""
    own, other = np.concatenate([edges, edges[:, ::-1]]).T
    side = 2 * own + (other > own)
    counts = np.bincount(side, minlength=2 * n)
    start = np.concatenate([[0], np.cumsum(counts + counts % 2)])
    near = np.full(start[-1], n, dtype=np.int64)
    by_side = np.lexsort((other, side))
    ends = np.cumsum(counts)
    near[np.arange(len(side)) + (start[:-1] - ends + counts)[side[by_side]]] = other[by_side]
    return start, near


def aligned(n: int, p: int) -> Floats:
    """Zeros ``(n, p)`` that begin with a line of the cache."""
    whole = np.zeros(n * p + LINE)
    skipped = -(whole.ctypes.data // whole.itemsize) % LINE
    return whole[skipped : skipped + n * p].reshape(n, p)


_INTEGERS, _FLOATS = np.zeros(0, dtype=np.int64), np.zeros(0)
_NONE = Incomplete(_INTEGERS, _INTEGERS, _FLOATS, _FLOATS, _FLOATS, 0.0, 0.0, np.zeros((0, 0, 0)))
