"""Linearly separable data whose maximal margin is known exactly, and gradient descent with the exponential loss.

The first axis is the direction of the maximal margin g. Then z_i = (g + b_i, v_i) with excess b_i >= 0, and the
samples with b_i = 0 have weights p_i >= 0 with sum_i p_i v_i = 0: the weights certify that no direction does
better. Every separable data set is of this form in suitable axes, and gradient descent turns with the axes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Case,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Time,
    integers,
    reals,
)
from lemmata.claims.settings.networks.balance import failures
from lemmata.solvers import concatenate, elementwise, solve_definite, stack, transpose, zeros
from lemmata.solvers import largest as largest_of
from lemmata.solvers import smallest as smallest_of
from lemmata.solvers.networks import Data, GradientDescent, Weights, dense, forward, leaky_relu, train

loss, next_loss, size, score = sp.symbols("L L_{t+1} |w| m_i", real=True)
margin, eta, t, n = sp.symbols("gamma eta t n", positive=True)

MEANING = {
    loss: "sum of exp(-z_i.w) at step t",
    next_loss: "the same at step t + 1",
    size: "norm of the weights w at step t",
    score: "z_i.w for one of the samples, z_i = y_i x_i",
    margin: "maximal margin: largest over unit w of the least z_i.w",
    eta: "step size",
    t: "number of steps",
    n: "number of samples",
}


def _draw(largest_step: float) -> Callable[[Parameters, np.random.Generator, int], Instances]:
    def draw(parameters: Parameters, rng: np.random.Generator, batch: int) -> Instances:
        support, count = parameters["support"], parameters["support"] + parameters["others"]
        g = parameters["margin"] * np.ones(batch)
        weights = np.exp(rng.normal(size=(batch, count)))
        excess = 0.8 * (1 - g[:, None]) * rng.uniform(size=(batch, count))
        weights[:, support:], excess[:, :support] = 0.0, 0.0
        across = rng.normal(size=(batch, count, parameters["across"]))
        vectors = (
            across - (weights[:, :, None] * across).sum(axis=1, keepdims=True) / weights.sum(axis=1)[:, None, None]
        )
        room = np.sqrt(np.maximum(1 - (g[:, None] + excess) ** 2, 0.0))
        length = np.linalg.norm(vectors, axis=2) + 1e-9
        shrink = (room / length).min(axis=1) * rng.uniform(0.3, 0.999, size=batch)
        step = largest_step * parameters["pace"] * rng.uniform(0.5, 0.999, size=batch) / count
        return {"g": g, "p": weights, "b": excess, "v": across * shrink[:, None, None], "eta": step}

    return draw


def separable_samples(instances: Instances) -> Any:
    """The samples z_i = y_i x_i, ``(batch, n, d)``, in any number system: the weighted mean of the v_i taken off."""
    weights, across = instances["p"], instances["v"]
    mean = (weights[:, :, None] * across).sum(axis=1) / weights.sum(axis=1)[:, None]
    along = instances["g"][:, None] + instances["b"]
    return concatenate([along[:, :, None], across - mean[:, None, :]], axis=2)


def _certified(_: Parameters, instances: Instances) -> Any:
    weights, excess = instances["p"], instances["b"]
    lawful = (weights >= 0) & (excess >= 0) & (weights * excess == 0)
    return lawful.all(axis=1) & (weights.sum(axis=1) > 0) & (instances["g"] > 0)


def _in_ball(_: Parameters, instances: Instances) -> Any:
    return np.linalg.norm(separable_samples(instances), axis=2).max(axis=1) <= 1


def _small_step(_: Parameters, instances: Instances) -> Any:
    return (instances["eta"] > 0) & (instances["eta"] * instances["p"].shape[1] <= 1)


small_step = Hypothesis(name="eta n <= 1", holds=_small_step)


def _alike(_: Parameters, instances: Instances) -> Instances:
    return {**instances, "v": 0 * instances["v"]}


def _uneven(_: Parameters, instances: Instances) -> Instances:
    """Two support vectors on one line, of which one carries 0.7 of the weight."""
    width = np.sqrt(1 - instances["g"] ** 2)
    across = np.zeros_like(instances["v"])
    across[:, 0, 0] = width
    return {**instances, "v": across, "p": np.array([[0.3, 0.7]]) + 0 * instances["p"]}


def separable(
    *, hypotheses: tuple[Hypothesis, ...] = (small_step,), largest_step: float = 1.0, longest: int = 50
) -> Family:
    """Separable samples in the unit ball with known maximal margin.

    Args:
        hypotheses: beside those that make the margin known.
        largest_step: in units of 1/n.
        longest: most steps of a run.
    """
    long = {"support": 2, "margin": 0.9, "steps": longest}
    return Family(
        name="separable samples |z_i| <= 1, in axes of which the first is the direction of the maximal margin",
        parameters={
            "support": integers(1, 4),
            "others": integers(0, 2),
            "across": integers(1, 3),
            "margin": reals(0.4, 1),
            "pace": reals(0.02, 1, logarithmic=True),
            "steps": integers(1, longest),
        },
        draw=_draw(largest_step),
        hypotheses=(
            Hypothesis(name="weights certify the margin", holds=_certified),
            Hypothesis(name="samples in the unit ball", holds=_in_ball),
            *hypotheses,
        ),
        searchable=("g", "v", "eta"),
        edges=(
            Edge(name="one sample"),
            Edge(name="one unit sample, large steps", parameters={"margin": 1.0, "pace": 1.0, "steps": 20}),
            Edge(name="samples alike", parameters={"support": 3, "pace": 1.0, "steps": 20}, adjust=_alike),
            Edge(name="uneven pair, large steps", parameters={**long, "pace": 1.0}, adjust=_uneven),
            Edge(name="uneven pair, small steps", parameters={**long, "pace": 0.1}, adjust=_uneven),
            Edge(name="more samples", parameters={"support": 4, "others": 2, "across": 3, "pace": 1.0, "steps": 40}),
        ),
    )


def _descent(first: int) -> Callable[[Parameters, Instances], Measurement]:
    def run(parameters: Parameters, instances: Instances) -> Measurement:
        samples = separable_samples(instances)
        batch, count, dimension = samples.shape
        one = zeros(samples, (batch, 1, count)) + 1
        path = train(
            dense((dimension, 1), loss="exponential"),
            Weights(matrices=(zeros(samples, (batch, 1, dimension)),)),
            Data(inputs=transpose(samples), targets=one),
            rule=GradientDescent(step_sizes=instances["eta"]),
            steps=int(parameters["steps"]),
        )
        weights = path.matrices[0][:, first:, 0, :]
        zero, end = instances["g"] * 0, path.steps + 1
        values = {
            loss: path.losses[:, first:],
            size: elementwise((weights * weights).sum(axis=2), "sqrt"),
            margin: instances["g"][:, None],
            eta: instances["eta"][:, None],
            t: stack([zero + step for step in range(first, end)], axis=1),
            n: (zero + count)[:, None],
        }
        scores = weights @ transpose(samples)
        cases = [Case(name=f"sample {i + 1}", values={**values, score: scores[:, :, i]}) for i in range(count)]
        return Measurement(cases=tuple(cases), failures=failures(path))

    return run


def exponential_descent(*, first: int = 1) -> Procedure:
    """Gradient descent from zero on the exponential loss, measured from step ``first`` on, sample by sample."""
    measures = {symbol: meaning for symbol, meaning in MEANING.items() if symbol is not next_loss}
    name = "gradient descent from zero on the exponential loss"
    return Procedure(name=name, measures=measures, run=_descent(first), time=Time.STEPS, rational=False)


def _one_step(parameters: Parameters, instances: Instances) -> Measurement:
    whole = _descent(0)(parameters, instances)
    values = whole.cases[0].values
    track = values[str(loss)]
    seen = {loss: track[:, :-1], next_loss: track[:, 1:], margin: values[str(margin)], eta: values[str(eta)]}
    return Measurement.of(seen, case="every step", failures=whole.failures)


each_step = Procedure(
    name="steps of gradient descent from zero on the exponential loss",
    measures={symbol: MEANING[symbol] for symbol in (loss, next_loss, margin, eta)},
    run=_one_step,
    time=Time.STEPS,
    rational=False,
)


fit, multiplier, activity, output, linear = sp.symbols("y_if(x_i) lambda_i h_{ji} f(x) z(x)", real=True)
largest, least, overlap, slope = sp.symbols("R_max^2 R_min^2 p gamma", real=True)
norm_z, norm_best, smaller, larger = sp.symbols("|z|^2 |z*|^2 m_min m_max", nonnegative=True)

LEAKY_MEANING = {
    fit: "label times output of the network, for one of the samples",
    multiplier: "multiplier of the sample's constraint",
    activity: "m a_j y_i <w_j, x_i>, for a neuron j of either sign and a sample i",
    output: "output of the network at a test point x",
    linear: "<z, x>, the linear predictor that stands for the network, at the test point",
    largest: "largest squared norm of a sample",
    least: "smallest squared norm of a sample",
    overlap: "largest |<x_i, x_k>| of two different samples",
    slope: "left slope of the leaky ReLU",
    n: "number of samples",
    norm_z: "squared norm of z",
    norm_best: "squared norm of the linear predictor z* of maximal margin, y_i <z*, x_i> >= 1",
    smaller: "number of neurons of the rarer sign",
    larger: "number of neurons of the other sign",
}


def _geometry(X: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For hypotheses, in float64: R_min^2, R_max^2 and the largest overlap of two samples, ``(batch,)`` each."""
    gram = X @ X.swapaxes(1, 2)
    squares = np.diagonal(gram, axis1=1, axis2=2)
    off = np.abs(gram * (1 - np.eye(X.shape[1])))
    return squares.min(axis=1), squares.max(axis=1), off.max(axis=(1, 2))


