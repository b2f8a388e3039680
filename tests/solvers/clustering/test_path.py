"""CARP: the reference paths, the compiled kernel against plain NumPy, the repaired start, degenerate graphs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from clustering_cases import graph_of, points_of, random_graph, random_tree, run_of, two_components

from lemmata.solvers import NotFiniteError, ShapeError, UnknownNameError
from lemmata.solvers.clustering import CarpSettings, carp, exact_path, neighbour_graph
from lemmata.solvers.clustering._factor import factored, laplacian
from lemmata.solvers.clustering._run import kernel, prepared
from lemmata.solvers.clustering.exact import exact_solution, largest_penalty
from lemmata.solvers.clustering.graph import Graph, SettingError
from lemmata.solvers.clustering.path import ClusterPath
from lemmata.solvers.engine import Outcome

RUNS = [("small12", "t1.05"), ("small12", "viz"), ("small25", "t1.1"), ("duplicates12", "t1.05")]


def published(run: str, **more: object) -> CarpSettings:
    """The settings of a run of the reference implementation."""
    ratio = 1.05 if run == "viz" else float(run[1:])
    return CarpSettings(start="published", ratio=ratio, back_track=run == "viz", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ["numba", "numpy"])
@pytest.mark.parametrize(("name", "run"), RUNS)
def test_reference_path(name: str, run: str, engine: str) -> None:
    """Penalties to 1e-12, numbers of fused edges exactly, and solutions to their ten printed digits."""
    points = points_of(name)
    expected = run_of(name, run, points.shape)
    path = carp(points, graph_of(f"{name}/edges.csv", len(points)), settings=published(run), engine=engine)  # type: ignore[arg-type]

    assert expected.gamma == pytest.approx(path.penalties, rel=1e-12)
    assert np.array_equal(expected.fused[:, 0], path.fused)
    found = path.solutions(expected.rows) - points.mean(axis=0)
    assert expected.solutions == pytest.approx(found, abs=6e-10)


@pytest.mark.parametrize("norm", [1, 2])
@pytest.mark.parametrize("back_track", [False, True])
@pytest.mark.parametrize("shape", [(9, 3), (40, 25), (6, 14)])
def test_kernel_is_the_reference(shape: tuple[int, int], norm: int, *, back_track: bool) -> None:
    """The compiled kernel, sparse, dense or in fewer coordinates, takes the steps of plain NumPy; rho is not one."""
    rng = np.random.default_rng(shape[0])
    points, graph = rng.normal(size=shape), random_graph(shape[0], rng, 0.3)
    settings = CarpSettings(norm=norm, back_track=back_track, ratio=1.2, rho=0.7)  # type: ignore[arg-type]
    first = carp(points, graph, settings=settings, engine="numba", keep_solutions=True)
    second = carp(points, graph, settings=settings, engine="numpy", keep_solutions=True)

    assert np.array_equal(first.fused, second.fused)
    assert first.penalties == pytest.approx(second.penalties, rel=1e-12)
    assert np.array_equal(first.fusion_edge, second.fusion_edge)
    assert first.fusion_size == pytest.approx(second.fusion_size, rel=1e-6, abs=1e-9)
    assert first.solutions() == pytest.approx(second.solutions(), abs=1e-11)


@pytest.mark.parametrize(("n", "share", "features", "dense"), [(60, 0.04, 20, False), (60, 0.9, 20, True)])
def test_factor(n: int, share: float, features: int, *, dense: bool) -> None:
    """L D L', or the inverse where the graph is dense, is I + rho L in the order that it names."""
    graph = random_graph(n, np.random.default_rng(n), share)
    factor, order = factored(np.ones((n, features)), graph.edges, 1.7, tolerance=1e-8)
    matrix = (np.eye(n) + 1.7 * laplacian(n, graph.edges).toarray())[np.ix_(order, order)]

    assert dense == bool(factor.inverse.size)
    if dense:
        assert np.eye(n) == pytest.approx(factor.inverse @ matrix, abs=1e-12)
    else:
        lower = np.eye(n)
        columns = np.repeat(np.arange(n), np.diff(factor.start))
        lower[factor.row, columns] = factor.value
        assert matrix == pytest.approx(lower @ np.diag(factor.pivot) @ lower.T, abs=1e-12)


