"""ReLU networks without biases, their laws for the patterns of gates that inputs of dimension one or two really meet."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np

from lemmata.claims import Edge, Family, Instances, Measurement, Parameters, Procedure, integers, quantity, sizes
from lemmata.claims.papers.marcotte2023._counting import L, m, whole
from lemmata.solvers import as_floats
from lemmata.solvers.laws import Dense, Findings, Pattern, realised, search

H = quantity(r"\#\text{neurons}", "number of hidden neurons", integer=True, positive=True)
a = quantity("a", "neurons of the first layer that are open to the right of zero", integer=True, nonnegative=True)
b = quantity("b", "neurons of the first layer that are open to the left of zero", integer=True, nonnegative=True)
_UNPROVED = "the laws that were found are fewer than the rank leaves room for"
_COST = 100


def _widths(parameters: Parameters, inputs: int) -> tuple[int, ...]:
    return (inputs, *parameters["hidden"], parameters["outputs"])


def relu_networks(*, inputs: int, layers: int = 1, widths: tuple[int, int] = (1, 4), outputs: int = 3) -> Family:
    """ReLU networks without biases, of so many inputs and hidden layers, with normal weights."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        shapes = enumerate(pairwise(_widths(parameters, inputs)), start=1)
        return {f"W{h}": rng.normal(size=(size, above, below)) for h, (below, above) in shapes}

    return Family(
        name=f"ReLU networks without biases, inputs of dimension {inputs}, hidden layers: {layers}, normal weights",
        parameters={"hidden": sizes(*widths, count=(layers, layers)), "outputs": integers(min(outputs, 2), outputs)},
        draw=draw,
        edges=(
            Edge(name="widest", parameters={"hidden": [widths[1]] * layers, "outputs": outputs}),
            Edge(name="narrowest"),
        ),
    )


def laws_of_data(*, inputs: int) -> Procedure:
    """The laws of the flow for data that fill the line or the plane: only the gates that they meet count."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        shape = _widths(parameters, inputs)
        like = instances["W1"]
        matrices = [as_floats(instances[f"W{h}"]) for h in range(1, len(shape))]
        bounds = np.array([_bounds(shape, realised([one[row] for one in matrices])) for row in range(like.shape[0])])
        right = np.sum(matrices[0][:, :, 0] > 0, axis=1)
        count = len(right)
        numbers = {
            L: bounds[:, 1],
            H: np.full(count, sum(shape[1:-1])),
            m: np.full(count, shape[-1]),
            a: right,
            b: shape[1] - right,
        }
        values = {symbol: whole(value, like) for symbol, value in numbers.items()}
        return Measurement.of(values, failures={_UNPROVED: bounds[:, 0] < bounds[:, 1]})

    name = f"conservation laws of ReLU networks for inputs that fill dimension {inputs}"
    return Procedure(name=name, measures=(L, H, m, a, b), run=run, cost=_COST)


def _bounds(shape: tuple[int, ...], patterns: frozenset[Pattern]) -> tuple[int, int]:
    """The number of laws, at least and at most; everything is conserved where no input reaches the output."""
    if not any(all(map(any, pattern)) for pattern in patterns):
        size = sum(above * below for below, above in pairwise(shape))
        return size, size
    found = _findings(shape, patterns)
    return found.at_least, found.at_most


@cache
def _findings(shape: tuple[int, ...], patterns: frozenset[Pattern]) -> Findings:
    return search(Dense(widths=shape, activation="relu").with_gates(patterns), points=1)
