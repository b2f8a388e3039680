"""The command line. Heavy libraries are imported by the command that needs them, so that help is instant."""

from __future__ import annotations

import enum
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from lemmata.checks import Store

app = typer.Typer(
    name="lemmata",
    help="Puts theorems on trial: claims about implicit regularization, judged with evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

FAULT, INTERRUPTED = 2, 130
"""Exit codes beyond 0 (as expected) and 1 (not): harness or usage error; Ctrl-C."""


class EffortName(enum.StrEnum):
    """How hard a run tries: the values of `lemmata.checks.Effort`."""

    QUICK = "quick"
    STANDARD = "standard"
    DEEP = "deep"


Selection = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SELECT]...", help="Claim keys, globs, paper keys, or paths of your own files."),
]
StoreOption = Annotated[Path, typer.Option("--store", help="Folder that keeps the evidence.")]
_STORE = Path(".lemmata")


def main() -> None:
    """Entry point: text that the terminal cannot show is escaped, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    app()


def _version(asked: bool) -> None:  # noqa: FBT001 - Typer's callback signature
    if asked:
        from importlib.metadata import version

        typer.echo(f"lemmata {version('lemmata')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Puts theorems on trial: claims about implicit regularization, judged with evidence."""


@app.command()
def verify(  # noqa: PLR0913 - one option each
    select: Selection = None,
    *,
    effort: Annotated[EffortName, typer.Option(help="How hard to try.")] = EffortName.STANDARD,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; all processors if not given.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Every random draw derives from it.")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the interrupted run of the same claims.")
    ] = False,
    store: StoreOption = _STORE,
    json: Annotated[Path | None, typer.Option(help="Where to write the JSON document.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Where to write JUnit XML, if wanted.")] = None,
    html: Annotated[Path | None, typer.Option(help="Where to write the HTML report.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Details of every claim.")] = False,
) -> None:
    """Judge claims and write evidence; exit code 0: all as expected, 1: some not, 2: fault, 130: interrupted."""
    json, html = json or store / "run.json", html or store / "report.html"
    with _told():
        from lemmata import checks, claims
        from lemmata.reports import files, terminal
        from lemmata.reports.progress import Live

        library = claims.load(select or [])
        files.check([path for path in (json, junit, html) if path is not None])
        with _opened(store) as opened, Live(_console(stderr=True)) as live:
            run = checks.run(
                library,
                effort=checks.Effort(effort.value),
                seed=seed,
                jobs=jobs or _processors(),
                store=opened,
                resume=resume,
                on_progress=live.update,
                selection=select or [],
            )
        terminal.render(run, _console(), verbose=verbose)
        files.write_reports(run, json=json, junit=junit, html=html)
        typer.echo(f"Written: {', '.join(str(path) for path in (html, json, junit) if path is not None)}")
        raise typer.Exit(run.exit_code if run.finished else INTERRUPTED)


