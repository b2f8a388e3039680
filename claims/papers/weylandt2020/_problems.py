"""Families of convex clustering: random tables on small graphs, real tables on the graphs of their neighbours."""

from __future__ import annotations

import importlib
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from lemmata.claims import (
    ClaimError,
    Compared,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Parameters,
    RealData,
    choice,
    integers,
)
from lemmata.solvers import convert, zeros
from lemmata.solvers.clustering import ClusteringBatch, incidence, neighbour_graph

FORESTS = ("path", "star", "tree", "two paths")
GRAPHS = (*FORESTS, "cycle", "complete", "triangle with a tail")
REAL = ("iris", "wine", "digits")
STEPS = ("1", "1/2", "2", "1/4", "4")
"""Values of rho."""
_REAL_POINTS = 30


def edges_of(parameters: Parameters) -> np.ndarray:
    """The edges of the graph that the parameters name, smaller point first, ``(E, 2)``."""
    n, graph = int(parameters["n"]), str(parameters["graph"])
    if graph in REAL:
        return real_table(graph)[1]
    between = [(i, i + 1) for i in range(n - 1)]
    edges = {
        "path": between,
        "star": [(0, i) for i in range(1, n)],
        "tree": [((i - 1) // 2, i) for i in range(1, n)],
        "two paths": [(i, j) for i, j in between if j != (n + 1) // 2 or n == 2],  # noqa: PLR2004 - one edge is left
        "cycle": between + [(0, n - 1)] * (n > 2),  # noqa: PLR2004 - two points have one edge
        "complete": [(i, j) for i in range(n) for j in range(i + 1, n)],
        "triangle with a tail": between + [(0, 2)] * (n > 2),  # noqa: PLR2004
    }
    if graph not in edges:
        raise ClaimError(f"there is no graph {graph!r}; expected one of {', '.join((*edges, *REAL))}")
    return np.array(sorted(edges[graph]), dtype=np.int64).reshape(-1, 2)


@cache
def real_table(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Thirty points of a table, every column of variance one; the edges and weights of their nearest neighbours."""
    raw = getattr(importlib.import_module("sklearn.datasets"), f"load_{name}")().data
    rows = raw[:: len(raw) // _REAL_POINTS][:_REAL_POINTS].astype(float)
    spread = rows.std(axis=0)
    points = (rows - rows.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    graph = neighbour_graph(points, connect=True)
    return points, graph.edges, graph.weights / graph.weights.max()


def real_data(size: int = 2, **parameters: Any) -> tuple[RealData, ...]:
    """The real tables as points of a family with these parameters; ``p`` is not used."""
    named: dict[str, Any] = {"n": _REAL_POINTS, "p": 1, "rho": "1", "norm": 2}
    return tuple(
        RealData(name=f"{_REAL_POINTS} points of {name}", parameters={**named, **parameters, "graph": name}, size=size)
        for name in REAL
    )


def draw_table(parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    """Points ``X`` (size, n, p) and weights ``w`` (size, E) over two decades."""
    if parameters["graph"] in REAL:
        points, _, weights = real_table(str(parameters["graph"]))
        return {"X": np.stack([points] * size), "w": np.stack([weights] * size)}
    n, p, edges = int(parameters["n"]), int(parameters["p"]), len(edges_of(parameters))
    return {"X": rng.normal(size=(size, n, p)), "w": 10 ** rng.uniform(-1, 1, size=(size, edges))}


def batch_of(parameters: Parameters, points: Any, weights: Any) -> ClusteringBatch:
    """Points ``(batch, n, p)`` and weights on the graph that the parameters name."""
    return ClusteringBatch(
        points=points,
        weights=weights,
        edges=edges_of(parameters),
        rho=Fraction(str(parameters["rho"])),
        norm=int(parameters["norm"]),
    )


def tables(parameters: Parameters, instances: Instances) -> ClusteringBatch:
    """The tables ``X`` with weights ``w``."""
    return batch_of(parameters, instances["X"], instances["w"])


def number(value: Any, like: Any) -> Any:
    """A number as an array ``(batch,)`` beside ``like`` (batch, ...)."""
    return zeros(like, (like.shape[0],)) + convert(np.array([float(value)]), like)


def positive(name: str, letter: str) -> Hypothesis:
    """All entries of an array are positive, by a margin that floats resolve."""

    def holds(_: Parameters, instances: Instances) -> Any:
        array = instances[letter]
        return (array.reshape(len(array), -1) > 1e-6).all(axis=1)  # noqa: PLR2004

    def sides(_: Parameters, instances: Instances) -> Compared:
        return Compared(left=instances[letter], sign=">", right=0)

    return Hypothesis(name=name, holds=holds, sides=sides)


WEIGHTS = positive("weights are positive", "w")


def ranges(graphs: tuple[str, ...], *, points: int = 6, norm: tuple[int, int] = (1, 2), steps: Any = STEPS) -> Any:
    """Parameters of a family on these graphs."""
    return {
        "n": integers(2, points),
        "p": integers(1, 3),
        "graph": choice(*graphs),
        "rho": choice(*steps),
        "norm": integers(*norm),
    }


def duplicated(_: Parameters, drawn: Instances) -> Instances:
    """The last point equals the first."""
    points = drawn["X"].copy()
    points[:, -1] = points[:, 0]
    return {**drawn, "X": points}


def all_equal(_: Parameters, drawn: Instances) -> Instances:
    """All points equal."""
    return {**drawn, "X": 0 * drawn["X"] + drawn["X"][:, :1]}


def apart(_: Parameters, drawn: Instances) -> Instances:
    """Points in a row, ten apart, with weights one."""
    n, p = drawn["X"].shape[1:]
    points = np.broadcast_to(10.0 * np.arange(n)[:, None] * (np.arange(p) == 0), drawn["X"].shape)
    return {**drawn, "X": points.copy(), "w": np.ones_like(drawn["w"])}


def table_edges(graphs: tuple[str, ...], norm: tuple[int, int]) -> tuple[Edge, ...]:
    """Boundary cases that all families of tables share."""
    last, q = graphs[-1], norm[1]
    return (
        Edge(name="two points"),
        Edge(name="two points, far apart", parameters={"norm": q}, adjust=apart),
        Edge(name="a table of many columns", parameters={"n": 5, "p": 3, "graph": last, "norm": q}),
        Edge(name="two points alike", parameters={"n": 4, "p": 2, "graph": last, "norm": q}, adjust=duplicated),
        Edge(name="points on a line", parameters={"n": 5, "graph": last, "norm": q}),
    )


def tables_on(
    graphs: tuple[str, ...],
    *hypotheses: Hypothesis,
    name: str = "random tables",
    norm: tuple[int, int] = (1, 2),
    steps: tuple[str, ...] = STEPS,
    data: bool = False,
    more: tuple[Edge, ...] = (),
    weights: tuple[float, float] = (0.1, 10.0),
) -> Family:
    """Random tables with positive weights on graphs, drawn between the ends of ``weights``."""
    low, high = np.log10(weights)

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = draw_table(parameters, rng, size)
        if parameters["graph"] in REAL:
            return drawn
        share = (np.log10(drawn["w"]) + 1) / 2  # of the two decades drawn from
        return {**drawn, "w": 10 ** (low + (high - low) * share)}

    return Family(
        name=f"{name}, positive weights, on graphs: {', '.join(graphs)}",
        parameters=ranges(graphs, norm=norm, steps=steps),
        draw=draw,
        hypotheses=(WEIGHTS, *hypotheses),
        searchable=("X", "w"),
        edges=(*table_edges(graphs, norm), *more),
        data=real_data() if data else (),
    )


def with_numbers(family: Family, hypotheses: tuple[Hypothesis, ...], **ends: tuple[float, float]) -> Family:
    """The family with numbers beside each table, even in the exponent between two ends."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = dict(family.draw(parameters, rng, size))
        more = {name: low * (high / low) ** rng.random(size) for name, (low, high) in ends.items()}
        return {**drawn, **more}

    return replace(
        family,
        draw=draw,
        hypotheses=(*family.hypotheses, *hypotheses),
        searchable=(*family.searchable, *ends),
    )


def dense_incidence(parameters: Parameters) -> np.ndarray:
    """D of the graph that the parameters name, ``(E, n)``."""
    return incidence(int(parameters["n"]), edges_of(parameters))
