"""`lemmata replay`: a counterexample, run again."""

from __future__ import annotations

from pathlib import Path

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import reporting_faults
from lemmata.reports.supervised import supervised


@click.command()
@click.argument("identifier", metavar="ID", help="A counterexample, or its first digits (4 or more).")
@click.option(
    "--claims", "claim_files", multiple=True, metavar="FILE", help="Your file (or folder) that holds its claim."
)
@click.option("--python", is_flag=True, help="Print a script that rebuilds it.")
@click.option("--certificate", is_flag=True, help="ID is a certificate: check its sums of squares, without a solver.")
@common.store
def command(*, identifier: str, claim_files: tuple[str, ...], python: bool, certificate: bool, store: Path) -> None:
    """Run a counterexample again, in exact arithmetic; exit code 1 if it is no longer what was recorded.

    The claim comes from the package or from --claims, never from a file that the store names.
    """
    with reporting_faults():
        supervised(
            lambda: (
                _check(identifier, claim_files, store)
                if certificate
                else _replay(identifier, claim_files, store, python=python)
            )
        )


def _check(identifier: str, claim_files: tuple[str, ...], store: Path) -> int:
    """Check a certificate, and return the exit code."""
    from lemmata import checks
    from lemmata.reports import decisions

    with common.opened(store, existing=True) as opened:
        result = checks.replay_certificate(opened, identifier, claims=claim_files)
    click.echo(decisions.certificate_text(result), nl=False)
    return 0 if result.holds and not result.is_vacuous else 1


def _replay(identifier: str, claim_files: tuple[str, ...], store: Path, *, python: bool) -> int:
    """Replay, and return the exit code."""
    from lemmata import checks
    from lemmata.reports import describe

    with common.opened(store, existing=True) as opened:
        result = checks.replay(opened, identifier, claims=claim_files)
    if python:
        click.echo(result.python, nl=False)
        return 0
    click.echo(describe.replay_text(result), nl=False)
    return 0 if result.agrees else 1
