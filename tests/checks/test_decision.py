"""The decision as a stage of the trial: verdicts, mutants, replays and falsify."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from lemmata import (
    Effort,
    at_least,
    conjecture,
    dimension,
    dot,
    judge,
    measured,
    norm2,
    positive,
    real,
    sqrt,
    variant,
    vector,
)
from lemmata.checks import Store, Verdict, falsify, run
from lemmata.checks._decide import decision, own_decision
from lemmata.checks._part_result import PartResult
from lemmata.checks._replay import replay
from lemmata.checks._trial import assemble, parts, run_part
from lemmata.checks.part import DECISION
from lemmata.checks.proof import real_closed
from lemmata.claims import Claim, Decided, Hypothesis, Located, load
from lemmata.reports.decisions import lines

u, v, m, x, y = real("u", "v", "m", "x", "y")
eta, n = positive("eta"), dimension("n", upto=9)
X, Y = vector("X", "Y", n)
r = u * v - m
u_next, v_next = u - eta * r * v, v - eta * r * u
THIN = """from sympy import sign
from lemmata import at_least, conjecture, real
x, y = real("x", "y")
thin = conjecture("Thin", key="t/thin", then=at_least(sign((x**2 + y**2 - 1) ** 2 + (x - y) ** 2), 1))
"""


def less_balanced() -> Claim:
    """The README's conjecture."""
    return conjecture(
        "Balance", key="t/less", given=[eta * abs(r) <= sqrt(2)], then=abs(u_next**2 - v_next**2) <= abs(u**2 - v**2)
    )


def test_a_conjecture_about_numbers_is_proved() -> None:
    """What is decided for all real numbers, and has no sizes, is proved; it says by which solver, in which numbers."""
    evidence = judge(less_balanced(), effort=Effort.QUICK)

    assert Verdict.PROVED.word == evidence.verdict
    assert "decided by z3" in evidence.sentence
    assert next(lines(evidence)).startswith("true for all real numbers, computed exactly (by z3")
    assert all(mutant.refuted for mutant in evidence.mutants)


def test_a_conjecture_with_sizes_holds_where_it_was_decided() -> None:
    """Dimensions one and two are not all dimensions; where the claim says why they are enough, it is proved."""
    then = dot(X, Y) ** 2 <= norm2(X) * norm2(Y)
    reduced = Decided(shapes=({"n": 2},), covers="vectors of any length, which span a plane")

    held = judge(conjecture("Schwarz", key="t/s", then=then), effort=Effort.QUICK)
    proved = judge(conjecture("Schwarz", key="t/s", then=then, proof=reduced), effort=Effort.QUICK)

    assert Verdict.HOLDS.word == held.verdict
    assert "Decided for all real numbers at n = 1" in held.sentence
    assert Verdict.PROVED.word == proved.verdict
    assert "vectors of any length" in proved.sentence


def test_a_declared_decision_must_come_to_an_end() -> None:
    """A claim that says it is decided, and is not, is undecided for its proof."""
    claim = conjecture("Tangent", key="t/t", then=x + 1 <= sp.exp(x), proof=Decided(covers="every x"))

    evidence = judge(claim, effort=Effort.QUICK)

    assert (Verdict.UNDECIDED.word, "proof") == (evidence.verdict, evidence.reason)
    assert "exp enters" in evidence.sentence


def test_a_parameter_at_one_value_covers_no_range() -> None:
    """Where the procedure takes a real parameter as a float, one value of it was decided, whatever is declared."""
    claim = load(["polyak1964/gradient-descent-stable"]).claims[0].claim
    scaled = Hypothesis(name="a scale", holds=lambda p, one: one["eta"] * float(p["spread"]) > 0)
    family = dataclasses.replace(claim.given, hypotheses=(*claim.given.hypotheses, scaled))

    made = own_decision(dataclasses.replace(claim, given=family), Effort.QUICK.budget)

    assert "true" == made.outcome
    assert not made.covers


def test_a_mutant_that_is_true_is_told_from_a_weak_search() -> None:
    """A variant that no one can refute is said to be true."""
    claim = conjecture("Squares", key="t/q", then=at_least(x**2 + y**2 + 1, sp.Rational(1, 4)))

    evidence = judge(claim, effort=Effort.QUICK)

    survivors = {mutant.name: mutant.decided for mutant in evidence.mutants if not mutant.refuted}
    assert {"tightened by 1/2", "tightened by 9/10", "tightened by 99/100"} <= set(survivors)
    assert {"true for all real numbers"} == set(survivors.values())


