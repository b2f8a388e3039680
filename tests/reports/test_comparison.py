"""What changed from one run to another is said, and another verdict is exit code 1."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from command_line import call
from report_records import CONJECTURE, PROVED, REFUTED, run

from lemmata.checks.document import encode_run
from lemmata.checks.evidence import Evidence, Run
from lemmata.checks.records import encode
from lemmata.checks.store import Store
from lemmata.reports import comparison


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store with two finished runs and one that was interrupted."""
    monkeypatch.chdir(tmp_path)
    with Store.open(tmp_path / ".lemmata" / "evidence.sqlite") as opened:
        for name, record in (("aaaa11112222", earlier()), ("bbbb11112222", later())):
            whole = replace(record, id=name)
            opened.begin(name, "print", encode({"started": whole.started, "seed": 0, "effort": "quick"}))
            opened.finish(name, encode_run(whole))
        opened.begin("cccc11112222", "print", encode({"started": "now", "seed": 3, "effort": "deep"}))


def earlier() -> Run:
    """Two claims, as expected."""
    return run(PROVED, CONJECTURE)


def later() -> Run:
    """The second is refuted by now, slower, and a third has come."""
    return run(PROVED, broken(CONJECTURE), REFUTED)


def broken(claim: Evidence) -> Evidence:
    """The same claim, refuted after a long time."""
    return replace(claim, verdict="refuted", seconds=100 * claim.seconds + 100)


def test_changes() -> None:
    """Verdicts and times that differ, claims that came; nothing of a claim that is the same."""
    found = [(one.key, one.what, one.before) for one in comparison.changes(earlier(), later())]
    key = CONJECTURE.statement.key

    assert [
        (key, "verdict", "holds"),
        (key, "time", "2.50 s"),
        (REFUTED.statement.key, "claim", ""),
    ] == found
    assert [("claim", "refuted", "")] == [
        (one.what, one.before, one.after) for one in comparison.changes(later(), earlier()) if one.key != key
    ]


def test_another_statement_and_ratio() -> None:
    """A formula that was changed, and a ratio that moved beyond rounding."""
    sample = PROVED.sample
    assert sample is not None
    changed = replace(PROVED, statement=replace(PROVED.statement, latex="x"), sample=replace(sample, worst_ratio=0.9))

    assert ["statement", "ratio"] == [one.what for one in comparison.changes(run(PROVED), run(changed))]


def test_compare_by_identifier_and_document() -> None:
    """Runs are named by their first digits or by a document; the exit code is that of the verdicts."""
    Path("run.json").write_bytes(encode_run(earlier()))
    code, out, _ = call("compare", "aaaa", "bbbb")

    assert 1 == code
    assert f"! {CONJECTURE.statement.key}  verdict: holds -> refuted" in out.splitlines()
    assert (0, "0 changes") == (call("compare", "run.json", "aaaa")[0], call("compare", "run.json", "aaaa")[1][:9])


def test_unknown_runs() -> None:
    """A run that is not there is one sentence and exit code 2."""
    code, _, error = call("compare", "aaaa", "zzzz")

    assert 2 == code
    assert "holds no run 'zzzz'" in error
    assert 1 == len(error.splitlines())


def test_runs_are_listed() -> None:
    """A line a run, oldest first, with how it ended."""
    code, out, _ = call("runs")
    rows = out.splitlines()

    assert 0 == code
    assert ["aaaa11112222", "bbbb11112222", "cccc11112222"] == [row.split()[0] for row in rows]
    assert "2 as expected" in rows[0]
    assert rows[2].endswith("deep      seed 3  interrupted")
