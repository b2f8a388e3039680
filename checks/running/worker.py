"""What runs in a worker process: units one after the other, with streams, folder and life tied down."""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from lemmata.checks.running.guard import perform
from lemmata.checks.running.messages import KEPT, READY, SPENT
from lemmata.checks.running.unit import Unit
from lemmata.checks.stages.common import keeping_runs
from lemmata.solvers.engine import keep_freed_memory


def serve(connection: Connection, output: str, trace: str) -> None:
    """Answer units until the parent hangs up.

    Args:
        connection: where units come from and results go to.
        output: file that takes what the claims' code prints.
        trace: file that takes where the process was, when it crashes or is asked by SIGUSR1.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    file = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    _tie_streams(file)
    with Path(trace).open("a", encoding="utf-8") as traces:
        faulthandler.enable(traces, all_threads=False)
        if hasattr(signal, "SIGUSR1"):
            faulthandler.register(signal.SIGUSR1, traces, all_threads=False)
        _one_thread()
        connection.send_bytes(READY + str(os.getpid()).encode())
        with keeping_runs():
            _answer(connection, file)


def _answer(connection: Connection, file: int) -> None:
    own, threads = os.getpid(), threading.active_count()
    while True:
        try:
            unit: Unit = connection.recv()
        except EOFError:
            return
        os.ftruncate(file, 0)
        _tie_streams(file)
        payload = perform(unit)
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        if os.getpid() != own:  # a copy that the claim's code has forked and let return
            os._exit(1)
        # A thread that was left behind could still do anything while the next claim is judged.
        connection.send_bytes((KEPT if threading.active_count() == threads else SPENT) + payload)


def _tie_streams(file: int) -> None:
    """Nothing to read from; what is printed, by C code and child processes too, goes to a file."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, target in ((0, nothing), (1, file), (2, file)):
        os.dup2(target, descriptor)
    os.close(nothing)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout, sys.stderr = (
        os.fdopen(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
        for descriptor in (1, 2)
    )


def _one_thread() -> None:
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    keep_freed_memory()
