"""Real algebraic numbers against sympy and mpmath."""

import operator
from typing import Any

import mpmath
import pytest

from lemmata.solvers.numbers.algebraic import Algebraic, read_numbers

NUMBERS = ["root of x^2 - 2 near 1.4142135623730951", "root of x^2 - 3 near -1.7320508075688772", "3/7"]
VALUES = [mpmath.sqrt(2), -mpmath.sqrt(3), mpmath.mpf(3) / 7]


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_arithmetic_is_that_of_the_reals(operation: operator.attrgetter) -> None:
    """Sums, products and quotients of roots of different polynomials, compared in digits."""
    read = read_numbers(NUMBERS)

    for one, first in zip(read, VALUES, strict=True):
        for two, second in zip(read, VALUES, strict=True):
            found = operation(one, two)
            near = float(found) if isinstance(found, Algebraic) else int(found.p) / int(found.q)

            assert float(operation(first, second)) == pytest.approx(near, rel=1e-12, abs=1e-12)


def test_zero_is_decided() -> None:
    """The square of a root is its rational, and a sum that cancels is exactly zero."""
    two, three, _ = read_numbers(NUMBERS)
    product = two * three

    assert product * product == 6
    assert two * two - 2 == 0
    assert (two + three) * (two - three) == -1


def test_order() -> None:
    """Signs and comparisons, also where the numbers are close."""
    two, three, _ = read_numbers(NUMBERS)

    assert three < 0 < two
    assert two * 408 < 577
    assert abs(three) > two


def test_conjugates_are_told_apart() -> None:
    """Roots of one polynomial that are not each other's negative are different numbers."""
    first, second = read_numbers(
        ["root of x^2 - x - 1 near 1.6180339887498949", "root of x^2 - x - 1 near -0.6180339887498949"]
    )

    assert first + second == 1
    assert first * second == -1


@pytest.mark.parametrize(
    ("texts", "relation"),
    [
        (
            ["root of 2*x^3 - x^2 + 1 near -0.6572981", "root of x^3 - 2*x^2 + x - 4 near 2.3145962"],
            lambda a, b: b + 2 * a - 1,
        ),
        (["root of x^3 - 2 near 1.26", "root of x^2 - 3 near 1.732"], lambda a, b: a**3 * b**2 - 6),
        (["root of x^3 - 2 near 1.26", "root of x^6 - 2 near 1.12246"], lambda a, b: a - b**2),
        (["root of x^5 - x - 1 near 1.1673", "root of x^2 - 2 near -1.4142"], lambda a, b: (a**5 - a - 1) * b),
    ],
)
def test_roots_of_any_degree_in_one_field(texts: list[str], relation: Any) -> None:
    """Roots that no radicals write are brought into one field, in which their relations hold exactly."""
    one, other = read_numbers(texts)

    assert 0 == relation(one, other)
    assert one != other


def test_a_polynomial_of_many_terms_is_no_more_work() -> None:
    """The factor of a root is found in a dense polynomial of degree 64, where search by combinations never ends."""
    power = " + ".join(f"{place + 1}*x^{place}" for place in range(64, 1, -1))
    (read,) = read_numbers([f"root of {power} - 7*x - 2 near -0.2466"])

    assert 64 == read.field.minimal.degree()
    assert read < 0


def test_fields_that_are_too_large_are_refused() -> None:
    """Two roots of high degree are not brought into one field, which would take for ever; a polynomial needs a root."""
    with pytest.raises(ArithmeticError, match="not brought into one field"):
        read_numbers(["root of x^61 - 2 near 1", "root of x^59 - 3 near 1"])
    with pytest.raises(ArithmeticError, match="degrees 23 and 19 are not joined"):
        read_numbers(["root of x^23 - 2 near 1", "root of x^19 - 3 near 1"])
    with pytest.raises(ValueError, match="a real root"):
        read_numbers(["root of x^2 + 2 near 1"])


def test_numbers_of_square_roots_have_exact_words() -> None:
    """What is computed from a square root is written with one, and read again as the same number; others have none."""
    golden, cubic = (read_numbers([text])[0] for text in ("1/2 + 1/2*sqrt(5)", "root of x^3 - 2 in [1.25, 1.26]"))
    numbers = [golden, golden * golden - 1, 3 / golden - 2, golden - golden, -golden]
    words = [one.words() for one in numbers]

    assert ["1/2 + 1/2*sqrt(5)", "1/2 + 1/2*sqrt(5)", "-7/2 + 3/2*sqrt(5)", "0", "-1/2 - 1/2*sqrt(5)"] == words
    assert all(one == read_numbers([text])[0] for one, text in zip(numbers, words, strict=True))
    assert not cubic.words()
