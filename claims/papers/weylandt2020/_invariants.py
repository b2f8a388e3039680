"""What the steps of ADMM keep: component means, and the symmetries of the problem; and which duals they cannot tell apart."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    integers,
    matrix,
)
from lemmata.claims.papers.weylandt2020._convergence import GROWS, NOT_TOO_FAST, penalties
from lemmata.claims.papers.weylandt2020._known_solutions import solved, solved_problems, state_of
from lemmata.claims.papers.weylandt2020._problems import (
    GRAPHS,
    edges_of,
    positive,
    tables,
    tables_on,
    with_numbers,
)
from lemmata.solvers import stack
from lemmata.solvers.clustering import (
    ClusteringBatch,
    admm_primal,
    admm_step,
    component_means,
    first_state,
    row_squares,
)

_STEP = r"(I + \rho L)^{-1} (X + \rho D^\top (V - Z))"
U_next, X = matrix(_STEP, "n", "p"), matrix("X", "n", "p")
U_mean, X_mean = (
    matrix(rf"\operatorname{{mean}}_C\left({_STEP}\right)", "n", "p"),
    matrix(r"\operatorname{mean}_C(X)", "n", "p"),
)
degree_mean = matrix(r"\operatorname{mean}_C(d U)", "n", "p")
mapped, of_mapped = matrix("g(U^{(k)}(X))", "n", "p"), matrix("U^{(k)}(g(X))", "n", "p")
S_next, S = matrix(r"T_{\lambda}((Y + C) / \rho)", "m", "p"), matrix(r"(Y + C) / \rho", "m", "p")
first_dual, second_dual = matrix("Y", "m", "p"), matrix("Y + C", "m", "p")
_SHOWN = 4


def states() -> Family:
    """Tables with any V and Z; moved by one, since a real table is centred and means of nothing but rounding say nothing."""
    base = tables_on(GRAPHS, name="random tables with any V and Z", data=True)

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = base.draw(parameters, rng, size)
        shape = (size, len(edges_of(parameters)), drawn["X"].shape[2])
        return {**drawn, "X": drawn["X"] + 1, "V": rng.normal(size=shape), "Z": rng.normal(size=shape)}

    return replace(base, draw=draw)


def _run_means(parameters: Parameters, instances: Instances, *, unsigned: bool) -> Measurement:
    batch = tables(parameters, instances)
    v, z, edges = instances["V"], instances["Z"], batch.edges
    u = admm_primal(batch, v, z)
    if unsigned:
        push = np.abs(batch.incidence).T @ (v - z) * batch.rho.numerator / batch.rho.denominator
        u = batch.inverse @ (batch.points + push)
    weight = np.bincount(edges.ravel(), minlength=batch.n)
    values = {
        U_mean: component_means(u, edges),
        X_mean: component_means(batch.points, edges),
        degree_mean: component_means(u * weight[:, None], edges) / 2,
        U_next: u,
        X: batch.points,
    }
    return Measurement.of(values, case="a step")


def any_step(*, unsigned: bool = False) -> Procedure:
    """U of one step, from any V and Z; ``unsigned`` forgets the signs of D."""
    return Procedure(
        name="U = (I + rho L)^-1 (X + rho D'(V - Z)) for any V and Z" + ", D without its signs" * unsigned,
        measures={
            U_mean: "means of U over components C, a row for each point",
            X_mean: "means of X over components",
            degree_mean: "means of U over components, weighted by half the degrees d",
            U_next: "U after the step",
            X: "points",
        },
        run=partial(_run_means, unsigned=unsigned),
    )


def moved_tables(norm: tuple[int, int] = (2, 2)) -> Family:
    """Tables with a mirror a, a shift, a positive scale z, eps and t; and a rotation of the points' names."""
    base = tables_on(GRAPHS, name="random tables", norm=norm)
    base = replace(base, parameters={**base.parameters, "turn": integers(0, 5)})

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = base.draw(parameters, rng, size)
        columns = drawn["X"].shape[2]
        return {**drawn, "a": rng.normal(size=(size, columns)), "shift": rng.normal(size=(size, columns))}

    def has_mirror(_: Parameters, instances: Instances) -> Any:
        return np.linalg.norm(instances["a"], axis=1) > 1e-3  # noqa: PLR2004

    family = replace(
        base,
        draw=draw,
        hypotheses=(*base.hypotheses, Hypothesis(name="the mirror is a plane", holds=has_mirror)),
        edges=(
            *(replace(edge, parameters={**edge.parameters, "turn": 1}) for edge in base.edges),
            Edge(name="only moved", parameters={"n": 4, "p": 2, "graph": "cycle", "norm": norm[1]}),
        ),
    )
    numbers = {"eps": (0.03, 1.0), "t": (1.1, 2.0), "z": (0.25, 4.0)}
    return with_numbers(family, (positive("eps > 0", "eps"), positive("z > 0", "z"), GROWS, NOT_TOO_FAST), **numbers)


def _mapped(instances: Instances, rows: Any, order: np.ndarray) -> Any:
    """Z (P rows H + shift), H the reflection at the plane orthogonal to a; rows ``(batch, n, p)``."""
    a = instances["a"]
    along = (rows * a[:, None]).sum(axis=-1) * 2 / row_squares(a)[:, None]
    turned = (rows - along[..., None] * a[:, None])[:, order]
    return (turned + instances["shift"][:, None]) * instances["z"][:, None, None]


def _iterates(batch: ClusteringBatch, levels: Any) -> Any:
    """U^(1), ..., U^(4) step by step, ``(batch, 4, n, p)``."""
    state, iterates = first_state(batch), []
    for k in range(_SHOWN):
        state = admm_step(batch, state, levels[:, k])
        iterates.append(state.u)
    return stack(iterates, axis=1)


