"""CBASS: the reference path, the compiled kernel against plain NumPy, and the proximal constant that is stable."""

from __future__ import annotations

import numpy as np
import pytest
from clustering_cases import graph_of, points_of, random_graph, result_of, run_of

from lemmata.solvers import ShapeError, UnknownNameError
from lemmata.solvers.clustering.graph import Graph, SettingError
from lemmata.solvers.clustering.path import BiclusterPath, CbassSettings, bicluster_stability, cbass
from lemmata.solvers.clustering.tree import bicluster_trees
from lemmata.solvers.engine import Outcome


def fitted(**more: object) -> BiclusterPath:
    """CBASS on the reference's table and weights."""
    points = points_of("small25")
    rows, columns = graph_of("small25_cbass/row_edges.csv", 25), graph_of("small25_cbass/col_edges.csv", 3)
    wanted, engine = more.pop("wanted", None), more.pop("engine", "auto")
    return cbass(points, rows, columns, settings=CbassSettings(**more), wanted=wanted, engine=engine)  # type: ignore[arg-type]


def path_graph(n: int) -> Graph:
    """A path with weights one."""
    return Graph(edges=np.stack([np.arange(n - 1), np.arange(1, n)], axis=1), weights=np.ones(n - 1), n=n)


@pytest.mark.parametrize("engine", ["numba", "numpy"])
def test_reference_path(engine: str) -> None:
    """With the coded constant: penalties to 1e-12, fused rows and columns exactly, solutions to ten digits."""
    expected = run_of("small25_cbass", "t1.1", (25, 3), counts=2)
    found = fitted(ratio=1.1, proximal="coded", wanted=expected.rows, engine=engine)

    assert 32.0 == found.proximal
    assert expected.gamma == pytest.approx(found.penalties, rel=1e-12)
    assert np.array_equal(expected.fused, found.fused)
    assert expected.solutions == pytest.approx(found.solutions - points_of("small25").mean(), abs=6e-10)


def test_reference_trees() -> None:
    """Heights of both dendrograms to 1e-12 and the labels of the rows at every number of clusters."""
    found = fitted(ratio=1.1, proximal="coded", keep=10)
    rows, columns = bicluster_trees(found, ties="clustrviz")
    expected = result_of("small25_cbass")["runs"]["t1.1"]

    assert expected["row_dendrogram"]["height"] == pytest.approx(rows.linkage()[:, 2], abs=1e-12)
    assert expected["col_dendrogram"]["height"] == pytest.approx(columns.linkage()[:, 2], abs=1e-12)
    for entry in expected["row_labels"]:
        assert entry["labels"] == (rows.labels(entry["k"]) + 1).tolist()


@pytest.mark.parametrize("norm", [1, 2])
def test_kernel_is_the_reference(norm: int) -> None:
    """Compiled and plain steps agree, for a rho that is not one."""
    rng = np.random.default_rng(norm)
    points, rows, columns = rng.normal(size=(8, 6)), random_graph(8, rng), random_graph(6, rng)
    settings = CbassSettings(norm=norm, ratio=1.2, rho=2.5)  # type: ignore[arg-type]
    wanted = np.arange(0, 40, 3)
    first = cbass(points, rows, columns, settings=settings, wanted=wanted, engine="numba")
    second = cbass(points, rows, columns, settings=settings, wanted=wanted, engine="numpy")

    assert np.array_equal(first.fused, second.fused)
    assert first.solutions == pytest.approx(second.solutions, abs=1e-11)
    assert np.array_equal(first.row_fusions.edge, second.row_fusions.edge)
    assert np.array_equal(first.column_fusions.at, second.column_fusions.at)


def test_stability_bound() -> None:
    """The largest eigenvalues of a path of two and of four points are 2 and 2 + sqrt(2)."""
    assert pytest.approx(4.0) == bicluster_stability(path_graph(2), path_graph(2))
    assert pytest.approx(2 + 2 + np.sqrt(2)) == bicluster_stability(path_graph(2), path_graph(4))


@pytest.mark.parametrize("rho", [1.0, 10.0, 30.0])
def test_stable_constant_goes_through(rho: float) -> None:
    """The default constant grows with rho, and the path ends in one block: the grand mean."""
    found = fitted(ratio=1.1, rho=rho)

    assert Outcome.OK == found.outcome
    assert found.fused[-1].tolist() == [len(found.rows.weights), len(found.columns.weights)]


@pytest.mark.parametrize("rho", [10.0, 30.0])
def test_coded_constant_diverges(rho: float) -> None:
    """The coded constant forgets rho; the run is told to have diverged, not to have fused."""
    assert Outcome.DIVERGED == fitted(ratio=1.1, rho=rho, proximal="coded").outcome


def test_tighter_constant_is_more_accurate() -> None:
    """Against a slow path the stable constant errs less than the larger coded one at the same ratio."""
    slow = fitted(ratio=1.0005, wanted=np.arange(1000, 40_000, 1000), keep=1)
    levels = slow.penalties[np.arange(1000, 40_000, 1000)[: len(slow.solutions)]]
    errors = []
    for constant in ("stable", "coded"):
        path = fitted(ratio=1.02, proximal=constant, wanted=np.arange(2000))
        near = np.abs(np.log(path.penalties[1:, None] / levels[None])).argmin(axis=0) + 1
        errors.append(max(np.linalg.norm(path.solutions[near] - slow.solutions, axis=(1, 2))))

    assert errors[0] < errors[1]


def test_one_row_without_edges() -> None:
    """A side without edges is no obstacle."""
    lonely = Graph(edges=np.zeros((0, 2), dtype=np.int64), weights=np.zeros(0), n=1)
    found = cbass(np.array([[1.0, 2.0, 4.0]]), lonely, path_graph(3), settings=CbassSettings(ratio=1.2))

    assert [0, 2] == found.fused[-1].tolist()


class TestMisuse:
    """Bad input is told apart."""

    def test_shapes(self) -> None:
        """Graphs that are not on the rows and columns."""
        with pytest.raises(ShapeError, match="graphs on 3 rows and 2 columns"):
            cbass(np.ones((2, 3)), path_graph(3), path_graph(2))

    @pytest.mark.parametrize(
        "settings", [{"ratio": 1.0}, {"rho": -1.0}, {"proximal": 0.0}, {"epsilon": np.inf}, {"keep": 0}]
    )
    def test_settings(self, settings: dict[str, float]) -> None:
        """Numbers out of their ranges."""
        with pytest.raises(SettingError, match="expected"):
            CbassSettings(**settings)  # type: ignore[arg-type]

    @pytest.mark.parametrize("settings", [{"norm": 0}, {"proximal": "loose"}])
    def test_names(self, settings: dict[str, object]) -> None:
        """A norm or a constant that is not known."""
        with pytest.raises(UnknownNameError, match="expected"):
            CbassSettings(**settings)  # type: ignore[arg-type]
