"""Convex biclustering by CBASS: steps from any state towards a known solution, and runs with all edges fused."""

from __future__ import annotations

from fractions import Fraction
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
    choice,
    integers,
    matrix,
    quantity,
)
from lemmata.claims.papers.weylandt2020._convergence import rho
from lemmata.claims.papers.weylandt2020._problems import edges_of, number, positive
from lemmata.solvers import as_floats, frobenius_square, full, gate, stack, times_fraction, zeros
from lemmata.solvers.clustering import (
    BiclusterBatch,
    BiclusterState,
    bicluster_step,
    edge_lengths,
    laplacian_spectrum,
    project_rows,
)

table_before = quantity(
    r"|U - U_*|_{a I - \rho L}^2", "a |U - U*|^2 - rho |D(U - U*)|^2, over rows and columns", real=True
)
state_before = quantity("|(V, Z) - (V_*, Z_*)|^2", "|V - V*|^2 + |Z - Z*|^2, over rows and columns", real=True)
table_after = quantity(r"|U^+ - U_*|_{a I - \rho L}^2", "the first of them after the step", real=True)
state_after = quantity("|(V^+, Z^+) - (V_*, Z_*)|^2", "the second of them after the step", real=True)
moved = quantity("|U^+ - U_*|_F^2", "squared distance of the table from the solution after the step", real=True)
size = quantity("|U^{(k)}|_F^2", "squared length of an iterate", nonnegative=True)
away = quantity("|X|_F^2", "squared length of the points", nonnegative=True)
U_next, U = matrix(r"U^+(r e_r e_c^\top)", "n", "p"), matrix(r"r e_r e_c^\top", "n", "p")
_SHAPES = ("path", "star", "cycle", "complete")
_INSIDE = 1 - 2.0**-20
_RUN = 40


def _graphs(parameters: Parameters) -> tuple[np.ndarray, np.ndarray]:
    """Edges between rows and between columns."""
    rows = edges_of({"n": parameters["n"], "graph": parameters["rows"]})
    return rows, edges_of({"n": parameters["p"], "graph": parameters["columns"]})


def top_eigenvalue(parameters: Parameters) -> float:
    """Largest eigenvalue of the Laplacian of rows plus that of columns."""
    edges, counts = _graphs(parameters), (int(parameters["n"]), int(parameters["p"]))
    return float(sum(laplacian_spectrum(count, one)[-1] for count, one in zip(counts, edges, strict=True)))


def coded(parameters: Parameters) -> Fraction:
    """The proximal constant 2 dmax_r dmax_c of the package, which does not know rho."""
    most = [int(np.bincount(one.ravel()).max()) for one in _graphs(parameters)]
    return Fraction(2 * most[0] * most[1])


def stable(parameters: Parameters, share: Fraction = Fraction(1)) -> Fraction:
    """A share of rho (smax_r + smax_c), rounded upwards."""
    return share * Fraction(str(parameters["rho"])) * Fraction(top_eigenvalue(parameters) * (1 + 1e-12))


def _draw(parameters: Parameters, rng: np.random.Generator, size_: int) -> Instances:
    """A solution U with rows and columns in clusters, duals of fused edges in units, any state."""
    counts, edges = (int(parameters["n"]), int(parameters["p"])), _graphs(parameters)
    rows, columns = (rng.integers(0, count, size=(size_, count)) for count in counts)
    centres = rng.normal(size=(size_, *counts))
    u = np.take_along_axis(np.take_along_axis(centres, rows[:, :, None], axis=1), columns[:, None], axis=2)
    drawn: dict[str, np.ndarray] = {"U": u, "T": rng.normal(size=u.shape), "lam": 10 ** rng.uniform(-1, 1, size=size_)}
    for name, one, width in zip("rc", edges, counts[::-1], strict=True):
        raw = rng.normal(size=(size_, len(one), width))
        raw *= rng.uniform(0, 0.99, size=(size_, len(one), 1)) / np.linalg.norm(raw, axis=2, keepdims=True)
        drawn |= {f"Y{name}": raw, f"S{name}": rng.normal(size=raw.shape)}
        drawn[f"w{name}"] = 10 ** rng.uniform(-1, 1, size=(size_, len(one)))
    return drawn


def _feasible(parameters: Parameters, instances: Instances) -> Any:
    inside = np.ones(len(instances["U"]), dtype=bool)
    for raw in (instances["Yr"], instances["Yc"]):
        length = np.abs(raw).max(axis=2) if parameters["norm"] == 1 else np.linalg.norm(raw, axis=2)
        inside = inside & (length <= _INSIDE).all(axis=1)
    return inside


