"""Two hundred polynomial statements whose truth is known by how they are made, each decided for all real numbers."""

from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmata import at_least, conjecture, real
from lemmata.checks.proof.decide import Outcome, decide, shapes
from lemmata.claims import Claim

LETTERS = real("p", "q", "s", "t")
ROOTS = (sp.sqrt(2), sp.sqrt(3), sp.Rational(1, 3), sp.Rational(-2, 5), sp.Integer(1), sp.Integer(-2))


def polynomial(rng: np.random.Generator, letters: tuple[Any, ...], degree: int) -> Any:
    """A random polynomial with small whole coefficients, a few terms."""
    powers = rng.integers(0, 3, size=(3, len(letters)))
    terms = [
        int(rng.integers(-3, 4)) * sp.prod(one ** min(int(k), degree) for one, k in zip(letters, row, strict=True))
        for row in powers
        if row.sum() <= degree
    ]
    return sum(terms, letters[int(rng.integers(0, len(letters)))])


def true_statement(rng: np.random.Generator, letters: tuple[Any, ...]) -> Any:
    """Never negative: sums of squares, products of those, triangle inequalities, and maxima over means."""
    f, g = (polynomial(rng, letters, 2) for _ in range(2))
    return (
        f**2 + g**2,
        f**2 - f * g + g**2,
        (f - g) ** 2 * (g**2 + 1),
        sp.Abs(f) + sp.Abs(g) - sp.Abs(f + g),
        sp.Max(f, g) - (f + g) / 2,
    )[int(rng.integers(0, 5))]


def false_somewhere(rng: np.random.Generator, letters: tuple[Any, ...]) -> Any:
    """Negative around a chosen point, where a sum of squares is less than what is subtracted."""
    point = rng.integers(-3, 4, size=len(letters))
    f = polynomial(rng, letters, 2)
    there = f.subs(dict(zip(letters, map(int, point), strict=True)))
    apart = sum((one - int(value)) ** 2 for one, value in zip(letters, point, strict=True))
    return (f - there) ** 2 + apart - sp.Rational(1, int(rng.integers(2, 9)))


def false_at_points(rng: np.random.Generator, letters: tuple[Any, ...]) -> Any:
    """The sign of a sum of squares that vanishes at a few points only, less one: these alone break it."""
    values = [ROOTS[int(rng.integers(0, len(ROOTS)))] for _ in letters]
    minimal = [sp.minimal_polynomial(value, one) for one, value in zip(letters, values, strict=True)]
    return sp.sign(sum(one**2 for one in minimal)) - 1


def statement(kind: int, number: int) -> Claim:
    """One statement ``... >= 0``, by its number; of each kind those in one to four letters take turns."""
    rng = np.random.default_rng([kind, number])
    letters = LETTERS[: 1 + number % len(LETTERS)]
    made = (true_statement, false_somewhere, false_at_points)[kind](rng, letters)
    if not made.free_symbols:  # the two polynomials were one
        made = letters[0] ** 2
    return conjecture(f"Statement {number}", key=f"made/statement-{kind}-{number}", then=at_least(made, 0))


@pytest.mark.parametrize(("kind", "count", "least"), [(0, 100, 90), (1, 50, 50), (2, 50, 50)])
def test_statements_of_known_truth(kind: int, count: int, least: int) -> None:
    """No true one is refuted and no false one proved; nearly all true ones are proved, all false ones refuted."""
    wanted, never = (Outcome.TRUE, Outcome.FALSE) if kind == 0 else (Outcome.FALSE, Outcome.TRUE)
    found = {}
    for number in range(count):
        claim = statement(kind, number)
        found[number] = decide(claim, shapes(claim)[0][0], 5)

    assert [] == [number for number, one in found.items() if one.outcome is never]
    assert least <= sum(one.outcome is wanted for one in found.values()), [
        (number, one.reason) for number, one in found.items() if one.outcome is not wanted
    ]
