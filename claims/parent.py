"""Tying a process's life to its parent's: nothing that lemmata has started outlives it."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG = 1


def end_with(parent: int, *, by: signal.Signals = signal.SIGTERM) -> None:
    """End this process when its parent has ended, and at once if it has by now.

    The system sends the signal, and only Linux's does; elsewhere a process must look itself, see `has_ended`.

    Args:
        parent: its process id, taken before this process was made.
        by: the signal that ends this process.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
    if has_ended(parent):  # before the system was asked
        os._exit(1)


def has_ended(parent: int) -> bool:
    """Whether the process that made this one is gone: then another has adopted this one."""
    return hasattr(os, "getppid") and os.getppid() != parent
