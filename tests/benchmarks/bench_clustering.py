"""Convex clustering: end-to-end time against a dense baseline, large tables, memory, growth of the cost of a step.

Run by hand: ``python tests/benchmarks/bench_clustering.py``; about a minute on one core. CPU seconds, least of a few
runs, one BLAS thread. The baseline does the dense work of clustRviz's class, in NumPy and SciPy: the dense |E| x n
matrix D, one product by D and one by D' each step, two dense triangular solves with a Cholesky factor made once (no
inverse), the published start, U and V stored at each tenth iterate; once with the fastest BLAS kernels of this machine,
once with those of SSE4 (two numbers at a time, as clustRviz is built by default). The proximal step is vectorised over
edges; "dense" is what the products and solves of all steps alone take. The automatic graphs are about as sparse as
those of real tables.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy import linalg
from scipy.spatial import distance
from threadpoolctl import threadpool_limits

from lemmata.solvers.clustering import CarpSettings, carp, neighbour_graph
from lemmata.solvers.clustering._run import prepared, running
from lemmata.solvers.clustering.graph import Graph
from lemmata.solvers.clustering.path import first_state, policy
from lemmata.solvers.clustering.tree import ClusterTree, cluster_tree

_RATIO, _BURN_IN, _EPSILON, _KEEP = 1.05, 50, 1e-6, 10
_SIZES, _LARGE = ((44, 75), (200, 50), (500, 100)), 400
_PUBLISHED = CarpSettings(start="published", ratio=_RATIO, keep=_KEEP)


def mixture(n: int, p: int, *, groups: int = 6, seed: int = 0) -> np.ndarray:
    """Points about a few centres."""
    rng = np.random.default_rng(seed)
    centres = 4 * rng.normal(size=(groups, p)) / np.sqrt(p)
    return rng.normal(size=(n, p)) + centres[rng.integers(groups, size=n)]


def ours(points: np.ndarray, settings: CarpSettings | None = None) -> ClusterTree:
    """Weights, path, tree, linkage."""
    tree = cluster_tree(carp(points, neighbour_graph(points), settings=settings))
    tree.linkage()
    return tree


def baseline_weights(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Dense weights, the automatic phi and k, by the n x n matrix."""
    squares = distance.squareform(distance.pdist(points) ** 2)
    upper = np.triu_indices(len(points), 1)
    grid = 10.0 ** np.arange(-10, 11)
    phi = grid[int(np.argmax([np.exp(-phi * squares[upper]).var() for phi in grid]))]
    weights = np.exp(-phi * squares)
    np.fill_diagonal(weights, 0)
    ordered = -np.sort(-weights, axis=0)
    for k in range(1, len(points)):
        near = weights >= ordered[k - 1]
        near |= near.T
        if _connected(near):
            break
    edges = np.stack(upper, axis=1)[near[upper]]
    return edges, weights[edges[:, 0], edges[:, 1]]


def _connected(near: np.ndarray) -> bool:
    reached = np.zeros(len(near), dtype=bool)
    front = np.array([0])
    while front.size:
        reached[front] = True
        front = np.flatnonzero(near[front].any(axis=0) & ~reached)
    return bool(reached.all())


def baseline(points: np.ndarray) -> tuple[int, np.ndarray]:
    """The published path with a dense D and factor: steps, and the partitions at the stored iterates by union-find."""
    x = points - points.mean(axis=0)
    edges, weights = baseline_weights(x)
    D = np.zeros((len(edges), len(x)))
    D[np.arange(len(D)), edges[:, 0]], D[np.arange(len(D)), edges[:, 1]] = 1.0, -1.0
    factor = linalg.cho_factor(np.eye(len(x)) + D.T @ D)
    U, V = x, D @ x
    Z, gamma, steps, fused = V.copy(), _EPSILON, 0, 0
    stored: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    while fused < len(edges):
        before = fused
        U = linalg.cho_solve(factor, x + D.T @ (V - Z), overwrite_b=True, check_finite=False)
        DU = D @ U
        S = DU + Z
        norms = np.sqrt((S**2).sum(axis=1))
        V = np.maximum(0, 1 - gamma * weights / np.maximum(norms, 1e-300))[:, None] * S
        Z = S - V
        zero = ~V.any(axis=1)
        fused = int(zero.sum())
        if fused != before or (steps % _KEEP == 0 and steps > _BURN_IN):
            stored.append((U.copy(), V.copy(), zero))
        steps += 1
        if steps >= _BURN_IN:
            gamma *= _RATIO
    return steps, _merges(len(x), edges, stored)


def dense_seconds(points: np.ndarray, graph: Graph, steps: int) -> float:
    """CPU seconds of the dense products and solves of so many steps, and of nothing else."""
    n, (head, tail) = len(points), graph.edges.T
    D = np.zeros((len(graph.edges), n))
    D[np.arange(len(D)), head], D[np.arange(len(D)), tail] = 1.0, -1.0
    factor, edges = linalg.cho_factor(np.eye(n) + D.T @ D), D @ points

    def run() -> None:
        for _ in range(steps):
            D @ linalg.cho_solve(factor, D.T @ edges, overwrite_b=True, check_finite=False)

    return timed(run, 3 if n < _LARGE else 1)


