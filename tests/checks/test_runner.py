import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from trial_records import substance

from lemmata import conjecture, judge, positive, sqrt
from lemmata.checks import Effort, Progress, Run, Store, run
from lemmata.checks._trial import parts
from lemmata.checks.counterexample import Counterexample
from lemmata.checks.document import decode_run
from lemmata.checks.records import decode
from lemmata.checks.running.sources import fingerprint
from lemmata.claims import Library, load

HELPERS = Path(__file__).parents[1] / "helpers"
TOYS = str(HELPERS / "toy_claims.py")
LIBRARY = load([TOYS])
TOTAL = sum(len(parts(located.claim, Effort.QUICK)) for located in LIBRARY.claims)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of the test's own."""
    with Store.open(tmp_path / "evidence.sqlite") as opened:
        yield opened


def verified(store: Store, **changes: Any) -> Run:
    """A quick run of the toy claims in this process."""
    wanted: dict[str, Any] = {"effort": Effort.QUICK, "seed": 0, "jobs": None}
    return run(LIBRARY, store=store, **(wanted | changes))


class Interrupting(Executor):
    """Runs each unit at once, in this process; raises KeyboardInterrupt in place of unit number ``after``."""

    def __init__(self, after: int) -> None:
        self.left = after

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run now, or interrupt."""
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def stop_after(count: int) -> Callable[[Progress], None]:
    """A progress callback that presses Ctrl-C when ``count`` parts are done."""

    def pressed(progress: Progress) -> None:
        if progress.done == count:
            raise KeyboardInterrupt

    return pressed


class TestRun:
    """Runs that go through."""

    def test_verdicts(self, store: Store) -> None:
        """Each claim of a user's file gets its verdict, in the library's order."""
        record = verified(store)

        assert [
            ("toy2024/halving", "holds"),
            ("toy2024/positive", "holds"),
            ("toy2024/control", "refuted"),
            ("toy2024/trace", "proved"),
        ] == [(evidence.statement.key, evidence.verdict) for evidence in record.claims]
        assert (True, 0) == (record.finished, record.exit_code)

    def test_what_is_said_to_have_come_is_kept(self, store: Store, tmp_path: Path) -> None:
        """Whoever hears of a part or of a claim finds it in the store, though the run were killed that moment."""
        said: list[str] = []
        missing: list[str] = []

        def look(progress: Progress) -> None:
            said.append(f"{progress.key}|{progress.part}")
            with Store.open(tmp_path / "evidence.sqlite", read_only=True) as other:
                missing.extend(set(said) - set(other.parts(other.runs()[-1].id)))

        verified(store, on_progress=look)

        assert TOTAL == len(said)
        assert [] == missing

    def test_two_at_once_in_one_store(self, tmp_path: Path) -> None:
        """Two runs that write to one store at the same time both finish, and each finds and keeps everything."""

        def one() -> Run:
            with Store.open(tmp_path / "evidence.sqlite") as opened:
                return verified(opened, jobs=1)

        with ThreadPoolExecutor(2) as pool:
            first, second = (future.result() for future in [pool.submit(one), pool.submit(one)])
        with Store.open(tmp_path / "evidence.sqlite") as opened:
            kept = {row.id: len(opened.parts(row.id)) for row in opened.runs() if row.finished}

        assert substance(first) == substance(second)
        assert {first.id: TOTAL, second.id: TOTAL} == kept

    def test_processes_find_what_one_process_finds(self, store: Store, tmp_path: Path) -> None:
        """Two processes give the very same record as one."""
        alone = verified(store)
        with Store.open(tmp_path / "other.sqlite") as other:
            together = verified(other, jobs=2)

        assert substance(alone) == substance(together)

    def test_shipped_claim_in_processes(self, store: Store, tmp_path: Path) -> None:
        """So does a shipped claim, whose random numbers would tell any difference between processes."""
        library = load(["du2018/weight-decay-flow"])
        alone = run(library, effort=Effort.QUICK, seed=5, jobs=None, store=store)
        with Store.open(tmp_path / "other.sqlite") as other:
            together = run(library, effort=Effort.QUICK, seed=5, jobs=2, store=other)

        assert substance(alone) == substance(together)

    def test_the_stored_document_is_the_record(self, store: Store) -> None:
        """What the run returns is what the store keeps, to the last number: reports may use either."""
        record = verified(store)

        assert substance(record) == substance(decode_run(store.document()))

    def test_progress_counts_up(self, store: Store) -> None:
        """Progress counts every part once, up to the total; each claim's evidence comes with its last part."""
        seen: list[Progress] = []
        verified(store, on_progress=seen.append)

        assert list(range(1, TOTAL + 1)) == [progress.done for progress in seen]
        assert {TOTAL} == {progress.total for progress in seen}
        assert 4 == sum(progress.evidence is not None for progress in seen)

    def test_another_seed(self, store: Store) -> None:
        """Another seed is another run with other instances and the same verdicts."""
        first, second = verified(store), verified(store, seed=1)

        assert [one.verdict for one in first.claims] == [one.verdict for one in second.claims]
        assert substance(first)["claims"] != substance(second)["claims"]

    def test_failures_of_loading_are_kept(self, store: Store) -> None:
        """A file that could not be read is in the record and in the exit code."""
        record = run(
            replace(LIBRARY, failures=(("bad.py", "SyntaxError"),)), effort=Effort.QUICK, seed=0, jobs=None, store=store
        )

        assert [("bad.py", "SyntaxError")] == [(failure.source, failure.error) for failure in record.failures]
        assert 2 == record.exit_code

    def test_counterexamples_are_kept(self, store: Store) -> None:
        """Every counterexample in the record can be called up from the store by its identifier."""
        record = verified(store)
        samples = [one.sample for one in record.claims] + [m.sample for one in record.claims for m in one.mutants]
        found = [c for sample in samples if sample for c in (sample.smallest, sample.worst) if c]

        assert len(found) >= 8
        for counterexample in found:
            kept = json.loads(store.counterexample(counterexample.id))
            assert counterexample == decode(kept["counterexample"], Counterexample)


