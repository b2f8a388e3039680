"""Opening an SQLite file as an evidence store: made, inspected, or refused and left exactly as it was."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_VERSION = 3
"""Written into each store; raised whenever the tables change. Version 2 keeps digests, version 3 evidence by claim."""
_FORMER = 2
"""A store of this version is one of the present version without the tables that are new; they are made in it."""

_APPLICATION_ID = 0x6C656D6D  # "lemm": tells a store from any other program's SQLite file
_MAGIC = b"SQLite format 3\x00"

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    fingerprint TEXT NOT NULL,
    header BLOB NOT NULL,
    document BLOB,
    document_digest TEXT NOT NULL,
    complete INTEGER NOT NULL,
    digest TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS parts (
    run TEXT NOT NULL REFERENCES runs (id),
    part TEXT NOT NULL,
    payload BLOB NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (run, part)
);
CREATE TABLE IF NOT EXISTS counterexamples (id TEXT PRIMARY KEY, payload BLOB NOT NULL, digest TEXT NOT NULL);
"""
_NEW_TABLES = """
CREATE TABLE IF NOT EXISTS evidence (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    claim TEXT NOT NULL,
    circumstances TEXT NOT NULL,
    seconds REAL NOT NULL,
    payload BLOB NOT NULL,
    digest TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS evidence_of_a_claim ON evidence (claim, circumstances);
"""

_SPACE = 2**24
"""Bytes of the evidence and the reports of a run of all of the package."""
_ELSEWHERE = "name a store in a folder that can be written with --store"


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


def connect(path: Path, timeout: float, *, read_only: bool) -> sqlite3.Connection:
    """Open the store at ``path``, made anew where there is none; with ``read_only`` nothing is ever written.

    Raises:
        CorruptedStoreError: the file is damaged or not SQLite.
        LockedStoreError: another process kept it locked.
        UnreachableStoreError: a directory, or a folder that cannot be written.
        OtherSchemaError: written by another program or version.
    """
    fresh = _prepare(path, make=not read_only)
    with translated(path, timeout):
        if not fresh:
            _inspect(path, timeout)
        # Autocommit: each statement is its own transaction unless one is opened in so many words.
        connection = _connection(path, timeout, read_only=read_only)
        try:
            if not read_only:
                _set_up(connection)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def translated(path: Path, timeout: float) -> Iterator[None]:
    """Turn SQLite's errors into this module's, each with its remedy."""
    try:
        yield
    except (sqlite3.Error, UnicodeError, OverflowError) as error:  # its own messages may quote the damage
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise LockedStoreError(
                f"{path} stayed locked by another process for {timeout:g} s; wait for the `lemmata` that is "
                "writing to it (or end it), or use another store with --store"
            ) from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT):
            raise corrupted(path, str(error)) from error
        raise UnreachableStoreError(f"cannot use {path}: {error}; {_ELSEWHERE}") from error


def corrupted(path: Path, why: str) -> CorruptedStoreError:
    """The error for a file that is not to be relied on."""
    return CorruptedStoreError(
        f"{path} is damaged ({why}); it was left untouched: move it away (with its -journal file) "
        "and run `lemmata verify` again"
    )


def _connection(path: Path, timeout: float, *, read_only: bool) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()).encode(errors='surrogateescape'))}"
    if read_only:
        address += "?mode=ro"
    connection = sqlite3.connect(address, timeout=timeout, isolation_level=None, uri=True)
    # Text with a flipped bit must fail its digest, not the whole query that it is read in.
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def _prepare(path: Path, *, make: bool) -> bool:
    """Make the folder, refuse what cannot be a store, and tell whether the file is still to be made."""
    try:
        if path.is_dir():
            raise UnreachableStoreError(f"{path} is a directory; expected the path of a store file inside it")
        if make:
            path.parent.mkdir(parents=True, exist_ok=True)
            _require_space(path.parent)
            if not path.exists():
                return True
        size = path.stat().st_size
        with path.open("rb") as stream:
            magic = stream.read(len(_MAGIC))
    except OSError as error:
        raise UnreachableStoreError(f"cannot reach {path}: {error.strerror}; {_ELSEWHERE}") from error
    if size == 0 and make:  # another process may be making it right now: its journal comes before its first page
        return True
    if magic != _MAGIC:
        raise corrupted(path, "not an SQLite file" if size else "it is empty")
    return False


def _require_space(folder: Path) -> None:
    """Refuse a disk that is nearly full before the work, and not when the first result is to be kept."""
    disk = shutil.disk_usage(folder)
    if disk.total and disk.free < _SPACE:  # what has no size at all, as /proc, is refused by what comes next
        raise UnreachableStoreError(
            f"the disk of {folder} has {disk.free // 1024} KiB left, and a run may need {_SPACE // 1024} KiB; free "
            "some, or name a store on another disk with --store"
        )


def _has_journal(path: Path) -> bool:
    try:
        return path.with_name(path.name + "-journal").stat().st_size > 0
    except FileNotFoundError:  # there is none, or another process has just finished with it
        return False


def _inspect(path: Path, timeout: float) -> None:
    """Check an existing file without writing to it, so that a refused file stays as it was.

    Only a write that a kill has cut short (its journal is still there) is rolled back first.
    """
    with closing(_connection(path, timeout, read_only=not _has_journal(path))) as connection:
        connection.execute("BEGIN")  # one snapshot: another process may be making the store right now
        tables = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        # SQLite without tables is a store whose making was interrupted: it is made again.
        if tables and application != _APPLICATION_ID:
            raise OtherSchemaError(f"{path} is an SQLite file of another program; name another store with --store")
        if tables and version not in (_FORMER, SCHEMA_VERSION):
            raise OtherSchemaError(
                f"{path} has schema {version}, this version of lemmata reads schema {SCHEMA_VERSION}; "
                "it was left untouched: move it away, or read it with the version that wrote it"
            )
        problems = [text for (text,) in connection.execute("PRAGMA integrity_check(1)")]
        if problems != ["ok"]:
            raise corrupted(path, problems[0])
        if tables and tables != _expected_tables(_TABLES if version == _FORMER else _TABLES + _NEW_TABLES):
            raise corrupted(path, "its tables are not those of a store")


def _expected_tables(script: str) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        return connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def _set_up(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing.

    A rollback journal and not a write-ahead log: SQLite drops the end of a damaged log without a word, and a log
    cannot be read on a read-only file system. A commit takes about a millisecond.
    """
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = FULL")  # a committed part survives a power cut, too
    connection.execute("PRAGMA foreign_keys = ON")
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        versions = f"PRAGMA application_id = {_APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
        connection.executescript(f"BEGIN IMMEDIATE; {_TABLES} {_NEW_TABLES} {versions} COMMIT;")
