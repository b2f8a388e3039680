"""Exact square roots of rationals and algebraic numbers, and arithmetic between the fields that they bring in."""

from typing import Any

import numpy as np
import pytest

from lemmata.solvers import to_rationals
from lemmata.solvers.numbers.algebraic import flint, read_numbers
from lemmata.solvers.numbers.arithmetic import elementwise
from lemmata.solvers.numbers.errors import NotRationalError
from lemmata.solvers.numbers.square_roots import exact_square_roots, square_root

TWO, THREE, EIGHT, QUARTER = (flint().fmpq(*one) for one in ((2, 1), (3, 1), (8, 1), (9, 4)))
GOLDEN, CUBIC = (
    read_numbers([text])[0] for text in ("root of x^2 - x - 1 near 1.6180339887498949", "root of x^3 - 2 near 1.26")
)


@pytest.mark.parametrize("number", [QUARTER, TWO, flint().fmpq(5, 12), GOLDEN, GOLDEN + 1, CUBIC, CUBIC * CUBIC])
def test_a_root_squared_is_the_number(number: Any) -> None:
    """The root is exact and not negative, in the field at hand or in a larger one."""
    with exact_square_roots():
        root = square_root(number)

        assert root >= 0
        assert root * root == number


def test_what_has_a_root_in_its_own_field_stays_there() -> None:
    """The square of the golden ratio is one more than it is, and its root the ratio itself."""
    with exact_square_roots():
        root = square_root(GOLDEN + 1)

    assert root == GOLDEN
    assert root.field is GOLDEN.field


def test_roots_of_different_fields_go_together() -> None:
    """Sums and products of roots that were taken one by one are brought into one field."""
    with exact_square_roots():
        two, three, eight, six = (square_root(one) for one in (TWO, THREE, EIGHT, TWO * THREE))

        assert two * three == six
        assert eight == 2 * two
        assert (two + three) ** 2 == 5 + 2 * six
        assert square_root(5 + 2 * six) == two + three
        assert two + three > 3


def test_fields_that_are_not_joined() -> None:
    """Where the degree would grow beyond what takes a moment, balls are to go on."""
    with exact_square_roots():
        root = square_root(square_root(TWO + 1) + 1)

        with pytest.raises(NotRationalError, match="not joined"):
            root + CUBIC


def test_no_root_is_found_that_is_not_asked_for() -> None:
    """Outside, and of negative numbers, there is none."""
    assert square_root(TWO) is None
    with exact_square_roots():
        assert square_root(-TWO) is None
        assert square_root(1 - GOLDEN) is None


def test_fields_stay_small() -> None:
    """Roots of roots end where their field would be too large; that is said, and balls go on."""
    with exact_square_roots():
        found: Any = TWO
        for _ in range(5):
            found = None if found is None else square_root(found + 1)

        assert found is None


def test_arrays_of_exact_numbers_take_roots() -> None:
    """An elementary square root of exact arrays is exact where that is asked for, else refused as before."""
    numbers = to_rationals(np.array([2.0, 2.25]))

    with pytest.raises(NotRationalError):
        elementwise(numbers, "sqrt")
    with exact_square_roots():
        roots = elementwise(numbers, "sqrt")

        assert [2, QUARTER] == list(roots * roots)
        with pytest.raises(NotRationalError):
            elementwise(numbers - 4, "sqrt")
