"""Convex clustering along the algorithmic regularization path: CARP, its back-tracking variant, and CBASS.

Weylandt, Nagorski and Allen (2020). Convex clustering is U_lam = argmin 1/2 |U - X|^2 + lam sum_l w_l |U_i - U_j|_q
over the edges l = (i, j) of a graph. CARP takes one ADMM step at each of a growing sequence of penalties, so that every
iterate is a point of the path, nearly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lemmata.solvers.clustering._bicluster import BiclusterPath, CbassSettings, bicluster_stability, cbass
from lemmata.solvers.clustering._run import (
    PREPARING,
    Engine,
    Prepared,
    Run,
    prepared,
    running,
)
from lemmata.solvers.clustering._types import Integers, Policy
from lemmata.solvers.clustering.graph import Graph, SettingError, WeightError
from lemmata.solvers.clustering.weights import Progress, check_points
from lemmata.solvers.engine.outcome import Outcome
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import UnknownNameError, unknown_name

__all__ = [
    "PREPARING",
    "BiclusterPath",
    "CarpSettings",
    "CbassSettings",
    "ClusterPath",
    "bicluster_stability",
    "carp",
    "cbass",
]

_PUBLISHED_EPSILON, _PUBLISHED_BURN_IN = 1e-6, 50
_SHARE = 1e-6
_SMALL, _LARGEST = 1e-150, 1e300
"""Penalties beyond this are not followed: products with weights would overflow. It takes weights smaller than that."""
_TRIES, _FIRST_RATIO, _BACK_TRACKED_RATIO = 15, 1.1, 1.01


@dataclass(frozen=True, kw_only=True)
class CarpSettings:
    """How CARP runs.

    Attributes:
        ratio: t, by which the penalty grows each step; above one. With back_track, 1.1 until the first fusion and 1.01
            afterwards are used instead, as published.
        start: "repaired" starts at the solution of penalty zero (dual zero) and appends the component means as the last
            iterate; "published" starts from V = Z = D X with burn-in, as clustRviz 0.1.0 does.
        norm: q, 1 or 2.
        rho: of the augmented Lagrangian, in units of the geometric mean of the points of a node.
        epsilon: the first penalty; None is 1e-6 for the published start, else the largest at which, provably, no points
            that differ are fused and U is within t - 1 times |X - means| of X; but at least 1e-6 of a lower bound on
            the largest penalty.
        burn_in: steps at the first penalty; None is 50 for the published start, else none.
        keep: every keep-th iterate is stored, beside each at which the number of fused edges changes.
        back_track: look for a penalty at which one edge more is fused, as CARP-VIZ.
        max_steps: at which the path is cut.
    """

    ratio: float = 1.05
    start: Literal["repaired", "published"] = "repaired"
    norm: Literal[1, 2] = 2
    rho: float = 1.0
    epsilon: float | None = None
    burn_in: int | None = None
    keep: int = 1
    back_track: bool = False
    max_steps: int = 1_000_000

    def __post_init__(self) -> None:
        _check_settings(self)


@dataclass(frozen=True, kw_only=True)
class ClusterPath:
    """A path of convex clustering.

    Attributes:
        points: as given, ``(n, p)``.
        graph: as given; its nodes may stand for several points.
        settings: as given.
        penalties: gamma at each stored iterate, the first zero, ``(m,)``.
        fused: edges fused at each of them, ``(m,)``.
        fusion_at: for each fusion of an edge the stored iterate at which it is first seen, ``(F,)``; an edge that parts
            and fuses again is here twice.
        fusion_edge: the edge, ``(F,)``.
        fusion_size: its |V_l| at the stored iterate before, ``(F,)``.
        ended: whether the last iterate is the appended one, the component means.
        steps: of ADMM.
        outcome: NOT_CONVERGED if the path was cut by max_steps before every edge was fused.
        kept: U at each of them, ``(m, n, p)``, if it was asked for.
        engine: that made the steps; the same one makes them again.
    """

    points: Floats
    graph: Graph
    settings: CarpSettings
    penalties: Floats
    fused: Integers
    fusion_at: Integers
    fusion_edge: Integers
    fusion_size: Floats
    ended: bool
    steps: int
    outcome: Outcome
    kept: Floats | None = None
    engine: Engine = "auto"

    def solutions(self, which: Integers | None = None, *, engine: Engine | None = None) -> Floats:
        """U at stored iterates, ``(len(which), n, p)``; all of them if left out.

        The path is run again unless it was made with ``keep_solutions``: storing n p numbers an iterate is what makes
        others run out of memory. The engine is that of the path if left out.
        """
        m = len(self.penalties)
        asked = np.arange(m) if which is None else np.atleast_1d(np.asarray(which, dtype=np.int64))
        if asked.size and not (-m <= asked.min() and asked.max() < m):
            raise SettingError(
                f"asked for the iterates {asked.min()} to {asked.max()} of {m}; expected -{m} to {m - 1}."
            )
        if self.kept is not None:
            return np.asarray(self.kept[asked])
        rows, place = np.unique(asked % m, return_inverse=True)
        return _solutions(self, rows, engine or self.engine)[place]

    def solution_at(self, penalty: float, *, engine: Engine | None = None) -> Floats:
        """U at a penalty, interpolated between the two stored iterates beside it, ``(n, p)``."""
        if not penalty >= 0:
            raise SettingError(f"got penalty = {penalty}; expected a number from 0 on.")
        after = min(int(np.searchsorted(self.penalties, penalty)), len(self.penalties) - 1)
        pair = np.array([max(after - 1, 0), after])
        low, high = self.penalties[pair]
        share = 1.0 if high <= low else min(1.0, (penalty - low) / (high - low))
        first, second = self.solutions(pair, engine=engine)
        return np.asarray((1 - share) * first + share * second)


def carp(
    points: Floats,
    graph: Graph,
    *,
    settings: CarpSettings | None = None,
    keep_solutions: bool = False,
    engine: Engine = "auto",
    progress: Progress | None = None,
) -> ClusterPath:
    """The path of CARP: which edges are fused at which penalty, and the solutions on demand.

    Args:
        points: ``(n, p)``.
        graph: on the points, or on nodes that stand for equal ones; it may be disconnected or have no edge.
        settings: see ``CarpSettings``.
        keep_solutions: hold U at every stored iterate in memory, instead of running again where it is asked for.
        engine: "numba", "numpy", or "auto" for Numba if it is installed.
        progress: called with what is done and the share of the edges that are fused.

    Raises:
        ShapeError, NotFiniteError: the points are no table of finite numbers, or not those of the graph.
        WeightError: weights are so small that penalties are not finite.
    """
    points, settings = check_points(points), settings or CarpSettings()
    made = prepared(points, graph, norm=settings.norm, rho=settings.rho)
    if graph.weights.min(initial=1.0) < _SMALL and not made.bounds.upper < _LARGEST:
        raise WeightError(
            f"weights as small as {graph.weights.min():.3g} put the largest penalty at {made.bounds.upper:.3g}; "
            "expected one that is finite. Drop the edges with the smallest weights, or make the weights larger."
        )
    run = running(policy(settings), first_state(settings, made), engine=engine, progress=progress)
    found = run.all_steps(every=keep_solutions)
    complete = int(run.fused) == len(graph.weights)
    appended = settings.start == "repaired" and complete and len(graph.weights) > 0
    penalties, fused = np.concatenate([[0.0], found.gamma]), np.concatenate([[0], found.fused])
    kept = made.expanded(found.solutions) if keep_solutions else None
    if appended:
        penalties = np.append(penalties, max(made.bounds.upper, penalties[-1] * settings.ratio))
        fused = np.append(fused, fused[-1])
    if kept is not None:
        kept = np.concatenate([points[None], kept, *([graph.of_points(made.means)[None]] if appended else [])])
    return ClusterPath(
        points=points,
        graph=graph,
        settings=settings,
        penalties=penalties,
        fused=fused,
        fusion_at=found.event_at,
        fusion_edge=found.event_edge,
        fusion_size=found.event_size,
        ended=appended,
        steps=run.steps,
        outcome=Outcome.OK if complete else Outcome.NOT_CONVERGED,
        kept=kept,
        engine=engine,
    )


def policy(settings: CarpSettings) -> Policy:
    """What the kernel takes of the settings; no burn-in is written as minus one, so that the first step counts."""
    published = settings.start == "published"
    burn_in = settings.burn_in if settings.burn_in is not None else (_PUBLISHED_BURN_IN if published else -1)
    ratio = _BACK_TRACKED_RATIO if settings.back_track else float(settings.ratio)
    tries = _TRIES if settings.back_track else 0
    return Policy(ratio, burn_in, settings.keep, settings.max_steps, tries)


def first_state(settings: CarpSettings, made: Prepared) -> Run:
    """The run before its first step."""
    published = settings.start == "published"
    epsilon = settings.epsilon
    if epsilon is None:
        epsilon = _PUBLISHED_EPSILON if published else _first_penalty(made, policy(settings).ratio)
    first = _FIRST_RATIO if settings.back_track else float(settings.ratio)
    return Run(made, epsilon=float(epsilon), ratio=first, published=published)


def _first_penalty(made: Prepared, ratio: float) -> float:
    """The error of a path is of the order of t - 1: a first step as long as that costs nothing and saves many."""
    return max(_SHARE * made.bounds.lower, made.still(ratio - 1)) or _PUBLISHED_EPSILON


def _solutions(path: ClusterPath, rows: Integers, engine: Engine) -> Floats:
    """U at sorted, different stored iterates: the first are the points, the last may be the appended means."""
    found = np.empty((len(rows), *path.points.shape))
    last = len(path.penalties) - 1
    found[rows == 0] = path.points
    made = prepared(path.points, path.graph, norm=path.settings.norm, rho=path.settings.rho)
    appended = (rows == last) & path.ended
    found[appended] = path.graph.of_points(made.means)
    inner = (rows > 0) & ~appended
    if inner.any():
        run = running(policy(path.settings), first_state(path.settings, made), engine=engine, progress=None)
        found[inner] = made.expanded(run.until(rows[inner]))
    return found


def _check_settings(settings: CarpSettings) -> None:
    ratio, rho, epsilon = settings.ratio, settings.rho, settings.epsilon
    if not (math.isfinite(ratio) and ratio > 1):
        raise SettingError(f"got ratio = {ratio}; expected more than one, for example 1.05: the penalty has to grow.")
    if not (math.isfinite(rho) and rho > 0):
        raise SettingError(f"got rho = {rho}; expected a positive number; one is nearly the best.")
    if epsilon is not None and not (math.isfinite(epsilon) and epsilon > 0):
        raise SettingError(f"got epsilon = {epsilon}; expected a positive number, or None.")
    if settings.norm not in (1, 2):
        raise UnknownNameError(f"got norm = {settings.norm!r}; expected 1 or 2, the q of the penalty.")
    if settings.start not in ("repaired", "published"):
        raise unknown_name("start", settings.start, ("repaired", "published"))
    burn_in = 0 if settings.burn_in is None else settings.burn_in
    if settings.keep < 1 or settings.max_steps < 1 or burn_in < 0:
        raise SettingError(
            f"got keep = {settings.keep}, max_steps = {settings.max_steps}, burn_in = {settings.burn_in}; expected at "
            "least 1, 1 and 0."
        )
