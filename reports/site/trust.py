"""What a verdict rests on: what was decided, what was proved, and what a reader has to trust."""

from __future__ import annotations

from collections.abc import Iterator

from lemmata.checks.evidence import Evidence
from lemmata.claims.language.paper import NO_PAPER
from lemmata.reports import words


def rests_on(claim: Evidence) -> list[str]:
    """Sentences, the strongest first."""
    return [*_proved(claim), *_decided(claim), *_refuted(claim), *_sampled(claim), *_read(claim)]


def _proved(claim: Evidence) -> Iterator[str]:
    proof = claim.proof
    if proof is None:
        return
    if not proof.closed:
        yield f"The proof by {proof.method} does not close: nothing is concluded from it."
        return
    chance = "no chance is involved"
    if proof.error_probability:
        chance = f"a false identity would pass with probability {words.number(proof.error_probability)} at most"
    yield f"Proved by {proof.method} for {proof.covers or 'the statement'}; {chance}."
    taken = "; ".join(proof.given)
    yield (
        f"The proof takes for granted: {taken}." if taken else "The proof takes nothing for granted but the statement."
    )


def _decided(claim: Evidence) -> Iterator[str]:
    found = claim.decision
    if found is None or found.outcome != "true":
        return
    where = f" at {found.where}" if found.where else ""
    yield f"Decided for all real numbers{where}; to be trusted for it: {found.trusted}."
    if found.given:
        yield f"The decision takes for granted: {'; '.join(found.given)}."


def _refuted(claim: Evidence) -> Iterator[str]:
    found = words.all_counterexamples(claim)
    for arithmetic in dict.fromkeys(example.arithmetic for _, example in found):
        yield f"The refutation was confirmed in {arithmetic}."
    for hypotheses in dict.fromkeys(example.hypotheses for _, example in found if example.hypotheses):
        yield f"That the counterexample meets the hypotheses was decided by {hypotheses}."


def _sampled(claim: Evidence) -> Iterator[str]:
    stages = claim.stages.values()
    exact = sum(stage.exact for stage in stages)
    if exact:
        yield f"{words.whole(exact)} instances were settled in exact arithmetic, the others within error bounds."
    elif any(stage.relations for stage in stages):
        yield "Every relation was judged within the error bounds of its own run."
    if claim.verdict in {"holds", "supported"}:
        yield "This is evidence and no proof: an instance that was not drawn may differ."
    if any(stage.estimates for stage in stages):
        yield "Estimates extrapolate: no finite sample or grid excludes another regime beyond it."


def _read(claim: Evidence) -> Iterator[str]:
    statement = claim.statement
    if statement.paper.startswith(NO_PAPER):
        yield "The statement is the file's own: no paper was read for it."
        return
    note = f": {statement.reading_note}" if statement.reading_note else ""
    yield f"The reading of the paper is {statement.reading}{note}."
