"""Families of random and real-data networks, shared by the papers about layer balance.

An instance is a flat mapping of arrays: ``W1`` ... ``WN`` and ``b1`` ... (parameters), ``X``, ``Y`` (data),
``at_zero`` (the slope chosen at a kink), and what a training rule needs: ``eta`` (batch, steps, layers or 1),
``decay``, ``momentum``, ``V1`` ... (velocities), ``sample_weights`` (batch, steps, samples).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from lemmata.claims import (
    ClaimError,
    Draw,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Parameters,
    Range,
    RealData,
    Value,
    choice,
    integers,
    reals,
    sizes,
)
from lemmata.solvers.datasets import load
from lemmata.solvers.networks import Data, Layer, Network, Weights, activation, leaky_relu

HOMOGENEOUS = ("relu", "leaky_relu", "abs", "linear", "mixed")
"""Activations with phi(cz) = c phi(z) for c > 0; "mixed" draws both slopes' ratio for each neuron."""

LOSSES = ("squared", "logistic", "linear")
"""Differentiable losses; "linear" is <Y, f>, whose derivative at a point is an arbitrary matrix."""

_MIXED_SLOPES = (0.0, 1.0, -1.0, 0.125)


View = Callable[[int, Any], Any]


def as_they_are(layer: int, parameters: Any) -> Any:
    """The view of a fully connected layer: its parameters are its matrix."""
    del layer
    return parameters


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A network with its parameters and data, in the number system of the instance it was built from."""

    network: Network
    weights: Weights
    data: Data
    at_zero: Any
    linear: tuple[bool, ...]
    """Per hidden layer, whether its activation is linear with one common slope."""
    incoming: View = as_they_are
    """(layer index, free parameters) -> a matrix with one row a hidden unit of that layer."""
    outgoing: View = as_they_are
    """(layer index, free parameters) -> a matrix with one column a hidden unit of the layer below."""


Build = Callable[[Parameters, Instances], Problem]


def dense_problem(parameters: Parameters, instances: Instances) -> Problem:
    """The fully connected network of an instance."""
    widths = _widths(parameters)
    depth = len(widths) - 1
    names = [hidden_activation(str(parameters["activation"]), layer) for layer in range(1, depth)]
    layers = tuple(
        Layer(
            inputs=widths[h],
            outputs=widths[h + 1],
            activation=_activation(names[h], instances, h + 1) if h < depth - 1 else "linear",
            bias=f"b{h + 1}" in instances,
        )
        for h in range(depth)
    )
    return Problem(
        network=Network(layers=layers, loss=str(parameters["loss"])),
        weights=stacked(instances, depth),
        data=Data(inputs=instances["X"], targets=instances["Y"]),
        at_zero=instances["at_zero"],
        linear=tuple(name == "linear" for name in names),
    )


def stacked(instances: Instances, depth: int, *, matrices: str = "W", biases: str = "b") -> Weights:
    """The arrays ``W1`` ... ``WN`` (or ``V1`` ...) of an instance as one value."""
    return Weights(
        matrices=tuple(instances[f"{matrices}{h}"] for h in range(1, depth + 1)),
        biases=tuple(instances.get(f"{biases}{h}") for h in range(1, depth + 1)),
    )


def hidden_activation(name: str, layer: int) -> str:
    """The activation of hidden layer ``layer`` (from 1); "linear_relu" alternates, linear first."""
    if name == "linear_relu":
        return "linear" if layer % 2 else "relu"
    return name


def _activation(name: str, instances: Instances, layer: int) -> Any:
    return leaky_relu(instances[f"slope{layer}"]) if name == "mixed" else activation(name)


def _widths(parameters: Parameters) -> list[int]:
    widths: list[int] = parameters["widths"]
    return widths


class Entry(enum.Enum):
    """What an instance may hold besides weights and data."""

    BIAS = "biases of every layer"
    SCHEDULE = "a step size for each step"
    LAYER_STEPS = "a step size for each layer"
    MINIBATCH = "weights of the samples, drawn anew for each step"
    DECAY = "a rate of weight decay"
    MOMENTUM = "a momentum, and initial velocities"


def draw_dense(entries: Sequence[Entry], step_size: float) -> Draw:
    """A generator of fully connected instances; ``entries`` says what is drawn besides weights and data.

    ``step_size`` is the largest step, in units of one over the curvature.
    """

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        widths = _widths(parameters)
        drawn: dict[str, np.ndarray] = {}
        scale = float(parameters["scale"])
        for h, (inputs, outputs) in enumerate(pairwise(widths), start=1):
            drawn[f"W{h}"] = rng.normal(size=(size, outputs, inputs)) * scale / np.sqrt(inputs)
            if Entry.BIAS in entries:
                drawn[f"b{h}"] = rng.normal(size=(size, outputs)) * scale
            if parameters["activation"] == "mixed":
                drawn[f"slope{h}"] = rng.choice(_MIXED_SLOPES, size=(size, outputs))
        drawn["X"], drawn["Y"] = draw_data(parameters, rng, size, (widths[0], widths[-1]))
        drawn["at_zero"] = rng.choice([0.0, 1.0, 0.5, 0.3], size=size)
        return drawn | draw_training(parameters, rng, size, entries, drawn, step_size)

    return draw


def draw_data(
    parameters: Parameters, rng: np.random.Generator, size: int, ends: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Inputs ``(batch, n_0, samples)`` and targets ``(batch, n_N, samples)``: random, or a real table."""
    samples = int(parameters["samples"])
    if "data" in parameters:
        table = load(str(parameters["data"]))
        return table.inputs[:, :, :samples], table.targets[:, :, :samples]
    inputs = rng.normal(size=(size, ends[0], samples))
    targets = rng.normal(size=(size, ends[1], samples))
    return inputs, np.sign(targets) if parameters["loss"] == "logistic" else targets


