"""Worker processes: each judges one unit at a time, and a worker that fails costs that unit and nothing else.

They are processes of `multiprocessing`, watched through their sentinels, and not a pool of a library. pebble was
tried: it never notices a worker that ends with exit code 0 (so `os._exit(0)` would wait for ever) and breaks its
pool when one dies before it has said which task it holds. An executor of loky counts as broken once one worker has
died. Neither limits memory. Each would have to be used as many pools of one worker, watched from outside, which is
this file.
"""

from __future__ import annotations

import dataclasses
import os
import signal
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from lemmata.checks._part_result import PartResult
from lemmata.checks.records import CorruptedRecordError, decode
from lemmata.checks.running.limits import Limits
from lemmata.checks.running.tied import work
from lemmata.checks.running.unit import Unit
from lemmata.checks.running.worker import KEPT, READY

_TICK = 0.2
"""Seconds between two looks at what the workers use."""
_STARTS = 3
"""A worker that dies so often before it is ready will not become so."""
_LONGEST_START = 120.0
"""Seconds after which one that is not ready is ended."""
_SHOWN = 4_000
"""Characters kept of what a claim printed."""
_LONGEST_OUTPUT = 2**24
"""Bytes of output after which the file is begun anew."""


class WorkerError(Exception):
    """Worker processes cannot be started here; the message says what they said."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """A unit that has ended. ``lost`` if its worker failed: then ``result`` holds the reason and nothing else."""

    unit: Unit
    result: PartResult
    lost: bool


class Workers:
    """Context manager over up to ``jobs`` worker processes; they live until it ends."""

    def __init__(self, jobs: int, limits: Limits) -> None:
        self._jobs = jobs
        self._limits = limits
        self._workers: list[_Worker] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="lemmata-", ignore_cleanup_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.kill()
        if self._folder is not None:
            self._folder.cleanup()

    def results(self, units: Iterable[Unit], *, on_begin: Callable[[Unit], None] = lambda _: None) -> Iterator[Done]:
        """Each unit as it ends, whatever its code does; ``on_begin`` hears of each that a worker begins with.

        Raises:
            WorkerError: workers die before they are ready.
        """
        waiting = deque(units)
        while waiting or any(worker.unit is not None for worker in self._workers):
            self._recruit(len(waiting))
            for worker in self._workers:
                if waiting and worker.is_free and worker.give(waiting[0]):
                    on_begin(waiting.popleft())
            wait([worker.connection for worker in self._workers], timeout=_TICK)
            for worker in self._workers:
                done = worker.look(self._limits)
                if done is not None:
                    yield done
            self._workers = [worker for worker in self._workers if not worker.is_gone]

    def _recruit(self, wanted: int) -> None:
        if self._folder is None:
            raise RuntimeError("workers are used outside of their `with` block; enter it first")
        idle = sum(worker.unit is None for worker in self._workers)
        for _ in range(min(self._jobs - len(self._workers), wanted - idle)):
            self._workers.append(_Worker(Path(tempfile.mkdtemp(dir=self._folder.name))))


class _Worker:
    """One process, its connection, and what it is doing."""

    def __init__(self, folder: Path) -> None:
        self._output, self._trace = folder / "output", folder / "trace"
        self._starts = 0
        self._ready = False
        self._begun = 0.0
        self.unit: Unit | None = None
        self.is_gone = False
        self._process, self.connection = self._start()

    def _start(self) -> tuple[SpawnProcess, Connection]:
        context = get_context("spawn")
        mine, its = context.Pipe()
        place = (str(self._output), str(self._trace), os.getpid())
        process = context.Process(target=work, args=(its, *place), name="lemmata worker")
        process.start()
        its.close()
        self._starts += 1
        self._begun = time.monotonic()
        return process, mine

    @property
    def is_free(self) -> bool:
        """Whether it can take a unit."""
        return self._ready and self.unit is None and not self.is_gone

    def give(self, unit: Unit) -> bool:
        """Let it run a unit; False if it is dead by now, which the next look takes care of."""
        try:
            self.connection.send(unit)
        except OSError:
            return False
        self.unit, self._begun = unit, time.monotonic()
        return True

    def look(self, limits: Limits) -> Done | None:
        """Take what it has sent; end it if it has gone too far; say what became of its unit, if anything did."""
        message = self._message()
        if message == READY:
            self._ready = True
        elif message is not None and self.unit is not None:
            return self._finished(self.unit, message)
        elif self._process.exitcode is not None or self.is_gone or self._never_starts():
            return self._died()
        elif self.unit is not None:
            reason = limits.exceeded(time.monotonic() - self._begun, self._memory())
            if reason:
                self._ask_where()
                return self._lost(self.unit, reason)
        return None

    def _never_starts(self) -> bool:
        return not self._ready and time.monotonic() - self._begun > _LONGEST_START

    def _message(self) -> bytes | None:
        try:
            return self.connection.recv_bytes() if self.connection.poll() else None
        except (EOFError, OSError):
            self._process.join(1)
            self.is_gone = True
            return None

    def _finished(self, unit: Unit, message: bytes) -> Done:
        try:
            result = decode(message[1:], PartResult)
        except CorruptedRecordError as error:
            return self._lost(unit, f"sent no result that can be read: {error}")
        self.unit = None
        if message[:1] != KEPT:
            self.kill()
        return Done(unit=unit, result=_with_output(result, self._output), lost=False)

    def _died(self) -> Done | None:
        if not self._ready:
            self.kill()
            if self._starts >= _STARTS:
                said = " ".join(_end(self._output).splitlines()[-1:])
                raise WorkerError(f"worker processes do not start: each {_how(self._process.exitcode)} {said}".rstrip())
            self._process, self.connection = self._start()
            self.is_gone = False
            return None
        if self.unit is None:
            self.kill()
            return None
        return self._lost(self.unit, _how(self._process.exitcode))

    def _lost(self, unit: Unit, reason: str) -> Done:
        self.kill()
        where = _end(self._trace)
        error = f"{unit.part}: " + (f"where it was:\n{where}\n" if where else "") + f"the worker process {reason}"
        result = PartResult(error=error, seconds=time.monotonic() - self._begun)
        self.unit = None
        return Done(unit=unit, result=_with_output(result, self._output), lost=True)

    def _memory(self) -> int:
        try:
            if self._output.stat().st_size > _LONGEST_OUTPUT:
                os.truncate(self._output, 0)
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except (OSError, psutil.Error):
            return 0

    def _ask_where(self) -> None:
        """Let the fault handler, which needs no lock of the interpreter's, write where the process is."""
        if hasattr(signal, "SIGUSR1") and self._process.pid is not None:
            with suppress(OSError):
                os.kill(self._process.pid, signal.SIGUSR1)
            deadline = time.monotonic() + 1
            while not _end(self._trace) and time.monotonic() < deadline:
                time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, with what its code has started."""
        self.is_gone = True
        if hasattr(os, "killpg") and self._process.pid is not None:
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join(5)
        self.connection.close()


def _how(code: int | None) -> str:
    """How a process ended, in words."""
    if code is not None and code < 0:
        with suppress(ValueError):
            name = signal.Signals(-code).name
            memory = "; the system may have run out of memory" if name == "SIGKILL" else ""
            return f"was ended by {name}{memory}"
    if code is None:
        return "closed the connection to its parent"
    return f"ended by itself with exit code {code}; the claim's code must not end its process"


def _with_output(result: PartResult, output: Path) -> PartResult:
    return dataclasses.replace(result, output=_end(output))


def _end(file: Path) -> str:
    """The end of a file's text."""
    try:
        with file.open("rb") as stream:
            stream.seek(max(0, file.stat().st_size - _SHOWN))
            return stream.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""
