"""Exact solutions, their certificates, closed forms and the largest penalty."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from clustering_cases import exact_of, points_of, random_graph, random_tree, two_components
from scipy import optimize

from lemmata.solvers import ShapeError
from lemmata.solvers.clustering import exact_path, neighbour_graph
from lemmata.solvers.clustering.exact import certificate, exact_solution, largest_penalty, two_points
from lemmata.solvers.clustering.graph import Graph, SettingError
from lemmata.solvers.engine import Outcome


def objective(points: np.ndarray, graph: Graph, penalty: float, norm: int, U: np.ndarray) -> float:
    """The objective of convex clustering."""
    difference = U[graph.edges[:, 0]] - U[graph.edges[:, 1]]
    lengths = np.linalg.norm(difference, ord=norm, axis=1)
    return float(np.sum((U - points) ** 2) / 2 + penalty * (graph.weights * lengths).sum())


@pytest.mark.parametrize("name", ["small12", "small25"])
def test_reference_solutions(name: str) -> None:
    """The exact solver of clustRviz agrees, within what the duality gap allows."""
    points = points_of(name)
    penalties, expected = exact_of(name, points.shape)
    found = exact_path(points, neighbour_graph(points), penalties, gap=1e-15)

    for solution, reference in zip(found, expected, strict=True):
        assert Outcome.OK == solution.outcome
        assert reference == pytest.approx(solution.solution, abs=np.sqrt(2 * solution.gap) + 1e-9)


@pytest.mark.parametrize("norm", [1, 2])
@pytest.mark.parametrize("seed", range(3))
def test_certificate_is_a_bound(seed: int, norm: int) -> None:
    """For any U and Y the bound on the distance from the solution holds, and no point near has a lower objective."""
    rng = np.random.default_rng(seed)
    points, graph = rng.normal(size=(6, 2)), random_graph(6, rng, 0.6)
    exact = exact_solution(points, graph, 0.2, gap=1e-14, norm=norm)  # type: ignore[arg-type]
    least = objective(points, graph, 0.2, norm, exact.solution)
    for scale in (1e-3, 0.1, 1.0):
        U = exact.solution + scale * rng.normal(size=points.shape)
        Y = exact.dual + scale * rng.normal(size=exact.dual.shape)
        found = certificate(points, graph, solution=U, dual=Y, penalty=0.2, norm=norm)  # type: ignore[arg-type]

        assert np.linalg.norm(U - exact.solution) <= found.distance + 1e-6
        assert least <= objective(points, graph, 0.2, norm, U)


def test_against_a_general_minimiser() -> None:
    """BFGS on the objective, before anything fuses, ends at the same place."""
    rng = np.random.default_rng(4)
    points, graph = 3 * rng.normal(size=(5, 2)), random_graph(5, rng, 0.8)
    exact = exact_solution(points, graph, 0.02, gap=1e-14)
    found = optimize.minimize(
        lambda U: objective(points, graph, 0.02, 2, U.reshape(5, 2)), points.ravel(), method="BFGS", tol=1e-9
    )

    assert found.x.reshape(5, 2) == pytest.approx(exact.solution, abs=1e-5)


@pytest.mark.parametrize("penalty", [0.0, 0.3, 1.0, 5.0])
def test_two_points(penalty: float) -> None:
    """Each moves by lam w towards the other, until they meet."""
    points = np.array([[0.0, 1.0], [3.0, 5.0]])
    graph = Graph(edges=np.array([(0, 1)]), weights=np.array([1.5]), n=2)
    expected = two_points(points, 1.5, penalty)
    moved = min(penalty * 1.5, 2.5)

    assert pytest.approx(moved) == np.linalg.norm(expected[0] - points[0])
    assert expected == pytest.approx(exact_solution(points, graph, penalty, gap=1e-15).solution, abs=1e-6)


@pytest.mark.parametrize("norm", [1, 2])
@pytest.mark.parametrize("n", [2, 5, 12])
def test_largest_penalty_of_a_tree(n: int, norm: int) -> None:
    """On a tree it is exact: just below it something is apart, from it on nothing."""
    rng = np.random.default_rng(n)
    points, graph = rng.normal(size=(n, 3)), random_tree(n, rng)
    found = largest_penalty(points, graph, norm=norm)  # type: ignore[arg-type]
    mean = np.broadcast_to(points.mean(axis=0), points.shape)
    below, above = exact_path(points, graph, np.array([0.98, 1.0]) * found.upper, gap=1e-13, norm=norm)  # type: ignore[arg-type]

    assert found.lower == found.upper
    assert np.abs(below.solution - mean).max() > 1e-4
    assert mean == pytest.approx(above.solution, abs=1e-6)
    assert above.gap < 1e-12


@pytest.mark.parametrize(("name", "expected"), [("small12", 21.5546), ("small25", 16.1850), ("duplicates12", 11.4846)])
def test_largest_penalty_of_a_graph(name: str, expected: float) -> None:
    """The two bounds enclose the value of a conic solver, as far as they are apart and it has digits."""
    found = largest_penalty(points_of(name), neighbour_graph(points_of(name)), rtol=1e-4)

    assert found.upper - found.lower <= 1e-4 * found.upper
    assert found.lower - 1e-4 <= expected <= found.upper + 1e-4


def test_largest_penalty_of_one_feature() -> None:
    """With one feature both norms are one problem, whose value linear programming gives."""
    rng = np.random.default_rng(9)
    points, graph = rng.normal(size=(8, 1)), random_graph(8, rng, 0.7)
    assert not graph.components().any()
    m = len(graph.edges)
    D = np.zeros((m, 8))
    D[np.arange(m), graph.edges[:, 0]], D[np.arange(m), graph.edges[:, 1]] = 1, -1
    bounds = np.block([[np.eye(m), -graph.weights[:, None]], [-np.eye(m), -graph.weights[:, None]]])
    expected = optimize.linprog(
        np.r_[np.zeros(m), 1.0],
        A_ub=bounds,
        b_ub=np.zeros(2 * m),
        A_eq=np.hstack([D.T, np.zeros((8, 1))]),
        b_eq=(points - points.mean()).ravel(),
        bounds=[(None, None)] * m + [(0, None)],
    ).fun
    for norm in (1, 2):
        found = largest_penalty(points, graph, norm=norm, rtol=1e-5)  # type: ignore[arg-type]
        assert found.lower * (1 - 1e-9) <= expected <= found.upper * (1 + 1e-9)


def test_largest_penalty_without_edges() -> None:
    """Nothing to fuse, or nothing apart: zero."""
    lonely = Graph(edges=np.zeros((0, 2), dtype=np.int64), weights=np.zeros(0), n=2)

    assert 0.0 == largest_penalty(np.array([[0.0], [1.0]]), lonely).upper
    assert 0.0 == largest_penalty(np.ones((4, 2)), neighbour_graph(np.ones((4, 2)))).upper


def test_disconnected() -> None:
    """Components do not see each other."""
    points, graph = two_components()
    whole = exact_solution(points, graph, 0.4, gap=1e-14).solution
    inner = graph.edges[:, 1] < 5
    part = Graph(edges=graph.edges[inner], weights=graph.weights[inner], n=5)
    parted = exact_solution(points[:5], part, 0.4, gap=1e-14).solution

    assert parted == pytest.approx(whole[:5], abs=1e-5)


def test_facts_of_the_path() -> None:
    """Along the path P falls, |X - U| grows, |X - U| / lam falls, and U moves no faster than |X - U| / lam."""
    rng = np.random.default_rng(11)
    points, graph = rng.normal(size=(9, 3)), random_graph(9, rng, 0.5)
    levels = np.linspace(0.02, 1.2, 12) * largest_penalty(points, graph).upper
    found = [solution.solution for solution in exact_path(points, graph, levels, gap=1e-13)]
    moved = np.array([np.linalg.norm(points - U) for U in found])
    penalty = np.array([objective(U, graph, 1.0, 2, U) for U in found])
    steps = np.array([np.linalg.norm(b - a) for a, b in pairwise(found)])

    assert (np.diff(penalty) <= 1e-5).all()
    assert (np.diff(moved) >= -1e-5).all()
    assert (np.diff(moved / levels) <= 1e-5).all()
    assert (steps <= np.diff(levels) * moved[:-1] / levels[:-1] + 1e-5).all()


def test_rho_changes_the_speed_only() -> None:
    """The solution does not depend on rho, and one that is more columns than rows is turned back."""
    rng = np.random.default_rng(12)
    points, graph = rng.normal(size=(5, 9)), random_graph(5, rng, 0.8)
    first, second = (exact_solution(points, graph, 0.3, gap=1e-14, rho=rho) for rho in (0.5, 3.0))

    assert first.solution == pytest.approx(second.solution, abs=1e-5)
    assert first.gap == pytest.approx(
        certificate(points, graph, solution=first.solution, dual=first.dual, penalty=0.3).gap, abs=1e-13
    )


def test_too_few_steps() -> None:
    """A gap that is not reached is told, and what was reached is a bound all the same."""
    points = points_of("small25")
    found = exact_solution(points, neighbour_graph(points), 1.0, gap=1e-15, max_steps=5)

    assert (Outcome.NOT_CONVERGED, 5) == (found.outcome, found.steps)
    assert found.gap > 0


def test_misuse() -> None:
    """Penalties that are no penalties, arrays that do not fit."""
    points, graph = points_of("small12"), neighbour_graph(points_of("small12"))
    with pytest.raises(SettingError, match="penalty -1"):
        exact_solution(points, graph, -1.0)
    with pytest.raises(ShapeError, match="graph on 12"):
        exact_solution(points[:3], graph, 1.0)
    with pytest.raises(ShapeError, match="graph on 12"):
        largest_penalty(points[:3], graph)
    with pytest.raises(ShapeError, match="as the points and the edges are"):
        certificate(points, graph, solution=points, dual=points, penalty=1.0)
    with pytest.raises(ShapeError, match="expected 2"):
        two_points(points, 1.0, 1.0)
