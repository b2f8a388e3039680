"""What the interactive page of a path of convex clustering shows, before it is drawn."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lemmata.reports.clustering.picture import (
    Dendrogram,
    Fitted,
    Groups,
    Integers,
    axis_titles,
    cluster_counts,
    dendrogram,
    groups_of,
    path_of,
    principal,
    shown,
    tree_of,
)
from lemmata.solvers import ShapeError
from lemmata.solvers.clustering.path import ClusterPath
from lemmata.solvers.clustering.tree import ClusterTree
from lemmata.solvers.numbers.arithmetic import Floats

if TYPE_CHECKING:
    from collections.abc import Sequence

FRAMES, COLUMNS = 60, 8
"""Iterates shown at most, and columns of the table shown on hover."""
_UNKNOWN = "points"
_SPREAD = 0.06
"""Margin about the points, as a share of their range."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What the page shows; the iterates are the frames.

    Attributes:
        places: principal coordinates at each iterate shown, ``(m, n, 2)``.
        penalties: of the iterates, ``(m,)``.
        counts: clusters at them, ``(m,)``.
        together: points in the cluster of each point at them, ``(m, n)``.
        hover: what is shown at each point, as HTML.
        names: of the points.
        start: the iterate that is shown first.
        titles: of the two principal axes.
    """

    tree: ClusterTree
    lines: Dendrogram
    groups: Groups
    places: Floats
    penalties: Floats
    counts: Integers
    together: Integers
    hover: list[str]
    names: list[str]
    start: int
    titles: tuple[str, str]

    def caption(self, at: int) -> str:
        """How many clusters there are at an iterate, and its penalty."""
        count = int(self.counts[at])
        return f"{count} cluster{'' if count == 1 else 's'} at penalty {self.penalties[at]:.3g}"

    def ranges(self) -> tuple[list[float], list[float]]:
        """The ends of the two principal axes: lowest of both, highest of both."""
        low, high = self.places.min(axis=(0, 1)), self.places.max(axis=(0, 1))
        margin = np.where(high > low, _SPREAD * (high - low), 1.0)
        return (low - margin).tolist(), (high + margin).tolist()


def scene_of(
    fitted: Fitted,
    *,
    points: Floats | None,
    names: Sequence[str] | None,
    columns: Sequence[str] | None,
    labels: Sequence[object] | Integers | None,
    unit: str,
) -> Scene:
    """The scene of an estimator or a path; the arguments are those of ``write_page``."""
    path, tree, groups = path_of(fitted), tree_of(fitted), groups_of(fitted, labels)
    wanted = getattr(fitted, "n_clusters_", None)
    rows = shown(path, tree, FRAMES, clusters=wanted)
    counts = cluster_counts(tree, path.penalties[rows])
    places, shares = principal(path.points, path.solutions(rows))
    called = _names(names, tree.n)
    return Scene(
        tree=tree,
        lines=dendrogram(tree, groups),
        groups=groups,
        places=places,
        penalties=path.penalties[rows],
        counts=counts,
        together=np.stack([_together(tree.labels_at(float(penalty))) for penalty in path.penalties[rows]]),
        hover=_hover(path, called, points, columns, groups),
        names=called,
        start=0 if wanted is None else min(int(np.argmax(counts <= wanted)), len(rows) - 1),
        titles=axis_titles(shares, unit),
    )


def _together(labels: Integers) -> Integers:
    return np.asarray(np.bincount(labels)[labels], dtype=np.int64)


def _names(names: Sequence[str] | None, n: int) -> list[str]:
    if names is not None and len(names) != n:
        raise ShapeError(f"got {len(names)} names for {n} points; expected as many.")
    return [f"point {i}" for i in range(n)] if names is None else [str(name) for name in names]


def _hover(
    path: ClusterPath, names: list[str], points: Floats | None, columns: Sequence[str] | None, groups: Groups
) -> list[str]:
    """Name, group and first entries of each point, escaped for HTML."""
    table = path.points if points is None else np.asarray(points)
    if table.ndim != 2 or len(table) != len(names):  # noqa: PLR2004 - rows and columns
        raise ShapeError(f"got points {table.shape} for a path of {len(names)}; expected as many rows.")
    heads = [f"column {j}" for j in range(table.shape[1])] if columns is None else [str(column) for column in columns]
    if len(heads) != table.shape[1]:
        raise ShapeError(f"got {len(heads)} columns for points {table.shape}; expected {table.shape[1]}.")
    found = []
    for name, row, group in zip(names, table.tolist(), groups.of.tolist(), strict=True):
        cells = [f"{html.escape(head)}: {value:.4g}" for head, value in zip(heads[:COLUMNS], row, strict=False)]
        more = [f"and {len(row) - COLUMNS} columns more"] if len(row) > COLUMNS else []
        kind = [] if groups.names == (_UNKNOWN,) else [html.escape(groups.names[group])]
        found.append("<br>".join([f"<b>{html.escape(name)}</b>", *kind, *cells, *more]))
    return found