@pytest.mark.parametrize("norm", [1, 2])
@pytest.mark.parametrize("shape", [(7, 2), (6, 14)])
def test_textbook(shape: tuple[int, int], norm: int) -> None:
    """U, V and Z with dense matrices, as the algorithm is written down, give the same path; also with p > n."""
    rng = np.random.default_rng(shape[1])
    points, graph, rho = rng.normal(size=shape), random_graph(shape[0], rng, 0.6), 1.5
    D = np.zeros((len(graph.edges), shape[0]))
    D[np.arange(len(D)), graph.edges[:, 0]], D[np.arange(len(D)), graph.edges[:, 1]] = 1, -1
    inverse = np.linalg.inv(np.eye(shape[0]) + rho * D.T @ D)
    V, Z, gamma, found = D @ points, np.zeros((len(D), shape[1])), 0.01, []
    for _ in range(60):
        U = inverse @ (points + rho * D.T @ (V - Z))
        S, threshold = D @ U + Z, gamma * graph.weights[:, None] / rho
        size = np.abs(S) if norm == 1 else np.linalg.norm(S, axis=1, keepdims=True)
        V = np.maximum(0, 1 - threshold / size) * S
        Z, gamma = S - V, 1.1 * gamma
        found.append(U)
    settings = CarpSettings(norm=norm, ratio=1.1, rho=rho, epsilon=0.01)  # type: ignore[arg-type]
    path = carp(points, graph, settings=settings)
    count = min(60, len(path.penalties) - 2)

    assert count > 30
    assert np.array(found[:count]) == pytest.approx(path.solutions(np.arange(1, count + 1)), abs=1e-11)


class TestRepairedStart:
    """Dual zero at the start, a first penalty in proportion, the means at the end."""

    @pytest.mark.parametrize("name", ["small12", "small25", "duplicates12"])
    def test_error_falls_with_the_ratio(self, name: str) -> None:
        """The distance from the exact path falls as the ratio goes to one, to about half with half of ratio - 1."""
        points = points_of(name)
        graph = neighbour_graph(points)
        errors = []
        for ratio in (1.1, 1.05, 1.025):
            path = carp(points, graph, settings=CarpSettings(ratio=ratio), keep_solutions=True)
            exact = exact_path(points, graph, path.penalties, gap=1e-9)
            gaps = [np.linalg.norm(a - b.solution) for a, b in zip(path.solutions(), exact, strict=True)]
            errors.append(max(gaps) / np.linalg.norm(points - points.mean(axis=0)))

        assert errors[0] < 0.15
        assert errors[1] < 0.75 * errors[0]
        assert errors[2] < 0.75 * errors[1]

    def test_published_start_is_off_the_path(self) -> None:
        """From V = Z = D X the first iterate is (I + rho L)^-1 X however small the penalty."""
        points, graph = points_of("small12"), neighbour_graph(points_of("small12"))
        settings = CarpSettings(start="published", epsilon=1e-12, burn_in=0, ratio=1.5)
        first = carp(points, graph, settings=settings).solutions(np.array([1]))[0]
        second = carp(points, graph).solutions(np.array([1]))[0]

        assert np.linalg.norm(first - points) > 0.1
        assert points == pytest.approx(second, abs=1e-12)

    @pytest.mark.parametrize("norm", [1, 2])
    @pytest.mark.parametrize("share", [0.01, 0.1, 10.0])
    def test_nothing_happens_before_the_first_penalty(self, norm: int, share: float) -> None:
        """At the penalty of ``still`` the exact solution is as near to the points, and no two that differ are one."""
        rng = np.random.default_rng(norm)
        for n, p in ((8, 3), (12, 1), (9, 5)):
            points, graph = rng.normal(size=(n, p)), random_graph(n, rng, 0.4)
            points[1] = points[0]
            made = prepared(points, graph, norm=norm, rho=1.0)
            found = exact_solution(points, graph, made.still(share), gap=1e-13, norm=norm)  # type: ignore[arg-type]
            i, j = graph.edges.T
            differ = np.abs(points[i] - points[j]).max(axis=1) > 0

            assert np.linalg.norm(found.solution - points) <= share * np.linalg.norm(points - made.means) + 1e-6
            assert np.abs(found.solution[i] - found.solution[j]).max(axis=1)[differ].min() > 1e-6

    def test_first_penalty(self) -> None:
        """It is that of ``still`` at t - 1, or a small share of the largest where points nearly coincide."""
        points, graph = points_of("small25"), neighbour_graph(points_of("small25"))
        near = points.copy()
        near[1] = near[0] + 1e-12
        made, close = (prepared(x, graph, norm=2, rho=1.0) for x in (points, near))

        assert made.still(0.05) == carp(points, graph).penalties[1]
        assert 1e-6 * close.bounds.lower == carp(near, graph).penalties[1]

    def test_fewer_steps(self) -> None:
        """The first penalty is in proportion to the largest, and there is no burn-in: two thirds of the steps."""
        points, graph = points_of("small25"), neighbour_graph(points_of("small25"))

        assert 1.5 * carp(points, graph).steps < carp(points, graph, settings=published("t1.05")).steps

    def test_ends_at_the_means_above_the_largest_penalty(self) -> None:
        """The appended iterate is the means of the components, at a penalty where the exact solution is that too."""
        points, graph = two_components()
        path = carp(points, graph)
        means = np.concatenate([np.tile(points[:5].mean(axis=0), (5, 1)), np.tile(points[5:].mean(axis=0), (4, 1))])

        assert path.ended
        assert means == pytest.approx(path.solutions(np.array([-1]))[0])
        assert path.penalties[-1] >= largest_penalty(points, graph).lower


