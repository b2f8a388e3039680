"""The figures of a claim and of a paper: which curves stand together, on which axes, under which words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lemmata.reports import words
from lemmata.reports.charts import SERIES, Axis, Stroke, chart
from lemmata.reports.formulas.linear import from_latex, plain
from lemmata.reports.formulas.markup import formula, prose
from lemmata.reports.slack import slack_along

if TYPE_CHECKING:
    from markupsafe import Markup

    from lemmata.checks.evidence import Curve, Evidence
    from lemmata.checks.statement import Statement

_RATE, _CONSTANT = "log10 of the quantity", ("least constant", "largest constant")
"""What the record calls the height of a rate's curve, and of an implied constant's."""
_WIDE = 100.0
"""Largest over smallest value from which an axis becomes logarithmic."""
_LABEL = 46
"""Letters of a value that stands below an axis."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One curve of a panel and what the legend calls it."""

    label: str
    curve: Curve
    order: int = 0
    """Place among the series of the figure; decides colour and dash."""

    @property
    def series(self) -> int:
        """Number of its colour, from 1."""
        return self.order % SERIES + 1

    @property
    def dotted(self) -> bool:
        """Whether its colour was used before."""
        return self.order >= SERIES


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture with its caption and legend."""

    caption: str
    """Empty where the names of the axes say all."""
    lines: tuple[Line, ...]
    svg: Markup
    up: Markup
    """The name of the vertical axis, its formulas set; it stands above the picture."""
    across: Markup
    """The name of the horizontal axis, below the picture."""
    prediction: str
    """What the legend says of the dashed line; empty if there is none."""
    advice: str
    """What to see in the picture."""


@dataclass(frozen=True, kw_only=True)
class PaperFigure:
    """The curves of several claims of one paper, one panel for each data set; all panels share the legend."""

    panels: tuple[Panel, ...]
    legend: tuple[Line, ...]


def of_claim(claim: Evidence) -> tuple[Panel, ...]:
    """One panel for each curve of a claim that holds a finite number."""
    return tuple(_panel(curve.name, [Line(label="measured", curve=curve)], claim.statement) for curve in _curves(claim))


def of_paper(claims: Sequence[Evidence]) -> PaperFigure:
    """The curves of one name and quantity that several claims of a paper have, over one another."""
    panels: dict[tuple[str, str, str], list[tuple[str, Curve]]] = {}
    for claim in claims:
        name = claim.statement.key.partition("/")[2]
        for curve in _curves(claim):
            if not _is_own(curve):  # there is nothing to compare
                panels.setdefault((curve.name, curve.y_label, curve.x_label), []).append((name, curve))
    shared = {key: members for key, members in panels.items() if len({claim for claim, _ in members}) > 1}
    orders: dict[str, int] = {}
    drawn: list[Panel] = []
    legend: dict[str, Line] = {}
    for (name, _, _), members in shared.items():
        lines = [
            Line(label=claim, curve=curve, order=orders.setdefault(claim, len(orders))) for claim, curve in members
        ]
        legend.update({line.label: line for line in lines})
        drawn.append(_panel(name, lines, None))
    return PaperFigure(panels=tuple(drawn), legend=tuple(legend.values()))


def profiles(claim: Evidence) -> tuple[Panel, ...]:
    """The largest ratio against each parameter that was tried at several values."""
    found = {name: there for name, there in slack_along(claim).items() if len(there) > 1}
    return tuple(_profile(name, tuple(there), list(there.values())) for name, there in found.items())


def _profile(name: str, values: tuple[str, ...], ratios: Sequence[float]) -> Panel:
    places = [float(place) for place in range(len(values))]
    x, y = Axis(names=tuple(map(_short, values))), Axis(is_log=_is_wide(ratios))
    up, across = _Name.typed("largest ratio"), _Name.typed(name)
    svg = chart([Stroke(x=places, y=_gaps(ratios))], x=x, y=y, title=words.one_line(f"{up.text} along {across.text}"))
    return Panel(caption="", lines=(), svg=svg, up=up.shown, across=across.shown, prediction="", advice="")


def _is_own(curve: Curve) -> bool:
    """Whether the height is the claim's own quantity or constant."""
    return curve.y_label == _RATE or curve.y_label in _CONSTANT


def _curves(claim: Evidence) -> list[Curve]:
    samples = [sample for sample in (claim.data, claim.sample) if sample is not None]
    return [curve for sample in samples for curve in sample.curves if any(map(_finite, curve.measured))]


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _panel(caption: str, lines: list[Line], statement: Statement | None) -> Panel:
    first = lines[0].curve
    x, y = _axes([line.curve for line in lines])
    up, across = _names(first, statement)
    strokes = [Stroke(x=line.curve.x, y=_gaps(line.curve.measured), order=line.order) for line in lines]
    strokes += [
        Stroke(x=line.curve.x, y=_gaps(line.curve.predicted), is_prediction=True)
        for line in lines
        if any(map(_finite, line.curve.predicted))
    ]
    title = words.one_line(f"{caption}: {up.text} against {across.text}, {', '.join(line.label for line in lines)}")
    return Panel(
        caption=caption,
        lines=tuple(lines),
        svg=chart(strokes, x=x, y=y, title=title),
        up=up.shown,
        across=across.shown,
        prediction=_prediction(lines),
        advice=_advice(first),
    )


