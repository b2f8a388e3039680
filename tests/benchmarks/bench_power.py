"""Power: what the trial refutes, and how fast, beside a plain Hypothesis test of the same predicate.

Two kinds of false statements. *Mutants* are those that the shipped claims declare. *Planted* ones are shipped
inequalities whose constant is moved below the largest ratio that can be reached: by 2 %, by 0.1 % and by 0.001 %.
All sides run the same solver, get the same wall time, and stop at the first failure. Two plain property tests are
compared, one instance an example, in float64, which ask for the conclusion to a relative 1e-9, as a careful notebook
would: *seeded* draws parameters and a seed with Hypothesis and takes the family's own generator, with all the structure
that its author put in; *entries* lets Hypothesis draw the entries that may take any value. What is refuted after the
time is over counts as missed. In the rows "together" each side has the time that the trial took over all statements
together, and gives up each statement after the time at which that is used up.

Run by hand: ``python tests/benchmarks/bench_power.py [seconds a statement] [every n-th mutant] [paper ...]``.
Two seconds a statement and every mutant take about half an hour on one core.
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.extra.numpy import arrays

from lemmata.checks import Effort
from lemmata.checks._trial import examine, hunt
from lemmata.checks.judging.membership import hypothesis_masks
from lemmata.checks.judging.sides import Relation, sides
from lemmata.checks.stages.implied import has_constant
from lemmata.checks.stages.search import search
from lemmata.claims import (
    AtLeast,
    AtMost,
    Choice,
    Claim,
    Integers,
    Mutant,
    Range,
    Rate,
    Reals,
    Sizes,
    Status,
    WithProbability,
    load,
    tightened,
)
from lemmata.solvers import Bounded, NotFiniteError, as_floats

_TOLERANCE = 1e-9
_SHARES = (0.05, 0.1, 0.2, 0.5, 1.0)
_SHORTFALLS = {"by 2%": sp.Rational(98, 100), "by 0.1%": sp.Rational(999, 1000), "by 1e-5": 1 - sp.Rational(1, 10**5)}


class _FailedError(AssertionError):
    """The plain test found a violation."""


@dataclass(frozen=True)
class Outcome:
    """Whether a statement was refuted, and after how many seconds."""

    refuted: bool
    seconds: float


def by_trial(claim: Claim, limit: float, number: int = 0) -> Outcome:
    """The trial's own stages in their order, at standard effort, again with other seeds while time is left."""
    began, budget = time.perf_counter(), Effort.STANDARD.budget
    while True:
        tally = hunt(claim, budget, number, claim.key, "power")
        spent = time.perf_counter() - began
        contradicted = any(one.decision == "contradicts" for one in tally.estimates)
        if tally.violation is not None or contradicted or spent > limit:
            found = tally.violation is not None or contradicted
            return Outcome(refuted=found and spent <= limit, seconds=spent)
        number += 1


def _strategy(declared: Range) -> st.SearchStrategy[object]:
    """The values of a declared range, as Hypothesis draws them."""
    match declared:
        case Integers():
            return st.integers(declared.low, declared.high)
        case Reals():
            return st.floats(0, 1).map(declared.at)
        case Choice():
            return st.sampled_from(declared.options)
        case Sizes():
            each = st.integers(declared.of.low, declared.of.high)
            return st.lists(each, min_size=declared.shortest, max_size=declared.longest)