def draw_training(
    parameters: Parameters,
    rng: np.random.Generator,
    size: int,
    entries: Sequence[Entry],
    drawn: Mapping[str, np.ndarray],
    step_size: float,
) -> dict[str, np.ndarray]:
    """Step sizes and the other constants of a training rule."""
    steps = int(parameters.get("steps", 1))
    weights = [name for name in drawn if name.startswith("W")]
    samples = drawn["X"].shape[2]
    shape = (size, steps if Entry.SCHEDULE in entries else 1, len(weights) if Entry.LAYER_STEPS in entries else 1)
    most = float(parameters.get("step_size", step_size))
    made = {"eta": most * rng.uniform(0.3, 1.0, size=shape) / _curvature([drawn[name] for name in weights], samples)}
    if Entry.MINIBATCH in entries:
        made["sample_weights"] = rng.integers(0, 2, size=(size, steps, samples)).astype(float)
    if Entry.DECAY in entries:
        made["decay"] = rng.uniform(0.1, 1.0, size=size)
    if Entry.MOMENTUM in entries:
        made["momentum"] = rng.uniform(0.2, 0.9, size=size)
        made["eta"] = made["eta"] * (1 - made["momentum"][:, None, None])
        made |= {f"V{name[1:]}": rng.normal(size=drawn[name].shape) / 16 for name in weights}
    return made


def _curvature(weights: Sequence[np.ndarray], samples: int) -> np.ndarray:
    """The order of the loss's curvature, ``(batch, 1, 1)``: steps above its inverse blow up doubly exponentially.

    Losses are sums over samples; the network's derivative by a layer is at most the product of the others.
    """
    # The free parameters of a shared layer are a vector: one column.
    norms = [np.linalg.norm(w.reshape(*w.shape[:2], -1), ord=2, axis=(1, 2)) for w in weights]
    product: np.ndarray = samples * np.prod([np.maximum(norm, 1.0) ** 2 for norm in norms], axis=0)
    return product[:, None, None]


def _zero_sample(parameters: Parameters, instances: Instances) -> Instances:
    del parameters
    inputs = instances["X"].copy()
    inputs[:, :, 0] = 0.0
    return {**instances, "X": inputs}


def _neuron_at_kink(parameters: Parameters, instances: Instances) -> Instances:
    del parameters
    first = instances["W1"].copy()
    first[:, 0, :] = 0.0
    changed = {**instances, "W1": first}
    if "b1" in instances:
        bias = instances["b1"].copy()
        bias[:, 0] = 0.0
        changed["b1"] = bias
    return changed


