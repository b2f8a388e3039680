"""Arithmetic on all parameters of a network at once, for the update rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from lemmata.solvers.networks.layers import Weights
from lemmata.solvers.numbers.arithmetic import Array, zeros

if TYPE_CHECKING:
    from collections.abc import Callable

# One array a layer and instance: (batch, layers), read at a layer as (batch, 1, ...).
Factors: TypeAlias = Array


def combine_layers(function: Callable[..., Array], *states: Weights) -> Weights:
    """Apply `function(layer, array, ...)` to each matrix and existing bias of equally built states."""
    matrices = [function(h, *parts) for h, parts in enumerate(zip(*(s.matrices for s in states), strict=True))]
    biases = [
        None if parts[0] is None else function(h, *parts)
        for h, parts in enumerate(zip(*(s.biases for s in states), strict=True))
    ]
    return Weights(matrices=tuple(matrices), biases=tuple(biases))


def at_layer(factors: Factors, layer: int, like: Array) -> Array:
    """The `factors` (batch, layers) of one layer, shaped (batch, 1, ...) to multiply `like`."""
    return factors[:, layer].reshape(-1, *(1,) * (like.ndim - 1))


def moved(weights: Weights, direction: Weights, factors: Factors) -> Weights:
    """`weights` - factors * `direction`, layer by layer."""
    return combine_layers(lambda h, w, d: w - at_layer(factors, h, w) * d, weights, direction)


def zeros_like(weights: Weights) -> Weights:
    """Zeros in the shapes and the number system of `weights`."""
    return combine_layers(lambda _, w: zeros(w, w.shape), weights)


def mapped(function: Callable[[Array], Array], weights: Weights) -> Weights:
    """Apply `function` to every array."""
    return combine_layers(lambda _, w: function(w), weights)


def with_batch(array: Any, batch: int) -> Any:
    """Repeat a batch axis of length 1; anything else is returned as it is."""
    if array is None or array.shape[0] == batch:
        return array
    return array[np.zeros(batch, dtype=np.int64)]
