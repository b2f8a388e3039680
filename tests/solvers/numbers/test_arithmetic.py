from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from flint import arb, ctx, fmpq

from lemmata.solvers import (
    Bounded,
    Dual,
    NotFiniteError,
    NotRationalError,
    NumberSystemError,
    ShapeError,
    as_floats,
    concatenate,
    convert,
    elementwise,
    gate,
    midpoint_value,
    stack,
    to_balls,
    to_rationals,
    transpose,
    widen,
    zeros,
)
from lemmata.solvers.numbers import PRIME, Degrees, Residues, random_prime, random_residues, to_residues
from lemmata.solvers.numbers.arithmetic import ELEMENTARY, select
from lemmata.solvers.numbers.constants import fraction

OPERATIONS = {
    "sum": lambda a, b: a + b,
    "difference": lambda a, b: a - b,
    "product": lambda a, b: a * b,
    "quotient": lambda a, b: a / b,
    "matrix product": lambda a, b: a @ transpose(b),
    "polynomial": lambda a, b: ((a @ transpose(b)) @ a - 3 * b + 1 - a / 4).sum(axis=2, keepdims=True),
    "constant minus": lambda a, b: (2 - a) * b[:, 0:1] + 1 / b,
    "folded": lambda a, b: (a * b).reshape(2, 12).sum(axis=1) - b[:, 0, [0, 1, -1]].sum(axis=1),
}


def holds_exactly(exact: Any, bounded: Any) -> bool:
    """Whether each exact rational lies in value +- error."""
    return bool((np.abs(exact - to_rationals(bounded.value)) <= to_rationals(bounded.error)).all())


def drawn(rng: np.random.Generator, shape: Any = (2, 3, 4)) -> Any:
    """Bounded numbers with bars of mixed size, and exact numbers inside the bars."""
    value = rng.standard_normal(shape) * 10.0 ** rng.integers(-3, 4, shape)
    error = np.abs(value) * rng.choice([0, 1e-16, 1e-6], shape)
    inside = to_rationals(value) + to_rationals(error) * to_rationals(rng.uniform(-1, 1, shape))
    return inside, Bounded(value, error)


