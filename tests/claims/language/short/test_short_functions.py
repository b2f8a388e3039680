"""Functions of a user's: by whatever way they are given, and what is said of those that are not taken."""

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lemmata import (
    Rational,
    conjecture,
    decreases,
    dimension,
    entrywise,
    gradient_descent,
    integer,
    judge,
    least,
    log,
    measured,
    norm2,
    real,
    sin,
    sqrt,
    sup,
    total,
    vector,
)
from lemmata.claims import ClaimError, load

x, steps, out = real("x"), integer("steps", 1, 4), measured("out")
start = vector("x0", dimension("n", upto=3))


def shrunk(x: Any, steps: int, factor: int = 2) -> dict[str, Any]:
    """A number divided so often."""
    for _ in range(steps):
        x = x / factor
    return {"out": x}


class Shrunk:
    """The same, as an object."""

    def __call__(self, x: Any, steps: int) -> dict[str, Any]:
        """A number divided so often by two."""
        return shrunk(x, steps)


def gathered(x: Any, **options: int) -> dict[str, Any]:
    """The same, with options."""
    return shrunk(x, options["steps"])


def halved(x0: Any) -> dict[str, Any]:
    """A vector halved, under a name of its own."""
    return {"out": (x0 / 2).sum(axis=1)}


@pytest.mark.parametrize("runs", [partial(shrunk, factor=3), Shrunk().__call__, lambda x, steps: shrunk(x, steps, 4)])
def test_functions_of_which_some_arguments_are_given(runs: Callable[..., Any]) -> None:
    """A partial function, a method and a lambda are functions like others."""
    found = judge(conjecture("Shrunk", key="t/shrunk", runs=runs, then=out**2 <= x**2 / 4))

    assert "proved" == found.verdict


@pytest.mark.parametrize(
    ("runs", "sentence"),
    [
        (Shrunk(), "which is no function; give its __call__"),
        (gathered, r"gathers its arguments in \*\*options: int; name the quantities"),
    ],
)
def test_what_is_no_function_of_quantities(runs: Callable[..., Any], sentence: str) -> None:
    """An object, and a function that does not name what it takes, are refused with what to do."""
    with pytest.raises(ClaimError, match=sentence):
        conjecture("Shrunk", key="t/shrunk", runs=runs, then=out**2 <= x**2 / 4)


def test_an_argument_is_a_quantity_by_its_own_name() -> None:
    """`start` stands for x0, which a function may take by that name."""
    found = judge(conjecture("Halved", key="t/halved", runs=halved, then=out**2 <= 3 * norm2(start) / 4))

    assert "proved" == found.verdict


@pytest.mark.parametrize(
    ("number", "exact"),
    [
        (math.pi, "pi"),
        (math.pi / 2, "pi/2"),
        (2 * math.pi / 3, "2*pi/3"),
        (math.sqrt(2), r"sqrt\(2\)"),
        (0.1, r"1, 10"),
    ],
)
def test_a_decimal_is_answered_with_what_it_was_rounded_from(number: float, exact: str) -> None:
    """Of pi / 2 no fraction of its digits is advised, which may lie above it."""
    with pytest.raises(ClaimError, match=rf"write it exactly: .*{exact}"):
        conjecture("Decimal", key="t/decimal", then=x + number <= x**2 + 10)


def test_all_unreadable_statements_of_one_line_are_named(tmp_path: Path) -> None:
    """What a helper could not make at several calls is several statements, though it stands on one line."""
    file = tmp_path / "mine.py"
    file.write_text(
        "from lemmata import conjecture, real\nx = real('x')\n"
        "def made(key):\n    return conjecture('c', key=key, then=2 * x <= x**2 + 1)\n"
        "one, two = made('one'), made('two')\n",
        encoding="utf-8",
    )

    found = load([str(file)]).failures

    assert 2 == len(found)
    assert ["'one'", "'two'"] == [why.split("key ")[-1].split(" ")[0] for _, why in found]


u, v = vector("u", "v", dimension("n", upto=3))
y = real("y")


def test_what_rounding_leaves_open_at_a_tie() -> None:
    """Floats next to a tie leave nothing open that is decided for all numbers."""
    claim = conjecture("Below a root", key="t/root", given=[x >= 0, y >= 0, y <= sqrt(x)], then=y**2 <= x)

    assert "proved" == judge(claim).verdict


def test_what_rounding_puts_outside() -> None:
    """Nor do floats at which a root is undefined by rounding alone, which lie outside of the circle."""
    claim = conjecture(
        "Inside the circle",
        key="t/circle",
        given=[x**2 + y**2 <= 1],
        then=sqrt(1 - x**2 - y**2) <= 1 - (x**2 + y**2) / 2,
    )

    assert "proved" == judge(claim).verdict


def test_a_radicand_that_rounding_makes_negative() -> None:
    """The variance of equal entries is zero, and rounding may make it negative."""
    n = u.shape[0]
    claim = conjecture("Deviation", key="t/deviation", then=sqrt(norm2(u) / n - (total(u) / n) ** 2) <= sup(u))

    assert "proved" == judge(claim).verdict


def test_the_largest_sizes_that_hypotheses_are_met_at() -> None:
    """Relative entropy is looked at wherever draws meet its hypotheses; the default edge is no reason to wait."""
    claim = conjecture(
        "Relative entropy",
        key="t/entropy",
        given=[least(v) > 0, least(u) > 0, total(u) >= 1, total(v) <= 1],
        then=total(entrywise(lambda a, b: a * log(a / b), u, v)) >= 0,
    )

    assert "holds" == judge(claim).verdict


k = integer("k", 1, 400)


def test_every_value_of_a_size_is_tried() -> None:
    """Near a multiple of pi a sine is small at a single size, 355."""
    w = vector("w", dimension("m", upto=400))
    size = w.shape[0]

    found = judge(conjecture("By the size", key="t/size", then=norm2(w) <= 10000 * norm2(w) * abs(sin(size))))

    assert "refuted" == found.verdict


def test_every_value_along_steps_is_tried() -> None:
    """So it is where a statement on steps holds a whole number."""
    then = decreases(x**2 * (abs(sin(k)) - Rational(1, 10000)))
    halving = gradient_descent(x**2 / 2, of=x, step=Rational(1, 2))

    found = judge(conjecture("By a step", key="t/step", steps=halving, then=then))

    assert "refuted" == found.verdict
