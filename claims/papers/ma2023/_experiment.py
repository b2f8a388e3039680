"""The paper's experiment: gradient descent on perturbed completion and on its lift of order 3, from the same initialization.

rho = 1/100, so entries that both indices have odd are hardly measured: a factor fits nearly as well with any signs on the
k = (n + 1)/2 odd places, and descent keeps the signs that it starts from.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from lemmata.claims import (
    Edge,
    Family,
    Instances,
    Measurement,
    Parameters,
    Picture,
    Procedure,
    choice,
    integers,
    quantity,
)
from lemmata.solvers import Bounded, as_floats
from lemmata.solvers.sensing import (
    completion_descent,
    leading_factor,
    lifted_completion_descent,
    perturbed_mask,
    tensor_power,
)

plain_miss = quantity(
    r"|x x^\top - M^*|_F", "distance from the truth after gradient descent on the factor", nonnegative=True
)
lifted_miss = quantity(
    r"|x_w x_w^\top - M^*|_F", "the same after gradient descent on the lift, x_w its leading factor", nonnegative=True
)
agreement = quantity("d", "one if exactly one of the two is within 1/20 of the truth, else zero", nonnegative=True)
only_lifted = quantity("d_w", "one if the lift alone is within 1/20 of the truth, else zero", nonnegative=True)

_RHO, _EPSILON, _STEP, _STEPS = 0.01, 1e-7, 0.3, 400
_SUCCESS = 0.05
GAUSSIAN, NEAR = "Gaussian", "v_1 + 0.01 Gaussian"
_SIZES = (5, 7, 9)
_PAPER_LIFTED = {5: 1.0, 8: 0.9, 10: 0.9, 12: 0.9}
"""Rates of success of the lift, read off the paper's Figure 1."""


def truth_of(size: int) -> np.ndarray:
    """The vector z = (1, 0, 1, 0, ...)."""
    return (np.arange(size) % 2 == 0).astype(float)


def initializations(*starts: str, sizes: tuple[int, int] = (2, 4)) -> Family:
    """Gaussian x_0, or v_1 + 0.01 Gaussian with the top singular vector v_1 of U, for n = 2k - 1."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        n = 2 * int(parameters["k"]) - 1
        first = rng.normal(size=(size, n))
        if parameters["x_0"] == NEAR:
            truth = truth_of(n)
            first = truth / np.linalg.norm(truth) + 0.01 * first
        return {"x": first}

    kinds = starts or (GAUSSIAN,)
    return Family(
        name="initializations x_0 of perturbed completion, rho = 1/100, n = 2k - 1, z = (1, 0, 1, ...)",
        parameters={"k": integers(*sizes), "x_0": choice(*kinds)},
        draw=draw,
        edges=(Edge(name=f"n = {2 * sizes[0] - 1}"), Edge(name=f"n = {2 * sizes[1] - 1}", parameters={"k": sizes[1]})),
    )


def outcomes(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances from the truth after descent on the factor and on the lift, from x_0 (batch, n) and eps x_0^(x)3."""
    n = first.shape[1]
    mask, truth = perturbed_mask(n, _RHO), truth_of(n)
    small = first * _EPSILON ** (1 / 3)
    plain = completion_descent(mask, truth, small, step=_STEP, steps=_STEPS)
    tensor = lifted_completion_descent(mask, truth, tensor_power(small, 3), step=_STEP, steps=_STEPS)
    target = np.outer(truth, truth)
    return tuple(
        np.linalg.norm(x[:, :, None] * x[:, None, :] - target, axis=(1, 2)) for x in (plain, leading_factor(tensor, n))
    )  # type: ignore[return-value]


def _run(_: Parameters, instances: Instances, *, lifted: bool) -> Measurement:
    first = as_floats(instances["x"])
    plain, raised = outcomes(first)
    if not lifted:
        raised = plain
    good, better = plain <= _SUCCESS, raised <= _SUCCESS
    values = {
        plain_miss: Bounded(plain, 1e-9 + 0 * plain),
        lifted_miss: Bounded(raised, 1e-9 + 0 * raised),
        agreement: (good != better).astype(int),
        only_lifted: (better & ~good).astype(int),
    }
    return Measurement.of(values, case="after 400 steps", pictures=_pictures)


def _pictures() -> list[Picture]:
    """Rates of success over n, of both, beside 2^(1-k) and beside what the paper's figure shows for the lift."""
    rng = np.random.default_rng(0)
    sizes = [3, 5, 7, 9]
    rates = [[float(np.mean(one <= _SUCCESS)) for one in outcomes(rng.normal(size=(_TRIALS, n)))] for n in sizes]
    predicted = [2.0 ** (1 - (n + 1) // 2) for n in sizes]
    shown = {"x_label": "n", "y_label": "share of initializations that reach the truth", "x": [float(n) for n in sizes]}
    return [
        Picture(
            name=f"success of gradient descent on the {what}, beside 2^(1-k)",
            measured=found,
            predicted=predicted,
            **shown,
        )
        for what, found in zip(("factor", "lift of order 3"), map(list, zip(*rates, strict=True)), strict=True)
    ]


_TRIALS = 200


def descents() -> Procedure:
    """Gradient descent on the factor and on the lift, from the same small initialization."""
    return Procedure(
        name="gradient descent on perturbed completion and on its lift of order 3, eps = 1e-7, step 0.3, 400 steps",
        measures=(plain_miss, lifted_miss, agreement, only_lifted),
        run=partial(_run, lifted=True),
        rational=False,
        exact=False,
        cost=64,
    )
