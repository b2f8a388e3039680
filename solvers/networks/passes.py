"""Forward and backward pass, written once for every number system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lemmata.solvers.networks.validation import prepare, prepare_at_zero, prepare_sample_weights
from lemmata.solvers.numbers.arithmetic import Array, centre, contiguous_transpose, transpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lemmata.solvers.networks.layers import Data, Layer, Network, Weights


@dataclass(frozen=True, kw_only=True, eq=False)
class Gates:
    """The choices that one layer made.

    `kinks` holds an array (batch, outputs, samples) for each kink of the activation, `selection` the 0/1
    choice (batch, pooled, window, samples) of max pooling.
    """

    kinks: tuple[Array, ...] = ()
    selection: Array | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Activity:
    """What the neurons did, a tuple over layers each, arrays of (batch, n, samples).

    `inputs` h_{h-1}, `preactivations` z_h, `slopes` phi'(z_h), `outputs` phi_h(z_h) (before pooling and
    skip), `gates` as used, and the `prediction` f(x) (batch, n_N, samples).
    """

    inputs: tuple[Array, ...]
    preactivations: tuple[Array, ...]
    slopes: tuple[Array, ...]
    outputs: tuple[Array, ...]
    gates: tuple[Gates, ...]
    prediction: Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Gradient:
    """Derivatives of the loss, a tuple over layers each.

    `matrices` by the free parameters (in their shape), `unrolled` by the entries of W_h as if all were free
    (batch, outputs, inputs), `biases` (batch, outputs) or None, `upstream` A_h = dL/d phi_h(z_h) and `deltas`
    dL/dz_h (batch, outputs, samples); `activity` is the forward pass they were computed from.
    """

    matrices: tuple[Array, ...]
    unrolled: tuple[Array, ...]
    biases: tuple[Array | None, ...]
    upstream: tuple[Array, ...]
    deltas: tuple[Array, ...]
    activity: Activity


def forward(
    network: Network,
    weights: Weights,
    data: Data,
    *,
    at_zero: Array | None = None,
    gates: Sequence[Gates] | None = None,
    nearest_gates: bool = False,
) -> Activity:
    """Run `network` on `data`.

    `at_zero` (batch,) is the value of a gate at a kink (0 if left out): phi'(0) for ReLU, in general the
    fraction of the way from the left to the right slope. `gates` (one a layer, from an earlier Activity)
    replace the comparisons. With `nearest_gates` a gate whose error bound straddles a kink is decided by the
    midpoint instead of becoming an interval: the result then bounds the network with these gates, which is
    what a claim about any gates needs.
    """
    weights, data = prepare(network, weights, data)
    with np.errstate(all="ignore"):
        return run_forward(network, weights, data, prepare_at_zero(at_zero, weights), gates, nearest=nearest_gates)


def loss(network: Network, activity: Activity, data: Data, sample_weights: Array | None = None) -> Array:
    """Loss (batch,) of a forward pass: sum over samples, weighted by `sample_weights` (batch, samples)."""
    factors = prepare_sample_weights(sample_weights, activity.prediction)
    with np.errstate(all="ignore"):
        return run_loss(network, activity, data, factors)


def gradient(
    network: Network,
    weights: Weights,
    data: Data,
    *,
    at_zero: Array | None = None,
    sample_weights: Array | None = None,
    gates: Sequence[Gates] | None = None,
    nearest_gates: bool = False,
) -> Gradient:
    """Derivatives of the loss by reverse mode; arguments as in `forward` and `loss`."""
    weights, data = prepare(network, weights, data)
    factors = prepare_sample_weights(sample_weights, weights.matrices[0])
    with np.errstate(all="ignore"):
        kinks = prepare_at_zero(at_zero, weights)
        activity = run_forward(network, weights, data, kinks, gates, nearest=nearest_gates)
        return run_backward(network, weights, data, activity, factors)


def unrolled_matrix(layer: Layer, parameters: Array) -> Array:
    """The matrices (batch, outputs, inputs) of a layer's free `parameters`."""
    return parameters if layer.sharing is None else layer.sharing.unroll(parameters)


def run_forward(
    network: Network,
    weights: Weights,
    data: Data,
    at_zero: Array,
    gates: Sequence[Gates] | None = None,
    *,
    nearest: bool = False,
) -> Activity:
    """`forward` without checks, for inner loops; `at_zero` is 0 or (batch, 1, 1)."""
    hidden = data.inputs
    inputs, preactivations, slopes, outputs, used = [], [], [], [], []
    for number, layer in enumerate(network.layers):
        phi = layer.phi
        z = unrolled_matrix(layer, weights.matrices[number]) @ hidden
        bias = weights.biases[number]
        if bias is not None:
            z = z + bias[:, :, None]
        kinks = phi.gates(centre(z) if nearest else z, at_zero) if gates is None else gates[number].kinks
        value = phi.value(z, kinks)
        inputs.append(hidden)
        preactivations.append(z)
        slopes.append(phi.slope(z, kinks))
        outputs.append(value)
        above, selection = value, None
        if layer.pool is not None:
            ranked = centre(value) if nearest else value
            selection = layer.pool.selection(ranked) if gates is None else gates[number].selection
            above = layer.pool.forward(value, selection)
        used.append(Gates(kinks=kinks, selection=selection))
        hidden = above + hidden if layer.skip else above
    return Activity(
        inputs=tuple(inputs),
        preactivations=tuple(preactivations),
        slopes=tuple(slopes),
        outputs=tuple(outputs),
        gates=tuple(used),
        prediction=hidden,
    )


def run_loss(network: Network, activity: Activity, data: Data, factors: Array | None) -> Array:
    """`loss` without checks."""
    each = network.objective.value(activity.prediction, data.targets)
    return (each if factors is None else each * factors).sum(axis=1)


def run_backward(network: Network, weights: Weights, data: Data, activity: Activity, factors: Array | None) -> Gradient:
    """`gradient` without checks, from a forward pass; `factors` (batch, samples) weight the samples."""
    above = network.objective.gradient(activity.prediction, data.targets)
    if factors is not None:
        above = above * factors[:, None, :]
    count = network.depth
    matrices, unrolled, biases = [None] * count, [None] * count, [None] * count
    upstream, deltas = [None] * count, [None] * count
    for number in reversed(range(count)):
        layer = network.layers[number]
        arrived = above
        if layer.pool is not None:
            arrived = layer.pool.backward(above, activity.gates[number].selection)
        delta = arrived if layer.phi.is_linear else activity.slopes[number] * arrived
        full = delta @ contiguous_transpose(activity.inputs[number])
        upstream[number], deltas[number], unrolled[number] = arrived, delta, full
        matrices[number] = full if layer.sharing is None else layer.sharing.fold(full)
        if weights.biases[number] is not None:
            biases[number] = delta.sum(axis=2)
        if number:
            below = transpose(unrolled_matrix(layer, weights.matrices[number])) @ delta
            above = below + above if layer.skip else below
    return Gradient(
        matrices=tuple(matrices),
        unrolled=tuple(unrolled),
        biases=tuple(biases),
        upstream=tuple(upstream),
        deltas=tuple(deltas),
        activity=activity,
    )
