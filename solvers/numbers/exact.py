"""Arithmetic of object arrays of exact rationals and balls: constants are taken exactly, digits kept within bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, flint
from lemmata.solvers.numbers.errors import DivisionByZeroError, NotFiniteError, NumberSystemError, TooLongError
from lemmata.solvers.numbers.hooks import Exact
from lemmata.solvers.numbers.rounded import note_rounded

OPERATIONS = frozenset({np.add, np.subtract, np.multiply, np.true_divide, np.matmul, np.negative})
"""What flint's own operators do, entry by entry."""
LONGEST = 2**16
"""Bits of a numerator or denominator beyond which balls take over."""
_LONGEST_SUM = 2**23
"""Bits that all terms of a sum may have together, so that no single one takes seconds."""


def operation(function: np.ufunc, inputs: tuple[Any, ...]) -> Array:
    """An operator of `inputs`, one of which is an object array.

    Raises:
        DivisionByZeroError: a rational was divided by zero.
        TooLongError: a rational came out longer than `LONGEST`.
    """
    ready = [one.view(np.ndarray) if type(one) is Exact else _entries(one) for one in inputs]
    if function is np.matmul:
        _require_short(ready, ready[0].shape[-1])
    try:
        found = function(*ready)
    except ZeroDivisionError as error:
        raise DivisionByZeroError(
            "exact rationals were divided by zero; filter such instances out by a hypothesis, or choose with np.where"
        ) from error
    return _checked(found)


def total(x: Array, axis: Any, *, keepdims: bool) -> Array:
    """Sum over `axis`."""
    plain: Any = x.view(np.ndarray)
    add: Any = np.add
    _require_short([plain], x.size)
    return _checked(add.reduce(plain, axis=axis, keepdims=keepdims))


def _checked(found: Any) -> Array:
    array = np.asarray(found, dtype=object)
    numbers = flint()
    if array.size and type(array.item(0)) is numbers.arb:  # balls keep their length
        return array.view(Exact)
    fmpq = numbers.fmpq
    for item in array.ravel().tolist():
        if type(item) is not fmpq:
            if hasattr(item, "rad"):  # balls keep their length
                break
        elif item.height_bits() > LONGEST:
            raise _too_long(item.height_bits())
    return array.view(Exact)


def _require_short(arrays: list[Any], terms: int) -> None:
    if terms * len(arrays) * LONGEST <= _LONGEST_SUM:
        return
    fmpq = flint().fmpq
    bits = sum(max((item.height_bits() for item in array.flat if type(item) is fmpq), default=0) for array in arrays)
    if terms * bits > _LONGEST_SUM:
        raise _too_long(terms * bits)


def _too_long(bits: int) -> TooLongError:
    return TooLongError(
        f"an exact rational has grown to {bits} bits, more than {LONGEST}; balls take over. Procedures of many steps "
        "may say so at once: Procedure(rational=False)."
    )


def require_short_power(base: Array, exponent: int) -> None:
    """Refuse a power of rationals that would be too long, before it is taken."""
    fmpq = flint().fmpq
    bits = max((item.height_bits() for item in base.flat if type(item) is fmpq), default=0)
    if bits * abs(exponent) > LONGEST:
        raise _too_long(bits * abs(exponent))


def _entries(x: Any) -> Any:
    """An operand whose entries flint takes: floats exactly, integers as Python's."""
    if isinstance(x, np.ndarray):
        if x.dtype.kind == "O":
            return x.view(np.ndarray)
        if x.dtype.kind in "iub":
            return x.astype(object)
        return np.frompyfunc(_exact_float, 1, 1)(x)
    if isinstance(x, (bool, np.bool_, int, np.integer)):
        return int(x)
    if isinstance(x, (float, np.floating)):
        return _exact_float(x)
    return x


def _exact_float(x: Any) -> Any:
    if isinstance(x, np.longdouble) or not isinstance(x, (float, np.floating)):
        raise NumberSystemError(f"exact numbers met {type(x).__name__}; expected floats or integers.")
    if not np.isfinite(x):
        raise NotFiniteError(f"exact numbers met {x}; expected finite constants. Filter out what diverged.")
    note_rounded(x)
    return flint().fmpq(*float(x).as_integer_ratio())
