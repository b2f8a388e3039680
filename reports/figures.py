"""Curves as small inline SVG pictures whose colours come from the page."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lemmata.reports import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from markupsafe import Markup

    from lemmata.checks.evidence import Curve, Evidence, Run

SERIES = 7
"""Colours of series that the page's style sheet defines as ``--s1`` ... ``--s7``."""

_POINTS = 240
_WIDE = 100.0
"""Largest over smallest value from which an axis becomes logarithmic."""
_INK, _FAINT = "#010101", "#020202"
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.size": 9.0,
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
    series: int
    """Number of its colour, from 1."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture with its caption and legend."""

    caption: str
    lines: tuple[Line, ...]
    svg: Markup


@dataclass(frozen=True, kw_only=True)
class PaperFigure:
    """The curves of several claims of one paper on one data set."""

    paper: str
    name: str
    panels: tuple[Panel, ...]


def of_claim(claim: Evidence, anchor: str) -> tuple[Panel, ...]:
    """One panel for each curve of a claim that holds a finite number; ``anchor`` makes its names unique."""
    return tuple(
        _panel(curve.name, [Line(label="measured", curve=curve, series=1)], f"{anchor}-{number}")
        for number, curve in enumerate(_curves(claim))
    )


def of_papers(run: Run) -> tuple[PaperFigure, ...]:
    """Overlays of the claims of a paper whose curves share a name; one panel for each quantity."""
    groups: dict[tuple[str, str], list[tuple[str, Curve]]] = {}
    for claim in run.claims:
        paper, _, name = claim.statement.key.partition("/")
        for curve in _curves(claim):
            groups.setdefault((paper, curve.name), []).append((name, curve))
    return tuple(
        PaperFigure(paper=paper, name=name, panels=_overlays(members, f"overlay{number}"))
        for number, ((paper, name), members) in enumerate(groups.items())
        if len({claim for claim, _ in members}) > 1
    )


def _overlays(members: Sequence[tuple[str, Curve]], anchor: str) -> tuple[Panel, ...]:
    """Curves of one quantity share a panel; different quantities never share an axis."""
    quantities: dict[tuple[str, str], list[Line]] = {}
    for claim, curve in members:
        lines = quantities.setdefault((curve.y_label, curve.x_label), [])
        lines.append(Line(label=claim, curve=curve, series=len(lines) % SERIES + 1))
    return tuple(
        _panel(y_label, lines, f"{anchor}-{number}") for number, ((y_label, _), lines) in enumerate(quantities.items())
    )


def _curves(claim: Evidence) -> list[Curve]:
    samples = [sample for sample in (claim.data, claim.sample) if sample is not None]
    return [curve for sample in samples for curve in sample.curves if any(map(_finite, curve.measured))]


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _panel(caption: str, lines: list[Line], anchor: str) -> Panel:
    return Panel(caption=caption, lines=tuple(lines), svg=_draw(lines, f"{caption}: {lines[0].label}", anchor))


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
    axes.plot(x, measured, color=f"#03030{line.series}", linewidth=2.0, solid_capstyle="round")
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


def _scales(axes: Any, curves: Iterable[Curve]) -> None:
    heights: list[float] = []
    places: list[float] = []
    for curve in curves:
        heights += [
            value for value in (*curve.measured, *curve.predicted) if value is not None and math.isfinite(value)
        ]
        places += curve.x
    if _is_wide(heights):
        axes.set_yscale("log")
    # Steps are evenly spaced and stay linear; only a scale parameter is swept geometrically.
    if _is_wide(places) and sorted(places)[len(places) // 2] < math.sqrt(min(places) * max(places)) * 2:
        axes.set_xscale("log")


def _is_wide(values: Sequence[float]) -> bool:
    return bool(values) and min(values) > 0 and max(values) / min(values) > _WIDE


def _svg(canvas: Any, title: str, anchor: str) -> Markup:
    """The drawing as an inline element: no metadata, own identifiers, the page's colours and size."""
    import io

    from markupsafe import Markup

    buffer = io.StringIO()
    canvas.print_svg(buffer, metadata={"Date": None, "Creator": None})
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 - written by matplotlib just now
    for child in [child for child in root if child.tag.endswith("metadata")]:
        root.remove(child)
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


def _attribute(value: str, anchor: str) -> str:
    value = re.sub(r"(url\(#|^#(?=[A-Za-z]))(?!0)", rf"\g<1>{anchor}-", value)
    value = re.sub(r"font: (\d+(?:\.\d+)?px)[^;]*", r"font-size: \1", value)
    value = re.sub(r"#03030(\d)", r"var(--s\1)", value)
    return value.replace(_INK, "currentColor").replace(_FAINT, "var(--rule)")
