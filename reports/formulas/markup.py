"""Formulas for the page: LaTeX and prose become MathML of known elements and attributes, and nothing else."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from lemmata.reports import words
from lemmata.reports.formulas.prose import pieces
from lemmata.reports.formulas.tree import APPLIED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup

# fmt: off
_ELEMENTS = frozenset((
    "math", "menclose", "merror", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
    "mprescripts", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable",
    "mtd", "mtext", "mtr", "munder", "munderover", "none",
))
_ATTRIBUTES = frozenset((
    "accent", "accentunder", "columnalign", "columnlines", "columnspacing", "depth", "display",
    "displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace", "mathvariant", "maxsize",
    "minsize", "movablelimits", "notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator",
    "stretchy", "symmetric", "voffset", "width",
))
# fmt: on
_LONGEST = 20_000
"""Characters of LaTeX; a longer formula would not be read, and could keep the converter busy for minutes."""


_CHILDREN = {
    **dict.fromkeys(("mfrac", "mover", "mroot", "msub", "msup", "munder"), 2),
    **dict.fromkeys(("msubsup", "munderover"), 3),
}
"""Elements that a browser shows as an error unless they have so many children."""


class NotConvertibleError(ValueError):
    """The LaTeX cannot be shown as MathML."""


def formula(latex: str, *, display: bool = False) -> Markup:
    r"""The formula as MathML, ready for the page; as code if it cannot be converted.

    With ``display`` it is set large and in pieces, between which a line may break: MathML itself never breaks one.
    The converter un-escapes what it writes, so raw HTML inside ``\text{...}`` would reach the page; its tree is
    therefore filtered and written here.
    """
    from markupsafe import Markup

    if not latex.strip():
        return Markup("")
    text = words.visible(latex)
    try:
        whole = element(text)
        shown = (
            " ".join(_written(_displayed(piece)) for piece in _broken(_flat(whole, _LONG)))
            if display
            else _written(whole)
        )
        return Markup(shown)  # noqa: S704 - written by ElementTree from allowed elements
    except NotConvertibleError:
        return Markup('<code class="latex">{}</code>').format(text)


def prose(text: str) -> Markup:
    """Prose with its formulas as MathML, and what stands in backticks as code, ready for the page."""
    from markupsafe import Markup, escape

    return Markup("").join(
        Markup(_CODE.sub(r"<code>\1</code>", str(escape(words.visible(piece)))))  # noqa: S704 - escaped just now
        if isinstance(piece, str)
        else Markup(" ".join(map(_written, _broken(_flat(_visible(piece), _SHORT)))))  # noqa: S704 - written by ElementTree
        for piece in pieces(text)
    )


def element(latex: str) -> ET.Element:
    """The formula as a ``math`` element.

    Raises:
        NotConvertibleError: it is too long, broken, or holds a command that the converter does not know.
    """
    from latex2mathml.converter import convert_to_element

    if len(latex) > _LONGEST:
        raise NotConvertibleError(f"{len(latex)} characters, at most {_LONGEST} are converted")
    try:
        return _clean(convert_to_element(_WORD.sub(r"\\mathrm{\1}", latex)))
    except Exception as error:  # the converter raises what it meets: IndexError, RecursionError ...
        raise NotConvertibleError(str(error)) from error


_WORD = re.compile(r"(?<![\\A-Za-z{_^])([a-z]{3,})(?![A-Za-z}])")
"""A name of several letters, such as that of a parameter: no product of letters."""
_CODE = re.compile(r"`([^`]+)`")
_BREAKS = frozenset("=≤≥<>∼≔→+−-±,;")
"""Signs before which (commas: behind which) a displayed formula may be broken."""


_SHORT = 24
"""Letters up to which a formula, or what is in brackets, stays in one piece."""


_LONG = 48
"""The same of what is in brackets in a displayed formula, whose brackets are to stretch if they can."""


def _written(whole: ET.Element) -> str:
    return ET.tostring(whole, encoding="unicode")


def _visible(whole: ET.Element) -> ET.Element:
    """A copy without control characters."""
    copy = ET.Element(whole.tag, whole.attrib)
    copy.text = whole.text if whole.text in {None, APPLIED} else words.visible(whole.text or "")
    copy.extend(map(_visible, whole))
    return copy


def _flat(whole: ET.Element, longest: int) -> ET.Element:
    """Brackets of more letters in pieces beside the rest, so that a line may break in them; they stretch no more."""
    made = ET.Element(whole.tag)
    for child in whole:
        is_long = child.tag == "mrow" and len("".join(child.itertext())) > longest
        made.extend(_flat(child, longest) if is_long else [child])
    return made


def _broken(whole: ET.Element) -> Iterator[ET.Element]:
    """The formula in pieces, between which a line may break: before operators at its top level, behind commas."""
    children = list(whole)
    while len(children) == 1 and children[0].tag == "mrow":
        children = list(children[0])
    if len("".join(whole.itertext())) <= _SHORT:
        yield _piece(children)
        return
    piece: list[ET.Element] = []
    for child in children:
        sign = (child.text or "") if child.tag == "mo" else ""
        if sign in _BREAKS and sign not in ",;" and piece:
            yield _piece(piece)
            piece = []
            child.set("form", "infix")
        piece.append(child)
        if sign and sign in ",;":
            yield _piece(piece)
            piece = []
    if piece:
        yield _piece(piece)


def _piece(children: list[ET.Element]) -> ET.Element:
    made = ET.Element("math")
    made.extend(children)
    return made


def _displayed(piece: ET.Element) -> ET.Element:
    piece.set("displaystyle", "true")
    return piece


def _clean(given: ET.Element) -> ET.Element:
    if given.tag not in _ELEMENTS:
        raise NotConvertibleError(f"unknown element {given.tag}")
    if len(given) != _CHILDREN.get(given.tag, len(given)):
        raise NotConvertibleError(f"{given.tag} with {len(given)} parts")
    kept = ET.Element(given.tag, {key: value for key, value in given.items() if key in _ATTRIBUTES})
    text = html.unescape(given.text or "")
    if text.startswith("\\"):
        raise NotConvertibleError(f"unknown command {text}")
    if kept.get("mathvariant") == "bold":
        # Browsers know the bold letters, but no longer the attribute.
        del kept.attrib["mathvariant"]
        text = "".join(map(_bold, text))
    kept.text = text
    kept.extend(_joined([_clean(child) for child in given]))
    return kept


def _joined(children: list[ET.Element]) -> Iterator[ET.Element]:
    """The children, upright letters side by side as one word, and ``:=`` as one sign."""
    word: ET.Element | None = None
    for place, child in enumerate(children):
        if child.text == "=" and place and children[place - 1].text == ":":
            children[place - 1].text = ":="
            continue
        upright = child.tag == "mi" and child.get("mathvariant") == "normal" and len(child.text or "") == 1
        if upright and word is not None:
            word.text = (word.text or "") + (child.text or "")
            continue
        word = child if upright else None
        yield child


def _bold(letter: str) -> str:
    starts = {"A": 0x1D400, "a": 0x1D41A, "0": 0x1D7CE}
    for first, start in starts.items():
        last = "9" if first == "0" else chr(ord(first) + 25)
        if first <= letter <= last:
            return chr(start + ord(letter) - ord(first))
    return letter