DENSE_EDGES = (
    Edge(name="every width 1, one sample"),
    Edge(name="a zero sample", parameters={"widths": [3, 4, 3, 2], "samples": 3}, adjust=_zero_sample),
    Edge(name="a neuron at its kink", parameters={"widths": [3, 4, 3, 2], "samples": 3}, adjust=_neuron_at_kink),
    Edge(name="thin inner layers", parameters={"widths": [3, 1, 4, 1, 2], "samples": 4}),
    Edge(name="deepest and widest", parameters={"widths": [6, 6, 6, 6, 6, 6], "samples": 8}),
    Edge(name="more neurons than inputs and outputs", parameters={"widths": [1, 6, 1], "samples": 2}),
)


def real_tables(*, activation: str, pace: float = 1.0) -> tuple[RealData, ...]:
    """scikit-learn's digits, breast cancer and diabetes tables, each with its usual loss; 60 steps each.

    ``pace`` scales the step sizes, for activations that do not bear the usual ones.
    """
    base: dict[str, Value] = {"activation": activation, "scale": 1.0, "steps": 60}
    return (
        RealData(
            name="digits",
            parameters={
                **base,
                "data": "digits",
                "widths": [64, 12, 10],
                "samples": 300,
                "loss": "cross_entropy",
                "step_size": 2.0 * pace,
            },
        ),
        RealData(
            name="breast cancer",
            parameters={
                **base,
                "data": "breast_cancer",
                "widths": [30, 8, 6, 1],
                "samples": 300,
                "loss": "logistic",
                "step_size": 2.0 * pace,
            },
        ),
        RealData(
            name="diabetes",
            parameters={
                **base,
                "data": "diabetes",
                "widths": [10, 8, 1],
                "samples": 300,
                "loss": "squared",
                "step_size": 1.0 * pace,
            },
        ),
    )


def dense_networks(  # noqa: PLR0913 - what may vary between claims, all by keyword
    *,
    activations: tuple[str, ...] = HOMOGENEOUS,
    losses: tuple[str, ...] = LOSSES,
    entries: tuple[Entry, ...] = (),
    steps: Range = integers(1, 3),  # noqa: B008 - ranges are frozen values
    scale: Range = reals(0.25, 1.25, logarithmic=True),  # noqa: B008
    hypotheses: tuple[Hypothesis, ...] = (),
    real: bool = True,
    pace: float = 1.0,
    step_size: float = 0.5,
) -> Family:
    """Fully connected networks f(x) = W_N phi(W_{N-1} ... phi(W_1 x)), depth 2 to 5, widths 1 to 6.

    Args:
        activations: of the hidden layers; one is drawn for a whole network.
        losses: one is drawn.
        entries: what instances hold besides weights and data.
        steps: how many training steps.
        scale: standard deviation of the weights times the square root of the fan-in.
        hypotheses: assumptions besides what the generator guarantees.
        real: whether to judge on real tables too (with the first of ``activations``).
        pace: scales the step sizes on the real tables.
        step_size: the largest step on random networks, in units of one over the curvature.

    Raises:
        ClaimError: an entry is no `Entry`.
    """
    for entry in entries:
        if not isinstance(entry, Entry):
            raise ClaimError(f"dense_networks got the entry {entry!r}; expected one of {', '.join(map(str, Entry))}")
    parameters: dict[str, Range] = {
        "widths": sizes(1, 6, count=(3, 6)),
        "samples": integers(1, 8),
        "activation": choice(*activations),
        "loss": choice(*losses),
        "scale": scale,
        "steps": steps,
    }
    described = f"fully connected networks of depth 2 to 5, activation {' or '.join(activations)}"
    return Family(
        name=described + (", with biases" if Entry.BIAS in entries else ""),
        parameters=parameters,
        draw=draw_dense(entries, step_size),
        hypotheses=hypotheses,
        edges=DENSE_EDGES,
        data=real_tables(activation=activations[0], pace=pace) if real else (),
    )
