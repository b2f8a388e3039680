"""I + rho L, factored sparsely with a minimum-degree ordering, or inverted densely where that is less work."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from lemmata.solvers._clustering_types import Factor, Integers
from lemmata.solvers.arithmetic import Floats

_GEMM_GAIN, _LOOP, _CALL = 4, 6, 2000
"""A flop of a matrix product is cheaper than one of a sparse row; each row costs some flops, each product many."""
_MOST_DENSE = 3000


def laplacian(n: int, edges: Integers, weights: Floats | None = None, *, diagonal: Floats | float | None = None) -> Any:
    """D' diag(weights) D, plus a diagonal, as a sparse matrix ``(n, n)``; weights one if left out."""
    sparse = importlib.import_module("scipy.sparse")
    i, j = edges[:, 0], edges[:, 1]
    w = np.ones(len(edges)) if weights is None else weights
    nodes, shift = np.arange(n), np.broadcast_to(0.0 if diagonal is None else diagonal, (n,))
    places = np.concatenate([i, j, i, j, nodes]), np.concatenate([i, j, j, i, nodes])
    return sparse.csc_array((np.concatenate([w, w, -w, -w, shift]), places), shape=(n, n))


def factored(n: int, edges: Integers, rho: float, features: int) -> tuple[Factor, Integers]:
    """The factor, and the order in which it takes the points: the point at each of its places, ``(n,)``."""
    linalg = importlib.import_module("scipy.sparse.linalg")
    matrix = laplacian(n, edges, np.full(len(edges), rho), diagonal=1.0)
    # A symmetric, diagonally dominant matrix: with pivots from the diagonal, L U = L D L' for one order of both sides.
    options = {"SymmetricMode": True}
    found = linalg.splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=options)
    lower, order = found.L, np.asarray(np.argsort(found.perm_c), dtype=np.int64)  # L is copied where it is asked for
    dense = 2 * n * n * features / _GEMM_GAIN + _CALL
    if n <= _MOST_DENSE and dense < 4 * lower.nnz * (features + _LOOP):
        return _inverted(n, matrix), np.arange(n)
    lower.sort_indices()
    first = lower.indptr[:-1]
    keep = np.ones(lower.nnz, dtype=bool)
    keep[first] = False  # the unit diagonal
    start = (lower.indptr - np.arange(n + 1)).astype(np.int64)
    row, value = lower.indices[keep].astype(np.int64), np.ascontiguousarray(lower.data[keep])
    return Factor(start, row, value, np.asarray(found.U.diagonal()), np.zeros((0, 0))), order


def _inverted(n: int, matrix: Any) -> Factor:
    linalg = importlib.import_module("scipy.linalg")
    inverse = linalg.cho_solve(linalg.cho_factor(matrix.toarray()), np.eye(n))
    nothing = np.zeros(0, dtype=np.int64)
    return Factor(nothing, nothing, np.zeros(0), np.zeros(0), np.ascontiguousarray(inverse))
