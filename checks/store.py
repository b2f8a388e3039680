"""The evidence store: what finished trials leave on disk, so that a killed run loses nothing.

One SQLite file in write-ahead mode. Each finished part is committed before the next one starts; rows
hold JSON bytes and are never executed or unpickled. A file that is not a healthy store is refused and
left exactly as it was.
"""

from __future__ import annotations

import difflib
import sqlite3
import string
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

SCHEMA_VERSION = 1
"""Written into each store; raised whenever a table changes its meaning."""

_APPLICATION_ID = 0x6C656D6D  # "lemm": tells a store from any other program's SQLite file
_MAGIC = b"SQLite format 3\x00"
_SHORTEST_PREFIX = 4

_TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    header BLOB NOT NULL,
    document BLOB
);
CREATE TABLE IF NOT EXISTS parts (
    run TEXT NOT NULL REFERENCES runs (id),
    part TEXT NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (run, part)
);
CREATE TABLE IF NOT EXISTS counterexamples (id TEXT PRIMARY KEY, payload BLOB NOT NULL);
PRAGMA application_id = %d;
PRAGMA user_version = %d;
COMMIT;
"""


class StoreError(Exception):
    """The evidence store cannot do what was asked; the message says why and how to go on."""


class CorruptedStoreError(StoreError):
    """The file is not SQLite, or is a damaged or truncated store; it was left untouched."""


class LockedStoreError(StoreError):
    """Another process kept the store locked for longer than the timeout."""


class UnreachableStoreError(StoreError):
    """The path is a directory, its folder cannot be written, or the disk is full."""


class OtherSchemaError(StoreError):
    """The file is SQLite, but written by another program or another version of this one."""


class NoRunError(StoreError):
    """There is no run with this identifier, or no finished run at all."""


class DuplicateRunError(StoreError):
    """A run with this identifier was begun before, for another purpose."""


class UnknownCounterexampleError(StoreError):
    """No counterexample, or more than one, has this identifier."""


@dataclass(frozen=True, kw_only=True)
class RunRow:
    """One run as the store lists it."""

    id: str
    number: int
    """Counts up in the order in which the runs were begun."""
    finished: bool


class Store:
    """Context manager over one store file; make it with `Store.open`."""

    __slots__ = ("_connection", "_path", "_timeout")

    def __init__(self, connection: sqlite3.Connection, path: Path, timeout: float) -> None:
        self._connection = connection
        self._path = path
        self._timeout = timeout

    @classmethod
    def open(cls, path: Path, *, timeout: float = 30.0) -> Self:
        """Open the store at ``path``, or make a new one there; wait ``timeout`` seconds for a lock.

        Raises:
            CorruptedStoreError: the file is damaged or not SQLite.
            LockedStoreError: another process kept it locked.
            UnreachableStoreError: a directory, or a folder that cannot be written.
            OtherSchemaError: written by another program or version.
        """
        fresh = _prepare(path)
        with _translated(path, timeout):
            if not fresh:
                _inspect(path, timeout)
            # Autocommit: each statement is its own transaction unless one is opened in so many words.
            connection = sqlite3.connect(path, timeout=timeout, isolation_level=None)
            try:
                _set_up(connection, timeout)
            except BaseException:
                connection.close()
                raise
        return cls(connection, path, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was recorded is already on disk."""
        self._connection.close()

    def begin(self, run_id: str, fingerprint: str, header: bytes) -> None:
        """Note that a run starts; saying the same again changes nothing.

        Raises:
            DuplicateRunError: the identifier belongs to a run with another fingerprint or header.
        """
        self._execute(
            "INSERT INTO runs (id, fingerprint, header) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING",
            (run_id, fingerprint, header),
        )
        row = self._execute("SELECT fingerprint, header FROM runs WHERE id = ?", (run_id,))
        if row != [(fingerprint, header)]:
            raise DuplicateRunError(
                f"run {run_id} is already in {self._path}, begun with another fingerprint; "
                "begin a new run under a new identifier"
            )

    def record(self, run_id: str, part: str, payload: bytes) -> None:
        """Commit one finished part of a run; recording it again replaces it.

        Raises:
            NoRunError: the run was never begun.
        """
        self._require(run_id)
        self._execute(
            "INSERT INTO parts (run, part, payload) VALUES (?, ?, ?) "
            "ON CONFLICT (run, part) DO UPDATE SET payload = excluded.payload",
            (run_id, part, payload),
        )

    def parts(self, run_id: str) -> dict[str, bytes]:
        """Every part recorded for a run, in the order of their names.

        Raises:
            NoRunError: the run was never begun.
        """
        self._require(run_id)
        return dict(self._execute("SELECT part, payload FROM parts WHERE run = ? ORDER BY part", (run_id,)))

    def unfinished(self, fingerprint: str) -> str | None:
        """The newest run begun with this fingerprint that was not finished, if there is one."""
        rows = self._execute(
            "SELECT id FROM runs WHERE fingerprint = ? AND document IS NULL ORDER BY number DESC LIMIT 1",
            (fingerprint,),
        )
        return rows[0][0] if rows else None

    def header(self, run_id: str) -> bytes:
        """The header that the run was begun with.

        Raises:
            NoRunError: the run was never begun.
        """
        rows = self._execute("SELECT header FROM runs WHERE id = ?", (run_id,))
        if not rows:
            raise self._no_run(run_id)
        return bytes(rows[0][0])

    def finish(self, run_id: str, document: bytes) -> None:
        """Keep the run's whole document; its parts stay as they are.

        Raises:
            NoRunError: the run was never begun.
        """
        self._require(run_id)
        self._execute("UPDATE runs SET document = ? WHERE id = ?", (document, run_id))

    def document(self, run_id: str | None = None) -> bytes:
        """The document of a finished run, of the newest one if none is named.

        Raises:
            NoRunError: there is no such run, or it was not finished.
        """
        if run_id is None:
            rows = self._execute("SELECT document FROM runs WHERE document IS NOT NULL ORDER BY number DESC LIMIT 1")
            if not rows:
                raise NoRunError(f"{self._path} holds no finished run; run `lemmata verify` first")
            return bytes(rows[0][0])
        rows = self._execute("SELECT document FROM runs WHERE id = ?", (run_id,))
        if not rows:
            raise self._no_run(run_id)
        if rows[0][0] is None:
            raise NoRunError(f"run {run_id} was not finished; repeat its `lemmata verify` with --resume to finish it")
        return bytes(rows[0][0])

    def runs(self) -> list[RunRow]:
        """Every run, oldest first."""
        rows = self._execute("SELECT id, number, document IS NOT NULL FROM runs ORDER BY number")
        return [RunRow(id=name, number=number, finished=bool(finished)) for name, number, finished in rows]

    def keep_counterexample(self, identifier: str, payload: bytes) -> None:
        """Commit one counterexample; keeping it again replaces it."""
        self._execute(
            "INSERT INTO counterexamples (id, payload) VALUES (?, ?) "
            "ON CONFLICT (id) DO UPDATE SET payload = excluded.payload",
            (identifier, payload),
        )

    def counterexample(self, identifier: str) -> bytes:
        """The counterexample with this identifier; its first digits (four or more) do if they are unique.

        Raises:
            UnknownCounterexampleError: none or several match; the message lists those that are near.
        """
        wanted = identifier.strip().lower()
        known = [name for (name,) in self._execute("SELECT id FROM counterexamples ORDER BY id")]
        matches = [wanted] if wanted in known else []
        if not matches and len(wanted) >= _SHORTEST_PREFIX and set(wanted) <= set(string.hexdigits):
            matches = [name for name in known if name.startswith(wanted)]
        if len(matches) != 1:
            raise UnknownCounterexampleError(_unknown(identifier, wanted, matches, known))
        rows = self._execute("SELECT payload FROM counterexamples WHERE id = ?", (matches[0],))
        return bytes(rows[0][0])

    def _require(self, run_id: str) -> None:
        if not self._execute("SELECT 1 FROM runs WHERE id = ?", (run_id,)):
            raise self._no_run(run_id)

    def _no_run(self, run_id: str) -> NoRunError:
        known = [row.id for row in self.runs()]
        near = difflib.get_close_matches(run_id, known, n=3) or known[-3:]
        rest = f"; it holds {', '.join(near)}" if near else "; run `lemmata verify` first"
        return NoRunError(f"{self._path} holds no run {run_id!r}{rest}")

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with _translated(self._path, self._timeout):
            return self._connection.execute(statement, values).fetchall()


