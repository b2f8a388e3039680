"""Draws of one declared quantity: many scales, zeros, ones, ties, aligned columns, ends of ranges."""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.claims.language.family import Parameters
from lemmata.claims.language.short.quantities import Kind, Values

SPREAD = "spread"
"""The parameter that says over how many scales the instances of a batch range: from 1/spread to spread."""
_LARGEST_WHOLE = 4


def number_of(expression: Any, parameters: Parameters) -> float:
    """A size or a standard deviation at a parameter point."""
    known = (
        {one: parameters[str(one)] for one in expression.free_symbols} if hasattr(expression, "free_symbols") else {}
    )
    return float(expression.subs(known)) if known else float(expression)


def shape_of(symbol: Any, parameters: Parameters) -> tuple[int, ...]:
    """Shape of one value of a quantity: ``()``, ``(n,)`` or ``(rows, columns)``."""
    if not symbol.is_Matrix and not hasattr(symbol, "shape"):
        return ()
    rows, columns = (round(number_of(size, parameters)) for size in symbol.shape)
    return (rows,) if symbol.shape[1] == 1 else (rows, columns)


def draw_raw(symbol: Any, parameters: Parameters, rng: np.random.Generator, size: int) -> dict[str, Any]:
    """Arrays ``(size, ...)`` from which the values of a quantity follow, see `values.value_of`."""
    shape, origin, name = shape_of(symbol, parameters), symbol.origin, str(symbol)
    if origin.kind is Kind.UNIT:
        chart = _dense(Values(kind=Kind.DENSE), (shape[0] - 1,), 1.0, rng, size)
        return {f"{name}.chart": chart, f"{name}.side": rng.choice([-1, 1], size=size)}
    if origin.kind is Kind.ORTHOGONAL:
        count = shape[0]
        chart = _dense(Values(kind=Kind.DENSE), (count, count - 1), 1.0, rng, size)
        return {f"{name}.chart": chart, f"{name}.side": rng.choice([-1, 1], size=size)}
    if origin.std is not None:
        return {name: number_of(origin.std, parameters) * rng.normal(size=(size, *shape))}
    spread = float(parameters.get(SPREAD, 1.0))
    values = _numbers(origin, spread, rng, size) if not shape else _dense(origin, shape, spread, rng, size)
    return {name: (values + values.swapaxes(-1, -2)) / 2 if origin.kind is Kind.SYMMETRIC else values}


def _numbers(origin: Values, spread: float, rng: np.random.Generator, size: int) -> Any:
    plain = _scales(spread, rng, size) * rng.normal(size=size)
    whole = rng.integers(-_LARGEST_WHOLE, _LARGEST_WHOLE + 1, size=size).astype(float)
    return within(np.where(rng.random(size) < 1 / 4, whole, plain), origin, rng)


def _scales(spread: float, rng: np.random.Generator, size: int) -> Any:
    return spread ** rng.uniform(-1, 1, size=size)


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


def _dense(origin: Values, shape: tuple[int, ...], spread: float, rng: np.random.Generator, size: int) -> Any:
    """Gaussian entries, and in about half of the instances a structure where theorems fail."""
    values = rng.normal(size=(size, *shape))
    pattern = rng.integers(0, 12, size=size)
    rounded = rng.integers(-2, 3, size=values.shape).astype(float)
    sparse = np.where(rng.random(values.shape) < 1 / 2, values, 0.0)
    for number, special in enumerate((rounded, sparse, *_dependent(values, rng), np.zeros_like(values))):
        values = np.where((pattern == number).reshape(size, *[1] * len(shape)), special, values)
    values = values * _scales(spread, rng, size).reshape(size, *[1] * len(shape))
    return within(values, origin, rng)


def _dependent(values: Any, rng: np.random.Generator) -> tuple[Any, ...]:
    """The first column (entry) repeated, aligned copies of it, and columns (entries) of very different sizes."""
    if not values.shape[-1]:
        return ()
    repeated = np.repeat(values[..., :1], values.shape[-1], axis=-1)
    factors = rng.normal(size=(len(values), *[1] * (values.ndim - 2), values.shape[-1]))
    return repeated, repeated * factors, values * 10.0 ** -np.arange(values.shape[-1])
