"""What several commands share: the selection, the store, and what to say of files that cannot be read."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lemmata.reports.endings import FAULT, shown_at_last

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from lemmata.checks import Run, Store

_Command = TypeVar("_Command", bound=Callable[..., Any])

EFFORTS = ("quick", "standard", "deep")
"""How hard a run tries: the values of `lemmata.checks.Effort`, which is heavy to import."""
FILE = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)
STANDARD_OUTPUT = Path("-")
USUAL_STORE = Path(".lemmata")


class Seconds(click.FloatRange):
    """A time in seconds: `click.FloatRange`, which takes nan for a number of any range, without that."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number; what is none, or out of range, is refused as click does."""
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value} is no time in seconds.", param, ctx)
        return seconds


def keys(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[str]:
    """For the shell's completion: the package's keys that begin so."""
    from lemmata.claims.index import entries

    return [entry.key for entry in entries() if entry.key.startswith(begun)]


def selection(command: _Command) -> _Command:
    """Give a command the argument SELECT, as ``select``."""
    about = "Claim keys, globs, paper keys, or paths of your own files."
    add = click.argument("select", nargs=-1, metavar="[SELECT]...", help=about, shell_complete=keys)
    return add(command)


def store(command: _Command) -> _Command:
    """Give a command the option --store."""
    about = "Folder that keeps the evidence."
    add = click.option("--store", type=FOLDER, default=USUAL_STORE, show_default=True, help=about)
    return add(command)


def seed(command: _Command) -> _Command:
    """Give a command the option --seed."""
    about = "Every random draw derives from it."
    add = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help=about)
    return add(command)


def pages(command: _Command) -> _Command:
    """Give a command the options --html and --single."""
    folder = "Folder for the pages of the HTML report; a name that ends in .html gives one page."
    one = click.option("--single", is_flag=True, help="The HTML report as one page.")
    return click.option("--html", type=FILE, help=folder)(one(command))


@contextmanager
def opened(folder: Path, *, existing: bool = False) -> Iterator[Store]:
    """The store of a folder; with ``existing``, none is made where there was none."""
    from lemmata.checks.store import NoRunError, Store
    from lemmata.reports import words

    words.STORE.set("" if folder == USUAL_STORE else str(folder))
    path = folder / "evidence.sqlite"
    if existing and not path.exists():
        raise NoRunError(f"there is no evidence in {folder}; run `lemmata verify` first, or name its --store")
    with Store.open(path, read_only=existing) as store:
        yield store


@contextmanager
def executor(name: str | None) -> Iterator[Executor | None]:
    """The executor of a name; None for none, which imports nothing."""
    if name is None:
        yield None
        return
    from lemmata.checks.running.executors import executor_named

    with executor_named(name) as found:
        yield found


def recorded(run: str | None, folder: Path) -> Run:
    """The record of a run: of a file that ends in .json, of a run of the store, or of its newest finished run."""
    from lemmata.checks.document import decode_run
    from lemmata.reports import files

    if run is not None and run.endswith(".json"):
        return decode_run(files.read(Path(run)))
    with opened(folder, existing=True) as store:
        return decode_run(store.document(run))


def show_run(run: Run, paths: list[Path | None], *, verbose: bool, printed: bool = False) -> None:
    """The terminal's report, on standard error if the JSON document takes standard output, or has ``printed`` to it."""
    from lemmata.reports import document, terminal
    from lemmata.reports.endings import columns, console

    taken = STANDARD_OUTPUT in paths
    with shown_at_last():
        terminal.render(run, console(stderr=taken), verbose=verbose)
        written = [str(path) for path in paths if path not in (None, STANDARD_OUTPUT)]
        click.echo(written_text(written, columns()), err=taken)
        if taken and not printed:
            click.echo(document.render(run), nl=False)


def written_text(paths: list[str], width: int) -> str:
    """What was written, on one line of ``width`` columns or a path a line; a path is never broken."""
    if not paths:
        return "Nothing was written."
    line = f"Written: {', '.join(paths)}"
    return line if len(line) <= width else "Written: " + ",\n         ".join(paths)


def unreadable(failures: tuple[tuple[str, str], ...]) -> None:
    """Say which files could not be read, and end with a fault if any; the claims of the others were shown."""
    from lemmata.reports import words

    for source, error in failures:
        click.echo(f"lemmata: could not read {words.one_line(source)}\n{words.visible(error)}", err=True)
    if failures:
        raise click.exceptions.Exit(FAULT)


def processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