def test_a_mutant_that_sampling_misses_falls_by_its_exact_witness() -> None:
    """It is false at the root of two alone, which no float is; the record holds the root, to be replayed."""
    squared = (x**2 - 2) ** 2
    strict = variant("never zero", "it is zero at the root of two", then=at_least(sp.sign(squared), 1))
    claim = conjecture("A square", key="t/w", then=at_least(squared, 0), mutants=[strict], findings=False)

    (mutant,) = judge(claim, effort=Effort.QUICK).mutants

    assert mutant.refuted
    assert mutant.sample.smallest is not None
    assert "exact algebraic numbers" == mutant.sample.smallest.arithmetic
    assert "sqrt(2)" in mutant.sample.smallest.exact["x"]


def test_what_is_false_at_a_root_only_is_refuted_and_replayed(tmp_path: Path) -> None:
    """No sampler meets two algebraic points; the decision does, and the record replays to the same two sides."""
    file = tmp_path / "thin.py"
    file.write_text(THIN, encoding="utf-8")
    with Store.open(tmp_path / "store.sqlite") as store:
        (evidence,) = run(load([str(file)]), effort=Effort.QUICK, seed=0, jobs=None, store=store).claims
        assert evidence.decision is not None
        found = evidence.decision.counterexample
        assert found is not None
        again = replay(store, found.id, claims=[str(file)])

    assert Verdict.REFUTED.word == evidence.verdict
    assert "exact algebraic numbers" in evidence.sentence
    assert again.agrees
    assert "exact_entries" in again.python
    printed: dict[str, Any] = {}
    exec(again.python.replace("print(", "settled = ("), printed)  # noqa: S102 - the script that a user pastes
    assert found.arithmetic == printed["settled"].arithmetic == "exact algebraic numbers"


def test_hypotheses_of_roots_are_met_in_algebraic_numbers() -> None:
    """An equality of roots is decided in their field, and that is said; one of rationals needs none."""
    at_a_root = judge(conjecture("Root", key="t/r", given=[x**2 >= 2, x**2 <= 2], then=x**3 <= 2), effort=Effort.QUICK)
    at_a_ratio = judge(conjecture("Ratio", key="t/s", given=[2 * x >= 1, 2 * x <= 1], then=x <= 0), effort=Effort.QUICK)

    assert ["algebraic numbers", "rationals"] == [
        one.decision.counterexample.hypotheses.partition(" and balls")[0]
        for one in (at_a_root, at_a_ratio)
        if one.decision is not None and one.decision.counterexample is not None
    ]


def test_nothing_is_said_of_a_decision_about_another_formula() -> None:
    """Where measured values break what sympy has simplified with, the decision was of what is not the claim."""
    p = measured("p", positive=True)
    claim = conjecture("Signs", key="t/b", runs=lambda x: {"p": x}, then=abs(p) <= abs(x))

    evidence = judge(claim, effort=Effort.QUICK)

    assert "error" == evidence.verdict
    assert evidence.decision is None


def test_variants_are_decided_where_the_claim_is() -> None:
    """A shape at which the claim stays open is as hard for its variants, which are not asked there."""
    made = decision(load(["zhang2026/momentum-charge"]).claims[0].claim, Effort.QUICK.budget)

    assert ["true", "open"] == [one.outcome for one in made.shapes]
    assert made.variants
    assert all([made.shapes[0].parameters] == [one.parameters for one in each.shapes] for each in made.variants)


def test_falsify_decides_first(tmp_path: Path) -> None:
    """One round is enough for what no search finds, and every hypothesis gets an exact witness of its need."""
    claim = conjecture("One point", key="t/o", given=[(x**2 - 2) ** 2 <= 0], then=x <= 1)
    with Store.open(tmp_path / "store.sqlite") as store:
        attempt, *_ = falsify(Located(claim, "here"), seconds=20, seed=0, store=store)

    assert attempt.found is not None
    assert 1 == attempt.rounds
    assert {"x": "sqrt(2)"} == attempt.found.exact


def test_without_the_solver_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """z3 missing or too old is said as the reason, and the claim is judged by all the rest."""

    def missing() -> str:
        raise real_closed.MissingSolverError("z3-solver 4.13 or newer is not installed; pip install z3-solver")

    monkeypatch.setattr(real_closed, "solver_name", missing)

    evidence = judge(less_balanced(), effort=Effort.QUICK)

    assert Verdict.HOLDS.word == evidence.verdict
    assert evidence.decision is not None
    assert "pip install z3-solver" in evidence.decision.reason


def test_a_decision_that_dies_is_no_error_of_the_claim() -> None:
    """Where the process of the decision ends, the claim is judged by all the rest, and the reason is on record."""
    claim = less_balanced()
    located = Located(claim, "here")
    results = {part: run_part(claim, part, Effort.QUICK, 0) for part in parts(claim, Effort.QUICK)}
    results[DECISION] = PartResult(error="decision: its process used 9,000 MB, more than allowed")

    evidence = assemble(located, results)

    assert Verdict.HOLDS.word == evidence.verdict
    assert evidence.decision is not None
    assert "9,000 MB" in evidence.decision.reason
