"""What needs an order: maxima, absolute values, signs, whole parts. Each result is as exact as its arguments."""

from __future__ import annotations

from functools import reduce, singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np

from lemmata.solvers.numbers import arithmetic
from lemmata.solvers.numbers.arithmetic import Array, Floats, flint, gate, leader
from lemmata.solvers.numbers.errors import NumberSystemError
from lemmata.solvers.numbers.ties import is_tied

if TYPE_CHECKING:
    from collections.abc import Sequence


def largest(values: Sequence[Array]) -> Array:
    """Entrywise maximum of arrays of equal shape."""
    return reduce(larger, values)


def smallest(values: Sequence[Array]) -> Array:
    """Entrywise minimum of arrays of equal shape."""
    return reduce(smaller, values)


def larger(x: Array, y: Array) -> Array:
    """Entrywise maximum of two arrays or numbers; no digit of the larger is lost to the other."""
    return _larger(leader((x, y)), x, y)


def smaller(x: Array, y: Array) -> Array:
    """Entrywise minimum of two arrays or numbers."""
    return -larger(-x, -y)


def greatest(x: Array) -> Array:
    """The largest entry along the last axis of `x` (..., n) -> (...)."""
    while x.shape[-1] > 1:
        half = x.shape[-1] // 2
        pairs = larger(x[..., :half], x[..., half : 2 * half])
        x = arithmetic.concatenate([pairs, x[..., 2 * half :]], axis=-1) if x.shape[-1] % 2 else pairs
    return x[..., 0]


def least(x: Array) -> Array:
    """The smallest entry along the last axis of `x` (..., n) -> (...)."""
    return -greatest(-x)


@singledispatch
def ascending(x: Array) -> Array:
    """The entries along the last axis of `x` (..., n) in ascending order, each with an error bound of its own.

    Raises:
        NumberSystemError: residues and degrees have no order.
    """
    if not isinstance(x, np.ndarray):
        raise _no_order("sort", x)
    return exchanged(x) if x.dtype == object else np.sort(x, axis=-1)


def exchanged(x: Array) -> Array:
    """As `ascending`, from maxima and minima: neighbours are exchanged, in as many rounds as there are entries."""
    size = x.shape[-1]
    for first in (step % 2 for step in range(size)):
        end = size - (size - first) % 2
        if end <= first:
            continue
        below, above = x[..., first:end:2], x[..., first + 1 : end : 2]
        pairs = arithmetic.stack([smaller(below, above), larger(below, above)], axis=-1)
        rest = [x[..., :first], pairs.reshape(*x.shape[:-1], end - first), x[..., end:]]
        x = arithmetic.concatenate([part for part in rest if part.shape[-1]], axis=-1)
    return x


@singledispatch
def _larger(system: Array, x: Array, y: Array) -> Array:
    if not isinstance(system, np.ndarray):
        # Residues and degrees have no order: an arbitrary gate chooses.
        chosen = gate(y - x)
        return chosen * y + (1 - chosen) * x
    if system.dtype == object:
        return arithmetic.entrywise(_larger_of_two, *arithmetic.in_system(system, x, y))
    return np.maximum(x, y)


def _larger_of_two(x: Any, y: Any) -> Any:
    if hasattr(x, "rad") or hasattr(y, "rad"):
        return flint().arb(x).max(y)
    return max(x, y)


@singledispatch
def absolute(x: Array) -> Array:
    """Absolute value, entry by entry."""
    if not isinstance(x, np.ndarray):
        return (gate(x) * 2 - 1) * x
    if x.dtype == object:
        return arithmetic.entrywise(_absolute_of, x)
    return np.abs(x)


def _absolute_of(number: Any) -> Any:
    if not hasattr(number, "rad") or number >= 0 or number <= 0 or number.is_nan():
        return abs(number)
    return number.abs_lower().union(number.abs_upper())


@singledispatch
def sign(x: Array) -> Array:
    """-1, 0 or 1, entry by entry; an interval around them where the error bound leaves it open.

    Raises:
        NumberSystemError: residues and degrees have no signs.
    """
    if not isinstance(x, np.ndarray):
        raise _no_order("sign", x)
    if x.dtype == object:
        return arithmetic.entrywise(_sign_of, x)
    return np.sign(x)


def _sign_of(number: Any) -> Any:
    if hasattr(number, "rad"):
        if number.is_nan():
            return number
        return type(number)(0) if is_tied(number) else number.sgn()
    return type(number)((number > 0) - (number < 0))


@singledispatch
def floor(x: Array) -> Array:
    """Largest integer up to each entry; an interval where the error bound reaches over an integer.

    Raises:
        NumberSystemError: residues and degrees have no whole parts.
    """
    if not isinstance(x, np.ndarray):
        raise _no_order("floor", x)
    if x.dtype == object:
        return arithmetic.entrywise(_floor_of, x)
    return np.floor(x)


def _floor_of(number: Any) -> Any:
    if not hasattr(number, "floor"):
        return number
    nearest = (number.mid() + 0.5).floor() if hasattr(number, "rad") else None
    return type(number)(nearest if nearest is not None and is_tied(number - nearest) else number.floor())


def ceiling(x: Array) -> Array:
    """Smallest integer from each entry on."""
    return -floor(-x)


def signs(x: Array) -> Floats:
    """-1 where the float nearest to an entry is negative, 1 elsewhere."""
    return np.where(arithmetic.as_floats(x) < 0, -1.0, 1.0)


def _no_order(operation: str, x: object) -> NumberSystemError:
    return NumberSystemError(
        f"{operation} was asked of {type(x).__name__}, which have no order; expected floats, Bounded, rationals, "
        "balls or Dual. Use `gate`, whose bits are arbitrary there, or prove the claim in another way."
    )


no_order = _no_order
larger_into = _larger
