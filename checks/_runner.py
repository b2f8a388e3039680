"""Running the trials of many claims: parts as units of work, in processes, resumable from the store."""

from __future__ import annotations

import dataclasses
import os
import platform
import secrets
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lemmata.checks._budget import FALSE_ALARMS, Effort
from lemmata.checks._trial import PartResult, assemble, parts
from lemmata.checks.document import decode_run, encode_run
from lemmata.checks.evidence import Counterexample, Evidence, LoadFailure, Run
from lemmata.checks.records import CorruptedRecordError, decode, encode
from lemmata.checks.running.guard import Unit, guarded, perform
from lemmata.checks.running.limits import Limits
from lemmata.checks.running.pool import Done, Workers
from lemmata.checks.running.sources import files_digest, fingerprint, source_digest, source_files, versions
from lemmata.checks.stages.probability import tests as statistical_tests
from lemmata.checks.store import Store
from lemmata.claims import Claim, Library, Located
from lemmata.solvers.engine import keep_freed_memory


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One finished part: ``done`` of ``total``. ``evidence`` is set when it was its claim's last."""

    done: int
    total: int
    key: str
    part: str
    evidence: Evidence | None


@dataclass(frozen=True, kw_only=True)
class _Header:
    """What identifies a run in the store."""

    started: str
    seed: int
    effort: str


def judge(
    claim: Claim | Located,
    *,
    effort: Effort = Effort.STANDARD,
    seed: int = 0,
    among: Sequence[Claim] = (),
    workers: Workers | None = None,
) -> Evidence:
    """Put one claim on trial, in this process or in worker processes.

    In this process its code is trusted not to hang, to crash or to end it; what it raises, SystemExit included,
    is its own error, and the folder, the streams and the random states of the caller are as they were.

    Args:
        claim: the claim, alone or with the file or module in which it is written.
        effort: how hard to try.
        seed: every random draw derives from it.
        among: the claims of the same run, which share one chance of a false alarm; the claim alone if left out.
        workers: where to run its parts, if not here; it must then be written in a file or in the package.
    """
    located = claim if isinstance(claim, Located) else Located(claim, "here")
    claim = located.claim
    tests = sum(statistical_tests(one, effort) for one in among or (claim,))
    wanted = parts(claim, effort)
    if workers is None:
        found = {part: decode(guarded(claim, part, effort, seed, tests=tests), PartResult) for part in wanted}
    else:
        units = _units(located, wanted, effort, seed, tests)
        done = {one.unit.part: one.result for one in workers.results(units)}
        found = {part: done[part] for part in wanted}
    return assemble(located, found)


def run(  # noqa: PLR0913 - one entry point, everything by keyword
    library: Library,
    *,
    effort: Effort,
    seed: int,
    jobs: int | None,
    store: Store,
    limits: Limits | None = None,
    resume: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
    selection: Sequence[str] = (),
    executor: Executor | None = None,
) -> Run:
    """Put every claim of the library on trial.

    Each part (proof, sample, real data, a mutant) is one unit of work; its result is stored in one
    transaction as soon as it is there. With ``resume`` the newest unfinished run of the same claims,
    code, seed and effort is continued; since every seed derives from the claim and the part, the result is
    that of an uninterrupted run. On Ctrl-C the claims that are complete are returned, ``finished=False``.

    Units run in ``jobs`` worker processes, where a claim whose code dies, exits, hangs or swells beyond the
    ``limits`` is in error and no other is; what a failed worker left undone is tried again on ``resume``. With
    ``jobs=None`` they run in this process, without limits; with ``executor``, in any
    ``concurrent.futures.Executor``.
    """
    began = time.perf_counter()
    desk, header = _desk(library, store, on_progress, effort, seed, resume=resume)
    finished = True
    try:
        with _one_thread():
            for done in _results(desk.open_units(), jobs, limits or Limits(), executor):
                desk.take(done)
    except KeyboardInterrupt:
        finished = False
    record = Run(
        id=desk.run_id,
        started=header.started,
        seconds=time.perf_counter() - began,
        seed=seed,
        effort=effort.value,
        selection=list(selection),
        versions=versions(),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        false_alarms=FALSE_ALARMS if desk.tests else 0.0,
        finished=finished,
        claims=[desk.evidence[located.claim.key] for located in library.claims if located.claim.key in desk.evidence],
        failures=[LoadFailure(source=source, error=error) for source, error in library.failures]
        + [LoadFailure(source=key, error=error) for key, error in desk.unfit.items()],
        notes=desk.notes,
    )
    document = encode_run(record)
    if finished:
        store.finish(desk.run_id, document, complete=not desk.lost)
    return decode_run(document)


