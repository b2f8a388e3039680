"""Float64 results with a known error, in each number system."""

from __future__ import annotations

import numpy as np
import pytest

from lemmata.solvers import Bounded, as_floats, known_within, to_balls, to_rationals

VALUE, ERROR = np.array([1.5, -2.0]), np.array([0.25, 0.0])


def test_floats_with_error_bounds() -> None:
    """The value is kept and the error covered."""
    found = known_within(VALUE, ERROR, Bounded.exact(np.zeros(2)))

    assert VALUE.tolist() == found.value.tolist()
    assert (found.error >= ERROR).all()
    assert ERROR == pytest.approx(found.error)


def test_balls() -> None:
    """The ball holds both ends of the interval."""
    found = known_within(VALUE, ERROR, to_balls(np.zeros(2)))

    assert found[0].contains(1.25)
    assert found[0].contains(1.75)
    assert not found[0].contains(1.0)


def test_rationals() -> None:
    """They get the values alone."""
    assert VALUE.tolist() == as_floats(known_within(VALUE, ERROR, to_rationals(np.zeros(2)))).tolist()
