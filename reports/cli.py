"""The command line. Heavy libraries are imported by the command that needs them, so that help is instant."""

from __future__ import annotations

import enum
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lemmata.reports.endings import FAULT, INTERRUPTED, console, fail, reporting_faults, shown_at_last
from lemmata.reports.endings import run as run_command

if TYPE_CHECKING:
    from lemmata.checks import Run, Store

app = typer.Typer(
    name="lemmata",
    help="Puts theorems on trial: claims about implicit regularization, judged with evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


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
_STORE, _OUTPUT = Path(".lemmata"), Path("-")


def main() -> None:
    """Entry point."""
    # Sympy and a paper are some 200,000 objects that stay; to look for garbage among them takes a quarter of the time.
    gc.set_threshold(200_000)
    run_command(app)


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
    jobs: Annotated[int | None, typer.Option(min=1, help="Worker processes; one a processor if not given.")] = None,
    in_process: Annotated[
        bool, typer.Option("--in-process", help="Run claims in this process: no limits, no protection.")
    ] = False,
    time_limit: Annotated[float, typer.Option(min=0.1, metavar="SECONDS", help="Of each part of a trial.")] = 600.0,
    memory_limit: Annotated[
        int | None, typer.Option(min=1, metavar="MIB", help="Of each part; half of the memory if not given.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Every random draw derives from it.")] = 0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the interrupted run of the same claims.")
    ] = False,
    store: StoreOption = _STORE,
    json: Annotated[Path | None, typer.Option(help="Where to write the JSON document; - prints it.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Where to write JUnit XML, if wanted.")] = None,
    html: Annotated[Path | None, typer.Option(help="Where to write the HTML report.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Details of every claim.")] = False,
) -> None:
    """Judge claims and write evidence; exit code 0: all as expected, 1: some not, 2: fault, 130: interrupted."""
    json, html = json or store / "run.json", html or store / "report.html"
    with reporting_faults():
        from lemmata import checks, claims
        from lemmata.reports import files
        from lemmata.reports.progress import Live

        files.check([path for path in (json, junit, html) if path not in (None, _OUTPUT)])
        library = claims.load(select or [], probed=True)
        limits = checks.Limits(seconds=time_limit, **({"memory": memory_limit * 2**20} if memory_limit else {}))
        with _opened(store) as opened, Live(console(stderr=True)) as live:
            run = checks.run(
                library,
                effort=checks.Effort(effort.value),
                seed=seed,
                jobs=None if in_process else jobs or _processors(),
                limits=limits,
                store=opened,
                resume=resume,
                on_progress=live.update,
                selection=select or [],
            )
        files.write_reports(run, json=None if json == _OUTPUT else json, junit=junit, html=html)
        with shown_at_last():
            _show(run, [html, json, junit], verbose=verbose)
        raise typer.Exit(run.exit_code if run.finished else INTERRUPTED)


def _show(run: Run, paths: list[Path | None], *, verbose: bool) -> None:
    """The terminal's report, on standard error if the JSON document takes standard output."""
    from lemmata.reports import document, terminal

    printed = _OUTPUT in paths
    terminal.render(run, console(stderr=printed), verbose=verbose)
    written = ", ".join(str(path) for path in paths if path not in (None, _OUTPUT))
    typer.echo(f"Written: {written}", err=printed)
    if printed:
        typer.echo(document.render(run), nl=False)


@app.command(name="list")
def list_claims(select: Selection = None) -> None:
    """List claims: key, status, kind and title."""
    with reporting_faults():
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
    with reporting_faults():
        from lemmata import checks, claims
        from lemmata.reports import describe

        library = claims.load([key], probed=True)
        texts = [describe.claim_text(located.claim, checks.describe(located)) for located in library.claims]
        typer.echo("\n".join(texts), nl=False)
        _unreadable(library.failures)


