"""Gaussian weights of nearest neighbours, against the reference implementation and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from clustering_cases import graph_of, points_of, result_of, two_components

from lemmata.solvers import NotFiniteError, ShapeError
from lemmata.solvers.clustering import _neighbours as _clustering_neighbours
from lemmata.solvers.clustering import neighbour_graph
from lemmata.solvers.clustering._neighbours import candidates
from lemmata.solvers.clustering.graph import DisconnectedGraphError, Graph, SettingError, WeightError
from lemmata.solvers.clustering.weights import PHI_GRID, automatic_phi


@pytest.mark.parametrize("name", ["small12", "small25", "duplicates12"])
def test_reference_weights(name: str) -> None:
    """Phi, the edges and the weights are those of clustRviz, to rounding."""
    expected = graph_of(f"{name}/edges.csv", len(points_of(name)))
    found = neighbour_graph(points_of(name))

    assert result_of(name)["phi"] == automatic_phi(points_of(name))
    assert np.array_equal(expected.edges, found.edges)
    assert expected.weights == pytest.approx(found.weights, rel=1e-14)


def test_reference_weights_of_columns() -> None:
    """The weights of columns are those of the transposed, centred table."""
    points = points_of("small25")
    expected = graph_of("small25_cbass/col_edges.csv", 3)

    assert expected.weights == pytest.approx(neighbour_graph(points.T - points.mean()).weights, rel=1e-13)


@pytest.mark.parametrize("scale", [1e-4, 1e-2, 0.3, 1.0, 30.0])
def test_phi_maximises_the_variance(scale: float) -> None:
    """Skipping powers of ten that cannot win changes nothing: all 21 variances agree on the winner."""
    points = scale * np.random.default_rng(0).normal(size=(30, 4))
    squares = ((points[:, None] - points[None]) ** 2).sum(axis=2)[np.triu_indices(30, 1)]
    variances = [np.var(np.exp(-phi * squares), ddof=1) for phi in PHI_GRID]

    assert PHI_GRID[int(np.argmax(variances))] == automatic_phi(points)


def test_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Working in blocks of a few rows gives the same graph."""
    points = np.random.default_rng(1).normal(size=(40, 3))
    whole = neighbour_graph(points)
    monkeypatch.setattr("lemmata.solvers.clustering._neighbours._BLOCK", 130)
    monkeypatch.setattr("lemmata.solvers.clustering._neighbours._WHOLE", 130)
    blocked = neighbour_graph(points)

    assert np.array_equal(whole.edges, blocked.edges)
    assert np.array_equal(whole.weights, blocked.weights)


def test_fewest_neighbours() -> None:
    """The automatic graph is connected, and with one neighbour less it is not."""
    rng = np.random.default_rng(2)
    points = np.concatenate([rng.normal(size=(20, 2)), 4 + rng.normal(size=(20, 2))])
    graph = neighbour_graph(points, phi=0.1)
    same = [
        k for k in range(1, 40) if np.array_equal(neighbour_graph(points, phi=0.1, neighbours=k).edges, graph.edges)
    ]

    assert not graph.components().any()
    assert same
    assert neighbour_graph(points, phi=0.1, neighbours=same[0] - 1).components().any()


@pytest.mark.parametrize("phi", ["auto", 0.01])
def test_blocks_of_rows(monkeypatch: pytest.MonkeyPatch, phi: float) -> None:
    """Distances by blocks of rows give the graph of all distances at once, also where many neighbours are needed."""
    rng = np.random.default_rng(3)
    points = np.concatenate([rng.normal(size=(15, 2)), 6 + rng.normal(size=(15, 2))])
    whole = neighbour_graph(points, phi=phi)  # type: ignore[arg-type]
    monkeypatch.setattr(_clustering_neighbours, "_WHOLE", 0)
    monkeypatch.setattr(_clustering_neighbours, "_BLOCK", 100)
    blocks = neighbour_graph(points, phi=phi)  # type: ignore[arg-type]

    assert np.bincount(whole.edges.ravel()).min() > 10
    assert np.array_equal(whole.edges, blocks.edges)
    assert whole.weights == pytest.approx(blocks.weights, rel=1e-13)


def test_ties_are_kept() -> None:
    """All four neighbours of a point of a square lattice are as near; one neighbour asked for gives them all."""
    points = np.stack(np.meshgrid(np.arange(4.0), np.arange(4.0)), axis=-1).reshape(-1, 2)
    graph = neighbour_graph(points, phi=1.0, neighbours=1)

    assert 24 == len(graph.edges)


def test_ranks_compete() -> None:
    """Ranks count strictly nearer points, and a pair has the smaller of its two."""
    ends, squares, rank = candidates(np.array([[0.0], [1.0], [2.0], [10.0]]), 1)

    assert [(0, 1), (1, 2), (2, 3)] == [tuple(pair) for pair in ends.tolist()]
    assert [1.0, 1.0, 64.0] == squares.tolist()
    assert [1, 1, 1] == rank.tolist()


def test_small_tables() -> None:
    """One point has no edge; two have one; identical points have weight one; constant columns change nothing."""
    points = np.random.default_rng(4).normal(size=(10, 2))
    wider = np.hstack([points, np.full((10, 1), 7.0)])

    assert (0, 2) == neighbour_graph(np.ones((1, 3))).edges.shape
    assert [[0, 1]] == neighbour_graph(np.array([[0.0], [2.0]])).edges.tolist()
    assert np.array_equal(np.ones(6), neighbour_graph(np.ones((4, 2))).weights)
    assert np.array_equal(neighbour_graph(points).edges, neighbour_graph(wider).edges)


