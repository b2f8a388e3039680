"""The command line: a table of commands, each imported when it is asked for, so that help is instant."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path

import click

from lemmata.reports import defaults
from lemmata.reports.endings import fail, reporting_faults
from lemmata.reports.endings import run as run_command

COMMANDS = (
    "verify",
    "list",
    "show",
    "replay",
    "falsify",
    "new",
    "report",
    "runs",
    "compare",
    "gallery",
    "cluster",
    "laws",
    "completion",
)
"""In the order of the help; each is ``command`` in its module of `lemmata.reports.commands`."""


class _Commands(click.Group):
    """The group of all commands."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found = import_module(f"lemmata.reports.commands.{cmd_name}").command
        return found if isinstance(found, click.Command) else None


@click.group(cls=_Commands, name="lemmata")
@click.version_option(package_name="lemmata", message="lemmata %(version)s", help="Print the version and stop.")
@click.pass_context
def app(context: click.Context) -> None:
    """Puts theorems on trial: claims about implicit regularization, judged with evidence."""

    def commands() -> dict[str, click.Command]:
        found = {name: app.get_command(context, name) for name in COMMANDS}
        return {name: command for name, command in found.items() if command is not None}

    with reporting_faults():
        if sys.flags.optimize > 1:
            fail("Python runs with -OO, which takes away the docstrings that cma reads; run it with -O, or without")
        context.default_map = defaults.read(Path.cwd(), commands)


def main() -> None:
    """Entry point."""
    # Sympy and a paper are some 200,000 objects that stay; to look for garbage among them takes a quarter of the time.
    gc.set_threshold(200_000)
    run_command(app)


if __name__ == "__main__":
    main()
