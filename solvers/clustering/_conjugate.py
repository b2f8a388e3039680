"""Solves with I + rho L by conjugate gradients, at a cost linear in the edges. Import it only where it is run.

With A = I + rho L = Q + N + N', N below the diagonal, the preconditioner (P + N) P^-1 (P + N') costs nothing beside the
product by A (Eisenstat 1981): conjugate gradients on (P + N)^-1 A (P + N')^-1 take, for a direction p,
  t = (P + N')^-1 p,  w = (P + N)^-1 (p + (Q - 2 P) t),  and t + w is the product,
one sweep over the edges each. Eight columns at a time; the entries of N are all -rho.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from lemmata.solvers.clustering._types import Incomplete
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
)
from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.compilation import compiled

_ZERO = ir.Constant(VECTOR, [0.0] * LANES)
_TABLES = {"p", "r", "right", "t", "w", "x"}


class _Sweep:
    """The code of one pass over the nodes: tables, columns and the graph, by their names in the signature."""

    def __init__(self, context: Any, builder: Any, signature: Any, arguments: Any, names: tuple[str, ...]) -> None:
        kept = dict(zip(names, zip(signature.args, arguments, strict=True), strict=True))
        self.builder, self._rho = builder, broadcast(builder, kept.pop("rho")[1])
        self._bases = {name: entries(context, builder, kind, value) for name, (kind, value) in kept.items()}
        for name in _TABLES & kept.keys():
            self._bases[name] = builder.bitcast(self._bases[name], VECTOR.as_pointer())
        kind, value = kept["start"]
        size = cgutils.unpack_tuple(builder, context.make_array(kind)(context, builder, value).shape)[0]
        self.nodes = builder.lshr(size, INDEX(1))

    def row(self, name: str, node: Any) -> Any:
        """The row of a node in a table."""
        return load(self.builder, self._bases[name], node)

    def write(self, value: Any, name: str, node: Any) -> None:
        """Write the row of a node."""
        store(self.builder, value, self._bases[name], node)

    def of(self, name: str, node: Any) -> Any:
        """The entry of a node in a column, eight times."""
        return broadcast(self.builder, self._entry(name, node))

    def plus_neighbours(self, value: Any, table: str, node: Any, side: int) -> Any:
        """Value + rho times the sum of the rows of the neighbours before (side 0) or after (side 1) a node."""
        builder, one = self.builder, INDEX(1)
        row = builder.add(builder.shl(node, one), INDEX(side))
        first, last = self._entry("start", row), self._entry("start", builder.add(row, one))
        kept = cgutils.alloca_once(builder, VECTOR)
        builder.store(_ZERO, kept)
        with cgutils.for_range_slice(builder, first, last, INDEX(2), INDEX) as (e, _):
            pair = [self.row(table, self._entry("near", place)) for place in (e, builder.add(e, one))]
            builder.store(builder.fadd(builder.fadd(*pair), builder.load(kept)), kept)
        return multiply_add(builder, self._rho, builder.load(kept), value)

    def _entry(self, name: str, place: Any) -> Any:
        return self.builder.load(self.builder.gep(self._bases[name], [place]))


@intrinsic
def _start(_context: Any, p: Any, right: Any, x: Any, start: Any, near: Any, excess: Any, rho: Any) -> Any:
    """The right-hand side of (P + N) (x + r) = p, with r the residual: p = right - (A - P - N) x."""
    signature = types.void(p, right, x, start, near, excess, rho)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        sweep = _Sweep(context, builder, signature, arguments, ("p", "right", "x", "start", "near", "excess", "rho"))
        with cgutils.for_range(builder, sweep.nodes) as loop:
            k = loop.index
            own = multiply_add(builder, builder.fneg(sweep.of("excess", k)), sweep.row("x", k), sweep.row("right", k))
            sweep.write(sweep.plus_neighbours(own, "x", k, 1), "p", k)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _backward(  # noqa: PLR0913, PLR0917
    _context: Any, t: Any, p: Any, r: Any, start: Any, near: Any, pivot: Any, inverse: Any, rho: Any, beta: Any
) -> Any:
    """Take p to P r + beta p and t to (P + N')^-1 p, from the last node to the first."""
    signature = types.void(t, p, r, start, near, pivot, inverse, rho, beta)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        names = ("t", "p", "r", "start", "near", "pivot", "inverse", "rho")
        inner = types.void(*signature.args[:-1])
        sweep, beta = _Sweep(context, builder, inner, arguments[:-1], names), broadcast(builder, arguments[-1])
        with cgutils.for_range(builder, sweep.nodes) as loop:
            k = builder.sub(builder.sub(sweep.nodes, INDEX(1)), loop.index)
            new = builder.fmul(sweep.of("pivot", k), sweep.row("r", k))
            new = multiply_add(builder, beta, sweep.row("p", k), new)
            sweep.write(new, "p", k)
            solved = sweep.plus_neighbours(new, "t", k, 1)
            sweep.write(builder.fmul(solved, sweep.of("inverse", k)), "t", k)
        return context.get_dummy_value()

    return signature, code


@intrinsic
def _forward(  # noqa: PLR0913, PLR0917
    _context: Any, w: Any, p: Any, t: Any, start: Any, near: Any, pivot: Any, inverse: Any, excess: Any, rho: Any
) -> Any:
    """Take w to (P + N)^-1 (p + (Q - 2 P) t), from the first node to the last; the sum of p (t + w)."""
    signature = types.float64(w, p, t, start, near, pivot, inverse, excess, rho)

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        names = ("w", "p", "t", "start", "near", "pivot", "inverse", "excess", "rho")
        sweep, kept = _Sweep(context, builder, signature, arguments, names), cgutils.alloca_once(builder, VECTOR)
        builder.store(_ZERO, kept)
        with cgutils.for_range(builder, sweep.nodes) as loop:
            k = loop.index
            p, t = sweep.row("p", k), sweep.row("t", k)
            own = multiply_add(builder, builder.fsub(sweep.of("excess", k), sweep.of("pivot", k)), t, p)
            w = builder.fmul(sweep.plus_neighbours(own, "w", k, 0), sweep.of("inverse", k))
            sweep.write(w, "w", k)
            builder.store(multiply_add(builder, p, builder.fadd(t, w), builder.load(kept)), kept)
        return lane_sum(builder, builder.load(kept))

    return signature, code


@compiled(**REORDERED)
def _moved(x: Floats, r: Floats, t: Floats, w: Floats, pivot: Floats, step: float) -> float:
    """Take x to x + step t and r to r - step (t + w); the square of its norm."""
    square = 0.0
    for k in range(len(pivot)):
        own = pivot[k]
        for f in range(LANES):
            x[k, f] += step * t[k, f]
            left = r[k, f] - step * (t[k, f] + w[k, f])
            r[k, f] = left
            square += own * left * left
    return square


@compiled(**REORDERED)
def _taken(incomplete: Incomplete, right: Floats, u: Floats, first: int) -> float:
    """Take eight columns of U and of the right-hand side to the work tables; the square of the residual's norm."""
    start, near, pivot, inverse, excess, rho, _, work = incomplete
    x, r, p, t, w = work[0], work[1], work[2], work[3], work[4]
    for k in range(len(pivot)):
        for f in range(LANES):
            x[k, f], r[k, f], t[k, f] = u[k, first + f], right[k, first + f], 0.0
    _start(p, r, x, start, near, excess, rho)
    _forward(w, p, t, start, near, pivot, inverse, excess, rho)
    square = 0.0
    for k in range(len(pivot)):
        for f in range(LANES):
            left = w[k, f] - x[k, f]
            r[k, f] = left
            square += pivot[k] * left * left
    return square


@compiled(**REORDERED)
def improve(incomplete: Incomplete, right: Floats, u: Floats) -> None:
    """Take U ``(n, p)``, p a multiple of eight, to (I + rho L)^-1 right, up to the target; from where it is."""
    start, near, pivot, inverse, excess, rho, target, work = incomplete
    x, r, p, t, w = work[0], work[1], work[2], work[3], work[4]
    for first in range(0, u.shape[1], LANES):
        square, beta = _taken(incomplete, right, u, first), 0.0
        for _ in range(len(pivot)):  # in exact arithmetic as many suffice
            if not square > target:
                break
            _backward(t, p, r, start, near, pivot, inverse, rho, beta)
            step = square / _forward(w, p, t, start, near, pivot, inverse, excess, rho)
            before = square
            square = _moved(x, r, t, w, pivot, step)
            beta = square / before
        for k in range(len(pivot)):
            for f in range(LANES):
                u[k, first + f] = x[k, f]