def _run_moved(
    parameters: Parameters, instances: Instances, *, scaled: bool, carried: bool, same_rho: bool
) -> Measurement:
    batch = tables(parameters, instances)
    turn = int(parameters["turn"])
    order = (np.arange(batch.n) + turn) % batch.n
    place = np.argsort(order)
    edges, levels = np.sort(place[batch.edges], axis=1), penalties(instances, _SHOWN)
    weights = batch.weights if carried else batch.weights[:, ::-1]
    moved = ClusteringBatch(
        points=_mapped(instances, batch.points, order),
        weights=weights,
        edges=edges,
        rho=batch.rho if same_rho else 2 * batch.rho,
        norm=batch.norm,
    )
    iterates = _iterates(batch, levels)
    values = {
        mapped: stack([_mapped(instances, iterates[:, k], order) for k in range(_SHOWN)], axis=1),
        of_mapped: _iterates(moved, levels * instances["z"][:, None] if scaled else levels),
    }
    return Measurement.of(values, case="the run")


def moved_run(*, scaled: bool = True, carried: bool = True, same_rho: bool = True, variant: str = "") -> Procedure:
    """The run on the moved table, and the moved run.

    Args:
        scaled: whether penalties are scaled like the points.
        carried: whether each weight stays with its pair of points.
        same_rho: whether both runs have one rho.
        variant: says what differs.
    """
    return Procedure(
        name="the first four iterates of CARP on X and on g(X) = z (P X H + shift)" + (variant and f", {variant}"),
        measures={
            mapped: "iterates on X, moved by g: the points renamed, reflected, shifted and scaled by z",
            of_mapped: "iterates on g(X), with penalties z times as large and the weights carried along",
        },
        run=partial(_run_moved, scaled=scaled, carried=carried, same_rho=same_rho),
        rational=False,
    )


_CYCLES = ("cycle", "complete", "triangle with a tail")


def _around(parameters: Parameters) -> np.ndarray:
    """A circulation of units around a cycle of the graph, ``(E,)``: D' takes it to zero."""
    edges, count = edges_of(parameters), int(parameters["n"])
    length = count if parameters["graph"] == "cycle" else 3
    step = {(i, i + 1): 1 for i in range(length - 1)} | {(0, length - 1): -1}
    return np.array([step.get((int(i), int(j)), 0) for i, j in edges], dtype=np.int64)


def two_duals() -> Family:
    """Problems on graphs with a cycle, all fused, with a circulation T that keeps the dual feasible."""
    base = solved_problems(_CYCLES)

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = dict(base.draw(parameters, rng, size))
        width = drawn["U"].shape[2]
        room = 0.009 / np.sqrt(width) * rng.uniform(0.2, 1.0, size=(size, 1))
        fused = {**drawn, "U": 0 * drawn["U"] + drawn["U"][:, :1], "lam": np.ones(size), "w": 1 + 0 * drawn["w"]}
        return {**fused, "T": room * rng.choice([-1.0, 1.0], size=(size, width))}

    def feasible(parameters: Parameters, instances: Instances) -> Any:
        limits = instances["lam"][:, None] * instances["w"]
        y = instances["Y"] * limits[..., None] + instances["T"][:, None] * _around(parameters)[:, None]
        size = np.abs(y).max(axis=2) if parameters["norm"] == 1 else np.linalg.norm(y, axis=2)
        return (size <= (1 - 1e-9) * limits).all(axis=1)

    at_least_three = {"n": integers(3, 6)}
    return replace(
        base,
        name="problems on graphs with a cycle, all fused, and a circulation",
        parameters={**base.parameters, **at_least_three},
        draw=draw,
        hypotheses=(
            *base.hypotheses,
            Hypothesis(name="all fused", holds=lambda _, one: np.ptp(one["U"], axis=1).max(axis=1) == 0),
            Hypothesis(name="the second dual is feasible", holds=feasible),
        ),
        searchable=(),
        edges=(
            Edge(name="a triangle"),
            Edge(name="a triangle, wound far", adjust=_wound),
            Edge(name="q = 2, complete", parameters={"n": 4, "p": 2, "graph": "complete", "norm": 2}),
        ),
    )


def _wound(_: Parameters, drawn: Instances) -> Instances:
    """A circulation as long as the ball, around a dual of zero."""
    return {**drawn, "Y": 0 * drawn["Y"], "T": 0 * drawn["T"] + 0.75}


def _run_duals(parameters: Parameters, instances: Instances, *, around: bool, far: int) -> Measurement:
    problem = solved(parameters, instances)
    step = problem.batch.rho
    pattern = _around(parameters) if around else np.eye(1, len(problem.batch.edges), dtype=np.int64)[0]
    y = problem.y + instances["T"][:, None] * (far * pattern)[:, None]
    state = state_of(problem, y * step.denominator / step.numerator)
    after = admm_step(problem.batch, state, problem.level)
    values = {S_next: after.z + after.v, S: state.s, first_dual: problem.y, second_dual: y}
    return Measurement.of(values, case="the second dual")


def stationary(*, around: bool = True, far: int = 1, variant: str = "") -> Procedure:
    """One step from a dual that differs by a circulation.

    Args:
        around: whether the change runs around a cycle, not along one edge.
        far: how many times it is taken.
        variant: says what differs.
    """
    return Procedure(
        name="one step of ADMM from U_lam and a dual Y_2 = Y_1 + a circulation around a cycle"
        + (variant and f", {variant}"),
        measures={
            S_next: "s = V + Z after a step at the penalty at which all is fused",
            S: "s before it, Y a dual solution and C a circulation",
            first_dual: "a dual solution",
            second_dual: "another one",
        },
        run=partial(_run_duals, around=around, far=far),
    )
