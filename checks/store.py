"""The evidence store: what finished trials leave on disk, so that a killed run loses nothing.

One SQLite file. Finished parts are committed as they come, before anybody is told; rows hold JSON bytes and are
never executed or unpickled. Every row carries a digest of its key and content, which is checked when it is
read: what fails is not believed, and is named. A file that is not a healthy store is refused and left
exactly as it was.
"""

from __future__ import annotations

import difflib
import string
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from lemmata.checks._digest import digest
from lemmata.checks._sqlite import (
    SCHEMA_VERSION,
    CorruptedStoreError,
    LockedStoreError,
    OtherSchemaError,
    StoreError,
    UnreachableStoreError,
    connect,
    translated,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

__all__ = [
    "SCHEMA_VERSION",
    "ChangedEntryError",
    "CorruptedStoreError",
    "DuplicateRunError",
    "LockedStoreError",
    "NoRunError",
    "OtherSchemaError",
    "RunRow",
    "Store",
    "StoreError",
    "UnknownCounterexampleError",
    "UnreachableStoreError",
]

_SHORTEST_PREFIX = 4
_EVIDENCE_KEPT = 8
"""Trials of one claim: at several efforts, seeds and versions of its text."""


class NoRunError(StoreError):
    """There is no run with this identifier, or no finished run at all."""


class DuplicateRunError(StoreError):
    """A run with this identifier was begun before, for another purpose."""


class UnknownCounterexampleError(StoreError):
    """No counterexample, or more than one, has this identifier."""


class ChangedEntryError(StoreError):
    """An entry of the store is not what was written there: its digest does not fit."""


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
    def open(cls, path: Path, *, timeout: float = 30.0, read_only: bool = False) -> Self:
        """Open the store at ``path``, or make a new one there; wait ``timeout`` seconds for a lock.

        With ``read_only`` nothing is made or written, so that a store on a read-only file system can be read.

        Raises:
            CorruptedStoreError: the file is damaged or not SQLite.
            LockedStoreError: another process kept it locked.
            UnreachableStoreError: a directory, or a folder that cannot be written.
            OtherSchemaError: written by another program or version.
        """
        return cls(connect(path, timeout, read_only=read_only), path, timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was recorded is already on disk."""
        self._connection.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """One commit for all that is written within the block, in place of one a row: a commit waits for the disk.

        What was written before anything was raised is committed, too, unless the store itself has failed.
        """
        self._execute("BEGIN IMMEDIATE")
        try:
            yield
        except StoreError:
            if self._connection.in_transaction:
                self._execute("ROLLBACK")
            raise
        except BaseException:
            self._execute("COMMIT")
            raise
        self._execute("COMMIT")

    def begin(self, run_id: str, fingerprint: str, header: bytes) -> None:
        """Note that a run starts; saying the same again changes nothing.

        Raises:
            DuplicateRunError: the identifier belongs to a run with another fingerprint or header.
        """
        self._execute(
            "INSERT INTO runs (id, fingerprint, header, document_digest, complete, digest) "
            "VALUES (?, ?, ?, '', 0, ?) ON CONFLICT (id) DO NOTHING",
            (run_id, fingerprint, header, digest("run", run_id, fingerprint, header, "", "0")),
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
            "INSERT INTO parts (run, part, payload, digest) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (run, part) DO UPDATE SET payload = excluded.payload, digest = excluded.digest",
            (run_id, part, payload, digest("part", run_id, part, payload)),
        )

    def parts(self, run_id: str) -> dict[str, bytes]:
        """Every part recorded for a run that is as it was written, in the order of their names.

        Raises:
            NoRunError: the run was never begun.
        """
        return {part: payload for part, payload, intact in self._parts(run_id) if intact}

    def changed_parts(self, run_id: str) -> list[str]:
        """Names of the parts recorded for a run that are not what was written.

        Raises:
            NoRunError: the run was never begun.
        """
        return [part for part, _, intact in self._parts(run_id) if not intact]

    def _parts(self, run_id: str) -> list[tuple[str, bytes, bool]]:
        self._require(run_id)
        rows = self._execute("SELECT part, payload, digest FROM parts WHERE run = ? ORDER BY part", (run_id,))
        return [(part, payload, digest("part", run_id, part, payload) == kept) for part, payload, kept in rows]

    def changed_runs(self) -> list[str]:
        """Identifiers of the runs whose entry is not what was written; none of them is resumed."""
        rows = self._execute(
            "SELECT id, fingerprint, header, document_digest, complete, digest, document IS NULL FROM runs "
            "ORDER BY number"
        )
        return [str(row[0]) for row in rows if not _is_intact(*row)]

    def unfinished(self, fingerprint: str) -> str | None:
        """The newest run begun with this fingerprint of which something is still to be done, if there is one."""
        rows = self._execute(
            "SELECT id FROM runs WHERE fingerprint = ? AND (document IS NULL OR NOT complete) ORDER BY number DESC",
            (fingerprint,),
        )
        changed = self.changed_runs()
        return next((name for (name,) in rows if name not in changed), None)

    def header(self, run_id: str) -> bytes:
        """The header that the run was begun with.

        Raises:
            NoRunError: the run was never begun.
        """
        rows = self._execute("SELECT header FROM runs WHERE id = ?", (run_id,))
        if not rows:
            raise self._no_run(run_id)
        return bytes(rows[0][0])

    def finish(self, run_id: str, document: bytes, *, complete: bool = True) -> None:
        """Keep the run's whole document; its parts stay as they are.

        ``complete`` says that every part has a result, so that there is nothing to resume.

        Raises:
            NoRunError: the run was never begun.
        """
        self._require(run_id)
        ((fingerprint, header),) = self._execute("SELECT fingerprint, header FROM runs WHERE id = ?", (run_id,))
        found = digest("document", run_id, document)
        seal = digest("run", run_id, fingerprint, header, found, str(int(complete)))
        self._execute(
            "UPDATE runs SET document = ?, document_digest = ?, complete = ?, digest = ? WHERE id = ?",
            (document, found, int(complete), seal, run_id),
        )

    def document(self, run_id: str | None = None) -> bytes:
        """The document of a finished run, of the newest one if none is named.

        Raises:
            NoRunError: there is no such run, or it was not finished.
            ChangedEntryError: the document is not what was written.
        """
        chosen = "WHERE id = ?" if run_id is not None else "WHERE document_digest != ''"
        rows = self._execute(
            f"SELECT id, document, document_digest FROM runs {chosen} ORDER BY number DESC LIMIT 1",  # noqa: S608 - fixed
            () if run_id is None else (run_id,),
        )
        if not rows and run_id is None:
            raise NoRunError(f"{self._path} holds no finished run; run `lemmata verify` first")
        if not rows and run_id is not None:
            raise self._no_run(run_id)
        name, document, kept = rows[0]
        if not kept and document is None:
            raise NoRunError(f"run {name} was not finished; repeat its `lemmata verify` with --resume to finish it")
        if document is None or digest("document", name, document) != kept:
            raise ChangedEntryError(
                f"the document of run {name} in {self._path} is not what was written there; "
                "run `lemmata verify` again, or name another run"
            )
        return bytes(document)

    def runs(self) -> list[RunRow]:
        """Every run, oldest first."""
        rows = self._execute("SELECT id, number, document IS NOT NULL FROM runs ORDER BY number")
        return [RunRow(id=name, number=number, finished=bool(finished)) for name, number, finished in rows]

    def keep_counterexample(self, identifier: str, payload: bytes) -> None:
        """Commit one counterexample; keeping it again replaces it."""
        self._execute(
            "INSERT INTO counterexamples (id, payload, digest) VALUES (?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, digest = excluded.digest",
            (identifier, payload, digest("counterexample", identifier, payload)),
        )

    def counterexample(self, identifier: str) -> bytes:
        """The counterexample with this identifier; its first digits (four or more) do if they are unique.

        Raises:
            UnknownCounterexampleError: none or several match; the message lists those that are near.
            ChangedEntryError: the entry is not what was written.
        """
        wanted = identifier.strip().lower()
        known = [name for (name,) in self._execute("SELECT id FROM counterexamples ORDER BY id")]
        matches = [wanted] if wanted in known else []
        if not matches and len(wanted) >= _SHORTEST_PREFIX and set(wanted) <= set(string.hexdigits):
            matches = [name for name in known if name.startswith(wanted)]
        if len(matches) != 1:
            raise UnknownCounterexampleError(_unknown(identifier, wanted, matches, known))
        ((payload, kept),) = self._execute("SELECT payload, digest FROM counterexamples WHERE id = ?", (matches[0],))
        if digest("counterexample", matches[0], payload) != kept:
            raise ChangedEntryError(
                f"counterexample {matches[0]} in {self._path} is not what was written there; "
                "run `lemmata verify` again to find it anew"
            )
        return bytes(payload)

    def keep_evidence(self, claim: str, circumstances: str, payload: bytes, *, seconds: float) -> None:
        """Commit what a claim's trial found under some circumstances; of each claim the newest few are kept."""
        kept = digest("evidence", claim, circumstances, seconds, payload)
        self._execute(
            "INSERT INTO evidence (claim, circumstances, seconds, payload, digest) VALUES (?, ?, ?, ?, ?)",
            (claim, circumstances, seconds, payload, kept),
        )
        self._execute(
            "DELETE FROM evidence WHERE claim = ? AND number NOT IN "
            "(SELECT number FROM evidence WHERE claim = ? ORDER BY number DESC LIMIT ?)",
            (claim, claim, _EVIDENCE_KEPT),
        )

    def evidence(self, claim: str, circumstances: str) -> list[bytes]:
        """What was kept of a claim under these circumstances and is as it was written, newest first."""
        rows = self._execute(
            "SELECT seconds, payload, digest FROM evidence WHERE claim = ? AND circumstances = ? ORDER BY number DESC",
            (claim, circumstances),
        )
        return [
            bytes(payload)
            for seconds, payload, kept in rows
            if digest("evidence", claim, circumstances, seconds, payload) == kept
        ]

    @property
    def is_new(self) -> bool:
        """Whether nothing is kept of any claim yet."""
        return not self._execute("SELECT 1 FROM evidence LIMIT 1")

    def seconds(self) -> dict[str, float]:
        """Claim -> how long its newest trial took, under whatever circumstances."""
        return dict(self._execute("SELECT claim, seconds FROM evidence ORDER BY number"))

    def _require(self, run_id: str) -> None:
        if not self._execute("SELECT 1 FROM runs WHERE id = ?", (run_id,)):
            raise self._no_run(run_id)

    def _no_run(self, run_id: str) -> NoRunError:
        known = [row.id for row in self.runs()]
        near = difflib.get_close_matches(run_id, known, n=3) or known[-3:]
        rest = f"; it holds {', '.join(near)}" if near else "; run `lemmata verify` first"
        return NoRunError(f"{self._path} holds no run {run_id!r}{rest}")

    def _execute(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        with translated(self._path, self._timeout):
            return self._connection.execute(statement, values).fetchall()


def _is_intact(*row: Any) -> bool:
    """Whether the columns of a run fit its digest, and its document is there if there should be one."""
    name, fingerprint, header, document_digest, complete, kept, no_document = row
    fits = digest("run", name, fingerprint, header, document_digest, str(complete)) == kept
    return fits and bool(document_digest) != bool(no_document)


def _unknown(identifier: str, wanted: str, matches: list[str], known: list[str]) -> str:
    """Why an identifier names no single counterexample, and what to write instead."""
    if matches:
        some = ", ".join(matches[:8])
        return f"{identifier!r} is the start of {len(matches)} counterexamples: {some}; give more digits"
    if not known:
        return f"no counterexample {identifier!r}: the store holds none; `lemmata verify` keeps those it finds"
    near = [name for name in known if name.startswith(wanted[:_NEAR])] if len(wanted) >= _NEAR else []
    near = difflib.get_close_matches(wanted, known, n=5, cutoff=0.8) or near
    held = f"near it: {', '.join(near[:5])}" if near else f"none is near it; the store holds {_several(known)}"
    rest = f" (a prefix needs {_SHORTEST_PREFIX} hexadecimal digits)" if len(wanted) < _SHORTEST_PREFIX else ""
    return f"no counterexample {identifier!r}{rest}; {held}"


def _several(known: list[str]) -> str:
    """The first of some names, and how many they are."""
    return ", ".join(known) if len(known) <= _NAMED else f"{len(known)}, among them {', '.join(known[:_NAMED])}"


_NEAR, _NAMED = 3, 5
"""Digits that what is called near has in common with an identifier, and how many are named."""
