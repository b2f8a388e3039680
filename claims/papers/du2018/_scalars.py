"""Scalar factorization u v of a number m: the smallest model of balance."""

from __future__ import annotations

import numpy as np

from lemmata.claims import Edge, Family, Instances, Measurement, Parameters, Procedure, Time, integers, quantity, reals
from lemmata.claims.settings.networks.balance import eta
from lemmata.solvers import stack

u = quantity("u", "first factor", real=True)
v = quantity("v", "second factor", real=True)
r = quantity("(u v - m)", "residual", real=True)


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    scale = parameters["scale"]
    return {
        "u": scale * rng.normal(size=size),
        "v": scale * rng.normal(size=size),
        "m": scale**2 * rng.normal(size=size),
        # In units of 1/scale^2, the order of the curvature: larger steps square the numbers at every step.
        "eta": rng.uniform(0.01, 1.0, size=(size, parameters["steps"])) / scale**2,
    }


def scalar_factorizations() -> Family:
    """Numbers u, v, m and step sizes, over many scales."""
    return Family(
        name="scalar factorizations u v of m",
        parameters={"scale": reals(1e-3, 1e3, logarithmic=True), "steps": integers(1, 3)},
        draw=_draw,
        edges=(
            Edge(name="already balanced", adjust=lambda _, drawn: {**drawn, "v": drawn["u"]}),
            Edge(name="one factor zero", adjust=lambda _, drawn: {**drawn, "v": np.zeros_like(drawn["u"])}),
            Edge(name="largest scale", parameters={"scale": 1e3, "steps": 3}),
        ),
    )


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    factors = [(instances["u"], instances["v"])]
    residuals = []
    for step in range(parameters["steps"]):
        left, right = factors[-1]
        gap = left * right - instances["m"]
        rate = instances["eta"][:, step] * gap
        residuals.append(gap)
        factors.append((left - rate * right, right - rate * left))
    values = {
        u: stack([left for left, _ in factors], axis=1),
        v: stack([right for _, right in factors], axis=1),
        r: stack(residuals, axis=1),
        eta: instances["eta"],
    }
    return Measurement.of(values, case="all steps")


scalar_descent = Procedure(
    name="gradient descent on (u v - m)^2 / 2", measures=(u, v, r, eta), run=_run, time=Time.STEPS
)
