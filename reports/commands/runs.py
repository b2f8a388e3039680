"""`lemmata runs`: what the store holds."""

from __future__ import annotations

from pathlib import Path

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import reporting_faults


@click.command()
@common.store
def command(*, store: Path) -> None:
    """List the runs of the store, oldest first: identifier, when, effort, seed, how long, and how they ended."""
    with reporting_faults():
        from lemmata.reports import comparison

        with common.opened(store, existing=True) as opened:
            for line in comparison.runs(opened):
                click.echo(line)
