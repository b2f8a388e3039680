"""What a trial may spend on instances that are dear."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp
from toy_claims import FALSE, claim, look_at, n, x

from lemmata.checks import Effort, judge
from lemmata.claims import AtMost, ClaimError, Located, Procedure


@pytest.mark.parametrize("effort", list(Effort))
def test_cost_divides_the_work(effort: Effort) -> None:
    """Ten times the cost is about a tenth of the instances; never fewer than some, and cost one changes nothing."""
    plain, dear, dearest = (effort.budget.at_cost(cost) for cost in (1, 10, 10_000))

    assert effort.budget == plain
    assert plain.points * plain.batch / 20 <= dear.points * dear.batch <= plain.points * plain.batch / 5
    assert (8, 8, 2) == (dearest.points, dearest.batch, dearest.shrink)


def test_a_dear_procedure_is_run_less() -> None:
    """The evidence tells how many instances there were."""
    dear = dataclasses.replace(claim(), when=dataclasses.replace(claim().when, cost=50))
    cheap, few = (judge(Located(one, "toy"), effort=Effort.QUICK, seed=0) for one in (claim(), dear))

    assert cheap.sample is not None
    assert few.sample is not None
    assert few.sample.met < cheap.sample.met / 2


def test_cost_is_positive() -> None:
    """A cost below one is refused with what was expected."""
    with pytest.raises(ClaimError, match="expected 1"):
        Procedure(name="a look", measures={sp.Symbol("x"): "a number"}, run=look_at, cost=0)


def test_a_procedure_that_computes_in_floats_is_settled_by_its_bars() -> None:
    """Its refutation says so, instead of naming exact rationals that it never ran in."""
    false = AtMost(left=x**2 + n, right=0)
    named = []
    for exact in (True, False):
        subject = claim(then=false, mutants=(FALSE,), when=dataclasses.replace(claim().when, exact=exact))
        found = judge(Located(subject, "toy"), effort=Effort.QUICK, seed=0)
        assert found.sample is not None
        assert found.sample.smallest is not None
        named.append(found.sample.smallest.arithmetic)

    assert ["exact rationals", "float64 balls (the error bounds of its solver)"] == named
