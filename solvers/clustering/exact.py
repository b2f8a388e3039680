"""Convex clustering at given penalties to a proven accuracy: warm-started ADMM until the duality gap is small.

For any U, and any Y with |Y_l| <= lam w_l on every edge,
  1/2 |U - U_lam|^2 <= gap = 1/2 |U - X + D'Y|^2 + sum_l (lam w_l |(DU)_l| - <Y_l, (DU)_l>),
since the objective is strongly convex; every term is nonnegative, so that no digits cancel. A node that stands for m
points counts m times in both squares, and its row of D'Y is divided by m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lemmata.solvers.clustering._flows import edge_norms, electrical, lower_bound, means
from lemmata.solvers.clustering._run import Prepared, Run, kernel, one_thread, prepared
from lemmata.solvers.clustering._types import ITERATION, Integers
from lemmata.solvers.clustering.graph import Graph, SettingError, components
from lemmata.solvers.clustering.weights import check_points
from lemmata.solvers.engine.outcome import Outcome
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import ShapeError

_FIRST_STEPS, _GROWTH, _BRACKET_STEPS, _BRACKET_GROWTH = 10, 1.3, 50, 1.1
_TOLERANCE = 1e-13
"""Of U at each step, where it is solved for inexactly: no larger than what the gap is to become."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What a pair (U, Y) proves: the duality gap, and how far U can be from the solution, sqrt(2 gap)."""

    gap: float
    distance: float


@dataclass(frozen=True, kw_only=True)
class ExactSolution:
    """The solution at one penalty.

    Attributes:
        penalty: lam.
        solution: U, ``(n, p)``.
        dual: Y, one row an edge, ``(E, p)``; X - U = D'Y at the solution. Not unique if the graph has cycles.
        gap: duality gap of the two.
        steps: of ADMM spent at this penalty.
        outcome: NOT_CONVERGED if the gap that was asked for was not reached; ``gap`` holds all the same.
    """

    penalty: float
    solution: Floats
    dual: Floats
    gap: float
    steps: int
    outcome: Outcome


@dataclass(frozen=True, kw_only=True)
class Bracket:
    """A number between two proven bounds."""

    lower: float
    upper: float


def certificate(
    points: Floats, graph: Graph, *, solution: Floats, dual: Floats, penalty: float, norm: Literal[1, 2] = 2
) -> Certificate:
    """Bound the distance of any U from the exact solution by any Y.

    Args:
        points: X, ``(n, p)``.
        graph: on the points.
        solution: U, ``(n, p)``.
        dual: Y, ``(E, p)``; rows too long to be feasible are shortened.
        penalty: lam.
        norm: q.
    """
    points, penalty = check_points(points), _check_penalty(penalty)
    if solution.shape != points.shape or dual.shape != (len(graph.edges), points.shape[1]):
        raise ShapeError(
            f"got U {solution.shape} and Y {dual.shape}; expected {points.shape} and "
            f"{(len(graph.edges), points.shape[1])}, as the points and the edges are."
        )
    rows, u, mass = graph.of_nodes(points), graph.of_nodes(solution), graph.counts[:, None].astype(float)
    gap = _gap(rows, mass, graph.edges, penalty * graph.weights, u, dual, norm)
    return Certificate(gap=gap, distance=math.sqrt(2 * gap))


def exact_path(
    points: Floats,
    graph: Graph,
    penalties: Floats,
    *,
    gap: float = 1e-10,
    norm: Literal[1, 2] = 2,
    rho: float = 1.0,
    max_steps: int = 200_000,
) -> tuple[ExactSolution, ...]:
    """Solutions at penalties, each started from the one before; give them in growing order.

    Args:
        points: ``(n, p)``.
        graph: on the points; it may be disconnected.
        penalties: ``(m,)``, nonnegative.
        gap: to be reached, relative to the squared distance of the points from their component means.
        norm: q.
        rho: of the augmented Lagrangian; it changes the speed only.
        max_steps: at each penalty.
    """
    points, levels = check_points(points), np.atleast_1d(np.asarray(penalties, dtype=float))
    made = prepared(points, graph, norm=norm, rho=rho, tolerance=_TOLERANCE)
    run = Run(made, epsilon=0.0, ratio=1.0, published=False)
    wanted = gap * made.spread**2
    steps = kernel("auto")
    with one_thread(made.factor):
        found = [_solved(made, run, steps, _check_penalty(level), wanted, max_steps) for level in levels.tolist()]
    return tuple(found)


def exact_solution(
    points: Floats,
    graph: Graph,
    penalty: float,
    *,
    gap: float = 1e-10,
    norm: Literal[1, 2] = 2,
    rho: float = 1.0,
    max_steps: int = 200_000,
) -> ExactSolution:
    """The solution at one penalty, see ``exact_path``."""
    return exact_path(points, graph, np.array([penalty]), gap=gap, norm=norm, rho=rho, max_steps=max_steps)[0]


def largest_penalty(
    points: Floats, graph: Graph, *, norm: Literal[1, 2] = 2, rtol: float = 1e-4, max_steps: int = 50_000
) -> Bracket:
    """lam_max, from which on all points of each component are fused: the shortest flow that carries X to its means.

    On a forest the flow is unique and the two bounds agree. Else each U gives the lower bound <X - mean, U> / P(U) and
    each flow an upper bound, and ADMM at a penalty near them improves both until they are `rtol` apart, or the
    steps are used up: what is returned holds all the same.
    """
    points = check_points(points)
    made = prepared(points, graph, norm=norm, rho=1.0, tolerance=_TOLERANCE)
    if not len(graph.edges) or not made.excess.any():
        return Bracket(lower=0.0, upper=0.0)
    return _bracketed(made, rtol, max_steps)


