"""`lemmata verify`: put claims on trial and write the evidence down."""

from __future__ import annotations

from pathlib import Path

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import INTERRUPTED, console, reporting_faults


@click.command()
@common.selection
@click.option(
    "--effort", type=click.Choice(common.EFFORTS), default="standard", show_default=True, help="How hard to try."
)
@click.option("--jobs", type=click.IntRange(min=1), help="Worker processes; one a processor if not given.")
@click.option("--executor", metavar="NAME", help="Where to run instead: dask://HOST:PORT, or module:function.")
@click.option("--in-process", is_flag=True, help="Run claims in this process: no limits, no protection.")
@click.option(
    "--time-limit",
    type=common.Seconds(min=0.1),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Of each part of a trial.",
)
@click.option(
    "--memory-limit",
    type=click.IntRange(min=1),
    metavar="MIB",
    help="Of each part; half of the memory if not given.",
)
@common.seed
@click.option("--resume", is_flag=True, help="Go on with the interrupted run of the same claims.")
@click.option("--again", is_flag=True, help="Judge every claim anew, what has not changed since it was judged, too.")
@common.store
@click.option("--json", type=common.FILE, help="Where to write the JSON document; - prints it.")
@click.option("--junit", type=common.FILE, help="Where to write JUnit XML, if wanted.")
@common.pages
@click.option("--stream", is_flag=True, help="With --json -: each claim as a line of JSON, as soon as it is judged.")
@click.option("--status", "statuses", multiple=True, help="Only claims of this status: theorem, conjecture ...")
@click.option("--reading", "readings", multiple=True, help="Only claims read so: as stated, from memory ...")
@click.option("--verdict", "verdicts", multiple=True, help="Only claims that the newest run left so: undecided ...")
@click.option("--verbose", is_flag=True, help="Details of every claim.")
def command(  # noqa: PLR0913 - one option each
    *,
    select: tuple[str, ...],
    effort: str,
    jobs: int | None,
    executor: str | None,
    in_process: bool,
    time_limit: float,
    memory_limit: int | None,
    seed: int,
    resume: bool,
    again: bool,
    store: Path,
    json: Path | None,
    junit: Path | None,
    html: Path | None,
    single: bool,
    stream: bool,
    statuses: tuple[str, ...],
    readings: tuple[str, ...],
    verdicts: tuple[str, ...],
    verbose: bool,
) -> None:
    """Judge claims and write evidence; exit code 0: all as expected, 1: some not, 2: fault, 130: interrupted."""
    if stream and json != common.STANDARD_OUTPUT:
        raise click.UsageError("--stream prints JSON to standard output; write --json - with it")
    _check_place(executor, in_process=in_process)
    named, json = json, json or store / "run.json"
    with reporting_faults():
        from lemmata import checks
        from lemmata.reports import files, filters, streaming
        from lemmata.reports.progress import Live

        site = files.Pages.chosen(html, store, single=single)
        files.check([path for path in (json, junit, site.first) if path not in (None, common.STANDARD_OUTPUT)])
        limits = checks.Limits(seconds=time_limit, **({"memory": memory_limit * 2**20} if memory_limit else {}))
        lines = streaming.Lines(wanted=stream)
        with (
            Live(console(stderr=True)) as live,  # first: a cluster may let wait for its answer
            common.opened(store) as opened,
            common.executor(executor) as elsewhere,
        ):
            run = checks.verify(
                select,
                effort=checks.Effort(effort),
                seed=seed,
                jobs=None if in_process else jobs or common.processors(),
                limits=limits,
                store=opened,
                resume=resume,
                again=again,
                executor=elsewhere,
                wanted=filters.wanted(opened, statuses=statuses, readings=readings, verdicts=verdicts),
                on_progress=lines.before(live.update),
                on_begin=live.begin,
                on_recall=lines.before_recalled(live.recall),
            )
            live.phase("writing the report")
            pages = None if files.shows_already(site.first, opened, run) else site
            if not run.finished:
                json, junit = files.unless_there(json), files.unless_there(junit)
                pages = site if files.unless_there(site.first) else None
            elif not run.claims:  # the report of what was judged before says more than an empty one
                json, pages = named, site if html else None
            lines.end(run)
            files.write_reports(run, json=None if json == common.STANDARD_OUTPUT else json, junit=junit, html=pages)
        written = [site.first if pages is not None else None, json, junit]
        common.show_run(run, written, verbose=verbose, printed=stream)
        raise click.exceptions.Exit(run.exit_code if run.finished else INTERRUPTED)


def _check_place(executor: str | None, *, in_process: bool) -> None:
    """Refuse options that speak of another place than the one where claims are to run.

    Raises:
        UsageError: limits that nobody would keep, worker processes or lemmata's own process beside an executor.
    """
    context = click.get_current_context()
    own = {"time_limit": "--time-limit", "memory_limit": "--memory-limit", "jobs": "--jobs"}
    given = [name for key, name in own.items() if context.get_parameter_source(key) is _ON_COMMAND_LINE]
    if executor and (given or in_process):
        raise click.UsageError(
            f"{(given or ['--in-process'])[0]} is of lemmata's own processes, and --executor {executor} runs claims "
            "elsewhere, with limits of its own; leave one of the two out"
        )
    if in_process and set(given) - {"--jobs"}:
        raise click.UsageError(f"{given[-1]} is kept by worker processes, and --in-process starts none; leave one out")


_ON_COMMAND_LINE = click.core.ParameterSource.COMMANDLINE
