"""What went wrong in the parts of one trial: a sentence, and each traceback once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lemmata.claims import ClaimError

_NUMBER = re.compile(r"-?\b\d[\d.]*(?:e[+-]?\d+)?")
_LONGEST = 8_000
"""Characters of an error that are kept."""
_OURS = re.compile(rf"^lemmata\.[\w.]*\b{ClaimError.__name__}: ")


def sentence_of(errors: Sequence[str]) -> str:
    """The last line, of an error that accuses the claim's own code if there is one: others may follow from it."""
    ordered = sorted(errors, key=lambda one: ClaimError.__name__ in one)
    return _OURS.sub("", _last_line("\n".join(ordered))) or "a part of the trial left no result"


def shortened(error: str) -> str:
    """An error without the middle of its text, where that is so long that nobody reads it."""
    if len(error) <= _LONGEST:
        return error
    half = _LONGEST // 2
    return f"{error[:half]}\n[{len(error) - _LONGEST:,} characters are left out here]\n{error[-half:]}"


def each_once(errors: Sequence[str]) -> list[str]:
    """The errors, each ``part: traceback``; those that say the same, up to numbers, once and with all their parts."""
    found: dict[str, str] = {}
    parts: dict[str, list[str]] = {}
    for error in errors:
        part, _, rest = error.partition(": Traceback")
        said = _NUMBER.sub("0", _last_line(error)) if rest else error
        found.setdefault(said, error)
        parts.setdefault(said, []).append(part)
    return [", ".join(parts[said]) + error.removeprefix(parts[said][0]) for said, error in found.items()]


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
