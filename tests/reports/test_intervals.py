from dataclasses import replace

import pytest
from report_records import CHANCE, EXPONENT, LEAST, TREND

from lemmata.checks.evidence import Estimate
from lemmata.reports.intervals import picture


@pytest.mark.parametrize(
    ("expected", "claimed"),
    [
        ((90.0, 100.0), "at least 0.9"),
        ((0.0, 25.0), "at most 0.25"),
        ((50.0, 50.0), "0.5"),
        ((20.0, 40.0), "0.2 to 0.4"),
        ((0.0, 0.0), "0"),
        (None, "some number"),
        (None, "<b>0.5</b>"),
    ],
)
def test_range_claimed_of_a_probability(expected: tuple[float, float] | None, claimed: str) -> None:
    """Probabilities lie on an axis from 0 to 1; what is not claimed in known words is not drawn."""
    drawn = picture(replace(CHANCE, claimed=claimed))

    assert drawn is not None
    assert ("0", "1") == drawn.axis
    assert expected == (None if drawn.claimed is None else pytest.approx(drawn.claimed))
    assert drawn.interval == pytest.approx((93.12, 96.64))
    assert drawn.value == pytest.approx(95.1)


def test_narrow_interval_does_not_fill_the_axis() -> None:
    """The exponent 2 +- 1e-7 is a point in the middle, not a wide bar."""
    drawn = picture(EXPONENT)

    assert drawn is not None
    assert drawn.interval == pytest.approx((50.0, 50.0), abs=0.001)
    assert drawn.claimed == pytest.approx((50.0, 50.0), abs=0.001)


def test_constant_is_set_against_what_was_calibrated() -> None:
    """A constant is drawn from zero, without an interval: the record's ends are no error bounds there."""
    drawn = picture(TREND)

    assert drawn is not None
    assert drawn.interval is None
    assert drawn.claimed is not None
    assert drawn.claimed[0] == drawn.claimed[1] == pytest.approx(100 * 4.472 / (20 + 0.15 * (20 - 4.472)))
    assert "0" == drawn.axis[0]


@pytest.mark.parametrize(
    "one",
    [
        LEAST,
        replace(CHANCE, value=None),
        replace(EXPONENT, value=float("inf")),
        replace(EXPONENT, value=1e300, low=-1e308, high=1e308),
        replace(EXPONENT, claimed="1e30", value=1e30, low=1e30, high=1e30),
    ],
)
def test_nothing_to_draw(one: Estimate) -> None:
    """Without a finite value, or without an axis that floats can hold, there is no picture."""
    assert picture(one) is None


def test_infinite_ends_stay_inside() -> None:
    """Whatever the record holds, every place is between 0 and 100."""
    drawn = picture(replace(EXPONENT, low=float("-inf"), high=float("inf"), claimed="1e999"))

    assert drawn is not None
    assert (0.0, 100.0) == drawn.interval
    assert (100.0, 100.0) == drawn.claimed
