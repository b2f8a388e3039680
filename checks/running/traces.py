"""What a user's claims read beyond their imports: noted while their code runs, as Python itself reports it.

A table of data, a helper that is loaded by its path, the content of a folder: evidence holds only while they are as
they were. What cannot be followed (another process, the network) is noted, too: such evidence is not kept.
"""

from __future__ import annotations

import os
import stat
import sys
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lemmata.checks._digest import digest
from lemmata.checks.running.sources import installed, text_of

_UNTRACED = {
    "subprocess.Popen": "another process",
    "os.system": "another process",
    "os.exec": "another process",
    "os.fork": "another process",
    "os.forkpty": "another process",
    "os.posix_spawn": "another process",
    "os.spawn": "another process",
    "socket.connect": "the network",
    "socket.getaddrinfo": "the network",
    "urllib.Request": "the network",
}
_NOT_FILES = ("/proc/", "/dev/", "/sys/")


@dataclass
class Traces:
    """What was read so far, and what was used that cannot be followed."""

    paths: dict[str, str] = field(default_factory=dict)
    """Files and folders, as absolute paths in the order of their first use -> digest, empty until it is asked for."""
    untraced: str = ""
    began: float = 0.0
    """When the present following began."""

    def digests(self) -> dict[str, str]:
        """Path -> digest of what is there; what has changed since it was read cannot be known any more."""
        for path, before in self.paths.items():
            self.paths[path] = content_digest(path)
            meanwhile = changed_since(path, self.began) if not before else before != self.paths[path]
            if meanwhile:
                self.untraced = "a file that was changed meanwhile"
        return dict(self.paths)


_traces = Traces()
_followed = False


@contextmanager
def following() -> Iterator[Traces]:
    """Note what is read meanwhile, in any thread; what was noted earlier in this process stays noted.

    A module is loaded once, and a table may be kept in memory: what one claim has read another may use.
    """
    global _followed  # noqa: PLW0603 - an audit hook is the process's, and for ever
    _install()
    before, _followed = _followed, True
    _traces.began = time.time()
    try:
        yield _traces
    finally:
        _followed = before


def content_digest(path: str) -> str:
    """Of a file's content, of the names in a folder, or of its absence."""
    if os.path.isdir(path):  # noqa: PTH112 - paths are text here
        try:
            return digest("folder", *sorted(os.listdir(path)))  # noqa: PTH208 - as text
        except OSError:
            return "missing"
    try:
        return digest("file", Path(path).read_bytes())
    except (OSError, ValueError):
        return "missing"


def changed_since(path: str, moment: float) -> bool:
    """Whether a file was written to after a moment."""
    try:
        found = os.stat(path)  # noqa: PTH116 - paths are text here
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_ctime > moment


def unchanged(read: Mapping[str, str]) -> bool:
    """Whether everything that was read is as it was."""
    return all(content_digest(path) == kept for path, kept in read.items())


@cache
def _install() -> None:
    sys.addaudithook(_note)


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if not _followed:
        return
    if event == "open":
        path, mode, flags = arguments
        reads = any(letter in mode for letter in "r+") if isinstance(mode, str) else not flags & os.O_WRONLY
        if reads:
            _note_path(path)
    elif event in ("os.listdir", "os.scandir"):
        if not sys._getframe(1).f_code.co_filename.startswith("<frozen importlib"):  # noqa: SLF001 - no other way
            _note_path(arguments[0] if arguments[0] is not None else ".")
    elif event == "sqlite3.connect":
        place = os.fsdecode(arguments[0]).removeprefix("file:").partition("?")[0]
        if place not in ("", ":memory:"):
            _note_path(place)
    elif event == "ctypes.dlopen":
        if isinstance(arguments[0], str) and "/" in arguments[0]:
            _note_path(arguments[0])
    elif event in _UNTRACED and not _is_importing():
        _traces.untraced = _UNTRACED[event]


def _is_importing() -> bool:
    """Whether installed code is being imported: what it looks at meanwhile belongs to its version.

    Such are caches of fonts, which other programs write anew, and the programs that are asked for fonts.
    """
    frame, inside = sys._getframe(2), False  # noqa: SLF001 - no other way
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return inside
        if name != __file__ and not name.startswith(installed()):
            return False
        inside = inside or name != __file__
        frame = frame.f_back  # type: ignore[assignment]
    return False


def _note_path(path: Any) -> None:
    if isinstance(path, int):
        return
    full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - no resolving: a link may point elsewhere tomorrow
    folder, name = os.path.split(full)
    if _is_importing():
        return
    if full.startswith((*installed(), *_NOT_FILES)) or folder == sysconfig.get_path("scripts") or name.startswith("<"):
        return
    if os.path.basename(folder) == "__pycache__":  # noqa: PTH119 - as text
        if not name.endswith(".pyc"):
            return  # compiled by Numba
        full = text_of(full)
    _traces.paths.setdefault(full, "")
