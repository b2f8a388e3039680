"""`lemmata laws`, and the files of claims that it writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lemmata import Effort, judge, load
from lemmata.reports import cli


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test works in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def laws(words: str) -> Result:
    """The command with these words."""
    return CliRunner().invoke(cli.app, ["laws", *words.split()])


def test_a_network_on_the_command_line() -> None:
    """The number, what it rests on, and the laws."""
    result = laws("--layers 2,2,1 --activation relu --loss squared --bias")

    assert 0 == result.exit_code
    assert "relu network 2-2-1 with biases, squared loss: 8 parameters, 2 independent laws, certified" in result.output
    assert "  |W1[1,:]|^2 + b1[1]^2 - W2[1,1]^2\n" in result.output


def test_the_finding_of_a_strided_convolution() -> None:
    """Taps that wrap around onto each other give laws beyond the balance of the channels."""
    result = laws("--conv 1,2,1 --kernel 3,3 --stride 3,1 --length 6 --activation relu")

    assert 0 == result.exit_code
    assert "4 independent laws, certified" in result.output
    assert "  W2[1,1,1] - W2[1,1,3]\n" in result.output


@pytest.mark.parametrize(
    "words",
    [
        "--layers 2,2,1 --activation relu",
        "--layers 1,1,2 --loss cross_entropy",
        "--layers 2,1,1 --activation square --bias",
        "--conv 1,1,1 --kernel 2,1 --length 2 --stride 2,1",
        "--layers 1,2,1 --degree 2",
    ],
)
def test_written_claims_are_proved(words: str, folder: Path) -> None:
    """Every law that is found passes as a claim of a file that no one has touched."""
    result = laws(f"{words} --claim mine.py")
    library = load([str(folder / "mine.py")])

    assert 0 == result.exit_code
    assert () == library.failures
    assert library.claims
    assert {"proved"} == {judge(one, effort=Effort.QUICK).verdict for one in library.claims}


def test_a_changed_law_in_the_file_is_refuted(folder: Path) -> None:
    """The file is judged for what it says: one more square, and it falls."""
    laws("--layers 2,1,1 --claim mine.py")
    path = folder / "mine.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("- W2_1_1**2", "- 2 * W2_1_1**2"), encoding="utf-8")
    (located,) = load([str(path)]).claims

    assert "- W2_1_1**2" in text
    assert "refuted" == judge(located, effort=Effort.QUICK).verdict


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--layers 784,100,10", "784,000 paths from input to output"),
        ("--layers 30,30,30", "1800 parameters"),
        ("--layers 2,2 --activation tanh", "unknown activation 'tanh'"),
        ("--layers 2,x", "'2,x' is no list of whole numbers"),
        ("--layers 2,0,1", "each 1 or more, got 2,0,1"),
        ("", "either the layers"),
        ("--layers 2,1,1 --degree 0", "0 is not in the range"),
        ("--layers 2,3,1 --degree 99999", "Take degree 9"),
        ("--layers 2,3,1 --degree 4000000000", "10^80 monomials of degree up to 4,000,000,000"),
        ("--layers 2,-3,1", "'2,-3,1' is no list of whole numbers"),
        ("--layers 2,2 --loss hinge", "unknown loss 'hinge'"),
        ("--conv 1,1 --length 4", "1 layers need 1 kernels of 1 or more, got none"),
        ("--layers 2,2 --time-limit -1", "-1.0 is not in the range"),
        ("--layers 2,2,1 --claim .", "it is a directory"),
        ("--layers 1,1 --claim mine.py", "no law was found, so there is nothing to write"),
    ],
)
def test_bad_input_is_one_sentence(words: str, said: str) -> None:
    """Exit code 2 and what would do, never a traceback."""
    result = laws(words)

    assert 2 == result.exit_code
    assert said in result.output
    assert "Traceback" not in result.output


def test_time_that_is_up_is_said_and_the_rest_is_found_later() -> None:
    """Without time only bounds are reported; with --resume the search goes on."""
    stopped = laws("--layers 2,2,1 --time-limit 0")
    resumed = laws("--layers 2,2,1 --resume")

    assert 1 == stopped.exit_code
    assert "go on with --resume" in stopped.output
    assert 0 == resumed.exit_code
    assert "certified" in resumed.output