class TestInvariants:
    """What every iterate keeps."""

    path = carp(points_of("small25"), neighbour_graph(points_of("small25")), keep_solutions=True)

    def test_means(self) -> None:
        """Column means stay."""
        found = self.path.solutions().mean(axis=1)

        assert np.broadcast_to(self.path.points.mean(axis=0), found.shape) == pytest.approx(found, abs=1e-12)

    def test_kept_and_repeated_solutions_agree(self) -> None:
        """Solutions that are computed again are those that were kept, in any order, counted from either end."""
        again = carp(self.path.points, self.path.graph)
        asked = np.array([7, 0, -1, 7, 100, 3])

        assert np.array_equal(self.path.solutions(asked), again.solutions(asked))

    def test_rotation_and_translation(self) -> None:
        """For q = 2 the path turns and moves with the points."""
        turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
        moved = carp(self.path.points @ turn + 5.0, self.path.graph, keep_solutions=True)

        assert self.path.penalties == pytest.approx(moved.penalties)
        assert self.path.solutions() @ turn + 5.0 == pytest.approx(moved.solutions(), abs=1e-10)

    def test_scale(self) -> None:
        """X -> 3 X and gamma -> 3 gamma belong together."""
        larger = carp(3 * self.path.points, self.path.graph, keep_solutions=True)

        assert 3 * self.path.penalties == pytest.approx(larger.penalties)
        assert 3 * self.path.solutions() == pytest.approx(larger.solutions(), abs=1e-10)

    def test_order_of_points_and_edges(self) -> None:
        """Renaming the points renames the path."""
        order = np.random.default_rng(1).permutation(25)
        place = np.argsort(order)
        edges = np.sort(place[self.path.graph.edges], axis=1)
        graph = Graph(edges=edges[::-1], weights=self.path.graph.weights[::-1], n=25)
        other = carp(self.path.points[order], graph, keep_solutions=True)

        assert np.array_equal(self.path.fused, other.fused)
        assert self.path.solutions()[:, order] == pytest.approx(other.solutions(), abs=1e-10)

    def test_collinear_points_stay_on_their_line(self) -> None:
        """Rank one stays rank one."""
        points = np.outer(np.arange(8.0) ** 2, [1.0, -2.0])
        found = carp(points, neighbour_graph(points, phi=0.01), keep_solutions=True).solutions()

        assert -2 * found[:, :, 0] == pytest.approx(found[:, :, 1], abs=1e-9)

    def test_fejer(self) -> None:
        """At a frozen penalty |s - s*|^2 falls by 2 / rho |U - U_lam|^2 at least, each step (any graph)."""
        rng = np.random.default_rng(6)
        points, graph, rho = rng.normal(size=(7, 2)), random_graph(7, rng), 1.0
        D = np.zeros((len(graph.edges), 7))
        D[np.arange(len(D)), graph.edges[:, 0]], D[np.arange(len(D)), graph.edges[:, 1]] = 1, -1
        exact = exact_path(points, graph, np.array([0.3]), gap=1e-24, max_steps=20_000)[0]
        fixed = D @ exact.solution + exact.dual / rho
        inverse = np.linalg.inv(np.eye(7) + rho * D.T @ D)
        s = 3 * rng.normal(size=fixed.shape)
        for _ in range(30):
            size = np.linalg.norm(s, axis=1, keepdims=True)
            Z = np.minimum(1, 0.3 * graph.weights[:, None] / (rho * size)) * s
            u = inverse @ (points + rho * D.T @ (s - 2 * Z))
            new = D @ u + Z
            left = np.sum((new - fixed) ** 2) + 2 / rho * np.sum((u - exact.solution) ** 2)
            assert left <= np.sum((s - fixed) ** 2) * (1 + 1e-9) + 1e-9
            s = new


