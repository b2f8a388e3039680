"""Homogeneous networks on separated data, and gradient flow of the exponential loss at a point.

A network without biases whose activations are homogeneous is itself homogeneous in all of its weights, of degree L. All
that is measured is algebraic in the weights and the velocity; no integrator stands in between.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import numpy as np

from lemmata.claims import (
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Time,
    choice,
    integers,
    quantity,
)
from lemmata.solvers import Dual, elementwise, full, smallest
from lemmata.solvers.networks import Data, Weights, dense, forward, gradient

loss = quantity(r"\sum_i e^{-q_i}", "the exponential loss, q_i = y_i f(x_i)", positive=True)
n = quantity("n", "number of samples", positive=True)
L = quantity("L", "degree of homogeneity of the network in its weights", positive=True)
weighted = quantity(r"\sum_i q_i e^{-q_i}", "scores weighed by their losses", real=True)
smoothed = quantity(r"\frac{-\log \sum_i e^{-q_i}}{\|\theta\|^L}", "smoothed margin, theta all weights", real=True)
smoothed_rate = quantity(
    r"\frac{d}{dt} \frac{-\log \sum_i e^{-q_i}}{\|\theta\|^L}", "its time derivative along gradient flow", real=True
)
margin_rate = quantity(
    r"\frac{d}{dt} \frac{\min_i q_i}{\|\theta\|^L}", "time derivative of the margin along gradient flow", real=True
)
least = quantity(r"\min_i q_i", "least score q_i = y_i f(x_i)", real=True)
square_norm = quantity(r"\|\theta\|^2", "squared norm of all weights", nonnegative=True)
growth = quantity(r"\frac{d}{dt} \log \|\theta\|", "how fast the logarithm of the norm grows", real=True)
turning = quantity(
    r"\|\frac{d}{dt} \frac{\theta}{\|\theta\|}\|^2", "squared speed of the direction of the weights", nonnegative=True
)

_POWERS = {"linear": 1, "relu": 1, "leaky_relu": 1, "abs": 1, "square": 2, "relu_squared": 2, "tanh": 1}
HOMOGENEOUS = ("linear", "square", "relu", "relu_squared", "leaky_relu")

_TOUCHING = 1e-9
_FLAT = 1e-9
"""An output below this (a dead neuron's) is not scaled up; the instance then fails the hypothesis."""
_LARGEST_SCORE = 30
"""No theorem asks for it: far beyond, exp(-q_i) leaves the range of floats, on either side."""


def degree(kind: str, depth: int) -> int:
    """Degree of homogeneity of ``depth`` layers: each adds one to the activation's power times what is below."""
    return reduce(lambda below, _: 1 + _POWERS[kind] * below, range(depth - 1), 1)


def _layers(parameters: Parameters, instances: Instances) -> tuple[Any, ...]:
    return tuple(instances[f"W{h}"] for h in range(1, int(parameters["depth"]) + 1))


def _widths(parameters: Parameters) -> tuple[int, ...]:
    return (int(parameters["inputs"]), *[int(parameters["hidden"])] * (int(parameters["depth"]) - 1), 1)


def _scores(parameters: Parameters, instances: Instances, matrices: tuple[Any, ...]) -> Any:
    """The q_i = y_i f(x_i), ``(batch, samples)``, in the number system of ``matrices``."""
    network = dense(_widths(parameters), activations=str(parameters["kind"]), loss="exponential")
    data = Data(inputs=instances["X"], targets=instances["y"])
    return (forward(network, Weights(matrices=matrices), data).prediction * instances["y"])[:, 0]


def _draw(parameters: Parameters, rng: np.random.Generator, size: int, *, separated: bool) -> Instances:
    widths, count, depth = _widths(parameters), int(parameters["samples"]), int(parameters["depth"])
    drawn: dict[str, Any] = {
        f"W{h}": rng.normal(size=(size, widths[h], widths[h - 1])) * np.exp(rng.normal(size=(size, 1, 1)) / 2)
        for h in range(1, depth + 1)
    }
    drawn["X"] = rng.normal(size=(size, widths[0], count))
    drawn["y"] = np.where(rng.uniform(size=(size, 1, count)) < 1 / 2, -1.0, 1.0)
    if separated:
        return _separated(parameters, drawn, log_loss=-rng.uniform(0.02, 3, size=size))
    return _tamed(parameters, drawn)


def _tamed(parameters: Parameters, drawn: Instances) -> dict[str, Any]:
    """A last layer scaled down so that no score is larger than 4."""
    largest = np.abs(_scores(parameters, drawn, _layers(parameters, drawn))).max(axis=1)
    last = f"W{parameters['depth']}"
    return {**drawn, last: drawn[last] * np.minimum(1, 4 / np.maximum(largest, 1))[:, None, None]}


def _separated(parameters: Parameters, drawn: Instances, *, log_loss: Any) -> dict[str, Any]:
    """Labels as the network has them, and a last layer scaled so that log n - q_min is ``log_loss``."""
    outputs = _scores(parameters, drawn, _layers(parameters, drawn)) * drawn["y"][:, 0]
    q = np.abs(outputs).min(axis=1)
    scale = np.where(q > _FLAT, (np.log(outputs.shape[1]) - log_loss) / np.maximum(q, _FLAT), 1.0)
    last = f"W{parameters['depth']}"
    return {
        **drawn,
        "y": np.where(outputs < 0, -1.0, 1.0)[:, None, :],
        last: drawn[last] * scale[:, None, None],
    }


def _labelled(_: Parameters, instances: Instances) -> Any:
    return (np.abs(instances["y"]) == 1).all(axis=(1, 2))


def _in_range(parameters: Parameters, instances: Instances) -> Any:
    return np.abs(_scores(parameters, instances, _layers(parameters, instances))).max(axis=1) <= _LARGEST_SCORE


in_range = Hypothesis(name=f"|q_i| <= {_LARGEST_SCORE}", holds=_in_range)


def _visible(parameters: Parameters, instances: Instances) -> Any:
    return _scores(parameters, instances, _layers(parameters, instances)).min(axis=1) <= _LARGEST_SCORE


visible = Hypothesis(name=f"q_min <= {_LARGEST_SCORE}", holds=_visible)


def _low_loss(parameters: Parameters, instances: Instances) -> Any:
    with np.errstate(over="ignore"):
        return np.exp(-_scores(parameters, instances, _layers(parameters, instances))).sum(axis=1) < 1 - _TOUCHING


low_loss = Hypothesis(name="loss < 1", holds=_low_loss)


def _alike(_: Parameters, drawn: Instances) -> Instances:
    """All samples are the first one."""
    return {**drawn, **{name: np.repeat(drawn[name][:, :, :1], drawn[name].shape[2], axis=2) for name in ("X", "y")}}


def _alike_and_separated(parameters: Parameters, drawn: Instances) -> Instances:
    return _separated(parameters, _alike(parameters, drawn), log_loss=-1.0)


def _alive(parameters: Parameters, drawn: Instances, *, separated: bool) -> Instances:
    """The first neuron of every hidden layer is active on all samples; the others as they were drawn."""
    changed = {**drawn, "X": np.abs(drawn["X"]) + 1 / 2}
    for h in range(1, int(parameters["depth"])):
        changed[f"W{h}"] = drawn[f"W{h}"].copy()
        changed[f"W{h}"][:, 0] = np.abs(drawn[f"W{h}"][:, 0]) + 1 / 2
    return _separated(parameters, changed, log_loss=-1.0) if separated else _tamed(parameters, changed)


def _near_one(parameters: Parameters, drawn: Instances) -> Instances:
    return _separated(parameters, drawn, log_loss=-1e-3)


def homogeneous_networks(
    *,
    kinds: tuple[str, ...] = HOMOGENEOUS,
    hypotheses: tuple[Hypothesis, ...] = (low_loss, visible),
    separated: bool = True,
) -> Family:
    """Networks without biases of one to three layers; ``separated`` labels the data as the network does."""
    deep = {"inputs": 2, "hidden": 3, "samples": 3, "depth": 3}
    same: Callable[..., Instances] = _alike_and_separated if separated else _alike
    return Family(
        name=f"networks without biases ({', '.join(kinds)}), {'separating' if separated else 'any'} labels",
        parameters={
            "inputs": integers(1, 3),
            "hidden": integers(1, 3),
            "depth": integers(1, 3),
            "samples": integers(1, 4),
            "kind": choice(*kinds),
        },
        draw=partial(_draw, separated=separated),
        hypotheses=(Hypothesis(name="labels are +-1", holds=_labelled), *hypotheses),
        searchable=("W*", "X"),
        edges=(
            Edge(name="one weight, one sample"),
            Edge(name="one sample", parameters={"inputs": 3, "hidden": 2, "depth": 2}),
            Edge(name="one weight, samples alike", parameters={"samples": 3}, adjust=same),
            Edge(name="samples alike, three layers", parameters=deep, adjust=same),
            *(
                Edge(
                    name=f"three layers, {kind}",
                    parameters={**deep, "kind": kind},
                    adjust=partial(_alive, separated=separated),
                )
                for kind in kinds
            ),
            *(
                [Edge(name="loss near one", parameters={"inputs": 3, "samples": 2}, adjust=_near_one)]
                if separated
                else []
            ),
        ),
    )


def _inner(left: tuple[Any, ...], right: tuple[Any, ...]) -> Any:
    """Inner product of two lists of matrices, ``(batch,)``."""
    products = [(a * b).sum(axis=-1).sum(axis=-1) for a, b in zip(left, right, strict=True)]
    return reduce(lambda total, product: total + product, products)


def _power_of_root(square: Any, exponent: int) -> Any:
    """The root of ``square`` to a whole power."""
    even = [square] * (exponent // 2)
    odd = [elementwise(square, "sqrt")] if exponent % 2 else []
    return reduce(lambda product, factor: product * factor, even + odd)


def _at_a_point(parameters: Parameters, instances: Instances, *, trained: str) -> Measurement:
    matrices = _layers(parameters, instances)
    data = Data(inputs=instances["X"], targets=instances["y"])
    network = dense(_widths(parameters), activations=str(parameters["kind"]), loss=trained)
    slopes = gradient(network, Weights(matrices=matrices), data).matrices
    moving = tuple(Dual(w, -g) for w, g in zip(matrices, slopes, strict=True))
    q = _scores(parameters, instances, moving)
    size = _inner(moving, moving)
    homogeneity = degree(str(parameters["kind"]), int(parameters["depth"]))
    length = _power_of_root(size, homogeneity)
    total = elementwise(-q, "exp").sum(axis=1)
    gamma = -elementwise(total, "log") / length
    least_score = smallest([q[:, i] for i in range(q.shape[1])])
    along = size.tangent / size.value / 2
    # What is left of the velocity across the weights, before it is squared: nothing cancels twice.
    across = tuple(-g - along[:, None, None] * w for w, g in zip(matrices, slopes, strict=True))
    values = {
        loss: total.value,
        n: full(size.value, q.shape[1]),
        L: full(size.value, homogeneity),
        weighted: (q * elementwise(-q, "exp")).sum(axis=1).value,
        smoothed: gamma.value,
        smoothed_rate: gamma.tangent,
        margin_rate: (least_score / length).tangent,
        least: least_score.value,
        square_norm: size.value,
        growth: along,
        turning: _inner(across, across) / size.value,
    }
    return Measurement.of(values, case="at a point", rates={square_norm: size.tangent})


def flow_at_a_point(trained: str = "exponential", *, time: Time = Time.NONE) -> Procedure:
    """Gradient flow of the loss named ``trained`` at a point, with all derivatives by forward mode."""
    return Procedure(
        name=f"gradient flow of the {trained} loss at a point, derivatives by forward mode",
        measures=(
            loss,
            n,
            L,
            weighted,
            smoothed,
            smoothed_rate,
            margin_rate,
            least,
            square_norm,
            growth,
            turning,
        ),
        run=partial(_at_a_point, trained=trained),
        time=time,
        rational=False,
    )
