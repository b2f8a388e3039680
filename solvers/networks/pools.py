"""Pooling of the outputs of a layer: averages, or the largest entry of each window."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lemmata.solvers.networks.sharing import gather_sum, scatter_table
from lemmata.solvers.numbers.arithmetic import Array, select
from lemmata.solvers.numbers.errors import ShapeError, unknown_name

KINDS = ("average", "max")


@dataclass(frozen=True, eq=False, kw_only=True)
class Pooling:
    """Pooling of `inputs` neurons over `windows` (pooled, window size), which hold indices of neurons.

    `kind` is "average" or "max". Which entry is the largest is decided once, in the forward pass, like a
    gate; ties go to the first of the window.
    """

    kind: str
    windows: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
    inputs: int

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown_name("pooling", self.kind, KINDS)
        windows = self.windows
        inside = windows.size > 0 and windows.min() >= 0 and windows.max() < self.inputs
        if windows.ndim != 2 or not inside:  # noqa: PLR2004 - the axes named in the message
            raise ShapeError(
                f"Pooling got windows of shape {windows.shape}; expected (pooled, window size) with indices "
                f"from 0 to {self.inputs - 1}."
            )

    @property
    def outputs(self) -> int:
        """Number of pooled neurons."""
        return int(self.windows.shape[0])

    @cached_property
    def _positions(self) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        flat = self.windows.reshape(-1)
        return scatter_table(flat, np.arange(flat.size), self.inputs, flat.size)

    def selection(self, x: Array) -> Array | None:
        """The 0/1 choice (batch, pooled, window, samples) for `x` (batch, inputs, samples), or None."""
        return select(x[:, self.windows], 2) if self.kind == "max" else None

    def forward(self, x: Array, selection: Array | None) -> Array:
        """Pooled values (batch, pooled, samples) of `x` (batch, inputs, samples)."""
        if selection is None:
            return x[:, self.windows].sum(axis=2) / int(self.windows.shape[1])
        return (selection * x[:, self.windows]).sum(axis=2)

    def backward(self, upstream: Array, selection: Array | None) -> Array:
        """Gradient (batch, inputs, samples) by the inputs, from that by the pooled values `upstream`."""
        batch, pooled, samples = upstream.shape
        window = int(self.windows.shape[1])
        repeated = upstream[:, np.repeat(np.arange(pooled), window)]
        if selection is None:
            return gather_sum(repeated, self._positions) / window
        mask = selection.reshape(selection.shape[0], pooled * window, selection.shape[3])
        return gather_sum(mask * repeated.reshape(batch, pooled * window, samples), self._positions)


def pooling(
    kind: str,
    *,
    channels: int,
    shape: tuple[int, ...],
    window: tuple[int, ...],
    stride: tuple[int, ...] | None = None,
) -> Pooling:
    """Pooling of channel-major signals of `shape`, windows inside the signal; stride = window if left out."""
    stride = stride or window
    if not len(shape) == len(window) == len(stride) or any(w > n for w, n in zip(window, shape, strict=True)):
        raise ShapeError(
            f"pooling got shape={shape}, window={window}, stride={stride}; expected tuples of one length and "
            "windows no longer than the signal."
        )
    starts = [range(0, n - w + 1, s) for n, w, s in zip(shape, window, stride, strict=True)]
    size = int(np.prod(shape))
    offsets = list(itertools.product(*(range(w) for w in window)))
    rows = [
        [
            channel * size + int(np.ravel_multi_index([a + b for a, b in zip(start, off, strict=True)], shape))
            for off in offsets
        ]
        for channel in range(channels)
        for start in itertools.product(*starts)
    ]
    return Pooling(kind=kind, windows=np.array(rows, dtype=np.int64), inputs=channels * size)
