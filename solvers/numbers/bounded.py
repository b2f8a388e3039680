"""Float64 arrays with a rigorous running error bound (Higham, Accuracy and Stability, section 3.3).

Standard model: fl(a op b) = (a op b)(1 + d), |d| <= u = 2^-53, and for sums of products |error| <= gamma_k
sum |a||b| with gamma_k = k u / (1 - k u) in any order of summation. The bound itself is computed in floats,
so each is inflated by a little more than its own rounding can be; where it is so small that underflow
matters, a subnormal amount is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lemmata.solvers.numbers import arithmetic
from lemmata.solvers.numbers.errors import NumberSystemError, ShapeError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.solvers.numbers.arithmetic import Array, Floats

UNIT = 2.0**-53
_INFLATION = 1 + 1e-10
# Below this a bound may have lost an underflowing term; a normal bound covers such terms by its inflation.
_SMALL = 1e-290
_SUBNORMAL = 2.0**-1070
_SMALLEST_NORMAL = 2.0**-1022
# Elementary functions of NumPy and SciPy are good to 4 ulp <= 8 u |f|; doubled, and tested against balls.
_LIBRARY = 16 * UNIT
_LARGEST_INTEGER = 2**53


@dataclass(frozen=True, eq=False, slots=True)
class Bounded:
    """Numbers known to lie in `value` +- `error`, both float64 of the same shape, error >= 0.

    Mixes with ndarrays and Python numbers as exact constants. Neither == nor < is defined: intervals have no
    order.
    """

    value: Floats
    error: Floats

    __array_ufunc__: ClassVar[None] = None

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
        return (np.abs(self.value) + self.error) * _INFLATION

    def reshape(self, *shape: Any) -> Bounded:
        """The same entries in another shape."""
        return Bounded(self.value.reshape(*shape), self.error.reshape(*shape))

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Bounded:
        """Sum over `axis`."""
        value = np.asarray(self.value.sum(axis=axis, keepdims=keepdims))
        terms = max(self.value.size // max(value.size, 1), 1)
        spread = self.error + gamma(terms - 1) * np.abs(self.value)
        error = np.asarray(spread.sum(axis=axis, keepdims=keepdims)) * _inflation(terms)
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
    return _INFLATION + 4 * terms * UNIT


def _parts(other: Any) -> tuple[Any, Any] | None:
    """Value and error (None: exact) of an operand, or None if it is not ours to combine with."""
    if isinstance(other, Bounded):
        return other.value, other.error
    if isinstance(other, (bool, int, float, np.number)):
        return np.float64(other), None
    if isinstance(other, np.ndarray):
        if other.dtype == object:
            raise NumberSystemError(
                "Bounded met an object ndarray; expected Bounded, floats or integers. Convert one side: "
                "to_balls and to_rationals take the float values, as_floats gives floats."
            )
        return other, None
    return None


def _covered(error: Any, nonzero: Any) -> Any:
    """`error` with underflow covered: a subnormal amount where it is tiny and `nonzero()` products exist."""
    if error.size and error.min() < _SMALL:
        return error + np.where(error < _SMALL, nonzero() * _SUBNORMAL, 0.0)
    return error


def _add(left: Bounded, value: Any, error: Any) -> Bounded:
    total = left.value + value
    spread = np.abs(total)
    spread *= UNIT
    spread += left.error
    if error is not None:
        spread += error
    spread *= _INFLATION
    return Bounded(total, spread)


def _multiply(left: Bounded, value: Any, error: Any) -> Bounded:
    product = left.value * value
    size = np.abs(value)
    spread = np.abs(product) * UNIT + left.error * (size if error is None else size + error)
    if error is not None:
        spread += np.abs(left.value) * error
    spread = spread * _INFLATION
    reach = size if error is None else size + error
    return Bounded(product, _covered(spread, lambda: (left.magnitude != 0) & (reach != 0)))


def _divide(above: Any, above_error: Any, below: Any, below_error: Any) -> Bounded:
    with np.errstate(all="ignore"):
        quotient = np.asarray(above / below, dtype=np.float64)
        # A quotient that underflowed is still less than the smallest normal number.
        size = np.abs(quotient) + _SMALLEST_NORMAL * (above != 0)
        smallest = np.abs(below) * (1 - 1e-10)
        spread = np.zeros(quotient.shape) if above_error is None else above_error
        if below_error is not None:
            smallest = smallest - below_error * _INFLATION
            spread = spread + size * (1 + 1e-10) * below_error
        error = (spread / smallest + size * UNIT) * _INFLATION
        error = np.where(smallest > 0, error, np.inf)
    reach = np.abs(above) if above_error is None else np.abs(above) + above_error
    return Bounded(quotient, _covered(error, lambda: np.broadcast_to(reach != 0, error.shape)))


def _product(left: Any, left_error: Any, right: Any, right_error: Any) -> Bounded:
    terms = left.shape[-1]
    value = left @ right
    left_size, right_size = np.abs(left), np.abs(right)
    rounding = gamma(terms) * right_size
    error = left_size @ (rounding if right_error is None else rounding + right_error)
    right_reach = right_size if right_error is None else right_size + right_error
    if left_error is not None:
        error = error + left_error @ right_reach
    error = error * _inflation(terms)
    left_reach = left_size if left_error is None else left_size + left_error

    def products() -> Any:
        return (left_reach != 0).astype(np.float64) @ (right_reach != 0).astype(np.float64)

    return Bounded(value, _covered(error, products))


def _monotone(x: Bounded, name: str) -> Bounded:
    """An increasing elementary function: its values at both ends of the bar, plus the library's error."""
    function = arithmetic.float_function(name)
    with np.errstate(all="ignore"):
        value = function(x.value)
        # One more ulp outwards because the ends are rounded; exact entries stay exact.
        exact = x.error == 0  # a NaN bar is anything but exact
        low = np.where(exact, x.value, np.nextafter(x.value - x.error, -np.inf))
        high = np.where(exact, x.value, np.nextafter(x.value + x.error, np.inf))
        below, above = function(low), function(high)
        library = _LIBRARY * np.maximum(np.abs(below), np.abs(above))
        if name == "normal_cdf":
            # x / sqrt(2) is rounded before erfc, which amplifies by about x^2 on the left.
            library = library * (1 + np.minimum(low, 0.0) ** 2)
        error = (np.maximum(above - value, value - below) + library) * _INFLATION
        if name in ("exp", "sigmoid", "softplus", "normal_cdf"):
            # Libraries may flush subnormal results to zero.
            error = error + _SMALLEST_NORMAL
    # A bar that leaves the domain (log, sqrt) gives NaN, which must not pass for a small error.
    return Bounded(value, np.where(np.isnan(error), np.inf, error))


