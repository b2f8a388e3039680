"""What a stage counts while it judges, and the record that this becomes."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from lemmata.checks.evidence import Curve, EdgeCount, Estimate, Extreme, HypothesisCount, Sample
from lemmata.checks.judging.origin import Origin
from lemmata.checks.judging.rulings import Settled
from lemmata.checks.stages.draws import Batch
from lemmata.checks.stages.slack import Slacks, slack_records
from lemmata.claims import Claim, Instances, Parameters


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A confirmed violation and the instance it was found on."""

    parameters: Parameters
    instance: Instances
    origin: Origin
    settled: Settled
    residual: float
    error: float
    """Of the worst entry in float64: how far off, and how much of it rounding could explain."""


@dataclass(kw_only=True)
class Tally:
    """What a stage has counted so far; it becomes a ``Sample`` at the end."""

    started: float = field(default_factory=time.perf_counter)
    proposed: int = 0
    met: int = 0
    hypotheses: Counter[str] = field(default_factory=Counter)
    origins: dict[Origin, tuple[int, int]] = field(default_factory=dict)
    relations: int = 0
    worst_ratio: float | None = None
    worst_residual: float | None = None
    worst_origin: str = ""
    artefacts: int = 0
    contradicted: int = 0
    rounding: int = 0
    outside: int = 0
    exact: int = 0
    blurred: int = 0
    hazy: int = 0
    """Of those, how many were settled exactly."""
    unchecked: int = 0
    """Of the relations of these instances, how many only a large error bound keeps from being a violation."""
    passes: int = 0
    """How many instances that nothing casts doubt on were settled exactly."""
    distinct: set[int] = field(default_factory=set)
    random_batches: int = 0
    counted: int = 0
    """Instances at one value after the other of a whole number, which are different by themselves."""
    complete: str = ""
    """The whole numbers of which each value was judged, where the instances consist of nothing else."""
    unsettled: int = 0
    non_finite: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    violation: Violation | None = None
    hidden: Violation | None = None
    """A violation below rounding, found by settling exactly; it counts if no plainer one turns up."""
    extreme: Extreme | None = None
    strange: str = ""
    tie: str = ""
    slacks: Slacks = field(default_factory=dict)
    curves: list[Curve] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    estimates: list[Estimate] = field(default_factory=list)
    constant: str = ""
    """The value that was calibrated for an implied constant, if the violation refutes it."""
    reach: str = ""
    """Over what an implied constant was followed."""


def count(tally: Tally, batch: Batch, masks: dict[str, np.ndarray], met: int) -> None:
    """Book how many of a batch met each hypothesis, and how many met them all."""
    tally.proposed += batch.size
    tally.met += met
    tally.hypotheses.update({name: int(mask.sum()) for name, mask in masks.items()})
    before = tally.origins.get(batch.origin, (0, 0))
    tally.origins[batch.origin] = (before[0] + met, before[1] + batch.size)


def note_distinct(tally: Tally, parameters: Parameters, instances: Instances, size: int) -> None:
    """Count the different instances of a batch: those that share every entry and parameter are one."""
    point = hash(repr(sorted(parameters.items())))
    own = [np.ascontiguousarray(value) for value in instances.values() if len(value) == size]
    rows = (b"".join(value[row].tobytes() for value in own) for row in range(size))
    tally.distinct.update(hash((point, row)) for row in rows)


_LONGEST_PLACE = 200


def place_in_words(parameters: Parameters, instance: Instances) -> str:
    """Parameters and entries of a batch of one, cut off where they are many."""
    entries = [*parameters.items(), *((name, np.asarray(value)[0].tolist()) for name, value in instance.items())]
    return ", ".join(f"{name} = {value}" for name, value in entries)[:_LONGEST_PLACE]


def finite_or_none(number: float | None) -> float | None:
    """The number, or None where it is not finite."""
    return number if number is not None and np.isfinite(number) else None


def as_sample(tally: Tally, claim: Claim) -> Sample:
    """The tally as a record; counterexamples are added once they are shrunk."""
    names = [hypothesis.name for hypothesis in claim.given.hypotheses]
    return Sample(
        proposed=tally.proposed,
        met=tally.met,
        hypotheses=[HypothesisCount(name=name, met=tally.hypotheses[name], proposed=tally.proposed) for name in names],
        edges=[
            EdgeCount(name=str(origin), met=met, proposed=proposed)
            for origin, (met, proposed) in tally.origins.items()
            if origin.is_declared
        ],
        relations=tally.relations,
        worst_ratio=finite_or_none(tally.worst_ratio),
        worst_residual=finite_or_none(tally.worst_residual),
        worst_origin=tally.worst_origin,
        artefacts=tally.artefacts,
        contradicted=tally.contradicted,
        rounding=tally.rounding,
        outside=tally.outside,
        exact=tally.exact,
        blurred=tally.blurred,
        unchecked=tally.unchecked,
        distinct=max(len(tally.distinct), tally.counted),
        complete=tally.complete,
        reach=tally.reach,
        drawn=sum(met for origin, (met, _) in tally.origins.items() if origin.is_drawn_at_random),
        unsettled=tally.unsettled,
        non_finite=tally.non_finite,
        solver_failures=dict(tally.failures),
        smallest=None,
        worst=None,
        curves=tally.curves,
        strange=tally.strange,
        tie=tally.tie,
        slack=slack_records(tally.slacks, claim),
        extreme=tally.extreme,
        open=dict(tally.open),
        estimates=tally.estimates,
        seconds=time.perf_counter() - tally.started,
    )
