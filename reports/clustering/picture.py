"""What the pictures of a path of convex clustering share: coordinates, the iterates shown, the lines of the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from lemmata.solvers import ShapeError
from lemmata.solvers.clustering.path import ClusterPath
from lemmata.solvers.clustering.tree import ClusterTree, cluster_tree
from lemmata.solvers.numbers.arithmetic import Floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.solvers.clustering.estimator import ConvexClustering

Integers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
Fitted: TypeAlias = "ConvexClustering | ClusterPath"

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's colours, told apart with any kind of colour vision; yellow is too faint on white."""
GREY, FAINT = "#767676", "#c4c4c4"
MANY = 12
"""Groups up to which a legend names each."""

_BELOW, _SHARE_BELOW = 1.5, 0.1
"""The leaves stand below the first merge by this factor, or by this share of the decades shown."""
_ABOVE = 0.06
"""The axis ends above the last merge by this share of the decades shown."""
_EARLY, _FAR = 0.05, 5.0
"""Of this share of the merges, the first, those are raised that lie below the others by more than this factor."""


@dataclass(frozen=True, kw_only=True)
class Groups:
    """A labelling to colour by: clusters, or a column of the table.

    Attributes:
        of: the group of each point, ``(n,)``.
        names: one a group.
    """

    of: Integers
    names: tuple[str, ...]

    def colour(self, group: int) -> str:
        """Its colour; grey for a mixture, written -1."""
        return PALETTE[group % len(PALETTE)] if group >= 0 else GREY


@dataclass(frozen=True, kw_only=True)
class Dendrogram:
    """The lines of a tree, points along x and penalties along y.

    Attributes:
        order: the points from left to right, ``(n,)``.
        x, y: the corners of each merge, from the foot of its left leg over the bar to the foot of the right one,
            ``(m, 4)``; legs of single points end at ``floor``, and merges far below the others, such as those of
            identical points, are raised to a little above it.
        groups: the group that all points of the merge are in, or -1, ``(m,)``.
        floor: the height of the leaves, positive, below every merge.
        top: the end of the axis.
    """

    order: Integers
    x: Floats
    y: Floats
    groups: Integers
    floor: float
    top: float


def path_of(fitted: Fitted) -> ClusterPath:
    """The path of an estimator, or the path itself."""
    return fitted if isinstance(fitted, ClusterPath) else fitted.path


def tree_of(fitted: Fitted | ClusterTree) -> ClusterTree:
    """The tree of an estimator or of a path, or the tree itself."""
    if isinstance(fitted, ClusterTree):
        return fitted
    return cluster_tree(path_of(fitted))


def groups_of(fitted: Fitted | ClusterTree, labels: Sequence[object] | Integers | None) -> Groups:
    """The labelling given, or the clusters of the estimator; one group for a path or a tree."""
    n = fitted.n if isinstance(fitted, ClusterTree) else len(path_of(fitted).points)
    if labels is not None:
        if len(labels) != n:
            raise ShapeError(f"got {len(labels)} labels for {n} points; expected as many.")
        names = list(dict.fromkeys(str(label) for label in labels))
        numbers = {name: number for number, name in enumerate(names)}
        return Groups(of=np.array([numbers[str(label)] for label in labels], dtype=np.int64), names=tuple(names))
    found = getattr(fitted, "labels_", None)
    of = np.zeros(n, dtype=np.int64) if found is None else np.asarray(found, dtype=np.int64)
    sizes = np.bincount(of)
    if len(sizes) == 1:
        return Groups(of=of, names=("points",))
    return Groups(of=of, names=tuple(f"cluster {k} ({_points(size)})" for k, size in enumerate(sizes.tolist())))


def principal(points: Floats, positions: Floats) -> tuple[Floats, tuple[float, float]]:
    """Positions ``(..., n, p)`` in the first two principal coordinates of the points, and the shares of variance.

    The largest entry of each axis is positive, so that pictures do not turn over; with one column the second
    coordinate is zero.
    """
    centre = points.mean(axis=0)
    _, sizes, axes = np.linalg.svd(points - centre, full_matrices=False)
    axes = axes * np.where(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)] < 0, -1.0, 1.0)[:, None]
    total = float((sizes**2).sum())
    found = np.zeros((*positions.shape[:-1], 2))
    found[..., : min(2, len(axes))] = (positions - centre) @ axes[:2].T
    share = [float(size**2) / total if total else 0.0 for size in (*sizes[:2], 0.0, 0.0)]
    return found, (share[0], share[1])


