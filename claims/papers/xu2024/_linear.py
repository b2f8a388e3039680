"""Random features on -u'' = f: only the outer weights are trained, and implicit steps are linear systems."""

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
from lemmata.claims.settings.optimization.measured import N, counts
from lemmata.solvers import eigenvalues_symmetric, full, matvec, rectangular_diagonal, solve_definite, stack, transpose

last = quantity("L(a_N)", "loss after N steps", nonnegative=True)
first = quantity("L(a_0)", "loss at the initialization", nonnegative=True)
eta = quantity("eta", "step size", positive=True)
lowest = quantity(r"\lambda_{\min}(G)", "least eigenvalue of G = J J'", real=True)
highest = quantity(r"\lambda_{\max}(G)", "largest eigenvalue of G = J J'", real=True)
off = quantity(
    "|s_1 - (1 + eta G)^-1 s_0|^2", "squared distance of the residuals from the linear law", nonnegative=True
)
unit = quantity("|s_0|^2", "square of the residuals before the step", nonnegative=True)


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    n, m = int(parameters["points"]), int(parameters["width"])
    x = (np.arange(n) + rng.uniform(0.1, 0.9, size=(size, n))) / n
    w, b = 3 * rng.normal(size=(size, 1, m)), rng.normal(size=(size, 1, m))
    t = np.tanh(x[:, :, None] * w + b)
    bent = 2 * t * (1 - t**2) * w**2 / np.sqrt(n)
    ends = np.tanh(np.array([0.0, 1.0])[None, :, None] * w + b)
    return {
        "J": np.concatenate([bent, ends], axis=1) / np.sqrt(m),
        "y": np.concatenate([np.pi**2 * np.sin(np.pi * x) / np.sqrt(n), np.zeros((size, 2))], axis=1),
        "a": rng.normal(size=(size, m)),
        "eta": float(parameters["step"]) * np.exp(rng.normal(size=size)),
    }


def _positive(_: Parameters, instances: Instances) -> Any:
    return instances["eta"] > 0


def _axes(_: Parameters, drawn: Instances, *, least: float, step: float) -> Instances:
    """A diagonal J with singular values ``least``, 1, 2, ..., the residual along the weakest one only."""
    J, y = np.zeros_like(drawn["J"]), np.zeros_like(drawn["y"])
    rows = np.arange(min(J.shape[1:]))
    J[:, rows, rows] = np.maximum(rows, least)
    y[:, 0] = 1.0
    return {**drawn, "J": J, "y": y, "a": 0 * drawn["a"], "eta": np.full_like(drawn["eta"], step)}


def features() -> Family:
    """Random features w x + b on -u'' = f, collocation, the outer weights a trained."""
    return Family(
        name="random tanh features on -u'' = f by collocation",
        parameters={
            "points": integers(1, 3),
            "width": integers(3, 7),
            "steps": integers(1, 5),
            "step": reals(1e-2, 100, logarithmic=True),
        },
        draw=_draw,
        hypotheses=(Hypothesis(name="eta > 0", holds=_positive),),
        searchable=("J", "y", "a", "eta"),
        edges=(
            Edge(
                name="along the weakest direction",
                parameters={"steps": 3},
                adjust=partial(_axes, least=0.5, step=4.0),
            ),
            Edge(name="long steps", parameters={"points": 3, "width": 7, "steps": 5, "step": 100.0}),
            Edge(name="short steps", parameters={"points": 2, "width": 5, "steps": 5, "step": 0.01}),
            Edge(name="fewer features than residuals", parameters={"points": 3, "width": 3, "steps": 2, "step": 1.0}),
        ),
    )


def _next(instances: Instances, a: Any, *, explicit: bool) -> Any:
    """An implicit step by its linear system in the weights, or an explicit one."""
    J, step = instances["J"], instances["eta"][:, None]
    if explicit:
        return a - step * matvec(transpose(J), matvec(J, a) - instances["y"])
    m = J.shape[2]
    matrix = rectangular_diagonal(full(a, 1), m, m) + (transpose(J) @ J) * step[:, :, None]
    return solve_definite(matrix, a + step * matvec(transpose(J), instances["y"]))


def training(*, explicit: bool = False) -> Procedure:
    """Steps on the outer weights, implicit or ``explicit``."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        a, losses = instances["a"], []
        for _ in range(int(parameters["steps"]) + 1):
            s = matvec(instances["J"], a) - instances["y"]
            losses.append((s * s).sum(axis=1) / 2)
            a = _next(instances, a, explicit=explicit)
        spectrum = eigenvalues_symmetric(instances["J"] @ transpose(instances["J"]))
        values = {
            last: stack(losses[1:], axis=1),
            first: losses[0],
            eta: instances["eta"],
            lowest: spectrum[:, -1],
            highest: spectrum[:, 0],
            N: counts(instances["eta"], len(losses) - 1),
        }
        return Measurement.of(values, case="every step")

    return Procedure(
        name=f"{'explicit' if explicit else 'implicit'} gradient steps on the outer weights",
        measures=(last, first, eta, lowest, highest, N),
        run=run,
        time=Time.STEPS,
        rational=False,
        cost=2,
    )


def one_step(*, explicit: bool = False, twice: bool = False) -> Procedure:
    """One step on the weights against the law of the residuals, the system of which has ``twice`` the step."""

    def run(parameters: Parameters, instances: Instances) -> Measurement:
        del parameters
        J, a, y = instances["J"], instances["a"], instances["y"]
        s = matvec(J, a) - y
        n = J.shape[1]
        grown = (J @ transpose(J)) * (instances["eta"] * (2 if twice else 1))[:, None, None]
        expected = solve_definite(rectangular_diagonal(full(s, 1), n, n) + grown, s)
        gap = matvec(J, _next(instances, a, explicit=explicit)) - y - expected
        return Measurement.of({off: (gap * gap).sum(axis=1), unit: (s * s).sum(axis=1)}, case="one step")

    return Procedure(
        name=f"one {'explicit' if explicit else 'implicit'} step on the outer weights, against (1 + {'2 ' if twice else ''}eta G)^-1",
        measures=(off, unit),
        run=run,
        cost=2,
    )
