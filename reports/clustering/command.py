"""`lemmata cluster`: from a table in a file to clusters, a summary, labels and the interactive page."""

from __future__ import annotations

import csv
import io
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from lemmata.solvers.clustering.estimator import ConvexClustering
    from lemmata.solvers.numbers.arithmetic import Floats

_NAMED = 5
"""Rows, columns or cells that a message names."""
_SHOWN = 20
"""Clusters that the summary lists."""
_ONE = 2


class ClusterTableError(ValueError):
    """A table cannot be clustered as asked; the message names rows and columns and says what to do."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Numbers from a file.

    Attributes:
        values: ``(n, p)``.
        columns: of the values.
        lines: the line of the file on which each row ends, ``n`` of them.
        labels: the column that was set apart, or None.
    """

    values: Floats
    columns: list[str]
    lines: list[int]
    labels: list[str] | None


def read_table(path: Path, *, label: str | None) -> Table:
    """Read a table with a header, every column numeric but the one named as label.

    Raises:
        ClusterTableError: no such file, not UTF-8, no header, rows of different lengths, columns that are not numeric,
            missing or infinite entries.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ClusterTableError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ClusterTableError(f"{path} is not text in UTF-8 ({error.reason}); save it as CSV in UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise ClusterTableError(f"{path}, line {reader.line_num}: {error}; expected comma-separated values") from error
    if len(rows) < _ONE:
        raise ClusterTableError(f"{path} has {len(rows)} lines; expected a header and at least one row")
    head = [cell.strip() for cell in rows[0][1]]
    _check_head(path, head)
    for line, row in rows[1:]:
        if len(row) != len(head):
            raise ClusterTableError(f"{path}, line {line}: {len(row)} cells under {len(head)} columns")
    apart = _label_column(path, head, label)
    kept = [j for j in range(len(head)) if j != apart]
    if not kept:
        raise ClusterTableError(f"{path} has no column beside the label {label!r}; expected at least one of numbers")
    return Table(
        values=_numbers(path, head, kept, rows[1:]),
        columns=[head[j] for j in kept],
        lines=[line for line, _ in rows[1:]],
        labels=None if apart is None else [row[apart].strip() for _, row in rows[1:]],
    )


def run(
    table: Table,
    *,
    clusters: int | None,
    standardise: bool,
    connect: bool,
) -> tuple[ConvexClustering, float]:
    """The fitted estimator and the seconds that the fit took.

    Raises:
        ClusterTableError: more clusters than rows, or no connected graph.
    """
    from lemmata.solvers.clustering.estimator import ConvexClustering

    n = len(table.values)
    if clusters is not None and not 1 <= clusters <= n:
        raise ClusterTableError(f"asked for {clusters} clusters of {n} rows; expected 1 to {n}")
    points = standardised(table.values) if standardise else table.values
    began = time.perf_counter()
    try:
        fitted = ConvexClustering(clusters, connect=connect).fit(points)
    except ValueError as error:
        hint = "" if standardise else "\nColumns of very different scales are one cause: try --standardise."
        raise ClusterTableError(str(error).replace("connect=True", "--connect") + hint) from error
    return fitted, time.perf_counter() - began


def standardised(values: Floats) -> Floats:
    """Each column with mean zero and standard deviation one; constant columns are zero."""
    import numpy as np

    scale = values.std(axis=0)
    return np.asarray((values - values.mean(axis=0)) / np.where(scale > 0, scale, 1.0))


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
    for name in ("cluster", "size", *table.columns[:_NAMED]):
        grid.add_column(Text(name), justify="right", overflow="fold")
    for k in np.argsort(-sizes, kind="stable")[:_SHOWN]:
        means = table.values[fitted.labels_ == k].mean(axis=0)
        grid.add_row(str(k), str(sizes[k]), *(f"{mean:.4g}" for mean in means[:_NAMED]))
    console.print(grid)
    more = f"; {len(sizes) - _SHOWN} smaller clusters left out" if len(sizes) > _SHOWN else ""
    first = f"the first {_NAMED} columns" if p > _NAMED else "the columns"
    console.print(f"(means of {first}{more})", highlight=False)
    if table.labels is not None:
        from sklearn.metrics import adjusted_rand_score

        agreement = adjusted_rand_score(table.labels, fitted.labels_)
        console.print(f"agreement with the labels: adjusted Rand index {agreement:.3f}", highlight=False)
    chosen = "" if fitted.n_clusters is not None else " (chosen: they last longest)"
    console.print(
        f"{n} rows, {p} columns: {len(sizes)} cluster{'s' * (len(sizes) > 1)}{chosen} from penalty {penalty:.4g} on; "
        f"{path.steps} steps, {len(path.graph.edges)} edges, {seconds:.2f} s",
        highlight=False,
        soft_wrap=True,
    )


def page(fitted: ConvexClustering, table: Table, file: Path, *, title: str, standardise: bool) -> None:
    """Write the interactive page.

    Raises:
        ClusterTableError: Plotly is missing.
        UnwritableError: the file cannot be written.
    """
    from lemmata.reports.clustering.page import PlotlyMissingError, write_page

    lines = (f"line {line}" for line in table.lines)
    labels = table.labels or [""] * len(table.lines)
    names = [f"{label}, {line}" if label else line for label, line in zip(labels, lines, strict=True)]
    unit = "standard deviations" if standardise else "units of the table"
    try:
        write_page(fitted, file, points=table.values, names=names, columns=table.columns, unit=unit, title=title)
    except PlotlyMissingError as error:
        raise ClusterTableError(str(error)) from error


def write_labels(fitted: ConvexClustering, table: Table, file: Path) -> None:
    """Write the cluster of each row, beside its label if there is one.

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
        writer.writerows([["label", "cluster"], *zip(table.labels, numbers, strict=True)])
    write(file, stream.getvalue().encode())


