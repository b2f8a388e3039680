"""Equal rows: one node that carries their number, the problem of the whole table, and tables of every small kind."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.cluster import hierarchy

from lemmata.solvers.clustering.estimator import ConvexClustering
from lemmata.solvers.clustering.exact import certificate, exact_path, largest_penalty
from lemmata.solvers.clustering.graph import DisconnectedGraphError, Graph, WeightError, equal_rows
from lemmata.solvers.clustering.path import carp
from lemmata.solvers.clustering.tree import cluster_tree
from lemmata.solvers.clustering.weights import automatic_phi, distinct_neighbour_graph, neighbour_graph
from lemmata.solvers.numbers.errors import NotFiniteError, ShapeError

GAP = 1e-11


def repeated(rng: np.random.Generator, most: int = 5) -> np.ndarray:
    """Seven different rows, each repeated up to so many times, in any order."""
    rows = rng.normal(size=(7, 3))
    points = np.repeat(rows, rng.integers(1, most + 1, size=7), axis=0)
    return rng.permutation(np.concatenate([points, rows[:1]]))


def whole(graph: Graph) -> Graph:
    """The graph on all points that a graph on nodes stands for: every pair of two nodes, none within one."""
    assert graph.nodes is not None
    members = [np.flatnonzero(graph.nodes == node) for node in range(graph.n)]
    found = [
        ((min(i, j), max(i, j)), weight / (len(members[a]) * len(members[b])))
        for (a, b), weight in zip(graph.edges, graph.weights, strict=True)
        for i in members[a]
        for j in members[b]
    ]
    return Graph(edges=np.array([ends for ends, _ in found]), weights=np.array([w for _, w in found]), n=graph.size)


class TestProblem:
    """The problem on the different rows is that of the whole table."""

    @pytest.mark.parametrize("norm", [1, 2])
    @pytest.mark.parametrize("seed", range(4))
    def test_solutions(self, seed: int, norm: int) -> None:
        """Its exact solutions are those of the whole table with its weights, where nothing is said of equal rows."""
        points = repeated(np.random.default_rng(seed))
        graph, _ = distinct_neighbour_graph(points)
        top = largest_penalty(points, graph, norm=norm).upper  # type: ignore[arg-type]
        levels = top * np.array([0.01, 0.1, 0.3, 0.6, 0.9, 1.1])
        few = exact_path(points, graph, levels, gap=GAP, norm=norm)  # type: ignore[arg-type]
        all_rows = exact_path(points, whole(graph), levels, gap=GAP, norm=norm)  # type: ignore[arg-type]
        allowed = 2 * np.sqrt(2 * GAP) * float(np.linalg.norm(points - points.mean(axis=0)))

        assert 7 == graph.n
        for one, other in zip(few, all_rows, strict=True):
            assert float(np.linalg.norm(one.solution - other.solution)) <= allowed

    def test_largest_penalty(self) -> None:
        """So is the penalty from which on all points are fused."""
        points = repeated(np.random.default_rng(5))
        graph, _ = distinct_neighbour_graph(points)
        one, other = largest_penalty(points, graph), largest_penalty(points, whole(graph))

        assert one.lower <= other.upper
        assert other.lower <= one.upper

    def test_weights(self) -> None:
        """A pair of rows weighs what it does in the table of different rows, whatever else is repeated."""
        points = repeated(np.random.default_rng(6))
        graph, phi = distinct_neighbour_graph(points)
        nodes = equal_rows(points)
        rows = points[np.unique(nodes, return_index=True)[1]]
        single = neighbour_graph(rows, phi=phi)

        assert automatic_phi(rows) == phi
        assert np.array_equal(single.edges, graph.edges)
        assert single.weights * np.bincount(nodes)[graph.edges].prod(axis=1) == pytest.approx(graph.weights)

    def test_certificate(self) -> None:
        """The gap of the small problem bounds the distance over all rows."""
        points = repeated(np.random.default_rng(7))
        graph, _ = distinct_neighbour_graph(points)
        close, rough = (exact_path(points, graph, np.array([0.2]), gap=gap)[0] for gap in (1e-12, 1e-2))
        found = certificate(points, graph, solution=rough.solution, dual=rough.dual, penalty=0.2)

        assert pytest.approx(rough.gap) == found.gap
        assert float(np.linalg.norm(rough.solution - close.solution)) <= found.distance * (1 + 1e-6)

    @pytest.mark.parametrize("most", [1, 5, 60])
    def test_path_is_near(self, most: int) -> None:
        """Iterates of CARP are as near to the exact solutions as without repetitions: their error is that of t - 1."""
        points = repeated(np.random.default_rng(8), most)
        graph, _ = distinct_neighbour_graph(points)
        path = carp(points, graph, keep_solutions=True, engine="numpy")
        rows = np.linspace(1, len(path.penalties) - 2, 9).astype(int)
        exact = exact_path(points, graph, path.penalties[rows])
        scale = float(np.linalg.norm(points - points.mean(axis=0)))
        errors = [np.linalg.norm(one.solution - path.solutions(rows)[k]) / scale for k, one in enumerate(exact)]

        assert max(errors) < 0.15
        assert np.array_equal(path.solutions(rows), carp(points, graph, engine="numpy").solutions(rows))

    def test_engines(self) -> None:
        """The compiled kernel follows the same path."""
        points = repeated(np.random.default_rng(9), 20)
        graph, _ = distinct_neighbour_graph(points)
        one, other = (carp(points, graph, engine=engine) for engine in ("numpy", "numba"))  # type: ignore[arg-type]

        assert np.array_equal(one.fused, other.fused)
        assert one.solutions() == pytest.approx(other.solutions(), abs=1e-9)

    def test_points_of_a_node_are_equal(self) -> None:
        """Points that differ are no node."""
        graph = Graph(edges=np.array([(0, 1)]), weights=np.ones(1), n=2, nodes=np.array([0, 0, 1]))
        with pytest.raises(ShapeError, match="expected equal rows"):
            carp(np.array([[0.0], [1.0], [2.0]]), graph)
        with pytest.raises(ShapeError, match="expected each of 0 to 1"):
            Graph(edges=np.array([(0, 1)]), weights=np.ones(1), n=2, nodes=np.array([0, 0]))


def drawn(kind: str, rng: np.random.Generator) -> np.ndarray:
    """A small table of a kind."""
    n, p = int(rng.integers(1, 13)), int(rng.integers(1, 5))
    scale = 10.0 ** float(rng.choice([-120, -30, -9, -3, 0, 3, 9, 30, 120]))
    if kind == "binary":
        return rng.integers(0, 2, size=(n, p)).astype(float)
    if kind == "small integers":
        return rng.integers(-2, 3, size=(n, p)).astype(float)
    if kind == "constant columns":
        return np.column_stack([rng.normal(size=(n, p)).round(1), np.full((n, 2), rng.normal())])
    if kind == "scales":
        return scale * rng.normal(size=(n, p)).round(int(rng.integers(0, 4)))
    if kind == "offset":
        return 1e9 + rng.integers(0, 4, size=(n, p)).astype(float)
    if kind == "mixed scales":
        return rng.normal(size=(n, p)) * 10.0 ** rng.integers(-8, 9, size=p)
    if kind == "tight groups":
        return rng.normal(size=(3, p))[rng.integers(0, 3, size=n)] + 1e-9 * rng.normal(size=(n, p))
    return rng.normal(size=(n, p)) * 10.0 ** rng.uniform(-3, 3, size=(n, 1))  # heavy tails


KINDS = (
    "binary",
    "small integers",
    "constant columns",
    "scales",
    "offset",
    "mixed scales",
    "tight groups",
    "heavy tails",
)


def assert_sound(points: np.ndarray, model: ConvexClustering) -> None:
    """What holds of every fit."""
    tree, nodes = model.tree_, equal_rows(points)
    heights = model.linkage_[:, 2]
    levels = np.unique(np.concatenate([[0.0], tree.penalties]))

    assert np.isfinite(tree.penalties).all()
    assert np.isfinite(model.cluster_centers_).all()
    assert not np.isnan(heights).any()
    assert (heights[1:] >= heights[:-1]).all()
    assert (np.diff(tree.penalties) >= 0).all()
    assert np.array_equal(nodes, tree.labels_at(0.0))
    for level in levels:
        labels = tree.labels_at(float(level))
        assert np.array_equal(labels, labels[np.unique(nodes, return_index=True)[1]][nodes])
    assert 1 <= model.n_clusters_ <= nodes.max() + 1
    if len(points) > 1:
        assert hierarchy.is_valid_linkage(model.linkage_)


class TestSmallTables:
    """Several hundred small tables of the kinds that people have."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_default(self, kind: str) -> None:
        """Each is fitted without a warning: finite, heights that grow, equal rows together, all merged at the end."""
        rng = np.random.default_rng(KINDS.index(kind))
        for _ in range(60):
            points = drawn(kind, rng)
            model = ConvexClustering().fit(points)

            assert_sound(points, model)
            assert len(points) - 1 == len(model.tree_.merges)

    @pytest.mark.parametrize("kind", KINDS)
    def test_settings(self, kind: str) -> None:
        """So it is with few neighbours, which may leave several components, with the l1 norm, and with a phi."""
        rng = np.random.default_rng(100 + KINDS.index(kind))
        for norm in (1, 2):
            for phi in ("auto", 0.1):
                for _ in range(5):
                    points = drawn(kind, rng)
                    model = ConvexClustering(n_neighbors=min(1, len(points) - 1) or "auto", norm=norm, phi=phi)  # type: ignore[arg-type]
                    try:
                        model.fit(points)
                    except (DisconnectedGraphError, WeightError):  # a phi that does not fit the table
                        assert phi == 0.1
                    else:
                        assert_sound(points, model)

    def test_path_on_a_graph_of_equal_points(self) -> None:
        """Graphs on every row, with weights as far apart as may be, have their path too: no factor is singular."""
        rng = np.random.default_rng(11)
        for _ in range(60):
            points = rng.integers(0, 2, size=(6, 3)).astype(float)
            graph = neighbour_graph(points, phi=10.0 ** int(rng.integers(-3, 3)), connect=True)
            tree = cluster_tree(carp(points, graph, engine="numpy"))

            assert 5 == len(tree.merges)
            assert np.isfinite(tree.penalties).all()

    def test_weights_too_small(self) -> None:
        """Weights that put penalties beyond all numbers are refused."""
        graph = Graph(edges=np.array([(0, 1), (1, 2)]), weights=np.array([1.0, 5e-324]), n=3)
        with pytest.raises(WeightError, match="largest penalty"):
            carp(np.arange(3.0)[:, None], graph)

    @pytest.mark.parametrize("scale", [1e-200, 1e200])
    def test_scales_that_cannot_be_squared(self, scale: float) -> None:
        """Are refused with what to do."""
        with pytest.raises(NotFiniteError, match=r"Multiply|Divide"):
            ConvexClustering().fit(scale * np.random.default_rng(0).normal(size=(5, 2)))


