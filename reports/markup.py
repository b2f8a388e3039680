"""Formulas for the page: LaTeX becomes MathML of known elements and attributes, and nothing else."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from lemmata.reports import words

if TYPE_CHECKING:
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


class _NotConvertibleError(ValueError):
    """The LaTeX holds a command that the converter does not know."""


def formula(latex: str, *, display: bool = False) -> Markup:
    r"""The formula as MathML, ready for the page; as code if it cannot be converted.

    The converter un-escapes what it writes, so raw HTML inside ``\text{...}`` would reach the page; its tree is
    therefore filtered and written here.
    """
    from markupsafe import Markup

    if not latex.strip():
        return Markup("")
    text = words.visible(latex)
    try:
        return Markup(_mathml(text, display=display))  # noqa: S704 - written by ElementTree from allowed elements
    except Exception:  # noqa: BLE001 - the converter raises what it meets: IndexError, RecursionError ...
        return Markup('<code class="latex">{}</code>').format(text)


def _mathml(latex: str, *, display: bool) -> str:
    from latex2mathml.converter import convert_to_element

    if len(latex) > _LONGEST:
        raise _NotConvertibleError(f"{len(latex)} characters, at most {_LONGEST} are converted")
    tree = convert_to_element(latex, display="block" if display else "inline")
    return ET.tostring(_clean(tree), encoding="unicode")


def _clean(element: ET.Element) -> ET.Element:
    if element.tag not in _ELEMENTS:
        raise _NotConvertibleError(f"unknown element {element.tag}")
    if len(element) != _CHILDREN.get(element.tag, len(element)):
        raise _NotConvertibleError(f"{element.tag} with {len(element)} parts")
    kept = ET.Element(element.tag, {key: value for key, value in element.items() if key in _ATTRIBUTES})
    text = html.unescape(element.text or "")
    if text.startswith("\\"):
        raise _NotConvertibleError(f"unknown command {text}")
    if kept.get("mathvariant") == "bold":
        # Browsers know the bold letters, but no longer the attribute.
        del kept.attrib["mathvariant"]
        text = "".join(map(_bold, text))
    kept.text = text
    kept.extend(_clean(child) for child in element)
    return kept


def _bold(letter: str) -> str:
    starts = {"A": 0x1D400, "a": 0x1D41A, "0": 0x1D7CE}
    for first, start in starts.items():
        last = "9" if first == "0" else chr(ord(first) + 25)
        if first <= letter <= last:
            return chr(start + ord(letter) - ord(first))
    return letter
