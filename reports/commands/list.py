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
@click.option(
    "--papers", is_flag=True, help="Print each paper with its statements: what is on trial, what not, and why."
)
def command(*, select: tuple[str, ...], as_json: bool, papers: bool) -> None:
    """List claims: key, status, kind and title."""
    if papers and as_json:
        raise click.UsageError("--papers prints text; leave out --json, or --papers for the claims as JSON")
    with reporting_faults():
        if papers:
            from lemmata.reports.catalogue import catalogue_text

            click.echo(catalogue_text(select), nl=False)
            return
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
