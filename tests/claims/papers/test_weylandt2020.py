"""What the claims on convex clustering measure, against closed forms, the other solvers and the literal recursion."""

from fractions import Fraction

import flint
import numpy as np
import pytest
from claim_tools import at_edge, drawn, measured, measured_at_edge, shipped
from clustering_cases import graph_of, points_of

from lemmata.claims import Claim, evaluate
from lemmata.claims.papers.weylandt2020 import _biclustering as biclustering
from lemmata.claims.papers.weylandt2020 import _convergence as runs
from lemmata.claims.papers.weylandt2020 import _initialization as start
from lemmata.claims.papers.weylandt2020 import _invariants as invariants
from lemmata.claims.papers.weylandt2020 import _known_solutions as solved
from lemmata.claims.papers.weylandt2020 import _path as paths
from lemmata.claims.papers.weylandt2020 import _problems as clustering
from lemmata.claims.papers.weylandt2020 import biclustering as weylandt2020_tables
from lemmata.claims.papers.weylandt2020 import convergence as weylandt2020
from lemmata.claims.papers.weylandt2020 import initialization as weylandt2020_start
from lemmata.claims.papers.weylandt2020 import invariants as weylandt2020_invariants
from lemmata.claims.papers.weylandt2020 import path as weylandt2020_path
from lemmata.claims.papers.weylandt2020 import steps as weylandt2020_steps
from lemmata.solvers import Bounded, as_floats, to_balls, to_rationals
from lemmata.solvers.clustering import (
    CarpSettings,
    ClusteringBatch,
    admm_iterates,
    admm_step,
    bicluster_step,
    carp,
    exact_path,
    first_state,
    path_solutions,
)
from lemmata.solvers.clustering.exact import largest_penalty, two_points
from lemmata.solvers.clustering.graph import Graph

GRAPHS = clustering.GRAPHS


def table(graph: str, *, n: int = 5, p: int = 2, norm: int = 2, rho: str = "2", size: int = 3) -> ClusteringBatch:
    """Random tables in floats with error bounds."""
    parameters = {"n": n, "p": p, "graph": graph, "rho": rho, "norm": norm}
    found = clustering.draw_table(parameters, np.random.default_rng(7), size)
    return clustering.batch_of(parameters, *(Bounded.exact(found[name]) for name in ("X", "w")))


def in_system(batch: ClusteringBatch, system: object) -> ClusteringBatch:
    """The first table of a batch in another number system."""
    points, weights = (system(one.value[:1]) for one in (batch.points, batch.weights))
    return ClusteringBatch(points=points, weights=weights, edges=batch.edges, rho=batch.rho, norm=batch.norm)


def growing(batch: ClusteringBatch, count: int, first: float = 1e-2, ratio: float = 1.25) -> Bounded:
    """Penalties first ratio^k, ``(batch, count)``."""
    return Bounded.exact(first * ratio ** np.arange(count) * np.ones((batch.points.shape[0], 1)))


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("norm", [1, 2])
def test_iterates_are_those_of_carp(graph: str, norm: int) -> None:
    """The batched kernel and the solver of whole paths take the same steps."""
    batch = table(graph, norm=norm)
    found = admm_iterates(batch, growing(batch, 12), [1, 3, 12])
    whole = Graph(edges=batch.edges, weights=batch.weights.value[0], n=batch.n)
    settings = CarpSettings(ratio=1.25, epsilon=1e-2, rho=2.0, norm=norm)
    path = carp(batch.points.value[0], whole, settings=settings, keep_solutions=True)

    for place, k in enumerate((1, 3, 12)):
        if k < len(path.penalties) - path.ended:
            assert np.allclose(path.solutions(np.array([k]))[0], found.value[0, place], rtol=0, atol=1e-12)


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize("norm", [1, 2])
def test_error_bounds_of_iterates_hold(norm: int, *, published: bool) -> None:
    """The recursion in balls lies within the error bounds of the kernel, which are not absurdly wide."""
    batch = table("complete", norm=norm)
    levels = growing(batch, 30)
    found = admm_iterates(batch, levels, [1, 30], published=published)
    with flint.ctx.workprec(256):
        balls = in_system(batch, to_balls)
        exact = admm_iterates(balls, to_balls(levels.value[:1]), [1, 30], published=published)

    assert np.all(np.abs(as_floats(exact) - found.value[:1]) <= found.error[:1])
    assert found.error.max() < 1e-9


