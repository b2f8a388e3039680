"""What a false variant fell by is tried on the claim itself."""

from __future__ import annotations

from lemmata import Effort, Rational, conjecture, exp, judge, real, variant
from lemmata.checks._part_result import PartResult
from lemmata.checks._trial import parts, run_part
from lemmata.checks.part import Kind
from lemmata.checks.verdict import Verdict
from lemmata.claims import Claim

x = real("x", low=0, high=1)
REVERSED = variant("reversed", "most numbers are above", then=exp(x) <= Rational(1, 2))
NEARLY = conjecture("most numbers are small", then=x <= Rational(1, 1000), mutants=[REVERSED], findings=False)
WITHIN = conjecture("all numbers are small", then=x**2 <= x, mutants=[REVERSED], findings=False)


def by_a_mutant(claim: Claim) -> PartResult:
    """What the part of the one mutant brings along for the claim."""
    (part,) = (one for one in parts(claim, Effort.QUICK) if one.kind is Kind.MUTANT)
    return run_part(claim, part, Effort.QUICK, 0)


def test_a_witness_that_violates_the_claim_too_refutes_it() -> None:
    """The mutant falls, and the claim falls with it, by the same instance."""
    found = by_a_mutant(NEARLY)

    assert found.mutant is not None
    assert found.mutant.refuted
    assert found.sample is not None
    assert found.sample.refuted


def test_a_witness_that_only_the_variant_is_violated_by_accuses_nobody() -> None:
    """A true claim is untouched by what its false variant falls by."""
    found = by_a_mutant(WITHIN)

    assert found.mutant is not None
    assert found.mutant.refuted
    assert found.sample is None


def test_a_variant_of_another_family_is_no_witness() -> None:
    """An instance of another family need not be one of the claim's."""
    larger = variant("other family", "there all are above", given=[x >= Rational(9, 10)])
    other = conjecture("other", then=x <= Rational(1, 1000), mutants=[larger], findings=False)
    found = by_a_mutant(other)

    assert found.mutant is not None
    assert found.mutant.refuted
    assert found.sample is None


def test_a_bump_that_one_stage_meets_is_not_passed_by_the_others() -> None:
    """A violation of width 1e-5 that only a mutant's hunt meets refutes the claim."""
    centre = Rational(31415926, 10**8)
    bump = conjecture("no bump", then=exp(-((x - centre) ** 2) * 10**10) <= Rational(1, 2))
    evidence = judge(bump, effort=Effort.STANDARD)

    assert evidence.verdict == Verdict.REFUTED.word
