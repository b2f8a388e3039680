"""Special values, which no sampler draws."""

from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmata import And, Piecewise, Rational, at_least, at_most, conjecture, exp, measured, orthogonal, real
from lemmata.checks import Effort
from lemmata.checks._trial import run_part
from lemmata.checks.part import SEARCH
from lemmata.checks.stages.special import written_numbers
from lemmata.claims import Claim

x = real("x", low=0, high=10)
END = Rational(13, 4)


def exceptional() -> Claim:
    """A statement that no decision procedure reads, false at one number, which it names."""
    factor = Piecewise((0, And(x >= END, x <= END)), (1, True))
    return conjecture("Holds but for one number", key="special/one", then=at_least(exp(x) * factor, exp(x) / 2))


def test_the_numbers_of_a_statement_are_tried() -> None:
    """What is false at a number that stands in the statement is refuted there."""
    found = run_part(exceptional(), SEARCH, Effort.QUICK, 0).sample

    assert found is not None
    assert found.smallest is not None
    assert "3.25" in str(found.smallest.instance)


def test_few_and_small_numbers() -> None:
    """Of many numbers the small ones are tried, and none of those that are tried anyway."""
    claim = conjecture("A polynomial", key="special/many", then=at_least(sum(k * x**k for k in range(30)), -5 - x))

    assert [-5.0] == [one for one in written_numbers(claim) if one < 0]
    assert 12 == len(written_numbers(claim))
    assert not {0.0, 1.0, -1.0} & set(written_numbers(claim))


def test_where_a_part_of_a_statement_vanishes_is_tried() -> None:
    """A peak that is narrower than any draw would meet is found at the zero of what stands in it."""
    peak = exp(-((10**6 * (x - Rational(7, 13))) ** 2))
    claim = conjecture("Holds but for a peak", key="special/peak", then=peak <= Rational(1, 2))

    found = run_part(claim, SEARCH, Effort.QUICK, 0).sample

    assert 7 / 13 in written_numbers(claim)
    assert found is not None
    assert found.smallest is not None
    assert "0.538" in str(found.smallest.instance)


def test_entries_of_a_matrix_are_no_quantity_of_that_kind() -> None:
    """A sum of entries of one matrix has no zero that is a number: others are found beside it, and nothing fails."""
    turn = orthogonal("Q", 2)
    area = turn[0, 0] * turn[1, 1] - turn[0, 1] * turn[1, 0]
    claim = conjecture("Keeps areas", key="special/area", then=at_most(area**2 + x, (3 * x - 5) ** 2 + 1))

    assert [5 / 3] == [one for one in written_numbers(claim) if one not in (2.0, 3.0, -5.0, 5.0)]


def test_numbers_beyond_floats_are_not_tried() -> None:
    """An integer that no float holds is no value of an entry: the search goes on without it."""
    big = sp.Integer(10) ** 400
    claim = conjecture("Large", key="special/large", then=at_most(x * big, big * x + x + exp(x)))

    assert [] == written_numbers(claim)
    assert run_part(claim, SEARCH, Effort.QUICK, 0).sample is not None


def banded(x: object) -> dict[str, object]:
    """Two in a band of a hundred-millionth, at most one elsewhere."""
    return {"height": np.where((x > 0.731) & (x < 0.73100001), x * 0 + 2, 1 - np.exp(-abs(x)))}


def test_the_numbers_that_a_procedure_compares_with_are_tried() -> None:
    """A band that is narrower than any draw would meet is entered next to its end, which stands in the procedure."""
    height = measured("height")
    claim = conjecture("Holds but for a band", key="special/band", runs=banded, then=height <= 1)

    found = run_part(claim, SEARCH, Effort.QUICK, 0).sample

    assert {0.731, 0.73100001} <= set(written_numbers(claim))
    assert found is not None
    assert found.smallest is not None
    assert "0.731" in str(found.smallest.instance)


TABLE = {"mu": 3.1875}
NODES = np.array([0.3125, 6.5])
CENTRE = 7.25


def peak(distance: Any) -> dict[str, Any]:
    """One at a distance of zero, and next to nothing elsewhere."""
    return {"height": np.exp(-((10**6 * distance) ** 2))}


PEAKS = {
    "a whole number": (lambda x: peak(x - 7), {7.0}),
    "a sum": (lambda x: peak(-9 + x), {9.0}),
    "a constant of the module": (lambda x: peak(x - CENTRE), {7.25}),
    "an array": (lambda x: {"height": peak(x[:, None] - NODES)["height"].sum(axis=1)}, {0.3125, 6.5}),
    "an entry of a table": (lambda x: peak(x - TABLE["mu"]), {3.1875}),
    "a multiple": (lambda x: peak(2 * x - 13), {6.5}),
}


@pytest.mark.parametrize("where", PEAKS)
def test_the_numbers_that_a_procedure_takes_off_are_tried(where: str) -> None:
    """A narrow peak is found at the number that stands in the procedure, or that a name in it stands for."""
    runs, expected = PEAKS[where]
    claim = conjecture("No peak", key="special/peak", runs=runs, then=measured("height") <= sp.Rational(1, 2))

    found = run_part(claim, SEARCH, Effort.QUICK, 0).sample

    assert expected <= set(written_numbers(claim))
    assert found is not None
    assert found.smallest is not None
