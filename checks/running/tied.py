"""A worker's life: tied to its parent's before anything else, for what a worker needs takes seconds to load."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_PR_SET_PDEATHSIG = 1


def work(connection: Connection, output: str, trace: str, parent: int) -> None:
    """Be a worker, see `serve`, that does not outlive the parent of this process id."""
    end_with(parent)
    from lemmata.checks.running.worker import serve

    serve(connection, output, trace)


def end_with(parent: int) -> None:
    """End this process when its parent has ended, however that ended, and be it by now."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if hasattr(os, "setsid"):
        os.setsid()  # a group of its own, which ends as a whole with what the claim's code has started

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, name="watches the parent", daemon=True).start()