def test_too_few_neighbours_give_components() -> None:
    """A graph in several components is allowed when it was asked for, and knows them."""
    _, graph = two_components()

    assert [0] * 5 + [1] * 4 == graph.components().tolist()


class TestUnderflow:
    """Weights that underflow to zero and cut the graph."""

    points = np.array([[0.0], [1.0], [100.0], [101.0], [300.0]])

    @pytest.mark.parametrize("neighbours", ["auto", 3])
    def test_is_told(self, neighbours: int | str) -> None:
        """The message names the points apart, the exponent and both remedies."""
        with pytest.raises(DisconnectedGraphError, match=r"points 2, 3, 4.*exp\(-3\.96e\+04\).*phi.*connect=True"):
            neighbour_graph(self.points, phi=1.0, neighbours=neighbours)  # type: ignore[arg-type]

    def test_smaller_phi_of_the_message(self) -> None:
        """The smaller phi that the message gives does connect the points."""
        with pytest.raises(DisconnectedGraphError) as caught:
            neighbour_graph(self.points, phi=1.0)
        phi = float(str(caught.value).split("at most ")[1].split(")")[0])

        assert not neighbour_graph(self.points, phi=phi).components().any()

    def test_repair(self) -> None:
        """The repair adds the shortest edges between components, with the smallest weight that there was."""
        graph = neighbour_graph(self.points, phi=1.0, connect=True)

        assert {(0, 1), (2, 3), (1, 2), (3, 4)} == {tuple(pair) for pair in graph.edges.tolist()}
        assert np.full(4, np.exp(-1.0)) == pytest.approx(graph.weights)

    def test_far_point_among_many(self) -> None:
        """One point too far from many others is told without trying all pairs."""
        points = np.concatenate([np.random.default_rng(0).normal(size=(60, 2)), [[1e3, 0.0]]])

        with pytest.raises(DisconnectedGraphError, match="apart from it are the points 60"):
            neighbour_graph(points, phi=1.0)

    def test_repair_of_no_edge_at_all(self) -> None:
        """With every weight zero the added edges weigh one."""
        graph = neighbour_graph(1e3 * np.arange(4.0)[:, None], phi=1.0, connect=True)

        assert [1.0, 1.0, 1.0] == graph.weights.tolist()


class TestMisuse:
    """Bad input is told apart, with what to do."""

    def test_rows_with_nan(self) -> None:
        """The rows are named."""
        points = np.ones((4, 2))
        points[1, 0], points[3, 1] = np.nan, np.inf

        with pytest.raises(NotFiniteError, match=r"2 of 4 points have NaN or infinite entries, rows 1, 3.*Drop these"):
            neighbour_graph(points)

    def test_too_large(self) -> None:
        """Entries whose squares overflow are refused."""
        with pytest.raises(NotFiniteError, match=r"1e\+200.*Divide"):
            neighbour_graph(np.array([[0.0], [1e200]]))

    @pytest.mark.parametrize("points", [np.ones(3), np.ones((0, 2)), np.ones((3, 0)), np.ones((2, 2, 2))])
    def test_shapes(self, points: np.ndarray) -> None:
        """What is no table is refused."""
        with pytest.raises(ShapeError, match="expected \\(n, p\\)"):
            neighbour_graph(points)

    @pytest.mark.parametrize("neighbours", [0, 4, 2.5, True])
    def test_neighbours(self, neighbours: float) -> None:
        """As many neighbours as points, none, or a fraction."""
        with pytest.raises(SettingError, match="expected a whole number from 1 to 3"):
            neighbour_graph(np.eye(4), neighbours=neighbours)  # type: ignore[arg-type]

    @pytest.mark.parametrize("phi", [0.0, -1.0, np.nan])
    def test_phi(self, phi: float) -> None:
        """A scale that is not positive."""
        with pytest.raises(SettingError, match="expected a positive number"):
            neighbour_graph(np.eye(4), phi=phi)

    @pytest.mark.parametrize(
        ("edges", "weights", "message"),
        [
            ([(0, 1)], [-1.0], "not positive and finite, the first -1 at edge 0"),
            ([(0, 1)], [0.0], "Drop the edges of weight zero"),
            ([(0, 1)], [np.nan], "not positive and finite"),
            ([(0, 3)], [1.0], "edges name points 0 to 3; expected 0 to 2"),
            ([(1, 1)], [1.0], "the smaller point first, and no loops"),
            ([(0, 1), (0, 1)], [1.0, 2.0], "is given twice"),
        ],
    )
    def test_graph(self, edges: list[tuple[int, int]], weights: list[float], message: str) -> None:
        """Negative, zero or unknown weights, loops, repeated edges, unknown points."""
        with pytest.raises(WeightError, match=message):
            Graph(edges=np.array(edges), weights=np.array(weights), n=3)

    def test_graph_shape(self) -> None:
        """Edges and weights of different numbers."""
        with pytest.raises(ShapeError, match=r"weights \(2,\)"):
            Graph(edges=np.array([(0, 1)]), weights=np.ones(2), n=3)


def test_progress() -> None:
    """The callback hears what is done, up to the end."""
    heard: list[tuple[str, float]] = []
    neighbour_graph(
        np.random.default_rng(5).normal(size=(9, 2)), progress=lambda what, done: heard.append((what, done))
    )

    assert [("choosing phi", 1.0), ("finding neighbours", 1.0)] == heard
