"""An end to foreign code that does not return: by the processor's time, which other processes do not use up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def interrupted_after(seconds: float, interrupt: Callable[[], None]) -> Iterator[threading.Event]:
    """Call ``interrupt`` once the calling thread has used so many seconds of the processor within this block.

    Args:
        seconds: of the processor; where the system does not tell those of a thread, the whole process's are taken.
        interrupt: called from another thread, once.

    Yields:
        What is set before ``interrupt`` is called.
    """
    used, over, late = _clock(), threading.Event(), threading.Event()
    until = used() + seconds

    def watch() -> None:
        while (left := until - used()) > 0:
            if over.wait(left):  # a thread never uses more of the processor than passes by the clock
                return
        late.set()
        interrupt()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield late
    finally:
        over.set()
        watcher.join()


def _clock() -> Callable[[], float]:
    """The processor time of the calling thread, to be asked for from any thread."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.process_time
    own = time.pthread_getcpuclockid(threading.get_ident())
    return lambda: time.clock_gettime(own)
