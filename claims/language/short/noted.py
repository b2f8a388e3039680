"""Divisions, powers and logarithms that a user's text carries out, however it brings them about.

Reading the text tells which of them a statement is made of, but not inside a lambda, a loop or a method. Those are noted
while they are carried out, with the lines that led to them: in a file of claims while it is imported, and in a script, a
notebook or a file of tests from the first quantity on that it declares.
"""

from __future__ import annotations

import itertools
import os
import sys
import sysconfig
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sympy as sp

from lemmata.claims.language.domains import Need, bound, needs_of_logarithm, needs_of_power, replacement
from lemmata.claims.language.functions import Entrywise
from lemmata.claims.language.partial import needs_of_function, refuse_inverse

_DIVISIONS = ("__truediv__", "__rtruediv__")
_REMAINDERS = ("__mod__", "__rmod__", "__floordiv__", "__rfloordiv__", "__divmod__", "__rdivmod__")
_POWERS = ("__pow__", "__rpow__")
_FUNCTION = next(one for one in sp.asin.__mro__ if "__new__" in vars(one))
"""What makes functions of sympy's."""
_NUMBERS = (sp.Number, sp.Rational, sp.Integer, sp.Float)
NOTES = "noted"
"""The name of the functions in the place of sympy's operations that note what these ask."""
_WITHIN = frozenset(
    {*_DIVISIONS, *_REMAINDERS, *_POWERS}
    | {"inv", "inverse", "I", "_eval_inverse", "sqrt", "root", "cbrt", "log", "power", "entrywise"}
    | {NOTES, "wrapper", "binary_op_wrapper", "__sympifyit_wrapper", "sympify_return_wrapper", "_func", "_pow"}
)
"""Functions of sympy and lemmata that an operation in a user's text goes through."""
_OURS = frozenset({"sympy", "lemmata"})
_INSTALLED = tuple(
    os.path.join(sysconfig.get_path(name), "")  # noqa: PTH118 - with its final separator
    for name in ("stdlib", "platstdlib", "purelib", "platlib", "scripts")
)

Place = tuple[str, int]
"""A file as Python names it, and the number of a line."""


@dataclass(frozen=True)
class Noted:
    """What one operation asked.

    Attributes:
        need: what it asked; or an `Entrywise` or a sum that was made, whose letters others ask something of.
        line: where it was carried out, which may be in a library.
        lines: the lines of the user's own text that led to it, that one among them; the outermost last.
    """

    need: Any
    line: Place
    lines: tuple[Place, ...]


def needs_of(found: Iterable[Noted]) -> set[Need]:
    """What was asked, of all that the letters stand for that it was asked of."""
    parts = [one.need for one in found]
    binders = [one for one in parts if not isinstance(one, Need)]
    return bound([one for one in parts if isinstance(one, Need)], binders)


@dataclass(frozen=True)
class Notes:
    """What operations asked, by the lines that led to them, and when each was last carried out.

    Attributes:
        at: line -> what was asked -> its number in the order of operations.
        outermost: the same of those lines alone that no other line of their file led to.
        made: what was made of them before -> the number that they had come to.
    """

    at: dict[Place, dict[Noted, int]] = field(default_factory=lambda: defaultdict(dict))
    outermost: dict[Place, dict[Noted, int]] = field(default_factory=lambda: defaultdict(dict))
    made: dict[Any, int] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def add(self, one: Noted) -> None:
        """Keep what an operation asked."""
        number = next(self._numbers)
        for line in one.lines:
            self.at[line][one] = number
        for outermost in dict(one.lines).items():  # of each file the last that is named
            self.outermost[outermost][one] = number

    def close(self, made: Any) -> None:
        """Keep that something was made of what was asked so far."""
        self.made[made] = next(self._numbers)

    def led_to(self, line: Place, made: Any = None, *, alone: bool = False) -> set[Noted]:
        """What a line led to; in a loop, only since the same was made there before; ``alone``: as the outermost."""
        known = self.outermost.get(line, {}) if alone else self.at.get(line) or _IMPORTED.get(line, {})
        since = self.made.get(made, -1)
        return {one for one, number in known.items() if number > since} or set(known)


_IMPORTED: dict[Place, dict[Noted, int]] = {}
"""What the lines of imported modules led to, which are not carried out again when another file imports them."""
SESSION = Notes()
"""What the operations of this process asked since it declared its first quantity, files of claims apart."""
_READERS: dict[int, Notes] = {}
"""Where what operations ask is added, by identity."""
_REPLACED = ExitStack()
_REPEATING = ContextVar("lemmata_repeating", default=False)
_LANGUAGE = "lemmata.claims.language"
_READS_FILES = "lemmata.claims.library"
_ANEW = "lemmata_user_"
"""How a module's name begins that is imported anew whenever its file is read."""


def note_session() -> None:
    """From now on, what operations ask is added to ``SESSION``, unless a file is being read or lemmata's own code calls."""
    frame: Any = sys._getframe(1)  # noqa: SLF001 - whose text this is, nothing else tells
    while frame is not None and frame.f_globals.get("__name__", "").startswith(_LANGUAGE):
        frame = frame.f_back
    if not _READERS and frame is not None and _package(frame) not in _OURS:
        _begin(SESSION)


