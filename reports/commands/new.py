"""`lemmata new`: a file of claims to start from."""

from __future__ import annotations

from pathlib import Path

import click

from lemmata.reports import new as new_file
from lemmata.reports.commands import common
from lemmata.reports.endings import fail


@click.command()
@click.argument("name", help="Name of the file and of its claims: lower case, like a module.")
@click.option("--directory", type=common.FILE, default=Path(), show_default=True, help="Where to write it.")
@click.option(
    "--kind",
    default="statement",
    show_default=True,
    help=f"What it begins with: {', '.join(new_file.kinds())}.",
)
def command(*, name: str, directory: Path, kind: str) -> None:
    """Write a conjecture file that runs as it is, to be changed into your own."""
    try:
        path = new_file.write(name, directory, kind=kind)
    except new_file.NewFileError as error:
        fail(str(error))
    click.echo(f"Wrote {path}. Now run: lemmata verify {path}")