def _unknown(identifier: str, wanted: str, matches: list[str], known: list[str]) -> str:
    """Why an identifier names no single counterexample, and what to write instead."""
    if matches:
        some = ", ".join(matches[:8])
        return f"{identifier!r} is the start of {len(matches)} counterexamples: {some}; give more digits"
    if not known:
        return f"no counterexample {identifier!r}: the store holds none; `lemmata verify` keeps those it finds"
    near = [name for name in known if name.startswith(wanted[:2])] if wanted else []
    near = difflib.get_close_matches(wanted, known, n=5, cutoff=0.4) or near[:5] or known[:5]
    rest = f" (a prefix needs {_SHORTEST_PREFIX} hexadecimal digits)" if len(wanted) < _SHORTEST_PREFIX else ""
    return f"no counterexample {identifier!r}{rest}; near it: {', '.join(near)}"


def _prepare(path: Path) -> bool:
    """Make the folder, refuse what cannot be a store, and tell whether the file is still to be made."""
    try:
        if path.is_dir():
            raise UnreachableStoreError(f"{path} is a directory; expected the path of a store file inside it")
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            return True
        size = path.stat().st_size
        with path.open("rb") as stream:
            magic = stream.read(len(_MAGIC))
    except OSError as error:
        raise UnreachableStoreError(f"cannot reach {path}: {error.strerror}; {_ELSEWHERE}") from error
    log = path.with_name(path.name + "-wal")
    if size == 0 and not (log.exists() and log.stat().st_size):
        return True
    # An empty main file beside a filled log has lost its tables; SQLite would silently delete the log.
    if magic != _MAGIC:
        raise _corrupted(path, "not an SQLite file" if size else "it is empty, yet its log is not")
    return False


