"""The steps of ``_kernel`` in plain NumPy and SciPy: to compare with, and where Numba is missing.

It keeps to the textbook: D as a sparse matrix, a solve by SciPy, U, V and Z written out. The state it reads and leaves
is the kernel's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.solvers.clustering._factor import laplacian
from lemmata.solvers.clustering._types import (
    EVENTS,
    FUSED,
    ITERATION,
    STORED,
    Factor,
    Integers,
    Policy,
    Problem,
    Record,
    State,
)


class _Solver:
    """D and the factor of M + rho L, made once a chunk."""

    def __init__(self, problem: Problem) -> None:
        from scipy import sparse
        from scipy.sparse import linalg

        n, edges = len(problem.x), np.stack([problem.head, problem.tail], axis=1)
        e = np.arange(len(edges))
        signs = np.repeat([1.0, -1.0], len(edges))
        places = np.concatenate([e, e]), np.concatenate([problem.head, problem.tail])
        self.D = sparse.csr_array((signs, places), shape=(len(edges), n))
        self.solve = linalg.splu(laplacian(n, edges, np.full(len(edges), problem.rho), diagonal=problem.mass)).solve


def _dual(problem: Problem, state: State) -> Any:
    """Z of the step before."""
    column = state.scale[:, None]
    return np.clip(state.s, -column, column) if problem.norm == 1 else column * state.s


def _fused(problem: Problem, state: State, gamma: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    threshold = gamma / problem.rho * problem.weight
    if problem.norm == 1:
        return ~(state.size > threshold)
    safe = np.where(state.size > 0, state.size, 1)
    return np.asarray((state.size == 0) | ~(1 - threshold / safe > 0))


def _advance(problem: Problem, state: State, solver: _Solver) -> None:
    """U, and s = D U + Z with its norms: what does not depend on the penalty."""
    state.u[:] = solver.solve(state.right)
    state.s[:] = solver.D @ state.u + _dual(problem, state)
    if problem.norm == 1:
        state.size[:] = np.abs(state.s).max(axis=1, initial=0)
    else:
        state.size[:] = np.sqrt((state.s**2).sum(axis=1))


def _shrink(problem: Problem, state: State, solver: _Solver, gamma: float) -> None:
    """V by the proximal step at gamma, Z, and the next right-hand side."""
    fused, threshold = _fused(problem, state, gamma), gamma / problem.rho * problem.weight
    state.scale[:] = threshold
    if problem.norm != 1:
        state.scale[:] = np.where(fused, 1.0, threshold / np.where(state.size > 0, state.size, 1))
    Z = _dual(problem, state)
    V = np.where(fused[:, None], 0.0, state.s - Z)
    state.apart[:] = np.where(fused, 0.0, np.sqrt((V**2).sum(axis=1)))
    state.right[:] = problem.x + problem.rho * (solver.D.T @ (V - Z))
    state.counts[FUSED] = int(fused.sum())


def _isolating(problem: Problem, state: State, policy: Policy) -> float:
    before, gamma, low = int(state.counts[FUSED]), float(state.level[0]), float(state.level[1])
    high = gamma
    for tried in range(1, policy.tries + 1):
        more = int(_fused(problem, state, gamma).sum()) - before
        if more == 1 or more < 0 or (more == 0 and tried == 1):
            return gamma
        if more == 0:
            low = gamma
        elif tried > 1:
            high = gamma
        gamma = 0.5 * (low + high)
    return gamma


def _store(state: State, record: Record, place: int, taken: int) -> int:
    counts = state.counts
    record.gamma[place], record.fused[place] = state.level[0], counts[FUSED]
    new: Integers = np.flatnonzero((state.apart == 0) & (state.before > 0))
    span = slice(counts[EVENTS], counts[EVENTS] + len(new))
    record.event_at[span], record.event_edge[span] = counts[STORED], new
    record.event_size[span] = state.before[new]
    counts[EVENTS] += len(new)
    state.before[:] = state.apart
    if taken < len(record.wanted) and record.wanted[taken] == counts[STORED]:
        record.solutions[taken] = state.u
        taken += 1
    counts[STORED] += 1
    return taken


def chunk(problem: Problem, factor: Factor, state: State, policy: Policy, record: Record) -> int:
    """As the kernel's ``chunk``."""
    del factor
    solver, counts, edges, place, taken = _Solver(problem), state.counts, len(problem.head), 0, 0
    while counts[ITERATION] < policy.max_steps and counts[FUSED] < edges:
        if place == len(record.gamma) or counts[EVENTS] + edges > len(record.event_at):
            break
        before, now = counts[FUSED], int(counts[ITERATION])
        _advance(problem, state, solver)
        if policy.tries:
            state.level[:2] = _isolating(problem, state, policy)
        _shrink(problem, state, solver, float(state.level[0]))
        if policy.tries and counts[FUSED]:
            state.level[2] = policy.ratio
        if counts[FUSED] != before or (now % policy.keep == 0 and now > policy.burn_in):
            taken = _store(state, record, place, taken)
            place += 1
        counts[ITERATION] = now + 1
        if now + 1 > policy.burn_in or (not policy.tries and now + 1 == policy.burn_in):
            state.level[0] *= state.level[2]
    return place


def frozen(problem: Problem, factor: Factor, state: State, steps: int) -> None:
    """As the kernel's ``frozen``."""
    del factor
    solver = _Solver(problem)
    for _ in range(steps):
        _advance(problem, state, solver)
        _shrink(problem, state, solver, float(state.level[0]))
        state.counts[ITERATION] += 1
