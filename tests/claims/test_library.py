import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lemmata.claims import Located, UnknownKeyError, find, load

HELPERS = Path(__file__).parents[1] / "helpers"
TOYS = str(HELPERS / "toy_claims.py")

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A writer of users' files: ``write("name.py", "code", ...)``; toy_claims is at hand in the code."""

    def writer(name: str, *lines: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"import sys; sys.path.insert(0, {str(HELPERS)!r})\nimport toy_claims as toys"
        path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
        return path

    return writer


def keys(found: tuple[Located, ...]) -> list[str]:
    """The keys of what was found, in order."""
    return [located.claim.key for located in found]


class TestSelection:
    """Keys, globs and papers."""

    def test_everything(self) -> None:
        """An empty selection is the whole package, the same as the glob of everything."""
        assert keys(load().claims) == keys(load(["*"]).claims)
        assert "du2018/neuron-law" in keys(load().claims)

    def test_paper_key(self) -> None:
        """A paper key names all claims of the paper, over all its modules."""
        expected = [key for key in keys(load().claims) if key.startswith("du2018/")]

        assert expected == keys(load(["du2018"]).claims)
        assert {"du2018/neuron-law", "du2018/bias-law", "du2018/midpoint-run"} <= set(expected)

    def test_key(self) -> None:
        """A key names its claim, found in the module that writes it."""
        (located,) = load(["du2018/neuron-law"]).claims

        assert ("du2018/neuron-law", "lemmata.claims.papers.du2018.flow") == (located.claim.key, located.source)

    def test_glob(self) -> None:
        """A glob names what it matches."""
        found = keys(load(["du2018/*-step"]).claims)

        assert [key for key in keys(load(["du2018"]).claims) if key.endswith("-step")] == found
        assert len(found) >= 3

    def test_overlap_is_no_fault(self) -> None:
        """A claim that is named twice is there once."""
        library = load(["du2018/neuron-law", "du2018/neuron-*", "du2018/neuron-law"])

        assert sorted(keys(load(["du2018/neuron-*"]).claims)) == sorted(keys(library.claims))
        assert () == library.failures

    @pytest.mark.parametrize(
        ("entry", "near"),
        [
            ("du2018/neuron-lw", "du2018/neuron-law"),
            ("neuron-law", "du2018/neuron-law"),
            ("du2081", "du2018"),
        ],
    )
    def test_unknown_keys_name_near_matches(self, entry: str, near: str) -> None:
        """A misspelt key raises an error that names what it may have meant."""
        with pytest.raises(UnknownKeyError) as caught:
            load([entry])

        assert f"no claim matches {entry!r}" in str(caught.value)
        assert "did you mean" in str(caught.value)
        assert near in str(caught.value)

    def test_a_key_as_a_report_prints_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of a claim in a file beside, the message says how it is named."""
        (tmp_path / "mine.py").touch()
        monkeypatch.chdir(tmp_path)

        with pytest.raises(UnknownKeyError, match=r"named mine\.py::law"):
            load(["mine/law"])

    @pytest.mark.parametrize("entry", ["zzzzzzzz", "", "\x1b[2J"])
    def test_unknown_keys_without_near_matches(self, entry: str) -> None:
        """Where nothing is near, the message says how to list the keys; it is printable."""
        with pytest.raises(UnknownKeyError, match="`lemmata list` shows all keys") as caught:
            load([entry])

        assert str(caught.value).isprintable()

    def test_find(self) -> None:
        """A claim is found again by source and key, and an unknown key says so."""
        assert (
            find("lemmata.claims.papers.du2018.flow", "du2018/neuron-law")
            is load(["du2018/neuron-law"]).claims[0].claim
        )
        with pytest.raises(
            UnknownKeyError, match=re.escape("lemmata.claims.papers.du2018.flow has no claim 'du2018/nothing'")
        ):
            find("lemmata.claims.papers.du2018.flow", "du2018/nothing")


class TestUsersFiles:
    """Files and folders of a user."""

    def test_file(self) -> None:
        """A user's file gives its claims in the order written, with its path as their source."""
        library = load([TOYS])

        assert () == library.failures
        assert ["toy2024/halving", "toy2024/positive", "toy2024/control", "toy2024/trace"] == keys(library.claims)
        assert {TOYS} == {located.source for located in library.claims}

    def test_file_beside_the_package(self) -> None:
        """Files and keys can be selected together."""
        assert "toy2024/control" in keys(load([TOYS, "du2018/neuron-law"]).claims)

    def test_folder(self, write: Write, tmp_path: Path) -> None:
        """A folder gives the claims of all its files, subfolders included, private files left out."""
        write("a.py", "one = toys.claim(key='toy2024/a')")
        write("deeper/b.py", "two = toys.claim(key='toy2024/b')")
        write("_private.py", "three = toys.claim(key='toy2024/c')")

        library = load([str(tmp_path)])

        assert (["toy2024/a", "toy2024/b"], ()) == (keys(library.claims), library.failures)

    def test_two_files_of_one_name(self, write: Write, tmp_path: Path) -> None:
        """Files of the same name in different folders do not replace each other."""
        write("one/mine.py", "one = toys.claim(key='toy2024/a')")
        write("two/mine.py", "two = toys.claim(key='toy2024/b')")

        assert ["toy2024/a", "toy2024/b"] == keys(load([str(tmp_path)]).claims)

    @pytest.mark.parametrize(
        ("code", "told"),
        [
            ("raise RuntimeError('broken on import')", "RuntimeError: broken on import"),
            ("def f(:", "SyntaxError"),
            ("sys.exit(3)", "SystemExit: 3"),
            ("import no_such_module_anywhere", "ModuleNotFoundError"),
            ("toys.claim(key='bad')", "line 3: toys.claim(key='bad')\nkey 'bad' should read like"),
            ("claim = toys  # and not a Claim", "defines no claim at its top level; assign one"),
        ],
    )
    def test_a_bad_file_does_not_hide_the_others(self, write: Write, tmp_path: Path, code: str, told: str) -> None:
        """What cannot be read of a file is a failure with its line; what no line of it raised, with its traceback."""
        bad = write("bad.py", code)
        write("good.py", "one = toys.claim(key='toy2024/good')")

        library = load([str(tmp_path)])

        assert ["toy2024/good"] == keys(library.claims)
        ((source, traceback),) = library.failures
        assert source in (str(bad), f"{bad}, line 3")
        assert told in traceback
        assert ("Traceback" in traceback) is code.startswith("sys.exit")

    def test_failure_names_the_users_line(self, write: Write) -> None:
        """What a file raises is said with the line in it that raised."""
        bad = write("bad.py", "def inner():", "    raise ValueError('deep')", "inner()")

        ((source, sentence),) = load([str(bad)]).failures

        assert f"{bad}, line 5" == source
        assert "bad.py, line 4: raise ValueError('deep')" in sentence

    def test_missing_file(self, write: Write, tmp_path: Path) -> None:
        """A file that is not there is a failure, not a crash; files of nearly the name are named."""
        path = tmp_path / "absent.py"

        assert ((str(path), f"there is no file {path}; `lemmata new absent` writes one to start from"),) == (
            load([str(path)]).failures
        )
        write("claim_absent.py", "x = 1")
        assert "did you mean claim_absent.py?" in load([str(path)]).failures[0][1]

    def test_empty_folder(self, tmp_path: Path) -> None:
        """A folder without Python files says how to start one."""
        said = "the folder holds no .py file; `lemmata new NAME` writes one to start from"

        assert ((str(tmp_path), said),) == load([str(tmp_path)]).failures

    def test_what_states_no_claim_in_a_folder(self, write: Write, tmp_path: Path) -> None:
        """Helpers beside, an environment's library and a link to nothing are no fault of a folder that has claims."""
        write("a.py", "one = toys.claim(key='toy2024/a')")
        (tmp_path / "beside.py").write_text("BOUND = 2\n", encoding="utf-8")
        for place in ("lib/site-packages/broken.py", "env/broken.py", "env/pyvenv.cfg"):
            file = tmp_path / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("raise SystemExit", encoding="utf-8")
        (tmp_path / "gone.py").symlink_to("nowhere")

        library = load([str(tmp_path)])

        assert (["toy2024/a"], ()) == (keys(library.claims), library.failures)

    def test_folder_of_helpers_only(self, write: Write, tmp_path: Path) -> None:
        """Where no file states a claim, each of them is said to have none: nothing was judged."""
        write("beside.py", "BOUND = 2")

        assert "defines no claim" in load([str(tmp_path)]).failures[0][1]

    def test_folder_that_is_too_large(self, tmp_path: Path) -> None:
        """A folder with thousands of programs is not executed."""
        for number in range(1001):
            (tmp_path / f"program{number}.py").write_text("raise SystemExit", encoding="utf-8")

        assert "the folder holds 1,001 .py files" in load([str(tmp_path)]).failures[0][1]

    def test_key_written_in_two_files(self, write: Write, tmp_path: Path) -> None:
        """A key that two files write is a failure of the second; the first stays."""
        write("a.py", "one = toys.claim(key='toy2024/a')")
        second = write("b.py", "two = toys.claim(key='toy2024/a', title='Another')")

        library = load([str(tmp_path)])

        assert ["A square is not negative"] == [located.claim.title for located in library.claims]
        ((source, told),) = library.failures
        assert str(second) == source
        assert "toy2024/a is written in" in told

    def test_key_written_twice_in_one_file(self, write: Write) -> None:
        """A key that one file writes twice is a failure: the second claim must not vanish unseen."""
        path = write("a.py", "one = toys.claim(key='toy2024/a')", "two = toys.claim(key='toy2024/a', title='Another')")

        library = load([str(path)])

        assert [str(path)] == [source for source, _ in library.failures]
        assert "toy2024/a" in library.failures[0][1]

    def test_one_claim_under_two_names(self, write: Write) -> None:
        """A second name for the same claim is no second claim."""
        path = write("a.py", "one = toys.claim(key='toy2024/a')", "alias = one")

        library = load([str(path)])

        assert (["toy2024/a"], ()) == (keys(library.claims), library.failures)

    def test_key_of_the_package(self, write: Write) -> None:
        """A user's claim with a key of the package is refused where both are selected."""
        path = write("a.py", "one = toys.claim(key='du2018/neuron-law')")

        library = load(["du2018/neuron-law", str(path)])

        assert ["lemmata.claims.papers.du2018.flow"] == [located.source for located in library.claims]
        assert [str(path)] == [source for source, _ in library.failures]

    def test_find_in_a_users_file(self) -> None:
        """A user's claim is found again by its path and key."""
        assert find(TOYS, "toy2024/control").status.value == "refuted"

    def test_find_in_a_broken_file(self, write: Write) -> None:
        """Looking into a file that can no longer be read tells its traceback."""
        path = write("bad.py", "raise RuntimeError('gone')")

        with pytest.raises(UnknownKeyError, match="RuntimeError: gone"):
            find(str(path), "toy2024/a")

    def test_a_file_that_sees_itself_as_a_module(self, write: Write) -> None:
        """Dataclasses with postponed annotations, which look up their module, work in a user's file."""
        code = "from __future__ import annotations\nimport dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int\n"
        path = write("a.py")
        path.write_text(code + path.read_text() + "one = toys.claim(key='toy2024/a')\n")

        assert (["toy2024/a"], ()) == (keys(load([str(path)]).claims), load([str(path)]).failures)
