"""What a user's code may do to the process that it runs in, undone."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
"""Name and mode of the stream of each of the first descriptors."""

_TIMERS = ("ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF")


@contextmanager
def undisturbed() -> Iterator[None]:
    """Give the process its folder, its standard streams and its signals back after a user's code has run in it.

    A copy of the process that the code has forked, and let return, ends here: it must not go on as lemmata.
    """
    own = os.getpid()
    with ExitStack() as given_back:
        given_back.enter_context(_folder())
        given_back.enter_context(_streams())
        given_back.enter_context(_signals())
        try:
            yield
        finally:
            if os.getpid() != own:
                os._exit(1)


@contextmanager
def _folder() -> Iterator[None]:
    folder = ""
    with suppress(OSError):  # it was deleted: there is nothing to return to
        folder = os.getcwd()  # noqa: PTH109 - as text
    try:
        yield
    finally:
        if folder:
            with suppress(OSError):
                os.chdir(folder)


@contextmanager
def _streams() -> Iterator[None]:
    """The streams, and what their descriptors lead to: a closed one is opened anew."""
    streams, copies = [getattr(sys, name) for name, _ in _STREAMS], _copies()
    try:
        yield
    finally:
        for descriptor, copy in copies.items():
            os.dup2(copy, descriptor)
            os.close(copy)
        for descriptor, (stream, (name, mode)) in enumerate(zip(streams, _STREAMS, strict=True)):
            if getattr(stream, "closed", False) and descriptor in copies:
                stream = os.fdopen(descriptor, mode, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: PLW2901
            setattr(sys, name, stream)


def _copies() -> dict[int, int]:
    found = {}
    for descriptor in range(len(_STREAMS)):
        with suppress(OSError):
            found[descriptor] = os.dup(descriptor)
    return found


@contextmanager
def _signals() -> Iterator[None]:
    """The handlers of signals, and no timer that did not run before. Other threads than the main one cannot set any."""
    handlers = {one: signal.getsignal(one) for one in signal.valid_signals()}
    timers = [getattr(signal, name) for name in _TIMERS if hasattr(signal, name)]
    idle = [timer for timer in timers if not signal.getitimer(timer)[0]]
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            for timer in idle:
                signal.setitimer(timer, 0)
            for one, handler in handlers.items():
                if handler is not None and signal.getsignal(one) is not handler:
                    signal.signal(one, handler)
