"""The symbolic stage: dispatch to the method that the claim declares."""

from __future__ import annotations

import time

from lemmata.checks._algebra import prove_in_free_algebra
from lemmata.checks._residues import prove_over_prime_field
from lemmata.checks.evidence import Proof
from lemmata.claims import Claim, FreeAlgebra


def prove(claim: Claim, seed: int) -> Proof | None:
    """Carry out the claim's declared proof; ``None`` where it declares none."""
    started = time.perf_counter()
    if claim.proof is None:
        return None
    if isinstance(claim.proof, FreeAlgebra):
        remainder = prove_in_free_algebra(claim, claim.proof)
        return Proof(
            method="free algebra with transpose",
            closed=not remainder,
            covers=claim.proof.covers,
            error_probability=0.0,
            given=list(claim.proof.given),
            remainder=remainder,
            seconds=time.perf_counter() - started,
        )
    finding = prove_over_prime_field(claim, claim.proof, seed)
    return Proof(
        method=finding.method,
        closed=finding.closed,
        covers=claim.proof.covers,
        error_probability=finding.error_probability,
        given=list(claim.proof.given),
        remainder=finding.remainder,
        seconds=time.perf_counter() - started,
    )
