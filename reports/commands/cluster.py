"""`lemmata cluster`: a table along the path of convex clustering."""

from __future__ import annotations

from pathlib import Path

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import console, reporting_faults


@click.command()
@click.argument("table", type=common.FILE, metavar="TABLE.csv", help="Numbers, with a header; rows are points.")
@click.option("--clusters", type=int, help="How many; those that last longest if not given.")
@click.option("--label", metavar="COLUMN", help="A column that only names the rows.")
@click.option("--standardise", is_flag=True, help="Give every column variance one.")
@click.option("--phi", type=float, help="Scale of the weights exp(-phi distance^2).")
@click.option("--neighbours", type=int, help="Of each row; the fewest that connect all.")
@click.option("--connect", is_flag=True, help="Join components of the neighbour graph.")
@click.option("--page", type=common.FILE, help="Where to write the interactive page.")
@click.option("--labels", type=common.FILE, help="Where to write the cluster of each row, as CSV.")
def command(  # noqa: PLR0913 - one option each
    *,
    table: Path,
    clusters: int | None,
    label: str | None,
    standardise: bool,
    phi: float | None,
    neighbours: int | None,
    connect: bool,
    page: Path | None,
    labels: Path | None,
) -> None:
    """Cluster the rows of a table along the path of convex clustering; page and labels on request."""
    with reporting_faults():
        from lemmata.reports import files
        from lemmata.reports.clustering import command as clustering
        from lemmata.reports.clustering.table import read_table
        from lemmata.reports.clustering.waiting import Waiting

        choices = clustering.Choices(
            clusters=clusters, standardise=standardise, phi=phi, neighbours=neighbours, connect=connect
        )
        files.check([path for path in (page, labels) if path is not None])
        if page is not None:
            clustering.check_page()
        read = read_table(table, label=label)
        waiting = Waiting(console(stderr=True))
        fitted = clustering.run(read, choices, waiting)
        clustering.render(fitted, read, waiting.seconds, console())
        if labels is not None:
            clustering.write_labels(fitted, read, labels)
        if page is not None:
            clustering.draw_page(fitted, read, page, title=f"Clusters of {table.name}", standardise=standardise)
        if written := [str(path) for path in (page, labels) if path is not None]:
            click.echo(f"Written: {', '.join(written)}")
