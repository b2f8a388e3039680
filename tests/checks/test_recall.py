"""Evidence is recalled only where nothing has changed that it rests on; what has is judged again."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from trial_records import substance

from lemmata import claims
from lemmata.checks import Effort, Limits, Run, Store, verify
from lemmata.checks._recall import Memory, Remembered, agreeing
from lemmata.checks.evidence import Evidence
from lemmata.checks.records import decode
from lemmata.checks.running import circumstances, modules
from lemmata.claims import Library, library, selection
from lemmata.claims.selection import choose

STEPS = "lemmata.claims.papers.du2018.steps"

MINE = """
from pathlib import Path

from helper import FACTOR
from lemmata import conjecture, positive, sqrt

BOUND = float((Path(__file__).parent / "table.csv").read_text())
x = positive("x")
claim = conjecture("A root is concave", then=sqrt(x) <= FACTOR * (1 + x) / 2)
"""


A_CLAIM_A_LINE = """
from pathlib import Path

from lemmata import conjecture, positive, sqrt

x = positive("x")
lines = (Path(__file__).parent / "table.csv").read_text().split()
one = conjecture("A root is concave", then=sqrt(x) <= (int(lines[0]) + x) / 2)
if len(lines) > 1:
    another = conjecture("So it is with more room", then=sqrt(x) <= (int(lines[1]) + x) / 2)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's folder with a claim, a helper and a table; the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(MINE, encoding="utf-8")
    (tmp_path / "helper.py").write_text("FACTOR = 1\n", encoding="utf-8")
    (tmp_path / "table.csv").write_text("1.5", encoding="utf-8")
    yield tmp_path
    sys.modules.pop("helper", None)


def judged(folder: Path, selection: tuple[str, ...] = ("mine.py",), **changes: object) -> tuple[Run, list[str]]:
    """A quick run in one worker; its record, and the keys that were recalled for it."""
    recalled: list[Evidence] = []
    wanted: dict[str, object] = {"effort": Effort.QUICK, "seed": 0, "jobs": 1}
    with Store.open(folder / "store" / "evidence.sqlite") as store:
        record = verify(selection, store=store, on_recall=recalled.append, **(wanted | changes))  # type: ignore[arg-type]
    return record, [one.statement.key for one in recalled]


LATE = """
from lemmata import *

value = measured("value")

def run(x):
    from helper import FACTOR
    return {"value": FACTOR * x * x}

x = real("x")
claim = conjecture("A square is not negative", runs=run, then=value >= 0)
"""


ASKING = {
    "whether a file is there": '2 if (Path(__file__).parent / "flag").exists() else 1',
    "whether one is listed under its own name": '1 + len(list(Path(__file__).parent.glob("flag")))',
    "how large one is": '(Path(__file__).parent / "data").stat().st_size',
    "whether a folder can be made": '1 + len(str((Path(__file__).parent / "flag").mkdir(exist_ok=True) or ""))',
    "where a link leads": '1 + len(str((Path(__file__).parent / "link").resolve()))',
    "a helper that no import names": "__import__('importlib').import_module('helper').FACTOR",
}


