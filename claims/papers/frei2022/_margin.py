"""The point of maximal margin of a leaky ReLU network on nearly orthogonal data, by one linear system."""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.claims import (
    Case,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import full, solve_definite, stack, transpose, zeros
from lemmata.solvers import greatest as greatest_of
from lemmata.solvers import largest as largest_of
from lemmata.solvers import least as least_of
from lemmata.solvers import smallest as smallest_of
from lemmata.solvers.networks import Data, Weights, dense, forward, leaky_relu

fit = quantity("y_i f(x_i)", "label times output of the network, for one of the samples", real=True)
multiplier = quantity("lambda_i", "multiplier of the sample's constraint", real=True)
activity = quantity(
    r"m a_j y_i \langle w_j, x_i \rangle",
    "how a neuron j of either sign agrees with the label of a sample i",
    real=True,
)
output = quantity("f(x)", "output of the network at a test point x", real=True)
linear = quantity(
    r"\langle z, x \rangle", "the linear predictor that stands for the network, at the test point", real=True
)
largest = quantity(r"R_{\max}^2", "largest squared norm of a sample", real=True)
least = quantity(r"R_{\min}^2", "smallest squared norm of a sample", real=True)
overlap = quantity("p", "largest |<x_i, x_k>| of two different samples", real=True)
gamma = quantity("gamma", "left slope of the leaky ReLU", real=True)
n = quantity("n", "number of samples", positive=True)
norm_z = quantity("|z|^2", "squared norm of z", nonnegative=True)
norm_best = quantity(
    "|z^*|^2", "squared norm of the linear predictor z* of maximal margin, y_i <z*, x_i> >= 1", nonnegative=True
)
most_weight = quantity(r"\max_i \lambda_i", "largest multiplier of the leaky network's constraints", real=True)
least_weight = quantity(r"\min_i \lambda_i", "smallest of them", real=True)
most_linear = quantity(
    r"\max_i s_i", "largest coefficient of the linear predictor of maximal margin z* = sum_i s_i y_i x_i", real=True
)
least_linear = quantity(r"\min_i s_i", "smallest of them", real=True)
smaller = quantity(r"m_{\min}", "number of neurons of the rarer sign", nonnegative=True)
larger = quantity(r"m_{\max}", "number of neurons of the other sign", nonnegative=True)


def _geometry(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For hypotheses, in float64: R_min^2, R_max^2 and the largest overlap of two samples, ``(batch,)`` each."""
    gram = X @ X.swapaxes(1, 2)
    squares = np.diagonal(gram, axis1=1, axis2=2)
    off = np.abs(gram * (1 - np.eye(X.shape[1])))
    return squares.min(axis=1), squares.max(axis=1), off.max(axis=(1, 2))


def _nearly_orthogonal(_: Parameters, instances: Instances) -> Any:
    small, large, p = _geometry(instances["X"])
    slope = instances["gamma"]
    return (small > 0) & (slope > 0) & (small**2 * slope**3 >= 3 * large * instances["X"].shape[1] * p)


def _labelled(_: Parameters, instances: Instances) -> Any:
    values = np.linalg.svd(instances["X"], compute_uv=False)
    # Implied by near orthogonality; without it there may be no KKT point.
    independent = values[:, -1] > values[:, 0] / 1000
    return (
        independent & (instances["gamma"] >= 0) & (instances["gamma"] < 1) & np.all(np.abs(instances["y"]) == 1, axis=1)
    )


_SLOPES = (0.25, 0.875)


def _draw_leaky(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Samples along different axes, pushed together up to a fraction of the overlap that the hypothesis allows."""
    count = parameters["samples"]
    dimension = count + parameters["room"]
    lengths = np.exp(parameters["spread"] * rng.uniform(size=(size, count)))
    push = rng.normal(size=(size, count, dimension))
    ratio = (lengths.max(axis=1) / lengths.min(axis=1)) ** 2
    allowed = max(parameters["slope"], _SLOPES[0]) ** 3 / (3 * ratio**2 * count)
    push *= (parameters["closeness"] * rng.uniform(size=size) * allowed / (4 + dimension / 2))[:, None, None]
    return {
        "X": lengths[:, :, None] * (np.eye(count, dimension) + push),
        "y": rng.choice([-1.0, 1.0], size=(size, count)),
        "gamma": np.full(size, float(parameters["slope"])),
        "T": rng.normal(size=(size, 3, dimension)),
    }


def _three_orthogonal(_: Parameters, instances: Instances) -> Any:
    small, large, p = _geometry(instances["X"])
    return (small > 0) & (small**2 >= 3 * large * instances["X"].shape[1] * p)


three_orthogonal = Hypothesis(name="R_min^2 >= 3 R^2 n max |<x_i, x_k>|", holds=_three_orthogonal)
nearly_orthogonal = Hypothesis(name="R_min^2 >= 3 gamma^-3 R^2 n max |<x_i, x_k>|", holds=_nearly_orthogonal)


def nearly_orthogonal_data(
    *,
    hypotheses: tuple[Hypothesis, ...] = (nearly_orthogonal,),
    closest: float = 1.0,
    slopes: tuple[float, float] = _SLOPES,
) -> Family:
    """Labelled samples, nearly orthogonal, and how many neurons of either sign the leaky network has."""
    return Family(
        name="nearly orthogonal labelled samples, leaky ReLU networks with neurons of both signs",
        parameters={
            "samples": integers(1, 4),
            "room": integers(0, 2),
            "positive": integers(1, 3),
            "negative": integers(1, 3),
            "slope": reals(*slopes),
            "spread": reals(0, 0.7),
            "closeness": reals(0, closest),
        },
        draw=_draw_leaky,
        hypotheses=(Hypothesis(name="labels +-1, independent samples, 0 <= gamma < 1", holds=_labelled), *hypotheses),
        searchable=("X", "T"),
        edges=(
            Edge(name="one sample"),
            Edge(name="orthogonal samples", parameters={"samples": 3, "positive": 3}),
            Edge(name="one label", parameters={"samples": 2, "closeness": closest}, adjust=_one_label),
            Edge(
                name="two close samples of opposite labels",
                parameters={"samples": 2, "closeness": closest, "slope": min(max(0.5, slopes[0]), slopes[1])},
                adjust=_opposite_labels,
            ),
            Edge(
                name="close and unequal",
                parameters={"samples": 4, "positive": 3, "spread": 0.7, "closeness": closest, "slope": slopes[1]},
            ),
        ),
    )


def _one_label(_: Parameters, instances: Instances) -> Instances:
    return {**instances, "y": np.ones_like(instances["y"])}


def _opposite_labels(_: Parameters, instances: Instances) -> Instances:
    return {**instances, "y": np.where(np.arange(instances["y"].shape[1]) % 2, -1.0, 1.0) + 0 * instances["y"]}


def _slopes(labels: Any, small: Any, sign: int) -> Any:
    """Slopes of the neurons of one sign at each sample if every neuron agrees with every label, ``(batch, n)``."""
    return (1 + small + sign * labels * (1 - small)) / 2


def _combination(coefficients: Any, vectors: Any) -> Any:
    """sum_i c_i x_i, ``(batch, d)``."""
    return (coefficients[:, :, None] * vectors).sum(axis=1)


def _kkt(parameters: Parameters, instances: Instances) -> Measurement:
    X, y, slope = instances["X"], instances["y"], instances["gamma"]
    numbers = {1: int(parameters["positive"]), -1: int(parameters["negative"])}
    neurons = sum(numbers.values())
    signed = y[:, :, None] * X
    gram, one = signed @ transpose(signed), full(y, 1)
    patterns = {sign: _slopes(y, slope[:, None], sign) for sign in numbers}
    kernel = sum(numbers[sign] * patterns[sign][:, :, None] * patterns[sign][:, None, :] for sign in numbers) / neurons
    multipliers = solve_definite(gram * kernel, one)
    towards = {sign: _combination(multipliers * patterns[sign], signed) for sign in numbers}
    z = (numbers[1] * towards[1] + numbers[-1] * towards[-1]) / neurons
    weights = solve_definite(gram, one)
    best = _combination(weights, signed)
    shared = _shared(X, slope) | {
        norm_z: (z * z).sum(axis=1),
        norm_best: (best * best).sum(axis=1),
        most_weight: greatest_of(multipliers),
        least_weight: least_of(multipliers),
        most_linear: greatest_of(weights),
        least_linear: least_of(weights),
        smaller: full(slope, min(numbers.values())),
        larger: full(slope, max(numbers.values())),
    }
    on_samples, on_points = (_outputs(slope, towards, numbers, points) for points in (X, instances["T"]))
    cases = []
    for i in range(X.shape[1]):
        point = min(i, instances["T"].shape[1] - 1)
        for sign, name in ((1, "positive"), (-1, "negative")):
            values = {
                fit: y[:, i] * on_samples[:, i],
                multiplier: multipliers[:, i],
                activity: (towards[sign] * signed[:, i]).sum(axis=1),
                output: on_points[:, point],
                linear: (z * instances["T"][:, point]).sum(axis=1),
            }
            cases.append(Case(name=f"sample {i + 1}, {name} neurons", values=shared | values))
    return Measurement(cases=tuple(cases))


def _outputs(slope: Any, towards: dict[int, Any], numbers: dict[int, int], points: Any) -> Any:
    """Outputs at the points ``(batch, k, d)``, by the network itself: ``(batch, k)``.

    The factor 1/sqrt(m) of a_j and of w_j stands with a_j alone, by homogeneity, which keeps rationals rational.
    """
    neurons, one = sum(numbers.values()), full(slope, 1)
    network = dense((points.shape[2], neurons, 1), activations=leaky_relu(slope))
    below = [towards[1]] * numbers[1] + [-towards[-1]] * numbers[-1]
    above = [one / neurons] * numbers[1] + [-one / neurons] * numbers[-1]
    weights = Weights(matrices=(stack(below, axis=1), stack(above, axis=1)[:, None, :]))
    data = Data(inputs=transpose(points), targets=zeros(points, (points.shape[0], 1, points.shape[1])))
    return forward(network, weights, data).prediction[:, 0]


def _shared(X: Any, slope: Any) -> dict[Any, Any]:
    """What the hypothesis speaks of, in the number system of the samples."""
    count = X.shape[1]
    gram = X @ transpose(X)
    squares = [gram[:, i, i] for i in range(count)]
    pairs = [gram[:, i, k] for i in range(count) for k in range(i)]
    return {
        gamma: slope,
        n: full(slope, count),
        largest: largest_of(squares),
        least: smallest_of(squares),
        overlap: largest_of([full(slope, 0), *pairs, *(-pair for pair in pairs)]),
    }


leaky_margin = Procedure(
    name="the point of maximal margin of a leaky ReLU network, by one linear system, and the network run there",
    measures=(
        fit,
        multiplier,
        activity,
        output,
        linear,
        largest,
        least,
        overlap,
        gamma,
        n,
        norm_z,
        norm_best,
        most_weight,
        least_weight,
        most_linear,
        least_linear,
        smaller,
        larger,
    ),
    run=_kkt,
)
