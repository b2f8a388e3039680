"""Exact paths of convex clustering at a few penalties: how far they move, what grows along them, where they end."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import Edge, Family, Hypothesis, Instances, Measurement, Parameters, Picture, Procedure, Time
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
from lemmata.solvers import absolute, as_floats, frobenius_square, largest, smallest, stack
from lemmata.solvers.clustering import ClusteringBatch, component_means, edge_lengths, path_solutions, row_squares

a, b, lam = sp.symbols("a b lambda", positive=True)
between, left, cost, loss, pair = sp.symbols("d r P R d_1", nonnegative=True)
spread, top, unweighted, least, ends = sp.symbols("m lambda_max lambda_u lambda_l lambda_e", nonnegative=True)
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
    measures={
        between: "squared distance |U_a - U_b|_F^2",
        left: "squared distance |X - U_a|_F^2",
        a: "smaller penalty",
        b: "larger penalty",
    },
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
            x_label="log10 of lam / Lam",
            y_label="P(U_lam)",
            x=np.log10(shares).tolist(),
            measured=costs.tolist(),
        )
    ]


octaves = Procedure(
    name="exact solutions at six penalties, each twice the one before",
    measures={
        lam: "penalty",
        cost: "sum_l w_l |(D U)_l|_q",
        loss: "|X - U|_F^2",
        pair: "squared distance of the first two points of U",
    },
    run=_run_octaves,
    time=Time.STEPS,
    rational=False,
)


def _sides(parameters: Parameters) -> np.ndarray:
    """For each edge of a forest the points on the side of its first end, ``(E, n)`` of zeros and ones."""
    edges, n = edges_of(parameters), int(parameters["n"])
    found = np.zeros((len(edges), n), dtype=np.int64)
    for place, (i, _) in enumerate(edges):
        reached, rest = {int(i)}, [tuple(map(int, edge)) for at, edge in enumerate(edges) if at != place]
        for _ in range(n):
            reached |= {q for p, q in rest if p in reached} | {p for p, q in rest if q in reached}
        found[place, sorted(reached)] = 1
    return found


def _largest_penalties(parameters: Parameters, batch: ClusteringBatch) -> dict[Any, Any]:
    """lam_max of a forest and three wrong ones, ``(batch,)`` each."""
    excess = batch.points - component_means(batch.points, batch.edges)
    flows, steps = (_dual_lengths(rows, batch.norm) for rows in (_sides(parameters) @ excess, batch.incidence @ excess))
    weights = batch.weights
    columns = range(len(batch.edges))
    return {
        top: largest([flows[:, e] / weights[:, e] for e in columns]),
        unweighted: largest([flows[:, e] for e in columns]),
        least: smallest([flows[:, e] / weights[:, e] for e in columns]),
        ends: largest([steps[:, e] / weights[:, e] / 2 for e in columns]),
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
        spread: frobenius_square(u - component_means(batch.points, batch.edges)),
        left: frobenius_square(batch.points - u),
        lam: instances["lam"],
        **_largest_penalties(parameters, batch),
    }
    return Measurement.of(values, case="near the end of the path")


end_of_path = Procedure(
    name="the exact solution on a forest at a penalty near the largest",
    measures={
        spread: "squared distance |U_lam - component means|_F^2",
        left: "squared distance |X - U_lam|_F^2",
        lam: "penalty",
        top: "largest |sum of x_i - mean over one side of edge l| / w_l",
        unweighted: "the same without weights",
        least: "the smallest instead of the largest",
        ends: "largest |x_i - x_j| / (2 w_l) over edges",
    },
    run=_run_end,
    rational=False,
)
