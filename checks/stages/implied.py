"""Bounds with an implied constant, and the same with a number in its place."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, replace_constant
from lemmata.solvers.numbers.written import read_rational


def has_constant(claim: Claim) -> bool:
    """Whether the claim is a bound with an implied constant."""
    return isinstance(claim.then, AtMost | AtLeast) and claim.then.constant is not None


def with_constant(claim: Claim, constant: str) -> Claim:
    """The claim with a number for its implied constant; the claim itself for no number.

    Args:
        claim: a bound with an implied constant.
        constant: a fraction as text, as a counterexample records it.

    Raises:
        ValueError: the text does not read as a number.
    """
    if not constant or not isinstance(claim.then, AtMost | AtLeast):
        return claim
    number = read_rational(constant)
    return _with_number(claim, claim.then, sp.Rational(int(number.p), int(number.q)))


def with_enough(claim: Claim, enough: int) -> Claim:
    """The claim with so large a number for its implied constant; of a bound from below with one over it."""
    if not isinstance(claim.then, AtMost | AtLeast):
        return claim
    return _with_number(
        claim, claim.then, sp.Rational(1, enough) if isinstance(claim.then, AtLeast) else sp.Integer(enough)
    )


def _with_number(claim: Claim, bound: AtMost | AtLeast, number: sp.Rational) -> Claim:
    then = replace_constant(bound, number)
    return claim.mutated(Mutant(name="fixed constant", because="the constant is a number", then=then))
