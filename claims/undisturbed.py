"""What a user's code may do to the process that it runs in, undone."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))
"""Name and mode of the stream of each of the first descriptors."""

_TIMERS = {
    "ITIMER_REAL": time.monotonic,
    "ITIMER_VIRTUAL": lambda: os.times().user,
    "ITIMER_PROF": time.process_time,
}
"""The timers of a process, and the clock that each goes by."""
_SOON = 1e-3


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
    """The handlers of signals, and the timers: one that ran goes on, no other does. Off the main thread none is touched."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {one: signal.getsignal(one) for one in signal.valid_signals()}
    timers = {getattr(signal, name): clock for name, clock in _TIMERS.items() if hasattr(signal, name)}
    ran = {timer: (*signal.getitimer(timer), clock()) for timer, clock in timers.items()}
    try:
        yield
    finally:
        for timer, (left, interval, then) in ran.items():
            passed = timers[timer]() - then
            if left or signal.getitimer(timer)[0]:
                signal.setitimer(timer, max(left - passed, _SOON) if left else 0, interval)
        for one, handler in handlers.items():
            if handler is not None and signal.getsignal(one) is not handler:
                with suppress(OSError):
                    signal.signal(one, handler)
