"""Numbers as arrays of a number system."""

from fractions import Fraction

import numpy as np
import pytest

from lemmata.solvers import Bounded, full, to_balls, to_rationals


@pytest.mark.parametrize("number", [3, 0.375, Fraction(5, 2), Fraction(1, 3)])
def test_full(number: float | Fraction) -> None:
    """The number in the shape and system of another array, exact where the system has it, whatever that array holds."""
    shape, unknown = (2, 1), np.array([[np.nan], [7.0]])
    rationals = full(to_rationals(np.ones(shape)), number)
    floats, bounded, balls = full(unknown, number), full(Bounded.exact(unknown), number), full(to_balls([1]), number)

    assert shape == floats.shape == bounded.shape == rationals.shape
    assert [float(number)] * 2 == floats[:, 0].tolist() == bounded.value[:, 0].tolist()
    assert all(Fraction(number) == Fraction(int(one.p), int(one.q)) for one in rationals.flat)
    assert all(abs(Fraction(float(number)) - Fraction(number)) <= bar for bar in bounded.error.flat)
    assert balls[0].contains(rationals[0, 0])
