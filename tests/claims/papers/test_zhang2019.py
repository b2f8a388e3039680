"""Lookahead on quadratics, against its inner steps."""

from __future__ import annotations

import numpy as np
import pytest
from claim_tools import sharpness, unmet

from lemmata.claims import Claim
from lemmata.claims.papers.zhang2019._lookahead import lookahead_threshold
from lemmata.claims.papers.zhang2019.modes import even_unstable, multiplier, odd_unstable, stable

INDEPENDENT = np.random.default_rng(7)

CLAIMS = (multiplier, stable, odd_unstable, even_unstable)
WITNESSES = (
    (stable, "half of the way"),
    (stable, "all the way, other parity or more inner steps"),
    (odd_unstable, "all the way"),
    (even_unstable, "all the way"),
)


@pytest.mark.parametrize(("claim", "edge"), WITNESSES, ids=lambda part: getattr(part, "key", part))
def test_the_witness_attains_the_bound(claim: Claim, edge: str) -> None:
    """At the witness some step reaches the bound to rounding of the instance, and none passes it."""
    assert claim.then.tight
    assert np.allclose(1, sharpness(claim, edge), rtol=1e-11, atol=0)


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_edge_meets_the_hypotheses(claim: Claim, seed: int) -> None:
    """Whatever the seed, every instance at every edge is one that the claim speaks of."""
    assert [] == unmet(claim, seed)


def multipliers(share: np.ndarray, inner: int, reach: np.ndarray) -> np.ndarray:
    """By what one outer step multiplies, computed by taking the inner steps."""
    fast = np.ones_like(reach)
    for _ in range(inner):
        fast = fast * (1 - reach)
    return (1 - share) + share * fast


@pytest.mark.parametrize("inner", range(1, 7))
def test_lookahead_threshold(inner: int) -> None:
    """A thousandth below the threshold the multiplier is below one, a thousandth above it is above one."""
    share = INDEPENDENT.uniform(0.05, 1, size=500)
    threshold = lookahead_threshold(share, inner)

    assert np.all(np.abs(multipliers(share, inner, 0.999 * threshold)) < 1)
    assert np.all(np.abs(multipliers(share, inner, 1.001 * threshold)) > 1)


@pytest.mark.parametrize("inner", range(1, 7))
def test_lookahead_is_stable_all_the_way_to_the_threshold(inner: int) -> None:
    """Between zero and the threshold there is no gap of instability."""
    for share in (0.1, 0.5, 1.0):
        reach = np.linspace(1e-3, 0.999, 400) * lookahead_threshold(np.array([share]), inner)

        assert np.all(np.abs(multipliers(np.array(share), inner, reach)) < 1)
