"""Small fits for the tests of pictures and pages."""

from __future__ import annotations

from functools import cache

import numpy as np

from lemmata.solvers.clustering import carp
from lemmata.solvers.clustering.estimator import ConvexClustering
from lemmata.solvers.clustering.graph import Graph
from lemmata.solvers.clustering.path import ClusterPath

GROUPS = 3


def points() -> np.ndarray:
    """Three groups of ten points in four dimensions, two points of them identical."""
    rng = np.random.default_rng(0)
    found = np.concatenate([rng.normal(size=(10, 4)) + centre for centre in np.eye(4)[:3] * 8])
    found[1] = found[0]
    return found


@cache
def model() -> ConvexClustering:
    """The estimator fitted to them."""
    return ConvexClustering(GROUPS, phi=0.1).fit(points())


def broken() -> ClusterPath:
    """A path whose graph has two components."""
    edges = np.array([[0, 1], [1, 2], [3, 4]])
    graph = Graph(edges=edges, weights=np.ones(3), n=5)
    return carp(np.array([[0.0, 0], [1, 0], [3, 1], [9, 9], [9, 8]]), graph)


def tiny(n: int) -> ClusterPath:
    """One or two points on a line."""
    edges = np.zeros((0, 2), dtype=np.int64) if n == 1 else np.array([[0, 1]])
    return carp(np.arange(float(n))[:, None], Graph(edges=edges, weights=np.ones(n - 1), n=n))