def _as_ranges(most: int, steps: tuple[str, ...], shapes: tuple[str, ...]) -> Any:
    return {
        "n": integers(2, most),
        "p": integers(2, most),
        "rows": choice(*shapes),
        "columns": choice(*shapes),
        "rho": choice(*steps),
        "norm": integers(1, 2),
    }


def solved_tables() -> Family:
    """Biclustering problems with a known solution, and any state."""
    return Family(
        name="biclustering problems with a known solution, rows and columns on paths, stars, cycles or complete graphs",
        parameters=_as_ranges(4, ("1", "1/2", "4", "30"), _SHAPES),
        draw=_draw,
        hypotheses=(
            positive("weights of rows are positive", "wr"),
            positive("weights of columns are positive", "wc"),
            positive("lam > 0", "lam"),
            Hypothesis(name="duals of fused edges are feasible", holds=_feasible),
        ),
        searchable=("U", "T", "S*"),
        edges=(
            Edge(name="a table of two by two"),
            Edge(name="two by four", parameters={"p": 4, "norm": 2}),
            Edge(name="four by four, complete", parameters={"n": 4, "p": 4, "rows": "complete", "columns": "complete"}),
            Edge(name="rho of thirty", parameters={"n": 3, "p": 3, "rho": "30", "norm": 2}),
        ),
    )


def _dual(apart: Any, raw: Any, limits: Any, norm: int) -> Any:
    """A subgradient of limits |.|_q at the rows of ``apart``; ``raw``, in units, where they vanish."""
    fused = as_floats(apart) == 0
    kept = (fused if norm == 1 else fused.all(axis=2, keepdims=True)).astype(np.int64)
    direction = gate(apart) * 2 - 1 if norm == 1 else apart / edge_lengths(apart + kept, 2)[..., None]
    return (raw * kept + direction * (1 - kept)) * limits[..., None]


def _run_step(parameters: Parameters, instances: Instances, *, proximal: Any) -> Measurement:
    u, norm, level = instances["U"], int(parameters["norm"]), instances["lam"]
    weights, step_size = (instances["wr"], instances["wc"]), Fraction(str(parameters["rho"]))
    empty = BiclusterBatch(
        points=u, weights=weights, edges=_graphs(parameters), rho=step_size, proximal=proximal(parameters), norm=norm
    )
    apart, limits = empty.differences(u), [level[:, None] * one for one in weights]
    y = [_dual(d, instances[name], limit, norm) for d, name, limit in zip(apart, ("Yr", "Yc"), limits, strict=True)]
    batch = BiclusterBatch(
        points=u + empty.spread(*y),
        weights=weights,
        edges=empty.edges,
        rho=step_size,
        proximal=empty.proximal,
        norm=norm,
    )
    z = [
        project_rows(instances[name], limit * step_size.denominator / step_size.numerator, norm)
        for name, limit in zip(("Sr", "Sc"), limits, strict=True)
    ]
    v = instances["Sr"] - z[0], instances["Sc"] - z[1]
    state = BiclusterState(u=u + instances["T"], v=v, z=(z[0], z[1]))
    target = BiclusterState(u=u, v=apart, z=tuple(one * step_size.denominator / step_size.numerator for one in y))
    after = bicluster_step(batch, state, level)
    values = {
        rho: number(step_size, u),
        table_before: _table_square(batch, state, target),
        state_before: _state_square(state, target),
        table_after: _table_square(batch, after, target),
        state_after: _state_square(after, target),
        moved: frobenius_square(after.u - u),
    }
    return Measurement.of(values, case="a step")


def _table_square(batch: BiclusterBatch, state: BiclusterState, target: BiclusterState) -> Any:
    """The square a |U - U*|^2 - rho |D(U - U*)|^2, ``(batch,)``; negative if a is too small."""
    gap = state.u - target.u
    bent = sum(frobenius_square(one) for one in batch.differences(gap))
    return times_fraction(frobenius_square(gap), batch.proximal) - times_fraction(bent, batch.rho)


def _state_square(state: BiclusterState, target: BiclusterState) -> Any:
    """|V - V*|^2 + |Z - Z*|^2, over rows and columns, ``(batch,)``."""
    pairs = zip((*state.v, *state.z), (*target.v, *target.z), strict=True)
    return sum(frobenius_square(one - other) for one, other in pairs)


def table_step(proximal: Any = stable, constant: str = "rho (smax_r + smax_c)") -> Procedure:
    """One step of CBASS from any state.

    Args:
        proximal: from the parameters to the proximal constant a.
        constant: how a is written.
    """
    return Procedure(
        name=f"one step of CBASS from any U and any s = V + Z, proximal constant {constant}",
        measures=(rho, table_before, state_before, table_after, state_after, moved),
        run=partial(_run_step, proximal=proximal),
    )


