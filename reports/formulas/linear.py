"""MathML on one line of Unicode, for terminals, labels of pictures and titles of pages."""

from __future__ import annotations

import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from lemmata.reports.formulas.markup import NotConvertibleError, element
from lemmata.reports.formulas.prose import pieces
from lemmata.reports.formulas.tree import APPLIED

_ABOVE = dict(
    zip(
        "*0123456789+−=()nidkmtTjNDpxabcefghloruvwyz′∗⊤",
        "*⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵈᵏᵐᵗᵀʲᴺᴰᵖˣᵃᵇᶜᵉᶠᵍʰˡᵒʳᵘᵛʷʸᶻ′*ᵀ",
        strict=True,
    )
)
_BELOW = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ∗", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ*", strict=True))
"""Letters that Unicode has raised and lowered."""

_BINARY = frozenset("=≤≥<>≠→↔≔≪≫±∓+−-∼⋅×⊗∈∉≈≡⇒↦∘:∗*") | {":="}
_OPENING, _CLOSING, _BARS = frozenset("([{⌈⌊⟨"), frozenset(")]}⌉⌋⟩!′"), frozenset("|‖∥")
_BIG = frozenset("∑∏∫")
_TIGHT = frozenset("/∇√∂") | _BIG | {APPLIED}
_AFTER = frozenset(",;")
_ACCENTS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304", "˙": "\u0307", "¨": "\u0308", "→": "\u20d7", "_": "\u0304"}
_SCRIPTS = frozenset({"msub", "msup", "msubsup", "munder", "mover", "munderover"})
_MINUS = {"-": "−", "∥": "‖", "∣": "|"}


def plain(prose: str) -> str:
    """Prose with its formulas in Unicode."""
    return "".join(piece if isinstance(piece, str) else line(piece) for piece in pieces(prose))


def named(name: str) -> str:
    """A name of Python's as formulas write it, ``lam`` as λ and ``x_0`` as x₀; ``W1`` is no product and stays."""
    return name if re.fullmatch(r"[A-Za-z]+\d+", name) else plain(name)


def from_latex(latex: str) -> str:
    """A formula in LaTeX, in Unicode; as it is written if it cannot be converted."""
    try:
        return line(element(latex))
    except NotConvertibleError:
        return latex


def line(whole: ET.Element) -> str:
    """A MathML element on one line."""
    if whole.tag in _SCRIPTS:
        return _scripted(whole.tag, *map(line, whole))
    match whole.tag:
        case "mfrac" if whole.get("linethickness") == "0":  # one above the other, in brackets that are there
            above, below = map(line, whole)
            return f"{above} choose {below}"
        case "mfrac":
            above, below = (_differential(line(part)) for part in whole)
            return f"{_in_brackets(above, unless=_PRODUCT)}/{_in_brackets(below)}"
        case "msqrt":
            inner = _row(list(whole))
            return f"√{inner}" if len(inner) == 1 or inner.isdigit() else f"√({inner})"
        case "mroot":
            radicand, degree = map(line, whole)
            return f"{_in_brackets(radicand)}^(1/{degree})"
        case "mtable":
            return "[" + "; ".join(", ".join(_row(list(cell)) for cell in row) for row in whole) + "]"
        case "mspace":
            return " " if whole.get("width", "1em") not in {"0em", "0.167em"} else ""
        case "mphantom":
            return ""
    return _row(list(whole)) if len(whole) else _letters(whole)


def _scripted(tag: str, base: str, *scripts: str) -> str:
    """A base with what stands above and below it."""
    if tag == "mover" and scripts[0] in _ACCENTS:
        return unicodedata.normalize("NFC", base + _ACCENTS[scripts[0]])
    if tag not in {"msup", "mover"}:
        base, *scripts_left = _lowered(base, scripts[0]), *scripts[1:]
        scripts = tuple(scripts_left)
    return _raised(base, scripts[0]) if scripts else base


def _differential(text: str) -> str:
    """``d t`` as it is written by hand."""
    return f"d{text[2:]}" if text.startswith("d ") and _is_single(text[2:]) else text


