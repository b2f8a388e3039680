"""Sums of squares: a certificate that a polynomial is not negative where others are not, checked in rationals alone.

``p = sum_i h_i sum_k w_ik s_ik^2`` with weights ``w >= 0``, ``h_0 = 1`` and hypotheses ``h_i >= 0``. Found in floats by
semidefinite programming, rounded to rationals, made an identity again by projection, and split by elimination.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from lemmata.solvers.numbers.arithmetic import flint
from lemmata.solvers.numbers.symbolic.formulas import Polynomial, context, number

_MOST_TERMS = 36
"""Size of a basis beyond which no certificate is looked for."""
_MOST_DEGREE = 8
_FACES = 3
"""How often the basis may shrink to the face that the solution lies on."""
_ZERO, _CLOSE = 1e-5, 1e-3
_PARTS = (1, 4, 60, 5_040, 10**6)
"""Denominators that entries are rounded to, one after the other."""


@dataclass(frozen=True, kw_only=True)
class Square:
    """``weight`` times the multiplier of this number times the square of ``root``."""

    multiplier: int
    weight: Any
    root: Polynomial


def holds(target: Polynomial, multipliers: Sequence[Polynomial], squares: Sequence[Square]) -> bool:
    """Whether the squares add up to the target exactly, every weight at least zero."""
    total = number(0)
    for one in squares:
        if one.weight < 0:
            return False
        total = total + multipliers[one.multiplier] * one.root * one.root * one.weight
    return bool(total == target)


def is_available() -> bool:
    """Whether Clarabel is installed."""
    return importlib.util.find_spec("clarabel") is not None


def sum_of_squares(target: Polynomial, multipliers: Sequence[Polynomial]) -> list[Square] | None:
    """A certificate for ``target >= 0`` where the multipliers, the first of them 1, are at least zero; else None."""
    degree = int(target.total_degree())
    degree += degree % 2
    used = _used([target, *multipliers])
    blocks = [_basis(used, (degree - int(one.total_degree())) // 2, target) for one in multipliers]
    if degree > _MOST_DEGREE or not 0 < sum(map(len, blocks)) <= _MOST_TERMS:
        return None
    for _ in range(_FACES):
        program = _Program(target, multipliers, blocks)
        solved = program.solve()
        if solved is None:
            return None
        for parts in _PARTS:
            grams = program.exact(solved, parts)
            found = None if grams is None else _split(grams, blocks)
            if found is not None and holds(target, multipliers, found):
                return found
        smaller = [_face(gram, basis) for gram, basis in zip(solved, blocks, strict=True)]
        if [len(one) for one in smaller] == [len(one) for one in blocks] or not any(smaller):
            return None
        blocks = smaller
    return None


def _used(polynomials: Sequence[Polynomial]) -> list[int]:
    degrees = np.array([polynomial.degrees() for polynomial in polynomials])
    return [int(place) for place in np.flatnonzero(degrees.max(axis=0) > 0)]


def _basis(used: Sequence[int], degree: int, target: Polynomial) -> list[Polynomial]:
    """Monomials in the variables used up to a degree, none of a power above half of the target's own."""
    if degree < 0:
        return []
    highest = target.degrees()
    most = [(int(highest[place]) + 1) // 2 for place in used]
    names = context().gens()
    found = []
    for powers in sorted(_powers(most, degree)):
        made = number(1)
        for place, power in zip(used, powers, strict=True):
            made = made * names[place] ** power
        found.append(made)
    return found


def _powers(most: Sequence[int], degree: int) -> list[tuple[int, ...]]:
    """Powers of variables, each up to its own highest, together up to a degree; a few more than a basis may have."""
    found: list[tuple[int, ...]] = [()]
    for highest in most:
        found = [(*one, power) for one in found for power in range(min(highest, degree - sum(one)) + 1)]
        if len(found) > _MOST_TERMS:
            break
    return [(*one, *[0] * (len(most) - len(one))) for one in found]


class _Program:
    """The linear equations between the entries of the Gram matrices, one a monomial."""

    def __init__(
        self, target: Polynomial, multipliers: Sequence[Polynomial], blocks: Sequence[Sequence[Polynomial]]
    ) -> None:
        self.blocks = blocks
        self.places = [(k, i, j) for k, basis in enumerate(blocks) for j in range(len(basis)) for i in range(j + 1)]
        columns = [
            (multipliers[k] * blocks[k][i] * blocks[k][j] * (1 if i == j else 2)).to_dict() for k, i, j in self.places
        ]
        wanted = target.to_dict()
        self.monomials = sorted({powers for column in (*columns, wanted) for powers in column})
        self.columns = columns
        self.wanted = [wanted.get(powers, flint().fmpq(0)) for powers in self.monomials]
        rows = {powers: row for row, powers in enumerate(self.monomials)}
        self.entries = [(rows[powers], c, value) for c, one in enumerate(columns) for powers, value in one.items()]

    def solve(self) -> list[np.ndarray] | None:
        """Gram matrices in floats, as far inside their cones as the equations let them be."""
        clarabel, sparse = importlib.import_module("clarabel"), importlib.import_module("scipy.sparse")
        count, height = len(self.places), len(self.monomials)
        scale = [1.0 if i == j else 2**-0.5 for _, i, j in self.places]  # entries are scaled as the cone has them
        equal = [(row, c, _float(value) * scale[c]) for row, c, value in self.entries]
        inside = [(height + 1 + c, c, -1.0) for c in range(count)]
        inside += [(height + 1 + c, count, 1.0) for c, (_, i, j) in enumerate(self.places) if i == j]
        rows, columns, values = zip(*equal, *inside, (height, count, 1.0), strict=True)
        matrix = sparse.csc_matrix((values, (rows, columns)), shape=(height + 1 + count, count + 1))
        right = np.array([*map(_float, self.wanted), 1.0, *[0.0] * count])
        cones = [clarabel.ZeroConeT(height), clarabel.NonnegativeConeT(1)]
        cones += [clarabel.PSDTriangleConeT(len(basis)) for basis in self.blocks if basis]
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        objective = np.array([*[0.0] * count, -1.0])
        empty = sparse.csc_matrix((count + 1, count + 1))
        found = clarabel.DefaultSolver(empty, objective, matrix, right, cones, settings).solve()
        if "Solved" not in str(found.status) or found.x[count] < -_ZERO:
            return None
        grams = [np.zeros((len(basis), len(basis))) for basis in self.blocks]
        for (k, i, j), value, factor in zip(self.places, found.x, scale, strict=False):
            grams[k][i, j] = grams[k][j, i] = value * factor
        return grams

    def exact(self, grams: Sequence[np.ndarray], parts: int) -> list[Any] | None:
        """Rational Gram matrices near those in floats that satisfy every equation; None where there are none."""
        fmpq, matrix = flint().fmpq, flint().fmpq_mat
        rounded = [fmpq(round(float(grams[k][i, j]) * parts), parts) for k, i, j in self.places]
        height, count = len(self.monomials), len(self.places)
        off = list(self.wanted)
        for row, column, value in self.entries:
            off[row] = off[row] - value * rounded[column]
        if any(one != 0 for one in off):
            equations = matrix(height, count)
            for row, column, value in self.entries:
                equations[row, column] = value
            normal = equations * equations.transpose()
            multiplier = _solution(normal, off)
            if multiplier is None:
                return None
            moved = equations.transpose() * matrix(height, 1, multiplier)
            rounded = [one + moved[c, 0] for c, one in enumerate(rounded)]
        made = [matrix(len(basis), len(basis)) for basis in self.blocks]
        for (k, i, j), value in zip(self.places, rounded, strict=True):
            made[k][i, j] = value
            made[k][j, i] = value
        return made


def _float(value: Any) -> float:
    return int(value.p) / int(value.q)


def _solution(square: Any, right: Sequence[Any]) -> list[Any] | None:
    """One solution of a rational system of equations, whose matrix may be singular; None where there is none."""
    size = len(right)
    wide = flint().fmpq_mat(size, size + 1)
    for i in range(size):
        for j in range(size):
            wide[i, j] = square[i, j]
        wide[i, size] = right[i]
    reduced, rank = wide.rref()
    found = [flint().fmpq(0)] * size
    for row in range(rank):
        pivot = next(column for column in range(size + 1) if reduced[row, column] != 0)
        if pivot == size:
            return None
        found[pivot] = reduced[row, size]
    return found


def _split(grams: Sequence[Any], blocks: Sequence[Sequence[Polynomial]]) -> list[Square] | None:
    """Weighted squares, by elimination; None where a Gram matrix is not positive semidefinite."""
    found: list[Square] = []
    for k, (gram, basis) in enumerate(zip(grams, blocks, strict=True)):
        rows = [[gram[i, j] for j in range(len(basis))] for i in range(len(basis))]
        for i in range(len(basis)):
            pivot = rows[i][i]
            if pivot < 0 or (pivot == 0 and any(value != 0 for value in rows[i][i:])):
                return None
            if pivot == 0:
                continue
            factors = [value / pivot for value in rows[i]]
            root = number(0)
            for j in range(i, len(basis)):
                root = root + basis[j] * factors[j]
            found.append(Square(multiplier=k, weight=pivot, root=root))
            for j in range(i + 1, len(basis)):
                rows[j] = [old - factors[j] * value for old, value in zip(rows[j], rows[i], strict=True)]
    return found


def _face(gram: np.ndarray, basis: Sequence[Polynomial]) -> list[Polynomial]:
    """A basis without the directions in which the Gram matrix vanishes, where these are near short rationals."""
    if not basis:
        return []
    sizes, directions = np.linalg.eigh(gram)
    null = directions[:, sizes <= _ZERO * max(1.0, float(sizes[-1]))].T
    if not len(null):
        return list(basis)
    rows = list(_reduced_rows(null))
    if len(rows) == len(basis):
        return []
    matrix = flint().fmpq_mat(len(rows), len(basis))
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            near = Fraction(float(value)).limit_denominator(24)
            if abs(float(near) - value) > _CLOSE:
                return list(basis)
            matrix[i, j] = flint().fmpq(near.numerator, near.denominator)
    return list(_orthogonal(matrix, basis))


def _reduced_rows(null: np.ndarray) -> Iterator[np.ndarray]:
    """Reduced row echelon form in floats, the largest pivots first."""
    rows = null.copy()
    taken: list[int] = []
    for place in range(len(rows)):
        free = np.abs(rows[place:]).copy()
        free[:, taken] = 0
        row, column = (int(one) for one in np.unravel_index(int(np.argmax(free)), free.shape))
        rows[[place, place + row]] = rows[[place + row, place]]
        rows[place] /= rows[place, column]
        taken.append(column)
        for other in range(len(rows)):
            if other != place:
                rows[other] -= rows[other, column] * rows[place]
    yield from rows


def _orthogonal(matrix: Any, basis: Sequence[Polynomial]) -> Iterator[Polynomial]:
    """The combinations of a basis that are orthogonal to every row of a matrix."""
    reduced, rank = matrix.rref()
    size = len(basis)
    pivots = [next(j for j in range(size) if reduced[i, j] != 0) for i in range(rank)]
    for free in (j for j in range(size) if j not in pivots):
        made = basis[free]
        for i, pivot in enumerate(pivots):
            made = made - basis[pivot] * reduced[i, free]
        yield made
