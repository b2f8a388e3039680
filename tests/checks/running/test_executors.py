"""Parts of trials run elsewhere: on a local Dask cluster of processes, and in whatever a user's function returns."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from trial_records import substance

from lemmata.checks import Effort, Progress, Run, Store, run
from lemmata.checks._desk import Units
from lemmata.checks.part import SAMPLE
from lemmata.checks.running import executors, parcels
from lemmata.checks.running.executors import ExecutorError, executor_named
from lemmata.claims import load

distributed = pytest.importorskip("distributed")

TOYS = Path(__file__).parents[2] / "helpers" / "toy_claims.py"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes of one thread each."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", scheduler_port=0
    ) as started:
        yield started


def address(cluster: Any) -> str:
    """The cluster's address as a user writes it."""
    return str(cluster.scheduler_address).replace("tcp://", executors.DASK)


def verified(folder: Path, file: Path, name: str = "", **changes: Any) -> Run:
    """A quick run of a file of claims; here, or in the executor of a name."""
    wanted: dict[str, Any] = {"effort": Effort.QUICK, "seed": 0, "jobs": None}
    with Store.open(folder / f"{len(list(folder.iterdir()))}.sqlite") as store:
        if not name:
            return run(load([str(file)]), store=store, **(wanted | changes))
        with executor_named(name) as executor:
            return run(load([str(file)]), store=store, executor=executor, **(wanted | changes))


def test_dask_finds_what_one_process_finds(cluster: Any, tmp_path: Path) -> None:
    """A cluster gives the very same record, though a worker is killed in the middle."""
    alone = verified(tmp_path, TOYS)
    killed: list[int] = []

    def kill(progress: Progress) -> None:
        if progress.done == 2:
            killed.append(next(iter(cluster.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    together = verified(tmp_path, TOYS, address(cluster), on_progress=kill)

    assert 1 == len(killed)
    assert substance(alone) == substance(together)


def test_the_senders_text_is_judged(tmp_path: Path) -> None:
    """A worker that has another file at the same path judges the text that was sent, and not its own."""
    file = tmp_path / "mine.py"
    shutil.copy(TOYS, file)
    (located, *_) = load([str(file)]).claims
    (unit,) = Units(Effort.QUICK, 0).of(located, [SAMPLE], tests=1)
    parcel = parcels.packed(unit)
    file.write_text("raise SystemExit", encoding="utf-8")
    before, here = list(sys.path), Path.cwd()
    try:
        result = parcels.opened(parcels.perform_parcel(parcel), unit)
    finally:
        sys.path[:] = before
        os.chdir(here)

    assert "" == result.error
    assert result.sample is not None
    assert not result.sample.refuted


def test_another_lemmata_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker of other versions judges nothing."""
    (located, *_) = load([str(TOYS)]).claims
    (unit,) = Units(Effort.QUICK, 0).of(located, [SAMPLE], tests=1)
    parcel = parcels.packed(unit)
    monkeypatch.setattr(parcels, "_versions", lambda: {"numpy": "0.1"})

    assert "other versions" in parcels.opened(parcels.perform_parcel(parcel), unit).error


def test_versions_are_compared_first(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent to workers of other versions."""
    monkeypatch.setattr(parcels, "_versions", lambda: {"numpy": "0.1"})

    with pytest.raises(ExecutorError, match="another lemmata"), executor_named(address(cluster)):
        pass


def processes() -> Executor:
    """What a user's function may return."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def threads() -> Executor:
    """Threads of one process, which share its folder, its modules and its precision."""
    return ThreadPoolExecutor(4)


def something() -> object:
    """What it may not."""
    return Future()


class _First(ThreadPoolExecutor):
    """Answers every unit with what the first one found."""

    first: Future[Any] | None = None

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.first = self.first or super().submit(fn, *args, **kwargs)
        answer: Future[Any] = Future()
        answer.set_result(self.first.result())
        return answer


def first_alone() -> Executor:
    """An executor that is wrong."""
    return _First(1)


def test_the_result_of_another_unit_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An executor that mixes up its answers gives no verdict: a pass without its mutants is not earned."""
    monkeypatch.syspath_prepend(Path(__file__).parent)

    found = verified(tmp_path, TOYS, "test_executors:first_alone")

    assert {"error"} == {claim.verdict for claim in found.claims}
    assert all("answered with the result of another unit" in claim.sentence for claim in found.claims[1:])


def test_a_refusal_of_a_worker_is_said_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That a worker has other versions is told, and not taken for the answer to something else."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    monkeypatch.setattr("lemmata.checks._runner.perform_parcel", _of_other_versions)

    found = verified(tmp_path, TOYS, "test_executors:threads")

    assert all("other versions" in claim.sentence for claim in found.claims)


def _of_other_versions(parcel: parcels.Parcel) -> bytes:
    return parcels.perform_parcel(dataclasses.replace(parcel, lemmata="another"))


def test_what_hangs_does_not_outlive_its_executor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving does not wait for a pool whose work never ends, and its processes end with it."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    with executor_named("test_executors:processes") as executor:
        executor.submit(time.sleep, 0).result()
        (process,) = executor._processes.values()  # type: ignore[attr-defined]
        executor.submit(time.sleep, 600)

    process.join(10)
    assert process.exitcode is not None


@pytest.mark.parametrize("name", ["processes", "threads"])
def test_a_users_function(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The executor that module:function returns runs the parts; threads leave the folder and the modules alone."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    monkeypatch.setattr(sys, "path", list(sys.path))
    here = Path.cwd()

    assert substance(verified(tmp_path, TOYS)) == substance(verified(tmp_path, TOYS, f"test_executors:{name}"))
    assert here == Path.cwd()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nonsense", "neither dask"),
        ("no_such_module:f", "ModuleNotFoundError"),
        ("test_executors:nothing", "AttributeError"),
        ("test_executors:something", "returned Future"),
        ("dask://127.0.0.1:9", "no Dask scheduler answers"),
        ("dask://127.0.0.1", "names no port"),
        ("dask://", "names no port"),
        ("dask://127.0.0.1:port", "names no port"),
    ],
)
def test_bad_names(monkeypatch: pytest.MonkeyPatch, name: str, said: str) -> None:
    """What cannot be had is one sentence."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    monkeypatch.setattr(executors, "_SECONDS", 1)

    with pytest.raises(ExecutorError, match=said), executor_named(name):
        pass
