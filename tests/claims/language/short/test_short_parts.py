"""Divisions that sympy removes from terms that reach `conjecture` on ways of their own."""

import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from lemmata import Claim, real
from lemmata.claims.language.restricted import Restricted
from lemmata.claims.library import load

HEAD = """
import copy, dataclasses, functools, operator
from lemmata import conjecture, conserved, decreases, equals, gradient_descent, gradient_flow, real
x, y, z = real("x", "y", "z")
def claim(title, **parts):
    return conjecture(title, **parts)
def gone():
    for _ in range(1):
        yield equals(y * x / x, y)
@dataclasses.dataclass
class Parts:
    then: object
    title: str = "held"
    def made(self):
        return conjecture(self.title, then=self.then)
"""

WAYS = {
    "keywords of a helper": "c = claim('c', then=equals(y * x / x, y))",
    "keywords by name": "parts = dict(then=equals(y * x / x, y))\nc = conjecture('c', **parts)",
    "keywords that are filled": (
        "def fill(one):\n    one['then'] = equals(y * x / x, y)\nparts = {}\nfill(parts)\nc = conjecture('c', **parts)"
    ),
    "positions": "parts = ['c', equals(y * x / x, y)]\nmake = lambda a, b: conjecture(a, then=b)\nc = make(*parts)",
    "partial": "make = functools.partial(conjecture, then=equals(y * x / x, y))\nc = make('c')",
    "decorator": (
        "def stated(title):\n    return lambda f: conjecture(title, then=f())\n"
        "@stated('c')\ndef c():\n    return equals(y * x / x, y)"
    ),
    "dataclass": "held = Parts(equals(y * x / x, y))\nc = conjecture('c', then=held.then)",
    "method": "held = Parts(equals(y * x / x, y))\nc = held.made()",
    "replaced": "p = Parts(equals(y * x / x, y))\nc = conjecture('c', then=dataclasses.replace(p, title='d').then)",
    "copied": "held = Parts(equals(y * x / x, y))\nc = conjecture('c', then=copy.copy(held).then)",
    "map of an operator": (
        "import operator\nc = conjecture('c', then=equals(next(map(operator.truediv, [y * x], [x])), y))"
    ),
    "sum of a map": (
        "import operator\nc = conjecture('c', then=equals(sum(map(operator.truediv, [y * x, 0], [x, 1])), y))"
    ),
    "operator as a method": "c = conjecture('c', then=equals((y * x).__truediv__(x), y))",
    "operator by a name": "over = (y * x).__truediv__\nc = conjecture('c', then=equals(over(x), y))",
    "operator of a list": "known = [y.__mul__, (y * x).__truediv__]\nc = conjecture('c', then=equals(known[1](x), y))",
    "power by a name": "to = x.__pow__\nc = conjecture('c', then=equals(to(-1) * x * y, y))",
    "operator that is asked for": "c = conjecture('c', then=equals(getattr(y * x, '__truediv__')(x), y))",
    "root of entries": (
        "import sympy\nc = conjecture('c', then=equals(y / sympy.Matrix([x]).applyfunc(sympy.sqrt)[0]**2 * x, y))"
    ),
    "power by keywords": "import sympy\nc = conjecture('c', then=equals(y * x * sympy.Pow(x, e=-1), y))",
    "solved": "import sympy\nterm = sympy.solve(x * z - y, z)[0] * x\nc = conjecture('c', then=equals(term, y))",
    "solved at once": "import sympy\nc = conjecture('c', then=equals(sympy.solve(x * z - y, z)[0] * x, y))",
    "list": "all_of = [equals(y * x / x, y)]\n(c,) = [conjecture('c', then=one) for one in all_of]",
    "map": "(c,) = map(lambda one: conjecture('c', then=one), [equals(y * x / x, y)])",
    "dictionary": "all_of = {'a': equals(y * x / x, y)}\nc = conjecture('c', then=all_of['a'])",
    "generator": "turns = gone()\nthen = next(turns)\nc = conjecture('c', then=then)",
    "generator in a loop": "for then in gone():\n    c = conjecture('c', then=then)",
    "closure": (
        "def make(then):\n    def inner():\n        return conjecture('c', then=then)\n    return inner\n"
        "later = make(equals(y * x / x, y))\nc = later()"
    ),
    "named within": "if (term := y * x / x) is not None:\n    pass\nc = conjecture('c', then=equals(term, y))",
    "handler": (
        "try:\n    raise ValueError\nexcept ValueError:\n    term = y * x / x\n"
        "c = conjecture('c', then=equals(term, y))"
    ),
    "names of the module": "globals()['term'] = y * x / x\nc = conjecture('c', then=equals(term, y))",
    "beside a statement": (
        "def both():\n    term = y * x / x\n    return term, conjecture('d', key='k/d', then=equals(z * y, y * z))\n"
        "term, d = both()\nc = conjecture('c', then=equals(term, y))"
    ),
    "all names of a module": "from parts_of_mine import *\nc = conjecture('c', then=equals(term, y))",
    "module of a package": "import boxed_parts.deep\nc = conjecture('c', then=equals(boxed_parts.deep.term, y))",
    "helper of a module": "import parts_of_mine\nc = parts_of_mine.claim('c', then=equals(y * x / x, y))",
    "flow": (
        "flow = gradient_flow((z - 1)**2 * y * x / x / 2, of=z)\nc = conjecture('c', along=flow, then=decreases(z**2))"
    ),
    "steps": (
        "loss = (z - 1)**2 * y * x / x / 2\n"
        "c = conjecture('c', steps=gradient_descent(loss, of=z, step=1), then=decreases(z**2))"
    ),
}
MODULE = (
    "from lemmata import conjecture, real\nx, y = real('x', 'y')\nterm = y * x / x\n"
    "def claim(title, **parts):\n    return conjecture(title, **parts)\n"
)