def axis_titles(shares: tuple[float, float], unit: str) -> tuple[str, str]:
    """What stands at the two principal axes."""
    first, second = (f"principal coordinate, {unit} ({share:.0%} of variance)" for share in shares)
    return f"1st {first}", f"2nd {second}"


def shown(path: ClusterPath, tree: ClusterTree, most: int, *, clusters: int | None = None) -> Integers:
    """Stored iterates to show, at most `most` of them, sorted: the points, then evenly in the logarithm of the penalty.

    They begin a little before the first merge, since nothing is seen to move earlier. With `clusters` the first
    iterate with at most so many is among them.
    """
    last = len(path.penalties) - 1
    final = last - 1 if path.ended and last > 1 else last
    positive = tree.penalties[tree.penalties > 0]
    low = positive[0] / 10 if len(positive) else path.penalties[min(1, last)]
    first = min(int(np.searchsorted(path.penalties, low)), final)
    rows = np.unique(np.linspace(max(first, min(1, final)), final, max(1, most - 3)).round().astype(np.int64))
    extra = [0, last]
    if clusters is not None and (merges := tree.n - clusters) and merges <= len(tree.merges):
        extra.append(min(int(np.searchsorted(path.penalties, tree.penalties[merges - 1])), last))
    return np.unique(np.concatenate([rows, np.array(extra, dtype=np.int64)]))


def cluster_counts(tree: ClusterTree, penalties: Floats) -> Integers:
    """How many clusters there are at each penalty."""
    return np.asarray(tree.n - np.searchsorted(tree.penalties, penalties, side="right"), dtype=np.int64)


def dendrogram(tree: ClusterTree, groups: Groups) -> Dendrogram:
    """The lines of a tree; components that never merge stand beside each other."""
    n, merges = tree.n, tree.merges
    order = _leaves(tree)
    positive = tree.penalties[tree.penalties > 0]
    low, high = (max(positive[0], np.quantile(positive, _EARLY) / _FAR), positive[-1]) if len(positive) else (1.0, 1.0)
    floor = low / max(_BELOW, (high / low) ** _SHARE_BELOW)
    place, height, group = np.empty(n + len(merges)), np.full(n + len(merges), floor), np.empty(n + len(merges), int)
    place[order], group[:n] = np.arange(n), groups.of
    x, y = np.empty((len(merges), 4)), np.empty((len(merges), 4))
    for k, (i, j) in enumerate(merges.tolist()):
        left, right = (i, j) if place[i] < place[j] else (j, i)
        height[n + k] = max(float(tree.penalties[k]), low)
        place[n + k] = (place[i] + place[j]) / 2
        group[n + k] = group[i] if group[i] == group[j] else -1
        x[k] = place[left], place[left], place[right], place[right]
        y[k] = height[left], height[n + k], height[n + k], height[right]
    return Dendrogram(
        order=order, x=x, y=y, groups=group[n:], floor=float(floor), top=float(high * (high / floor) ** _ABOVE)
    )


def _leaves(tree: ClusterTree) -> Integers:
    """The points in an order in which each merge is a stretch, the cluster of the first point to the left."""
    n, m = tree.n, len(tree.merges)
    first = np.arange(n + m)
    for k, pair in enumerate(tree.merges):
        first[n + k] = first[pair].min()
    tops = np.setdiff1d(np.arange(n + m), tree.merges.ravel())
    stack = tops[np.argsort(-first[tops])].tolist()
    found: list[int] = []
    while stack:
        node = stack.pop()
        if node < n:
            found.append(node)
        else:
            i, j = sorted(tree.merges[node - n].tolist(), key=lambda child: int(first[child]))
            stack += [j, i]
    return np.array(found, dtype=np.int64)


def _points(count: int) -> str:
    return "1 point" if count == 1 else f"{count} points"
