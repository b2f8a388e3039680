"""Worker processes: each judges one unit at a time, and a worker that fails costs that unit and nothing else.

They are copies of one process that has loaded, watched by their parent, and not a pool of a library. pebble was
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
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from types import TracebackType
from typing import Self

from lemmata.checks._part_result import PartResult
from lemmata.checks.records import CorruptedRecordError, decode
from lemmata.checks.running.limits import Limits
from lemmata.checks.running.messages import KEPT, READY
from lemmata.checks.running.processes import Processes
from lemmata.checks.running.sources import is_file
from lemmata.checks.running.unit import Unit

_TICK = 0.2
"""Seconds between two looks at what the workers use."""
_STARTS = 3
"""A worker that dies so often before it is ready will not become so."""
_KILLED_STARTS = 20
"""The same where it was killed from outside, as with what it is a copy of."""
_LONGEST_WAIT = 0.5
"""Seconds that a result may wait for others."""
_LONGEST_START = 120.0
"""Seconds after which one that is not ready is ended."""
_SHOWN = 4_000
"""Characters kept of what a claim printed."""
_LONGEST_OUTPUT = 2**24
"""Bytes of output after which the file is begun anew."""

_STRANDED = "lost the process that it is a copy of, which was stopped; the claim's code must not stop its parent"


class WorkerError(Exception):
    """Worker processes cannot be started here; the message says what they said."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """A unit that has ended. ``lost`` if its worker failed: then ``result`` holds the reason and nothing else."""

    unit: Unit
    result: PartResult
    lost: bool
    killed: bool = False
    """Whether its worker was ended from outside, as far as one can tell: then it may be tried once more."""


class Workers:
    """Context manager over up to ``jobs`` worker processes; they live until it ends."""

    def __init__(self, jobs: int, limits: Limits) -> None:
        self.jobs = jobs
        self._limits = limits
        self._workers: list[_Worker] = []
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._processes: Processes | None = None
        self._again: deque[Unit] = deque()
        self._tried: set[Unit] = set()

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="lemmata-", ignore_cleanup_errors=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.kill()
        if self._processes is not None:
            self._processes.end()
        if self._folder is not None:
            self._folder.cleanup()

    def prepare(self) -> Processes:
        """Begin to load what workers need; for those who know that there will be work, but not yet which."""
        if self._folder is None:
            raise RuntimeError("workers are used outside of their `with` block; enter it first")
        self._processes = self._processes or Processes(Path(self._folder.name))
        return self._processes

    def results(
        self, units: Iterable[Sequence[Unit]], *, on_begin: Callable[[Unit], None] = lambda _: None
    ) -> Iterator[list[Done]]:
        """Units as they end, whatever their code does, those that have ended by the same time together.

        While the caller takes results in, workers have their next units. What it does with them may take a fifth of
        the time (a commit waits for the disk, for one result as long as for many); results that come more often wait
        for each other, for half a second at most. A unit whose worker was killed, perhaps on another's account, is
        tried once more, with none beside it.

        Args:
            units: in the order in which they are begun, taken from the iterable when workers are about to need them.
            on_begin: hears of each that a worker begins with.

        Raises:
            WorkerError: workers die before they are ready.
        """
        waiting, ended, turn = _Waiting(units, 2 * self.jobs), list[Done](), _Turn()
        while not waiting.is_over or ended or self._again or self._is_busy:
            self._recruit(waiting)
            for worker in self._workers:
                if self._again:
                    self._try_again(worker)
                elif waiting.first and not self._is_alone and worker.takes(waiting.first):
                    on_begin(waiting.pop())
            if ended and (turn.has_come or not self._is_busy):
                with turn.taken():
                    yield ended
                ended = []
            if not waiting.load():
                wait([worker.connection for worker in self._workers], timeout=turn.left if ended else _TICK)
            looked = [done for worker in self._workers if (done := worker.look(self._limits)) is not None]
            ended += [done for done in looked if not self._is_put_back(done)]
            self._workers = [worker for worker in self._workers if not worker.is_gone]

    @property
    def _is_busy(self) -> bool:
        return any(worker.unit is not None for worker in self._workers)

    @property
    def _is_alone(self) -> bool:
        """Whether a unit is tried again."""
        return any(worker.unit in self._tried for worker in self._workers if worker.unit is not None)

    def _try_again(self, worker: _Worker) -> None:
        if not self._is_busy and worker.takes(self._again[0]):
            self._again.popleft()

    def _is_put_back(self, done: Done) -> bool:
        if not done.killed or done.unit in self._tried:
            return False
        self._tried.add(done.unit)
        self._again.append(done.unit)
        return True

    def _recruit(self, waiting: _Waiting) -> None:
        processes, following = self.prepare(), self._again[0] if self._again else waiting.first
        for worker in self._workers:
            if following is not None and worker.is_free and not worker.suits(following):
                worker.kill()
        self._workers = [worker for worker in self._workers if not worker.is_gone]
        idle = sum(worker.unit is None for worker in self._workers)
        for _ in range(min(self.jobs - len(self._workers), len(waiting) + len(self._again) - idle)):
            self._workers.append(_Worker(processes))


@contextmanager
def workplace(jobs: int | None, limits: Limits, executor: Executor | None) -> Iterator[Workers | Executor | None]:
    """Where units run: with an executor if there is one, in so many workers, or in this process (None)."""
    if executor is not None or jobs is None:
        yield executor
        return
    with Workers(jobs, limits) as workers:
        yield workers


class _Waiting:
    """Units that no worker has, loaded ahead of their turn, but only by a few."""

    def __init__(self, units: Iterable[Sequence[Unit]], ahead: int) -> None:
        self._units, self._ahead = iter(units), ahead
        self._loaded: deque[Unit] = deque()
        self._is_whole = False

    def __len__(self) -> int:
        return len(self._loaded)

    @property
    def is_over(self) -> bool:
        """Whether there are none, and none will come."""
        return self._is_whole and not self._loaded

    @property
    def first(self) -> Unit | None:
        """The one whose turn it is."""
        return self._loaded[0] if self._loaded else None

    def pop(self) -> Unit:
        """Take the first away."""
        return self._loaded.popleft()

    def load(self) -> bool:
        """Load more if they are soon needed; whether it did."""
        if self._is_whole or len(self._loaded) >= self._ahead:
            return False
        more = next(self._units, None)
        self._is_whole = more is None
        self._loaded += more or ()
        return more is not None


class _Turn:
    """When results are handed over next, so that taking them in takes a fifth of the time."""

    def __init__(self) -> None:
        self._next = time.monotonic()

    @property
    def left(self) -> float:
        """Seconds until it has come."""
        return max(0.0, self._next - time.monotonic())

    @property
    def has_come(self) -> bool:
        """Whether it is time."""
        return self.left == 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Around what is done with the results."""
        began = time.monotonic()
        yield
        now = time.monotonic()
        self._next = now + min(_LONGEST_WAIT, 4 * (now - began))


