"""What is not defined is not met, does not hold, and is said; what is guarded is defined."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy as sp
from random_statements import a, b, statement, tried

from lemmata import conjecture, real
from lemmata.checks import Effort, Verdict, judge
from lemmata.claims import AtLeast, Instances

COUNT = 60


def _drawn(generator: np.random.Generator, size: int) -> Instances:
    return {"x": generator.integers(-4, 5, size=size) / 2}


def _hypotheses(rng: np.random.Generator) -> dict[str, Any]:
    """Predicates that floats meet at x = 0 although they are not defined there."""
    c = float(rng.uniform(0.5, 3))
    return {
        "infinite": lambda i: np.abs(c / i["x"]) >= c / 2,
        "not below": lambda i: ~(np.abs(c / i["x"]) < c / 2),
        "infinity that vanishes": lambda i: 1 / (1 + np.abs(c / i["x"])) >= 0,
        "logarithm": lambda i: np.log(np.abs(i["x"])) <= c,
        "not a number": lambda i: ~(i["x"] / np.abs(i["x"]) > c),
    }


def _measure(i: Any) -> Mapping[Any, Any]:
    return {a: i["x"] * i["x"], b: i["x"] * 0}


def test_hypotheses_of_predicates() -> None:
    """60 statements false at x = 0 alone, where their hypothesis divides by zero, are not accused; seed 21."""
    rng = np.random.default_rng(21)
    for _ in range(COUNT):
        name, holds = list(_hypotheses(rng).items())[rng.integers(5)]
        then = AtLeast(left=a, right=b + sp.Rational(1, 100))
        verdict, _, sentence = tried(statement(then, _measure, _drawn, holds=holds))

        assert Verdict.HOLDS is verdict, (name, sentence)


def test_hypotheses_that_guard() -> None:
    """The same statements are refuted at x = 0 where the hypothesis guards its quotient; seed 22."""
    rng = np.random.default_rng(22)
    for _ in range(COUNT):
        name, inner = list(_hypotheses(rng).items())[rng.integers(5)]
        holds = lambda i, inner=inner: (i["x"] == 0) | inner(i)  # noqa: E731
        then = AtLeast(left=a, right=b + sp.Rational(1, 100))
        verdict, _, sentence = tried(statement(then, _measure, _drawn, holds=holds))

        assert Verdict.REFUTED is verdict, (name, sentence)


def _undefined(rng: np.random.Generator) -> Any:
    """Terms not defined where x = 0 (or x = y), that floats evaluate to a number there."""
    c = int(rng.integers(1, 9))
    x, y = real("x", "y")
    part = [x, x * y, x - y, x**2 - 2 * x * y + y**2][rng.integers(4)]
    terms: list[Callable[[Any], Any]] = [
        lambda inner: 1 / (c + 1 / inner),
        lambda inner: sp.exp(-1 / inner),
        lambda inner: c / (1 - sp.log(inner)) ** 2,
    ]
    return terms[rng.integers(3)](part**2)  # the others are not carried out: what they ask would be asked as well


def test_conclusions() -> None:
    """Of 24 conclusions whose inner infinity vanishes none passes, and none is refuted; seed 23."""
    rng = np.random.default_rng(23)
    for _ in range(24):
        term = _undefined(rng)
        found = judge(conjecture("Not negative", key="k/c", then=AtLeast(left=term, right=0)), effort=Effort.QUICK)

        assert Verdict.UNDECIDED.word == found.verdict, (term, found.sentence)
        assert found.reason in ("non-finite", "undefined"), (term, found.sentence)


def test_conclusions_that_guard() -> None:
    """The same conclusions pass where a branch keeps them from zero; seed 24."""
    rng = np.random.default_rng(24)
    x, y = real("x", "y")
    for _ in range(12):
        term = _undefined(rng)
        whole = sp.Piecewise((term, x * y * (x - y) > 0), (0, True))
        found = judge(conjecture("Not negative", key="k/c", then=AtLeast(left=whole, right=0)), effort=Effort.QUICK)

        assert found.verdict in (Verdict.HOLDS.word, Verdict.PROVED.word), (term, found.sentence)
