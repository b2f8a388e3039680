"""Update rules of training, as values: what the next parameters are, given the present ones.

G is the gradient by the free parameters, eta the step size of the layer. Biases are updated by the same rule.
Step sizes have shape (batch, steps, layers), see `expand_step_sizes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, convert
from lemmata.solvers.numbers.errors import ShapeError


@dataclass(frozen=True, kw_only=True, eq=False)
class GradientDescent:
    """W+ = W - eta G."""

    step_sizes: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class WeightDecay:
    """W+ = W - eta (G + decay W), in the given `layers` (indices from 0; None: all), their biases included.

    `decay` is a number or (batch,).
    """

    step_sizes: Array
    decay: Array
    layers: tuple[int, ...] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class HeavyBall:
    """V+ = momentum V - eta G, W+ = W + V+; `momentum` is a number or (batch,)."""

    step_sizes: Array
    momentum: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class SignDescent:
    """W+ = W - eta sign(G), sign(0) = 0."""

    step_sizes: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Alternating:
    """Gradient descent on one layer after the other, first to last, the gradient recomputed in between."""

    step_sizes: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class ImplicitMidpoint:
    """W+ = W - eta G((W + W+) / 2) with one step size for all layers and gates frozen within a step.

    The gates are those at the explicit predictor W - (eta/2) G(W). The middle state M = W - (eta/2) G(M) is
    found by fixed-point iteration until the residual is at most `tolerance` (relative to the largest entry of
    the layer), at most `iterations` times. `step_size` is a number, (batch,) or (batch, steps).
    """

    step_size: Array
    tolerance: float = 1e-13
    iterations: int = 100


TrainingRule: TypeAlias = GradientDescent | WeightDecay | HeavyBall | SignDescent | Alternating | ImplicitMidpoint


def expand_step_sizes(step_sizes: Array, *, batch: int, steps: int, layers: int) -> Array:
    """`step_sizes` as (batch, steps, layers).

    | given                   | meaning                                   |
    |-------------------------|-------------------------------------------|
    | a number                | the same everywhere                       |
    | (batch,)                | one an instance                           |
    | (batch, steps)          | a schedule an instance                    |
    | (batch, steps, layers)  | any; an axis of length 1 is repeated      |

    Every axis may have length 1 instead, which repeats it. Keeps the number system.
    """
    sizes = step_sizes if hasattr(step_sizes, "shape") else np.asarray(step_sizes)
    wanted = (batch, steps, layers)
    fits = all(n in (1, m) for n, m in zip(sizes.shape, wanted, strict=False))
    if sizes.ndim > len(wanted) or not fits:
        raise ShapeError(
            f"step sizes have shape {sizes.shape}; expected a number, (batch,), (batch, steps) or "
            f"(batch, steps, layers) = {wanted}, where any axis may be 1."
        )
    sizes = sizes.reshape(*sizes.shape, *(1,) * (3 - sizes.ndim))
    for axis, (have, want) in enumerate(zip(sizes.shape, wanted, strict=True)):
        if have != want:
            key: tuple[Any, ...] = (*(slice(None),) * axis, np.zeros(want, dtype=np.int64))
            sizes = sizes[key]
    return sizes


def per_instance(constant: Array, like: Array, *, ndim: int) -> Array:
    """A number or (batch,) in the number system of `like`, shaped (batch, 1, ...) with `ndim` axes."""
    value = convert(constant, like)
    if value.ndim > 1:
        raise ShapeError(f"got a constant of shape {value.shape}; expected a number or (batch,).")
    return value.reshape(-1, *(1,) * (ndim - 1))
