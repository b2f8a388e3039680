"""A whole verification: what nothing has changed for is recalled, the rest is judged; light while nothing is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING

from lemmata.checks._recall import Memory, Remembered, agreeing
from lemmata.checks._record import begin, counted, record
from lemmata.checks.part import Part
from lemmata.checks.running.limits import Limits
from lemmata.checks.running.pool import Workers, workplace
from lemmata.claims.selection import Choice, choose

if TYPE_CHECKING:
    from lemmata.checks._budget import Effort
    from lemmata.checks._desk import Progress
    from lemmata.checks.evidence import Evidence, Run
    from lemmata.checks.store import Store
    from lemmata.claims import Library
    from lemmata.claims.index import Entry


def verify(  # noqa: PLR0913 - one entry point, everything by keyword
    selection: Sequence[str],
    *,
    effort: Effort,
    seed: int,
    jobs: int | None,
    store: Store,
    limits: Limits | None = None,
    resume: bool = False,
    again: bool = False,
    wanted: Callable[[Entry], bool] = lambda _: True,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_begin: Callable[[str, Part], None] = lambda _key, _part: None,
    on_recall: Callable[[Evidence], None] = lambda _: None,
    executor: Executor | None = None,
) -> Run:
    """Put the claims that a selection names on trial, as `run` does, a user's own before the package's.

    Evidence of an earlier run stands for a claim of which nothing has changed: neither its text nor what that rests
    on, the versions, the machine, effort, seed, limits or the files that it reads. Of the package nothing is imported
    for it.
    With ``again`` everything is judged anew. ``wanted`` tells which of the claims named are meant,
    ``on_recall`` hears of each claim that is recalled, in their order.

    Raises:
        UnknownKeyError: an entry of the selection matches no claim and is no path.
    """
    began = time.perf_counter()
    limits = limits or Limits()
    bounds = limits if jobs is not None else None
    remember = partial(Memory, store, effort=effort, seed=seed, limits=bounds, begun=time.time())
    with workplace(jobs, limits, executor) as where:
        workers = where if isinstance(where, Workers) else None
        if workers is not None and (again or store.is_new):
            workers.prepare()  # while claims are read and looked up
        memory, choice, recalled, arriving = _looked_up(remember, selection, wanted, effort, again=again)
        for one in choice.chosen:
            if one.key in recalled:
                on_recall(recalled[one.key].evidence)
        if arriving is None or not choice.chosen:
            return _recalled_only(store, memory, choice, recalled, effort, seed, selection, began)
        if workers is not None:
            workers.prepare()
        from lemmata.checks._runner import run_arriving

        return run_arriving(
            arriving,
            keys=[one.key for one in choice.chosen if one.key not in recalled],
            where=where,
            effort=effort,
            seed=seed,
            store=store,
            fingerprint=memory.fingerprint,
            resume=resume,
            on_progress=on_progress,
            on_begin=on_begin,
            selection=selection,
            memory=memory,
            recalled=recalled,
            order=[one.key for one in choice.chosen],
            began=began,
        )


def _looked_up(
    remember: Callable[[], Memory],
    selection: Sequence[str],
    wanted: Callable[[Entry], bool],
    effort: Effort,
    *,
    again: bool,
) -> tuple[Memory, Choice, dict[str, Remembered], Iterable[Library] | None]:
    """What is chosen, what of it stands, and what is to be judged, see `_settled`.

    A user's file is not even read where its claims are known and all their evidence stands.
    """
    for rests_on_lists in (False,) if again else (True, False):
        memory = remember()
        choice = choose(selection, probed=True, lists=memory if rests_on_lists else None).only(wanted)
        memory.meet(choice.chosen)
        recalled = {} if again else memory.recall()
        if choice.is_read or len(agreeing(recalled, 0)) == len(choice.chosen):
            break
    return memory, choice, *_settled(recalled, choice, effort)


def _recalled_only(  # noqa: PLR0913, PLR0917 - the circumstances of one run
    store: Store,
    memory: Memory,
    choice: Choice,
    recalled: dict[str, Remembered],
    effort: Effort,
    seed: int,
    selection: Sequence[str],
    began: float,
) -> Run:
    """The record of a run that judges nothing.

    Where there is nothing at all (a file that is not there) it is not kept: the newest run of the store stays what it
    was.
    """
    keeps = store if choice.chosen else None
    run_id, begun = begin(keeps, memory.fingerprint, effort, seed)
    return record(
        keeps,
        run_id,
        begun,
        seconds=time.perf_counter() - began,
        selection=selection,
        chances=any(one.own_tests for one in recalled.values()),
        finished=True,
        complete=True,
        claims=[recalled[one.key].evidence for one in choice.chosen],
        failures=choice.failures,
        notes=_nothing_judged(choice, recalled),
    )


def _nothing_judged(choice: Choice, recalled: Mapping[str, Remembered]) -> list[str]:
    if choice.chosen:
        return [counted(len(recalled), 0)]
    named = "1 claim is" if choice.left_out == 1 else f"{choice.left_out:,} claims are"
    return (
        [f"{named} named, and none of them is of the status, reading or verdict asked for"] if choice.left_out else []
    )


def _settled(
    recalled: dict[str, Remembered], choice: Choice, effort: Effort
) -> tuple[dict[str, Remembered], Iterable[Library] | None]:
    """What stands, and the claims to be judged as they are imported; None if every claim is recalled.

    A probability is judged at its share of the whole run's chance of a false alarm: where that is another by now, it
    is judged again. Only for that the claims to be judged are all imported beforehand.
    """
    others = 0
    if any(one.own_tests for one in recalled.values()) and len(recalled) < len(choice.chosen):
        from lemmata.checks.stages.probability import tests

        others = sum(tests(located.claim, effort) for located in choice.library(without=recalled).claims)
    kept = agreeing(recalled, others)
    everything = bool(kept) and len(kept) == len(choice.chosen)
    return kept, None if everything else choice.arriving(without=kept)
