"""Networks of every layer kind, and weights and data for them, shared by the tests of the solvers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lemmata.solvers.networks import Data, IndexMap, Layer, Network, Weights, convolution, dense, leaky_relu, pooling

if TYPE_CHECKING:
    from lemmata.solvers.numbers.arithmetic import Array


def layer_cases() -> dict[str, Network]:
    """One network for each kind of layer, by name."""
    conv = convolution(channels_in=2, channels_out=3, kernel=(3,), shape=(5,), padding=(1,))
    aliased = convolution(channels_in=1, channels_out=2, kernel=(4,), shape=(3,), circular=True)
    plane = convolution(channels_in=1, channels_out=2, kernel=(2, 2), shape=(3, 4), stride=(1, 2))
    tied = IndexMap(index=np.array([[0, 1, -1], [1, 0, 0]]), size=2)
    average = pooling("average", channels=3, shape=(5,), window=(2,), stride=(1,))
    largest = pooling("max", channels=3, shape=(5,), window=(3,), stride=(2,))
    first = Layer(inputs=10, outputs=15, activation="relu", sharing=conv, bias=True)
    pooled = Layer(inputs=10, outputs=15, activation="relu", sharing=conv, pool=average)
    chosen = Layer(inputs=10, outputs=15, activation="square", sharing=conv, pool=largest)
    block = Layer(inputs=4, outputs=4, activation="relu", skip=True, bias=True)
    return {
        "linear": dense((3, 4, 2)),
        "relu_bias": dense((3, 5, 4, 2), activations="relu", bias=True),
        "leaky": dense((3, 4, 2), activations=leaky_relu(0.25)),
        "abs_then_linear": dense((3, 4, 3, 2), activations=("abs", "linear"), bias=True),
        "square": dense((3, 4, 2), activations="square"),
        "relu_squared": dense((2, 3, 2), activations="relu_squared", bias=True),
        "relu6": dense((2, 3, 2), activations="relu6"),
        "width_one": dense((1, 1, 1), activations="relu"),
        "convolution": Network(layers=(first, Layer(inputs=15, outputs=2))),
        "average_pool": Network(layers=(pooled, Layer(inputs=12, outputs=2))),
        "max_pool": Network(layers=(chosen, Layer(inputs=6, outputs=2))),
        "aliased_taps": Network(
            layers=(
                Layer(inputs=3, outputs=6, sharing=aliased, activation="relu"),
                Layer(inputs=6, outputs=2),
            )
        ),
        "plane": Network(
            layers=(
                Layer(inputs=12, outputs=8, sharing=plane, activation="abs"),
                Layer(inputs=8, outputs=2),
            )
        ),
        "tied": Network(
            layers=(Layer(inputs=3, outputs=2, sharing=tied, activation="relu"), Layer(inputs=2, outputs=2))
        ),
        "skip": Network(layers=(Layer(inputs=3, outputs=4), block, Layer(inputs=4, outputs=2))),
    }


def weights_for(network: Network, draw: Any) -> Weights:
    """Weights made by `draw(shape)` of two axes or more."""
    return Weights(
        matrices=tuple(draw(layer.parameter_shape) for layer in network.layers),
        biases=tuple(draw((layer.outputs,)) if layer.bias else None for layer in network.layers),
    )


def float_problem(
    network: Network, rng: np.random.Generator, *, batch: int = 3, samples: int = 4
) -> tuple[Weights, Data]:
    """Standard normal weights and data."""
    weights = weights_for(network, lambda shape: rng.standard_normal((batch, *shape)))
    data = Data(
        inputs=rng.standard_normal((batch, network.widths[0], samples)),
        targets=rng.standard_normal((batch, network.widths[-1], samples)),
    )
    return weights, data


def mapped(function: Any, weights: Weights) -> Weights:
    """Apply `function` to every array of `weights`."""
    return Weights(
        matrices=tuple(function(w) for w in weights.matrices),
        biases=tuple(None if b is None else function(b) for b in weights.biases),
    )


def arrays(weights: Weights) -> list[Array]:
    """All arrays of weights or of a gradient in a list."""
    return [a for a in (*weights.matrices, *weights.biases) if a is not None]
