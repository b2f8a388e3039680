"""The steps of ``_bicluster_kernel`` in plain NumPy, U, V and Z written out."""

from __future__ import annotations

import numpy as np

from lemmata.solvers.clustering._reference import _dual, _fused, _store
from lemmata.solvers.clustering._types import EVENTS, FUSED, ITERATION, Policy, Problem, Record, State
from lemmata.solvers.numbers.arithmetic import Floats


def _differences(problem: Problem) -> Floats:
    """D, dense: ``(E, n)``."""
    D = np.zeros((len(problem.head), len(problem.x)))
    edge = np.arange(len(D))
    D[edge, problem.head], D[edge, problem.tail] = 1.0, -1.0
    return D


def _side(problem: Problem, state: State, D: Floats, gamma: float) -> None:
    threshold = gamma / problem.rho * problem.weight
    state.s[:] = D @ state.u + _dual(problem, state)
    largest, euclid = np.abs(state.s).max(axis=1, initial=0), np.sqrt((state.s**2).sum(axis=1))
    state.size[:] = largest if problem.norm == 1 else euclid
    fused = _fused(problem, state, gamma)
    share = np.where(fused, 1.0, threshold / np.where(state.size > 0, state.size, 1))
    state.scale[:] = threshold if problem.norm == 1 else share
    Z = _dual(problem, state)
    V = np.where(fused[:, None], 0.0, state.s - Z)
    state.apart[:] = np.where(fused, 0.0, np.sqrt((V**2).sum(axis=1)))
    state.right[:] = problem.rho * (D.T @ (V - Z - D @ state.u))
    state.counts[FUSED] = int(fused.sum())


def chunk(
    problems: tuple[Problem, Problem],
    states: tuple[State, State],
    records: tuple[Record, Record],
    policy: Policy,
    proximal: float,
) -> int:
    """As the kernel's ``chunk``."""
    (row, column), counts, place, taken = states, states[0].counts, 0, 0
    D = _differences(problems[0]), _differences(problems[1])
    edges = len(problems[0].head), len(problems[1].head)
    while counts[ITERATION] < policy.max_steps:
        before = int(counts[FUSED]), int(column.counts[FUSED])
        full = any(s.counts[EVENTS] + e > len(r.event_at) for s, e, r in zip(states, edges, records, strict=True))
        if before == edges or place == len(records[0].gamma) or full:
            break
        now, gamma = int(counts[ITERATION]), float(row.level[0])
        row.u[:] += (problems[0].x - row.u + row.right + column.right.T) / (1 + proximal)
        column.u[:] = row.u.T
        _side(problems[0], row, D[0], gamma)
        _side(problems[1], column, D[1], gamma)
        changed = before != (int(counts[FUSED]), int(column.counts[FUSED]))
        if changed or (now % policy.keep == 0 and now > policy.burn_in):
            taken = _store(row, records[0], place, taken)
            _store(column, records[1], place, 0)
            place += 1
        counts[ITERATION] = now + 1
        if not np.isfinite(row.u[0, 0]):
            break
        if now + 1 >= policy.burn_in:
            row.level[0] *= policy.ratio
            column.level[0] = row.level[0]
    return place
