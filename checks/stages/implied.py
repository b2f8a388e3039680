"""Bounds with an implied constant, and the same with a number in its place."""

from __future__ import annotations

from fractions import Fraction

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
    then = replace_constant(claim.then, sp.Rational(int(number.p), int(number.q)))
    return claim.mutated(Mutant(name="fixed constant", because="the constant is a number", then=then))


def written(claim: Claim, enough: Fraction) -> str:
    """The constant of a claim, as `with_constant` reads it: of a bound from below one over what is enough."""
    return str(1 / enough if isinstance(claim.then, AtLeast) else enough)


def not_positive(claim: Claim) -> Claim:
    """That the side which the constant stands before is zero or less, so that no constant is enough."""
    if not isinstance(claim.then, AtMost | AtLeast):
        return claim
    bound = replace_constant(claim.then, sp.S.One)
    then = AtMost(left=bound.right if isinstance(bound, AtMost) else bound.left, right=sp.S.Zero)
    return claim.mutated(Mutant(name="not positive", because="no constant is enough there", then=then))
