"""What a user's code does to its process is undone: folder, streams, descriptors, signals, alarms."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lemmata.claims.undisturbed import undisturbed


def test_signals_and_alarms_are_as_they_were() -> None:
    """A handler that was set is taken away, an alarm stopped; one that ran before goes on."""
    before = signal.getsignal(signal.SIGCHLD)
    with undisturbed():
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        signal.alarm(100)
        signal.setitimer(signal.ITIMER_PROF, 100)

    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_PROF)
    assert before is signal.getsignal(signal.SIGCHLD)
    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)

    signal.setitimer(signal.ITIMER_REAL, 100)
    try:
        with undisturbed():
            signal.alarm(0)
        assert 90 < signal.getitimer(signal.ITIMER_REAL)[0] <= 100
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def test_the_folder_is_as_it_was(tmp_path: Path) -> None:
    """A change of folder ends with the code."""
    before = Path.cwd()
    with undisturbed():
        os.chdir(tmp_path)
    assert before == Path.cwd()


@pytest.mark.parametrize(
    "done", ["os.close(1)", "sys.stdout.close()", "sys.stdout = None", "os.dup2(os.open(os.devnull, os.O_WRONLY), 1)"]
)
def test_standard_output_is_open_again(done: str) -> None:
    """Whatever became of standard output, what is printed afterwards arrives."""
    code = f"""
import os, sys
from lemmata.claims.undisturbed import undisturbed
with undisturbed():
    {done}
print("heard")
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ("heard\n", 0) == (found.stdout, found.returncode), found.stderr


def test_no_descriptor_is_left_open() -> None:
    """A thousand times leave as many descriptors as there were."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(1_000):
        with undisturbed():
            pass
    assert before == len(list(Path("/proc/self/fd").iterdir()))


def test_in_a_thread() -> None:
    """Off the main thread, where no handler can be set, the rest is given back all the same."""
    found: list[object] = []

    def work() -> None:
        stream = sys.stdin
        with undisturbed():
            sys.stdin = None  # type: ignore[assignment]
        found.append(sys.stdin is stream)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [True] == found
