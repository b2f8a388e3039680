"""Code planted in every field of a record, a store, a document, a table and an archive is shown, and never run."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from click.testing import CliRunner
from report_records import MUTANT, PROVED, REFUTED, run

from lemmata.checks import Effort, Run, Store
from lemmata.checks import run as try_claims
from lemmata.checks._kept import Kept
from lemmata.checks.document import encode_run
from lemmata.checks.records import encode
from lemmata.claims import load
from lemmata.reports import cli
from lemmata.solvers.clustering.estimator import ConvexClustering

WRITES = "open('canary','w').write('run')"


class Canary:
    """An object whose unpickling writes the canary."""

    def __reduce__(self) -> tuple[Any, tuple[str, ...]]:
        return exec, (WRITES,)


PLANTS = [
    "notes.py",
    "notes",
    WRITES,
    f"__import__('os').system(\"touch canary\") or {WRITES}",
    pickle.dumps(Canary()).decode("latin-1"),
    "{{ cycler.__init__.__globals__.os.system('touch canary') }}",
    "$(touch canary)`touch canary`;touch canary",
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that can be imported from, with a module whose import writes the canary; at the end there is none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "notes.py").write_text(WRITES, encoding="utf-8")
    yield tmp_path

    assert not (tmp_path / "canary").exists()
    assert "notes" not in sys.modules


def with_plant(record: Any, plant: str, kind: type[Any]) -> Any:
    """The record with every text in it, keys included, replaced."""

    def planted(value: Any, field: str = "") -> Any:
        if isinstance(value, str):
            return value if field in ("id", "verdict", "status", "decision") else plant
        if isinstance(value, dict):
            own = field in ("parameters", "instance", "legend", "meanings", "versions", "solver_failures", "open")
            return {plant + key if own else key: planted(item, key) for key, item in value.items()}
        return [planted(item) for item in value] if isinstance(value, list) else value

    return msgspec.convert(planted(msgspec.to_builtins(record)), kind)


def call(*arguments: str) -> tuple[int, str]:
    """Exit code and all output of a command."""
    result = CliRunner().invoke(cli.app, list(arguments))
    return result.exit_code, result.output


@pytest.mark.parametrize("plant", PLANTS)
def test_reports(folder: Path, plant: str) -> None:
    """A page, a terminal report and JUnit are made of a planted document, from the store and from a file."""
    planted = with_plant(run(PROVED, REFUTED), plant, Run)
    with Store.open(folder / ".lemmata" / "evidence.sqlite") as store:
        store.begin(planted.id, plant, plant.encode())
        store.finish(planted.id, encode_run(planted))
    (folder / "run.json").write_bytes(encode_run(planted))

    assert 0 == call("report")[0]
    assert 0 == call("report", "run.json", "--html", "again.html")[0]


@pytest.mark.parametrize("plant", PLANTS)
def test_replay(folder: Path, plant: str) -> None:
    """Every field of a counterexample's entry is planted, with a digest that fits: replay refuses the claim."""
    smallest = MUTANT.sample.smallest
    assert smallest is not None
    kept = Kept(
        source=plant,
        key=plant,
        mutant=plant,
        instead=True,
        without=plant,
        counterexample=encode(with_plant(smallest, plant, type(smallest))).decode(),
        digest=plant,
    )
    with Store.open(folder / ".lemmata" / "evidence.sqlite") as store:
        store.keep_counterexample("0bad0bad0bad", encode(kept))
    code, output = call("replay", "0bad", "--python")

    assert 2 == code
    assert "has no claim" in output or "is not in the package" in output


@pytest.mark.parametrize("plant", PLANTS)
def test_replay_of_a_real_claim(folder: Path, plant: str) -> None:
    """With the key of a claim of the package and everything else planted, the script that is printed only quotes."""
    smallest = MUTANT.sample.smallest
    assert smallest is not None
    kept = Kept(
        source=plant,
        key="du2018/scalar-step",
        mutant="",
        instead=False,
        counterexample=encode(with_plant(smallest, plant, type(smallest))).decode(),
    )
    with Store.open(folder / ".lemmata" / "evidence.sqlite") as store:
        store.keep_counterexample("0bad0bad0bad", encode(kept))

    assert 2 == call("replay", "0bad", "--python")[0]


@pytest.mark.parametrize("plant", PLANTS)
def test_resume(folder: Path, plant: str) -> None:
    """Parts of an interrupted run that hold a plant are data: the run goes on and judges what is missing."""
    assert 0 == call("new", "mine")[0]
    library = load(["mine.py"])

    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    with Store.open(folder / ".lemmata" / "evidence.sqlite") as store:
        stopped = try_claims(library, effort=Effort.QUICK, seed=0, jobs=None, store=store, on_progress=interrupt)
        for part in ("search", plant):
            store.record(stopped.id, f"mine/never-less-balanced|{part}", encode({"error": plant, "seconds": 1.0}))
        resumed = try_claims(library, effort=Effort.QUICK, seed=0, jobs=None, store=store, resume=True)

    assert (stopped.id, "error") == (resumed.id, resumed.claims[0].verdict)
    assert plant in resumed.claims[0].error


def test_archive_and_table(folder: Path) -> None:
    """A pickled object in an archive is refused; a formula in a table is a text that is no number."""
    np.savez(folder / "model.npz", edges=np.array([Canary()], dtype=object))
    (folder / "table.csv").write_text(f"a,b\n1,{WRITES}\n=cmd|'touch canary'!A0,2\n", encoding="utf-8")

    with pytest.raises(ValueError, match=r"."):
        ConvexClustering.load(folder / "model.npz")
    assert 2 == call("cluster", "table.csv")[0]
