"""Maxima, absolute values, signs, whole parts, powers and constants, in every number system."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from lemmata.solvers.numbers import (
    PRIME,
    Bounded,
    Dual,
    NotRationalError,
    NumberSystemError,
    as_floats,
    largest,
    random_residues,
    smallest,
    to_balls,
    to_rationals,
    to_residues,
)
from lemmata.solvers.numbers.constants import REALS, fraction, real_number
from lemmata.solvers.numbers.masks import less, where
from lemmata.solvers.numbers.order import absolute, ceiling, floor, greatest, least, sign
from lemmata.solvers.numbers.powers import power
from lemmata.solvers.numbers.residues import inverse

ORDERED = {"floats": np.asarray, "bounded": Bounded.exact, "rationals": to_rationals, "balls": to_balls}


def dual(x: Any) -> Dual:
    """Dual numbers of slope one."""
    return Dual(Bounded.exact(x), Bounded.exact(np.ones(x.shape)))


@pytest.mark.parametrize("system", ORDERED)
class TestOrder:
    """What needs an order."""

    def test_no_digit_of_the_larger_is_lost(self, system: str) -> None:
        """The maximum of numbers of very different size is one of them, digit for digit; so is the minimum."""
        into = ORDERED[system]
        low, high = np.array([-1e9, -1e300, 3.0]), np.array([9.3e-10, 5e-324, 3.0])

        assert high.tolist() == as_floats(largest([into(low), into(high)])).tolist()
        assert low.tolist() == as_floats(smallest([into(low), into(high)])).tolist()
        assert 0 == np.max(np.abs(_errors(largest([into(low), into(high)]))))

    def test_largest_and_least_entry(self, system: str) -> None:
        """Along an axis of any length the extreme entries come out exactly."""
        rng = np.random.default_rng(3)
        for size in range(1, 9):
            x = rng.normal(size=(3, size))

            assert x.max(axis=1).tolist() == as_floats(greatest(ORDERED[system](x))).tolist()
            assert x.min(axis=1).tolist() == as_floats(least(ORDERED[system](x))).tolist()

    def test_parts(self, system: str) -> None:
        """Absolute value, sign and whole parts are NumPy's."""
        x = np.array([-2.5, -1.0, 0.0, 1e-300, 7.25])
        given = ORDERED[system](x)

        assert np.abs(x).tolist() == as_floats(absolute(given)).tolist()
        assert np.sign(x).tolist() == as_floats(sign(given)).tolist()
        assert np.floor(x).tolist() == as_floats(floor(given)).tolist()
        assert np.ceil(x).tolist() == as_floats(ceiling(given)).tolist()


def _errors(x: Any) -> Any:
    if isinstance(x, Bounded):
        return x.error
    return np.array([float(getattr(item, "rad", lambda: 0)()) for item in x.flat])


class TestUndecided:
    """Where error bounds leave the order open."""

    def test_maximum_covers_both(self) -> None:
        """The maximum of overlapping intervals is no wider than the wider of them."""
        found = largest([Bounded(np.array([1.0]), np.array([0.5])), Bounded(np.array([1.2]), np.array([0.1]))])

        assert 1.2 == found.value[0]
        assert 0.5 == found.error[0]

    def test_parts_cover_both(self) -> None:
        """Signs and whole parts of an interval over a jump cover both sides, in floats and in balls."""
        bounded = Bounded(np.array([2.0]), np.array([0.25]))
        ball = np.array([arb(2, 0.25)], dtype=object)

        assert floor(bounded).value[0] - floor(bounded).error[0] <= 1
        assert floor(bounded).value[0] + floor(bounded).error[0] >= 2
        assert all(floor(ball)[0].contains(arb(whole)) for whole in (1, 2))
        assert sign(bounded - 2).error[0] >= 1
        assert all(sign(ball - 2)[0].contains(arb(one)) for one in (-1, 0, 1))
        assert 0.25 >= float(absolute(ball - 2)[0].upper()) - 1e-9

    def test_what_is_no_number_has_no_sign(self) -> None:
        """A pole stays one, and is not a number between -1 and 1."""
        assert np.isnan(sign(Bounded(np.array([np.nan]), np.array([np.inf]))).value[0])
        assert sign(np.array([arb("nan")], dtype=object))[0].is_nan()

    def test_a_choice_covers_both(self) -> None:
        """A branch on an open comparison covers both branches, and a decided one takes its own."""
        x = Bounded(np.array([0.0, 1.0, -1.0]), np.array([0.1, 0.1, 0.1]))
        found = where(less(0, x), x * 0 + 5, -1.0)

        assert found.value[0] - found.error[0] <= -1 < 5 <= found.value[0] + found.error[0]
        assert 5 == found.value[1]
        assert -1 == found.value[2]
        assert 0 == found.error[2]

    def test_residues_have_no_sign(self) -> None:
        """Signs, whole parts and comparisons of residues are refused; a maximum is an arbitrary point of their line."""
        residues = random_residues((3,), np.random.default_rng(1))
        for function in (sign, floor, lambda x: less(x, 0)):
            with pytest.raises(NumberSystemError, match="have no order"):
                function(residues)

        chosen = largest([residues, residues * 0]).value

        assert 3 == len({*(chosen * inverse(residues.value) % PRIME).tolist()} - {0, 1})


