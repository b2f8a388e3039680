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
"""Characters of an axis' name."""


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
    lines: tuple[Line, ...]
    svg: Markup
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
    x = Axis(label=_short(name), names=tuple(map(_short, values)))
    y = Axis(label="largest ratio", is_log=_is_wide(ratios))
    svg = chart([Stroke(x=places, y=_gaps(ratios))], x=x, y=y, title=words.one_line(f"largest ratio along {name}"))
    return Panel(caption=f"along {name}", lines=(), svg=svg, prediction="", advice="")


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
    x, y = _axes([line.curve for line in lines], statement)
    strokes = [Stroke(x=line.curve.x, y=_gaps(line.curve.measured), order=line.order) for line in lines]
    strokes += [
        Stroke(x=line.curve.x, y=_gaps(line.curve.predicted), is_prediction=True)
        for line in lines
        if any(map(_finite, line.curve.predicted))
    ]
    title = words.one_line(f"{caption}: {y.label} against {x.label}, {', '.join(line.label for line in lines)}")
    return Panel(
        caption=caption,
        lines=tuple(lines),
        svg=chart(strokes, x=x, y=y, title=title),
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


def _axes(curves: Sequence[Curve], statement: Statement | None) -> tuple[Axis, Axis]:
    first = curves[0]
    if first.y_label == _RATE:
        quantity, scale = _names(statement)
        return Axis(label=_short(scale), holds_log10=True), Axis(label=_short(quantity), holds_log10=True)
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
    found = _LOG10.fullmatch(label)
    if found is None:
        return Axis(label=_short(plain(label)), is_log=is_log)
    return Axis(label=_short(plain(found[1])), holds_log10=True)


def _names(statement: Statement | None) -> tuple[str, str]:
    """The quantity and the scale of a rate, as its statement writes them."""
    if statement is None:
        return "quantity", "scale"
    symbols = sorted(statement.legend, key=len, reverse=True)
    quantity = next((one for one in symbols if statement.latex.startswith(one)), "")
    behind = statement.latex[len(quantity) :].partition(r", \qquad")[0]
    # The scale is what stands last and is raised to a power, or at the end.
    bases = {
        one: [found.start() for found in re.finditer(rf"{re.escape(one)}(?=\^|[\s)]*$|\s*\\right\)\s*$)", behind)]
        for one in symbols
    }
    scale = max((one for one in symbols if bases[one]), key=lambda one: bases[one][-1], default="")
    meaning = statement.legend.get(scale, "")
    return (
        from_latex(quantity) if quantity else "quantity",
        f"{from_latex(scale)}: {plain(meaning)}" if scale else "scale",
    )


def _short(label: str) -> str:
    label = words.visible(label)
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1].rstrip()}…"


def _is_wide(values: Sequence[float]) -> bool:
    """Whether the positive values span decades and none is negative; zeros are left out of a logarithmic axis."""
    positive = [value for value in values if value > 0]
    return bool(positive) and min(values) >= 0 and max(positive) / min(positive) > _WIDE
