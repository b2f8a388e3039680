"""Divisions and roots that sympy removes, in text that cannot be read, in branches and in alternatives."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sympy as sp

from lemmata import Claim, Or, Piecewise, Rational, at_least, conjecture, log, nonnegative, real, sign, sqrt
from lemmata.claims.language.functions import Restricted
from lemmata.claims.library import load

a, x = nonnegative("a"), real("x")

HEAD = """
import operator
from lemmata import conjecture, nonnegative, real, sqrt
x, y = real("x", "y")
"""


def restrictions(claim: Claim) -> set[sp.Expr]:
    """What a conclusion must be defined for beside its own value."""
    return {part for one in claim.then.expressions for whole in one.atoms(Restricted) for part in whole.args[1:]}


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], list[Claim]]:
    """A reader of the claims in a file of a user's."""

    def reader(text: str) -> list[Claim]:
        path = tmp_path / "mine.py"
        path.write_text(HEAD + text, encoding="utf-8")
        return [one.claim for one in load([str(path)]).claims]

    return reader


@pytest.mark.parametrize(
    "text",
    [
        "f = lambda t: t * t / t\nc = conjecture('c', then=f(x) <= x * x + 1)",
        "def f(t):\n    if True:\n        return t * t / t\nc = conjecture('c', then=f(x) <= x * x + 1)",
        "def f(t):\n    for _ in [1]:\n        s = t * t / t\n    return s\nc = conjecture('c', then=f(x) <= x * x)",
        "def same(g): return g\n@same\ndef f(t):\n    return t * t / t\nc = conjecture('c', then=f(x) <= x * x + 1)",
        "class K:\n    def f(self, t): return t * t / t\nc = conjecture('c', then=K().f(x) <= x * x + 1)",
        "c = conjecture('c', then=operator.truediv(x * x, x) <= x * x + 1)",
        "c = conjecture('c', **{'then': x * x / x <= x * x + 1})",
        "b = d = x * x / x\nc = conjecture('c', then=b <= x * x + 1)",
        "f = lambda t: t * t / t\nc = conjecture('c', given=[f(x) <= 1], then=x <= 1)",
    ],
    ids=["lambda", "choice", "loop", "decorated", "method", "operator", "keywords", "chained", "hypothesis"],
)
def test_carried_out_but_not_read(read: Callable[[str], list[Claim]], text: str) -> None:
    """A quotient that is gone, wherever it was formed, leaves the conclusion undefined where it was so."""
    (claim,) = read(text)

    assert {1 / real("x")} == restrictions(claim)


def test_roots_and_logarithms_in_a_lambda(read: Callable[[str], list[Claim]]) -> None:
    """Functions of sympy and of lemmata are noted like operators."""
    function = "import sympy as sp\nf = lambda t, u: sqrt(t)**2 + sp.exp(sp.log(u))\n"
    (claim,) = read(function + "c = conjecture('c', then=f(x, y) <= x * x + y * y + 1)")

    assert {sp.sqrt(real("x")), 1 / sp.sqrt(real("y"))} == restrictions(claim)


def test_what_is_read_is_not_mixed_up_with_others(read: Callable[[str], list[Claim]]) -> None:
    """A statement whose text is read is not restricted by what other statements of its file divide by."""
    first, second = read(
        "one = conjecture('one', then=(lambda t: t * t / t)(x) <= x * x + 1)\n"
        "two = conjecture('two', then=(lambda t: t)(x) <= x * x + 1)"
    )

    assert ({1 / real("x")}, set()) == (restrictions(first), restrictions(second))


@pytest.mark.parametrize("text", ["c = x / y", "raise ValueError"])
def test_sympy_is_left_as_it_was(read: Callable[[str], list[Claim]], text: str) -> None:
    """Operations are noted while a file is imported, and no longer, also where it fails."""
    before = sp.Expr.__truediv__, sp.Rational.__truediv__, vars(sp.Pow)["__new__"]
    read(text)

    assert before == (sp.Expr.__truediv__, sp.Rational.__truediv__, vars(sp.Pow)["__new__"])
    assert "__new__" not in vars(sp.log)


def test_a_branch_keeps_nothing_for_the_others() -> None:
    """A quotient in one branch does not stand for one that is gone elsewhere; nor does one in an alternative."""
    branch = conjecture("branch", then=a * a / a + Piecewise((1 / a, a > 0), (0, True)) >= a)
    root = conjecture("root", then=sqrt(x) ** 2 + Piecewise((sqrt(x), x > 0), (0, True)) >= x)
    other = conjecture("other", given=[a * a / a <= 5, Or(1 / a >= Rational(1, 7), a <= 0)], then=at_least(sign(a), 1))

    assert ({1 / a}, {sqrt(x)}) == (restrictions(branch), restrictions(root))
    assert "Ne(a, 0)" in [one.name for one in other.given.hypotheses]


def test_branches_that_stay_restrict_nothing() -> None:
    """What a branch or an alternative asks where sympy has left it there is asked there alone."""
    branch = conjecture("branch", then=Piecewise((log(a), a > 1), (0, True)) >= 0)
    other = conjecture("other", given=[(1 / a >= 1) | (a <= 0)], then=a <= 1)

    assert set() == restrictions(branch) | restrictions(other)
    assert 2 == len(other.given.hypotheses)
