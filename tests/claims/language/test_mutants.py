"""Mutants that are derived from their claim."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from lemmata.claims import AtLeast, AtMost, ClaimError, Conserved, Mutant, dropped, exponent, load, swapped, tightened

(BOUND,) = (one.claim for one in load(["du2018/ratio-from-difference"]).claims)
(LAW,) = (one.claim for one in load(["du2018/scalar-step"]).claims)
X, Y, S = list(BOUND.when.meanings)[:3]
"""Three of the quantities that its procedure measures."""


def derived(*mutants: Mutant, **changes: object) -> tuple[Mutant, ...]:
    """The mutants as they are shaped by the claim with these changes."""
    return dataclasses.replace(BOUND, mutants=mutants, **changes).mutants  # type: ignore[arg-type]


def test_tightened_moves_an_upper_bound_down() -> None:
    """The right side of AtMost is multiplied, and the mutant does not claim to be tight."""
    (mutant,) = derived(tightened(sp.Rational(1, 2)), then=AtMost(left=X, right=Y, tight=True))

    assert AtMost(left=X, right=Y / 2) == mutant.then


def test_tightened_moves_a_lower_bound_up() -> None:
    """The right side of AtLeast is divided."""
    (mutant,) = derived(tightened(sp.Rational(1, 2)), then=AtLeast(left=X, right=Y))

    assert AtLeast(left=X, right=2 * Y) == mutant.then


def test_exponent_brings_another_power() -> None:
    """A bound s is moved to s^3 by a shift of two."""
    (mutant,) = derived(exponent(S, 2, because="units"), then=AtMost(left=X, right=S))

    assert AtMost(left=X, right=S**3) == mutant.then


def test_dropped_leaves_all_other_hypotheses() -> None:
    """The family of the mutant lacks the named hypothesis only."""
    (mutant,) = derived(dropped("the product is not zero", because="both sides are infinite"))

    assert mutant.given is not None
    assert () == mutant.given.hypotheses


def test_swapped_exchanges_symbols() -> None:
    """Both symbols move at once, in every formula of the conclusion."""
    (mutant,) = derived(swapped(X, Y, because="not symmetric"), then=AtMost(left=X, right=Y + S))

    assert AtMost(left=Y, right=X + S) == mutant.then


def test_what_cannot_be_derived_says_why() -> None:
    """A law has no bound to tighten, and an unknown hypothesis is named with the known ones."""
    with pytest.raises(ClaimError, match="for bounds, AtMost or AtLeast; the conclusion is Conserved"):
        dataclasses.replace(LAW, mutants=(tightened(sp.Rational(1, 2)),))
    with pytest.raises(ClaimError, match="it has 'the product is not zero'"):
        derived(dropped("x > 0", because="it is needed"))
    assert isinstance(LAW.then, Conserved)


def test_a_mutant_that_changes_nothing_is_refused() -> None:
    """Tightening by one is no mutant."""
    with pytest.raises(ClaimError, match="equals the claim"):
        derived(tightened(1), then=AtMost(left=X, right=Y))
