"""CARP compiled by Numba: one pass over the edges and one sparse solve a step. Import it only where it is run.

A step at penalty gamma, from the state s, a of the step before (``State``):
  U = (M + rho L)^-1 (M X + rho D'(V - Z)),  s_l = U_i - U_j + Z_l,  a_l = min(1, gamma w_l / (rho |s_l|)),
after which Z = a s, V = (1 - a) s, and V - Z = (1 - 2 a) s is scattered into the next right-hand side.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from lemmata.solvers.clustering._conjugate import improve
from lemmata.solvers.clustering._types import (
    EVENTS,
    FUSED,
    ITERATION,
    STORED,
    Factor,
    Policy,
    Problem,
    Record,
    State,
)
from lemmata.solvers.clustering._vectors import (
    INDEX,
    LANES,
    REORDERED,
    VECTOR,
    broadcast,
    entries,
    lane_sum,
    load,
    multiply_add,
    store,
    tables,
)
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.compilation import compiled

_BLOCK = 32
"""Edges that are taken at a time."""


@intrinsic
def _eliminate(_context: Any, right: Any, value: Any, row: Any, k: Any, first: Any, last: Any) -> Any:
    """right[row[e]] -= value[e] * right[k] for the entries e of a column; right[k] stays in a register."""
    signature = types.void(right, value, row, k, first, last)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (base,), blocks = tables(context, builder, signature, arguments, 1)
        values = entries(context, builder, signature.args[1], arguments[1])
        rows = entries(context, builder, signature.args[2], arguments[2])
        k, first, last = arguments[3:]
        own = builder.mul(k, blocks)
        with cgutils.for_range(builder, blocks) as block:
            pivot = builder.fneg(load(builder, base, builder.add(own, block.index)))
            with cgutils.for_range_slice(builder, first, last, INDEX(1), INDEX) as (e, _):
                place = builder.add(builder.mul(builder.load(builder.gep(rows, [e])), blocks), block.index)
                factor = broadcast(builder, builder.load(builder.gep(values, [e])))
                store(builder, multiply_add(builder, factor, pivot, load(builder, base, place)), base, place)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _substitute(  # noqa: PLR0913, PLR0917 - the parts of one row of a factor
    _context: Any, u: Any, right: Any, x: Any, value: Any, row: Any, scale: Any, k: Any, first: Any, last: Any
) -> Any:
    """u[k] = scale * right[k] - sum of value[e] * u[row[e]]; then right[k] = x[k], for the next right-hand side."""
    signature = types.void(u, right, x, value, row, scale, k, first, last)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (base, source, fresh), blocks = tables(context, builder, signature, arguments, 3)
        values = entries(context, builder, signature.args[3], arguments[3])
        rows = entries(context, builder, signature.args[4], arguments[4])
        scale, k, first, last = arguments[5:]
        own, many = builder.mul(k, blocks), broadcast(builder, scale)
        total = cgutils.alloca_once(builder, VECTOR)
        with cgutils.for_range(builder, blocks) as block:
            here = builder.add(own, block.index)
            builder.store(builder.fmul(many, load(builder, source, here)), total)
            with cgutils.for_range_slice(builder, first, last, INDEX(1), INDEX) as (e, _):
                place = builder.add(builder.mul(builder.load(builder.gep(rows, [e])), blocks), block.index)
                factor = broadcast(builder, builder.fneg(builder.load(builder.gep(values, [e]))))
                builder.store(multiply_add(builder, factor, load(builder, base, place), builder.load(total)), total)
            store(builder, builder.load(total), base, here)
            store(builder, load(builder, fresh, here), source, here)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _difference(_context: Any, u: Any, s: Any, i: Any, j: Any, a: Any, edge: Any) -> Any:
    """s[edge] = u[i] - u[j] + a * s[edge]; the sum of its squares."""
    signature = types.float64(u, s, i, j, a, edge)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (points, edges), blocks = tables(context, builder, signature, arguments, 2)
        i, j, a, edge = arguments[2:]
        head, tail, own = (builder.mul(number, blocks) for number in (i, j, edge))
        many, total = broadcast(builder, a), cgutils.alloca_once_value(builder, ir.Constant(VECTOR, [0.0] * LANES))
        with cgutils.for_range(builder, blocks) as block:
            there, here, place = (builder.add(start, block.index) for start in (head, tail, own))
            apart = builder.fsub(load(builder, points, there), load(builder, points, here))
            new = multiply_add(builder, many, load(builder, edges, place), apart)
            store(builder, new, edges, place)
            builder.store(multiply_add(builder, new, new, builder.load(total)), total)
        return lane_sum(builder, builder.load(total))

    return signature, code


@intrinsic
def _scatter(_context: Any, right: Any, s: Any, i: Any, j: Any, factor: Any, edge: Any) -> Any:
    """right[i] += factor * s[edge] and right[j] -= factor * s[edge]; i and j differ."""
    signature = types.void(right, s, i, j, factor, edge)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (points, edges), blocks = tables(context, builder, signature, arguments, 2)
        i, j, factor, edge = arguments[2:]
        head, tail, own = (builder.mul(number, blocks) for number in (i, j, edge))
        plus, minus = broadcast(builder, factor), broadcast(builder, builder.fneg(factor))
        with cgutils.for_range(builder, blocks) as block:
            push = load(builder, edges, builder.add(own, block.index))
            for start, sign in ((head, plus), (tail, minus)):
                place = builder.add(start, block.index)
                store(builder, multiply_add(builder, sign, push, load(builder, points, place)), points, place)
        return context.get_dummy_value()

    return signature, code


@compiled(**REORDERED)
def _solve(factor: Factor, x: Floats, right: Floats, u: Floats) -> None:
    """U = (M + rho L)^-1 right, p a multiple of eight; right is used up and set to X, for the next one."""
    if factor.inverse.size:
        np.dot(factor.inverse, right, u)
        right[:] = x
        return
    if factor.incomplete.start.size:
        improve(factor.incomplete, right, u)
        right[:] = x
        return
    start, row, value, pivot = factor.start, factor.row, factor.value, factor.pivot
    for k in range(len(pivot)):
        _eliminate(right, value, row, k, start[k], start[k + 1])
    for k in range(len(pivot) - 1, -1, -1):
        _substitute(u, right, x, value, row, 1 / pivot[k], k, start[k], start[k + 1])


@compiled(**REORDERED)
def _differences(problem: Problem, state: State, first: int, last: int) -> None:
    """Take s = U_i - U_j + Z on some edges, and its norm: Euclidean for q = 2, largest entry for q = 1."""
    head, tail, norm, p = problem.head, problem.tail, problem.norm, state.s.shape[1]
    s, u, scale, size = state.s, state.u, state.scale, state.size
    for edge in range(first, last):
        i, j, a, total = head[edge], tail[edge], scale[edge], 0.0
        if norm == 1:
            for f in range(p):
                value = u[i, f] - u[j, f] + min(a, max(-a, s[edge, f]))
                s[edge, f] = value
                total = max(total, abs(value))
            size[edge] = total
        elif p % LANES == 0:
            size[edge] = math.sqrt(_difference(u, s, i, j, a, edge))
        else:
            for f in range(p):
                value = u[i, f] - u[j, f] + a * s[edge, f]
                s[edge, f] = value
                total += value * value
            size[edge] = math.sqrt(total)


@compiled(**REORDERED)
def _is_fused(norm: int, size: float, threshold: float) -> bool:
    """Whether the proximal step takes V to zero: in the words of the reference implementation, for equal rounding."""
    if norm == 1:
        return not size > threshold
    return size == 0.0 or not 1 - threshold / size > 0


@compiled(**REORDERED)
def _spread(problem: Problem, state: State, level: float, first: int, last: int) -> int:
    """The proximal step on some edges, V - Z into the right-hand side; how many are fused."""
    head, tail, weight, norm, rho = problem.head, problem.tail, problem.weight, problem.norm, problem.rho
    s, right, size, scale, apart = state.s, state.right, state.size, state.scale, state.apart
    count, p = 0, s.shape[1]
    for edge in range(first, last):
        i, j, threshold = head[edge], tail[edge], level * weight[edge]
        fused = _is_fused(norm, size[edge], threshold)
        count += 1 if fused else 0
        if norm == 1:
            total = 0.0
            for f in range(p):
                dual = min(threshold, max(-threshold, s[edge, f]))
                rest = s[edge, f] - dual
                total += rest * rest
                right[i, f] += rho * (rest - dual)
                right[j, f] -= rho * (rest - dual)
            scale[edge], apart[edge] = threshold, 0.0 if fused else math.sqrt(total)
        else:
            a = 1.0 if fused else threshold / size[edge]
            scale[edge], apart[edge], factor = a, 0.0 if fused else (1 - a) * size[edge], rho * (1 - 2 * a)
            if p % LANES == 0:
                _scatter(right, s, i, j, factor, edge)
                continue
            for f in range(p):
                right[i, f] += factor * s[edge, f]
                right[j, f] -= factor * s[edge, f]
    return count


@compiled(**REORDERED)
def _step(problem: Problem, factor: Factor, state: State, gamma: float) -> None:
    """One step at penalty gamma; s goes through the cache once, block by block."""
    _solve(factor, problem.x, state.right, state.u)
    fused, edges = 0, len(problem.head)
    for first in range(0, edges, _BLOCK):
        last = min(edges, first + _BLOCK)
        _differences(problem, state, first, last)
        fused += _spread(problem, state, gamma / problem.rho, first, last)
    state.counts[FUSED] = fused


@compiled(**REORDERED)
def _count(problem: Problem, state: State, gamma: float) -> int:
    """Edges that the proximal step at gamma would fuse."""
    fused, level, size, weight, norm = 0, gamma / problem.rho, state.size, problem.weight, problem.norm
    for edge in range(len(size)):
        if _is_fused(norm, size[edge], level * weight[edge]):
            fused += 1
    return fused


@compiled(**REORDERED)
def _isolating(problem: Problem, state: State, policy: Policy) -> float:
    """Back-tracking: a penalty at which one edge more is fused, by bisection, as far as the tries suffice.

    Only V and Z depend on the penalty, so that a try is a count over edges.
    """
    before, tried = state.counts[FUSED], 0
    gamma, low, high = float(state.level[0]), float(state.level[1]), float(state.level[0])
    while True:
        fused = _count(problem, state, gamma)
        tried += 1
        if tried > policy.tries or fused == before + 1 or (fused == before and tried == 1):
            return gamma
        if fused > before + 1:
            high = high if tried == 1 else gamma
        elif fused == before:
            low = gamma
        else:
            return gamma
        gamma = 0.5 * (low + high)


@compiled(**REORDERED)
def _back_tracked_step(problem: Problem, factor: Factor, state: State, policy: Policy) -> None:
    """One step at a penalty found by back-tracking."""
    _solve(factor, problem.x, state.right, state.u)
    _differences(problem, state, 0, len(problem.head))
    gamma = _isolating(problem, state, policy)
    state.level[0] = state.level[1] = gamma
    fused = _spread(problem, state, gamma / problem.rho, 0, len(problem.head))
    state.counts[FUSED] = fused
    if fused:
        state.level[2] = policy.ratio


@compiled(**REORDERED)
def _store(state: State, record: Record, place: int, taken: int) -> int:
    """Store an iterate and the edges that have fused since the last stored one; solutions stored so far."""
    counts, apart, before = state.counts, state.apart, state.before
    event_at, event_edge, event_size, at = record.event_at, record.event_edge, record.event_size, counts[EVENTS]
    record.gamma[place], record.fused[place] = state.level[0], counts[FUSED]
    for edge in range(len(apart)):
        if apart[edge] == 0.0 and before[edge] > 0.0:
            event_at[at], event_edge[at], event_size[at] = counts[STORED], edge, before[edge]
            at += 1
        before[edge] = apart[edge]
    counts[EVENTS] = at
    if taken < len(record.wanted) and record.wanted[taken] == counts[STORED]:
        record.solutions[taken] = state.u
        taken += 1
    counts[STORED] += 1
    return taken


@compiled(**REORDERED)
def chunk(problem: Problem, factor: Factor, state: State, policy: Policy, record: Record) -> int:
    """Steps until every edge is fused, the steps are used up, or the buffers might not hold another iterate.

    Returns:
        How many iterates were stored.
    """
    counts, edges, place, taken = state.counts, len(problem.head), 0, 0
    while counts[ITERATION] < policy.max_steps and counts[FUSED] < edges:
        if place == len(record.gamma) or counts[EVENTS] + edges > len(record.event_at):
            break
        before, now = counts[FUSED], counts[ITERATION]
        if policy.tries:
            _back_tracked_step(problem, factor, state, policy)
        else:
            _step(problem, factor, state, state.level[0])
        if counts[FUSED] != before or (now % policy.keep == 0 and now > policy.burn_in):
            taken = _store(state, record, place, taken)
            place += 1
        counts[ITERATION] = now + 1
        if now + 1 > policy.burn_in or (not policy.tries and now + 1 == policy.burn_in):
            state.level[0] *= state.level[2]
    return place


@compiled(**REORDERED)
def frozen(problem: Problem, factor: Factor, state: State, steps: int) -> None:
    """Steps at the penalty of the state, with nothing stored."""
    for _ in range(steps):
        _step(problem, factor, state, state.level[0])
        state.counts[ITERATION] += 1
