"""The sampling stage: draw, enforce the hypotheses, run, judge, settle what looks violated."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import Curve, EdgeCount, Estimate, Extreme, HypothesisCount, Sample
from lemmata.checks.judging.margins import Margins, curves, margins
from lemmata.checks.judging.rates import rate_evidence
from lemmata.checks.judging.settle import Ruling, Settled, as_lists, instance_at, selected, settle
from lemmata.checks.stages.points import draw_points
from lemmata.claims import (
    Claim,
    ClaimError,
    Conserved,
    Edge,
    Identity,
    Instances,
    Measurement,
    Parameters,
    Picture,
    Rate,
    Time,
)
from lemmata.solvers import Bounded


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One batch to draw: where it comes from, at which parameters, how many."""

    origin: str
    parameters: Parameters
    size: int
    edge: Edge | None = None


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A confirmed violation and the instance it was found on."""

    parameters: Parameters
    instance: Instances
    origin: str
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
    origins: dict[str, tuple[int, int]] = field(default_factory=dict)
    relations: int = 0
    worst_ratio: float | None = None
    worst_residual: float | None = None
    worst_origin: str = ""
    artefacts: int = 0
    unsettled: int = 0
    non_finite: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    violation: Violation | None = None
    hidden: Violation | None = None
    """A violation below rounding, found by settling exactly; it counts if no plainer one turns up."""
    extreme: Extreme | None = None
    curves: list[Curve] = field(default_factory=list)
    open: Counter[str] = field(default_factory=Counter)
    estimates: list[Estimate] = field(default_factory=list)
    constant: str = ""
    """The value that was calibrated for an implied constant, if the violation refutes it."""


def edge_batches(claim: Claim, budget: Budget) -> Iterator[Batch]:
    """The batches at the declared edges."""
    for edge in claim.given.edges:
        parameters = claim.given.at_edge(edge)
        yield Batch(origin=f"edge: {edge.name}", parameters=parameters, size=budget.edge_batch, edge=edge)


def random_batches(claim: Claim, budget: Budget, seed: int, *axes: str) -> Iterator[Batch]:
    """The batches at Hypothesis-drawn parameter points."""
    points = draw_points(claim.given.parameters, budget.points, derived_seed(seed, *axes, "points"))
    for point in points:
        yield Batch(origin="random", parameters=point, size=budget.batch)


def data_batches(claim: Claim) -> Iterator[Batch]:
    """The batches on real data."""
    for data in claim.given.data:
        yield Batch(origin=f"data: {data.name}", parameters=data.parameters, size=data.size)


def draw(claim: Claim, batch: Batch, rng: np.random.Generator) -> dict[str, Any]:
    """Draw a batch and refuse what no claim can be judged on.

    Raises:
        ClaimError: the parameters lie outside their ranges, or the family drew no array, NaN or infinity, or
            arrays of the wrong first axis.
    """
    _check_inside(claim, batch)
    drawn = claim.given.draw(batch.parameters, rng, batch.size)
    if batch.edge is not None and batch.edge.adjust is not None:
        drawn = batch.edge.adjust(batch.parameters, drawn)
    if not drawn:
        raise ClaimError(f"family {claim.given.name!r} drew no array; return a mapping of names to arrays")
    instances = {name: np.asarray(value) for name, value in drawn.items()}
    for name, value in instances.items():
        if value.ndim == 0 or value.shape[0] not in (1, batch.size):
            raise ClaimError(
                f"family {claim.given.name!r} drew {name!r} of shape {value.shape}; "
                f"expected a first axis of {batch.size}"
            )
        if np.iscomplexobj(value):
            raise ClaimError(f"family {claim.given.name!r} drew complex numbers in {name!r}; draw two real entries")
        if not np.isfinite(value).all():
            raise ClaimError(
                f"family {claim.given.name!r} drew NaN or infinity in {name!r} at {dict(batch.parameters)}"
            )
    return instances


def _check_inside(claim: Claim, batch: Batch) -> None:
    """A search or a sweep may propose only what the family declares; real tables alone may be larger."""
    if batch.origin.startswith("data: "):
        return
    for name, declared in claim.given.parameters.items():
        if batch.parameters[name] not in declared:
            raise ClaimError(
                f"{batch.origin} proposed {name} = {batch.parameters[name]!r}, outside the declared {declared}"
            )


def hypothesis_masks(claim: Claim, parameters: Parameters, instances: Instances, size: int) -> dict[str, np.ndarray]:
    """For each hypothesis, which instances meet it; ``(batch,)`` each.

    Raises:
        ClaimError: a predicate returned something else than one boolean an instance.
    """
    masks = {}
    for hypothesis in claim.given.hypotheses:
        mask = np.asarray(hypothesis.holds(parameters, instances))
        if mask.dtype != bool or mask.shape not in ((size,), (1,), ()):
            raise ClaimError(
                f"hypothesis {hypothesis.name!r} returned {mask.dtype} of shape {mask.shape}; "
                f"expected booleans of shape ({size},)"
            )
        masks[hypothesis.name] = np.broadcast_to(mask, (size,))
    return masks


def run_bounded(claim: Claim, parameters: Parameters, instances: Instances) -> Measurement:
    """Run the procedure in float64 with error bars."""
    bounded = {name: Bounded.exact(value) for name, value in instances.items()}
    return claim.when.run(parameters, bounded)


def sample(claim: Claim, batches: Iterator[Batch], budget: Budget, seed: int, *axes: str) -> Tally:
    """Judge the claim on the batches; stops at the end of the batch that holds a confirmed violation."""
    tally = Tally()
    for index, batch in enumerate(batches):
        judge_batch(tally, claim, batch, draw(claim, batch, generator(seed, *axes, batch.origin, index)), budget)
        if tally.violation is not None:
            break
    tally.violation = tally.violation or tally.hidden
    return tally


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The lawful instances of a batch, run and judged; masks and margins are over these."""

    met: np.ndarray
    """Which of the batch met every hypothesis, ``(size,)``."""
    instances: Instances
    measured: Measurement
    found: Margins
    decided: np.ndarray
    """Those on which the solver succeeded, with finite quantities that decide something."""