class TestDegenerate:
    """Every graph has an answer."""

    @pytest.mark.parametrize("engine", ["numba", "numpy"])
    @pytest.mark.parametrize("n", [1, 3])
    def test_no_edge(self, n: int, engine: str) -> None:
        """Without an edge the path is the points."""
        graph = Graph(edges=np.zeros((0, 2), dtype=np.int64), weights=np.zeros(0), n=n)
        path = carp(np.arange(float(n))[:, None], graph, engine=engine)  # type: ignore[arg-type]

        assert [0.0] == path.penalties.tolist()
        assert np.arange(float(n)) == pytest.approx(path.solutions()[0, :, 0])
        assert Outcome.OK == path.outcome

    def test_identical_points(self) -> None:
        """All is fused after one step."""
        path = carp(np.ones((5, 3)), neighbour_graph(np.ones((5, 3))))

        assert 1 == path.steps
        assert np.ones((5, 3)) == pytest.approx(path.solutions(np.array([1]))[0])

    @pytest.mark.parametrize("norm", [1, 2])
    def test_two_points_and_one_feature(self, norm: int) -> None:
        """They fuse, and meet in the middle."""
        path = carp(
            np.array([[0.0], [2.0]]), neighbour_graph(np.array([[0.0], [2.0]])), settings=CarpSettings(norm=norm)
        )  # type: ignore[arg-type]

        assert 1 == path.fused[-1]
        assert [1.0, 1.0] == pytest.approx(path.solutions(np.array([-1]))[0, :, 0].tolist())

    def test_constant_column_and_duplicates(self) -> None:
        """A constant column stays as it is; duplicates with equal weights stay together."""
        points = np.hstack([points_of("duplicates12"), np.full((12, 1), 4.0)])
        found = carp(points, neighbour_graph(points), keep_solutions=True).solutions()

        assert np.full(found.shape[:2], 4.0) == pytest.approx(found[:, :, 2])

    def test_cut_short(self) -> None:
        """A path cut by max_steps says so, and has no end appended."""
        points = points_of("small12")
        path = carp(points, neighbour_graph(points), settings=CarpSettings(max_steps=20))

        assert (Outcome.NOT_CONVERGED, False, 20) == (path.outcome, path.ended, path.steps)


def test_solution_at() -> None:
    """Between two stored iterates the solution is interpolated; beyond the last it is the last."""
    path = carp(points_of("small12"), neighbour_graph(points_of("small12")))
    middle = (path.penalties[50] + path.penalties[51]) / 2

    assert path.solutions(np.array([50, 51])).mean(axis=0) == pytest.approx(path.solution_at(middle))
    assert path.points == pytest.approx(path.solution_at(0.0))
    assert path.solutions(np.array([-1]))[0] == pytest.approx(path.solution_at(1e9))


