"""The trial of one claim, as independent parts: proof, decision, sample, real data, and one part for each mutant."""

from __future__ import annotations

import dataclasses
import time
import traceback
from functools import partial
from itertools import chain

import numpy as np

from lemmata.checks._budget import FALSE_ALARMS, Budget, Effort
from lemmata.checks._conclude import conclude
from lemmata.checks._counterexamples import counterexample
from lemmata.checks._decide import decide_mutant, decision, failed_decision, is_decided
from lemmata.checks._describe import describe
from lemmata.checks._faults import each_once, sentence_of
from lemmata.checks._part_result import PartResult
from lemmata.checks._variants import negating, without_hypothesis
from lemmata.checks.decision import Decision
from lemmata.checks.evidence import Evidence, MutantTrial, Necessity, Sample
from lemmata.checks.judging.assumptions import is_of_assumptions
from lemmata.checks.part import DATA, DECISION, PROOF, SAMPLE, SEARCH, Kind, Part
from lemmata.checks.proof.prove import prove
from lemmata.checks.stages.coins import no_global_generator
from lemmata.checks.stages.common import in_common
from lemmata.checks.stages.constants import calibrate
from lemmata.checks.stages.counted import judge_counted
from lemmata.checks.stages.disturb import disturb, is_disturbed
from lemmata.checks.stages.draws import Batch, data_batches, edge_batches, random_batches
from lemmata.checks.stages.implied import with_constant
from lemmata.checks.stages.probability import estimate_probabilities
from lemmata.checks.stages.repeat import repeatable
from lemmata.checks.stages.room import room_batches
from lemmata.checks.stages.sample import judge_batch, sample
from lemmata.checks.stages.search import is_searched, search
from lemmata.checks.stages.shrink import shrink
from lemmata.checks.stages.sizes import judge_sizes
from lemmata.checks.stages.slack import every_value
from lemmata.checks.stages.special import judge_special
from lemmata.checks.stages.strict import judge_strict
from lemmata.checks.stages.tally import Tally, Violation, as_sample
from lemmata.checks.verdict import Verdict
from lemmata.claims import (
    AtLeast,
    AtMost,
    Claim,
    Conclusion,
    Decided,
    Located,
    Mutant,
    Status,
    Time,
    WithProbability,
    latex,
)


def parts(claim: Claim, effort: Effort) -> list[Part]:
    """The parts of a trial, independent of each other, longest first."""
    named = [Part(Kind.MUTANT, mutant.name) for mutant in claim.mutants]
    searched = [SEARCH] if is_searched(claim) else []
    necessary = effort is Effort.DEEP and claim.status is not Status.REFUTED
    dropped = [Part(Kind.WITHOUT, one.name) for one in claim.given.hypotheses if not one.declared] if necessary else []
    data = [DATA] if claim.given.data else []
    proof = [PROOF] if claim.proof and not isinstance(claim.proof, Decided) else []
    decided = [DECISION] if is_decided(claim) else []
    return [SAMPLE, *searched, *data, *proof, *decided, *named, *dropped]


def run_part(claim: Claim, part: Part, effort: Effort, seed: int, *, tests: int = 1) -> PartResult:
    """Run one part; an exception of the claim's own code becomes an error, never a verdict on the claim.

    ``tests`` is the number of probabilities estimated in the whole run, among which the chance of a false alarm
    is shared.
    """
    started = time.perf_counter()
    budget = dataclasses.replace(effort.budget.at_cost(claim.when.cost), false_alarm=FALSE_ALARMS / max(1, tests))
    try:
        watched = no_global_generator(f"{claim.key}: its code", "draw all that is random from the `rng` of the family")
        with watched, np.errstate(all="ignore"):  # what is not finite is counted, not warned about
            found = _run_part(claim, part, budget, seed)
    except Exception:  # noqa: BLE001 - a claim's code may raise anything
        found = PartResult(error=f"{part}: {traceback.format_exc(limit=-6)}")
    return dataclasses.replace(found, seconds=time.perf_counter() - started)


def _run_part(claim: Claim, part: Part, budget: Budget, seed: int) -> PartResult:
    axes = (claim.key, str(part))
    match part.kind:
        case Kind.PROOF:
            return PartResult(proof=prove(claim, seed))
        case Kind.DECISION:
            return PartResult(decision=decision(claim, budget))
        case Kind.DATA:
            tally = sample(claim, data_batches(claim), budget, seed, *in_common(claim, part.kind.value))
        case Kind.SAMPLE:
            drawn_by = in_common(claim, part.kind.value)
            tally = examine_once_repeatable(claim, budget, seed, *drawn_by)
            if tally.violation is None:
                judge_strict(tally, claim, budget, seed, *drawn_by)
        case Kind.SEARCH:
            tally = search(claim, budget, seed, *axes)
        case Kind.WITHOUT:
            return PartResult(necessity=_try_without(claim, part, budget, seed))
        case Kind.MUTANT:
            mutant = next(mutant for mutant in claim.mutants if mutant.name == part.name)
            return _try_mutant(claim, mutant, budget, seed)
    return PartResult(sample=_judged(claim, tally, budget, seed, *axes))


