"""Tokens as nested brackets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lemmata.reports.formulas.tokens import Kind, Token

_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "‖": "‖", "<": ">"}
_DEEPEST = 30
"""Brackets inside one another; deeper ones are text."""

_SCRIPT_SIGNS = frozenset({"_", "^", "**"})


@dataclass(frozen=True)
class Group:
    """What stands in brackets, or between bars."""

    opening: str
    items: tuple[Item, ...]

    @property
    def closing(self) -> str:
        """The bracket at the end."""
        return _CLOSING[self.opening]

    @property
    def text(self) -> str:
        """The group as it was typed."""
        return self.opening + "".join(item.text for item in self.items) + self.closing


Item = Token | Group


def nested(flat: Sequence[Token]) -> list[Item]:
    """The tokens with bracketed groups in one piece; a bracket without partner is text."""
    levels: list[list[Item]] = [[]]
    openings: list[Token] = []
    for token in flat:
        partner = next((place for place in reversed(range(len(openings))) if _closes(token, openings[place])), None)
        if partner is not None:
            while len(openings) > partner + 1:
                _give_up(levels, openings)
            inner = levels.pop()
            levels[-1].append(Group(openings.pop().text, tuple(_with_bars(inner))))
        elif token.kind is Kind.OPEN and len(openings) < _DEEPEST:
            openings.append(token)
            levels.append([])
        else:
            levels[-1].append(token)
    while openings:
        _give_up(levels, openings)
    return _with_bars(levels[0])


def _closes(token: Token, opening: Token) -> bool:
    return token.kind is not Kind.OPEN and token.text == _CLOSING[opening.text]


def _give_up(levels: list[list[Item]], openings: list[Token]) -> None:
    """The innermost bracket never closes: it and what follows belong to the level around it."""
    inner = levels.pop()
    levels[-1] += [openings.pop(), *inner]


def _with_bars(items: Sequence[Item]) -> list[Item]:
    """The items with what stands between bars in one piece."""
    open_at: list[int] = []
    made: list[Item] = []
    for place, item in enumerate(items):
        if item.text != "|":
            made.append(item)
        elif open_at and _ends_operand(made):
            begin = open_at.pop()
            made[begin:] = [Group("|", tuple(made[begin + 1 :]))]
        else:
            if adjacent(items, place + 1) is not None and len(open_at) < _DEEPEST:
                open_at.append(len(made))
            made.append(item)
    return made


def _ends_operand(made: Sequence[Item]) -> bool:
    """Whether the last of these items is an operand, or a sign in a script."""
    last = made[-1]
    if isinstance(last, Group) or last.kind in {Kind.LETTER, Kind.FUNCTION, Kind.NUMBER, Kind.WORD}:
        return True
    return last.text in {"'", "*", "."} or is_script(made, len(made) - 1)


def is_space(item: Item | None) -> bool:
    """Whether the item is white space."""
    return isinstance(item, Token) and item.kind is Kind.SPACE


def sign(item: Item | None) -> str:
    """The text of a token; nothing of a group, and of no item."""
    return item.text if isinstance(item, Token) else ""


def has_kind(item: Item | None, *kinds: Kind) -> bool:
    """Whether the item is a token of one of these kinds."""
    return isinstance(item, Token) and item.kind in kinds


def adjacent(items: Sequence[Item], place: int) -> Item | None:
    """The item at a place, if there is one that is not white space."""
    return items[place] if 0 <= place < len(items) and not is_space(items[place]) else None


def beside(items: Sequence[Item], place: int, step: int) -> Item | None:
    """The next item in a direction that is not white space."""
    place += step
    while 0 <= place < len(items) and is_space(items[place]):
        place += step
    return adjacent(items, place)


def is_script(items: Sequence[Item], place: int) -> bool:
    """Whether a script sign stands right before: then anything is part of the formula."""
    return sign(adjacent(items, place - 1)) in _SCRIPT_SIGNS and adjacent(items, place - 2) is not None


def has_script(items: Sequence[Item], place: int) -> bool:
    """Whether a script follows at once."""
    return sign(adjacent(items, place + 1)) in _SCRIPT_SIGNS and adjacent(items, place + 2) is not None
