"""The values of declared quantities, from what was drawn, in every number system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from lemmata.claims.language.conditions import holds
from lemmata.claims.language.family import Instances, Parameters, Predicate
from lemmata.claims.language.formula import evaluate
from lemmata.claims.language.functions import shaped
from lemmata.claims.language.short.quantities import Kind
from lemmata.solvers.numbers.arithmetic import concatenate, leader, to_balls, transpose
from lemmata.solvers.numbers.constants import fraction
from lemmata.solvers.numbers.errors import NotRationalError
from lemmata.solvers.numbers.symbolic import Symbolic
from lemmata.solvers.numbers.undefined import holds_where_defined

MIRRORS = "of which the row t is for the mirror normal to (2 t, |t|^2 - 1)"
"""How `rotation` reads the rows of a chart, in words."""


def values_of(symbols: Sequence[Any], parameters: Parameters, instances: Instances) -> dict[str, Any]:
    """Name -> values of quantities: ``(batch,)``, ``(batch, n)`` or ``(batch, rows, columns)``.

    A whole number is the same exact number for all, ``(batch,)``, unless the instances carry their own; a scale is ``(batch, scales)``.
    """
    like = leader(list(instances.values()))
    return {str(one): _value(one, parameters, instances, like) for one in symbols}


def with_times(symbols: Sequence[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with the axis of times that formulas are evaluated on."""
    return {str(one): shaped(one, values[str(one)]) for one in symbols}


def _value(symbol: Any, parameters: Parameters, instances: Instances, like: Any) -> Any:
    name, origin = str(symbol), symbol.origin
    match origin.kind:
        case Kind.INTEGER if name not in instances:
            return fraction(like, _batch(instances), int(parameters[name]))
        case Kind.SCALE:
            return _grid(like, origin, _batch(instances))
        case Kind.SYMMETRIC:
            return (instances[name] + transpose(instances[name])) / 2
        case Kind.UNIT:
            side = instances[f"{name}.side"]
            return _on_sphere(instances[f"{name}.chart"], side) * _signs(side)[:, None]
        case Kind.ORTHOGONAL:
            side = instances[f"{name}.side"]
            turn = rotation(instances[f"{name}.chart"], side)
            first = np.eye(1, turn.shape[-1], dtype=np.int64)[0]
            return turn * (_signs(side)[:, None, None] * first + (1 - first))
    if name in instances:
        return instances[name]
    above, below = float(parameters[name]).as_integer_ratio()
    return fraction(like, _batch(instances), above, below)


def _batch(instances: Instances) -> tuple[int]:
    return (int(next(iter(instances.values())).shape[0]),)


def _signs(side: Any) -> Any:
    """The signs of an array of plus and minus one in any number system, as whole numbers where it has an order."""
    if isinstance(side, Symbolic):
        return side  # it is plus or minus one, as the decision that runs over it is told
    values = getattr(side, "value", side)
    return np.where(np.asarray(values > 0, dtype=bool), 1, -1)


def _grid(like: Any, origin: Any, batch: tuple[int]) -> Any:
    first = origin.high if origin.low is None else origin.low
    steps = range(origin.count)
    powers = [(1, 2**step) if origin.low is None else (2**step, 1) for step in steps]
    grid = [fraction(like, (*batch, 1), int(first.p) * above, int(first.q) * below) for above, below in powers]
    return concatenate(grid, axis=1)


def _on_sphere(chart: Any, like: Any) -> Any:
    """Stereographic projection: any ``t`` (..., n - 1) gives a vector (..., n) of length one, exact in rationals."""
    if not chart.shape[-1]:  # an empty array does not know its number system
        return fraction(like, (*chart.shape[:-1], 1), -1)
    square = (chart * chart).sum(axis=-1)[..., None]
    return concatenate([chart * 2, square - 1], axis=-1) / (square + 1)


def rotation(chart: Any, like: Any) -> Any:
    """A product of n reflections, ``(batch, n, n)``, from any numbers ``(batch, n, n - 1)``; exact in rationals.

    Every orthogonal matrix is one, with its first column turned round or not. ``like`` is any array of the number
    system, which an empty chart does not know.
    """
    axes, count = _on_sphere(chart, like), chart.shape[-2]
    identity = fraction(like, (1, 1, 1), 1) * np.eye(count, dtype=np.int64)
    product = identity
    for place in range(count):
        axis = axes[:, place]
        product = product @ (identity - (axis[:, :, None] * axis[:, None, :]) * 2)
    return product


@lru_cache(maxsize=512)
def _names(relation: Any) -> frozenset[str]:
    return frozenset(str(one) for one in relation.free_symbols)


def relation_mask(relation: Any, symbols: Sequence[Any], parameters: Parameters, instances: Instances) -> Any:
    """Where a relation between quantities holds: ``(batch,)`` booleans, or a `Mask` where error bounds leave it open.

    A relation with a part that is not defined, such as 1/0 >= 1 or 1/(1/0 + 1) >= 0, does not hold.
    """

    def met(drawn: Instances) -> Any:
        known = _known(relation, symbols, parameters, drawn)
        return holds(relation, lambda side: evaluate(side, known, [relation]))

    mask = holds_where_defined(met, instances)
    return mask[:, 0] if mask.ndim > 1 else mask


def relation_sides(
    relation: Any, symbols: Sequence[Any], parameters: Parameters, instances: Instances
) -> tuple[Any, Any]:
    """Both sides of a relation between quantities, ``(batch, ...)`` each."""
    known = _known(relation, symbols, parameters, instances)
    return evaluate(relation.lhs, known, [relation]), evaluate(relation.rhs, known, [relation])


def _known(relation: Any, symbols: Sequence[Any], parameters: Parameters, instances: Instances) -> dict[str, Any]:
    names = _names(relation)
    used = [one for one in symbols if str(one) in names]
    return with_times(used, values_of(used, parameters, instances))


def decided(predicate: Predicate) -> Predicate:
    """A predicate that also takes arrays of wrapped exact numbers, such as those on which the trial decides.

    It is evaluated in rationals, and where those end in balls of the precision at hand.
    """

    def holds(parameters: Parameters, instances: Instances) -> Any:
        if not any(_is_wrapped(value) for value in instances.values()):
            return predicate(parameters, instances)
        point = {name: _number(value) for name, value in parameters.items()}
        numbers = {name: _numbers(value) for name, value in instances.items()}
        try:
            mask = predicate(point, numbers)
        except NotRationalError:
            mask = predicate(point, {name: to_balls(value) for name, value in numbers.items()})
        return mask if isinstance(mask, np.ndarray) else np.full(mask.shape, mask.all())

    return holds


def _is_wrapped(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == object and any(hasattr(one, "number") for one in value.flat)


def _number(value: Any) -> Any:
    """A parameter as a plain number."""
    number = getattr(value, "number", value)
    return float(number.p) / float(number.q) if hasattr(number, "q") and number.q != 1 else number


def _numbers(value: Any) -> Any:
    plain = [getattr(one, "number", one) for one in np.ravel(value).tolist()]  # whole numbers are no NumPy ones
    made = np.empty(len(plain), dtype=object)
    made[:] = plain
    return made.reshape(np.shape(value))
