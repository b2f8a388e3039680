"""Live progress of a run: a bar on a terminal, one plain line a finished claim elsewhere."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Self

from lemmata.reports import terminal, words

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

    from lemmata.checks import Progress


class Live:
    """Context manager whose ``update`` takes each `lemmata.checks.Progress` of a run."""

    __slots__ = ("_bar", "_console", "_task")

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Bar | None = _bar(console) if console.is_terminal else None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
            self._task = self._bar.add_task("starting", total=None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, progress: Progress) -> None:
        """Move the bar; print a line when a claim is done (on a terminal only if it was not expected).

        A terminal that has gone away stops no run.
        """
        with suppress(OSError):
            self._show(progress)

    def _show(self, progress: Progress) -> None:
        if self._bar is not None and self._task is not None:
            text = words.one_line(f"{progress.key} {words.part(progress.part)}", 60)
            self._bar.update(self._task, completed=progress.done, total=progress.total, description=text)
        evidence = progress.evidence
        if evidence is None or (self._bar is not None and evidence.expected):
            return
        line = f"[{progress.done}/{progress.total}] {terminal.headline(evidence)}"
        self._console.print(line, markup=False, emoji=False, highlight=False, soft_wrap=True)


def _bar(console: Console) -> Bar:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    return Bar(
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
    )
