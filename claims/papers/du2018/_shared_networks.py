"""Families with shared weights: arbitrary sharing patterns, and convolutional networks.

Parameters of a shared layer are a vector of free values; an index map says which of them stands where in the
matrix. A convolution is one such map.
"""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np

from lemmata.claims import Edge, Family, Instances, Parameters, RealData, Value, choice, integers, reals, sizes
from lemmata.claims.settings.networks.dense import LOSSES, Problem, draw_data, draw_training, stacked
from lemmata.solvers import transpose
from lemmata.solvers.networks import Data, IndexMap, Layer, Network, convolution, pooling

_SPARSITY = 1 / 6
_PIECEWISE_LINEAR = ("relu", "leaky_relu", "abs", "linear")


def _sharing_maps(parameters: Parameters) -> list[IndexMap]:
    """Random patterns, fixed by the parameters: about two entries share a value, one in six is zero."""
    widths = parameters["widths"]
    rng = np.random.default_rng(parameters["pattern"])
    maps = []
    for inputs, outputs in pairwise(widths):
        size = max(1, inputs * outputs // 2)
        index = rng.integers(0, size, size=(outputs, inputs))
        index[rng.random(size=index.shape) < _SPARSITY] = -1
        maps.append(IndexMap(index=index, size=size))
    return maps


def _shared_network(parameters: Parameters) -> Network:
    maps = _sharing_maps(parameters)
    last = len(maps) - 1
    layers = tuple(
        Layer(
            inputs=sharing.shape[1],
            outputs=sharing.shape[0],
            activation=str(parameters["activation"]) if h < last else "linear",
            sharing=sharing,
        )
        for h, sharing in enumerate(maps)
    )
    return Network(layers=layers, loss=str(parameters["loss"]))


def shared_problem(parameters: Parameters, instances: Instances) -> Problem:
    """A network with arbitrary weight sharing; the free parameters of a layer are seen as one row (or column)."""
    network = _shared_network(parameters)
    return Problem(
        network=network,
        weights=stacked(instances, network.depth),
        data=Data(inputs=instances["X"], targets=instances["Y"]),
        at_zero=instances["at_zero"],
        linear=(False,) * (network.depth - 1),
        incoming=lambda _, free: free[..., None, :],
        outgoing=lambda _, free: free[..., None],
    )


def _draw(parameters: Parameters, rng: np.random.Generator, size: int, network: Network) -> Instances:
    drawn: dict[str, np.ndarray] = {}
    scale = float(parameters["scale"])
    for h, layer in enumerate(network.layers, start=1):
        fan_in = 1 if layer.sharing is None else max(1, int(np.sum(layer.sharing.index >= 0)) // layer.outputs)
        drawn[f"W{h}"] = rng.normal(size=(size, *layer.parameter_shape)) * scale / np.sqrt(fan_in)
    ends = (network.layers[0].inputs, network.layers[-1].outputs)
    drawn["X"], drawn["Y"] = draw_data(parameters, rng, size, ends)
    drawn["at_zero"] = rng.choice([0.0, 1.0, 0.5, 0.3], size=size)
    return drawn | draw_training(parameters, rng, size, (), drawn, 0.5)


def shared_networks(*, activations: tuple[str, ...] = _PIECEWISE_LINEAR) -> Family:
    """Networks in which any entries of a layer may share a value or be fixed to zero."""
    return Family(
        name=f"networks with random weight sharing and sparsity, activation {' or '.join(activations)}",
        parameters={
            "widths": sizes(1, 6, count=(3, 5)),
            "pattern": integers(0, 10_000),
            "samples": integers(1, 6),
            "activation": choice(*activations),
            "loss": choice(*LOSSES),
            "scale": reals(0.25, 1.25, logarithmic=True),
        },
        draw=lambda parameters, rng, size: _draw(parameters, rng, size, _shared_network(parameters)),
        edges=(
            Edge(name="one shared value a layer", parameters={"widths": [2, 1, 2], "samples": 2}),
            Edge(name="every width 1, one sample"),
            Edge(name="widest", parameters={"widths": [6, 6, 6, 6, 6], "samples": 6}),
        ),
    )


def _convolutional_network(parameters: Parameters) -> Network:
    """Convolution layers with optional pooling, and a fully connected last layer."""
    channels, shape = parameters["channels"], tuple(parameters["shape"])
    circular = parameters["border"] == "circular"
    activation, loss, pool = (str(parameters[name]) for name in ("activation", "loss", "pool"))
    layers = []
    for inputs, outputs in pairwise(channels[:-1]):
        kernel = tuple(parameters["kernel"] if circular else min(parameters["kernel"], n) for n in shape)
        stride = (parameters["stride"],) * len(shape)
        padding = (0 if circular else parameters["padding"],) * len(shape)
        sharing = convolution(
            channels_in=inputs,
            channels_out=outputs,
            kernel=kernel,
            shape=shape,
            stride=stride,
            padding=padding,
            circular=circular,
        )
        shape = _shape_after(shape, kernel, stride, padding, circular=circular)
        window = tuple(min(2, n) for n in shape)
        pooled = None if pool == "none" else pooling(pool, channels=outputs, shape=shape, window=window)
        layers.append(
            Layer(
                inputs=sharing.shape[1],
                outputs=sharing.shape[0],
                activation=activation,
                sharing=sharing,
                pool=pooled,
            )
        )
        shape = shape if pooled is None else tuple(n // w for n, w in zip(shape, window, strict=True))
    layers.append(Layer(inputs=layers[-1].width, outputs=channels[-1]))
    return Network(layers=tuple(layers), loss=loss)


def _shape_after(
    shape: tuple[int, ...],
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    padding: tuple[int, ...],
    *,
    circular: bool,
) -> tuple[int, ...]:
    if circular:
        return tuple(-(-n // s) for n, s in zip(shape, stride, strict=True))
    return tuple((n + 2 * p - k) // s + 1 for n, k, s, p in zip(shape, kernel, stride, padding, strict=True))


def convolutional_problem(parameters: Parameters, instances: Instances) -> Problem:
    """A convolutional network; hidden units are channels: one row of ``incoming``, one column of ``outgoing``."""
    network = _convolutional_network(parameters)
    channels = parameters["channels"]

    def incoming(layer: int, free: Any) -> Any:
        return free.reshape(*free.shape[: free.ndim - _trailing(network, layer)], channels[layer + 1], -1)

    def outgoing(layer: int, free: Any) -> Any:
        lead = free.shape[: free.ndim - _trailing(network, layer)]
        by_channel = free.reshape(*lead, channels[layer + 1], channels[layer], -1)
        return transpose(by_channel).reshape(*lead, -1, channels[layer])

    return Problem(
        network=network,
        weights=stacked(instances, network.depth),
        data=Data(inputs=instances["X"], targets=instances["Y"]),
        at_zero=instances["at_zero"],
        linear=(parameters["activation"] == "linear",) * (network.depth - 1),
        incoming=incoming,
        outgoing=outgoing,
    )


def _trailing(network: Network, layer: int) -> int:
    return len(network.layers[layer].parameter_shape)


_DIGITS: dict[str, Any] = {
    "data": "digits",
    "shape": [8, 8],
    "channels": [1, 4, 10],
    "kernel": 3,
    "stride": 1,
    "padding": 0,
    "border": "zero",
    "pool": "max",
    "samples": 150,
    "loss": "cross_entropy",
    "scale": 1.0,
    "steps": 40,
    "step_size": 2.0,
}


def _convolutional_edges(pools: tuple[str, ...]) -> tuple[Edge, ...]:
    return (
        Edge(name="1x1 convolution, one channel"),
        Edge(
            name="kernel longer than the signal, wrapped around",
            parameters={"shape": [2], "channels": [2, 3, 2], "kernel": 3, "border": "circular"},
        ),
        Edge(
            name="stride, padding and pooling",
            parameters={
                "shape": [5, 5],
                "channels": [2, 3, 2],
                "kernel": 3,
                "stride": 2,
                "padding": 1,
                "pool": pools[-1],
                "samples": 3,
            },
        ),
        Edge(
            name="two convolutions",
            parameters={
                "shape": [5],
                "channels": [2, 3, 3, 2],
                "kernel": 2,
                "pool": pools[len(pools) // 2],
                "samples": 3,
            },
        ),
    )


def convolutional_networks(
    *,
    activations: tuple[str, ...] = _PIECEWISE_LINEAR,
    pools: tuple[str, ...] = ("none", "average", "max"),
    real: bool = True,
) -> Family:
    """One- and two-dimensional convolutional networks with stride, padding or wrap-around, and pooling."""
    usual: dict[str, Any] = {**_DIGITS, "activation": activations[0], "pool": pools[-1]}
    data = (RealData(name="digits", parameters=usual),)
    return Family(
        name=f"convolutional networks in one and two dimensions, activation {' or '.join(activations)}",
        parameters={
            "shape": sizes(2, 5, count=(1, 2)),
            "channels": sizes(1, 3, count=(3, 4)),
            "kernel": integers(1, 3),
            "stride": integers(1, 2),
            "padding": integers(0, 1),
            "border": choice("zero", "circular"),
            "pool": choice(*pools),
            "samples": integers(1, 4),
            "activation": choice(*activations),
            "loss": choice(*LOSSES),
            "scale": reals(0.25, 1.25, logarithmic=True),
            "steps": integers(1, 2),
        },
        draw=lambda parameters, rng, size: _draw(parameters, rng, size, _convolutional_network(parameters)),
        edges=_convolutional_edges(pools),
        data=data if real else (),
    )


def single_channels(*, activations: tuple[str, ...] = _PIECEWISE_LINEAR) -> Family:
    """The same with one channel a layer and one output, two to four layers."""
    base = convolutional_networks(activations=activations, real=False)
    one: dict[str, Value] = {"channels": [1, 1, 1, 1], "shape": [5], "kernel": 2, "samples": 3}
    return dataclasses.replace(
        base,
        name=base.name + ", one channel",
        parameters={**base.parameters, "channels": sizes(1, 1, count=(3, 5))},
        edges=(
            Edge(name="1x1 convolution"),
            Edge(name="two convolutions, pooled", parameters=one | {"pool": "max"}),
            Edge(
                name="kernel longer than the signal, wrapped around",
                parameters=one | {"shape": [2], "kernel": 3, "border": "circular"},
            ),
            Edge(name="stride and padding", parameters=one | {"shape": [5, 5], "kernel": 3, "stride": 2, "padding": 1}),
        ),
    )
