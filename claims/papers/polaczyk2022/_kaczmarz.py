"""Stochastic gradient descent on an interpolating linear model, in expectation: exact, by the operator of second moments."""

from __future__ import annotations

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
    Time,
    integers,
    quantity,
)
from lemmata.solvers import eigenvalues_symmetric, full, greatest, matvec, stack, transpose

distance = quantity(
    r"\mathbb{E}|w_t - w^*|^2", "expected squared distance from the solution after t steps", nonnegative=True
)
distance_0 = quantity("|w_0 - w^*|^2", "squared distance at the initialization", nonnegative=True)
lowest = quantity("mu", "least eigenvalue of the mean of x_i x_i' on the span of the samples", nonnegative=True)
highest = quantity(r"\mu_{\max}", "largest eigenvalue of the mean of x_i x_i'", nonnegative=True)
longest = quantity("R^2", "largest squared length of a sample", positive=True)
mean = quantity(r"\overline{|x|^2}", "mean squared length of the samples", positive=True)
eta = quantity("eta", "step size", positive=True)
t = quantity("t", "number of steps", nonnegative=True)

_STEPS, _LONGEST = 4, 1.5
"""Steps of a run, and how long they may be in units of 2/R^2: some miss the hypothesis."""


def _draw(parameters: Parameters, rng: np.random.Generator, size: int, *, noise: bool) -> Instances:
    samples = int(parameters["samples"])
    X = rng.integers(-8, 9, size=(size, samples, samples + int(parameters["room"]))) / 8
    largest = np.maximum((X**2).sum(axis=2).max(axis=1), 1 / 64)
    share = rng.integers(1, 17, size=size) / 16 * _LONGEST
    return {
        "X": X,
        "c": rng.integers(-8, 9, size=(size, samples)) / 8,
        "eta": 2 * share / largest,
        "noise": rng.choice([-1.0, 1.0], size=(size, samples)) * float(noise),
    }


def _independent(_: Parameters, instances: Instances) -> Any:
    values = np.linalg.svd(instances["X"], compute_uv=False)
    return (values[:, -1] > values[:, 0] / 100) & np.any(instances["c"] != 0, axis=1)


def _short(_: Parameters, instances: Instances) -> Any:
    return (instances["eta"] > 0) & (instances["eta"] * (instances["X"] ** 2).sum(axis=2).max(axis=1) / 2 <= 1)


SHORT = Hypothesis(name="0 < eta <= 2/R^2", holds=_short)


def _equal_axes(_: Parameters, instances: Instances) -> Instances:
    """Samples along different axes, of one length: the contraction is attained."""
    X = np.zeros_like(instances["X"])
    rows = np.arange(X.shape[1])
    X[:, rows, rows] = 1.0
    return {**instances, "X": X, "eta": np.minimum(instances["eta"], 2.0) * 0 + 1 / 2}


def _short_step(_: Parameters, instances: Instances) -> Instances:
    """A step of at most 2/R^2, along a sample that is not zero."""
    X, c = instances["X"].copy(), instances["c"].copy()
    X[:, 0, 0] += (X[:, 0] == 0).all(axis=1)
    c[:, 0] += c[:, 0] == 0
    return {**instances, "X": X, "c": c, "eta": 1 / (X**2).sum(axis=2).max(axis=1)}


def interpolating_models(*hypotheses: Hypothesis, noise: bool = False) -> Family:
    """Independent samples, an initialization w_0 - w* in their span, and a step; ``noise`` keeps w* from fitting the labels."""
    fitted = Hypothesis(name="w* fits all labels", holds=lambda _, one: (one["noise"] == 0).all(axis=1))
    return Family(
        name="linear models that interpolate independent samples",
        parameters={"samples": integers(1, 3), "room": integers(0, 2)},
        draw=partial(_draw, noise=noise),
        hypotheses=(
            Hypothesis(name="independent samples, w_0 != w*", holds=_independent),
            *(() if noise else (fitted,)),
            *hypotheses,
        ),
        searchable=("X", "c"),
        edges=(
            Edge(name="one sample", adjust=_short_step),
            Edge(name="equal axes", parameters={"samples": 3}, adjust=_equal_axes),
            Edge(name="more inputs than samples", parameters={"samples": 2, "room": 2}),
        ),
    )


def _run(_: Parameters, instances: Instances) -> Measurement:
    X, step = instances["X"], instances["eta"]
    count, size = X.shape[1], X.shape[2]
    gram = X @ transpose(X) / count
    spectrum = eigenvalues_symmetric(gram)
    centre = matvec(transpose(X), instances["c"])
    drift = instances["noise"] * step[:, None]
    maps = [np.eye(size, dtype=int) - step[:, None, None] * (X[:, i, :, None] * X[:, i, None, :]) for i in range(count)]
    kicks = [drift[:, i, None] * X[:, i] for i in range(count)]
    first, second, seen = centre, centre[:, :, None] * centre[:, None, :], []
    for _step in range(_STEPS + 1):
        seen.append(sum(second[:, j, j] for j in range(size)))
        moved = [(matvec(one, first), kick, one @ second @ one) for one, kick in zip(maps, kicks, strict=True)]
        second = (
            sum(
                square
                + to[:, :, None] * by[:, None, :]
                + by[:, :, None] * to[:, None, :]
                + by[:, :, None] * by[:, None, :]
                for to, by, square in moved
            )
            / count
        )
        first = sum(to + by for to, by, _ in moved) / count
    squares = (X * X).sum(axis=2)
    values = {
        distance: stack(seen, axis=1),
        distance_0: seen[0],
        lowest: spectrum[:, count - 1],
        highest: spectrum[:, 0],
        longest: greatest(squares),
        mean: squares.sum(axis=1) / count,
        eta: step,
        t: stack([full(step, k) for k in range(_STEPS + 1)], axis=1),
    }
    return Measurement.of(values)


expected_distances = Procedure(
    name=f"{_STEPS} steps of stochastic gradient descent, exact second moments",
    measures=(distance, distance_0, lowest, highest, longest, mean, eta, t),
    run=_run,
    time=Time.STEPS,
    rational=False,
    cost=4,
)
