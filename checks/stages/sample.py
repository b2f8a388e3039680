"""The sampling stage: draw, enforce the hypotheses, run, judge, settle what looks violated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lemmata.checks._budget import Budget
from lemmata.checks._seeds import generator
from lemmata.checks.evidence import Curve, Extreme
from lemmata.checks.judging.agreement import refuse_difference
from lemmata.checks.judging.assumptions import check_assumptions
from lemmata.checks.judging.margins import Margins, curves, margins
from lemmata.checks.judging.membership import met_or_not
from lemmata.checks.judging.origin import Origin
from lemmata.checks.judging.rates import rate_evidence
from lemmata.checks.judging.settle import as_lists, instance_at, selected
from lemmata.checks.stages.common import run_in_common
from lemmata.checks.stages.draws import Batch, draw
from lemmata.checks.stages.runs import check_floats, run_bounded
from lemmata.checks.stages.slack import note_slack
from lemmata.checks.stages.suspects import Suspects, settle_suspects
from lemmata.checks.stages.tally import Tally, count, finite_or_none, note_distinct, place_in_words
from lemmata.claims import (
    Claim,
    ClaimError,
    Conserved,
    Identity,
    Instances,
    Measurement,
    Picture,
    Rate,
    Time,
    measured_symbols,
)


def sample(claim: Claim, batches: Iterator[Batch], budget: Budget, seed: int, *axes: str) -> Tally:
    """Judge the claim on the batches; stops at the end of the batch that holds a confirmed violation."""
    tally = Tally()
    for index, batch in enumerate(batches):
        judge_batch(tally, claim, batch, draw(claim, batch, generator(seed, *axes, str(batch.origin), index)), budget)
        if tally.violation is not None:
            break
    tally.violation = tally.violation or tally.hidden
    return tally


@dataclass(frozen=True, kw_only=True)
class Judged:
    """The admissible instances of a batch, run and judged; masks and margins are over these."""

    met: np.ndarray
    """Which of the batch met every hypothesis, ``(size,)``."""
    instances: Instances
    measured: Measurement
    found: Margins
    decided: np.ndarray
    """Those on which the solver succeeded, with finite quantities that decide something."""
    overflown: np.ndarray
    """Those on which the solver succeeded, with quantities that are not finite."""


_AGAIN = 16
"""One in so many random batches is run twice."""


def run_batch(tally: Tally, claim: Claim, batch: Batch, instances: Instances) -> Judged | None:
    """Filter a batch by the hypotheses, run and judge it, book the counts; None if no instance is admissible."""
    drawn = batch.origin.is_declared or batch.origin.is_drawn_at_random
    masks = met_or_not(claim, batch.parameters, instances, batch.size, drawn=drawn)
    met = np.all([np.ones(batch.size, dtype=bool), *masks.values()], axis=0)
    size = int(met.sum())
    count(tally, batch, masks, size)
    if not size:
        return None
    admissible = selected(instances, np.flatnonzero(met))
    note_distinct(tally, batch.parameters, admissible, size)
    measured = run_in_common(claim, batch, admissible) if drawn else run_bounded(claim, batch.parameters, admissible)
    if batch.origin.is_drawn_at_random:
        tally.random_batches += 1
        if tally.random_batches % _AGAIN == 0:
            again = run_bounded(claim, batch.parameters, admissible)
            refuse_difference(claim, measured, again, slice(None), "twice on the same batch", exactly=True)
        if claim.given.each:  # a loop may go another way at each whole number
            check_floats(claim, batch.parameters, admissible, measured)
    failed = np.zeros(size, dtype=bool)
    for sentence, mask in measured.failures.items():
        failed |= mask
        if np.any(mask):
            tally.failures[sentence] += int(np.sum(mask))
    found = margins(claim.then, measured, claim.when.time, size)
    decided = found.finite & ~failed
    check_assumptions(claim, batch.parameters, measured, decided)
    if found.shared and any(len(value) > 1 for value in admissible.values()):
        raise ClaimError(
            f"procedure {claim.when.name!r} measures one value for a batch of {size} different instances; "
            "return one value an instance, along the first axis"
        )
    overflown = ~found.finite & ~failed
    if overflown.any():
        check_floats(claim, batch.parameters, admissible, measured)
    tally.non_finite += int(overflown.sum())
    for because, mask in found.open.items():
        tally.open[because] += int((mask & decided).sum())
        decided = decided & ~mask
    tally.relations += found.relations * int(decided.sum())
    return Judged(met=met, instances=admissible, measured=measured, found=found, decided=decided, overflown=overflown)


def judge_batch(tally: Tally, claim: Claim, batch: Batch, instances: Instances, budget: Budget) -> np.ndarray:
    """Judge a batch and settle its suspects; everything is booked in the tally.

    Returns:
        How near each instance is to a violation, ``(size,)``: its ratio where that is positive, else a number from
        -1 to 0 that grows as the sides come nearer; minus infinity where a hypothesis, the solver or finiteness failed.
    """
    merits = np.full(batch.size, -np.inf)
    ran = run_batch(tally, claim, batch, instances)
    if ran is None:
        return merits
    _note_worst(tally, claim, batch, ran.instances, ran.found, ran.decided)
    if ran.overflown.any() and not tally.strange:
        tally.strange = _strange(claim, batch, ran)
    suspects = Suspects(
        claim=claim,
        batch=batch,
        instances=ran.instances,
        found=ran.found,
        judged=ran.decided,
        overflown=ran.overflown,
    )
    settle_suspects(tally, suspects, budget)
    illustrate(tally, batch, ran.measured)
    _note_law(tally, claim, batch, ran.measured)
    ratios = np.where(ran.decided, ran.found.ratio, -np.inf)
    note_slack(tally.slacks, claim, batch.parameters, float(ratios.max()))
    merits[ran.met] = np.where(ratios == 0, _nearness(ran.found.residual), ratios)
    return merits


def _nearness(residual: np.ndarray) -> np.ndarray:
    """The excess of the left side, which is not positive, as a number between -1 and 0."""
    below = np.minimum(residual, 0.0)
    return np.where(np.isfinite(below), below / (1 - below), -1.0)


def _note_law(tally: Tally, claim: Claim, batch: Batch, measured: Measurement) -> None:
    """The drift of a law on real data, or the exponent of a rate on what the family declares, as curves."""
    if isinstance(claim.then, Conserved) and claim.when.time is Time.STEPS and batch.origin.is_data:
        tally.curves += _curves(claim.then, measured, batch.origin.name)
    if isinstance(claim.then, Rate) and _is_illustrated(batch):
        curve, estimate = rate_evidence(claim.then, measured, batch.origin, batch.parameters)
        tally.curves.append(curve)
        tally.estimates.append(estimate)


def _is_illustrated(batch: Batch) -> bool:
    return batch.edge is not None or batch.origin.is_data


def illustrate(tally: Tally, batch: Batch, measured: Measurement) -> None:
    """Book the pictures that a procedure makes at an edge or on real data, each once.

    Raises:
        ClaimError: one has a point at infinity, or at NaN.
    """
    if not _is_illustrated(batch):
        return
    drawn = [_drawn_from(picture, batch.origin) for picture in measured.pictures()]
    known = [(curve.x, curve.measured) for curve in tally.curves]  # edges may differ in what a picture leaves out
    tally.curves += [curve for curve in drawn if (curve.x, curve.measured) not in known]


def _strange(claim: Claim, batch: Batch, ran: Judged) -> str:
    """Which quantity is not finite on the first such instance, and where that is."""
    row = int(np.flatnonzero(ran.overflown)[0])
    one = instance_at(ran.instances, row)
    used = {str(symbol) for symbol in measured_symbols(claim.then)}
    values = {name: value for case in ran.measured.cases for name, value in case.values.items() if name in used}
    parts = {name: np.asarray(getattr(value, "value", value)) for name, value in values.items()}
    named = [f"{name} is {part[row].flat[0]:g}" for name, part in parts.items() if not np.isfinite(part[row]).all()]
    where = place_in_words(batch.parameters, one)
    return f"{', '.join(named) or 'a side of the conclusion is not finite'} at {where}"


def _note_worst(
    tally: Tally, claim: Claim, batch: Batch, instances: Instances, found: Margins, judged: np.ndarray
) -> None:
    if not judged.any():
        return
    ratios = np.where(judged, found.ratio, -np.inf)
    row = int(np.argmax(ratios))
    if tally.worst_ratio is None or ratios[row] > tally.worst_ratio:
        tally.worst_ratio, tally.worst_origin = float(ratios[row]), str(batch.origin)
        one = instance_at(instances, row)
        small = sum(np.size(value) for value in one.values()) <= _LONGEST_EXTREME
        if small and np.isfinite(ratios[row]) and not isinstance(claim.then, Identity | Conserved):
            tally.extreme = Extreme(
                ratio=float(ratios[row]),
                parameters=dict(batch.parameters),
                instance=as_lists(one),
                origin=str(batch.origin),
            )
    residual = float(found.residual[judged].max())
    tally.worst_residual = max(residual, -np.inf if tally.worst_residual is None else tally.worst_residual)


_LONGEST_EXTREME = 400


def _drawn_from(picture: Picture, origin: Origin) -> Curve:
    predicted = picture.predicted or [np.nan] * len(picture.x)
    x = [float(one) for one in picture.x]
    for place, one in enumerate(x):
        if not np.isfinite(one):
            raise ClaimError(
                f"the picture {picture.name!r} of the procedure holds {one} at x[{place}]; expected finite numbers: "
                "leave such points out"
            )
    return Curve(
        name=f"{picture.name}, {origin.name}",
        x_label=picture.x_label,
        y_label=picture.y_label,
        x=x,
        measured=[finite_or_none(float(one)) for one in picture.measured],
        predicted=[finite_or_none(float(one)) for one in predicted],
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
