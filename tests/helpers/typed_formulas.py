"""Formulas as they are typed, found in what a reader sees."""

import html
import re

TYPED = re.compile(
    r"""\^ | [<>!=]= | -> | \*\* | \w\*\w | \+/- | sqrt | (?<![^\W_])[^\W\d_]_ | \w\ -\ \w
      | (?<![\w.])\d+(?:\.\d+)?[eE][+-]?\d+\b
      | \b(?:alpha|beta|gamma|delta|eps|epsilon)\b
      | \b(?:eta|theta|kappa|lambda|lam|mu|nu|pi|rho|sigma|tau|phi|psi|omega|grad)\b""",
    re.VERBOSE,
)
"""What only a formula or a number as it is typed contains."""

_SET_OR_NO_PROSE = re.compile(
    r"""<(?P<tag>pre|code|style|script|title|math|svg|cite)\b.*?</(?P=tag)>
      | <(?P<keyed>\w+)[ ]class="key[^"]*".*?</(?P=keyed)>""",
    re.VERBOSE | re.DOTALL,
)
"""Of a page what is set as mathematics, code and keys; and citations, whose dashes are the papers' own."""


def typed_in(page: str) -> list[str]:
    """Where the visible prose of a page, in HTML, holds a formula as it is typed, with a few letters around it."""
    rest = html.unescape(re.sub(r"<[^>]*>", "\N{WORD JOINER}", _SET_OR_NO_PROSE.sub("\N{WORD JOINER}", page)))
    return [rest[max(found.start() - 30, 0) : found.end() + 30] for found in TYPED.finditer(rest)]
