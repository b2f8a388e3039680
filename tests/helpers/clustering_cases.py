"""Reference results of clustRviz and small instances, for the tests of convex clustering."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lemmata.solvers.clustering import neighbour_graph
from lemmata.solvers.clustering.graph import Graph

_DATA = Path(__file__).parents[1] / "solvers" / "data" / "convex_clustering"


class Reference(NamedTuple):
    """One run of the reference implementation: its path, and U at some of its rows."""

    gamma: np.ndarray
    fused: np.ndarray
    rows: np.ndarray
    solutions: np.ndarray


@cache
def points_of(name: str) -> np.ndarray:
    """The input table of that name."""
    return np.loadtxt(_DATA / "inputs" / f"{name}.csv", delimiter=",")


@cache
def graph_of(file: str, n: int) -> Graph:
    """The graph in a file of edges i, j, w, counted from one."""
    table = np.loadtxt(_DATA / file, delimiter=",", skiprows=1)
    return Graph(edges=table[:, :2].astype(np.int64) - 1, weights=table[:, 2], n=n)


@cache
def result_of(name: str) -> dict[str, Any]:
    """The reference's record of phi, k, dendrograms and labels."""
    return json.loads((_DATA / name / "result.json").read_text())


def run_of(name: str, run: str, shape: tuple[int, int], *, counts: int = 1) -> Reference:
    """A path of the reference; `counts` columns of fused edges."""
    path = np.loadtxt(_DATA / name / f"path_{run}.csv", delimiter=",", skiprows=1)
    table = np.loadtxt(_DATA / name / f"U_{run}.csv", delimiter=",")
    solutions = table[:, 2:].reshape(len(table), shape[1], shape[0]).transpose(0, 2, 1)
    return Reference(path[:, 0], path[:, 1 : 1 + counts].astype(int), table[:, 0].astype(int) - 1, solutions)


def exact_of(name: str, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Penalties and solutions of the reference's exact solver."""
    table = np.loadtxt(_DATA / name / "exact_clustRviz.csv", delimiter=",")
    return table[:, 0], table[:, 1:].reshape(len(table), shape[1], shape[0]).transpose(0, 2, 1)


def random_tree(n: int, rng: np.random.Generator) -> Graph:
    """A random tree with weights over two decades."""
    edges = np.array([(int(rng.integers(child)), child) for child in range(1, n)], dtype=np.int64).reshape(-1, 2)
    return Graph(edges=edges, weights=10 ** rng.uniform(-1, 1, size=n - 1), n=n)


def random_graph(n: int, rng: np.random.Generator, share: float = 0.5) -> Graph:
    """A random graph, perhaps in several components."""
    edges = np.stack(np.triu_indices(n, 1), axis=1)
    edges = edges[rng.random(len(edges)) < share]
    return Graph(edges=edges, weights=10 ** rng.uniform(-1, 1, size=len(edges)), n=n)


def two_components() -> tuple[np.ndarray, Graph]:
    """Two groups of points with no edge between them."""
    rng = np.random.default_rng(3)
    points = np.concatenate([rng.normal(size=(5, 2)), 50 + rng.normal(size=(4, 2))])
    return points, neighbour_graph(points, phi=0.5, neighbours=3)
