"""Distances between points in blocks of rows, never n x n x p: nearest neighbours, ranges, shortest bridges."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np

from lemmata.solvers.numbers.arithmetic import Floats

Integers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

_BLOCK = 1 << 18
"""Distances held at a time, 2 MB: they stay in the cache."""
_WHOLE = 1 << 20
"""Up to this many, all distances are held at once."""


def all_squares(points: Floats) -> Floats | None:
    """Squared distances of all pairs, flat, if they are few enough to be held; else None."""
    if len(points) ** 2 > _WHOLE:
        return None
    from scipy.spatial import distance

    return np.asarray(distance.pdist(points, "sqeuclidean"))


def squared_distance_blocks(points: Floats, squares: Floats | None) -> Iterator[tuple[Floats, float]]:
    """Squared distances of all pairs, each pair once, in flat blocks, with the fraction done after each.

    Args:
        points: ``(n, p)``.
        squares: of ``all_squares``.
    """
    from scipy.spatial import distance

    n = len(points)
    if squares is not None:
        yield squares, 1.0
        return
    for start, stop in _rows(n):
        own = points[start:stop]
        if stop - start > 1:
            yield distance.pdist(own, "sqeuclidean"), start / n
        if stop < n:
            yield distance.cdist(own, points[stop:], "sqeuclidean").ravel(), stop / n


def squared_distance_range(points: Floats, squares: Floats | None) -> tuple[float, float]:
    """The smallest positive and the largest squared distance; zeros if there is none."""
    smallest, largest = np.inf, 0.0
    for block, _ in squared_distance_blocks(points, squares):
        largest = max(largest, float(block.max(initial=0)))
        least = float(block.min(initial=np.inf))
        smallest = min(smallest, least if least > 0 else float(block[block > 0].min(initial=np.inf)))
    return (smallest, largest) if largest else (0.0, 0.0)


def candidates(
    points: Floats,
    most: int,
    squares: Floats | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> tuple[Integers, Floats, Integers]:
    """The pairs of which one is among the `most` nearest of the other, ties at the last place included.

    Args:
        points: ``(n, p)``.
        most: at least one, if there are other points.
        squares: of ``all_squares``.
        progress: called with what is done and the fraction of it.

    Returns:
        Pairs ``(E, 2)``, sorted, the smaller point first; their squared distances; the smaller of the two ranks, where
        the rank of j for i is one more than the number of points strictly nearer to i.
    """
    n = len(points)
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))]
    from scipy.spatial import distance

    spans = _rows(n) if squares is None else iter([(0, n)])
    for start, stop in spans if most else ():
        if squares is None:
            block = distance.cdist(points[start:stop], points, "sqeuclidean")
        else:
            block = distance.squareform(squares, checks=False)
        block[np.arange(stop - start), np.arange(start, stop)] = np.inf
        last = np.partition(block, most - 1, axis=1)[:, most - 1]
        i, j = np.nonzero(block <= last[:, None])
        found.append((i + start, j, block[i, j], _ranks(i, block[i, j])))
        if progress:
            progress("finding neighbours", stop / n)
    i, j, squares, rank = (np.concatenate(parts) for parts in zip(*found, strict=True))
    keys = np.minimum(i, j) * n + np.maximum(i, j)
    order = np.lexsort((rank, keys))
    first = order[np.r_[True, np.diff(keys[order]) > 0]] if len(order) else order
    return np.stack(np.divmod(keys[first], n), axis=1), squares[first], rank[first]


def tree_between(points: Floats, parts: Integers) -> tuple[Integers, Floats]:
    """The shortest edges that connect the parts of a partition, and their squared lengths (Boruvka's algorithm)."""
    parts, ends, lengths = parts.copy(), [], []
    while parts.any():
        near, squares = _nearest_elsewhere(points, parts)
        order = np.lexsort((np.minimum(np.arange(len(points)), near), squares, parts))
        chosen = order[np.r_[True, np.diff(parts[order]) > 0]]
        for i in chosen:
            a, b = parts[i], parts[near[i]]
            if a != b:
                parts[parts == max(a, b)] = min(a, b)
                ends.append((min(i, near[i]), max(i, near[i])))
                lengths.append(squares[i])
        parts = np.unique(parts, return_inverse=True)[1]
    return np.array(ends, dtype=np.int64).reshape(-1, 2), np.array(lengths)


def _nearest_elsewhere(points: Floats, parts: Integers) -> tuple[Integers, Floats]:
    """For each point the nearest one of another part, and its squared distance."""
    from scipy.spatial import distance

    near, squares = np.zeros(len(points), np.int64), np.zeros(len(points))
    for start, stop in _rows(len(points)):
        block = distance.cdist(points[start:stop], points, "sqeuclidean")
        block[parts[start:stop, None] == parts] = np.inf
        near[start:stop] = block.argmin(axis=1)
        squares[start:stop] = block[np.arange(stop - start), near[start:stop]]
    return near, squares


def _ranks(row: Integers, values: Floats) -> Integers:
    """One more than how many entries of the same row are smaller; rows are sorted."""
    order = np.lexsort((values, row))
    place = np.arange(len(order))
    same_row = np.r_[False, np.diff(row[order]) == 0]
    same = same_row & np.r_[False, np.diff(values[order]) == 0]
    row_start = np.maximum.accumulate(np.where(same_row, 0, place))
    tie_start = np.maximum.accumulate(np.where(same, 0, place))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = tie_start - row_start + 1
    return rank


def _rows(n: int) -> Iterator[tuple[int, int]]:
    """Blocks of rows of an n x n table, as (start, stop)."""
    size = max(1, _BLOCK // n)
    return ((start, min(n, start + size)) for start in range(0, n, size))
