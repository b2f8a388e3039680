"""Whether the matrices in a formula fit together: sizes are compared as symbols, so nothing is left to chance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import sympy as sp


def of_one_shape(expression: Any) -> bool:
    """Whether all terms of a sum, or factors of an entrywise product, have the same rows and columns."""
    return len({part.shape for part in expression.args}) == 1


def chained(expression: Any) -> bool:
    """Whether in a product each matrix has as many columns as the next one has rows."""
    return not _unchained(expression.as_coeff_matrices()[1])


ONE_SHAPE = "expected matrices with the same numbers of rows and columns"
CHAINED = "expected as many columns of each matrix as the next one has rows"


def with_shapes(matrices: Iterable[Any]) -> str:
    """Matrices in words, each with its numbers of rows and columns."""
    return " and ".join(f"{one} {one.shape}" for one in matrices)


def misfit(part: Any, expected: str) -> str:
    """What was expected of a part of a formula, between the shapes that came and what to write where shapes tell it."""
    match part:
        case sp.MatAdd() | sp.HadamardProduct():
            return misfit_of_terms(part.args)
        case sp.MatMul():
            return misfit_of_factors(part.as_coeff_matrices()[1])
        case sp.MatPow():
            entries = f"entry by entry write entrywise(lambda a: a**2, u){_of_vectors(part.base)}"
            return f"got {with_shapes([part.base])}; {expected}; {entries}"
        case sp.Trace():
            return f"got {with_shapes(part.args)}; {expected}"
    return expected


def misfit_of_terms(terms: Sequence[Any]) -> str:
    """Which two terms of a sum, or factors of an entrywise product, have different shapes."""
    other = next(one for one in terms if one.shape != terms[0].shape)
    return f"got {with_shapes([terms[0], other])}; {ONE_SHAPE}"


def misfit_of_factors(factors: Sequence[Any]) -> str:
    """Which two neighbours in a product do not fit together, and what to write as far as their shapes tell it."""
    left, right = _unchained(factors)
    instead = ""
    if left.shape == right.shape:
        instead = f"; entry by entry write entrywise(lambda a, b: a * b, u, v){_of_vectors(left)}"
    elif left.shape[0] == right.shape[0] and isinstance(left, sp.MatrixSymbol):
        instead = f"; {left}.T @ {right} fits"
    return f"got {with_shapes([left, right])}; {CHAINED}{instead}"


def _unchained(factors: Sequence[Any]) -> tuple[Any, ...]:
    """The first two neighbours in a product that do not fit together; none where all do."""
    return next((pair for pair in pairwise(factors) if pair[0].shape[1] != pair[1].shape[0]), ())


def _of_vectors(matrix: Any) -> str:
    return ", and for the inner product dot(u, v)" if matrix.shape[1] == 1 else ""