def restrictions(claim: Claim) -> set[sp.Expr]:
    """What a conclusion must be defined for beside its own value."""
    return {part for one in claim.then.expressions for whole in one.atoms(Restricted) for part in whole.args[1:]}


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], dict[str, Claim]]:
    """A reader of the claims in a user's file, by the last word of their titles."""
    (tmp_path / "parts_of_mine.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "boxed_parts").mkdir()
    (tmp_path / "boxed_parts" / "__init__.py").write_text("", encoding="utf-8")
    (tmp_path / "boxed_parts" / "deep.py").write_text(MODULE, encoding="utf-8")

    def reader(text: str, name: str = "mine") -> dict[str, Claim]:
        path = tmp_path / f"{name}.py"
        path.write_text(HEAD + text, encoding="utf-8")
        return {one.claim.title.split()[-1]: one.claim for one in load([str(path)]).claims}

    return reader


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_a_statement(read: Callable[[str], dict[str, Claim]], way: str) -> None:
    """A statement is undefined where a quotient in one of its terms was, on whatever way the term comes to it."""
    claims = read(WAYS[way])

    assert {1 / real("x")} == restrictions(claims["c"] if "c" in claims else claims["held"])
    assert set() == set().union(*(restrictions(claim) for title, claim in claims.items() if title not in ("c", "held")))


@pytest.mark.parametrize("way", [one for one in WAYS if "mod" not in one])
def test_ways_in_a_session(way: str) -> None:
    """So it is, at least, in a notebook's cell, a script or a file of tests, where more may have been carried out."""
    cell, text = f"<cell of parts {way}>", HEAD + WAYS[way]
    linecache.cache[cell] = (len(text), None, text.splitlines(keepends=True), cell)
    names: dict[str, Any] = {"__name__": "parts_of_a_session"}
    exec(compile(text, cell, "exec"), names)  # noqa: S102 - as a notebook does

    assert {1 / real("x")} <= restrictions(names["c"])


def test_an_argument_is_no_name_of_another_cell() -> None:
    """What a cell calls `self` is none of the objects that methods of another are called with."""
    texts = {
        "<cell with self>": "from lemmata import real\nself = real('w')",
        "<cell with a method>": HEAD + WAYS["method"],
    }
    names: dict[str, Any] = {"__name__": "cells_of_a_session"}
    for cell, text in texts.items():
        linecache.cache[cell] = (len(text), None, text.splitlines(keepends=True), cell)
        exec(compile(text, cell, "exec"), names)  # noqa: S102 - as a notebook does

    assert {1 / real("x")} <= restrictions(names["c"])


def test_what_other_statements_are_made_of(read: Callable[[str], dict[str, Claim]]) -> None:
    """A helper's statements are asked what each is made of, not what the others are."""
    claims = read(
        "ratio = y * x / x\nother = dict(then=equals(z * y / y, z))\n"
        "one = claim('the one', then=equals(ratio, y))\n"
        "two = claim('the two', then=equals(y * z + z, z * (y + 1)))\n"
        "three = conjecture('the three', **other)\n"
        "four = conjecture('the four', given=[x > 0], **dict(then=equals(z * y, y * z)))\n"
    )

    assert [{1 / real("x")}, set(), {1 / real("y")}, set()] == [
        restrictions(claims[title]) for title in ("one", "two", "three", "four")
    ]


def test_two_statements_on_one_line(read: Callable[[str], dict[str, Claim]]) -> None:
    """What cannot be read on a line of two statements is not taken to be the other one."""
    claims = read(
        "a = conjecture('a', key='k/a', then=equals(operator.truediv(y * x, x), y)); "
        "b = conjecture('b', key='k/b', then=y <= y**4 + 1)"
    )

    assert [{1 / real("x")}, set()] == [restrictions(claims["a"]), restrictions(claims["b"])]


def test_a_module_that_two_files_import(read: Callable[..., dict[str, Claim]]) -> None:
    """What a module carried out when a first file imported it is asked of a second file's statement too."""
    text = "import parts_of_mine as mine\nc = conjecture('c', then=equals((lambda: mine.term)(), y))\n"
    first, second = read(text), read(text, "other")

    assert [{1 / real("x")}] * 2 == [restrictions(first["c"]), restrictions(second["c"])]


def test_dynamics_that_are_fine(read: Callable[[str], dict[str, Claim]]) -> None:
    """What a loss or a step still asks is not asked of the conclusion."""
    claims = read(
        "steps = gradient_descent(x * (y - z)**2 / 2, of=(y, z), step=1 / x)\n"
        "c = conjecture('c', steps=steps, given=[x > 0], then=conserved(y + z))"
    )

    assert set() == restrictions(claims["c"])
