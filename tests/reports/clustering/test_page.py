"""The interactive page: what is in the figure, that it is self-contained, and that a browser draws it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clustering_fits import GROUPS, broken, model, points, tiny

from lemmata.reports.clustering.page import PlotlyMissingError, page_figure, write_page
from lemmata.reports.clustering.picture import principal
from lemmata.reports.clustering.scene import FRAMES
from lemmata.solvers import ShapeError

NAMES = [f"<i>{i}</i> & co" for i in range(30)]
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000", "--enable-logging=stderr")
FRAME = """<iframe src="page.html" width="420" height="900"></iframe><script>
window.addEventListener("load", () => setTimeout(() => {
  const inner = document.querySelector("iframe").contentWindow;
  const plot = inner.document.querySelector(".js-plotly-plot");
  const { xaxis, xaxis2, yaxis, yaxis2, font } = plot._fullLayout;
  const text = document.createElement("pre");
  text.id = "told";
  text.textContent = JSON.stringify({
    width: inner.document.documentElement.scrollWidth, h1: inner.document.querySelectorAll("h1").length,
    across: [xaxis.domain, xaxis2.domain], up: [yaxis.domain, yaxis2.domain], ink: font.color,
    range: xaxis.range[1] - xaxis.range[0], line: plot._fullData[1].line.color,
    faintest: Math.min(...plot._fullData.map((trace) => trace.opacity)),
    sheet: inner.getComputedStyle(inner.document.body).backgroundColor });
  document.body.append(text);
}, 2000));
</script></body>"""
"""A window as narrow as a telephone, and what the page is in it."""
PROBE = """<script>
const told = { errors: [] };
window.addEventListener("error", (event) => told.errors.push(event.message));
window.addEventListener("load", async () => {
  const plot = document.querySelector(".js-plotly-plot");
  const now = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
  const state = () => [plot.querySelector(".slider-label").textContent, plot._fullData[1].y[0]];
  try {
    told.first = state();
    await Plotly.animate(plot, ["0"], now);
    told.moved = state();
    const slider = plot.querySelector(".slider-group"), says = () => slider.getAttribute("aria-valuetext");
    slider.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    await new Promise((then) => setTimeout(then, 500));
    told.keyed = [plot._fullLayout.sliders[0].active, says() === state()[0]];
    told.stops = [...plot.querySelectorAll("[tabindex='0']")].map((one) => one.getAttribute("role"));
    for (const [name, what] of Object.entries({ points: ".xy .point", lines: ".x2y2 .js-line", sliders:
      ".slider-group", buttons: ".updatemenu-button", legend: ".legendtext", titles: ".xtitle, .x2title, .y2title" }))
      told[name] = plot.querySelectorAll(what).length;
  } catch (error) { told.errors.push(String(error)); }
  const text = document.createElement("pre");
  text.id = "told";
  text.textContent = JSON.stringify(told);
  document.body.append(text);
});
</script></body>"""
"""Moves the slider to its first step and writes down what is there."""


class TestFigure:
    """The data of the figure."""

    figure = page_figure(model(), points=10 * points(), names=NAMES, columns=list("abcd"), title="Groups")

    def test_frames(self) -> None:
        """A frame and a step of the slider for each iterate shown, from the different points to their common mean."""
        frames, steps = self.figure.frames, self.figure.layout.sliders[0].steps
        places = np.column_stack([frames[0].data[0].x, frames[0].data[0].y])

        assert 20 < len(frames) <= FRAMES
        assert [frame.name for frame in frames] == [step.args[0][0] for step in steps]
        assert principal(points(), points())[0] == pytest.approx(places, abs=1e-4)
        assert np.zeros(30) == pytest.approx(frames[-1].data[0].x, abs=1e-9)
        assert "29 clusters at penalty 0" == steps[0].label
        assert steps[-1].label.startswith("1 cluster at")

    def test_starts_at_the_clusters_asked_for(self) -> None:
        """The first picture is the frame with the clusters of the estimator, in points, line and slider."""
        slider, frames = self.figure.layout.sliders[0], self.figure.frames
        (label,) = {slider.steps[slider.active].label}

        assert label.startswith("3 clusters at penalty")
        assert self.figure.data[0].x == frames[slider.active].data[0].x
        assert self.figure.data[1].y == frames[slider.active].data[1].y

    def test_penalty_line_rises(self) -> None:
        """The line in the dendrogram never falls, and has counts to match the merges below it."""
        heights = np.array([frame.data[1].y[0] for frame in self.figure.frames])
        counts = [int(step.label.split()[0]) for step in self.figure.layout.sliders[0].steps]
        bars = np.sort(model().tree_.penalties)

        assert (np.diff(heights) >= 0).all()
        assert (np.diff(counts) <= 0).all()
        inner = slice(5, -5)  # at the ends the line stays inside the picture
        assert [30 - np.searchsorted(bars, height, "right") for height in heights[inner]] == counts[inner]

    def test_hover(self) -> None:
        """Name, cluster and the entries as given, escaped; and how many points are in the cluster at each frame."""
        marks = self.figure.data[0]

        assert marks.text[0].startswith("<b>&lt;i&gt;0&lt;/i&gt; &amp; co</b><br>cluster 0 (10 points)<br>a: ")
        assert f"a: {10 * points()[0, 0]:.4g}" in marks.text[0]
        assert {10} == set(marks.customdata)
        assert {30} == set(self.figure.frames[-1].data[0].customdata)
        leaves = next(trace for trace in self.figure.data if trace.name == "leaves")
        assert sorted(leaves.text) == sorted(marks.text)

    def test_told_apart_without_colour(self) -> None:
        """Each cluster has a symbol of its own beside its colour."""
        marks = self.figure.data[0].marker

        assert GROUPS == len(set(marks.symbol)) == len(set(zip(marks.symbol, marks.color, strict=True)))

    def test_axes_say_what_they_are(self) -> None:
        """Titles with units at both axes of the plane, a logarithmic penalty."""
        layout = self.figure.layout

        assert "units of the table" in layout.xaxis.title.text
        assert "% of variance" in layout.yaxis.title.text
        assert ("log", "penalty of the fusion (log scale)") == (layout.yaxis2.type, layout.yaxis2.title.text)

    def test_long_names(self) -> None:
        """Under the leaves long names lose their middle; many leaves have no names."""
        figure = page_figure(model(), names=[f"a name that is long {i}" for i in range(30)])

        assert "a name…long 29" in figure.layout.xaxis2.ticktext
        assert figure.layout.margin.b > page_figure(model(), names=["a"] * 30).layout.margin.b

    def test_other_labels(self) -> None:
        """Colours can follow a column of the table."""
        figure = page_figure(model(), labels=["x", "y"] * 15)

        assert ["x", "y"] == [trace.name for trace in figure.data if trace.showlegend is None]

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"names": ["a"]}, "got 1 names for 30 points"),
            ({"points": points()[:4]}, "for a path of 30"),
            ({"columns": ["a"]}, "got 1 columns"),
            ({"labels": [1]}, "got 1 labels"),
        ],
    )
    def test_misuse(self, wrong: dict[str, object], message: str) -> None:
        """As many names, rows, columns and labels are wanted as there are."""
        with pytest.raises(ShapeError, match=message):
            page_figure(model(), **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", [broken(), tiny(1), tiny(2)])
def test_degenerate(path: object) -> None:
    """Two components, one point, two points: a figure all the same, with finite ranges."""
    figure = page_figure(path)  # type: ignore[arg-type]
    ranges = [figure.layout[axis].range for axis in ("xaxis", "yaxis", "xaxis2", "yaxis2")]

    assert np.isfinite(np.array(ranges)).all()
    assert (np.diff(ranges) > 0).all()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page as it is written."""
    file = tmp_path_factory.mktemp("page") / "made" / "page.html"
    write_page(model(), file, points=points(), names=NAMES, title="Groups </script> & more")
    return file


