"""The estimator: scikit-learn's conventions, choices of the clusters, saving and loading."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from clustering_cases import points_of, two_components
from sklearn.base import clone

from lemmata.solvers.clustering.estimator import ConvexClustering, NotFittedError, SavedFileError
from lemmata.solvers.clustering.weights import SettingError


def groups() -> np.ndarray:
    """Three groups of points far apart."""
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(size=(8, 2)) + centre for centre in ([0, 0], [9, 0], [0, 9])])


class TestFit:
    """What fit finds."""

    model = ConvexClustering(phi=0.1).fit(groups())

    def test_number_of_clusters_by_itself(self) -> None:
        """Without a number the clusters that last longest are taken: the three groups."""
        assert 3 == self.model.n_clusters_
        assert [0] * 8 + [1] * 8 + [2] * 8 == self.model.labels_.tolist()
        assert groups().reshape(3, 8, 2).mean(axis=1) == pytest.approx(self.model.cluster_centers_)

    def test_given_number(self) -> None:
        """A number of clusters is kept; other numbers come from the same path."""
        model = ConvexClustering(5, phi=0.1).fit(groups())

        assert 5 == model.n_clusters_
        assert np.array_equal(model.labels_, self.model.labels_for(5))

    def test_given_penalty(self) -> None:
        """A penalty of zero leaves every point alone; a large one merges all."""
        assert 24 == ConvexClustering(penalty=0.0, phi=0.1).fit(groups()).n_clusters_
        assert 1 == ConvexClustering(penalty=1e6, phi=0.1).fit(groups()).n_clusters_

    def test_conventions(self) -> None:
        """Parameters can be read, set and cloned; fit_predict gives the labels."""
        model = clone(self.model).set_params(n_clusters=2)

        assert 2 == model.get_params()["n_clusters"]
        assert np.array_equal(self.model.labels_for(2), model.fit_predict(groups()))
        assert 2 == self.model.n_features_in_
        assert (23, 4) == self.model.linkage_.shape
        assert self.model.path.graph is self.model.graph_

    @pytest.mark.parametrize("n", [1, 2])
    def test_small(self, n: int) -> None:
        """One or two points are clusters of their own making."""
        model = ConvexClustering().fit(np.arange(float(n))[:, None])

        assert n == len(model.labels_)

    def test_disconnected(self) -> None:
        """Components that never merge are merged at infinity in the linkage, and found as clusters."""
        points, _ = two_components()
        model = ConvexClustering(2, phi=0.5, n_neighbors=3).fit(points)

        assert [0] * 5 + [1] * 4 == model.labels_.tolist()
        assert np.isinf(model.linkage_[-1, 2])


class TestSave:
    """Saving and loading."""

    def test_round_trip(self, tmp_path: Path) -> None:
        """Everything comes back, under the very name that was given."""
        model = ConvexClustering(4, phi=0.1, ratio=1.1).fit(points_of("small12"))
        model.save(tmp_path / "model.bin")
        again = ConvexClustering.load(tmp_path / "model.bin")

        assert model.get_params() == again.get_params()
        assert np.array_equal(model.labels_, again.labels_)
        assert np.array_equal(model.linkage_, again.linkage_)
        assert np.array_equal(model.path.penalties, again.path.penalties)
        assert np.array_equal(model.path.solutions(np.array([50])), again.path.solutions(np.array([50])))

    def test_no_pickle(self, tmp_path: Path) -> None:
        """No array of the file is of objects."""
        ConvexClustering().fit(points_of("small12")).save(tmp_path / "model.npz")
        with zipfile.ZipFile(tmp_path / "model.npz") as stored:
            heads = [stored.read(name)[:128] for name in stored.namelist()]

        assert heads
        assert not any(b"'|O'" in head for head in heads)

    def test_foreign_files(self, tmp_path: Path) -> None:
        """A pickle, another .npz and an empty file are refused; a missing file is missing."""
        np.savez(tmp_path / "other.npz", a=np.ones(2))
        np.save(tmp_path / "objects.npy", np.array([{}], dtype=object), allow_pickle=True)
        (tmp_path / "empty").touch()
        for name in ("other.npz", "objects.npy", "empty"):
            with pytest.raises(SavedFileError, match=r"ConvexClustering\.save"):
                ConvexClustering.load(tmp_path / name)
        with pytest.raises(FileNotFoundError):
            ConvexClustering.load(tmp_path / "missing")


class TestMisuse:
    """Bad input is told apart."""

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"n_clusters": 2, "penalty": 1.0}, "expected one of them"),
            ({"n_clusters": 0}, "expected 1 to 24"),
            ({"n_clusters": 25}, "expected 1 to 24"),
            ({"penalty": -1.0}, "expected a number from 0 on"),
            ({"n_neighbors": 24}, "expected a whole number from 1 to 23"),
            ({"ratio": 1.0}, "expected more than one"),
        ],
    )
    def test_parameters(self, parameters: dict[str, float], message: str) -> None:
        """Settings out of their ranges are refused by fit."""
        with pytest.raises(SettingError, match=message):
            ConvexClustering(**parameters).fit(groups())  # type: ignore[arg-type]

    def test_not_fitted(self, tmp_path: Path) -> None:
        """What fit finds is not there before it."""
        model = ConvexClustering()
        for ask in (lambda: model.path, lambda: model.labels_for(2), lambda: model.save(tmp_path / "x")):
            with pytest.raises(NotFittedError, match="call fit"):
                ask()
