"""All comonotone operators with a zero at 0, by their reflected resolvents; relaxed proximal points on them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from lemmata import norm2
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
    reals,
)
from lemmata.claims.papers.pethick2023._nonexpansive import (
    ENTRIES,
    draw_operators,
    mirrors,
    non_expansive,
    operator_of,
    pure_rotation,
)
from lemmata.claims.settings.optimization.measured import CURVATURE, SQUARED_LENGTH, N, counts, initial
from lemmata.solvers import dot, stack
from lemmata.solvers.optimization import Comonotone, relaxed_iterates

gamma = quantity("gamma", "step of the resolvent J = (1 + gamma F)^-1", unit=1 / CURVATURE, positive=True)
rho = quantity("rho", "comonotonicity constant of F", unit=1 / CURVATURE, real=True)
lam = quantity("lambda", "weight of the resolvent in the interpolation", positive=True)
apart = quantity("|z - w|^2", "squared distance of two points", unit=SQUARED_LENGTH, nonnegative=True)
sent = quantity("|J z - J w|^2", "squared distance of their resolvents", unit=SQUARED_LENGTH, nonnegative=True)
along = quantity(
    r"\langle J z - J w, z - w \rangle", "inner product of the two differences", unit=SQUARED_LENGTH, real=True
)
pulled = quantity(
    "|F J z - F J w|^2",
    "squared distance of the operator's values there",
    unit=CURVATURE**2 * SQUARED_LENGTH,
    nonnegative=True,
)
residual = quantity(
    "|J z_N - z_N|^2", "squared residual after N steps, gamma^2 |F(J z_N)|^2", unit=SQUARED_LENGTH, nonnegative=True
)

place = quantity("(k + 1)", "number of the iterate, the initialization being the first", integer=True, positive=True)

RANGE = "gamma >= -2 rho"
WEIGHT = "0 < lambda < 1"
_END, _BEYOND, _OFTEN = -0.5, -0.6, 0.3


def _draw(
    parameters: Parameters, rng: np.random.Generator, size: int, *, weights: tuple[float, float], end: float
) -> Instances:
    """Steps of any size, and rho from -3/5 of the step to the step; often rho at the ``end`` of what is allowed."""
    drawn, step = draw_operators(parameters, rng, size), np.exp(2 * rng.normal(size=size))
    relative = np.where(rng.random(size) < _OFTEN, end, rng.uniform(_BEYOND, 1, size=size))
    return {
        **drawn,
        "z": float(parameters["scale"]) * rng.normal(size=drawn["x0"].shape),
        "gamma": step,
        "rho": relative * step,
        "lambda": rng.uniform(*weights, size=size),
    }


def _has_resolvent(_: Parameters, instances: Instances) -> Any:
    return (instances["gamma"] > 0) & (instances["gamma"] + instances["rho"] > 0)


def _in_range(_: Parameters, instances: Instances) -> Any:
    return instances["gamma"] + 2 * instances["rho"] >= 0


def _a_weight(_: Parameters, instances: Instances) -> Any:
    return (instances["lambda"] > 0) & (instances["lambda"] < 1)


def weight_between(low: float, high: float, *, name: str) -> Hypothesis:
    """A weight within both ends."""

    def holds(_: Parameters, instances: Instances) -> Any:
        return (instances["lambda"] >= low) & (instances["lambda"] <= high)

    return Hypothesis(name=name, holds=holds)


in_range = Hypothesis(name=RANGE, holds=_in_range)
a_weight = Hypothesis(name=WEIGHT, holds=_a_weight)
_single_valued = Hypothesis(name="gamma > 0, gamma > -rho", holds=_has_resolvent)

Change = Callable[[Parameters, Instances], Instances]


def _at_the_end(parameters: Parameters, drawn: Instances, *, first: Change, end: float = _END) -> Instances:
    """A step of one and rho at the end of the range, so that nothing is rounded; T as ``first`` makes it."""
    one = np.ones(len(drawn["share"]))
    return {**first(parameters, drawn), "gamma": one, "rho": end * one}


def _turned(parameters: Parameters, drawn: Instances) -> Instances:
    """A plane turned so far that interpolation is slowest after all ``steps``: |1 - w|^2 lambda (1 - lambda) (N + 1) = 1."""
    weight = drawn["lambda"]
    square = 1 / (weight * (1 - weight) * (parameters["steps"] + 1))
    half = np.arcsin(np.sqrt(np.minimum(square, 4)) / 2)
    normals = np.stack([[np.ones_like(half), 0 * half], [np.cos(half), np.sin(half)]]).transpose(2, 0, 1)
    return {**pure_rotation(parameters, drawn), "mirrors": normals}


def _slow_clip(parameters: Parameters, drawn: Instances) -> Instances:
    """T(z) = z - 2 clip(z, -c, c), c = R/(1 + 2 lambda N): interpolation moves by 2 lambda c and ends at c."""
    size, scale = len(drawn["share"]), float(parameters["scale"])
    corner = (scale / (1 + 2 * drawn["lambda"] * parameters["steps"]))[:, None]
    return {
        **drawn,
        "pull": np.full((size, 1), 2.0),
        "left": corner,
        "right": corner,
        "share": np.zeros(size),
        "x0": np.full((size, 1), scale),
    }


def _all_the_way(parameters: Parameters, drawn: Instances, *, weight: float) -> Instances:
    """T(z) = -z, and the given weight."""
    turned = pure_rotation(parameters, drawn)
    plane = np.broadcast_to(np.eye(2), drawn["mirrors"].shape)
    return {**turned, "mirrors": plane.copy(), "lambda": np.full(len(drawn["share"]), weight)}


def operators(
    *hypotheses: Hypothesis, weights: tuple[float, float] = (0.02, 0.98), end: float = _END, longest: int = 10
) -> Family:
    """Maximal comonotone operators, rho <= gamma, a resolvent for which gamma + rho > 0, and a weight."""
    last = partial(partial, _at_the_end, end=end)
    plane = {"dimension": 2, "steps": longest, "scale": 1.0}
    middle = (weights[0] + weights[1]) / 2
    return Family(
        name="maximal rho-comonotone operators with F(0) = 0, by their reflected resolvents",
        parameters={
            "dimension": integers(1, 4),
            "steps": integers(1, longest),
            "scale": reals(1e-3, 1e3, logarithmic=True),
        },
        draw=partial(_draw, weights=weights, end=end),
        hypotheses=(mirrors, non_expansive, _single_valued, *hypotheses),
        searchable=(*ENTRIES, "z", "gamma", "rho", "lambda"),
        edges=(
            Edge(name="rotations at the end of the range", parameters=plane, adjust=last(first=pure_rotation)),
            Edge(name="the slowest rotation", parameters=plane, adjust=last(first=_turned)),
            Edge(name="the slowest rotation, two steps", parameters={**plane, "steps": 2}, adjust=last(first=_turned)),
            Edge(name="a clip", parameters={"steps": longest, "scale": 1.0}, adjust=last(first=_slow_clip)),
            Edge(
                name="minus the identity, largest weight",
                parameters=plane,
                adjust=last(first=partial(_all_the_way, weight=weights[1])),
            ),
            Edge(
                name="minus the identity, mean weight",
                parameters={**plane, "steps": 1},
                adjust=last(first=partial(_all_the_way, weight=middle)),
            ),
            Edge(
                name="from the zero",
                parameters={"dimension": 3, "steps": 2, "scale": 1.0},
                adjust=lambda _, drawn: {**drawn, "x0": 0 * drawn["x0"]},
            ),
        ),
    )


def at_weight(family: Family, weight: float) -> Family:
    """The same family with one weight for all, which need not lie below one."""
    kept = tuple(one for one in family.hypotheses if one.name != WEIGHT)

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        drawn = family.draw(parameters, rng, size)
        return {**drawn, "lambda": np.full(size, weight)}

    return replace(
        family,
        name=f"{family.name}, lambda = {weight:g}",
        draw=draw,
        hypotheses=kept,
        searchable=(*ENTRIES, "gamma", "rho"),
    )


def _operator(instances: Instances) -> Comonotone:
    return Comonotone(reflected=operator_of(instances), rho=instances["rho"], step=instances["gamma"])


def _run_pair(parameters: Parameters, instances: Instances) -> Measurement:
    del parameters
    operator, z, w = _operator(instances), instances["x0"], instances["z"]
    first, second = operator.resolvent(z), operator.resolvent(w)
    moved, step = (z - w) - (first - second), instances["gamma"]
    values = {
        apart: norm2(z - w),
        sent: norm2(first - second),
        along: dot(first - second, z - w),
        pulled: norm2(moved) / (step * step),
        gamma: step,
        rho: instances["rho"],
    }
    return Measurement.of(values, case="two points")


pair = Procedure(
    name="the resolvent at two points",
    measures=(apart, sent, along, pulled, gamma, rho),
    run=_run_pair,
)


def relaxed(*, first: int = 1) -> Procedure:
    """Interpolated proximal points, judged from iterate ``first``, 0 or 1, on."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        operator, steps = _operator(instances), int(parameters["steps"])
        points = relaxed_iterates(operator.resolvent, instances["x0"], instances["lambda"], steps=steps)
        moved = [norm2(operator.resolvent(points[:, k]) - points[:, k]) for k in range(first, steps + 1)]
        values = {
            residual: stack(moved, axis=1),
            initial: norm2(instances["x0"]),
            gamma: instances["gamma"],
            rho: instances["rho"],
            lam: instances["lambda"],
            N if first else place: counts(instances["gamma"], steps + 1 - first),
        }
        return Measurement.of(values, case="every step")

    return Procedure(
        name="z_{k+1} = (1 - lambda) z_k + lambda J(z_k)",
        measures=(residual, initial, gamma, rho, lam, N if first else place),
        run=run,
        time=Time.STEPS,
    )
