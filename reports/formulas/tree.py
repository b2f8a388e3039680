"""Items of a formula as MathML elements."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from lemmata.reports.formulas.items import Group, Item, has_kind, is_space, sign
from lemmata.reports.formulas.tokens import LETTERS, OPERATORS, RELATIONS, Kind

APPLIED = "\N{FUNCTION APPLICATION}"
"""Invisible, between a function and its bracket: so that it is not read as a product."""

_DIMENSIONS = frozenset("nmdkpr")
_IN_SCRIPTS = {"in": "∈", "inf": "∞", "oo": "∞", "pm": "±", "dagger": "†", "lam": "λ"}
_SIGNS_IN_WORDS = {"in": "∈", "int": "∫"}
"""Words of a formula that stand for a sign."""
_ENCLOSING = {
    "sqrt": ("", ""),
    "Abs": ("|", ""),
    "Norm": ("‖", ""),
    "L1": ("‖", "1"),
    "Sup": ("‖", "∞"),
    "Nuclear": ("‖", "∗"),
    "Spectral": ("‖", "op"),
    "Dot": ("<", ""),
}
"""Functions that are written around their argument: with which bracket, and what stands below it."""
_NAMED = {"Max": "max", "Min": "min", "Greatest": "max", "Least": "min", "Trace": "tr"}
_SUMS = {"sum": "∑", "prod": "∏", "Total": "∑"}
_ANGLES = str.maketrans("<>", "⟨⟩")
_ACCENTS = {"hat": "^", "tilde": "~", "til": "~", "bar": "¯"}


def element(tag: str, text: str = "", children: Iterable[ET.Element] = ()) -> ET.Element:
    """A MathML element."""
    made = ET.Element(tag)
    made.text = text or None
    made.extend(children)
    return made


def row(children: Sequence[ET.Element]) -> ET.Element:
    """One element that holds all, itself if it is one."""
    return children[0] if len(children) == 1 else element("mrow", children=children)


def formula(items: Sequence[Item]) -> ET.Element:
    """The items as a ``math`` element."""
    return element("math", children=elements(items))


def elements(items: Sequence[Item]) -> list[ET.Element]:
    """The items as MathML, scripts and primes with what they belong to."""
    return _Builder(items).all()


class _Builder:
    """Reads the items from left to right."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items, self._place = items, 0

    def all(self) -> list[ET.Element]:
        found: list[ET.Element] = []
        while self._place < len(self._items):
            if is_space(self._items[self._place]):
                self._place += 1
                continue
            found += self._one()
        return found

    def _peek(self, ahead: int = 0) -> Item | None:
        place = self._place + ahead
        return self._items[place] if 0 <= place < len(self._items) else None

    def _one(self) -> list[ET.Element]:
        item = self._items[self._place]
        if item.text in _ENCLOSING and (argument := self._argument()):
            return [self._scripted(_enclosed(item.text, argument))]
        before = self._place
        self._place += 1
        if has_kind(item, Kind.OPERATOR):
            return [element("mo", OPERATORS.get(item.text, item.text))]
        base = self._scripted(_operand(item, times=self._is_times(before)))
        follower = self._peek()
        if isinstance(follower, Group) and follower.opening in "([" and has_kind(item, Kind.LETTER, Kind.FUNCTION):
            return [base, element("mo", APPLIED)]
        if has_kind(item, Kind.FUNCTION) and is_space(follower):
            return [base, element("mspace")]
        return [base]

    def _argument(self) -> tuple[Item, ...]:
        """What the function at this place is applied to: its bracket's content, or the next letter; moves behind it."""
        follower = self._peek(1)
        step = 2 if follower is not None and is_space(follower) else 1
        operand = self._peek(step)
        if operand is None:
            return ()
        self._place += step + 1
        return operand.items if isinstance(operand, Group) and operand.opening != "|" else (operand,)

    def _is_times(self, place: int) -> bool:
        """Whether the letter x stands between two sizes, as in ``n x n``."""
        if self._items[place].text != "x":
            return False
        sides = [_chunk(self._items, place - 1, -1), _chunk(self._items, place + 1, 1)]
        sizes = all(side in _DIMENSIONS or side.isdigit() for side in sides)
        return bool(sides[0]) and (sides[0] == sides[1] or "..." in sides or sizes)

    def _scripted(self, base: ET.Element) -> ET.Element:
        below: ET.Element | None = None
        above: list[ET.Element] = []
        while (mark := self._mark()) is not None:
            self._place += 1
            accent = self._peek()
            if mark == "_" and accent is not None and accent.text in _ACCENTS:
                self._place += 1
                base = element("mover", children=[base, element("mo", _ACCENTS[accent.text])])
            elif mark == "_":
                below = self._script() if below is None else row([below, self._script()])
            elif mark == "^":
                above.append(self._script())
            elif mark == "'":
                base, below, above = _primed(_attached(base, below, above)), None, []
            else:
                above.append(element("mo", {"*": "∗"}.get(mark, mark)))
        return _attached(base, below, above)

    def _mark(self) -> str | None:
        """The script, prime or star that comes next, if one does."""
        item, follower = self._peek(), self._peek(1)
        if not has_kind(item, Kind.OPERATOR):
            return None
        text = sign(item).replace("**", "^")
        if text in {"^", "_"}:
            return text if follower is not None and not is_space(follower) else None
        last = follower is None or is_space(follower)
        if text == "*":
            return text if last or _is_mark(follower) else None
        if text == "+":
            ends = follower is None or sign(follower) == "," or (last and _is_relation(self._peek(2)))
            return text if ends else None
        return text if text in {"'", "!"} else None

    def _script(self) -> ET.Element:
        """What follows a script sign: a bracket without its bracket, or one sign and one operand."""
        item = self._items[self._place]
        self._place += 1
        if isinstance(item, Group):
            return row(elements(item.items)) if item.opening in "({" else _fenced(item)
        if item.kind is not Kind.OPERATOR:
            return _operand(item, script=True)
        raised = element("mo", "∗" if item.text == "*" else OPERATORS.get(item.text, item.text))
        after = self._peek()
        if item.text not in {"-", "+"} or after is None or is_space(after) or _is_mark(after):
            return raised
        self._place += 1
        return row([raised, _operand(after)])


