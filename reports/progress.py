"""Live progress of a run: a bar on a terminal, plain lines elsewhere, and a sign of life at least every ten seconds."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from lemmata.reports import terminal, words

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from lemmata.checks import Progress
    from lemmata.checks.evidence import Evidence
    from lemmata.checks.part import Part

SILENCE = 6.0
"""Seconds without a line after which one says what runs, where there is no terminal: with the time until it is next
looked at, and that of starting up, nobody waits ten."""
_REDRAWN = 1.0
"""Seconds between two looks at how long what runs has been running."""


class Live:
    """Context manager whose ``update`` takes each `lemmata.checks.Progress` of a run."""

    def __init__(self, console: Console, *, silence: float = SILENCE) -> None:
        self._console = console
        self._bar: Bar | None = _bar(console) if console.is_terminal else None
        self._task: TaskID | None = None
        self._silence = silence
        self._running: dict[tuple[str, Part], float] = {}
        self._last: Progress | None = None
        self._recalled = 0
        self._heard = 0.0
        self._phase = ""
        self._said = self._begun = time.monotonic()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._clock = threading.Thread(target=self._tick, name="shows progress", daemon=True)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("reading the claims", total=None, left="?")
        self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._clock.join()
        if self._bar is not None:
            self._bar.stop()

    def begin(self, key: str, part: Part) -> None:
        """A part begins."""
        with self._lock:
            self._running[key, part] = time.monotonic()

    def phase(self, doing: str) -> None:
        """What is done from now on, where it is no part of a trial, as "writing the report"."""
        with self._lock:
            self._running.clear()
            self._phase = doing
        self._move()

    def recall(self, evidence: Evidence) -> None:
        """A claim whose evidence stands; on a terminal only one that was not expected leaves a line."""
        self._recalled += 1
        if self._bar is None or not evidence.expected:
            self._print(f"recalled: {terminal.headline(evidence)}")

    def update(self, progress: Progress) -> None:
        """Move the bar; print a line when a claim is done.

        A terminal that has gone away stops no run.
        """
        with self._lock:
            if progress.part is not None:
                self._running.pop((progress.key, progress.part), None)
            self._last, self._heard = progress, time.monotonic()
        if progress.evidence is not None:
            self._print(f"[{progress.claims}/{progress.of_claims}] {terminal.headline(progress.evidence)}")
        self._move()

    def _tick(self) -> None:
        while not self._ended.wait(min(_REDRAWN, self._silence / 4)):
            self._move()
            if self._bar is None and time.monotonic() - self._said >= self._silence:
                self._print(self._status())

    def _move(self) -> None:
        if self._bar is None or self._task is None:
            return
        last = self._last
        with suppress(OSError):
            self._bar.update(
                self._task,
                completed=last.claims if last is not None else self._recalled,
                total=last.of_claims if last is not None else None,
                description=self._now(),
                left=self._left() or "?",
            )

    def _status(self) -> str:
        """One line that says how far a run is, where nothing else says it."""
        last = self._last
        done = f"{last.claims} of {last.of_claims} claims, " if last is not None else ""
        left = f", about {self._left()} left" if self._left() else ""
        return f"... {words.duration(time.monotonic() - self._begun)}: {done}{self._now()}{left}"

    def _left(self) -> str:
        """The time left as it was last estimated, less what has passed since; nothing once that has run out."""
        last = self._last
        if last is None or last.seconds_left is None or self._phase:
            return ""
        left = last.seconds_left - (time.monotonic() - self._heard)
        return words.duration(left) if left > 0 else ""

    def _now(self) -> str:
        """What runs, the longest first, and how long already."""
        with self._lock:
            running = sorted(self._running.items(), key=lambda item: item[1])
        if not running:
            return self._phase or ("reading the claims" if self._last is None else "waiting for results")
        (key, part), since = running[0]
        others = f" and {len(running) - 1} more" if len(running) > 1 else ""
        named = words.one_line(f"{key} {part.in_words()}", 60)
        return f"{named} ({words.duration(time.monotonic() - since)}){others}"

    def _print(self, line: str) -> None:
        self._said = time.monotonic()
        with suppress(OSError):
            self._console.print(line, markup=False, emoji=False, highlight=False, soft_wrap=True)


def _bar(console: Console) -> Bar:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    return Bar(
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left {task.fields[left]}", markup=False),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
    )