class TestInterrupted:
    """Runs that are stopped and resumed."""

    @pytest.mark.parametrize("count", [1, 5, TOTAL - 1])
    def test_resumed_equals_uninterrupted(self, store: Store, tmp_path: Path, count: int) -> None:
        """Stopped after any number of parts and resumed, a run ends in the record of an uninterrupted one."""
        stopped = verified(store, on_progress=stop_after(count))
        ran: list[Progress] = []
        resumed = verified(store, resume=True, on_progress=ran.append)
        with Store.open(tmp_path / "other.sqlite") as other:
            whole = verified(other)

        assert (False, True) == (stopped.finished, resumed.finished)
        assert (stopped.id, stopped.started) == (resumed.id, resumed.started)
        assert substance(whole) == substance(resumed)

    @pytest.mark.parametrize("after", [0, 3, 6])
    def test_interrupt_while_submitting(self, store: Store, tmp_path: Path, after: int) -> None:
        """Ctrl-C while units are being handed to an executor loses nothing but the run's end."""
        stopped = verified(store, executor=Interrupting(after))
        resumed = verified(store, resume=True, executor=Interrupting(TOTAL))
        with Store.open(tmp_path / "other.sqlite") as other:
            whole = verified(other)

        assert not stopped.finished
        assert substance(whole) == substance(resumed)

    def test_complete_claims_are_returned(self, store: Store) -> None:
        """On Ctrl-C the claims that are complete come back, finished=False, exit code 2."""
        stopped = verified(store, on_progress=stop_after(TOTAL - 1))

        assert 3 == len(stopped.claims)
        assert (False, 2) == (stopped.finished, stopped.exit_code)

    def test_stored_parts_are_not_run_again(self, store: Store) -> None:
        """A resumed run computes only what is missing."""
        verified(store, on_progress=stop_after(5))
        executor = Interrupting(TOTAL)
        verified(store, resume=True, executor=executor)

        assert 5 == executor.left

    def test_without_resume_a_new_run_starts(self, store: Store) -> None:
        """An interrupted run is left alone unless it is asked for."""
        stopped = verified(store, on_progress=stop_after(5))

        assert stopped.id != verified(store).id

    def test_nothing_to_resume(self, store: Store) -> None:
        """Resuming after a finished run, or with another seed, starts a new one."""
        first = verified(store)
        verified(store, on_progress=stop_after(2), seed=9)
        second = verified(store, resume=True)

        assert first.id != second.id
        assert 0 == second.seed

    @pytest.mark.parametrize(
        "damage",
        [b"", b"{", b"\xff\xfe", b"null", b"[]", b"{}", b'{"seconds": 1.0}', b'{"sample": 3}', b'{"other": 1}'],
    )
    def test_a_damaged_part_is_run_again(self, store: Store, tmp_path: Path, damage: bytes) -> None:
        """A stored part that is damaged is run again: the record is that of a healthy store."""
        stopped = verified(store, on_progress=stop_after(TOTAL - 1))
        some = next(part for part in store.parts(stopped.id) if part.endswith("|sample"))
        store.record(stopped.id, some, damage)
        resumed = verified(store, resume=True)
        with Store.open(tmp_path / "other.sqlite") as other:
            whole = verified(other)

        assert substance(whole) == substance(resumed)
        assert [f"not what was written in the store, and judged again: {some}"] == resumed.notes

    def test_a_changed_part_is_run_again(self, store: Store, tmp_path: Path) -> None:
        """A stored part in which one number was changed is not believed: it is judged again, and said to be."""
        stopped = verified(store, on_progress=stop_after(TOTAL - 1))
        some = next(part for part in store.parts(stopped.id) if part.endswith("positive|sample"))
        changed = store.parts(stopped.id)[some].replace(b'"relations":', b'"relations":9')
        store._execute("UPDATE parts SET payload = ? WHERE run = ? AND part = ?", (changed, stopped.id, some))
        resumed = verified(store, resume=True)
        with Store.open(tmp_path / "other.sqlite") as other:
            whole = verified(other)

        assert substance(whole) == substance(resumed)
        assert [f"not what was written in the store, and judged again: {some}"] == resumed.notes

    def test_unknown_parts_are_ignored(self, store: Store) -> None:
        """A part that the claims no longer have does no harm."""
        stopped = verified(store, on_progress=stop_after(3))
        store.record(stopped.id, "toy2024/gone|sample", b"{}")
        store.record(stopped.id, "toy2024/trace|mutant:gone", b"{}")

        assert verified(store, resume=True).finished