class TestNumberByItself:
    """The number of clusters that is taken without being asked for."""

    def test_one_pair(self) -> None:
        """Two equal rows among many, or nearly equal ones, do not make every row a cluster."""
        rng = np.random.default_rng(0)
        points = np.concatenate([rng.normal(size=(20, 2)) + centre for centre in ([0, 0], [12, 0], [0, 12])])
        alone = ConvexClustering().fit(points)
        for step in (0.0, 1e-12):
            model = ConvexClustering().fit(np.concatenate([points, points[:1] + step]))

            assert 3 == alone.n_clusters_ == model.n_clusters_

    def test_all_repeated(self) -> None:
        """A table of three rows, each many times, has three clusters; two of them nearer than the third, two."""
        rows = np.array([[0.0, 0], [1, 0], [0, 1]])

        assert 3 == ConvexClustering().fit(np.repeat(rows, 50, axis=0)).n_clusters_
        assert 2 == ConvexClustering().fit(np.repeat([[0.0, 0], [1, 0], [0, 9]], 50, axis=0)).n_clusters_
        assert 1 == ConvexClustering().fit(np.ones((5, 2))).n_clusters_

    def test_more_than_there_are(self) -> None:
        """Asked for more clusters than different rows: these are the clusters."""
        points = np.repeat([[0.0], [1.0], [5.0]], 4, axis=0)

        assert 3 == ConvexClustering(7).fit(points).n_clusters_

    def test_penalties_stay_moderate(self) -> None:
        """Groups far apart are joined at a penalty that is no astronomical number."""
        rng = np.random.default_rng(1)
        points = np.repeat(rng.normal(size=(4, 3)), 3, axis=0) + 1e-4 * rng.normal(size=(12, 3))
        far = np.concatenate([rng.normal(size=(30, 2)), [[60.0, 60.0], [61.0, 60.0], [1e3, 1e3]]])

        assert ConvexClustering().fit(points).path_.penalties[-1] < 1e12
        for phi in ("auto", 0.01):
            model = ConvexClustering(phi=phi, n_neighbors="auto", connect=True).fit(far)  # type: ignore[arg-type]
            assert np.isfinite(model.path_.penalties).all()
        assert ConvexClustering().fit(far).path_.penalties[-1] < 1e24
