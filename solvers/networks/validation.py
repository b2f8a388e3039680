"""Checks of what a caller passes in: shapes, finite entries, number systems that mix."""

from __future__ import annotations

import numpy as np

from lemmata.solvers.networks.layers import Data, Network, Weights
from lemmata.solvers.numbers.arithmetic import Array, convert, is_balls
from lemmata.solvers.numbers.errors import NotFiniteError, NumberSystemError, ShapeError


def prepare(network: Network, weights: Weights, data: Data) -> tuple[Weights, Data]:
    """Check that `weights` and `data` fit `network`; bring data into the number system of the weights."""
    _check_parameters(network, weights)
    _check_data(network, data)
    sizes = {weights.matrices[0].shape[0], data.inputs.shape[0], data.targets.shape[0]} - {1}
    if len(sizes) > 1:
        raise ShapeError(
            f"the batch sizes are {weights.matrices[0].shape[0]} (weights), {data.inputs.shape[0]} "
            f"(inputs) and {data.targets.shape[0]} (targets); expected one number, or 1 for what is shared."
        )
    like = weights.matrices[0]
    if isinstance(like, np.ndarray) and like.dtype != object and _is_exact(data):
        raise NumberSystemError(
            "got float weights and data of rationals or balls; expected the weights in the richer number "
            "system. Convert the weights with to_rationals or to_balls; float data are converted by "
            "themselves."
        )
    inputs, targets = convert(data.inputs, like), convert(data.targets, like)
    if inputs is not data.inputs or targets is not data.targets:
        data = Data(inputs=inputs, targets=targets)
    return weights, data


def _is_exact(data: Data) -> bool:
    return any(isinstance(x, np.ndarray) and x.dtype == object for x in (data.inputs, data.targets))


def _check_parameters(network: Network, weights: Weights) -> None:
    if len(weights.matrices) != network.depth:
        raise ShapeError(f"got {len(weights.matrices)} matrices for {network.depth} layers; expected one a layer.")
    batch = weights.matrices[0].shape[0]
    layers = zip(network.layers, weights.matrices, weights.biases, strict=True)
    for number, (layer, matrix, bias) in enumerate(layers, start=1):
        if matrix.shape != (batch, *layer.parameter_shape):
            raise ShapeError(
                f"the parameters of layer {number} have shape {matrix.shape}; expected "
                f"{(batch, *layer.parameter_shape)}: (batch, outputs, inputs), or (batch, size) with sharing."
            )
        check_finite(f"the parameters of layer {number}", matrix)
        if layer.bias != (bias is not None):
            raise ShapeError(
                f"layer {number} is declared with bias={layer.bias} but its bias is "
                f"{'missing' if bias is None else 'given'}. Change the layer or the weights."
            )
        if bias is not None:
            if bias.shape != (batch, layer.outputs):
                raise ShapeError(
                    f"the bias of layer {number} has shape {bias.shape}; expected {(batch, layer.outputs)}."
                )
            check_finite(f"the bias of layer {number}", bias)


def _check_data(network: Network, data: Data) -> None:
    if (data.inputs.shape[1], data.targets.shape[1]) != (network.widths[0], network.widths[-1]):
        raise ShapeError(
            f"the data have {data.inputs.shape[1]} inputs and {data.targets.shape[1]} targets a sample; "
            f"expected {network.widths[0]} and {network.widths[-1]}, as the network has."
        )
    check_finite("data.inputs", data.inputs)
    check_finite("data.targets", data.targets)


def finite(x: Array) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Where the value of `x` is finite (exact numbers always are)."""
    if isinstance(x, np.ndarray):
        if x.dtype != object:
            return np.isfinite(x)
        if is_balls(x):
            return np.array([item.is_finite() if hasattr(item, "is_finite") else True for item in x.flat]).reshape(
                x.shape
            )
    value = getattr(x, "value", None)
    return np.ones(x.shape, dtype=bool) if value is None else finite(value)


def check_finite(name: str, x: Array) -> None:
    """Raise NotFiniteError if `x`, called `name` in the message, holds NaN or infinity."""
    good = finite(x)
    if not good.all():
        first = tuple(int(i) for i in np.argwhere(~good)[0])
        raise NotFiniteError(
            f"{name} has {np.count_nonzero(~good)} NaN or infinite entries of {good.size}, the first at "
            f"{first}; expected finite numbers. Remove these instances from the batch."
        )


def prepare_at_zero(at_zero: Array | None, weights: Weights) -> Array:
    """`at_zero` (batch,) in the number system of the weights, as (batch, 1, 1); 0 if left out."""
    if at_zero is None:
        return 0
    value = convert(at_zero, weights.matrices[0])
    if value.ndim > 1 or (value.ndim == 1 and value.shape[0] not in (1, weights.matrices[0].shape[0])):
        raise ShapeError(
            f"at_zero has shape {value.shape}; expected (batch,) = ({weights.matrices[0].shape[0]},) or a number."
        )
    return value.reshape(-1, 1, 1)


def prepare_sample_weights(sample_weights: Array | None, like: Array) -> Array | None:
    """`sample_weights` (batch, samples) in the number system of `like`."""
    if sample_weights is None:
        return None
    value = convert(sample_weights, like)
    if value.ndim != 2:  # noqa: PLR2004 - the axes named in the message
        raise ShapeError(f"sample_weights have shape {value.shape}; expected (batch, samples).")
    return value
