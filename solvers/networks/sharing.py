"""Weight sharing: free parameters v and the matrix W they fill, W[a, b] = v[index[a, b]]."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, concatenate, zeros
from lemmata.solvers.numbers.errors import ShapeError


@dataclass(frozen=True, eq=False, kw_only=True)
class IndexMap:
    """Which free parameter each entry of a matrix is.

    `index` (outputs, inputs) holds positions in the free parameters v (batch, `size`), -1 for a fixed zero.
    With a third axis, (outputs, inputs, taps), an entry is the sum of several parameters: a filter that wraps
    around a signal shorter than itself.
    """

    index: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    size: int

    def __post_init__(self) -> None:
        if self.index.ndim not in (2, 3) or not np.issubdtype(self.index.dtype, np.integer):
            raise ShapeError(
                f"IndexMap got an index of shape {self.index.shape} and type {self.index.dtype}; expected "
                "integers of shape (outputs, inputs) or (outputs, inputs, taps)."
            )
        if self.index.size and not (self.index.min() >= -1 and self.index.max() < self.size):
            raise ShapeError(
                f"IndexMap got entries from {self.index.min()} to {self.index.max()}; expected -1 (zero) "
                f"up to size - 1 = {self.size - 1}."
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Shape (outputs, inputs) of the matrix."""
        return self.index.shape[0], self.index.shape[1]

    @cached_property
    def _positions(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        taps = self.index.reshape(self.shape[0] * self.shape[1], -1)
        entries = np.repeat(np.arange(len(taps)), taps.shape[1])
        return scatter_table(taps.reshape(-1), entries, self.size, len(taps))

    def unroll(self, parameters: Array) -> Array:
        """The matrices (batch, outputs, inputs) of free `parameters` (batch, size)."""
        # Index -1 finds the zero that is put behind the last parameter.
        padded = concatenate([parameters, zeros(parameters, (parameters.shape[0], 1))], axis=1)
        taps = padded[:, self.index]
        return taps if self.index.ndim == 2 else taps.sum(axis=3)  # noqa: PLR2004 - (outputs, inputs)

    def fold(self, matrices: Array) -> Array:
        """Adjoint of `unroll`: sums of `matrices` (batch, outputs, inputs) by parameter, (batch, size)."""
        flat = matrices.reshape(matrices.shape[0], self.shape[0] * self.shape[1])
        return gather_sum(flat, self._positions)


def scatter_table(
    targets: Array, entries: Array, size: int, nowhere: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """For each of `size` targets the entries that go there, padded with `nowhere`: (size, most entries)."""
    counts = np.bincount(targets[targets >= 0], minlength=size)
    table = np.full((size, max(int(counts.max(initial=0)), 1)), nowhere, dtype=np.int64)
    filled = np.zeros(size, dtype=np.int64)
    for target, entry in zip(targets, entries, strict=True):
        if target >= 0:
            table[target, filled[target]] = entry
            filled[target] += 1
    return table


def gather_sum(x: Array, table: Array) -> Array:
    """Sums of rows of `x` (batch, n, ...) by a scatter table (size, most): (batch, size, ...)."""
    # Padding instead of a matrix of zeros and ones: the error bound then counts only true summands.
    padded = concatenate([x, zeros(x, (x.shape[0], 1, *x.shape[2:]))], axis=1)
    return padded[:, table].sum(axis=2)


def convolution(
    *,
    channels_in: int,
    channels_out: int,
    kernel: tuple[int, ...],
    shape: tuple[int, ...],
    stride: tuple[int, ...] | None = None,
    padding: tuple[int, ...] | None = None,
    circular: bool = False,
) -> IndexMap:
    """The index map of a convolution (cross-correlation) of 1-D or 2-D signals of `shape`.

    Neurons are ordered channel-major: row c * positions + position. Parameters are a filter array
    (channels_out, channels_in, *kernel) in C order. Without `circular` the signal is zero-padded on both
    sides and there are floor((shape + 2 padding - kernel) / stride) + 1 positions; with it the signal wraps
    around, there are ceil(shape / stride) positions, and a kernel longer than the signal adds its taps up.
    """
    stride = stride or (1,) * len(shape)
    padding = padding or (0,) * len(shape)
    _check_convolution(channels_in, channels_out, kernel, shape, stride, padding, circular)
    axes = [_taps(*numbers, circular=circular) for numbers in zip(kernel, shape, stride, padding, strict=True)]
    positions = [len(axis) for axis in axes]
    # (position, tap) -> input position or -1, over all axes at once.
    source = np.full((math.prod(positions), math.prod(kernel)), -1, dtype=np.int64)
    for row, where in enumerate(itertools.product(*(range(n) for n in positions))):
        for column, tap in enumerate(itertools.product(*(range(k) for k in kernel))):
            sites = [axis[p][t] for axis, p, t in zip(axes, where, tap, strict=True)]
            if min(sites) >= 0:
                source[row, column] = int(np.ravel_multi_index(sites, shape))
    plane, taps = _plane(source, math.prod(shape)), math.prod(kernel)
    offsets = np.arange(channels_out * channels_in).reshape(channels_out, 1, channels_in, 1, 1) * taps
    index = np.where(plane[None, :, None] >= 0, plane[None, :, None] + offsets, -1)
    index = index.reshape(channels_out * len(source), channels_in * math.prod(shape), -1)
    index = index[:, :, 0] if index.shape[2] == 1 else index
    return IndexMap(index=index, size=channels_out * channels_in * taps)


def _taps(kernel: int, length: int, stride: int, padding: int, *, circular: bool) -> list[list[int]]:
    """For each output position the input position under each tap, -1 outside the signal."""
    count = -(-length // stride) if circular else (length + 2 * padding - kernel) // stride + 1
    sites = [[position * stride - padding + tap for tap in range(kernel)] for position in range(count)]
    if circular:
        return [[site % length for site in row] for row in sites]
    return [[site if 0 <= site < length else -1 for site in row] for row in sites]


def _plane(source: Array, inputs: int) -> Array:
    """One channel's index (positions, inputs, most taps on one entry) from the input position of each tap."""
    found: dict[tuple[int, int], list[int]] = {}
    for (row, tap), site in np.ndenumerate(source):
        if site >= 0:
            found.setdefault((row, int(site)), []).append(tap)
    depth = max((len(taps) for taps in found.values()), default=1)
    plane = np.full((len(source), inputs, depth), -1, dtype=np.int64)
    for (row, site), taps in found.items():
        plane[row, site, : len(taps)] = taps
    return plane


def _check_convolution(
    channels_in: int,
    channels_out: int,
    kernel: tuple[int, ...],
    shape: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    circular: bool,  # noqa: FBT001 - passed on from a keyword
) -> None:
    got = f"kernel={kernel}, shape={shape}, stride={stride}, padding={padding}"
    if not len(kernel) == len(shape) == len(stride) == len(padding) or len(shape) not in (1, 2):
        raise ShapeError(f"convolution got {got}; expected tuples of one length, 1 or 2.")
    if min(*kernel, *shape, *stride, channels_in, channels_out) < 1 or min(padding) < 0:
        raise ShapeError(f"convolution got {got}; expected sizes >= 1 and padding >= 0.")
    if not circular and any(k > n + 2 * p for k, n, p in zip(kernel, shape, padding, strict=True)):
        raise ShapeError(
            f"convolution got {got}: the kernel is longer than the padded signal. Pad more, or use circular=True."
        )