def run_batch(tally: Tally, claim: Claim, batch: Batch, instances: Instances) -> Judged | None:
    """Filter a batch by the hypotheses, run and judge it, book the counts; None if no instance is lawful."""
    masks = hypothesis_masks(claim, batch.parameters, instances, batch.size)
    met = np.all([np.ones(batch.size, dtype=bool), *masks.values()], axis=0)
    size = int(met.sum())
    _count(tally, batch, masks, size)
    if not size:
        return None
    lawful = selected(instances, np.flatnonzero(met))
    measured = run_bounded(claim, batch.parameters, lawful)
    failed = np.zeros(size, dtype=bool)
    for sentence, mask in measured.failures.items():
        failed |= mask
        if np.any(mask):
            tally.failures[sentence] += int(np.sum(mask))
    found = margins(claim.then, measured, claim.when.time, size)
    decided = found.finite & ~failed
    tally.non_finite += int((~found.finite & ~failed).sum())
    for because, mask in found.open.items():
        tally.open[because] += int((mask & decided).sum())
        decided = decided & ~mask
    tally.relations += found.relations * int(decided.sum())
    return Judged(met=met, instances=lawful, measured=measured, found=found, decided=decided)


def judge_batch(tally: Tally, claim: Claim, batch: Batch, instances: Instances, budget: Budget) -> np.ndarray:
    """Judge a batch and settle its suspects; everything is booked in the tally.

    Returns:
        The ratio of each instance, ``(size,)``; minus infinity where a hypothesis, the solver or finiteness failed.
    """
    ratios = np.full(batch.size, -np.inf)
    ran = run_batch(tally, claim, batch, instances)
    if ran is None:
        return ratios
    _note_worst(tally, claim, batch, ran.instances, ran.found, ran.decided)
    _settle_suspects(tally, claim, batch, ran.instances, ran.found, ran.decided, budget)
    if isinstance(claim.then, Conserved) and claim.when.time is Time.STEPS and batch.origin.startswith("data: "):
        tally.curves += _curves(claim.then, ran.measured, batch.origin.removeprefix("data: "))
    told = batch.edge is not None or batch.origin.startswith("data: ")
    if told:
        drawn = [_drawn_from(picture, batch.origin) for picture in ran.measured.pictures()]
        known = [(curve.x, curve.measured) for curve in tally.curves]  # edges may differ in what a picture leaves out
        tally.curves += [curve for curve in drawn if (curve.x, curve.measured) not in known]
    if isinstance(claim.then, Rate) and told:
        curve, estimate = rate_evidence(claim.then, ran.measured, batch.origin, batch.parameters)
        tally.curves.append(curve)
        tally.estimates.append(estimate)
    ratios[ran.met] = np.where(ran.decided, ran.found.ratio, -np.inf)
    return ratios


def _count(tally: Tally, batch: Batch, masks: dict[str, np.ndarray], met: int) -> None:
    tally.proposed += batch.size
    tally.met += met
    tally.hypotheses.update({name: int(mask.sum()) for name, mask in masks.items()})
    before = tally.origins.get(batch.origin, (0, 0))
    tally.origins[batch.origin] = (before[0] + met, before[1] + batch.size)


