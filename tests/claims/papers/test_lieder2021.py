"""Halpern's iteration."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from claim_tools import measured_at_edge, sharpness, unmet

from lemmata.claims import Claim
from lemmata.claims.papers.lieder2021 import halpern
from lemmata.claims.settings.first_order.smooth import N
from lemmata.solvers import as_floats, to_rationals

CLAIMS = (halpern,)
WITNESSES = (
    (halpern, "reflected clip, one step"),
    (halpern, "reflected clip, seven steps"),
)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    assert claim.then.tight
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-12, atol=0)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_edge_meets_the_hypotheses(claim: Claim, seed: int) -> None:
    """Whatever the seed, every instance at every edge is one that the claim speaks of."""
    assert [] == unmet(claim, seed)


@pytest.mark.parametrize("claim", [halpern], ids=lambda claim: claim.key)
def test_steps_are_counted_from_one(claim: Claim) -> None:
    """No relation is judged at the initialization, where a bound may hold with equality for free."""
    counts = as_floats(measured_at_edge(claim, claim.given.edges[0].name, to_rationals).values[str(N)])[0]

    assert counts[0] == 1
    assert all(later - earlier == 1 for earlier, later in pairwise(counts))