def _desk(
    library: Library,
    store: Store,
    on_progress: Callable[[Progress], None],
    effort: Effort,
    seed: int,
    *,
    resume: bool,
) -> tuple[_Desk, _Header]:
    """A new run, or the one to go on with, with what is known of it."""
    print_of_all = fingerprint(library, effort, seed)
    run_id = store.unfinished(print_of_all) if resume else None
    if run_id is None:
        run_id = secrets.token_hex(6)
        header = _Header(started=datetime.now(UTC).isoformat(timespec="seconds"), seed=seed, effort=effort.value)
        store.begin(run_id, print_of_all, encode(header))
    else:
        header = decode(store.header(run_id), _Header)
    desk = _Desk(library, store, run_id, on_progress, effort, seed)
    if resume and (changed := store.changed_runs()):
        names = ", ".join(changed)
        desk.notes.append(f"not what was written in the store, and not resumed: the entry of run {names}")
    desk.recall()
    return desk, header


def _results(units: list[Unit], jobs: int | None, limits: Limits, executor: Executor | None) -> Iterator[Done | Unit]:
    """Each unit's end, where it was asked to run; a unit by itself is to be run in this process."""
    if executor is not None:
        yield from _from_executor(units, executor)
    elif jobs is None:
        yield from units
    else:
        with Workers(jobs, limits) as workers:
            yield from workers.results(units)


def _from_executor(units: list[Unit], executor: Executor) -> Iterator[Done]:
    futures: dict[Future[bytes], Unit] = {executor.submit(perform, unit): unit for unit in units}
    for future in as_completed(futures):
        unit = futures[future]
        try:
            yield Done(unit=unit, result=decode(future.result(), PartResult), lost=False)
        except (Exception, CancelledError) as error:  # noqa: BLE001 - whatever an executor says of a dead worker
            result = PartResult(error=f"{unit.part}: its executor failed: {error!r}")
            yield Done(unit=unit, result=result, lost=True)


def _units(located: Located, wanted: Sequence[str], effort: Effort, seed: int, tests: int) -> list[Unit]:
    files = source_files(located.source)
    first = Unit(
        source=located.source,
        key=located.claim.key,
        part="",
        effort=effort.value,
        seed=seed,
        tests=tests,
        folder=str(Path.cwd()),
        files=tuple(str(file) for file in files),
        digest=files_digest(files),
    )
    return [dataclasses.replace(first, part=part) for part in wanted]


