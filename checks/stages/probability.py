"""Probabilities from random instances, at an error rate that holds at every time one looks.

The confidence sequence is that of the beta-binomial mixture (Robbins 1970): under the true probability p the
mixture likelihood ratio is a martingale, so by Ville's inequality it ever exceeds 1 / alpha with chance at
most alpha. Hence sampling may stop as soon as the claim is decided, without any correction for looking.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from lemmata.checks._budget import Budget, Effort
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import AGREES, CONTRADICTS, OPEN, Estimate
from lemmata.checks.judging.origin import RANDOM
from lemmata.checks.stages.draws import Batch, draw, edge_batches
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.sample import illustrate, run_batch
from lemmata.checks.stages.tally import Tally
from lemmata.claims import Claim, Conclusion, Integers, Reals, WithProbability

_BATCH = 500
_GLANCE, _GLANCES = 64, 12
"""Draws at each whole number, and the share of the whole numbers that a procedure is run at which is glanced at."""
_PLACES, _CORNERED = 15, 3
"""Values of a real parameter that are glanced at, of all but one together if there are several; and of how many at most
all ends are combined."""
_NEAREST, _NARROWEST = 6, 2
"""Values that are looked at longer, as a few draws leave least of what is claimed there; and of these, at least, at
which a probability is estimated."""
_SUSPECT, _DOUBTED, _LONGER = 2.5, 3.5, 20
"""A frequency that misses the claimed range by so many standard errors is followed for so many times as many draws; one
that still misses it by the second number then leaves the matter open."""
_PRIOR = 0.5
_PRECISION = 1e-9


def tests(claim: Claim, effort: Effort) -> int:
    """How many probabilities a trial of the claim estimates at most, with its mutants and what holds instead of them.

    At deep effort each hypothesis is dropped once, too. All glances at whole numbers together count as one, those that
    are followed as cells of their own.
    """
    budget, mutants = effort.budget, [claim.mutated(mutant) for mutant in claim.mutants]
    tried: list[tuple[Conclusion | None, Claim]] = [(one.then, one) for one in (claim, *mutants)]
    tried += [(mutant.instead, one) for mutant, one in zip(claim.mutants, mutants, strict=True)]
    if effort is Effort.DEEP:
        tried += [(claim.then, claim)] * len(claim.given.hypotheses)
    return sum(len(one.given.edges) + 2 * budget.cells + 1 for then, one in tried if isinstance(then, WithProbability))


def estimate_probabilities(claim: Claim, claimed: WithProbability, budget: Budget, seed: int, *axes: str) -> Tally:
    """Estimate the probability of the event at every edge and a few drawn points; deterministic in the seed.

    After that every whole number of a short range is glanced at, and some values of real parameters; where the least is
    left of what is claimed the probability is estimated as at the other points.
    """
    tally = Tally()
    for number, cell in enumerate(_cells(claim, budget, seed, *axes)):
        met = tally.met
        found = _estimate(tally, claim, claimed, cell, budget, seed, *axes, str(number))
        if tally.met == met and cell.edge is None:
            continue  # the hypotheses exclude this point, where nothing is claimed
        tally.estimates.append(found)
        if found.decision == CONTRADICTS:
            return tally
    for number, cell in enumerate(_narrowest(tally, claim, claimed, budget, seed, *axes)):
        tally.estimates.append(_estimate(tally, claim, claimed, cell, budget, seed, *axes, "narrow", str(number)))
        if tally.estimates[-1].decision == CONTRADICTS:
            break
    return tally


def _narrowest(
    tally: Tally, claim: Claim, claimed: WithProbability, budget: Budget, seed: int, *axes: str
) -> list[Batch]:
    """The values at which a few draws come nearest to what is claimed; none once one of them contradicts it.

    Very few draws tell chances apart that differ by a tenth; the nearest of all are told apart by some more.
    """
    cells = list(_glances(claim, budget, seed, *axes))
    brief = dataclasses.replace(budget, false_alarm=budget.false_alarm / max(1, len(cells) + _NEAREST))
    for name, draws, most in (("glance", _GLANCE, _NEAREST), ("look", _BATCH, max(_NARROWEST, budget.cells // 2))):
        nearness, short = [], dataclasses.replace(brief, draws=draws)
        for number, cell in enumerate(cells):
            sized = dataclasses.replace(cell, size=draws)
            found = _estimate(tally, claim, claimed, sized, short, seed, *axes, name, str(number))
            if found.decision == CONTRADICTS:
                tally.estimates.append(found)
                return []
            if found.value is not None:
                nearness.append((-_missed_by(found.value, claimed.range_at(cell.parameters)), number))
        cells = [dataclasses.replace(cells[number], size=_BATCH) for _, number in sorted(nearness)[:most]]
    return cells


def _missed_by(frequency: float, allowed: tuple[float, float]) -> float:
    """How far a frequency lies outside the range claimed; within it negative, the distance to the nearer end."""
    low, high = allowed
    return max(low - frequency if low > 0 else -1.0, frequency - high if high < 1 else -1.0)


def _standard_errors(frequency: float, trials: int, allowed: tuple[float, float]) -> float:
    """By how many standard errors, of the nearer end of the range claimed, a frequency lies outside it."""
    low, high = allowed
    end = low if frequency < low else high
    return _missed_by(frequency, allowed) / math.sqrt(max(end * (1 - end), 1 / trials) / trials)


def _glances(claim: Claim, budget: Budget, seed: int, *axes: str) -> Iterator[Batch]:
    """A few draws at each value of the whole numbers, and at some of the real ones, evenly in their ranges.

    An event that never happens at one whole number, in a tenth of a range, or at the upper end of one range and the
    lower end of another, is met by few points. The others stay where they are while one real number is gone through.
    """
    declared = claim.given.parameters
    whole = {name: one for name, one in declared.items() if isinstance(one, Integers) and one.low < one.high}
    real = {name: one for name, one in declared.items() if isinstance(one, Reals) and one.low < one.high}
    most = budget.values // _GLANCES // max(1, len(whole))
    each = _PLACES // max(1, len(real) - 1) | 1  # an odd number, with the middle of the range among them
    values: list[tuple[str, float]] = [
        (name, value) for name, one in whole.items() for value in range(one.low, min(one.high, one.low + most) + 1)
    ]
    points = draw_points(declared, budget.cells, derived_seed(seed, *axes, "glances")) if values or real else []
    at = [{**points[place % len(points)], name: value} for place, (name, value) in enumerate(values)]
    for number, (name, one) in enumerate(real.items()):
        at += [{**points[number % len(points)], name: one.at((place + 0.5) / each)} for place in range(each)]
    if 1 < len(real) <= _CORNERED:
        at += [{**points[0], **dict(zip(real, ends, strict=True))} for ends in product(*map(_ends, real.values()))]
    yield from (Batch(origin=RANDOM, parameters=one, size=_GLANCE) for one in at)


def _ends(declared: Reals) -> tuple[float, float]:
    return declared.low, declared.high


def _cells(claim: Claim, budget: Budget, seed: int, *axes: str) -> Iterator[Batch]:
    for edge in edge_batches(claim, budget):
        yield Batch(origin=edge.origin, parameters=edge.parameters, size=_BATCH, edge=edge.edge)
    points = draw_points(claim.given.parameters, budget.cells, derived_seed(seed, *axes, "points"))
    yield from (Batch(origin=RANDOM, parameters=point, size=_BATCH) for point in points)


def _estimate(
    tally: Tally, claim: Claim, claimed: WithProbability, cell: Batch, budget: Budget, seed: int, *axes: str
) -> Estimate:
    """Draw batches at one parameter point until the claim is decided there or the budget is spent."""
    allowed = claimed.range_at(cell.parameters)
    resolution, alpha = claimed.resolution_at(cell.parameters), budget.false_alarm
    sure = possible = used = 0
    low, high, decision, off = 0.0, 1.0, OPEN, 0.0
    usual = -(-budget.draws // cell.size)
    for index in range(usual * _LONGER):
        if index >= usual and off < _SUSPECT:
            break
        holds, unclear, judged = _events(tally, claim, cell, generator(seed, *axes, index), shown=index == 0)
        sure, possible, used = sure + holds, possible + holds + unclear, used + judged
        low, high = interval(sure, used, alpha)[0], interval(possible, used, alpha)[1]
        decision = decide(low, high, allowed, resolution)
        off = min(_standard_errors(one / used, used, allowed) for one in (sure, possible)) if used else 0.0
        if decision == CONTRADICTS or (decision == AGREES and off < _SUSPECT):
            break
    if decision == AGREES and off >= _DOUBTED:
        decision = OPEN
    return Estimate(
        quantity="probability of the event",
        origin=str(cell.origin),
        parameters=dict(cell.parameters),
        claimed=_in_words(allowed),
        value=sure / used if used else None,
        low=low,
        high=high,
        used=used,
        decision=decision,
        false_alarm=alpha,
        detectable=detectable(allowed, used, alpha),
    )


def _events(tally: Tally, claim: Claim, cell: Batch, rng: np.random.Generator, *, shown: bool) -> tuple[int, int, int]:
    """Of one batch: how often the event holds, how often rounding leaves it open, how many were judged.

    ``shown`` books the procedure's pictures at an edge.
    """
    ran = run_batch(tally, claim, cell, draw(claim, cell, rng))
    if ran is None:
        return 0, 0, 0
    if shown:
        illustrate(tally, cell, ran.measured)
    kept = ran.decided & ~ran.found.violated
    unclear = int((kept & ran.found.touching).sum())
    return int(kept.sum()) - unclear, unclear, int(ran.decided.sum())


def decide(low: float, high: float, allowed: tuple[float, float], resolution: float) -> str:
    """What an interval for the probability says of the range claimed; within the resolution it agrees."""
    if high < allowed[0] or low > allowed[1]:
        return CONTRADICTS
    return AGREES if low >= allowed[0] - resolution and high <= allowed[1] + resolution else OPEN


def interval(successes: int, trials: int, alpha: float) -> tuple[float, float]:
    """The confidence sequence for a probability after so many independent trials.

    Args:
        successes: how many of them succeeded.
        trials: how many there were.
        alpha: chance, over the whole sequence, that the true probability is ever outside.

    Returns:
        (low, high); (0, 1) without trials.
    """
    from scipy.special import betaln

    mixture = betaln(successes + _PRIOR, trials - successes + _PRIOR) - betaln(_PRIOR, _PRIOR)
    threshold = mixture + np.log(alpha)

    def inside(chance: float) -> bool:
        # log 0 * 0 is 0 here: no failure says nothing against a chance of one
        hits = successes * np.log(chance) if successes else 0.0
        misses = (trials - successes) * np.log1p(-chance) if successes < trials else 0.0
        return bool(hits + misses > threshold)

    middle = successes / trials if trials else 0.5
    low = 0.0 if successes == 0 or not trials else _edge(inside, middle, 0.0)
    high = 1.0 if successes == trials or not trials else _edge(inside, middle, 1.0)
    return low, high


def _edge(inside: Callable[[float], bool], within: float, beyond: float) -> float:
    """Bisect for the end of the interval between a point within and one beyond; errs outwards."""
    while abs(beyond - within) > _PRECISION:
        middle = (within + beyond) / 2
        if inside(middle):
            within = middle
        else:
            beyond = middle
    return beyond


def detectable(allowed: tuple[float, float], trials: int, alpha: float) -> float | None:
    """Smallest discrepancy of the observed frequency that would have contradicted the claim after so many trials.

    None where no outcome could have.
    """
    low, high = allowed
    below = _largest(lambda hits: interval(hits, trials, alpha)[1] < low, trials)
    above = _largest(lambda misses: interval(trials - misses, trials, alpha)[0] > high, trials)
    found = [low - below / trials] if below is not None else []
    found += [1 - above / trials - high] if above is not None else []
    return min(found, default=None)


def _largest(contradicts: Callable[[int], bool], trials: int) -> int | None:
    """The largest count that still contradicts, by bisection: fewer always do, too."""
    if not trials or not contradicts(0):
        return None
    low, high = 0, trials
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if contradicts(middle) else (low, middle)
    return low


def _in_words(allowed: tuple[float, float]) -> str:
    low, high = allowed
    if low == high:
        return f"{low:.6g}"
    if high == 1:
        return f"at least {low:.6g}"
    return f"at most {high:.6g}" if low == 0 else f"{low:.6g} to {high:.6g}"
