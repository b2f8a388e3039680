"""Where a conjecture stands in a user's file: its line, the name that it is given, the names around it."""

from __future__ import annotations

import datetime as dt
import inspect
import itertools
import linecache
import re
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lemmata.claims.language.paper import Paper, Source
from lemmata.claims.language.short.file_text import text_of
from lemmata.claims.language.short.noted import SESSION, Notes, noting, users_frames

if TYPE_CHECKING:
    from lemmata.claims.language.claim import Claim

_GATHERS = (inspect.CO_VARARGS, inspect.CO_VARKEYWORDS)
_GATHERED: ContextVar[Gathered | None] = ContextVar("lemmata_broken_conjectures", default=None)


@dataclass(frozen=True)
class Caller:
    """One line of a user's file.

    Attributes:
        file: as Python names it; of a notebook's cell something that is no file.
        line: number of the line.
        names: what is known there by name.
        place: of the call: first and last line, first and last column; empty if unknown.
        arguments: the names of ``names`` that the function around it was given, or has from the one around that.
        above: where that function was called in the user's text; None where it was not.
    """

    file: str
    line: int
    names: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    place: tuple[int | None, ...] = field(default=(), compare=False, repr=False)
    arguments: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    above: Caller | None = field(default=None, compare=False, repr=False)

    @classmethod
    def at(cls, depth: int) -> Caller:
        """The caller of the function that asks, ``depth`` frames further up."""
        return cls._of(sys._getframe(depth + 1))  # noqa: SLF001 - the one way to learn who called

    @classmethod
    def _of(cls, frame: Any) -> Caller:
        code, names = frame.f_code, {**frame.f_globals, **frame.f_locals}
        place = next(itertools.islice(code.co_positions(), frame.f_lasti // 2, None), ())
        count = code.co_argcount + code.co_kwonlyargcount + sum(bool(code.co_flags & one) for one in _GATHERS)
        arguments = frozenset((*code.co_varnames[:count], *code.co_freevars))
        above = next(users_frames(frame.f_back), None)
        return cls(code.co_filename, frame.f_lineno, names, place, arguments, above and cls._of(above))

    @property
    def chain(self) -> Iterator[Caller]:
        """This line and those that led to it, the outermost last."""
        yield self
        if self.above is not None:
            yield from self.above.chain

    @property
    def made(self) -> tuple[Any, ...]:
        """The call, as one and the same wherever it is repeated."""
        return self.file, self.place

    @property
    def stem(self) -> str:
        """The name of the file, fit for a key."""
        stem = Path(self.file).stem if self.file.endswith(".py") and "ipykernel" not in self.file else "notebook"
        return _slug(stem, "_") or "notebook"

    @property
    def variable(self) -> str:
        """The name that the value of this line's call is given; empty where it is given none."""
        return text_of(self.file).variables.get(self.line, "")

    def key(self, title: str) -> str:
        """``file/variable``, or ``file/words-of-the-title``."""
        return f"{self.stem}/{_slug(self.variable, '-') or _slug(title, '-') or 'conjecture'}"

    @property
    def source(self) -> Source:
        """The file as a source of its own."""
        year = dt.datetime.now(dt.UTC).year
        return Paper.none(self.stem, year).at(f"line {self.line}")

    def placed(self, sentence: str) -> str:
        """A sentence with this line in front of it."""
        return placed(self.file, self.line, sentence)


def placed(file: str, line: int, sentence: str) -> str:
    """A sentence with a user's line in front of it."""
    text = linecache.getline(file, line).strip()
    name = Path(file).name if file.endswith(".py") else "cell"
    return f"{name}, line {line}{f': {text}' if text else ''}\n{sentence}"


def line_of(error: BaseException, file: str) -> int | None:
    """The last line of a file that an error passed through."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return lines[-1] if lines else None


def _slug(text: str, join: str) -> str:
    words = re.sub(r"[^a-z0-9]+", join, text.lower()).strip(join)
    return re.sub(r"^[^a-z]+", "", words) if join == "_" else words


@dataclass(frozen=True)
class Broken:
    """A conjecture that could not be built; it stands where its claim would, so that its neighbours are judged.

    Attributes:
        caller: where it is written.
        sentence: what is wrong with it and what to do.
    """

    caller: Caller
    sentence: str

    @property
    def message(self) -> str:
        """The sentence with the user's line."""
        return self.caller.placed(self.sentence)


@dataclass(frozen=True)
class Gathered:
    """The conjectures of a file that is being read.

    Attributes:
        broken: those that cannot be built.
        made: those that were, and where each is written.
        noted: what the file's divisions, powers and logarithms asked so far.
    """

    broken: list[Broken] = field(default_factory=list)
    made: list[tuple[Caller, Claim]] = field(default_factory=list)
    noted: Notes = field(default_factory=Notes)

    def lost(self, file: str, named: Sequence[Claim]) -> list[Broken]:
        """Conjectures of a file that no name stands for, nor for what was made of them: they would not be judged."""
        made = [claim for _, claim in self.made]
        derived = [one.source for one in named if not any(one is claim for claim in made)]
        return [
            Broken(
                caller, "this conjecture has no name of its own, so it is not judged; assign it: mine = conjecture(...)"
            )
            for caller, claim in self.made
            if caller.file == file and claim.source not in derived and not any(claim is one for one in named)
        ]


@contextmanager
def gathering() -> Iterator[Gathered]:
    """While a file is imported: its conjectures are gathered here, and those that cannot be built stop nothing."""
    found = Gathered()
    token = _GATHERED.set(found)
    try:
        with noting(found.noted):
            yield found
    finally:
        _GATHERED.reset(token)


def gathered() -> Gathered | None:
    """Where the conjectures of a file that is being read are gathered; None where nobody reads one."""
    return _GATHERED.get()


def noted() -> Notes:
    """What the operations of the file that is being read, or of this session, asked so far."""
    reader = gathered()
    return SESSION if reader is None else reader.noted
