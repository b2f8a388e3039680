"""Arrays filled with one number, in every number system."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from lemmata.solvers import Bounded, Dual, as_floats, full, to_balls, to_rationals

LIKE = np.array([[0.5, -1.0, np.pi]])
SYSTEMS = {
    "floats": lambda x: x,
    "float64 with error bounds": lambda x: Bounded(x, np.full(x.shape, 1e-3)),
    "rationals": to_rationals,
    "balls": to_balls,
    "duals": lambda x: Dual(x, np.ones(x.shape)),
}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("number", [0, 7, -2, 0.1, Fraction(3, 8)])
def test_holds_the_number(system: str, number: float | Fraction) -> None:
    """Whatever was in the array that it is like, the entries are the number, in its shape and system."""
    like: Any = SYSTEMS[system](LIKE)
    made = full(like, number)

    assert isinstance(made, type(like))
    assert LIKE.shape == made.shape
    assert np.all(float(number) == as_floats(made.value if system == "duals" else made))


def test_floats_have_no_error() -> None:
    """What a float can hold has no error, a third has some."""
    like = Bounded(LIKE, np.full(LIKE.shape, 1e-3))

    assert np.all(full(like, 0.1).error == 0)
    assert np.all(full(like, Fraction(1, 3)).error > 0)


def test_rationals_are_exact() -> None:
    """A third is a third."""
    assert np.all(full(to_rationals(LIKE), Fraction(1, 3)) * 3 == 1)
