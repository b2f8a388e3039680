"""`lemmata report`: the reports of a run, made again."""

from __future__ import annotations

from pathlib import Path

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import console, reporting_faults


@click.command()
@click.argument(
    "run",
    required=False,
    metavar="[RUN]",
    help="A run of the store, or a run.json; the newest finished run if not given.",
)
@click.option("--open", "show_it", is_flag=True, help="Open the page in the browser.")
@common.pages
@click.option("--pdf", type=common.FILE, help="Where to print it, too, by a browser of this machine.")
@common.store
def command(*, run: str | None, show_it: bool, html: Path | None, single: bool, pdf: Path | None, store: Path) -> None:
    """Make the reports of a run again, from the store or from its JSON document."""
    with reporting_faults():
        from lemmata.reports import files
        from lemmata.reports.progress import Live
        from lemmata.reports.site import pdf as printing

        if pdf is not None:
            printing.find()
        record = common.recorded(run, store)
        site = files.Pages.chosen(html, store, single=single)
        with Live(console(stderr=True)) as live:
            live.phase("writing the report")
            files.write_reports(record, json=None, junit=None, html=site)
            if pdf is not None:
                from lemmata.reports.site import render

                printing.write(render.single(record), pdf)
        common.show_run(record, [site.first, pdf], verbose=False)
        if show_it:
            import webbrowser

            if not webbrowser.open(site.first.resolve().as_uri()):
                click.echo(f"No browser could be started; open {site.first} yourself.", err=True)
