"""Problems of convex clustering whose solution is known: U and a dual Y are drawn, and X = U + D'Y follows."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    quantity,
)
from lemmata.claims.papers.weylandt2020._convergence import high, low, rho
from lemmata.claims.papers.weylandt2020._problems import (
    GRAPHS,
    REAL,
    STEPS,
    WEIGHTS,
    batch_of,
    dense_incidence,
    edges_of,
    number,
    positive,
    ranges,
    real_data,
    real_table,
)
from lemmata.solvers import as_floats, frobenius_square, gate
from lemmata.solvers.clustering import (
    ClusteringBatch,
    Splitting,
    admm_primal,
    admm_step,
    duality_gap,
    edge_lengths,
    exact_path,
    first_state,
    laplacian_spectrum,
    neighbour_graph,
    project_rows,
)

before = quantity(
    "|s - s_*|^2", "squared distance of the state from the fixed point s_* = D U_lam + Y/rho", nonnegative=True
)
after = quantity("|s^+ - s_*|^2", "the same after the step", nonnegative=True)
near = quantity(
    r"|U - U_{\lambda}|_F^2", "squared distance of U from the solution, U = X before a first step", nonnegative=True
)
moved = quantity(r"|U^+ - U_{\lambda}|_F^2", "the same after the step", nonnegative=True)
gap = quantity(r"\operatorname{gap}(U, Y)", "|U - X + D'Y|^2/2 + sum_l (lam w_l |(D U)_l| - <Y_l, (D U)_l>)", real=True)
_INSIDE = 1 - 2.0**-20


@dataclass(frozen=True, kw_only=True)
class Solved:
    """A problem with its solution: Y_l lies in lam w_l times the subdifferential of |.|_q at (D U)_l, X = U + D'Y.

    Attributes:
        batch: the tables X.
        u, y: the solution and a dual one, ``(batch, n, p)`` and ``(batch, E, p)``.
        level: the penalty lam, ``(batch,)``.
    """

    batch: ClusteringBatch
    u: Any
    y: Any
    level: Any

    @property
    def s(self) -> Any:
        """The fixed point D U + Y / rho of the step."""
        step = self.batch.rho
        return self.batch.incidence @ self.u + self.y * step.denominator / step.numerator


def solved(parameters: Parameters, instances: Instances) -> Solved:
    """The problem with solution ``U`` and, on edges that it fuses, the dual ``Y`` in units of lam w_l."""
    u, raw = instances["U"], instances["Y"]
    apart = dense_incidence(parameters) @ u
    fused = (as_floats(apart) == 0) if parameters["norm"] == 1 else (as_floats(apart) == 0).all(axis=2, keepdims=True)
    kept = fused.astype(np.int64)
    signs = parameters["norm"] == 1
    direction = gate(apart) * 2 - 1 if signs else apart / edge_lengths(apart + kept, 2)[..., None]
    limits = instances["lam"][:, None] * instances["w"]
    y = (raw * kept + direction * (1 - kept)) * limits[..., None]
    points = u + dense_incidence(parameters).T @ y
    return Solved(batch=batch_of(parameters, points, instances["w"]), u=u, y=y, level=instances["lam"])


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    """Points in clusters, duals of the fused edges in the ball, a state S."""
    if parameters["graph"] in REAL:
        u, y, weights, level = real_solution(str(parameters["graph"]))
        solution = {"U": u, "Y": y, "w": weights, "lam": level}
        drawn = {name: np.stack([np.asarray(value)] * size) for name, value in solution.items()}
        return {**drawn, "S": rng.normal(size=drawn["Y"].shape)}
    n, p, edges = int(parameters["n"]), int(parameters["p"]), len(edges_of(parameters))
    clusters = rng.integers(0, n, size=(size, n))
    centres = rng.normal(size=(size, n, p))
    raw = rng.normal(size=(size, edges, p))
    raw *= rng.uniform(0, 0.99, size=(size, edges, 1)) / np.linalg.norm(raw, axis=2, keepdims=True)
    return {
        "U": np.take_along_axis(centres, clusters[:, :, None], axis=1),
        "Y": raw,
        "w": 10 ** rng.uniform(-1, 1, size=(size, edges)),
        "lam": 10 ** rng.uniform(-1, 1, size=size),
        "S": rng.normal(size=(size, edges, p)) * 10 ** rng.uniform(-1, 1, size=(size, 1, 1)),
    }


@cache
def real_solution(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """U, duals in units of lam w, weights and lam of a real table, halfway down its path.

    The solver is accurate to 1e-6; what it returns is taken for exact, so that the table is moved by as much.
    """
    points, edges, weights = real_table(name)
    graph = neighbour_graph(points, connect=True)
    D = dense_incidence({"n": len(points), "graph": name})
    top = (np.linalg.norm(D @ np.linalg.pinv(D.T @ D) @ points, axis=1) / weights).max()
    scale = float((graph.weights / weights)[0])
    half_way = exact_path(points, graph, np.array([top / 16 / scale]), gap=1e-12)[0]
    graphs, sparse = importlib.import_module("scipy.sparse.csgraph"), importlib.import_module("scipy.sparse")
    joined = edges[np.linalg.norm(D @ half_way.solution, axis=1) < 1e-6]  # noqa: PLR2004 - fused, up to the solver's accuracy
    adjacency = sparse.csr_array((np.ones(len(joined)), (joined[:, 0], joined[:, 1])), shape=(len(points),) * 2)
    _, first, labels = np.unique(
        graphs.connected_components(adjacency, directed=False)[1], return_index=True, return_inverse=True
    )
    raw = half_way.dual / (top / 16 * weights)[:, None]
    raw *= np.minimum(1, (1 - 2.0**-19) / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-300))
    return half_way.solution[first[labels]], raw, weights, top / 16


def _feasible(parameters: Parameters, instances: Instances) -> Any:
    raw = instances["Y"]
    size = np.abs(raw) if parameters["norm"] == 1 else np.linalg.norm(raw, axis=2)
    return (size.reshape(len(raw), -1) <= _INSIDE).all(axis=1)


def _outwards(_: Parameters, drawn: Instances) -> Instances:
    """Clusters ten apart, and the state three times as far."""
    points = drawn["U"].shape[1]
    u = 0 * drawn["U"]
    u[:, :, 0] = 10.0 * np.arange(points)
    return {
        **drawn,
        "U": u,
        "S": drawn["S"] * 0 - 30.0,
        "w": np.ones_like(drawn["w"]),
        "lam": np.ones_like(drawn["lam"]),
    }


def _all_fused(_: Parameters, drawn: Instances) -> Instances:
    """All points in one place, duals small, and a state near them."""
    return {**drawn, "U": 0 * drawn["U"], "Y": drawn["Y"] / 4, "S": drawn["S"] / 64, "w": np.ones_like(drawn["w"])}


def _turning(parameters: Parameters, drawn: Instances) -> Instances:
    """A triangle all fused, and a state that is a circulation."""
    drawn = dict(_all_fused(parameters, drawn))
    around = np.array([1.0, -1.0, 1.0])[:, None]  # edges 01, 02, 12
    return {**drawn, "Y": 0 * drawn["Y"], "S": 0 * drawn["S"] + around / 64, "lam": np.ones_like(drawn["lam"])}


def solved_problems(
    graphs: tuple[str, ...] = GRAPHS,
    *,
    norm: tuple[int, int] = (1, 2),
    steps: tuple[str, ...] = STEPS,
    data: bool = False,
) -> Family:
    """Problems with a known solution, and a state of ADMM."""
    last: dict[str, Any] = {"n": 4, "p": 2, "graph": graphs[-1], "norm": norm[1]}
    return Family(
        name=f"problems with a known solution on graphs: {', '.join(graphs)}; any state of ADMM",
        parameters=ranges(graphs, norm=norm, steps=steps),
        draw=_draw,
        hypotheses=(
            WEIGHTS,
            positive("lam > 0", "lam"),
            Hypothesis(name="duals of fused edges are feasible", holds=_feasible),
        ),
        searchable=("U", "Y", "w", "lam", "S"),
        edges=(
            Edge(name="two points, far apart", adjust=_outwards),
            Edge(name="two points"),
            Edge(name="all fused", parameters=last, adjust=_all_fused),
            Edge(name="clusters far apart", parameters=last, adjust=_outwards),
            Edge(name="a larger table", parameters={**last, "n": 6, "p": 3}),
            *[
                Edge(name="a circulation", parameters={"n": 3, "graph": "cycle"}, adjust=_turning)
                for graph in graphs
                if graph == "cycle"
            ],
        ),
        data=real_data() if data else (),
    )


def state_of(problem: Solved, s: Any, *, blind: bool = False) -> Splitting:
    """The state with V + Z = s, Z the projection at the problem's penalty; ``blind`` forgets to divide it by rho."""
    step = problem.batch.rho
    limits = problem.level[:, None] * problem.batch.weights
    z = project_rows(s, limits if blind else limits * step.denominator / step.numerator, problem.batch.norm)
    return Splitting(u=problem.u, v=s - z, z=z)