class _Desk:
    """Keeps what has come in during one run: results by claim and part, and finished evidence."""

    def __init__(
        self,
        library: Library,
        store: Store,
        run_id: str,
        on_progress: Callable[[Progress], None],
        effort: Effort,
        seed: int,
    ) -> None:
        self.run_id = run_id
        self.tests = sum(statistical_tests(located.claim, effort) for located in library.claims)
        self.evidence: dict[str, Evidence] = {}
        self.lost: list[str] = []
        """Units whose worker failed: in error now, and tried again when the run is resumed."""
        self.unfit: dict[str, str] = {}
        """Claims that cannot even be described -> why."""
        self.notes: list[str] = []
        self._library = {located.claim.key: located for located in library.claims}
        self._store = store
        self._on_progress = on_progress
        self._effort, self._seed = effort, seed
        self._results: dict[str, dict[str, PartResult]] = {key: {} for key in self._library}
        self._wanted = {key: parts(located.claim, effort) for key, located in self._library.items()}
        self._units = {
            unit.name: unit
            for key, wanted in self._wanted.items()
            for unit in _units(self._library[key], wanted, effort, seed, self.tests)
        }

    def recall(self) -> None:
        """Take up the parts that an interrupted run has stored; one that was changed or damaged is judged again."""
        again = self._store.changed_parts(self.run_id)
        for name, payload in self._store.parts(self.run_id).items():
            unit = self._units.get(name)
            if unit is None:
                continue
            result = _read(payload)
            if result is None:
                again.append(name)
            else:
                self._take(unit, result)
        self.notes += [f"not what was written in the store, and judged again: {name}" for name in again]

    def open_units(self) -> list[Unit]:
        """Parts not done yet, each claim's sample first so that long work starts early."""
        undone = [unit for unit in self._units.values() if unit.part not in self._results[unit.key]]
        order = {"sample": 0, "search": 0, "data": 0, "proof": 1}
        return sorted(undone, key=lambda unit: order.get(unit.part, 2))

    def take(self, done: Done | Unit) -> None:
        """Take a unit's result, or run it here; it is stored unless its worker failed."""
        if isinstance(done, Unit):
            claim = self._library[done.key].claim
            payload = guarded(claim, done.part, self._effort, self._seed, tests=self.tests)
            done = Done(unit=done, result=decode(payload, PartResult), lost=False)
        if done.lost:
            self.lost.append(done.unit.name)
        else:
            self._store.record(self.run_id, done.unit.name, encode(done.result))
        self._take(done.unit, done.result)

    def _take(self, unit: Unit, result: PartResult) -> None:
        key, part = unit.key, unit.part
        results = self._results[key]
        results[part] = result
        self._keep_counterexamples(key, part, result)
        if len(results) == len(self._wanted[key]):
            self._conclude(key)
        self._on_progress(
            Progress(
                done=sum(len(done) for done in self._results.values()),
                total=sum(len(wanted) for wanted in self._wanted.values()),
                key=key,
                part=part,
                evidence=self.evidence.get(key),
            )
        )

    def _conclude(self, key: str) -> None:
        ordered = {name: self._results[key][name] for name in self._wanted[key]}
        try:
            record = encode(assemble(self._library[key], ordered))
            self.evidence[key] = decode(record, Evidence)  # a record is what is read back
        except Exception:  # noqa: BLE001 - a claim may hold anything; the others are still reported
            self.unfit[key] = traceback.format_exc(limit=-4)

    def _keep_counterexamples(self, key: str, part: str, result: PartResult) -> None:
        judged = [(result.sample, False)]
        if result.necessity is not None:
            for found in (result.necessity.sample.smallest, result.necessity.sample.worst):
                if found is not None:
                    keep(self._store, self._library[key], found, without=result.necessity.hypothesis)
        if result.mutant is not None:
            judged += [(result.mutant.sample, False), (result.mutant.instead_sample, True)]
        for sample, instead in judged:
            for found in (sample.smallest, sample.worst) if sample is not None else ():
                if found is not None:
                    mutant = part.removeprefix("mutant:") if part.startswith("mutant:") else ""
                    keep(self._store, self._library[key], found, mutant=mutant, instead=instead)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A stored counterexample with the claim (and mutant) that it refutes."""

    source: str
    """Where the claim was written: shown to the user, and never opened or imported on its say."""
    key: str
    mutant: str
    instead: bool
    """Whether it refutes what is said to hold instead of the mutant."""
    without: str = ""
    """The hypothesis that was left out, if one was."""
    counterexample: str
    """The counterexample's JSON."""
    digest: str = ""
    """Of the text that the claim rested on when the counterexample was found."""


def keep(
    store: Store,
    located: Located,
    found: Counterexample,
    *,
    mutant: str = "",
    instead: bool = False,
    without: str = "",
) -> None:
    """Put a counterexample into the store, with all that its replay needs."""
    kept = Kept(
        source=located.source,
        key=located.claim.key,
        mutant=mutant,
        instead=instead,
        without=without,
        counterexample=encode(found).decode(),
        digest=source_digest(located.source),
    )
    store.keep_counterexample(found.id, encode(kept))


def _read(payload: bytes) -> PartResult | None:
    """A stored result; None if it is none, or says nothing."""
    try:
        result = decode(payload, PartResult)
    except CorruptedRecordError:
        return None
    return None if result == PartResult(seconds=result.seconds) else result


@contextmanager
def _one_thread() -> Iterator[None]:
    from threadpoolctl import threadpool_limits

    keep_freed_memory()
    with threadpool_limits(1):
        yield
