"""Proofs by evaluation at random points over prime fields, with arbitrary gates.

The claim's own procedure runs modulo a prime on uniformly random entries; every gate in it (the sign of a
pre-activation) is one more variable, a random element of the field as the entries are. So an identity that
fails for one pattern of zeros and ones among many is no zero polynomial, and one that needs gates to be zero
or one is not proved here. A polynomial of degree d that is not zero modulo p vanishes at a random point with
probability at most d / p (Schwartz, Zippel); d is bounded by running the same code on degrees.

A polynomial that is not zero may be zero modulo a prime, which then divides all of its coefficients. So every point
has a prime of its own, drawn by a digest of the statement: nobody can write an identity around a prime that another
identity would have. Few of the primes divide a given coefficient.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
import sympy as sp

from lemmata.checks._digest import digest
from lemmata.checks._seeds import derived_seed, generator
from lemmata.checks.evidence import NOT_ZERO
from lemmata.checks.judging.sides import Relation, sides
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.texts import closed_over, reached
from lemmata.claims import Claim, ClaimError, Parameters, PrimeField
from lemmata.claims.language.short.draws import SPREAD
from lemmata.solvers.numbers import PRIMES, Degrees, random_prime, random_residues

_BITS = 25
"""A prime has more binary digits than that, and is larger than 2 to it."""
_DIGITS = 300
"""Of a coefficient of a false identity, above the line, for which the error probability is stated."""
_DIVIDE = _DIGITS * math.log2(10) // _BITS / PRIMES
"""Share of the primes that can divide such a coefficient."""
_PLAIN = (int, float, str, Fraction, sp.Basic)
_REDRAWN = 8
"""How often another prime and point are drawn where a denominator is zero."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Outcome of the evaluation: ``remainder`` names the first shape and case that failed."""

    method: str
    closed: bool
    error_probability: float
    remainder: str


def prove_over_prime_field(claim: Claim, proof: PrimeField, seed: int) -> Finding:
    """Evaluate the conclusion at random points modulo primes, at the edges and at random shapes.

    Raises:
        ClaimError: the conclusion is an inequality.
        ZeroDivisionError: it divides by what is zero modulo every prime that was drawn.
    """
    points = [claim.given.at_edge(edge) for edge in claim.given.edges]
    drawn = draw_points(claim.given.parameters, proof.shapes, derived_seed(seed, claim.key, "proof", "points"))
    shapes = [{**point, **proof.fixed} for point in islice([*points, *drawn], proof.shapes)]
    method = (
        f"evaluation at {len(shapes)} shapes, {proof.draws} random points each, every point modulo a prime of its own "
        "that a digest of the statement draws, arbitrary gates"
    )
    stated, chance = _digest(claim), 0.0
    for index, parameters in enumerate(shapes):
        for draw in range(proof.draws):
            failed = _failure(claim, parameters, (seed, claim.key, "proof", stated, index, draw))
            if failed:
                return Finding(method=method, closed=False, error_probability=0.0, remainder=failed)
        degree = _degree(claim, parameters, generator(seed, claim.key, "proof", index))
        chance = max(chance, (degree / 2**_BITS + _DIVIDE) ** proof.draws)
    return Finding(method=method, closed=True, error_probability=chance, remainder="")


def _digest(claim: Claim) -> str:
    """A digest of the conclusion and of what is run: its name, which has its formulas, and its code."""
    functions = list(reached(claim.when.run))
    code = [part for function in functions for part in _parts(function.__code__)]
    held = [one for function in functions for one in closed_over(function) if isinstance(one, _PLAIN)]
    return digest(type(claim.then).__name__, claim.then, claim.when.name, *code, *held)


def _parts(code: types.CodeType) -> Iterator[Any]:
    """What a function does, without where it is written."""
    yield from (code.co_code, code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _parts(constant)
        else:
            yield sorted(map(repr, constant)) if isinstance(constant, frozenset) else repr(constant)


def _spoken(parameters: Parameters) -> str:
    return ", ".join(f"{name} = {value}" for name, value in parameters.items() if name != SPREAD)


def _failure(claim: Claim, parameters: Parameters, axes: tuple[Any, ...]) -> str:
    """Where the sides differ at one random point, in words; empty where they do not."""
    for attempt in range(_REDRAWN):
        rng = generator(*axes, attempt)
        prime = random_prime(rng)
        try:
            failed = _first_failure(claim, parameters, prime, rng)
        except ZeroDivisionError:
            if attempt == _REDRAWN - 1:
                raise
            continue
        at = " at ".join(["", *filter(None, [_spoken(parameters)])])
        return "" if failed is None else f"{NOT_ZERO} modulo {prime}{at}{failed and f' ({failed})'}"
    return ""


def _first_failure(claim: Claim, parameters: Parameters, prime: int, rng: np.random.Generator) -> str | None:
    """The name, which may be empty, of the first case that is not zero; None where every one is."""
    shaped = claim.given.draw(parameters, rng, 1)
    residues = {name: random_residues(np.shape(value), rng, prime) for name, value in shaped.items()}
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
