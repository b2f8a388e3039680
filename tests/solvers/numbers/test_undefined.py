"""Conditions that hang on a quotient by zero do not hold; those that guard it do."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lemmata.solvers import Bounded, elementwise
from lemmata.solvers.numbers.undefined import holds_where_defined

X = np.array([-1.0, 0.0, 0.5, 2.0])
CONDITIONS: dict[str, tuple[Callable[[Any], Any], list[bool]]] = {
    "infinite": (lambda x: 1 / x >= 1, [False, False, True, False]),
    "negated": (lambda x: ~(1 / x < 1), [False, False, True, False]),
    "infinity that vanishes": (lambda x: 1 / (1 / x + 2) >= 0, [True, False, True, True]),
    "guarded by where": (lambda x: np.where(x > 0, 1 / x, 1) >= 1, [True, True, True, False]),
    "guarded by or": (lambda x: (x == 0) | (1 / x >= 1), [False, True, True, False]),
    "logarithm": (lambda x: np.log(np.abs(x)) <= 5, [True, False, True, True]),
    "outside the domain": (lambda x: ~(np.sqrt(x) > 1), [False, True, True, False]),
    "negative power": (lambda x: x**-1.0 >= 1, [False, False, True, False]),
    "largest": (lambda x: np.max(1 / x[:, None], axis=1) >= 1, [False, False, True, False]),
    "length": (lambda x: np.linalg.norm(1 / x[:, None], axis=1) >= 1, [True, False, True, False]),
    "all": (lambda x: np.all(1 / x[:, None] >= 1, axis=1), [False, False, True, False]),
    "overflow": (lambda x: np.exp(1000 * x) > 1, [False, False, True, True]),
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_of_a_quotient_by_zero(name: str) -> None:
    """A condition holds where it does whatever a comparison with the undefined were, and nowhere else."""
    condition, expected = CONDITIONS[name]

    with np.errstate(all="ignore"):
        found = holds_where_defined(lambda arrays: condition(arrays["x"]), {"x": X})

    assert expected == found.tolist()


def test_what_takes_plain_arrays_alone() -> None:
    """A condition that refuses any subclass of arrays is run an instance at a time, and any quotient by zero counts."""

    def condition(arrays: Any) -> Any:
        if type(arrays["x"]) is not np.ndarray:
            raise TypeError("plain arrays only")
        return 1 / arrays["x"] >= 1

    assert [False, False, True, False] == holds_where_defined(condition, {"x": X}).tolist()


@pytest.mark.parametrize(
    "inner",
    [lambda x: 1 / x, lambda x: elementwise(x, "log"), lambda x: elementwise(x - 1, "log1p")],
    ids=["quotient", "log", "log1p"],
)
def test_numbers_with_error_bounds_stay_undefined(inner: Callable[[Any], Any]) -> None:
    """One over an undefined number is no number, though one over infinity is zero."""
    assert not np.isfinite((1 / (1 + inner(Bounded.exact(np.zeros(1))))).value).any()
