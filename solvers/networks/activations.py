"""Activation functions, written once for every number system.

A function with kinks is evaluated through *gates*, computed once a forward pass, so that value and slope,
forward and backward, always agree on the side of a kink. `at_zero` at a kink is the fraction of the way from
the left to the right slope: 0 takes the left one, 1 the right one; for ReLU it is phi'(0) itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, convert, elementwise, gate
from lemmata.solvers.numbers.errors import ShapeError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable

# (preactivations (batch, n, samples), gates: one such array a kink) -> (batch, n, samples)
Rule: TypeAlias = "Callable[[Array, tuple[Array, ...]], Array]"


@dataclass(frozen=True, kw_only=True, eq=False)
class Activation:
    """An elementwise function phi with its slope phi'.

    `degree` is k where phi(c z) = c^k phi(z) for all c > 0, None where there is no such k; `kinks` are the
    points where a gate decides. `value` and `slope` take z (batch, n, samples) and the gates.
    """

    name: str
    degree: int | None
    kinks: tuple[int, ...]
    value: Rule
    slope: Rule

    @property
    def is_linear(self) -> bool:
        """Whether phi(z) = z."""
        return self.name == "linear"

    def gates(self, z: Array, at_zero: Array = 0) -> tuple[Array, ...]:
        """The gates of preactivations `z` (batch, n, samples), one array a kink."""
        return tuple(gate(z - kink if kink else z, at_zero) for kink in self.kinks)


def _ones(z: Array) -> Array:
    # A read-only view of a single one: nothing needs to multiply by it.
    return np.broadcast_to(np.int64(1), z.shape)


def _smooth(name: str, value: Callable[[Array], Array], slope: Callable[[Array], Array]) -> Activation:
    return Activation(name=name, degree=None, kinks=(), value=lambda z, _: value(z), slope=lambda z, _: slope(z))


def _tanh_slope(z: Array) -> Array:
    t = elementwise(z, "tanh")
    return 1 - t * t


def _sigmoid_slope(z: Array) -> Array:
    # s(z) s(-z) keeps its relative accuracy where 1 - s(z) would cancel.
    return elementwise(z, "sigmoid") * elementwise(-z, "sigmoid")


def _silu_slope(z: Array) -> Array:
    return elementwise(z, "sigmoid") + z * _sigmoid_slope(z)


def _gelu_slope(z: Array) -> Array:
    return elementwise(z, "normal_cdf") + z * elementwise(z, "normal_density")


def _elu_value(z: Array, gates: tuple[Array, ...]) -> Array:
    (g,) = gates
    return g * z + elementwise((1 - g) * z, "expm1")


def _elu_slope(z: Array, gates: tuple[Array, ...]) -> Array:
    (g,) = gates
    return g + (1 - g) * elementwise((1 - g) * z, "exp")


def _relu6_value(z: Array, gates: tuple[Array, ...]) -> Array:
    low, high = gates
    return (low - high) * z + 6 * high


_LINEAR = Activation(name="linear", degree=1, kinks=(), value=lambda z, _: z, slope=lambda z, _: _ones(z))
_RELU = Activation(name="relu", degree=1, kinks=(0,), value=lambda z, g: g[0] * z, slope=lambda _, g: g[0])
_ABS = Activation(
    name="abs", degree=1, kinks=(0,), value=lambda z, g: (2 * g[0] - 1) * z, slope=lambda _, g: 2 * g[0] - 1
)
_SQUARE = Activation(name="square", degree=2, kinks=(), value=lambda z, _: z * z, slope=lambda z, _: 2 * z)
_RELU_SQUARED = Activation(
    name="relu_squared",
    degree=2,
    kinks=(0,),
    value=lambda z, g: g[0] * (z * z),
    slope=lambda z, g: g[0] * (2 * z),
)
_ELU = Activation(name="elu", degree=None, kinks=(0,), value=_elu_value, slope=_elu_slope)
_RELU6 = Activation(name="relu6", degree=None, kinks=(0, 6), value=_relu6_value, slope=lambda _, g: g[0] - g[1])


def leaky_relu(slope: Array) -> Activation:
    """The function max(z, 0) + `slope` min(z, 0).

    `slope` is a number, an array (batch,) or, for a slope of each neuron, (batch, n); floats are converted
    exactly to the number system of the network.
    """
    if hasattr(slope, "ndim") and slope.ndim > 2:  # noqa: PLR2004 - (batch, n)
        raise ShapeError(f"leaky_relu got a slope of shape {slope.shape}; expected a number, (batch,) or (batch, n).")

    def left(z: Array) -> Array:
        constant = convert(slope, z)
        return constant.reshape(constant.shape + (1,) * (3 - constant.ndim)) if constant.ndim else constant

    def steepness(z: Array, gates: tuple[Array, ...]) -> Array:
        small = left(z)
        return small + (1 - small) * gates[0]

    return Activation(name="leaky_relu", degree=1, kinks=(0,), value=lambda z, g: steepness(z, g) * z, slope=steepness)


ACTIVATIONS = MappingProxyType(
    {
        "linear": _LINEAR,
        "relu": _RELU,
        "leaky_relu": leaky_relu(0.125),
        "abs": _ABS,
        "square": _SQUARE,
        "relu_squared": _RELU_SQUARED,
        "tanh": _smooth("tanh", lambda z: elementwise(z, "tanh"), _tanh_slope),
        "sigmoid": _smooth("sigmoid", lambda z: elementwise(z, "sigmoid"), _sigmoid_slope),
        "softplus": _smooth("softplus", lambda z: elementwise(z, "softplus"), lambda z: elementwise(z, "sigmoid")),
        "gelu": _smooth("gelu", lambda z: z * elementwise(z, "normal_cdf"), _gelu_slope),
        "silu": _smooth("silu", lambda z: z * elementwise(z, "sigmoid"), _silu_slope),
        "elu": _ELU,
        "relu6": _RELU6,
    }
)


def activation(name: str) -> Activation:
    """The activation called `name`; "leaky_relu" has slope 1/8 here, `leaky_relu(slope)` makes any other."""
    if name not in ACTIVATIONS:
        raise unknown_name("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]
