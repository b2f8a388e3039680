"""Whether a user's file can be read at all: tried in a copy of the process, which may end in any way."""

from __future__ import annotations

import faulthandler
import os
import select
import signal
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from lemmata.claims.parent import end_with

SECONDS = 60.0
"""A file that takes longer to be read is given up."""


def trouble_with(read: Callable[[], object], *, seconds: float = SECONDS) -> str:
    """Why the process would not survive ``read()``, as the end of a sentence; empty if it would.

    An exception is no trouble: it is reported when the file is read in earnest. Where processes cannot be copied,
    nothing is tried.
    """
    if not hasattr(os, "fork"):
        return ""
    output, its_output = os.pipe()
    parent = os.getpid()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the copy runs one thread and ends
        child = os.fork()
    if child == 0:
        end_with(parent, by=signal.SIGKILL)
        _try(read, its_output)
    os.close(its_output)
    try:
        heard = bool(select.select([output], [], [], seconds)[0])
        survived = heard and os.read(output, 1) == b"+"
        code = _ended(child)
    finally:
        os.close(output)
    if survived:
        return ""
    if not heard:
        return f"was not read within {seconds:g} s"
    how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
    return f"ended the process that read it ({how}); a file of claims only defines them"


def _try(read: Callable[[], object], its_output: int) -> NoReturn:
    """In the copy: read, say that it was survived, and end without a trace."""
    faulthandler.disable()  # a crash is reported by the parent
    try:
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        with suppress(BaseException):
            read()
        os.write(its_output, b"+")
    finally:
        os._exit(0)


def _ended(child: int) -> int:
    """Give a dying child a moment, end it, and return how it ended as `subprocess` would."""
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        try:
            found, status = os.waitpid(child, os.WNOHANG)
        except ChildProcessError:  # somebody else has asked how it ended
            return 0
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