def _run_step(parameters: Parameters, instances: Instances, *, blind: bool) -> Measurement:
    problem = solved(parameters, instances)
    state = state_of(problem, instances["S"], blind=blind)
    stepped = admm_step(problem.batch, state, problem.level)
    values = {
        before: frobenius_square(state.s - problem.s),
        after: frobenius_square(stepped.s - problem.s),
        moved: frobenius_square(stepped.u - problem.u),
        **_graph_numbers(parameters, problem.u),
    }
    return Measurement.of(values, case="a step")


_SPECTRAL = 1e-12
"""By how much the extreme eigenvalues are moved apart, relative: so the contraction is rounded upwards."""


def _graph_numbers(parameters: Parameters, like: Any) -> dict[Any, Any]:
    """Extreme eigenvalues of L that are not zero, moved apart, and rho, ``(batch,)`` each."""
    values = laplacian_spectrum(int(parameters["n"]), edges_of(parameters))
    return {
        low: number(values[0] * (1 - _SPECTRAL), like),
        high: number(values[-1] * (1 + _SPECTRAL), like),
        rho: number(sp.Rational(str(parameters["rho"])), like),
    }


def one_step(*, blind: bool = False, variant: str = "") -> Procedure:
    """One step of ADMM at the problem's penalty from any state.

    Args:
        blind: whether the step shrinks by lam w instead of lam w / rho.
        variant: says what differs.
    """
    return Procedure(
        name="one step of ADMM at lam from any state s = V + Z" + (variant and f", {variant}"),
        measures=(before, after, moved, low, high, rho),
        run=partial(_run_step, blind=blind),
    )


