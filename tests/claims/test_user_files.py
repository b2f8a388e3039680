"""A user's file is executed statement by statement: one that fails hides no other."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from lemmata.claims import load

HEAD = "from lemmata import *\nx, y = real('x', 'y')\nn = dimension('n')\nv, w = vector('v', 'w', n)\n"
GOOD = "good = conjecture('Good', then=x**2 + y**2 >= 2 * x * y)\n"
FAULTS = {
    "abs of a vector": ("bad = conjecture('b', then=abs(v) <= norm(v))", "abs of v, which is no number; write norm"),
    "a loop over entries": ("bad = conjecture('b', then=sum(v) <= n)", "do not run over the entries of v"),
    "vectors compared": ("bad = conjecture('b', then=v <= w)", "a vector or a matrix is compared; compare numbers"),
    "minimum of a vector": ("bad = conjecture('b', then=minimum(v) <= 1)", r"of a vector write least\(v\)"),
    "number and vector added": ("bad = conjecture('b', then=norm(v + x) <= 1)", "a number and a vector .* are added"),
    "unknown name": ("bad = conjecture('b', then=z <= x)", "NameError: name 'z' is not defined"),
    "misspelt function": ("bad = conjecture('b', then=nor(v) <= 1)", r"did you mean norm\? \(from lemmata import norm"),
    "unknown argument": (
        "bad = real('bad', positive=True)",
        r"it is called as real\(\*names, low=None, .*; positive is a function of its own",
    ),
    "another norm": (
        "bad = conjecture('b', then=norm(v, 1) <= n)",
        r"write l1\(v\) for the sum of the absolute values",
    ),
    "method of a vector": ("bad = conjecture('b', then=v.norm() <= 1)", "norm is a function: from lemmata import norm"),
    "sum over entries": ("bad = conjecture('b', then=Sum(v) <= n)", r"of the entries of a vector write total\(x\)"),
    "absolute of a vector": ("bad = conjecture('b', then=absolute(v) <= 1)", r"absolute got v, .*l1\(\.\.\.\)"),
    "an equation up to a constant": (
        "C = constant('C')\nbad = conjecture('b', then=equals(x**2, C * x**2))",
        "then is no bound, and holds the implied constant C; .*write <= or >=",
    ),
    "unnamed whole number": ("bad = conjecture('b', then=integer(1, 5) * x <= 1)", r"write n = integer\(\"n\", 1, 5\)"),
    "no relation": ("bad = conjecture('b', then=x)", "then is x, a formula without a relation; expected a <= b"),
    "order of what": ("bad = order(x)", r"order takes a quantity and the scale it is a power of"),
    "two decimals": (
        "bad = conjecture('b', then=0.1 * x - 0.0025 <= x**2)",
        r"write it exactly: Rational\(1, 400\) for 0.0025, Rational\(1, 10\) for 0.1",
    ),
    "a question of a batch": (
        "q = measured('q')\ndef f(x):\n    return {'q': -x if x <= 0 else x}\nbad = conjecture('b', runs=f, then=q >= 0)",  # noqa: E501
        r"write np.where\(a < b, x, y\)",
    ),
    "a moment of a flow": (
        "bad = conjecture('b', along=gradient_flow(-(x**2), of=x), given=[x <= 1], then=x <= 2)",
        "then is true or false at one moment, whatever the flow does; write conserved",
    ),
    "two statements": (
        "bad = conjecture('b', then=[x >= y, y >= x])",
        "then is a list of 2; write a conjecture for each",
    ),
    "a unit vector in a chance": (
        "u, g = unit('u', n), gaussian('g', n)\nbad = conjecture('b', then=probability(dot(u, g) >= 0) >= 0)",
        "and u is none; write u = gaussian.* no form says it for every such one",
    ),
    "a member by another name": (
        "q = measured('q')\ndef g(v):\n    return {'q': v.grad(v)}\nbad = conjecture('b', runs=g, on=convex(), then=q >= 0)",  # noqa: E501
        "the class on= is passed to the argument f",
    ),
    "halves of whole numbers": (
        "bad = integer('k', low=Rational(5, 2), high=7)",
        "integer got the ends 5/2 and 7; expected whole numbers",
    ),
    "a range of one number": (
        "bad = real('k', low=Rational(7, 10), high=Rational(7, 10))",
        "real got a range of one number, from 7/10 to 7/10; write the number",
    ),
    "import": ("import no_such_module", "No module named 'no_such_module'"),
    "anything": ("bad = len(5)", r"TypeError: object of type 'int' has no len\(\)"),
    "argument left out": ("bad = conjecture('b')", "then= is missing, what must hold"),
    "shapes in a procedure": (
        "q = measured('q')\ndef f(v, x):\n    return {'q': norm2(v * x)}\nbad = conjecture('b', runs=f, then=q <= 1)",
        r"arrays have the batch first(.|\n)*line 7: return",
    ),
    "minimum in a procedure": (
        "q = measured('q')\ndef f(v):\n    return {'q': minimum(v)}\nbad = conjecture('b', runs=f, then=q <= 1)",
        r"x.min\(axis=-1\)(.|\n)*line 7",
    ),
    "changed in place": (
        "q = measured('q')\ndef f(v):\n    v += 1\n    return {'q': norm2(v)}\nbad = conjecture('b', runs=f, then=q >= 0)",  # noqa: E501
        r"its arguments in place(.|\n)*line 7: v \+= 1",
    ),
    "place outside the hypotheses": (
        "bad = conjecture('b', given=[y <= 1], then=x + y <= 3, near=[{x: 1, y: 5}])",
        "near= x = 1, y = 5 breaks the hypothesis y <= 1",
    ),
}


def read(folder: Path, text: str) -> tuple[list[str], list[str]]:
    """The keys of a file's claims without the file's name, and what could not be read."""
    file = folder / "mine.py"
    file.write_text(text, encoding="utf-8")
    library = load([str(file)])
    return [one.claim.key.partition("/")[2] for one in library.claims], [text for _, text in library.failures]


def test_whole_numbers_named_by_the_conjecture(tmp_path: Path) -> None:
    """A range of whole numbers may stand as a keyword of the conjecture, whose argument it then is."""
    runs = "r = measured('r')\ndef runs(x, m):\n    return {'r': m * x * x}\n"
    keys, failures = read(tmp_path, f"{HEAD}{runs}good = conjecture('Good', runs=runs, m=integer(0, 3), then=r >= 0)\n")

    assert (["good"], []) == (keys, failures)


@pytest.mark.parametrize("fault", FAULTS)
def test_others_are_read(fault: str, tmp_path: Path) -> None:
    """The claims before and after a faulty statement are there, and the fault is said with its line."""
    statement, expected = FAULTS[fault]
    keys, failures = read(tmp_path, f"{HEAD}{statement}\n{GOOD}")

    assert ["good"] == keys
    assert 1 == len(failures)
    assert "mine.py, line " in failures[0]
    assert "Traceback" not in failures[0]
    assert re.search(expected, failures[0]), failures[0]


def test_what_follows_from_a_fault_is_not_said(tmp_path: Path) -> None:
    """A statement that only misses a name of a faulty one is passed over; a fault of its own is not."""
    keys, failures = read(tmp_path, f"{HEAD}a = len(5)\nb = conjecture('b', then=a <= x)\nc = len(6)\n{GOOD}")

    assert ["good"] == keys
    assert 2 == len(failures)


@pytest.mark.parametrize(
    "text",
    [
        "twice = conjecture('Bad', then=x <= y)\ntwice = conjecture('Good', then=x**2 >= y**2)",
        "conjecture('Bad', then=x <= y)",
        "several = [conjecture('Bad', then=x <= y)]",
        "for k in (1, 2):\n    one = conjecture(f'Bad {k}', then=x <= k * y)",
    ],
    ids=["a name given twice", "no name", "in a list", "in a loop"],
)
def test_a_conjecture_without_a_name_of_its_own(text: str, tmp_path: Path) -> None:
    """What nothing at the top level stands for would not be judged, and is said to be so; its neighbours are judged."""
    keys, failures = read(tmp_path, f"{HEAD}{GOOD}{text}\n")

    assert "good" in keys
    assert 1 == len(failures)
    assert "this conjecture has no name of its own, so it is not judged" in failures[0]


def test_what_is_made_of_a_conjecture_stands_for_it(tmp_path: Path) -> None:
    """A conjecture from a function of the file, and one that is changed before it gets its name, are not missed."""
    text = """
