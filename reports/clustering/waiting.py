"""What is said while a table is clustered, and how long the work itself took."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Self

from lemmata.solvers.clustering.path import PREPARING

if TYPE_CHECKING:
    from types import TracebackType

    from rich.console import Console

_PATIENCE = 2.0
"""Seconds of preparation after which a line is written where no progress can be drawn."""
_COMPILING = "compiling the kernel for a table of this size: about half a minute, once on a machine"


class Waiting:
    """Progress on a terminal, a line in a file; call it with what is done and the share of it that is done.

    Attributes:
        seconds: of work, without those of compiling and loading the kernel.
    """

    def __init__(self, console: Console) -> None:
        self._console, self._status = console, console.status("clustering")
        self._timer = threading.Timer(_PATIENCE, self._print_line)
        self._timer.daemon = True
        self._prepared = self._began = self.seconds = 0.0

    def __enter__(self) -> Self:
        self._began = time.perf_counter()
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._status.stop()
        self.seconds = time.perf_counter() - self._began

    def __call__(self, what: str, share: float) -> None:
        """Say what is done, and the share of it that is done."""
        if what == PREPARING:
            self._prepare(done=share > 0)
        self._status.update(_COMPILING if what == PREPARING and not share else f"{what}: {share:.0%}")

    def _print_line(self) -> None:
        self._console.print(f"{_COMPILING} ...", highlight=False, soft_wrap=True)

    def _prepare(self, *, done: bool) -> None:
        if done:
            self._timer.cancel()
            self._began += time.perf_counter() - self._prepared
            return
        self._prepared = time.perf_counter()
        if not self._console.is_terminal:
            self._timer.start()
