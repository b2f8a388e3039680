"""`lemmata falsify`: try to break one claim for as long as one likes."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import columns, fail, reporting_faults
from lemmata.reports.supervised import supervised

if TYPE_CHECKING:
    from lemmata.checks import Attempt
    from lemmata.claims import Located


@click.command()
@click.argument("key", metavar="KEY", help="One claim: its key, or the path of its file.", shell_complete=common.keys)
@click.option("--seconds", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="How long to try.")
@common.seed
@common.store
def command(*, key: str, seconds: float, seed: int, store: Path) -> None:
    """Try to break one claim, as it stands and without each hypothesis; exit code 1 if it breaks as it stands."""
    with reporting_faults():
        from lemmata import claims

        library = claims.load([key], probed=True)
        common.unreadable(library.failures)
        if len(library.claims) != 1:
            fail(
                f"falsify takes one claim; {key!r} names {len(library.claims)}. `lemmata list` shows them; one of a "
                "file is named FILE.py::NAME."
            )
        (located,) = library.claims
        if isinstance(located.claim.then, claims.WithProbability):
            fail(f"{located.claim.key} speaks of a probability, which one instance cannot break; use verify instead")
        supervised(lambda: _falsify(located, seconds, seed, store))


def _falsify(located: Located, seconds: float, seed: int, store: Path) -> int:
    """Try, and return the exit code; what is found is printed at once, the rest at the end."""
    from lemmata import checks
    from lemmata.reports import describe, words
    from lemmata.reports.progress import SILENCE

    options, width = words.replay_options(located.source), columns()
    heard = time.monotonic()

    def tell(attempt: Attempt, *, err: bool = False) -> None:
        click.echo(describe.attempt_text(attempt, options, width=width), err=err)

    def follow(attempt: Attempt) -> None:
        nonlocal heard
        if attempt.found is not None:
            tell(attempt)
        elif time.monotonic() > heard + SILENCE:
            heard = time.monotonic()
            tell(attempt, err=True)

    with common.opened(store) as opened:
        attempts = checks.falsify(located, seconds=seconds, seed=seed, store=opened, on_round=follow)
    for attempt in attempts:
        if attempt.found is None:
            tell(attempt)
    return 1 if attempts[0].found is not None else 0
