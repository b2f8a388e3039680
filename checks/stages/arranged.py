"""Matrices, vectors and numbers with a structure that no sampler meets, where many an exception sits.

They are a multiple of the identity, of rank one, nilpotent, a projection, a permutation; orthogonal vectors; one array
that equals another; a product and its factors. All are small whole numbers or halves, exact in floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, islice, permutations
from typing import Any

import numpy as np

from lemmata.claims import Family, Instances

_LARGEST = 2_000
"""Instances of more entries have no structure of this kind."""
_MOST_ALONE, _MOST_TIES, _MOST_PAIRS, _MOST_TRIPLES = 6, 12, 24, 48
_MATRIX, _VECTOR, _NUMBER = 3, 2, 1
"""Axes of a batch of them."""
_CYCLE = 8
"""After so many powers of two the next begins with one again."""
_ALONE = (2.0, 0.5, 3.0)
_PAIRS = ((2.0, 0.5), (1.0, 2.0), (2.0, 3.0), (2.0, 4.0))
_TRIPLES = ((2.0, 2.0, 4.0), (3.0, 4.0, 5.0), (2.0, 3.0, 6.0), (1.0, 2.0, 3.0), (1.0, 2.0, 4.0), (0.5, 0.5, 0.25))
"""Numbers of which one is the product, the sum, the inverse or the square of others, or the hypotenuse."""
_WHOLE_LENGTHS = ((1.0,), (3.0, 4.0), (1.0, 2.0, 2.0), (2.0, 4.0, 5.0, 6.0))
"""Of vectors of one entry, two, three, and four or more."""

_Change = Mapping[str, np.ndarray]


def arranged(family: Family, base: Instances) -> Iterator[dict[str, Any]]:
    """Copies of an instance (a batch of one) with free arrays at a structure of their kind, or equal to each other.

    What a family declares to belong together (``simple``) is replaced as a whole.
    """
    names = [name for name in family.free(base) if base[name].size]
    if not names or sum(base[name].size for name in names) > _LARGEST:
        return
    own = {} if family.simple is None else family.simple(base)
    choices = {name: list(own[name]) if name in own else list(_choices(name, base[name])) for name in names}
    plain = [name for name in names if name not in own]
    known: set[bytes] = set()
    for change in (*_shaped(choices), *_tied(base, plain, own), *_orthogonal(base, plain), *_numbers(base, plain)):
        made = {**base, **change}
        key = b"".join(made[name].tobytes() for name in sorted(change)) + ",".join(sorted(change)).encode()
        if key not in known:
            known.add(key)
            yield made


def _shaped(choices: Mapping[str, Sequence[_Change]]) -> Iterator[_Change]:
    """All arrays at the first structure of each, then at the second; then one at a time, the first few of them."""
    there = {name: some for name, some in choices.items() if some}
    for place in range(max(map(len, there.values()), default=0)):
        yield {key: value for some in there.values() for key, value in some[place % len(some)].items()}
    for some in list(there.values())[:_MOST_ALONE]:
        yield from some


def _choices(name: str, array: np.ndarray) -> Iterator[_Change]:
    shape = array.shape[1:]
    made = _MATRICES if array.ndim == _MATRIX else _VECTORS if array.ndim == _VECTOR else ()
    yield from ({name: np.asarray(one(*shape), dtype=float)[None]} for one in made)
    if array.ndim == _NUMBER:
        yield from ({name: np.full_like(array, value)} for value in _ALONE)


def _tied(base: Instances, plain: Sequence[str], own: Mapping[str, Sequence[Instances]]) -> Iterator[_Change]:
    """One array equal to another of its shape, or to its opposite."""
    pairs = [(a, b) for a, b in permutations(plain, 2) if base[a].shape == base[b].shape]
    yield from ({b: base[a]} for a, b in pairs[:_MOST_TIES])
    yield from ({b: -base[a]} for a, b in pairs[:_MOST_TIES] if plain.index(a) < plain.index(b))
    for a, b in islice(combinations(own, 2), _MOST_TIES):
        if own[a] and own[b] and base[a].shape == base[b].shape:
            yield {to: base[of] for of, to in zip(own[a][0], own[b][0], strict=True)}


def _orthogonal(base: Instances, plain: Sequence[str]) -> Iterator[_Change]:
    """Two vectors of an inner product of zero, no entry of them zero but where there is one only."""
    pairs = [(a, b) for a, b in combinations(plain, 2) if base[a].shape == base[b].shape and base[a].ndim == _VECTOR]
    for a, b in pairs[:_MOST_TIES]:
        yield {a: _counting(base[a].size)[None], b: _across(base[b].size)[None]}


def _numbers(base: Instances, plain: Sequence[str]) -> Iterator[_Change]:
    """Numbers of which one follows from others, in each order."""
    names = [name for name in plain if base[name].ndim == _NUMBER]
    for count, tuples, most in ((2, _PAIRS, _MOST_PAIRS), (3, _TRIPLES, _MOST_TRIPLES)):
        orders = (order for one in tuples for order in dict.fromkeys(permutations(one)))
        made = ((some, order) for order in orders for some in combinations(names, count))
        for some, order in islice(made, most):
            yield {name: np.full_like(base[name], value) for name, value in zip(some, order, strict=True)}


def _counting(count: int) -> np.ndarray:
    """One, two, three ..."""
    return np.arange(1.0, count + 1)


def _of_whole_length(count: int) -> np.ndarray:
    """Whole numbers, the first ones different, of which the squares add up to a square."""
    made = np.zeros(count)
    first = _WHOLE_LENGTHS[min(count, len(_WHOLE_LENGTHS)) - 1]
    made[: len(first)] = first
    return made


def _across(count: int) -> np.ndarray:
    """What is orthogonal to `_counting`, no entry zero but where there is one only: 2, -1, 4, -3 ... 1, -2, 1."""
    if count == 1:
        return np.zeros(1)
    made = _counting(count)
    paired = count - 3 * (count % 2)
    made[:paired:2], made[1:paired:2] = made[1:paired:2].copy(), -made[:paired:2]
    if count % 2:
        made[paired:] = (1.0, -2.0, 1.0)
    return made


def _powers(count: int) -> np.ndarray:
    """Each half of the one before: 4, 2, 1."""
    return 2.0 ** (np.arange(count - 1, -1, -1) % _CYCLE)


def _balanced(count: int) -> np.ndarray:
    """Ones, and the opposite of their sum."""
    made = np.ones(count)
    made[-1] = 1 - count
    return made


def _placed(rows: int, columns: int, row: int, column: int) -> np.ndarray:
    """One at a place, or at the last one there is, and zeros."""
    made = np.zeros((rows, columns))
    made[min(row, rows - 1), min(column, columns - 1)] = 1
    return made


def _projection(rows: int, columns: int) -> np.ndarray:
    """Of rank one, with a trace of one if it is square: no diagonal matrix."""
    return np.outer(_counting(rows), _across(columns) + np.eye(1, columns)[0])


def _skew(rows: int, columns: int) -> np.ndarray:
    """Ones above the diagonal, minus ones below it."""
    return np.triu(np.ones((rows, columns)), 1) - np.tril(np.ones((rows, columns)), -1)


_VECTORS: tuple[Callable[[int], np.ndarray], ...] = (
    _counting,
    _powers,
    _balanced,
    _across,
    lambda count: np.eye(1, count)[0],
    lambda count: np.arange(3.0, count + 3),  # 3, 4, 5
)
_MATRICES: tuple[Callable[[int, int], np.ndarray], ...] = (
    np.eye,
    lambda rows, columns: -np.eye(rows, columns),
    lambda rows, columns: 3 * np.eye(rows, columns),
    lambda rows, columns: np.outer(_counting(rows), _counting(columns)),  # of rank one, symmetric if it is square
    lambda rows, columns: np.outer(_of_whole_length(rows), _of_whole_length(columns)),  # the same, of whole norm
    lambda rows, columns: np.outer(_counting(rows), _across(columns)),  # of rank one, nilpotent if it is square
    _projection,
    lambda rows, columns: _placed(rows, columns, 0, 1),  # nilpotent
    lambda rows, columns: _placed(rows, columns, 0, 0),  # a projection
    lambda rows, columns: np.roll(np.eye(rows, columns), 1, axis=0),  # a permutation
    lambda rows, columns: np.eye(rows, columns)[::-1],  # a permutation, symmetric if it is square
    lambda rows, columns: np.add.outer(_counting(rows), _counting(columns) - 1),  # of rank two, symmetric
    lambda rows, columns: _counting(rows * columns).reshape(rows, columns),  # of rank two
    _skew,
)
