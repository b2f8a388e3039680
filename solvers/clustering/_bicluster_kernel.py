"""CBASS compiled by Numba; import it only where it is run.

A step, from U, V and Z of the step before:
  U <- U + (X - U + rho [D_r'(V_r - Z_r - D_r U) + (V_c - Z_c - U D_c) D_c']) / (1 + a),
then V and Z of rows and of columns as in CARP. Columns are the rows of the transposed problem.
"""

from __future__ import annotations

import numpy as np

from lemmata.solvers.clustering._kernel import _differences, _spread, _store
from lemmata.solvers.clustering._types import FUSED, ITERATION, Policy, Problem, Record, State
from lemmata.solvers.clustering._vectors import REORDERED
from lemmata.solvers.numbers.compilation import compiled


@compiled(**REORDERED)
def _side(problem: Problem, state: State, gamma: float) -> None:
    """V and Z of one side at its U, and what they pull on the next U."""
    head, tail, u, right, rho = problem.head, problem.tail, state.u, state.right, problem.rho
    right[:] = 0.0
    _differences(problem, state, 0, len(head))
    state.counts[FUSED] = _spread(problem, state, gamma / rho, 0, len(head))
    for edge in range(len(head)):
        i, j = head[edge], tail[edge]
        for f in range(u.shape[1]):
            step = rho * (u[i, f] - u[j, f])
            right[i, f] -= step
            right[j, f] += step


@compiled(**REORDERED)
def _step(rows: Problem, columns: Problem, row: State, column: State, proximal: float) -> None:
    x, u, turned, pull, other = rows.x, row.u, column.u, row.right, column.right
    for i in range(u.shape[0]):
        for f in range(u.shape[1]):
            u[i, f] += (x[i, f] - u[i, f] + pull[i, f] + other[f, i]) / (1 + proximal)
            turned[f, i] = u[i, f]
    _side(rows, row, row.level[0])
    _side(columns, column, row.level[0])


@compiled(**REORDERED)
def chunk(
    problems: tuple[Problem, Problem],
    states: tuple[State, State],
    records: tuple[Record, Record],
    policy: Policy,
    proximal: float,
) -> int:
    """Steps until both sides are fused, the steps are used up or the buffers full; how many iterates were stored."""
    rows, columns = problems
    row, column = states
    counts, place, taken = row.counts, 0, 0
    capacity = len(records[0].gamma)
    room = len(records[0].event_at) - len(rows.head), len(records[1].event_at) - len(columns.head)
    while counts[ITERATION] < policy.max_steps:
        if counts[FUSED] == len(rows.head) and column.counts[FUSED] == len(columns.head):
            break
        if place == capacity or counts[3] > room[0] or column.counts[3] > room[1]:
            break
        before, other, now = counts[FUSED], column.counts[FUSED], counts[ITERATION]
        _step(rows, columns, row, column, proximal)
        changed = counts[FUSED] != before or column.counts[FUSED] != other
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
