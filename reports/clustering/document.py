"""The page around the picture of a path: one heading, and what changes in narrow windows and in dark ones."""

from __future__ import annotations

import json
from typing import Any

from lemmata.reports.clustering.picture import FAINT
from lemmata.reports.site.render import TEMPLATES

INK, SHEET, GRID = "#222222", "#ffffff", "#ececec"
_DARK_INK, _DARK_SHEET, _DARK_GRID, _DARK_RULE = "#e4e8ec", "#14171b", "#2b323a", "#55606c"
_INKS = {INK: _DARK_INK, SHEET: _DARK_SHEET, "#000000": "#f5f5f5", "#0072B2": "#4aa3df"}
"""Colours of marks that cannot be told from a dark sheet, and what stands for them there."""
_AXES = ("xaxis", "yaxis", "xaxis2", "yaxis2")


def document(title: str, body: str) -> str:
    """The page.

    Args:
        title: of the page, as text.
        body: the picture, as HTML.
    """
    import jinja2

    template = (TEMPLATES / "cluster.html.j2").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True).from_string(template).render(title=title, body=body)


def script(layout: dict[str, Any]) -> str:
    """JavaScript that redraws the picture where the window is narrow or dark; Plotly puts its name in.

    Args:
        layout: of the picture as it is drawn first, for a wide and light window.
    """
    top, below = layout["margin"]["t"], layout["margin"]["b"]
    narrow = {
        # Plotly widens ranges when their axes change places, to keep the scales equal.
        **{f"{axis}.range": layout[axis]["range"] for axis in _AXES},
        "xaxis.domain": [0, 1],
        "yaxis.domain": [0.58, 1],
        "xaxis2.domain": [0, 1],
        "yaxis2.domain": [0, 0.42],
        "margin.l": 58,
        "margin.r": 10,
        "sliders[0].x": 0,
        "sliders[0].len": 1,
        "sliders[0].currentvalue.font.size": 13,
        "updatemenus[0].pad.t": layout["updatemenus"][0]["pad"]["t"] + 55,
        "margin.t": 2 * top,  # two names a line in the legend, below the buttons
        "margin.b": below + 55,
        **{f"{axis}.title.font.size": 11 for axis in _AXES},
    }
    layouts = {
        "narrow": narrow,
        "wide": {key: _entry(layout, key) for key in narrow},
        "light": _colours(INK, SHEET, GRID, FAINT),
        "dark": _colours(_DARK_INK, _DARK_SHEET, _DARK_GRID, _DARK_RULE),
    }
    code = (TEMPLATES / "cluster.js").read_text(encoding="utf-8")
    return code.replace("{layouts}", json.dumps(layouts)).replace("{inks}", json.dumps(_INKS))


def _entry(layout: Any, key: str) -> Any:
    """What a layout says under a key of Plotly's, ``a[0].b``; None for Plotly's own choice."""
    for part in key.replace("[", ".").replace("]", "").split("."):
        layout = layout[int(part)] if part.isdigit() else layout.get(part)
        if layout is None:
            return [0, 1] if key.endswith("domain") else None
    return layout


def _colours(ink: str, sheet: str, grid: str, rule: str) -> dict[str, str]:
    return {
        "font.color": ink,
        "paper_bgcolor": sheet,
        "plot_bgcolor": sheet,
        "sliders[0].currentvalue.font.color": ink,
        "updatemenus[0].bgcolor": sheet,
        "updatemenus[0].font.color": ink,
        "hoverlabel.bgcolor": sheet,
        "hoverlabel.font.color": ink,
        **{f"{axis}.gridcolor": grid for axis in _AXES},
        **{f"{axis}.linecolor": rule for axis in _AXES},
        **{f"{axis}.tickcolor": rule for axis in _AXES},
    }
