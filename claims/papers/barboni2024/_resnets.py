"""Linear ResNets of finite depth whose PL inequality around the initialization is verified, and their gradient flow.

h_L = (I + W_L/L) ... (I + W_1/L) X and f = |h_L - Y|_F^2/2. The gradient in W_l is A_l' (h_L - Y) B_l'/L with A_l the factors above and
B_l those below, so |grad f|^2 >= 2 mu f with mu = sum_l (sigma_min(A_l) sigma_min(B_l)/L)^2. On the ball of radius R around the initialization
no factor loses more than R/L of its least singular value: that gives one mu for the whole ball.
"""

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
    reals,
)
from lemmata.solvers import as_floats, known_within
from lemmata.solvers.engine import Flow, integrate

f_t = quantity("f(x_t)", "loss after time t of gradient flow", nonnegative=True)
f_0 = quantity("f(x_0)", "loss at the initialization", positive=True)
mu = quantity("mu", "constant of the PL inequality on the ball, |grad f|^2 >= 2 mu f", positive=True)
radius = quantity("R", "radius of the ball around the initialization", positive=True)
t = quantity("t", "time", nonnegative=True)
length = quantity(r"\ell_t", "length of the path up to time t", nonnegative=True)

_STEPS, _STABLE, _SHOWN = 40, 0.5, 8
_SHARE = 0.99
"""Largest loss at the initialization, in units of what the theorem allows."""


def _factors(W: np.ndarray) -> np.ndarray:
    """I + W_l/L, ``(batch, L, d, d)``."""
    result: np.ndarray = np.eye(W.shape[-1]) + W / W.shape[1]
    return result


def certificate(W: np.ndarray, X: np.ndarray, R: np.ndarray) -> np.ndarray:
    """A mu for the ball of radius R around W, ``(batch,)``; zero where the bound is empty."""
    depth = W.shape[1]
    least = np.linalg.svd(_factors(W), compute_uv=False)[..., -1] - R[:, None] / depth
    kept = np.maximum(least, 0.0)
    others = np.stack([np.prod(np.delete(kept, layer, axis=1), axis=1) for layer in range(depth)], axis=1)
    found: np.ndarray = (np.linalg.svd(X, compute_uv=False)[:, -1] / depth) ** 2 * (others**2).sum(axis=1)
    return found


def output(W: np.ndarray, X: np.ndarray) -> np.ndarray:
    """h_L, ``(batch, d, d)``."""
    factors, state = _factors(W), X
    for layer in range(W.shape[1]):
        state = factors[:, layer] @ state
    return state