class TestBounded:
    """Running error bounds."""

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_contains_the_exact_result(self, name: str) -> None:
        """Every operation on bars contains the exact result of numbers inside the bars."""
        rng = np.random.default_rng(1)
        for _ in range(50):
            (a, bar_a), (b, bar_b) = drawn(rng), drawn(rng)
            exact = OPERATIONS[name](a, b)

            assert holds_exactly(exact, OPERATIONS[name](bar_a, bar_b))

    @pytest.mark.parametrize("name", ["sum", "product", "quotient", "matrix product"])
    def test_constants_on_either_side(self, name: str) -> None:
        """An ndarray beside a bar is an exact constant, on the left and on the right."""
        rng = np.random.default_rng(2)
        for _ in range(50):
            a, bar = drawn(rng)
            constant = rng.standard_normal((2, 3, 4))
            exact = to_rationals(constant)

            assert holds_exactly(OPERATIONS[name](a, exact), OPERATIONS[name](bar, constant))
            assert holds_exactly(OPERATIONS[name](exact, a), OPERATIONS[name](constant, bar))

    def test_contains_results_that_underflow(self) -> None:
        """Products below the smallest float keep a positive error; exact zeros keep a zero one."""
        tiny = Bounded.exact(np.array([[[1e-200, 0.0]]]))
        exact = to_rationals(tiny.value)

        assert holds_exactly(exact * exact, tiny * tiny)
        assert holds_exactly(exact @ transpose(exact), tiny @ transpose(tiny))
        assert (tiny * tiny).error[0, 0, 1] == 0.0
        assert (tiny * tiny).error[0, 0, 0] > 0.0

    def test_sums_of_exact_numbers_round(self) -> None:
        """Adding exact numbers rounds, and the bar of the sum knows it."""
        rng = np.random.default_rng(8)
        x = rng.standard_normal((50, 100))

        assert holds_exactly(to_rationals(x).sum(axis=1), Bounded.exact(x).sum(axis=1))

    def test_division_by_a_bar_over_zero(self) -> None:
        """A divisor that may be zero gives an infinite error, never a number that looks known."""
        quotient = Bounded.exact(np.ones(2)) / Bounded(np.array([0.5, 0.0]), np.array([0.6, 0.0]))

        assert np.isinf(quotient.error).all()

    def test_error_is_useful(self) -> None:
        """The bar of a product of 6 x 6 matrices is within 100 ulp of its scale."""
        rng = np.random.default_rng(3)
        a, b = rng.standard_normal((2, 100, 6, 6))
        product = Bounded.exact(a) @ Bounded.exact(b)

        assert (product.error <= 100 * 2.0**-53 * (np.abs(a) @ np.abs(b))).all()

    @pytest.mark.parametrize("name", ELEMENTARY)
    def test_elementary_functions(self, name: str) -> None:
        """Balls at 300 bits of points inside the bar lie in the bar of the function value."""
        rng = np.random.default_rng(4)
        x = np.concatenate([rng.uniform(-40, 40, 400), rng.standard_normal(400), [0.0, 1e-300, -1e-17, 700.0]])
        if name in ("log", "log1p", "sqrt"):
            x = np.abs(x) + 1e-12
        error = np.abs(x) * rng.choice([0, 1e-15, 1e-3], x.shape)
        got = elementwise(Bounded(x, error), name)
        with ctx.workprec(300):
            for side in (-1, 0, 1):
                inside = to_balls(x) + to_balls(error) * side
                distance = np.abs(elementwise(inside, name) - to_balls(got.value))

                assert (distance <= to_balls(got.error)).all()

    def test_exact_zeros_stay_exact(self) -> None:
        """Odd functions and products of exact zeros stay exactly zero, so kinks stay decidable."""
        zero = Bounded.exact(np.zeros((1, 1, 2)))

        for result in (elementwise(zero, "tanh"), zero * zero, zero + zero, zero @ transpose(zero)):
            assert (np.abs(result.value).max(), result.error.max()) == (0.0, 0.0)

    def test_log_outside_its_domain(self) -> None:
        """A bar that leaves the domain of log has an infinite error."""
        assert np.isinf(elementwise(Bounded(np.array([1.0]), np.array([2.0])), "log").error).all()

    @pytest.mark.parametrize("name", ["log", "exp", "tanh", "sqrt", "expm1"])
    def test_a_bar_of_nan_is_never_small(self, name: str) -> None:
        """What inf * 0 left behind in a bar does not turn into certainty."""
        found = elementwise(Bounded(np.array([1.0]), np.array([np.nan])), name)

        assert not found.error[0] < 1

    def test_a_bar_of_nan_decides_no_gate(self) -> None:
        """Nor does it decide a gate, or which entry is the largest."""
        lost = Bounded(np.array([[1.0, -1.0]]), np.array([[np.nan, np.nan]]))

        assert np.all(gate(lost).error >= 0.5)
        assert np.all(select(lost, 1).error >= 0.5)

    def test_shapes_must_agree(self) -> None:
        """Value and error have one shape."""
        with pytest.raises(ShapeError, match=r"value \(2,\) and error \(3,\)"):
            Bounded(np.zeros(2), np.zeros(3))

    def test_object_arrays_are_refused(self) -> None:
        """Bars and rationals do not mix silently."""
        with pytest.raises(NumberSystemError, match="Convert one side"):
            Bounded.exact(np.ones(1)) + to_rationals(np.ones(1))
        with pytest.raises(NumberSystemError, match="may not hold exactly"):
            Bounded.exact(to_rationals(np.ones(1)))
        with pytest.raises(NumberSystemError, match="may not hold exactly"):
            Bounded.exact(np.array([2**53 + 1]))

    def test_midpoint_and_widen(self) -> None:
        """`midpoint_value` drops the bar, `widen` adds to it, floats do not notice."""
        bar = Bounded(np.ones(2), np.full(2, 0.5))

        assert midpoint_value(bar).error.max() == 0.0
        assert 0.75 <= widen(bar, np.array([0.25, 1.0])).error[0] < 0.7501
        np.testing.assert_array_equal(np.ones(2), widen(np.ones(2), np.ones(2)))
        assert widen(to_balls(np.ones(1)), np.array([0.5]))[0].contains(arb(1.5))