def by_hypothesis(claim: Claim, limit: float, *, entries: bool) -> Outcome:
    """A plain property test, one instance an example; with ``entries`` Hypothesis draws the free entries itself."""
    began = time.perf_counter()
    strategy = st.fixed_dictionaries({name: _strategy(one) for name, one in claim.given.parameters.items()})
    number = st.floats(-10, 10, allow_subnormal=False)

    @seed(1)
    @settings(
        max_examples=1_000_000,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(strategy, st.integers(0, 2**32 - 1), st.data())
    def example(parameters: dict[str, object], entropy: int, data: st.DataObject) -> None:
        if time.perf_counter() - began > limit:
            raise TimeoutError
        drawn = claim.given.draw(parameters, np.random.default_rng(entropy), 1)
        instance = {name: np.asarray(value) for name, value in drawn.items()}
        for name in claim.given.free(instance) if entries else ():
            instance[name] = data.draw(arrays(np.float64, instance[name].shape, elements=number))
        if not _holds(claim, parameters, instance):
            raise _FailedError

    try:
        example()
    except _FailedError:
        return Outcome(refuted=True, seconds=time.perf_counter() - began)
    except (TimeoutError, Flaky):  # an example cut short looks flaky to Hypothesis
        pass
    return Outcome(refuted=False, seconds=time.perf_counter() - began)


def _holds(claim: Claim, parameters: dict[str, object], instance: dict[str, np.ndarray]) -> bool:
    """The conclusion on one instance, in plain float64; an inadmissible instance or a failed solver says nothing."""
    floats = {name: value.astype(float) for name, value in instance.items()}
    try:
        if not all(bool(np.all(mask)) for mask in hypothesis_masks(claim, parameters, instance, 1).values()):
            return True
        measured = claim.when.run(parameters, floats)
    except (ArithmeticError, NotFiniteError, np.linalg.LinAlgError):
        return True
    if any(np.any(mask) for mask in measured.failures.values()):
        return True
    for pair in (sides(claim.then, case, claim.when.time) for case in measured.cases):
        left, right = (_plain(side) for side in (pair.left, pair.right))
        scale = _TOLERANCE * (1 + np.abs(left) + np.abs(right))
        gap = left - right
        if not np.all(np.abs(gap) <= scale if pair.relation is Relation.EQUAL else gap <= scale):
            return False
    return True


def _plain(side: object) -> np.ndarray:
    return np.asarray(as_floats(side if isinstance(side, Bounded) else np.asarray(side)))


def planted(claim: Claim) -> Iterator[tuple[str, Claim]]:
    """The claim's bound, somewhat below the largest ratio that its own trial reaches; none for other kinds."""
    bound = claim.then
    if not isinstance(bound, AtMost | AtLeast) or bound.constant is not None or claim.status is Status.REFUTED:
        return
    budget = Effort.STANDARD.budget
    tallies = (examine(claim, budget, 99, claim.key, "reach"), search(claim, budget, 99, claim.key, "reach"))
    reached = max(tally.worst_ratio or 0.0 for tally in tallies)
    for name, short in _SHORTFALLS.items():
        if 0 < reached <= 1:
            factor = sp.Rational(round(reached * 10**9), 10**9) * short
            yield name, _with(claim, tightened(factor, because="an instance goes beyond"))


def _with(claim: Claim, mutant: Mutant) -> Claim:
    shaped = dataclasses.replace(claim, mutants=(mutant,))
    return shaped.mutated(shaped.mutants[0])


def statements(papers: Sequence[str], every: int) -> Iterator[tuple[str, str, Claim]]:
    """(set, name, false claim), every n-th of them."""
    claims = [located.claim for located in load(papers).claims]
    claims = [claim for claim in claims if _pointwise(claim)]
    false = [("mutants", f"{one.key}, {mutant.name}", one.mutated(mutant)) for one in claims for mutant in one.mutants]
    false = [entry for entry in false if _pointwise(entry[2])]
    yield from false[::every]
    for claim in claims:
        for name, wrong in planted(claim):
            yield name, claim.key, wrong


def _pointwise(claim: Claim) -> bool:
    """Whether one instance can break the claim, so that a plain test can ask the same."""
    return not isinstance(claim.then, WithProbability | Rate) and not has_constant(claim)


def main(limit: float, every: int, papers: Sequence[str]) -> int:
    """Print a line a statement and a table at the end; the exit code says whether every mutant was refuted."""
    found: dict[str, list[tuple[Outcome, ...]]] = {"mutants": [], **{name: [] for name in _SHORTFALLS}}
    with np.errstate(all="ignore"):
        for kind, name, claim in statements(papers, every):
            _holds_warm(claim)
            plain = [by_hypothesis(claim, limit, entries=entries) for entries in (False, True)]
            found[kind].append((by_trial(claim, limit), *plain))
            _tell(f"{kind:8} {' '.join(map(_cell, found[kind][-1]))}  {name}")
    for line in _table({kind: rows for kind, rows in found.items() if rows}, limit):
        _tell(line)
    return int(any(not ours.refuted for ours, *_ in found["mutants"]))


def _holds_warm(claim: Claim) -> None:
    """Compile and load once what both need, so that neither pays for it."""
    parameters = claim.given.at_edge(claim.given.edges[0])
    drawn = claim.given.draw(parameters, np.random.default_rng(0), 1)
    _holds(claim, parameters, {name: np.asarray(value) for name, value in drawn.items()})


def _cell(outcome: Outcome) -> str:
    return f"{'refuted' if outcome.refuted else 'missed ':7} {outcome.seconds:7.3f} s"


def _table(found: dict[str, list[tuple[Outcome, ...]]], limit: float) -> Iterator[str]:
    """Statements refuted within equal times by each side, then the median times and the medians of their ratios."""
    yield "\nrefuted within equal times: by the trial, by seeded Hypothesis, by entries from Hypothesis"
    for kind, rows in found.items():
        by_side = list(zip(*rows, strict=True))
        for allowed in [share * limit for share in _SHARES]:
            yield f"{kind:8}  {allowed:5.3f} s each      {_counts(by_side, [allowed] * len(by_side))}"
        total = sum(min(one.seconds, limit) for one in by_side[0])
        yield f"{kind:8}  {total:5.1f} s together  {_counts(by_side, [_each(side, total, limit) for side in by_side])}"
    yield "\nmedian seconds, and median of the ratios to the trial's time"
    for kind, rows in found.items():
        medians = [statistics.median(one.seconds for one in side) for side in zip(*rows, strict=True)]
        ratios = [statistics.median(row[place].seconds / row[0].seconds for row in rows) for place in (1, 2)]
        yield f"{kind:8}  {'  '.join(f'{median:7.3f}' for median in medians)}  ratios {ratios[0]:.1f}, {ratios[1]:.1f}"


def _counts(by_side: list[tuple[Outcome, ...]], allowed: list[float]) -> str:
    """How many statements each side refuted, each within the side's time."""
    pairs = zip(by_side, allowed, strict=True)
    found = [sum(one.refuted and one.seconds <= most for one in side) for side, most in pairs]
    return f"{'  '.join(f'{count:4d}' for count in found)}  of {len(by_side[0])}"


def _each(side: tuple[Outcome, ...], total: float, limit: float) -> float:
    """The time a statement with which this side spends so much together, since it stops at the first failure."""
    grid = np.geomspace(1e-4, limit, 4000)
    spent = [sum(min(one.seconds, most) for one in side) for most in grid]
    return float(grid[np.flatnonzero(np.array(spent) <= total)[-1]])


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    sys.exit(main(seconds, int(sys.argv[2]) if len(sys.argv) > 2 else 1, sys.argv[3:]))
