"""Trying to break one claim for as long as one likes: the claim itself, and with each hypothesis left out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from lemmata.checks._budget import Effort
from lemmata.checks._counterexamples import counterexample
from lemmata.checks._decide import witness
from lemmata.checks._kept import keep
from lemmata.checks._trial import examine
from lemmata.checks._variants import negating
from lemmata.checks.counterexample import Counterexample
from lemmata.checks.running.sources import source_digest
from lemmata.checks.stages.disturb import disturb, is_disturbed
from lemmata.checks.stages.implied import with_constant
from lemmata.checks.stages.search import is_searched, search
from lemmata.checks.stages.shrink import shrink
from lemmata.checks.stages.tally import Tally
from lemmata.checks.store import Store
from lemmata.claims import Claim, Located, WithProbability

_Stage: TypeAlias = Callable[..., Tally]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What became of one target so far."""

    without: str
    """The hypothesis left out; empty for the claim as it stands."""
    rounds: int = 0
    met: int = 0
    """Instances judged; with a hypothesis left out, those that break it."""
    worst_ratio: float | None = None
    found: Counterexample | None = None


def falsify(
    located: Located,
    *,
    seconds: float,
    seed: int,
    store: Store,
    on_round: Callable[[Attempt], None] = lambda _: None,
) -> list[Attempt]:
    """Decide, then search in rounds, target by target, until the time is over, all targets are broken, or Ctrl-C.

    The first target is the claim; the others are the claim without one of its hypotheses: "needed, witness"
    if that breaks it, "no violation found without it" if not. Counterexamples are kept in the store.

    Raises:
        ValueError: no time to search in, or a claim about a probability, which one instance cannot break.
    """
    if not seconds > 0:
        raise ValueError(f"falsify got seconds={seconds}; give it a positive time")
    if isinstance(located.claim.then, WithProbability):
        raise ValueError(  # noqa: TRY004 - its kind of conclusion is a value, not a type
            f"falsify looks for one counterexample, but {located.claim.key} speaks of a probability; "
            "use `lemmata verify --effort deep`"
        )
    deadline = time.monotonic() + seconds
    attempts = [
        Attempt(without=""),
        *(Attempt(without=one.name) for one in located.claim.given.hypotheses if not one.declared),
    ]
    try:
        while time.monotonic() < deadline and any(attempt.found is None for attempt in attempts):
            for place, attempt in enumerate(attempts):
                if attempt.found is None and time.monotonic() < deadline:
                    attempts[place] = _round(located, attempt, seed, store)
                    on_round(attempts[place])
    except KeyboardInterrupt:
        pass  # what was found is kept and returned
    return attempts


def _round(located: Located, attempt: Attempt, seed: int, store: Store) -> Attempt:
    stage, target = _next(located.claim, attempt)
    budget = Effort.STANDARD.budget.at_cost(target.when.cost)
    axes = (located.claim.key, "falsify", attempt.without, str(attempt.rounds))
    decided = witness(target, budget, *axes) if not attempt.rounds else None
    if decided is not None:
        keep(store, located, decided, digest=source_digest(located.source), without=attempt.without)
        return Attempt(without=attempt.without, rounds=1, found=decided)
    with np.errstate(all="ignore"):  # what is not finite is counted, not warned about
        tally = stage(target, budget, seed, *axes)
        broken = with_constant(target, tally.constant)
        smallest = None if tally.violation is None else shrink(broken, tally.violation, budget, seed, *axes)
    ratios = [ratio for ratio in (attempt.worst_ratio, tally.worst_ratio) if ratio is not None]
    found = None
    if smallest is not None:
        shrunk = smallest is not tally.violation
        found = counterexample(target, smallest, axes, shrunk=shrunk, constant=tally.constant)
        keep(store, located, found, digest=source_digest(located.source), without=attempt.without)
    return Attempt(
        without=attempt.without,
        rounds=attempt.rounds + 1,
        met=attempt.met + tally.met,
        worst_ratio=max(ratios, default=None),
        found=found,
    )


def _next(claim: Claim, attempt: Attempt) -> tuple[_Stage, Claim]:
    """The stage of the next round and what it judges: random instances, disturbed ones, the directed search, in turns.

    Only what breaks a hypothesis can be a witness of its need.
    """
    target = negating(claim, attempt.without) if attempt.without else claim
    stages: list[_Stage] = [examine]
    if attempt.without and is_disturbed(target):
        stages.append(disturb)
    if is_searched(claim):
        stages.append(search)
    return stages[attempt.rounds % len(stages)], target
