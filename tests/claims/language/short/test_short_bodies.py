"""What a file's own functions make of their arguments: that is asked of a statement, and nothing else of the file."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sympy as sp

from lemmata import Claim, real
from lemmata.claims.language.restricted import Restricted
from lemmata.claims.library import load

HEAD = """
import functools
from lemmata import conjecture, equals, real
x, y, z = real("x", "y", "z")
unused = 1 / z
def claim(then, **parts):
    return conjecture('c', then=then, **parts)
def young(p, q):
    return conjecture('c', then=p * q <= (p**2 + q**2) / 2)
def mean(*q):
    whole = sum(q)
    return whole / len(q)
average = lambda *q: sum(q) / len(q)
"""
HELPERS = """
def half(p, q):
    return (p + q) / 2
def gone(p, q):
    return p * q / q
"""
FINE = {
    "a function that makes the statement": "c = young(y, z)",
    "a function that passes it on": "c = claim(y * z <= y**2 + z**2)",
    "a function that passes options on": "c = claim(y * z <= y**2 + z**2, tight=False)",
    "a function of many arguments": "c = conjecture('c', then=mean(y, z)**2 <= mean(y**2, z**2))",
    "a lambda of many arguments": "c = conjecture('c', then=average(y, z)**2 <= average(y**2, z**2))",
    "a function within another": (
        "def half(p, q):\n    return mean(p, q)\nc = conjecture('c', then=half(y, z)**2 <= average(y**2, z**2))"
    ),
    "a function of another file": (
        "import helpers_of_mine as mine\nc = conjecture('c', then=mine.half(y, z)**2 <= average(y**2, z**2))"
    ),
    "a lambda at once": "c = conjecture('c', then=(lambda q: q**2)(y + z) <= 2 * y**2 + 2 * z**2)",
    "a loop": "whole = 0\nfor q in (y, z):\n    whole = whole + q**2\nc = conjecture('c', then=whole >= 2 * y * z)",
    "a list of pairs": (
        "pairs = [(y, z), (z, y)]\n"
        "c = conjecture('c', then=sum(p * q for p, q in pairs) <= y**2 + z**2 + (pairs[0][0] - 1)**2)"
    ),
    "a comprehension before a loop": (
        "c = conjecture('c', then=sum(q**2 for q in (y, z)) >= 2 * y * z)\nfor q in (y, z):\n    pass"
    ),
    "a comprehension over terms": "c = conjecture('c', then=sum(q * z for q in (y**2, z)) <= (y**2 * z + z**2)**2 + 1)",
}
ASKED = {
    "an argument": "c = young(y * x / x, z)",
    "an argument by name": "c = young(q=z, p=y * x / x)",
    "a default": "def young_at(p, q=y * x / x):\n    return young(p, q)\nc = young_at(z)",
    "a default by name": (
        "def young_at(p, *, q=y * x / x):\n    return conjecture('c', then=p * q <= (p**2 + q**2) / 2)\nc = young_at(z)"
    ),
    "a default of a function of terms": (
        "def product(p, q=y * x / x):\n    return p * q\nc = conjecture('c', then=product(z) <= (y**2 + z**2) / 2)"
    ),
    "a default of a lambda": (
        "product = lambda p, q=y * x / x: p * q\nc = conjecture('c', then=product(z) <= (y**2 + z**2) / 2)"
    ),
    "an attribute of the function": (
        "def young_at(p):\n    return conjecture('c', then=p * young_at.q <= (p**2 + young_at.q**2) / 2)\n"
        "young_at.q = y * x / x\nc = young_at(z)"
    ),
    "a closure": (
        "def at(q):\n    def inner(p):\n        return conjecture('c', then=p * q <= (p**2 + q**2) / 2)\n"
        "    return inner\nmade = at(y * x / x)\nc = made(z)"
    ),
    "a partial function": "made = functools.partial(young, y * x / x)\nc = made(z)",
    "one of many arguments": "c = conjecture('c', then=mean(y * x / x, z)**2 <= mean(y**2, z**2))",
    "one of many, of a lambda": "c = conjecture('c', then=average(y, z)**2 <= average(y**3 * x / x, z**2) / y + 1)",
    "a list of arguments": "terms = [y * x / x, z]\nc = conjecture('c', then=mean(*terms)**2 <= mean(y**2, z**2))",
    "an argument's own value": (
        "class Held:\n    @property\n    def q(self):\n        return y * x / x\n"
        "def young_of(held):\n    return held.q * z\nc = conjecture('c', then=young_of(Held()) <= (y**2 + z**2) / 2)"
    ),
    "an argument that is called": (
        "def gone():\n    for _ in range(1):\n        return y * x / x\n"
        "def called(f):\n    return f() * z\nc = conjecture('c', then=called(gone) <= (y**2 + z**2) / 2)"
    ),
    "a function of another file": (
        "import helpers_of_mine as mine\nc = conjecture('c', then=mine.gone(y, x) * z <= (y**2 + z**2) / 2)"
    ),
    "an argument of a function of another file": (
        "import helpers_of_mine as mine\nc = conjecture('c', then=mine.half(y * x / x, z)**2 <= average(y**2, z**2))"
    ),
    "a lambda at once": "c = conjecture('c', then=(lambda q: q * x / x)(y) * z <= (y**2 + z**2) / 2)",
    "a loop": (
        "whole = 0\nfor q in (y * x / x, z):\n    whole = whole + q**2\nc = conjecture('c', then=whole >= 2 * y * z)"
    ),
    "a list that changes": (
        "pairs = [(y, z)]\nother = pairs\nother[0] = (y * x / x, z)\n"
        "c = conjecture('c', then=sum(p * q for p, q in pairs) <= y**2 + z**2)"
    ),
    "a list within a list": (
        "pairs = [[y, z]]\nfor p in pairs:\n    p[0] = y * x / x\n"
        "c = conjecture('c', then=sum(p * q for p, q in pairs) <= y**2 + z**2)"
    ),
    "a turn of a loop": (
        "whole = 0\nfor q in (x, z):\n    whole = whole + y * q / q\n"
        "c = conjecture('c', then=whole**2 + z**2 >= 4 * y * z)"
    ),
    "a term of a comprehension": (
        "c = conjecture('c', then=sum(q * z for q in (y * x / x, z)) <= y**2 * z + z**2 + y**2 + 1)"
    ),
}


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[str], set[sp.Expr]]:
    """What the one statement of a user's file must be defined for beside its own value."""
    (tmp_path / "helpers_of_mine.py").write_text(HELPERS, encoding="utf-8")

    def restrictions(text: str) -> set[sp.Expr]:
        path = tmp_path / "mine.py"
        path.write_text(HEAD + text, encoding="utf-8")
        (claim,) = (one.claim for one in load([str(path)]).claims)
        return _restrictions(claim)

    return restrictions


def _restrictions(claim: Claim) -> set[sp.Expr]:
    return {part for one in claim.then.expressions for whole in one.atoms(Restricted) for part in whole.args[1:]}


@pytest.mark.parametrize("text", FINE.values(), ids=FINE.keys())
def test_a_quotient_that_is_not_used_is_not_asked(asked: Callable[[str], set[sp.Expr]], text: str) -> None:
    """A quotient that stands in the file, and in none of the terms of the statement, leaves it alone."""
    assert set() == asked(text)


@pytest.mark.parametrize("text", ASKED.values(), ids=ASKED.keys())
def test_a_quotient_that_comes_as_an_argument_is_asked(asked: Callable[[str], set[sp.Expr]], text: str) -> None:
    """However a term comes into a function, what it was made of is asked."""
    assert 1 / real("x") in asked(text)
