"""How many laws: the rank of the Lie algebra of the gradient fields, over a prime field.

Along a flow whose directions span a distribution that is closed under brackets and of rank k there are locally D - k
independent laws (Frobenius; Marcotte, Gribonval and Peyre 2023, Theorem 3.3). Brackets are derivatives, taken exactly
by numbers F_p[e_1 ... e_m] with e_i^2 = 0. The rank at a point modulo a prime is at most the generic rank, so
that D - rank bounds the number of laws from above without any doubt; that it is no larger is certain only up to chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from lemmata.solvers.laws.lattice import echelon
from lemmata.solvers.laws.model import Model
from lemmata.solvers.numbers.residues import PRIME

Residues: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"
MOST_LEVELS = 8
_SPARE = 3
_MOST_PRODUCTS = 2_000_000


@dataclass(frozen=True, kw_only=True)
class Closure:
    """The rank of the fields, of them and their brackets, and so on.

    Attributes:
        ranks: by the depth of the brackets, from none.
        closed: whether the last depth added nothing, so that deeper ones do not either.
    """

    ranks: tuple[int, ...]
    closed: bool

    @property
    def rank(self) -> int:
        """The rank of the Lie algebra, if it is closed; else a lower bound of it."""
        return self.ranks[-1]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Fields:
    """The gradients of all functions, as one table of terms sorted by parameter.

    ``coefficients`` and ``functions`` are ``(terms,)``; ``factors``, ``(terms, degree)``, the parameters of each term's
    monomial, filled up with D, the place of a one; ``moving`` the parameters that occur, ``starts`` their first terms.
    """

    count: int
    functions: Residues
    coefficients: Residues
    factors: Residues
    moving: Residues
    starts: Residues

    @classmethod
    def of(cls, model: Model) -> _Fields:
        """The table of a model."""
        terms = model.derivatives
        factors = np.full((len(terms), model.degree - 1), model.size)
        for row, (*_, exponents) in enumerate(terms):
            powers = np.repeat(np.arange(model.size), exponents)
            factors[row, : len(powers)] = powers
        parameters = np.array([place for place, *_ in terms])
        starts = np.flatnonzero(np.diff(parameters, prepend=-1))
        return cls(
            count=len(model.functions),
            functions=np.array([number for _, number, *_ in terms]),
            coefficients=np.array([coefficient % PRIME for _, _, coefficient, _ in terms]),
            factors=factors,
            moving=parameters[starts],
            starts=starts,
        )

    def at(self, point: Residues, weights: Residues) -> Residues:
        """Combinations of the gradients.

        Args:
            point: ``(parts, batch, D)``, one part a product of the e_i.
            weights: ``(batch, functions)``.

        Returns:
            ``(parts, batch, D)``.
        """
        ones = np.zeros((*point.shape[:2], 1), dtype=np.int64)
        ones[0] = 1
        padded = np.concatenate([point, ones], axis=2)
        value = np.repeat(ones, len(self.factors), axis=2)
        for column in self.factors.T:
            value = _product(value, padded[:, :, column])
        value = value * (weights[:, self.functions] * self.coefficients % PRIME) % PRIME
        made = np.zeros_like(point)
        made[:, :, self.moving] = np.add.reduceat(value, self.starts, axis=2) % PRIME
        return made


def _product(left: Residues, right: Residues) -> Residues:
    """The product of numbers with nilpotent parts; part S is the coefficient of the e_i of the bits of S."""
    made = np.zeros_like(left)
    for part in range(len(left)):
        inner = part
        while True:  # over all subsets of the bits of `part`
            made[part] += left[inner] * right[part ^ inner] % PRIME
            if not inner:
                break
            inner = (inner - 1) & part
    return made % PRIME


def _bracket(fields: _Fields, point: Residues, weights: Sequence[Residues]) -> Residues:
    """[f_1, [f_2, ... f_m]] at a point, each field a combination of the gradients."""
    if len(weights) == 1:
        return fields.at(point, weights[0])
    parts = len(point)
    outer = fields.at(point, weights[0])
    inner = _bracket(fields, np.concatenate([point, outer]), weights[1:])
    back = fields.at(np.concatenate([point, inner[:parts]]), weights[0])
    return (inner[parts:] - back[parts:]) % PRIME


def closure(
    model: Model,
    *,
    point: Residues | None = None,
    seed: int = 0,
    keep_on: Callable[[], bool] = lambda: True,
    enough: int | None = None,
) -> Closure:
    """The rank of the Lie algebra of a model's gradient fields at a point of a prime field.

    Args:
        model: the model.
        point: ``(D,)``, residues; random if left out.
        seed: of the point, and of the combinations that are tried.
        keep_on: asked before each depth; when it says no, the closure is left open.
        enough: a rank at which to stop, because no more is possible.
    """
    rng = np.random.default_rng([seed, model.size])
    fields = _Fields.of(model)
    place = rng.integers(0, PRIME, model.size) if point is None else point
    most = model.size if enough is None else enough
    span, ranks = np.zeros((0, model.size), dtype=np.int64), [0]
    for depth in range(1, MOST_LEVELS + 1):
        if not keep_on():
            return Closure(ranks=tuple(ranks[1:]), closed=False)
        span = np.concatenate([span, _drawn(fields, place, depth, most - len(span) + _SPARE, rng)])
        span = _independent(span)
        if len(span) == ranks[-1]:
            return Closure(ranks=tuple(ranks[1:]), closed=True)
        ranks.append(len(span))
        if len(span) == most:
            return Closure(ranks=tuple(ranks[1:]), closed=True)
    return Closure(ranks=tuple(ranks[1:]), closed=False)


def _drawn(fields: _Fields, place: Residues, depth: int, count: int, rng: np.random.Generator) -> Residues:
    """``count`` random nested brackets at a point, ``(count, D)``; a few at a time, so that memory is bounded."""
    at_once = max(1, _MOST_PRODUCTS // (len(fields.factors) * 2 ** (depth - 1)))
    made = []
    for start in range(0, count, at_once):
        batch = min(at_once, count - start)
        weights = [rng.integers(1, PRIME, (batch, fields.count)) for _ in range(depth)]
        made.append(_bracket(fields, np.broadcast_to(place, (1, batch, len(place))).copy(), weights)[0])
    return np.concatenate(made)


def _independent(rows: Residues) -> Residues:
    """A basis of the rows, in echelon form."""
    return np.array(echelon(rows, PRIME), dtype=np.int64).reshape(-1, rows.shape[1])
