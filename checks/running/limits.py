"""How much time and memory one part of a trial may take."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SECONDS = 600.0
_MEBIBYTE = 2**20


def half_of_memory() -> int:
    """Half of the memory that this process may use, in bytes: the machine's, or its container's if that is less."""
    import psutil

    whole = int(psutil.virtual_memory().total)
    with suppress(OSError, ValueError):
        whole = min(whole, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return whole // 2


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of each part by itself; a part that exceeds one ends in an error, and no other does.

    Attributes:
        seconds: of wall-clock time.
        memory: of resident memory, in bytes.
    """

    seconds: float = SECONDS
    memory: int = field(default_factory=half_of_memory)

    def __post_init__(self) -> None:
        if not self.seconds > 0 or not self.memory > 0:
            raise ValueError(f"limits must be positive, got {self.seconds} s and {self.memory} bytes")

    def exceeded(self, seconds: float, memory: int) -> str:
        """Which limit this use exceeds, in a sentence; empty if none."""
        if seconds > self.seconds:
            return f"ended after {self.seconds:g} s, its time limit (--time-limit gives it more)"
        if memory > self.memory:
            return (
                f"ended at {memory // _MEBIBYTE:,} MiB, above its memory limit of {self.memory // _MEBIBYTE:,} MiB "
                "(--memory-limit gives it more)"
            )
        return ""
