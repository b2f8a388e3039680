"""What does not return is ended by the processor's time."""

import threading
import time

import pytest

from lemmata.checks.proof.clock import interrupted_after


def test_busy_code_is_interrupted() -> None:
    """Code that works on and on hears of it once it has used its time, and not before."""
    heard = threading.Event()
    began = time.thread_time()
    with interrupted_after(0.05, heard.set) as late:
        while not heard.is_set():
            sum(range(1000))

    assert late.is_set()
    assert time.thread_time() - began >= 0.05


def test_waiting_is_no_work() -> None:
    """What another process or a lock keeps waiting has used nothing, however late it is."""
    heard = threading.Event()
    with interrupted_after(0.05, heard.set) as late:
        time.sleep(0.15)

    assert not late.is_set()
    assert not heard.is_set()


def test_nobody_watches_afterwards() -> None:
    """The block's end ends the watch, also where it fails."""
    before = threading.active_count()
    with pytest.raises(ValueError, match="wrong"), interrupted_after(60, lambda: None):
        raise ValueError("wrong")

    assert before == threading.active_count()