class TestUsers:
    """A user's own file, judged in a worker process."""

    def test_import_while_it_runs(self, folder: Path) -> None:
        """A procedure imports what lies beside its file when it is run, in a worker as well."""
        (folder / "mine.py").write_text(LATE, encoding="utf-8")

        assert judged(folder)[0].claims[0].expected

    def test_unchanged_is_recalled(self, folder: Path) -> None:
        """The second run judges nothing and ends in the same record; `again` judges it anew."""
        first, before = judged(folder)
        second, recalled = judged(folder)
        third, anew = judged(folder, again=True)

        assert [] == before == anew
        assert [first.claims[0].statement.key] == recalled
        assert first.claims == second.claims
        assert "1 recalled" in second.notes[0]
        assert substance(first)["claims"] == substance(third)["claims"]

    @pytest.mark.parametrize("asked", ASKING)
    def test_the_state_of_files(self, folder: Path, asked: str) -> None:
        """What asks for the state of files, or comes to code by no import, is judged every time: no text tells it."""
        text = MINE.replace("FACTOR *", f"({ASKING[asked]}) *")
        (folder / "mine.py").write_text(text, encoding="utf-8")
        (folder / "data").write_bytes(bytes(1))
        judged(folder)
        (folder / "data").write_bytes(bytes(2))
        (folder / "flag").touch()

        assert [] == judged(folder)[1]

    @pytest.mark.parametrize("module", ["os", "sys", "time", "random", "importlib.util", "shutil", "tempfile", "runpy"])
    def test_modules_that_tell_of_the_machine(self, folder: Path, module: str) -> None:
        """A helper that imports one is judged every time, whatever it does with it."""
        (folder / "helper.py").write_text(f"import {module} as m\n\nFACTOR = 1\n", encoding="utf-8")
        judged(folder)

        assert [] == judged(folder)[1]

    def test_another_folder(self, folder: Path) -> None:
        """The same text beside another table is another claim, though it is judged from the same place."""
        (folder / "other").mkdir()
        for name in ("mine.py", "helper.py"):
            shutil.copy(folder / name, folder / "other" / name)
        (folder / "other" / "table.csv").write_text("0.5", encoding="utf-8")
        judged(folder)
        sys.modules.pop("helper", None)

        assert [] == judged(folder, ("other/mine.py",))[1]

    @pytest.mark.parametrize(
        ("file", "text"),
        [("mine.py", f"{MINE}\n# a remark\n"), ("helper.py", "FACTOR = 2\n"), ("table.csv", "1.25")],
    )
    def test_changed_is_judged_again(self, folder: Path, file: str, text: str) -> None:
        """So does a change of its text, of a helper that it imports, of a table that it reads."""
        judged(folder)
        (folder / file).write_text(text, encoding="utf-8")

        assert [] == judged(folder)[1]

    def test_a_verdict_follows_the_helper(self, folder: Path) -> None:
        """A helper that makes the claim false is not answered by the evidence of the true one."""
        assert judged(folder)[0].claims[0].expected

        (folder / "helper.py").write_text("from fractions import Fraction\nFACTOR = Fraction(1, 2)\n", encoding="utf-8")

        (found,) = judged(folder)[0].claims

        assert "refuted" == found.verdict
        assert r"\frac{x}{4}" in found.statement.latex, "the statement is that of the new helper, too"

    @pytest.mark.parametrize(
        "changes", [{"seed": 1}, {"effort": Effort.STANDARD}, {"limits": Limits(seconds=500)}], ids=str
    )
    def test_another_run_is_judged(self, folder: Path, changes: dict[str, object]) -> None:
        """Another seed, effort or limit is another trial."""
        judged(folder)

        assert [] == judged(folder, **changes)[1]

    def test_only_the_new_one_is_judged(self, folder: Path) -> None:
        """A conjecture added to a folder costs its own trial; both are in the record, in the order given."""
        judged(folder)
        (folder / "more.py").write_text(MINE.replace("A root is", "The root is"), encoding="utf-8")
        record, recalled = judged(folder, ("more.py", "mine.py"))

        assert [record.claims[1].statement.key] == recalled
        assert ["more.py", "mine.py"] == [one.statement.source for one in record.claims]

    def test_a_file_whose_evidence_stands_is_not_read(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its claims are known from the run before; a changed table is read again, and with it the file."""
        first, _ = judged(folder)
        read: list[Sequence[str]] = []

        def load(selection: Sequence[str], **how: bool) -> Library:
            read.append(selection)
            return claims.load(selection, **how)

        monkeypatch.setattr(selection, "load", load)
        second, _ = judged(folder)
        unread = list(read)
        (folder / "table.csv").write_text("1.25", encoding="utf-8")
        judged(folder)

        assert first.claims == second.claims
        assert [] == unread
        assert [["mine.py"]] == read

    def test_claims_that_depend_on_a_table_are_read_again(self, folder: Path) -> None:
        """A file that states a claim a line of its table states another one when a line is added."""
        (folder / "mine.py").write_text(A_CLAIM_A_LINE, encoding="utf-8")
        (folder / "table.csv").write_text("1\n", encoding="utf-8")
        before = [len(judged(folder)[0].claims) for _ in range(2)]
        (folder / "table.csv").write_text("1\n2\n", encoding="utf-8")
        library._imported.cache_clear()  # as in another process

        assert [1, 1] == before
        assert 2 == len(judged(folder)[0].claims)

    def test_what_could_not_be_read_is_said_each_time(self, folder: Path) -> None:
        """A file of which a statement fails is no file whose claims are known."""
        (folder / "mine.py").write_text(f"{MINE}\n1 / 0\n", encoding="utf-8")
        first, second = judged(folder)[0], judged(folder)[0]

        assert "ZeroDivisionError" in first.failures[0].error
        assert first.failures == second.failures

    def test_a_list_of_claims_that_was_changed_is_not_believed(self, folder: Path) -> None:
        """What the store says of a file's claims counts with its digest only: else the file is read."""
        first, _ = judged(folder)
        with closing(sqlite3.connect(folder / "store" / "evidence.sqlite")) as connection, connection:
            changed = connection.execute("UPDATE evidence SET payload = '[]' WHERE claim LIKE 'claims of %'").rowcount

        assert 1 == changed
        assert first.claims == judged(folder)[0].claims

    def test_what_cannot_be_followed_is_judged_again(self, folder: Path) -> None:
        """A claim whose code starts another process is judged each time: nobody knows what that has read."""
        (folder / "helper.py").write_text("import os\nos.system('true')\nFACTOR = 1\n", encoding="utf-8")
        judged(folder)

        assert [] == judged(folder)[1]

    def test_damaged_evidence_is_judged_again(self, folder: Path) -> None:
        """A record in which one byte was changed is not believed."""
        first, _ = judged(folder)
        with closing(sqlite3.connect(folder / "store" / "evidence.sqlite")) as connection, connection:
            connection.execute(
                "UPDATE evidence SET payload = replace(payload, '\"expected\":true', '\"expected\":false')"
            )
        second, recalled = judged(folder)

        assert [] == recalled
        assert substance(first)["claims"] == substance(second)["claims"]

    def test_text_changed_meanwhile_is_not_kept(self, folder: Path) -> None:
        """What is judged while its file is written is not evidence for the new text."""
        with Store.open(folder / "evidence.sqlite") as store:
            memory = Memory(store, effort=Effort.QUICK, seed=0, limits=None)
            (folder / "mine.py").write_text(f"{MINE}\n", encoding="utf-8")
            memory.meet(choose(["mine.py"]).chosen)
            record, _ = judged(folder)
            memory.keep(record.claims[0], [], own_tests=0, tests=0)

            assert {} == memory.recall()


class TestShares:
    """Probabilities share the chance of a false alarm of their run."""

    def test_other_shares_are_judged_again(self) -> None:
        """A claim without probabilities stands; one with some stands while the run's number of them is the same."""
        evidence = decode(b"null", type(None))
        plain = Remembered(evidence=evidence, own_tests=0, tests=9, read={})  # type: ignore[arg-type]
        chance = Remembered(evidence=evidence, own_tests=4, tests=9, read={})  # type: ignore[arg-type]
        both = {"a/plain": plain, "a/chance": chance}

        assert both == agreeing(both, 5)
        assert {"a/plain": plain} == agreeing(both, 6)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """The text of the package, copied where it can be changed; gives the file of a module."""
    before = modules.folders()
    after = {name: tmp_path / name for name in before}
    for name, place in before.items():
        parts = shutil.ignore_patterns("claims", "checks", "solvers", "reports", "__pycache__")
        shutil.copytree(place, after[name], ignore=parts if name == "lemmata" else None)
    monkeypatch.setattr(modules, "folders", lambda: after)
    _forget()

    def file(name: str) -> Path:
        found = modules.file_of(name)
        assert found is not None
        return found

    yield file
    monkeypatch.undo()
    _forget()


def _forget() -> None:
    """Read the package's text anew."""
    for place in (modules, circumstances):
        for value in vars(place).values():
            if hasattr(value, "cache_clear") and value is not modules.folders:
                value.cache_clear()


class TestPackage:
    """A claim of the package rests on its module, on what that imports, and on what every trial runs through."""

    @pytest.mark.parametrize(
        "module",
        [
            STEPS,
            "lemmata.claims.papers.du2018",
            "lemmata.claims.papers.du2018._letters",
            "lemmata.claims.settings.networks.dense",
            "lemmata.solvers.networks.training",
            "lemmata.solvers.numbers.dual",
            "lemmata.solvers.engine.iteration",
            "lemmata.claims.language.conclusions",
            "lemmata.claims.language.short.statement",
            "lemmata.checks._conclude",
            "lemmata.checks.judging.margins",
        ],
    )
    def test_what_it_rests_on_changes_it(self, copied: Callable[[str], Path], module: str) -> None:
        """A remark planted in any of these makes it another text."""
        before = circumstances.text_digest(STEPS)
        with copied(module).open("a", encoding="utf-8") as stream:
            stream.write("# planted\n")
        _forget()

        assert before != circumstances.text_digest(STEPS)

    @pytest.mark.parametrize(
        "module", ["lemmata.claims.papers.lyu2020.margin", "lemmata.solvers.clustering.estimator", f"{STEPS[:-5]}flow"]
    )
    def test_the_rest_does_not(self, copied: Callable[[str], Path], module: str) -> None:
        """Another paper, another section of its paper and solvers that it does not use are nothing to it."""
        before = circumstances.text_digest(STEPS)
        with copied(module).open("a", encoding="utf-8") as stream:
            stream.write("# planted\n")
        _forget()

        assert before == circumstances.text_digest(STEPS)

    def test_a_renamed_module_keeps_its_evidence(self, copied: Callable[[str], Path]) -> None:
        """The text counts, and the claim's key; not what the module is called."""
        before = circumstances.text_digest(STEPS)
        file = copied(STEPS)
        file.rename(file.with_name("renamed.py"))
        _forget()

        assert before == circumstances.text_digest("lemmata.claims.papers.du2018.renamed")

    def test_versions_and_machine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Another library, processor or setting of a library is other circumstances; so are key, effort and seed."""

        def now(key: str = "a/b", effort: Effort = Effort.QUICK, seed: int = 0) -> str:
            circumstances._machine.cache_clear()
            return circumstances.circumstances(key, "text", effort=effort, seed=seed)

        found = [now(), now(key="a/c"), now(effort=Effort.DEEP), now(seed=1)]
        monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
        found.append(now())
        monkeypatch.setattr(circumstances, "_processor", lambda: "another")
        found.append(now())
        monkeypatch.setattr(circumstances, "_version", lambda name: f"{name} 99")
        found.append(now())
        monkeypatch.undo()

        assert len(found) == len(set(found))
        assert found[0] == now()


LOADED = """
import sys
from lemmata.checks import Effort, judge
from lemmata.claims import load
located, = load([sys.argv[1]]).claims
judge(located, effort=Effort.QUICK)
print(" ".join(name for name in sys.modules if name.startswith("lemmata.") and "reports" not in name))
print(located.source)
"""


@pytest.mark.parametrize("key", ["du2018/scalar-step", "lyu2020/norm-growth"])
def test_nothing_is_loaded_that_is_not_known(key: str) -> None:
    """Every module that a whole trial has loaded is among those whose text was looked at."""
    done = subprocess.run([sys.executable, "-c", LOADED, key], capture_output=True, text=True, check=True)
    loaded, source = done.stdout.splitlines()
    known = modules.closure((source,)) | circumstances._shared()
    above = {source.rsplit(".", count)[0] for count in range(1, source.count("."))}

    assert set() == set(loaded.split()) - known - above - {"lemmata.claims.papers"}
