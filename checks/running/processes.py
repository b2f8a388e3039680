"""Processes for workers: copies of one that has loaded, or, where copying is not safe, each loads for itself."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, Pipe
from multiprocessing.reduction import send_handle
from pathlib import Path
from typing import TYPE_CHECKING

from lemmata.checks.running.family import end_below, is_stopped
from lemmata.checks.running.template import serve_copies
from lemmata.checks.running.tied import work

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

_CAN_COPY = sys.platform == "linux"
"""Elsewhere libraries of the system do not survive it."""
_PATIENCE = 5.0
"""Seconds within which a process that was killed has ended, and a template that has loaded answers."""


@dataclass
class Process:
    """One worker process, as its parent holds it."""

    connection: Connection
    """Where units go to and results come from."""
    output: Path
    """File that takes what it prints, and ..."""
    trace: Path
    """... where it was, when it crashes or is asked."""
    maker: SpawnProcess | Template
    """The process itself, or the one that it is a copy of."""
    pid: int | None = None
    """Its process id, once it has said so."""

    @property
    def exit_code(self) -> int | None:
        """How it has ended, negative for a signal's number; None if it has not, or nobody knows."""
        return self.maker.exit_code(self.pid) if isinstance(self.maker, Template) else self.maker.exitcode

    @property
    def is_stranded(self) -> bool:
        """Whether what it is a copy of was stopped, which is ended then, and this process with it."""
        return isinstance(self.maker, Template) and self.maker.is_stopped()

    @property
    def said(self) -> Path:
        """The file of what was printed where it never came to work."""
        return self.maker.output if isinstance(self.maker, Template) else self.output

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, or for so many seconds."""
        deadline = time.monotonic() + seconds
        while self.exit_code is None and time.monotonic() < deadline:
            time.sleep(0.005)

    def kill(self) -> None:
        """End it at once, with what its code has started."""
        if self.pid is not None and hasattr(os, "killpg"):
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)
        if not isinstance(self.maker, Template):
            self.maker.kill()
        if self.pid is not None:
            self.wait(_PATIENCE)
        self.connection.close()


class Processes:
    """Makes worker processes, each with files of its own below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template: Template | None = None
        self.prepare()

    def prepare(self) -> None:
        """Begin to load what workers need, if it is not loaded, so that the first of them comes sooner."""
        if _CAN_COPY and (self._template is None or self._template.is_gone):
            self._template = Template(Path(tempfile.mkdtemp(dir=self._folder)) / "output")

    def start(self) -> Process:
        """A worker process."""
        self.prepare()
        place = Path(tempfile.mkdtemp(dir=self._folder))
        output, trace = place / "output", place / "trace"
        mine, its = Pipe()
        maker = self._template or _spawned(its, output, trace)
        if isinstance(maker, Template):
            maker.copy(its, output, trace)
        its.close()
        return Process(mine, output, trace, maker)

    def end(self) -> None:
        """End what copies are made of, and every copy that is left."""
        if self._template is not None:
            self._template.kill()


def _spawned(its: Connection, output: Path, trace: Path) -> SpawnProcess:
    arguments = its, str(output), str(trace), os.getpid()
    process = get_context("spawn").Process(target=work, args=arguments, name="lemmata worker")
    process.start()
    return process


class Template:
    """The process of `serve_copies`, as its parent holds it; ``output`` is the file of what it prints."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self._was_stopped = False
        self._connection, its = Pipe()
        arguments = its, str(output), os.getpid()
        self._process = get_context("spawn").Process(target=serve_copies, args=arguments, name="lemmata workers")
        self._process.start()
        its.close()

    @property
    def is_gone(self) -> bool:
        """Whether no copies can be made any more."""
        return self._process.exitcode is not None

    def is_stopped(self) -> bool:
        """Whether something has stopped it, so that it would never answer: then it is ended."""
        if self._process.pid is not None and not self.is_gone and is_stopped(self._process.pid):
            self._was_stopped = True
            self.kill()
        return self._was_stopped

    def copy(self, connection: Connection, output: Path, trace: Path) -> None:
        """Ask for a worker that answers on this end of a connection: that closes if none can be made."""
        with suppress(OSError):
            self._connection.send((str(output), str(trace)))
            send_handle(self._connection, connection.fileno(), self._process.pid)

    def exit_code(self, pid: int | None) -> int | None:
        """How a copy has ended, or, where none was made, this process; None if neither has, or nobody knows."""
        if self.is_gone or self.is_stopped() or pid is None:
            return self._process.exitcode
        with suppress(OSError, EOFError):
            self._connection.send(pid)
            while self._connection.poll(_PATIENCE):
                answered, code = self._connection.recv()
                if answered == pid:  # and no question that was given up
                    return None if code is None else int(code)
        return None

    def kill(self) -> None:
        """End it at once, with its copies and all that these have started."""
        if self._process.pid is not None and not self.is_gone:
            end_below(self._process.pid)
        self._process.kill()
        self._process.join(_PATIENCE)
        self._connection.close()
