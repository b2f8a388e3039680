"""Functions of numbers with error bounds: elementary ones, gates, choices, order, and how such arrays are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lemmata.solvers.numbers import arithmetic, order
from lemmata.solvers.numbers.bounded import INFLATION, UNIT, Bounded, as_bounded
from lemmata.solvers.numbers.errors import unknown_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.solvers.numbers.arithmetic import Array, Floats

# Elementary functions of NumPy and SciPy are good to 4 ulp <= 8 u |f|; doubled, and tested against balls.
_LIBRARY = 16 * UNIT
_SMALLEST_NORMAL = 2.0**-1022
# Below the normal numbers 4 ulp are 4 of the smallest; doubled likewise.
_SUBNORMAL_ULPS = 2.0**-1071
# Their value at zero is exactly zero.
_ODD = ("asinh", "atan", "erf", "expm1", "log1p", "sinh", "sqrt", "tanh")

# Libraries may flush subnormal results of these to zero.
_FLUSHED = ("exp", "sigmoid", "softplus", "normal_cdf")

_POLES = {"log": 0.0, "log1p": -1.0}


def _monotone(x: Bounded, name: str) -> Bounded:
    """An increasing elementary function: its values at both ends of the interval, plus the library's error."""
    function = arithmetic.float_function(name)
    with np.errstate(all="ignore"):
        value = function(x.value)
        if name in _POLES:
            value = np.where(
                x.value == _POLES[name], np.nan, value
            )  # not minus infinity, of which 1/log(0) would be zero
        # One more ulp outwards because the ends are rounded; exact entries stay exact.
        exact = x.error == 0  # a NaN error is anything but exact
        some = exact.any()
        low, high = np.nextafter(x.value - x.error, -np.inf), np.nextafter(x.value + x.error, np.inf)
        if some:
            low, high = np.where(exact, x.value, low), np.where(exact, x.value, high)
        below, above = function(low), function(high)
        library = _LIBRARY * np.maximum(np.abs(below), np.abs(above))
        if name == "normal_cdf":
            # x / sqrt(2) is rounded before erfc, which amplifies by about x^2 on the left.
            library = library * (1 + np.minimum(low, 0.0) ** 2)
        error = (np.maximum(above - value, value - below) + library) * INFLATION
        if name in _FLUSHED:
            error = error + _SMALLEST_NORMAL
        elif some and name in _ODD:
            error = error + np.where(exact & (x.value == 0), 0.0, _SUBNORMAL_ULPS)
        else:
            error = error + _SUBNORMAL_ULPS
    # An interval that leaves the domain (log, sqrt) gives NaN, which must not pass for a small error.
    return Bounded(value, np.where(np.isnan(error), np.inf, error))


def _wave(x: Bounded, name: str) -> Bounded:
    """Sine or cosine: the slope is at most one, and the library is held to an absolute error only."""
    with np.errstate(all="ignore"):
        value = getattr(np, name)(x.value)
        size = np.minimum(1.0, np.abs(x.value)) if name == "sin" else 1.0
        library = _LIBRARY * size + np.where((name == "sin") & (x.value == 0), 0.0, _SUBNORMAL_ULPS)
        error = np.minimum(x.error, 2.0) * INFLATION + library
    return Bounded(value, np.where(np.isnan(error), np.inf, error))


@arithmetic.elementwise.register(Bounded)
def _(x: Bounded, name: str) -> Bounded:
    if name not in arithmetic.ELEMENTARY:
        raise unknown_name("elementary function", name, arithmetic.ELEMENTARY)
    if name in ("sin", "cos"):
        return _wave(x, name)
    if name == "cosh":
        both: Bounded = (_monotone(x, "exp") + _monotone(-x, "exp")) / 2
        return both
    if name == "normal_density":
        root = float(np.sqrt(2 * np.pi))
        density: Bounded = _monotone(-(x * x) / 2, "exp") / Bounded(np.array(root), np.array(4 * UNIT * root))
        return density
    return _monotone(x, name)


@arithmetic.gate.register(Bounded)
def _(z: Bounded, at_zero: Array = 0) -> Array:
    if isinstance(at_zero, Bounded):
        at_zero = at_zero.value  # the gate at a kink is a choice: what was chosen has no error
    decided = arithmetic.gate(z.value, at_zero)
    unsure = (z.error != 0) & ~(np.abs(z.value) > z.error)  # a NaN error decides nothing
    if not unsure.any():
        return decided
    low = np.minimum(at_zero, 0.0)
    high = np.maximum(at_zero, 1.0)
    middle = np.where(unsure, (low + high) / 2, decided)
    return Bounded(middle, np.where(unsure, (high - low) / 2 * INFLATION, 0.0))


