"""Whether the matrices in a formula fit together: sizes are compared as symbols, so nothing is left to chance."""

from __future__ import annotations

from itertools import pairwise
from typing import Any


def of_one_shape(expression: Any) -> bool:
    """Whether all terms of a sum, or factors of an entrywise product, have the same rows and columns."""
    return len({part.shape for part in expression.args}) == 1


def chained(expression: Any) -> bool:
    """Whether in a product each matrix has as many columns as the next one has rows."""
    _, factors = expression.as_coeff_matrices()
    return all(left.shape[1] == right.shape[0] for left, right in pairwise(factors))


ONE_SHAPE = "expected matrices with the same numbers of rows and columns"
CHAINED = (
    "expected as many columns of each matrix as the next one has rows; entry by entry write "
    "entrywise(lambda a, b: a * b, u, v)"
)
