"""Symbolic real numbers against exact rationals: the same code at random points gives the same answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lemmata.solvers import elementwise, full, gate, select, singular_values, to_rationals
from lemmata.solvers.numbers.algebraic import flint
from lemmata.solvers.numbers.masks import less
from lemmata.solvers.numbers.symbolic import Formula, Ledger, NotPolynomialError, Symbolic, conditions_of, factored
from lemmata.solvers.numbers.symbolic.formulas import at

CODE: dict[str, Callable[[Any], Any]] = {
    "polynomial": lambda x: x[:, 0] ** 3 - 2 * x[:, 1] * x[:, 2] + 1,
    "quotient": lambda x: x[:, 0] / (x[:, 1] * x[:, 1] + 1) - x[:, 2] / (3 - x[:, 1]),
    "absolute values": lambda x: np.abs(x).sum(axis=-1) - 2 * np.abs(x[:, 0] - x[:, 1]),
    "largest and smallest": lambda x: np.max(x, axis=-1) + 2 * np.min(x, axis=-1) - np.maximum(x[:, 0], 1),
    "where": lambda x: np.where(x[:, 0] <= x[:, 1], x[:, 2], -x[:, 0]) * x[:, 1],
    "gate": lambda x: gate(x[:, 0] - x[:, 1], 0) * x[:, 2] + gate(x[:, 2], 1) - 1,
    "gate with a value of its own at zero": lambda x: gate(x[:, 0], x[:, 2]) * x[:, 1] - 1,
    "sign": lambda x: np.sign(x[:, 0]) * x[:, 1] - np.sign(x[:, 2] - 1),
    "first of the largest": lambda x: (select(x, axis=-1) * np.array([1, 2, -4])).sum(axis=-1),
    "any of each row": lambda x: (
        (np.any(x[:, None, :2] * np.array([[1], [-1]]) > 1, axis=2, keepdims=True) * x[:, None, :2])[:, 0, 1] - 1
    ),
    "sums and products of truths": lambda x: (
        ((x[:, 0] > 0) + (x[:, 1] > 0) + (x[:, 2] > 0) * (x[:, 0] > 0)) * x[:, 2] - ((x[:, 0] > 1) * (x[:, 1] > 1)) * 2
    ),
    "counted": lambda x: ((x > 0) & (x < 2)).sum(axis=-1) - 1,
    "truths compared": lambda x: np.where((x[:, 0] > 0) == (x[:, 1] > 0), x[:, 2], np.where(x[:, 0] != x[:, 1], 1, -1)),
    "truths compared with numbers": lambda x: (
        np.where((x[:, 0] > 0) < (x[:, 1] > 0), -1, 1)
        + ((x[:, 2] > 0) ^ (x[:, 1] >= 0))
        - np.where((x[:, 2] > 1) == 1, 2, 0)
    ),
    "share of truths": lambda x: 3 * np.mean(x > 0, axis=-1) - 2,
    "matrices": lambda x: (x[:, :, None] @ x[:, None, :]).sum(axis=(-2, -1)) - 4,
}


def truth(formula: Formula, ledger: Ledger, point: np.ndarray) -> bool:
    """Whether a formula without auxiliary variables is true at a point."""
    fmpq = flint().fmpq
    values = {f"x{place}": fmpq(*float(one).as_integer_ratio()) for place, one in enumerate(point)}
    assert ledger.given == len(ledger.names)
    return at(formula, values) is True


@pytest.mark.parametrize("name", CODE)
def test_conditions_agree_with_rationals(name: str) -> None:
    """Below zero, or not, of what code computes: read off the condition, and run in exact rationals at each point."""
    ledger = Ledger()
    symbols = Symbolic.variables("x", (1, 3), ledger)
    (formula,) = conditions_of(CODE[name](symbols) < 0)
    simpler = factored(formula)
    points = np.random.default_rng(0).integers(-4, 5, size=(200, 3)) / 2
    points = points[points[:, 1] != 3]

    exact = [bool(less(CODE[name](to_rationals(point[None])), 0)[0]) for point in points]

    assert {True, False} == set(exact)
    assert exact == [truth(formula, ledger, point) for point in points]
    assert exact == [truth(simpler, ledger, point) for point in points]


def test_roots_are_variables_with_their_equation() -> None:
    """A square root is a new number that is not negative, with its square, and its radicand is required to be none."""
    ledger = Ledger()
    x = Symbolic.variables("x", (1,), ledger)

    elementwise(x + 1, "sqrt")

    assert ["x", "root 1"] == ledger.names
    assert 1 == len(ledger.definitions) == len(ledger.required)


def test_roots_of_squares_are_absolute_values() -> None:
    """No new number is needed for the root of a square."""
    ledger = Ledger()
    x = Symbolic.variables("x", (1, 1), ledger)

    (formula,) = conditions_of(np.linalg.norm(x * 3, axis=-1) - np.abs(x[:, 0]) * 3 < 0)

    assert formula is False
    assert ["x[0]"] == ledger.names


def test_squares_leave_a_root_together() -> None:
    """The root of a product of squares distinguishes two cases, not two for every factor."""
    ledger = Ledger()
    x = Symbolic.variables("x", (1, 4), ledger)
    whole = np.prod(x, axis=1)

    root = np.sqrt(whole * whole)

    assert 2 == len(root.value[0].branches)
    assert [False] == conditions_of((root < np.abs(whole)) | (root > np.abs(whole)))


def test_powers_with_constant_exponents_are_roots() -> None:
    """An exponent that is measured, but the same fraction whatever the numbers are, needs no logarithm."""
    ledger = Ledger()
    x = Symbolic.variables("x", (1,), ledger)

    found = np.power(x, full(x, 2) / 3)

    assert ["x", "root 1"] == ledger.names
    assert [False] == conditions_of(found - np.power(x, full(x, 1) / 3) ** 2 < 0)


def test_equal_roots_are_one() -> None:
    """The same radicand gives the same number."""
    ledger = Ledger()
    x = Symbolic.variables("x", (1,), ledger)
    root = np.sqrt(x * x + 1)

    assert [False] == conditions_of(root - np.sqrt(1 + x * x) < 0)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (np.exp, "exp enters"),
        (np.floor, "whole part"),
        (lambda x: x if x > 0 else -x, "branches"),
        (lambda x: full(x, 1) * float("nan"), "not finite"),
        (lambda x: singular_values(x[None] * np.ones((3, 3))), "above 2 x 2"),
        (lambda x: np.power(x, x), "exponent"),
        (lambda x: np.all([x > 0, x < 1], axis=0), "join them with &"),
    ],
)
def test_what_polynomials_cannot_say_is_refused(code: Callable[[Any], Any], said: str) -> None:
    """Everything else is refused in a sentence."""
    with pytest.raises(NotPolynomialError, match=said):
        code(Symbolic.variables("x", (1,), Ledger()))


def test_growth_is_refused() -> None:
    """Polynomials that grow without end are given up."""
    x = Symbolic.variables("x", (1, 6), Ledger())

    with pytest.raises(NotPolynomialError, match="terms"):
        (x.sum(axis=-1) + 1) ** 40


def test_high_powers_are_refused() -> None:
    """A polynomial of a million factors is not factored: no solver would look at it."""
    x = Symbolic.variables("x", (1,), Ledger())

    assert 1 == len(conditions_of(x**400 - 1 < 0))
    with pytest.raises(NotPolynomialError, match="beyond the power 500"):
        x**1_000_000
