"""What the text of a statement asks of its quantities, and which lines belong to other statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from lemmata.claims.language.domains import Need
from lemmata.claims.language.short.callers import Caller
from lemmata.claims.language.short.file_text import text_of
from lemmata.claims.language.short.noted import Place


@dataclass
class Written:
    """What an argument asks of quantities, as it is written.

    Attributes:
        needs: what it asks wherever it has a value.
        guarded: what single branches of it ask.
        carried: what the operations asked that were carried out on lines of it which could not be read.
        binders: the sums and entrywise functions in it, of whose letters some of that may be asked.
        is_whole: whether all of it was read.
    """

    needs: set[Need] = field(default_factory=set)
    guarded: set[Need] = field(default_factory=set)
    carried: set[Need] = field(default_factory=set)
    binders: set[Any] = field(default_factory=set)
    is_whole: bool = True


def is_of_others(lines: Iterable[Place], caller: Caller) -> bool:
    """Whether one of these lines is in the call of another conjecture."""
    return any(_is_of_another(line, caller) for line in lines)


def _is_of_another(line: Place, caller: Caller) -> bool:
    file, number = line
    own = caller.place if file == caller.file else ()
    return any(one != own for one in text_of(file).conjectures.get(number, ()))
