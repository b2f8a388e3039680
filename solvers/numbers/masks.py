"""Comparisons as masks: which entries surely compare so, which possibly, and a choice that covers both."""

from __future__ import annotations

import operator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from lemmata.solvers.numbers import arithmetic, order
from lemmata.solvers.numbers.arithmetic import Array, flint, leader
from lemmata.solvers.numbers.bounded import INFLATION, UNIT, Bounded, as_bounded
from lemmata.solvers.numbers.degrees import Degrees
from lemmata.solvers.numbers.dual import Dual, as_dual
from lemmata.solvers.numbers.errors import UndecidedError
from lemmata.solvers.numbers.hooks import Truths, is_truth
from lemmata.solvers.numbers.residues import Residues, to_residues
from lemmata.solvers.numbers.ties import as_compared

if TYPE_CHECKING:
    from collections.abc import Callable

Booleans: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"


@dataclass(frozen=True, eq=False)
class Mask(Truths):
    """Answers to a comparison that error bounds leave open in places.

    Comparisons return an ordinary boolean ndarray where every entry is decided, and a `Mask` elsewhere. It goes
    into `where` (`np.where`), which covers both branches where it is open, and combines with `& | ~`.

    Attributes:
        certain: entries that are surely true.
        possible: entries that may be true; same shape.
        like: an array of the number system that was compared.
    """

    certain: Booleans
    possible: Booleans
    like: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.certain.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.certain.ndim

    def __getitem__(self, key: Any) -> Mask:
        return Mask(np.asarray(self.certain[key]), np.asarray(self.possible[key]), self.like)

    def reshape(self, *shape: Any) -> Mask:
        """The same entries in another shape."""
        return Mask(self.certain.reshape(*shape), self.possible.reshape(*shape), self.like)

    def __invert__(self) -> Mask:
        return Mask(~self.possible, ~self.certain, self.like)

    def __and__(self, other: Any) -> Mask:
        certain, possible = _both(other)
        return Mask(self.certain & certain, self.possible & possible, self.like)

    __rand__ = __and__

    def __or__(self, other: Any) -> Mask:
        certain, possible = _both(other)
        return Mask(self.certain | certain, self.possible | possible, self.like)

    __ror__ = __or__

    def __mul__(self, other: Any) -> Any:
        return self & other if is_truth(other) else where(self, other, other * 0)

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        return self | other if is_truth(other) else self.astype(float) + other

    __radd__ = __add__

    def __sub__(self, other: Any) -> Array:
        return self.astype(float) - other

    def __rsub__(self, other: Any) -> Array:
        return other - self.astype(float)

    def astype(self, _type: Any) -> Array:
        """1 where it is true, 0 where it is false, an interval over both where it is open."""
        return where(self, 1, 0)

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Array:
        """How many are true, over `axis`."""
        return self.astype(float).sum(axis=axis, keepdims=keepdims)

    def __bool__(self) -> bool:
        return bool(self.all())

    def all(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Whether every entry is true: one yes or no, or over `axis` a mask again.

        Raises:
            UndecidedError: the error bounds leave the one answer open.
        """
        if axis is not None or keepdims:
            certain, possible = (one.all(axis=axis, keepdims=keepdims) for one in (self.certain, self.possible))
            return decided(certain, possible, self.like)
        if self.certain.all() or not self.possible.all():
            return bool(self.certain.all())
        raise _undecided(self)

    def any(self, axis: Any = None, *, keepdims: bool = False) -> Any:
        """Whether some entry is true: one yes or no, or over `axis` a mask again.

        Raises:
            UndecidedError: the error bounds leave the one answer open.
        """
        if axis is not None or keepdims:
            certain, possible = (one.any(axis=axis, keepdims=keepdims) for one in (self.certain, self.possible))
            return decided(certain, possible, self.like)
        if self.certain.any() or not self.possible.any():
            return bool(self.certain.any())
        raise _undecided(self)


def _undecided(mask: Mask) -> UndecidedError:
    return UndecidedError(
        f"a comparison is left open by the error bounds in {int((mask.possible & ~mask.certain).sum())} of "
        f"{mask.certain.size} entries, and a single yes or no was asked; write np.where(condition, a, b), which "
        "covers both."
    )


def _both(other: Any) -> tuple[Any, Any]:
    return (other.certain, other.possible) if isinstance(other, Mask) else (np.asarray(other), np.asarray(other))


def decided(certain: Any, possible: Any, like: Array) -> Booleans | Mask:
    """A boolean ndarray if nothing is open, else a `Mask`."""
    if (certain == possible).all():
        return np.asarray(certain)
    return Mask(np.asarray(certain), np.asarray(possible), like)


def less(x: Array, y: Array) -> Booleans | Mask:
    """Where x < y, decided by the error bounds.

    Raises:
        NumberSystemError: residues and degrees have no order.
    """
    return _less(leader((x, y)), x, y)


def equal(x: Array, y: Array) -> Booleans | Mask:
    """Where x = y, decided by the error bounds."""
    return _equal(leader((x, y)), x, y)


def at_most(x: Array, y: Array) -> Booleans | Mask:
    """Where x <= y, decided by the error bounds."""
    # The converse would call NaN comparable.
    return x <= y if _is_floats(leader((x, y))) else ~less(y, x)


def _is_floats(x: Array) -> bool:
    return isinstance(x, np.ndarray) and x.dtype != object


@singledispatch
def _less(system: Array, x: Array, y: Array) -> Booleans | Mask:
    if not isinstance(system, np.ndarray):
        raise order.no_order("a comparison", system)
    if system.dtype != object:
        return np.asarray(x < y)
    return _entries(system, x, y, operator.lt, _not_beyond)


@singledispatch
def _equal(system: Array, x: Array, y: Array) -> Booleans | Mask:
    if not isinstance(system, np.ndarray):
        raise order.no_order("a comparison", system)
    if system.dtype != object:
        return np.asarray(x == y)
    return _entries(system, x, y, operator.eq, _not_apart)


def _not_beyond(a: Any, b: Any) -> bool:
    return not a >= b


def _not_apart(a: Any, b: Any) -> bool:
    # For balls this is not a == b: neither may be sure.
    return not operator.ne(a, b)


def _entries(
    system: Array, x: Array, y: Array, certain: Callable[[Any, Any], bool], possible: Callable[[Any, Any], bool]
) -> Booleans | Mask:
    first, second = (part.view(np.ndarray) for part in arithmetic.in_system(system, x, y))
    pairs = [as_compared(a, b) for a, b in zip(first.flat, second.flat, strict=True)]
    yes = np.array([bool(certain(a, b)) for a, b in pairs], dtype=bool).reshape(first.shape)
    maybe = np.array([bool(possible(a, b)) for a, b in pairs], dtype=bool).reshape(first.shape)
    return decided(yes, maybe, system)


@_less.register(Bounded)
def _(system: Bounded, x: Array, y: Array) -> Booleans | Mask:
    gap = as_bounded(x) - as_bounded(y)
    return decided(gap.value < -gap.error, ~(gap.value >= gap.error), system)


@_equal.register(Bounded)
def _(system: Bounded, x: Array, y: Array) -> Booleans | Mask:
    gap = as_bounded(x) - as_bounded(y)
    return decided((gap.value == 0) & (gap.error == 0), ~(np.abs(gap.value) > gap.error), system)


@_less.register(Dual)
def _(_system: Dual, x: Array, y: Array) -> Booleans | Mask:
    return less(_value(x), _value(y))


@_equal.register(Dual)
def _(_system: Dual, x: Array, y: Array) -> Booleans | Mask:
    return equal(_value(x), _value(y))


def _value(x: Array) -> Array:
    return x.value if isinstance(x, Dual) else x


@singledispatch
def where(condition: Any, x: Array, y: Array) -> Array:
    """`x` where the condition holds, `y` where it does not, an interval over both where that is open."""
    if isinstance(condition, Mask):
        system = leader((x, y, condition.like))
        return _choose(system, condition.certain, condition.possible & ~condition.certain, x, y)
    return _choose(leader((x, y)), np.asarray(condition), np.zeros((), dtype=bool), x, y)


@singledispatch
def used_where(condition: Any) -> AbstractContextManager[None]:
    """A context for what is used only where a condition holds, as a branch of `where`.

    Numbers have their values there all the same; symbolic ones note what must be true for them to be defined.
    """
    del condition
    return nullcontext()


@singledispatch
def _choose(system: Array, certain: Booleans, open_: Booleans, x: Array, y: Array) -> Array:
    if not isinstance(system, np.ndarray):
        raise arithmetic.unsupported("where", system)
    if system.dtype != object:
        return np.where(certain, x, y)
    first, second = arithmetic.in_system(system, x, y)
    chosen = np.where(certain, first.view(np.ndarray), second.view(np.ndarray)).view(type(system))
    return (
        arithmetic.entrywise(_hull, *np.broadcast_arrays(chosen, first, second, open_, subok=True))
        if np.any(open_)
        else chosen
    )


def _hull(chosen: Any, x: Any, y: Any, is_open: Any) -> Any:
    return flint().arb(x).union(flint().arb(y)) if is_open else chosen


@_choose.register(Bounded)
def _(_system: Bounded, certain: Booleans, open_: Booleans, x: Array, y: Array) -> Array:
    first, second = as_bounded(x), as_bounded(y)
    value = np.where(certain, first.value, second.value)
    error = np.where(certain, first.error, second.error)
    if np.any(open_):
        middle, half = _spanned(first, second)
        known = np.isfinite(middle) & np.isfinite(half)
        value = np.where(open_ & known, middle, value)
        error = np.where(open_, np.where(known, half, np.inf), error)
    return Bounded(value, error)


def _spanned(first: Bounded, second: Bounded) -> tuple[Any, Any]:
    """Middle and half width of the smallest interval over two."""
    with np.errstate(invalid="ignore", over="ignore"):
        low = np.minimum(first.value - first.error, second.value - second.error)
        high = np.maximum(first.value + first.error, second.value + second.error)
        middle = low / 2 + high / 2
        return middle, ((high - middle) + 4 * UNIT * (np.abs(low) + np.abs(high)) + 2.0**-1070) * INFLATION


@_choose.register(Dual)
def _(_system: Dual, certain: Booleans, open_: Booleans, x: Array, y: Array) -> Array:
    first, second = map(as_dual, (x, y))
    value, tangent = (
        _choose(leader(pair), certain, open_, *pair)
        for pair in ((first.value, second.value), (first.tangent, second.tangent))
    )
    return Dual(value, tangent)


@_choose.register(Residues)
def _(system: Residues, certain: Booleans, _open: Booleans, x: Array, y: Array) -> Array:
    first, second = (item if isinstance(item, Residues) else to_residues(item, prime=system.prime) for item in (x, y))
    return Residues(np.where(certain, first.value, second.value), system.generator, system.prime)


@_choose.register(Degrees)
def _(_system: Degrees, certain: Booleans, _open: Booleans, x: Array, y: Array) -> Array:
    first, second = (item.value if isinstance(item, Degrees) else np.zeros(np.shape(item), int) for item in (x, y))
    return Degrees(np.where(certain, first, second))


less_into, equal_into, choose_into, where_into, used_into = _less, _equal, _choose, where, used_where
