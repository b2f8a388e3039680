"""Each mistake of a beginner has its own sentence, with the line that it stands in."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmata import (
    Rational,
    at_most,
    conjecture,
    conserved,
    constant,
    decreases,
    dimension,
    dot,
    eigenvalues,
    equals,
    floor,
    gaussian,
    gradient_descent,
    gradient_flow,
    integer,
    load,
    matrix,
    measured,
    nonnegative,
    norm2,
    order,
    positive,
    probability,
    real,
    scale,
    symmetric,
    vector,
)
from lemmata.claims import ClaimError

u, v = real("u", "v")
n, m = dimension("n", "m")
x, y = vector("x", n), vector("y", m)
z = vector("z", n)
out, bounded = measured("out"), positive("bounded", high=1)
event = norm2(gaussian("g", n)) >= 1


def ask(**parts: Any) -> Any:
    """A conjecture of these parts."""
    return conjecture("a statement", **parts)


A, B = symmetric("A", n), matrix("B", n, 2)
C, g, w = constant("C"), gaussian("g"), gaussian("w")
STATEMENTS: dict[str, tuple[Callable[[], object], str]] = {
    "a chance of several at once": (
        lambda: probability(sp.And(g >= 0, w >= 0)),
        r"expected one relation: of several that hold at once write the largest gap, maximum\(a - b, c - d\) <= 0",
    ),
    "a chance of one of several": (
        lambda: probability(sp.Or(g >= 0, w >= 0)),
        r"of several of which one holds the smallest, minimum\(a - b, c - d\) <= 0",
    ),
    "a chance with an implied constant": (
        lambda: probability(g >= C * u),
        "the event holds the implied constant C, and without its value no draw tells",
    ),
    "a power of Python's half": (lambda: ask(then=(u**2) ** (1 / 2) <= v), r"Python's 1/2 is a decimal"),
    "an eigenvalue at a symbol": (
        lambda: eigenvalues(A)[n - 1],
        r"\[0\] is the largest, \[-1\] the smallest; got \[n - 1\]",
    ),
    "the least of a spectrum": (lambda: min(eigenvalues(A)), r"\[0\] for the largest or \[-1\] for the smallest"),
    "a chance above one": (lambda: ask(then=probability(event) <= 2 * sp.exp(-1 / (n + 1))), r"write minimum\(1, "),
    "strict": (lambda: ask(then=u < v), r"strict u < v.*write <="),
    "numbers alone": (
        lambda: ask(then=at_most(sp.Rational(22, 7), sp.pi)),
        r"no quantity is in then: numbers alone leave nothing to draw.*bool\(Rational\(22, 7\) >= pi\)",
    ),
    "strict by sympy alone": (
        lambda: ask(then=floor(u + v) <= floor(u) + floor(v) + 1),
        r"sympy has rewritten it, as it does beside floor and ceiling: write at_most\(a, b\)",
    ),
    "strict from above by sympy alone": (lambda: ask(then=sp.ceiling(u) >= 3), r"strict u > 2.*write at_least\(a, b\)"),
    "entries squared": (
        lambda: ask(then=norm2(x**2) <= norm2(x) ** 2),
        r"x\*\*2 cannot.*write entrywise\(lambda a: a\*\*2, u\)",
    ),
    "entries multiplied": (
        lambda: ask(then=norm2(x * z) <= norm2(x)),
        r"entry by entry write entrywise\(lambda a, b: a \* b, u, v\)",
    ),
    "entries squared in a loss": (lambda: gradient_flow(norm2(x * x - z), of=x), r"x\*\*2 cannot.*entrywise"),
    "an end that is no rational number": (
        lambda: real("w", low=-sp.sqrt(2)),
        r"low=-sqrt\(2\) is no rational number; leave it out and write given=\[x >= -sqrt\(2\)\]",
    ),
    "an end that is infinite": (lambda: positive("w", high=sp.oo), r"high=oo is no rational number"),
    "==": (lambda: ask(then=u == v), r"Python's False.*write equals\(a, b\)"),
    "an equation by ==": (
        lambda: ask(given=[u + v == 1], then=u <= v),
        "is Python's False: == and != compare symbols at once",
    ),
    "nothing left": (
        lambda: ask(then=equals(u - u, 0)),
        "no quantity is in then: .*If one was there, sympy has removed it",
    ),
    "always true": (lambda: ask(then=u**2 >= 0), "decided at once by sympy: it is True"),
    "a name for another array": (lambda: vector("e.chart", 2), r"the name 'e.chart'; expected a letter, then letters"),
    "a quantity that moves twice": (lambda: gradient_flow(u**2, of=(u, u)), "`of` names u twice"),
    "what does not move": (
        lambda: ask(along=gradient_flow(u**2 * v, of=u), then=conserved(v)),
        "v does not move: none of u is in it",
    ),
    "a logarithm as a name": (lambda: real("log(u)"), r"the name 'log\(u\)'; expected a letter"),
    "a drawn number returned": (
        lambda: ask(runs=lambda u: {"u": u * u, "out": u * u}, then=equals(out, u)),
        r"returns u, which is drawn.*under another one, e.g. u_after",
    ),
    "no relation": (lambda: ask(then=u + v), r"then is u \+ v, a formula without a relation; expected a <= b"),
    "order without exponent": (lambda: ask(then=order(u, scale("s"))), r"order\(...\) without a relation"),
    "several relations": (lambda: ask(then=sp.And(u <= v, v <= 1)), "write a conjecture for each"),
    "decimal": (lambda: ask(then=u <= 0.5 * v), r"decimal; write it exactly: Rational\(1, 2\)"),
    "a decimal as it was written": (lambda: ask(then=u**2 >= 0.1), r"\n0\.1 is a decimal; write"),
    "a decimal in a formula": (lambda: ask(then=at_most(0.1 * u, v)), r"^0\.1\*u holds a decimal"),
    "a decimal as text": (
        lambda: gradient_descent(u**2, of=u, step="0.1"),
        r"the text '0\.1' stands for a number; write it exactly, and not as text: Rational\(1, 10\)",
    ),
    "a hypothesis as text": (
        lambda: ask(given="u >= 0", then=u <= v),
        "the text 'u >= 0'; a hypothesis is a relation of declared quantities and not text",
    ),
    "a hypothesis among others as text": (lambda: ask(given=[u <= 1, "u >= 0"], then=u <= v), "the text 'u >= 0'"),
    "a conclusion as text": (lambda: ask(then="u >= 0"), "then is the text 'u >= 0'; a statement is a relation"),
    "the columns of a product": (
        lambda: ask(then=norm2(A @ vector("q", 5)) <= 1),
        r"got A \(n, n\) and q \(5, 1\); expected as many columns of each matrix as the next one has rows$",
    ),
    "a matrix turned round": (lambda: ask(then=norm2(B @ x) <= 1), r"B \(n, 2\) and x \(n, 1\).* B\.T @ x fits"),
    "two vectors multiplied": (lambda: ask(then=norm2(x @ x) <= 1), r"inner product dot\(u, v\)"),
    "terms of two shapes": (
        lambda: ask(then=norm2(x + vector("q", 5)) <= 1),
        r"got q \(5, 1\) and x \(n, 1\); expected matrices with the same numbers",
    ),
    "a trace of what is not square": (lambda: ask(then=sp.Trace(B) <= 1), r"got B \(n, 2\); expected as many rows"),
    "a loss of other quantities": (
        lambda: gradient_flow(norm2(x), of=(y,)).gradients,
        "does not depend on y; `of` names what moves, some of x$",
    ),
    "a loss of some of the quantities": (
        lambda: gradient_flow(norm2(x), of=(x, y)).gradients,
        "does not depend on y; leave it out of `of`",
    ),
    "decimal end": (lambda: positive("w", high=1.4), r"1\.4.* write it exactly: Rational\(7, 5\)"),
    "decimal in given": (lambda: ask(given=[u <= 0.5], then=u <= v), "decimal"),
    "unknown symbol": (lambda: ask(then=u <= sp.Symbol("w")), r'w is no declared quantity; write w = real\("w"\)'),
    "other assumptions": (
        lambda: ask(then=u * v <= sp.Symbol("u") ** 2),
        "u is declared, but the formula holds another",
    ),
    "declared twice": (lambda: ask(then=u <= positive("u")), "u is declared twice, as real.* and as real from 0"),
    "equation in given": (lambda: ask(given=[equals(u, v)], then=u <= 1), "which random draws never meet"),
    "never met": (lambda: ask(given=[positive("p") <= -1], then=u <= 1), "never met"),
    "given is no relation": (lambda: ask(given=[u], then=u <= v), "given holds u, a Declared; expected relations"),
    "no time": (lambda: ask(then=decreases(u)), "decreases or increases speaks of time: give along="),
    "no scale": (lambda: ask(then=order(abs(u), abs(v)) == 1), "order needs a scale"),
    "measured in given": (
        lambda: ask(runs=lambda u: {"out": u}, given=[out <= 1], then=out <= 1),
        "out is measured, and given asks before anything is run",
    ),
    "spectra": (lambda: ask(then=eigenvalues(A) - eigenvalues(A) <= 1), "spectra are not added, subtracted"),
    "measured without runs": (lambda: ask(then=out <= 1), "out is measured, and needs runs="),
    "two ways to run": (
        lambda: ask(runs=changing, along=gradient_flow(u**2, of=u), then=conserved(u)),
        "exclude each other",
    ),
    "status": (lambda: ask(then=u <= v, status="thoerem"), "did you mean 'theorem'"),
    "misspelt part": (lambda: ask(then=u <= v, mutant=()), r"no part 'mutant' \(did you mean mutants\?\)"),
    "title left out": (lambda: conjecture(u <= v, then=u <= v), "begins with its statement as a sentence"),  # type: ignore[arg-type]
    "not Gaussian": (lambda: ask(then=probability(norm2(x) >= 1) >= sp.Rational(1, 2)), "over Gaussian quantities"),
    "no range": (
        lambda: ask(then=probability(event) >= positive("p")),
        "needs a closed range",
    ),
    "probability above one": (lambda: ask(then=probability(event) >= 2), "a probability lies in"),
    "nothing to vary": (
        lambda: ask(then=real("t", low=0, high=1) <= constant("C")),
        r'no false variant follows from this statement.*mutants=\[variant\("larger"',
    ),
    "constant of everything": (lambda: ask(then=n <= constant("C", may_depend_on="n") * n), "claims nothing"),
    "near a stranger": (
        lambda: ask(then=u <= v, near=[{y: 1}]).given.edges[-1].adjust({}, {"u": np.zeros(1)}),
        "near= names y",
    ),
}


@pytest.mark.parametrize("mistake", STATEMENTS)
def test_statements(mistake: str) -> None:
    """What is wrong with a statement is said in a sentence of its own."""
    make, sentence = STATEMENTS[mistake]

    with pytest.raises(ClaimError, match=sentence):
        make()


DECLARATIONS: dict[str, tuple[Callable[[], object], str]] = {
    "no name": (real, "real got no name"),
    "a number for a name": (lambda: real(3), "real got 3 where names are expected"),  # type: ignore[arg-type]
    "a range for a name": (lambda: real("t", 0.5, 4), r'names are expected, e.g. real\("x", low=0, high=1\)'),  # type: ignore[arg-type]
    "a size for a name": (lambda: dimension("n", 5), r'names are expected, e.g. dimension\("x", upto=5\)'),  # type: ignore[arg-type]
    "a size by name": (lambda: vector("x", "n"), r"vector got the size 'n'.*n = dimension\(\"n\"\)"),
    "empty range": (lambda: real("u", low=2, high=1), "range from 2 to 1 is empty"),
    "no range": (lambda: integer("n"), r'integer\("n", 1, 10\)'),
    "one name twice": (lambda: nonnegative("a", "a"), "the name 'a' twice"),
    "shapes": (lambda: dot(x, y), r"dot got x \(n, 1\) and y \(m, 1\); expected one shape"),
}


@pytest.mark.parametrize("mistake", DECLARATIONS)
def test_declarations(mistake: str) -> None:
    """What is wrong with a declaration is said at once."""
    make, sentence = DECLARATIONS[mistake]

    with pytest.raises(ClaimError, match=sentence):
        make()


def changing(u: Any) -> Any:
    """Changes its argument."""
    u.value[...] = 1.0
    return {"out": u}


def returning_floats(u: Any) -> Any:
    """Leaves the number system."""
    return {"out": np.asarray(u.value if hasattr(u, "value") else [0.0] * 3)}


PROCEDURES: dict[str, tuple[Callable[..., Any], str]] = {
    "random numbers": (lambda u: {"out": u * random.random()}, "two runs on the same instances differ"),  # noqa: S311
    "a generator asked for": (lambda u, rng: {"out": u * rng}, "asks for 'rng': a procedure holds no random numbers"),
    "a number of sympy's": (lambda u: {"out": Rational(9, 10) * u}, r"write 9 \* x / 10 for Rational\(9, 10\) \* x"),
    "a quantity from around": (lambda u: {"out": x * u}, "hand a declared quantity over as an argument"),
    "an unknown argument": (lambda uu: {"out": uu}, "takes 'uu', which is no declared quantity; did you mean u"),
    "in place": (changing, "changes its arguments in place"),
    "a float": (lambda u: {"out": 0.5 + (u is None)}, r"returned out as one plain float; .*out \+ 0 \* x"),
    "no dictionary": (lambda u: u, "returned Bounded; expected a dictionary"),
    "a missing name": (
        lambda u: {"outt": u},
        "then uses out, which .* does not return; it returns outt; did you mean outt",
    ),
    "a choice between plain numbers": (
        lambda u: {"out": np.where(u > 100, 1.0, 0.0)},
        r"out came back as ndarray; .* write .*np.where\(x > 0, 1.0, 0.0\) \+ 0 \* x",
    ),
    "floats": (returning_floats, "out came back as ndarray; keep the numbers that are given"),
    "a column beside a row": (lambda u: {"out": u[:, None] * u}, r"write c\[:, 0\] of the first"),
    "no batch": (lambda u: {"out": u[:1]}, "out has first axis 1; expected the batch"),
    "not summed": (lambda x: {"out": x * x}, r"out has shape \(3, \d\); expected one number an instance"),
    "a comparison": (lambda u: {"out": u if u > 0 else -u}, "numbers with error bounds are not compared|one yes or no"),
    "an operation that is not shared": (lambda u: {"out": u.argpartition(1)}, "none of the operations that all number"),
}


@pytest.mark.parametrize("mistake", PROCEDURES)
def test_procedures(mistake: str) -> None:
    """What is wrong with a procedure is found when the conjecture is built."""
    function, sentence = PROCEDURES[mistake]
    quantities = {} if mistake == "not summed" else {"u": u}

    with pytest.raises(ClaimError, match=sentence):
        conjecture(
            "a statement",
            runs=function,
            then=out <= u**2 + 1,
            **({"x": x} | quantities if "x" in function.__code__.co_varnames else quantities),
        )


def test_the_line_is_told(tmp_path: Path) -> None:
    """A bad conjecture is told with its line and hides none of its file's others."""
    path = tmp_path / "mine.py"
    path.write_text(
        "from lemmata import conjecture, real\n"
        "u, v = real('u', 'v')\n"
        "first = conjecture('first', then=u < v)\n"
        "second = conjecture('second', then=2*u*v <= u**2 + v**2)\n"
        "third = conjecture('third', then=u == v)\n",
        encoding="utf-8",
    )
    library = load([str(path)])

    assert ["mine/second"] == [located.claim.key for located in library.claims]
    assert [f"{path}, line 3", f"{path}, line 5"] == [source for source, _ in library.failures]
    assert (
        "mine.py, line 3: first = conjecture('first', then=u < v)\nthen is the strict u < v" in library.failures[0][1]
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("then = u <= max(u, v)", "write maximum and minimum for max, min"),
        ("w = real('w', low=1, high=0)", "the range from 1 to 0 is empty"),
        ("from lemmata import *; w = sqrt(-1 - u**2) <= 0", "the root (or the logarithm) of what is below zero"),
        (
            "from lemmata import *; w = gradient_flow(lambda u: u**2, of=u)",
            "a function stands where a formula is expected",
        ),
        ("import numpy as np; w = np.exp(u)", "a function of NumPy does not run on symbols"),
        ("import math; w = math.sqrt(u)", "math takes floats, and no symbols"),
        ("w = range(u)", "asked for a number where a symbol stands"),
        ("w = norm(u)", "name 'norm' is not defined; from lemmata import norm"),
        (
            "from lemmata import *; w = norm(vector('a', 3) + matrix('B', 3, 2))",
            "got a (3, 1) and B (3, 2); ",
        ),
        (
            "from lemmata import *; w = matrix('B', 3, 2) @ vector('a', 3)",
            "got B (3, 2) and a (3, 1); ",
        ),
        ("w = u**2 <= u**2 + float('nan')", "a side of the relation is NaN, which is no number"),
        ("w = conjecture('t', u <= v)", "a conjecture takes all but its title by name: conjecture("),
        ("w = conjecture('t', 'x', then=u <= v)", "a conjecture takes all but its title by name: conjecture("),
        ("w = conjecture('t')", "then= is missing, what must hold; a conjecture takes all but"),
        ("w = conjecture(then=u <= v)", "the title is missing, the statement in words; a conjecture takes all but"),
        ("from lemmata import *; w = equals(probability(gaussian('g', 2)[0] <= 1), 1)", "stands alone on the left"),
        (
            "from lemmata import *; g = gaussian('g'); w = probability(g <= 1) <= 2 * probability(g <= 0)",
            "stands alone",
        ),
        ("from lemmata import *; w = gradient_descent(u**2, of=u)", "gradient_descent needs 'step', by name; help("),
    ],
)
def test_a_mistake_outside_of_conjectures(tmp_path: Path, line: str, sentence: str) -> None:
    """A line that fails while the file is read is shown with what to write, and no traceback."""
    path = tmp_path / "mine.py"
    path.write_text(f"from lemmata import conjecture, real\nu, v = real('u', 'v')\n{line}\n", encoding="utf-8")
    ((source, text),) = load([str(path)]).failures

    assert f"{path}, line 3" == source
    assert text.startswith(f"mine.py, line 3: {line}\n")
    assert sentence in text


