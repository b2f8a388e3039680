"""Curves as inline pictures."""

import math
import re
import xml.etree.ElementTree as ET

import pytest

from lemmata.reports.charts import Axis, Stroke, chart

LINEAR, LOG = Axis(), Axis(is_log=True)


def numbers(path: str) -> list[float]:
    """The coordinates of a path."""
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]


def line_of(svg: str) -> str:
    """The path of the first measured curve."""
    found = re.search(r'class="l[^"]*" d="([^"]*)"', svg)
    assert found

    return found[1]


def test_equal_ratios_are_equal_distances_on_a_logarithmic_axis() -> None:
    """Powers of ten lie evenly; so a power law is a straight line."""
    svg = chart([Stroke(x=[0, 1, 2], y=[1e-6, 1e-3, 1.0])], x=LINEAR, y=LOG, title="t")
    _, first, _, second, _, third = numbers(line_of(svg))

    assert first - second == pytest.approx(second - third, abs=0.11)
    assert first > second


def test_a_curve_is_interrupted_where_nothing_was_measured() -> None:
    """NaN, and a zero on a logarithmic axis, leave a gap and no line across it."""
    svg = chart([Stroke(x=[0, 1, 2, 3, 4], y=[1.0, 10.0, math.nan, 0.0, 1000.0])], x=LINEAR, y=LOG, title="t")

    assert 2 == line_of(svg).count("M")


def test_long_curves_stay_small() -> None:
    """A curve of a hundred thousand steps makes a picture of a few kilobytes, and keeps its ends."""
    count = 100_000
    values = [2.0 + math.sin(step / 50) for step in range(count)]
    svg = chart([Stroke(x=list(range(count)), y=values)], x=LINEAR, y=LINEAR, title="t")

    assert len(svg) < 6_000


@pytest.mark.parametrize("values", [[], [math.nan], [0.0, 0.0], [5.0], [1e300, -1e300]])
def test_degenerate_curves_are_pictures(values: list[float]) -> None:
    """No point, one point, equal points and enormous ones still give a well-formed picture."""
    for axis in (LINEAR, LOG):
        svg = chart([Stroke(x=list(range(len(values))), y=values)], x=LINEAR, y=axis, title="t")

        assert "svg" == ET.fromstring(svg).tag
        assert "nan" not in svg


def test_labels_are_text() -> None:
    """Mark-up in the name of a place or in a title is shown as it is."""
    svg = chart([Stroke(x=[0, 1], y=[0, 1])], x=Axis(names=("<b>&", "c")), y=LINEAR, title='"><script>')

    assert "script" not in [element.tag for element in ET.fromstring(svg).iter()]
    assert "<b>&" in "".join(ET.fromstring(svg).itertext())


def test_curves_that_coincide_are_told_apart() -> None:
    """Two equal curves carry marks of different shapes at different places."""
    same = list(range(40))
    svg = chart([Stroke(x=same, y=same, order=0), Stroke(x=same, y=same, order=1)], x=LINEAR, y=LINEAR, title="t")
    first, second = re.findall(r'class="d s\d" d="(M[\d. ]+)', svg)

    assert first != second


def test_an_axis_of_names() -> None:
    """Values that are no numbers stand below their places, as many as there is room for."""
    few = chart([Stroke(x=[0, 1], y=[0.5, 1.0])], x=Axis(names=("a<b", "c")), y=LINEAR, title="t")
    many = tuple(f"{place} to {place + 1}" for place in range(40))
    crowded = chart([Stroke(x=range(40), y=[1.0] * 40)], x=Axis(names=many), y=LINEAR, title="t")

    assert ">a&lt;b<" in few
    assert ">c<" in few
    assert 3 <= crowded.count(" to ") <= 8


@pytest.mark.parametrize(
    ("expected", "heights"),
    [
        (["0.98", "0.99", "1", "1.01"], [1.0, 1 - 1e-9]),
        (["−10⁵", "0", "10⁵"], [-1e5, 1e5]),
        (["2 ⋅ 10⁻⁷", "4 ⋅ 10⁻⁷"], [1e-7, 5e-7]),
        (["12000", "14000"], [1.1e4, 1.5e4]),
    ],
)
def test_ticks_differ_and_are_set_as_numbers(expected: list[str], heights: list[float]) -> None:
    """No two ticks read the same, however little the heights differ; powers of ten are set as such."""
    svg = chart([Stroke(x=[0, 1], y=heights)], x=LINEAR, y=Axis(), title="t")
    ticks = re.findall(r'class="e"[^>]*>([^<]*)<', svg)

    assert sorted(set(ticks)) == sorted(ticks)
    assert expected == [tick for tick in ticks if tick in expected]
