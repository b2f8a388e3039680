"""Where the instances of a batch lead, each by itself."""

from __future__ import annotations

import math

import numpy as np

from lemmata import absolute, at_least, conjecture, exp, positive
from lemmata.checks import Effort
from lemmata.checks.judging.origin import SEARCH
from lemmata.checks.stages.basins import inner_ends
from lemmata.checks.stages.draws import Batch

p = positive("p")


def test_what_goes_to_an_end_is_left_out() -> None:
    """Small is p |exp(p) - 2| near zero, which is an end, and near log 2, which is told of first."""
    claim = conjecture("Size", key="toy/size", then=at_least(p * absolute(exp(p) - 2), 0))
    drawn = {"p": np.geomspace(1e-3, 3, 48)}
    batch = Batch(origin=SEARCH, parameters={"spread": 1.0}, size=48)
    ends = inner_ends(claim, batch, drawn, Effort.QUICK.budget, np.random.default_rng(0))
    assert math.isclose(float(ends[0].instance["p"][0]), math.log(2), rel_tol=1e-4)
    assert all(float(one.instance["p"][0]) > 1e-4 for one in ends)


def test_places_side_by_side_are_one() -> None:
    """All that lead to log 2 are one start."""
    claim = conjecture("Size", key="toy/size", then=at_least(absolute(exp(p) - 2), 0))
    drawn = {"p": np.linspace(0.5, 0.9, 48)}
    batch = Batch(origin=SEARCH, parameters={"spread": 1.0}, size=48)
    ends = inner_ends(claim, batch, drawn, Effort.QUICK.budget, np.random.default_rng(0))
    assert len(ends) == 1
