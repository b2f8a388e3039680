"""Defaults of options come from the project's own file; a word that is none is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import call
from report_records import CONJECTURE, PROVED, REFUTED, run

from lemmata import checks
from lemmata.checks.document import encode_run
from lemmata.checks.evidence import Run
from lemmata.checks.part import SAMPLE
from lemmata.checks.store import Store
from lemmata.claims.index import Entry
from lemmata.reports import defaults
from lemmata.reports.commands import list as listing
from lemmata.reports.commands import verify


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the trial is asked for, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    noted: dict[str, Any] = {}

    def trial(_: object, **options: Any) -> Run:
        noted.update(options)
        for claim in (PROVED, REFUTED):
            options["on_progress"](
                checks.Progress(done=1, total=2, key=claim.statement.key, part=SAMPLE, evidence=claim)
            )
        return run(PROVED, REFUTED)

    monkeypatch.setattr(checks, "verify", trial)
    return noted


def test_defaults_and_what_is_said_on_the_line(asked: dict[str, Any], tmp_path: Path) -> None:
    """Options of the file hold, from a folder below it too, unless the command line says otherwise."""
    (tmp_path / "pyproject.toml").write_text('[tool.lemmata]\neffort = "deep"\nseed = 7\nin-process = true\n')
    call("verify", "--seed", "3")

    assert (checks.Effort.DEEP, 3, None) == (asked["effort"], asked["seed"], asked["jobs"])


@pytest.mark.parametrize("value", ["'out.json'", "true"])
def test_a_name_of_two_kinds_of_options(value: str, tmp_path: Path) -> None:
    """The name of a file for some commands is a flag of others: each takes the kind that is its own."""
    (tmp_path / "pyproject.toml").write_text(f"[tool.lemmata]\njson = {value}\n", encoding="utf-8")

    found = defaults.read(tmp_path, lambda: {"verify": verify.command, "list": listing.command})

    assert [bool(found[name]) for name in ("verify", "list")] == [value != "true", value == "true"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.lemmata]\nefort = 'deep'\n", "did you mean 'effort'?"),
        ("[tool.lemmata\n", "cannot read"),
        ("[tool]\nlemmata = 3\n", "must be a table"),
        ("tool = 5\n", "must be a table"),
        ("[tool.lemmata]\nstore = 5\n", "store = 5; expected a text in quotes"),
        ("[tool.lemmata]\nseed = 1.5\n", "seed = 1.5; expected a whole number"),
        ("[tool.lemmata]\nseed = -1\n", "-1 is not in the range"),
        ("[tool.lemmata]\nverbose = 1\n", "expected true or false"),
        ("[tool.lemmata]\nstatus = 'theorem'\n", "expected a list of texts"),
        ("[tool.lemmata]\nmemory-limit = 2024-01-01\n", "expected a whole number"),
        ("[tool.lemmata]\neffort = 'slow'\n", "'slow' is not one of"),
    ],
)
def test_bad_files_are_one_sentence(asked: dict[str, Any], tmp_path: Path, text: str, said: str) -> None:
    """A mistyped key, broken TOML and something else than a table end with 2 before anything is run."""
    (tmp_path / "pyproject.toml").write_text(text)
    code, _, error = call("verify")

    assert 2 == code
    assert said in error
    assert 1 == len(error.splitlines())
    assert {} == asked


def entry(status: str, reading: str, key: str) -> Entry:
    """A claim as a list says it."""
    return Entry(key=key, title="t", status=status, reading=reading, kind="AtMost", source="s")


def test_filters(asked: dict[str, Any], tmp_path: Path) -> None:
    """Status, reading and the newest run's verdict each choose; together they all must fit."""
    with Store.open(tmp_path / ".lemmata" / "evidence.sqlite") as store:
        store.begin("a", "p", b"")
        store.finish("a", encode_run(run(PROVED, REFUTED, CONJECTURE)))
    call("verify", "--status", "theorem", "--reading", "from memory", "--verdict", "refuted")
    wanted: Callable[[Entry], bool] = asked["wanted"]
    key = REFUTED.statement.key

    assert wanted(entry("theorem", "from memory", key))
    assert not wanted(entry("conjecture", "from memory", key))
    assert not wanted(entry("theorem", "as stated", key))
    assert not wanted(entry("theorem", "from memory", PROVED.statement.key))


@pytest.mark.parametrize("option", ["--status", "--reading", "--verdict"])
def test_unknown_words(asked: dict[str, Any], option: str) -> None:
    """A word that is no status, reading or verdict is refused."""
    code, _, error = call("verify", option, "undecidd")

    assert (2, {}) == (code, asked)
    assert f"{option} 'undecidd' is no {option[2:]}" in error


def test_words_are_those_of_the_language() -> None:
    """The filters know every status, reading and verdict that there is."""
    from lemmata.claims import Reading, Status
    from lemmata.reports import filters

    assert [one.value for one in Status] == list(filters.STATUSES)
    assert [one.value for one in Reading] == list(filters.READINGS)
    assert [one.word for one in checks.Verdict] == list(filters.VERDICTS)


def test_stream(asked: dict[str, Any]) -> None:
    """With --json - --stream there is a line a claim and one for the run, and the report is on standard error."""
    import json

    code, out, error = call("verify", "--json", "-", "--stream")
    found = [json.loads(line) for line in out.splitlines()]

    assert 1 == code
    assert asked
    assert [PROVED.statement.key, REFUTED.statement.key] == [one["claim"]["statement"]["key"] for one in found[:2]]
    assert [] == found[2]["run"]["claims"]
    assert "1 as expected" in error
    assert "--json -" in call("verify", "--stream")[2]


def test_list_as_json() -> None:
    """`list --json` is what the list says, as data."""
    import json

    (found,) = json.loads(call("list", "du2018/neuron-law", "--json")[1])

    assert ("du2018/neuron-law", "theorem", "Conserved") == (found["key"], found["status"], found["kind"])