class _Worker:
    """One process, and what it is doing."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._starts = 1
        self._ready = False
        self._begun = time.monotonic()
        self.unit: Unit | None = None
        self.is_gone = False
        self._file = ""
        self._process = processes.start()

    @property
    def connection(self) -> Connection:
        """Where its messages come from."""
        return self._process.connection

    @property
    def is_free(self) -> bool:
        """Whether it can take a unit."""
        return self._ready and self.unit is None and not self.is_gone

    def suits(self, unit: Unit) -> bool:
        """Whether it may run a unit: what one user's file has changed in its process must reach no other's claims."""
        return self._file in ("", unit.source)

    def takes(self, unit: Unit) -> bool:
        """Let it run a unit; False if it cannot, or is dead by now, which the next look takes care of."""
        if not self.is_free or not self.suits(unit):
            return False
        try:
            self.connection.send(unit)
        except OSError:
            return False
        self._file = unit.source if is_file(unit.source) else ""
        self.unit, self._begun = unit, time.monotonic()
        return True

    def look(self, limits: Limits) -> Done | None:
        """Take what it has sent; end it if it has gone too far; say what became of its unit, if anything did."""
        message = self._message()
        if message is not None and message.startswith(READY):
            self._ready, self._process.pid = True, int(message.removeprefix(READY))
        elif message is not None and self.unit is not None:
            return self._finished(self.unit, message)
        elif self.is_gone or self._never_starts() or self._process.exit_code is not None:
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
            self._process.wait(1)
            self.is_gone = True
            return None

    def _finished(self, unit: Unit, message: bytes) -> Done:
        try:
            result = decode(message[1:], PartResult)
        except CorruptedRecordError as error:
            return self._lost(unit, f"sent no result that can be read: {error}")
        if self._process.is_stranded:
            return self._lost(unit, _STRANDED, killed=True)
        self.unit = None
        if message[:1] != KEPT:
            self.kill()
        return Done(unit=unit, result=_with_output(result, self._process.output), lost=False)

    def _died(self) -> Done | None:
        if self.unit is not None:
            code = self._process.exit_code
            reason = _STRANDED if self._process.is_stranded else _how(code)
            return self._lost(self.unit, reason, killed=code == -signal.SIGKILL)
        if self._never_starts():
            self._process.maker.kill()
        code = self._process.exit_code
        self.kill()
        if not self._ready:
            self._start_again(code)
        return None

    def _start_again(self, code: int | None) -> None:
        killed = code == -signal.SIGKILL and not self._never_starts()
        if self._starts >= (_KILLED_STARTS if killed else _STARTS):
            said = " ".join(_end(self._process.said).splitlines()[-1:])
            raise WorkerError(f"worker processes do not start: each {_how(code)} {said}".rstrip())
        self._starts, self._begun, self.is_gone = self._starts + 1, time.monotonic(), False
        self._process = self._processes.start()

    def _lost(self, unit: Unit, reason: str, *, killed: bool = False) -> Done:
        self.kill()
        where = _end(self._process.trace)
        error = f"{unit.part}: " + (f"where it was:\n{where}\n" if where else "") + f"the worker process {reason}"
        result = PartResult(error=error, seconds=time.monotonic() - self._begun)
        self.unit = None
        return Done(unit=unit, result=_with_output(result, self._process.output), lost=True, killed=killed)

    def _memory(self) -> int:
        import psutil

        try:
            if self._process.output.stat().st_size > _LONGEST_OUTPUT:
                os.truncate(self._process.output, 0)
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except (OSError, psutil.Error):
            return 0

    def _ask_where(self) -> None:
        """Let the fault handler, which needs no lock of the interpreter's, write where the process is."""
        if hasattr(signal, "SIGUSR1") and self._process.pid is not None:
            with suppress(OSError):
                os.kill(self._process.pid, signal.SIGUSR1)
            deadline = time.monotonic() + 1
            while not _end(self._process.trace) and time.monotonic() < deadline:
                time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, with what its code has started."""
        self.is_gone = True
        self._process.kill()


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
