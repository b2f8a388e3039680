"""The tree of fusions along a path of convex clustering: partitions, labels, centroids, a SciPy linkage.

Clusters are the components of the edges that have ever been fused. Edges that fuse between two stored iterates are
taken in the order of |V_l| at the first of the two, and their penalties are spread evenly up to the next iterate.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from lemmata.solvers.clustering._types import Integers
from lemmata.solvers.clustering.graph import DisconnectedGraphError, Graph, SettingError, first_rows, first_seen
from lemmata.solvers.clustering.path import BiclusterPath, ClusterPath
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import ShapeError, unknown_name

Ties: TypeAlias = Literal["magnitude", "clustrviz"]
Scale: TypeAlias = Literal["auto", "original", "log"]

_LAST_RATIO = 1.05
_SMALL = 0.01
_LEAST = 5e-324


class TooFewClustersError(SettingError):
    """A number of clusters was asked for at which the path never is.

    Attributes:
        fewest: clusters of the path, at its end.
    """

    def __init__(self, message: str, fewest: int) -> None:
        super().__init__(message)
        self.fewest = fewest


@dataclass(frozen=True, kw_only=True)
class ClusterTree:
    """Merges in their order; merge k makes the cluster n + k, as in SciPy.

    Points that are one node of the graph merge first, at penalty zero.

    Attributes:
        n: number of points.
        merges: the two clusters that merge, the smaller number first, ``(m, 2)``; m is n minus the components.
        penalties: gamma of each merge, nondecreasing, ``(m,)``.
        sizes: points in the new cluster, ``(m,)``.
    """

    n: int
    merges: Integers
    penalties: Floats
    sizes: Integers

    def labels(self, clusters: int) -> Integers:
        """Labels at the first point of the path with at most so many clusters, numbered by first points; ``(n,)``.

        The path begins with as many clusters as there are different points: no more can be told apart.
        """
        fewest = self.n - len(self.merges)
        if not fewest <= clusters <= self.n:
            raise TooFewClustersError(
                f"asked for {clusters} clusters; expected {fewest} to {self.n}: the path ends with {fewest}"
                + (", the components of its graph; ask neighbour_graph for connect=True." if fewest > 1 else "."),
                fewest,
            )
        return self._after(max(self.n - clusters, self.equal))

    @property
    def equal(self) -> int:
        """Merges of equal points, at penalty zero."""
        return int(np.searchsorted(self.penalties, 0.0, side="right"))

    def labels_at(self, penalty: float) -> Integers:
        """Labels of the clusters merged up to a penalty, ``(n,)``."""
        return self._after(int(np.searchsorted(self.penalties, penalty, side="right")))

    def linkage(self, *, scale: Scale = "auto", disconnected: Literal["raise", "infinite"] = "raise") -> Floats:
        """The merges as SciPy writes them, ``(n - 1, 4)``, for ``scipy.cluster.hierarchy``.

        Args:
            scale: of the heights, which end at one: "original" gamma, "log" of gamma + 1, or "auto", which is log if
                the first height above zero is below a hundredth of the last.
            disconnected: what to do with components that never merge: raise, or merge them at height infinity.

        Raises:
            DisconnectedGraphError: there is more than one component.
        """
        short = self.n - 1 - len(self.merges)
        if short and disconnected == "raise":
            raise DisconnectedGraphError(
                f"the graph has {short + 1} components, so the tree has {len(self.merges)} of the {self.n - 1} merges "
                'of a linkage. Build the graph with connect=True, or ask for disconnected="infinite".'
            )
        heights = scaled(self.penalties, scale)
        merges, sizes = self.merges, self.sizes
        if short:
            extra, more = _joined(self)
            merges, sizes = np.concatenate([merges, extra]), np.concatenate([sizes, more])
            heights = np.concatenate([heights, np.full(short, np.inf)])
        return np.column_stack([merges.astype(float), heights, sizes.astype(float)])

    def _after(self, merged: int) -> Integers:
        name = np.arange(self.n + merged)
        for k in range(merged - 1, -1, -1):
            name[self.merges[k]] = name[self.n + k]
        return first_seen(name[: self.n])


def cluster_tree(path: ClusterPath, *, ties: Ties = "magnitude") -> ClusterTree:
    """The tree of a path.

    Args:
        path: of ``carp``.
        ties: "magnitude" takes the shorter edge first; "clustrviz" takes edges in the order of clustRviz 0.1.0, which
            uses the sorting permutation where its inverse is meant, to compare labels of ``carp`` with it. Store each
            tenth iterate (``keep=10``) for the same labels.
    """
    penalties = path.penalties[:-1] if path.ended else path.penalties
    ratio = path.settings.ratio if path.ended else _LAST_RATIO
    return merged_tree(
        path.graph,
        penalties=np.append(penalties, penalties[-1] * ratio),
        fusion_at=path.fusion_at,
        fusion_edge=path.fusion_edge,
        fusion_size=path.fusion_size,
        ties=ties,
    )


def bicluster_trees(path: BiclusterPath, *, ties: Ties = "magnitude") -> tuple[ClusterTree, ClusterTree]:
    """The trees of the rows and of the columns of a path of ``cbass``.

    Args:
        path: of ``cbass``.
        ties: as in `cluster_tree`, for rows and for columns. Labels of columns are then still not those of clustRviz
            0.1.0: it sorts the columns that fuse at one iterate by numbers read in another layout than they are stored
            in (n x edges as edges x n), which are no lengths of differences. That is not reproduced here.
    """
    penalties = np.append(path.penalties, path.penalties[-1] * _LAST_RATIO)
    sides = (path.rows, path.row_fusions), (path.columns, path.column_fusions)
    row, column = (
        merged_tree(
            graph,
            penalties=penalties,
            fusion_at=found.at,
            fusion_edge=found.edge,
            fusion_size=found.size,
            ties=ties,
        )
        for graph, found in sides
    )
    return row, column


def merged_tree(
    graph: Graph, *, penalties: Floats, fusion_at: Integers, fusion_edge: Integers, fusion_size: Floats, ties: Ties
) -> ClusterTree:
    """The tree from the fusions, see ``ClusterPath``; `penalties` goes one iterate further than the path."""
    if ties not in ("magnitude", "clustrviz"):
        raise unknown_name("ties", ties, ("magnitude", "clustrviz"))
    bounds = np.flatnonzero(np.diff(fusion_at)) + 1
    nodes = np.arange(graph.n) if graph.nodes is None else graph.nodes
    union, own = _Union(graph.size), first_rows(nodes)
    for point, equal in enumerate(own[nodes].tolist()):
        union.merge(equal, point, 0.0)
    ends = own[graph.edges[fusion_edge]].tolist()
    for first, last in pairwise([0, *bounds.tolist(), len(fusion_at)] if len(fusion_at) else []):
        order = np.argsort(fusion_size[first:last], kind="stable")
        if ties == "clustrviz":
            order = np.argsort(order, kind="stable")
        at = int(fusion_at[first])
        low, step = float(penalties[at]), float(penalties[at + 1] - penalties[at]) / (last - first)
        for place, event in enumerate(order.tolist()):
            i, j = ends[first + event]
            union.merge(i, j, low + place * step)
    return ClusterTree(
        n=graph.size,
        merges=np.array(union.merges, dtype=np.int64).reshape(-1, 2),
        penalties=np.maximum.accumulate(np.array(union.heights, dtype=float)),
        sizes=np.array(union.sizes, dtype=np.int64),
    )


def lasting_clusters(tree: ClusterTree) -> int:
    """The number of clusters that lasts for the largest ratio of two penalties of merges that follow each other.

    Only numbers count at which at least half of the points are not alone, so that two points that are nearly equal do
    not outlast all others by their early merge. The equal points of a table, which are together from penalty zero on,
    count as lasting for a ratio of two. Where no number is left, it is that before the last merge.
    """
    merged = np.arange(tree.equal, len(tree.merges))  # merges that are done, one of positive penalty being left
    if not len(merged):
        return tree.n - tree.equal
    alone = tree.n - np.concatenate([[0], np.cumsum((tree.merges < tree.n).sum(axis=1))])[merged]
    lasting = np.log(tree.penalties[merged]) - np.log(tree.penalties[np.maximum(merged - 1, 0)].clip(_LEAST))
    lasting[0] = math.log(2)
    able = 2 * alone <= tree.n
    if not able.any():
        return int(tree.n - merged[-1])
    return int(tree.n - merged[np.argmax(np.where(able, lasting, -np.inf))])


def centroids(points: Floats, labels: Integers) -> Floats:
    """The mean of the points of each label, ``(labels, p)``."""
    points, labels = np.asarray(points, dtype=float), np.asarray(labels)
    if points.ndim != 2 or labels.shape != points.shape[:1] or not labels.size:  # noqa: PLR2004 - rows and columns
        raise ShapeError(f"got points {points.shape} and labels {labels.shape}; expected (n, p) and (n,).")
    count = int(labels.max()) + 1
    total = np.zeros((count, points.shape[1]))
    np.add.at(total, labels, points)
    return np.asarray(total / np.maximum(1, np.bincount(labels, minlength=count))[:, None])


def scaled(penalties: Floats, scale: Scale) -> Floats:
    """Heights of a dendrogram from penalties: the largest is one."""
    if scale not in ("auto", "original", "log"):
        raise unknown_name("scale", scale, ("auto", "original", "log"))
    top = float(penalties[-1]) if len(penalties) else 0.0
    if not top:
        return np.zeros(len(penalties))
    if scale == "log" or (scale == "auto" and penalties[penalties > 0][0] / top < _SMALL):
        return np.asarray(np.log1p(penalties) / np.log1p(top))
    return np.asarray(penalties / top)


class _Union:
    """Disjoint sets of points, each with the number of its cluster, and the merges so far."""

    def __init__(self, n: int) -> None:
        self.parent = list(range(n))
        self.cluster = list(range(n))
        self.size = [1] * n
        self.merges: list[tuple[int, int]] = []
        self.heights: list[float] = []
        self.sizes: list[int] = []

    def merge(self, i: int, j: int, height: float) -> None:
        """Merge the clusters of two points, unless they are one already."""
        i, j = self._root(i), self._root(j)
        if i == j:
            return
        if self.size[i] < self.size[j]:
            i, j = j, i
        self.merges.append((min(self.cluster[i], self.cluster[j]), max(self.cluster[i], self.cluster[j])))
        self.parent[j] = i
        self.size[i] += self.size[j]
        self.cluster[i] = len(self.parent) + len(self.heights)
        self.heights.append(height)
        self.sizes.append(self.size[i])

    def _root(self, i: int) -> int:
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i


def _joined(tree: ClusterTree) -> tuple[Integers, Integers]:
    """Merges of the components that are left, one to the next."""
    m = len(tree.merges)
    size = np.concatenate([np.ones(tree.n, dtype=np.int64), tree.sizes])
    left: Sequence[int] = np.setdiff1d(np.arange(tree.n + m), tree.merges.ravel()).tolist()
    merges, sizes, top, total = [], [], left[0], int(size[left[0]])
    for k, other in enumerate(left[1:]):
        total += int(size[other])
        merges.append(sorted((top, other)))
        sizes.append(total)
        top = tree.n + m + k
    return np.array(merges, dtype=np.int64), np.array(sizes, dtype=np.int64)