def _merges(n: int, edges: np.ndarray, stored: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> np.ndarray:
    """The order of merges, by union-find; magnitudes at the stored iterate before."""
    label, merges, seen = np.arange(n), [], np.zeros(len(edges), dtype=bool)
    for (_, before, _), (_, _, zero) in pairwise(stored):
        new = np.flatnonzero(zero & ~seen)
        seen |= zero
        for edge in new[np.argsort((before[new] ** 2).sum(axis=1))]:
            a, b = label[edges[edge]]
            if a != b:
                label[label == b] = a
                merges.append((a, b))
    return np.array(merges)


def timed(run: Callable[[], object], repeats: int) -> float:
    """Least CPU seconds of a few runs."""
    times = []
    for _ in range(repeats):
        began = time.process_time()
        run()
        times.append(time.process_time() - began)
    return min(times)


def against_the_baseline() -> None:
    """Ratios of end-to-end times: the same iterates, and the repaired start at the same ratio."""
    _tell(
        "n x p        E  steps  dense s  BLAS s  SSE s | same steps s   BLAS    SSE | repaired s   BLAS    SSE | wanted"
    )
    for (n, p), wanted in zip(_SIZES, (10, 40, 40), strict=True):
        points = mixture(n, p)
        steps, slow = baseline(points)[0], _baseline_seconds(n, p)
        child = [sys.executable, __file__, "--baseline", str(n), str(p)]
        environment = {**os.environ, "OPENBLAS_CORETYPE": "Nehalem"}
        done = subprocess.run(child, capture_output=True, text=True, check=True, env=environment)
        slower = float(done.stdout)
        same = timed(lambda points=points: ours(points, _PUBLISHED), 9)  # type: ignore[misc]
        fast = timed(lambda points=points: ours(points), 9)  # type: ignore[misc]
        graph = neighbour_graph(points)
        dense = dense_seconds(points, graph, steps)
        _tell(
            f"{n:4} x {p:<4} {len(graph.edges):4} {steps:6} {dense:8.3f} {slow:7.3f} {slower:6.3f} "
            f"| {same:12.4f} {slow / same:5.0f}x "
            f"{slower / same:5.0f}x | {fast:10.4f} {slow / fast:5.0f}x {slower / fast:5.0f}x | >= {wanted}x"
        )


def _baseline_seconds(n: int, p: int) -> float:
    points = mixture(n, p)
    with threadpool_limits(1, user_api="blas"):
        return timed(lambda: baseline(points), 3 if n < _LARGE else 1)


def large_tables() -> None:
    """Wall seconds end to end of tables that take the reference implementation minutes."""
    _tell("n x p             E  weights s   path s  tree s  steps  total s  wanted")
    cases = (
        (438, 353, {}, "< 2 s"),
        (841, 69, {}, "< 1 s"),
        (10_000, 20, {"neighbours": 5, "connect": True, "groups": 50}, ""),
        (10_000, 20, {"neighbours": 5, "connect": True, "groups": 1}, "no structure at all"),
    )
    for n, p, more, wanted in cases:
        points = mixture(n, p, groups=more.pop("groups", 6))  # type: ignore[arg-type]
        marks = [time.perf_counter()]
        graph = neighbour_graph(points, **more)  # type: ignore[arg-type]
        marks.append(time.perf_counter())
        path = carp(points, graph)
        marks.append(time.perf_counter())
        cluster_tree(path).linkage()
        marks.append(time.perf_counter())
        weights, following, merging = np.diff(marks)
        _tell(
            f"{n:5} x {p:<4} {len(graph.edges):8} {weights:10.3f} {following:8.3f} {merging:7.3f} {path.steps:6} "
            f"{marks[-1] - marks[0]:8.3f}  {wanted}"
        )


def growth() -> None:
    """Microseconds a step and nanoseconds an edge and feature, as points and features grow."""
    _tell("n x p             E  nnz(L)    us/step  ns/(E p)")
    sizes = [(n, p) for p in (8, 24) for n in (100, 400, 1600, 3200, 6400, 12_800, 25_600)]
    for n, p in (*sizes, (1600, 8), (1600, 40), (1600, 160), (6400, 40), (6400, 160)):
        points = mixture(n, p, groups=n // 20)
        graph = neighbour_graph(points, neighbours=4, connect=True)
        cost, nonzeros = _step_seconds(points, graph)
        scale = 1e9 * cost / (len(graph.edges) * p)
        _tell(f"{n:5} x {p:<4} {len(graph.edges):8} {nonzeros or '-':>7} {1e6 * cost:10.1f} {scale:9.2f}")


def _step_seconds(points: np.ndarray, graph: Graph) -> tuple[float, int]:
    """CPU seconds of a step, as the mean over a whole path, and entries of the factor; none where it is iterative."""
    made, settings, runs = prepared(points, graph, norm=2, rho=1.0), CarpSettings(), []
    for _ in range(3):
        run = running(policy(settings), first_state(settings, made), engine="auto", progress=None)
        began = time.process_time()
        run.all_steps(every=False)
        runs.append((time.process_time() - began) / run.steps)
    return min(runs), len(made.factor.row)


def memory() -> None:
    """Largest resident memory of a process that follows the path of 841 x 69, and of one that only imports."""
    for what in ("--nothing", "--memory"):
        done = subprocess.run([sys.executable, __file__, what], capture_output=True, text=True, check=True)
        _tell(f"memory {what.strip('-'):8} {done.stdout.strip():>5} MiB{'   wanted < 300 MiB' * (what == '--memory')}")


def main() -> None:
    """Print all tables."""
    if "--baseline" in sys.argv:
        _tell(str(_baseline_seconds(int(sys.argv[-2]), int(sys.argv[-1]))))
        return
    if "--memory" in sys.argv:
        ours(mixture(841, 69))
    if len(sys.argv) > 1:  # not ru_maxrss, which a child has from its parent
        status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        _tell(str(int(status["VmHWM"].split()[0]) // 1024))
        return
    ours(mixture(30, 3))
    ours(mixture(60, 70), _PUBLISHED)  # compiled, or read from the cache
    with threadpool_limits(1, user_api="blas"):
        against_the_baseline()
    large_tables()
    growth()
    memory()


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
