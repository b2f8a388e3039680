"""What to write instead, from the error that came of what was written."""

from __future__ import annotations

import re

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.short.callers import line_of, placed

_WRITE = "write the function of lemmata of the same name, e.g. from lemmata import exp, sqrt, absolute"


def advice(error: BaseException) -> str:
    """What to write instead of what a user wrote, from the error that came of it."""
    text = str(error)
    if isinstance(error, ClaimError):
        return text
    if isinstance(error, TypeError) and "truth value of Relational" in text:
        return (
            "Python asked whether a relation between symbols is true: write Max and Min for max and min, And(...) for "
            "`and`, and a relation each for a <= b <= c"
        )
    foreign = "ufunc" in text or "no implementation found" in text
    if (isinstance(error, TypeError) and foreign) or type(error).__name__ == "AxisError":
        return f"a function of NumPy does not run on symbols or on numbers with error bounds; {_WRITE}"
    if isinstance(error, TypeError) and "bad operand type for abs" in text:
        return f"abs does not run on numbers with error bounds; {_WRITE}"
    if isinstance(error, TypeError) and "for ** or pow" in text:
        return "** does not run on numbers with error bounds; write x * x, or power(x, 3)"
    if isinstance(error, TypeError) and "not supported between" in text:
        return "numbers with error bounds are not compared; write where(less(a, b), x, y), maximum(a, b) or absolute(a)"
    if isinstance(error, TypeError) and "does not support item assignment" in text:
        return "an array of exact numbers is not changed in place; build the new one with stack, concatenate or where"
    if isinstance(error, AttributeError):
        return (
            f"{text}: this is none of the operations that all number systems share (+ - * / @, indexing, sum, reshape)"
        )
    return f"{type(error).__name__}: {text}"


_KNOWN = re.compile("truth value of Relational|ufunc|no callable|has no attribute .dtype.|Float.*exact")


def explained(error: BaseException, file: str) -> str:
    """An error that a user's file raised while it was read, with the line; empty for one of which nothing is known."""
    line = line_of(error, file)
    if line is None or not (isinstance(error, ClaimError) or _KNOWN.search(str(error))):
        return ""
    return placed(file, line, advice(error))