class TestPowers:
    """Powers."""

    @pytest.mark.parametrize("system", ORDERED)
    @pytest.mark.parametrize("exponent", [0, 1, 2, 3, 7, -1, -2])
    def test_whole_powers_of_negative_numbers(self, system: str, exponent: int) -> None:
        """Whole powers go by multiplication, whatever the sign of the base."""
        x = np.array([-3.0, -0.5, 2.0])
        given = ORDERED[system](x)

        assert (x**exponent).tolist() == pytest.approx(as_floats(power(given, exponent)).tolist(), rel=1e-15)
        by_array = power(given, ORDERED[system](np.full(3, float(exponent))))
        assert (x**exponent).tolist() == pytest.approx(as_floats(by_array).tolist(), rel=1e-15)

    @pytest.mark.parametrize("system", ["floats", "bounded", "balls"])
    @pytest.mark.parametrize("exponent", [Fraction(1, 2), Fraction(3, 2), Fraction(1, 3), Fraction(7, 5)])
    def test_zero_to_a_positive_power_is_zero(self, system: str, exponent: Fraction) -> None:
        """0 to any positive power is exactly 0, given as a number or as an array; 0 to the 0 is 1."""
        zero = ORDERED[system](np.zeros(1))
        for taken in (exponent, ORDERED[system](np.array([float(exponent)]))):
            found = power(zero, taken)

            assert (0.0, 0.0) == (as_floats(found)[0], _errors(found)[0] if system != "floats" else 0.0)
        assert 1 == as_floats(power(zero, ORDERED[system](np.zeros(1))))[0]

    def test_mixed_exponents(self) -> None:
        """One array may hold different whole exponents, each entry its own."""
        base, exponent = np.array([-2.0, -2.0, 0.0, 3.0]), np.array([3.0, 2.0, 0.0, -1.0])
        with np.errstate(divide="ignore"):
            found = power(Bounded.exact(base), Bounded.exact(exponent))

        assert [-8.0, 4.0, 1.0] == found.value[:3].tolist()
        assert abs(found.value[3] - 1 / 3) <= found.error[3] < 1e-15

    @pytest.mark.parametrize("system", ["bounded", "balls"])
    def test_a_power_does_not_depend_on_its_neighbours(self, system: str) -> None:
        """A whole power of a negative number is right beside one that is not whole, and the same as alone."""
        base, exponent = np.array([-2.0, 2.0, -8.0]), np.array([3.0, 0.5, -1.0])
        into = ORDERED[system]
        together = power(into(base), into(exponent))

        assert [-8.0, 2**0.5, -0.125] == pytest.approx(as_floats(together).tolist(), rel=1e-15)
        for place in range(3):
            alone = power(into(base[place : place + 1]), into(exponent[place : place + 1]))
            assert as_floats(together)[place] == as_floats(alone)[0]

    def test_roots_in_rationals_are_no_rationals(self) -> None:
        """A root sends exact rationals to another system."""
        with pytest.raises(NotRationalError):
            power(to_rationals(np.array([2.0])), Fraction(1, 2))

    def test_slopes(self) -> None:
        """The slope of x^(3/2) at 0 is 0, of x^(1/3) at 8 it is 1/12, of (-2)^3 it is 12."""
        slopes = [
            power(dual(np.array([point])), exponent).tangent
            for point, exponent in ((0.0, Fraction(3, 2)), (8.0, Fraction(1, 3)), (-2.0, 3))
        ]

        assert [0, 1 / 12, 12] == pytest.approx([float(slope.value[0]) for slope in slopes], rel=1e-14)

    def test_residues(self) -> None:
        """Modulo the prime whole powers are powers, and others are refused."""
        assert to_residues(np.array([32])).value.tolist() == power(to_residues(np.array([2])), 5).value.tolist()
        assert 2 == (power(to_residues(np.array([2])), -1) * 4).value[0]
        with pytest.raises(NotRationalError):
            power(to_residues(np.array([2])), Fraction(1, 2))

    def test_enormous_exponents_are_refused(self) -> None:
        """Ten million multiplications of digits are not begun."""
        with pytest.raises(NumberSystemError, match="Take logarithms"):
            power(Bounded.exact(np.array([1.5])), 10**8)


class TestConstants:
    """Numbers made from no measured value."""

    @pytest.mark.parametrize("name", REALS)
    def test_real_numbers(self, name: str) -> None:
        """Their float error bounds and their balls contain 500 digits of Arb's."""
        found, like = real_number(Bounded.exact(np.ones(1)), (1,), name), to_balls(np.ones(1))
        with ctx.workprec(1_700):
            exact = real_number(like, (1,), name)[0]
            assert abs(exact - arb(float(found.value[0]))) <= arb(float(found.error[0]))

        assert found.error[0] <= 2.0**-52 * found.value[0]
        assert real_number(like, (1,), name)[0].contains(exact)
        with pytest.raises(NotRationalError, match=name):
            real_number(to_rationals(np.ones(1)), (1,), name)

    @pytest.mark.parametrize(
        ("above", "below"), [(22, 7), (-1, 3), (2**60 + 1, 1), (1, 10**320), (10**400, 1), (-(10**400), 3), (3, 4)]
    )
    def test_fractions(self, above: int, below: int) -> None:
        """The float error bound contains the fraction, which rationals hold exactly."""
        found = fraction(Bounded.exact(np.full(1, np.nan)), (1,), above, below)
        error = Fraction(10**500) if np.isinf(found.error[0]) else Fraction(float(found.error[0]))

        assert abs(Fraction(above, below) - Fraction(float(found.value[0]))) <= error
        assert (found.error[0] == 0) == (Fraction(above, below) == Fraction(float(found.value[0])))
        assert fmpq(above, below) == fraction(to_rationals(np.ones(1)), (1,), above, below)[0]
        assert fraction(to_balls(np.ones(1)), (1,), above, below)[0].contains(arb(fmpq(above, below)))
