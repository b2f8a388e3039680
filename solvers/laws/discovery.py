"""Which laws: all polynomials up to a degree whose gradients are orthogonal to every field.

The derivative of a polynomial with unknown coefficients along the gradient of each function is a polynomial; that each
of its coefficients vanishes is a sparse linear system of whole numbers. It falls apart into small blocks, each is
solved modulo a prime, and what is found is lifted to rationals and proved by expansion.

Monomials of the system are told apart by random 64-bit sums. Should two coincide, equations are merged, and there may
be solutions too many, never too few; the proof would refuse them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, takewhile
from math import comb
from typing import Any, TypeAlias

import flint
import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from lemmata.solvers.laws.lattice import NotRationalKernelError, kernel
from lemmata.solvers.laws.model import Model, ModelError

Exponents: TypeAlias = tuple[int, ...]
MOST_MONOMIALS = 60_000
MOST_ENTRIES = 8_000_000
_MOST_DIGITS = 15


@dataclass(frozen=True, kw_only=True)
class Law:
    """A polynomial in a model's parameters that no data can move: exponents ``(D,)`` -> coprime whole coefficients."""

    terms: Mapping[Exponents, int]

    @property
    def degree(self) -> int:
        """Its degree."""
        return max(sum(exponents) for exponents in self.terms)


def laws_up_to(model: Model, degree: int) -> Iterator[tuple[Law, ...]]:
    """A basis of all polynomial laws of degree 1 to ``degree``, block by block; proved only by `is_law`.

    Raises:
        ModelError: more monomials than can be handled.
    """
    check_size(model, degree)
    monomials = _Monomials(model, degree)
    for columns, block in _blocks(_system(model, monomials)):
        if block.shape[0] * block.shape[1] > MOST_ENTRIES:
            raise ModelError(
                f"{model.about}: {block.shape[0]:,} equations in {block.shape[1]:,} unknowns hang together at degree "
                f"{degree}; at most {MOST_ENTRIES:,} entries fit. Take degree {degree - 1} or fewer parameters"
            )
        try:
            found = kernel(block)
        except NotRationalKernelError as error:
            raise ModelError(f"{model.about}: {error}") from error
        yield tuple(
            _turned({monomials.exponents(column): value for column, value in zip(columns, row, strict=True) if value})
            for row in found
        )


def _turned(terms: dict[Exponents, int]) -> Law:
    """The law with a positive coefficient of its leading term: of the largest degree, in the first parameters."""
    leading = max(terms, key=lambda exponents: (sum(exponents), exponents))
    sign = 1 if terms[leading] > 0 else -1
    return Law(terms={exponents: sign * value for exponents, value in terms.items()})


def check_size(model: Model, degree: int) -> None:
    """Refuse what would take too much memory.

    Raises:
        ModelError: with the number of monomials, and the degree or the number of parameters that would do; or the
            degree is no whole number from 1 on.
    """
    if degree < 1 or int(degree) != degree:
        raise ModelError(f"got the degree {degree} of laws to look for; expected a whole number from 1 on, e.g. 2")
    degree = int(degree)
    _check_coefficients(model, degree)
    if _fits(model, degree):
        return
    degrees = list(takewhile(lambda each: _fits(model, each), range(1, degree)))
    sizes = list(takewhile(lambda size: _monomials(size, degree) <= MOST_MONOMIALS, range(1, model.size + 1)))
    raise ModelError(
        f"{model.about} has {model.size} parameters and {len(model.functions):,} functions of them: "
        f"{_counted(_monomials(model.size, degree))} monomials of degree up to {degree:,}, "
        f"{_counted(_entries(model, degree))} terms of equations; at most {MOST_MONOMIALS:,} and {MOST_ENTRIES:,} fit. "
        f"Take {f'degree {degrees[-1]}' if degrees else 'fewer parameters'}"
        f"{f', or at most {sizes[-1]} parameters for degree {degree:,}' if sizes else ''}"
    )


def _check_coefficients(model: Model, degree: int) -> None:
    """Refuse coefficients of which as many as a monomial has factors could not be added in 64 bits."""
    longest = max(abs(coefficient) for _, _, coefficient, _ in model.derivatives)
    if longest * degree >= 2**63:
        raise ModelError(
            f"{model.about} has coefficients of {len(str(longest))} digits over a common denominator; at most 18 fit: "
            "name a long number by a letter of its own, which is then any number"
        )


