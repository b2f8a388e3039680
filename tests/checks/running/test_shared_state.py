"""What one user's file leaves in a process does not reach the claims of another, nor the evidence that is recalled."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lemmata.checks import Effort, Run, Store, verify
from lemmata.checks._describe import said_by
from lemmata.claims import load

SQUARE = """
import shared
from lemmata import conjecture, equals, real

x, y = real("x", "y")
square = conjecture("The square of a sum", then=equals((x + y) ** 2, x**2 + shared.K * x * y + y**2))
"""
MEAN = """
import numpy
from lemmata import at_least, conjecture, measured, real

larger = measured("larger")


def run(x):
    return {"larger": numpy.maximum(x, -x)}


x = real("x")
mean = conjecture("A number is at most its size", runs=run, then=larger >= 0)
"""
LINE = 'x = real("x")\nline = conjecture("A line", then=x**4 + 1 >= x)\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working folder, with a module that two files of claims share."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shared.py").write_text("K = 2\n", encoding="utf-8")
    yield tmp_path
    sys.modules.pop("shared", None)


def wrote(name: str, *lines: str) -> str:
    """A file of claims that begins with these lines, and ends with a sound claim of its own."""
    Path(name).write_text("from lemmata import *\n" + "\n".join(lines) + "\n" + LINE, encoding="utf-8")
    return name


def judged(*selection: str, jobs: int = 1) -> Run:
    """A quick run in workers, whose evidence is kept beside."""
    with Store.open(Path("store.sqlite")) as store:
        return verify(selection, effort=Effort.QUICK, seed=0, jobs=jobs, store=store)


def verdicts(run: Run) -> dict[str, str]:
    """By the names of claims."""
    return {claim.statement.key.split("/")[1]: claim.verdict for claim in run.claims}


def sentence(run: Run, name: str) -> str:
    """Of one claim."""
    return next(claim.sentence for claim in run.claims if claim.statement.key.endswith(name))


@pytest.mark.parametrize(
    ("before", "after", "alone"), [(2, 3, "proved"), (3, 2, "refuted")], ids=["made false", "made true"]
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_claim_that_another_file_changes_is_an_error(before: int, after: int, alone: str, jobs: int) -> None:
    """A variable that two files share, and one changes, gives no verdict on the other; alone it has its own."""
    Path("shared.py").write_text(f"K = {before}\n", encoding="utf-8")
    Path("square.py").write_text(SQUARE, encoding="utf-8")
    together = judged(wrote("first.py", "import shared", f"shared.K = {after}"), "square.py", jobs=jobs)

    assert ("proved", "error") == (verdicts(together)["line"], verdicts(together)["square"])
    assert "makes another claim when it is read by itself" in sentence(together, "square")
    assert alone == _elsewhere("square.py")["square/square"]


def _elsewhere(*arguments: str) -> dict[str, str]:
    """The verdicts, by keys, in a process that has read nothing else, and that recalls nothing."""
    options = ["--effort", "quick", "--json", "-", "--again"]
    command = [sys.executable, "-m", "lemmata", "verify", *arguments, *options]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout)
    return {one["statement"]["key"]: one["verdict"] for one in found["claims"]}


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_library_that_a_file_changes_is_whole_for_others(jobs: int) -> None:
    """What replaces a function of NumPy does so for its own claims alone, wherever it stands in the run."""
    Path("mean.py").write_text(MEAN, encoding="utf-8")
    wrote("worse.py", "import numpy", "numpy.maximum = lambda a, b: b")

    found = _elsewhere("worse.py", "mean.py", "--jobs", str(jobs))

    assert found["mean/mean"] == _elsewhere("mean.py")["mean/mean"] != "error"


COUNTING = """
import numpy
from lemmata import conjecture, measured, real

numpy.read = getattr(numpy, "read", 0) + 1
how_many = measured("how_many")


def run(x):
    return {"how_many": 0 * x + numpy.read}


x = real("x")
one = conjecture("One file was read in this process", runs=run, then=how_many <= 1)
"""


def test_a_worker_reads_one_file() -> None:
    """Of six files each is read in worker processes that have read no other."""
    for number in range(6):
        Path(f"file{number}.py").write_text(COUNTING, encoding="utf-8")

    found = _elsewhere(*(f"file{number}.py" for number in range(6)), "--jobs", "2")

    assert 6 == len(found)
    assert {"error", "refuted"}.isdisjoint(found.values())


def test_innocent_files_are_not_accused() -> None:
    """Files that share modules, and change none, have the verdicts that they have alone; so have sets and objects."""
    Path("square.py").write_text(SQUARE, encoding="utf-8")
    more = """z, w = real(*{"a", "b"})
other = conjecture(f"Of {set('abc')} at {object()}", then=z**2 + w**2 + 1 >= 2 * z * w, given=[z >= -9, w >= -9])
"""
    files = [
        wrote(f"file{n}.py", "import shared", f"c{n} = conjecture('L', then=real('t')**2 + {n + 1} >= 0)")
        for n in (1, 2)
    ]
    Path(files[0]).write_text(Path(files[0]).read_text(encoding="utf-8") + more, encoding="utf-8")

    assert "error" not in verdicts(judged(*files, "square.py", jobs=2)).values()


def test_what_a_claim_says_does_not_depend_on_its_place(tmp_path: Path) -> None:
    """The same file in another folder says the same; another number says something else."""
    said: list[str] = []
    for number, place in ((2, "here"), (2, "there"), (3, "elsewhere")):
        (tmp_path / place).mkdir()
        text = LINE.replace("x**4 + 1", f"x**4 + {number}")
        (tmp_path / place / "mine.py").write_text(f"from lemmata import *\n{text}", encoding="utf-8")
        (found,) = load([str(tmp_path / place / "mine.py")]).claims
        said.append(said_by(found.claim))

    assert said[0] == said[1] != said[2]
