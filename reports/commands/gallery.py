"""`lemmata gallery`: the pictures that tell the field's story, from the evidence of a run."""

from __future__ import annotations

from pathlib import Path

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import reporting_faults


@click.command()
@click.argument(
    "run",
    required=False,
    metavar="[RUN]",
    help="A run of the store, or a run.json; the newest finished run if not given.",
)
@click.option(
    "--folder", type=common.FILE, default=Path("gallery"), show_default=True, help="Where to write the pictures."
)
@common.store
def command(*, run: str | None, folder: Path, store: Path) -> None:
    """Draw the gallery, each picture as SVG and PNG; says which claims a picture still needs."""
    with reporting_faults():
        from lemmata.reports import files, gallery
        from lemmata.reports.clustering import gallery as clustering

        record = common.recorded(run, store)
        files.check([folder / "clustering-path.svg"])
        for name, figure in [*gallery.figures(record), *clustering.figures()]:
            for ending, content in gallery.encoded(figure).items():
                files.write(folder / f"{name}.{ending}", content)
            click.echo(f"Written: {folder / name}.svg, .png")
        if wanted := list(dict.fromkeys(gallery.missing(record))):
            needed = " ".join(f"'{one}'" if "*" in one else one for one in wanted)
            click.echo(f"For the other pictures first run: lemmata verify {needed}", err=True)
