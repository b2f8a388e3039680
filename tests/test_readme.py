"""The code of the README and of the how-to pages is the package's, and its commands print what they show."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sklearn.datasets import load_wine

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = ("explanation/claim.md", "howto/laws.md", "howto/clustering.md")
PAGES = README + "".join((ROOT / "docs" / page).read_text(encoding="utf-8") for page in SHOWN)


def blocks(kind: str) -> list[str]:
    """The fenced blocks of one kind, in order."""
    return re.findall(rf"```{kind}\n(.*?)```", PAGES, flags=re.DOTALL)


def without_times(text: str) -> str:
    """Times differ from run to run; with them go the spaces that align a column of times."""
    timeless = re.sub(r"\d+\.\d+ s", "T s", text)
    return "\n".join(re.sub(r" {2,}", "  ", line).rstrip() for line in timeless.strip().splitlines())


def test_shown_claim_is_in_the_package() -> None:
    """The claim that the documentation shows is the package's source, to the letter."""
    (shown,) = (block for block in blocks("python") if block.startswith("scalar_step = "))

    assert shown in (ROOT / "claims" / "papers" / "du2018" / "steps.py").read_text(encoding="utf-8")


def test_shown_conjecture_is_what_new_writes() -> None:
    """The conjecture that the README shows is the file that `lemmata new` writes."""
    template = (ROOT / "reports" / "templates" / "statement.py.j2").read_text(encoding="utf-8")
    (shown,) = (block for block in blocks("python") if "never_less_balanced =" in block)

    assert shown.strip() in template


def test_commands_print_what_is_shown(tmp_path: Path) -> None:
    """Every console block, run in order in an empty folder, prints what the README shows, times apart."""
    environment = {**os.environ, "COLUMNS": "100"}
    _write_wines(tmp_path / "wine.csv")
    for block in blocks("console"):
        command, _, expected = block.removeprefix("$ ").partition("\n")
        program, *arguments = command.split()
        if "verify my_conjecture.py" in command and "REFUTED" in expected:
            conjecture = tmp_path / "my_conjecture.py"
            kept, _, _ = conjecture.read_text(encoding="utf-8").partition("never_less_balanced =")
            (shown,) = (block for block in blocks("python") if "strictly_more_balanced =" in block)
            conjecture.write_text(kept + shown, encoding="utf-8")
        printed = subprocess.run(
            [Path(sys.executable).parent / program, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

        assert without_times(expected) == without_times(printed.stdout), printed.stderr


def _write_wines(path: Path) -> None:
    """Scikit-learn's table of wines, its classes in the last column."""
    table = load_wine()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*table.feature_names, "cultivar"])
        writer.writerows([*row, int(kind)] for row, kind in zip(table.data, table.target, strict=True))


def test_estimator_prints_what_is_shown(tmp_path: Path) -> None:
    """The lines with the estimator run as they are, and print the block after them."""
    (code,) = (block for block in blocks("python") if "ConvexClustering" in block)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert blocks("text")[0].strip() == done.stdout.strip(), done.stderr
    assert (tmp_path / "wine.npz").exists()


@pytest.mark.parametrize("marker", ["main command", "test command"])
def test_there_is_one_line_for_each_of_the_two_commands(marker: str) -> None:
    """Set-up-and-go commands are one line each, found by their marker."""
    found = re.findall(rf"<!-- {marker} -->\n```sh\n(python3 [^\n]*)\n```", README)

    assert 1 == len(found)
