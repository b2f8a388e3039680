"""Curves as small inline SVG pictures whose colours come from the page."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lemmata.reports import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from lemmata.checks.evidence import Curve, Evidence, Run

SERIES = 8
"""Colours of series that the page's style sheet defines as ``--s1`` ... ``--s8``; later series are dotted."""

_RATE, _CONSTANT = "log10 of the quantity", "least constant"
"""What the record calls the height of a rate's curve, and of an implied constant's."""
_PREDICTIONS = {_RATE: "claimed power", _CONSTANT: "calibrated constant"}
"""What their dashed line is; of any other curve it is predicted."""

_POINTS = 240
_FEW = 20
"""Points up to which each is marked."""
_WIDE = 100.0
"""Largest over smallest value from which an axis becomes logarithmic."""
_INK, _FAINT = "#010101", "#020202"
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.size": 9.0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "path.simplify": True,
    "path.simplify_threshold": 0.5,
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), _INK),
    "grid.color": _FAINT,
    "grid.linewidth": 0.6,
}


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
    """What the legend says of the dashed line."""


@dataclass(frozen=True, kw_only=True)
class PaperFigure:
    """The curves of several claims of one paper, one panel for each data set; all panels share the legend."""

    paper: str
    panels: tuple[Panel, ...]
    legend: tuple[Line, ...]


def of_claim(claim: Evidence, anchor: str) -> tuple[Panel, ...]:
    """One panel for each curve of a claim that holds a finite number; ``anchor`` makes its names unique."""
    return tuple(
        _panel(curve.name, [Line(label="measured", curve=curve)], f"{anchor}-{number}")
        for number, curve in enumerate(_curves(claim))
    )


def of_papers(run: Run) -> tuple[PaperFigure, ...]:
    """Overlays of the claims of a paper that have curves of one name and quantity."""
    papers: dict[str, dict[tuple[str, str, str], list[tuple[str, Curve]]]] = {}
    for claim in run.claims:
        paper, _, name = claim.statement.key.partition("/")
        for curve in _curves(claim):
            if curve.y_label in _PREDICTIONS:  # each claim's own quantity or constant: there is nothing to compare
                continue
            panels = papers.setdefault(paper, {})
            panels.setdefault((curve.name, curve.y_label, curve.x_label), []).append((name, curve))
    figures = (_overlay(paper, panels, f"overlay{number}") for number, (paper, panels) in enumerate(papers.items()))
    return tuple(figure for figure in figures if figure.panels)


def _overlay(paper: str, panels: dict[tuple[str, str, str], list[tuple[str, Curve]]], anchor: str) -> PaperFigure:
    """Only panels that compare claims; a claim has one colour in all of them."""
    shared = {key: members for key, members in panels.items() if len({claim for claim, _ in members}) > 1}
    orders: dict[str, int] = {}
    drawn: list[Panel] = []
    legend: dict[str, Line] = {}
    for number, ((name, _, _), members) in enumerate(shared.items()):
        lines = [
            Line(label=claim, curve=curve, order=orders.setdefault(claim, len(orders))) for claim, curve in members
        ]
        legend.update({line.label: line for line in lines})
        drawn.append(_panel(name, lines, f"{anchor}-{number}"))
    return PaperFigure(paper=paper, panels=tuple(drawn), legend=tuple(legend.values()))


def _curves(claim: Evidence) -> list[Curve]:
    samples = [sample for sample in (claim.data, claim.sample) if sample is not None]
    return [curve for sample in samples for curve in sample.curves if any(map(_finite, curve.measured))]


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _panel(caption: str, lines: list[Line], anchor: str) -> Panel:
    predicted = [value for line in lines for value in line.curve.predicted if _finite(value)]
    prediction = _PREDICTIONS.get(lines[0].curve.y_label, "predicted")
    if not predicted:
        prediction = ""
    elif not any(predicted) and lines[0].curve.y_label != _RATE:  # there a zero is a logarithm
        prediction += ": 0 at every step"
    return Panel(
        caption=caption,
        lines=tuple(lines),
        svg=_draw(lines, f"{caption}: {', '.join(line.label for line in lines)}", anchor),
        prediction=prediction,
    )


