"""Deep matrix factorization from one multiple of the identity: every layer stays the same function of the target."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Case,
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
)
from lemmata.solvers import Dual, full, rectangular_diagonal, reflection, stack, transpose, zeros
from lemmata.solvers.networks import Data, GradientDescent, Weights, dense, train

_side = sp.Symbol("n", integer=True, positive=True)
W = sp.MatrixSymbol("W_j(t)", _side, _side)
e = quantity("e_t", "eigenvalue of a layer after t steps", real=True)
root = quantity(r"\lambda^{1/N}", "its limit", positive=True)
eta = quantity("eta", "step size", positive=True)
N = quantity("N", "number of layers", positive=True)
slope = quantity(
    r"\left.\frac{d e_{t+1}}{d e_t}\right|_{e_t = \lambda^{1/N}}", "derivative of a step at the limit", real=True
)

_GRAIN = 32


def eigenvalue_step(value: Any, target: Any, eta_: Any, depth: int) -> Any:
    """E - eta e^(N-1) (e^N - lambda)."""
    power = value
    for _ in range(depth - 2):
        power = power * value
    return value - eta_ * power * (power * value - target)


def eigenvalue_power(value: Any, depth: int) -> Any:
    """e^N."""
    power = value
    for _ in range(depth - 1):
        power = power * value
    return power


class Recursion(enum.Enum):
    """How an eigenvalue moves in a step, as a paper would write it: what is true, and what might be thought."""

    TRUE = r"e_t - \eta e_t^{N-1} (e_t^N - \lambda)"
    ONE_LAYER = r"e_t - \eta (e_t^N - \lambda)"
    SUMMED = r"e_t - N \eta e_t^{N-1} (e_t^N - \lambda)"
    TURNED = r"e_t - \eta e_t^{N-1} (e_t^N + \lambda)"

    @property
    def layer(self) -> Any:
        """The matrix Q diag(e_t) Q' with eigenvalues that move so."""
        return sp.MatrixSymbol(rf"Q \operatorname{{diag}}(e_t) Q^\top|_{{e_{{t+1}} = {self.value}}}", _side, _side)

    def step(self, value: Any, target: Any, eta_: Any, depth: int) -> Any:
        """The eigenvalues after a step, ``(batch, n)``, from those before and those of the target."""
        match self:
            case Recursion.TRUE:
                return eigenvalue_step(value, target, eta_, depth)
            case Recursion.ONE_LAYER:
                return value - eta_ * (eigenvalue_power(value, depth) - target)
            case Recursion.SUMMED:
                return eigenvalue_step(value, target, eta_ * depth, depth)
            case Recursion.TURNED:
                return eigenvalue_step(value, -target, eta_, depth)


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
            Edge(name="nothing to learn", adjust=lambda _, one: {**one, "lambda": np.zeros_like(one["lambda"])}),
        ),
    )


def _run_layers(parameters: Parameters, instances: Instances) -> Measurement:
    n, depth, steps = int(parameters["side"]), int(parameters["depth"]), int(parameters["steps"])
    frame, alpha, values = reflection(instances["v"]), instances["alpha"], instances["lambda"]
    target = frame @ rectangular_diagonal(values, n, n) @ transpose(frame)
    identity = zeros(alpha, (*alpha.shape, n, n)) + np.eye(n, dtype=int)
    start = alpha[:, None, None] * identity
    run = train(
        dense((n,) * (depth + 1)),
        Weights(matrices=(start,) * depth, biases=(None,) * depth),
        Data(inputs=identity, targets=target),
        rule=GradientDescent(step_sizes=instances["eta"][:, None, None]),
        steps=steps,
    )
    expected = {}
    for recursion in Recursion:
        states = [alpha[:, None] + zeros(values, values.shape)]
        for _ in range(steps):
            states.append(recursion.step(states[-1], values, instances["eta"][:, None], depth))
        layers = [frame @ rectangular_diagonal(state, n, n) @ transpose(frame) for state in states]
        expected[recursion.layer] = stack(layers, axis=1)
    cases = [Case(name=f"layer {j + 1}", values={W: matrix, **expected}) for j, matrix in enumerate(run.matrices)]
    return Measurement(cases=tuple(cases))


layers = Procedure(
    name="gradient descent on |W_N ... W_1 - X|_F^2 / 2, and recursions of eigenvalues",
    measures={W: "layer after t steps", **{one.layer: "Q diag(e_t) Q', X = Q diag(lambda) Q'" for one in Recursion}},
    run=_run_layers,
    time=Time.STEPS,
)


def modes(*, fastest: int = 1) -> Family:
    """One eigenvalue lambda = q^N > 0, starts in (0, q], steps up to ``fastest`` / (N q^(2N-2)); ``pace`` is the share."""

    def draw(_: Parameters, rng: np.random.Generator, size: int) -> Instances:
        root = rng.integers(8, 65, size=size) / _GRAIN
        share = rng.integers(1, _GRAIN + 1, size=size) / _GRAIN
        return {"q": root, "e": share * root, "pace": fastest * rng.integers(1, _GRAIN + 1, size=size) / _GRAIN}

    def longest(_: Parameters, one: Instances) -> Instances:
        return {**one, "e": one["q"] * 7 / 8, "pace": np.full_like(one["pace"], fastest)}

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
    depth, limit = int(parameters["depth"]), instances["q"]
    target, states = eigenvalue_power(limit, depth), [instances["e"]]
    pace = instances["pace"] / (eigenvalue_power(limit, 2 * depth - 2) * depth)
    for _ in range(int(parameters["steps"])):
        states.append(eigenvalue_step(states[-1], target, pace, depth))
    at_root = eigenvalue_step(Dual(limit, full(limit, 1)), target, pace, depth)
    values = {
        e: stack(states, axis=1),
        root: limit,
        eta: pace,
        N: full(limit, depth),
        slope: at_root.tangent,
    }
    return Measurement.of(values, case="the eigenvalue")


mode_descent = Procedure(
    name="the recursion e -> e - eta e^(N-1) (e^N - q^N), and its derivative at q by dual numbers",
    measures=(e, root, eta, N, slope),
    run=_run_mode,
    time=Time.STEPS,
    rational=False,
)
