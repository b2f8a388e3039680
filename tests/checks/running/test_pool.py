"""Worker processes: what a claim's code does costs its own parts and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from interruptible import interruptible

from lemmata.checks import Effort, Evidence, Limits, Run, Store, Workers, run
from lemmata.checks._desk import Units
from lemmata.checks._trial import parts
from lemmata.checks.running.unit import Unit
from lemmata.claims import Library, load

HELPERS = Path(__file__).parents[2] / "helpers"
FAULTS = str(HELPERS / "planted_faults.py")
LIBRARY = load([FAULTS])
ENDS = {
    "killed": "the worker process was ended by SIGKILL; the system may have run out of memory",
    "exits-0": "the worker process ended by itself with exit code 0",
    "says-exit": "SystemExit: 0",
    "stops-parent": "which was stopped; the claim's code must not stop its parent",
    "kills-parent": "the worker process was ended by SIGKILL",
    "segfault": "the worker process was ended by SIGSEGV",
    "aborts": "the worker process was ended by SIGABRT",
    "base": "Own: planted",
    "interrupt": "KeyboardInterrupt",
    "closes": "the worker process ",
    "hangs": "ended after 10 s, its time limit (--time-limit gives it more)",
    "swells": "above its memory limit of 900 MiB",
}
"""Claims that end their own part, and what is said of them."""
LIMITS = Limits(seconds=10, memory=900 * 2**20)

if sys.platform != "linux":
    pytest.skip("the faults are planted with Linux's calls", allow_module_level=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own."""
    with Store.open(tmp_path / "evidence.sqlite") as opened:
        yield opened


def judged(store: Store, *keys: str, jobs: int = 2, resume: bool = False) -> Run:
    """A quick run of some of the planted claims."""
    chosen = tuple(one for one in LIBRARY.claims if one.claim.key.removeprefix("planted/") in keys)
    assert len(keys) == len(chosen)
    return run(Library(chosen), effort=Effort.QUICK, seed=0, jobs=jobs, limits=LIMITS, store=store, resume=resume)


def verdicts(record: Run) -> dict[str, str]:
    """Verdict of each claim, by the second half of its key."""
    return {one.statement.key.removeprefix("planted/"): one.verdict for one in record.claims}


def only(record: Run, name: str) -> Evidence:
    """The evidence of one claim."""
    (found,) = (one for one in record.claims if one.statement.key == f"planted/{name}")
    return found


class TestFaults:
    """Each fault is the error of its own claim, with the reason; its neighbours hold."""

    @pytest.mark.parametrize("jobs", [1, 2])
    def test_each_ends_its_own_claim_only(self, store: Store, jobs: int) -> None:
        """Killed, left, crashed, raised or hanging: one error with its reason, and all others have their verdicts."""
        record = judged(store, "sound-1", *ENDS, "sound-3", jobs=jobs)

        assert {"sound-1": "proved", **dict.fromkeys(ENDS, "error"), "sound-3": "proved"} == verdicts(record)
        assert ENDS == {name: said for name, said in ENDS.items() if said in only(record, name).sentence}
        assert "in computes_in_c" in only(record, "hangs").error
        assert "in swells" in only(record, "swells").error
        assert (True, 2) == (record.finished, record.exit_code)

    @pytest.mark.parametrize("jobs", [1, 2])
    def test_harmless_in_a_worker(self, store: Store, jobs: int) -> None:
        """A copy of the process, a thread left behind, another folder and another stream harm no claim."""
        before = Path.cwd()
        record = judged(store, "forks", "threads", "moves", "loud", "sound-1", "sound-3", jobs=jobs)

        assert {} == {one.statement.key: one.sentence for one in record.claims if one.verdict != "proved"}
        assert before == Path.cwd()

    def test_output_is_kept_with_its_claim(self, store: Store) -> None:
        """What a claim prints, by C code too, is in its own record and not on the terminal."""
        record = judged(store, "loud", "sound-1", jobs=1)

        assert {"said by Python", "said by C"} == set(only(record, "loud").output.splitlines())
        assert "" == only(record, "sound-1").output

    def test_a_changed_file_is_noticed(self, store: Store, tmp_path: Path) -> None:
        """A file that changes while the run goes on is an error of its claims: no verdict of two texts."""
        path = tmp_path / "mine.py"
        path.write_text(Path(FAULTS).read_text(encoding="utf-8"), encoding="utf-8")
        found = load([str(path)])
        chosen = Library(tuple(one for one in found.claims if one.claim.key == "planted/sound-1"))

        def edit(_: object) -> None:
            path.write_text(path.read_text(encoding="utf-8").replace("2 * x * y", "2.5 * x * y"), encoding="utf-8")

        record = run(chosen, effort=Effort.QUICK, seed=0, jobs=1, store=store, on_progress=edit)

        assert {"sound-1": "error"} == verdicts(record)
        assert "was changed while the run went on" in record.claims[0].sentence