def _run_from_points(parameters: Parameters, instances: Instances, *, published: bool) -> Measurement:
    problem = solved(parameters, instances)
    state = first_state(problem.batch, published=published)
    u = admm_primal(problem.batch, state.v, state.z)
    values = {
        near: frobenius_square(problem.batch.points - problem.u),
        moved: frobenius_square(u - problem.u),
        **_graph_numbers(parameters, problem.u),
    }
    return Measurement.of(values, case="the first step")


def first_step(*, published: bool = False) -> Procedure:
    """The first step, from U = X and V = D X, with the published Z = V or with Z = 0."""
    return Procedure(
        name=f"the first step of ADMM from U = X, V = D X, {'Z = V' if published else 'Z = 0'}",
        measures=(near, moved, low, high, rho),
        run=partial(_run_from_points, published=published),
    )


def _run_gap(parameters: Parameters, instances: Instances, *, feasible: bool, slack: bool) -> Measurement:
    problem = solved(parameters, instances)
    limits = problem.level[:, None] * problem.batch.weights
    raw = problem.y + instances["S"]
    y = project_rows(raw, limits, problem.batch.norm) if feasible else problem.y * 2
    u = problem.u + instances["T"]
    rest = u - problem.batch.points + problem.batch.incidence.T @ y
    values = {
        near: frobenius_square(u - problem.u),
        gap: duality_gap(problem.batch, u, y, problem.level) if slack else frobenius_square(rest) / 2,
    }
    return Measurement.of(values, case="any U and Y")


def certificate(*, feasible: bool = True, slack: bool = True, variant: str = "") -> Procedure:
    """The duality gap of any U and any feasible Y.

    Args:
        feasible: whether the dual is in the ball, not twice the optimal one.
        slack: whether complementarity has its share of the gap.
        variant: says what differs.
    """
    return Procedure(
        name="the duality gap of any U and any feasible Y" + (variant and f", {variant}"),
        measures=(near, gap),
        run=partial(_run_gap, feasible=feasible, slack=slack),
    )


def shifted_problems(*, data: bool = True) -> Family:
    """Solved problems with a point U + T and a dual Y + S."""
    family = solved_problems(data=data)

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = dict(family.draw(parameters, rng, size))
        scale = 10 ** rng.uniform(-3, 0, size=(size, 1, 1))
        return {**drawn, "T": scale * rng.normal(size=drawn["U"].shape), "S": scale * drawn["S"]}

    def along(parameters: Parameters, drawn: Instances) -> Instances:
        """Two far points moved towards each other, with the optimal dual: the gap is the distance."""
        drawn = _outwards(parameters, drawn)
        shift = 0 * drawn["U"]
        shift[:, 0, 0], shift[:, -1, 0] = 1.0, -1.0
        return {**drawn, "T": shift, "S": 0 * drawn["S"]}

    attained = Edge(name="two points, moved along the line between them", adjust=along)
    return replace(family, draw=draw, searchable=(*family.searchable, "T"), edges=(attained, *family.edges))
