"""Reading what binds letters of its own: functions of entries, and formulas in which others are put in for letters."""

from __future__ import annotations

import ast
import dataclasses
from types import FunctionType
from typing import TYPE_CHECKING, Any

from lemmata.claims.language.domains import Replaced, bound, for_all, replacement
from lemmata.claims.language.short.asked import Written
from lemmata.claims.language.short.bodies import entered
from lemmata.claims.language.short.file_text import text_of
from lemmata.claims.language.short.noted import is_users
from lemmata.claims.language.short.operations import UnreadError
from lemmata.claims.language.short.quantities import Declared

if TYPE_CHECKING:
    from lemmata.claims.language.short.reading import Reading


def read_replacement(reading: Reading, node: ast.Call, whole: ast.expr) -> None:
    """Read a formula in which others are put in for letters, and what is put in."""
    inside = dataclasses.replace(reading, found=Written(), _seen=set())
    inside.follow(whole)
    for child in node.args:
        reading.read(child)
    try:
        made = replacement(reading.value(whole), *map(reading.value, node.args))
    except (UnreadError, TypeError, ValueError):
        made = Replaced((), ())
        reading.leave(node)
    if reading.depth or not any(isinstance(one, Declared) for one in made.letters):
        reading.found.binders.add(made)  # the letters may be those of a formula that was read elsewhere
    for kind in ("needs", "guarded", "carried"):
        asked = bound(getattr(inside.found, kind), inside.found.binders)
        getattr(reading.found, kind).update(*(for_all(need, made) for need in asked))
    reading.found.is_whole &= inside.found.is_whole


def read_entries(reading: Reading, node: ast.Call) -> None:
    """Read the function of an ``entrywise`` with letters for the entries that it is applied to."""
    for child in (*node.args[1:], *node.keywords):
        reading.read(child)
    try:
        made, function = reading.value(node), reading.value(node.args[0])
        letters = made.function.variables
        reading.found.binders.add(made)
        home = _home(reading, function, node)
        is_read = entered(home, function, *letters) if home else reading.applied(function, letters)
    except (UnreadError, TypeError, IndexError, AttributeError):
        is_read = False
    if not is_read:
        reading.leave(node)
        for child in node.args[:1]:
            reading.read(child)


def _home(reading: Reading, function: Any, node: ast.Call) -> Reading | None:
    """The reading of the text that a function of the user's is in, called at a node; None of another function."""
    file = function.__code__.co_filename if isinstance(function, FunctionType) else ""
    if file == reading.file:
        return reading.until(node)
    return reading.elsewhere(file, text_of(file), function.__globals__) if file and is_users(file) else None