KILLED = """
import sys, time
from lemmata.checks import Effort, Store, run
from lemmata.claims import load

def main():
    from pathlib import Path
    def told(progress):
        print(progress.done, flush=True)
        if progress.done == int(sys.argv[3]):
            time.sleep(600)  # killed here
    with Store.open(Path(sys.argv[1])) as store:
        run(load([sys.argv[2]]), effort=Effort.QUICK, seed=0, jobs=int(sys.argv[4]), store=store, on_progress=told)

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize(("count", "jobs"), [(4, 1), (6, 2)])
def test_killed_and_resumed(tmp_path: Path, count: int, jobs: int) -> None:
    """A process killed by SIGKILL in the middle of its run loses nothing that it said was done."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    path = tmp_path / "evidence.sqlite"
    command = [sys.executable, str(script), str(path), TOYS, str(count), str(jobs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as child:
        assert child.stdout is not None
        told = [child.stdout.readline().strip() for _ in range(count)]
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    executor = Interrupting(TOTAL)
    with Store.open(path) as store, Store.open(tmp_path / "other.sqlite") as other:
        resumed = verified(store, resume=True, executor=executor)
        whole = verified(other)

    assert [str(k) for k in range(1, count + 1)] == told
    assert count <= executor.left < TOTAL
    assert substance(whole) == substance(resumed)


class Breaking(Executor):
    """An executor whose workers die on some units, as when the machine runs out of memory."""

    def __init__(self, deaths: int) -> None:
        self.deaths = deaths

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run now, or die."""
        future: Future[Any] = Future()
        if self.deaths:
            self.deaths -= 1
            future.set_exception(RuntimeError("a worker died"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


class TestDeadWorkers:
    """Workers that are killed by the system."""

    def test_not_a_verdict(self, store: Store) -> None:
        """A dead worker is no verdict on a claim: its claim is in error, and the others have their verdicts."""
        record = verified(store, executor=Breaking(2))

        assert (True, 2) == (record.finished, record.exit_code)
        assert 4 == len(record.claims)
        assert {"error"} < {one.verdict for one in record.claims}

    def test_can_be_resumed(self, store: Store, tmp_path: Path) -> None:
        """What a dead worker left undone is not stored as a result: resuming runs it again."""
        verified(store, executor=Breaking(2))
        resumed = verified(store, resume=True)
        with Store.open(tmp_path / "other.sqlite") as other:
            whole = verified(other)

        assert substance(whole) == substance(resumed)


class TestFingerprint:
    """What a stored result depends on."""

    def test_same(self) -> None:
        """The same claims, effort and seed have the same fingerprint."""
        assert fingerprint(LIBRARY, Effort.QUICK, 0) == fingerprint(load([TOYS]), Effort.QUICK, 0)

    def test_seed_effort_and_selection(self) -> None:
        """Seed, effort and the claims selected each change it."""
        fewer = Library(LIBRARY.claims[1:])
        found = {
            fingerprint(LIBRARY, Effort.QUICK, 0),
            fingerprint(LIBRARY, Effort.QUICK, 1),
            fingerprint(LIBRARY, Effort.STANDARD, 0),
            fingerprint(fewer, Effort.QUICK, 0),
        }

        assert 4 == len(found)

    def test_content_of_a_users_file(self, tmp_path: Path) -> None:
        """Any change of a user's file changes it: results of the old text are never taken for the new."""
        path = tmp_path / "mine.py"
        path.write_text(Path(TOYS).read_text(encoding="utf-8"), encoding="utf-8")
        before = fingerprint(load([str(path)]), Effort.QUICK, 0)
        with path.open("a", encoding="utf-8") as file:
            file.write("\n# a remark\n")

        assert before != fingerprint(load([str(path)]), Effort.QUICK, 0)

    def test_a_changed_file_is_not_resumed(self, store: Store, tmp_path: Path) -> None:
        """A run that was interrupted before the user's file changed is not continued."""
        path = tmp_path / "mine.py"
        path.write_text(Path(TOYS).read_text(encoding="utf-8"), encoding="utf-8")
        stopped = run(load([str(path)]), effort=Effort.QUICK, seed=0, jobs=None, store=store, on_progress=stop_after(5))
        path.write_text(path.read_text(encoding="utf-8").replace("right=2)", "right=4)"), encoding="utf-8")
        again = run(load([str(path)]), effort=Effort.QUICK, seed=0, jobs=None, store=store, resume=True)

        assert stopped.id != again.id


def test_a_claim_alone_is_judged() -> None:
    """`judge(claim)` needs nothing else: the usual effort, seed zero, and no file in which the claim is written."""
    p = positive("p")
    found = judge(conjecture("A square root is concave", then=sqrt(p) <= (1 + p) / 2))

    assert found.verdict in {"holds", "proved"}
    assert found.expected
