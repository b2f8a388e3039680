"""Curves as small inline SVG pictures whose colours come from the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from lemmata.reports.formulas.linear import plain

if TYPE_CHECKING:
    from markupsafe import Markup

SERIES = 8
"""Colours of series that the page's style sheet defines as ``--s1`` ... ``--s8``; later series are dotted."""

_WIDTH, _HEIGHT = 340.0, 194.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 8.0, 8.0, 18.0
_POINTS = 240
_FEW = 24
"""Points up to which each is marked."""
_FLAT = 0.02
"""Share of a height beyond it that is always shown, so that ticks of three digits differ."""
_ROOM_FOR_NAMES = 48
"""Letters that fit below an axis."""
_UP = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """One curve: places and heights, NaN where there is none."""

    x: Sequence[float]
    y: Sequence[float]
    order: int = 0
    """Place among the series of the figure; decides colour, mark and dash."""
    is_prediction: bool = False


@dataclass(frozen=True, kw_only=True)
class Axis:
    """How an axis shows what stands along it; its name, set as mathematics, stands outside of the picture."""

    is_log: bool = False
    """Whether places are spaced by their logarithms."""
    holds_log10: bool = False
    """Whether the numbers are logarithms already: ticks are then powers of ten."""
    names: tuple[str, ...] = ()
    """What stands at the places 0, 1, 2 ... of an axis without numbers."""


def chart(strokes: Sequence[Stroke], *, x: Axis, y: Axis, title: str) -> Markup:
    """The curves as an ``svg`` element, 340 by 194 units; predictions are drawn on top, thin and dashed."""
    from markupsafe import Markup

    frame = _Frame(strokes, x, y)
    parts = [*frame.grid()]
    measured = [one for one in strokes if not one.is_prediction]
    for number, stroke in enumerate(measured):
        parts += frame.curve(stroke, number, len(measured))
    for stroke in strokes:
        if stroke.is_prediction:
            parts += frame.curve(stroke, 0, 1)
    opening = f'<svg viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" aria-label={quoteattr(title)}>'
    return Markup(opening + "".join(parts) + "</svg>")  # noqa: S704 - numbers, and text that is escaped


