"""MathML on one line of Unicode, for terminals, labels of pictures and titles of pages."""

from __future__ import annotations

import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from lemmata.reports.formulas.prose import pieces
from lemmata.reports.formulas.tree import APPLIED

_ABOVE = dict(
    zip(
        "0123456789+−=()nidkmtTjNDpxabcefghloruvwyz′∗⊤",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵈᵏᵐᵗᵀʲᴺᴰᵖˣᵃᵇᶜᵉᶠᵍʰˡᵒʳᵘᵛʷʸᶻ′*ᵀ",
        strict=True,
    )
)
_BELOW = dict(zip("0123456789+−=()aehijklmnoprstuvxβγρφχ∗", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ*", strict=True))
"""Letters that Unicode has raised and lowered."""

_BINARY = frozenset("=≤≥<>≠→↔≔≪≫±∓+−-∼⋅×∈∉≈≡⇒↦∘:∗*")
_OPENING, _CLOSING, _BARS = frozenset("([{⌈⌊⟨"), frozenset(")]}⌉⌋⟩!"), frozenset("|‖∥")
_TIGHT = frozenset("/∇√∂∑∏∫") | {APPLIED}
_AFTER = frozenset(",;")
_ACCENTS = {"^": "\u0302", "~": "\u0303", "¯": "\u0304", "˙": "\u0307", "¨": "\u0308", "→": "\u20d7", "_": "\u0304"}
_MINUS = {"-": "−", "∥": "‖", "∣": "|"}


def plain(prose: str) -> str:
    """Prose with its formulas in Unicode."""
    return "".join(piece if isinstance(piece, str) else line(piece) for piece in pieces(prose))


def line(element: ET.Element) -> str:
    """A MathML element on one line."""
    match element.tag:
        case "msub":
            return _lowered(*map(line, element))
        case "msup":
            return _raised(*map(line, element))
        case "msubsup":
            base, below, above = map(line, element)
            return _raised(_lowered(base, below), above)
        case "munder":
            base, below = map(line, element)
            return _lowered(base, below)
        case "munderover":
            base, below, above = map(line, element)
            return _raised(_lowered(base, below), above)
        case "mover":
            base, above = map(line, element)
            return unicodedata.normalize("NFC", base + _ACCENTS[above]) if above in _ACCENTS else _raised(base, above)
        case "mfrac":
            return "/".join(_in_brackets(line(part)) for part in element)
        case "msqrt":
            inner = _row(list(element))
            return f"√{inner}" if len(inner) == 1 or inner.isdigit() else f"√({inner})"
        case "mroot":
            radicand, degree = map(line, element)
            return f"{_in_brackets(radicand)}^(1/{degree})"
        case "mtable":
            return "[" + "; ".join(", ".join(_row(list(cell)) for cell in row) for row in element) + "]"
        case "mspace":
            return " " if element.get("width", "1em") not in {"0em", "0.167em"} else ""
        case "mphantom":
            return ""
    return _row(list(element)) if len(element) else _letters(element)


def _letters(element: ET.Element) -> str:
    text = element.text or ""
    return _MINUS.get(text, text)


def _row(children: Sequence[ET.Element]) -> str:
    """Children side by side: operators between operands are spaced, signs and brackets are not."""
    text = ""
    operand = glued = False  # what stands last is an operand; what follows stands close
    bars: list[str] = []
    for child in _flat(children):
        piece = line(child)
        sign = piece.strip() if child.tag == "mo" else ""
        if not piece:
            continue
        opens = sign in _OPENING or (sign in _BARS and not (operand and bars and bars[-1] == sign))
        if sign in _BARS:
            bars = [*bars, sign] if opens else bars[:-1]
        if piece.isspace():
            text, glued = text.rstrip() + " ", False
        elif sign in _AFTER:
            text, operand, glued = text.rstrip() + f"{sign} ", False, True
        elif sign in _BINARY and not operand:
            glued = sign in "-−±∓+∼∗*"
            text += sign if glued else f"{sign} "
        elif sign in _BINARY:
            text, operand, glued = f"{text.rstrip()} {sign} ", False, True
        elif sign in _CLOSING or (sign in _BARS and not opens):
            text, operand, glued = text.rstrip() + sign, True, False
        elif sign in {"/", APPLIED}:
            text, operand, glued = text.rstrip() + sign.replace(APPLIED, ""), False, True
        else:
            close = glued or not operand or text.endswith(" ") or (opens and _is_function(text))
            text += ("" if close else " ") + piece
            operand, glued = not opens and sign not in _TIGHT, opens or sign in _TIGHT
    return text.strip()


def _flat(children: Sequence[ET.Element]) -> list[ET.Element]:
    """The children, rows among them opened."""
    found: list[ET.Element] = []
    for child in children:
        found += _flat(list(child)) if child.tag in {"mrow", "mstyle", "mpadded", "math"} else [child]
    return found


def _is_function(text: str) -> bool:
    """Whether the text ends in a word of several letters, which takes its bracket at once."""
    return len(text) > 1 and text[-2:].isalpha() and text[-2:].isascii()


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


def _is_single(text: str) -> bool:
    """Whether the text needs no brackets beside an operator: no space or slash stands outside of brackets."""
    depth, inside = 0, False
    for letter in text:
        depth += (letter in _OPENING) - (letter in ")]}⌉⌋⟩")
        inside ^= letter in _BARS
        if letter in " /" and depth == 0 and not inside:
            return False
    return True


def _in_brackets(text: str) -> str:
    return text if _is_single(text) else f"({text})"