@contextmanager
def noting(found: Notes) -> Iterator[None]:
    """While a file is imported: what the operations in its text ask is added to ``found``."""
    _begin(found)
    try:
        yield
    finally:
        modules = {getattr(one, "__file__", None) for name, one in sys.modules.items() if not name.startswith(_ANEW)}
        _IMPORTED.update((line, known) for line, known in found.at.items() if line[0] in modules)
        del _READERS[id(found)]
        if not _READERS:
            _REPLACED.close()


def _begin(found: Notes) -> None:
    _READERS[id(found)] = found
    if len(_READERS) > 1:
        return
    for owner in (sp.Expr, sp.MatrixExpr, *_NUMBERS):
        for name in (one for one in (*_DIVISIONS, *_REMAINDERS, *_POWERS) if one in vars(owner)):
            _REPLACED.enter_context(_replaced(owner, name, _asked_by(name)))
    _REPLACED.enter_context(_replaced(sp.Pow, "__new__", lambda _, b, e, *__, **___: needs_of_power(b, e)))
    _REPLACED.enter_context(_replaced(sp.log, "__new__", lambda _, *parts, **__: needs_of_logarithm(*parts)))
    _REPLACED.enter_context(_replaced(_FUNCTION, "__new__", needs_of_function))
    _REPLACED.enter_context(_replaced(sp.MatrixBase, "__pow__", _asked_by("__pow__")))
    for kind in (sp.MatPow, sp.Inverse):
        _REPLACED.enter_context(
            _replaced(kind, "__new__", lambda _, base, exp=-1, *__, **___: refuse_inverse(base, exp))
        )
    for owner, names in ((sp.MatrixExpr, ("inv", "inverse")), (sp.MatrixBase, ("inv", "pinv", "LUsolve", "solve"))):
        for name in names:
            _REPLACED.enter_context(_replaced(owner, name, lambda matrix, *_, **__: refuse_inverse(matrix)))
    for binder in (Entrywise, sp.Sum):
        _REPLACED.enter_context(_replaced(binder, "__new__", lambda *_, **__: set(), is_binder=True))
    for owner, name in ((sp.Basic, "subs"), (sp.Basic, "xreplace"), (sp.Atom, "xreplace"), (sp.Lambda, "__call__")):
        _REPLACED.enter_context(_replaced(owner, name, lambda *parts, **_: {replacement(*parts)}))


def _asked_by(name: str) -> Callable[[Any, Any], set[Need]]:
    """What an operator asks of its two operands, the second of which comes first where it is reflected."""

    def asked(one: Any, other: Any, *_: Any) -> set[Need]:
        left, right = (other, one) if name.startswith("__r") else (one, other)
        if name in _POWERS and isinstance(left, sp.MatrixExpr | sp.MatrixBase):
            refuse_inverse(left, right)
            return set()
        return needs_of_power(left, right) if name in _POWERS else needs_of_power(right, -1)

    return asked


@contextmanager
def _replaced(
    owner: Any, name: str, asked: Callable[..., set[Any] | None], *, is_binder: bool = False
) -> Iterator[None]:
    own = vars(owner).get(name)
    operation = getattr(owner, name)

    def noted(*operands: Any, **options: Any) -> Any:
        frame = sys._getframe(1)  # noqa: SLF001 - whose text this is, nothing else tells
        while frame.f_code.co_name in _WITHIN and _package(frame) in _OURS and frame.f_back is not None:
            frame = frame.f_back
        if _package(frame) in _OURS:
            return operation(*operands, **options)
        _note(frame, asked(*operands, **options))
        made = operation(*operands, **options)
        if is_binder and isinstance(made, owner):
            _note(frame, {made})
        return made

    setattr(owner, name, noted)
    try:
        yield
    finally:
        if own is None:
            delattr(owner, name)
        else:
            setattr(owner, name, own)


@contextmanager
def repeating() -> Iterator[None]:
    """While what a text has carried out is computed again, nothing is noted."""
    token = _REPEATING.set(True)
    try:
        yield
    finally:
        _REPEATING.reset(token)


def _note(frame: Any, needs: set[Any] | None) -> None:
    """Add what an operation in a frame asked to all that is being read."""
    if not needs or _REPEATING.get():
        return
    line, lines = (frame.f_code.co_filename, frame.f_lineno), users_lines(frame)
    for one in needs:
        for reader in list(_READERS.values()):
            reader.add(Noted(one, line, lines))


def users_lines(frame: Any) -> tuple[Place, ...]:
    """The lines of a user's own text that a frame and its callers are at, the outermost last."""
    return tuple((one.f_code.co_filename, one.f_lineno) for one in users_frames(frame))


def users_frames(frame: Any) -> Iterator[Any]:
    """Of a frame and its callers, up to what reads a file, those that are in a user's own text, the outermost last."""
    while frame is not None and frame.f_globals.get("__name__") != _READS_FILES:
        if is_users(frame.f_code.co_filename) and _package(frame) not in _OURS:
            yield frame
        frame = frame.f_back


@lru_cache(maxsize=4096)
def is_users(file: str) -> bool:
    """Whether a file, as Python names it, is none of Python's own, of an installed package or of a command such as pytest.

    The text that starts a worker process, ``<string>``, is none either.
    """
    return not file.startswith(("<frozen", "<string>", *_INSTALLED)) and "site-packages" not in file


def _package(frame: Any) -> str:
    package: str = frame.f_globals.get("__name__", "").partition(".")[0]
    return package
