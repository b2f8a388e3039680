"""The estimator: scikit-learn's conventions, choices of the clusters, saving and loading."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from clustering_cases import points_of, two_components
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError as SklearnNotFittedError
from sklearn.utils.estimator_checks import check_estimator

from lemmata.solvers.clustering.estimator import ConvexClustering, NotFittedError, SavedFileError
from lemmata.solvers.clustering.graph import SettingError


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


class TestConventions:
    """What scikit-learn asks of an estimator."""

    def test_checks(self) -> None:
        """Its own checks pass, none of them being expected to fail."""
        found = check_estimator(ConvexClustering(), on_fail=None, on_skip=None)

        assert len(found) > 40
        assert not [one["check_name"] for one in found if one["status"] not in ("passed", "skipped")]

    def test_distances(self) -> None:
        """Transform gives the distances to the centres, nearest to that of a point's own cluster here."""
        model = ConvexClustering(3, phi=0.1).fit(groups())
        found = model.transform(groups())

        assert np.linalg.norm(groups()[5] - model.cluster_centers_[2]) == pytest.approx(found[5, 2])
        assert np.array_equal(model.labels_, found.argmin(axis=1))
        assert ["convexclustering0", "convexclustering1", "convexclustering2"] == list(model.get_feature_names_out())

    def test_pandas(self, tmp_path: Path) -> None:
        """Columns keep their names, also through a file; distances come as a table if that is asked for."""
        pandas = pytest.importorskip("pandas")
        table = pandas.DataFrame(groups(), columns=["width", "height"], index=[f"row {i}" for i in range(24)])
        model = ConvexClustering(3, phi=0.1).set_output(transform="pandas").fit(table)
        found = model.transform(table)
        model.save(tmp_path / "model.npz")
        again = ConvexClustering.load(tmp_path / "model.npz")

        assert ["width", "height"] == list(model.feature_names_in_) == list(again.feature_names_in_)
        assert np.array_equal(ConvexClustering(3, phi=0.1).fit(groups()).labels_, model.labels_)
        assert list(table.index) == list(found.index)
        assert list(model.get_feature_names_out()) == list(found.columns)
        with pytest.raises(ValueError, match="feature names"):
            again.transform(table.rename(columns={"width": "length"}))

    def test_progress(self) -> None:
        """What is done is told while it is done."""
        told: list[tuple[str, float]] = []
        ConvexClustering().fit(groups(), progress=lambda what, share: told.append((what, share)))

        assert ("following the path", 1.0) == told[-1]


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

    def test_round_trip_of_equal_rows(self, tmp_path: Path) -> None:
        """So does a table whose rows are repeated."""
        points = np.repeat(groups(), np.arange(24) % 3 + 1, axis=0)
        model = ConvexClustering().fit(points)
        model.save(tmp_path / "model.npz")
        again = ConvexClustering.load(tmp_path / "model.npz")

        assert np.array_equal(model.labels_, again.labels_)
        assert np.array_equal(model.linkage_, again.linkage_)
        assert np.array_equal(model.path.solutions(np.array([9])), again.path.solutions(np.array([9])))

    def test_damaged(self, tmp_path: Path) -> None:
        """With any bit flipped, or cut anywhere, a file gives the same model or says that it is damaged."""
        model = ConvexClustering(3, phi=0.1).fit(np.concatenate([groups(), groups()[:3]]))
        model.save(tmp_path / "model.npz")
        content, rng = (tmp_path / "model.npz").read_bytes(), np.random.default_rng(0)
        refused = 0
        for place in rng.integers(0, 8 * len(content), size=400).tolist():
            damaged = bytearray(content)
            damaged[place // 8] ^= 1 << place % 8
            if place % 5 == 0:
                damaged = damaged[: place // 8]
            (tmp_path / "damaged").write_bytes(damaged)
            try:
                again = ConvexClustering.load(tmp_path / "damaged")
            except SavedFileError:
                refused += 1
            else:
                assert model.get_params() == again.get_params()
                assert np.array_equal(model.linkage_, again.linkage_)
                assert np.array_equal(model.path.points, again.path.points)
                assert np.array_equal(model.labels_, again.labels_)

        assert refused > 200

    def test_changed(self, tmp_path: Path) -> None:
        """A number that is changed in a file that is whole otherwise is found by the digest."""
        ConvexClustering().fit(groups()).save(tmp_path / "model.npz")
        with np.load(tmp_path / "model.npz") as stored:
            arrays = {name: stored[name] for name in stored.files}
        arrays["points"][3, 1] += 1
        np.savez(tmp_path / "changed.npz", **arrays)
        with pytest.raises(SavedFileError, match="is damaged: its content is not what"):
            ConvexClustering.load(tmp_path / "changed.npz")

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
            ({"n_neighbors": 24}, "got n_neighbors = 24 for 24 points; expected a whole number from 1 to 23"),
            ({"ratio": 1.0}, "expected more than one"),
            ({"n_clusters": 3.0}, "got n_clusters = 3.0; expected a whole number, or None"),
            ({"n_clusters": "3"}, "got n_clusters = '3'"),
            ({"n_clusters": True}, "got n_clusters = True"),
            ({"penalty": "1"}, "got penalty = '1'"),
            ({"phi": None}, "got phi = None; expected a positive number"),
            ({"phi": "none"}, "got phi = 'none'"),
            ({"phi": -1.0}, "got phi = -1.0"),
            ({"n_neighbors": 5.0}, "got n_neighbors = 5.0"),
            ({"connect": "yes"}, "got connect = 'yes'; expected True or False"),
            ({"ratio": None}, "got ratio = None"),
            ({"norm": "2"}, "got norm = '2'"),
            ({"scale": 1}, "got scale = 1"),
        ],
    )
    def test_parameters(self, parameters: dict[str, float], message: str) -> None:
        """Settings out of their ranges are refused by fit."""
        with pytest.raises(SettingError, match=message):
            ConvexClustering(**parameters).fit(groups())  # type: ignore[arg-type]

    def test_not_fitted(self, tmp_path: Path) -> None:
        """What fit finds is not there before it."""
        model = ConvexClustering()
        for ask in (
            lambda: model.path,
            lambda: model.labels_for(2),
            lambda: model.save(tmp_path / "x"),
            lambda: model.transform(groups()),
        ):
            with pytest.raises(NotFittedError, match="call fit") as caught:
                ask()
            assert isinstance(caught.value, SklearnNotFittedError)

    def test_tables_of_other_kinds(self) -> None:
        """Sparse, complex and worded tables are refused, whatever they hold."""
        for table, message in (
            (sparse.csr_array(groups()), "Sparse data was passed for X"),
            (groups() + 1j, "got complex numbers in X; expected real ones"),
            ([["a", "b"], ["c", "d"]], "could not convert string"),
        ):
            with pytest.raises((TypeError, ValueError), match=message):
                ConvexClustering().fit(table)