def _nearly_orthogonal(_: Parameters, instances: Instances) -> Any:
    small, large, p = _geometry(instances["X"])
    return (small > 0) & (small**2 * instances["gamma"] ** 3 >= 3 * large * instances["X"].shape[1] * p)


def _labelled(_: Parameters, instances: Instances) -> Any:
    values = np.linalg.svd(instances["X"], compute_uv=False)
    independent = (
        values[:, -1] > values[:, 0] / 1000
    )  # implied by near orthogonality; without it there may be no KKT point
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
    X, y, gamma = instances["X"], instances["y"], instances["gamma"]
    numbers = {1: int(parameters["positive"]), -1: int(parameters["negative"])}
    neurons = sum(numbers.values())
    signed = y[:, :, None] * X
    gram, one = signed @ transpose(signed), y * 0 + 1
    patterns = {sign: _slopes(y, gamma[:, None], sign) for sign in numbers}
    kernel = sum(numbers[sign] * patterns[sign][:, :, None] * patterns[sign][:, None, :] for sign in numbers) / neurons
    multipliers = solve_definite(gram * kernel, one)
    towards = {sign: _combination(multipliers * patterns[sign], signed) for sign in numbers}
    z = (numbers[1] * towards[1] + numbers[-1] * towards[-1]) / neurons
    best = _combination(solve_definite(gram, one), signed)
    shared = _shared(X, gamma) | {
        norm_z: (z * z).sum(axis=1),
        norm_best: (best * best).sum(axis=1),
        smaller: gamma * 0 + min(numbers.values()),
        larger: gamma * 0 + max(numbers.values()),
    }
    on_samples, on_points = (_outputs(gamma, towards, numbers, points) for points in (X, instances["T"]))
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


