"""The published initialization Z = V = D X: where its iterates go as eps -> 0, and how far from the exact path they stay."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from lemmata.claims import (
    Case,
    Edge,
    Family,
    Instances,
    Measurement,
    Parameters,
    Picture,
    Procedure,
    matrix,
    quantity,
)
from lemmata.claims.papers.weylandt2020._convergence import (
    GROWS,
    NOT_TOO_FAST,
    all_fused_at,
    as_given,
    spread,
    spread_of,
)
from lemmata.claims.papers.weylandt2020._problems import (
    GRAPHS,
    positive,
    tables,
    tables_on,
    with_numbers,
)
from lemmata.solvers import Bounded, as_floats, frobenius_square, full, stack
from lemmata.solvers.clustering import (
    ClusteringBatch,
    admm_iterates,
    admm_primal,
    first_state,
    path_solutions,
    safe_root,
)

floor = quantity(
    r"\min_{\lambda} |U^{(1)} - U_{\lambda}|_F",
    "a lower bound of the first iterate's distance from the exact path, so of the Hausdorff distance at every t and eps",
    real=True,
)
away = quantity(r"|X - \bar{X}|_F", "distance of the points from their component means", nonnegative=True)
left_over = quantity("|U^{(b)} - X|_F^2", "squared distance of an iterate from the points", nonnegative=True)
b = quantity("b", "number of steps, 2 to 9", integer=True, positive=True)
U_next, U = matrix("U^{(k+1)}", "n", "p"), matrix("U^{(k)}", "n", "p")
X, X_later = matrix("X", "n", "p"), matrix(r"\mathbf{1}_{k > 1} X", "n", "p")
B = matrix(r"\rho L (I + \rho L)^{-1}", "n", "n")
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
    near = safe_root(frobenius_square(u - batch.points)) - left[:, -1]
    ends = np.column_stack([near.value - near.error, inner.value - inner.error])
    return Bounded.exact(ends.min(axis=1))


def _run_floor(parameters: Parameters, instances: Instances) -> Measurement:
    """Many exact solutions: in balls, too, those of float64 speak, with their proven error bounds."""
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
    apart, repaired = (np.sqrt(as_floats(frobenius_square(path - first[:, None])))[:1] for first in (u, batch.points))
    return [
        Picture(
            name="distance of U^(1) from the path, whatever t and eps (line: from Z = 0)",
            x_label="log10 of lam/Lam",
            y_label="|U^(1) - U_lam|_F over the spread of X",
            x=np.log10(shares).tolist(),
            measured=(apart / size)[0].tolist(),
            predicted=(repaired / size)[0].tolist(),
        )
    ]


first_iterate = Procedure(
    name="the first iterate of CARP from Z = V = D X, which is (I + rho L)^-1 X for every t and eps",
    measures=(floor, away),
    run=_run_floor,
    rational=False,
)


def _limit_iterates(batch: ClusteringBatch, count: int, *, published: bool = True) -> list[Any]:
    """U^(1), ..., U^(count) at penalty zero, where V = D U + Z and Z = 0 after each step."""
    state = first_state(batch, published=published)
    v, z, iterates = state.v, state.z, []
    for _ in range(count):
        iterates.append(admm_primal(batch, v, z))
        v, z = batch.incidence @ iterates[-1] + z, z * 0
    return iterates


_LIMIT_STEPS, _BURN_INS = 4, tuple(range(2, 10))


def _run_limit(parameters: Parameters, instances: Instances, *, published: bool) -> Measurement:
    batch = tables(parameters, instances)
    iterates = _limit_iterates(batch, _LIMIT_STEPS, published=published)
    rest = (np.eye(batch.n, dtype=np.int64) - batch.inverse)[None]
    cases = []
    for k in range(1, _LIMIT_STEPS):
        values = {
            U_next: iterates[k],
            U: iterates[k - 1],
            X: batch.points,
            X_later: batch.points if k > 1 else full(batch.points, 0),
            B: rest,
        }
        cases.append(Case(name=f"k = {k}", values=values))
    return Measurement(cases=tuple(cases))


def limit_iterates(*, published: bool = True) -> Procedure:
    """The iterates in the limit eps -> 0, from the published initialization or from the repaired one."""
    initialization = "Z = V = D X" if published else "Z = 0, V = D X"
    return Procedure(
        name=f"CARP from {initialization} at penalty zero, the limit eps -> 0",
        measures={
            U_next: "an iterate",
            U: "the iterate before it",
            X: "the points",
            X_later: "the points for k > 1, zero for k = 1",
            B: "how much of a table a step leaves at penalty zero",
        },
        run=partial(_run_limit, published=published),
    )


def _run_burn_in(parameters: Parameters, instances: Instances) -> Measurement:
    batch = tables(parameters, instances)
    iterates = _limit_iterates(batch, max(_BURN_INS))
    square = stack([frobenius_square(iterates[one - 1] - batch.points) for one in _BURN_INS], axis=1)
    steps = stack([full(square[:, 0], count) for count in _BURN_INS], axis=1)
    values = {left_over: square, spread: spread_of(batch), b: steps}
    return Measurement.of(values, case="burn-in", pictures=partial(_burn_in_picture, square, batch))


def _burn_in_picture(square: Any, batch: ClusteringBatch) -> list[Picture]:
    steps = np.array(_BURN_INS)
    shares = np.sqrt(as_floats(square)[0] / max(float(as_floats(spread_of(batch))[0]), 1e-300))
    return [
        Picture(
            name="distance from X after b steps at a vanishing penalty, with its bound",
            x_label="b",
            y_label="|U^(b) - X|_F over the spread of X",
            x=steps.tolist(),
            measured=shares.tolist(),
            predicted=((1 - 1 / steps) ** (steps - 1) / steps).tolist(),
        )
    ]


burn_in = Procedure(
    name="CARP from Z = V = D X, b steps at penalty zero, the limit eps -> 0",
    measures=(left_over, spread, b),
    run=_run_burn_in,
)


def starts() -> Family:
    """Tables, and two points with rho = 1, for which three steps are the worst."""
    return tables_on(GRAPHS, name="random tables", data=True)
