"""Scalar factorization u v of a number m: the smallest model of balance."""

from __future__ import annotations

from typing import Any

import numpy as np

from lemmata.claims import Edge, Family, Instances, Measurement, Parameters, Procedure, Time, integers, reals
from lemmata.solvers import stack


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
            Edge(name="one factor zero", adjust=lambda _, drawn: {**drawn, "v": 0 * drawn["u"]}),
            Edge(name="largest scale", parameters={"scale": 1e3, "steps": 3}),
        ),
    )


def scalar_descent(u: Any, v: Any, residual: Any, eta: Any) -> Procedure:
    """Gradient descent on (u v - m)^2 / 2, measured under the given symbols."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
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
            residual: stack(residuals, axis=1),
            eta: instances["eta"],
        }
        return Measurement.of(values, case="all steps")

    measures = {u: "first factor", v: "second factor", residual: "residual u v - m", eta: "step size"}
    return Procedure(name="gradient descent on (u v - m)^2 / 2", measures=measures, run=run, time=Time.STEPS)
