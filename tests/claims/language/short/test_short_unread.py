"""Divisions and roots that sympy removes, in text that cannot be read, in branches and in alternatives."""

import linecache
import operator
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from lemmata import Claim, Or, Piecewise, Rational, at_least, conjecture, log, nonnegative, real, sign, sqrt
from lemmata.claims.language.restricted import Restricted
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
        "c = conjecture('c', given=[operator.truediv(x * x, x) <= 1], then=x <= 1)",
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
def test_sympy_is_left_as_it_was(tmp_path: Path, text: str) -> None:
    """Operations are noted while a file is imported, and no longer, also where it fails."""
    path = tmp_path / "mine.py"
    path.write_text(HEAD + text, encoding="utf-8")
    asked = (
        "import sys, sympy as sp\nfrom lemmata.claims.library import load\n"
        "owners = sp.Expr, sp.MatrixExpr, sp.Rational, sp.Pow, sp.log\n"
        "before = [dict(vars(one)) for one in owners]\nload(sys.argv[1:])\n"
        "print(before == [dict(vars(one)) for one in owners])"
    )
    found = subprocess.run([sys.executable, "-c", asked, str(path)], capture_output=True, text=True, check=True)

    assert "True" == found.stdout.strip()


GONE = {
    "lambda": "c = conjecture('c', then=(lambda t: y * t / t)(x) <= y**2 + 1)",
    "method": "class K:\n    def f(self, t): return t / t\nc = conjecture('c', then=y * K().f(x) <= y**2 + 1)",
    "property": (
        "class K:\n    @property\n    def f(self): return x / x\nk = K()\nc = conjecture('c', then=y * k.f <= y**2 + 1)"
    ),
    "operator of a class": (
        "class K:\n    def __mul__(self, other): return other * x / x\nc = conjecture('c', then=K() * y <= y**2 + 1)"
    ),
    "attribute of a class": "class K:\n    r = y * x / x\nc = conjecture('c', then=K.r <= y**2 + 1)",
    "appended": "s = []\nfor k in range(3):\n    s.append(k * x / x)\nc = conjecture('c', then=y * sum(s) <= y**2 + 9)",
    "set": "d = {}\nd['r'] = y * x / x\nc = conjecture('c', then=d['r'] <= y**2 + 1)",
    "run over": "for t in [y * x / x]:\n    c = conjecture('c', then=t <= y**2 + 1)",
    "argument": "def make(t):\n    return conjecture('c', then=t <= y**2 + 1)\nc = make(y * x / x)",
    "imported": "from helper_of_mine import gone\nc = conjecture('c', then=gone <= gone**2 + 1)",
    "attribute of a module": "import helper_of_mine\nc = conjecture('c', then=helper_of_mine.gone <= y**2 + 1)",
    "function of a module": "import helper_of_mine as h\nc = conjecture('c', then=y * h.one(x) <= y**2 + 1)",
}
HELPER = "from lemmata import real\nx, y = real('x', 'y')\nother = 1 / y\ngone = y * x / x\none = lambda t: t / t\n"


@pytest.mark.parametrize("text", GONE.values(), ids=GONE)
def test_a_quantity_that_is_gone(read: Callable[[str], list[Claim]], tmp_path: Path, text: str) -> None:
    """A statement from which sympy has removed a quantity is undefined where it was, wherever the quotient stood."""
    (tmp_path / "helper_of_mine.py").write_text(HELPER, encoding="utf-8")
    (claim,) = read(text)

    assert {1 / real("x")} == restrictions(claim)


@pytest.mark.parametrize("text", [one for one in GONE.values() if "helper" not in one])
def test_in_a_session(text: str) -> None:
    """What a notebook's cell, a script or a file of tests carries out is noted from the first quantity on."""
    cell = f"<cell {text}>"
    linecache.cache[cell] = (len(text), None, (HEAD + text).splitlines(keepends=True), cell)
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(HEAD + text, cell, "exec"), names)  # noqa: S102 - as a notebook does

    assert {1 / real("x")} == restrictions(names["c"])


def test_cells_of_one_session() -> None:
    """What an earlier cell made, plainly or not, is read by the next; where several made it, the newest."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, text in enumerate(
        [
            HEAD + "r = y * y / y\nf = lambda t: t / t\nfrom functools import cache\n",
            "r = y * x / x\ns = y * f(x)\n@cache\ndef g(t): return t / t\none = conjecture('one', then=g(x) <= y)\n",
            "two = conjecture('two', then=r <= y**2 + 1)\n",
            "three = conjecture('three', then=s <= y**2 + 1)\n",
            "def h(t):\n    return t * r\nfour = conjecture('four', then=h(y) <= y**4 + 2)\n",
            "five = conjecture('five', then=y * g(x) <= y**2 + 1)\n",
        ]
    ):
        cell = f"<cell {number} of one session>"
        linecache.cache[cell] = (len(text), None, text.splitlines(keepends=True), cell)
        exec(compile(text, cell, "exec"), names)  # noqa: S102 - as a notebook does

    expected = {1 / real("x")}

    assert [expected] * 4 == [restrictions(names[one]) for one in ("two", "three", "four", "five")]


def test_turns_of_a_loop(read: Callable[[str], list[Claim]]) -> None:
    """In a loop each statement is asked what its own turn carried out, and what came before the loop."""
    first, second = read(
        "import operator\nf = lambda t: t / t\nbefore = operator.truediv(y * x, x)\nmade = {}\n"
        "for name, t in {'one': x + 1, 'two': x + 2}.items():\n    term = f(t) * before\n"
        "    made[name] = conjecture(name, key=f'k/{name}', then=term <= y**2 + 1)\n"
        "one, two = made['one'], made['two']"
    )

    assert ({1 / real("x"), 1 / (real("x") + 1)}, {1 / real("x"), 1 / (real("x") + 2)}) == (
        restrictions(first),
        restrictions(second),
    )


def test_what_a_function_asks_of_one_is_not_asked_of_another(
    read: Callable[[str], list[Claim]], tmp_path: Path
) -> None:
    """A lambda that several statements use asks of each what it is given there; so do names of one module."""
    (tmp_path / "helper_of_mine.py").write_text(HELPER, encoding="utf-8")
    first, second, third = read(
        "from helper_of_mine import gone, other, y as given\nf = lambda t: t / t\n"
        "one = conjecture('one', then=y * f(x) <= y**2 + 1)\n"
        "two = conjecture('two', then=x * f(y) <= x**2 + 1)\n"
        "three = conjecture('three', then=given <= given**2 + 1)"
    )

    assert ({1 / real("x")}, {1 / real("y")}, set()) == tuple(map(restrictions, (first, second, third)))


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
    unread = conjecture("unread", then=Piecewise((operator.truediv(1, x), x > 0), (0, True)) >= 0)

    assert set() == restrictions(branch) | restrictions(other) | restrictions(unread)
    assert 2 == len(other.given.hypotheses)
