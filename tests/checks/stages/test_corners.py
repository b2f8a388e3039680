"""Random points of which the real parameters are at ends of their ranges, all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from toy_claims import claim

from lemmata.checks import Effort, judge
from lemmata.checks.stages.draws import random_batches
from lemmata.claims import AtMost, Case, Claim, Edge, Family, Located, Measurement, Mutant, Procedure, Reals, reals

before, after = sp.symbols("before after", nonnegative=True)
RANGES = {"scale": reals(0.5, 1.5), "step": reals(0.1, 0.6)}


def drawn(parameters: Any, rng: np.random.Generator, size: int) -> dict[str, Any]:
    """Two factors, the number that their product is to be, and steps of up to the largest."""
    large = parameters["scale"] * rng.normal(size=(2, size))
    steps = parameters["step"] * rng.uniform(0.1, 1, size=size)
    return {"u": large[0], "v": large[1], "m": rng.normal(size=size), "eta": steps}


def descended(parameters: Any, instances: Any) -> Measurement:
    """Six steps of gradient descent on half the square of u v - m."""
    del parameters
    u, v, m, eta = (instances[name] for name in ("u", "v", "m", "eta"))
    first = u * v - m
    for _ in range(6):
        rest = u * v - m
        u, v = u - eta * rest * v, v - eta * rest * u
    last = u * v - m
    return Measurement(cases=(Case(name="steps", values={before: first * first, after: last * last}),))


def descends() -> Claim:
    """That six steps do not make the loss larger, which large steps from large starts do."""
    half = Mutant(name="half", because="it may stay", then=AtMost(left=2 * after + 1, right=before))
    family = Family(name="factors", parameters=RANGES, draw=drawn, edges=(Edge(name="small"),))
    steps = Procedure(name="six steps", measures={before: "at first", after: "at last"}, run=descended)
    return claim(given=family, when=steps, then=AtMost(left=after, right=before), mutants=(half,))


def test_every_third_point_is_a_corner() -> None:
    """Every real parameter of every third point is at an end, and both ends of each occur."""
    points = [one.parameters for one in random_batches(descends(), Effort.STANDARD.budget, 0, "a part")]
    ends = {name: {one.low, one.high} for name, one in RANGES.items() if isinstance(one, Reals)}

    for name, both in ends.items():
        assert both == {point[name] for point in points[2::3]}


@pytest.mark.parametrize("seed", range(6))
def test_large_steps_from_large_starts_are_met(seed: int) -> None:
    """A step in a hundred diverges, all of them near one corner; the largest ratio elsewhere is near one."""
    assert "refuted" == judge(Located(descends(), "a test"), effort=Effort.QUICK, seed=seed).verdict