def _enclosed(name: str, argument: tuple[Item, ...]) -> ET.Element:
    """A function that is written around its argument: a root, bars, angles."""
    if name == "sqrt":
        return element("msqrt", children=elements(argument))
    opening, below = _ENCLOSING[name]
    inside = _fenced(Group(opening, argument))
    return element("msub", children=[inside, element("mi", below)]) if below else inside


def _attached(base: ET.Element, below: ET.Element | None, above: list[ET.Element]) -> ET.Element:
    if below is not None and above:
        first = element("msubsup", children=[base, below, above[0]])
        return _attached(first, None, above[1:])
    if below is not None:
        return element("msub", children=[base, below])
    for one in above:
        base = element("msup", children=[base, one])
    return base


def _primed(base: ET.Element) -> ET.Element:
    """The base with a prime beside it: the sign is raised already, and as a script it would be tiny."""
    prime = element("mo", "′")
    prime.attrib.update(form="postfix", lspace="0em", rspace="0em")
    return element("mrow", children=[base, prime])


def _is_mark(item: Item | None) -> bool:
    return has_kind(item, Kind.OPERATOR, Kind.CLOSE, Kind.OTHER)


def _is_relation(item: Item | None) -> bool:
    """Whether a relation comes, or a minus: then a plus just before is part of a name."""
    return sign(item) in RELATIONS | {"-"}


def _chunk(items: Sequence[Item], place: int, step: int) -> str:
    """The items up to the next white space, beyond the one at ``place``, as text."""
    texts: list[str] = []
    place += step if 0 <= place < len(items) and is_space(items[place]) else 0
    while 0 <= place < len(items) and not is_space(items[place]):
        texts.append(items[place].text)
        place += step
    return "".join(texts[::step])


def _operand(item: Item, *, times: bool = False, script: bool = False) -> ET.Element:
    if isinstance(item, Group):
        return _fenced(item)
    text = item.text
    if script and text in _IN_SCRIPTS:
        return element("mi", _IN_SCRIPTS[text])
    match item.kind:
        case Kind.NUMBER:
            return _number(text)
        case Kind.LETTER:
            if times:
                return element("mo", "×")
            if text.startswith("(x)"):
                return row([element("mo", "⊗"), *(element("mi", letter) for letter in text[3:])])
            if len(text) == 2 and text not in LETTERS:  # noqa: PLR2004 - a norm's letter, or a differential
                return _pair(*text)
            return element("mo", "∇") if text == "grad" else element("mi", LETTERS.get(text, text))
        case Kind.FUNCTION:
            return element("mo", _SUMS[text]) if text in _SUMS else element("mi", _NAMED.get(text, text))
        case Kind.WORD:
            spelled = _SIGNS_IN_WORDS.get(text)
            return element("mtext", text) if spelled is None else element("mo", spelled)
    return element("mo", text)


def _pair(first: str, second: str) -> ET.Element:
    """``l1``, the norm, or the differential ``dW``."""
    if first == "l":
        return element("msub", children=[element("mi", "ℓ"), element("mn", second)])
    return element("mrow", children=[element("mi", "d"), element("mo", APPLIED), element("mi", second)])


def _number(text: str) -> ET.Element:
    mantissa, exponent, power = text.partition("e")
    if not exponent:
        return element("mn", text)
    raised = element("msup", children=[element("mn", "10"), element("mn", str(int(power)).replace("-", "−"))])
    return raised if mantissa == "1" else row([element("mn", mantissa), element("mo", "⋅"), raised])


def _fenced(group: Group) -> ET.Element:
    ends = [element("mo", end.translate(_ANGLES)) for end in (group.opening, group.closing)]
    for end, form in zip(ends, ("prefix", "postfix"), strict=True):
        end.attrib.update(stretchy="false", form=form)
    return element("mrow", children=[ends[0], *elements(group.items), ends[1]])
