"""The trial of one claim, as independent parts: proof, sample, real data, and one part for each mutant."""

from __future__ import annotations

import dataclasses
import hashlib
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import msgspec
import numpy as np

from lemmata.checks._budget import Budget, Effort
from lemmata.checks._conclude import conclude
from lemmata.checks._prove import prove
from lemmata.checks._sample import (
    Batch,
    Tally,
    Violation,
    as_sample,
    data_batches,
    edge_batches,
    random_batches,
    sample,
)
from lemmata.checks._search import is_searched, search
from lemmata.checks._settle import as_lists
from lemmata.checks._shrink import shrink
from lemmata.checks.evidence import Counterexample, Evidence, MutantTrial, Proof, Sample, Statement
from lemmata.checks.verdict import Verdict
from lemmata.claims import Claim, Located, Mutant, Time, latex, measured_symbols

_MUTANT = "mutant:"


@dataclass(frozen=True, kw_only=True)
class PartResult:
    """What one part of a trial found; exactly one of the fields is set (``proof`` may be none declared)."""

    proof: Proof | None = None
    sample: Sample | None = None
    mutant: MutantTrial | None = None
    error: str = ""
    seconds: float = 0.0


def parts(claim: Claim) -> list[str]:
    """The parts of a trial, independent of each other, longest first."""
    named = [f"{_MUTANT}{mutant.name}" for mutant in claim.mutants]
    searched = ["search"] if is_searched(claim) else []
    return ["sample", *searched, *(["data"] if claim.given.data else []), *(["proof"] if claim.proof else []), *named]


def run_part(claim: Claim, part: str, effort: Effort, seed: int) -> PartResult:
    """Run one part; an exception of the claim's own code becomes an error, never a verdict on the claim."""
    started = time.perf_counter()
    try:
        with np.errstate(all="ignore"):  # what is not finite is counted, not warned about
            found = _run_part(claim, part, effort.budget, seed)
    except Exception:  # noqa: BLE001 - a claim's code may raise anything
        found = PartResult(error=f"{part}: {traceback.format_exc(limit=-6)}")
    return dataclasses.replace(found, seconds=time.perf_counter() - started)


def _run_part(claim: Claim, part: str, budget: Budget, seed: int) -> PartResult:
    if part == "proof":
        return PartResult(proof=prove(claim, seed))
    axes = (claim.key, part)
    if part == "data":
        return PartResult(
            sample=_judged(claim, sample(claim, data_batches(claim), budget, seed, *axes), budget, seed, *axes)
        )
    if part == "sample":
        batches = _synthetic(claim, budget, seed, part)
        return PartResult(sample=_judged(claim, sample(claim, batches, budget, seed, *axes), budget, seed, *axes))
    if part == "search":
        return PartResult(sample=_judged(claim, search(claim, budget, seed, *axes), budget, seed, *axes))
    mutant = next(mutant for mutant in claim.mutants if f"{_MUTANT}{mutant.name}" == part)
    return PartResult(mutant=_try_mutant(claim, mutant, budget, seed))


def _synthetic(claim: Claim, budget: Budget, seed: int, part: str) -> Iterator[Batch]:
    return chain(edge_batches(claim, budget), random_batches(claim, budget, seed, claim.key, part))


def _judged(claim: Claim, tally: Tally, budget: Budget, seed: int, *axes: str) -> Sample:
    """What was tallied as a record; a violation is shrunk first."""
    record = as_sample(tally, claim)
    if tally.violation is None:
        return record
    smallest = shrink(claim, tally.violation, budget, seed, *axes)
    return dataclasses.replace(
        record,
        smallest=counterexample(claim, smallest, axes, shrunk=smallest is not tally.violation),
        worst=counterexample(claim, tally.violation, axes, shrunk=False),
    )