def _outputs(gamma: Any, towards: dict[int, Any], numbers: dict[int, int], points: Any) -> Any:
    """Outputs at the points ``(batch, k, d)``, by the network itself: ``(batch, k)``.

    The factor 1/sqrt(m) of a_j and of w_j stands with a_j alone, by homogeneity, which keeps rationals rational.
    """
    neurons, one = sum(numbers.values()), gamma * 0 + 1
    network = dense((points.shape[2], neurons, 1), activations=leaky_relu(gamma))
    below = [towards[1]] * numbers[1] + [-towards[-1]] * numbers[-1]
    above = [one / neurons] * numbers[1] + [-one / neurons] * numbers[-1]
    weights = Weights(matrices=(stack(below, axis=1), stack(above, axis=1)[:, None, :]))
    data = Data(inputs=transpose(points), targets=zeros(points, (points.shape[0], 1, points.shape[1])))
    return forward(network, weights, data).prediction[:, 0]


def _shared(X: Any, gamma: Any) -> dict[Any, Any]:
    """What the hypothesis speaks of, in the number system of the samples."""
    count = X.shape[1]
    gram = X @ transpose(X)
    squares = [gram[:, i, i] for i in range(count)]
    pairs = [gram[:, i, k] for i in range(count) for k in range(i)]
    return {
        slope: gamma,
        n: gamma * 0 + count,
        largest: largest_of(squares),
        least: smallest_of(squares),
        overlap: largest_of([gamma * 0, *pairs, *(-pair for pair in pairs)]),
    }


leaky_margin = Procedure(
    name="the point of maximal margin of a leaky ReLU network, by one linear system, and the network run there",
    measures=LEAKY_MEANING,
    run=_kkt,
)
