"""Pictures of a path of convex clustering for print, by Matplotlib: the path in the plane, and the dendrogram."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from lemmata.reports.clustering.picture import (
    FAINT,
    GREY,
    MANY,
    Fitted,
    Groups,
    Integers,
    axis_titles,
    dendrogram,
    groups_of,
    path_of,
    principal,
    shown,
    tree_of,
)
from lemmata.solvers import ShapeError
from lemmata.solvers.clustering.tree import ClusterTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")
_ITERATES = 150
_NAMED = 60
"""Points up to which the dendrogram has a name at each leaf."""


def path_figure(
    fitted: Fitted,
    *,
    labels: Sequence[object] | Integers | None = None,
    title: str = "Convex clustering path",
    unit: str = "units of the table",
) -> Figure:
    """Each point moving as the penalty grows, in the first two principal coordinates of the points.

    Args:
        fitted: an estimator or a path.
        labels: to colour by, ``(n,)``; the clusters of the estimator if left out.
        title: above the picture.
        unit: of the axes.
    """
    path, groups = path_of(fitted), groups_of(fitted, labels)
    rows = shown(path, tree_of(fitted), _ITERATES)
    places, shares = principal(path.points, path.solutions(rows))
    figure, axes = _blank(title, (6.4, 5.2))
    for group in range(len(groups.names)):
        own = groups.of == group
        axes.plot(*places[:, own].transpose(2, 0, 1), color=groups.colour(group), lw=0.7, alpha=0.55, zorder=1)
        axes.plot(
            *places[0, own].T,
            ls="none",
            marker=_MARKERS[group % len(_MARKERS)],
            ms=5,
            mfc=groups.colour(group),
            mec="white",
            mew=0.6,
            label=groups.names[group],
            zorder=2,
        )
    axes.plot(*places[-1].T, ls="none", marker="*", ms=12, mfc="white", mec="black", label="end of the path", zorder=3)
    across, up = axis_titles(shares, unit)
    axes.set_xlabel(across, fontsize=9)
    axes.set_ylabel(up, fontsize=9)
    axes.set_aspect("equal", adjustable="datalim")
    _legend(figure, groups)
    return figure


def dendrogram_figure(
    fitted: Fitted | ClusterTree,
    *,
    labels: Sequence[object] | Integers | None = None,
    names: Sequence[str] | None = None,
    clusters: int | None = None,
    title: str = "Fusions along the path",
) -> Figure:
    """The tree of fusions, penalties on a logarithmic axis.

    Args:
        fitted: an estimator, a path or a tree.
        labels: to colour by, ``(n,)``; the clusters of the estimator if left out.
        names: of the points; shown if there are few.
        clusters: draw a line where so many clusters are left.
        title: above the picture.
    """
    tree, groups = tree_of(fitted), groups_of(fitted, labels)
    if names is not None and len(names) != tree.n:
        raise ShapeError(f"got {len(names)} names for {tree.n} points; expected as many.")
    lines = dendrogram(tree, groups)
    figure, axes = _blank(title, (7.2, 4.4))
    for group in range(-1, len(groups.names)):
        own = lines.groups == group
        name = groups.names[group] if group >= 0 else "several"
        corners = np.stack([lines.x[own], lines.y[own]], axis=2)
        if len(corners):
            axes.add_collection(_lines(corners, groups.colour(group), name))
    if clusters is not None:
        height = _cut(tree, clusters, lines.floor)
        axes.axhline(height, color="black", lw=0.9, ls="--", label=f"{clusters} clusters")
    axes.set_yscale("log")
    axes.set_xlim(-0.5, tree.n - 0.5)
    axes.set_ylim(lines.floor, lines.top)
    axes.set_ylabel("penalty of the fusion (log scale)")
    if names is not None and tree.n <= _NAMED:
        axes.set_xticks(range(tree.n), [names[i] for i in lines.order], rotation=90, fontsize=7)
    else:
        axes.set_xticks([])
        axes.set_xlabel(f"{tree.n} points")
    if axes.get_legend_handles_labels()[0]:
        _legend(figure, groups)
    return figure


def _lines(corners: Any, colour: str, name: str) -> Any:
    from matplotlib.collections import LineCollection

    return LineCollection(corners, colors=colour, linewidths=0.9, label=name)


def _cut(tree: ClusterTree, clusters: int, floor: float) -> float:
    """A height between the merges before and after so many clusters, in the middle of their logarithms."""
    tree.labels(clusters)  # raises where there cannot be so many
    merged = tree.n - clusters
    heights = np.maximum(np.concatenate([[floor], tree.penalties]), floor)
    return float(np.sqrt(heights[merged] * heights[min(merged + 1, len(heights) - 1)]))


def _blank(title: str, size: tuple[float, float]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(color=GREY)
    axes.grid(color=FAINT, lw=0.4, alpha=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _legend(figure: Figure, groups: Groups) -> None:
    if len(groups.names) <= MANY:
        figure.legend(loc="outside lower center", ncols=4, frameon=False, fontsize=8)
