"""Convex clustering on real tables, from the raw numbers to the dendrogram: agreement, certificates, linkage."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.cluster import hierarchy
from sklearn.cluster import AgglomerativeClustering
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.metrics import adjusted_rand_score

from lemmata.solvers.clustering import exact_path
from lemmata.solvers.clustering.estimator import ConvexClustering
from lemmata.solvers.engine import Outcome


class Table(NamedTuple):
    """A table, its true labels, and what was measured on it.

    ``agreement`` and ``ward`` are adjusted Rand indices at the true number of clusters, ``at_finer`` at ``finer``
    clusters; ``furthest`` and ``halfway`` bound the certified distances from the exact path, largest and median.
    """

    points: np.ndarray
    truth: np.ndarray
    agreement: float
    ward: float
    finer: int
    at_finer: float
    furthest: float
    halfway: float


@cache
def table(name: str) -> Table:
    """The tables."""
    if name == "iris":
        data = load_iris()
        return Table(data.data, data.target, 0.746, 0.731, 4, 0.752, 0.10, 0.01)
    if name == "wine":
        data = load_wine()
        # Three outliers are the last to join: at three clusters they are one, at seven the cultivars are found.
        standard = (data.data - data.data.mean(axis=0)) / data.data.std(axis=0)
        return Table(standard, data.target, 0.445, 0.790, 7, 0.846, 0.18, 0.025)
    data = load_digits()
    return Table(data.data[:400], data.target[:400], 0.692, 0.705, 16, 0.847, 0.09, 0.035)


@cache
def model(name: str) -> ConvexClustering:
    """The estimator fitted to a table, at the true number of clusters."""
    given = table(name)
    return ConvexClustering(len(set(given.truth.tolist()))).fit(given.points)


NAMES = ("iris", "wine", "digits")
GAP = 1e-5
"""To which the exact solutions are certified, relative to |X - mean|^2."""
WITHIN = 0.05
"""How far an agreement may be from the one measured: ties and rounding may move a few points."""


@pytest.mark.parametrize("name", NAMES)
def test_agreement(name: str) -> None:
    """The adjusted Rand index against the truth is what was measured, as is Ward's; Ward wins on wine at three."""
    given, fitted = table(name), model(name)
    ward = AgglomerativeClustering(fitted.n_clusters_).fit(given.points).labels_
    ours = adjusted_rand_score(given.truth, fitted.labels_)
    finer = adjusted_rand_score(given.truth, fitted.labels_for(given.finer))

    assert given.agreement == pytest.approx(ours, abs=WITHIN)
    assert given.ward == pytest.approx(adjusted_rand_score(given.truth, ward), abs=WITHIN)
    assert given.at_finer == pytest.approx(finer, abs=WITHIN)


@pytest.mark.parametrize("name", NAMES)
def test_linkage(name: str) -> None:
    """SciPy takes the tree: a valid, monotone linkage, whose cuts are the labels of the tree."""
    fitted = model(name)
    linkage = fitted.linkage_

    assert hierarchy.is_valid_linkage(linkage)
    assert hierarchy.is_monotonic(linkage)
    assert 1 == pytest.approx(linkage[-1, 2])
    for clusters in (2, fitted.n_clusters_, 20):
        cut = hierarchy.fcluster(linkage, clusters, criterion="maxclust")
        if len(set(cut.tolist())) == clusters:  # fusions at one height are cut together
            assert 1 == adjusted_rand_score(cut, fitted.labels_for(clusters))
    assert len(hierarchy.dendrogram(linkage, no_plot=True)["leaves"]) == len(fitted.labels_)


@pytest.mark.parametrize("name", NAMES)
def test_certificates(name: str) -> None:
    """Every iterate of the path is certified: its distance from a certified solution at its penalty, plus that one's.

    As shares of |X - mean|; the largest are those of the last penalties, where the path lags behind.
    """
    given, path = table(name), model(name).path_
    scale = float(np.linalg.norm(given.points - given.points.mean(axis=0)))
    exact = exact_path(given.points, path.graph, path.penalties, gap=GAP)
    ours = path.solutions()
    proven = np.array(
        [
            np.linalg.norm(mine - theirs.solution) + np.sqrt(2 * theirs.gap)
            for mine, theirs in zip(ours, exact, strict=True)
        ]
    )

    assert all(theirs.outcome is Outcome.OK for theirs in exact)
    assert proven.max() / scale < given.furthest
    assert np.median(proven) / scale < given.halfway
