"""Evidence as lines of JSON on standard output, each as soon as its claim is judged."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lemmata.checks import Progress
    from lemmata.checks.evidence import Evidence, Run


class Lines:
    """Prints a line a claim, and at last the run without its claims; nothing unless it is wanted."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted

    def before(self, then: Callable[[Progress], None]) -> Callable[[Progress], None]:
        """A callback that prints the evidence that has come, and then calls the other."""

        def update(progress: Progress) -> None:
            if progress.evidence is not None:
                self._print("claim", progress.evidence)
            then(progress)

        return update

    def before_recalled(self, then: Callable[[Evidence], None]) -> Callable[[Evidence], None]:
        """The same for evidence that is recalled."""

        def recall(evidence: Evidence) -> None:
            self._print("claim", evidence)
            then(evidence)

        return recall

    def end(self, run: Run) -> None:
        """Print the run itself: identifier, circumstances, failures, notes."""
        self._print("run", dataclasses.replace(run, claims=[], digest=""))

    def _print(self, kind: str, record: object) -> None:
        if self._wanted:
            from lemmata.checks.records import encode

            click.echo(encode({kind: record}))
