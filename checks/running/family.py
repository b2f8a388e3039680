"""What a process has started, ended with all that this has started, whatever session it has moved to."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from collections.abc import Container
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

_PR_SET_CHILD_SUBREAPER = 36
_SECONDS = 2.0
"""How long what is killed may go on starting others."""


def adopt() -> None:
    """Let what is orphaned below this process become its child, so that it can be found; only Linux can."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_below(process: int, *, but: Container[int] = ()) -> None:
    """Kill all that a process has started, but for some of its children and what these have started.

    Args:
        process: its process id.
        but: process ids of the children that go on.
    """
    import psutil

    deadline = time.monotonic() + _SECONDS
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(process)
        while found := [child for child in parent.children() if child.pid not in but and not _has_ended(child)]:
            for one in [below for child in found for below in (child, *_below(child))]:
                with suppress(psutil.Error):
                    one.kill()
            if time.monotonic() > deadline:
                return
            time.sleep(0.01)


def reap(but: Container[int]) -> None:
    """Take note of what has ended below this process and is its child now, but for some by process id."""
    import psutil

    for child in psutil.Process().children():
        if child.pid not in but:
            with suppress(ChildProcessError):
                os.waitpid(child.pid, os.WNOHANG)


def is_stopped(process: int) -> bool:
    """Whether a process is stopped, as by SIGSTOP, and has not gone on within a second."""
    import psutil

    with suppress(psutil.Error):
        for _ in range(20):
            if psutil.Process(process).status() != psutil.STATUS_STOPPED:
                return False
            time.sleep(0.05)
        return True
    return False


def _below(process: psutil.Process) -> list[psutil.Process]:
    import psutil

    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


def _has_ended(process: psutil.Process) -> bool:
    import psutil

    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True
