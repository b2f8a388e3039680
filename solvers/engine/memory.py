"""A hint to the allocator, worth a factor of two on batches of small networks."""

from __future__ import annotations

import ctypes
import sys

import numpy as np

_BLOCK = 2_000_000
"""Numbers of the block, 16 MB: below the 32 MB up to which glibc adapts."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def keep_freed_memory() -> None:
    """Let the process keep the memory that arrays free, for the next arrays.

    Arrays of a batch are large enough for glibc to hand their pages back when they are freed, so that the next
    batch faults them in again. It raises its thresholds to the size of the first large block that is freed, and
    freeing one here does it for good; but not where the environment has set one of them, as Dask does for its
    workers, so that they are set in so many words, too. Other allocators are not harmed.
    """
    np.empty(_BLOCK)
    if sys.platform == "linux":
        setting = getattr(ctypes.CDLL(None), "mallopt", None)
        if setting is not None:
            setting(_M_MMAP_THRESHOLD, 8 * _BLOCK)
            setting(_M_TRIM_THRESHOLD, 16 * _BLOCK)
