"""`lemmata cluster`: from a table in a file to clusters, a summary, labels and the interactive page."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lemmata.reports import words
from lemmata.reports.clustering.table import ClusterTableError, Table, listed, number

if TYPE_CHECKING:
    from rich.console import Console

    from lemmata.reports.clustering.waiting import Waiting
    from lemmata.solvers.clustering.estimator import ConvexClustering
    from lemmata.solvers.clustering.graph import Cut
    from lemmata.solvers.numbers.arithmetic import Floats

_COLUMNS, _NAME = 5, 40
"""Columns whose means the summary shows, and letters of a name in it."""
_SHOWN = 20
"""Clusters that the summary lists."""
_RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""First letters of cells that a spreadsheet takes for formulas, also in their wide forms."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What the command line says of the clustering.

    Attributes:
        clusters: how many; those that last longest if None.
        standardise: give every column variance one.
        phi: scale of the weights; chosen by the table if None.
        neighbours: of each row; the fewest that connect the rows if None.
        connect: join components of the neighbour graph.
    """

    clusters: int | None = None
    standardise: bool = False
    phi: float | None = None
    neighbours: int | None = None
    connect: bool = False


def run(table: Table, choices: Choices, waiting: Waiting) -> ConvexClustering:
    """The fitted estimator.

    Raises:
        ClusterTableError: a choice out of its range, or a table that cannot be clustered so; in the words of the
            command line and in lines of the file.
    """
    from lemmata.solvers.clustering.estimator import ConvexClustering
    from lemmata.solvers.clustering.graph import DisconnectedGraphError, WeightError
    from lemmata.solvers.clustering.tree import TooFewClustersError

    _check(choices, len(table.values))
    points = standardised(table.values) if choices.standardise else table.values
    phi: float | Literal["auto"] = choices.phi or "auto"
    neighbours: int | Literal["auto"] = choices.neighbours or "auto"
    model = ConvexClustering(choices.clusters, phi=phi, n_neighbors=neighbours, connect=choices.connect)
    try:
        with waiting:
            return model.fit(points, progress=waiting)
    except DisconnectedGraphError as error:
        if error.cut is None:
            raise
        raise ClusterTableError(_apart(error.cut, table, choices)) from error
    except TooFewClustersError as error:
        raise ClusterTableError(
            f"asked for {choices.clusters} clusters, and with {choices.neighbours} neighbours the rows fall into "
            f"{error.fewest} groups that nothing joins; ask for at least so many, for more --neighbours, or --connect"
        ) from error
    except WeightError as error:
        raise ClusterTableError(
            f"with --phi {choices.phi:g} weights are too small to compute with; {_smaller(choices)}"
        ) from error
    except ValueError as error:
        raise ClusterTableError(f"{error}{'' if choices.standardise else _STANDARDISE}") from error


_STANDARDISE = "\nColumns of very different scales are one cause: try --standardise."


def _check(choices: Choices, n: int) -> None:
    clusters, neighbours, phi = choices.clusters, choices.neighbours, choices.phi
    if clusters is not None and not 1 <= clusters <= n:
        raise ClusterTableError(f"asked for {clusters} clusters of {n} rows; expected 1 to {n}")
    if neighbours is not None and not 1 <= neighbours < n:
        raise ClusterTableError(f"got --neighbours {neighbours} for {n} rows; expected 1 to {n - 1}, the other rows")
    if phi is not None and not (math.isfinite(phi) and phi > 0):
        raise ClusterTableError(f"got --phi {phi}; expected a positive number")


def _apart(cut: Cut, table: Table, choices: Choices) -> str:
    """Why the graph falls apart, in lines of the file."""
    lines = listed(str(table.lines[i]) for i in cut.apart)
    one, other = (table.lines[i] for i in cut.ends)
    return (
        f"the rows fall into {cut.components} groups, since the weights exp(-phi distance^2) between them are zero in "
        f"floating point with --phi {cut.phi:g}; apart from the largest group are the rows on the lines {lines}, and "
        f"the nearest of two groups are {cut.distance:.3g} apart, on the lines {one} and {other}. "
        f"{_smaller(choices, cut.enough)}"
    )


def _smaller(choices: Choices, enough: float | None = None) -> str:
    most = "" if enough is None else f" (at most {enough:.2g})"
    scale = "" if choices.standardise else ", try --standardise"
    return f"give a smaller --phi{most} or none{scale}, or ask for --connect"


