"""The trial in Python and in notebooks: defaults for everything, claims of a cell in processes, records that show."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from lemmata import conjecture, falsify, judge, positive, real, replay, sqrt, verify
from lemmata.checks.evidence import Counterexample, Extreme
from lemmata.claims import Claim

NOTEBOOKS = sorted((Path(__file__).parents[2] / "docs" / "notebooks").glob("*.ipynb"))

u, v, m = real("u", "v", "m")
eta = positive("eta")
means = conjecture("Two means", given=[u >= 0, v >= 0], then=sqrt(u * v) <= (u + v) / 2, tight=True)
product = conjecture("Products are small", then=u * v <= 10**6)


def run_cells(folder: Path, *sources: str) -> list[Any]:
    """The outputs of cells in a fresh kernel."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    return [output for cell in book.cells for output in cell.outputs]


def test_claim_of_a_cell_in_processes(tmp_path: Path) -> None:
    """A claim that stands in a cell alone, its procedure too, is judged in two processes as it is in one."""
    cell = (
        "from lemmata import *\nx = vector('x', dimension('n'))\nq = measured('q')\n"
        "def f(x):\n    return {'q': norm2(x)}\n"
        "mine = conjecture('A square', runs=f, then=q >= 0)\n"
        "two, one = (judge(mine, effort='quick', jobs=jobs) for jobs in (2, None))\n"
        "print(two.verdict, two.sentence == one.sentence)"
    )
    *_, printed = run_cells(tmp_path, cell)

    assert "holds True" == printed["text"].strip()


def test_a_notebook_shows_records(tmp_path: Path) -> None:
    """Evidence shows itself as a page, a claim as its typeset statement."""
    shown = run_cells(
        tmp_path,
        "from lemmata import *\nx = real('x')\nmine = conjecture('Small', then=x**2 <= 1)\nmine",
        "judge(mine, effort='quick')",
    )

    assert r"x^{2} \le 1" in shown[0]["data"]["text/html"]
    assert "<iframe" in shown[1]["data"]["text/html"]
    assert "REFUTED" in shown[1]["data"]["text/plain"]


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_shipped_notebooks(path: Path, tmp_path: Path) -> None:
    """They run from top to bottom, and end with the verdicts that they show."""
    book = nbformat.read(path, as_version=4)
    before = _verdicts(book)
    NotebookClient(book, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()

    assert before
    assert before == _verdicts(book)


def _verdicts(book: Any) -> list[str]:
    texts = [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for cell in book.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    return re.findall(r"\b(?:proved|holds|refuted|undecided|powerless|vacuous)\b", " ".join(texts).lower())


class TestWorst:
    """The worst instance of a trial goes into the next."""

    def test_counterexample(self) -> None:
        """That of a false claim is its counterexample, and refutes a relative at once, from its own edge."""
        worst = judge(product, effort="quick").worst
        assert isinstance(worst, Counterexample)
        relative = conjecture("Products are small, again", then=u * v <= 10**6 + 1, edges=[worst.as_edge()])
        found = judge(relative, effort="quick")
        assert found.sample is not None
        assert found.sample.worst is not None

        assert "refuted" == found.verdict
        assert f"edge: counterexample {worst.id}" == found.sample.worst.origin

    def test_extreme(self) -> None:
        """That of a true one is where the ratio was largest; with it as an edge the next trial reaches it too."""
        worst = judge(means, effort="quick").worst
        assert isinstance(worst, Extreme)
        again = judge(means.with_edge(worst.as_edge()), effort="quick")
        assert again.sample is not None

        assert again.sample.worst_ratio is not None
        assert again.sample.worst_ratio >= worst.ratio * (1 - 1e-12)
        assert again.sample.edges[-1].met == again.sample.edges[-1].proposed > 0


class TestDefaults:
    """Everything but the claim has a default."""

    def test_verify(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file is verified into the folder .lemmata; counterexamples replay from there."""
        monkeypatch.chdir(tmp_path)
        Path("mine.py").write_text(
            "from lemmata import *\nx = real('x')\nsmall = conjecture('Small', then=x**2 <= 1)\n", encoding="utf-8"
        )
        run = verify("mine.py", effort="quick")
        sample = run.claims[0].sample
        assert sample is not None
        assert sample.smallest is not None

        assert ["refuted"] == [claim.verdict for claim in run.claims]
        assert replay(sample.smallest.id, claims=["mine.py"]).agrees
        assert "mine/small: REFUTED" in repr(run)

    def test_falsify(self, tmp_path: Path) -> None:
        """A false claim is broken."""
        assert falsify(product, seconds=10, store=tmp_path)[0].found is not None

    def test_short_texts(self) -> None:
        """A claim and its evidence are one line each."""
        assert isinstance(means, Claim)
        assert "<Claim test_notebook/means: Two means (conjecture)>" == repr(means)
        assert repr(judge(means, effort="quick")).startswith("<Evidence test_notebook/means: ")

    def test_unknown_effort(self) -> None:
        """An effort that there is not is refused with those that there are."""
        with pytest.raises(ValueError, match="effort='fast'; expected one of quick, standard, deep"):
            judge(means, effort="fast")
        with pytest.raises(ValueError, match="jobs=0; expected one process or more"):
            judge(means, effort="quick", jobs=0)
