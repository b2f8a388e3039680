"""Underdetermined least squares with positive weights, run by mirror descent; what its iterates are compared with."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import Edge, Family, Hypothesis, Instances, Measurement, Parameters, Procedure, Time, integers
from lemmata.solvers import matvec, solve_definite, stack, transpose
from lemmata.solvers.optimization import ENTROPY, EUCLIDEAN, divergence, least_divergence, mirror_descent, mirror_map

charge, plain_charge = sp.symbols("c q", real=True)
reached, least, other = sp.symbols("D_t D_* D_o", real=True)
apart, least_apart, other_apart = sp.symbols("E_t E_* E_o", real=True)

CHARGES = {
    charge: "n.(grad psi(w_t) - grad psi(w_0)) for a vector n with X n = 0",
    plain_charge: "n.(w_t - w_0) for the same n",
}
CHOSEN = {
    reached: "divergence of w_t from w_0",
    least: "its smallest value over the weights w >= 0 with X w = X w_t",
    other: "its value at another such w",
    apart: "half the squared distance of w_t from w_0",
    least_apart: "its smallest value over all w with X w = X w_t",
    other_apart: "its value at another such w",
}


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    m, n, steps = (int(parameters[name]) for name in ("samples", "unseen", "steps"))
    n += m
    drawn = {
        "X": rng.normal(size=(size, m, n)),
        "y": rng.normal(size=(size, m)),
        "start": np.exp(rng.normal(size=(size, n)) / 2),
        "aside": rng.normal(size=(size, n)),
    }
    return drawn | {"steps": _longest(drawn)[:, None] * rng.uniform(0.05, 0.7, size=(size, steps))}


def _longest(instances: Instances) -> Any:
    """A step after which no weight has changed by more than a factor e, ``(batch,)``."""
    size = np.sqrt((instances["X"] ** 2).sum(axis=(1, 2)))
    return 1 / (size * (size * np.sqrt((instances["start"] ** 2).sum(axis=1)) + np.abs(instances["y"]).sum(axis=1)))


def _short(_: Parameters, instances: Instances) -> Any:
    return np.all(np.abs(instances["steps"]) <= _longest(instances)[:, None], axis=1)


problems = Family(
    name="underdetermined least squares with positive weights",
    parameters={"samples": integers(1, 3), "unseen": integers(1, 4), "steps": integers(1, 6)},
    draw=_draw,
    hypotheses=(
        Hypothesis(name="w_0 > 0", holds=lambda _, instances: np.all(instances["start"] > 0, axis=1)),
        Hypothesis(name="steps that keep the weights within the range of floats", holds=_short),
    ),
    edges=(
        Edge(name="one sample"),
        Edge(name="three samples", parameters={"samples": 3, "steps": 6}),
        Edge(name="an equal start", adjust=lambda _, drawn: {**drawn, "start": np.ones_like(drawn["start"])}),
        Edge(
            name="nothing to learn",
            adjust=lambda _, drawn: {**drawn, "y": (drawn["X"] @ drawn["start"][..., None])[..., 0]},
        ),
    ),
)


def _aside(matrix: Any, vector: Any) -> Any:
    """The part of a vector that X does not see."""
    return vector - matvec(transpose(matrix), solve_definite(matrix @ transpose(matrix), matvec(matrix, vector)))


def _iterates(instances: Instances, *, potential: str, factors: bool) -> Any:
    matrix, targets, start, steps = (instances[name] for name in ("X", "y", "start", "steps"))
    if not factors:
        return mirror_descent(matrix, targets, start, steps, potential)
    roots = [mirror_map(start, EUCLIDEAN) * 0 + 1]  # w = w_0 u^2, plain gradient descent on u from 1
    for t in range(steps.shape[1]):
        u = roots[-1]
        slope = matvec(transpose(matrix), matvec(matrix, start * u * u) - targets)
        roots.append(u - steps[:, t : t + 1] * slope * u / 2)
    return stack([start * u * u for u in roots], axis=1)


def _charges(_: Parameters, instances: Instances, *, potential: str, factors: bool) -> Measurement:
    points = _iterates(instances, potential=potential, factors=factors)
    unseen, moved = _aside(instances["X"], instances["aside"])[:, None], points - points[:, :1]
    mapped = mirror_map(points, ENTROPY) - mirror_map(points[:, :1], ENTROPY)
    values = {charge: (mapped * unseen).sum(axis=-1), plain_charge: (moved * unseen).sum(axis=-1)}
    return Measurement.of(values, case="a direction unseen")


def charges(*, potential: str = ENTROPY, factors: bool = False) -> Procedure:
    """The two charges along the run; with ``factors``, gradient descent on u, w = w_0 u^2, in place of mirror descent."""
    return Procedure(
        name="gradient descent on square roots" if factors else f"mirror descent, {potential}",
        measures=CHARGES,
        run=partial(_charges, potential=potential, factors=factors),
        time=Time.STEPS,
        rational=False,
    )


def _choice(_: Parameters, instances: Instances, *, potential: str, factors: bool) -> Measurement:
    matrix, start = instances["X"], instances["start"]
    point = _iterates(instances, potential=potential, factors=factors)[:, -1]
    seen = matvec(matrix, point)
    unseen = _aside(matrix, instances["aside"])
    size = (unseen * unseen).sum(axis=-1)[:, None] + 1
    # Another weight with the same predictions, positive since it is within an eighth of w_t in every entry.
    smallest = 1 / (1 / point).sum(axis=-1)[:, None]
    elsewhere = point + unseen / size * smallest / 8
    nearest = start + matvec(
        transpose(matrix), solve_definite(matrix @ transpose(matrix), seen - matvec(matrix, start))
    )
    far = nearest + unseen
    values = {
        reached: divergence(point, start, ENTROPY),
        least: least_divergence(matrix, seen, start),
        other: divergence(elsewhere, start, ENTROPY),
        apart: divergence(point, start, EUCLIDEAN),
        least_apart: divergence(nearest, start, EUCLIDEAN),
        other_apart: divergence(far, start, EUCLIDEAN),
    }
    return Measurement.of(values, case="the last iterate")


def choice_at_the_end(*, potential: str = ENTROPY, factors: bool = False) -> Procedure:
    """The last iterate beside the nearest weights with its predictions, and others, in both divergences."""
    return Procedure(
        name="gradient descent on square roots" if factors else f"mirror descent, {potential}",
        measures=CHOSEN,
        run=partial(_choice, potential=potential, factors=factors),
        rational=False,
    )
