"""Kernels of sparse matrices of whole numbers: a basis over the rationals, in short whole vectors."""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, isqrt
from typing import Any

import flint
import numpy as np

_PRIME = 2**61 - 1
_MOST_EXACT = 250_000
"""Entries of a matrix whose kernel is sought in whole numbers, where the prime is too short for it."""


class NotRationalKernelError(ArithmeticError):
    """A kernel modulo the prime does not lift to rationals of a readable size."""


def kernel(matrix: Any) -> list[list[int]]:
    """A basis of the vectors that a matrix takes to zero.

    Args:
        matrix: ``(m, n)``, scipy sparse, whole numbers.

    Returns:
        Vectors ``(n,)`` of coprime whole numbers, short ones.

    Raises:
        NotRationalKernelError: the numbers are larger than a prime of 61 bits can tell.
    """
    columns = matrix.shape[1]
    if not matrix.shape[0]:
        return [[int(row == column) for column in range(columns)] for row in range(columns)]
    try:
        basis = [_lifted(row) for row in _kernel_modulo(matrix)]
    except NotRationalKernelError:
        basis = _exact_kernel(matrix)
    if not all(_vanishes(matrix, row) for row in basis):  # of too small a rank modulo the prime
        basis = _exact_kernel(matrix)
    return _short(basis)


def _exact_kernel(matrix: Any) -> list[list[int]]:
    """A basis of the kernel over the rationals, by elimination in whole numbers, however long they grow.

    Raises:
        NotRationalKernelError: there are more entries than that takes.
    """
    rows, columns = matrix.shape
    if rows * columns > _MOST_EXACT:
        raise NotRationalKernelError(
            f"{rows:,} equations in {columns:,} unknowns have solutions of more digits than {_PRIME} tells; at most "
            f"{_MOST_EXACT:,} entries are solved exactly: take shorter coefficients or fewer parameters"
        )
    table = [[int(entry) for entry in row] for row in matrix.toarray()]
    found, rank = flint.fmpz_mat(table).nullspace()
    whole = found.transpose().tolist()[:rank]
    return [_coprime([int(entry) for entry in row]) for row in whole]


def echelon(rows: Any, prime: int) -> list[list[int]]:
    """The rows of the reduced echelon form of a matrix ``(m, n)`` modulo a prime that are not zero."""
    count, columns = rows.shape
    if not count:
        return []
    reduced, rank = flint.nmod_mat(count, columns, [int(entry) % prime for entry in rows.ravel()], prime).rref()
    return [[int(entry) for entry in row] for row in reduced.tolist()[:rank]]


def _vanishes(matrix: Any, vector: Sequence[int]) -> bool:
    """Whether the matrix takes the vector to zero, in whole numbers of any length; no row is empty."""
    products = matrix.data.astype(object) * np.array(vector, dtype=object)[matrix.indices]
    return not np.any(np.add.reduceat(products, matrix.indptr[:-1]))


def _kernel_modulo(matrix: Any) -> list[list[int]]:
    """A basis of the kernel modulo the prime, in reduced echelon form read from the last column."""
    columns = matrix.shape[1]
    table = echelon(matrix[:, ::-1].toarray(), _PRIME)
    pivots = [next(place for place, entry in enumerate(row) if entry) for row in table]
    made = []
    for free in sorted(set(range(columns)) - set(pivots), reverse=True):
        vector = [0] * columns
        vector[free] = 1
        for pivot, row in zip(pivots, table, strict=True):
            vector[pivot] = -row[free] % _PRIME
        made.append(vector[::-1])
    return made


def _lifted(vector: Sequence[int]) -> list[int]:
    """The whole vector, coprime, of which this is a multiple modulo the prime.

    Raises:
        NotRationalKernelError: an entry is no quotient of two numbers below the prime's root.
    """
    fractions = [_fraction(entry) for entry in vector]
    below = 1
    for _, denominator in fractions:
        below = below * denominator // gcd(below, denominator)
    return _coprime([above * (below // denominator) for above, denominator in fractions])


def _fraction(residue: int) -> tuple[int, int]:
    """Numerator and denominator below the root of half the prime, by Euclid's algorithm."""
    limit = isqrt(_PRIME // 2)
    before, now, before_factor, factor = _PRIME, residue, 0, 1
    while now > limit:
        times = before // now
        before, now, before_factor, factor = now, before - times * now, factor, before_factor - times * factor
    if abs(factor) > limit:
        raise NotRationalKernelError(f"{residue} modulo {_PRIME} is no quotient of two numbers below {limit}")
    return (now, factor) if factor > 0 else (-now, -factor)


def _coprime(vector: Sequence[int]) -> list[int]:
    """Without common divisor, the first entry that is not zero positive."""
    common = gcd(*vector)
    first = next(entry for entry in vector if entry)
    return [entry // (common if first > 0 else -common) for entry in vector]


def _short(basis: list[list[int]]) -> list[list[int]]:
    """The same space in short vectors (Lenstra, Lenstra and Lovasz), the first unknowns first."""
    if len(basis) > 1:
        reduced = flint.fmpz_mat(basis).lll().tolist()
        basis = [_coprime([int(entry) for entry in row]) for row in reduced]
    return sorted(basis, key=lambda row: [place for place, entry in enumerate(row) if entry])
