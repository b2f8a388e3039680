"""What a user's code reads is noted, and what only the import of a library reads is not."""

from __future__ import annotations

import importlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from lemmata.checks.running import traces
from lemmata.checks.running.traces import following, unchanged


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> traces.Traces:
    """Nothing noted so far."""
    noted = traces.Traces()
    monkeypatch.setattr(traces, "_traces", noted)
    return noted


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a table, an array and a database."""
    (tmp_path / "table.csv").write_text("1,2\n", encoding="utf-8")
    np.save(tmp_path / "array.npy", np.zeros(2))
    with closing(sqlite3.connect(tmp_path / "data.sqlite")) as connection:
        connection.execute("CREATE TABLE a (b)")
    return tmp_path


def _opened_low(folder: Path) -> None:
    os.close(os.open(folder / "table.csv", os.O_RDONLY))


def _queried(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "data.sqlite")) as connection:
        connection.execute("SELECT * FROM a")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("table.csv", lambda folder: (folder / "table.csv").read_text()),
        ("table.csv", lambda folder: np.loadtxt(folder / "table.csv", delimiter=",")),
        ("table.csv", _opened_low),
        ("array.npy", lambda folder: np.load(folder / "array.npy", mmap_mode="r")),
        ("data.sqlite", _queried),
        ("none.csv", lambda folder: (folder / "none.csv").is_file() or _missing(folder)),
        ("", lambda folder: list(folder.glob("*.csv"))),
    ],
)
def test_reading_is_noted(folder: Path, fresh: traces.Traces, name: str, read: Callable[[Path], object]) -> None:
    """Files, databases, folders that are listed and files that are not there; a change of them is seen."""
    with following():
        read(folder)
    found = fresh.digests()
    path = folder / name if name else folder

    assert str(path) in found
    assert unchanged(found)

    with (path / "new" if path.is_dir() else path).open("a", encoding="utf-8") as stream:
        stream.write("more")

    assert not unchanged(found)


def _missing(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        (folder / "none.csv").read_text(encoding="utf-8")


def test_writing_is_not(folder: Path, fresh: traces.Traces) -> None:
    """A log that is only written says nothing of the result."""
    with following():
        (folder / "log").write_text("x", encoding="utf-8")

    assert str(folder / "log") not in fresh.digests()


def test_changed_meanwhile(folder: Path, fresh: traces.Traces) -> None:
    """A table that changed after it was read, in this part or between two, is one of which nothing is known."""
    with following():
        np.loadtxt(folder / "table.csv", delimiter=",")
    fresh.digests()

    assert "" == fresh.untraced

    (folder / "table.csv").write_text("3,4\n", encoding="utf-8")
    fresh.digests()

    assert "a file that was changed meanwhile" == fresh.untraced


def test_nothing_is_noted_outside(folder: Path, fresh: traces.Traces) -> None:
    """What other code reads is its own affair."""
    (folder / "table.csv").read_text(encoding="utf-8")

    assert {} == fresh.digests()


def test_another_process(fresh: traces.Traces) -> None:
    """A process that is started may read anything."""
    with following():
        subprocess.run([sys.executable, "-c", ""], check=True)

    assert "another process" == fresh.untraced


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installed module that reads a cache and starts a process when it is imported."""
    place = tmp_path / "site"
    place.mkdir()
    text = f"import os, subprocess\nos.close(os.open({str(tmp_path / 'cache')!r}, 0))\nsubprocess.run(['true'])\n"
    (place / "library_with_cache.py").write_text(text, encoding="utf-8")
    (tmp_path / "cache").write_text("x", encoding="utf-8")
    monkeypatch.syspath_prepend(place)
    before = traces.installed()
    monkeypatch.setattr(traces, "installed", lambda: (*before, str(place)))
    return "library_with_cache"


def test_the_import_of_a_library_is_its_own_affair(library: str, tmp_path: Path, fresh: traces.Traces) -> None:
    """What installed code does while it is imported belongs to its version."""
    with following():
        importlib.import_module(library)

    assert "" == fresh.untraced
    assert str(tmp_path / "cache") not in fresh.digests()
