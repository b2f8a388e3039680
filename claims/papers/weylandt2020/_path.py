"""Exact paths of convex clustering at a few penalties: how far they move, what grows along them, where they end."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
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
    Picture,
    Procedure,
    Time,
    quantity,
    vector,
)
from lemmata.claims.papers.weylandt2020._convergence import all_fused_at
from lemmata.claims.papers.weylandt2020._problems import (
    FORESTS,
    GRAPHS,
    edges_of,
    positive,
    tables,
    tables_on,
    with_numbers,
)
from lemmata.solvers import absolute, as_floats, frobenius_square, largest, stack
from lemmata.solvers.clustering import ClusteringBatch, component_means, edge_lengths, path_solutions, row_squares

a = quantity("a", "smaller penalty", positive=True)
b = quantity("b", "larger penalty", positive=True)
between = quantity("|U_b - U_a|_F^2", "squared distance of two solutions", nonnegative=True)
left = quantity("|X - U_a|_F^2", "squared distance of a solution from the points", nonnegative=True)
lam = quantity("lambda", "penalty", positive=True)
cost = quantity(r"P(U_{\lambda})", "sum_l w_l |(D U_lam)_l|_q", nonnegative=True)
loss = quantity(r"|X - U_{\lambda}|_F^2", "squared distance of the solution from the points", nonnegative=True)
pair = quantity(
    r"|U_{\lambda,1} - U_{\lambda,2}|^2", "squared distance of the first two points of U_lam", nonnegative=True
)
remaining = quantity(
    r"|U_{\lambda} - \bar{X}|_F^2", "squared distance of the solution from the component means", nonnegative=True
)
w, sides, steps = vector("w", "m"), vector(r"|S (X - \bar{X})|", "m"), vector("|D X|", "m")
lam_max = sp.Symbol(r"\lambda_{\max}", nonnegative=True)
_OCTAVES = 6


def penalties_on(graphs: tuple[str, ...] = GRAPHS, *, data: bool = True) -> Family:
    """Tables with two penalties lam and lam grow."""
    base = tables_on(graphs, name="random tables", steps=("1",), data=data)
    grows = Hypothesis(name="b > a", holds=lambda _, one: one["grow"] > 1 + 1e-9)
    small = Hypothesis(name="b <= 64 a", holds=lambda _, one: one["grow"] <= 64)  # noqa: PLR2004
    return with_numbers(base, (positive("lam > 0", "lam"), grows, small), lam=(0.03, 3.0), grow=(1.01, 4.0))


def _run_pair(parameters: Parameters, instances: Instances) -> Measurement:
    batch, low = tables(parameters, instances), instances["lam"]
    high = low * instances["grow"]
    path = path_solutions(batch, stack([low, high], axis=1))
    values = {
        between: frobenius_square(path[:, 1] - path[:, 0]),
        left: frobenius_square(batch.points - path[:, 0]),
        a: low,
        b: high,
    }
    return Measurement.of(values, case="two penalties")


two_penalties = Procedure(
    name="exact solutions at two penalties a < b",
    measures=(between, left, a, b),
    run=_run_pair,
    rational=False,
)


def _run_octaves(parameters: Parameters, instances: Instances) -> Measurement:
    batch = tables(parameters, instances)
    levels = stack([instances["lam"] * 2**i for i in range(_OCTAVES)], axis=1)
    path = path_solutions(batch, levels)
    apart = batch.incidence @ path
    values = {
        lam: levels,
        cost: (batch.weights[:, None] * edge_lengths(apart, batch.norm)).sum(axis=-1),
        loss: frobenius_square(path - batch.points[:, None]),
        pair: row_squares(path[:, :, 0] - path[:, :, 1]),
    }
    return Measurement.of(values, case="the path", pictures=partial(_pictures, batch))


def _pictures(batch: ClusteringBatch) -> list[Picture]:
    shares = np.geomspace(1e-3, 1, 50)
    path = path_solutions(batch, (all_fused_at(batch)[:, None] * shares) + 0 * batch.points[:, :1, 0])
    floats, D = as_floats(path)[0], batch.incidence
    lengths = np.linalg.norm(D @ floats, axis=2, ord=None if batch.norm == 2 else 1)  # noqa: PLR2004 - q = 2
    costs = (lengths * as_floats(batch.weights)[0]).sum(axis=1)
    return [
        Picture(
            name="penalty along the exact path",
            x_label="log10 of lam/Lam",
            y_label="P(U_lam)",
            x=np.log10(shares).tolist(),
            measured=costs.tolist(),
        )
    ]


octaves = Procedure(
    name="exact solutions at six penalties, each twice the one before",
    measures=(lam, cost, loss, pair),
    run=_run_octaves,
    time=Time.STEPS,
    rational=False,
)


def _sides(parameters: Parameters) -> np.ndarray:
    """For each edge of a forest the points on the side of its first end, ``(E, n)`` of zeros and ones."""
    edges, n = edges_of(parameters), int(parameters["n"])
    sides_of = np.zeros((len(edges), n), dtype=np.int64)
    for place, (i, _) in enumerate(edges):
        reached, rest = {int(i)}, [tuple(map(int, edge)) for at, edge in enumerate(edges) if at != place]
        for _ in range(n):
            reached |= {q for p, q in rest if p in reached} | {p for p, q in rest if q in reached}
        sides_of[place, sorted(reached)] = 1
    return sides_of


def _at_edges(parameters: Parameters, batch: ClusteringBatch) -> dict[Any, Any]:
    """What each edge of a forest has to carry, how far apart its ends are, and its weight, ``(batch, E)`` each."""
    excess = batch.points - component_means(batch.points, batch.edges)
    return {
        sides: _dual_lengths(_sides(parameters) @ excess, batch.norm),
        steps: _dual_lengths(batch.incidence @ excess, batch.norm),
        w: batch.weights,
    }


def _dual_lengths(rows: Any, norm: int) -> Any:
    """Lengths of rows ``(batch, E, p)`` in the dual norm: the largest entry for q = 1."""
    if norm != 1:
        return edge_lengths(rows, 2)
    size = absolute(rows)
    return largest([size[:, :, f] for f in range(rows.shape[2])])


def trees() -> Family:
    """Forests with a penalty ``lam`` from a tenth to twice the largest of their path."""
    base = tables_on(FORESTS, name="random tables", steps=("1",))

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = base.draw(parameters, rng, size)
        known = all_fused_at(tables(parameters, drawn))
        return {**drawn, "lam": known * np.exp(rng.uniform(np.log(0.1), np.log(2.0), size=size))}

    def just(share: float) -> Any:
        def adjust(parameters: Parameters, drawn: Instances) -> Instances:
            return {**drawn, "lam": all_fused_at(tables(parameters, drawn)) * share}

        return adjust

    at_end: dict[str, Any] = {"n": 5, "p": 2, "graph": "tree", "norm": 2}
    return replace(
        base,
        draw=draw,
        hypotheses=(*base.hypotheses, positive("lam > 0", "lam")),
        searchable=("X", "w", "lam"),
        edges=(
            *base.edges,
            Edge(name="just below the largest penalty", parameters=at_end, adjust=just(1 - 2.0**-10)),
            Edge(name="just beyond it", parameters=at_end, adjust=just(1 + 2.0**-10)),
        ),
    )


def _run_end(parameters: Parameters, instances: Instances) -> Measurement:
    batch = tables(parameters, instances)
    u = path_solutions(batch, instances["lam"][:, None])[:, 0]
    values = {
        remaining: frobenius_square(u - component_means(batch.points, batch.edges)),
        loss: frobenius_square(batch.points - u),
        lam: instances["lam"],
        **_at_edges(parameters, batch),
    }
    return Measurement.of(values, case="near the end of the path")


end_of_path = Procedure(
    name="the exact solution on a forest at a penalty near the largest",
    measures={
        **{symbol: symbol.meaning for symbol in (remaining, loss, lam)},
        sides: "for each edge, |sum of x_i - mean over the points on one side| in the dual norm of q; S marks the sides",
        steps: "for each edge, |x_i - x_j| of its ends in the dual norm of q",
        w: "weights of the edges",
    },
    run=_run_end,
    rational=False,
)