@app.command(name="list")
def list_claims(select: Selection = None) -> None:
    """List claims: key, status, kind and title."""
    with _told():
        from lemmata.claims import listed
        from lemmata.reports import words

        entries, failures = listed(select or [])
        rows = [[words.one_line(cell) for cell in (one.key, one.status, one.kind, one.title)] for one in entries]
        widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
        for row in rows:
            typer.echo("  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]))
        _unreadable(failures)


@app.command()
def show(key: Annotated[str, typer.Argument(help="A claim key, or anything that selects claims.")]) -> None:
    """Show what a claim says: words, formulas, hypotheses, ranges, mutants."""
    with _told():
        from lemmata import checks, claims
        from lemmata.reports import describe

        library = claims.load([key])
        texts = [describe.claim_text(located.claim, checks.describe(located)) for located in library.claims]
        typer.echo("\n".join(texts), nl=False)
        _unreadable(library.failures)


@app.command()
def replay(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A counterexample, or its first digits (4 or more).")],
    *,
    python: Annotated[bool, typer.Option("--python", help="Print a script that rebuilds it.")] = False,
    store: StoreOption = _STORE,
) -> None:
    """Run a counterexample again, in exact arithmetic; exit code 1 if it is no longer what was recorded."""
    with _told():
        from lemmata import checks
        from lemmata.reports import describe

        with _opened(store, existing=True) as opened:
            result = checks.replay(opened, identifier)
        if python:
            typer.echo(result.python, nl=False)
            return
        typer.echo(describe.replay_text(result), nl=False)
        if not result.agrees:
            raise typer.Exit(1)


@app.command()
def falsify(
    key: Annotated[str, typer.Argument(metavar="KEY", help="One claim: its key, or the path of its file.")],
    *,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long to try.")] = 60.0,
    seed: Annotated[int, typer.Option(min=0, help="Every random draw derives from it.")] = 0,
    store: StoreOption = _STORE,
) -> None:
    """Try to break one claim, as it stands and without each hypothesis; exit code 1 if it breaks as it stands."""
    with _told():
        from lemmata import checks, claims
        from lemmata.reports import describe

        library = claims.load([key])
        _unreadable(library.failures)
        if len(library.claims) != 1:
            _fail(f"falsify takes one claim; {key!r} names {len(library.claims)}. `lemmata list` shows the keys.")
        (located,) = library.claims
        if isinstance(located.claim.then, claims.WithProbability):
            _fail(f"{located.claim.key} speaks of a probability, which one instance cannot break; use verify instead")
        with _opened(store) as opened:
            attempts = checks.falsify(
                located,
                seconds=seconds,
                seed=seed,
                store=opened,
                on_round=lambda attempt: typer.echo(describe.attempt_text(attempt), err=True),
            )
        for attempt in attempts:
            typer.echo(describe.attempt_text(attempt))
        raise typer.Exit(1 if attempts[0].found is not None else 0)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the file and of its claims: lower case, like a module.")],
    *,
    directory: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
) -> None:
    """Write a conjecture file that runs as it is, to be changed into your own."""
    import keyword
    from datetime import UTC, datetime

    if not (name.isidentifier() and name.isascii() and name[0].isalpha() and name == name.lower()):
        _fail(f"{name!r} cannot be the name of a claim file; use lower case letters, digits and _, a letter first")
    if keyword.iskeyword(name):
        _fail(f"{name!r} is a word of Python's own; choose another name")
    import jinja2

    source = (Path(__file__).parent / "templates" / "conjecture.py.j2").read_text(encoding="utf-8")
    template = jinja2.Template(source, keep_trailing_newline=True, undefined=jinja2.StrictUndefined)
    text = template.render(name=name, year=datetime.now(UTC).year)
    path = directory / f"{name}.py"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        _fail(f"{path} is there already and was left as it was; choose another name")
    except OSError as error:
        _fail(f"cannot write {path}: {error.strerror}; choose another --directory")
    typer.echo(f"Wrote {path}. Now run: lemmata verify {path}")


@app.command()
def report(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="A run; the newest finished one if not given.")
    ] = None,
    *,
    show_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    html: Annotated[Path | None, typer.Option(help="Where to write the HTML report.")] = None,
    store: StoreOption = _STORE,
) -> None:
    """Make the reports of a run again, from the store."""
    html = html or store / "report.html"
    with _told():
        from lemmata.checks.evidence import Run, decode
        from lemmata.reports import files, terminal

        with _opened(store, existing=True) as opened:
            record = decode(opened.document(run), Run)
        terminal.render(record, _console())
        files.write_reports(record, json=None, junit=None, html=html)
    typer.echo(f"Written: {html}")
    if show_it:
        import webbrowser

        if not webbrowser.open(html.resolve().as_uri()):
            typer.echo(f"No browser could be started; open {html} yourself.", err=True)


