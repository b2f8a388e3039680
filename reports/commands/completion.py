"""`lemmata completion`: let the shell complete commands, options and claim keys."""

from __future__ import annotations

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS), help="The shell that you use.")
@click.pass_context
def command(context: click.Context, /, *, shell: str) -> None:
    r"""Print a script that lets a shell complete commands, options and claim keys.

    Put the line of your shell where it begins:

    \b
    eval "$(lemmata completion bash)"          in ~/.bashrc
    eval "$(lemmata completion zsh)"           in ~/.zshrc
    lemmata completion fish | source           in ~/.config/fish/config.fish
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this version of click completes nothing for {shell}; use another shell")
    click.echo(kind(context.find_root().command, {}, "lemmata", "_LEMMATA_COMPLETE").source())
