"""The tree of fusions: labels and heights of the reference implementation, and what a tree must be."""

from __future__ import annotations

import numpy as np
import pytest
from clustering_cases import points_of, result_of, two_components
from scipy.cluster import hierarchy

from lemmata.solvers import ShapeError, UnknownNameError
from lemmata.solvers.clustering import CarpSettings, carp, neighbour_graph
from lemmata.solvers.clustering.graph import DisconnectedGraphError, Graph, SettingError
from lemmata.solvers.clustering.tree import centroids, cluster_tree, scaled

ALL_RUNS = [
    (name, run)
    for name, runs in {
        "small12": ("t1.1", "t1.05", "t1.01", "viz"),
        "small25": ("t1.1", "t1.05", "t1.01", "viz"),
        "duplicates12": ("t1.1", "t1.05", "viz"),
    }.items()
    for run in runs
]


def settings_of(run: str, keep: int) -> CarpSettings:
    """The settings of a run of the reference implementation."""
    ratio = 1.05 if run == "viz" else float(run[1:])
    return CarpSettings(start="published", ratio=ratio, back_track=run == "viz", keep=keep)


@pytest.mark.parametrize(("name", "run"), ALL_RUNS)
def test_reference_labels(name: str, run: str) -> None:
    """With the reference's order of ties: its labels at every k, and its heights to 1e-12, however much is stored."""
    points, expected = points_of(name), result_of(name)["runs"][run]
    graph = neighbour_graph(points)
    tree = cluster_tree(carp(points, graph, settings=settings_of(run, 10)), ties="clustrviz")
    finer = cluster_tree(carp(points, graph, settings=settings_of(run, 1)), ties="clustrviz")

    for entry in expected["labels"]:
        assert entry["labels"] == (tree.labels(entry["k"]) + 1).tolist()
    assert expected["dendrogram"]["height"] == pytest.approx(tree.linkage()[:, 2], abs=1e-12)
    assert expected["dendrogram_keep1"]["height"] == pytest.approx(finer.linkage()[:, 2], abs=1e-12)


def test_ties_by_magnitude_differ_where_the_reference_is_wrong() -> None:
    """On small25 at t = 1.1 the shorter edge first gives other labels at k = 6, and the same elsewhere."""
    points, expected = points_of("small25"), result_of("small25")["runs"]["t1.1"]["labels"]
    tree = cluster_tree(carp(points, neighbour_graph(points), settings=settings_of("t1.1", 10)))
    differ = [entry["k"] for entry in expected if entry["labels"] != (tree.labels(entry["k"]) + 1).tolist()]

    assert [6] == differ


class TestTree:
    """A tree of the repaired path."""

    points = points_of("small25")
    path = carp(points, neighbour_graph(points))
    tree = cluster_tree(path)

    def test_linkage_is_valid(self) -> None:
        """SciPy takes the linkage, and cuts it into the same clusters."""
        linkage = self.tree.linkage()

        assert hierarchy.is_valid_linkage(linkage)
        assert 1.0 == linkage[-1, 2]
        for k in (1, 2, 5, 12):
            cut = hierarchy.cut_tree(linkage, n_clusters=k).ravel()
            assert len(np.unique(np.stack([cut, self.tree.labels(k)]), axis=1).T) == k

    def test_labels_are_nested(self) -> None:
        """One cluster less is one merge of two clusters."""
        for k in range(1, 25):
            coarse, fine = self.tree.labels(k), self.tree.labels(k + 1)
            assert k + 1 == len(np.unique(np.stack([coarse, fine]), axis=1).T)
            assert np.array_equal(np.arange(k), np.unique(coarse))
            assert 0 == coarse[0]

    def test_labels_at_a_penalty(self) -> None:
        """At the penalty of a merge it has happened; just below it has not."""
        level = self.tree.penalties[10]

        assert np.array_equal(self.tree.labels(14), self.tree.labels_at(level))
        assert np.array_equal(self.tree.labels(15), self.tree.labels_at(level * (1 - 1e-9)))
        assert 25 == len(set(self.tree.labels_at(0.0).tolist()))

    def test_labels_are_components_of_fused_edges(self) -> None:
        """At the end of each stored iterate the clusters are the components of the edges ever fused."""
        for at in (30, 70, 110):
            seen = np.unique(self.path.fusion_edge[self.path.fusion_at <= at])
            graph = Graph(edges=self.path.graph.edges[seen], weights=self.path.graph.weights[seen], n=25)
            level = np.nextafter(self.path.penalties[at + 1], 0)
            assert np.array_equal(graph.components(), self.tree.labels_at(level))

    def test_unknown_counts(self) -> None:
        """More clusters than points, or none."""
        for k in (0, 26):
            with pytest.raises(SettingError, match="expected 1 to 25"):
                self.tree.labels(k)

    def test_unknown_names(self) -> None:
        """Ties and scales that are not known."""
        with pytest.raises(UnknownNameError, match="unknown ties"):
            cluster_tree(self.path, ties="random")  # type: ignore[arg-type]
        with pytest.raises(UnknownNameError, match="unknown scale"):
            self.tree.linkage(scale="linear")  # type: ignore[arg-type]


