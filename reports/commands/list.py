"""`lemmata list`: which claims there are."""

from __future__ import annotations

import dataclasses
import json

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import reporting_faults


@click.command()
@common.selection
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def command(*, select: tuple[str, ...], as_json: bool) -> None:
    """List claims: key, status, kind and title."""
    with reporting_faults():
        from lemmata.claims import listed
        from lemmata.reports import words

        entries, failures = listed(select, probed=True)
        if as_json:
            click.echo(json.dumps([dataclasses.asdict(entry) for entry in entries], indent=2, ensure_ascii=False))
            common.unreadable(failures)
            return
        rows = [[words.one_line(cell) for cell in (one.key, one.status, one.kind, one.title)] for one in entries]
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
        for row in rows:
            click.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]))
        common.unreadable(failures)
