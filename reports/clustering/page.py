"""One interactive page of a path of convex clustering: points moving as the penalty grows, beside their dendrogram.

The page holds everything it needs, Plotly's code included, so that it opens without a network.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lemmata.reports.clustering.document import GRID, INK, SHEET, document, script
from lemmata.reports.clustering.picture import FAINT, MANY, Fitted, Integers
from lemmata.reports.clustering.scene import Scene, scene_of
from lemmata.reports.files import write
from lemmata.solvers.numbers.arithmetic import Floats

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXTRA = "plots"
_SYMBOLS = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "x", "pentagon")
"""One more than there are colours, so that the two together repeat late."""
_DECADES = 2.5
"""Decades of penalty up to which 2 and 5 are marked beside 1."""
_TICKED, _TICK_LENGTH = 45, 14
"""Points up to which the dendrogram has a name at each leaf, and how many letters of it."""
_LETTER, _LINE, _A_LINE = 5, 22, 5
"""Pixels of a letter (fewer than it has: names take the room of an axis title) and of a legend's line; names in it."""


class PlotlyMissingError(ImportError):
    """The interactive page was asked for where Plotly is not installed."""


def page_figure(
    fitted: Fitted,
    *,
    points: Floats | None = None,
    names: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    labels: Sequence[object] | Integers | None = None,
    unit: str = "units of the table",
    title: str = "Convex clustering",
) -> Any:
    """The Plotly figure of the page; see ``write_page``.

    Raises:
        PlotlyMissingError: Plotly is not installed.
        ShapeError: points, names, columns or labels are not as many as they should be.
    """
    objects = _graph_objects()
    scene = scene_of(fitted, points=points, names=names, columns=columns, labels=labels, unit=unit)
    return objects.Figure(data=_traces(scene), layout=_layout(scene, title), frames=_frames(scene))


def write_page(  # noqa: PLR0913 - one option each
    fitted: Fitted,
    file: str | Path,
    *,
    points: Floats | None = None,
    names: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
    labels: Sequence[object] | Integers | None = None,
    unit: str = "units of the table",
    title: str = "Convex clustering",
) -> None:
    """Write the interactive page.

    Args:
        fitted: an estimator, whose clusters give the colours, or a path.
        file: where to; the folder is made.
        points: the rows as the reader knows them, for example before scaling, shown on hover, ``(n, columns)``; those
            of the path if left out.
        names: of the points; their numbers, from zero, if left out.
        columns: of `points`.
        labels: to colour by instead of the clusters, ``(n,)``.
        unit: of the principal axes.
        title: of the page, its heading.

    Raises:
        PlotlyMissingError: Plotly is not installed.
        ShapeError: points, names, columns or labels are not as many as they should be.
        UnwritableError: the file cannot be written.
    """
    figure = page_figure(fitted, points=points, names=names, columns=columns, labels=labels, unit=unit, title="")
    body = figure.to_html(
        full_html=False,
        include_plotlyjs=True,
        auto_play=False,
        default_height="100%",
        post_script=[script(figure.layout.to_plotly_json())],
        config={"displaylogo": False, "responsive": True, "modeBarButtonsToRemove": ["select2d", "lasso2d"]},
    )
    write(Path(file), document(title, body).encode())


def _traces(scene: Scene) -> list[dict[str, Any]]:
    """Traces 0 and 1, points and penalty, are those that the frames move."""
    return [_points(scene, scene.start), _level(scene, scene.start), *_trails(scene), *_tree(scene), *_legend(scene)]


def _points(scene: Scene, at: int) -> dict[str, Any]:
    of = scene.groups.of.tolist()
    return {
        "type": "scatter",
        "mode": "markers",
        "x": _rounded(scene.places[at, :, 0]),
        "y": _rounded(scene.places[at, :, 1]),
        "marker": {
            "color": [scene.groups.colour(group) for group in of],
            "symbol": [_SYMBOLS[group % len(_SYMBOLS)] for group in of],
            "size": 9,
            "opacity": 0.85,
            "line": {"color": SHEET, "width": 0.8},
        },
        "text": scene.hover,
        "customdata": scene.together[at].tolist(),
        "hovertemplate": "%{text}<br>points in its cluster now: %{customdata}<extra></extra>",
        "showlegend": False,
        "name": "points",
    }


