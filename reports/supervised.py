"""Commands that run a claim's code in their own process: done by a copy, so that no claim can end the command itself.

`verify` has worker processes. `falsify` and `replay` judge one claim; a claim whose code ends its process, with exit
code 0 perhaps, must not look like a search that found nothing.
"""

from __future__ import annotations

import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

import click

from lemmata.reports.endings import FAULT, Terminated, fail, reporting_faults

_FINISHED = b"+"


def supervised(work: Callable[[], int]) -> NoReturn:
    """Do the work in a copy of this process and end with its exit code; where none can be made, do it here.

    A copy that ends in any way but by finishing its work is a fault.
    """
    if not hasattr(os, "fork") or not _has_descriptor(sys.stdout):
        raise click.exceptions.Exit(work())
    sys.stdout.flush()
    sys.stderr.flush()
    output, its_output = os.pipe()
    parent = os.getpid()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # threads of libraries that the copy does not use
        child = os.fork()
    if child == 0:
        from lemmata.claims.parent import end_with

        end_with(parent, by=signal.SIGKILL)  # however this process ends, its code may hang
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # a handler of Python's would wait for C code to return
        os.close(output)
        _finish(work, its_output)
    os.close(its_output)
    with _following(child):
        finished = os.read(output, 1) == _FINISHED
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(output)
    if finished:
        raise click.exceptions.Exit(code)
    how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
    fail(f"a claim's code ended the process that judged it ({how}); nothing is concluded from it")


def _has_descriptor(stream: Any) -> bool:
    """Whether what a copy of this process writes to the stream arrives where this process's output goes."""
    try:
        return isinstance(stream.fileno(), int)
    except (AttributeError, OSError, ValueError):
        return False


def _finish(work: Callable[[], int], its_output: int) -> NoReturn:
    """In the copy: work, say that it was finished, and end."""
    code: Any = FAULT
    try:
        with reporting_faults():
            code = work()
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except SystemExit as ended:
        code = ended.code
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os.write(its_output, _FINISHED)
    os._exit(code if isinstance(code, int) else FAULT)


@contextmanager
def _following(child: int) -> Iterator[None]:
    """While a copy works: Ctrl-C is the copy's to answer, and a request to end ends both, whatever it computes."""

    def end(number: int, _frame: object) -> None:
        with suppress(OSError):
            os.kill(child, signal.SIGKILL)
        raise Terminated(128 + number)

    before: dict[int, Any] = {}
    with suppress(ValueError):  # only the main thread may
        before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
        before[signal.SIGTERM] = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
