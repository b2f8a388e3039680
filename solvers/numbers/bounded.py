"""Float64 arrays with a rigorous running error bound (Higham, Accuracy and Stability, section 3.3).

Standard model: fl(a op b) = (a op b)(1 + d), |d| <= u = 2^-53, and for sums of products |error| <= gamma_k
sum |a||b| with gamma_k = k u / (1 - k u) in any order of summation. The bound itself is computed in floats,
so each is inflated by a little more than its own rounding can be; where it is so small that underflow
matters, a subnormal amount is added.
"""

from __future__ import annotations

import importlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lemmata.solvers.numbers.errors import NumberSystemError, ShapeError
from lemmata.solvers.numbers.hooks import ArrayLike

if TYPE_CHECKING:
    from lemmata.solvers.numbers.arithmetic import Array, Floats

UNIT = 2.0**-53
INFLATION = 1 + 1e-10
# Below this a bound may have lost an underflowing term; a normal bound covers such terms by its inflation.
SMALL = 1e-290
SUBNORMAL = 2.0**-1070
SMALLEST_NORMAL = 2.0**-1022
_LARGEST_INTEGER = 2**53
_PAYS = 30_000
"""Operations of a process after which machine code, of the very same bits, is loaded: Numba takes half a second."""
_FLOAT_BYTES = 8


