"""The processor's floating-point state: how it rounds, and whether it flushes subnormal numbers to zero.

Every error bound rests on rounding to nearest, and compiled code that a claim calls may leave another mode behind.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from contextlib import suppress
from functools import cache

_SIZE = 256
"""Bytes; more than ``fenv_t`` takes on any platform."""


def floating_point_state() -> bytes:
    """The state as it is now; empty where the C library cannot tell."""
    state = ctypes.create_string_buffer(_SIZE)
    library = _library()
    return state.raw if library is not None and library.fegetenv(state) == 0 else b""


def restore_floating_point(state: bytes) -> None:
    """Put back a state that `floating_point_state` returned."""
    library = _library()
    if library is not None and state:
        library.fesetenv(ctypes.create_string_buffer(state, _SIZE))


@cache
def _library() -> ctypes.CDLL | None:
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(ctypes.util.find_library("m"))
        return library if library.fegetenv and library.fesetenv else None
    return None
