"""A small vector machine: programs of matrix products, run on eight instances side by side, one a SIMD lane.

A number of the program is a vector of one double an instance, so that every scalar operation of the algorithm becomes
one vector operation, at any shape, without horizontal sums; and an instance has the same bits alone and in any batch.
Importing this module imports Numba. The program of `run` is data: one compilation serves every dynamics and every
shape. The kernel is kept in one file, since Numba's cache on disk notices edits of that file alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from lemmata.solvers.numbers.compilation import compiled

LANES = 8
PRODUCT, ROWS, TIMES, SIGMOID, SOFTPLUS = 0, 1, 2, 3, 4
"""Kinds of an operation, the first column of a program; the other columns are named in `run`."""
WIDTH = 15
"""Columns of a program."""


def _blocks() -> tuple[int, int]:
    """Rows and columns of the block of accumulators that the registers hold beside its operands."""
    features = binding.get_host_cpu_features()
    wide = features.get("avx512f", False) or features.get("neon", False)
    # A vector of eight doubles fills two registers of 256 bits, of which there are sixteen.
    return (4, 6) if wide else (2, 3)


BLOCK_ROWS, BLOCK_COLUMNS = _blocks()
_VECTOR, _INDEX = ir.VectorType(ir.DoubleType(), LANES), ir.IntType(64)
_ALIGNED = 8 * LANES


def _rows_from(builder: Any, first: Any, stride: Any, count: int) -> list[Any]:
    pointers = [first]
    for _ in range(count - 1):
        pointers.append(builder.gep(pointers[-1], [stride]))
    return pointers


def _fused(builder: Any) -> Any:
    kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
    return cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f64")


def _emit_block(builder: Any, rows: int, columns: int, given: tuple[Any, ...], done: Any) -> None:
    """Write out = add + scale * a b' for one block: all sums stay in registers over the inner loop."""
    out, out_row, add, add_row, scale, a, a_row, a_inner, b, b_row, b_inner, length = given
    fused, before = _fused(builder), builder.block
    left, right = _rows_from(builder, a, a_row, rows), _rows_from(builder, b, b_row, columns)
    loop, end = builder.append_basic_block("loop"), builder.append_basic_block("end")
    builder.branch(loop)
    builder.position_at_end(loop)
    counters = [builder.phi(_INDEX) for _ in range(3)]
    for counter, start in zip(counters, (length, _INDEX(0), _INDEX(0)), strict=True):
        counter.add_incoming(start, before)
    sums = [[builder.phi(_VECTOR) for _ in range(columns)] for _ in range(rows)]
    right_now = [builder.load(builder.gep(p, [counters[2]]), align=_ALIGNED) for p in right]
    after = []
    for pointer, row in zip(left, sums, strict=True):
        left_now = builder.load(builder.gep(pointer, [counters[1]]), align=_ALIGNED)
        after.append([builder.call(fused, [left_now, r, s]) for r, s in zip(right_now, row, strict=True)])
        for number in row:
            number.add_incoming(ir.Constant(_VECTOR, [0.0] * LANES), before)
    for counter, step in zip(counters, (_INDEX(-1), a_inner, b_inner), strict=True):
        counter.add_incoming(builder.add(counter, step), loop)
    for row, new in zip(sums, after, strict=True):
        for number, value in zip(row, new, strict=True):
            number.add_incoming(value, loop)
    builder.cbranch(builder.icmp_signed(">", counters[0], _INDEX(1)), loop, end)
    builder.position_at_end(end)
    places = zip(_rows_from(builder, out, out_row, rows), _rows_from(builder, add, add_row, rows), after, strict=True)
    for to, base, new in places:
        for j, value in enumerate(new):
            old = builder.load(builder.gep(base, [_INDEX(j)]), align=_ALIGNED)
            builder.store(builder.call(fused, [scale, value, old]), builder.gep(to, [_INDEX(j)]), align=_ALIGNED)
    builder.branch(done)


