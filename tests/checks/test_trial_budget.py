"""What a trial may spend on instances that are dear."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp
from toy_claims import claim, look_at

from lemmata.checks import Effort, judge
from lemmata.claims import ClaimError, Located, Procedure


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
