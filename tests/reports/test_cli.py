import json
import signal
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import call
from interruptible import interruptible
from report_records import CONJECTURE, PROVED, REFUTED, run

from lemmata import checks, claims
from lemmata.checks.document import decode_run, encode_run
from lemmata.checks.evidence import LoadFailure, Run
from lemmata.checks.store import Store
from lemmata.reports.commands.common import EFFORTS

ENDLESS = """

import dataclasses
import time

from lemmata import Mutant


def wait(parameters, rng, size):
    time.sleep(600)


endless = dataclasses.replace(
    never_less_balanced,
    key="mine/endless",
    mutants=(Mutant(name="endless", because="x", given=dataclasses.replace(never_less_balanced.given, draw=wait)),),
)
"""
"""A second claim, whose mutant never ends."""

FAILURE = LoadFailure(source="broken.py", error="SyntaxError: invalid syntax")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test works in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch) -> Callable[[Run], dict[str, object]]:
    """Let the trial end with a given run; what it was asked for is noted."""
    asked: dict[str, object] = {}

    def prepare(record: Run) -> dict[str, object]:
        def trial(selection: object, **options: object) -> Run:
            asked.update(options, selection=selection)
            store = options["store"]
            assert isinstance(store, Store)
            store.begin(record.id, "print", b"")
            if record.finished:
                store.finish(record.id, encode_run(record))
            return record

        monkeypatch.setattr(checks, "verify", trial)
        return asked

    return prepare


def _reports() -> dict[Path, bytes]:
    """Documents and pages, by their paths."""
    return {path: path.read_bytes() for path in Path(".lemmata").rglob("*") if path.suffix in {".json", ".html"}}


