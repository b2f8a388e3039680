"""Numbers in records: what is written is read again, and nothing else is read at all."""

from fractions import Fraction

import pytest
from flint import fmpz_poly

from lemmata.solvers.numbers.real_roots import roots_between
from lemmata.solvers.numbers.written import is_root, read_rational, read_root, written


@pytest.mark.parametrize("text", ["0", "3/7", "-12/5", "0.25", "-1.5e-3", "2e+2", "5.", "1e-05"])
def test_rationals(text: str) -> None:
    """Fractions and decimals are read as Python's own fractions read them."""
    read = read_rational(text)

    assert Fraction(text) == Fraction(int(read.p), int(read.q))


ROOTS = {
    "3/2": ([-3, 2], "1.5"),
    "2": ([6, -5, 1], "2.1"),
    "sqrt(2)": ([-2, 0, 1], "1.4142135623730951"),
    "-sqrt(2)": ([-2, 0, 1], "-1.4142135623730951"),
    "1 - sqrt(2)": ([-1, -2, 1], "-0.41421356237309503"),
    "1/2 + 1/2*sqrt(5)": ([-1, -1, 1], "1.618"),
    "6/5*sqrt(7)": ([-252, 0, 25], "3.2"),
    "root of x^3 - 2 in [1.2599210498948731, 1.2599210498948732]": ([-2, 0, 0, 1], "1.26"),
    "root of x^5 - x - 1 in [1.1673039782614186, 1.1673039782614187]": ([-1, -1, 0, 0, 0, 1], "1.17"),
}
"""What is written -> a polynomial, lowest coefficient first, and a number near its root."""


@pytest.mark.parametrize("text", ROOTS)
def test_roots_are_written_exactly(text: str) -> None:
    """As a fraction, with a square root, or as the one root between two decimals."""
    coefficients, near = ROOTS[text]

    assert text == written(coefficients, Fraction(near))


@pytest.mark.parametrize("text", [text for text in ROOTS if is_root(text)])
def test_roots_are_read_as_they_were_written(text: str) -> None:
    """The polynomial has a root at the number that is read, the same that was written."""
    coefficients, near = ROOTS[text]
    polynomial, found = read_root(text)

    assert abs(float(found) - float(near)) < 0.03
    assert 0 == polynomial % fmpz_poly(coefficients)
    assert text == written([int(one) for one in polynomial.coeffs()], found)


@pytest.mark.parametrize(
    "coefficients", [[-2, 0, 0, 1], [1, 0, -10, 0, 1], [-1] + [0] * 62 + [7], [-1, 0, 0, 10**40], [-(10**70), 0, 0, 3]]
)
def test_the_decimals_enclose_the_root(coefficients: list[int]) -> None:
    """A polynomial without multiple roots changes its sign between them, and balls find no second root there."""
    near = max((ball.real.mid() for ball, _ in fmpz_poly(coefficients).complex_roots() if ball.imag == 0), key=float)
    text = written(coefficients, Fraction(float(near)))
    low, high = (Fraction(one) for one in text.partition("[")[2].rstrip("]").split(", "))
    values = [sum(one * end**power for power, one in enumerate(coefficients)) for end in (low, high)]

    assert values[0] * values[1] < 0
    assert 1 == roots_between(fmpz_poly(coefficients), low, high)
    assert high - low <= 2 * abs(low) * Fraction(1, 10**16)


def test_roots_that_nearly_meet_are_told_apart() -> None:
    """(x^3 - 2)^2 next to a perturbation has two roots closer to each other than seventeen digits say."""
    coefficients = [4 * 10**44 - 1, 0, 0, -4 * 10**44, 0, 0, 10**44]
    texts = {
        written(coefficients, Fraction(2 ** (1 / 3)) + shift) for shift in (Fraction(-1, 10**15), Fraction(1, 10**15))
    }

    assert 2 == len(texts)


def test_a_root_that_is_not_alone_is_refused() -> None:
    """Between the decimals there must be one root, neither none nor two."""
    for ends in ("[-2, 2]", "[3, 4]", "[2, 1]"):
        with pytest.raises(ValueError, match="expected one root of the polynomial between two decimals"):
            read_root(f"root of x^2 - 2 in {ends}")


def test_records_of_old_are_read() -> None:
    """A root with a single decimal next to it is read as it was."""
    polynomial, near = read_root("root of x^2 - 2 near 1.4142135623730951")

    assert [-2, 0, 1] == [int(one) for one in polynomial.coeffs()]
    assert Fraction("1.4142135623730951") == near


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
