"""The table of commands: help, usage errors, what each loads, and completion by a shell."""

import os
import subprocess
import sys

import pytest
from command_line import call

from lemmata.reports import cli


def test_version() -> None:
    """--version prints the installed version."""
    assert (0, "lemmata 0.1.0\n") == call("--version")[:2]


def test_usage_errors_are_two() -> None:
    """Unknown commands, options and values end with 2 and no traceback."""
    for arguments in (
        ["nonsense"],
        ["verify", "--nonsense"],
        ["verify", "--effort", "huge"],
        ["verify", "--jobs", "0"],
    ):
        code, _, error = call(*arguments)

        assert 2 == code
        assert "Traceback" not in error


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (["--help"], {"numpy", "sympy", "matplotlib", "jinja2", "hypothesis", "lemmata.checks", "lemmata.claims"}),
        (["verify", "--help"], {"numpy", "sympy", "lemmata.checks", "lemmata.claims"}),
        (["list"], {"numpy", "sympy", "lemmata.checks._runner"}),
        (["show", "du2018/neuron-law"], {"numba", "scipy", "hypothesis", "matplotlib", "lemmata.checks._runner"}),
    ],
)
def test_no_command_loads_what_it_does_not_need(arguments: list[str], heavy: set[str]) -> None:
    """Help and lists load none of the libraries that take long; one claim is shown without those that judge it."""
    script = (
        "import sys\nfrom lemmata.reports.cli import app\n"
        f"try:\n    app({arguments!r})\nexcept SystemExit:\n    pass\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert "[]" == result.stdout.splitlines()[-1]


def test_every_command_of_the_table_is_there() -> None:
    """Each name of the table is a module with a command, which explains itself."""
    for name in cli.COMMANDS:
        code, out, _ = call(name, "--help")

        assert 0 == code
        assert f" {name} " in out.splitlines()[0]


class TestCompletion:
    """The shell completes commands, options and claim keys."""

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_script(self, shell: str) -> None:
        """The script that a shell reads asks lemmata through its variable."""
        code, out, _ = call("completion", shell)

        assert 0 == code
        assert f"_LEMMATA_COMPLETE={shell}_complete" in out

    def test_keys(self) -> None:
        """The words that the shell has so far are completed to keys."""
        from click.shell_completion import ShellComplete

        found = ShellComplete(cli.app, {}, "lemmata", "_LEMMATA_COMPLETE").get_completions(["show"], "du2018/neuron-l")

        assert ["du2018/neuron-law"] == [item.value for item in found]


def test_output_that_the_terminal_cannot_encode() -> None:
    """Characters that the terminal does not have are escaped; the command does not fail."""
    command = [sys.executable, "-m", "lemmata.reports.cli", "show", "du2018/weight-decay-flow"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1:strict", "PYTHONUTF8": "0"}
    result = subprocess.run(command, capture_output=True, env=environment, check=False)

    assert 0 == result.returncode
    assert b"\\u03bb" in result.stdout