def _try_mutant(claim: Claim, mutant: Mutant, budget: Budget, seed: int) -> MutantTrial:
    variant = claim.mutated(mutant)
    part = f"{_MUTANT}{mutant.name}"
    tally = sample(variant, _synthetic(variant, budget, seed, part), budget, seed, claim.key, part)
    if tally.violation is None and is_searched(variant):
        tally = search(variant, budget, seed, claim.key, part, "search")
    found = _judged(variant, tally, budget, seed, claim.key, part)
    truth = None
    if mutant.instead is not None:
        true_variant = dataclasses.replace(variant, then=mutant.instead)
        half = dataclasses.replace(budget, points=max(1, budget.points // 2))
        batches = _synthetic(true_variant, half, seed, part)
        axes = (claim.key, part, "instead")
        truth = _judged(true_variant, sample(true_variant, batches, half, seed, *axes), half, seed, *axes)
    flow = variant.when.time is Time.FLOW
    return MutantTrial(
        name=mutant.name,
        because=mutant.because,
        latex=latex(variant.then, flow=flow),
        refuted=found.smallest is not None,
        sample=found,
        instead="" if mutant.instead is None else latex(mutant.instead, flow=flow),
        instead_sample=truth,
    )


def counterexample(claim: Claim, violation: Violation, axes: Sequence[str], *, shrunk: bool) -> Counterexample:
    """A violation as a record, named by a digest of where it was found and what it is."""
    entries = as_lists(violation.instance)
    content = msgspec.json.encode([*axes, dict(violation.parameters), entries], order="sorted")
    return Counterexample(
        id=hashlib.sha256(content + claim.key.encode()).hexdigest()[:12],
        parameters=dict(violation.parameters),
        instance=entries,
        case=violation.settled.case,
        left=violation.settled.left,
        right=violation.settled.right,
        difference=violation.settled.difference,
        error_bar=violation.error,
        arithmetic=violation.settled.arithmetic,
        origin=violation.origin,
        shrunk=shrunk,
    )


def assemble(located: Located, results: dict[str, PartResult]) -> Evidence:
    """One evidence record from the results of all parts."""
    claim = located.claim
    mutants = [result.mutant for result in results.values() if result.mutant is not None]
    proof = results["proof"].proof if "proof" in results else None
    data = results["data"].sample if "data" in results else None
    drawn = results["sample"].sample
    searched = results["search"].sample if "search" in results else None
    errors = [result.error for result in results.values() if result.error]
    if errors or drawn is None:
        verdict, reason, sentence = Verdict.ERROR, None, _last_line(errors)
    else:
        verdict, reason, sentence = conclude(
            proof, drawn, data, mutants, searched=searched, tight=getattr(claim.then, "tight", False)
        )
    return Evidence(
        statement=describe(located),
        verdict=verdict.word,
        reason="" if reason is None else reason.word,
        sentence=sentence,
        expected=verdict.is_expected(claim.status),
        proof=proof,
        sample=drawn,
        search=searched,
        data=data,
        mutants=mutants,
        error="\n".join(errors),
        seconds=sum(result.seconds for result in results.values()),
    )


def _last_line(errors: list[str]) -> str:
    lines = [line for line in "\n".join(errors).splitlines() if line.strip()]
    return lines[-1].strip() if lines else "a part of the trial left no result"


def describe(located: Located) -> Statement:
    """The claim as text."""
    claim = located.claim
    return Statement(
        key=claim.key,
        source=located.source,
        title=claim.title,
        about=claim.about,
        paper=str(claim.source.paper),
        location=claim.source.location,
        status=claim.status.value,
        reading=claim.reading.value,
        reading_note=claim.note,
        kind=type(claim.then).__name__,
        latex=latex(claim.then, flow=claim.when.time is Time.FLOW),
        legend=_legend(claim),
        family=claim.given.name,
        procedure=claim.when.name,
        hypotheses=[hypothesis.name for hypothesis in claim.given.hypotheses],
        parameters={name: str(declared) for name, declared in claim.given.parameters.items()},
    )


def _legend(claim: Claim) -> dict[str, str]:
    import sympy as sp

    used = {str(symbol) for symbol in measured_symbols(claim.then)}
    return {sp.latex(symbol): meaning for symbol, meaning in claim.when.measures.items() if str(symbol) in used}
