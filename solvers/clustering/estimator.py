"""Convex clustering as a scikit-learn estimator, saved and loaded without pickle. It imports sklearn."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin

from lemmata.solvers.clustering._types import Integers
from lemmata.solvers.clustering.path import CarpSettings, ClusterPath, carp
from lemmata.solvers.clustering.tree import ClusterTree, centroids, cluster_tree
from lemmata.solvers.clustering.weights import Graph, SettingError, automatic_phi, check_points, neighbour_graph
from lemmata.solvers.engine.outcome import Outcome
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import ShapeError

_FORMAT = 1
_PATH_ARRAYS = ("points", "penalties", "fused", "fusion_at", "fusion_edge", "fusion_size")


class NotFittedError(ValueError, AttributeError):
    """The estimator was asked for what ``fit`` finds, before it was fitted."""


class SavedFileError(ValueError):
    """A file was not written by ``ConvexClustering.save``, or by a later version of it."""


class ConvexClustering(ClusterMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """Clusters from the path of convex clustering (CARP).

    Args:
        n_clusters: how many clusters; None leaves it to `penalty`, or to the largest ratio of two penalties of merges
            that follow each other.
        penalty: gamma at which to take the clusters; give this or `n_clusters`, or neither.
        phi: scale of the Gaussian weights, or "auto".
        n_neighbors: neighbours of each point, or "auto" for the fewest that connect the points.
        connect: add edges between components, see ``neighbour_graph``.
        ratio: by which the penalty grows each step.
        norm: q of the penalty, 1 or 2.
        scale: of the heights in ``linkage_``: "auto", "original" or "log".

    Attributes:
        labels_: ``(n,)``, numbered by first points.
        n_clusters_: how many there are.
        cluster_centers_: means of the points, ``(n_clusters_, p)``.
        linkage_: as ``scipy.cluster.hierarchy`` takes it; components of a disconnected graph merge at infinity.
        path_: the ``ClusterPath``; ``tree_``: the ``ClusterTree``; ``graph_``: the ``Graph``; ``phi_``: as used.
        n_features_in_: p.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn reads the parameters from this signature
        self,
        n_clusters: int | None = None,
        *,
        penalty: float | None = None,
        phi: float | Literal["auto"] = "auto",
        n_neighbors: int | Literal["auto"] = "auto",
        connect: bool = False,
        ratio: float = 1.05,
        norm: Literal[1, 2] = 2,
        scale: Literal["auto", "original", "log"] = "auto",
    ) -> None:
        self.n_clusters = n_clusters
        self.penalty = penalty
        self.phi = phi
        self.n_neighbors = n_neighbors
        self.connect = connect
        self.ratio = ratio
        self.norm = norm
        self.scale = scale

    def fit(self, X: Floats, y: object = None) -> Self:
        """Follow the path of the points ``(n, p)`` and take the clusters; `y` is not used."""
        del y
        points = check_points(X)
        self._check_choice(len(points))
        self.phi_ = automatic_phi(points) if self.phi == "auto" else float(self.phi)
        graph = neighbour_graph(points, phi=self.phi_, neighbours=self.n_neighbors, connect=self.connect)
        path = carp(points, graph, settings=CarpSettings(ratio=self.ratio, norm=self.norm))
        return self._adopt(path)

    @property
    def path(self) -> ClusterPath:
        """The fitted path."""
        self._check_fitted()
        return self.path_

    def labels_for(self, n_clusters: int) -> Integers:
        """Labels for another number of clusters, from the same path."""
        self._check_fitted()
        return self.tree_.labels(n_clusters)

    def save(self, path: str | Path) -> None:
        """Write parameters and fit to one .npz file, without pickle: arrays, and the settings as JSON."""
        self._check_fitted()
        fitted, settings = self.path_, self.path_.settings
        header = {
            "format": _FORMAT,
            "parameters": self.get_params(),
            "phi": self.phi_,
            "settings": {name: getattr(settings, name) for name in settings.__dataclass_fields__},
            "n": fitted.graph.n,
            "ended": fitted.ended,
            "steps": fitted.steps,
            "outcome": fitted.outcome.name,
        }
        arrays: dict[str, Any] = {name: getattr(fitted, name) for name in _PATH_ARRAYS}
        graph: dict[str, Any] = {"edges": fitted.graph.edges, "weights": fitted.graph.weights}
        with Path(path).open("wb") as stream:  # given a name, NumPy would append .npz to it
            np.savez_compressed(stream, header=np.array(json.dumps(header, default=_plain)), **arrays, **graph)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what ``save`` wrote; nothing in the file is run."""
        header, arrays = _read(Path(path))
        made = cls(**header["parameters"])
        made.phi_ = float(header["phi"])
        fitted = ClusterPath(
            graph=Graph(edges=arrays["edges"], weights=arrays["weights"], n=int(header["n"])),
            settings=CarpSettings(**header["settings"]),
            ended=bool(header["ended"]),
            steps=int(header["steps"]),
            outcome=Outcome[header["outcome"]],
            **{name: arrays[name] for name in _PATH_ARRAYS},
        )
        return made._adopt(fitted)

    def _adopt(self, path: ClusterPath) -> Self:
        """Set what follows from the path."""
        self.path_, self.graph_, self.tree_ = path, path.graph, cluster_tree(path)
        self.linkage_ = self.tree_.linkage(scale=self.scale, disconnected="infinite")
        if self.penalty is not None:
            self.labels_ = self.tree_.labels_at(self.penalty)
        else:
            self.labels_ = self.tree_.labels(_largest_jump(self.tree_) if self.n_clusters is None else self.n_clusters)
        self.n_clusters_ = int(self.labels_.max()) + 1
        self.cluster_centers_ = centroids(path.points, self.labels_)
        self.n_features_in_ = path.points.shape[1]
        return self

    def _check_choice(self, n: int) -> None:
        if self.n_clusters is not None and self.penalty is not None:
            raise SettingError(
                f"got n_clusters = {self.n_clusters} and penalty = {self.penalty}; expected one of them, or neither."
            )
        if self.n_clusters is not None and not 1 <= self.n_clusters <= n:
            raise SettingError(f"got n_clusters = {self.n_clusters} for {n} points; expected 1 to {n}.")
        if self.penalty is not None and not self.penalty >= 0:
            raise SettingError(f"got penalty = {self.penalty}; expected a number from 0 on.")

    def _check_fitted(self) -> None:
        if not hasattr(self, "path_"):
            raise NotFittedError("this ConvexClustering is not fitted yet; call fit(X) first.")


def _largest_jump(tree: ClusterTree) -> int:
    """The number of clusters that lasts for the longest stretch of log penalty; at least two if there are merges."""
    fewest = tree.n - len(tree.merges)
    positive = np.flatnonzero(tree.penalties > 0)
    if len(positive) < 2:  # noqa: PLR2004 - a ratio takes two
        return min(fewest + len(positive), tree.n)
    ratios = np.diff(np.log(tree.penalties[positive]))
    return int(tree.n - (positive[int(np.argmax(ratios))] + 1))


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        header = json.loads(str(arrays.pop("header")))
        version = int(header["format"])
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise SavedFileError(
            f"{path} was not written by ConvexClustering.save ({error}); expected its .npz."
        ) from error
    if version != _FORMAT:
        raise SavedFileError(
            f"{path} has format {version}; expected {_FORMAT}. Load it with the version that wrote it."
        )
    if missing := {*_PATH_ARRAYS, "edges", "weights"} - set(arrays):
        raise SavedFileError(f"{path} lacks {', '.join(sorted(missing))}; expected a file of ConvexClustering.save.")
    shape = arrays["points"].shape
    if len(shape) != 2 or shape[0] != header["n"]:  # noqa: PLR2004 - rows and columns
        raise ShapeError(f"{path} holds points {shape} and a graph on {header['n']}; expected as many.")
    return header, arrays


def _plain(value: object) -> object:
    """NumPy's numbers as Python's, for JSON."""
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"cannot save a parameter of type {type(value).__name__}; expected numbers, strings or None")
