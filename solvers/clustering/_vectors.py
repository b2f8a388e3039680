"""Rows of tables as vectors of the machine, for the clustering kernels. Import it only where one is run."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils

from lemmata.solvers.clustering._types import LINE

REORDERED = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}
"""Sums over features may be reordered; NaN and infinity are kept."""

LANES = LINE
"""Entries of a row that are taken at a time."""
VECTOR, INDEX = ir.VectorType(ir.DoubleType(), LANES), ir.IntType(64)
_ALIGNED = 8


def tables(context: Any, builder: Any, signature: Any, arguments: Any, count: int) -> tuple[list[Any], Any]:
    """The first `count` arguments as tables of vectors, and how many vectors make a row."""
    bases, blocks = [], None
    for kind, value in zip(signature.args[:count], arguments[:count], strict=True):
        array = context.make_array(kind)(context, builder, value)
        bases.append(builder.bitcast(array.data, VECTOR.as_pointer()))
        blocks = builder.lshr(cgutils.unpack_tuple(builder, array.shape)[1], INDEX(LANES.bit_length() - 1))
    return bases, blocks


def entries(context: Any, builder: Any, kind: Any, value: Any) -> Any:
    """The first entry of an array."""
    return context.make_array(kind)(context, builder, value).data


def broadcast(builder: Any, number: Any) -> Any:
    """A vector of one number."""
    first = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), number, ir.IntType(32)(0))
    mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, ir.Constant(VECTOR, ir.Undefined), mask)


def lane_sum(builder: Any, vector: Any) -> Any:
    """The sum of the entries of a vector, by halves."""
    width = LANES
    while width > 1:
        width //= 2
        lanes = [ir.Constant(ir.VectorType(ir.IntType(32), width), list(range(k, k + width))) for k in (0, width)]
        low, high = (builder.shuffle_vector(vector, vector, lane) for lane in lanes)
        vector = builder.fadd(low, high)
    return builder.extract_element(vector, ir.IntType(32)(0))


def multiply_add(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """A b + c in one rounding where the machine can."""
    kind = ir.FunctionType(VECTOR, [VECTOR] * 3)
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.fmuladd.v{LANES}f64"), [a, b, c])


def load(builder: Any, base: Any, place: Any) -> Any:
    """The vector at a place of a table."""
    return builder.load(builder.gep(base, [place]), align=_ALIGNED)


def store(builder: Any, value: Any, base: Any, place: Any) -> None:
    """Write a vector to a place of a table."""
    builder.store(value, builder.gep(base, [place]), align=_ALIGNED)