def test_rationals_follow_the_letter() -> None:
    """For q = 1 three steps in exact fractions agree with a plain loop over edges in fractions."""
    batch = in_system(table("triangle with a tail", n=4, p=1, norm=1), to_rationals)
    level = Fraction(1, 8)
    exact = admm_iterates(batch, to_rationals(np.full((1, 3), 0.125)), [3])
    x = [Fraction(int(one.p), int(one.q)) for one in batch.points[0, :, 0]]
    w = [Fraction(int(one.p), int(one.q)) for one in batch.weights[0]]
    edges, rho = [tuple(map(int, edge)) for edge in batch.edges], batch.rho
    v, z = [x[i] - x[j] for i, j in edges], [Fraction(0)] * len(edges)
    for _ in range(3):
        right = list(x)
        for (i, j), push in zip(edges, (rho * (a - b) for a, b in zip(v, z, strict=True)), strict=True):
            right[i], right[j] = right[i] + push, right[j] - push
        u = solve_by_hand(edges, rho, right)
        for place, (i, j) in enumerate(edges):
            s, limit = u[i] - u[j] + z[place], level * w[place] / rho
            z[place] = max(-limit, min(limit, s))
            v[place] = s - z[place]

    assert u == [Fraction(int(one.p), int(one.q)) for one in exact[0, 0, :, 0]]


def solve_by_hand(edges: list[tuple[int, int]], rho: Fraction, right: list[Fraction]) -> list[Fraction]:
    """(I + rho L)^-1 right by elimination in fractions."""
    n = len(right)
    rows = [[Fraction(i == j) for j in range(n)] + [right[i]] for i in range(n)]
    for i, j in edges:
        for a, b, sign in ((i, i, 1), (j, j, 1), (i, j, -1), (j, i, -1)):
            rows[a][b] += sign * rho
    for i in range(n):
        rows[i] = [one / rows[i][i] for one in rows[i]]
        for k in range(n):
            if k != i:
                rows[k] = [a - rows[k][i] * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[-1] for row in rows]


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("norm", [1, 2])
def test_solutions_lie_within_their_error_bounds(graph: str, norm: int) -> None:
    """The solver with a duality gap comes to the same solutions."""
    batch = table(graph, norm=norm)
    levels = np.array([0.01, 0.1, 1.0])
    found = path_solutions(batch, Bounded.exact(np.stack([levels] * 3)))
    whole = Graph(edges=batch.edges, weights=batch.weights.value[0], n=batch.n)
    for place, one in enumerate(exact_path(batch.points.value[0], whole, levels, gap=1e-13, norm=norm)):
        apart = np.linalg.norm(one.solution - found.value[0, place])
        assert apart <= np.sqrt(2 * one.gap) + found.error[0, place].max() + 1e-13


def test_two_points_in_closed_form() -> None:
    """Each of two points moves by lam w towards the other until they meet."""
    batch = table("path", n=2, p=3)
    found = path_solutions(batch, Bounded.exact(np.full((3, 2), [0.05, 50.0])))
    for row in range(3):
        for place, lam in enumerate((0.05, 50.0)):
            exact = two_points(batch.points.value[row], float(batch.weights.value[row, 0]), lam)
            assert np.allclose(exact, found.value[row, place], rtol=0, atol=1e-13)


def test_equality_of_the_forest_bound() -> None:
    """For two points and rho >= 1/2, Theorem F holds with equality at every k, until they meet."""
    claim = weylandt2020.forest_bound
    point, instances = at_edge(claim, "two points, far apart")
    found = measured(claim.when, point, {**instances, "t": np.full(4, 1.25), "eps": np.full(4, 0.01)})
    rho, sigma, k = 1.0, 2.0, np.array([1, 2, 4, 8, 16, 32])
    c = rho * sigma / (1 + rho * sigma)
    lipschitz = (2 * c - 1) / (rho * (1 - c))
    kappa = rho * np.sqrt(sigma) / (1 + rho * sigma)
    bound = kappa * lipschitz * 0.01 * (c ** (k - 1) * (1 - c) + 0.25 * 1.25 ** (k - 1)) / (1.25 - c)

    assert np.allclose(bound[:5], np.sqrt(found[runs.err])[0, :5], rtol=1e-9)