def test_self_contained(page: Path) -> None:
    """Nothing is fetched: no source or link leads away; the title is escaped; the size has a bound."""
    text = page.read_text()

    assert not re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)\s*=", text)
    assert "<title>Groups &lt;/script&gt; &amp; more</title>" in text
    assert page.stat().st_size < 8e6


def test_without_plotly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The message names the extra to install, and no file is left behind."""
    monkeypatch.setitem(sys.modules, "plotly", None)
    with pytest.raises(PlotlyMissingError, match=r"pip install 'lemmata\[plots\]'"):
        write_page(model(), tmp_path / "page.html")
    assert not list(tmp_path.iterdir())


def opened(page: Path, *options: str) -> tuple[dict[str, Any], str]:
    """What a browser writes down on a page, and its log."""
    command = [str(BROWSER), *OPTIONS, *options, f"--user-data-dir={page.parent / 'profile'}", "--dump-dom"]
    for _ in range(3):  # a busy machine may cut the browser's time short: then the probe has told nothing
        result = subprocess.run(
            [*command, page.as_uri()], capture_output=True, text=True, check=False, timeout=120, encoding="utf-8"
        )
        if found := re.search(r'<pre id="told">(.*?)</pre>', result.stdout):
            return json.loads(found[1]), result.stderr
    raise AssertionError(result.stderr[-2000:])


def test_one_heading(page: Path) -> None:
    """The title is the page's only heading of the first order, and does not stand in the picture again."""
    text = page.read_text()

    assert ["Groups &lt;/script&gt; &amp; more"] == re.findall(r"<h1[^>]*>(.*?)</h1>", text)
    assert 2 == text.count("Groups &lt;/script&gt;")


