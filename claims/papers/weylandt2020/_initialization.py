"""The published start Z = V = D X: where its iterates go as eps -> 0, and how far from the exact path they stay."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import Case, Edge, Family, Instances, Measurement, Parameters, Picture, Procedure
from lemmata.claims.papers.weylandt2020._convergence import GROWS, NOT_TOO_FAST, all_fused_at, as_given, spread_of
from lemmata.claims.papers.weylandt2020._problems import (
    GRAPHS,
    positive,
    tables,
    tables_on,
    with_numbers,
)
from lemmata.solvers import Bounded, as_floats, frobenius_square, stack
from lemmata.solvers.clustering import (
    ClusteringBatch,
    admm_iterates,
    admm_primal,
    first_state,
    path_solutions,
    safe_root,
)

floor = sp.Symbol("h", real=True)
away, left_over, b = sp.symbols("|X| r b", nonnegative=True)
n, p = sp.symbols("n p", integer=True, positive=True)
E_next, E, B = sp.MatrixSymbol("E_{k+1}", n, p), sp.MatrixSymbol("E_k", n, p), sp.MatrixSymbol("B", n, n)
_LEVELS, _RATIO, _MOST = 80, 1.08, 300


def floors() -> Family:
    """Tables with eps and t."""
    base = tables_on(GRAPHS, name="random tables", more=(_TRIANGLE,))
    return with_numbers(base, (positive("eps > 0", "eps"), GROWS, NOT_TOO_FAST), eps=(1e-5, 0.1), t=(1.001, 1.2))


def _uneven(_: Parameters, drawn: Instances) -> Instances:
    """Two points close and one far, with weights that hold the far one back."""
    points = 0 * drawn["X"]
    points[:, :, 0] = np.array([0.0, 1.0, 4.0])
    return {**drawn, "X": points, "w": 0 * drawn["w"] + np.array([1.0, 0.125])}


_TRIANGLE = Edge(name="three points, uneven weights", parameters={"n": 3, "norm": 2}, adjust=_uneven)


def distance_to_path(batch: ClusteringBatch, u: Bounded) -> Bounded:
    """A lower bound of min over lam of |U - U_lam|_F, ``(batch,)``: zero or less says nothing.

    Between penalties a and 1.08 a the path moves by at most 0.08 |X - U_a|, below the first it stays within |X - U_a| of X,
    beyond the last, at which all is fused, it stands still.
    """
    levels = Bounded.exact(all_fused_at(batch))[:, None] / Bounded.exact(_RATIO ** np.arange(_LEVELS))
    path = path_solutions(batch, levels, most=_MOST)
    apart = safe_root(frobenius_square(path - u[:, None]))
    left = safe_root(frobenius_square(path - batch.points[:, None]))
    inner = apart - left * 2 / 25
    start = safe_root(frobenius_square(u - batch.points)) - left[:, -1]
    ends = np.column_stack([start.value - start.error, inner.value - inner.error])
    return Bounded.exact(ends.min(axis=1))


def _run_floor(parameters: Parameters, instances: Instances) -> Measurement:
    """Many exact solutions: in balls, too, those of float64 speak, with their proven bars."""
    known = {name: Bounded.exact(as_floats(value)) for name, value in instances.items()}
    batch = tables(parameters, known)
    u = admm_iterates(batch, known["eps"][:, None], [1], published=True)[:, 0]
    values = {floor: distance_to_path(batch, u), away: safe_root(spread_of(batch))}
    given = {symbol: as_given(value, instances["X"]) for symbol, value in values.items()}
    return Measurement.of(given, case="the first iterate", pictures=partial(_pictures, batch, u))


def _pictures(batch: ClusteringBatch, u: Bounded) -> list[Picture]:
    """Distance of the first iterate from the path, along the path."""
    shares = np.geomspace(1e-3, 1, 60)
    path = path_solutions(batch, Bounded.exact(all_fused_at(batch)[:, None] * shares))
    size = np.sqrt(as_floats(spread_of(batch)))[:1, None]
    apart, repaired = (np.sqrt(as_floats(frobenius_square(path - start[:, None])))[:1] for start in (u, batch.points))
    return [
        Picture(
            name="distance of U^(1) from the path, whatever t and eps (line: from Z = 0)",
            x_label="log10 of lam / Lam",
            y_label="|U^(1) - U_lam| / |X - means|",
            x=np.log10(shares).tolist(),
            measured=(apart / size)[0].tolist(),
            predicted=(repaired / size)[0].tolist(),
        )
    ]


first_iterate = Procedure(
    name="the first iterate of CARP from Z = V = D X, which is (I + rho L)^-1 X for every t and eps",
    measures={
        floor: "a lower bound of its distance from the exact path, so of the Hausdorff distance at every t and eps",
        away: "distance of the points from their component means",
    },
    run=_run_floor,
    rational=False,
)


def _limit_iterates(batch: ClusteringBatch, count: int, *, published: bool = True) -> list[Any]:
    """U^(1), ..., U^(count) at penalty zero, where V = D U + Z and Z = 0 after each step."""
    state = first_state(batch, published=published)
    v, z, found = state.v, state.z, []
    for _ in range(count):
        found.append(admm_primal(batch, v, z))
        v, z = batch.incidence @ found[-1] + z, z * 0
    return found


_LIMIT_STEPS, _BURN_INS = 4, tuple(range(2, 10))


def _run_limit(parameters: Parameters, instances: Instances, *, published: bool) -> Measurement:
    batch = tables(parameters, instances)
    found = _limit_iterates(batch, _LIMIT_STEPS, published=published)
    rest = (np.eye(batch.n, dtype=np.int64) - batch.inverse)[None, None]
    gaps = [found[0], *(one - batch.points for one in found[1:])]
    cases = []
    for k in range(1, _LIMIT_STEPS):
        values = {E_next: gaps[k][:, None], E: gaps[k - 1][:, None], B: rest}
        cases.append(Case(name=f"k = {k}", values=values))
    return Measurement(cases=tuple(cases))


def limit_iterates(*, published: bool = True, name: str = "Z = V = D X") -> Procedure:
    """The iterates in the limit eps -> 0."""
    return Procedure(
        name=f"CARP from {name} at penalty zero, the limit eps -> 0",
        measures={
            E_next: "U^(k+1) - X",
            E: "U^(k) - X for k > 1, and U^(1) for k = 1",
            B: "rho L (I + rho L)^-1",
        },
        run=partial(_run_limit, published=published),
    )


def _run_burn_in(parameters: Parameters, instances: Instances) -> Measurement:
    batch = tables(parameters, instances)
    found = _limit_iterates(batch, max(_BURN_INS))
    square = stack([frobenius_square(found[one - 1] - batch.points) for one in _BURN_INS], axis=1)
    unit = square * 0 + 1
    values = {left_over: square, away: spread_of(batch)[:, None], b: unit * np.array(_BURN_INS)}
    return Measurement.of(values, case="burn-in", pictures=partial(_burn_in_picture, square, batch))


def _burn_in_picture(square: Any, batch: ClusteringBatch) -> list[Picture]:
    steps = np.array(_BURN_INS)
    shares = np.sqrt(as_floats(square)[0] / max(float(as_floats(spread_of(batch))[0]), 1e-300))
    return [
        Picture(
            name="distance from X after b steps at a vanishing penalty, with its bound",
            x_label="b",
            y_label="|U^(b) - X| / |X - means|",
            x=steps.tolist(),
            measured=shares.tolist(),
            predicted=((1 - 1 / steps) ** (steps - 1) / steps).tolist(),
        )
    ]


burn_in = Procedure(
    name="CARP from Z = V = D X, b steps at penalty zero, the limit eps -> 0",
    measures={
        left_over: "squared distance |U^(b) - X|^2",
        away: "squared distance of the points from their component means",
        b: "number of steps, 2 to 9",
    },
    run=_run_burn_in,
)


def starts() -> Family:
    """Tables, and two points with rho = 1, for which three steps are the worst."""
    return tables_on(GRAPHS, name="random tables", data=True)
