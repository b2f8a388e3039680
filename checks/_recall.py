"""Evidence of earlier runs: recalled where nothing has changed that it rests on, kept where it may be recalled."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lemmata.checks._budget import Effort
from lemmata.checks._digest import digest
from lemmata.checks.evidence import Evidence
from lemmata.checks.records import CorruptedRecordError, decode, encode
from lemmata.checks.running.circumstances import circumstances, text_digest
from lemmata.checks.running.limits import Limits
from lemmata.checks.running.sources import is_file, own_code, source_files
from lemmata.checks.running.traces import unchanged
from lemmata.claims.index import Entry

if TYPE_CHECKING:
    from lemmata.checks.store import Store


_LIST = "claims of file "
"""What the store keeps the list of a file's claims under, before a digest of its name; no claim's key begins so."""

_NAMED = 5
"""So many claims are named in a note."""


class _Named(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def source(self) -> str: ...


class Result(Protocol):
    """What the code of one part of a trial has read; ``untraced`` says what it did that cannot be looked at again."""

    @property
    def read(self) -> Mapping[str, str]: ...
    @property
    def untraced(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What one trial found, with what it rests on beside its circumstances."""

    evidence: Evidence
    own_tests: int
    """Probabilities that this claim's trial estimates, and ..."""
    tests: int
    """... all of its run, among which the chance of a false alarm was shared."""
    read: Mapping[str, str]
    """Files and folders that a user's code read -> digest of what was there."""


class Memory:
    """The evidence that a store keeps by claim; made before claims are read, so that a later change is seen."""

    def __init__(
        self, store: Store, *, effort: Effort, seed: int, limits: Limits | None, begun: float | None = None
    ) -> None:
        """A memory of a store; ``begun`` is when claims began to be read (a time of the clock), now if not given."""
        self._store = store
        self._effort, self._seed, self._limits = effort, seed, limits
        self._begun = time.time() if begun is None else begun
        self._circumstances: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._sources: dict[str, str] = {}
        self._steady: dict[str, bool] = {}
        self._untraced: dict[str, list[str]] = {}
        self.fingerprint = ""
        """Of a run of all that was met: claims, what they rest on, effort and seed."""

    def meet(self, claims: Iterable[_Named]) -> None:
        """Note under which circumstances these claims would be judged now."""
        fields = []
        for one in claims:
            self._sources[one.key] = one.source
            if one.source not in self._texts:
                self._texts[one.source] = text_digest(one.source)
            found = circumstances(one.key, self._texts[one.source], effort=self._effort, seed=self._seed)
            fields += [one.source, one.key, found]
            bounds = () if self._limits is None else (self._limits.seconds, self._limits.memory)
            self._circumstances[one.key] = digest("limited", found, *bounds)
        self.fingerprint = digest("run", *fields)

    def listed(self, source: str) -> list[Entry] | None:
        """The claims of a user's file that was read before, if nothing has changed that it rests on."""
        name, under = self._place(source)
        for payload in self._store.evidence(name, under) if under else ():
            with suppress(CorruptedRecordError):
                return decode(payload, list[Entry])
        return None

    def note(self, source: str, entries: Sequence[Entry]) -> None:
        """Keep the claims of a user's file that has been read, unless it is changing."""
        name, under = self._place(source)
        if under and self._is_steady(source) and not self._store.evidence(name, under):
            self._store.keep_evidence(name, under, encode(entries), seconds=0.0)

    def _place(self, source: str) -> tuple[str, str]:
        """Under which name, and in which circumstances, the list of a file's claims is kept; none without a file."""
        name = _LIST + digest(source)  # of any letters that a system allows
        if not Path(source).is_file():
            return name, ""
        return name, circumstances(name, text_digest(source), effort=self._effort, seed=self._seed)

    def recall(self) -> dict[str, Remembered]:
        """Claim -> its evidence, of those met whose circumstances, data files included, are as they were."""
        found = {key: self._of(key, under) for key, under in self._circumstances.items()}
        return {key: one for key, one in found.items() if one is not None}

    def _of(self, key: str, under: str) -> Remembered | None:
        for payload in self._store.evidence(key, under):
            try:
                kept = decode(payload, Remembered)
            except CorruptedRecordError:
                continue
            if kept.evidence.statement.key == key and unchanged(kept.read):
                statement = dataclasses.replace(kept.evidence.statement, source=self._sources[key])
                return dataclasses.replace(kept, evidence=dataclasses.replace(kept.evidence, statement=statement))
        return None

    def keep(self, evidence: Evidence, results: Iterable[Result], *, own_tests: int, tests: int) -> None:
        """Keep evidence for later runs, unless it cannot stand for them.

        What was in error, was judged while its text was changed, or rests on what cannot be looked at again, is judged
        again; ``results`` are those of the trial's parts, the counts those of `Remembered`.
        """
        key = evidence.statement.key
        parts = list(results)
        if untraced := next((part.untraced for part in parts if part.untraced), ""):
            self._untraced.setdefault(untraced, []).append(key)
            return
        read = _read(parts)
        if read is None:
            return
        found = Remembered(evidence=evidence, own_tests=own_tests, tests=tests, read=read)
        if evidence.verdict == "error" or key not in self._circumstances or not self._is_steady(self._sources[key]):
            return
        self._store.keep_evidence(key, self._circumstances[key], encode(found), seconds=evidence.seconds)

    def notes(self) -> list[str]:
        """Which evidence is kept for no later run, and why."""
        return [
            f"judged anew in the next run too, because of {untraced}: {', '.join(keys[:_NAMED])}"
            + (f" and {len(keys) - _NAMED} more" if len(keys) > _NAMED else "")
            for untraced, keys in self._untraced.items()
        ]

    def _is_steady(self, source: str) -> bool:
        """Whether the text that claims of this source rest on is older than this memory."""
        if source not in self._steady:
            files = [*source_files(source), *own_code()] if is_file(source) else own_code()
            self._steady[source] = all(_changed(file) < self._begun for file in files)
        return self._steady[source]


def _read(results: Iterable[Result]) -> dict[str, str] | None:
    """All that the parts of a trial have read; None if that changed between them."""
    read: dict[str, str] = {}
    for result in results:
        if any(read.setdefault(path, one) != one for path, one in result.read.items()):
            return None
    return read


def agreeing(recalled: Mapping[str, Remembered], others: int) -> dict[str, Remembered]:
    """Those whose share of the chance of a false alarm is what this run gives them.

    Args:
        recalled: what is known of the claims that need not be judged.
        others: probabilities that are estimated for the claims that are judged.
    """
    total = others + sum(one.own_tests for one in recalled.values())
    return {key: one for key, one in recalled.items() if one.own_tests == 0 or one.tests == total}


def _changed(file: Path) -> float:
    try:
        return file.stat().st_ctime
    except OSError:
        return float("inf")
