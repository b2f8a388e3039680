"""Random expressions of all that symbolic real numbers know, as trees that run in every number system."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from lemmata.solvers import full, gate, select, singular_values
from lemmata.solvers.numbers.masks import used_where

Tree: TypeAlias = tuple[Any, ...]
"""The name of an operation, and what it is done to: trees, or numbers of a leaf."""

BINARY = ("add", "subtract", "multiply", "divide", "maximum", "minimum", "hypot", "first", "least of three", "spectral")
UNARY = ("absolute", "root", "square", "sign", "gate", "gate of one half", "power 3/2", "power -1", "negative")
COMPARED = ("less", "at most", "equal", "not equal")
_HALF, _CHOSEN = 0.5, 0.25
"""Share of the nodes whose arguments are exchanged; of those that take one, of roots, of choices by a condition."""


def tree(rng: np.random.Generator, letters: int, depth: int) -> Tree:
    """A random expression, at most so deep, in so many letters."""
    if depth == 0:
        leaf = int(rng.integers(-2, letters))
        return ("letter", leaf) if leaf >= 0 else ("number", int(rng.integers(-4, 5)), int(rng.integers(1, 4)))
    first = tree(rng, letters, depth - 1)
    if rng.random() < _CHOSEN:
        return (str(rng.choice(UNARY)), first)
    if rng.random() < _CHOSEN:
        return ("root", first)
    second = tree(rng, letters, int(rng.integers(0, depth)))
    if rng.random() < _CHOSEN:
        return (str(rng.choice(("where", "piecewise"))), _condition(rng, letters, depth), first, second)
    return (str(rng.choice(BINARY)), *((first, second) if rng.random() < _HALF else (second, first)))


def _condition(rng: np.random.Generator, letters: int, depth: int) -> Tree:
    sides = [tree(rng, letters, int(rng.integers(0, depth))) for _ in range(2)]
    made: Tree = (str(rng.choice(COMPARED)), *sides)
    if rng.random() < _CHOSEN:
        made = ("not", made)
    if rng.random() < _CHOSEN:
        made = (str(rng.choice(("and", "or"))), made, _condition(rng, letters, depth))
    return made


def value(expression: Tree, letters: Any) -> Any:
    """What an expression comes to, ``(batch,)``, of its letters ``(batch, n)`` in any number system."""
    name, *parts = expression
    if name == "letter":
        return letters[:, parts[0]]
    if name == "number":
        return full(letters[:, 0], Fraction(*parts))
    if name == "piecewise":
        return _piecewise(parts, letters)
    return _OPERATIONS[name](*(value(part, letters) for part in parts))


def _piecewise(parts: Sequence[Tree], letters: Any) -> Any:
    """As a formula's cases are read: a branch is carried out only where it is used, numbers only if it is."""
    condition, first, second = parts
    mask = value(condition, letters)
    if isinstance(mask, np.ndarray) and len(mask) == 1:
        return value(first if mask[0] else second, letters)
    with used_where(mask):
        one = value(first, letters)
    with used_where(~mask):
        other = value(second, letters)
    return np.where(mask, one, other)


_OPERATIONS: dict[str, Any] = {
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "hypot": lambda x, y: np.linalg.norm(np.stack([x, y], axis=-1), axis=-1),
    "first": lambda x, y: (select(np.stack([x, y, x * 0], axis=-1), axis=-1) * np.array([1, 2, -3])).sum(axis=-1),
    "least of three": lambda x, y: np.min(np.stack([x, y, x + y], axis=-1), axis=-1),
    "spectral": lambda x, y: singular_values(np.stack([x, y], axis=-1)[:, :, None])[:, 0],
    "absolute": np.abs,
    "root": np.sqrt,
    "square": lambda x: x * x,
    "sign": np.sign,
    "gate": lambda x: gate(x) * 3,
    "gate of one half": lambda x: gate(x, 0.5),
    "power 3/2": lambda x: x**1.5,
    "power -1": lambda x: x**-1,
    "negative": lambda x: -x,
    "where": np.where,
    "less": lambda x, y: x < y,
    "at most": lambda x, y: x <= y,
    "equal": lambda x, y: x == y,
    "not equal": lambda x, y: x != y,
    "not": lambda x: ~x,
    "and": lambda x, y: x & y,
    "or": lambda x, y: x | y,
}