class TestResume:
    """What a failed worker left undone is tried again, and nothing else is."""

    def test_only_what_was_lost(self, store: Store) -> None:
        """A resumed run runs the lost parts again and keeps the rest."""
        first = judged(store, "sound-1", "killed", "sound-3")
        ran: list[str] = []
        chosen = [one for one in LIBRARY.claims if one.claim.key in {e.statement.key for e in first.claims}]
        again = run(
            Library(tuple(chosen)),
            effort=Effort.QUICK,
            seed=0,
            jobs=2,
            limits=LIMITS,
            store=store,
            resume=True,
            on_progress=lambda progress: ran.append(progress.key),
        )

        assert first.id == again.id
        assert verdicts(first) == verdicts(again)
        assert [one for one in first.claims if one.verdict == "proved"] == [
            one for one in again.claims if one.verdict == "proved"
        ]


SCRIPT = """
import sys
from pathlib import Path
from lemmata.checks import Effort, Limits, Store, run
from lemmata.claims import Library, load

if __name__ == "__main__":
    found = load([sys.argv[1]])
    chosen = Library(tuple(one for one in found.claims if one.claim.key.startswith("planted/hangs-")))
    with Store.open(Path(sys.argv[2])) as store:
        run(chosen, effort=Effort.QUICK, seed=0, jobs=2, store=store)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_do_not_outlive_their_parent(tmp_path: Path, ending: signal.Signals) -> None:
    """However the parent ends, what it has started ends with it.

    Workers in the middle of C code that holds the interpreter's lock do, and a process that a claim's code has started.
    """
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    with subprocess.Popen(interruptible(str(script), FAULTS, str(tmp_path / "evidence.sqlite"))) as child:
        try:
            family = _busy(psutil.Process(child.pid))
            child.send_signal(ending)
            child.wait(60)
        finally:
            child.kill()
    gone, alive = psutil.wait_procs(family, timeout=30)

    assert [] == alive
    assert len(gone) >= 4  # what the workers are copies of, both of them, and the child of one


DAEMONS = f"""
import os, subprocess, sys, time
sys.path.insert(0, {str(HELPERS)!r})
from planted_faults import planted

def note(pid):
    with open(PIDS, "a") as file:
        file.write(f"{{pid}}\\n")

def start():
    note(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True).pid)
    child = os.fork()
    if child == 0:
        os.setsid()
        time.sleep(300)
        os._exit(0)
    note(child)

PIDS = "FILE"
daemons = planted("daemons", start)
"""


def test_what_moves_to_a_session_of_its_own_ends_with_the_run(store: Store, tmp_path: Path) -> None:
    """A claim's code that starts processes in sessions of their own leaves none of them behind."""
    pids = tmp_path / "pids"
    (tmp_path / "daemons.py").write_text(DAEMONS.replace("FILE", str(pids)), encoding="utf-8")
    run(load([str(tmp_path / "daemons.py")]), effort=Effort.QUICK, seed=0, jobs=1, limits=LIMITS, store=store)
    started = [int(line) for line in pids.read_text(encoding="utf-8").split()]

    left = []
    for pid in started:
        with suppress(psutil.NoSuchProcess):  # it has ended already
            left.append(psutil.Process(pid))
    _, alive = psutil.wait_procs(left, timeout=30)

    assert len(started) >= 2
    assert [] == alive