class TestResidues:
    """Integers modulo a prime."""

    def test_operations_are_those_of_rationals(self) -> None:
        """Every operation commutes with reduction modulo the prime."""
        rng = np.random.default_rng(5)
        for name, operation in OPERATIONS.items():
            a, b = (rng.integers(1, 50, (2, 3, 4)) / 8 for _ in range(2))
            expected = to_residues(operation(to_rationals(a), to_rationals(b)))

            assert np.array_equal(expected.value, operation(to_residues(a), to_residues(b)).value), name

    def test_long_products_do_not_overflow(self) -> None:
        """A matrix product of inner dimension 5000 is reduced in chunks."""
        value = np.full((1, 1, 5000), PRIME - 1)
        product = Residues(value) @ transpose(Residues(value))

        assert product.value.item() == 5000

    def test_gates_are_arbitrary_elements(self) -> None:
        """Gates are uniform over the field, from the generator, and need one."""
        gates = gate(random_residues((10000,), np.random.default_rng(6))).value

        # Six standard deviations of a mean of 1/2, each 1/sqrt(12 n): the seed is fixed.
        assert abs(gates.mean() / PRIME - 0.5) < 6 / np.sqrt(12 * 10000)
        assert not np.isin(gates, [0, 1]).any()
        with pytest.raises(NumberSystemError, match="no generator is attached"):
            gate(Residues(np.ones(1, dtype=np.int64)))

    def test_floats_and_zero_divisors_are_refused(self) -> None:
        """A float array does not slip in, and dividing by zero raises."""
        with pytest.raises(NumberSystemError, match="expected integers"):
            Residues(np.ones(1, dtype=np.int64)) * np.ones(1)
        with pytest.raises(ZeroDivisionError, match="draw another"):
            1 / Residues(np.zeros(1, dtype=np.int64))
        with pytest.raises(NumberSystemError, match="modulo 11 met residues modulo 7"):
            Residues(np.ones(1, dtype=np.int64), prime=11) * Residues(np.ones(1, dtype=np.int64), prime=7)
        with pytest.raises(ZeroDivisionError, match="the denominator 14 is 0 modulo the prime 7"):
            to_residues(np.array([Fraction(1, 14)], dtype=object), prime=7)

    def test_other_primes(self) -> None:
        """Every operation keeps the prime of its operands: 3 * 5 - 1/2 is 29/2 modulo 11."""
        three, five = (Residues(np.array([value]), prime=11) for value in (3, 5))
        found = three * five - fraction(three, (1,), 1, 2)

        assert (29 * pow(2, -1, 11) % 11, 11) == (int(found.value[0]), found.prime)
        assert 11 == to_residues(np.array([0.5]), prime=11).reshape(1, 1)[0].prime

    def test_random_primes(self) -> None:
        """Random primes have 26 binary digits, have no divisor, and seldom come twice."""
        drawn = [random_prime(np.random.default_rng(seed)) for seed in range(40)]

        assert all(2**25 < one < 2**26 and sp.isprime(one) for one in drawn)
        assert len({*drawn}) > 38


class TestDual:
    """Forward mode."""

    @pytest.mark.parametrize("name", ELEMENTARY)
    def test_derivatives(self, name: str) -> None:
        """The tangent of an elementary function is its derivative, by central differences of balls."""
        x = np.array([0.3, 0.7, 1.9])
        with ctx.workprec(300):
            step = to_balls(np.full(3, 2.0**-60))
            ahead, back = (elementwise(to_balls(x) + sign * step, name) for sign in (1, -1))
            expected = as_floats((ahead - back) / (2 * step))
        got = elementwise(Dual(x, np.ones(3)), name).tangent

        np.testing.assert_allclose(got, expected, rtol=1e-13)

    @pytest.mark.parametrize("name", OPERATIONS)
    def test_operations_over_rationals(self, name: str) -> None:
        """The tangent of each operation is the limit of symmetric differences, taken at 2^-80."""
        rng = np.random.default_rng(7)
        a, b, da, db = (to_rationals(rng.integers(1, 9, (2, 3, 4)) / 4) for _ in range(4))
        tangent = OPERATIONS[name](Dual(a, da), Dual(b, db)).tangent
        step = fmpq(1, 2**80)
        difference = OPERATIONS[name](a + step * da, b + step * db) - OPERATIONS[name](a - step * da, b - step * db)

        np.testing.assert_allclose(as_floats(tangent), as_floats(difference / (2 * step)), rtol=1e-14)

    def test_constants_over_bounded(self) -> None:
        """Duals over bars take bars and ndarrays as constants on either side."""
        bar = Bounded.exact(np.array([2.0]))
        dual = Dual(bar, bar)

        assert 4.0 == (bar * dual).tangent.value.item() == (np.array([2.0]) * dual).tangent.value.item()
        assert (1 / dual).tangent.value.item() == -0.5
        assert (bar - dual).tangent.value.item() == -2.0


class TestDegrees:
    """Degree bounds."""

    def test_rules(self) -> None:
        """Sums take the larger degree, products add, constants count nothing."""
        x = Degrees.variables((1, 2, 2))
        y = x @ x

        assert y.value.max() == 2
        assert (x * y + y - 1).value.max() == 3
        assert (np.ones((1, 2, 2)) @ x).value.max() == 1
        assert (x / 2).value.max() == 1
        assert (y.sum(axis=1) + gate(x).sum(axis=1)).value.max() == 2

    def test_division_by_a_polynomial(self) -> None:
        """A quotient is no polynomial."""
        with pytest.raises(NumberSystemError, match="division by a polynomial of degree 1"):
            1 / Degrees.variables((1,))


