"""Every edge of every shipped claim meets the hypotheses at every seed: a trial that misses one is UNDECIDED."""

from __future__ import annotations

import numpy as np
import pytest

from lemmata.claims import Claim, Edge, load

CLAIMS = {located.claim.key: located.claim for located in load().claims}
SIZE, SEEDS = 8, range(6)
"""As many instances as the shortest trial draws at an edge."""

NEVER = {"ma2023/theorem-4": "nothing meets its hypotheses, which is its finding"}
SLOW = {
    "weylandt2020/hundredfold-at-tight-accuracy": "whole tables, each its only instance",
    "weylandt2020/hundredfold-at-carps-own-accuracy": "whole tables, each its only instance",
}


def is_met(claim: Claim, edge: Edge, seed: int) -> bool:
    """Whether some instance of the edge meets every hypothesis."""
    parameters = claim.given.at_edge(edge)
    instances = claim.given.draw(parameters, np.random.default_rng(seed), SIZE)
    instances = instances if edge.adjust is None else edge.adjust(parameters, instances)
    count = len(next(iter(instances.values())))
    met = [hypothesis.holds(parameters, instances) for hypothesis in claim.given.hypotheses]
    return bool(np.all([np.ones(count, dtype=bool), *met], axis=0).any())


@pytest.mark.parametrize("key", [key for key in CLAIMS if key not in NEVER | SLOW])
def test_edges_are_met_at_every_seed(key: str) -> None:
    """No edge is left to luck."""
    claim = CLAIMS[key]
    missed = {(edge.name, seed) for edge in claim.given.edges for seed in SEEDS if not is_met(claim, edge, seed)}

    assert missed == set()