def _counted(number: int) -> str:
    """A count in digits, or its order of magnitude where these would fill the line."""
    digits = len(str(number))
    return f"{number:,}" if digits <= _MOST_DIGITS else f"10^{digits - 1}"


def _fits(model: Model, degree: int) -> bool:
    return _monomials(model.size, degree) <= MOST_MONOMIALS and _entries(model, degree) <= MOST_ENTRIES


def _monomials(size: int, degree: int) -> int:
    return comb(size + degree, degree) - 1


def _entries(model: Model, degree: int) -> int:
    return degree * _monomials(model.size, degree) * len(model.derivatives) // model.size


def is_law(model: Model, law: Law) -> bool:
    """Whether the law's derivative along the gradient of every function is the zero polynomial, by expansion over Q."""
    names = tuple(f"x{place}" for place in range(model.size))
    ring = flint.fmpz_mpoly_ctx.get(names, flint.Ordering.lex)
    stated = ring.from_dict(dict(law.terms))
    moving = [place for place in range(model.size) if any(exponents[place] for exponents in law.terms)]
    slopes = {place: stated.derivative(place) for place in moving}
    for function in model.functions:
        along = ring.from_dict(dict(function))
        if not sum((slope * along.derivative(place) for place, slope in slopes.items()), ring.from_dict({})).is_zero():
            return False
    return True


class _Monomials:
    """All monomials of degree 1 to ``degree`` and their random sums."""

    def __init__(self, model: Model, degree: int) -> None:
        self.size = model.size
        places = range(model.size)
        self.factors = [np.array(list(combinations_with_replacement(places, d))) for d in range(1, degree + 1)]
        rng = np.random.default_rng(model.size)
        self.sums = rng.integers(0, 2**64, model.size, dtype=np.uint64)
        self.function_sums = rng.integers(0, 2**64, len(model.functions), dtype=np.uint64)
        self.starts = np.cumsum([0, *map(len, self.factors)])

    def exponents(self, column: int) -> Exponents:
        """Of the monomial of a column."""
        which = int(np.searchsorted(self.starts, column, side="right")) - 1
        factors = self.factors[which][column - self.starts[which]]
        return tuple(map(int, np.bincount(factors, minlength=self.size)))


def _system(model: Model, monomials: _Monomials) -> Any:
    """One column a monomial, one row a coefficient of its derivatives that must vanish; sparse, whole numbers."""
    terms = model.derivatives
    parameters = np.array([place for place, *_ in terms])
    exponents = np.array([left for *_, left in terms], dtype=np.uint64)
    keys = exponents @ monomials.sums + monomials.function_sums[[number for _, number, *_ in terms]]
    coefficients = np.array([coefficient for _, _, coefficient, _ in terms], dtype=np.int64)
    first = np.searchsorted(parameters, np.arange(model.size + 1))
    rows, columns, values = [], [], []
    for start, factors in zip(monomials.starts, monomials.factors, strict=False):
        sums = monomials.sums[factors].sum(axis=1, dtype=np.uint64)
        for factor in factors.T:
            many = (first[1:] - first[:-1])[factor]
            column = np.repeat(np.arange(len(factor)), many)
            within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
            term = first[factor][column] + within
            rows.append((sums - monomials.sums[factor])[column] + keys[term])
            columns.append(start + column)
            values.append(coefficients[term])
    _, row = np.unique(np.concatenate(rows), return_inverse=True)
    shape = (int(row.max(initial=-1)) + 1, int(monomials.starts[-1]))
    made = sparse.csr_matrix((np.concatenate(values), (row, np.concatenate(columns))), shape=shape)
    made.eliminate_zeros()
    return made


def _blocks(system: Any) -> Iterator[tuple[Sequence[int], Any]]:
    """Columns that share equations with each other only, and their equations."""
    kept = np.arange(system.shape[1])
    while True:  # an equation with one unknown says that it is zero
        alone = np.diff(system.indptr) == 1
        zero = np.unique(system[alone].indices)
        if not len(zero):
            break
        left = np.setdiff1d(np.arange(system.shape[1]), zero)
        system, kept = system[:, left].tocsr(), kept[left]
    pattern = abs(system).astype(bool).astype(np.int64)
    count, label = connected_components(pattern.T @ pattern, directed=False)
    order = np.argsort(label, kind="stable")
    ends = np.searchsorted(label[order], np.arange(count + 1))
    by_column = system.tocsc()
    for number in range(count):
        columns = order[ends[number] : ends[number + 1]]
        block = by_column[:, columns].tocsr()
        yield kept[columns].tolist(), block[np.diff(block.indptr) > 0]