@pytest.mark.skipif(BROWSER is None, reason="no browser to open the page in")
@pytest.mark.parametrize("dark", [False, True])
def test_narrow_and_dark(page: Path, tmp_path: Path, *, dark: bool) -> None:
    """On 420 pixels nothing scrolls sideways and the panels stand above each other; a dark page has light ink."""
    (tmp_path / "page.html").write_text(page.read_text())
    (tmp_path / "frame.html").write_text(f"<!DOCTYPE html><body>{FRAME}</html>")
    scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
    told, _ = opened(tmp_path / "frame.html", "--allow-file-access-from-files", scheme)
    wide = page_figure(model(), points=points(), names=NAMES).layout.xaxis.range
    ink, sheet = ("#e4e8ec", "rgb(20, 23, 27)") if dark else ("#222222", "rgb(255, 255, 255)")

    assert told["width"] <= 420
    assert 1 == told["h1"]
    assert [[0, 1], [0, 1]] == told["across"]
    assert told["up"][0][0] > told["up"][1][1]
    assert told["range"] < 3 * (wide[1] - wide[0])
    assert [ink, ink, sheet] == [told["ink"], told["line"], told["sheet"]]
    assert (0.75 if dark else 0.3) == pytest.approx(told["faintest"])


@pytest.mark.skipif(BROWSER is None, reason="no browser to open the page in")
def test_browser(page: Path, tmp_path: Path) -> None:
    """A browser draws both panels, slider, buttons and legend without an error, and the slider moves both panels."""
    probed = tmp_path / "probed.html"
    probed.write_text(page.read_text().replace("</body>", PROBE))
    told, errors = opened(probed)

    assert [] == told["errors"]
    assert "CONSOLE" not in errors
    assert told["first"][0].startswith("3 clusters at penalty")
    assert told["moved"][0] == "29 clusters at penalty 0"
    assert told["moved"][1] < told["first"][1]
    assert [1, True] == told["keyed"]  # an arrow moves the slider by a step, and what is read aloud with it
    assert ["slider", "button", "button"] == sorted(told["stops"], reverse=True)
    # A marker a point, a line a merge and one at the penalty, a name a cluster, titles at x and at the tree's y.
    assert {"points": 30, "lines": 30, "sliders": 1, "buttons": 2, "legend": 3, "titles": 2} == {
        name: told[name] for name in ("points", "lines", "sliders", "buttons", "legend", "titles")
    }
