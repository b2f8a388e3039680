"""Forward-mode dual numbers over any other number system; what reverse mode is checked against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lemmata.solvers.numbers import arithmetic, order
from lemmata.solvers.numbers.arithmetic import Array
from lemmata.solvers.numbers.errors import ShapeError
from lemmata.solvers.numbers.hooks import ArrayLike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.solvers.numbers.arithmetic import Floats


@dataclass(frozen=True, eq=False, slots=True)
class Dual(ArrayLike):
    """`value` + e `tangent` with e^2 = 0, arrays of equal shape in one number system.

    Everything that is not a Dual is a constant. Gates are decided by the value and are constants too.
    """

    value: Array
    tangent: Array

    __array_priority__: ClassVar[float] = 2.0

    def __post_init__(self) -> None:
        if self.value.shape != self.tangent.shape:
            raise ShapeError(
                f"Dual got value {self.value.shape} and tangent {self.tangent.shape}; expected equal shapes."
            )

    @classmethod
    def constant(cls, value: Array) -> Dual:
        """The numbers `value` with tangent zero."""
        return cls(value, arithmetic.zeros(value, value.shape))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array."""
        return tuple(self.value.shape)

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    def reshape(self, *shape: Any) -> Dual:
        """The same entries in another shape."""
        return Dual(self.value.reshape(*shape), self.tangent.reshape(*shape))

    def sum(self, axis: Any = None, *, keepdims: bool = False) -> Dual:
        """Sum over `axis`."""
        return Dual(self.value.sum(axis=axis, keepdims=keepdims), self.tangent.sum(axis=axis, keepdims=keepdims))

    def __getitem__(self, key: Any) -> Dual:
        return Dual(self.value[key], self.tangent[key])

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.tangent)

    def __add__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value + other.value, self.tangent + other.tangent)
        value = self.value + other
        return Dual(value, _grown(self.tangent, value))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dual:
        negative: Any = -other
        return self.__add__(negative)

    def __rsub__(self, other: Any) -> Dual:
        return (-self).__add__(other)

    def __mul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value * other.value, self.tangent * other.value + self.value * other.tangent)
        return Dual(self.value * other, self.tangent * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            quotient = self.value / other.value
            return Dual(quotient, (self.tangent - quotient * other.tangent) / other.value)
        return Dual(self.value / other, self.tangent / other)

    def __rtruediv__(self, other: Any) -> Dual:
        quotient = other / self.value
        return Dual(quotient, -(quotient * self.tangent) / self.value)

    def __matmul__(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return Dual(self.value @ other.value, self.tangent @ other.value + self.value @ other.tangent)
        return Dual(self.value @ other, self.tangent @ other)

    def __rmatmul__(self, other: Any) -> Dual:
        return Dual(other @ self.value, other @ self.tangent)


def _grown(tangent: Array, value: Array) -> Array:
    """`tangent` broadcast to the shape that a constant gave the value."""
    return tangent if tangent.shape == value.shape else tangent + arithmetic.zeros(value, value.shape)


_WAVES: dict[str, Callable[[Array], Array]] = {
    "sin": lambda x: arithmetic.elementwise(x, "cos"),
    "cos": lambda x: -arithmetic.elementwise(x, "sin"),
    "sinh": lambda x: arithmetic.elementwise(x, "cosh"),
    "cosh": lambda x: arithmetic.elementwise(x, "sinh"),
}


def _slope(name: str, x: Array, value: Array) -> Array:
    """Derivative of the elementary function `name` at `x`, where its value is `value`."""
    if name in ("exp", "expm1"):
        return value if name == "exp" else value + 1
    if name in ("log", "log1p"):
        return 1 / (x if name == "log" else x + 1)
    if name in ("sqrt", "asinh"):
        return 1 / (2 * value if name == "sqrt" else arithmetic.elementwise(x * x + 1, "sqrt"))
    if name == "tanh":
        return 1 - value * value
    if name in _WAVES:
        return _WAVES[name](x)
    if name == "atan":
        return 1 / (x * x + 1)
    if name == "sigmoid":
        return value * (1 - value)
    if name == "softplus":
        return arithmetic.elementwise(x, "sigmoid")
    density = arithmetic.elementwise(x, "normal_density")
    if name == "normal_density":
        return -x * density
    if name == "normal_cdf":
        return density
    # erf' = 2/sqrt(pi) exp(-x^2), written with the square root of two pi that the density carries.
    root = arithmetic.elementwise(x * 0, "normal_density")
    return 4 * root * arithmetic.elementwise(-(x * x), "exp") / arithmetic.elementwise(x * 0 + 2, "sqrt")


@arithmetic.elementwise.register(Dual)
def _(x: Dual, name: str) -> Dual:
    value = arithmetic.elementwise(x.value, name)
    return Dual(value, _slope(name, x.value, value) * x.tangent)


@arithmetic.gate.register(Dual)
def _(z: Dual, at_zero: Array = 0) -> Array:
    return arithmetic.gate(z.value, at_zero)


order.ascending.register(Dual)(order.exchanged)


@order.larger_into.register(Dual)
def _(_leader: Dual, x: Any, y: Any) -> Dual:
    one, other = as_dual(x), as_dual(y)
    chosen = arithmetic.gate(other.value - one.value)
    return Dual(order.larger(one.value, other.value), chosen * other.tangent + (1 - chosen) * one.tangent)


@order.absolute.register(Dual)
def _(x: Dual) -> Dual:
    return Dual(order.absolute(x.value), (arithmetic.gate(x.value) * 2 - 1) * x.tangent)


@order.sign.register(Dual)
def _(x: Dual) -> Dual:
    return Dual.constant(order.sign(x.value))


@order.floor.register(Dual)
def _(x: Dual) -> Dual:
    return Dual.constant(order.floor(x.value))


@arithmetic.select.register(Dual)
def _(x: Dual, axis: int) -> Array:
    return arithmetic.select(x.value, axis)


@arithmetic.transpose.register(Dual)
def _(x: Dual) -> Dual:
    return Dual(arithmetic.transpose(x.value), arithmetic.transpose(x.tangent))


def as_dual(x: Any) -> Dual:
    """`x` itself, or a number or array as a constant."""
    return x if isinstance(x, Dual) else Dual.constant(x if hasattr(x, "ndim") else np.asarray(x))


@arithmetic.stack_into.register(Dual)
def _(_leader: Dual, items: Sequence[Any], axis: int) -> Dual:
    parts = [as_dual(item) for item in items]
    return Dual(arithmetic.stack([p.value for p in parts], axis), arithmetic.stack([p.tangent for p in parts], axis))


@arithmetic.concatenate_into.register(Dual)
def _(_leader: Dual, items: Sequence[Any], axis: int) -> Dual:
    parts = [as_dual(item) for item in items]
    return Dual(
        arithmetic.concatenate([p.value for p in parts], axis),
        arithmetic.concatenate([p.tangent for p in parts], axis),
    )


@arithmetic.midpoint_value.register(Dual)
def _(x: Dual) -> Dual:
    return Dual(arithmetic.midpoint_value(x.value), arithmetic.midpoint_value(x.tangent))


@arithmetic.centre.register(Dual)
def _(x: Dual) -> Dual:
    return Dual(arithmetic.centre(x.value), arithmetic.centre(x.tangent))


@arithmetic.widen.register(Dual)
def _(x: Dual, by: Array) -> Dual:
    return Dual(arithmetic.widen(x.value, by), x.tangent)


@arithmetic.as_floats.register(Dual)
def _(x: Dual) -> Floats:
    return arithmetic.as_floats(x.value)


@arithmetic.zeros.register(Dual)
def _(like: Dual, shape: tuple[int, ...]) -> Dual:
    return Dual(arithmetic.zeros(like.value, shape), arithmetic.zeros(like.value, shape))


@arithmetic.convert_into.register(Dual)
def _(like: Dual, constant: Array) -> Array:
    return arithmetic.convert(np.asarray(constant), like.value)
