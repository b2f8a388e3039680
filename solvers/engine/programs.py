"""Programs for the vector machine: matrices laid out in its workspace, and the operations between them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from lemmata.solvers.numbers.errors import ShapeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.solvers.numbers.arithmetic import Floats

_LARGEST_CHUNK = 64
"""Tiles in one call: a thread pool shares out such chunks."""
_KINDS = ("product", "rows", "times", "sigmoid", "softplus")
"""In the order of the codes of `lanes`."""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A matrix in the workspace; offset and strides count vectors of one number an instance."""

    offset: int
    rows: int
    columns: int
    row_stride: int
    column_stride: int

    @property
    def transposed(self) -> Slot:
        """The same numbers, rows and columns exchanged."""
        return replace(
            self,
            rows=self.columns,
            columns=self.rows,
            row_stride=self.column_stride,
            column_stride=self.row_stride,
        )

    def spread(self, rows: int, columns: int) -> Slot:
        """One number as a matrix of any shape; as an operand of a product only."""
        return replace(self, rows=rows, columns=columns, row_stride=0, column_stride=0)

    def top(self, rows: int) -> Slot:
        """The first rows."""
        return replace(self, rows=rows)


@dataclass(frozen=True, kw_only=True, eq=False)
class Program:
    """What `lanes.run` needs, see there; ``numbers`` are constants that the program itself brings."""

    operations: np.ndarray
    phases: np.ndarray
    homes: np.ndarray
    state: int
    constants: int
    numbers: tuple[float, ...]
    vectors: int


@dataclass(kw_only=True)
class Tape:
    """Writes a program: first the slots of state, constants and scratch, then phase by phase the operations."""

    _sizes: list[int] = field(default_factory=lambda: [0, 0])
    _numbers: list[float] = field(default_factory=list)
    _scratch: int = 0
    _phases: list[list[list[int]]] = field(default_factory=list)
    _homes: list[list[int]] = field(default_factory=list)

    def layout(
        self, state: Sequence[tuple[int, int]], constants: Sequence[tuple[int, int]], numbers: Sequence[float] = ()
    ) -> tuple[list[Slot], list[Slot], list[Slot]]:
        """Slots of the matrices of the state, of the constants (rows, columns), and of plain numbers."""
        self._numbers = list(numbers)
        slots, offset = [], 0
        for shape in (*state, *constants, *[(1, 1)] * len(numbers)):
            slots.append(_slot(offset, *shape))
            offset += shape[0] * shape[1]
        self._sizes = [sum(r * c for r, c in state), sum(r * c for r, c in constants)]
        self._scratch = offset
        first, second = len(state), len(state) + len(constants)
        return slots[:first], slots[first:second], slots[second:]

    def scratch(self, rows: int, columns: int) -> Slot:
        """A slot for what is computed on the way; zero at first."""
        slot = _slot(self._scratch, rows, columns)
        self._scratch += rows * columns
        return slot

    def phase(self, *homes: Slot) -> None:
        """Begin the operations of a step that finds the matrices of the state in ``homes``."""
        self._phases.append([])
        self._homes.append([slot.offset + i for slot in homes for i in range(slot.rows * slot.columns)])

    def product(self, out: Slot, add: Slot, scale: Slot, a: Slot, b: Slot) -> None:
        """Write out = add + scale * a b; ``out`` may be ``add``, else it may overlap no operand."""
        if (a.rows, b.columns) != (out.rows, out.columns) or a.columns != b.rows:
            raise ShapeError(f"product of {a} and {b} does not fit {out}")
        self._write("product", out, add, scale, a, b)

    def rows(self, out: Slot, add: Slot, scale: Slot, factors: Slot, b: Slot) -> None:
        """Write out = add + scale * diag(factors) b, for a column of factors."""
        self._write("rows", out, add, scale, factors, b)

    def times(self, out: Slot, add: Slot, scale: Slot, a: Slot, b: Slot) -> None:
        """Write out = add + scale * a * b, entry by entry."""
        self._write("times", out, add, scale, a, b)

    def sigmoid(self, out: Slot, a: Slot) -> None:
        """Write out = 1 / (1 + exp(-a)), entry by entry."""
        self._write("sigmoid", out, out, a, a, a)

    def softplus(self, out: Slot, a: Slot) -> None:
        """Write out = log(1 + exp(a)), entry by entry, for a below 700."""
        self._write("softplus", out, out, a, a, a)

    def _write(self, kind: str, out: Slot, add: Slot, scale: Slot, a: Slot, b: Slot) -> None:
        from lemmata.solvers.engine import lanes

        code = _KINDS.index(kind)
        height, length = (1, 1) if kind == "rows" else (_even(out.rows, lanes.BLOCK_ROWS), a.columns)
        right = (b.column_stride, b.row_stride)
        shape = [code, out.rows, out.columns, height, _even(out.columns, lanes.BLOCK_COLUMNS)]
        places = [out.offset, add.offset, scale.offset, a.offset, a.row_stride, a.column_stride, b.offset, *right]
        self._phases[-1].append([*shape, *places, length])

    def finish(self) -> Program:
        """The program, ready to run."""
        operations = [operation for phase in self._phases for operation in phase]
        return Program(
            operations=np.array(operations, dtype=np.int64),
            phases=np.cumsum([0, *map(len, self._phases)]),
            homes=np.array(self._homes, dtype=np.int64),
            state=self._sizes[0],
            constants=self._sizes[1],
            numbers=tuple(self._numbers),
            vectors=self._scratch,
        )


