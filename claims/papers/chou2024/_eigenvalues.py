"""Deep matrix factorization from one multiple of the identity: every layer stays the same function of the target."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import Case, Edge, Family, Hypothesis, Instances, Measurement, Parameters, Procedure, Time, integers
from lemmata.solvers import Dual, rectangular_diagonal, reflection, stack, transpose
from lemmata.solvers.networks import Data, GradientDescent, Weights, dense, train

_side = sp.Symbol("n", integer=True, positive=True)
W, E = sp.MatrixSymbol("W_j", _side, _side), sp.MatrixSymbol("E", _side, _side)
e, q, eta, N = sp.symbols("e q eta N", positive=True)
slope = sp.Symbol("f", real=True)

_GRAIN = 32


def eigenvalue_step(value: Any, target: Any, eta_: Any, depth: int) -> Any:
    """E - eta e^(N-1) (e^N - lambda)."""
    power = value
    for _ in range(depth - 2):
        power = power * value
    return value - eta_ * power * (power * value - target)


def _draw_layers(p: Parameters, rng: np.random.Generator, size: int) -> Instances:
    n = int(p["side"])
    return {
        "v": rng.integers(1, 5, size=(size, n)).astype(float),
        "lambda": rng.integers(-48, 65, size=(size, n)) / _GRAIN,
        "alpha": rng.integers(4, 33, size=size) / _GRAIN,
        "eta": rng.integers(1, 9, size=size) / 64,
    }


def deep_starts() -> Family:
    """Symmetric targets Q diag(lambda) Q', starts W_j = alpha I."""
    return Family(
        name="deep factorizations of symmetric targets, from W_1 = ... = W_N = alpha I",
        parameters={"side": integers(1, 3), "depth": integers(2, 4), "steps": integers(1, 3)},
        draw=_draw_layers,
        edges=(
            Edge(name="numbers"),
            Edge(name="four layers", parameters={"side": 3, "depth": 4, "steps": 3}),
            Edge(name="nothing to learn", adjust=lambda _, one: {**one, "lambda": 0 * one["lambda"]}),
        ),
    )


def _run_layers(parameters: Parameters, instances: Instances, *, step: Any) -> Measurement:
    n, depth, steps = int(parameters["side"]), int(parameters["depth"]), int(parameters["steps"])
    frame, alpha, values = reflection(instances["v"]), instances["alpha"], instances["lambda"]
    target = frame @ rectangular_diagonal(values, n, n) @ transpose(frame)
    identity = alpha[:, None, None] * 0 + np.eye(n, dtype=int)
    start = alpha[:, None, None] * identity
    run = train(
        dense((n,) * (depth + 1)),
        Weights(matrices=(start,) * depth, biases=(None,) * depth),
        Data(inputs=identity, targets=target),
        rule=GradientDescent(step_sizes=instances["eta"][:, None, None]),
        steps=steps,
    )
    expected = [alpha[:, None] + values * 0]
    for _ in range(steps):
        expected.append(step(expected[-1], values, instances["eta"][:, None], depth))
    layers = stack([frame @ rectangular_diagonal(value, n, n) @ transpose(frame) for value in expected], axis=1)
    cases = [Case(name=f"layer {j + 1}", values={W: matrix, E: layers}) for j, matrix in enumerate(run.matrices)]
    return Measurement(cases=tuple(cases))


def eigenvalue_power(value: Any, depth: int) -> Any:
    """e^N."""
    power = value
    for _ in range(depth - 1):
        power = power * value
    return power


RECURSIONS = {
    "": eigenvalue_step,
    ", as if layers were one": lambda value, target, eta_, depth: (
        value - eta_ * (eigenvalue_power(value, depth) - target)
    ),
    ", summed over layers": lambda value, target, eta_, depth: eigenvalue_step(value, target, eta_ * depth, depth),
    ", alternating in sign": lambda value, target, eta_, depth: eigenvalue_step(value, -target, eta_, depth),
}


def layers_against(kind: str = "") -> Procedure:
    """Gradient descent on |W_N ... W_1 - X|_F^2 / 2 against a recursion of eigenvalues."""
    return Procedure(
        name=f"gradient descent on |W_N ... W_1 - X|_F^2 / 2, and a recursion of eigenvalues{kind}",
        measures={W: "layer after t steps", E: "Q diag(e_t) Q'"},
        run=partial(_run_layers, step=RECURSIONS[kind]),
        time=Time.STEPS,
    )


def modes(*, fastest: int = 1) -> Family:
    """One eigenvalue lambda = q^N > 0, starts in (0, q], steps up to ``fastest`` / (N q^(2N-2)); ``pace`` is the share."""

    def draw(_: Parameters, rng: np.random.Generator, size: int) -> Instances:
        root = rng.integers(8, 65, size=size) / _GRAIN
        share = rng.integers(1, _GRAIN + 1, size=size) / _GRAIN
        return {"q": root, "e": share * root, "pace": fastest * rng.integers(1, _GRAIN + 1, size=size) / _GRAIN}

    def longest(_: Parameters, one: Instances) -> Instances:
        return {**one, "e": one["q"] * 7 / 8, "pace": fastest + 0 * one["pace"]}

    return Family(
        name="one eigenvalue of a deep factorization",
        parameters={"depth": integers(2, 5), "steps": integers(1, 6)},
        draw=draw,
        hypotheses=(
            Hypothesis(name="0 < e_0 <= lambda^(1/N)", holds=lambda _, one: (one["e"] > 0) & (one["e"] <= one["q"])),
            Hypothesis(
                name=f"0 < eta <= {fastest}/(N lambda^(2 - 2/N))",
                holds=lambda _, one: (one["pace"] > 0) & (one["pace"] <= fastest),
            ),
        ),
        edges=(
            Edge(name="at the limit", adjust=lambda _, one: {**one, "e": one["q"]}),
            Edge(name="near it, longest steps", parameters={"depth": 2, "steps": 1}, adjust=longest),
            Edge(name="five layers", parameters={"depth": 5, "steps": 6}),
        ),
    )


def _run_mode(parameters: Parameters, instances: Instances) -> Measurement:
    depth, root = int(parameters["depth"]), instances["q"]
    target, states = eigenvalue_power(root, depth), [instances["e"]]
    pace = instances["pace"] / (eigenvalue_power(root, 2 * depth - 2) * depth)
    for _ in range(int(parameters["steps"])):
        states.append(eigenvalue_step(states[-1], target, pace, depth))
    at_root = eigenvalue_step(Dual(root, root * 0 + 1), target, pace, depth)
    values = {
        e: stack(states, axis=1),
        q: root,
        eta: pace,
        N: root * 0 + depth,
        slope: at_root.tangent,
    }
    return Measurement.of(values, case="the eigenvalue")


mode_descent = Procedure(
    name="the recursion e -> e - eta e^(N-1) (e^N - q^N), and its derivative at q by dual numbers",
    measures={
        e: "eigenvalue of a layer after t steps",
        q: "its limit lambda^(1/N)",
        eta: "step size",
        N: "number of layers",
        slope: "derivative of a step at the limit",
    },
    run=_run_mode,
    time=Time.STEPS,
    rational=False,
)