class TestConversions:
    """Between number systems."""

    def test_floats_become_exact_rationals(self) -> None:
        """0.1 becomes the float's own value m/2^55, also in a fraction and in an integer array."""
        assert fmpq(3602879701896397, 2**55) == to_rationals(np.array([0.1]))[0]
        assert fmpq(1, 3) == to_rationals(np.array([Fraction(1, 3)], dtype=object))[0]
        assert fmpq(7) == to_rationals(np.array([7]))[0]

    @pytest.mark.parametrize("converter", [to_rationals, to_balls, to_residues])
    def test_not_finite_is_refused(self, converter: Any) -> None:
        """NaN and infinity have no exact value."""
        with pytest.raises(NotFiniteError, match="2 NaN or infinite entries of 3"):
            converter(np.array([1.0, np.nan, -np.inf]))

    def test_balls_are_exact(self) -> None:
        """A float is an exact ball at any precision."""
        with ctx.workprec(10):
            assert to_balls(np.array([math.pi]))[0].is_exact()

    def test_as_floats_of_large_rationals(self) -> None:
        """Rationals with huge numerators and denominators round to the nearest float."""
        huge = fmpq(3**1000, 2 * 3**1000 + 1)

        np.testing.assert_array_equal([0.5], as_floats(np.array([huge], dtype=object)))

    @pytest.mark.parametrize(
        "like",
        [
            np.zeros(1),
            to_rationals(np.zeros(1)),
            to_balls(np.zeros(1)),
            Bounded.exact(np.zeros(1)),
            to_residues(np.zeros(1)),
            Dual(np.zeros(1), np.zeros(1)),
            Degrees(np.zeros(1, dtype=np.int64)),
        ],
        ids=["float", "rational", "ball", "bounded", "residue", "dual", "degree"],
    )
    def test_constants_mix_and_join(self, like: Any) -> None:
        """A converted constant multiplies, and arrays of one system stack and concatenate."""
        product = like * convert(0.25, like)

        assert product.shape == (1,)
        assert stack([like, product], axis=1).shape == (1, 2)
        assert concatenate([product, zeros(like, (1,))]).shape == (2,)
        assert as_floats(product)[0] == 0.0


class TestGatesAndFunctions:
    """What is not an operator."""

    def test_gate_in_each_ordered_system(self) -> None:
        """1 above zero, 0 below, the caller's value at zero."""
        z = np.array([-1.0, 0.0, 2.0])
        at_zero = np.array([0.25])
        for system in (np.asarray, to_rationals, to_balls, Bounded.exact):
            np.testing.assert_array_equal([0, 0.25, 1], np.asarray(gate(system(z), at_zero), dtype=float))

    def test_selection_breaks_ties_to_the_first(self) -> None:
        """The first of equal largest entries is chosen in each ordered system."""
        x = np.array([[1.0, 3.0, 3.0]])
        for system in (np.asarray, to_rationals, to_balls, Bounded.exact):
            np.testing.assert_array_equal([[0, 1, 0]], np.asarray(select(system(x), 1), dtype=float))

    @pytest.mark.parametrize("system", [to_rationals, to_balls])
    def test_gates_and_choices_are_of_the_same_numbers(self, system: Any) -> None:
        """No plain integer is among their entries, of which a third would be a rounded float."""
        x = system(np.array([[0.0, 2.0, 1.0]]))
        kind = type(x[0, 0])

        assert {kind} == {type(one) for made in (gate(x, 0.5), gate(x), select(x, 1)) for one in (made / 3).flat}

    def test_selection_of_overlapping_bars_is_undecided(self) -> None:
        """Overlapping bars give an interval over 0 and 1 for each candidate."""
        chosen = select(Bounded(np.array([[1.0, 1.1, 0.0]]), np.full((1, 3), 0.2)), 1)

        np.testing.assert_array_equal([[0.5, 0.5, 0.0]], chosen.error)

    def test_unknown_function_and_type(self) -> None:
        """Misuse names what came."""
        with pytest.raises(ValueError, match="unknown elementary function 'gamma'"):
            elementwise(np.ones(1), "gamma")
        with pytest.raises(NumberSystemError, match="transpose got list"):
            transpose([[1]])
        with pytest.raises(NotRationalError, match="exp was asked of exact rationals"):
            elementwise(to_rationals(np.ones(1)), "exp")