def _check_head(path: Path, head: list[str]) -> None:
    if len(head) == 1 and (";" in head[0] or "\t" in head[0]):
        raise ClusterTableError(f"{path} separates its columns by semicolons or tabs; expected commas")
    twice = sorted({name for name in head if head.count(name) > 1})
    if twice:
        raise ClusterTableError(f"{path} has two columns called {_listed(map(repr, twice))}; rename one")
    if all(_number(cell) is not None for cell in head):
        raise ClusterTableError(f"the first line of {path} is all numbers; expected a header, the names of the columns")


def _label_column(path: Path, head: list[str], label: str | None) -> int | None:
    if label is None:
        return None
    if label not in head:
        raise ClusterTableError(f"{path} has no column {label!r}; its columns are {_listed(head)}")
    return head.index(label)


def _numbers(path: Path, head: list[str], kept: list[int], rows: list[tuple[int, list[str]]]) -> Floats:
    import numpy as np

    words: dict[str, str] = {}
    missing: list[str] = []
    values = np.empty((len(rows), len(kept)))
    for i, (line, row) in enumerate(rows):
        for place, j in enumerate(kept):
            cell = row[j].strip()
            number = math.nan if cell.lower() in ("", "na", "n/a", "null", "none", "?") else _number(cell)
            if number is None:
                words.setdefault(head[j], f"{head[j]!r} ({cell!r} on line {line})")
            elif not math.isfinite(number):
                missing.append(f"line {line}, {head[j]!r}")
            else:
                values[i, place] = number
    if words:
        raise ClusterTableError(
            f"{path} has columns that are not numeric: {_listed(words.values())}. Name one of them as --label, and "
            "leave the others out of the table or turn them into numbers"
        )
    if missing:
        raise ClusterTableError(
            f"{path} has missing or infinite entries: {_listed(missing)}. Drop these rows or fill in their entries"
        )
    return values


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def _listed(names: Any) -> str:
    given = list(names)
    more = f" and {len(given) - _NAMED} more" if len(given) > _NAMED else ""
    return ", ".join(given[:_NAMED]) + more
