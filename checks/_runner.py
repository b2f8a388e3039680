"""Running the trials of many claims: parts as units of work, in processes, resumable from the store."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from itertools import chain
from queue import SimpleQueue

from lemmata.checks._budget import Effort
from lemmata.checks._desk import Desk, Progress, Units
from lemmata.checks._part_result import PartResult
from lemmata.checks._recall import Memory, Remembered, agreeing
from lemmata.checks._record import Begun, begin, counted, record
from lemmata.checks._trial import assemble, parts
from lemmata.checks.evidence import Evidence, Run
from lemmata.checks.part import Part
from lemmata.checks.records import decode
from lemmata.checks.running.guard import guarded
from lemmata.checks.running.limits import Limits
from lemmata.checks.running.parcels import opened, packed, perform_parcel
from lemmata.checks.running.pickled import in_processes
from lemmata.checks.running.pool import Done, Workers, workplace
from lemmata.checks.running.sources import fingerprint, is_file
from lemmata.checks.running.unit import Unit
from lemmata.checks.stages.common import keeping_runs
from lemmata.checks.stages.probability import tests as statistical_tests
from lemmata.checks.store import Store
from lemmata.claims import Claim, Library, Located
from lemmata.claims.library import entry_of
from lemmata.solvers.engine import keep_freed_memory


def judge(
    claim: Claim | Located,
    *,
    effort: Effort = Effort.STANDARD,
    seed: int = 0,
    among: Sequence[Claim] = (),
    workers: Workers | None = None,
    memory: Memory | None = None,
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
        memory: where evidence that stands is looked for, and what workers find is kept.
    """
    located = claim if isinstance(claim, Located) else Located(claim, "here")
    claim = located.claim
    own, tests = statistical_tests(claim, effort), sum(statistical_tests(one, effort) for one in among or (claim,))
    if memory is not None:
        memory.meet([entry_of(located)])
        known = agreeing(memory.recall(), tests - own).get(claim.key)
        if known is not None:
            return known.evidence
    wanted = parts(claim, effort)
    if workers is None:
        with keeping_runs():
            made = {part: guarded(claim, part, effort, seed, tests=tests) for part in wanted}
        return assemble(located, {part: decode(result, PartResult) for part, result in made.items()})
    done = {
        one.unit.part: one
        for some in workers.results([Units(effort, seed).of(located, wanted, tests=tests)])
        for one in some
    }
    found = {part: done[part].result for part in wanted}
    evidence = assemble(located, found)
    if memory is not None and not any(one.lost for one in done.values()):
        memory.keep(evidence, found.values(), own_tests=own, tests=tests)
    return evidence


def judge_in_processes(
    claim: Claim | Located, *, effort: Effort, seed: int, jobs: int, among: Sequence[Claim] = ()
) -> Evidence:
    """As `judge`, with the parts in processes of their own, to which the claim is sent: it need stand in no file."""
    located = claim if isinstance(claim, Located) else Located(claim, "here")
    tests = sum(statistical_tests(one, effort) for one in among or (located.claim,))
    return assemble(located, in_processes(located.claim, effort, seed, tests=tests, jobs=jobs))


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
    on_begin: Callable[[str, Part], None] = lambda _key, _part: None,
    selection: Sequence[str] = (),
    executor: Executor | None = None,
) -> Run:
    """Put every claim of the library on trial, one after the other in its order.

    Each part (proof, sample, real data, a mutant) is one unit of work; its result is stored before anybody hears of
    it, those that come at the same time in one transaction. With ``resume`` the newest unfinished run of the same
    claims, code, seed and effort is continued; since every seed derives from the claim and the part, the result is
    that of an uninterrupted run. On Ctrl-C the claims that are complete are returned, ``finished=False``.

    Units run in ``jobs`` worker processes, where a claim whose code dies, exits, hangs or swells beyond the
    ``limits`` is in error and no other is; what a failed worker left undone is tried again on ``resume``. With
    ``jobs=None`` they run in this process, without limits; with ``executor``, in any
    ``concurrent.futures.Executor``. ``on_begin`` hears the claim and the part that a worker begins with.
    """
    with workplace(jobs, limits or Limits(), executor) as where:
        return run_arriving(
            [library],
            keys=[located.claim.key for located in library.claims],
            where=where,
            effort=effort,
            seed=seed,
            store=store,
            fingerprint=fingerprint(library, effort, seed),
            resume=resume,
            on_progress=on_progress,
            on_begin=on_begin,
            selection=selection,
        )