@intrinsic
def _block(_context: Any, w: Any, places: Any) -> Any:
    """One block of a product; offsets and strides into the workspace ``w``, in vectors."""
    signature = types.void(w, places)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        base, numbers = _vectors(context, builder, signature, arguments)
        rows, columns, out, out_row, add, add_row, scale, a, a_row, a_inner, b, b_row, b_inner, length = numbers
        out, add, scale, a, b = (builder.gep(base, [offset]) for offset in (out, add, scale, a, b))
        factor = builder.load(scale, align=_ALIGNED)
        given = (out, out_row, add, add_row, factor, a, a_row, a_inner, b, b_row, b_inner, length)
        done = builder.append_basic_block("done")
        choice = builder.switch(builder.add(builder.mul(rows, _INDEX(LANES)), columns), done)
        for height in range(1, BLOCK_ROWS + 1):
            for width in range(1, BLOCK_COLUMNS + 1):
                place = builder.append_basic_block(f"block_{height}_{width}")
                choice.add_case(_INDEX(height * LANES + width), place)
                with builder.goto_block(place):
                    _emit_block(builder, height, width, given, done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _entry(_context: Any, w: Any, places: Any) -> Any:
    """One vector of an operation entry by entry; its kind, and offsets into the workspace ``w``, in vectors."""
    signature = types.void(w, places)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        base, (kind, out, *numbers) = _vectors(context, builder, signature, arguments)
        add, scale, a, b = (builder.load(builder.gep(base, [number]), align=_ALIGNED) for number in numbers)
        target, done = builder.gep(base, [out]), builder.append_basic_block("done")
        choice = builder.switch(kind, done)
        for code_of_kind, value in ((TIMES, _times), (SIGMOID, _sigmoid), (SOFTPLUS, _softplus)):
            place = builder.append_basic_block("kind")
            choice.add_case(_INDEX(code_of_kind), place)
            with builder.goto_block(place):
                builder.store(value(builder, add, scale, a, b), target, align=_ALIGNED)
                builder.branch(done)
        builder.position_at_end(done)
        return context.get_dummy_value()

    return signature, code


def _times(builder: Any, add: Any, scale: Any, a: Any, b: Any) -> Any:
    return builder.call(_fused(builder), [builder.fmul(scale, a), b, add])


def _sigmoid(builder: Any, _add: Any, _scale: Any, a: Any, _b: Any) -> Any:
    one = ir.Constant(_VECTOR, [1.0] * LANES)
    return builder.fdiv(one, builder.fadd(one, _elementary(builder, "exp", builder.fneg(a))))


def _softplus(builder: Any, _add: Any, _scale: Any, a: Any, _b: Any) -> Any:
    one = ir.Constant(_VECTOR, [1.0] * LANES)
    return _elementary(builder, "log", builder.fadd(one, _elementary(builder, "exp", a)))


def _elementary(builder: Any, name: str, a: Any) -> Any:
    kind = ir.FunctionType(_VECTOR, [_VECTOR])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{LANES}f64"), [a])


def _vectors(context: Any, builder: Any, signature: Any, arguments: Any) -> tuple[Any, Any]:
    """The workspace as a pointer to vectors, and the offsets."""
    array = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=arguments[0])
    return builder.bitcast(array.data, _VECTOR.as_pointer()), cgutils.unpack_tuple(builder, arguments[1])


@compiled()
def _copy_in(w: np.ndarray, offset: int, vectors: np.ndarray) -> None:
    for vector in range(vectors.shape[0]):
        for lane in range(LANES):
            w[offset + vector * LANES + lane] = vectors[vector, lane]


@compiled()
def _operate(w: np.ndarray, operation: np.ndarray) -> None:
    kind, rows, columns, height, width = operation[0], operation[1], operation[2], operation[3], operation[4]
    out, add, scale = operation[5], operation[6], operation[7]
    a, a_row, a_inner = operation[8], operation[9], operation[10]
    b, b_row, b_inner, length = operation[11], operation[12], operation[13], operation[14]
    if kind >= TIMES:
        for i in range(rows * columns):
            _entry(w, (kind, out + i, add + i, scale, a + i, b + i))
        return
    i = 0
    while i < rows:
        h = min(height, rows - i)
        left, shift = a + i * a_row, i * b_inner if kind == ROWS else 0
        j = 0
        while j < columns:
            c = min(width, columns - j)
            right, place = b + j * b_row + shift, i * columns + j
            ends = (h, c, out + place, columns, add + place, columns, scale)
            _block(w, (*ends, left, a_row, a_inner, right, b_row, b_inner, length))
            j += c
        i += h


@compiled()
def run(
    program: np.ndarray,
    phases: np.ndarray,
    homes: np.ndarray,
    w: np.ndarray,
    state: np.ndarray,
    constants: np.ndarray,
    steps: int,
) -> None:
    """Make a number of steps on every tile of eight instances, one tile after the other.

    Args:
        program: operations ``(count, WIDTH)``: kind; rows, columns; block rows, block columns; offsets and strides
            of out, add, scale, a (offset, row stride, inner stride), b (the same), and the inner length.
        phases: first operation of each phase and the count, ``(phases + 1,)``; step s runs phase s mod phases.
        homes: where the vectors of the state are once a phase is due, ``(phases, state)``.
        w: workspace, aligned to 64 bytes; its first vectors are state and constants, in this order.
        state: ``(tiles, state, LANES)``, overwritten by the last state.
        constants: ``(tiles, constants, LANES)``.
        steps: number of steps.
    """
    kinds = len(phases) - 1
    for tile in range(state.shape[0]):
        _copy_in(w, 0, state[tile])
        _copy_in(w, state.shape[1] * LANES, constants[tile])
        for step in range(steps):
            phase = step % kinds
            for number in range(phases[phase], phases[phase + 1]):
                _operate(w, program[number])
        last = homes[steps % kinds]
        for vector in range(state.shape[1]):
            for lane in range(LANES):
                state[tile, vector, lane] = w[last[vector] * LANES + lane]