def _note_worst(
    tally: Tally, claim: Claim, batch: Batch, instances: Instances, found: Margins, judged: np.ndarray
) -> None:
    if not judged.any():
        return
    ratios = np.where(judged, found.ratio, -np.inf)
    row = int(np.argmax(ratios))
    if tally.worst_ratio is None or ratios[row] > tally.worst_ratio:
        tally.worst_ratio, tally.worst_origin = float(ratios[row]), batch.origin
        one = instance_at(instances, row)
        small = sum(np.size(value) for value in one.values()) <= _LONGEST_EXTREME
        if small and np.isfinite(ratios[row]) and not isinstance(claim.then, Identity | Conserved):
            tally.extreme = Extreme(
                ratio=float(ratios[row]),
                parameters=dict(batch.parameters),
                instance=as_lists(one),
                origin=batch.origin,
            )
    residual = float(found.residual[judged].max())
    tally.worst_residual = max(residual, -np.inf if tally.worst_residual is None else tally.worst_residual)


_LONGEST_EXTREME = 400


def _settle_suspects(
    tally: Tally,
    claim: Claim,
    batch: Batch,
    instances: Instances,
    found: Margins,
    judged: np.ndarray,
    budget: Budget,
) -> None:
    """Settle violations, largest first; of the inequalities that rounding leaves open, only the worst."""
    violated = _largest_first(found.violated & judged, found.ratio)
    touching = _largest_first(found.touching & judged & ~found.violated, found.ratio)
    for row in [*violated[: budget.settle], *touching[: budget.touching]]:
        settled = settle(claim, batch.parameters, instance_at(instances, row))
        if settled.ruling is Ruling.VIOLATED:
            confirmed = Violation(
                parameters=batch.parameters,
                instance=instance_at(instances, row),
                origin=batch.origin,
                settled=settled,
                residual=float(found.residual[row]),
                error=float(found.error[row]),
            )
            if found.violated[row]:
                tally.violation = confirmed
                return
            tally.hidden = tally.hidden or confirmed
        elif found.violated[row]:
            tally.artefacts += settled.ruling is Ruling.HOLDS
            tally.unsettled += settled.ruling is Ruling.UNSETTLED
    tally.unsettled += max(0, len(violated) - budget.settle)


def _largest_first(mask: np.ndarray, ratio: np.ndarray) -> list[int]:
    rows = np.flatnonzero(mask)
    return [int(row) for row in rows[np.argsort(-ratio[rows], kind="stable")]]


def _drawn_from(picture: Picture, origin: str) -> Curve:
    predicted = picture.predicted or [np.nan] * len(picture.x)
    return Curve(
        name=f"{picture.name}, {origin.partition(': ')[2]}",
        x_label=picture.x_label,
        y_label=picture.y_label,
        x=[float(one) for one in picture.x],
        measured=[_finite(float(one)) for one in picture.measured],
        predicted=[_finite(float(one)) for one in predicted],
    )


_LONGEST_CURVE = 200


def _curves(law: Conserved, measured: Measurement, name: str) -> list[Curve]:
    made = []
    for case, drift, predicted in curves(law, measured):
        stride = max(1, len(drift) // _LONGEST_CURVE)
        made.append(
            Curve(
                name=f"{name}, {case}",
                x_label="step",
                y_label=f"largest change of the {law.name}",
                x=[float(step) for step in range(0, len(drift), stride)],
                measured=[float(value) for value in drift[::stride]],
                predicted=[float(value) for value in predicted[::stride]],
            )
        )
    return made


def _finite(number: float | None) -> float | None:
    return number if number is not None and np.isfinite(number) else None


def as_sample(tally: Tally, claim: Claim) -> Sample:
    """The tally as a record; counterexamples are added once they are shrunk."""
    names = [hypothesis.name for hypothesis in claim.given.hypotheses]
    return Sample(
        proposed=tally.proposed,
        met=tally.met,
        hypotheses=[HypothesisCount(name=name, met=tally.hypotheses[name], proposed=tally.proposed) for name in names],
        edges=[
            EdgeCount(name=origin, met=met, proposed=proposed)
            for origin, (met, proposed) in tally.origins.items()
            if origin.startswith(("edge: ", "data: "))
        ],
        relations=tally.relations,
        worst_ratio=_finite(tally.worst_ratio),
        worst_residual=_finite(tally.worst_residual),
        worst_origin=tally.worst_origin,
        artefacts=tally.artefacts,
        unsettled=tally.unsettled,
        non_finite=tally.non_finite,
        solver_failures=dict(tally.failures),
        smallest=None,
        worst=None,
        curves=tally.curves,
        extreme=tally.extreme,
        open=dict(tally.open),
        estimates=tally.estimates,
        seconds=time.perf_counter() - tally.started,
    )
