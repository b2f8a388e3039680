"""What changed from one run to another, claim by claim."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lemmata.checks.document import decode_run
from lemmata.checks.records import CorruptedRecordError, decode
from lemmata.checks.store import ChangedEntryError, NoRunError, Store
from lemmata.reports import files, words
from lemmata.reports.ratios import largest

if TYPE_CHECKING:
    from lemmata.checks.evidence import Evidence, Run

_SLOWER, _NOTICED = 2.0, 1.0
"""A time is another if it is so many times the former, and so many seconds away from it."""
_RATIO = 1e-6
"""Relative change of a ratio that is worth a line."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference of one claim; ``before`` or ``after`` is empty where the claim is not in that run."""

    key: str
    what: str
    before: str
    after: str

    @property
    def is_of_a_verdict(self) -> bool:
        """Whether the trial ended otherwise; a claim that came or went is no other verdict."""
        return self.what == "verdict"


@dataclass(frozen=True)
class _Begun:
    started: str
    seed: int
    effort: str


def found(name: str, folder: Path) -> Run:
    """A run by its document's path, its identifier, or the identifier's first digits.

    Raises:
        NoRunError: the store has no such finished run.
        UnreadableError: there is no such document.
    """
    if name.endswith(".json"):
        return decode_run(files.read(Path(name)))
    path = folder / "evidence.sqlite"
    if not path.exists():
        raise NoRunError(f"there is no evidence in {folder}; run `lemmata verify` first, or name its --store")
    with Store.open(path, read_only=True) as store:
        matches = [row.id for row in store.runs() if row.id.startswith(name)]
        return decode_run(store.document(matches[0] if len(matches) == 1 else name))


def runs(store: Store) -> Iterator[str]:
    """A line a run: identifier, when it began, effort, seed, and how it ended."""
    for row in store.runs():
        try:
            begun = decode(store.header(row.id), _Begun)
            head = f"{row.id}  {begun.started}  {begun.effort:<8}  seed {begun.seed}"
        except CorruptedRecordError:
            head = f"{row.id}  (its entry cannot be read)"
        yield f"{head}  {_end(store, row.id) if row.finished else 'interrupted'}"


def _end(store: Store, name: str) -> str:
    try:
        run = decode_run(store.document(name))
    except (CorruptedRecordError, ChangedEntryError):
        return "its document is not what was written"
    selection = ", ".join(run.selection) or "all"
    return words.one_line(f"{words.tally(run)} ({words.duration(run.seconds)}): {selection}")


def changes(before: Run, after: Run) -> list[Change]:
    """Every difference, in the order of the later run, what has gone at the end."""
    former = {claim.statement.key: claim for claim in before.claims}
    later = {claim.statement.key: claim for claim in after.claims}
    listed: list[Change] = []
    for key, claim in later.items():
        if key in former:
            listed += _of_a_claim(former[key], claim)
        else:
            listed.append(Change(key=key, what="claim", before="", after=claim.verdict))
    gone = [claim for key, claim in former.items() if key not in later]
    return listed + [Change(key=one.statement.key, what="claim", before=one.verdict, after="") for one in gone]


def _of_a_claim(before: Evidence, after: Evidence) -> Iterator[Change]:
    pairs = (
        ("verdict", _verdict(before), _verdict(after)),
        ("statement", before.statement.latex, after.statement.latex),
        ("status", before.statement.status, after.statement.status),
        ("mutants", words.refuted(before), words.refuted(after)),
    )
    for what, former, later in pairs:
        if former != later:
            yield Change(key=after.statement.key, what=what, before=former, after=later)
    former, later = largest(before), largest(after)
    if former != later and _differ(before.worst_ratio, after.worst_ratio):
        yield Change(key=after.statement.key, what="ratio", before=former, after=later)
    longer, shorter = max(before.seconds, after.seconds), min(before.seconds, after.seconds)
    if longer > _SLOWER * shorter and longer - shorter > _NOTICED:
        former, later = words.duration(before.seconds), words.duration(after.seconds)
        yield Change(key=after.statement.key, what="time", before=former, after=later)


def _verdict(claim: Evidence) -> str:
    return f"{claim.verdict}, {claim.reason}" if claim.reason else claim.verdict


def _differ(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(before - after) > _RATIO * max(abs(before), abs(after))


def lines(before: Run, after: Run, listed: Sequence[Change]) -> Iterator[str]:
    """The differences as text, the runs' own circumstances first."""
    for what in ("effort", "seed", "machine"):
        if getattr(before, what) != getattr(after, what):
            yield f"{what}: {getattr(before, what)} -> {getattr(after, what)}"
    for name in sorted(before.versions.keys() | after.versions.keys()):
        former, later = before.versions.get(name, "none"), after.versions.get(name, "none")
        if former != later:
            yield f"{name}: {former} -> {later}"
    for change in listed:
        text = f"{change.what}: {change.before or 'not there'} -> {change.after or 'not there'}"
        yield f"{'!' if change.is_of_a_verdict else ' '} {change.key}  {words.one_line(text, 400)}"
    verdicts = sum(change.is_of_a_verdict for change in listed)
    yield f"{len(listed)} changes, {verdicts} of them of a verdict, from run {before.id} to run {after.id}"