def test_one_claim_of_a_file(tmp_path: Path) -> None:
    """``file.py::name`` selects a claim by its variable or the end of its key, and an unknown name is answered."""
    path = tmp_path / "mine.py"
    path.write_text(
        "from lemmata import conjecture, real\n"
        "u, v = real('u', 'v')\n"
        "one_way = conjecture('one', then=2*u*v <= u**2 + v**2)\n"
        "other = conjecture('other', then=-2*u*v <= u**2 + v**2)\n",
        encoding="utf-8",
    )

    assert ["mine/one-way"] == [located.claim.key for located in load([f"{path}::one_way"]).claims]
    assert ["mine/other"] == [located.claim.key for located in load([f"{path}::other"]).claims]
    assert "has no claim 'othr'; it has other" in load([f"{path}::othr"]).failures[0][1]


@pytest.mark.parametrize(("name", "hint"), [("arcsinh", "did you mean asinh"), ("qqqqqq", "dir(lemmata) lists")])
def test_a_name_that_is_not_exported(name: str, hint: str, tmp_path: Path) -> None:
    """A file that imports what the package has not is answered with its line and a name near it."""
    file = tmp_path / "mine.py"
    file.write_text(f"from lemmata import {name}\n", encoding="utf-8")

    ((_, error),) = load([str(file)]).failures

    assert f"line 1: from lemmata import {name}\nlemmata has no {name}; " in error
    assert hint in error


def test_what_cannot_be_read_is_told_in_the_order_of_the_lines(tmp_path: Path) -> None:
    """Faults of statements, of conjectures and conjectures without a name come as they stand in the file."""
    file = tmp_path / "mine.py"
    lines = [
        "from lemmata import conjecture, real",
        "u, v = real('u', 'v')",
        "conjecture('no name', then=u**2 >= 2 * u - 1)",
        "strict = conjecture('strict', then=u < v)",
        "w = norm(u)",
        "text = conjecture('text', then='u <= v')",
    ]
    file.write_text("\n".join(lines), encoding="utf-8")

    assert [f"{file}, line {line}" for line in (3, 4, 5, 6)] == [source for source, _ in load([str(file)]).failures]
