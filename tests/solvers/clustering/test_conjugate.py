"""Steps of CARP that are solved by conjugate gradients: their tolerance, their paths, and when they are taken."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from clustering_cases import points_of, random_graph

from lemmata.solvers.clustering import CarpSettings, carp, exact_path, neighbour_graph
from lemmata.solvers.clustering import _factor as _clustering_factor
from lemmata.solvers.clustering._factor import factored, laplacian
from lemmata.solvers.engine import Outcome


@pytest.fixture
def no_factors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve by conjugate gradients at every size."""
    monkeypatch.setattr(_clustering_factor, "_TRIED", 0)
    monkeypatch.setattr(_clustering_factor, "_TREE_LIKE", 0.0)


@pytest.mark.usefixtures("no_factors")
@pytest.mark.parametrize("rho", [0.3, 1.0, 25.0])
@pytest.mark.parametrize("tolerance", [1e-5, 1e-12])
def test_conjugate_gradients(rho: float, tolerance: float) -> None:
    """Solutions are as near to those of a direct solver as the tolerance says, from any start; an isolated node too."""
    improve = importlib.import_module("lemmata.solvers.clustering._conjugate").improve
    rng = np.random.default_rng(3)
    graph = random_graph(90, rng, 0.08)
    edges = graph.edges[(graph.edges != 7).all(axis=1)]
    x, right, u = rng.normal(size=(3, 90, 16))
    factor, order = factored(x, edges, rho, tolerance=tolerance)
    matrix = (np.eye(90) + rho * laplacian(90, edges).toarray())[np.ix_(order, order)]
    expected = np.linalg.solve(matrix, right)
    improve(factor.incomplete, right, u)
    error = np.linalg.norm(u - expected) / np.linalg.norm(x)

    assert error < tolerance
    assert error > 1e-5 * tolerance or tolerance < 1e-11
    assert len(factor.row) == factor.inverse.size == 0


@pytest.mark.usefixtures("no_factors")
@pytest.mark.parametrize("norm", [1, 2])
def test_a_path_by_conjugate_gradients(norm: int) -> None:
    """It fuses the same edges at the same steps as plain NumPy with a direct solver, at nearly the same solutions."""
    rng = np.random.default_rng(5)
    points, graph = rng.normal(size=(60, 3)), random_graph(60, rng, 0.1)
    settings = CarpSettings(norm=norm)  # type: ignore[arg-type]
    first = carp(points, graph, settings=settings, engine="numba", keep_solutions=True)
    second = carp(points, graph, settings=settings, engine="numpy", keep_solutions=True)

    assert np.array_equal(first.fused, second.fused)
    assert np.array_equal(first.fusion_edge, second.fusion_edge)
    assert first.solutions() == pytest.approx(second.solutions(), abs=1e-6)


@pytest.mark.usefixtures("no_factors")
def test_certificates_by_conjugate_gradients() -> None:
    """The exact solver reaches small gaps with inexact steps."""
    points = points_of("small25")
    graph = neighbour_graph(points)
    found = exact_path(points, graph, np.array([1.0, 5.0]), gap=1e-12)

    assert all(one.outcome is Outcome.OK for one in found)
    assert found[1].gap <= 1e-12 * np.linalg.norm(points - points.mean(axis=0)) ** 2


@pytest.mark.parametrize(("neighbours", "iterative"), [(5, True), (1, False)])
def test_large_graphs_are_not_filled_in(neighbours: int, *, iterative: bool) -> None:
    """Of 5,000 points with five neighbours no factor is made; of a graph like a tree it is."""
    points = np.random.default_rng(1).normal(size=(5000, 6))
    graph = neighbour_graph(points, phi=0.1, neighbours=neighbours, connect=True)
    factor, _ = factored(points, graph.edges, 1.0, tolerance=1e-8)

    assert bool(factor.incomplete.start.size) == iterative
    assert bool(factor.row.size) != iterative