def test_forest_error_bound() -> None:
    """On forests |U^(k+1) - U_mu| stays below the explicit bound of the repaired start (Theorem F)."""
    rng = np.random.default_rng(8)
    points, graph, rho, ratio = rng.normal(size=(8, 2)), random_tree(8, rng), 1.0, 1.1
    D = np.zeros((7, 8))
    D[np.arange(7), graph.edges[:, 0]], D[np.arange(7), graph.edges[:, 1]] = 1, -1
    sigma = np.linalg.eigvalsh(D @ D.T)
    c = 0.5 + np.abs(rho * sigma / (1 + rho * sigma) - 0.5).max()
    kappa = (rho * np.sqrt(sigma) / (1 + rho * sigma)).max()
    slope = (2 * c - 1) * np.linalg.norm(graph.weights) / (rho * (1 - c))
    path: ClusterPath = carp(points, graph, settings=CarpSettings(ratio=ratio, epsilon=1e-3), keep_solutions=True)
    exact = exact_path(points, graph, path.penalties[:-1], gap=1e-16)
    found = path.solutions()
    for k in range(1, len(exact) - 1):  # U^(k + 1) is made by the step at mu_(k + 1), from the dual of mu_k
        spread = c ** (k - 1) * (1 - c) + (ratio - 1) * ratio ** (k - 1)
        left = np.linalg.norm(found[k + 1] - exact[k].solution)
        assert left <= kappa * slope * 1e-3 * spread / (ratio - c) + 1e-7


class TestMisuse:
    """Bad input is told apart, with what to do."""

    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"ratio": 1.0}, "expected more than one"),
            ({"ratio": np.nan}, "expected more than one"),
            ({"rho": 0.0}, "expected a positive number"),
            ({"epsilon": -1.0}, "expected a positive number, or None"),
            ({"keep": 0}, "at least 1, 1 and 0"),
            ({"max_steps": 0}, "at least 1, 1 and 0"),
            ({"burn_in": -1}, "at least 1, 1 and 0"),
        ],
    )
    def test_settings(self, settings: dict[str, float], message: str) -> None:
        """Numbers out of their ranges."""
        with pytest.raises(SettingError, match=message):
            CarpSettings(**settings)  # type: ignore[arg-type]

    @pytest.mark.parametrize("settings", [{"norm": 3}, {"start": "warm"}])
    def test_names(self, settings: dict[str, object]) -> None:
        """A norm or a start that is not known."""
        with pytest.raises(UnknownNameError, match="expected"):
            CarpSettings(**settings)  # type: ignore[arg-type]

    def test_points(self) -> None:
        """Points that are not those of the graph, or not finite; an engine or an iterate that does not exist."""
        points, graph = points_of("small12"), neighbour_graph(points_of("small12"))
        with pytest.raises(ShapeError, match="got 11 points and a graph on 12"):
            carp(points[:11], graph)
        with pytest.raises(NotFiniteError, match="rows 0"):
            carp(np.full((12, 2), np.nan), graph)
        with pytest.raises(UnknownNameError, match="unknown engine"):
            carp(points, graph, engine="cuda")  # type: ignore[arg-type]
        with pytest.raises(SettingError, match="asked for the iterates"):
            carp(points, graph).solutions(np.array([10_000]))
        with pytest.raises(SettingError, match="penalty"):
            carp(points, graph).solution_at(np.nan)


def test_without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Numba is missing the plain steps are taken."""
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    path = carp(points_of("small12"), neighbour_graph(points_of("small12")))

    assert "lemmata.solvers.clustering._reference" == kernel("auto").__name__
    assert Outcome.OK == path.outcome


def test_import_stays_fast() -> None:
    """Importing the solvers loads neither Numba nor scikit-learn nor SciPy's sparse solvers."""
    code = (
        "import sys; import lemmata.solvers.clustering.path, lemmata.solvers.clustering.tree, "
        "lemmata.solvers.clustering.exact; print([m for m in ('numba', 'sklearn', 'scipy.sparse') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]" == done.stdout.strip()
