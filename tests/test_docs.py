"""The documentation builds without a warning, its examples run, and its links lead somewhere."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import lemmata
from lemmata.checks import Effort, judge
from lemmata.claims import load

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
WRITTEN = [page for page in sorted(DOCS.rglob("*.md")) if page.parent.name != "catalogue" and page.name != "names.md"]
VERDICTS = "proved|holds|supported|refuted|powerless|vacuous|undecided"
EXAMPLES = [
    (page.stem, verdict, code)
    for page in WRITTEN
    for verdict, code in re.findall(rf"```python\n# ({VERDICTS})\n(.*?)```", page.read_text(), re.DOTALL)
]


@pytest.mark.parametrize(("page", "verdict", "code"), EXAMPLES)
def test_examples_end_as_they_say(page: str, verdict: str, code: str, tmp_path: Path) -> None:
    """Every example is a file of claims, and ends in the verdict that its first line names."""
    file = tmp_path / f"{page}_mine.py"
    file.write_text(code, encoding="utf-8")
    library = load([str(file)])

    assert () == library.failures
    assert [verdict] == [judge(located, effort=Effort.QUICK, seed=0).verdict for located in library.claims]


def test_the_tutorial_has_its_examples() -> None:
    """Conjecture, refutation, rate and probability are all there."""
    assert ["proved", "refuted", "holds", "supported"] == [told for page, told, _ in EXAMPLES if page == "tutorial"]


def test_no_example_is_left_out() -> None:
    """Code for Python that is no example with a verdict is run elsewhere, or it is a fragment and says so."""
    blocks = [block for page in WRITTEN for block in re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)]
    others = [block for block in blocks if not re.match(rf"# ({VERDICTS})\n", block)]

    assert ["scalar_step = Claim(", "from sklearn.datasets import load_wine"] == [one.splitlines()[0] for one in others]


def test_every_name_of_the_short_form_is_listed() -> None:
    """The page of the language names every quantity, function, relation and motion that the package exports for it."""
    stub = Path(lemmata.__file__).with_suffix(".pyi").read_text(encoding="utf-8")
    modules = r"language\.(?:short\.(?:dynamics|functions|quantities|relations|symbols)|functions)"
    exported = set(re.findall(rf"from \.claims\.{modules} import (\w+)", stub))
    code = re.findall(r"`([^`]+)`", (DOCS / "language.md").read_text(encoding="utf-8"))

    assert {"norm", "asinh", "gradient_flow", "unit", "at_most", "Rational"} <= exported
    assert set() == exported - set(re.findall(r"\w+", " ".join(code)))


@pytest.mark.parametrize("page", [ROOT / "README.md", *WRITTEN], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file that is there, or one that the build makes."""
    links = re.findall(r"\]\(([^)#:]+\.md)\)", page.read_text(encoding="utf-8"))
    made = {DOCS / "catalogue" / "index.md", DOCS / "names.md"}

    assert [] == [link for link in links if not (page.parent / link).exists() and page.parent / link not in made]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built pages; Sphinx made them and warned of nothing."""
    pytest.importorskip("furo")
    pytest.importorskip("myst_parser")
    import shutil

    folder = tmp_path_factory.mktemp("built")
    docs = folder / "docs"
    shutil.copytree(DOCS, docs, ignore=shutil.ignore_patterns("_build", "catalogue"))
    shutil.copy(ROOT / "README.md", folder)
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "-q", docs, folder / "pages"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert 0 == done.returncode, done.stderr
    return folder / "pages"


def links_of(page: Path, text: str) -> Iterator[tuple[str, Path, str]]:
    """Links of a piece of a built page to other pages: their words, the file and the part of it that they name."""
    for address, words in re.findall(r'<a class="[^"]*internal[^"]*" href="([^"]+)">(.*?)</a>', text, re.DOTALL):
        name, _, part = address.partition("#")
        yield re.sub(r"<[^>]+>|\s+", " ", words).strip(), (page.parent / name).resolve() if name else page, part


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("write a rate", "order(error, alpha) == 2"),
        ("POWERLESS means", "survived the same trial"),
        ("trusted to have shown", "is evidence and no proof"),
        ("write my first conjecture", "A first refutation"),
        ("mutants", "because="),
        ("number system", "Bounded"),
        ("notebook", "judge"),
        ("pytest", "pytest mine.py"),
        ("settled", "4,096 bits"),
        ("statistics", "false alarms"),
    ],
)
def test_what_newcomers_ask_is_two_clicks_away(asked: str, answer: str, built: Path) -> None:
    """From the front page's own text, by at most two links whose words name it, one comes to a page that answers."""
    front = built / "index.html"
    body = front.read_text(encoding="utf-8").partition('<article role="main"')[2].partition("</article>")[0]
    first = list(links_of(front, body))
    second = [link for _, page, _ in first for link in links_of(page, page.read_text(encoding="utf-8"))]
    reached = {page for words, page, _ in (*first, *second) if asked.lower() in words.lower()}
    texts = [re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")) for page in reached]

    assert [] != [text for text in texts if answer in html.unescape(text)]


def test_links_within_the_built_pages_lead_to_parts_that_are_there(built: Path) -> None:
    """Every link from one written page to a part of another finds it."""
    pages = [page for page in built.rglob("*.html") if page.parent.name != "catalogue"]
    broken = [
        (page.name, target.name, part)
        for page in pages
        for _, target, part in links_of(page, page.read_text(encoding="utf-8"))
        if not target.exists() or (part and f'id="{part}"' not in target.read_text(encoding="utf-8"))
    ]

    assert [] == broken


def test_the_catalogue_shows_what_a_run_found(built: Path) -> None:
    """A paper's page has its statements, each claim with its formula, its verdict, and the paper's figures."""
    page = (built / "catalogue" / "du2018.html").read_text(encoding="utf-8")
    text = html.unescape(re.sub(r"<[^>]+>", "", page))

    assert "du2018/scalar-step" in text
    assert "REFUTED, as a negative control must be (quick effort" in text
    assert page.count('<div class="statement"><math') > 30
    assert '<figure class="curves">' in page


_DIGESTS = """
import json, sys
sys.path.insert(0, sys.argv[1])
import recorded
print(json.dumps({key: recorded.digest(statement) for key, statement in recorded.statements().items()}))
"""


def test_what_is_recorded_is_of_these_statements() -> None:
    """Every recorded verdict is of a claim as it stands; `python docs/recorded.py RUN.json` records anew."""
    kept = json.loads((DOCS / "recorded.json").read_text(encoding="utf-8"))["claims"]
    # In a process of its own, as a run and the documentation's build are.
    printed = subprocess.run([sys.executable, "-c", _DIGESTS, str(DOCS)], capture_output=True, text=True, check=True)
    known = json.loads(printed.stdout)

    assert len(kept) > 100
    assert {key: known.get(key) for key in kept} == {key: one["statement"] for key, one in kept.items()}