def test_separate_groups_are_found() -> None:
    """Three groups far apart are the clusters at three."""
    rng = np.random.default_rng(0)
    points = np.concatenate([rng.normal(size=(10, 2)) + centre for centre in ([0, 0], [9, 0], [0, 9])])
    path = carp(points, neighbour_graph(points, phi=0.1))

    assert [0] * 10 + [1] * 10 + [2] * 10 == cluster_tree(path).labels(3).tolist()


class TestDisconnected:
    """The tree of a graph in two components."""

    points, graph = two_components()
    tree = cluster_tree(carp(points, graph))

    def test_labels(self) -> None:
        """It ends with the two components, and says so if one cluster is asked for."""
        assert [0] * 5 + [1] * 4 == self.tree.labels(2).tolist()
        with pytest.raises(SettingError, match=r"expected 2 to 9.*connect=True"):
            self.tree.labels(1)

    def test_linkage(self) -> None:
        """A linkage needs one cluster: told, or merged at infinity if asked for."""
        with pytest.raises(DisconnectedGraphError, match=r"2 components.*connect=True"):
            self.tree.linkage()
        linkage = self.tree.linkage(disconnected="infinite")

        assert (8, 4) == linkage.shape
        assert np.isinf(linkage[-1, 2])
        assert 9 == linkage[-1, 3]

    def test_repaired(self) -> None:
        """Connected by request, the last merge is that of the two groups."""
        graph = neighbour_graph(self.points, phi=0.5, neighbours=3, connect=True)
        tree = cluster_tree(carp(self.points, graph))

        assert self.tree.labels(2).tolist() == tree.labels(2).tolist()
        assert 8 == len(tree.linkage())


def test_no_merge() -> None:
    """One point: no merge, one label, an empty linkage."""
    tree = cluster_tree(carp(np.ones((1, 2)), neighbour_graph(np.ones((1, 2)))))

    assert [0] == tree.labels(1).tolist()
    assert (0, 4) == tree.linkage().shape


def test_scales() -> None:
    """Heights end at one; small first heights go to the logarithm of gamma + 1."""
    assert [0.5, 1.0] == scaled(np.array([1.0, 2.0]), "auto").tolist()
    assert np.log1p([0.001, 2.0]) / np.log1p(2.0) == pytest.approx(scaled(np.array([0.001, 2.0]), "auto"))
    assert [0.0005, 1.0] == pytest.approx(scaled(np.array([0.001, 2.0]), "original").tolist())


def test_centroids() -> None:
    """Means by label; labels of another length are refused."""
    points = np.array([[0.0, 0.0], [2.0, 4.0], [5.0, 5.0]])

    assert [[1.0, 2.0], [5.0, 5.0]] == centroids(points, np.array([0, 0, 1])).tolist()
    with pytest.raises(ShapeError, match="labels"):
        centroids(points, np.array([0, 1]))
