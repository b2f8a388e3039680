"""Draws of one declared quantity: many scales, zeros, ones, ties, aligned columns, ends of ranges."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from lemmata.claims.language.family import Parameters
from lemmata.claims.language.short.quantities import Kind, Values

SPREAD = "spread"
"""The parameter that says over how many scales the instances of a batch range: from 1/spread to spread."""
_LARGEST_WHOLE = 4
_WIDE, _DOUBLINGS = 1 / 16, 60
"""The share of instances, of statements without a procedure, whose size is anything up to so many doublings of one."""


def number_of(expression: Any, parameters: Parameters) -> float:
    """A size or a standard deviation at a parameter point."""
    letters = _letters(expression)
    return _number(expression, letters, tuple(parameters[str(one)] for one in letters))


@lru_cache(maxsize=4096)
def _letters(expression: Any) -> tuple[Any, ...]:
    return tuple(getattr(expression, "free_symbols", ()))


@lru_cache(maxsize=4096)
def _number(expression: Any, letters: tuple[Any, ...], values: tuple[Any, ...]) -> float:
    return float(expression.subs(dict(zip(letters, values, strict=True))) if letters else expression)


def shape_of(symbol: Any, parameters: Parameters) -> tuple[int, ...]:
    """Shape of one value of a quantity: ``()``, ``(n,)`` or ``(rows, columns)``."""
    if not symbol.is_Matrix and not hasattr(symbol, "shape"):
        return ()
    rows, columns = (round(number_of(size, parameters)) for size in symbol.shape)
    return (rows,) if symbol.shape[1] == 1 else (rows, columns)


def draw_raw(
    symbol: Any, parameters: Parameters, rng: np.random.Generator, size: int, *, wide: bool = False
) -> dict[str, Any]:
    """Arrays ``(size, ...)`` from which the values of a quantity follow, see `values.value_of`.

    Args:
        symbol: the quantity.
        parameters: sizes, and over how many scales numbers range.
        rng: for the draw.
        size: how many.
        wide: whether some are far larger and smaller than that.
    """
    shape, origin, name = shape_of(symbol, parameters), symbol.origin, str(symbol)
    if origin.kind is Kind.UNIT:
        chart = _dense(Values(kind=Kind.DENSE), (shape[0] - 1,), np.ones(size), rng, size)
        return {f"{name}.chart": chart, f"{name}.side": rng.choice([-1, 1], size=size)}
    if origin.kind is Kind.ORTHOGONAL:
        count = shape[0]
        chart = _dense(Values(kind=Kind.DENSE), (count, count - 1), np.ones(size), rng, size)
        return {f"{name}.chart": chart, f"{name}.side": rng.choice([-1, 1], size=size)}
    if origin.std is not None:
        return {name: number_of(origin.std, parameters) * rng.normal(size=(size, *shape))}
    scales = np.ones(size) if origin.is_even else _scales(float(parameters.get(SPREAD, 1.0)), rng, size, wide=wide)
    values = _numbers(origin, scales, rng, size) if not shape else _dense(origin, shape, scales, rng, size)
    return {name: (values + values.swapaxes(-1, -2)) / 2 if origin.kind is Kind.SYMMETRIC else values}


def _numbers(origin: Values, scales: Any, rng: np.random.Generator, size: int) -> Any:
    plain = scales * rng.normal(size=size)
    whole = rng.integers(-_LARGEST_WHOLE, _LARGEST_WHOLE + 1, size=size).astype(float)
    return within(np.where(rng.random(size) < 1 / 4, whole, plain), origin, rng)


def _scales(spread: float, rng: np.random.Generator, size: int, *, wide: bool = False) -> Any:
    plain = spread ** rng.uniform(-1, 1, size=size)
    if not wide:
        return plain
    return np.where(rng.random(size) < _WIDE, 2.0 ** rng.uniform(-_DOUBLINGS, _DOUBLINGS, size=size), plain)


def within(values: Any, origin: Values, rng: np.random.Generator) -> Any:
    """Real numbers of any size moved into the range of a quantity, some of them to its ends and close to them."""
    low, high = (None if end is None else float(end) for end in (origin.low, origin.high))
    if low is None and high is None:
        return values
    if low is None or high is None:
        near = np.where(rng.random(values.shape) < 1 / 4, 2.0 ** -rng.uniform(0, 60, values.shape), 1.0)
        moved = low + np.abs(values) * near if low is not None else high - np.abs(values) * near
    else:
        depth = np.where(
            rng.random(values.shape) < 1 / 2, rng.random(values.shape), 2.0 ** -rng.uniform(0, 30, values.shape)
        )
        ends = rng.random(values.shape) < 1 / 2
        depth = np.where(rng.random(values.shape) < 1 / 5, 0.0, depth)
        moved = np.clip(np.where(ends, low + depth * (high - low), high - depth * (high - low)), low, high)
    if not origin.is_open or low is None:
        return moved
    top = 1.0 if high is None else high - low
    return np.where(moved > low, moved, low + top * 2.0 ** -rng.integers(0, 9, size=values.shape))


def _dense(origin: Values, shape: tuple[int, ...], scales: Any, rng: np.random.Generator, size: int) -> Any:
    """Gaussian entries, and in about half of the instances a structure where theorems fail."""
    values = rng.normal(size=(size, *shape))
    pattern = rng.integers(0, 12, size=size)
    rounded = rng.integers(-2, 3, size=values.shape).astype(float)
    sparse = np.where(rng.random(values.shape) < 1 / 2, values, 0.0)
    for number, special in enumerate((rounded, sparse, *_dependent(values, rng), np.zeros_like(values))):
        values = np.where((pattern == number).reshape(size, *[1] * len(shape)), special, values)
    values = values * scales.reshape(size, *[1] * len(shape))
    return within(values, origin, rng)


def _dependent(values: Any, rng: np.random.Generator) -> tuple[Any, ...]:
    """The first column (entry) repeated, aligned copies of it, and columns (entries) of very different sizes."""
    if not values.shape[-1]:
        return ()
    repeated = np.repeat(values[..., :1], values.shape[-1], axis=-1)
    factors = rng.normal(size=(len(values), *[1] * (values.ndim - 2), values.shape[-1]))
    return repeated, repeated * factors, values * 10.0 ** -np.arange(values.shape[-1])