@app.command()
def cluster(  # noqa: PLR0913 - one option each
    table: Annotated[Path, typer.Argument(metavar="TABLE.csv", help="Numbers, with a header; rows are points.")],
    *,
    clusters: Annotated[int | None, typer.Option(help="How many; those that last longest if not given.")] = None,
    label: Annotated[str | None, typer.Option(metavar="COLUMN", help="A column that only names the rows.")] = None,
    standardise: Annotated[bool, typer.Option("--standardise", help="Give every column variance one.")] = False,
    phi: Annotated[float | None, typer.Option(help="Scale of the weights exp(-phi distance^2).")] = None,
    neighbours: Annotated[int | None, typer.Option(help="Of each row; the fewest that connect all.")] = None,
    connect: Annotated[bool, typer.Option("--connect", help="Join components of the neighbour graph.")] = False,
    page: Annotated[Path | None, typer.Option(help="Where to write the interactive page.")] = None,
    labels: Annotated[Path | None, typer.Option(help="Where to write the cluster of each row, as CSV.")] = None,
) -> None:
    """Cluster the rows of a table along the path of convex clustering; page and labels on request."""
    with _told():
        from lemmata.reports import files
        from lemmata.reports.clustering import command as cluster_command
        from lemmata.reports.clustering.table import read_table
        from lemmata.reports.clustering.waiting import Waiting

        choices = cluster_command.Choices(
            clusters=clusters, standardise=standardise, phi=phi, neighbours=neighbours, connect=connect
        )
        files.check([path for path in (page, labels) if path is not None])
        if page is not None:
            cluster_command.check_page()
        read = read_table(table, label=label)
        waiting = Waiting(_console(stderr=True))
        fitted = cluster_command.run(read, choices, waiting)
        cluster_command.render(fitted, read, waiting.seconds, _console())
        if labels is not None:
            cluster_command.write_labels(fitted, read, labels)
        if page is not None:
            cluster_command.draw_page(fitted, read, page, title=f"Clusters of {table.name}", standardise=standardise)
        if written := [str(path) for path in (page, labels) if path is not None]:
            typer.echo(f"Written: {', '.join(written)}")


@contextmanager
def _told() -> Iterator[None]:
    """End with one clear message where the user can do something about it, and with 130 after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Interrupted.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    except (typer.Exit, SystemExit):
        raise
    except Exception as error:
        from lemmata.checks.evidence import CorruptedRecordError
        from lemmata.checks.store import StoreError
        from lemmata.claims import UnknownKeyError
        from lemmata.reports.clustering.table import ClusterTableError
        from lemmata.reports.files import UnwritableError

        told = StoreError | CorruptedRecordError | UnknownKeyError | UnwritableError | ClusterTableError
        if not isinstance(error, told):
            raise
        _fail(str(error))


def _fail(message: str) -> NoReturn:
    from lemmata.reports import words

    typer.echo(f"lemmata: {words.visible(message)}", err=True)
    raise typer.Exit(FAULT)


@contextmanager
def _opened(folder: Path, *, existing: bool = False) -> Iterator[Store]:
    """The store of a folder; with ``existing``, none is made where there was none."""
    from lemmata.checks.store import NoRunError, Store

    path = folder / "evidence.sqlite"
    if existing and not path.exists():
        raise NoRunError(f"there is no evidence in {folder}; run `lemmata verify` first, or name its --store")
    with Store.open(path) as store:
        yield store


def _unreadable(failures: tuple[tuple[str, str], ...]) -> None:
    """Say which files could not be read; the claims of the others were shown."""
    from lemmata.reports import words

    for source, error in failures:
        typer.echo(f"lemmata: could not read {words.one_line(source)}\n{words.visible(error)}", err=True)
    if failures:
        raise typer.Exit(FAULT)


def _console(*, stderr: bool = False) -> Console:
    from rich.console import Console

    return Console(stderr=stderr)


def _processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    main()