class TestVerify:
    """`lemmata verify` judges, prints, writes and ends with the exit code of the run."""

    @pytest.mark.parametrize(
        ("expected", "record"),
        [
            (0, run(PROVED, CONJECTURE)),
            (1, run(PROVED, REFUTED)),
            (2, run(PROVED, failures=(FAILURE,))),
            (130, run(PROVED, finished=False)),
        ],
    )
    def test_exit_code(self, ended: Callable[[Run], object], expected: int, record: Run) -> None:
        """0 as expected, 1 not, 2 unreadable file, 130 interrupted; each run is reported and written all the same."""
        ended(record)
        code, out, _ = call("verify")

        assert expected == code
        assert "du2018/neuron-law" in out
        assert record == decode_run(Path(".lemmata/run.json").read_bytes())
        assert Path(".lemmata/report/index.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")

    def test_options_reach_the_trial(self, ended: Callable[[Run], dict[str, object]]) -> None:
        """Effort, seed, jobs, resume and selection are handed on."""
        asked = ended(run(PROVED))
        call("verify", "du2018", "--effort", "deep", "--seed", "9", "--jobs", "3", "--resume")

        wanted = {"effort": checks.Effort.DEEP, "seed": 9, "jobs": 3, "resume": True, "selection": ("du2018",)}
        assert wanted == {name: asked[name] for name in wanted}

    def test_files_are_written_where_asked(self, ended: Callable[[Run], object]) -> None:
        """Named files are used, their folders made, and the command says where they are."""
        ended(run(REFUTED))
        _, out, _ = call(
            "verify", "--json", "a/b/run.json", "--junit", "junit.xml", "--html", "page.html", "--store", "kept"
        )

        assert REFUTED.statement.key == json.loads(Path("a/b/run.json").read_text())["claims"][0]["statement"]["key"]
        assert "1" == ET.parse("junit.xml").getroot().attrib["failures"]
        assert Path("page.html").exists()
        assert Path("kept/evidence.sqlite").exists()
        assert "Written: page.html, a/b/run.json, junit.xml\n" in out

    @pytest.mark.parametrize(
        ("said", "arguments"),
        [
            ("is a directory", ("--json", ".")),
            ("asked for twice", ("--html", "x.html", "--json", "x.html")),
            ("cannot write /proc/no/x", ("--junit", "/proc/no/x")),
        ],
    )
    def test_files_are_checked_before_the_trial(
        self, ended: Callable[[Run], dict[str, object]], said: str, arguments: Sequence[str]
    ) -> None:
        """A report that cannot be written is refused before hours are spent on it."""
        asked = ended(run(PROVED))
        code, _, error = call("verify", *arguments)

        assert 2 == code
        assert said in error
        assert {} == asked

    def test_interrupted_leaves_earlier_reports_alone(self, ended: Callable[[Run], object]) -> None:
        """What an interrupted run has is not written over the reports of a whole one."""
        ended(replace(run(PROVED, CONJECTURE), id="whole"))
        call("verify")
        before = _reports()
        ended(replace(run(PROVED, finished=False), id="half"))

        assert 130 == call("verify")[0]
        assert len(before) > 2
        assert before == _reports()

    def test_a_page_of_the_same_evidence_is_left(self, ended: Callable[[Run], object]) -> None:
        """A page is made again where its evidence has changed, and else only the document is."""
        pages = []
        for name, claim in (("first", PROVED), ("second", PROVED), ("third", REFUTED)):
            ended(replace(run(claim), id=f"{name}0000000"))
            call("verify")
            pages.append(Path(".lemmata/report/index.html").read_text(encoding="utf-8"))

        assert pages[0] == pages[1] != pages[2]
        assert "third0000000" == decode_run(Path(".lemmata/run.json").read_bytes()).id

    def test_damaged_store(self, ended: Callable[[Run], dict[str, object]]) -> None:
        """A damaged store is one message and exit code 2, and the file stays as it is."""
        ended(run(PROVED))
        Path(".lemmata").mkdir()
        Path(".lemmata/evidence.sqlite").write_bytes(b"something else")
        code, _, error = call("verify")

        assert 2 == code
        assert error.startswith("lemmata: .lemmata/evidence.sqlite is damaged")
        assert 1 == len(error.splitlines())
        assert b"something else" == Path(".lemmata/evidence.sqlite").read_bytes()

    def test_interrupt_outside_the_trial(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ctrl-C while claims are loaded ends with 130, too."""

        def interrupted(selection: object, **_: object) -> None:
            del selection
            raise KeyboardInterrupt

        monkeypatch.setattr(checks, "verify", interrupted)
        assert (130, "Interrupted.\n") == call("verify")[::2]

    def test_efforts_are_those_of_the_trial(self) -> None:
        """The option's words are exactly the efforts that there are."""
        assert [effort.value for effort in checks.Effort] == list(EFFORTS)


class TestReal:
    """Against the real claims."""

    def test_falsify_refuses_a_probability(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A claim that no single instance can break is one clear message, not a traceback."""
        from toy_quantified import coins

        found = claims.Library((claims.Located(coins(), "toy"),))
        monkeypatch.setattr(claims, "load", lambda _, **__: found)
        code, _, error = call("falsify", "toy2024/coins")

        assert 2 == code
        assert "speaks of a probability" in error
        assert 1 == len(error.splitlines())

    def test_unknown_key(self) -> None:
        """A mistyped key is one line on standard error with near matches, exit code 2."""
        code, out, error = call("verify", "du2018/neuron-lav")

        assert (2, "") == (code, out)
        assert "did you mean " in error
        assert "du2018/neuron-law" in error
        assert 1 == len(error.splitlines())

    def test_list(self) -> None:
        """Claims are listed one a line, with status, kind and title."""
        code, out, _ = call("list", "du2018/neuron-law")

        assert 0 == code
        assert ["du2018/neuron-law", "theorem", "Conserved"] == out.split()[:3]

    def test_list_with_an_unreadable_file(self, folder: Path) -> None:
        """A file that cannot be read is told on standard error; the others are listed."""
        (folder / "broken.py").write_text("1 +")
        code, out, error = call("list", "du2018/neuron-law", "broken.py")

        assert 2 == code
        assert out.startswith("du2018/neuron-law")
        assert "could not read broken.py" in error
        assert "SyntaxError" in error

    def test_show(self) -> None:
        """The claim's words, LaTeX, symbols, ranges and mutants are shown."""
        code, out, _ = call("show", "du2018/neuron-law")

        assert 0 == code
        for wanted in (
            "status theorem",
            "d/dt",
            "quantity:",
            "Symbols",
            "Given",
            "Ranges",
            "Mutants",
            "tanh:",
        ):
            assert wanted in out

    def test_new_conjecture_runs_and_its_mutants_replay(self, folder: Path) -> None:
        """A new file is judged as it stands, and a counterexample of its mutants is found again by `replay`."""
        assert (0, "Wrote mine.py. Now run: lemmata verify mine.py\n") == call("new", "mine")[:2]
        assert 0 == call("verify", "mine.py", "--effort", "quick", "--jobs", "1")[0]

        record = decode_run((folder / ".lemmata/run.json").read_bytes())
        smallest = record.claims[0].mutants[0].sample.smallest
        assert smallest is not None
        assert "if you trust that file, add --claims mine.py" in call("replay", smallest.id[:6])[2]
        code, out, _ = call("replay", smallest.id[:6], "--claims", "mine.py")
        assert 0 == code
        assert "The same case fails with the same two sides." in out
        assert "import numpy" in call("replay", smallest.id, "--claims", "mine.py", "--python")[1]

    def test_interrupted_run_keeps_what_is_done(self, folder: Path) -> None:
        """Ctrl-C in a real run: exit code 130, and the claims that were finished are reported and written."""
        call("new", "mine")
        with (folder / "mine.py").open("a") as stream:
            stream.write(ENDLESS)
        options = ["--effort", "quick", "--jobs", "1"]
        command = interruptible("-m", "lemmata.reports.cli", "verify", "mine.py", *options)
        with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder) as child:
            assert child.stderr is not None
            line = next(said for said in child.stderr if not said.startswith("... "))  # nor how long it takes
            child.send_signal(signal.SIGINT)
            try:
                out, _ = child.communicate(timeout=60)
            finally:
                child.kill()

        assert "PROVED mine/never-less-balanced" in line
        assert 130 == child.returncode
        assert "Interrupted: 1 finished" in out
        record = decode_run((folder / ".lemmata/run.json").read_bytes())
        assert (False, ["mine/never-less-balanced"]) == (record.finished, [one.statement.key for one in record.claims])


class TestNew:
    """`lemmata new` writes one file and never overwrites."""

    @pytest.mark.parametrize("name", ["Two Words", "9lives", "Upper", "a-b", "../x", "class", "", "_private", "é"])
    def test_bad_names(self, folder: Path, name: str) -> None:
        """A name that cannot be a module's and a key's is refused, and nothing is written."""
        assert 2 == call("new", name)[0]
        assert [] == list(folder.iterdir())

    def test_never_overwrites(self, folder: Path) -> None:
        """A file of that name is left as it is."""
        (folder / "mine.py").write_text("precious")
        code, _, error = call("new", "mine")

        assert 2 == code
        assert "left as it was" in error
        assert "precious" == (folder / "mine.py").read_text()


class TestReport:
    """`lemmata report` makes the page again from the store."""

    def test_from_the_store(self, ended: Callable[[Run], object]) -> None:
        """The newest run's page is the one that `verify` wrote."""
        ended(run(PROVED))
        call("verify")
        page = Path(".lemmata/report/index.html").read_bytes()
        code, out, _ = call("report", "--html", "again")

        assert 0 == code
        assert "1 as expected" in out
        assert page == Path("again/index.html").read_bytes()
        assert Path("again/du2018.html").exists()

    def test_one_page(self, ended: Callable[[Run], object]) -> None:
        """--single, and a name that ends in .html, give one file that holds every claim."""
        ended(run(PROVED))
        call("verify", "--single")
        call("report", "--html", "one.html")

        assert Path(".lemmata/report.html").read_bytes() == Path("one.html").read_bytes()
        assert f'<article id="{PROVED.statement.key}">' in Path("one.html").read_text(encoding="utf-8")

    def test_pages_of_an_earlier_run_go(self, ended: Callable[[Run], object]) -> None:
        """A page of ours that the new overview does not link to is removed; a stranger's file stays."""
        ended(run(PROVED))
        call("verify", "--html", "site")
        Path("site/notes.html").write_text("mine", encoding="utf-8")
        ended(run(replace(PROVED, statement=replace(PROVED.statement, key="wind2023/x"))))
        call("verify", "--html", "site")

        assert ["index.html", "notes.html", "wind2023.html"] == sorted(file.name for file in Path("site").iterdir())

    def test_pdf_without_a_browser(self, ended: Callable[[Run], object], monkeypatch: pytest.MonkeyPatch) -> None:
        """Where no browser prints, --pdf is refused with the way out before anything is written."""
        ended(run(PROVED))
        call("verify")
        monkeypatch.setattr("shutil.which", lambda _: None)
        code, _, error = call("report", "--pdf", "paper.pdf", "--html", "other")

        assert 2 == code
        assert "no browser was found" in error
        assert not Path("other").exists()

    def test_named_run(self, ended: Callable[[Run], object]) -> None:
        """An older run is found by its name; an unknown name is refused with those that are there."""
        for name in ("old", "young"):
            ended(replace(run(PROVED), id=name))
            call("verify")

        assert "old" in call("report", "old", "--html", "old.html")[1] or Path("old.html").exists()
        assert "holds no run 'odd'; it holds old" in call("report", "odd")[2]

    def test_opens_in_the_browser(self, ended: Callable[[Run], object], monkeypatch: pytest.MonkeyPatch) -> None:
        """--open hands the page to the browser by its address."""
        opened: list[str] = []
        monkeypatch.setattr("webbrowser.open", lambda address: not opened.append(address))
        ended(run(PROVED))
        call("verify")
        call("report", "--open")

        assert [Path(".lemmata/report/index.html").resolve().as_uri()] == opened

    @pytest.mark.parametrize("command", [("report",), ("replay", "0123456789ab")])
    def test_nothing_recorded(self, folder: Path, command: Sequence[str]) -> None:
        """Without evidence the message says to verify first, and no store is made."""
        code, _, error = call(*command)

        assert 2 == code
        assert "run `lemmata verify` first" in error
        assert [] == list(folder.iterdir())

    def test_damaged_document(self, folder: Path) -> None:
        """A stored document of another shape is one message, exit code 2."""
        with Store.open(folder / ".lemmata" / "evidence.sqlite") as store:
            store.begin("a", "p", b"")
            store.finish("a", b'{"id": 3}')
        code, _, error = call("report")

        assert 2 == code
        assert "run `lemmata verify` again" in error