class _Frame:
    """The axes of a chart: where a place and a height lie on the paper."""

    def __init__(self, strokes: Sequence[Stroke], x: Axis, y: Axis) -> None:
        self._x, self._y = x, y
        self._across = _range((_shown(value, x) for stroke in strokes for value in stroke.x), x)
        self._up = _range((_shown(value, y) for stroke in strokes for value in stroke.y), y)

    def _place(self, value: float) -> float:
        low, high = self._across
        return _LEFT + (_shown(value, self._x) - low) / (high - low) * (_WIDTH - _LEFT - _RIGHT)

    def _height(self, value: float) -> float:
        low, high = self._up
        return _HEIGHT - _BOTTOM - (_shown(value, self._y) - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    def grid(self) -> Iterable[str]:
        """Lines and ticks of the axes."""
        bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
        for value, text in _ticks(self._across, self._x):
            place = _LEFT + (value - self._across[0]) / (self._across[1] - self._across[0]) * (right - _LEFT)
            yield f'<path class="g" d="M{place:.1f} {_TOP}V{bottom}"/>'
            yield f'<text class="m" x="{place:.1f}" y="{bottom + 13}">{text}</text>'
        for value, text in _ticks(self._up, self._y):
            height = bottom - (value - self._up[0]) / (self._up[1] - self._up[0]) * (bottom - _TOP)
            yield f'<path class="g" d="M{_LEFT} {height:.1f}H{right}"/>'
            yield f'<text class="e" x="{_LEFT - 5}" y="{height + 3:.1f}">{text}</text>'
        yield f'<path class="a" d="M{_LEFT} {_TOP}V{bottom}H{right}"/>'

    def curve(self, stroke: Stroke, number: int, count: int) -> Iterable[str]:
        """The line of a stroke, its few points marked; of several strokes each has marks at places of its own."""
        points = self._points(stroke)
        if stroke.is_prediction:
            yield f'<path class="p" d="{_path(points)}"/>'
            return
        color = stroke.order % SERIES + 1
        dotted = " dotted" if stroke.order >= SERIES else ""
        yield f'<path class="l s{color}{dotted}" d="{_path(points)}"/>'
        finite = [point for point in points if point is not None]
        if len(finite) <= _FEW and count == 1:
            marked = finite
        elif count > 1:
            step = max(len(finite) // 4, 1)
            marked = finite[step * number // count :: step]
        else:
            marked = []
        if marked:
            yield f'<path class="d s{color}" d="{"".join(_mark(place, height, number) for place, height in marked)}"/>'

    def _points(self, stroke: Stroke) -> list[tuple[float, float] | None]:
        points: list[tuple[float, float] | None] = []
        for index in _thinned(len(stroke.x)):
            shown = _shown(stroke.x[index], self._x), _shown(stroke.y[index], self._y)
            if not all(map(math.isfinite, shown)):
                points.append(None)
                continue
            point = round(self._place(stroke.x[index]), 1), round(self._height(stroke.y[index]), 1)
            if points[-1:] != [point]:
                points.append(point)
        return points


def _shown(value: float, axis: Axis) -> float:
    """Where a number stands along its axis; NaN if it has no place there."""
    if not axis.is_log:
        return value
    return math.log10(value) if value > 0 else math.nan


def _range(values: Iterable[float], axis: Axis) -> tuple[float, float]:
    """The ends of an axis, with room beyond what is shown; what differs by less than its ticks can say is flat."""
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    least = 1.0 if axis.is_log or axis.holds_log10 else max(abs(low), abs(high))
    room = max(0.04 * (high - low), _FLAT * least) or 0.5
    return low - room, high + room


def _ticks(ends: tuple[float, float], axis: Axis) -> list[tuple[float, str]]:
    """Four or so round numbers, as they are written."""
    low, high = ends
    if axis.names:
        stride = -(-len(axis.names) * max(map(len, axis.names)) // _ROOM_FOR_NAMES)
        return [(float(place), escape(name)) for place, name in enumerate(axis.names) if place % stride == 0]
    powers = (axis.is_log or axis.holds_log10) and high - low >= 1.5  # noqa: PLR2004 - two powers of ten at least
    step = _round_step((high - low) / 4)
    step = max(round(step), 1) if powers else step
    first = math.ceil(low / step)
    places = [step * number for number in range(first, first + 12) if step * number <= high]
    return [(place, _power(place) if powers else _number(place, axis)) for place in places]


def _round_step(step: float) -> float:
    size = 10.0 ** math.floor(math.log10(step))
    return next(size * one for one in (1, 2, 5, 10) if size * one >= step * 0.999)


def _power(exponent: float) -> str:
    return "10" + str(round(exponent)).translate(_UP) if round(exponent) not in {0, 1} else str(10 ** round(exponent))


def _number(place: float, axis: Axis) -> str:
    value = 10.0**place if axis.is_log or axis.holds_log10 else place
    if abs(value) < 1e-12:  # noqa: PLR2004 - rounding of a step
        return "0"
    text = f"{value:.0f}" if 1e3 <= abs(value) < 1e5 else f"{value:.3g}"  # noqa: PLR2004 - five digits fit
    return plain(text).replace("-", "−")


def _thinned(count: int) -> list[int]:
    """Indices of at most ``_POINTS`` points, both ends among them."""
    if count <= _POINTS:
        return list(range(count))
    return sorted({round(step * (count - 1) / (_POINTS - 1)) for step in range(_POINTS)})


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """A line through the points, interrupted where one is missing."""
    path, sign = "", "M"
    for point in points:
        if point is not None:
            path += f"{sign}{point[0]:g} {point[1]:g}"
        sign = "M" if point is None else "L"
    return path


def _mark(place: float, height: float, number: int) -> str:
    """A small circle, square, triangle or diamond."""
    at = f"M{place:g} {height:g}"
    return (
        f"{at}m-2.6 0a2.6 2.6 0 1 0 5.2 0a2.6 2.6 0 1 0-5.2 0z",
        f"{at}m-2.4-2.4h4.8v4.8h-4.8z",
        f"{at}m0-3.2l3 5.4h-6z",
        f"{at}m0-3.4l3.4 3.4l-3.4 3.4l-3.4-3.4z",
    )[number % 4]
