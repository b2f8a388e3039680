"""Optimal transport between as many points of equal weight: a matching."""

from __future__ import annotations

import importlib

import numpy as np

from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.numbers.errors import ShapeError


def best_matching(cost: Floats) -> np.ndarray:
    """Permutation matrices of least total cost, as integers ``(batch, n, n)``: row i is matched where its one is.

    Args:
        cost: of matching i with j, ``(batch, n, n)``.

    Raises:
        ShapeError: the matrices are not square.
    """
    if cost.ndim != 3 or cost.shape[1] != cost.shape[2]:  # noqa: PLR2004 - the three axes named in the docstring
        raise ShapeError(f"best_matching got costs of shape {cost.shape}; expected (batch, n, n).")
    solve = importlib.import_module("scipy.optimize").linear_sum_assignment
    found = np.zeros(cost.shape, dtype=int)
    for matrix, chosen in zip(cost, found, strict=True):
        chosen[solve(matrix)] = 1
    return found
