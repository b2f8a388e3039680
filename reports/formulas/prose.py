"""Formulas in prose, written as one types them: found, and set as mathematics."""

from __future__ import annotations

import functools
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence

from lemmata.reports.formulas.items import Group, Item, is_space, nested, sign
from lemmata.reports.formulas.recognition import is_formula
from lemmata.reports.formulas.tokens import RELATIONS, Kind, is_power_of_ten, tokens
from lemmata.reports.formulas.tree import formula

_LONGEST = 20_000
"""Characters of prose; longer texts are left as they are."""

_SIGNS = RELATIONS | {"^", "*", "+", "+-", "+/-", "-+", "...", "'"}
_NOT_FIRST = frozenset({"^", "_", "'", "*", "/", "+", "!"})
_NOT_LAST = frozenset({"-", "/", "+", "^", "_"})


@functools.lru_cache(maxsize=4096)
def pieces(prose: str) -> tuple[str | ET.Element, ...]:
    """The prose as plain pieces and formulas (``math`` elements of MathML, not to be changed), in order."""
    if len(prose) > _LONGEST:
        return (prose,)
    made: list[str | ET.Element] = []
    for piece in _pieces(nested(tokens(prose))):
        if isinstance(piece, str) and made and isinstance(made[-1], str):
            made[-1] += piece
        else:
            made.append(piece)
    return tuple(made)


def _pieces(items: Sequence[Item]) -> Iterator[str | ET.Element]:
    place = 0
    while place < len(items):
        end = _end(items, place)
        if end > place and _is_worth_it(items[place:end]):
            yield formula(items[place:end])
            place = end
            continue
        end = max(end, place + 1)
        for item in items[place:end]:
            yield from _as_text(item)
        place = end


def _as_text(item: Item) -> Iterator[str | ET.Element]:
    """An item that is no formula; what stands in its brackets may hold some."""
    if isinstance(item, Group):
        yield item.opening
        yield from _pieces(item.items)
        yield item.closing
    else:
        yield item.text


def _end(items: Sequence[Item], place: int) -> int:
    """Where the longest formula that begins at this place ends; the place itself if none does."""
    first = items[place]
    if is_space(first) or (sign(first) in _NOT_FIRST):
        return place
    end = place
    while end < len(items) and is_formula(items, end):
        end += 1
    while end > place and _dangles(items, end - 1):
        end -= 1
    return end


def _dangles(items: Sequence[Item], place: int) -> bool:
    """Whether the item cannot be the last of a formula; a plus close to a letter is part of a name."""
    item, before = items[place], items[place - 1] if place else None
    if is_space(item):
        return True
    if sign(item) == "+":
        return before is None or is_space(before)
    return sign(item) in _NOT_LAST and sign(before) not in {"_", "^"}


def _is_worth_it(items: Sequence[Item]) -> bool:
    """Whether there is anything to set: a letter or a sign, not only numbers and what joins them."""
    return any(
        _is_worth_it(item.items) or item.opening == "|"
        if isinstance(item, Group)
        else item.kind in {Kind.LETTER, Kind.FUNCTION} or item.text in _SIGNS or is_power_of_ten(item)
        for item in items
    )
