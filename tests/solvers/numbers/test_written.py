"""Numbers in records: what is written is read again, and nothing else is read at all."""

from fractions import Fraction

import numpy as np
import pytest

from lemmata.solvers.numbers.written import read_rational, read_root, written


@pytest.mark.parametrize("text", ["0", "3/7", "-12/5", "0.25", "-1.5e-3", "2e+2", "5.", "1e-05"])
def test_rationals(text: str) -> None:
    """Fractions and decimals are read as Python's own fractions read them."""
    read = read_rational(text)

    assert Fraction(text) == Fraction(int(read.p), int(read.q))


@pytest.mark.parametrize("coefficients", [[-2, 0, 1], [5, -3, 0, 1], [0, 1], [1, 2, -3, 0, -4], [-1] + [0] * 63 + [7]])
def test_roots(coefficients: list[int]) -> None:
    """A polynomial and a decimal are read as they were written."""
    polynomial, near = read_root(written(coefficients, Fraction(2**0.5)))

    assert coefficients == [int(one) for one in polynomial.coeffs()]
    assert Fraction("1.4142135623730951") == near


def test_the_words() -> None:
    """A root is written as a person would."""
    assert "root of x^2 - 2 near 1.4142135623730951" == written([-2, 0, 1], Fraction(np.float64(2**0.5)))


@pytest.mark.parametrize(
    "polynomial",
    [
        "9^9^9^9",
        "x^3000000 - 2",
        "x^65 - 2",
        "x^2^2 - 2",
        "3",
        "0*x",
        "x - x",
        "x 2",
        "2x",
        "2*",
        "x**2",
        "(x)",
        "x^2 - 2 near 1",
        "__import__('os')",
        "x^\u0662 - 2",
    ],
)
def test_other_polynomials_are_refused(polynomial: str) -> None:
    """Towers, degrees that are too high, constants and whatever is no sum of terms."""
    with pytest.raises(ValueError, match="expected a polynomial"):
        read_root(f"root of {polynomial} near 1")


@pytest.mark.parametrize("text", ["root of what", "root of x near ", "x^2 near 1", f"root of {'x + ' * 10**5}x near 1"])
def test_other_texts_are_no_roots(text: str) -> None:
    """What is not of the form, or too long."""
    with pytest.raises(ValueError, match=r"root of POLYNOMIAL|with whole coefficients"):
        read_root(text)


@pytest.mark.parametrize(
    "text",
    ["1e999999999", "1e-401", "1e9999999999", "1/0", "nan", "inf", "x", "1/2/3", "", "1_0", " 1", "9" * 100_001, "1\n"],
)
def test_other_rationals_are_refused(text: str) -> None:
    """Exponents and lengths that would take for ever, zero below, names and signs of what is no number."""
    with pytest.raises(ValueError, match="does not read as a number"):
        read_rational(text)
    with pytest.raises(ValueError, match=r"does not read as a number|root of POLYNOMIAL|whole coefficients"):
        read_root(f"root of x^2 - 2 near {text}")
