"""Matchings against all permutations."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from lemmata.solvers import ShapeError
from lemmata.solvers.optimization import best_matching


def test_is_the_best_of_all_permutations() -> None:
    """No permutation costs less, and each row and column is used once."""
    cost = np.random.default_rng(0).normal(size=(6, 4, 4))

    found = best_matching(cost)

    for matrix, chosen in zip(cost, found, strict=True):
        least = min(sum(matrix[i, j] for i, j in enumerate(order)) for order in permutations(range(4)))
        assert least == pytest.approx((matrix * chosen).sum())
        assert [1] * 8 == [*chosen.sum(axis=0), *chosen.sum(axis=1)]


def test_refuses_what_is_not_square() -> None:
    """As many points on both sides."""
    with pytest.raises(ShapeError, match="expected"):
        best_matching(np.zeros((1, 2, 3)))