def examine_once_repeatable(claim: Claim, budget: Budget, seed: int, *axes: str) -> Tally:
    """Examine the claim itself, once its draws and runs are seen to repeat: at an edge before, at random after."""
    first = repeatable(claim, next(edge_batches(claim, budget)), seed)
    if first is not None:
        first.check_twice()
    tally = examine(claim, budget, seed, *axes)
    if first is not None:
        first.check_again()
    at_random = tally.violation is None and repeatable(claim, next(random_batches(claim, budget, seed, *axes)), seed)
    last = at_random or first
    if last is not None:
        last.check_order()
        last.check_floats()
    return tally


def examine(claim: Claim, budget: Budget, seed: int, *axes: str) -> Tally:
    """Judge the conclusion on edges and random instances, in the way of its kind."""
    then = claim.then
    if isinstance(then, WithProbability):
        return estimate_probabilities(claim, then, budget, seed, *axes)
    if isinstance(then, AtMost | AtLeast) and then.constant is not None:
        return calibrate(claim, then, budget, seed, *axes)
    batches = chain(edge_batches(claim, budget), random_batches(claim, budget, seed, *axes))
    tally = sample(claim, batches, budget, seed, *axes)
    for batch, instances in room_batches(claim, budget, seed, *axes):
        if tally.violation is not None:
            break
        judge_batch(tally, claim, batch, instances, budget)
        tally.violation = tally.violation or tally.hidden
    if tally.violation is None:
        judge_counted(tally, claim, budget, seed, *axes)
        tally.violation = tally.violation or tally.hidden
    if tally.violation is None:
        judge_sizes(tally, claim, budget, seed, *axes)
        tally.violation = tally.violation or tally.hidden
    if tally.violation is None and not is_searched(claim):  # the search tries them itself
        judge_special(tally, claim, budget, seed, *axes)
    return tally


def hunt(claim: Claim, budget: Budget, seed: int, *axes: str) -> Tally:
    """Look for a violation, at random and then directed, with growing budgets where one instance can be one.

    The first look is at what all mutants of a family and procedure have in common, others at what each draws itself.
    """
    common = in_common(claim, Kind.MUTANT.value)
    if not is_searched(claim):
        return examine(claim, budget, seed, *(common if _is_judged_by_instance(claim) else axes))
    first, second, whole = budget.rungs()
    # After a first look the search comes first: many random instances are more expensive and find less.
    stages = (examine, first), (search, first), (search, second), (examine, second), (search, whole), (examine, whole)
    tally = Tally()
    for number, (stage, rung) in enumerate(stages):
        drawn_by = (*axes, "stage", str(number)) if number else common
        tally = stage(claim, rung, seed, *drawn_by)
        if tally.violation is not None:
            break
    return tally


def _judged(claim: Claim, tally: Tally, budget: Budget, seed: int, *axes: str) -> Sample:
    """What was tallied as a record; a violation is shrunk first."""
    record = as_sample(tally, claim)
    if tally.violation is None:
        return record
    smallest = shrink(with_constant(claim, tally.constant), tally.violation, budget, seed, *axes)
    as_found = partial(counterexample, claim, axes=axes, constant=tally.constant)
    return dataclasses.replace(
        record,
        smallest=as_found(smallest, shrunk=smallest is not tally.violation),
        worst=as_found(tally.violation, shrunk=False),
    )


def _try_without(claim: Claim, part: Part, budget: Budget, seed: int) -> Necessity:
    """Only what breaks the hypothesis can be a witness, but a probability is one over all instances."""
    hypothesis, axes = part.name, (claim.key, str(part))
    only_breaking = not isinstance(claim.then, WithProbability)
    variant = negating(claim, hypothesis) if only_breaking else without_hypothesis(claim, hypothesis)
    tally = hunt(variant, budget, seed, *axes)
    if is_disturbed(variant) and tally.violation is None:
        perturbed = disturb(variant, budget, seed, *axes)
        if perturbed.violation is None and perturbed.extreme is not None and is_searched(variant):
            pushed = search(variant, budget, seed, *axes, "disturbed", start=perturbed.extreme)
            perturbed = pushed if pushed.violation is not None else perturbed
        tally = perturbed if perturbed.met > tally.met or perturbed.violation is not None else tally
    sample = _judged(variant, tally, budget, seed, *axes)
    return Necessity(hypothesis=hypothesis, sample=sample, only_breaking=only_breaking)