def test_a_unit_is_not_charged_for_what_killed_its_worker() -> None:
    """Workers that are killed from outside cost time, and no unit is lost."""
    (located,) = (one for one in LIBRARY.claims if one.claim.key == "planted/sound-1")
    units = Units(Effort.QUICK, 0).of(located, parts(located.claim, Effort.QUICK), tests=0)
    killed: list[int] = []

    def kill(_: Unit) -> None:
        if not killed:
            for child in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):  # what has ended since it was listed is none of them
                    if child.children() == [] and len(child.parents()) > len(psutil.Process().parents()) + 1:
                        child.kill()
                        killed.append(child.pid)

    with Workers(1, LIMITS) as workers:
        done = [one for some in workers.results([units], on_begin=kill) for one in some]

    assert killed
    assert sorted(unit.name for unit in units) == sorted(one.unit.name for one in done)
    assert not any(one.lost for one in done)


def test_a_worker_is_a_copy_of_what_has_loaded() -> None:
    """However many there are, one process has loaded what they need; when it is killed, another one does."""
    (located,) = (one for one in LIBRARY.claims if one.claim.key == "planted/sound-1")
    units = Units(Effort.QUICK, 0).of(located, parts(located.claim, Effort.QUICK), tests=0)
    others = psutil.Process().children()
    with Workers(2, LIMITS) as workers:
        first = [done for some in workers.results([units]) for done in some]
        (loaded,) = (one for one in psutil.Process().children() if one not in others and one.children())
        copies = loaded.children()
        loaded.kill()
        _, left = psutil.wait_procs(copies, timeout=60)
        second = [done for some in workers.results([units]) for done in some]

    assert (2, []) == (len(copies), left)
    assert not any(done.lost for done in [*first, *second])
    assert {done.unit for done in first} == {done.unit for done in second} == set(units)


def test_results_that_come_while_others_are_taken_in_come_together() -> None:
    """Workers go on while the caller is busy with results, and units are asked for when they are about to be needed."""
    (located,) = (one for one in LIBRARY.claims if one.claim.key == "planted/sound-1")
    few = Units(Effort.QUICK, 0).of(located, parts(located.claim, Effort.QUICK), tests=0)
    units = [replace(few[0], seed=number) for number in range(12)]
    asked: list[int] = []

    def arriving() -> Iterator[list[Unit]]:
        for unit in units:
            asked.append(unit.seed)
            yield []  # a paper of which nothing is to be judged
            yield [unit]
            yield []

    came: list[list[int]] = []
    asked_by_then: list[int] = []
    with Workers(1, LIMITS) as workers:
        for some in workers.results(arriving()):
            came.append([done.unit.seed for done in some])
            asked_by_then.append(len(asked))
            time.sleep(0.3)

    assert list(range(12)) == [seed for some in came for seed in some]
    assert len(came) < 12
    assert asked_by_then[0] < 12


def _busy(parent: psutil.Process) -> list[psutil.Process]:
    """The parent's children, once two of them compute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(psutil.NoSuchProcess):  # one has ended between the two looks
            children = parent.children(recursive=True)
            if sum(child.cpu_times().user > 3 for child in children if child.is_running()) >= 2:
                return children
        time.sleep(0.1)
    raise TimeoutError("no two workers came to compute")


def test_limits_are_positive() -> None:
    """A limit that nothing could meet is refused with what came."""
    with pytest.raises(ValueError, match="got 0 s"):
        replace(LIMITS, seconds=0)


def test_half_of_memory() -> None:
    """By default a part may take half of the memory, and never more than the machine has."""
    assert 0 < Limits().memory <= psutil.virtual_memory().total // 2
    assert os.sysconf("SC_PAGE_SIZE") < Limits().memory
