"""The search finds worst cases that theory knows, without being told them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lemmata.checks import Effort
from lemmata.checks.stages.draws import edge_batches
from lemmata.checks.stages.sample import sample
from lemmata.checks.stages.search import search
from lemmata.claims import Claim, Edge, Mutant, load

KEYS = (
    "drori2014/gradient-descent",
    "taylor2017/proximal-point",
    "kim2016/optimized-gradient",
    "lieder2021/halpern",
)


def attained(key: str) -> Claim:
    """A shipped claim whose bound is attained."""
    return load([key]).claims[0].claim


@pytest.mark.parametrize("key", KEYS)
def test_without_the_witness(key: str) -> None:
    """Over the family alone, every edge withheld, the search comes within a thousandth of an attained bound."""
    claim = attained(key)
    family = dataclasses.replace(claim.given, edges=(Edge(name="nothing special"),))
    blind = claim.mutated(Mutant(name="no witness", because="it is withheld", given=family))
    with np.errstate(all="ignore"):
        found = search(blind, Effort.STANDARD.budget, 0, key, "withheld")

    assert found.violation is None
    assert found.worst_ratio is not None
    assert found.worst_ratio >= 0.999


@pytest.mark.parametrize("key", KEYS)
def test_with_the_witness(key: str) -> None:
    """The edges attain the bound to nine digits."""
    claim, budget = attained(key), Effort.QUICK.budget
    with np.errstate(all="ignore"):
        found = sample(claim, edge_batches(claim, budget), budget, 0, key, "edges")

    assert found.violation is None
    assert found.worst_ratio is not None
    assert found.worst_ratio >= 1 - 1e-9
