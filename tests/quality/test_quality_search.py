"""The search finds worst cases that theory knows, without being told them."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import sympy as sp

from lemmata import conjecture, real
from lemmata.checks import Effort
from lemmata.checks.stages.draws import edge_batches
from lemmata.checks.stages.sample import sample
from lemmata.checks.stages.search import search
from lemmata.claims import AtLeast, AtMost, Claim, Edge, Mutant, load

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


def _well(rng: np.random.Generator, depth: Any) -> Claim:
    """A sum of squares, or one absolute value, that vanishes at numbers which no float is: at least a depth."""
    x, y, z = real("x", "y", "z")
    c, d = (sp.Rational(int(rng.integers(2, 40)), int(rng.integers(2, 9))) for _ in range(2))
    first = [sp.exp(x) - c, x**3 + x - c, sp.atan(x) - c / (c + 1), x**2 - c][rng.integers(4)]
    more = [[], [x * y - d], [y**3 - d], [y - sp.exp(-(x**2)), z - x * y]][rng.integers(4)]
    total = sum((one**2 for one in more), first**2) if more else [abs(first), first**2][rng.integers(2)]
    bound = [
        AtLeast(left=total, right=depth),
        AtLeast(left=total - depth, right=0),
        AtMost(left=c - total, right=c - depth),
    ][rng.integers(3)]
    return conjecture("A well is not that deep", key="search/well", then=bound)


@pytest.mark.parametrize("number", range(16))
def test_narrow_wells(number: int) -> None:
    """A bound that fails in a well of relative width 1e-7 or less is refuted by the search, one that holds is not."""
    false, true = (_well(np.random.default_rng(number), depth) for depth in (sp.Rational(1, 10**12), -1))
    with np.errstate(all="ignore"):
        found = [search(claim, Effort.STANDARD.budget, 0, "well").violation for claim in (false, true)]

    assert [True, False] == [one is not None for one in found]