def _slot(offset: int, rows: int, columns: int) -> Slot:
    return Slot(offset=offset, rows=rows, columns=columns, row_stride=columns, column_stride=1)


def _even(count: int, most: int) -> int:
    """The largest of the parts when ``count`` is cut into as few even parts of at most ``most`` as there can be."""
    return -(-count // -(-count // most))


def execute(program: Program, state: Floats, constants: Floats, *, steps: int, threads: int = 1) -> Floats:
    """Run a program for a number of steps on ``state`` (batch, numbers), ``constants`` (batch, numbers).

    An instance's result does not depend on the others of the batch, nor on ``threads``.
    """
    from lemmata.solvers.engine import lanes

    batch = state.shape[0]
    tiles, fixed = _packed(state, lanes.LANES), _packed(_with_numbers(constants, program, batch), lanes.LANES)
    chunk = max(1, min(_LARGEST_CHUNK, -(-len(tiles) // max(threads, 1))))

    def work(first: int) -> None:
        workspace = _aligned(program.vectors * lanes.LANES)
        part = slice(first, first + chunk)
        lanes.run(program.operations, program.phases, program.homes, workspace, tiles[part], fixed[part], steps)

    firsts = range(0, len(tiles), chunk)
    if threads > 1 and len(firsts) > 1:
        from concurrent.futures import ThreadPoolExecutor  # with it comes logging, which few commands need

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, firsts))
    else:
        for first in firsts:
            work(first)
    return np.ascontiguousarray(tiles.transpose(0, 2, 1)).reshape(-1, state.shape[1])[:batch]


def _with_numbers(constants: Floats, program: Program, batch: int) -> Floats:
    return np.concatenate(
        [constants, np.broadcast_to(np.array(program.numbers), (batch, len(program.numbers)))], axis=1
    )


def _packed(rows: Floats, lanes: int) -> Floats:
    """``(batch, numbers)`` as ``(tiles, numbers, lanes)``; the last tile is filled with zeros."""
    tiles = -(-rows.shape[0] // lanes)
    full = np.zeros((tiles * lanes, rows.shape[1]))
    full[: rows.shape[0]] = rows
    return np.ascontiguousarray(full.reshape(tiles, lanes, -1).transpose(0, 2, 1))


def _aligned(numbers: int) -> Floats:
    """Zeros that begin at a multiple of 64 bytes, which NumPy does not promise."""
    raw = np.zeros(numbers + 8)
    return raw[-raw.ctypes.data // 8 % 8 :][:numbers]
