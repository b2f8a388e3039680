"""The plate of the gallery on convex clustering: the path of the table of wines, and its tree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lemmata.reports.clustering.plots import dendrogram_figure, path_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CLUSTERS = 7
"""As many as there are cultivars and outliers."""


def figures() -> Iterator[tuple[str, Figure]]:
    """Name and picture: the path in the plane, and the dendrogram."""
    from sklearn.datasets import load_wine
    from sklearn.preprocessing import StandardScaler

    from lemmata.solvers.clustering.estimator import ConvexClustering

    table = load_wine()
    model = ConvexClustering(CLUSTERS).fit(StandardScaler().fit_transform(table.data))
    names = [f"cultivar {one + 1}" for one in table.target]
    yield (
        "clustering-path",
        path_figure(model, labels=names, title="Convex clustering path of 178 wines", unit="standard deviations"),
    )
    yield "clustering-tree", dendrogram_figure(model, labels=names, title="Convex clustering tree of 178 wines")
