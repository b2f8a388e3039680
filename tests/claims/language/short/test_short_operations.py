"""Operations besides quotients, roots and logarithms that sympy removes and that are not defined everywhere."""

from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from lemmata import Claim, Sum, conjecture, equals, integer, judge, real
from lemmata.claims.language.restricted import Restricted
from lemmata.claims.library import load

k = integer("k", 1, 3)
x, y = real("x", "y")

HEAD = """
import sympy as sp
from lemmata import conjecture, equals, real
x, y = real("x", "y")
def by_loop(function, value):
    for _ in range(1):
        made = function(value)
    return made
"""
OPERATIONS = {
    "whole part of a quotient": ("y * (a // a)", "1/x"),
    "rest": ("y + a % a", "1/x"),
    "rest as a function": ("y + sp.Mod(a, a)", "1/x"),
    "whole part and rest": ("y * divmod(a, a)[0]", "1/x"),
    "arc cosine": ("y * sp.cos(sp.acos(a))", "sqrt(1 - x**2)"),
    "area cosine": ("y * sp.cosh(sp.acosh(a))", "sqrt(x - 1)"),
    "area tangent": ("y * sp.tanh(sp.atanh(a))", "1/sqrt(1 - x**2)"),
    "text": ("sp.sympify('b * a / a', locals={'a': a, 'b': y})", "1/x"),
}


def asked(claim: Claim) -> set[Any]:
    """What a conclusion must be defined for beside its own value."""
    return {part for one in claim.then.expressions for whole in one.atoms(Restricted) for part in whole.args[1:]}


@pytest.mark.parametrize("way", ["function(x)", "by_loop(function, x)"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_that_is_gone(tmp_path: Path, operation: str, way: str) -> None:
    """What it asks is kept, in a text that is read and in one that is not."""
    text, expected = OPERATIONS[operation]
    path = tmp_path / "mine.py"
    path.write_text(f"{HEAD}function = lambda a: {text}\nc = conjecture('c', then=equals({way}, y))", encoding="utf-8")
    (located,) = load([str(path)]).claims

    assert {expected} == {str(one) for one in asked(located.claim)}


def test_what_stays_is_not_asked_twice() -> None:
    """A rest that a formula keeps, and text that % fills in, ask nothing beside."""
    kept = conjecture("kept %s" % "so", then=x % y + Sum(k, (sp.Symbol("i"), 1, k)) >= x % y)  # noqa: UP031 - what is read

    assert set() == asked(kept)


def test_verdicts() -> None:
    """What is undefined somewhere is not proved; where a hypothesis excludes that it is."""
    loose = conjecture("loose", then=equals(y * (x // x), y))
    given = conjecture("given", given=[x > 0], then=equals(y * (x // x), y))

    assert ["undecided", "proved"] == [judge(one).verdict for one in (loose, given)]