def _draw(lines: Sequence[Line], title: str, anchor: str) -> Markup:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    settings: Any = {**_STYLE, "svg.hashsalt": anchor}
    with mpl.rc_context(settings):
        figure = Figure(figsize=(3.9, 2.5), layout="constrained")
        axes = figure.add_subplot()
        for line in lines:
            _plot(axes, line)
        _scales(axes, [line.curve for line in lines])
        axes.set_xlabel(words.one_line(lines[0].curve.x_label, 40), parse_math=False)
        axes.set_ylabel(words.one_line(lines[0].curve.y_label, 40), parse_math=False)
        axes.grid(visible=True)
        return _svg(FigureCanvasSVG(figure), title, anchor)


def _plot(axes: Any, line: Line) -> None:
    curve = line.curve
    kept = _thinned(len(curve.x))
    x = [curve.x[index] for index in kept]
    measured = [_gap(curve.measured[index]) for index in kept]
    style = (0, (1, 1.2)) if line.dotted else "-"
    marker = "o" if len(x) <= _FEW and curve.y_label in _PREDICTIONS else None
    axes.plot(x, measured, color=f"#03030{line.series}", linewidth=2.0, linestyle=style, marker=marker, markersize=3.5)
    predicted = [_gap(curve.predicted[index]) for index in kept]
    if not all(map(math.isnan, predicted)):
        # Above the measured line and in the ink colour, so that agreement is seen as one line on the other.
        axes.plot(x, predicted, color=_INK, linewidth=1.0, linestyle=(0, (2.5, 2.5)))


def _gap(value: float | None) -> float:
    return value if value is not None and math.isfinite(value) else math.nan


def _thinned(count: int) -> list[int]:
    """Indices of at most ``_POINTS`` points, both ends among them."""
    if count <= _POINTS:
        return list(range(count))
    return sorted({round(step * (count - 1) / (_POINTS - 1)) for step in range(_POINTS)})


def _scales(axes: Any, curves: Sequence[Curve]) -> None:
    heights: list[float] = []
    places: list[float] = []
    for curve in curves:
        heights += [
            value for value in (*curve.measured, *curve.predicted) if value is not None and math.isfinite(value)
        ]
        places += curve.x
    if any(curve.y_label == _RATE for curve in curves):  # logarithms already
        return
    if _is_wide(heights):
        axes.set_yscale("log", nonpositive="mask")
    # Steps are evenly spaced and stay linear; only a scale parameter is swept geometrically.
    if min(places) > 0 and _is_wide(places) and _middle(places) < 2 * math.sqrt(min(places) * max(places)):
        axes.set_xscale("log")


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def _is_wide(values: Sequence[float]) -> bool:
    """Whether the positive values span decades and none is negative; zeros are left out of a logarithmic axis."""
    positive = [value for value in values if value > 0]
    return bool(positive) and min(values) >= 0 and max(positive) / min(positive) > _WIDE


def _svg(canvas: Any, title: str, anchor: str) -> Markup:
    """The drawing as an inline element: no metadata, own identifiers, the page's colours and size."""
    import io

    from markupsafe import Markup

    buffer = io.StringIO()
    canvas.print_svg(buffer, metadata={"Date": None, "Creator": None})
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 - written by matplotlib just now
    _without_globals(root)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        attributes = {key.rpartition("}")[2]: _attribute(value, anchor) for key, value in element.items()}
        if "id" in attributes:
            attributes["id"] = f"{anchor}-{attributes['id']}"
        element.attrib.clear()
        element.attrib.update(attributes)
    for key in ("width", "height", "version"):
        root.attrib.pop(key, None)
    root.set("role", "img")
    root.set("aria-label", words.one_line(title))
    return Markup(ET.tostring(root, encoding="unicode"))  # noqa: S704 - written by ElementTree, all text escaped


def _without_globals(root: ET.Element) -> None:
    """Drop the metadata, and the style sheet that would apply to the whole page."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith(("}metadata", "}style")):
                parent.remove(child)


def _attribute(value: str, anchor: str) -> str:
    value = re.sub(r"(url\(#|^#(?=[A-Za-z]))(?!0)", rf"\g<1>{anchor}-", value)
    value = re.sub(r"font-family: [^;]*;\s*", "", value)
    value = re.sub(r"font: (\d+(?:\.\d+)?px)[^;]*", r"font-size: \1", value)
    value = re.sub(r"#03030(\d)", r"var(--s\1)", value)
    return value.replace(_INK, "currentColor").replace(_FAINT, "var(--rule)")
