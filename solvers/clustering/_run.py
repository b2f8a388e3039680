"""Running the path: coordinates, factor and first state are made once; the kernel works in chunks of iterates."""

from __future__ import annotations

import contextlib
import importlib.util
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from lemmata.solvers.clustering._factor import aligned, factored
from lemmata.solvers.clustering._flows import Bounds, bounds, edge_norms, means
from lemmata.solvers.clustering._types import (
    EVENTS,
    FUSED,
    ITERATION,
    LINE,
    STORED,
    Factor,
    Integers,
    Policy,
    Problem,
    Record,
    State,
)
from lemmata.solvers.clustering.graph import Graph
from lemmata.solvers.clustering.weights import Progress
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import unknown_name

Engine: TypeAlias = Literal["auto", "numba", "numpy"]

_ROWS, _NUMBERS = 256, 1 << 22
"""Iterates of a chunk, and numbers of the solutions stored in it, 32 MB."""
_TINY = 5e-324
_NOTHING = np.zeros(0, dtype=np.int64)
PREPARING = "preparing the kernel"
"""What is done before the first step of a compiled kernel: it is compiled, or loaded if that was done before."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A problem ready to run: centred points in the order of the factor, in fewer coordinates if p > n.

    Attributes:
        problem: in the order of the factor; columns of zeros fill its rows up.
        factor: of M + rho L, M the points of each node.
        order: the node at each place of that order.
        centre: column means that were taken off.
        basis: orthonormal rows that give the columns back, or None: exact for q = 2, which does not see rotations.
        graph: as given.
        rows: the point that each node is, ``(n, p)``.
    """

    problem: Problem
    factor: Factor
    order: Integers
    centre: Floats
    basis: Floats | None
    graph: Graph
    rows: Floats

    def expanded(self, solutions: Floats) -> Floats:
        """Solutions ``(m, n, r)`` in the order and the coordinates of the points, ``(m, points, p)``."""
        found = np.empty_like(solutions)
        found[:, self.order] = solutions
        return self.graph.of_points(self.outward(found) + self.centre)

    def outward(self, rows: Floats) -> Floats:
        """Rows in the coordinates of the problem as rows in those of the points, ``(..., p)``."""
        size = self.rows.shape[1] if self.basis is None else len(self.basis)
        return np.asarray(rows[..., :size] if self.basis is None else rows[..., :size] @ self.basis)

    def inward(self, rows: Floats) -> Floats:
        """Rows in the coordinates of the points as rows in those of the problem."""
        short = rows if self.basis is None else rows @ self.basis.T
        return _filled(short)

    @cached_property
    def mass(self) -> Floats:
        """Points of each node, ``(n, 1)``."""
        return np.asarray(self.graph.counts[:, None], dtype=float)

    @cached_property
    def means(self) -> Floats:
        """The end of the path: the component mean at each node, ``(n, p)``."""
        return means(self.rows, self.parts, self.mass[:, 0])

    @cached_property
    def excess(self) -> Floats:
        """What has to be carried to the means: each node less its component mean, times its points, ``(n, p)``."""
        return np.asarray(self.mass * (self.rows - self.means))

    @cached_property
    def spread(self) -> float:
        """Distance of the points from their component means, in the Frobenius norm."""
        return float(np.linalg.norm(np.sqrt(self.mass) * (self.rows - self.means)))

    @cached_property
    def parts(self) -> Integers:
        """The component of each node, ``(n,)``."""
        return self.graph.components()

    @cached_property
    def bounds(self) -> Bounds:
        """Bounds on the penalty from which on all edges are fused."""
        return bounds(self.excess, self.parts, self.graph.edges, self.graph.weights, self.problem.norm)

    def still(self, share: float) -> float:
        """A penalty up to which U is within `share` of |X - means| of X and no points that differ are fused.

        M (X - U) = D'Y with |Y_l| <= lam w_l moves no node further than lam times the weights at it by its points (for
        q = 1, in each coordinate), so that edges stay apart whose ends are further from each other than both move; on
        any graph.
        """
        rows, (i, j), mass = self.rows, self.graph.edges.T, self.mass[:, 0]
        if not len(i):
            return 0.0
        moved = self.graph.degrees() / mass
        reach = float(np.linalg.norm(np.sqrt(mass) * moved))
        reach *= math.sqrt(rows.shape[1]) if self.problem.norm == 1 else 1.0
        apart = edge_norms(rows[i] - rows[j], self.problem.norm) / (moved[i] + moved[j])
        return min(float(apart[apart > 0].min(initial=np.inf)), share * self.spread / reach)