def run_arriving(  # noqa: PLR0913 - everything by keyword
    arriving: Iterable[Library],
    *,
    keys: Collection[str],
    where: Workers | Executor | None,
    effort: Effort,
    seed: int,
    store: Store,
    fingerprint: str,
    resume: bool,
    on_progress: Callable[[Progress], None],
    on_begin: Callable[[str, Part], None],
    selection: Sequence[str],
    memory: Memory | None = None,
    recalled: Mapping[str, Remembered] | None = None,
    order: Sequence[str] = (),
    began: float | None = None,
) -> Run:
    """As `run`, with claims that are judged while others are still to be read.

    Args:
        arriving: the claims, a library after the other; the next is asked for when work is about to run out.
        keys: of all that will arrive, if they can be read.
        where: what runs units, see `workplace`.
        effort: how hard to try.
        seed: every random draw derives from it.
        store: where results are kept.
        fingerprint: of all that the run rests on, by which it is resumed.
        resume: whether to go on with the newest unfinished run of this fingerprint.
        on_progress: hears of each part and claim that is done.
        on_begin: hears the claim and the part that a worker begins with.
        selection: what was asked for, for the record.
        memory: where evidence that stands for later runs is kept, if it is.
        recalled: evidence that is in the record without a trial.
        order: keys in the order of the record; that of arrival if it is empty.
        began: when the run began, a time of `time.perf_counter`; now if left out.
    """
    began, remembered = time.perf_counter() if began is None else began, recalled or {}
    run_id, begun, notes = _begin(store, fingerprint, effort, seed, resume=resume)
    desk = Desk(
        keys,
        store,
        run_id,
        effort=effort,
        seed=seed,
        memory=memory,
        recalled=remembered,
        on_progress=on_progress,
    )
    desk.workers = where.jobs if isinstance(where, Workers) else 1
    finished = True
    try:
        for done in _results(desk, desk.units(arriving), where, on_begin):
            desk.take(done)
    except KeyboardInterrupt:
        finished = False
    return record(
        store,
        run_id,
        begun,
        seconds=time.perf_counter() - began,
        selection=selection,
        chances=desk.tests > 0,
        finished=finished,
        complete=not desk.lost,
        claims=[desk.evidence[key] for key in order or desk.judged if key in desk.evidence],
        failures=[*desk.failures.items(), *desk.unfit.items()],
        notes=[
            *notes,
            *desk.notes,
            *(memory.notes() if memory else []),
            *([counted(len(remembered), len(desk.judged))] if remembered else []),
        ],
    )


def _begin(store: Store, print_of_all: str, effort: Effort, seed: int, *, resume: bool) -> tuple[str, Begun, list[str]]:
    """A new run, or the one to go on with; and what is to be said of those that cannot be resumed."""
    run_id = store.unfinished(print_of_all) if resume else None
    changed = store.changed_runs() if resume else []
    names = ", ".join(changed)
    notes = [f"not what was written in the store, and not resumed: the entry of run {names}"] if changed else []
    if run_id is not None:
        return run_id, decode(store.header(run_id), Begun), notes
    run_id, begun = begin(store, print_of_all, effort, seed)
    return run_id, begun, notes


def _results(
    desk: Desk,
    units: Iterator[list[Unit]],
    where: Workers | Executor | None,
    on_begin: Callable[[str, Part], None],
) -> Iterator[list[Done]]:
    """The ends of open units, where they were asked to run; those that come at the same time together."""
    if isinstance(where, Workers):
        yield from where.results(units, on_begin=lambda unit: on_begin(unit.key, unit.part))
        return
    with _one_thread(), keeping_runs():
        yield from _here(units, desk, on_begin) if where is None else _from_executor(units, where, on_begin)


def _here(units: Iterator[list[Unit]], desk: Desk, on_begin: Callable[[str, Part], None]) -> Iterator[list[Done]]:
    """Run units in this process."""
    for unit in chain.from_iterable(units):
        on_begin(unit.key, unit.part)
        claim = desk.claim_of(unit).claim
        result = decode(guarded(claim, unit.part, Effort(unit.effort), unit.seed, tests=unit.tests), PartResult)
        if is_file(unit.source):  # it was read before anything could follow it
            result = dataclasses.replace(result, untraced="their run in this very process")
        yield [Done(unit=unit, result=result, lost=False)]


def _from_executor(
    units: Iterator[list[Unit]], executor: Executor, on_begin: Callable[[str, Part], None]
) -> Iterator[list[Done]]:
    ended: SimpleQueue[Future[bytes]] = SimpleQueue()
    futures: dict[Future[bytes], Unit] = {}

    def come(*, wait: bool) -> list[Done]:
        together = [ended.get()] if wait else []
        while len(together) < _TOGETHER and not ended.empty():
            together.append(ended.get())
        return [_elsewhere(futures.pop(future), future) for future in together]

    for some in units:
        for unit in some:
            future = executor.submit(perform_parcel, packed(unit))
            on_begin(unit.key, unit.part)
            futures[future] = unit
            future.add_done_callback(ended.put)
        if done := come(wait=False):
            yield done
    while futures:
        yield come(wait=True)


def _elsewhere(unit: Unit, future: Future[bytes]) -> Done:
    """What became of a unit that an executor ran."""
    try:
        result = opened(future.result(), unit)
    except (Exception, CancelledError) as error:  # noqa: BLE001 - whatever an executor says of a dead worker
        return Done(unit=unit, result=PartResult(error=f"{unit.part}: its executor failed: {error!r}"), lost=True)
    # Its processor may be another, and its files are not those of this machine: it is no evidence for later.
    return Done(
        unit=unit, result=dataclasses.replace(result, read={}, untraced="their run on another machine"), lost=False
    )


_TOGETHER = 64
"""Results that are committed at a time, if so many have come."""


@contextmanager
def _one_thread() -> Iterator[None]:
    from threadpoolctl import threadpool_limits

    keep_freed_memory()
    with threadpool_limits(1):
        yield
