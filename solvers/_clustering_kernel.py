"""CARP compiled by Numba: one pass over the edges and one sparse solve a step. Import it only where it is run.

A step at penalty gamma, from the state s, a of the step before (``State``):
  U = (I + rho L)^-1 (X + rho D'(V - Z)),  s_l = U_i - U_j + Z_l,  a_l = min(1, gamma w_l / (rho |s_l|)),
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

from lemmata.solvers._clustering_types import (
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
from lemmata.solvers.arithmetic import Floats
from lemmata.solvers.compilation import compiled

_BLOCK = 32
"""Edges that are taken at a time."""


REORDERED = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}
"""Sums over features may be reordered; NaN and infinity are kept."""


LANES = 8
"""Entries of a row that are taken at a time: rows of the tables are as long as a multiple of it."""
_VECTOR, _INDEX, _DOUBLE = ir.VectorType(ir.DoubleType(), LANES), ir.IntType(64), ir.DoubleType()
_ALIGNED = 8


def _tables(context: Any, builder: Any, signature: Any, arguments: Any, count: int) -> tuple[list[Any], Any]:
    """The first `count` arguments as tables of vectors, and how many vectors make a row."""
    bases, blocks = [], None
    for kind, value in zip(signature.args[:count], arguments[:count], strict=True):
        array = context.make_array(kind)(context, builder, value)
        bases.append(builder.bitcast(array.data, _VECTOR.as_pointer()))
        blocks = builder.lshr(cgutils.unpack_tuple(builder, array.shape)[1], _INDEX(LANES.bit_length() - 1))
    return bases, blocks


def _entries(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    return context.make_array(kind)(context, builder, value).data


def _all(builder: Any, number: Any) -> Any:
    """A vector of one number."""
    first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), number, ir.IntType(32)(0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, ir.Constant(_VECTOR, ir.Undefined), mask)


def _sum(builder: Any, vector: Any) -> Any:
    """The sum of the entries of a vector, by halves."""
    width = LANES
    while width > 1:
        width //= 2
        lanes = [ir.Constant(ir.VectorType(ir.IntType(32), width), list(range(k, k + width))) for k in (0, width)]
        low, high = (builder.shuffle_vector(vector, vector, lane) for lane in lanes)
        vector = builder.fadd(low, high)
    return builder.extract_element(vector, ir.IntType(32)(0))


def _fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """A b + c in one rounding where the machine can."""
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{LANES}f64"), [a, b, c])


def _load(builder: Any, base: Any, place: Any) -> Any:
    return builder.load(builder.gep(base, [place]), align=_ALIGNED)


def _store_vector(builder: Any, value: Any, base: Any, place: Any) -> None:
    builder.store(value, builder.gep(base, [place]), align=_ALIGNED)


@intrinsic
def _eliminate(_context: Any, right: Any, value: Any, row: Any, k: Any, first: Any, last: Any) -> Any:
    """right[row[e]] -= value[e] * right[k] for the entries e of a column; right[k] stays in a register."""
    signature = types.void(right, value, row, k, first, last)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (base,), blocks = _tables(context, builder, signature, arguments, 1)
        values = _entries(context, builder, signature.args[1], arguments[1])
        rows = _entries(context, builder, signature.args[2], arguments[2])
        k, first, last = arguments[3:]
        own = builder.mul(k, blocks)
        with cgutils.for_range(builder, blocks) as block:
            pivot = builder.fneg(_load(builder, base, builder.add(own, block.index)))
            with cgutils.for_range_slice(builder, first, last, _INDEX(1), _INDEX) as (e, _):
                place = builder.add(builder.mul(builder.load(builder.gep(rows, [e])), blocks), block.index)
                factor = _all(builder, builder.load(builder.gep(values, [e])))
                _store_vector(builder, _fused(builder, factor, pivot, _load(builder, base, place)), base, place)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _substitute(  # noqa: PLR0913, PLR0917 - the parts of one row of a factor
    _context: Any, u: Any, right: Any, x: Any, value: Any, row: Any, scale: Any, k: Any, first: Any, last: Any
) -> Any:
    """u[k] = scale * right[k] - sum of value[e] * u[row[e]]; then right[k] = x[k], for the next right-hand side."""
    signature = types.void(u, right, x, value, row, scale, k, first, last)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (base, source, fresh), blocks = _tables(context, builder, signature, arguments, 3)
        values = _entries(context, builder, signature.args[3], arguments[3])
        rows = _entries(context, builder, signature.args[4], arguments[4])
        scale, k, first, last = arguments[5:]
        own, many = builder.mul(k, blocks), _all(builder, scale)
        total = cgutils.alloca_once(builder, _VECTOR)
        with cgutils.for_range(builder, blocks) as block:
            here = builder.add(own, block.index)
            builder.store(builder.fmul(many, _load(builder, source, here)), total)
            with cgutils.for_range_slice(builder, first, last, _INDEX(1), _INDEX) as (e, _):
                place = builder.add(builder.mul(builder.load(builder.gep(rows, [e])), blocks), block.index)
                factor = _all(builder, builder.fneg(builder.load(builder.gep(values, [e]))))
                builder.store(_fused(builder, factor, _load(builder, base, place), builder.load(total)), total)
            _store_vector(builder, builder.load(total), base, here)
            _store_vector(builder, _load(builder, fresh, here), source, here)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _difference(_context: Any, u: Any, s: Any, i: Any, j: Any, a: Any, edge: Any) -> Any:
    """s[edge] = u[i] - u[j] + a * s[edge]; the sum of its squares."""
    signature = types.float64(u, s, i, j, a, edge)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (points, edges), blocks = _tables(context, builder, signature, arguments, 2)
        i, j, a, edge = arguments[2:]
        head, tail, own = (builder.mul(number, blocks) for number in (i, j, edge))
        many, total = _all(builder, a), cgutils.alloca_once_value(builder, ir.Constant(_VECTOR, [0.0] * LANES))
        with cgutils.for_range(builder, blocks) as block:
            there, here, place = (builder.add(start, block.index) for start in (head, tail, own))
            apart = builder.fsub(_load(builder, points, there), _load(builder, points, here))
            new = _fused(builder, many, _load(builder, edges, place), apart)
            _store_vector(builder, new, edges, place)
            builder.store(_fused(builder, new, new, builder.load(total)), total)
        return _sum(builder, builder.load(total))

    return signature, code


@intrinsic
def _scatter(_context: Any, right: Any, s: Any, i: Any, j: Any, factor: Any, edge: Any) -> Any:
    """right[i] += factor * s[edge] and right[j] -= factor * s[edge]; i and j differ."""
    signature = types.void(right, s, i, j, factor, edge)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        (points, edges), blocks = _tables(context, builder, signature, arguments, 2)
        i, j, factor, edge = arguments[2:]
        head, tail, own = (builder.mul(number, blocks) for number in (i, j, edge))
        plus, minus = _all(builder, factor), _all(builder, builder.fneg(factor))
        with cgutils.for_range(builder, blocks) as block:
            push = _load(builder, edges, builder.add(own, block.index))
            for start, sign in ((head, plus), (tail, minus)):
                place = builder.add(start, block.index)
                _store_vector(builder, _fused(builder, sign, push, _load(builder, points, place)), points, place)
        return context.get_dummy_value()

    return signature, code


@compiled(**REORDERED)
def _solve(factor: Factor, x: Floats, right: Floats, u: Floats) -> None:
    """U = (I + rho L)^-1 right; the right-hand side is used up and set to X, for the next one."""
    if factor.inverse.size:
        np.dot(factor.inverse, right, u)
        right[:] = x
        return
    start, row, value, pivot = factor.start, factor.row, factor.value, factor.pivot
    n, p = u.shape
    if p % LANES == 0:
        for k in range(n):
            _eliminate(right, value, row, k, start[k], start[k + 1])
        for k in range(n - 1, -1, -1):
            _substitute(u, right, x, value, row, 1 / pivot[k], k, start[k], start[k + 1])
        return
    for k in range(n):
        for e in range(start[k], start[k + 1]):
            r, entry = row[e], value[e]
            for f in range(p):
                right[r, f] -= entry * right[k, f]
    for k in range(n - 1, -1, -1):
        scale = 1 / pivot[k]
        for f in range(p):
            u[k, f] = scale * right[k, f]
            right[k, f] = x[k, f]
        for e in range(start[k], start[k + 1]):
            r, entry = row[e], value[e]
            for f in range(p):
                u[k, f] -= entry * u[r, f]


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
