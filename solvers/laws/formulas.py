"""Laws as a person writes them: squared lengths of rows and columns, inner products, and what is left term by term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from math import prod
from typing import TypeAlias

from lemmata.solvers.laws.discovery import Law
from lemmata.solvers.laws.model import Block, Model

Place: TypeAlias = tuple[str, tuple[int, ...]]
Pair: TypeAlias = tuple[Place, Place]


def formula(law: Law, model: Model) -> str:
    """The law in letters ``W1[2,1]``, indices from 1; ``|W1[2,:]|^2`` is a squared length, ``<.,.>`` an inner product.

    The parts of degree two that fill a slice of a parameter array are written as one.
    """
    places = model.places
    pairs: dict[Pair, int] = {}
    rest: list[tuple[str, int]] = []
    for exponents, coefficient in law.terms.items():
        factors = [place for place, power in enumerate(exponents) for _ in range(power)]
        if len(factors) == len(("first", "second")):
            pairs[places[factors[0]], places[factors[1]]] = coefficient
        else:
            rest.append(
                (_monomial({places[place]: power for place, power in enumerate(exponents) if power}), coefficient)
            )
    blocks = {block.name: block for block in model.blocks}
    terms = [*_gathered(pairs, blocks), *rest]
    return _sum(sorted(terms, key=lambda term: term[1] < 0))


def _gathered(pairs: dict[Pair, int], blocks: Mapping[str, Block]) -> Iterator[tuple[str, int]]:
    """Products of two letters, the largest slices that they fill first."""
    left = dict(pairs)
    for pair, coefficient in pairs.items():
        if pair not in left:
            continue
        filled, text = next(
            (members, text)
            for members, text in _slices(pair, blocks)
            if all(left.get(member) == coefficient for member in members)
        )
        for member in filled:
            del left[member]
        yield text, coefficient


def _slices(pair: Pair, blocks: Mapping[str, Block]) -> Iterator[tuple[list[Pair], str]]:
    """The slices around a product of two letters, from all of the array down to the product alone."""
    (name, first), (other, second) = pair
    axes = range(len(first)) if name == other else range(0)
    same = [axis for axis in axes if first[axis] == second[axis]]
    free_sets = [free for count in range(len(same), 0, -1) for free in combinations(same, count)]
    for free in free_sets:
        shape = blocks[name].shape
        moved = list(product(*(range(shape[axis]) for axis in free)))
        if prod(shape[axis] for axis in free) > 1:
            members = [((name, _at(first, free, to)), (name, _at(second, free, to))) for to in moved]
            yield members, _slice_text(name, first, second, free)
    yield [pair], _monomial(dict.fromkeys(pair, 1)) if first != second or name != other else _monomial({pair[0]: 2})


def _at(index: tuple[int, ...], axes: tuple[int, ...], to: tuple[int, ...]) -> tuple[int, ...]:
    moved = dict(zip(axes, to, strict=True))
    return tuple(moved.get(axis, entry) for axis, entry in enumerate(index))


def _slice_text(name: str, first: tuple[int, ...], second: tuple[int, ...], free: tuple[int, ...]) -> str:
    left, right = (_letter(name, index, free) for index in (first, second))
    return f"|{left}|^2" if first == second else f"<{left}, {right}>"


def _letter(name: str, index: tuple[int, ...], free: tuple[int, ...] = ()) -> str:
    if len(free) == len(index):  # all of it, or a single letter
        return name
    return f"{name}[{','.join(':' if axis in free else str(entry + 1) for axis, entry in enumerate(index))}]"


def _monomial(powers: Mapping[Place, int]) -> str:
    return " ".join(_letter(*place) + (f"^{power}" if power > 1 else "") for place, power in powers.items())


def _sum(terms: list[tuple[str, int]]) -> str:
    text = ""
    for number, (letters, coefficient) in enumerate(terms):
        sign = "-" if coefficient < 0 else "+"
        size = "" if abs(coefficient) == 1 else f"{abs(coefficient)} "
        text += (f"{'-' if coefficient < 0 else ''}" if not number else f" {sign} ") + size + letters
    return text
