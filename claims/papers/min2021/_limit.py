"""Where gradient flow ends from a wide initialization: integrated in the Gram matrix of the rows, which is small at any width.

With Z = (V; U_1), G = Z Z', P = Z U_2' and E = Sigma_x^(1/2) U_1 V' - Y~ the flow is G' = -(K G + G K), P' = -K P, K = (0, E'S; S E, 0): a closed
system. P is linear in itself and is integrated in units of its initial size.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from lemmata.claims import Family, Instances, Measurement, Parameters, Procedure, quantity, reals
from lemmata.claims.papers.min2021._imbalance import constant
from lemmata.claims.papers.min2021._wide import D, a, delta, h, m, printed_width, r, reach, wide_networks
from lemmata.solvers import as_floats, full, known_within
from lemmata.solvers.engine import Flow, integrate

distance = quantity(
    r"|U V^\top(\infty) - \hat{\Theta}|_2",
    "distance of the limit from the solution of least norm, spectral norm",
    nonnegative=True,
)
whole_distance = quantity(
    r"|U V^\top(\infty) - \hat{\Theta}|_F",
    "the same distance, Frobenius norm",
    nonnegative=True,
)

_STEPS, _STABLE, _REMAINS = 120, 0.8, 1e-2


def limits() -> Family:
    """Wide networks with data so conditioned that the flow can be integrated to its end."""
    base = wide_networks(least=printed_width)
    eased = {"condition": reals(1, 3, logarithmic=True), "scale": reals(1 / 2, 16, logarithmic=True)}
    milder = {"targets": reals(0.1, 2, logarithmic=True)}

    def parameters(at: Any) -> dict[str, Any]:
        caps = {"condition": 3.0, "targets": 2.0}
        return {name: min(value, caps.get(name, value)) for name, value in at.items()}

    edges = tuple(dataclasses.replace(edge, parameters=parameters(edge.parameters)) for edge in base.edges)
    return dataclasses.replace(base, parameters={**base.parameters, **eased, **milder}, edges=edges)


def _pull(s: np.ndarray, Y: np.ndarray, gram: np.ndarray) -> np.ndarray:
    """S E, ``(batch, r, m)``."""
    outputs = Y.shape[2]
    found: np.ndarray = s[:, :, None] * (s[:, :, None] * gram[:, outputs:, :outputs] - Y)
    return found


def _flow(s: np.ndarray, Y: np.ndarray, gram: np.ndarray, cross: np.ndarray) -> Flow:
    """States (G, P/|P_0|), flat."""
    batch, seen, unseen = cross.shape
    outputs = Y.shape[2]

    def parts(state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return state[:, : seen * seen].reshape(batch, seen, seen), state[:, seen * seen :].reshape(batch, seen, unseen)

    def slope(state: np.ndarray) -> np.ndarray:
        G, P = parts(state)
        pull, K = _pull(s, Y, G), np.zeros((batch, seen, seen))
        K[:, outputs:, :outputs], K[:, :outputs, outputs:] = pull, pull.swapaxes(1, 2)
        turned = K @ G
        moving = [-(turned + turned.swapaxes(1, 2)), -K @ P]
        return np.concatenate([one.reshape(batch, -1) for one in moving], axis=1)

    def step(state: np.ndarray) -> np.ndarray:
        G, _ = parts(state)
        size = np.linalg.eigvalsh(G)[:, -1]
        steep = 2 * s[:, 0] ** 2 * size + np.linalg.norm(_pull(s, Y, G), axis=(1, 2))
        pace: np.ndarray = _STABLE / steep
        return pace

    start = np.concatenate([gram.reshape(batch, -1), cross.reshape(batch, -1)], axis=1)
    return integrate(slope, start, step=step, steps=_STEPS)


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    outputs, rank = int(parameters["outputs"]), int(parameters["rank"])
    seen, like = outputs + rank, instances["h"]
    lower, s, Y = (as_floats(instances[name]) for name in ("L", "s", "Y"))
    whole = lower @ lower.swapaxes(1, 2)
    gram, cross = whole[:, :seen, :seen], whole[:, :seen, seen:]
    unit = np.linalg.norm(cross, axis=(1, 2))
    flow = _flow(s, Y, gram, cross / unit[:, None, None])
    end = flow.states[:, -1]
    G, P = end[:, : seen * seen].reshape(gram.shape), end[:, seen * seen :].reshape(cross.shape)
    # What is left to come: |P| grows by at most exp(lambda_1^(1/2)|E|/(lambda_r c)), see near-minimum-norm.
    signs = np.diag([-1.0] * outputs + [1.0] * rank)
    values = np.linalg.eigvalsh(lower[:, :seen, :seen].swapaxes(1, 2) @ signs @ lower[:, :seen, :seen])
    c = constant(values[:, -rank], -values[:, outputs - 1])
    left = s[:, 0] * np.linalg.norm(_pull(s, Y, G) / s[:, :, None], axis=(1, 2)) / np.maximum(s[:, -1] ** 2 * c, 1e-300)
    missing = np.linalg.norm(P, axis=(1, 2)) * np.expm1(np.minimum(left, 1.0)) + flow.error[:, -1]
    measured = {
        distance: known_within(unit * np.linalg.norm(P[:, :outputs], ord=2, axis=(1, 2)), unit * missing, like),
        whole_distance: known_within(unit * np.linalg.norm(P[:, :outputs], axis=(1, 2)), unit * missing, like),
        reach: known_within(
            s[:, 0] * np.linalg.norm(Y, axis=(1, 2)) / s[:, -1] ** 2, 1e-12 * np.linalg.norm(Y, axis=(1, 2)), like
        ),
        **{symbol: instances[str(symbol)] for symbol in (h, a, delta)},
        m: full(like, outputs),
        r: full(like, rank),
        D: full(like, rank + int(parameters["unseen"])),
    }
    return Measurement.of(measured, failures={"the flow had not come to rest": ~(left <= _REMAINS)})


limit_of_the_flow = Procedure(
    name=f"gradient flow from a wide initialization, {_STEPS} steps of Runge-Kutta in the Gram matrix",
    measures=(distance, whole_distance, reach, h, a, delta, m, r, D),
    run=_run,
    rational=False,
    exact=False,
    cost=4,
)