def _letters(leaf: ET.Element) -> str:
    text = leaf.text or ""
    return _MINUS.get(text, text)


def _row(children: Sequence[ET.Element]) -> str:
    """Children side by side: operators between operands are spaced, signs and brackets are not."""
    text = ""
    operand = glued = False  # what stands last is an operand; what follows stands close
    bars: list[str] = []
    for child in _flat(children):
        piece = line(child)
        sign = _sign(child)
        if not piece:
            continue
        opens = sign in _OPENING or (sign in _BARS and not (operand and bars[-1:] == [sign]))
        if sign in _BARS:
            bars = [*bars, sign] if opens else bars[:-1]
        if piece.isspace():
            text, glued = text.rstrip() + " ", False
        elif sign in _AFTER:
            text, operand, glued = text.rstrip() + f"{sign} ", False, True
        elif sign in _BINARY and not operand:
            glued = sign in "-−±∓+∼∗*⊗"
            text += sign if glued else f"{sign} "
        elif sign in _BINARY:
            text, operand, glued = f"{text.rstrip()} {sign} ", False, True
        elif sign in _CLOSING or (sign in _BARS and not opens):
            text, operand, glued = text.rstrip() + piece, True, False
        elif sign in {"/", APPLIED}:
            text, operand, glued = text.rstrip() + sign.replace(APPLIED, ""), False, True
        else:
            applied = opens and (_is_function(text) or (_is_plain(child) and sign == "("))
            close = glued or not operand or text.endswith(" ") or applied
            text += ("" if close else " ") + piece + " " * (sign in _BIG)
            operand, glued = not opens and sign not in _TIGHT, opens or sign in _TIGHT
    return text.strip().replace("⟨ ", "⟨").replace(" ⟩", "⟩")


def _sign(child: ET.Element) -> str:
    """The operator that the child is; of a bracket or a sum with a script, its base."""
    base = child
    while base.tag in _SCRIPTS:
        base = base[0]
    text = _letters(base).strip() if base.tag == "mo" else ""
    return text if base is child or text in _CLOSING | _BARS | _TIGHT else ""


def _is_plain(bracket: ET.Element) -> bool:
    """Whether a bracket was written as such, and not made around a factor: what it stands behind is a function."""
    return bracket.get("stretchy") == "false" and "form" not in bracket.keys()  # noqa: SIM118 - an element, no mapping


def _flat(children: Sequence[ET.Element]) -> list[ET.Element]:
    """The children, rows among them opened."""
    found: list[ET.Element] = []
    for child in children:
        found += _flat(list(child)) if child.tag in {"mrow", "mstyle", "mpadded", "math"} else [child]
    return found


def _is_function(text: str) -> bool:
    """Whether the text ends in a word of several letters, which takes its bracket at once."""
    return len(text) > 1 and text[-2:].isalpha() and text[-2:].isascii() and not text.endswith("/dt")


def _raised(base: str, above: str) -> str:
    return _script(base, above, "^", _ABOVE)


def _lowered(base: str, below: str) -> str:
    return _script(base, below, "_", _BELOW)


def _script(base: str, script: str, sign: str, letters: dict[str, str]) -> str:
    if not _is_single(base):
        base = f"({base})"
    tight = script.replace(" ", "")
    if tight and all(letter in letters for letter in tight):
        return base + "".join(letters[letter] for letter in tight)
    return f"{base}{sign}{tight}" if len(tight) == 1 else f"{base}{sign}({script})"


_PRODUCT = frozenset("+−/=≤≥<>±∓")
_ANYTHING = frozenset(" /")


def _is_single(text: str, signs: frozenset[str] = _ANYTHING) -> bool:
    """Whether the text needs no brackets: none of the signs stands outside of brackets."""
    depth, inside = 0, False
    for letter in text:
        depth += (letter in _OPENING) - (letter in ")]}⌉⌋⟩")
        inside ^= letter in _BARS
        if letter in signs and depth == 0 and not inside:
            return False
    return True


def _in_brackets(text: str, *, unless: frozenset[str] = _ANYTHING) -> str:
    return text if _is_single(text, unless) else f"({text})"
