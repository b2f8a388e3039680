"""Convex clustering as a scikit-learn estimator, saved and loaded without pickle. It imports sklearn."""

from __future__ import annotations

from numbers import Integral, Real
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, ClusterMixin, TransformerMixin
from sklearn.exceptions import NotFittedError as _NotFittedError
from sklearn.utils.validation import validate_data

from lemmata.solvers.clustering import _saved
from lemmata.solvers.clustering._run import Engine
from lemmata.solvers.clustering._saved import SavedFileError
from lemmata.solvers.clustering._types import Integers
from lemmata.solvers.clustering.graph import SettingError
from lemmata.solvers.clustering.path import CarpSettings, ClusterPath, carp
from lemmata.solvers.clustering.tree import centroids, cluster_tree, lasting_clusters
from lemmata.solvers.clustering.weights import Progress, check_points, distinct_neighbour_graph
from lemmata.solvers.numbers.arithmetic import Floats

__all__ = ["ConvexClustering", "NotFittedError", "SavedFileError"]

_SMALL = 8_000
"""Edges times columns up to which NumPy follows a path sooner than a compiled kernel is loaded."""


class NotFittedError(_NotFittedError):  # type: ignore[misc]  # scikit-learn has no types
    """The estimator was asked for what ``fit`` finds, before it was fitted."""


