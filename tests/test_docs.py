"""The documentation builds without a warning, its examples run, and its links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from lemmata.checks import Effort, judge
from lemmata.claims import load

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
WRITTEN = [page for page in sorted(DOCS.rglob("*.md")) if page.parent.name != "catalogue" and page.name != "names.md"]
EXAMPLES = re.findall(r"```python\n# (\w+)\n(.*?)```", (DOCS / "tutorial.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize(("verdict", "code"), EXAMPLES, ids=[verdict for verdict, _ in EXAMPLES])
def test_examples_end_as_they_say(verdict: str, code: str, tmp_path: Path) -> None:
    """Every example of the tutorial is a file of claims, and ends in the verdict that its first line names."""
    file = tmp_path / "mine.py"
    file.write_text(code, encoding="utf-8")
    library = load([str(file)])

    assert () == library.failures
    assert [verdict] == [judge(located, effort=Effort.QUICK, seed=0).verdict for located in library.claims]


def test_the_tutorial_has_its_examples() -> None:
    """Conjecture, refutation, rate and probability are all there."""
    assert ["proved", "refuted", "holds", "supported"] == [verdict for verdict, _ in EXAMPLES]


@pytest.mark.parametrize("page", [ROOT / "README.md", *WRITTEN], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file that is there, or one that the build makes."""
    links = re.findall(r"\]\(([^)#:]+\.md)\)", page.read_text(encoding="utf-8"))
    made = {DOCS / "catalogue" / "index.md", DOCS / "names.md"}

    assert [] == [link for link in links if not (page.parent / link).exists() and page.parent / link not in made]


@pytest.mark.parametrize("wanted", ["howto/rate.md", "howto/powerless.md", "explanation/trusted.md"])
def test_what_newcomers_ask_is_one_click_away(wanted: str) -> None:
    """The front page links to how a rate is written, what POWERLESS means, and what a claim is trusted to show."""
    assert f"({wanted})" in (DOCS / "index.md").read_text(encoding="utf-8")


def test_builds_without_a_warning(tmp_path: Path) -> None:
    """Sphinx makes the pages, those of the catalogue among them, and warns of nothing."""
    pytest.importorskip("furo")
    pytest.importorskip("myst_parser")
    import shutil

    docs = tmp_path / "docs"
    shutil.copytree(DOCS, docs, ignore=shutil.ignore_patterns("_build", "catalogue"))
    shutil.copy(ROOT / "README.md", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", docs, tmp_path / "pages"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    assert "du2018/scalar-step" in (tmp_path / "pages" / "catalogue" / "du2018.html").read_text(encoding="utf-8")
