"""Names of parts of a formula, held against what their symbols are declared to be."""

from dataclasses import replace

import pytest
import sympy as sp

from lemmata import at_most, conjecture, real
from lemmata.checks import Effort, judge
from lemmata.claims import AtMost, Claim, Located

a, b = real("a", "b")
size = sp.Symbol("size", nonnegative=True)


def named(meant: sp.Expr) -> Claim:
    """A statement in which sympy takes the absolute value of a name for the name itself."""
    then = AtMost(left=sp.Abs(size) * b**2, right=size * b**2 + 1, where={size: meant})
    plain = conjecture("With a name", key="names/size", then=at_most(2 * a * b, a**2 + b**2))
    return replace(plain, then=then, proof=None)


@pytest.mark.parametrize(("meant", "verdict"), [(a, "error"), (a - b, "error"), ((a - b) ** 2, "proved")], ids=str)
def test_a_named_part_is_what_its_name_is_declared(meant: sp.Expr, verdict: str) -> None:
    """A part that is negative somewhere may not go by a name that is declared nonnegative; a square may."""
    found = judge(Located(named(meant), "a test"), effort=Effort.QUICK, seed=0)

    assert verdict == found.verdict, found.sentence
    assert ("size is declared nonnegative" in found.sentence) is (verdict == "error")