import dataclasses

def bounded(bound):
    return conjecture(f"at most {bound}", then=x**2 <= bound + x**4, key=f"mine/b{bound}")

one = bounded(1)
two = bounded(2)
three = dataclasses.replace(conjecture("three", then=x**2 >= 2 * x - 1), title="Changed")
"""
    keys, failures = read(tmp_path, HEAD + text)

    assert [] == failures
    assert 3 == len(keys)


def test_no_python(tmp_path: Path) -> None:
    """A file that is no Python says where."""
    keys, failures = read(tmp_path, f"{HEAD}{GOOD}bad = conjecture('b', then=(x <= y\n")

    assert [] == keys
    assert "line 6" in failures[0]
    assert "SyntaxError: '(' was never closed" in failures[0]


def test_future(tmp_path: Path) -> None:
    """What a file imports from __future__ holds for all its statements."""
    lines = f"from __future__ import annotations\n{HEAD}def f(a: NoSuchName) -> None: ...\n{GOOD}"

    assert (["good"], []) == read(tmp_path, lines)


HELPED = """
from lemmata import *
from beside_me import BOUND

x = positive("x")
claim = conjecture(f"The root is concave, times {BOUND}", then=sqrt(x) <= BOUND * (1 + x) / 2)
"""


@pytest.fixture
def two_files(tmp_path: Path) -> Iterator[list[str]]:
    """Two files of claims in two folders, each with a file of the same name and another bound beside it."""
    paths = []
    for bound in (1, 2):
        folder = tmp_path / f"folder{bound}"
        folder.mkdir()
        (folder / "beside_me.py").write_text(f"BOUND = {bound}\n", encoding="utf-8")
        paths.append(folder / f"file{bound}.py")
        paths[-1].write_text(HELPED, encoding="utf-8")
    yield [str(path) for path in paths]
    sys.modules.pop("beside_me", None)


def test_each_file_imports_what_lies_beside_it(two_files: list[str]) -> None:
    """A file imports the files of its folder, from wherever lemmata is called, and never those of another folder."""
    library = load(two_files)

    assert () == tuple(library.failures)
    titles = ["The root is concave, times 1", "The root is concave, times 2"]
    assert titles == [one.claim.title for one in library.claims]
    assert not any(str(Path(file).parent) in sys.path for file in two_files)


def test_a_library_is_never_unloaded(two_files: list[str]) -> None:
    """A file that has the name of an installed library takes nothing away from those who have loaded that."""
    Path(two_files[0]).with_name("msgspec.py").write_text("raise SystemExit\n", encoding="utf-8")
    load(two_files)

    assert msgspec is sys.modules["msgspec"]