@arithmetic.select.register(Bounded)
def _(x: Bounded, axis: int) -> Array:
    error = np.where(np.isnan(x.error), np.inf, x.error)
    down = np.where(error > 0, np.nextafter(x.value - error, -np.inf), x.value)
    up = np.where(error > 0, np.nextafter(x.value + error, np.inf), x.value)
    mask = arithmetic.choose(down, up, axis, half=0.5)
    if mask.dtype != object:
        return mask
    value = mask.astype(np.float64)
    return Bounded(value, np.where(value == 0.5, 0.5, 0.0))  # noqa: PLR2004 - the mark set one line above


@order.ascending.register(Bounded)
def _(x: Bounded) -> Bounded:
    """The k-th smallest lies between the k-th of the lower ends and the k-th of the upper ends."""
    value = np.sort(x.value, axis=-1)
    with np.errstate(invalid="ignore"):
        down = value - np.sort(x.value - x.error, axis=-1)
        up = np.sort(x.value + x.error, axis=-1) - value
        reach = np.maximum(down, up)
    # The ends and their distances are rounded, three times at most, by a unit of the largest entry that is touched.
    rounding = 4 * UNIT * (np.abs(value) + reach)
    error = np.where(reach > 0, (reach + rounding) * INFLATION + _SUBNORMAL_ULPS, 0.0)
    known = ~np.isnan(x.value + x.error).any(axis=-1, keepdims=True)
    return Bounded(np.where(known, value, np.nan), np.where(known & ~np.isnan(error), error, np.inf))


@order.larger_into.register(Bounded)
def _(_leader: Bounded, x: Any, y: Any) -> Bounded:
    one, other = as_bounded(x), as_bounded(y)
    with np.errstate(invalid="ignore"):
        gap = one.value - other.value
    reach = (one.error + other.error) * INFLATION
    # A maximum moves by no more than its arguments; where one is surely larger, by no more than that one.
    error = np.maximum(one.error, other.error)
    sure = np.abs(gap) * (1 - 1e-10) > reach
    if sure.any():
        error = np.where(sure, np.where(gap > 0, one.error, other.error), error)
    return Bounded(np.maximum(one.value, other.value), error)


@order.absolute.register(Bounded)
def _(x: Bounded) -> Bounded:
    return Bounded(np.abs(x.value), x.error)


@order.sign.register(Bounded)
def _(x: Bounded) -> Bounded:
    known = (np.abs(x.value) > x.error) | (x.error == 0)
    # Every sign is open to a number whose own is not known; what is no number has none.
    value = np.where(np.isnan(x.value), np.nan, np.where(known, np.sign(x.value), 0.0))
    return Bounded(value, np.where(known, 0.0, 1.0))


@order.floor.register(Bounded)
def _(x: Bounded) -> Bounded:
    with np.errstate(invalid="ignore"):
        low = np.floor(np.where(x.error == 0, x.value, np.nextafter(x.value - x.error, -np.inf)))
        high = np.floor(np.where(x.error == 0, x.value, np.nextafter(x.value + x.error, np.inf)))
        error = np.where(low == high, 0.0, (high - low) * INFLATION)
    return Bounded(np.where(np.isfinite(low), low, np.floor(x.value)), error)


@arithmetic.transpose.register(Bounded)
def _(x: Bounded) -> Bounded:
    return Bounded(x.value.swapaxes(-1, -2), x.error.swapaxes(-1, -2))


@arithmetic.stack_into.register(Bounded)
def _(_leader: Bounded, items: Sequence[Any], axis: int) -> Bounded:
    parts = [as_bounded(item) for item in items]
    return Bounded(np.stack([p.value for p in parts], axis), np.stack([p.error for p in parts], axis))


@arithmetic.concatenate_into.register(Bounded)
def _(_leader: Bounded, items: Sequence[Any], axis: int) -> Bounded:
    parts = [as_bounded(item) for item in items]
    return Bounded(np.concatenate([p.value for p in parts], axis), np.concatenate([p.error for p in parts], axis))


@arithmetic.midpoint_value.register(Bounded)
@arithmetic.centre.register(Bounded)
def _(x: Bounded) -> Bounded:
    return Bounded(x.value, np.zeros(x.shape))


@arithmetic.widen.register(Bounded)
def _(x: Bounded, by: Array) -> Bounded:
    return Bounded(x.value, (x.error + by) * INFLATION)


@arithmetic.as_floats.register(Bounded)
def _(x: Bounded) -> Floats:
    return x.value


@arithmetic.magnitude.register(Bounded)
def _(x: Bounded) -> Floats:
    return x.magnitude


@arithmetic.zeros.register(Bounded)
def _(_like: Bounded, shape: tuple[int, ...]) -> Bounded:
    return Bounded.exact(np.zeros(shape))


@arithmetic.convert_into.register(Bounded)
def _(_like: Bounded, constant: Array) -> Floats:
    return np.asarray(constant, dtype=np.float64)


def known_within(value: Floats, error: Floats, like: Array) -> Array:
    """Float64 results of a method that is known to be off by at most ``error``, in the number system of ``like``.

    Rationals have no error bounds: they get the values alone.
    """
    known = Bounded.exact(value) if isinstance(like, Bounded) else arithmetic.convert(value, like)
    return arithmetic.widen(known, error)