@app.command()
def replay(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="A counterexample, or its first digits (4 or more).")],
    *,
    claim_files: Annotated[
        list[str] | None, typer.Option("--claims", metavar="FILE", help="Your file (or folder) that holds its claim.")
    ] = None,
    python: Annotated[bool, typer.Option("--python", help="Print a script that rebuilds it.")] = False,
    store: StoreOption = _STORE,
) -> None:
    """Run a counterexample again, in exact arithmetic; exit code 1 if it is no longer what was recorded.

    The claim comes from the package or from --claims, never from a file that the store names.
    """
    with reporting_faults():
        from lemmata import checks
        from lemmata.reports import describe

        with _opened(store, existing=True) as opened:
            result = checks.replay(opened, identifier, claims=claim_files or [])
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
    with reporting_faults():
        from lemmata import checks, claims
        from lemmata.reports import describe

        library = claims.load([key], probed=True)
        _unreadable(library.failures)
        if len(library.claims) != 1:
            fail(f"falsify takes one claim; {key!r} names {len(library.claims)}. `lemmata list` shows the keys.")
        (located,) = library.claims
        if isinstance(located.claim.then, claims.WithProbability):
            fail(f"{located.claim.key} speaks of a probability, which one instance cannot break; use verify instead")
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
    kind: Annotated[
        str, typer.Option(help="What it begins with: statement, procedure, flow, rate, probability or constant.")
    ] = "statement",
) -> None:
    """Write a conjecture file that runs as it is, to be changed into your own."""
    from lemmata.reports import new as new_file

    try:
        path = new_file.write(name, directory, kind=kind)
    except new_file.NewFileError as error:
        fail(str(error))
    typer.echo(f"Wrote {path}. Now run: lemmata verify {path}")


@app.command()
def report(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="[RUN]", help="A run of the store, or a run.json; the newest finished run if not given."
        ),
    ] = None,
    *,
    show_it: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    html: Annotated[Path | None, typer.Option(help="Where to write the HTML report.")] = None,
    store: StoreOption = _STORE,
) -> None:
    """Make the reports of a run again, from the store or from its JSON document."""
    html = html or store / "report.html"
    with reporting_faults():
        from lemmata.checks.document import decode_run
        from lemmata.reports import files

        if run is not None and run.endswith(".json"):
            record = decode_run(files.read(Path(run)))
        else:
            with _opened(store, existing=True) as opened:
                record = decode_run(opened.document(run))
        files.write_reports(record, json=None, junit=None, html=html)
        with shown_at_last():
            _show(record, [html], verbose=False)
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
    with reporting_faults():
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
        waiting = Waiting(console(stderr=True))
        fitted = cluster_command.run(read, choices, waiting)
        cluster_command.render(fitted, read, waiting.seconds, console())
        if labels is not None:
            cluster_command.write_labels(fitted, read, labels)
        if page is not None:
            cluster_command.draw_page(fitted, read, page, title=f"Clusters of {table.name}", standardise=standardise)
        if written := [str(path) for path in (page, labels) if path is not None]:
            typer.echo(f"Written: {', '.join(written)}")


@contextmanager
def _opened(folder: Path, *, existing: bool = False) -> Iterator[Store]:
    """The store of a folder; with ``existing``, none is made where there was none."""
    from lemmata.checks.store import NoRunError, Store

    path = folder / "evidence.sqlite"
    if existing and not path.exists():
        raise NoRunError(f"there is no evidence in {folder}; run `lemmata verify` first, or name its --store")
    with Store.open(path, read_only=existing) as store:
        yield store


def _unreadable(failures: tuple[tuple[str, str], ...]) -> None:
    """Say which files could not be read; the claims of the others were shown."""
    from lemmata.reports import words

    for source, error in failures:
        typer.echo(f"lemmata: could not read {words.one_line(source)}\n{words.visible(error)}", err=True)
    if failures:
        raise typer.Exit(FAULT)


def _processors() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    main()
