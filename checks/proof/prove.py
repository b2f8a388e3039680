"""The symbolic stage: dispatch to the method that the claim declares, and try its power on the mutants."""

from __future__ import annotations

import time

from lemmata.checks.evidence import NOTHING_DECLARED, Proof
from lemmata.checks.proof.free_algebra import prove_in_free_algebra
from lemmata.checks.proof.prime_field import Finding, prove_over_prime_field
from lemmata.claims import Claim, ClaimError, Decided, FreeAlgebra, PrimeField


def prove(claim: Claim, seed: int) -> Proof | None:
    """Carry out the claim's declared proof; ``None`` where it declares none.

    The same proof is then given every mutant that changes the conclusion only: a prover that proves a false
    statement too proves nothing.
    """
    started = time.perf_counter()
    if claim.proof is None or isinstance(claim.proof, Decided):  # what is decided has a stage of its own
        return None
    finding = _attempt(claim, claim, seed)
    outcomes = _on_mutants(claim, seed)
    return Proof(
        method=finding.method,
        closed=finding.closed,
        covers=claim.proof.covers,
        error_probability=finding.error_probability,
        given=list(claim.proof.given),
        remainder=finding.remainder,
        refused=[name for name, proved in outcomes.items() if not proved],
        mistaken=[name for name, proved in outcomes.items() if proved],
        seconds=time.perf_counter() - started,
    )


def _attempt(claim: Claim, statement: Claim, seed: int) -> Finding:
    """The claim's proof, applied to the conclusion of ``statement``."""
    if not isinstance(claim.proof, FreeAlgebra):
        return prove_over_prime_field(statement, claim.proof, seed) if isinstance(claim.proof, PrimeField) else _NOTHING
    remainder = prove_in_free_algebra(statement, claim.proof)
    return Finding(
        method="free algebra with transpose", closed=not remainder, error_probability=0.0, remainder=remainder
    )


_NOTHING = Finding(method="none", closed=False, error_probability=0.0, remainder=NOTHING_DECLARED)


def _on_mutants(claim: Claim, seed: int) -> dict[str, bool]:
    """For each mutant of the conclusion alone, whether the proof closes on it too."""
    proved = {}
    for mutant in claim.mutants:
        if mutant.then is None or mutant.given is not None or mutant.when is not None:
            continue
        try:
            closed = _attempt(claim, claim.mutated(mutant), seed).closed
        except ClaimError:
            continue  # the variant uses what the method does not have, and so it is not proved either
        if mutant.must_fall or not closed:  # one that need not be false may be proved
            proved[mutant.name] = closed
    return proved
