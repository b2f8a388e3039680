"""The implicit midpoint step, which keeps quadratic invariants of the flow (symplectic Runge-Kutta)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lemmata.solvers.networks.layers import Data, Network, Weights
from lemmata.solvers.networks.parameters import combine_layers, mapped, moved
from lemmata.solvers.networks.passes import Gradient, gradient
from lemmata.solvers.networks.rules import ImplicitMidpoint, per_instance
from lemmata.solvers.networks.validation import prepare
from lemmata.solvers.numbers.arithmetic import Array, as_floats, centre, is_balls, is_rationals, widen
from lemmata.solvers.numbers.bounded import Bounded
from lemmata.solvers.numbers.errors import NotRationalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lemmata.solvers.numbers.arithmetic import Floats


def midpoint_step_from(
    network: Network,
    middle: Weights,
    data: Data,
    step_size: Array,
    *,
    at_zero: Array | None = None,
    sample_weights: Array | None = None,
    nearest_gates: bool = False,
) -> tuple[Weights, Weights, Gradient]:
    """The exact implicit midpoint step whose middle state is `middle`: (before, after, gradient).

    before = M + (eta/2) G(M) and after = M - (eta/2) G(M), so nothing is iterated and the step is exact in
    every number system. `step_size` is a number or (batch,).
    """
    middle, data = prepare(network, middle, data)
    slope = gradient(
        network,
        middle,
        data,
        at_zero=at_zero,
        sample_weights=sample_weights,
        nearest_gates=nearest_gates,
    )
    direction = Weights(matrices=slope.matrices, biases=slope.biases)

    def shifted(sign: int) -> Weights:
        return combine_layers(
            lambda _, m, g: m + sign * (per_instance(step_size, m, ndim=m.ndim) * g) / 2, middle, direction
        )

    with np.errstate(all="ignore"):
        return shifted(1), shifted(-1), slope


_PERIOD = 2


@dataclass(frozen=True, kw_only=True, eq=False)
class MidpointStep:
    """Result of `solve_midpoint`: gradient at the middle, next state, where it converged (batch,)."""

    gradient: Gradient
    after: Weights
    converged: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def solve_midpoint(
    rule: ImplicitMidpoint,
    weights: Weights,
    factors: Array,
    slope_at: Callable[[Weights], Gradient],
) -> MidpointStep:
    """One implicit midpoint step from `weights` with step sizes `factors` (batch, layers).

    `slope_at` gives the gradient with the gates frozen at the predictor. The next state is widened by the
    distance to the exact solution, 2 r / (1 - q) with the last residual r and the observed contraction q: an
    estimate.
    """
    like = weights.matrices[0]
    if not (is_balls(like) or isinstance(like, Bounded)) and (is_rationals(like) or not isinstance(like, np.ndarray)):
        raise NotRationalError(
            f"ImplicitMidpoint got {type(like).__name__} parameters without a finite precision; the "
            "iteration does not end there. Use floats, Bounded or balls, or `midpoint_step_from`, which is "
            "exact."
        )
    half = factors / 2
    middle = mapped(centre, moved(weights, _direction(slope_at(weights)), half))
    # Layers are compared on the scale of where they are and where they go: their sum may nearly cancel.
    scales = combine_layers(lambda _, a, b: np.maximum(_scale(a), _scale(b)), weights, middle)
    # The contraction over two iterations: an alternating map may stand still in one and jump in the next.
    residuals: list[Floats] = []
    rate = np.zeros(like.shape[0])
    slope = slope_at(middle)
    for _ in range(rule.iterations):
        update = mapped(centre, moved(weights, _direction(slope), half))
        residual = _distance(update, middle, scales)
        residuals.append(residual)
        if len(residuals) > _PERIOD:
            before = residuals[-1 - _PERIOD]
            # Below the rounding level the ratio of residuals says nothing about the map.
            meaningful = before > rule.tolerance
            rate = np.where(meaningful, np.sqrt(residual / np.where(meaningful, before, 1)), rate)
        middle = update
        slope = slope_at(middle)
        if not (residual > rule.tolerance).any():
            break
    direction = _direction(slope)
    final = moved(weights, direction, half)
    last = _distance(mapped(centre, final), middle, scales)
    converged = (last <= rule.tolerance) & (rate < 1)
    reach = np.where(converged, 2 * last / np.where(converged, 1 - rate, 1), 0)
    after = combine_layers(
        lambda _, w, scale: widen(w, (reach * scale).reshape(-1, *(1,) * (w.ndim - 1))),
        moved(weights, direction, factors),
        scales,
    )
    return MidpointStep(gradient=slope, after=after, converged=converged)


def _direction(slope: Gradient) -> Weights:
    return Weights(matrices=slope.matrices, biases=slope.biases)


def _scale(w: Array) -> Floats:
    sizes: Floats = np.abs(as_floats(w)).reshape(w.shape[0], -1).max(axis=1, initial=0)
    return np.where(sizes > 0, sizes, 1.0)


def _distance(first: Weights, second: Weights, scales: Weights) -> Floats:
    """Largest entry of the difference over all layers, each in units of its scale: (batch,)."""
    gaps = combine_layers(
        lambda _, a, b: np.abs(as_floats(a - b)).reshape(a.shape[0], -1).max(axis=1, initial=0), first, second
    )
    relative = combine_layers(lambda _, gap, scale: gap / scale, gaps, scales)
    worst: Floats = np.max([g for g in (*relative.matrices, *relative.biases) if g is not None], axis=0)
    return worst
