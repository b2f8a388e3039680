"""Which items of prose belong to formulas."""

from __future__ import annotations

from collections.abc import Sequence

from lemmata.reports.formulas.items import (
    Group,
    Item,
    adjacent,
    beside,
    has_kind,
    has_script,
    is_script,
    is_space,
    sign,
)
from lemmata.reports.formulas.tokens import BEFORE_A_LETTER, RELATIONS, Kind

_ARTICLES = frozenset({"a", "A", "I"})
_OF_ARTICLES = RELATIONS | {"^", "_", "+", "*", "/", "'", "+-", "+/-", "-+", "**", "..."}
"""Signs beside which an ``a`` is a quantity."""

_PUNCTUATION = frozenset(",;:.")


def is_formula(items: Sequence[Item], place: int) -> bool:
    """Whether the item at this place may be part of a formula: letters, numbers, operators beside them, groups."""
    item = items[place]
    if is_script(items, place):
        return True
    if isinstance(item, Group):
        return has_script(items, place) or (_is_tight(item) and all_formula(item.items))
    match item.kind:
        case Kind.NUMBER | Kind.SPACE:
            return True
        case Kind.LETTER:
            return item.text not in _ARTICLES or _is_quantity(items, place)
        case Kind.FUNCTION:
            return _is_applied(items, place)
        case Kind.OPERATOR:
            return _is_operator(items, place)
        case Kind.WORD:
            return has_script(items, place)
    return False


def all_formula(items: Sequence[Item]) -> bool:
    """Whether all of it may be one formula, commas between its parts included."""
    if len(items) == 1 and sign(items[0]) in _ARTICLES:
        return True
    return all(
        (has_kind(item, Kind.OTHER) and item.text in _PUNCTUATION) or is_formula(items, place)
        for place, item in enumerate(items)
    )


def _is_tight(group: Group) -> bool:
    """Whether bars, if it is bars, stand close to what is between them."""
    inner = group.items
    return group.opening != "|" or (bool(inner) and not is_space(inner[0]) and not is_space(inner[-1]))


def _is_quantity(items: Sequence[Item], place: int) -> bool:
    """Whether an ``a`` is a quantity and not an article."""
    before, after = beside(items, place, -1), beside(items, place, 1)
    if sign(before) in _OF_ARTICLES or sign(after) in _OF_ARTICLES:
        return True
    if isinstance(adjacent(items, place + 1), Group) or has_kind(adjacent(items, place - 1), Kind.NUMBER):
        return True
    if "-" in {sign(before), sign(after)}:
        return not has_kind(adjacent(items, place + 2), Kind.WORD)
    listed = items[place].text != "a" and "," in {sign(before), sign(after)}
    return listed or (items[place].text == "A" and _is_matrix(items, place))


def _is_matrix(items: Sequence[Item], place: int) -> bool:
    """Whether an ``A`` is a factor: after another one, or before one with an operator behind it."""
    factor = beside(items, place, -1)
    if isinstance(factor, Group) or has_kind(factor, Kind.LETTER) or sign(factor) == "'":
        return True
    if not has_kind(adjacent(items, place + 2), Kind.LETTER, Kind.FUNCTION):
        return False
    behind = adjacent(items, place + 3) or beside(items, place + 2, 1)
    return behind is None or isinstance(behind, Group) or sign(behind) in _OF_ARTICLES | {"-"}


def _is_applied(items: Sequence[Item], place: int) -> bool:
    """Whether the name of a function is one here: before a bracket, a script, or a letter where that is usual."""
    if isinstance(adjacent(items, place + 1), Group) or has_script(items, place):
        return True
    name, operand = items[place].text, beside(items, place, 1)
    if name == "sqrt" and has_kind(operand, Kind.NUMBER):
        return True
    if name in {"min", "max"}:
        return isinstance(operand, Group) and operand.opening in "{|<"
    if name == "sum":
        before = beside(items, place, -1)
        return has_kind(before, Kind.NUMBER) or sign(before) in RELATIONS
    letter = has_kind(operand, Kind.LETTER) and sign(operand) not in _ARTICLES
    bars = isinstance(operand, Group) and operand.opening == "|"
    return name in BEFORE_A_LETTER and (letter or bars)


def _is_operator(items: Sequence[Item], place: int) -> bool:
    text = items[place].text
    before, after = adjacent(items, place - 1), adjacent(items, place + 1)
    if text in RELATIONS or text in {"+", "+-", "+/-", "-+", "**", "..."}:
        return True
    if text in {"'", "*"}:
        return before is not None and (not has_kind(before, Kind.WORD) or is_script(items, place - 1))
    if text == "!":
        return isinstance(before, Group) or has_kind(before, Kind.LETTER, Kind.NUMBER)
    if text in {"^", "_"}:
        return before is not None and after is not None
    if text == "-" and before is not None and after is None:
        return sign(before) in {"_", "^"}
    return text in {"-", "/"} and not (has_kind(before, Kind.WORD) or has_kind(after, Kind.WORD))
