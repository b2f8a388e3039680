"""A process that loads once what workers need, and copies itself for each worker: a copy takes milliseconds."""

from __future__ import annotations

import os
import signal
import sys
import warnings
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle
from typing import NoReturn

from lemmata.checks.running.family import adopt, end_below, reap
from lemmata.checks.running.tied import tie
from lemmata.claims.parent import end_with

_COPIES: dict[int, int | None] = {}
"""Process id of each copy -> its exit code, negative for a signal's number; None while it has not ended."""


def serve_copies(connection: Connection, output: str, parent: int) -> None:
    """Load, then answer until the parent hangs up: make a worker, or say how one has ended.

    Two names of files, its output and its trace, and then a connection ask for a worker; a process id is answered with
    itself and the exit code.

    Args:
        connection: where requests come from, a socket that can carry descriptors.
        output: file that takes what this process prints, as why it cannot load.
        parent: process id of the one that asks.
    """
    end_with(parent)
    adopt()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    _print_to(output)
    from lemmata.checks.running.worker import serve

    signal.signal(signal.SIGTERM, lambda _number, _frame: _end())
    own = os.getpid()
    while True:
        try:
            request = connection.recv()
        except EOFError:
            _end()
        if isinstance(request, int):
            connection.send((request, _exit_code(request)))
            continue
        handle = recv_handle(connection)
        if _copied():
            connection.close()
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            tie(own)
            with suppress(BrokenPipeError):  # the parent has ended this worker, and not yet its process
                serve(Connection(handle), *request)
            os._exit(0)
        os.close(handle)


def _copied() -> bool:
    """Copy this process; true in the copy. Where none can be made, the parent sees that its connection is closed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of libraries, which copies make anew
        try:
            pid = os.fork()
        except OSError:
            return False
    if pid:
        _COPIES[pid] = None
    return pid == 0


def _exit_code(pid: int) -> int | None:
    """How a copy has ended; None if it has not. What it leaves behind, be it in a session of its own, ends with it."""
    if _COPIES.get(pid) is None:
        with suppress(ChildProcessError):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                _COPIES[pid] = os.waitstatus_to_exitcode(status)
                end_below(os.getpid(), but=_COPIES)
                reap(but=_COPIES)
    return _COPIES.get(pid)


def _end() -> NoReturn:
    """End with every copy that has not ended, and with what its claim's code has started."""
    for pid, code in _COPIES.items():
        if code is None:
            with suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
    end_below(os.getpid())
    os._exit(0)


def _print_to(output: str) -> None:
    file = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream, descriptor in ((sys.stdout, 1), (sys.stderr, 2)):
        stream.flush()
        os.dup2(file, descriptor)
    os.close(file)
