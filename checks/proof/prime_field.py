"""Proofs by evaluation at random points over a prime field, with arbitrary gates.

The claim's own procedure runs modulo a prime on uniformly random entries; every gate in it (the sign of a
pre-activation) is one more variable, a random element of the field as the entries are. So an identity that
fails for one pattern of zeros and ones among many is no zero polynomial, and one that needs gates to be zero
or one is not proved here. A polynomial of degree d that is not zero vanishes at a random point with
probability at most d / p (Schwartz, Zippel); d is bounded by running the same code on degrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import NOT_ZERO
from lemmata.checks.judging.sides import Relation, sides
from lemmata.checks.stages.points import draw_points
from lemmata.claims import Claim, ClaimError, Parameters, PrimeField
from lemmata.claims.language.short.draws import SPREAD
from lemmata.solvers.numbers import PRIME, Degrees, random_residues


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Outcome of the evaluation: ``remainder`` names the first shape and case that failed."""

    method: str
    closed: bool
    error_probability: float
    remainder: str


def prove_over_prime_field(claim: Claim, proof: PrimeField, seed: int) -> Finding:
    """Evaluate the conclusion at random points modulo a prime, at the edges and at random shapes.

    Raises:
        ClaimError: the conclusion is an inequality.
    """
    points = [claim.given.at_edge(edge) for edge in claim.given.edges]
    drawn = draw_points(claim.given.parameters, proof.shapes, derived_seed(seed, claim.key, "proof", "points"))
    shapes = [{**point, **proof.fixed} for point in islice([*points, *drawn], proof.shapes)]
    chance = 0.0
    for index, parameters in enumerate(shapes):
        rng = generator(seed, claim.key, "proof", index)
        failed = _first_failure(claim, parameters, proof.draws, rng)
        if failed is not None:
            return Finding(
                method=_method(len(shapes), proof.draws),
                closed=False,
                error_probability=0.0,
                remainder=f"{NOT_ZERO} modulo {PRIME} at {_spoken(parameters)}{failed and f' ({failed})'}",
            )
        chance = max(chance, (_degree(claim, parameters, rng) / PRIME) ** proof.draws)
    return Finding(method=_method(len(shapes), proof.draws), closed=True, error_probability=chance, remainder="")


def _spoken(parameters: Parameters) -> str:
    return ", ".join(f"{name} = {value}" for name, value in parameters.items() if name != SPREAD)


def _method(shapes: int, draws: int) -> str:
    return f"evaluation modulo the prime {PRIME} at {shapes} shapes, {draws} random points each, arbitrary gates"


def _first_failure(claim: Claim, parameters: Parameters, draws: int, rng: np.random.Generator) -> str | None:
    """The name, which may be empty, of the first case that is not zero; None where every one is."""
    shaped = claim.given.draw(parameters, rng, draws)
    residues = {name: random_residues(np.shape(value), rng) for name, value in shaped.items()}
    measured = claim.when.run(parameters, residues)
    for case in measured.cases:
        pair = sides(claim.then, case, claim.when.time)
        if pair.relation is not Relation.EQUAL:
            raise ClaimError(f"{claim.key}: a prime field proves equalities, not {type(claim.then).__name__}")
        if np.any(pair.difference.value):
            return case.name
    return None


def _degree(claim: Claim, parameters: Parameters, rng: np.random.Generator) -> int:
    """A bound on the total degree of ``left - right`` in the drawn entries."""
    shaped = claim.given.draw(parameters, rng, 1)
    linear: dict[str, Any] = {name: Degrees.variables(np.shape(value)) for name, value in shaped.items()}
    measured = claim.when.run(parameters, linear)
    pairs = [sides(claim.then, case, claim.when.time) for case in measured.cases]
    return max(int(np.max(pair.difference.value)) for pair in pairs)