def standardised(values: Floats) -> Floats:
    """Each column with mean zero and standard deviation one; constant columns are zero."""
    import numpy as np

    # In units of the largest entry squares neither overflow nor vanish.
    largest = np.abs(values).max(axis=0)
    scaled = values / np.where(largest > 0, largest, 1.0)
    moved = np.ptp(scaled, axis=0) > 0
    centred = np.where(moved, scaled - scaled.mean(axis=0), 0.0)
    return np.asarray(centred / np.where(moved, scaled.std(axis=0), 1.0))


def render(fitted: ConvexClustering, table: Table, seconds: float, console: Console) -> None:
    """Print what was found."""
    import numpy as np
    from rich.table import Table as Grid
    from rich.text import Text

    tree, path = fitted.tree_, fitted.path_
    sizes = np.bincount(fitted.labels_)
    n, p = table.values.shape
    merged = tree.n - fitted.n_clusters_
    penalty = float(tree.penalties[merged - 1]) if merged else 0.0
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for name in ("cluster", "size", *(words.one_line(name, _NAME) for name in table.columns[:_COLUMNS])):
        grid.add_column(Text(name), justify="right", overflow="fold")
    for k in np.argsort(-sizes, kind="stable")[:_SHOWN]:
        means = table.values[fitted.labels_ == k].mean(axis=0)
        grid.add_row(str(k), str(sizes[k]), *(f"{mean:.4g}" for mean in means[:_COLUMNS]))
    console.print(grid)
    more = f"; {_counted(len(sizes) - _SHOWN, 'smaller cluster')} left out" if len(sizes) > _SHOWN else ""
    first = f"the first {_COLUMNS} columns" if p > _COLUMNS else "the columns"
    console.print(f"(means of {first}{more})", highlight=False)
    if table.rows_named:
        console.print("(the first column, which has no name, names the rows and is set apart)", highlight=False)
    if fitted.n_clusters is not None and fitted.n_clusters > len(sizes):
        console.print(
            f"(no {fitted.n_clusters} clusters: the table has {_counted(len(sizes), 'different row')})", highlight=False
        )
    if table.labels is not None:
        from sklearn.metrics import adjusted_rand_score

        agreement = adjusted_rand_score(table.labels, fitted.labels_)
        console.print(f"agreement with the labels: adjusted Rand index {agreement:.3f}", highlight=False)
    lasting = "it lasts longest" if len(sizes) == 1 else "they last longest"
    chosen = "" if fitted.n_clusters is not None else f" (chosen: {lasting})"
    console.print(
        f"{_counted(n, 'row')}, {_counted(p, 'column')}: {_counted(len(sizes), 'cluster')}{chosen} from penalty "
        f"{penalty:.4g} on; {_counted(path.steps, 'step')}, {_counted(len(path.graph.edges), 'edge')}, {seconds:.2f} s",
        highlight=False,
        soft_wrap=True,
    )


def check_page() -> None:
    """See that a page can be made, before anything else is.

    Raises:
        ClusterTableError: Plotly is missing.
    """
    from lemmata.reports.clustering.page import PlotlyMissingError, check_plotly

    try:
        check_plotly()
    except PlotlyMissingError as error:
        raise ClusterTableError(str(error)) from error


def draw_page(fitted: ConvexClustering, table: Table, file: Path, *, title: str, standardise: bool) -> None:
    """Write the interactive page.

    Raises:
        UnwritableError: the file cannot be written.
    """
    from lemmata.reports.clustering.page import write_page

    lines = (f"line {line}" for line in table.lines)
    labels = table.labels or [""] * len(table.lines)
    names = [words.one_line(f"{label}, {line}" if label else line) for label, line in zip(labels, lines, strict=True)]
    columns = [words.one_line(name) for name in table.columns]
    unit = "standard deviations" if standardise else "units of the table"
    write_page(fitted, file, points=table.values, names=names, columns=columns, unit=unit, title=words.one_line(title))


def write_labels(fitted: ConvexClustering, table: Table, file: Path) -> None:
    """Write the cluster of each row, beside its label if there is one.

    Labels that a spreadsheet would run as a formula are quoted, with an apostrophe before them.

    Raises:
        UnwritableError: the file cannot be written.
    """
    from lemmata.reports.files import write

    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    numbers = fitted.labels_.tolist()
    if table.labels is None:
        writer.writerows([["cluster"], *([number] for number in numbers)])
    else:
        writer.writerows([["label", "cluster"], *zip(map(_quoted, table.labels), numbers, strict=True)])
    write(file, stream.getvalue().encode())


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _quoted(cell: str) -> str:
    value = number(cell)
    harmless = value is not None and math.isfinite(value)
    return f"'{cell}" if cell.startswith(_RUN_BY_SPREADSHEETS) and not harmless else cell
