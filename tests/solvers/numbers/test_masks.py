"""Comparisons of comparisons: decided, open and symbolic ones answer as NumPy's do."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lemmata.solvers.numbers import Bounded
from lemmata.solvers.numbers.masks import Mask

OPERATORS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge, operator.xor]
NEAR = Bounded(np.array([0.0, 1.0, -1.0]), np.array([0.5, 0.5, 0.5]))
"""The sign of the first is open."""


@pytest.mark.parametrize("compare", OPERATORS, ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    "other", [NEAR > -0.25, NEAR * 0 > 1, np.array([True, False, True])], ids=["open", "none", "plain"]
)
def test_truths_are_compared_entry_by_entry(compare: Callable[[Any, Any], Any], other: Any) -> None:
    """Every way in which open entries may turn out lies between what is certain and what is possible."""
    mask = NEAR > 0
    found = compare(mask, other)
    turned = [
        compare(np.array([one, True, False]), np.array([two, *_certain(other)[1:]]))
        for one in (False, True)
        for two in ((False, True) if isinstance(other, Mask) else (bool(other[0]),))
    ]

    assert isinstance(mask, Mask)
    assert np.array_equal(np.all(turned, axis=0), _certain(found))
    assert np.array_equal(np.any(turned, axis=0), _possible(found))
    assert np.array_equal(
        _certain(found), _certain(compare(other, mask)) if compare in OPERATORS[:2] else _certain(found)
    )


def _certain(mask: Any) -> Any:
    return mask.certain if isinstance(mask, Mask) else np.asarray(mask)


def _possible(mask: Any) -> Any:
    return mask.possible if isinstance(mask, Mask) else np.asarray(mask)


@pytest.mark.parametrize(("number", "certain"), [(1, [False, True, False]), (0, [False, False, True])])
def test_truths_are_one_and_zero(number: int, certain: list[bool]) -> None:
    """Beside a number a truth is one and what is false zero; the share that is true covers what is open."""
    found = (NEAR > 0) == number

    assert certain == _certain(found).tolist()
    assert (1 / 3, 2 / 3) == pytest.approx(_span(np.mean(NEAR > 0)))


def _span(number: Any) -> tuple[float, float]:
    return float(number.value - number.error), float(number.value + number.error)
