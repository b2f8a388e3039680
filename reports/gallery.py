"""The pictures that tell the field's story, for print: from the evidence of a run, as SVG and PNG, by Matplotlib."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lemmata.reports.formulas.linear import plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from lemmata.checks.evidence import Curve, Run

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Okabe and Ito's palette, which the colour-blind can tell apart."""

_TITLE = 68
"""Letters of a title to a line."""
_DASHED = (0, (2.5, 3.5))
"""Of what is predicted; the gaps let the colour of a curve below be seen."""

_MARKERS, _DASHES = "os^Dv<>", ("-", "--", "-.", ":")


@dataclass(frozen=True, kw_only=True)
class Series:
    """One curve of a picture: where in the evidence it stands."""

    claim: str
    curve: str
    """A regular expression; the first curve of the claim whose name it finds, on real data first."""
    label: str


@dataclass(frozen=True, kw_only=True)
class Plate:
    """One picture of the gallery."""

    name: str
    title: str
    x: str
    y: str
    series: tuple[Series, ...]
    prediction: str = ""
    """What the dashed lines are; without it none is drawn."""
    log_y: bool = False


_DIGITS = r"^digits, h = 1$"

PLATES = (
    Plate(
        name="imbalance",
        title="Layers stay balanced: what each method does to the imbalance (digits, 60 steps)",
        x="step",
        y="largest change of the imbalance",
        log_y=True,
        prediction="exact identity",
        series=(
            Series(claim="du2018/gradient-descent-step", curve=_DIGITS, label="gradient descent"),
            Series(claim="du2018/stochastic-step-per-neuron", curve=_DIGITS, label="minibatches"),
            Series(claim="du2018/weight-decay-step", curve=_DIGITS, label="weight decay"),
            Series(claim="du2018/heavy-ball-step", curve=_DIGITS, label="momentum"),
        ),
    ),
    Plate(
        name="minimiser-by-depth",
        title="Depth decides which of many l1 minimisers is found",
        x="depth D",
        y="place t on the segment of minimisers",
        prediction="Renyi entropies of order 2/D",
        series=(
            Series(
                claim="wind2023/renyi-entropies-decide-on-a-segment",
                curve="spread against one",
                label="limit of the flow",
            ),
        ),
    ),
    Plate(
        name="error-against-initialization",
        title="Error against the size of the initialization, with the theory's power",
        x="log10 of the initialization",
        y="log10 of the l1 error",
        prediction="claimed power and constant",
        series=(
            Series(claim="wind2023/leading-constant-depth-two", curve="two entries, depth 2", label="D = 2"),
            Series(claim="wind2023/leading-constant", curve="two entries, depth 5/2", label="D = 5/2"),
            Series(claim="wind2023/leading-constant", curve="two entries, depth 3", label="D = 3"),
            Series(claim="wind2023/leading-constant", curve="two entries, depth 6", label="D = 6"),
        ),
    ),
    Plate(
        name="sequential-recovery",
        title="Components of the images of digits are learned one after the other",
        x="steps",
        y="singular value, in units of s_1",
        prediction="predicted learning time",
        series=tuple(
            Series(
                claim="jiang2022/learning-times-foretold",
                curve=f"^singular value {number} ",
                label=f"component {number}",
            )
            for number in range(1, 6)
        ),
    ),
    Plate(
        name="transition-window",
        title="Two nearly tied columns: the window in which the tie is felt",
        x="epsilon over alpha^(D-2)",
        y="weight of the worse column",
        prediction="law of the window",
        series=tuple(
            Series(
                claim="wind2023/a-near-tie-is-seen-at-polynomially-small-starts",
                curve=f"at depth {depth},",
                label=f"D = {depth}",
            )
            for depth in ("5/2", "3", "4", "6")
        ),
    ),
    Plate(
        name="annealing-exponent",
        title="Annealed importance sampling: how fast the gap closes, by the exponent of the step",
        x="c, the step being K^-c",
        y="exponent of the gap",
        prediction="max(2c - 1, -4c)",
        series=(Series(claim="zhang2021/*", curve="^exponent of the gap", label="measured"),),
    ),
    Plate(
        name="lifted-landscape",
        title="Gradient descent on a factor and on its lift: how often the truth is found",
        x="n = 2k - 1",
        y="share of runs that reach the truth",
        prediction="2^(1-k), n = 2k - 1",
        series=(
            Series(claim="ma2023/*", curve="descent on the factor", label="factor"),
            Series(claim="ma2023/*", curve="descent on the lift of order 3", label="lift of order 3"),
        ),
    ),
)
"""In the order of the story; the path of convex clustering is `lemmata.reports.clustering.gallery`'s."""


