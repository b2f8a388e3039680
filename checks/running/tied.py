"""A worker's life: tied to its parent's before anything else, for what a worker needs takes seconds to load."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from lemmata.claims.parent import end_with, has_ended

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


def work(connection: Connection, output: str, trace: str, parent: int) -> None:
    """Be a worker, see `serve`, that does not outlive the parent of this process id."""
    tie(parent)
    from lemmata.checks.running.worker import serve

    serve(connection, output, trace)


def tie(parent: int) -> None:
    """End this process, whatever it computes, when its parent has ended, and be it by now."""
    end_with(parent, by=signal.SIGKILL)
    if hasattr(os, "setsid"):
        os.setsid()  # a group of its own, which ends as a whole with what the claim's code has started

    def watch() -> None:
        while not has_ended(parent):
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, name="watches the parent", daemon=True).start()
