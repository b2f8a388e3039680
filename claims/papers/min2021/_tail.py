"""Chances of failure, over many orders of magnitude: what a tail bound must cover."""

from __future__ import annotations

import numpy as np

from lemmata.claims import Edge, Family, Hypothesis, Instances, Measurement, Parameters, Procedure, quantity, reals

delta = quantity("delta", "chance left to failure", positive=True)
_LEAST = 1e-6


def chances(most: float) -> Family:
    """Chances from 10^-6 to ``most``."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        spread = np.exp(rng.uniform(-1, 0, size=size))
        spread[0] = 1.0
        return {"delta": float(parameters["delta"]) * spread}

    return Family(
        name=f"chances delta up to {most:.4g}",
        parameters={"delta": reals(_LEAST, most, logarithmic=True)},
        draw=draw,
        hypotheses=(Hypothesis(name="0 < delta < 1", holds=lambda _, one: (one["delta"] > 0) & (one["delta"] < 1)),),
        edges=(
            Edge(name="small"),
            Edge(name="the largest", parameters={"delta": most}),
        ),
    )


def _run(_: Parameters, instances: Instances) -> Measurement:
    return Measurement.of({delta: instances["delta"]})


identity_of_chance = Procedure(name="the chance itself", measures=(delta,), run=_run)