@dataclass(frozen=True, eq=False, slots=True)
class Bounded(ArrayLike):
    """Numbers known to lie in `value` +- `error`, both float64 of the same shape, error >= 0.

    Mixes with ndarrays and Python numbers as exact constants, and answers NumPy's functions. Comparisons give a
    boolean array where every entry is decided, else a `Mask`.
    """

    value: Floats
    error: Floats

    __array_priority__: ClassVar[float] = 1.0

    def __post_init__(self) -> None:
        if self.value.shape != self.error.shape:
            raise ShapeError(
                f"Bounded got value {self.value.shape} and error {self.error.shape}; expected equal shapes. "
                "Broadcast the error first, or use Bounded.exact(value)."
            )

    @classmethod
    def exact(cls, value: Array) -> Bounded:
        """The numbers `value` (...), without error."""
        given = np.asarray(value)
        if given.dtype == object or (given.dtype.kind in "iu" and np.abs(given).max(initial=0) > _LARGEST_INTEGER):
            raise NumberSystemError(
                f"Bounded.exact got an ndarray of {given.dtype} that float64 may not hold exactly; "
                "expected floats or integers up to 2^53. Round first (as_floats) and give the rounding as "
                "an error."
            )
        array = given.astype(np.float64)
        return cls(array, np.zeros(array.shape))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.value.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.value.ndim

    @property
    def magnitude(self) -> Floats:
        """Upper bound of the absolute value, entry by entry."""
        return (np.abs(self.value) + self.error) * INFLATION

    def reshape(self, *shape: Any) -> Bounded:
        """The same entries in another shape."""
        return Bounded(self.value.reshape(*shape), self.error.reshape(*shape))

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Bounded:
        """Sum over `axis`."""
        value = np.asarray(self.value.sum(axis=axis, keepdims=keepdims))
        terms = max(self.value.size // max(value.size, 1), 1)
        spread = np.abs(self.value)
        spread *= gamma(terms - 1)
        spread += self.error
        error = np.asarray(spread.sum(axis=axis, keepdims=keepdims)) * _inflation(terms)
        if terms > 1:
            error = _covered(error, lambda: (self.value != 0).sum(axis=axis, keepdims=keepdims))
        return Bounded(value, error)

    def __getitem__(self, key: Any) -> Bounded:
        return Bounded(np.asarray(self.value[key]), np.asarray(self.error[key]))

    def __neg__(self) -> Bounded:
        return Bounded(-self.value, self.error)

    def __add__(self, other: Any) -> Any:
        parts = _parts(other)
        return NotImplemented if parts is None else _add(self, parts[0], parts[1])

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        parts = _parts(other)
        return NotImplemented if parts is None else _add(self, -parts[0], parts[1])

    def __rsub__(self, other: Any) -> Any:
        parts = _parts(other)
        return NotImplemented if parts is None else _add(-self, parts[0], parts[1])

    def __mul__(self, other: Any) -> Any:
        parts = _parts(other)
        return NotImplemented if parts is None else _multiply(self, parts[0], parts[1])

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        parts = _parts(other)
        return NotImplemented if parts is None else _divide(self.value, self.error, parts[0], parts[1])

    def __rtruediv__(self, other: Any) -> Any:
        parts = _parts(other)
        return NotImplemented if parts is None else _divide(parts[0], parts[1], self.value, self.error)

    def __matmul__(self, other: Any) -> Any:
        parts = _parts(other)
        return NotImplemented if parts is None else _product(self.value, self.error, parts[0], parts[1])

    def __rmatmul__(self, other: Any) -> Any:
        parts = _parts(other)
        return NotImplemented if parts is None else _product(parts[0], parts[1], self.value, self.error)


def gamma(terms: int) -> float:
    """The constant gamma_k = k u / (1 - k u) for k = `terms`."""
    return terms * UNIT / (1 - terms * UNIT)


def _inflation(terms: int) -> float:
    # Summing `terms` rounded products costs the bound itself at most gamma_(terms + few).
    return INFLATION + 4 * terms * UNIT


def _parts(other: Any) -> tuple[Any, Any] | None:
    """Value and error (None: exact) of an operand, or None if it is not ours to combine with."""
    if isinstance(other, Bounded):
        return other.value, other.error
    if isinstance(other, float):  # np.float64 too
        return np.float64(other), None
    if isinstance(other, int):
        if abs(other) <= _LARGEST_INTEGER:
            return np.float64(other), None
        rounded = nearest(other)
        return rounded.value, rounded.error
    if isinstance(other, (np.ndarray, np.generic)):
        return _array_parts(np.asarray(other))
    return None


def _array_parts(other: Any) -> tuple[Any, Any]:
    """Value and error (None: exact) of an ndarray; integers beyond 2^53 are rounded, with their bound."""
    kind = other.dtype.kind
    if kind == "f" and other.dtype.itemsize <= _FLOAT_BYTES:
        return other, None
    if kind == "b":
        return other.astype(np.float64), None
    if kind in "iu":
        value = other.astype(np.float64)
        size = np.abs(value)
        return value, np.spacing(size) * (size >= _LARGEST_INTEGER) if np.any(size >= _LARGEST_INTEGER) else None
    raise NumberSystemError(
        f"Bounded met an ndarray of {other.dtype}; expected Bounded, floats or integers. Convert one side: "
        "to_balls and to_rationals take the float values, as_floats gives floats."
    )


def nearest(above: int, below: int = 1) -> Bounded:
    """The fraction `above` / `below` as the float next to it, with its distance; an infinite one beyond all floats."""
    try:
        value = above / below
    except OverflowError:
        huge = np.finfo(np.float64).max
        return Bounded(np.asarray(huge if (above > 0) == (below > 0) else -huge), np.asarray(np.inf))
    top, bottom = value.as_integer_ratio()
    error = 0.0 if top * below == bottom * above else np.spacing(abs(value))
    return Bounded(np.asarray(value), np.asarray(error))


def _least(array: Any) -> float:
    """The smallest entry, or NaN if there is one; on small arrays many times faster than ``array.min()``."""
    return float(array.item(array.argmin()))


def _covered(error: Any, nonzero: Any) -> Any:
    """`error` with underflow covered: a subnormal amount where it is tiny and `nonzero()` products exist."""
    if error.size and not _least(error) >= SMALL:  # NaN in one entry must not hide the others
        return error + np.where(error < SMALL, nonzero() * SUBNORMAL, 0.0)
    return error


_operations = itertools.count()
_loaded: Any = None


def _kernels() -> Any:
    """The module of kernels once it pays, else None."""
    global _loaded  # noqa: PLW0603 - a module that is loaded once
    if _loaded is None and next(_operations) >= _PAYS:
        _loaded = importlib.import_module("lemmata.solvers.numbers.bounded_kernels")
    return _loaded


def _add(left: Bounded, value: Any, error: Any) -> Bounded:
    if kernels := _kernels():
        return Bounded(*kernels.add(left.value, left.error, value, 0.0 if error is None else error))
    total = left.value + value
    spread = np.abs(total)
    spread *= UNIT
    spread += left.error
    if error is not None:
        spread += error
    spread *= INFLATION
    return Bounded(total, spread)


def _multiply(left: Bounded, value: Any, error: Any) -> Bounded:
    if kernels := _kernels():
        if error is None:
            return Bounded(*kernels.scale(left.value, left.error, value))
        return Bounded(*kernels.multiply(left.value, left.error, value, error))
    product = left.value * value
    reach = np.abs(value)
    if error is not None:
        reach = reach + error
    spread = np.abs(product)
    spread *= UNIT
    spread += left.error * reach
    if error is not None:
        spread += np.abs(left.value) * error
    spread *= INFLATION
    return Bounded(product, _covered(spread, lambda: (left.magnitude != 0) & (reach != 0)))


def _divide(above: Any, above_error: Any, below: Any, below_error: Any) -> Bounded:
    with np.errstate(all="ignore"):
        if kernels := _kernels():
            errors = [0.0 if one is None else one for one in (above_error, below_error)]
            found = kernels.divide(above, errors[0], below, errors[1])
            return Bounded(*(np.asarray(one) for one in found))
        quotient = np.asarray(above / below, dtype=np.float64)
        if not below.all():
            quotient = np.where(below == 0, np.nan, quotient)  # not infinity, of which 1/(1/0) would be zero
        size = np.abs(quotient)
        if size.size and not _least(size) >= SMALL:
            # A quotient that underflowed is still less than the smallest normal number.
            size = size + SMALLEST_NORMAL * (above != 0)
        smallest = np.abs(below)
        smallest *= 1 - 1e-10
        share = UNIT
        if below_error is not None:
            smallest = smallest - below_error * INFLATION
            # The ratio first: a product of a quotient and a subnormal error would lose its digits.
            share = below_error / smallest
            share *= 1 + 1e-10
            share += UNIT
        error = size * share
        if above_error is not None:
            error = error + above_error / smallest
        error *= INFLATION
        if smallest.size and not _least(smallest) > 0:
            error = np.where(smallest > 0, error, np.inf)

    def reach() -> Any:
        return (above if above_error is None else np.abs(above) + above_error) != 0

    return Bounded(quotient, _covered(error, lambda: np.broadcast_to(reach(), error.shape)))


def _product(left: Any, left_error: Any, right: Any, right_error: Any) -> Bounded:
    terms = left.shape[-1]
    value = left @ right
    left_size, right_size = np.abs(left), np.abs(right)
    right_reach = right_size if right_error is None else right_size + right_error
    rounding = right_size * gamma(terms)
    if right_error is not None:
        rounding += right_error
    error = left_size @ rounding
    if left_error is not None:
        error = error + left_error @ right_reach
    error = error * _inflation(terms)

    def products() -> Any:
        left_reach = left_size if left_error is None else left_size + left_error
        return (left_reach != 0).astype(np.float64) @ (right_reach != 0).astype(np.float64)

    return Bounded(value, _covered(error, products))


def as_bounded(x: Any) -> Bounded:
    """`x` itself, or a float, an integer or an array of them as `Bounded`."""
    if isinstance(x, Bounded):
        return x
    value, error = _parts(x) or _array_parts(np.asarray(x))
    array = np.asarray(value, dtype=np.float64)
    return Bounded(array, np.zeros(array.shape) if error is None else np.asarray(error))