def prepared(points: Floats, graph: Graph, *, norm: int, rho: float, tolerance: float = 1e-8) -> Prepared:
    """Take one point a node, centre, rotate into fewer coordinates if that is exact and shorter, order, factor.

    Where U is solved for inexactly, it is up to `tolerance` times the norm of the centred points. The unit of rho is
    the geometric mean of the points of a node: if all stand for as many, the steps are those of the table with each row
    once.

    Raises:
        ShapeError: the points are not those of the graph.
    """
    rows, mass = graph.of_nodes(points), np.asarray(graph.counts, dtype=float)
    rho *= float(np.exp(np.log(mass).mean()))
    centre = rows.mean(axis=0)
    x, basis = rows - centre, None
    if norm != 1 and x.shape[1] > len(x):
        columns, upper = np.linalg.qr(x.T)
        x, basis = upper.T, columns.T
    factor, order = factored(x, graph.edges, rho, tolerance=tolerance, mass=mass)
    place = np.empty(graph.n, dtype=np.int64)
    place[order] = np.arange(graph.n)
    head, tail = np.ascontiguousarray(place[graph.edges].T)
    mass = mass[order]
    problem = Problem(_filled(mass[:, None] * x[order]), mass, head, tail, graph.weights, float(rho), int(norm))
    return Prepared(problem=problem, factor=factor, order=order, centre=centre, basis=basis, graph=graph, rows=rows)


