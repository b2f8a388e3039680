"""Powers: integer ones by multiplication, roots as roots, and only what is left through exp and log."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import singledispatch
from typing import Any, TypeAlias

import numpy as np

from lemmata.solvers.numbers import arithmetic
from lemmata.solvers.numbers.arithmetic import Array, elementwise, flint, is_balls
from lemmata.solvers.numbers.bounded import Bounded
from lemmata.solvers.numbers.constants import fraction
from lemmata.solvers.numbers.dual import Dual
from lemmata.solvers.numbers.errors import NumberSystemError
from lemmata.solvers.numbers.exact import require_short_power
from lemmata.solvers.numbers.masks import Mask, equal, less, where

Integers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

LARGEST_EXPONENT = 2**20
"""Measured exponents beyond this go through exp and log; written ones are refused."""


def power(base: Array, exponent: Array) -> Array:
    """`base` to the `exponent`, which is an integer, a `Fraction` or an array in the number system of `base`.

    0 to the 0 is 1, 0 to a positive power is 0. A negative base has the powers with whole exponents only.

    Raises:
        NotRationalError: exact rationals, residues or degrees were asked for a power that is not whole.
    """
    if isinstance(exponent, Fraction):
        return _constant_power(base, exponent)
    if isinstance(exponent, (int, np.integer)):
        return whole_power(base, int(exponent))
    if isinstance(exponent, float):
        return power(base, Fraction(exponent))
    shape = np.broadcast_shapes(base.shape, exponent.shape)
    if base.shape != shape:  # a power by multiplication has the shape of its base
        base = where(np.ones(shape, dtype=bool), base, base)
    # Entry by entry: what is whole must not depend on the other instances of a batch.
    whole = np.asarray(_is_whole(exponent))
    if not whole.any():
        return _general(base, exponent)
    numbers = np.where(whole, arithmetic.as_floats(exponent), 1.0).astype(np.int64)
    found = by_whole_number(numbers, lambda number: whole_power(base, number))
    return found if whole.all() else where(whole, found, _general(base, exponent))


def whole_power(base: Array, exponent: int) -> Array:
    """`base` to a whole `exponent`, by repeated squaring."""
    if abs(exponent) > LARGEST_EXPONENT:
        raise NumberSystemError(
            f"a power with the exponent {exponent} was asked; expected at most {LARGEST_EXPONENT}. Take logarithms."
        )
    if exponent == 0:
        return fraction(base, base.shape, 1)
    if isinstance(base, np.ndarray) and base.dtype == object:
        require_short_power(base, exponent)
    if exponent < 0:
        return 1 / whole_power(base, -exponent)
    result, square, left = None, base, exponent
    while left:
        if left & 1:
            result = square if result is None else result * square
        left >>= 1
        if left:
            square = square * square
    return result


def whole_numbers(x: Array) -> Integers | None:
    """The entries of `x` as int64, if each is a whole number without error and without tangent; else None."""
    return arithmetic.as_floats(x).astype(np.int64) if np.all(_is_whole(x)) else None


def integers_in(x: Array) -> tuple[Integers, Any] | None:
    """What numbers known to be integers are, int64, and where the error bound leaves one; 0 where it leaves more.

    None, if an entry is no integer or larger than `LARGEST_EXPONENT`.
    """
    if isinstance(x, Dual):
        return None if np.any(arithmetic.magnitude(x.tangent)) else integers_in(x.value)
    if is_balls(x):
        balls = [flint().arb(number) for number in x.flat]
        found = [number.unique_fmpz() for number in balls]
        known = np.array([one is not None for one in found]).reshape(x.shape)
        near = np.array([float(one or 0) for one in found]).reshape(x.shape)
        some = all(number.contains_integer() or not number.is_finite() for number in balls)
    elif isinstance(x, Bounded):
        apart = np.abs(x.value - np.rint(x.value))
        known = apart + x.error < _ALONE
        near = np.where(known, np.rint(x.value), 0.0)
        some = bool(np.all((apart <= x.error) | ~np.isfinite(apart + x.error)))
    else:
        near, some = arithmetic.as_floats(x), bool(np.all(_is_whole(x)))
        known = np.ones(near.shape, dtype=bool)
    return (near.astype(np.int64), known) if some and np.all(np.abs(near) <= LARGEST_EXPONENT) else None


_ALONE = 0.9
"""Nearer than this to an integer no other is as near as one, however the distances are rounded."""


@singledispatch
def _is_whole(x: Array) -> Any:
    """Which entries are whole numbers, known exactly and of a size that multiplication can reach."""
    if not isinstance(x, np.ndarray):
        return np.zeros(x.shape, dtype=bool)
    near = arithmetic.as_floats(x)
    fits = (np.abs(near) <= LARGEST_EXPONENT) & (near == np.floor(near))
    if x.dtype != object:
        return fits
    return fits & np.array([_is_whole_number(number) for number in x.flat], dtype=bool).reshape(x.shape)


def _is_whole_number(number: Any) -> bool:
    if hasattr(number, "rad"):
        return bool(number.is_exact() and number.is_integer())
    return bool(getattr(number, "q", 1) == 1)


@_is_whole.register(Bounded)
def _(x: Bounded) -> Any:
    return _is_whole(x.value) & (x.error == 0)


@_is_whole.register(Dual)
def _(x: Dual) -> Any:
    return _is_whole(x.value) & (arithmetic.magnitude(x.tangent) == 0)


def by_whole_number(whole: Integers, value: Callable[[int], Array]) -> Array:
    """`value(k)` at the entries where `whole` is k: one evaluation for each number that occurs."""
    numbers = [int(number) for number in np.unique(whole)]
    found = value(numbers[0])
    for number in numbers[1:]:
        found = where(whole == number, value(number), found)
    return found


@singledispatch
def _root_power(base: Array, exponent: Fraction) -> Array:
    """A power with a rational exponent that is neither whole nor half of a whole number."""
    if is_balls(base):
        degree = exponent.denominator
        return whole_power(arithmetic.entrywise(lambda ball: _ball_root(ball, degree), base), exponent.numerator)
    return _general(base, fraction(base, (1,) * base.ndim, exponent.numerator, exponent.denominator))


def _constant_power(base: Array, exponent: Fraction) -> Array:
    """A power with a rational exponent; duals by their rule, so that x^(3/2) has slope 0 at 0."""
    if exponent.denominator == 1:
        return whole_power(base, exponent.numerator)
    if isinstance(base, Dual):
        slope = _constant_power(base.value, exponent - 1)
        return Dual(
            _constant_power(base.value, exponent),
            slope * exponent.numerator / exponent.denominator * base.tangent,
        )
    if exponent.denominator == 2:  # noqa: PLR2004 - a half
        return whole_power(elementwise(base, "sqrt"), exponent.numerator)
    return _root_power(base, exponent)


def _ball_root(ball: Any, degree: int) -> Any:
    number = flint().arb(ball)
    return number if number.is_zero() else number.root(degree)


@singledispatch
def _general(base: Array, exponent: Array) -> Array:
    """exp(exponent * log(base)), and 0 where the base is exactly 0 and the exponent surely positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found = elementwise(elementwise(base, "log") * exponent, "exp")
    zero = equal(base, 0) & less(0, exponent)
    certain = zero.certain if isinstance(zero, Mask) else zero
    return where(certain, 0, found) if np.any(certain) else found


whole_into, root_into, general_into = _is_whole, _root_power, _general