@arithmetic.elementwise.register(Bounded)
def _(x: Bounded, name: str) -> Bounded:
    if name not in arithmetic.ELEMENTARY:
        raise unknown_name("elementary function", name, arithmetic.ELEMENTARY)
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
    unsure = (z.error != 0) & ~(np.abs(z.value) > z.error)  # a NaN bar decides nothing
    if not unsure.any():
        return decided
    low = np.minimum(at_zero, 0.0)
    high = np.maximum(at_zero, 1.0)
    middle = np.where(unsure, (low + high) / 2, decided)
    return Bounded(middle, np.where(unsure, (high - low) / 2 * _INFLATION, 0.0))


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


def _as_bounded(x: Any) -> Bounded:
    return x if isinstance(x, Bounded) else Bounded.exact(x)


@arithmetic.transpose.register(Bounded)
def _(x: Bounded) -> Bounded:
    return Bounded(x.value.swapaxes(-1, -2), x.error.swapaxes(-1, -2))


@arithmetic.stack_into.register(Bounded)
def _(_leader: Bounded, items: Sequence[Any], axis: int) -> Bounded:
    parts = [_as_bounded(item) for item in items]
    return Bounded(np.stack([p.value for p in parts], axis), np.stack([p.error for p in parts], axis))


@arithmetic.concatenate_into.register(Bounded)
def _(_leader: Bounded, items: Sequence[Any], axis: int) -> Bounded:
    parts = [_as_bounded(item) for item in items]
    return Bounded(np.concatenate([p.value for p in parts], axis), np.concatenate([p.error for p in parts], axis))


@arithmetic.midpoint_value.register(Bounded)
@arithmetic.centre.register(Bounded)
def _(x: Bounded) -> Bounded:
    return Bounded(x.value, np.zeros(x.shape))


@arithmetic.widen.register(Bounded)
def _(x: Bounded, by: Array) -> Bounded:
    return Bounded(x.value, (x.error + by) * _INFLATION)


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
