"""Linearly separable data whose maximal margin is known exactly, and gradient descent with the exponential loss.

The first axis is the direction of the maximal margin g. Then z_i = (g + b_i, v_i) with excess b_i >= 0, and the
samples with b_i = 0 have weights p_i >= 0 with sum_i p_i v_i = 0: the weights certify that no direction does
better. Every separable data set is of this form in suitable axes, and gradient descent turns with the axes.
"""

from __future__ import annotations

from collections.abc import Callable
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
    Time,
    integers,
    quantity,
    reals,
)
from lemmata.claims.settings.networks.balance import failures
from lemmata.solvers import concatenate, elementwise, full, stack, transpose, zeros
from lemmata.solvers.networks import Data, GradientDescent, Weights, dense, train

loss = quantity("L(w_t)", "sum of exp(-z_i.w_t), the loss at step t", real=True)
next_loss = quantity("L(w_{t+1})", "loss at step t + 1", real=True)
size = quantity("|w_t|", "norm of the weights at step t", real=True)
score = quantity(r"\langle z_i, w_t \rangle", "z_i.w_t for one of the samples, z_i = y_i x_i", real=True)
margin = quantity("gamma", "maximal margin: largest over unit w of the least z_i.w", positive=True)
eta = quantity("eta", "step size", positive=True)
t = quantity("t", "number of steps", positive=True)
n = quantity("n", "number of samples", positive=True)


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
    admissible = (weights >= 0) & (excess >= 0) & (weights * excess == 0)
    return admissible.all(axis=1) & (weights.sum(axis=1) > 0) & (instances["g"] > 0)


def _in_ball(_: Parameters, instances: Instances) -> Any:
    return np.linalg.norm(separable_samples(instances), axis=2).max(axis=1) <= 1


def _small_step(_: Parameters, instances: Instances) -> Any:
    return (instances["eta"] > 0) & (instances["eta"] * instances["p"].shape[1] <= 1)


small_step = Hypothesis(name="eta n <= 1", holds=_small_step)
moving = Hypothesis(name="eta > 0", holds=lambda _, instances: instances["eta"] > 0)


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
        path = train(
            dense((dimension, 1), loss="exponential"),
            Weights(matrices=(zeros(samples, (batch, 1, dimension)),)),
            Data(inputs=transpose(samples), targets=full(zeros(samples, (batch, 1, count)), 1)),
            rule=GradientDescent(step_sizes=instances["eta"]),
            steps=int(parameters["steps"]),
        )
        weights = path.matrices[0][:, first:, 0, :]
        values = {
            loss: path.losses[:, first:],
            size: elementwise((weights * weights).sum(axis=2), "sqrt"),
            margin: instances["g"][:, None],
            eta: instances["eta"][:, None],
            t: stack([full(instances["g"], step) for step in range(first, path.steps + 1)], axis=1),
            n: full(instances["g"], count)[:, None],
        }
        scores = weights @ transpose(samples)
        cases = [Case(name=f"sample {i + 1}", values={**values, score: scores[:, :, i]}) for i in range(count)]
        return Measurement(cases=tuple(cases), failures=failures(path))

    return run


def exponential_descent(*, first: int = 1) -> Procedure:
    """Gradient descent from zero on the exponential loss, measured from step ``first`` on, sample by sample."""
    return Procedure(
        name="gradient descent from zero on the exponential loss",
        measures=(loss, size, score, margin, eta, t, n),
        run=_descent(first),
        time=Time.STEPS,
        rational=False,
    )


def _one_step(parameters: Parameters, instances: Instances) -> Measurement:
    whole = _descent(0)(parameters, instances)
    values = whole.cases[0].values
    track = values[str(loss)]
    pairs = {loss: track[:, :-1], next_loss: track[:, 1:], margin: values[str(margin)], eta: values[str(eta)]}
    return Measurement.of(pairs, case="every step", failures=whole.failures)


each_step = Procedure(
    name="steps of gradient descent from zero on the exponential loss",
    measures=(loss, next_loss, margin, eta),
    run=_one_step,
    time=Time.STEPS,
    rational=False,
)