def test_published_first_iterate_knows_no_penalty() -> None:
    """From Z = V = D X the first iterate is (I + rho L)^-1 X, and later ones follow B^(k-1) (I - B) X as eps -> 0."""
    batch = table("complete", size=1)
    D = batch.incidence
    B = 2 * D.T @ D @ np.linalg.inv(np.eye(5) + 2 * D.T @ D)
    x = batch.points.value[0]
    found = admm_iterates(batch, growing(batch, 6, first=1e-13), [1, 2, 6], published=True).value[0]

    assert np.allclose(x - B @ x, found[0], rtol=0, atol=1e-12)
    for place, k in ((1, 2), (2, 6)):
        assert np.allclose(x + np.linalg.matrix_power(B, k - 1) @ (x - B @ x), found[place], rtol=0, atol=1e-10)


def test_published_floor_of_duplicates() -> None:
    """On the table duplicates12 the first iterate is 23.6 percent of |X| off the path; 19 percent are proved."""
    points, graph = points_of("duplicates12"), graph_of("duplicates12/edges.csv", 12)
    batch = ClusteringBatch(
        points=Bounded.exact(points[None]), weights=Bounded.exact(graph.weights[None]), edges=graph.edges
    )
    u = admm_iterates(batch, Bounded.exact(np.array([[1e-6]])), [1], published=True)[:, 0]
    size = np.linalg.norm(points - points.mean(axis=0))
    levels = np.geomspace(1e-3, 1, 300)[None] * runs.all_fused_at(batch)[:, None]
    path = path_solutions(batch, Bounded.exact(levels)).value[0]

    assert np.isclose(0.236, np.linalg.norm(path - u.value, axis=(1, 2)).min() / size, rtol=0, atol=2e-3)
    assert 0.18 < start.distance_to_path(batch, u).value[0] / size < 0.236


def test_known_solutions_are_solutions() -> None:
    """X = U + D'Y has the solution U: the solver finds it, in both norms and on every graph."""
    for graph in GRAPHS:
        for norm in (1, 2):
            point, instances = drawn(solved.solved_problems(), n=4, p=2, graph=graph, norm=norm, size=2)
            problem = solved.solved(point, {name: Bounded.exact(one) for name, one in instances.items()})
            found = path_solutions(problem.batch, problem.level[:, None], most=20_000)[:, 0]
            apart = np.abs(found.value - problem.u.value)

            assert np.all(apart <= found.error + problem.batch.points.error.max() + 1e-12)


def test_fixed_points_stay() -> None:
    """A step from s* = D U + Y/rho stays there."""
    point, instances = drawn(solved.solved_problems(), n=4, p=2, graph="cycle", norm=2, rho="1/2", size=3)
    problem = solved.solved(point, {name: Bounded.exact(one) for name, one in instances.items()})
    found = admm_step(problem.batch, solved.state_of(problem, problem.s), problem.level)

    assert np.allclose(problem.s.value, found.s.value, rtol=0, atol=1e-12)
    assert np.allclose(problem.u.value, found.u.value, rtol=0, atol=1e-12)


def test_the_first_step_does_not_move() -> None:
    """From U = X, V = D X, Z = 0 the first step stays at X, exactly."""
    claim = weylandt2020_steps.not_in_u
    case = measured_at_edge(claim, "two points", to_rationals)
    batch = in_system(table("cycle", norm=1), to_rationals)

    assert np.all(case.values[str(solved.near)] == case.values[str(solved.moved)])
    assert np.all(admm_step(batch, first_state(batch), to_rationals(np.ones(1))).u == batch.points)


@pytest.mark.parametrize("graph", clustering.FORESTS)
@pytest.mark.parametrize("norm", [1, 2])
def test_largest_penalty_of_forests(graph: str, norm: int) -> None:
    """The closed form agrees with the flow that the other solver finds."""
    claim = weylandt2020_path.largest_penalty
    point, instances = drawn(claim.given, n=5, p=2, graph=graph, norm=norm, size=1)
    whole = Graph(edges=clustering.edges_of(point), weights=instances["w"][0], n=5)
    run = claim.when.run(point, {name: Bounded.exact(one) for name, one in instances.items()})
    largest = as_floats(evaluate(claim.then.where[paths.lam_max], run.cases[0].values))[0, 0]

    assert np.isclose(largest_penalty(instances["X"][0], whole, norm=norm).upper, largest, rtol=1e-10)


