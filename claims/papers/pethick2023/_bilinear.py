"""Lookahead around descent-ascent on the bilinear game b x y: one plane that turns."""

from __future__ import annotations

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
from lemmata.claims.papers.pethick2023._operators import lam
from lemmata.claims.settings.optimization.measured import SQUARED_LENGTH, N, counts, initial
from lemmata.solvers import full
from lemmata.solvers.optimization import bilinear_lookahead, bilinear_turns

size2 = quantity("|z|^2", "squared distance to the equilibrium 0 after each outer step", nonnegative=True)
last2 = quantity(
    "|z_N|^2", "squared distance to the equilibrium 0 after N outer steps", unit=SQUARED_LENGTH, nonnegative=True
)
s = quantity("s", "square of step size times curvature, (gamma b)^2", nonnegative=True)
u = quantity("u", "real part of w = (1 - i gamma b)^tau, by which tau inner steps multiply", real=True)
tau = quantity("tau", "inner steps", integer=True, positive=True)

THRESHOLD = "lambda |1 - w|^2 <= 2 Re(1 - w)"


def _excess(parameters: Parameters, instances: Instances) -> Any:
    """Lambda |1 - w|^2 - 2 Re(1 - w), negative within the threshold."""
    real, imaginary = bilinear_turns(instances["reach"], inner=int(parameters["inner"]))
    away = 1 - real
    return instances["lambda"] * (away * away + imaginary * imaginary) - 2 * away


def _within(parameters: Parameters, instances: Instances) -> Any:
    return _excess(parameters, instances) <= 0


def _a_step(_: Parameters, instances: Instances) -> Any:
    return (instances["reach"] > 0) & (instances["lambda"] > 0) & (instances["lambda"] < 1)


def _at_least_half(_: Parameters, instances: Instances) -> Any:
    return instances["lambda"] * 2 >= 1


within = Hypothesis(name=THRESHOLD, holds=_within)
at_least_half = Hypothesis(name="lambda >= 1/2", holds=_at_least_half)
_steps = Hypothesis(name="gamma b > 0, 0 < lambda < 1", holds=_a_step)


def _draw(parameters: Parameters, rng: np.random.Generator, size: int, *, weights: tuple[float, float]) -> Instances:
    return {
        "x0": float(parameters["scale"]) * rng.normal(size=(size, 2)),
        "reach": np.exp(rng.uniform(-3, 0.3, size=size)),
        "lambda": rng.uniform(*weights, size=size),
    }


def _at(_: Parameters, drawn: Instances, *, reach: float, weight: float) -> Instances:
    one = np.ones(len(drawn["reach"]))
    return {**drawn, "reach": reach * one, "lambda": weight * one}


def games(
    *hypotheses: Hypothesis, weights: tuple[float, float], inner: tuple[int, int], at: tuple[float, float]
) -> Family:
    """Games b x y with some inner steps, and an edge ``at`` a step size and a weight."""
    few = {"steps": 4, "scale": 1.0}
    reach, weight = at
    return Family(
        name=f"bilinear games b x y, {inner[0]} to {inner[1]} inner steps",
        parameters={"inner": integers(*inner), "steps": integers(1, 8), "scale": reals(1e-3, 1e3, logarithmic=True)},
        draw=partial(_draw, weights=weights),
        hypotheses=(_steps, *hypotheses),
        searchable=("x0", "reach", "lambda"),
        edges=(
            Edge(name="at the threshold", parameters=few, adjust=partial(_at, reach=reach, weight=weight)),
            Edge(name="short steps", parameters=few, adjust=partial(_at, reach=reach / 8, weight=weight)),
        ),
    )


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    inner, steps, reach = int(parameters["inner"]), int(parameters["steps"]), instances["reach"]
    points = bilinear_lookahead(instances["x0"], reach, instances["lambda"], steps=steps, inner=inner)
    real, _ = bilinear_turns(reach, inner=inner)
    values = {
        size2: norm2(points),
        s: reach * reach,
        u: real,
        tau: full(reach, inner),
        lam: instances["lambda"],
    }
    return Measurement.of(values, case="every outer step")


every_step = Procedure(
    name="Lookahead around simultaneous descent-ascent",
    measures=(size2, s, u, tau, lam),
    run=_run,
    time=Time.STEPS,
)


def _run_bound(parameters: Parameters, instances: Instances) -> Measurement:
    steps, reach, first = int(parameters["steps"]), instances["reach"], instances["x0"]
    points = bilinear_lookahead(first, reach, instances["lambda"], steps=steps, inner=int(parameters["inner"]))
    values = {
        last2: norm2(points[:, 1:]),
        initial: norm2(first),
        s: reach * reach,
        lam: instances["lambda"],
        N: counts(reach, steps),
    }
    return Measurement.of(values, case="every outer step")


bounded = Procedure(
    name="Lookahead around simultaneous descent-ascent",
    measures=(last2, initial, s, lam, N),
    run=_run_bound,
    time=Time.STEPS,
)
