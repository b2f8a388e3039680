"""`lemmata compare`: what changed from one run to another."""

from __future__ import annotations

from pathlib import Path

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import reporting_faults


@click.command()
@click.argument("before", metavar="RUN", help="A run of the store, its first digits, or a run.json.")
@click.argument("after", metavar="RUN", help="Another one.")
@common.store
def command(*, before: str, after: str, store: Path) -> None:
    """Say what changed from one run to another: verdicts, ratios, times, statements; exit code 1 on another verdict."""
    with reporting_faults():
        from lemmata.reports import comparison

        first, second = (comparison.found(name, store) for name in (before, after))
        changes = comparison.changes(first, second)
        for line in comparison.lines(first, second, changes):
            click.echo(line)
        raise click.exceptions.Exit(int(any(change.is_of_a_verdict for change in changes)))
