"""Loss functions of predictions f and targets y, both (batch, outputs, samples), for every number system."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from lemmata.solvers.numbers.arithmetic import Array, as_floats, convert, elementwise
from lemmata.solvers.numbers.errors import unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, kw_only=True, eq=False)
class Loss:
    """A loss summed over the outputs.

    `value(f, y)` is (batch, samples); `gradient(f, y)` is its derivative by f, (batch, outputs, samples).
    """

    name: str
    value: Callable[[Array, Array], Array]
    gradient: Callable[[Array, Array], Array]


def _squared(f: Array, y: Array) -> Array:
    residual = f - y
    return (residual * residual).sum(axis=1) / 2


def _logistic(f: Array, y: Array) -> Array:
    return elementwise(-(y * f), "softplus").sum(axis=1)


def _logistic_gradient(f: Array, y: Array) -> Array:
    return -y * elementwise(-(y * f), "sigmoid")


def _exponential(f: Array, y: Array) -> Array:
    return elementwise(-(y * f), "exp").sum(axis=1)


def _exponential_gradient(f: Array, y: Array) -> Array:
    return -y * elementwise(-(y * f), "exp")


def _shifted(f: Array) -> Array:
    # The softmax does not change when a constant is taken off; the largest entry keeps exp in range.
    largest = as_floats(f).max(axis=1, keepdims=True)
    return f - convert(largest, f)


def _cross_entropy(f: Array, y: Array) -> Array:
    logits = _shifted(f)
    total = elementwise(logits, "exp").sum(axis=1, keepdims=True)
    return (y * (elementwise(total, "log") - logits)).sum(axis=1)


def _cross_entropy_gradient(f: Array, y: Array) -> Array:
    weights = elementwise(_shifted(f), "exp")
    return weights / weights.sum(axis=1, keepdims=True) * y.sum(axis=1, keepdims=True) - y


LOSSES = MappingProxyType(
    {
        "squared": Loss(name="squared", value=_squared, gradient=lambda f, y: f - y),
        "logistic": Loss(name="logistic", value=_logistic, gradient=_logistic_gradient),
        "cross_entropy": Loss(name="cross_entropy", value=_cross_entropy, gradient=_cross_entropy_gradient),
        "linear": Loss(name="linear", value=lambda f, y: (f * y).sum(axis=1), gradient=lambda f, y: y + 0 * f),
        "exponential": Loss(name="exponential", value=_exponential, gradient=_exponential_gradient),
    }
)


def loss_named(name: str) -> Loss:
    """The loss called `name`.

    * squared: |f - y|^2 / 2
    * logistic: sum log(1 + exp(-y f)), targets +-1
    * cross_entropy: -sum y log softmax(f), targets one-hot over the outputs
    * linear: <y, f>, whose gradient is the arbitrary matrix y: it stands for any loss at a single point
    * exponential: sum exp(-y f), targets +-1
    """
    if name not in LOSSES:
        raise unknown_name("loss", name, LOSSES)
    return LOSSES[name]