def losses(W: np.ndarray, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """|h_L - Y|_F^2/2, ``(batch,)``."""
    found: np.ndarray = ((output(W, X) - Y) ** 2).sum(axis=(1, 2)) / 2
    return found


def slopes(W: np.ndarray, X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """The gradient of the loss in all W_l, ``(batch, L, d, d)``."""
    factors, depth = _factors(W), W.shape[1]
    below = [X]
    for layer in range(depth):
        below.append(factors[:, layer] @ below[-1])
    back, found = below.pop() - Y, np.empty_like(W)
    for layer in reversed(range(depth)):
        found[:, layer] = back @ below[layer].swapaxes(1, 2) / depth
        back = factors[:, layer].swapaxes(1, 2) @ back
    return found


def _draw(parameters: Parameters, rng: np.random.Generator, size: int, *, across: bool) -> Instances:
    depth, d = int(parameters["depth"]), int(parameters["dimension"])
    X = np.eye(d) + rng.uniform(-0.25, 0.25, size=(size, d, d))
    W = rng.normal(size=(size, depth, d, d)) * float(parameters["size"])
    R = float(parameters["reach"]) * depth * np.ones(size)
    if across:  # a target on the other side of the singular matrices, which no short path reaches
        return {"X": X, "W": W, "R": R, "Y": output(W, X) @ np.diag([-1.0] + [1.0] * (d - 1))}
    push = rng.normal(size=(size, d, d))
    allowed = _SHARE * rng.uniform(0.25, 1, size=size) * certificate(W, X, R) * R**2
    push *= np.sqrt(allowed / (push**2).sum(axis=(1, 2)))[:, None, None]
    return {"X": X, "W": W, "R": R, "Y": output(W, X) + push}


def _verified(_: Parameters, instances: Instances) -> Any:
    return certificate(instances["W"], instances["X"], instances["R"]) > 0


def _small(_: Parameters, instances: Instances) -> Any:
    W, X, R = (instances[name] for name in ("W", "X", "R"))
    loss = losses(W, X, instances["Y"])
    return (loss > 0) & (loss < certificate(W, X, R) * R**2 / 2)


VERIFIED = Hypothesis(name="|grad f|^2 >= 2 mu f on the ball, verified with mu > 0", holds=_verified)
SMALL = Hypothesis(name="0 < f(x_0) < mu R^2/2", holds=_small)


def resnets(*hypotheses: Hypothesis, across: bool = False) -> Family:
    """Linear ResNets, a ball with a verified PL inequality, and a target; ``across`` puts it where no short path leads."""
    return Family(
        name="linear ResNets with a verified PL inequality on a ball",
        parameters={
            "depth": integers(1, 4),
            "dimension": integers(1, 2),
            "size": reals(0, 0.5),
            "reach": reals(0.002, 0.4, logarithmic=True),
        },
        draw=partial(_draw, across=across),
        hypotheses=(VERIFIED, *hypotheses),
        edges=(
            Edge(name="one number, a small ball"),
            Edge(name="deep numbers, a small ball", parameters={"depth": 4}),
            Edge(name="deep numbers, a large ball", parameters={"depth": 4, "reach": 0.3}),
            Edge(name="matrices", parameters={"depth": 3, "dimension": 2, "size": 0.25, "reach": 0.1}),
        ),
    )


def _flow(W: np.ndarray, X: np.ndarray, Y: np.ndarray) -> Flow:
    shape = W.shape

    def slope(state: np.ndarray) -> np.ndarray:
        return -slopes(state.reshape(shape), X, Y).reshape(len(state), -1)

    def step(state: np.ndarray) -> np.ndarray:
        sizes = np.sqrt((_factors(state.reshape(shape)) ** 2).sum(axis=(2, 3)))
        pace: np.ndarray = _STABLE * shape[1] / (np.prod(np.maximum(sizes, 1), axis=1) ** 2 * seen + far)
        return pace

    seen, far = ((one**2).sum(axis=(1, 2)) for one in (X, Y))
    return integrate(slope, W.reshape(len(W), -1), step=step, steps=_STEPS)


def _run(_: Parameters, instances: Instances) -> Measurement:
    W, X, Y, R = (as_floats(instances[name]) for name in ("W", "X", "Y", "R"))
    like, flow, constant = instances["R"], _flow(W, X, Y), certificate(W, X, R)
    # At time zero both sides are the same number, which no error bound tells apart.
    shown = slice(_STEPS // _SHOWN, None, _STEPS // _SHOWN)
    times, lengths, states = flow.times[:, shown], flow.lengths[:, shown], flow.states[:, shown]
    points = [one.reshape(W.shape) for one in states.swapaxes(0, 1)]
    values_along = np.stack([losses(one, X, Y) for one in points], axis=1)
    steepness = np.stack([np.sqrt((slopes(one, X, Y) ** 2).sum(axis=(1, 2, 3))) for one in points], axis=1)
    error = flow.error[:, shown]
    rounding, initial = 1e-13, losses(W, X, Y)
    values = {
        f_t: known_within(values_along, steepness * error + rounding * initial[:, None], like),
        f_0: known_within(initial, rounding * initial, like),
        mu: known_within(constant, rounding * constant, like),
        radius: like,
        t: known_within(times, rounding * times, like),
        # Chords are shorter than the path: by this much if it is smooth on the scale of a step.
        length: known_within(lengths, error + rounding * lengths, like),
    }
    return Measurement.of(values)


flow_of_resnets = Procedure(
    name=f"gradient flow of a linear ResNet, {_STEPS} steps of Runge-Kutta",
    measures=(f_t, f_0, mu, radius, t, length),
    run=_run,
    time=Time.STEPS,
    rational=False,
    exact=False,
    cost=200,
)