def two_points(points: Floats, weight: float, penalty: float) -> Floats:
    """The solution for two points (q = 2): each moves by lam w towards the other, until they meet; ``(2, p)``."""
    points = check_points(points)
    if len(points) != 2:  # noqa: PLR2004 - the two of the name
        raise ShapeError(f"two_points got {len(points)} points; expected 2.")
    apart = points[0] - points[1]
    length = float(np.linalg.norm(apart))
    share = 0.5 if length <= 2 * penalty * weight else penalty * weight / length
    return np.stack([points[0] - share * apart, points[1] + share * apart])


def _solved(made: Prepared, run: Run, steps: Any, penalty: float, wanted: float, most: int) -> ExactSolution:
    """ADMM at one penalty, until the gap is small."""
    state, problem = run.state, made.problem
    edges, spent, length = np.stack([problem.head, problem.tail], axis=1), 0, float(_FIRST_STEPS)
    if penalty >= made.bounds.upper:  # all is fused, and a flow proves it
        flow = made.bounds.flow
        limits = penalty * made.graph.weights
        gap = _gap(made.rows, made.mass, made.graph.edges, limits, made.means, flow, problem.norm)
        means = made.graph.of_points(made.means).copy()
        return ExactSolution(penalty=penalty, solution=means, dual=flow, gap=gap, steps=0, outcome=Outcome.OK)
    state.level[0] = penalty
    mass = problem.mass[:, None]
    while True:
        count = min(int(length), most - spent)
        steps.frozen(problem, made.factor, state, count)
        spent, length = spent + count, length * _GROWTH
        dual = problem.rho * _dual(run)
        limits = penalty * problem.weight
        tried = [state.u, _averaged(run, edges)]
        gaps = [_gap(problem.x / mass, mass, edges, limits, u, dual, problem.norm) for u in tried]
        best = int(np.argmin(gaps))
        if gaps[best] <= wanted or spent >= most:
            break
    return ExactSolution(
        penalty=penalty,
        solution=made.expanded(tried[best][None])[0],
        dual=made.outward(dual),
        gap=gaps[best],
        steps=spent,
        outcome=Outcome.OK if gaps[best] <= wanted else Outcome.NOT_CONVERGED,
    )


def _dual(run: Run) -> Floats:
    """Z of the state."""
    column = run.state.scale[:, None]
    if run.made.problem.norm == 1:
        return np.asarray(np.clip(run.state.s, -column, column))
    return np.asarray(column * run.state.s)


def _averaged(run: Run, edges: Integers) -> Floats:
    """U, averaged over the points that fused edges join: the fused edges then cost nothing."""
    joined = edges[run.state.apart == 0]
    return means(run.state.u, components(len(run.state.u), joined), run.made.problem.mass)


def _gap(x: Floats, mass: Floats, edges: Integers, limits: Floats, u: Floats, dual: Floats, norm: int) -> float:
    """The duality gap of U and Y, shortened where it is longer than `limits`; `mass` is a column."""
    longest = edge_norms(dual, norm)
    shrunk = np.minimum(1.0, limits / np.where(longest > 0, longest, 1))[:, None] * dual
    difference = u[edges[:, 0]] - u[edges[:, 1]]
    lengths = np.abs(difference).sum(axis=1) if norm == 1 else edge_norms(difference, 2)
    residual = mass * (u - x)
    np.add.at(residual, edges[:, 0], shrunk)
    np.subtract.at(residual, edges[:, 1], shrunk)
    slack = limits * lengths - (shrunk * difference).sum(axis=1)
    return float((residual**2 / mass).sum() / 2 + np.maximum(slack, 0).sum())


def _bracketed(made: Prepared, rtol: float, most: int) -> Bracket:
    """Bounds on lam_max, improved by ADMM."""
    lower, upper = made.bounds.lower, made.bounds.upper
    if upper - lower <= rtol * upper:
        return Bracket(lower=lower, upper=upper)
    problem, run = made.problem, Run(made, epsilon=0.0, ratio=1.0, published=False)
    edges, norm, engine = np.stack([problem.head, problem.tail], axis=1), problem.norm, kernel("auto")
    reduced = made.inward(made.excess)[made.order]
    flow = electrical(made.parts[made.order], edges, problem.weight)
    length = float(_BRACKET_STEPS)
    with one_thread(made.factor):
        while upper - lower > rtol * upper and run.state.counts[ITERATION] < most:
            # Just below lam_max the lower bound of U_lam is nearly exact, and the flow misses only by what is short.
            run.state.level[0] = lower - (upper - lower) / 10
            engine.frozen(problem, made.factor, run.state, min(int(length), most - int(run.state.counts[ITERATION])))
            length *= _BRACKET_GROWTH
            dual = problem.rho * _dual(run)
            rest = reduced.copy()
            np.subtract.at(rest, edges[:, 0], dual)
            np.add.at(rest, edges[:, 1], dual)
            if (found := flow(rest)) is not None:
                upper = min(upper, float((edge_norms(dual + found[0], norm) / problem.weight).max()))
            tried = (lower_bound(reduced, u, edges, problem.weight, norm) for u in (run.state.u, _averaged(run, edges)))
            lower = min(upper, max(lower, *tried))
    return Bracket(lower=lower, upper=upper)


def _check_penalty(penalty: float) -> float:
    if not (math.isfinite(penalty) and penalty >= 0):
        raise SettingError(f"got the penalty {penalty}; expected a finite number from 0 on.")
    return float(penalty)
