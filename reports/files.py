"""Writing reports to files: each whole or not at all, and never a surprise after a long run."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.checks.evidence import Run
    from lemmata.checks.store import Store


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Where the HTML report goes: a folder of pages, or one file that holds everything."""

    path: Path
    is_single: bool

    @classmethod
    def chosen(cls, path: Path | None, store: Path, *, single: bool) -> Pages:
        """What the options ask for: a name that ends in ``.html`` is one file; if none is given, beside the store."""
        if path is None:
            return cls(path=store / ("report.html" if single else "report"), is_single=single)
        return cls(path=path, is_single=single or path.suffix == ".html")

    @property
    def first(self) -> Path:
        """The file to open."""
        return self.path if self.is_single else self.path / "index.html"


class UnwritableError(Exception):
    """A report cannot be written where it was asked for; the message says why."""


class UnreadableError(Exception):
    """A file that was named cannot be read; the message says why."""


def check(paths: Sequence[Path]) -> None:
    """Make the folders of these files and see that they can be written, before hours are spent on their content.

    Raises:
        UnwritableError: a path is a directory, two are the same, or a folder cannot be made or written.
    """
    for number, path in enumerate(paths):
        if path in paths[:number]:
            raise UnwritableError(f"{path} is asked for twice; give each report a file of its own")
        if path.is_dir():
            raise UnwritableError(f"cannot write {path}: it is a directory; name a file inside it")
        try:
            if _is_special(path):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path.parent):
                pass
        except OSError as error:
            raise UnwritableError(f"cannot write {path}: {error.strerror}; name another file") from error


def _is_special(path: Path) -> bool:
    """Whether it is a device, a pipe or a socket: written to as it is, and never replaced."""
    return path.exists() and not path.is_file()


def write(path: Path, content: bytes) -> None:
    """Write the file in one piece: a reader sees the old content or the new, never half of it.

    A link is followed; a device or a pipe is written to.

    Raises:
        UnwritableError: the folder cannot be written, or the disk is full.
    """
    part: str | None = None
    try:
        path = path.resolve()
        if _is_special(path):
            path.write_bytes(content)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(part).chmod(0o644)  # a temporary file is private; a report is not
        Path(part).replace(path)
    except OSError as error:
        if part is not None:
            Path(part).unlink(missing_ok=True)
        raise UnwritableError(f"cannot write {path}: {error.strerror}; name another file") from error


def unless_there(path: Path | None) -> Path | None:
    """Where to write the report of an interrupted run: nowhere if an earlier, perhaps whole, report is there."""
    return None if path is not None and path.exists() else path


def shows_already(page: Path, store: Store, run: Run) -> bool:
    """Whether a page is that of an earlier run with the same evidence: its pictures take longer than all else."""
    from lemmata.checks.document import decode_run
    from lemmata.checks.records import CorruptedRecordError
    from lemmata.checks.store import StoreError

    try:
        content = page.read_bytes()
        earlier = [row.id for row in store.runs() if row.finished and row.id != run.id and row.id.encode() in content]
        former = [decode_run(store.document(name)) for name in earlier]
    except (OSError, CorruptedRecordError, StoreError):
        return False
    return bool(former) and _substance(former[-1]) == _substance(run)


def _substance(run: Run) -> object:
    return run.claims, run.failures, dict(run.versions), run.effort, run.seed


def read(path: Path) -> bytes:
    """The content of a file that was named.

    Raises:
        UnreadableError: there is no such file, or it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"cannot read {path}: {error.strerror}; name a run.json, or a run of the store"
        ) from error


def write_reports(run: Run, *, json: Path | None, junit: Path | None, html: Pages | None) -> None:
    """Write the reports of a run that were asked for, the cheapest first.

    Raises:
        UnwritableError: one of them cannot be written.
    """
    if json is not None:
        from lemmata.reports import document

        write(json, document.render(run))
    if junit is not None:
        from lemmata.reports import junit as junit_report

        write(junit, junit_report.render(run))
    if html is not None:
        _write_pages(run, html)


_OURS = b'<meta name="generator" content="lemmata">'
_HEAD = 1000
"""Bytes of a page among which its generator stands."""


def _write_pages(run: Run, html: Pages) -> None:
    """The pages, the overview last; those of an earlier run that are no longer linked to are removed."""
    from lemmata.reports.site import render

    if html.is_single:
        write(html.path, render.single(run).encode())
        return
    pages = render.pages(run)
    for name in reversed(pages):
        write(html.path / name, pages[name].encode())
    for file in html.path.glob("*.html"):
        if file.name not in pages and _OURS in file.read_bytes()[:_HEAD]:
            file.unlink()