def _prediction(lines: Sequence[Line]) -> str:
    """What the dashed line is."""
    label = lines[0].curve.y_label
    predicted = [value for line in lines for value in line.curve.predicted if _finite(value)]
    if not predicted:
        return ""
    name = "claimed power" if label == _RATE else "calibrated constant" if label in _CONSTANT else "predicted"
    # There a zero is a logarithm.
    return name if any(predicted) or label == _RATE else f"{name}: 0 at every step"


def _advice(curve: Curve) -> str:
    if curve.y_label == _RATE:
        return "The claim holds where the points run along the dashed line; the last slope decides."
    if curve.y_label in _CONSTANT:
        return "The claim holds as long as the points stay at or below the dashed line to the end of the range."
    return "Measured points on the dashed line agree with the claim." if any(map(_finite, curve.predicted)) else ""


def _gaps(values: Sequence[float | None]) -> list[float]:
    return [value if value is not None and math.isfinite(value) else math.nan for value in values]


def _axes(curves: Sequence[Curve]) -> tuple[Axis, Axis]:
    first = curves[0]
    if first.y_label == _RATE:
        return Axis(holds_log10=True), Axis(holds_log10=True)
    heights = [value for curve in curves for value in (*curve.measured, *curve.predicted) if _finite(value)]
    places = [place for curve in curves for place in curve.x]
    # Steps are evenly spaced and stay linear; only a scale parameter is swept geometrically.
    geometric = min(places, default=0) > 0 and _is_wide(places)
    geometric = geometric and sorted(places)[len(places) // 2] < 2 * math.sqrt(min(places) * max(places))
    return (
        _axis(first.x_label, is_log=geometric),
        _axis(first.y_label, is_log=_is_wide([value for value in heights if value is not None])),
    )


_LOG10 = re.compile(r"log10(?: of |_)(.+)")


def _axis(label: str, *, is_log: bool) -> Axis:
    """An axis; what is recorded as a logarithm shows powers of ten of the quantity itself."""
    return Axis(holds_log10=True) if _LOG10.fullmatch(label) else Axis(is_log=is_log)


@dataclass(frozen=True, kw_only=True)
class _Name:
    """The name of an axis: as text for those who do not see, and as it is shown."""

    text: str
    shown: Markup

    @classmethod
    def typed(cls, label: str) -> _Name:
        """A name with formulas as one types them; of a logarithm the quantity itself."""
        found = _LOG10.fullmatch(label)
        label = found[1] if found else label
        return cls(text=plain(label), shown=prose(label))

    @classmethod
    def latex(cls, symbol: str, meaning: str = "") -> _Name:
        """A formula, and what it means."""
        if not meaning:
            return cls(text=from_latex(symbol), shown=formula(symbol))
        return cls(text=f"{from_latex(symbol)}: {plain(meaning)}", shown=formula(symbol) + ": " + prose(meaning))


def _names(curve: Curve, statement: Statement | None) -> tuple[_Name, _Name]:
    """The names of the vertical and the horizontal axis; of a rate those that its statement writes."""
    if curve.y_label != _RATE:
        return _Name.typed(curve.y_label), _Name.typed(curve.x_label)
    if statement is None:
        return _Name.typed("quantity"), _Name.typed("scale")
    symbols = sorted(statement.legend, key=len, reverse=True)
    quantity = next((one for one in symbols if statement.latex.startswith(one)), "")
    quantity = quantity or _RELATION.split(statement.latex)[0].strip()
    scale = _scale(statement.latex.removeprefix(quantity).partition(_BESIDE)[0], symbols)
    return _Name.latex(quantity), _Name.latex(_spelled_out(statement, scale), statement.legend.get(scale, ""))


_RELATION = re.compile(r"\\sim(?![a-z])|=|\\le(?![a-z])|\\ge(?![a-z])")
_BESIDE = r", \qquad"
"""Stands between a statement and the parts that it names."""
_ORDER = re.compile(r"(?:O|\\Omega|\\Theta)\\left\((.*)\\right\)\s*$")


def _scale(behind: str, symbols: Sequence[str]) -> str:
    """The scale of a rate, from what stands behind its quantity: the last base of a power, or the last factor."""
    bases = {
        one: [found.start() for found in re.finditer(rf"{re.escape(one)}(?=\^|[\s)]*$|\s*\\right\)\s*$)", behind)]
        for one in symbols
    }
    if named := [one for one in symbols if bases[one]]:
        return max(named, key=lambda one: bases[one][-1])
    side = _RELATION.split(behind, maxsplit=1)[-1].strip()
    inner = _ORDER.search(side)
    return re.sub(r"\^\{[^{}]*\}$", "", (inner[1] if inner else side).rpartition(r"\, ")[2].strip())


def _spelled_out(statement: Statement, symbol: str) -> str:
    """The symbol with what the statement says that it stands for, if it is one of its named parts."""
    parts = map(str.strip, statement.latex.split(_BESIDE)[1:])
    return next((part for part in parts if part.startswith(f"{symbol} = ")), symbol)


def _short(value: str) -> str:
    value = plain(words.visible(value))
    return value if len(value) <= _LABEL else f"{value[: _LABEL - 1].rstrip()}…"


def _is_wide(values: Sequence[float]) -> bool:
    """Whether the positive values span decades and none is negative; zeros are left out of a logarithmic axis."""
    positive = [value for value in values if value > 0]
    return bool(positive) and min(values) >= 0 and max(positive) / min(positive) > _WIDE