def _try_mutant(claim: Claim, mutant: Mutant, budget: Budget, seed: int) -> PartResult:
    """The trial of a mutant; and the claim's own refutation, should what the mutant fell by violate the claim too."""
    variant = claim.mutated(mutant)
    part = str(Part(Kind.MUTANT, mutant.name))
    tally = hunt(variant, budget, seed, claim.key, part)
    few = dataclasses.replace(budget, shrink=budget.mutant_shrink)
    found = _judged(variant, tally, few, seed, claim.key, part)
    truth = None
    if mutant.instead is not None:
        true_variant = dataclasses.replace(variant, then=mutant.instead)
        half = dataclasses.replace(budget, points=max(1, budget.points // 2))
        axes = (claim.key, part, "instead")
        truth = _judged(true_variant, examine(true_variant, half, seed, *axes), half, seed, *axes)
    flow = variant.when.time is Time.FLOW
    trial = MutantTrial(
        name=mutant.name,
        because=mutant.because,
        must_fall=mutant.must_fall,
        latex=latex(variant.then, flow=flow),
        refuted=found.refuted,
        sample=found,
        instead="" if mutant.instead is None else latex(mutant.instead, flow=flow),
        instead_sample=truth,
    )
    if not trial.refuted:
        trial = decide_mutant(trial, variant, budget, claim.key, part)
    return PartResult(mutant=trial, sample=_of_the_claim_itself(claim, variant, tally.violation, budget, seed))


def _of_the_claim_itself(
    claim: Claim, variant: Claim, violation: Violation | None, budget: Budget, seed: int
) -> Sample | None:
    """The claim judged on what a mutant of the same family fell by; None unless that violates it too."""
    if violation is None or variant.given is not claim.given or not _is_judged_by_instance(claim):
        return None
    tally, axes = Tally(), (claim.key, "witness of a mutant")
    batch = Batch(origin=violation.origin, parameters=violation.parameters, size=1)
    judge_batch(tally, claim, batch, violation.instance, dataclasses.replace(budget, passes=0, blurred=0))
    if tally.violation is None:
        return None
    if claim.status is Status.REFUTED:  # it is known to be false, and its own parts shrink what they find
        budget = dataclasses.replace(budget, shrink=budget.mutant_shrink)
    return _judged(claim, tally, budget, seed, *axes)


def _is_judged_by_instance(claim: Claim) -> bool:
    return not isinstance(claim.then, WithProbability) and getattr(claim.then, "constant", None) is None


def assemble(located: Located, results: dict[Part, PartResult]) -> Evidence:
    """One evidence record from the results of all parts."""
    claim = located.claim
    mutants = [result.mutant for result in results.values() if result.mutant is not None]
    proof = results[PROOF].proof if PROOF in results else None
    errors = [result.error for part, result in results.items() if result.error and part != DECISION]
    simplified = any(map(is_of_assumptions, errors))  # a decision then spoke of another statement
    decided = None if simplified else _decided(claim, results.get(DECISION))
    data = results[DATA].sample if DATA in results else None
    drawn = results[SAMPLE].sample
    searched = results[SEARCH].sample if SEARCH in results else None
    by_mutants = (result.sample for result in results.values() if result.mutant is not None)
    searched = next((sample for sample in by_mutants if sample is not None), searched)
    if errors or drawn is None:
        verdict, reason, sentence = Verdict.ERROR, None, sentence_of(errors)
    else:
        verdict, reason, sentence = conclude(
            proof,
            drawn,
            data,
            mutants,
            searched=searched,
            tight=getattr(claim.then, "tight", False),
            every=every_value(claim),
            decision=decided,
            reversals=[mutant.name for mutant in claim.mutants if _is_reversed(claim.then, mutant.then)],
        )
    return Evidence(
        statement=describe(located),
        verdict=verdict.word,
        reason="" if reason is None else reason.word,
        sentence=sentence,
        expected=verdict.is_expected(claim.status),
        proof=proof,
        decision=decided,
        sample=drawn,
        search=searched,
        data=data,
        mutants=mutants,
        necessity=[result.necessity for result in results.values() if result.necessity is not None],
        error="\n".join(each_once(errors)),
        output="\n".join(result.output for result in results.values() if result.output),
        seconds=sum(result.seconds for result in results.values()),
    )


def _is_reversed(then: Conclusion, other: Conclusion | None) -> bool:
    """Whether a bound is another one with its two sides exchanged."""
    if not isinstance(then, AtMost | AtLeast) or not isinstance(other, AtMost | AtLeast):
        return False
    return type(then) is not type(other) and (then.left, then.right) == (other.left, other.right)


def _decided(claim: Claim, result: PartResult | None) -> Decision | None:
    """The decision; one whose process died or went beyond a limit decides nothing, and is no fault of the claim."""
    if result is None or not result.error:
        return None if result is None else result.decision
    return failed_decision(claim, sentence_of([result.error]))
