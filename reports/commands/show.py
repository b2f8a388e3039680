"""`lemmata show`: what a claim says."""

from __future__ import annotations

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import columns, reporting_faults


@click.command()
@click.argument("key", help="A claim key, or anything that selects claims.", shell_complete=common.keys)
def command(*, key: str) -> None:
    """Show what a claim says: words, formulas, hypotheses, ranges, mutants."""
    with reporting_faults():
        from lemmata import checks, claims
        from lemmata.reports import describe

        library = claims.load([key], probed=True)
        texts = [
            describe.claim_text(located.claim, checks.describe(located), width=columns()) for located in library.claims
        ]
        click.echo("\n".join(texts), nl=False)
        common.unreadable(library.failures)
