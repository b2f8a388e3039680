"""CBASS: convex biclustering along the algorithmic regularization path, by generalised ADMM.

The penalty is lam (sum_r w_r |rows' difference| + sum_c w_c |columns' difference|), the weights of rows scaled to sum
to 1 / sqrt(n), those of columns to 1 / sqrt(p). The proximal constant a makes the step explicit; it is stable if
a >= rho (smax(L_r) + smax(L_c)), the largest eigenvalues of the two Laplacians.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lemmata.solvers.clustering._factor import laplacian
from lemmata.solvers.clustering._flows import edge_norms
from lemmata.solvers.clustering._run import Engine, is_compiled, new_record
from lemmata.solvers.clustering._types import EVENTS, FUSED, ITERATION, STORED, Integers, Policy, Problem, State
from lemmata.solvers.clustering.graph import Graph, SettingError
from lemmata.solvers.clustering.weights import Progress, check_points
from lemmata.solvers.engine.outcome import Outcome
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import ShapeError, UnknownNameError

_SPAN, _TINY, _MOST_DENSE, _FAR = 256, 5e-324, 2000, 1e3


@dataclass(frozen=True, kw_only=True)
class CbassSettings:
    """How CBASS runs; the defaults are those published, but for the proximal constant.

    Attributes:
        ratio: t, above one.
        norm: q, 1 or 2.
        rho: of the augmented Lagrangian.
        proximal: a; "stable" is the least that is proved stable, "coded" is 2 dmax_r dmax_c without rho, as clustRviz
            0.1.0 has it, which is too small for tiny tables and for rho above one.
        epsilon: the first penalty.
        burn_in: steps at the first penalty.
        keep: every keep-th iterate is stored, beside each at which a number of fused edges changes.
        max_steps: at which the path is cut.
    """

    ratio: float = 1.01
    norm: Literal[1, 2] = 2
    rho: float = 1.0
    proximal: float | Literal["stable", "coded"] = "stable"
    epsilon: float = 1e-6
    burn_in: int = 50
    keep: int = 1
    max_steps: int = 1_000_000

    def __post_init__(self) -> None:
        if not (math.isfinite(self.ratio) and self.ratio > 1):
            raise SettingError(f"got ratio = {self.ratio}; expected more than one, for example 1.01.")
        numbers = [self.rho, self.epsilon, *([] if isinstance(self.proximal, str) else [self.proximal])]
        if not all(math.isfinite(number) and number > 0 for number in numbers):
            raise SettingError(
                f"got rho = {self.rho}, epsilon = {self.epsilon}, proximal = {self.proximal}; expected "
                "positive numbers."
            )
        if self.norm not in (1, 2) or (isinstance(self.proximal, str) and self.proximal not in ("stable", "coded")):
            raise UnknownNameError(
                f'got norm = {self.norm!r} and proximal = {self.proximal!r}; expected 1 or 2, and "stable", "coded" '
                "or a number."
            )
        if self.keep < 1 or self.max_steps < 1 or self.burn_in < 0:
            raise SettingError(
                f"got keep = {self.keep}, max_steps = {self.max_steps}, burn_in = {self.burn_in}; expected at "
                "least 1, 1 and 0."
            )


@dataclass(frozen=True, kw_only=True)
class Fusions:
    """Fusions of the edges of one graph: stored iterate, edge, and |V_l| at the stored iterate before."""

    at: Integers
    edge: Integers
    size: Floats


@dataclass(frozen=True, kw_only=True)
class BiclusterPath:
    """A path of convex biclustering.

    Attributes:
        points: as given, ``(n, p)``.
        rows: graph on the rows, as given.
        columns: graph on the columns, as given.
        settings: as given.
        proximal: a that was used.
        penalties: gamma at each stored iterate, the first zero, ``(m,)``.
        fused: edges fused at each of them, of rows and of columns, ``(m, 2)``.
        row_fusions: of edges between rows.
        column_fusions: of edges between columns.
        solutions: U at the stored iterates asked for, ``(len, n, p)``.
        steps: of ADMM.
        outcome: NOT_CONVERGED if cut by max_steps; DIVERGED if the iterates left the numbers, for too small an a.
    """

    points: Floats
    rows: Graph
    columns: Graph
    settings: CbassSettings
    proximal: float
    penalties: Floats
    fused: Integers
    row_fusions: Fusions
    column_fusions: Fusions
    solutions: Floats
    steps: int
    outcome: Outcome


def bicluster_stability(rows: Graph, columns: Graph) -> float:
    """smax(L_r) + smax(L_c): the generalised ADMM is stable for a at least rho times this."""
    return _largest_eigenvalue(rows) + _largest_eigenvalue(columns)


def cbass(
    points: Floats,
    rows: Graph,
    columns: Graph,
    *,
    settings: CbassSettings | None = None,
    wanted: Integers | None = None,
    engine: Engine = "auto",
    progress: Progress | None = None,
) -> BiclusterPath:
    """The path of CBASS.

    Args:
        points: ``(n, p)``; the grand mean is taken off and put back.
        rows: graph on the n rows.
        columns: graph on the p columns, for example ``neighbour_graph(points.T - points.mean())``.
        settings: see ``CbassSettings``.
        wanted: stored iterates of which U is kept, sorted; none if left out. The first, 0, is the points.
        engine: "numba", "numpy", or "auto" for Numba if it is installed.
        progress: called with what is done and the share of the edges that are fused.
    """
    points, settings = check_points(points), settings or CbassSettings()
    if points.shape != (rows.n, columns.n):
        raise ShapeError(
            f"got points {points.shape} and graphs on {rows.n} rows and {columns.n} columns; expected (n, p)."
        )
    centre, proximal = float(points.mean()), _proximal(settings, rows, columns)
    asked = np.unique(np.zeros(0, dtype=np.int64) if wanted is None else np.asarray(wanted, dtype=np.int64))
    x = points - centre
    problems = _problem(x, rows, settings), _problem(np.ascontiguousarray(x.T), columns, settings)
    states = _state(problems[0], settings), _state(problems[1], settings)
    parts = list(_chunks(problems, states, settings, proximal, asked, engine, progress))
    first = [points[None]] if asked.size and asked[0] == 0 else []
    kept = [record.solutions[:taken] + centre for record, _, _, taken in parts]
    done = [int(state.counts[FUSED]) for state in states]
    complete = done == [len(rows.weights), len(columns.weights)]
    sound = _is_sound(states[0], x)
    return BiclusterPath(
        points=points,
        rows=rows,
        columns=columns,
        settings=settings,
        proximal=proximal,
        penalties=np.concatenate([[0.0], *(record.gamma[:stored] for record, _, stored, _ in parts)]),
        fused=np.concatenate(
            [[[0, 0]], *(np.stack([r.fused[:stored], c.fused[:stored]], axis=1) for r, c, stored, _ in parts)]
        ),
        row_fusions=_fusions([(record, int(record.event_at[-1])) for record, _, _, _ in parts]),
        column_fusions=_fusions([(record, int(record.event_at[-1])) for _, record, _, _ in parts]),
        solutions=np.concatenate([np.zeros((0, *points.shape)), *first, *kept]),
        steps=int(states[0].counts[ITERATION]),
        outcome=Outcome.DIVERGED if not sound else Outcome.OK if complete else Outcome.NOT_CONVERGED,
    )


def _chunks(
    problems: tuple[Problem, Problem],
    states: tuple[State, State],
    settings: CbassSettings,
    proximal: float,
    asked: Integers,
    engine: Engine,
    progress: Progress | None,
) -> Iterator[tuple[Any, Any, int, int]]:
    """Run chunk by chunk: the records of rows and columns, iterates stored, solutions taken."""
    chunk = _kernel(engine).chunk
    policy = Policy(float(settings.ratio), settings.burn_in, settings.keep, settings.max_steps, 0)
    edges, (row, column) = [len(problem.head) for problem in problems], states
    while [int(state.counts[FUSED]) for state in states] != edges and row.counts[ITERATION] < settings.max_steps:
        first = int(row.counts[STORED])
        wanted = asked[(asked >= first) & (asked < first + _SPAN)]
        records = new_record(_SPAN, wanted, problems[0]), new_record(_SPAN, wanted[:0], problems[1])
        row.counts[EVENTS] = column.counts[EVENTS] = 0
        stored = int(chunk(problems, states, records, policy, float(proximal)))
        for state, record in zip(states, records, strict=True):
            record.event_at[-1] = state.counts[EVENTS]  # one place more than events can take
        if progress:
            progress("following the path", sum(int(state.counts[FUSED]) for state in states) / max(1, sum(edges)))
        yield *records, stored, int((wanted < first + stored).sum())
        if not _is_sound(row, problems[0].x):
            return


def _is_sound(state: State, x: Floats) -> bool:
    """Whether U is anywhere near X: exact solutions never leave the span of its entries."""
    return bool(np.abs(state.u).max() <= _FAR * np.abs(x).max(initial=1e-300))


def _fusions(records: list[tuple[Any, int]]) -> Fusions:
    none = np.zeros(0, dtype=np.int64)
    return Fusions(
        at=np.concatenate([none, *(record.event_at[:count] for record, count in records)]),
        edge=np.concatenate([none, *(record.event_edge[:count] for record, count in records)]),
        size=np.concatenate([np.zeros(0), *(record.event_size[:count] for record, count in records)]),
    )


def _proximal(settings: CbassSettings, rows: Graph, columns: Graph) -> float:
    if settings.proximal == "stable":
        return settings.rho * bicluster_stability(rows, columns)
    if settings.proximal == "coded":
        return float(2 * _largest_degree(rows) * _largest_degree(columns))
    return float(settings.proximal)


def _kernel(engine: Engine) -> Any:
    """The module that makes the steps."""
    if is_compiled(engine):
        from lemmata.solvers.clustering import _bicluster_kernel

        return _bicluster_kernel
    from lemmata.solvers.clustering import _bicluster_reference

    return _bicluster_reference


def _problem(x: Floats, graph: Graph, settings: CbassSettings) -> Problem:
    """One side, with its weights scaled."""
    weights = graph.weights / (graph.weights.sum() * math.sqrt(graph.n)) if len(graph.weights) else graph.weights
    head, tail = np.ascontiguousarray(graph.edges.T)
    return Problem(x, np.ones(len(x)), head, tail, weights, float(settings.rho), int(settings.norm))


def _state(problem: Problem, settings: CbassSettings) -> State:
    """U = X, V = the differences, Z = 0."""
    s = problem.x[problem.head] - problem.x[problem.tail]
    before, counts = np.maximum(edge_norms(s, 2), _TINY), np.zeros(4, dtype=np.int64)
    counts[STORED] = 1
    level, zeros = np.array([settings.epsilon, settings.epsilon, settings.ratio]), np.zeros(len(s))
    right = np.zeros_like(problem.x)
    return State(s, zeros, problem.x.copy(), right, zeros.copy(), before.copy(), before, level, counts)


def _largest_degree(graph: Graph) -> int:
    return int(np.bincount(graph.edges.ravel(), minlength=graph.n).max())


def _largest_eigenvalue(graph: Graph) -> float:
    """Of the Laplacian, or for large graphs the bound by the degrees at the ends of an edge."""
    if not len(graph.edges):
        return 0.0
    if graph.n <= _MOST_DENSE:
        from scipy.linalg import eigvalsh

        matrix = laplacian(graph.n, graph.edges).toarray()
        return float(eigvalsh(matrix, subset_by_index=(graph.n - 1, graph.n - 1))[0])
    degrees = np.bincount(graph.edges.ravel(), minlength=graph.n)
    return float(degrees[graph.edges].sum(axis=1).max())
