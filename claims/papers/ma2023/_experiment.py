"""The paper's experiment: gradient descent on perturbed completion and on its lift of order 3, from the same initialization.

rho = 1/100, so entries that both indices have odd are hardly measured: a factor fits nearly as well with any signs on the
k = (n + 1)/2 odd places, and descent keeps the signs that it starts from.
"""

from __future__ import annotations

from functools import cache

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

_RHO, _EPSILON = 0.01, 1e-4
_SUCCESS = 0.05
_PACE, _LENGTH = 0.6, 50
"""Steps of size 0.6/k^l, stable as the Hessian at the truth is of norm k^l, and 50 k^l of them, l the order of the lift."""
GAUSSIAN, NEAR = "Gaussian", "v_1 + 0.01 Gaussian"


def truth_of(size: int) -> np.ndarray:
    """The vector z = (1, 0, 1, 0, ...)."""
    return np.asarray(np.arange(size) % 2 == 0, dtype=float)


def initializations(*starts: str, sizes: tuple[int, int] = (2, 3)) -> Family:
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


def _distance(factor: np.ndarray) -> np.ndarray:
    truth = truth_of(factor.shape[1])
    return np.asarray(np.linalg.norm(factor[:, :, None] * factor[:, None, :] - np.outer(truth, truth), axis=(1, 2)))


def _plain(first: np.ndarray) -> np.ndarray:
    """Distance from the truth after descent on the factor from eps^(1/3) x_0, (batch,)."""
    n = first.shape[1]
    k, small = (n + 1) // 2, first * _EPSILON ** (1 / 3)
    mask, truth = perturbed_mask(n, _RHO), truth_of(n)
    return _distance(completion_descent(mask, truth, small, step=_PACE / k, steps=_LENGTH * k))


def outcomes(first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances from the truth after descent on the factor and on the lift, from x_0 (batch, n) and eps x_0^(x)3."""
    n = first.shape[1]
    k, start = (n + 1) // 2, _EPSILON * tensor_power(first, 3)
    mask, truth = perturbed_mask(n, _RHO), truth_of(n)
    tensor = lifted_completion_descent(mask, truth, start, step=_PACE / k**3, steps=_LENGTH * k**3)
    return _plain(first), _distance(leading_factor(tensor, n))


def _run(_: Parameters, instances: Instances) -> Measurement:
    first = as_floats(instances["x"])
    plain, raised = outcomes(first)
    good, better = plain <= _SUCCESS, raised <= _SUCCESS
    values = {
        plain_miss: Bounded(plain, 1e-9 + 0 * plain),
        lifted_miss: Bounded(raised, 1e-9 + 0 * raised),
        agreement: (good != better).astype(int),
        only_lifted: (better & ~good).astype(int),
    }
    return Measurement.of(values, case="at the end", pictures=_pictures)


@cache
def _pictures() -> list[Picture]:
    """Rates of success over n, of descent on the factor and on the lift, beside 2^(1-k)."""
    rng = np.random.default_rng(0)
    pairs = {n: outcomes(rng.normal(size=(_TRIALS, n))) for n in (3, 5)}
    large = {n: _plain(rng.normal(size=(_TRIALS, n))) for n in (7, 9, 11)}
    found = {
        "factor": {**{n: pair[0] for n, pair in pairs.items()}, **large},
        "lift of order 3": {n: pair[1] for n, pair in pairs.items()},
    }
    return [
        Picture(
            name=f"success of gradient descent on the {what} from Gaussian x_0, beside 2^(1-k)",
            x_label="n = 2k - 1",
            y_label="share that reaches the truth",
            x=[float(n) for n in runs],
            measured=[float(np.mean(miss <= _SUCCESS)) for miss in runs.values()],
            predicted=[2.0 ** (1 - (n + 1) // 2) for n in runs],
        )
        for what, runs in found.items()
    ]


_TRIALS = 100


descents = Procedure(
    name="gradient descent on perturbed completion and on its lift of order 3, eps = 1e-4",
    measures=(plain_miss, lifted_miss, agreement, only_lifted),
    run=_run,
    rational=False,
    exact=False,
    cost=64,
)
