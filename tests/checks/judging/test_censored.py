"""Passages that never came: what "not within N" refutes, and what it leaves open."""

from typing import Any

import numpy as np
import pytest
import sympy as sp
from toy_claims import claim, numbers, procedure

from lemmata.checks import Effort, Evidence, Ruling, judge, settle
from lemmata.claims import (
    AtLeast,
    AtMost,
    Case,
    Claim,
    ClaimError,
    Conclusion,
    Edge,
    Identity,
    Instances,
    Located,
    Measurement,
    Mutant,
    Parameters,
    WithProbability,
    reals,
)

T, tau = sp.symbols("T tau", positive=True)
WITHIN = 16
"""How many steps a run takes at most."""


def passage(_: Parameters, instances: Instances) -> Measurement:
    """When a walk of speed ``v`` passes one; a run looks at ``WITHIN`` steps."""
    speed = instances["v"]
    never = np.array([bool(one) for one in np.asarray(instances["late"]).flat])
    late = never.astype(int)
    came = (1 / speed) * (1 - late) + late * WITHIN
    values = {T: came, tau: 1 / speed}
    return Measurement(cases=(Case(name="walk", values=values, censored={T: never}),))


def walks(share: float, then: Conclusion, wrong: Conclusion) -> Claim:
    """Walks of which a share never passes within the run."""

    def draw(_: Parameters, rng: np.random.Generator, size: int) -> Instances:
        speed = 2.0 ** rng.integers(-3, 1, size=size)
        late = rng.random(size) < share
        return {"v": np.where(late, 2.0 ** rng.integers(-9, -5, size=size), speed), "late": late.astype(int)}

    family = numbers(draw=draw, parameters={"n": reals(0, 1)}, edges=(Edge(name="any"),))
    look = procedure(passage_of_bools, measures={T: "when it passes", tau: "1/v"})
    return claim(given=family, when=look, then=then, mutants=(Mutant(name="off", because="it is 1/v", then=wrong),))


def passage_of_bools(parameters: Parameters, instances: Instances) -> Measurement:
    """The same in every number system: the mark is read as a float."""
    from lemmata.solvers import as_floats

    return passage(parameters, {**instances, "late": as_floats(instances["late"]) > 0})


def trial(subject: Claim) -> Evidence:
    """A quick trial."""
    return judge(Located(subject, "toy"), effort=Effort.QUICK, seed=0)


WRONG = AtMost(left=T, right=tau / 4)


class TestVerdicts:
    """Whole trials of claims on passage times."""

    def test_an_upper_bound_that_it_exceeds(self) -> None:
        """T <= 8 is refuted by a walk that has not passed within 16 steps."""
        assert "refuted" == trial(walks(0.05, AtMost(left=T, right=8), WRONG)).verdict

    def test_an_upper_bound_beyond_the_run(self) -> None:
        """T <= 1/v is left open by every walk that is not seen to pass: half of them decide nothing."""
        found = trial(walks(0.5, AtMost(left=T, right=tau), WRONG))

        assert ("undecided", "open") == (found.verdict, found.reason)

    def test_few_are_tolerated(self) -> None:
        """A few walks that decide nothing do not undo the others."""
        assert "holds" == trial(walks(0.03, AtMost(left=T, right=tau), WRONG)).verdict

    def test_probability(self) -> None:
        """That T <= 8 for nine walks of ten is contradicted by the half that is not seen to pass."""
        late = WithProbability(event=AtMost(left=T, right=8), at_least=sp.Rational(9, 10), resolution=sp.Rational(1, 5))

        assert "refuted" == trial(walks(0.5, late, late.event)).verdict

    def test_no_claimed_form_is_believed(self) -> None:
        """T = 1/v is not confirmed by walks that never passed, whatever number stands for them."""
        assert "undecided" == trial(walks(1.0, Identity(left=T, right=tau), WRONG)).verdict


@pytest.mark.parametrize(
    ("then", "ruling"),
    [
        (AtMost(left=T, right=15), Ruling.VIOLATED),
        (AtMost(left=2 * T + 1, right=tau / 2), Ruling.VIOLATED),
        (AtMost(left=T, right=17), Ruling.UNSETTLED),
        (AtLeast(left=T, right=15), Ruling.HOLDS),
        (AtLeast(left=T, right=17), Ruling.UNSETTLED),
        (Identity(left=T, right=15), Ruling.VIOLATED),
        (Identity(left=T, right=17), Ruling.UNSETTLED),
        (AtMost(left=sp.Abs(T - 20), right=1), Ruling.UNSETTLED),
    ],
)
def test_settled_exactly(then: Conclusion, ruling: Ruling) -> None:
    """A run of 16 steps without a passage, 1/v = 32: each relation as it must be ruled in exact numbers."""
    instance: dict[str, Any] = {"v": np.array([1 / 32]), "late": np.array([1])}

    assert ruling is settle(walks(0.5, then, WRONG), {"n": 0.5}, instance).ruling


def test_a_mask_must_name_a_value() -> None:
    """A mask for what is not measured, or that is no mask, is refused by name."""
    with pytest.raises(ClaimError, match="T censored"):
        Case(name="walk", values={tau: np.ones(2)}, censored={T: np.ones(2, dtype=bool)})
    with pytest.raises(ClaimError, match="boolean"):
        Case(name="walk", values={T: np.ones(2)}, censored={T: np.ones(2)})