def fused_tables(steps: tuple[str, ...] = ("1", "10", "30")) -> Family:
    """Tables X with weights so large that every edge is fused."""
    base = solved_tables()
    return Family(
        name="tables at a penalty at which every edge is fused",
        parameters=_as_ranges(4, steps, _SHAPES[:2]) | {"norm": integers(1, 1)},
        draw=lambda given, rng, size_: {"X": rng.normal(size=(size_, int(given["n"]), int(given["p"])))},
        searchable=("X",),
        edges=(
            base.edges[0],
            Edge(name="two by four", parameters={"p": 4}),
            Edge(name="large rho", parameters={"rho": "30"}),
        ),
    )


def _fused(parameters: Parameters, points: Any, proximal: Fraction) -> BiclusterBatch:
    edges = _graphs(parameters)
    weights = tuple(full(zeros(points, (points.shape[0], len(one))), 1) for one in edges)
    return BiclusterBatch(
        points=points,
        weights=(weights[0], weights[1]),
        edges=edges,
        rho=Fraction(str(parameters["rho"])),
        proximal=proximal,
        norm=1,
    )


def _run_fused(parameters: Parameters, instances: Instances, *, proximal: Any) -> Measurement:
    points = instances["X"]
    batch = _fused(parameters, points, proximal(parameters))
    apart = batch.differences(points)
    state = BiclusterState(u=points, v=apart, z=(full(apart[0], 0), full(apart[1], 0)))
    level, squares = number(2.0**200, points), []
    for _ in range(_RUN):
        state = bicluster_step(batch, state, level)
        squares.append(frobenius_square(state.u))
    values = {size: stack(squares, axis=1), away: frobenius_square(points)}
    return Measurement.of(values, case="the run")


def fused_run(proximal: Any = coded, constant: str = "2 dmax_r dmax_c") -> Procedure:
    """Forty steps with every edge fused; ``constant`` is how the proximal constant is written."""
    return Procedure(
        name=f"forty steps of CBASS from U = X, V = D X, Z = 0 at a large penalty, proximal constant {constant}",
        measures=(size, away),
        run=partial(_run_fused, proximal=proximal),
    )


def alternating_tables() -> Family:
    """The table e_r e_c' of top eigenvectors of stars, complete graphs or pairs, of any size."""
    return Family(
        name="multiples of e_r e_c', e the top eigenvectors of stars and complete graphs",
        parameters=_as_ranges(5, ("1", "2", "10"), ("complete", "star")) | {"norm": integers(1, 1)},
        draw=lambda _, rng, size_: {"r": rng.normal(size=size_)},
        hypotheses=(Hypothesis(name="not zero", holds=lambda _, one: np.abs(one["r"]) > 1e-6),),  # noqa: PLR2004
        edges=(Edge(name="a table of two by two"), Edge(name="stars", parameters={"n": 5, "p": 3, "rows": "star"})),
    )


def _top_vector(count: int, shape: str) -> np.ndarray:
    """An eigenvector of the Laplacian with eigenvalue n."""
    vector = np.zeros(count, dtype=np.int64)
    if shape == "star":
        vector[:] = -1
        vector[0] = count - 1
    else:
        vector[:2] = 1, -1
    return vector


def threshold(parameters: Parameters, shift: Fraction = Fraction(0)) -> Fraction:
    """(3 rho (n + p) - 2)/4, the sum of the largest eigenvalues being n + p; plus a shift."""
    top = int(parameters["n"]) + int(parameters["p"])
    return (3 * Fraction(str(parameters["rho"])) * top - 2) / 4 + shift


def _run_alternating(parameters: Parameters, instances: Instances, *, proximal: Any) -> Measurement:
    table = np.outer(
        *(_top_vector(int(parameters[k]), str(parameters[g])) for k, g in (("n", "rows"), ("p", "columns")))
    )
    u = instances["r"][:, None, None] * table
    batch = _fused(parameters, full(u, 0), proximal(parameters))
    apart = batch.differences(u)
    state = BiclusterState(u=u, v=(full(apart[0], 0), full(apart[1], 0)), z=(apart[0] / 2, apart[1] / 2))
    after = bicluster_step(batch, state, number(2.0**200, u))
    return Measurement.of({U_next: after.u, U: u}, case="a step")


def alternating(proximal: Any = threshold, constant: str = "(3 rho (smax_r + smax_c) - 2)/4") -> Procedure:
    """One step from U = r e_r e_c', Z = D U/2, X = 0, every edge fused; ``constant`` is how a is written."""
    return Procedure(
        name=f"one step of CBASS for X = 0 from U = r e_r e_c', V = 0, Z = D U/2, proximal constant {constant}",
        measures={U_next: "the table after the step", U: "the table before it"},
        run=partial(_run_alternating, proximal=proximal),
    )