def _level(scene: Scene, at: int) -> dict[str, Any]:
    height = float(np.clip(scene.penalties[at], scene.lines.floor, scene.lines.top))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [-0.5, scene.tree.n - 0.5],
        "y": [height, height],
        "xaxis": "x2",
        "yaxis": "y2",
        "line": {"color": INK, "width": 1.6, "dash": "dash"},
        "hovertemplate": f"{scene.caption(at)}<extra></extra>",
        "showlegend": False,
        "name": "penalty",
    }


def _trails(scene: Scene) -> list[dict[str, Any]]:
    """The way of every point, one trace a group, broken between points."""
    found = []
    for group in range(len(scene.groups.names)):
        own = scene.places[:, scene.groups.of == group].transpose(1, 0, 2)
        broken = np.concatenate([own, np.full((len(own), 1, 2), np.nan)], axis=1).reshape(-1, 2)
        found.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": _rounded(broken[:, 0]),
                "y": _rounded(broken[:, 1]),
                "line": {"color": scene.groups.colour(group), "width": 0.8},
                "opacity": 0.3,
                "hoverinfo": "skip",
                "showlegend": False,
                "name": "way",
            }
        )
    return found


def _tree(scene: Scene) -> list[dict[str, Any]]:
    """Merges, one trace a colour, and a marker with its name at each leaf."""
    lines, found = scene.lines, []
    for group in range(-1, len(scene.groups.names)):
        own = lines.groups == group
        if not own.any():
            continue
        gap = np.full((int(own.sum()), 1), np.nan)
        found.append(
            {
                "type": "scatter",
                "mode": "lines",
                "x": _rounded(np.hstack([lines.x[own], gap]).ravel()),
                "y": _rounded(np.hstack([lines.y[own], gap]).ravel()),
                "xaxis": "x2",
                "yaxis": "y2",
                "line": {"color": scene.groups.colour(group), "width": 1.2},
                "hoverinfo": "skip",
                "showlegend": False,
                "name": "merges",
            }
        )
    of = scene.groups.of[lines.order].tolist()
    leaves = {
        "type": "scatter",
        "mode": "markers",
        "x": list(range(scene.tree.n)),
        "y": [lines.floor] * scene.tree.n,
        "xaxis": "x2",
        "yaxis": "y2",
        "marker": {
            "color": [scene.groups.colour(group) for group in of],
            "symbol": [_SYMBOLS[group % len(_SYMBOLS)] for group in of],
            "size": 6,
        },
        "cliponaxis": False,
        "text": [scene.hover[i] for i in lines.order],
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
        "name": "leaves",
    }
    return [*found, leaves]


def _legend(scene: Scene) -> list[dict[str, Any]]:
    """Empty traces that stand for the groups in the legend: the markers are one trace."""
    if not 1 < len(scene.groups.names) <= MANY:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None],
            "y": [None],
            "marker": {"color": scene.groups.colour(group), "symbol": _SYMBOLS[group % len(_SYMBOLS)], "size": 9},
            "name": html.escape(name),
        }
        for group, name in enumerate(scene.groups.names)
    ]


def _frames(scene: Scene) -> list[dict[str, Any]]:
    """What moves: the points and the line in the tree."""
    found = []
    for at in range(len(scene.penalties)):
        points, level = _points(scene, at), _level(scene, at)
        moved = {name: points[name] for name in ("type", "x", "y", "customdata")}
        found.append(
            {
                "name": str(at),
                "data": [moved, {name: level[name] for name in ("type", "y", "hovertemplate")}],
                "traces": [0, 1],
            }
        )
    return found


