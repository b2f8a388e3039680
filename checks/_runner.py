"""Running the trials of many claims: parts as units of work, in processes, resumable from the store."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path

from lemmata.checks._budget import FALSE_ALARMS, Effort
from lemmata.checks._trial import PartResult, assemble, parts, run_part
from lemmata.checks.evidence import CorruptedRecordError, Counterexample, Evidence, LoadFailure, Run, decode, encode
from lemmata.checks.stages.probability import tests as statistical_tests
from lemmata.checks.store import Store
from lemmata.claims import Claim, Library, Located, find
from lemmata.solvers.engine import keep_freed_memory

_PACKAGES = ("numpy", "scipy", "sympy", "mpmath", "python-flint", "hypothesis", "numba", "scikit-learn")


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


def judge(located: Located, *, effort: Effort, seed: int, among: Sequence[Claim] = ()) -> Evidence:
    """Put one claim on trial, in this process.

    Args:
        located: the claim.
        effort: how hard to try.
        seed: every random draw derives from it.
        among: the claims of the same run, which share one chance of a false alarm; the claim alone if left out.
    """
    claim = located.claim
    tests = sum(statistical_tests(one, effort) for one in among or (claim,))
    results = {part: run_part(claim, part, effort, seed, tests=tests) for part in parts(claim, effort)}
    return assemble(located, results)


def run(  # noqa: PLR0913 - one entry point, everything by keyword
    library: Library,
    *,
    effort: Effort,
    seed: int,
    jobs: int,
    store: Store,
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

    ``executor`` is any ``concurrent.futures.Executor``; by default ``jobs`` processes of this machine.
    """
    began = time.perf_counter()
    fingerprint = _fingerprint(library, effort, seed)
    run_id = store.unfinished(fingerprint) if resume else None
    header = _Header(started=datetime.now(UTC).isoformat(timespec="seconds"), seed=seed, effort=effort.value)
    if run_id is None:
        run_id = secrets.token_hex(6)
        store.begin(run_id, fingerprint, encode(header))
    else:
        header = decode(store.header(run_id), _Header)
    desk = _Desk(library, store, run_id, on_progress, effort, seed)
    desk.recall()
    try:
        with _workers(jobs, executor, desk.open_units()) as pool:
            desk.work(pool)
        finished = not desk.lost
    except KeyboardInterrupt:
        finished = False
    record = Run(
        id=run_id,
        started=header.started,
        seconds=time.perf_counter() - began,
        seed=seed,
        effort=effort.value,
        selection=list(selection),
        versions=_versions(),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        false_alarms=FALSE_ALARMS if desk.tests else 0.0,
        finished=finished,
        claims=[desk.evidence[located.claim.key] for located in library.claims if located.claim.key in desk.evidence],
        failures=[LoadFailure(source=source, error=error) for source, error in library.failures]
        + [LoadFailure(source="a worker process died", error=told) for told in desk.lost],
    )
    if finished:
        store.finish(run_id, encode(record))
    return record


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
        self._library = {located.claim.key: located for located in library.claims}
        self._store = store
        self._run_id = run_id
        self._on_progress = on_progress
        self._results: dict[str, dict[str, PartResult]] = {key: {} for key in self._library}
        self._effort, self._seed = effort, seed
        self._wanted = {key: parts(located.claim, effort) for key, located in self._library.items()}
        self.tests = sum(statistical_tests(located.claim, effort) for located in library.claims)
        self.evidence: dict[str, Evidence] = {}
        self.lost: list[str] = []
        """Parts whose worker died."""

    def recall(self) -> None:
        """Take up the parts that an interrupted run has stored; a damaged one is simply run again."""
        for unit, payload in self._store.parts(self._run_id).items():
            key, _, part = unit.partition("|")
            if part not in self._wanted.get(key, []):
                continue
            try:
                result = decode(payload, PartResult)
            except CorruptedRecordError:
                continue
            if result != PartResult(seconds=result.seconds):
                self._take(key, part, result)

    def open_units(self) -> list[tuple[str, str]]:
        """Parts not done yet, each claim's sample first so that long work starts early."""
        units = [(key, part) for key, wanted in self._wanted.items() for part in wanted]
        undone = [(key, part) for key, part in units if part not in self._results[key]]
        order = {"sample": 0, "search": 0, "data": 0, "proof": 1}
        return sorted(undone, key=lambda unit: order.get(unit[1], 2))

    def work(self, pool: Executor | None) -> None:
        """Run every open part, in the pool or, without one, here."""
        if pool is None:
            for key, part in self.open_units():
                claim = self._library[key].claim
                result = run_part(claim, part, self._effort, self._seed, tests=self.tests)
                self._record(key, part, decode(encode(result), PartResult))
            return
        futures: dict[Future[bytes], tuple[str, str]] = {}
        for key, part in self.open_units():
            source = self._library[key].source
            unit = pool.submit(_work, source, key, part, self._effort.value, self._seed, self.tests)
            futures[unit] = (key, part)
        for future in as_completed(futures):
            key, part = futures[future]
            error = future.exception()
            if error is None:
                self._record(key, part, decode(future.result(), PartResult))
            else:  # the worker itself died: nothing is known, nothing is stored, a resumed run tries again
                self.lost.append(f"{key}, {part}: {error!r}")

    def _record(self, key: str, part: str, result: PartResult) -> None:
        self._store.record(self._run_id, f"{key}|{part}", encode(result))
        self._take(key, part, result)

    def _take(self, key: str, part: str, result: PartResult) -> None:
        results = self._results[key]
        results[part] = result
        self._keep_counterexamples(key, part, result)
        if len(results) == len(self._wanted[key]):
            ordered = {name: results[name] for name in self._wanted[key]}
            self.evidence[key] = assemble(self._library[key], ordered)
        self._on_progress(
            Progress(
                done=sum(len(done) for done in self._results.values()),
                total=sum(len(wanted) for wanted in self._wanted.values()),
                key=key,
                part=part,
                evidence=self.evidence.get(key),
            )
        )

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
    key: str
    mutant: str
    instead: bool
    """Whether it refutes what is said to hold instead of the mutant."""
    without: str = ""
    """The hypothesis that was left out, if one was."""
    counterexample: str
    """The counterexample's JSON."""


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
    )
    store.keep_counterexample(found.id, encode(kept))