class ConvexClustering(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Clusters from the path of convex clustering (CARP); the problem is that of ``distinct_neighbour_graph``.

    Equal rows are in one cluster at every penalty, and count as many.

    Args:
        n_clusters: how many clusters; None leaves it to `penalty`, or to ``lasting_clusters``. Of a table with fewer
            different rows these are the clusters.
        penalty: gamma at which to take the clusters; give this or `n_clusters`, or neither.
        phi: scale of the Gaussian weights, or "auto".
        n_neighbors: different rows that are neighbours of each, or "auto" for the fewest that connect the points.
        connect: add edges between components, see ``neighbour_graph``.
        ratio: by which the penalty grows each step.
        norm: q of the penalty, 1 or 2.
        scale: of the heights in ``linkage_``: "auto", "original" or "log".

    Attributes:
        labels_: ``(n,)``, numbered by first points.
        n_clusters_: how many there are.
        cluster_centers_: means of the points, ``(n_clusters_, p)``.
        linkage_: as ``scipy.cluster.hierarchy`` takes it; equal rows merge at height zero, components of a disconnected
            graph at infinity.
        path_: the ``ClusterPath``; ``tree_``: the ``ClusterTree``; ``graph_``: the ``Graph``; ``phi_``: as used.
        n_features_in_: p.
        feature_names_in_: of the columns, ``(p,)``, where fit was given a table with names.
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

    def fit(self, X: Any, y: object = None, *, progress: Progress | None = None) -> Self:
        """Follow the path of the points and take the clusters.

        Small tables are followed by NumPy, larger ones by a kernel that Numba compiles once on a machine.

        Args:
            X: ``(n, p)``, an array or a table with named columns; dense, real and finite.
            y: not used.
            progress: called with what is done and the share of it that is done.

        Raises:
            SettingError: a parameter is of a wrong type or out of its range; the message names it.
            ShapeError, NotFiniteError, ValueError, TypeError: X is no table of finite real numbers.
            DisconnectedGraphError: weights of a given phi underflow to zero and cut the graph.
        """
        del y
        self._check_parameters()
        points = self._checked(X, reset=True)
        self._check_counts(len(points))
        graph, self.phi_ = distinct_neighbour_graph(
            points, phi=self.phi, neighbours=self.n_neighbors, connect=self.connect, progress=progress
        )
        engine: Engine = "numpy" if len(graph.edges) * points.shape[1] <= _SMALL else "auto"
        settings = CarpSettings(ratio=self.ratio, norm=self.norm)
        return self._adopt(carp(points, graph, settings=settings, engine=engine, progress=progress))

    def transform(self, X: Any) -> Any:
        """The distances of points to the cluster centres, ``(n, n_clusters_)``."""
        from scipy.spatial import distance

        self._check_fitted()
        return distance.cdist(self._checked(X, reset=False), self.cluster_centers_)

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
        names = getattr(self, "feature_names_in_", None)
        columns = None if names is None else names.tolist()
        _saved.write(Path(path), _saved.Saved(self.get_params(), self.phi_, columns, self.path_))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what ``save`` wrote; nothing in the file is run.

        Raises:
            OSError: the file cannot be read.
            SavedFileError: it is not such a file, or is damaged.
        """
        found = _saved.read(Path(path))
        made = cls(**found.parameters)
        made.phi_, made.n_features_in_ = found.phi, found.path.points.shape[1]
        if found.columns is not None:
            made.feature_names_in_ = np.array(found.columns, dtype=object)
        return made._adopt(found.path)

    @property
    def _n_features_out(self) -> int:
        """Columns of ``transform``, for their names."""
        return self.n_clusters_

    def _adopt(self, path: ClusterPath) -> Self:
        """Set what follows from the path."""
        self.path_, self.graph_, self.tree_ = path, path.graph, cluster_tree(path)
        self.linkage_ = self.tree_.linkage(scale=self.scale, disconnected="infinite")
        if self.penalty is not None:
            self.labels_ = self.tree_.labels_at(self.penalty)
        else:
            wanted = lasting_clusters(self.tree_) if self.n_clusters is None else self.n_clusters
            self.labels_ = self.tree_.labels(wanted)
        self.n_clusters_ = int(self.labels_.max()) + 1
        self.cluster_centers_ = centroids(path.points, self.labels_)
        return self

    def _checked(self, X: Any, *, reset: bool) -> Floats:
        """X as a table of finite floats, its columns kept or compared."""
        try:
            table = validate_data(self, X, reset=reset, dtype=np.float64, ensure_all_finite=False, copy=True)
        except ValueError as error:
            if not str(error).startswith("Complex data not supported"):
                raise
            # scikit-learn's own message prints the whole table.
            raise ValueError("Complex data not supported: got complex numbers in X; expected real ones.") from None
        return check_points(table)

    def _check_parameters(self) -> None:
        """Refuse parameters of wrong types and out of their ranges, by name."""
        _check("n_clusters", self.n_clusters, None, Integral, "a whole number, or None")
        _check("penalty", self.penalty, None, Real, "a number from 0 on, or None")
        _check("phi", self.phi, "auto", Real, 'a positive number, or "auto"')
        _check("n_neighbors", self.n_neighbors, "auto", Integral, 'a whole number, or "auto"')
        _check("ratio", self.ratio, None, Real, "a number above one", optional=False)
        _check("norm", self.norm, None, Integral, "1 or 2", optional=False)
        if not isinstance(self.connect, bool | np.bool_):
            raise SettingError(f"got connect = {self.connect!r}; expected True or False.")
        if not isinstance(self.scale, str) or self.scale not in {"auto", "original", "log"}:
            raise SettingError(f'got scale = {self.scale!r}; expected "auto", "original" or "log".')
        if self.n_clusters is not None and self.penalty is not None:
            raise SettingError(
                f"got n_clusters = {self.n_clusters} and penalty = {self.penalty}; expected one of them, or neither."
            )
        if self.penalty is not None and not self.penalty >= 0:
            raise SettingError(f"got penalty = {self.penalty}; expected a number from 0 on.")

    def _check_counts(self, n: int) -> None:
        """Refuse more clusters or neighbours than there are points, by name."""
        if self.n_clusters is not None and not 1 <= self.n_clusters <= n:
            raise SettingError(f"got n_clusters = {self.n_clusters} for {n} points; expected 1 to {n}.")
        least = min(1, n - 1)
        if not isinstance(self.n_neighbors, str) and not least <= self.n_neighbors <= n - 1:
            raise SettingError(
                f"got n_neighbors = {self.n_neighbors} for {n} points; expected a whole number from {least} to {n - 1}"
                ', the number of other points, or "auto".'
            )

    def _check_fitted(self) -> None:
        if not hasattr(self, "path_"):
            raise NotFittedError("this ConvexClustering is not fitted yet; call fit(X) first.")


def _check(name: str, value: object, default: object, kind: type, expected: str, *, optional: bool = True) -> None:
    if optional and (value is default or (isinstance(value, str) and value == default)):
        return
    if isinstance(value, bool | np.bool_) or not isinstance(value, kind):
        raise SettingError(f"got {name} = {value!r}; expected {expected}.")