def _layout(scene: Scene, title: str) -> dict[str, Any]:
    named = len(scene.groups.names) if len(scene.groups.names) <= MANY else 0
    at = {"x": 0.02, "xanchor": "left", "y": 1, "yanchor": "top", "yref": "container", "pad": {"t": 14}}
    heading = {"title": {"text": html.escape(title), "font": {"size": 20}, **at}} if title else {}
    under = _LETTER * max((len(name) for name in _ticks(scene)), default=0)
    return {
        **heading,
        "template": "none",
        "font": {"family": "system-ui, sans-serif", "size": 12, "color": INK},
        "margin": {"l": 70, "r": 30, "t": (55 if title else 25) + _LINE * -(-named // _A_LINE), "b": 140 + under},
        **_axes(scene),
        "legend": {"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom", "itemclick": False},
        "hovermode": "closest",
        "sliders": [_slider(scene, under)],
        "updatemenus": [_buttons(under)],
    }


def _axes(scene: Scene) -> dict[str, Any]:
    """The plane on the left, points in the order of the tree and penalties on the right."""
    axis = {"showline": True, "linecolor": FAINT, "gridcolor": GRID, "zeroline": False, "ticks": "outside"}
    low, high = scene.ranges()
    floor, top = np.log10([scene.lines.floor, scene.lines.top]).tolist()
    leaves: dict[str, Any] = {"showticklabels": False, "ticks": "", "title": {"text": f"{scene.tree.n} points"}}
    if ticks := _ticks(scene):
        named = [html.escape(name) for name in ticks]
        leaves = {"tickvals": list(range(scene.tree.n)), "ticktext": named, "tickangle": -90}
    across = {"domain": [0, 0.47], "range": [low[0], high[0]], "title": {"text": scene.titles[0]}}
    up = {"anchor": "x", "scaleanchor": "x", "range": [low[1], high[1]], "title": {"text": scene.titles[1]}}
    right = {"domain": [0.57, 1], "anchor": "y2", "range": [-0.7, scene.tree.n - 0.3], "showgrid": False}
    height = {
        "anchor": "x2",
        "type": "log",
        "range": [floor, top],
        "dtick": "D2" if top - floor < _DECADES else 1,
        "tickformat": "~g",
        "title": {"text": "penalty of the fusion (log scale)"},
    }
    return {
        "xaxis": axis | across,
        "yaxis": axis | up,
        "xaxis2": axis | right | leaves,
        "yaxis2": axis | height,
    }


def _ticks(scene: Scene) -> list[str]:
    """The names under the leaves, long ones without their middle; none if there are many."""
    if scene.tree.n > _TICKED:
        return []
    named = [scene.names[i] for i in scene.lines.order]
    half = _TICK_LENGTH // 2
    return [name if len(name) <= _TICK_LENGTH else f"{name[: half - 1]}…{name[-half:]}" for name in named]


def _slider(scene: Scene, under: int) -> dict[str, Any]:
    now = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    return {
        "active": scene.start,
        "x": 0.13,
        "len": 0.87,
        "y": 0,
        "pad": {"t": 75 + under},
        "ticklen": 0,
        "minorticklen": 0,
        # Only the current step is written out: the labels of the others would run into each other.
        "font": {"color": "rgba(0,0,0,0)", "size": 1},
        "currentvalue": {"font": {"color": INK, "size": 16}, "xanchor": "left", "offset": 12},
        "steps": [
            {"label": scene.caption(at), "method": "animate", "args": [[str(at)], now]}
            for at in range(len(scene.penalties))
        ],
    }


def _buttons(under: int) -> dict[str, Any]:
    play = {"frame": {"duration": 140, "redraw": False}, "transition": {"duration": 0}, "fromcurrent": False}
    stop = {"mode": "immediate", "frame": {"duration": 0, "redraw": False}, "transition": {"duration": 0}}
    return {
        "type": "buttons",
        "direction": "right",
        "showactive": False,
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "pad": {"t": 95 + under},
        "buttons": [
            {"label": "Play", "method": "animate", "args": [None, play]},
            {"label": "Pause", "method": "animate", "args": [[None], stop]},
        ],
    }


def _rounded(values: Floats) -> list[float | None]:
    """Seven digits are more than a screen shows; NaN, which JSON lacks, breaks a line as null."""
    return [None if np.isnan(value) else float(f"{value:.6g}") for value in values.tolist()]


def check_plotly() -> None:
    """See that Plotly is installed, before anything is made for it.

    Raises:
        PlotlyMissingError: it is not.
    """
    _graph_objects()


def _graph_objects() -> Any:
    try:
        from plotly import graph_objects
    except ImportError as error:
        raise PlotlyMissingError(
            f"the interactive page is made by Plotly, which is not installed ({error}). Install the extra: "
            f"pip install 'lemmata[{_EXTRA}]'"
        ) from error
    return graph_objects
