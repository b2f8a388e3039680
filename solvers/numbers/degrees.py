"""Degrees of polynomials: running the dynamics on them bounds the error probability of identity testing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

import numpy as np

from lemmata.solvers.numbers import arithmetic
from lemmata.solvers.numbers.errors import NumberSystemError
from lemmata.solvers.numbers.hooks import ArrayLike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.solvers.numbers.arithmetic import Array, Floats

Integers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"


@dataclass(frozen=True, eq=False, slots=True)
class Degrees(ArrayLike):
    """Upper bounds `value` (int64) of the total degree of each entry, as a polynomial in the random draws.

    Sums take the larger degree, products add them; constants (numbers, ndarrays) have degree 0. A non-zero
    polynomial of degree d vanishes at a uniform point modulo p with probability at most d / p
    (Schwartz-Zippel).
    """

    value: Integers

    __array_priority__: ClassVar[float] = 1.0

    @classmethod
    def variables(cls, shape: tuple[int, ...]) -> Degrees:
        """Entries that are drawn themselves: degree 1."""
        return cls(np.ones(shape, dtype=np.int64))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.value.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.value.ndim

    def reshape(self, *shape: Any) -> Degrees:
        """The same entries in another shape."""
        return Degrees(self.value.reshape(*shape))

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Degrees:
        """Sum over `axis`: the largest degree."""
        return Degrees(np.asarray(self.value.max(axis=axis, keepdims=keepdims, initial=0)))

    def __getitem__(self, key: Any) -> Degrees:
        return Degrees(np.asarray(self.value[key]))

    def __neg__(self) -> Degrees:
        return self

    def __add__(self, other: Any) -> Any:
        degree = _degree(other)
        return NotImplemented if degree is None else Degrees(np.maximum(self.value, degree))

    __radd__ = __add__
    __sub__ = __add__
    __rsub__ = __add__

    def __mul__(self, other: Any) -> Any:
        degree = _degree(other)
        return NotImplemented if degree is None else Degrees(self.value + degree)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        degree = _degree(other)
        if degree is None:
            return NotImplemented
        _require_constant(degree)
        return Degrees(self.value + degree)

    def __rtruediv__(self, other: Any) -> Any:
        degree = _degree(other)
        if degree is None:
            return NotImplemented
        _require_constant(self.value)
        return Degrees(self.value + degree)

    def __matmul__(self, other: Any) -> Any:
        degree = _degree(other)
        return NotImplemented if degree is None else Degrees(_max_plus(self.value, degree))

    def __rmatmul__(self, other: Any) -> Any:
        degree = _degree(other)
        return NotImplemented if degree is None else Degrees(_max_plus(degree, self.value))


def _degree(other: Any) -> Any:
    """Degree of an operand (constants: 0), or None if it is not ours to combine with."""
    if isinstance(other, Degrees):
        return other.value
    if isinstance(other, (bool, int, float, np.number)):
        return 0
    if isinstance(other, np.ndarray):
        return np.zeros(other.shape, dtype=np.int64)
    return None


def _require_constant(degree: Any) -> None:
    if np.any(np.asarray(degree) > 0):
        raise NumberSystemError(
            f"Degrees got a division by a polynomial of degree {np.max(degree)}; expected a constant. A "
            "quotient is no polynomial: multiply the identity by its denominators first."
        )


def _max_plus(left: Any, right: Any) -> Any:
    return (left[..., :, :, None] + right[..., None, :, :]).max(axis=-2, initial=0)


@arithmetic.gate.register(Degrees)
def _(z: Degrees, at_zero: Array = 0) -> Degrees:
    # Modulo a prime a gate is an arbitrary element of the field: one more variable.
    del at_zero
    return Degrees.variables(z.shape)


@arithmetic.select.register(Degrees)
def _(x: Degrees, axis: int) -> Degrees:
    del axis
    return Degrees.variables(x.shape)


@arithmetic.elementwise.register(Degrees)
def _(x: Degrees, name: str) -> Array:
    del x
    raise arithmetic.not_rational(name, "polynomial degrees")


@arithmetic.transpose.register(Degrees)
def _(x: Degrees) -> Degrees:
    return Degrees(x.value.swapaxes(-1, -2))


@arithmetic.stack_into.register(Degrees)
def _(_leader: Degrees, items: Sequence[Any], axis: int) -> Degrees:
    return Degrees(np.stack([_degree(item) for item in items], axis))


@arithmetic.concatenate_into.register(Degrees)
def _(_leader: Degrees, items: Sequence[Any], axis: int) -> Degrees:
    return Degrees(np.concatenate([_degree(item) for item in items], axis))


@arithmetic.as_floats.register(Degrees)
def _(x: Degrees) -> Floats:
    return x.value.astype(np.float64)


@arithmetic.zeros.register(Degrees)
def _(_like: Degrees, shape: tuple[int, ...]) -> Degrees:
    return Degrees(np.zeros(shape, dtype=np.int64))


@arithmetic.convert_into.register(Degrees)
def _(_like: Degrees, constant: Array) -> Array:
    return np.asarray(constant)
