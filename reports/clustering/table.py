"""The table of `lemmata cluster`: a CSV file read, or the one sentence that says why it cannot be clustered."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lemmata.solvers.numbers.arithmetic import Floats

_NAMED = 5
"""Rows, columns or cells that a message names."""
_ONE = 2
_PANDAS_INDEX = "Unnamed: 0"
"""What pandas calls a nameless column when it writes it out again."""


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
        rows_named: whether a first column without a name, which numbers or names the rows, was set apart.
    """

    values: Floats
    columns: list[str]
    lines: list[int]
    labels: list[str] | None
    rows_named: bool


def read_table(path: Path, *, label: str | None) -> Table:
    """Read a table with a header, every column numeric but the one named as label.

    A first column without a name, as pandas and R write it, is set apart if it numbers or names the rows.

    Raises:
        ClusterTableError: no such file, not UTF-8, no header, rows of different lengths, other columns without a name,
            columns that are not numeric, missing or infinite entries.
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
    rows_named = _names_rows(path, head, [row for _, row in rows[1:]])
    apart = _label_column(path, head, label)
    kept = [j for j in range(int(rows_named), len(head)) if j != apart]
    if not kept:
        beside = f"the label {label!r}" if label else "the one that names the rows"
        raise ClusterTableError(f"{path} has no column beside {beside}; expected at least one of numbers")
    return Table(
        values=_numbers(path, head, kept, rows[1:]),
        columns=[head[j] for j in kept],
        lines=[line for line, _ in rows[1:]],
        labels=None if apart is None else [row[apart].strip() for _, row in rows[1:]],
        rows_named=rows_named,
    )


def _check_head(path: Path, head: list[str]) -> None:
    if len(head) == 1 and (";" in head[0] or "\t" in head[0]):
        raise ClusterTableError(f"{path} separates its columns by semicolons or tabs; expected commas")
    twice = sorted({name for name in head if name and head.count(name) > 1})
    if twice:
        raise ClusterTableError(f"{path} has two columns called {listed(map(repr, twice))}; rename one")
    if all(number(cell) is not None for cell in head):
        raise ClusterTableError(f"the first line of {path} is all numbers; expected a header, the names of the columns")


def _names_rows(path: Path, head: list[str], rows: list[list[str]]) -> bool:
    """Whether the first column has no name and numbers or names the rows; other columns have to have a name."""
    nameless = [j for j, name in enumerate(head) if not name]
    if nameless and nameless[-1] > 0 and not any(row[nameless[-1]].strip() for row in rows):
        raise ClusterTableError(
            f"column {nameless[-1] + 1} of {path} has neither a name nor entries, as where every line ends in a comma; "
            "take it out of the table"
        )
    named = not head[0] or head[0] == _PANDAS_INDEX
    if nameless and (nameless[-1] > 0 or not (named and _is_index([row[0].strip() for row in rows]))):
        raise ClusterTableError(
            f"column {nameless[-1] + 1} of {path} has no name in the header; give it one, or take it out of the table"
        )
    return named and _is_index([row[0].strip() for row in rows])


def _is_index(cells: list[str]) -> bool:
    """Whether cells number the rows, by different whole numbers, or name them, by words."""
    if all(cell.isascii() and cell.isdigit() for cell in cells):
        return len(set(cells)) == len(cells)
    return all(cell and number(cell) is None for cell in cells)


def _label_column(path: Path, head: list[str], label: str | None) -> int | None:
    if label is None:
        return None
    if label not in head:
        raise ClusterTableError(f"{path} has no column {label!r}; its columns are {listed(filter(None, head))}")
    return head.index(label)


def _numbers(path: Path, head: list[str], kept: list[int], rows: list[tuple[int, list[str]]]) -> Floats:
    import numpy as np

    words: dict[str, str] = {}
    missing: list[str] = []
    values = np.empty((len(rows), len(kept)))
    for i, (line, row) in enumerate(rows):
        for place, j in enumerate(kept):
            cell = row[j].strip()
            value = math.nan if cell.lower() in ("", "na", "n/a", "null", "none", "?") else number(cell)
            if value is None:
                words.setdefault(head[j], f"{head[j]!r} ({cell!r} on line {line})")
            elif not math.isfinite(value):
                missing.append(f"line {line}, {head[j]!r}")
            else:
                values[i, place] = value
    if words:
        raise ClusterTableError(
            f"{path} has columns that are not numeric: {listed(words.values())}. Name one of them as --label, and "
            "leave the others out of the table or turn them into numbers"
        )
    if missing:
        raise ClusterTableError(
            f"{path} has missing or infinite entries: {listed(missing)}. Drop these rows or fill in their entries"
        )
    return values


def number(cell: str) -> float | None:
    """The cell as a number, or None if it is a word."""
    try:
        return float(cell)
    except ValueError:
        return None


def listed(names: Any) -> str:
    """The first of some names, and how many more there are."""
    given = list(names)
    more = f" and {len(given) - _NAMED} more" if len(given) > _NAMED else ""
    return ", ".join(given[:_NAMED]) + more
