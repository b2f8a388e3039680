from pathlib import Path

import pytest
from click.testing import CliRunner

from lemmata import Effort, judge, load
from lemmata.reports.cli import app
from lemmata.reports.new import DEFAULT, NewFileError, kinds, write

PASSES = {
    "statement": ["proved"],
    "procedure": ["holds"],
    "flow": ["proved", "holds"],
    "rate": ["holds"],
    "probability": ["supported"],
    "constant": ["holds"],
    "class": ["holds"],
}


@pytest.mark.parametrize("kind", PASSES)
def test_every_kind_runs_as_it_is(kind: str, tmp_path: Path) -> None:
    """A new file of each kind has at most 25 lines, and its claims pass."""
    path = write("mine", tmp_path, kind=kind)
    library = load([str(path)])

    assert () == library.failures
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 25
    assert PASSES[kind] == [judge(one, effort=Effort.QUICK, seed=0).verdict for one in library.claims]


def test_all_kinds_are_tried() -> None:
    """No template is left out above."""
    assert sorted(PASSES) == kinds()


def test_every_kind_is_named_where_kinds_are_looked_for() -> None:
    """Help and README name each kind that a file can begin with."""
    told = " ".join(CliRunner().invoke(app, ["new", "--help"]).output.split())
    readme = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    sentence = readme[readme.index("`lemmata new NAME --kind") : readme.index("begins a file of each")]

    assert f"begins with: {', '.join(kinds())}." in told
    assert {kind for kind in kinds() if kind not in sentence} == {DEFAULT}


@pytest.mark.parametrize(
    ("name", "kind", "sentence"),
    [
        ("Mine", "statement", "cannot be the name of a claim file"),
        ("class", "statement", "a word of Python's own"),
        ("mine", "flw", "there is no kind 'flw'; .*did you mean flow"),
    ],
)
def test_what_cannot_be_written(name: str, kind: str, sentence: str, tmp_path: Path) -> None:
    """A bad name or kind is answered, and nothing is written."""
    with pytest.raises(NewFileError, match=sentence):
        write(name, tmp_path, kind=kind)

    assert [] == list(tmp_path.iterdir())
