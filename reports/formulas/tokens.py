"""Prose as tokens: words, letters of formulas, numbers, operators and brackets."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

LETTERS = {
    name: letter
    for names, letters in (
        ("alpha beta gamma delta epsilon eps zeta eta theta iota kappa lambda", "αβγδεεζηθικλ"),
        ("mu nu xi pi rho sigma tau upsilon phi chi psi omega", "μνξπρστυφχψω"),
        ("Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega", "ΓΔΘΛΞΠΣΥΦΨΩ"),
        ("oo ell grad lam Lam", "∞ℓ∇λΛ"),
    )
    for name, letter in zip(names.split(), letters, strict=True)
}
"""Words that stand for one letter."""

FUNCTIONS = frozenset(
    [
        "asinh",
        "acosh",
        "atanh",
        "atan",
        "asin",
        "acos",
        "sinh",
        "cosh",
        "tanh",
        "sin",
        "cos",
        "exp",
        "log",
        "sqrt",
        "min",
        "max",
        "sup",
        "inf",
        "sum",
        "prod",
        "diag",
        "tr",
        "det",
        "rank",
        "sign",
        "arg",
        "argmin",
        "argmax",
        "Pr",
        "Max",
        "Min",
        "Abs",
        "ker",
        "im",
        "dim",
        "conv",
        "median",
        "Trace",
        "Norm",
        "L1",
        "Sup",
        "Nuclear",
        "Spectral",
        "Dot",
        "Greatest",
        "Least",
        "Total",
    ]
)
"""Words that are functions where a bracket or a script follows at once, and words of prose elsewhere."""

BEFORE_A_LETTER = frozenset({"log", "exp", "tr", "det", "rank", "asinh", "atan", "sqrt"})
"""Functions that may also stand before a letter, as in ``log lambda``."""

OPERATORS = {
    "<=": "≤",
    ">=": "≥",
    "!=": "≠",
    "==": "=",
    "<->": "↔",
    "->": "→",
    ":=": "≔",
    "<<": "≪",
    ">>": "≫",
    "+/-": "±",
    "+-": "±",
    "-+": "∓",
    "...": "⋯",
    "..": "…",
    "<": "<",
    ">": ">",
    "=": "=",
    "~": "∼",
    "+": "+",
    "-": "−",
    "*": "⋅",
    "/": "/",
    "^": "^",
    "_": "_",
    "**": "^",
    "'": "′",
    "|": "|",
    "!": "!",
}
"""Operators as they are typed, and as they are set."""

RELATIONS = frozenset({"<=", ">=", "!=", "==", "<->", "->", ":=", "<<", ">>", "<", ">", "=", "~"})

_PATTERN = re.compile(
    r"""(?P<code>`[^`]*` | \b(?=\d*[a-f])[0-9a-f]{12}\b | (?<![\w/.-])[\w./-]*\w\.py\b)
      | (?P<key>(?<![\w/.^])(?:[^\W\d_]\d+/[^\W\d_]{2,}|[^\W\d_]{2,}\d+/[^\W\d_])[\w-]*)
      | (?P<quoted>(?<![\w)\]}'])'[^'\n]*'(?!\w))
      | (?P<differential>\bd(?:[A-Z]|[a-z](?=/d)|(?<=/d)[a-z])(?![^\W_]))
      | (?P<tensor>(?<=\^)\(x\)[A-Za-z0-9]?)
      | (?P<solver>\bz3\b(?=[ ,.;:)]*(?:$|\d|[^\W\d_]{2})))
      | (?P<numbered>(?<![\w^.])(?!l[12]\b|L1\()[A-Za-z]\d+(?!\w|\.\d))
      | (?P<transpose>(?:(?<=[^\w.][A-Za-z])|(?<=^[A-Za-z])|(?<=\)))\.T\b)
      | (?P<norm>(?<![^\W_])l[12p]\b)
      | (?P<product>(?<=[02-9])(?!th\b|nd\b|rd\b)[a-z]{2}\b)
      | (?P<base>\blog(?:2|10)(?=\())
      | (?P<root>\bsqrt(?=\d)|\bL1(?=\())
      | (?P<word>\b(?:i\.e\.|e\.g\.|[^\W\d_]{2,}(?:_[^\W\d_]{2,})+|[^\W\d_]{2,}\d\w*))
      | (?P<letters>[^\W\d_]+(?:'(?=(?:s|t|re|ve|ll|d|m)\b)[a-z]+)?)
      | (?P<number>\d+(?:,\d{3})+(?!\d)|\d+(?:\.\d+)?(?:e[+-]?\d+)?)
      | (?P<open><(?=-?[^\W\d_][^<>=]*,[^<>=]*[^\s<>]>)|[(\[{])
      | (?P<operator><->|\.\.\.|<=|>=|!=|==|->|:=|<<|>>|\+/-|\+-|-\+|\.\.|\*\*|[<>=~+\-*/^_'|!])
      | (?P<close>[)\]}]) | (?P<space>\s+) | (?P<other>.)""",
    re.VERBOSE,
)
_TWO = re.compile(r"[a-z][A-Z]")
"""A script and the next letter, as in ``W_jW_j'``."""


class Kind(enum.Enum):
    """What a token is."""

    WORD = "word"
    LETTER = "letter"
    FUNCTION = "function"
    NUMBER = "number"
    OPERATOR = "operator"
    OPEN = "open"
    CLOSE = "close"
    SPACE = "space"
    OTHER = "other"


@dataclass(frozen=True)
class Token:
    """A piece of prose; all texts together are the prose."""

    kind: Kind
    text: str


_BELOW = Token(Kind.OPERATOR, "_")


def tokens(prose: str) -> list[Token]:
    """The pieces of the prose, in order and without loss."""
    found: list[Token] = []
    for match in _PATTERN.finditer(prose):
        text, kind = match[0], match.lastgroup or "other"
        if kind == "quoted":
            found += [Token(Kind.OTHER, "'"), *tokens(text[1:-1]), Token(Kind.OTHER, "'")]
        elif kind == "word" and text.partition("_")[0] in LETTERS.keys() | FUNCTIONS:
            found += _with_script(text)
        elif kind == "transpose":
            found.append(Token(Kind.OPERATOR, "'"))
        elif kind == "base":
            found += _numbered(text, "log", Kind.FUNCTION)
        elif kind in {"key", "numbered"}:
            found += _key(text) if kind == "key" else _numbered(text)
        elif kind in {"norm", "differential", "tensor", "root"}:
            found.append(Token(Kind.FUNCTION if kind == "root" else Kind.LETTER, text))
        elif kind == "product" or (_TWO.fullmatch(text) and found[-1:] == [_BELOW]):
            found += [Token(Kind.LETTER, letter) for letter in text]
        elif kind in {"code", "word", "solver"}:
            found.append(Token(Kind.WORD, text))
        elif kind == "letters":
            found += _letters(text)
        else:
            found.append(Token(Kind(kind), text))
    return found


def is_power_of_ten(token: Token) -> bool:
    """Whether the token is a number with an exponent, as in ``1e-6``."""
    return token.kind is Kind.NUMBER and "e" in token.text


def _numbered(text: str, base: str = "", kind: Kind = Kind.LETTER) -> list[Token]:
    """``x0`` is a letter with a number below."""
    base = base or text[0]
    return [Token(kind, base), _BELOW, Token(Kind.NUMBER, text.removeprefix(base))]


def _key(text: str) -> list[Token]:
    """``p1/falls`` names a claim; ``h2/eta`` is a quotient."""
    head, _, tail = text.partition("/")
    if tail in LETTERS.keys() | FUNCTIONS:
        return [*tokens(head), Token(Kind.OPERATOR, "/"), *tokens(tail)]
    return [Token(Kind.WORD, text)]


def _with_script(text: str) -> list[Token]:
    """``sigma_min`` is a letter with a word below."""
    base, _, below = text.partition("_")
    return [*_letters(base), Token(Kind.OPERATOR, "_"), Token(Kind.WORD, below)]


def _letters(text: str) -> list[Token]:
    head, apostrophe, tail = text.partition("'")
    ending = [Token(Kind.WORD, apostrophe + tail)] if apostrophe else []
    if len(head) == 1 or head in LETTERS:
        return [Token(Kind.LETTER, head), *ending]
    if head in FUNCTIONS and not ending:
        return [Token(Kind.FUNCTION, head)]
    return [Token(Kind.WORD, text)]
