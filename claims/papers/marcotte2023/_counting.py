"""Networks at random weights, and how many conservation laws there are around these.

The number of laws is bounded from above by the rank of the Lie algebra of the gradient fields at the weights, modulo a
prime, and from below by laws that were found without being told, proved and independent there; where the two differ, the
instance is a failure and not a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import sympy as sp

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Range,
    Value,
    choice,
    integers,
    quantity,
    sizes,
    vector,
)
from lemmata.solvers import Bounded, as_floats, convert
from lemmata.solvers.laws import Convolutional, Dense, Findings, counts_at, search, span_at

Network: TypeAlias = Dense | Convolutional

L = quantity(
    r"\#\text{laws}", "number of independent conservation laws around the weights", integer=True, nonnegative=True
)
K = quantity("K", "number of independent laws among the polynomials", integer=True, nonnegative=True)
D = quantity("D", "number of weights", integer=True, positive=True)
n = quantity("n", "width of the input", integer=True, positive=True)
r = quantity("r", "width of the hidden layer", integer=True, positive=True)
m = quantity("m", "width of the output", integer=True, positive=True)
_layers = sp.Symbol("N", integer=True, positive=True)
hidden = vector("r", _layers)
below = vector("r^{-}", _layers)
above = vector("r^{+}", _layers)
_MEANINGS = {
    hidden: "widths of the hidden layers",
    below: "widths of the layers before them",
    above: "widths of the layers after them",
}
_COST = 100
_UNPROVED = "the laws that were found are fewer than the rank leaves room for"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Networks of one kind.

    Attributes:
        name: what they are, a noun phrase.
        network: the network of a parameter point.
        parameters: ranges of its sizes.
        edges: models that are always looked at.
        sizes: the sizes that the statement speaks of, as they are measured.
    """

    name: str
    network: Callable[[Parameters], Network]
    parameters: Mapping[str, Range]
    edges: tuple[Edge, ...]
    sizes: Callable[[Parameters], Mapping[Any, Any]]
    hypotheses: tuple[Hypothesis, ...] = field(default=())


def weights(kind: Kind) -> Family:
    """Independent standard normal weights; almost every point of weights has the same number of laws."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        return {"theta": rng.normal(size=(size, kind.network(parameters).model.size))}

    return Family(
        name=f"{kind.name}, independent normal weights",
        parameters=kind.parameters,
        draw=draw,
        hypotheses=kind.hypotheses,
        edges=kind.edges,
    )


def laws(kind: Kind, *, degree: int = 2) -> Procedure:
    """The number of laws around the weights, certified, and how many of them are polynomials up to a degree."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        found = _findings(kind.network(parameters), degree)
        theta = instances["theta"]
        least, most = counts_at(found, as_floats(theta))
        numbers = {L: most, K: np.full(len(most), len(found.laws)), D: np.full(len(most), found.model.size)}
        values = {symbol: whole(value, theta) for symbol, value in numbers.items()}
        return Measurement.of(values | _sizes(kind, parameters, theta), failures={_UNPROVED: least < most})

    return _procedure(kind, f"conservation laws of {kind.name}, polynomials up to degree {degree} among them", run)


def without_brackets(kind: Kind) -> Procedure:
    """Weights less the directions in which the gradients of single steps point: what no bracket has been asked of."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        model = kind.network(parameters).model
        theta = instances["theta"]
        count = whole(model.size - span_at(model, as_floats(theta)), theta)
        return Measurement.of({L: count} | _sizes(kind, parameters, theta))

    return _procedure(kind, f"weights less gradient directions of {kind.name}", run)


def _procedure(kind: Kind, name: str, run: Callable[[Parameters, Instances], Measurement]) -> Procedure:
    sized = kind.sizes({name: given.simplest for name, given in kind.parameters.items()})
    measures = {symbol: _MEANINGS.get(symbol, "") for symbol in (L, K, D, *sized)}
    return Procedure(name=name, measures=measures, run=run, cost=_COST)


@cache
def _findings(network: Network, degree: int) -> Findings:
    return search(network.model, degree=degree, points=1)


def _sizes(kind: Kind, parameters: Parameters, like: Any) -> dict[Any, Any]:
    """The sizes, the same for each instance."""
    count = like.shape[0]
    return {
        symbol: whole(np.repeat(np.array([value]), count, axis=0), like)
        for symbol, value in kind.sizes(parameters).items()
    }


def whole(numbers: np.ndarray, like: Any) -> Any:
    """Whole numbers in the number system of ``like``, exactly."""
    return Bounded.exact(numbers) if isinstance(like, Bounded) else convert(numbers.astype(float), like)


def two_layers(
    *,
    activation: str = "linear",
    loss: str = "squared",
    bias: bool = False,
    most: int = 8,
    models: tuple[str, ...] = (),
) -> Kind:
    """Networks n-r-m; ``models`` are looked at first, each as "n-r-m", and must come without gaps in the ranges."""

    def network(parameters: Parameters) -> Network:
        widths = (parameters["inputs"], parameters["hidden"], parameters["outputs"])
        return Dense(widths=widths, activation=activation, loss=loss, bias=bias)

    names = ("inputs", "hidden", "outputs")
    classes = 2 if loss == "cross_entropy" else 1
    edges = [Edge(name=model, parameters=dict(zip(names, map(int, model.split("-")), strict=True))) for model in models]
    described = f"{activation} networks n-r-m{' with biases' if bias else ''}, {loss.replace('_', ' ')} loss"
    return Kind(
        name=described,
        network=network,
        parameters={"inputs": integers(1, 5), "hidden": integers(1, most), "outputs": integers(classes, 5)},
        edges=(*edges, Edge(name="as small as can be")),
        sizes=lambda parameters: {n: parameters["inputs"], r: parameters["hidden"], m: parameters["outputs"]},
    )


def deep(
    *,
    activation: str = "linear",
    biased: bool = False,
    largest: int = 3,
    layers: tuple[int, int] = (3, 5),
    models: tuple[str, ...] = (),
    hypotheses: tuple[Hypothesis, ...] = (),
) -> Kind:
    """Networks of several layers; ``models`` are looked at first, each as "2-3-3-2".

    With ``biased`` hidden layers have biases in half of them; so do the models that end in "with biases".
    """

    def network(parameters: Parameters) -> Network:
        widths = tuple(parameters["widths"])
        return Dense(widths=widths, activation=activation, bias=parameters.get("biases") == "with")

    def measured(parameters: Parameters) -> Mapping[Any, Any]:
        widths = parameters["widths"]
        return {hidden: widths[1:-1], below: widths[:-2], above: widths[2:]}

    edges = [Edge(name=model, parameters=_model(model)) for model in models]
    biases = {"biases": choice("without", "with")} if biased else {}
    return Kind(
        name=f"{activation} networks of {layers[0] - 1} to {layers[1] - 1} layers{', biased or not' if biased else ''}",
        network=network,
        parameters={"widths": sizes(1, largest, count=layers), **biases},
        edges=(*edges, Edge(name="every width 1")),
        sizes=measured,
        hypotheses=hypotheses,
    )


def _model(name: str) -> dict[str, Value]:
    widths, _, biases = name.partition(" ")
    made: dict[str, Value] = {"widths": [int(width) for width in widths.split("-")]}
    return made | ({"biases": "with"} if biases else {})
