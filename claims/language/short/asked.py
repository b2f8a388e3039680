"""What the text of a statement asks of its quantities, and which lines belong to other statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lemmata.claims.language.domains import Need
from lemmata.claims.language.short.callers import Caller
from lemmata.claims.language.short.file_text import Extent, text_of
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
        is_matched: whether it is known where all parts of it were made.
    """

    needs: set[Need] = field(default_factory=set)
    guarded: set[Need] = field(default_factory=set)
    carried: set[Need] = field(default_factory=set)
    binders: set[Any] = field(default_factory=set)
    is_whole: bool = True
    is_matched: bool = True

    def add_as_carried(self, other: Written) -> None:
        """Take what another text asks as something that may be asked here."""
        self.carried |= other.needs | other.carried
        self.guarded |= other.guarded
        self.binders |= other.binders
        self.is_whole &= other.is_whole
        self.is_matched &= other.is_matched


def is_of_others(lines: Sequence[Place], caller: Caller) -> bool:
    """Whether one of these lines, innermost first, is in the call of another conjecture, or of what makes another."""
    own: dict[str, set[Extent]] = defaultdict(set)
    for one in caller.chain:
        own[one.file].add(one.place)
    for (file, number), inner in zip(lines, (None, *lines), strict=False):
        text = text_of(file)
        is_argument = inner is None or not text_of(inner[0]).is_in_maker(inner[1])
        others = text.conjectures.get(number, set()) | (text.made.get(number, set()) if is_argument else set())
        if others and others.isdisjoint(own[file]):  # what shares its line with another may be of either
            return True
    return False
