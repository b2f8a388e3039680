"""Gradient descent from a small Gaussian initialization on the logistic loss of a smooth leaky ReLU network, nearly orthogonal data.

f(x; W) = sum_j a_j phi(<w_j, x>), a_j = +-1/sqrt(m) fixed, phi(z) = gamma z + (1 - gamma) log((1 + e^z)/2), whose slopes lie
in (gamma, 1) and whose second derivative is at most (1 - gamma)/4 <= 1. The samples have a prescribed Gram matrix.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
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
    integers,
    quantity,
    reals,
)
from lemmata.claims.papers.frei2022._margin import n
from lemmata.solvers import Bounded, as_floats, convert, elementwise, full, singular_values, stack
from lemmata.solvers.engine import Engine, engine_for_long_runs, iterate, without_error_bounds
from lemmata.solvers.optimization import leaky_descent, leaky_outputs

frobenius = quantity("|W_t|_F", "Frobenius norm of W at step t", nonnegative=True)
spectral = quantity("|W_t|_2", "largest singular value of W at step t", nonnegative=True)
third = quantity(r"\sigma_3(W_t)", "third largest singular value of W at step t", nonnegative=True)
loss = quantity("L(W_t)", "mean logistic loss after t steps", positive=True)
t = quantity("t", "number of steps: n/2 alpha, n/alpha and 2 n/alpha", positive=True)
alpha = quantity("alpha", "step size", positive=True)


def _constant(parameters: Parameters) -> float:
    """C_R = 10 R^2/gamma^2 + 10."""
    return float(10 * (parameters["R"] / parameters["gamma"]) ** 2 + 10)


def _overlap(parameters: Parameters) -> float:
    """Largest |<x_i, x_k>| that the hypothesis allows, for R_min = 1."""
    return float(parameters["gamma"] ** 2 / (5 * _constant(parameters) * parameters["samples"]))


def _step(parameters: Parameters) -> float:
    """Largest step that the theorem allows, for R_min = 1."""
    gamma, ratio = parameters["gamma"], parameters["R"]
    return float(gamma**2 / (5 * parameters["samples"] * ratio**4 * _constant(parameters) ** 2))


def _inputs(parameters: Parameters) -> int:
    return int(parameters["samples"]) + int(parameters["extra"])


def _deviation(parameters: Parameters) -> float:
    """Largest standard deviation of the initialization that the theorem allows, for R_min = 1 and the largest step."""
    size = parameters["neurons"] * _inputs(parameters) * np.log(4 * parameters["neurons"] / _DELTA)
    room = 72 * parameters["R"] * _constant(parameters) * parameters["samples"] * np.sqrt(size)
    return float(_step(parameters) * parameters["gamma"] ** 2 / room)


_DELTA = 0.01
"""Chance left to the initialization being longer than its hypothesis says."""


def _samples(parameters: Parameters, rng: np.random.Generator, size: int) -> np.ndarray:
    """Samples with norms in [1, R] and overlaps within the hypothesis, ``(size, d, n)``: a root of their Gram matrix."""
    count, ratio = int(parameters["samples"]), float(parameters["R"])
    lengths = rng.uniform(1, ratio, size=(size, count))
    lengths[:, 0], lengths[:, -1] = ratio, 1.0
    upper = np.triu(rng.uniform(-0.99, 0.99, size=(size, count, count)), 1) * _overlap(parameters)
    gram = upper + upper.swapaxes(1, 2) + lengths[:, :, None] ** 2 * np.eye(count)
    root = np.linalg.cholesky(gram).swapaxes(1, 2)
    return np.concatenate([root, np.zeros((size, int(parameters["extra"]), count))], axis=1)


def _draw(larger: float) -> Callable[[Parameters, np.random.Generator, int], Instances]:
    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        neurons = int(parameters["neurons"])
        weights = rng.normal(size=(size, neurons, _inputs(parameters)))
        return {
            "X": _samples(parameters, rng, size),
            "y": rng.choice([-1.0, 1.0], size=(size, int(parameters["samples"]))),
            "a": rng.choice([-1.0, 1.0], size=(size, neurons)),
            "W": weights * larger * _deviation(parameters),
            "alpha": np.full(size, _step(parameters)) * rng.uniform(0.9, 0.999, size=size),
            "gamma": np.full(size, float(parameters["gamma"])),
        }

    return draw


def _nearly_orthogonal(parameters: Parameters, instances: Instances) -> Any:
    gram = instances["X"].swapaxes(1, 2) @ instances["X"]
    squares = np.diagonal(gram, axis1=1, axis2=2)
    overlaps = np.abs(gram - squares[:, :, None] * np.eye(gram.shape[1])).max(axis=(1, 2))
    ratio = squares.max(axis=1) / squares.min(axis=1)
    return (overlaps <= _overlap(parameters) * squares.min(axis=1)) & (ratio <= parameters["R"] ** 2 * (1 + 1e-12))


def _signed(_: Parameters, instances: Instances) -> Any:
    return (np.abs(instances["y"]) == 1).all(axis=1) & (np.abs(instances["a"]) == 1).all(axis=1)


def _small_step(parameters: Parameters, instances: Instances) -> Any:
    return (instances["alpha"] > 0.5 * _step(parameters)) & (instances["alpha"] <= _step(parameters))


def _short_enough(parameters: Parameters, instances: Instances) -> Any:
    size = parameters["neurons"] * _inputs(parameters) * np.log(4 * parameters["neurons"] / _DELTA)
    return (instances["W"] ** 2).sum(axis=(1, 2)) <= 2 * _deviation(parameters) ** 2 * size


SMALL_START = "the start is as short as an allowed random one, |W_0|_F^2 <= 2 omega^2 m d log(4m/delta)"


def leaky_networks(*, larger: float = 1.0) -> Family:
    """Smooth leaky ReLU networks at a small initialization; ``larger`` times as long, without the hypothesis on it, if not 1."""
    hypotheses = (
        Hypothesis(
            name="R_min^2 >= 5 gamma^-2 C_R n max |<x_i, x_k>|, C_R = 10 R^2/gamma^2 + 10", holds=_nearly_orthogonal
        ),
        Hypothesis(name="labels and output weights are signs", holds=_signed),
        Hypothesis(name="alpha <= gamma^2 / (5 n R_max^2 R^2 C_R^2), and no less than half of it", holds=_small_step),
    )
    short = Hypothesis(name=SMALL_START, holds=_short_enough)
    wide = {"samples": 6, "neurons": 32, "extra": 16}
    return Family(
        name="smooth leaky ReLU networks of one hidden layer on nearly orthogonal data, R_min = 1, Gaussian starts",
        parameters={
            "samples": integers(1, 8),
            "neurons": integers(1, 32),
            "extra": integers(0, 16),
            "steps": integers(1, 6),
            "gamma": reals(0.1, 0.9),
            "R": reals(1, 3),
        },
        draw=_draw(larger),
        hypotheses=hypotheses if larger != 1 else (*hypotheses, short),
        edges=(
            Edge(name="one sample, one neuron"),
            Edge(name="wide", parameters={**wide, "gamma": 0.5}),
            Edge(name="wide, unequal samples, six steps", parameters={**wide, "steps": 6, "gamma": 0.2, "R": 3.0}),
        ),
    )


def _problem(instances: Instances) -> tuple[Any, ...]:
    """Samples, labels, output weights +-1/sqrt(m), gamma and step size over n, as `leaky_descent` takes them."""
    one, neurons, count = full(instances["alpha"], 1), instances["a"].shape[1], instances["y"].shape[1]
    outer = instances["a"] / elementwise(one * neurons, "sqrt")[:, None]
    pace = instances["alpha"] / count
    return (
        instances["X"],
        instances["y"][:, None, :],
        outer[:, :, None],
        instances["gamma"][:, None, None],
        pace[:, None, None],
    )


def _descend(instances: Instances, steps: int) -> list[Any]:
    """Gradient descent on the mean logistic loss: the states W_0, ..., W_T, ``(batch, m, d)`` each."""
    run = iterate(
        leaky_descent,
        (instances["W"],),
        _problem(instances),
        checkpoints=range(steps + 1),
        record=lambda state: {"W": state[0]},
        engine=Engine.REFERENCE,
    )
    return [run.records["W"][:, step] for step in range(steps + 1)]


def _run_ranks(parameters: Parameters, instances: Instances, *, first: int) -> Measurement:
    states = _descend(instances, int(parameters["steps"]))[first:]
    values = [singular_values(state) for state in states]
    nothing = full(instances["alpha"], 0)
    squares = [(state * state).sum(axis=2).sum(axis=1) for state in states]
    measured = {
        frobenius: elementwise(stack(squares, axis=1), "sqrt"),
        spectral: stack([value[:, 0] for value in values], axis=1),
        third: stack([value[:, 2] if value.shape[1] > 2 else nothing for value in values], axis=1),  # noqa: PLR2004
    }
    return Measurement.of(measured, case="the weights")


def ranks(*, first: int = 1) -> Procedure:
    """Gradient descent, the singular values of W from step ``first`` on."""
    return Procedure(
        name=f"gradient descent on the mean logistic loss, the weights from step {first} on",
        measures=(frobenius, spectral, third),
        run=partial(_run_ranks, first=first),
        rational=False,
    )


_TIMES = (1 / 2, 1.0, 2.0)
"""Times inspected, in units of n / alpha: some thousand steps for one sample, four times as many for two."""
_ROUNDING = 1e-10
"""Relative error of the loss after so many steps, an estimate: the descent contracts."""


def slow_networks() -> Family:
    """One or two samples, of nearly equal length, and slopes in [0.9, 1]: the largest steps that the theorem allows."""
    base = leaky_networks()
    small = {"gamma": 0.95, "R": 1.0}
    return dataclasses.replace(
        base,
        parameters={
            "samples": integers(1, 2),
            "neurons": integers(1, 8),
            "extra": integers(0, 4),
            "gamma": reals(0.9, 0.99),
            "R": reals(1, 1.05),
        },
        edges=(
            Edge(name="one sample, one neuron"),
            Edge(name="two samples", parameters={"samples": 2, "neurons": 3, **small}),
            Edge(name="eight neurons", parameters={"samples": 2, "neurons": 8, "extra": 4, **small}),
        ),
    )


def _run_losses(parameters: Parameters, instances: Instances) -> Measurement:
    del parameters
    weights, *problem = without_error_bounds(instances["W"], *_problem(instances))
    engine = engine_for_long_runs(weights, *problem)
    state, count = (weights,), instances["y"].shape[1]
    made = np.zeros(instances["W"].shape[0], dtype=int)
    losses, times = [], []
    for time in _TIMES:
        until = np.ceil(time * count / as_floats(instances["alpha"])).astype(int)
        state = iterate(
            leaky_descent, state, tuple(problem), checkpoints=[0], lengths=until - made, engine=engine
        ).state
        made = until
        margins = problem[1] * leaky_outputs(state[0], problem[0], problem[2], problem[3])
        mean = elementwise(-margins, "softplus").sum(axis=2)[:, 0] / count
        losses.append(mean if mean.dtype == object else Bounded(mean, mean * _ROUNDING))
        times.append(convert(until.astype(float), instances["alpha"]))
    values = {
        loss: stack(losses, axis=1),
        t: stack(times, axis=1),
        alpha: instances["alpha"],
        n: full(instances["alpha"], count),
    }
    return Measurement.of(values, case="the loss")


long_descent = Procedure(
    name="gradient descent on the mean logistic loss for up to 2 n/alpha steps",
    measures=(loss, t, alpha, n),
    run=_run_losses,
    rational=False,
    cost=64,
)