def _inspect(path: Path, timeout: float) -> None:
    """Check an existing file through a read-only connection, so that a refused file stays as it was."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    with closing(sqlite3.connect(address, timeout=timeout, isolation_level=None, uri=True)) as connection:
        connection.execute("BEGIN")  # one snapshot: another process may be making the store right now
        problems = [text for (text,) in connection.execute("PRAGMA quick_check(1)")]
        if problems != ["ok"]:
            raise _corrupted(path, problems[0])
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    # SQLite without tables is a store whose making was interrupted: it is made again.
    if tables and application != _APPLICATION_ID:
        raise OtherSchemaError(f"{path} is an SQLite file of another program; name another store with --store")
    if tables and version != SCHEMA_VERSION:
        raise OtherSchemaError(
            f"{path} has schema {version}, this version of lemmata reads schema {SCHEMA_VERSION}; "
            "it was left untouched: move it away, or read it with the version that wrote it"
        )


def _set_up(connection: sqlite3.Connection, timeout: float) -> None:
    """Switch to write-ahead mode and make the tables that are missing."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            # The switch does not wait for a lock by itself when two processes make the store at once.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    connection.execute("PRAGMA synchronous = FULL")  # a committed part survives a power cut, too
    connection.execute("PRAGMA foreign_keys = ON")
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        connection.executescript(_TABLES % (_APPLICATION_ID, SCHEMA_VERSION))


_ELSEWHERE = "name a store in a folder that can be written with --store"


def _corrupted(path: Path, why: str) -> CorruptedStoreError:
    return CorruptedStoreError(
        f"{path} is damaged ({why}); it was left untouched: move it away (with its -wal and -shm files) "
        "and run `lemmata verify` again"
    )


@contextmanager
def _translated(path: Path, timeout: float) -> Iterator[None]:
    """Turn SQLite's errors into this module's, each with its remedy."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise LockedStoreError(
                f"{path} stayed locked by another process for {timeout:g} s; wait for the `lemmata` that is "
                "writing to it (or end it), or use another store with --store"
            ) from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _corrupted(path, str(error)) from error
        raise UnreachableStoreError(f"cannot use {path}: {error}; {_ELSEWHERE}") from error