def figures(run: Run, plates: Sequence[Plate] = PLATES) -> Iterator[tuple[str, Figure]]:
    """Name and picture of every plate whose curves the run holds."""
    for plate in plates:
        found = [(one.label, _curve(run, one)) for one in plate.series]
        drawn = [(label, curve) for label, curve in found if curve is not None]
        if drawn:
            yield plate.name, _figure(plate, drawn)


def missing(run: Run, plates: Sequence[Plate] = PLATES) -> list[str]:
    """What to select for the plates that the run cannot draw: keys and globs of claims."""
    return [one.claim for plate in plates for one in plate.series if _curve(run, one) is None]


def encoded(figure: Figure) -> dict[str, bytes]:
    """The picture as files: ending -> content. The letters of an SVG stay letters."""
    import matplotlib as mpl

    content: dict[str, bytes] = {}
    for ending, options in (("svg", {"metadata": {"Date": None}}), ("png", {"dpi": 200})):
        stream = io.BytesIO()
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "gallery"}):
            figure.savefig(stream, format=ending, **options)
        content[ending] = stream.getvalue()
    return content


def _curve(run: Run, wanted: Series) -> Curve | None:
    from fnmatch import fnmatchcase

    for claim in run.claims:
        if fnmatchcase(claim.statement.key, wanted.claim):
            for sample in (claim.data, claim.sample):
                for curve in sample.curves if sample is not None else ():
                    if re.search(wanted.curve, curve.name):
                        return curve
    return None


def _figure(plate: Plate, drawn: Sequence[tuple[str, Curve]]) -> Figure:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    with mpl.rc_context({"font.size": 10.0}):
        figure = Figure(figsize=(6.4, 4.4), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        for number, (label, curve) in enumerate(drawn):
            _plot(axes, curve, number, label, predicted=bool(plate.prediction))
        if plate.prediction:
            axes.plot([], [], color="#000000", lw=0.9, ls=_DASHED, label=plain(plate.prediction))
        if plate.log_y:
            axes.set_yscale("log", nonpositive="mask")
        figure.suptitle(textwrap.fill(plain(plate.title), _TITLE), fontsize=10.5, parse_math=False)
        axes.set_xlabel(plain(plate.x), parse_math=False)
        axes.set_ylabel(plain(plate.y), parse_math=False)
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(visible=True, color="#dddddd", lw=0.6)
        if all(value.is_integer() for _, curve in drawn for value in curve.x):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    return figure


def _plot(axes: Axes, curve: Curve, number: int, label: str, *, predicted: bool) -> None:
    """A curve with marks of its own at places of its own, thinner than those before: what coincides is all seen."""
    size, thickness = max(len(curve.x) // 8, 1), max(3.2 - 0.6 * number, 1.8)
    axes.plot(
        curve.x,
        [float("nan") if value is None else value for value in curve.measured],
        color=COLOURS[number % len(COLOURS)],
        ls="-" if predicted else _DASHES[number % len(_DASHES)],  # what is predicted is dashed
        lw=thickness,
        marker=_MARKERS[number % len(_MARKERS)],
        markevery=(number % size, size),
        markersize=4 + thickness,
        label=label,
    )
    if predicted:
        heights = [float("nan") if value is None else value for value in curve.predicted]
        axes.plot(curve.x, heights, color="#000000", lw=0.9, ls=_DASHED, zorder=5)
