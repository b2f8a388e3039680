"""Powers of numbers of one shape to exponents of another, as NumPy's own arrays have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lemmata.solvers import Bounded, to_balls, to_rationals
from lemmata.solvers.numbers.arithmetic import as_floats

BASES = [np.full((1, 1), 2.0), np.full((2, 1), 3.0), np.array([[2.0, 3.0, 0.5]])]
EXPONENTS = [np.zeros((1, 3)), np.full((2, 3), 2.0), np.array([[1.0], [2.0]]), np.array([[0.0, 1.0, -1.0]])]


@pytest.mark.parametrize("exponent", EXPONENTS, ids=str)
@pytest.mark.parametrize("base", BASES, ids=str)
@pytest.mark.parametrize("convert", [Bounded.exact, to_rationals, to_balls])
def test_shapes_are_those_of_both(convert: Callable[[Any], Any], base: Any, exponent: Any) -> None:
    """Also where all exponents are one whole number, so that the power is a product of copies of the base."""
    found = convert(base) ** convert(exponent)
    expected = base**exponent

    assert expected.shape == found.shape
    assert np.allclose(expected, as_floats(found))


@pytest.mark.parametrize("convert", [Bounded.exact, to_rationals, to_balls])
def test_a_sum_of_powers_counts_each_entry(convert: Callable[[Any], Any]) -> None:
    """At equal whole entries `2.0**x` was one number: its sum was 1 in the place of 3."""
    entries = convert(np.zeros((1, 3)))

    assert [3.0] == as_floats((2.0**entries).sum(axis=1)).tolist()
    assert [3.0] == as_floats(np.exp2(entries).sum(axis=1)).tolist()
