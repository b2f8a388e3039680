"""NumPy's functions with options: differences of any order, unit steps, and kinds of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lemmata.solvers.numbers import Bounded, NumberSystemError, as_floats, to_balls, to_rationals


@pytest.mark.parametrize("call", [lambda x: x.astype(complex), lambda x: np.ones_like(x, dtype=np.complex64)])
def test_all_numbers_are_real(call: Any) -> None:
    """A dtype of complex numbers is refused, not passed over."""
    with pytest.raises(NumberSystemError, match=r"were to become complex\d+, and all number systems here are real"):
        call(Bounded.exact(np.array([0.75])))


@pytest.mark.parametrize("into", [Bounded.exact, to_rationals, to_balls], ids=["bounds", "rationals", "balls"])
@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.diff(x, n=0),
        lambda x: np.diff(x, n=2),
        lambda x: np.diff(x, axis=0),
        lambda x: np.diff(x, prepend=0.0),
        lambda x: np.diff(x, n=2, axis=0, prepend=1, append=x[:1]),
        lambda x: np.heaviside(x - 2, 0.5),
    ],
)
def test_differences_and_steps(into: Any, call: Any) -> None:
    """Differences of any order, with what stands before and behind, and unit steps stay in their number system."""
    x = np.array([[1.0, 4.0, 2.0], [2.0, -3.0, 2.5]])
    found = call(into(x))

    assert np.array_equal(call(x), as_floats(found))
    assert isinstance(found, type(into(x)))
