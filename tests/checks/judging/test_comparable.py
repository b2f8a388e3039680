"""Exact numbers on which hypotheses are decided, beside the rationals that the solvers' helpers make."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from claim_tools import located_claim

from lemmata.checks.judging.comparable import comparable
from lemmata.checks.judging.membership import Membership, standing
from lemmata.solvers import full, zeros


@pytest.mark.parametrize("made", [lambda like: full(like, 3), lambda like: zeros(like, (2,)) + 3])
def test_numbers_of_the_solvers_mix_with_exact_ones(made: Any) -> None:
    """What `full` and `zeros` make of a number may be added to, multiplied by and compared with what is decided on."""
    exact = comparable(np.array([0.5, 4.0]))
    three = made(exact)

    assert [True, True] == list(exact * three == comparable(np.array([1.5, 12.0])))
    assert [True, True] == list(three + exact == comparable(np.array([3.5, 7.0])))
    assert [True, False] == list(exact <= three)


def test_a_threshold_that_floats_cannot_tell_is_decided() -> None:
    """At a step of 7e-9 two numbers of the threshold are one in floats; a weight above one half is beyond it."""
    instance = {"x0": np.array([[1.0, 0.0]]), "reach": np.array([7.5e-9]), "lambda": np.array([0.73])}
    claim = located_claim("pethick2023/lookahead-threshold").claim

    assert Membership.BROKEN is standing(claim, {"inner": 2, "steps": 2, "scale": 1.0}, instance).membership
