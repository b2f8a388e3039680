"""Proofs are held against the claim's own code: a translation that says something else proves nothing."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from helpers.toy_claims import ONLY_X, column, numbers, procedure
from helpers.toy_claims import claim as toy

from lemmata import Max, conjecture, measured, positive, real, sqrt
from lemmata.checks.proof.agreement import comparison
from lemmata.checks.proof.decide import Found, Outcome, decide
from lemmata.checks.proof.problems import problem
from lemmata.claims import AtLeast, Claim, Measurement, Monotone, Mutant, Time, integers, reals
from lemmata.solvers.numbers.symbolic import Ledger, atom
from lemmata.solvers.numbers.symbolic import reals as single

x, y, c = real("x"), real("y"), positive("c")
LARGER = conjecture("Larger", key="t/larger", then=Max(x, 2) <= abs(x) + 2)
ROOTS = conjecture("Roots", key="t/roots", then=sqrt(1 + abs(x)) <= 1 + sqrt(abs(x)))
STEPS = conjecture("Steps", key="t/steps", given=[x + y <= 1], then=(x + c * y) ** 2 <= (1 + c**2) * (x**2 + y**2))


def decided(claim: Claim) -> Found:
    """A claim at its smallest shape."""
    return decide(claim, {name: one.simplest for name, one in claim.given.parameters.items()}, 5.0)


def test_a_translation_that_makes_another_number_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the larger of two were always the second, the statement would be proved of something else."""
    assert Outcome.TRUE is decided(LARGER).outcome
    monkeypatch.setattr(single, "larger", lambda _one, other: other)

    found = decided(LARGER)

    assert Outcome.OPEN is found.outcome
    assert "its translation into polynomials is wrong at x = " in found.reason


def test_a_translation_that_leaves_out_numbers_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """If roots below one were left out, what is true of the others alone would be called true of all."""
    assert Outcome.TRUE is decided(ROOTS).outcome
    usual = Ledger.root_of

    def unguarded(self: Ledger, cases: Any, degree: int) -> Any:
        root = usual(self, cases, degree)
        self.define(atom(1 - root, "<="))
        return root

    monkeypatch.setattr(Ledger, "root_of", unguarded)

    assert "is wrong at x = " in decided(ROOTS).reason


def test_code_that_goes_another_way_over_symbols_proves_nothing() -> None:
    """A procedure that looks at the kind of its numbers is not what was decided."""

    def run(x: Any) -> dict[str, Any]:
        return {"z": x * 0 if type(x).__name__ == "Symbolic" else np.abs(x) * 2}

    found = decided(conjecture("Two ways", key="t/ways", runs=run, then=measured("z") <= abs(x)))

    assert Outcome.OPEN is found.outcome
    assert "is wrong at x = " in found.reason


@pytest.mark.parametrize("claim", [LARGER, ROOTS, STEPS], ids=lambda claim: claim.key)
def test_points_are_compared_where_there_are_any(claim: Claim) -> None:
    """Points that meet the hypotheses are looked at, and a right translation agrees at each."""
    stated = problem(claim, {name: one.simplest for name, one in claim.given.parameters.items()}, 5.0)

    compared = comparison(claim, stated)

    assert not compared.where
    assert compared.points >= 3


def test_a_conclusion_that_compares_nothing_is_not_proved() -> None:
    """Along no step at all anything grows, which says nothing."""

    def still(_: Any, drawn: Any) -> Measurement:
        return Measurement.of({"x": column(drawn["x"])}, case="x")

    grows = Monotone(quantity=next(iter(ONLY_X)), increasing=True)
    falls = Mutant(name="falls", because="it may grow", then=replace(grows, increasing=False))
    claim = toy(when=procedure(still, time=Time.STEPS, measures=ONLY_X), then=grows, mutants=(falls,))

    assert "compares nothing at this shape" in decided(claim).reason


def test_a_parameter_that_code_rounds_is_no_disagreement() -> None:
    """One over a parameter is a float where the code is run, and exact where it is decided."""

    def scaled(parameters: Any, drawn: Any) -> Measurement:
        return Measurement.of({"x": column(drawn["x"] * (1 / parameters["h"]))}, case="x")

    given = numbers(parameters={"n": integers(1, 9), "h": reals(1, 2)})
    square = AtLeast(left=next(iter(ONLY_X)) ** 2, right=0)
    false = Mutant(name="above one", because="x may be zero", then=replace(square, right=1))
    claim = toy(given=given, when=procedure(scaled, measures=ONLY_X), then=square, mutants=(false,))

    assert ("", Outcome.TRUE) == (decided(claim).reason, decided(claim).outcome)
