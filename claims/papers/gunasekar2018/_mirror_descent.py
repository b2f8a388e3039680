"""Underdetermined least squares with positive weights, run by mirror descent; what its iterates are compared with."""

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
from lemmata.solvers import full, matvec, solve_definite, stack, transpose
from lemmata.solvers.optimization import Potential, divergence, least_divergence, mirror_descent, mirror_map

charge = quantity(
    r"\langle n, \nabla \psi(w_t) - \nabla \psi(w_0) \rangle",
    "what a vector n with X n = 0 sees of the dual iterates",
    real=True,
)
plain_charge = quantity(r"\langle n, w_t - w_0 \rangle", "what the same n sees of the iterates", real=True)
reached = quantity(r"D_{\psi}(w_t, w_0)", "divergence of w_t from w_0", real=True)
least = quantity(
    r"\min_{X w = X w_t} D_{\psi}(w, w_0)", "least divergence over the weights w >= 0 with X w = X w_t", real=True
)
other = quantity(r"D_{\psi}(w', w_0)", "divergence of other weights w' with X w' = X w_t", real=True)
apart = quantity(r"\frac{1}{2} |w_t - w_0|^2", "half the squared distance of w_t from w_0", real=True)
least_apart = quantity(
    r"\min_{X w = X w_t} \frac{1}{2} |w - w_0|^2", "its least value over all w with X w = X w_t", real=True
)
other_apart = quantity(r"\frac{1}{2} |w'' - w_0|^2", "its value at another such w", real=True)


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


def _iterates(instances: Instances, *, potential: Potential, factors: bool) -> Any:
    matrix, targets, initial, steps = (instances[name] for name in ("X", "y", "start", "steps"))
    if not factors:
        return mirror_descent(matrix, targets, initial, steps, potential)
    roots = [full(initial, 1)]  # w = w_0 u^2, plain gradient descent on u from 1
    for t in range(steps.shape[1]):
        u = roots[-1]
        slope = matvec(transpose(matrix), matvec(matrix, initial * u * u) - targets)
        roots.append(u - steps[:, t : t + 1] * slope * u / 2)
    return stack([initial * u * u for u in roots], axis=1)


def _charges(_: Parameters, instances: Instances, *, potential: Potential, factors: bool) -> Measurement:
    points = _iterates(instances, potential=potential, factors=factors)
    unseen, moved = _aside(instances["X"], instances["aside"])[:, None], points - points[:, :1]
    mapped = mirror_map(points, Potential.ENTROPY) - mirror_map(points[:, :1], Potential.ENTROPY)
    values = {charge: (mapped * unseen).sum(axis=-1), plain_charge: (moved * unseen).sum(axis=-1)}
    return Measurement.of(values, case="a direction unseen")


def charges(*, potential: Potential = Potential.ENTROPY, factors: bool = False) -> Procedure:
    """The two charges along the run; with ``factors``, gradient descent on u, w = w_0 u^2, in place of mirror descent."""
    return Procedure(
        name="gradient descent on square roots" if factors else f"mirror descent, {potential.value}",
        measures=(charge, plain_charge),
        run=partial(_charges, potential=potential, factors=factors),
        time=Time.STEPS,
        rational=False,
    )


def _choice(_: Parameters, instances: Instances, *, potential: Potential, factors: bool) -> Measurement:
    matrix, initial = instances["X"], instances["start"]
    point = _iterates(instances, potential=potential, factors=factors)[:, -1]
    seen = matvec(matrix, point)
    unseen = _aside(matrix, instances["aside"])
    size = (unseen * unseen).sum(axis=-1)[:, None] + 1
    # Another weight with the same predictions, positive since it is within an eighth of w_t in every entry.
    smallest = 1 / (1 / point).sum(axis=-1)[:, None]
    elsewhere = point + unseen / size * smallest / 8
    nearest = initial + matvec(
        transpose(matrix), solve_definite(matrix @ transpose(matrix), seen - matvec(matrix, initial))
    )
    far = nearest + unseen
    values = {
        reached: divergence(point, initial, Potential.ENTROPY),
        least: least_divergence(matrix, seen, initial),
        other: divergence(elsewhere, initial, Potential.ENTROPY),
        apart: divergence(point, initial, Potential.EUCLIDEAN),
        least_apart: divergence(nearest, initial, Potential.EUCLIDEAN),
        other_apart: divergence(far, initial, Potential.EUCLIDEAN),
    }
    return Measurement.of(values, case="the last iterate")


def choice_at_the_end(*, potential: Potential = Potential.ENTROPY, factors: bool = False) -> Procedure:
    """The last iterate beside the nearest weights with its predictions, and others, in both divergences."""
    return Procedure(
        name="gradient descent on square roots" if factors else f"mirror descent, {potential.value}",
        measures=(reached, least, other, apart, least_apart, other_apart),
        run=partial(_choice, potential=potential, factors=factors),
        rational=False,
    )
