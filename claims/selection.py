"""What a selection names, before the package's modules are imported: users' files are read, papers only looked up."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lemmata.claims.index import Entry, unreadable
from lemmata.claims.library import Library, Located, entries_of, entry_of, imported_paper, is_path, load
from lemmata.claims.user_files import files_in, is_helper

if TYPE_CHECKING:
    from lemmata.claims.language.claim import Claim


@dataclass(frozen=True)
class Chosen:
    """One claim as a list says it; the claim itself if a user's file was read, None if nothing was for it."""

    entry: Entry
    claim: Claim | None = None

    @property
    def key(self) -> str:
        """The claim's key."""
        return self.entry.key

    @property
    def source(self) -> str:
        """The module or the file in which it is written."""
        return self.entry.source

    @property
    def is_own(self) -> bool:
        """Whether it is a user's, and not one of the package."""
        return self.source.endswith(".py")


@dataclass(frozen=True)
class Choice:
    """The claims that a selection names, a user's own before the package's, and the files that cannot be read."""

    chosen: tuple[Chosen, ...]
    failures: tuple[tuple[str, str], ...] = ()
    left_out: int = 0
    """How many others were named, and are not wanted."""

    @property
    def is_read(self) -> bool:
        """Whether every user's file was read, so that nothing rests on a list."""
        return all(one.claim is not None for one in self.chosen if one.is_own)

    def only(self, wanted: Callable[[Entry], bool]) -> Choice:
        """Those that are wanted; what cannot be read stays said."""
        kept = tuple(one for one in self.chosen if wanted(one.entry))
        return Choice(kept, self.failures, len(self.chosen) - len(kept))

    def library(self, *, without: Container[str] = ()) -> Library:
        """The claims themselves, except those whose key is in ``without``; of the package, imported now."""
        arrived = list(self.arriving(without=without))
        failures = {source: why for library in arrived for source, why in library.failures}
        return Library(tuple(located for library in arrived for located in library.claims), tuple(failures.items()))

    def arriving(self, *, without: Container[str] = ()) -> Iterator[Library]:
        """As `library`, a user's claims first and then those of one module of the package after the other.

        Each module is imported when the iterator comes to it; a user's files must have been read.
        """
        wanted = [one for one in self.chosen if one.key not in without]
        own = tuple(Located(one.claim, one.source) for one in wanted if one.claim is not None)
        if own or self.failures:
            yield Library(own, self.failures)
        for source, some in groupby((one for one in wanted if one.claim is None), key=lambda one: one.source):
            keys = {one.key for one in some}
            found, failed = imported_paper(source)
            yield Library(tuple(one for one in found if one.claim.key in keys), tuple(failed.items()))


class Lists(Protocol):
    """What is known of users' files that have not changed since they were read."""

    def listed(self, source: str) -> Sequence[Entry] | None:
        """The claims of a file, if they are known."""

    def note(self, source: str, entries: Sequence[Entry]) -> None:
        """Hear the claims of a file that has been read."""


def choose(selection: Sequence[str] = (), *, probed: bool = False, lists: Lists | None = None) -> Choice:
    """The claims that a selection names, as `load` understands it; an empty one names all of the package.

    A user's file that ``lists`` knows is not read.

    Raises:
        UnknownKeyError: an entry matches no claim and is no path; the message shows near matches.
    """
    found: dict[str, Chosen] = {}
    failures: dict[str, str] = {}
    for entry in selection or ["*"]:
        if is_path(entry.partition("::")[0]):
            named, failed = _of_user(entry, lists, probed=probed)
        else:
            named, failed = [Chosen(known) for known in entries_of(entry)], _broken(entry)
        failures.update(failed)
        for one in named:
            known = found.setdefault(one.key, one)
            if known.source != one.source or known.claim is not one.claim:
                failures[one.source] = f"{one.key} is written in {known.source} already; give this claim another key"
    ordered = sorted(found.values(), key=lambda one: not one.is_own)
    return Choice(tuple(ordered), tuple(failures.items()))


def _of_user(entry: str, lists: Lists | None, *, probed: bool) -> tuple[list[Chosen], dict[str, str]]:
    """The claims of a user's file or folder: as they are known if all files are, else as they are read."""
    lists = None if "::" in entry else lists
    if lists is not None:
        files = files_in(Path(entry)) if Path(entry).is_dir() else [Path(entry)]
        known = [lists.listed(str(file)) for file in files]
        if any(known) and all(one or is_helper(file) for one, file in zip(known, files, strict=True)):
            return [Chosen(one) for some in known for one in some or ()], {}
    library = load([entry], probed=probed)
    if lists is not None and not library.failures:
        for source, some in groupby(library.claims, key=lambda located: located.source):
            lists.note(source, [entry_of(located) for located in some])
    return [Chosen(entry_of(located), located.claim) for located in library.claims], dict(library.failures)


def _broken(entry: str) -> dict[str, str]:
    """Why modules of the package cannot be read whose text is no Python, if all of the package is named."""
    broken = unreadable() if entry == "*" else ()
    return {source: why for name in broken for source, why in imported_paper(name)[1].items()}
