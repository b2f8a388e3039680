"""Parameter points of a family, drawn within the declared ranges, with a preference for their ends."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from functools import singledispatch
from typing import Any

import numpy as np

from lemmata.claims import Choice, Integers, Range, Reals, Sizes, Value

_LOW, _HIGH, _NEAR = 1 / 12, 2 / 12, 3 / 12
"""Cumulated chances: a number is at the lower end of its range, at the upper one, near one of them, else anywhere."""
_NEAREST = 20
"""What is near an end is between half of the range and two to the power of minus so much of it away."""
_ATTEMPTS = 10
"""Draws for each point that is wanted, after which the ranges count as holding no more."""


def draw_points(ranges: Mapping[str, Range], count: int, point_seed: int) -> list[dict[str, Value]]:
    """Up to ``count`` different parameter points, the simplest first; all of them where the ranges hold no more.

    Args:
        ranges: parameter name -> declared range.
        count: how many points are wanted, at least one.
        point_seed: the same seed gives the same points.
    """
    if math.prod(map(_size, ranges.values())) <= count:
        every = itertools.product(*map(_all, ranges.values()))
        return [dict(zip(ranges, values, strict=True)) for values in every]
    rng = np.random.default_rng(point_seed)
    found: list[dict[str, Value]] = [{name: declared.simplest for name, declared in ranges.items()}]
    for _ in range(_ATTEMPTS * count):
        if len(found) == count:
            break
        point = {name: _drawn(declared, rng) for name, declared in ranges.items()}
        if point not in found:
            found.append(point)
    return found


def _fraction(rng: np.random.Generator) -> float:
    """A number from 0 to 1: now and then an end, or near one."""
    kind, place = rng.random(2)
    if kind < _LOW:
        return 0.0
    if kind < _HIGH:
        return 1.0
    if kind < _NEAR:
        near = 2.0 ** -(1 + (_NEAREST - 1) * abs(2 * place - 1))
        return float(near if place < 1 / 2 else 1 - near)
    return float(place)


@singledispatch
def _drawn(declared: object, _: np.random.Generator) -> Any:
    raise TypeError(f"expected a range (integers, reals, choice, sizes), got {declared!r}")


@_drawn.register
def _(declared: Integers, rng: np.random.Generator) -> Value:
    """Every other time evenly in the logarithm of how many there are below: small sizes are cheap, and fail alike."""
    count, fraction = declared.high - declared.low + 1, _fraction(rng)
    below = float(count + 1) ** fraction - 1 if rng.random() < 1 / 2 else fraction * count
    return declared.low + min(count - 1, int(below))


@_drawn.register
def _(declared: Reals, rng: np.random.Generator) -> Value:
    return declared.at(_fraction(rng))


@_drawn.register
def _(declared: Choice, rng: np.random.Generator) -> Value:
    return declared.options[int(rng.integers(len(declared.options)))]


@_drawn.register
def _(declared: Sizes, rng: np.random.Generator) -> Value:
    length = _drawn(Integers(declared.shortest, declared.longest), rng)
    return [_drawn(declared.of, rng) for _ in range(length)]


def _size(declared: Range) -> float:
    """How many values a range holds."""
    match declared:
        case Integers():
            return declared.high - declared.low + 1
        case Choice():
            return len(declared.options)
        case Sizes():
            return sum(_size(declared.of) ** length for length in range(declared.shortest, declared.longest + 1))
        case Reals():
            return 1 if declared.low == declared.high else math.inf


def _all(declared: Range) -> list[Value]:
    """Each value of a range that holds few."""
    match declared:
        case Integers():
            return list(range(declared.low, declared.high + 1))
        case Choice():
            return list(declared.options)
        case Sizes():
            lengths = range(declared.shortest, declared.longest + 1)
            entries = range(declared.of.low, declared.of.high + 1)
            return [list(one) for length in lengths for one in itertools.product(entries, repeat=length)]
        case Reals():
            return [declared.low]