def _work(source: str, key: str, part: str, effort: str, seed: int, tests: int) -> bytes:
    """One unit, in a worker process."""
    return encode(run_part(find(source, key), part, Effort(effort), seed, tests=tests))


@contextmanager
def _workers(jobs: int, executor: Executor | None, units: Sequence[object]) -> Iterator[Executor | None]:
    """The pool to run in: the given one, ``jobs`` processes, or none (this process) for one job."""
    if executor is not None or jobs <= 1 or len(units) <= 1:
        with _one_thread():
            yield executor
        return
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start_worker)
    try:
        yield pool
    except BaseException:
        # Ctrl-C: what is running is given up at once, and so is what waits.
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 - the executor has no kill before 3.14
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    keep_freed_memory()


@contextmanager
def _one_thread() -> Iterator[None]:
    from threadpoolctl import threadpool_limits

    keep_freed_memory()
    with threadpool_limits(1):
        yield


def _fingerprint(library: Library, effort: Effort, seed: int) -> str:
    """A digest of everything a result depends on: claims, code, versions, effort and seed."""
    digest = hashlib.sha256()
    digest.update(f"{effort.value} {seed} {_versions()}".encode())
    for located in library.claims:
        digest.update(f"{located.source} {located.claim.key}\n".encode())
    users = {Path(located.source) for located in library.claims if located.source.endswith(".py")}
    for file in sorted({*_own_code(), *users}):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _own_code() -> list[Path]:
    modules = [sys.modules[f"lemmata.{name}"] for name in ("claims", "checks", "solvers")]
    folders = [Path(str(module.__file__)).parent for module in modules]
    return [file for folder in folders for file in folder.rglob("*.py")]


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in ("lemmata", *_PACKAGES):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