def _filled(rows: Floats) -> Floats:
    """The rows with zeros up to a multiple of a cache line, so that each begins with one."""
    found = aligned(len(rows), -(-rows.shape[1] // LINE) * LINE)
    found[:, : rows.shape[1]] = rows
    return found


def _incidence(head: Integers, tail: Integers, n: int) -> Any:
    """D as a sparse matrix, ``(E, n)``."""
    starts, signs = np.arange(0, 2 * len(head) + 1, 2), np.tile([1.0, -1.0], len(head))
    places = np.stack([head, tail], axis=1).ravel()
    from scipy import sparse

    return sparse.csr_array((signs, places, starts), shape=(len(head), n))


class Run:
    """One run of the path, from its first state on."""

    def __init__(self, made: Prepared, *, epsilon: float, ratio: float, published: bool) -> None:
        x, head, tail = made.problem.x / made.problem.mass[:, None], made.problem.head, made.problem.tail
        s, u, right = (aligned(rows, x.shape[1]) for rows in (len(head), len(x), len(x)))
        D = _incidence(head, tail, len(x))
        s[:], u[:], right[:] = D @ x, x, made.problem.x
        if published:  # V = Z = D X; for q = 1, Z = clip(s, infinity)
            scale = np.full(len(head), np.inf if made.problem.norm == 1 else 1.0)
        else:  # V = D X and Z = 0, so that the first step stays at X
            scale = np.zeros(len(head))
            right += made.problem.rho * (D.T @ s)
        # An edge of length zero counts as not yet fused at penalty zero.
        before = np.maximum(edge_norms(s, 2), _TINY)
        level, counts = np.array([epsilon, epsilon, ratio]), np.zeros(4, dtype=np.int64)
        counts[STORED] = 1
        self.made = made
        self.state = State(s, scale, u, right, np.zeros(len(head)), before.copy(), before, level, counts)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a run has stored, by stored iterate and by fusion."""

    gamma: Floats
    fused: Integers
    event_at: Integers
    event_edge: Integers
    event_size: Floats
    solutions: Floats


@dataclass(frozen=True, kw_only=True)
class Running:
    """A run with the engine that advances it."""

    run: Run
    policy: Policy
    kernel: Any
    compiled: bool
    progress: Progress | None

    @property
    def fused(self) -> int:
        """Edges fused at the last iterate."""
        return int(self.run.state.counts[FUSED])

    @property
    def steps(self) -> int:
        """Steps done."""
        return int(self.run.state.counts[ITERATION])

    def all_steps(self, *, every: bool) -> Found:
        """Run to the end; keep all solutions if `every`."""
        self._prepare()
        parts = list(self._chunks(None if every else np.zeros(0, dtype=np.int64)))
        shape = (0, *self.run.made.problem.x.shape)
        nothing = Found(
            gamma=np.zeros(0),
            fused=np.zeros(0, dtype=np.int64),
            event_at=np.zeros(0, dtype=np.int64),
            event_edge=np.zeros(0, dtype=np.int64),
            event_size=np.zeros(0),
            solutions=np.zeros(shape),
        )
        names = nothing.__dataclass_fields__
        return Found(**{name: np.concatenate([getattr(part, name) for part in [nothing, *parts]]) for name in names})

    def _prepare(self) -> None:
        """Compile the kernel or load it: it may take longer than the path, and is announced and timed apart."""
        if not self.compiled:
            return
        if self.progress:
            self.progress(PREPARING, 0.0)
        made, resting = self.run.made, self.policy._replace(max_steps=0)
        self.kernel.chunk(made.problem, made.factor, self.run.state, resting, new_record(1, _NOTHING, made.problem))
        if self.progress:
            self.progress(PREPARING, 1.0)

    def until(self, rows: Integers) -> Floats:
        """The solutions at the stored iterates `rows`, sorted."""
        found: list[Floats] = []
        for part in self._chunks(rows):
            found.extend(part.solutions)
            if len(found) == len(rows):
                break
        return np.stack(found)

    def _chunks(self, rows: Integers | None) -> Iterator[Found]:
        """Run chunk by chunk; the solutions of the stored iterates `rows` are taken along, of all if None."""
        state, problem, edges = self.run.state, self.run.made.problem, len(self.run.state.scale)
        with one_thread(self.run.made.factor):
            while state.counts[FUSED] < edges and state.counts[ITERATION] < self.policy.max_steps:
                first = int(state.counts[STORED])
                span = _ROWS
                if rows is None or len(rows):
                    span = max(1, min(span, _NUMBERS // problem.x.size))
                wanted = (
                    np.arange(first, first + span) if rows is None else rows[(rows >= first) & (rows < first + span)]
                )
                record = new_record(span, wanted, problem)
                state.counts[EVENTS] = 0
                stored = int(self.kernel.chunk(problem, self.run.made.factor, state, self.policy, record))
                if self.progress:
                    self.progress("following the path", float(state.counts[FUSED]) / max(1, edges))
                yield _found(record, stored, int(state.counts[EVENTS]), int((wanted < first + stored).sum()))


def running(policy: Policy, run: Run, *, engine: Engine, progress: Progress | None) -> Running:
    """The run with its engine."""
    return Running(run=run, policy=policy, kernel=kernel(engine), compiled=is_compiled(engine), progress=progress)


def kernel(engine: Engine) -> Any:
    """The module that makes the steps."""
    if is_compiled(engine):
        from lemmata.solvers.clustering import _kernel

        return _kernel
    from lemmata.solvers.clustering import _reference

    return _reference


def is_compiled(engine: Engine) -> bool:
    """Whether an engine is Numba's."""
    if engine not in ("auto", "numba", "numpy"):
        raise unknown_name("engine", engine, ("auto", "numba", "numpy"))
    return engine == "numba" or (engine == "auto" and importlib.util.find_spec("numba") is not None)


@contextlib.contextmanager
def one_thread(factor: Factor) -> Iterator[None]:
    """Keep matrix products on one thread: several cost up to sixty times as much where cores are shared."""
    if not factor.inverse.size:
        yield
        return
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        yield


def new_record(span: int, wanted: Integers, problem: Problem) -> Record:
    """Empty buffers for a chunk of `span` iterates."""
    events = 2 * len(problem.head) + _ROWS
    whole = np.zeros(events, dtype=np.int64), np.zeros(events, dtype=np.int64), np.zeros(events)
    solutions = np.empty((len(wanted), *problem.x.shape))
    return Record(np.zeros(span), np.zeros(span, dtype=np.int64), wanted, solutions, *whole)


def _found(record: Record, stored: int, events: int, taken: int) -> Found:
    return Found(
        gamma=record.gamma[:stored],
        fused=record.fused[:stored],
        event_at=record.event_at[:events].copy(),
        event_edge=record.event_edge[:events].copy(),
        event_size=record.event_size[:events].copy(),
        solutions=record.solutions[:taken],
    )