def test_biclustering_takes_the_steps_of_the_package() -> None:
    """One step of the generic form agrees with the formula of the package, D written out."""
    point, instances = drawn(biclustering.solved_tables(), n=3, p=4, rows="path", columns="cycle", norm=2, size=1)
    edges = biclustering._graphs(point)
    x, a = instances["U"][0], 9.0
    D = clustering.incidence(3, edges[0]), clustering.incidence(4, edges[1])
    batch = biclustering.BiclusterBatch(
        points=Bounded.exact(x[None]),
        weights=tuple(Bounded.exact(instances[name]) for name in ("wr", "wc")),
        edges=edges,
        rho=Fraction(1),
        proximal=Fraction(9),
    )
    v, z = ([rng_like(instances[name]) for name in names] for names in (("Sr", "Sc"), ("Yr", "Yc")))
    state = biclustering.BiclusterState(u=Bounded.exact(x[None] + 1), v=tuple(v), z=tuple(z))
    found = bicluster_step(batch, state, Bounded.exact(np.ones(1)))
    u = x + 1
    pull = D[0].T @ (v[0].value[0] - z[0].value[0]) + (v[1].value[0] - z[1].value[0]).T @ D[1]
    exact = (x + a * u + pull - D[0].T @ D[0] @ u - u @ D[1].T @ D[1]) / (1 + a)

    assert np.allclose(exact, found.u.value[0], rtol=0, atol=1e-12)


def rng_like(array: np.ndarray) -> Bounded:
    """The numbers as they are, with error bounds."""
    return Bounded.exact(array)


def test_coded_constant_of_two_by_two() -> None:
    """Once every edge is fused the top mode is multiplied by (-1 - sqrt(11/3))/2 a step."""
    claim = weylandt2020_tables.coded_constant
    found = measured(claim.when, *at_edge(claim, "a table of two by two"))
    growth = np.sqrt(found[biclustering.size][:, -1] / found[biclustering.size][:, -2])

    assert biclustering.coded({"n": 2, "p": 2, "rows": "path", "columns": "path"}) == 2
    assert np.allclose((1 + np.sqrt(11 / 3)) / 2, growth, rtol=1e-6)


def test_real_tables_have_known_solutions() -> None:
    """The solved problem of a real table differs from the table by what the solver leaves open."""
    for name in clustering.REAL:
        points, _, _ = clustering.real_table(name)
        parameters = {"n": 30, "p": 1, "graph": name, "rho": "1", "norm": 2}
        instances = solved.solved_problems().draw(parameters, np.random.default_rng(0), 1)
        problem = solved.solved(parameters, {key: Bounded.exact(one) for key, one in instances.items()})
        apart = problem.batch.points.value[0] - points

        assert np.linalg.norm(apart - apart.mean(axis=0)) < 1e-4 * np.linalg.norm(points)


@pytest.mark.parametrize(
    "claim",
    [one.claim for one in shipped("weylandt2020.convergence", "weylandt2020.initialization", "weylandt2020.path")],
    ids=lambda claim: claim.key,
)
def test_pictures(claim: Claim) -> None:
    """Where a claim draws pictures, their curves are finite and of equal length."""
    point, instances = at_edge(claim, claim.given.edges[-1].name)
    run = claim.when.run(point, {name: Bounded.exact(one) for name, one in instances.items()})

    for picture in run.pictures():
        assert np.isfinite(picture.measured).all()
        assert len(picture.x) == len(picture.measured)


def test_means_are_those_of_components() -> None:
    """On two paths each half of the points keeps its own mean."""
    claim = weylandt2020_invariants.means_stay
    point, instances = drawn(claim.given, n=5, p=2, graph="two paths", size=2)
    found = measured(claim.when, point, instances)

    for part in (slice(0, 3), slice(3, 5)):
        mean = instances["X"][:, part].mean(axis=1, keepdims=True)
        assert np.allclose(mean, found[invariants.U_mean][:, 0, part], rtol=0, atol=1e-12)


def test_burn_in_bound_is_attained() -> None:
    """Two points with rho = 1 leave 4/27 of |X - means| after three steps."""
    claim = weylandt2020_start.floor_of_burn_in
    found = measured(claim.when, *at_edge(claim, "two points"))

    assert np.allclose(4 / 27, np.sqrt(found[start.left_over] / found[runs.spread])[:, 1], rtol=1e-12)
