"""Halpern's iteration."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import sharpness

from lemmata.claims import Claim
from lemmata.claims.papers.lieder2021 import halpern

WITNESSES = (
    (halpern, "reflected clip, one step"),
    (halpern, "reflected clip, seven steps"),
)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    assert claim.then.tight
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-12, atol=0)
