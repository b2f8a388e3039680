"""Models: the functions of the parameters whose gradients a gradient flow can follow.

Data and the loss's derivative enter a gradient linearly or through monomials. With these taken apart, a flow moves
along a combination of the gradients of finitely many polynomials in the parameters alone: the entries of the end-to-end
matrix for a linear network, one polynomial a path for a gated one. A law is conserved for all data if and only if its
gradient is orthogonal to each of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import lcm, prod
from typing import Any, TypeAlias

import flint
import numpy as np

Polynomial: TypeAlias = Any
"""A `flint.fmpq_mpoly`; flint is not annotated."""
Letters: TypeAlias = dict[str, Any]
"""Name -> object array of polynomials, each a letter; or a single one."""


class ModelError(ValueError):
    """A model that laws cannot be sought for; the message says why, and what would do."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Letters that form an array: ``shape`` is ``()`` for a single one."""

    name: str
    shape: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """How many letters."""
        return prod(self.shape)

    def places(self) -> list[tuple[int, ...]]:
        """The index of each letter, from 0, the last axis fastest."""
        return list(product(*map(range, self.shape)))


def letters(blocks: Sequence[Block]) -> Letters:
    """Polynomials that are single letters, as arrays of the blocks' shapes."""
    names = tuple(f"x{place}" for place in range(sum(block.size for block in blocks)))
    generators = list(flint.fmpq_mpoly_ctx.get(names, flint.Ordering.lex).gens())
    made: Letters = {}
    for block in blocks:
        made[block.name] = as_array(generators[: block.size], block.shape) if block.shape else generators[0]
        del generators[: block.size]
    return made


def as_array(items: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """An object array; numpy would otherwise look into the polynomials."""
    made = np.empty(len(items), dtype=object)
    for place, item in enumerate(items):
        made[place] = item
    return made.reshape(shape)


@dataclass(frozen=True, kw_only=True, eq=False)
class Model:
    """Parameters, and the polynomials in them whose gradients span the directions of the flow.

    Attributes:
        blocks: the parameters, D in all.
        functions: each a mapping of exponents ``(D,)`` to whole coefficients; not empty.
        about: what it is, a noun phrase.
        note: what its laws hold for, a sentence, if more is to be said than "for all data".
    """

    blocks: tuple[Block, ...]
    functions: tuple[Mapping[tuple[int, ...], int], ...]
    about: str
    note: str = ""

    @classmethod
    def of(cls, polynomials: Sequence[Polynomial], blocks: Sequence[Block], about: str, note: str = "") -> Model:
        """Collect polynomials in the letters of ``blocks``, which come first, and in others, which are arbitrary.

        Raises:
            ModelError: none of them depends on a parameter.
        """
        size = sum(block.size for block in blocks)
        parts: dict[Any, dict[tuple[int, ...], Any]] = {}
        for number, polynomial in enumerate(polynomials):
            for exponents, coefficient in polynomial.to_dict().items():
                own = tuple(map(int, exponents[:size]))
                if any(own):
                    parts.setdefault((number, exponents[size:]), {})[own] = coefficient
        if not parts:
            raise ModelError(f"{about} depends on none of its parameters; then everything is conserved")
        unique = {tuple(sorted(_primitive(part).items())): None for part in parts.values()}
        return cls(blocks=tuple(blocks), functions=tuple(dict(part) for part in unique), about=about, note=note)

    @property
    def size(self) -> int:
        """D, the number of parameters."""
        return sum(block.size for block in self.blocks)

    @property
    def places(self) -> list[tuple[str, tuple[int, ...]]]:
        """Block and index, from 0, of each parameter."""
        return [(block.name, place) for block in self.blocks for place in block.places()]

    @property
    def degree(self) -> int:
        """The largest degree of a function."""
        return max(sum(exponents) for function in self.functions for exponents in function)

    @cached_property
    def derivatives(self) -> list[tuple[int, int, int, tuple[int, ...]]]:
        """The terms of all gradients: parameter, function, coefficient, exponents; by parameter."""
        made = []
        for number, function in enumerate(self.functions):
            for exponents, coefficient in function.items():
                for place, power in enumerate(exponents):
                    if power:
                        left = (*exponents[:place], power - 1, *exponents[place + 1 :])
                        made.append((place, number, coefficient * power, left))
        return sorted(made)


def _primitive(part: Mapping[tuple[int, ...], Any]) -> dict[tuple[int, ...], int]:
    """The same direction with coprime whole coefficients, the first one positive."""
    first = min(part)
    below = lcm(*(int(value.q) for value in part.values()))
    whole = {exponents: int(value.p) * (below // int(value.q)) for exponents, value in part.items()}
    common = int(np.gcd.reduce(list(whole.values()), dtype=object)) * (1 if whole[first] > 0 else -1)
    return {exponents: value // common for exponents, value in whole.items()}
