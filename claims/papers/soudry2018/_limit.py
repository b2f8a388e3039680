"""Gradient flow on separable data in logarithmic time: the maximal margin's direction, and what is left beside it.

With tau = log t and w = tau w_hat + w_tilde + r, w_hat the direction with z_n.w_hat >= 1 of least norm and w_tilde such that
exp(-z_n.w_tilde) = alpha_n for the support vectors, the flow dw/dt = sum_n z_n exp(-z_n.w) is one for r.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
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
    quantity,
    reals,
    vector,
)
from lemmata.claims.settings.separable import margin, separable, separable_samples
from lemmata.solvers import concatenate, elementwise, full, smallest, solve_definite, transpose, zeros

drift = quantity(
    r"\frac{d}{d\tau} \frac{|r|^2}{2}",
    "half the growth of |r|^2 in log time tau, r = w - tau w_hat - w_tilde",
    real=True,
)
tail = quantity(
    r"\sum_{n \notin S} e^{-(\langle z_n, \hat{w} \rangle - 1) \tau - \langle z_n, \tilde{w} \rangle}",
    "what the samples that are no support vectors may add",
    nonnegative=True,
)
p = vector("p", "n")
size = quantity("|w|", "norm of w = tau w_hat + w_tilde", positive=True)
least_score = quantity(r"\min_n \langle z_n, w \rangle", "least score of a support vector", real=True)
across = quantity(r"|w_{\perp}|^2", "squared length of w across the direction of the maximal margin", nonnegative=True)
along = quantity(r"w_{\parallel}", "length of w along it", positive=True)

_WELL_POSED = 0.05


def _independent(parameters: Parameters, instances: Instances) -> Any:
    vectors = _supporting(parameters, instances)
    if vectors.shape[1] > vectors.shape[2]:
        return np.zeros(len(vectors), dtype=bool)
    known = np.isfinite(vectors).all(axis=(1, 2))
    values = np.linalg.svd(np.where(known[:, None, None], vectors, 0.0), compute_uv=False)
    return values[:, -1] > _WELL_POSED


def _certified(parameters: Parameters, instances: Instances) -> Any:
    count, weights, excess = int(parameters["support"]), instances["p"], instances["b"]
    held = (weights[:, :count] > 0).all(axis=1) & (weights[:, count:] == 0).all(axis=1)
    beside = (excess[:, :count] == 0).all(axis=1) & (excess[:, count:] > 0).all(axis=1)
    return held & beside & (instances["g"] > 0) & (instances["tau"] >= 0)


def _forward(parameters: Parameters, instances: Instances) -> Any:
    """The asymptote has come to point along the maximal margin."""
    with np.errstate(all="ignore"):
        direction, residual = asymptote(instances, _supporting(parameters, instances))
    return (instances["tau"][:, None] * direction + residual)[:, 0] > _WELL_POSED


independent = Hypothesis(name="support vectors are linearly independent", holds=_independent)
certified = Hypothesis(name="all support vectors carry weight", holds=_certified)
forward_pointing = Hypothesis(name="the asymptote points forward", holds=_forward)


def _at_the_tail(_: Parameters, drawn: Instances) -> Instances:
    """The residual that no support vector sees and the sample beside them sees as one."""
    samples = separable_samples(drawn)
    return {**drawn, "r": np.stack([0 * drawn["g"], 1 / samples[:, 1, 1]], axis=1)}


def _apart(_: Parameters, drawn: Instances) -> Instances:
    """Two support vectors that lie well apart."""
    vectors = drawn["v"].copy()
    vectors[:, :2] = 0.0
    vectors[:, 0, 0], vectors[:, 1, 0] = 1 / 2, -1 / 2
    return {**drawn, "v": vectors}


def _on_the_asymptote(parameters: Parameters, drawn: Instances) -> Instances:
    return {**_apart(parameters, drawn), "r": 0 * drawn["r"]}


def late_separable(*, times: tuple[float, float] = (0.125, 12.0), hypotheses: tuple[Hypothesis, ...] = ()) -> Family:
    """Separable samples with independent support vectors, a time tau and a residual r."""
    base = separable(hypotheses=())
    parameters = {name: given for name, given in base.parameters.items() if name not in ("pace", "steps")}
    parameters["margin"] = reals(0.2, 0.8)
    parameters["tau"] = reals(*times, logarithmic=True)

    def draw(given: Parameters, rng: np.random.Generator, size: int) -> Instances:
        room = max(int(given["across"]), int(given["support"]) - 1)  # for independent support vectors
        drawn = dict(base.draw({**given, "across": room, "pace": 1.0, "steps": 1}, rng, size))
        drawn.pop("eta")
        drawn["b"] = drawn["b"] + 0.01 * (drawn["p"] == 0)
        time = float(given["tau"]) * np.ones(size)
        return {**drawn, "tau": time, "r": 1.5 * rng.normal(size=(size, room + 1))}

    return replace(
        base,
        name="separable samples with independent support vectors, at any time and place",
        parameters=parameters,
        draw=draw,
        hypotheses=(certified, independent, *hypotheses),
        searchable=("r", "tau"),
        edges=(
            Edge(name="a single sample", parameters={"margin": 0.8, "tau": 8.0}),
            Edge(
                name="one support vector, one sample beside it",
                parameters={"others": 1, "margin": 0.5, "tau": max(2.0, times[0])},
                adjust=_at_the_tail,
            ),
            Edge(
                name="two support vectors",
                parameters={"support": 2, "margin": 0.5, "tau": times[1]},
                adjust=_apart,
            ),
            Edge(
                name="on the asymptote",
                parameters={"support": 2, "across": 2, "others": 1, "margin": 0.5, "tau": 10.0},
                adjust=_on_the_asymptote,
            ),
        ),
    )


Residual = Callable[[Any, Any], Any]
"""From the weights p (summing to one) and the margin to what exp(-z_n.w_tilde) is said to be."""


def dual_weights(p: Any, gamma: Any) -> Any:
    """The dual variables alpha = p/gamma^2, with which w_hat = sum_n alpha_n z_n."""
    return p / (gamma * gamma)[:, None]


def asymptote(instances: Instances, vectors: Any, *, residual: Residual | None = dual_weights) -> tuple[Any, Any]:
    """w_hat and w_tilde, ``(batch, d)`` each; without ``residual`` the latter is zero."""
    gamma, count = instances["g"], vectors.shape[1]
    rest = zeros(vectors, (vectors.shape[0], vectors.shape[2] - 1))
    direction = concatenate([(1 / gamma)[:, None], rest], axis=1)
    if residual is None:
        return direction, full(direction, 0)
    target = -elementwise(residual(_shares(instances, count), gamma), "log")
    solved = solve_definite(vectors @ transpose(vectors), target)
    return direction, (solved[:, None, :] @ vectors)[:, 0]


def _shares(instances: Instances, count: int) -> Any:
    weights = instances["p"][:, :count]
    return weights / weights.sum(axis=1)[:, None]


def _supporting(parameters: Parameters, instances: Instances) -> Any:
    """The support vectors, which come first, ``(batch, support, d)``."""
    with np.errstate(all="ignore"):  # weights that vanish make no sample; the hypotheses then fail
        return separable_samples(instances)[:, : int(parameters["support"])]


def _scores(samples: Any, w: Any) -> Any:
    return (samples @ w[:, :, None])[:, :, 0]


def _run_residual(parameters: Parameters, instances: Instances, *, residual: Residual | None) -> Measurement:
    count, samples = int(parameters["support"]), separable_samples(instances)
    vectors = samples[:, :count]
    direction, settled = asymptote(instances, vectors, residual=residual)
    w = instances["tau"][:, None] * direction + settled + instances["r"]
    pulls = elementwise(instances["tau"][:, None] - _scores(samples, w), "exp")
    velocity = (pulls[:, None, :] @ samples)[:, 0] - direction
    values = {drift: (instances["r"] * velocity).sum(axis=1), tail: full(instances["tau"], 0)}
    if samples.shape[1] > count:
        beside = samples[:, count:]
        late = (1 - _scores(beside, direction)) * instances["tau"][:, None] - _scores(beside, settled)
        values[tail] = elementwise(late, "exp").sum(axis=1)
    return Measurement.of(values, case="at a point")


def residual_flow(*, residual: Residual | None = dual_weights, variant: str = "") -> Procedure:
    """Gradient flow in logarithmic time, seen from the asymptote.

    Args:
        residual: what exp(-z_n.w_tilde) is for the support vectors; w_tilde is left out if None.
        variant: says what differs from alpha.
    """
    return Procedure(
        name="gradient flow of the exponential loss in logarithmic time, seen from the asymptote"
        + (variant and f", {variant}"),
        measures=(drift, tail),
        run=partial(_run_residual, residual=residual),
        rational=False,
    )


def _run_asymptote(parameters: Parameters, instances: Instances) -> Measurement:
    vectors, count = _supporting(parameters, instances), int(parameters["support"])
    direction, settled = asymptote(instances, vectors)
    w = instances["tau"][:, None] * direction + settled
    scores = _scores(vectors, w)
    shares = _shares(instances, count)
    sideways = w[:, 1:]
    values = {
        size: elementwise((w * w).sum(axis=1), "sqrt"),
        least_score: smallest([scores[:, i] for i in range(count)]),
        p: shares,
        across: (sideways * sideways).sum(axis=1),
        along: w[:, 0],
        margin: instances["g"],
    }
    return Measurement.of(values, case="on the asymptote")


on_the_asymptote = Procedure(
    name="the asymptote tau w_hat + w_tilde of gradient flow at time tau = log t",
    measures={
        p: "weights of the support vectors, which sum to one",
        **{symbol: symbol.meaning for symbol in (size, least_score, across, along, margin)},
    },
    run=_run_asymptote,
    rational=False,
)
