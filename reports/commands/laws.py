"""`lemmata laws`: what gradient flow conserves in a network."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click

from lemmata.reports.commands import common
from lemmata.reports.endings import console, fail, reporting_faults


def _sizes(_context: click.Context, _parameter: click.Parameter, value: str | None) -> tuple[int, ...]:
    """Whole numbers between commas."""
    parts = [] if value is None else value.split(",")
    if not all(part.strip().isdecimal() for part in parts):
        raise click.BadParameter(f"{value!r} is no list of whole numbers; write them as 2,3,1")
    return tuple(map(int, parts))


@click.command()
@click.option("--layers", callback=_sizes, metavar="N,N,...", help="Widths from the input to the output.")
@click.option("--conv", callback=_sizes, metavar="N,N,...", help="Channels of circular convolutions, likewise.")
@click.option("--kernel", callback=_sizes, metavar="N,...", help="Of convolutions: the taps of each layer.")
@click.option("--stride", callback=_sizes, metavar="N,...", help="Of convolutions: 1 for each layer if left out.")
@click.option("--length", type=int, default=0, help="Of convolutions: positions of the input.")
@click.option("--activation", default="linear", show_default=True, help="linear, relu, leaky_relu, abs or square.")
@click.option("--loss", default="squared", show_default=True, help="squared, logistic or cross_entropy.")
@click.option("--bias", is_flag=True, help="Give the hidden layers biases.")
@click.option("--degree", type=click.IntRange(min=1), default=2, show_default=True, help="Of polynomials looked for.")
@click.option("--time-limit", type=common.Seconds(min=0), metavar="SECONDS", help="When to stop with what was found.")
@click.option("--resume", is_flag=True, help="Go on from what the store holds of the same network.")
@common.store
@click.option("--claim", type=common.FILE, metavar="FILE.py", help="Where to write the laws as claims.")
def command(  # noqa: PLR0913 - one option each
    *,
    layers: tuple[int, ...],
    conv: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    length: int,
    activation: str,
    loss: str,
    bias: bool,
    degree: int,
    time_limit: float | None,
    resume: bool,
    store: Path,
    claim: Path | None,
) -> None:
    """Find and count the conservation laws of gradient flow; exit code 1 if there was no time for all degrees."""
    with reporting_faults():
        from lemmata.checks import conservation
        from lemmata.reports import files
        from lemmata.reports.laws import write_claims

        network = conservation.network_of(
            layers=layers,
            channels=conv,
            kernels=kernel,
            strides=stride,
            length=length,
            activation=activation,
            loss=loss,
            bias=bias,
        )
        if claim is not None:
            files.check([claim])
            if claim.exists():
                fail(f"{claim} is there already; name another file, or move it away")
        with console(stderr=True).status("laws") as status:
            found = conservation.laws_of_network(
                network, degree=degree, seconds=time_limit, store=store, resume=resume, on_progress=status.update
            )
        click.echo(str(found))
        if claim is not None:
            write_claims(found, claim, shlex.join(["lemmata", *sys.argv[1:]]))
            click.echo(f"Written: {claim}")
        if not found.finished:
            click.echo("lemmata: time was up before all degrees were done; go on with --resume", err=True)
            raise click.exceptions.Exit(1)
