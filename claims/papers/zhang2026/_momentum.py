"""Two-layer linear networks under gradient flow with momentum: both layers with their velocities."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

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
)
from lemmata.solvers import transpose
from lemmata.solvers.factorization import factor_slope

inputs, outputs, hidden = sp.symbols("d_u d_v n", integer=True, positive=True)
U = sp.MatrixSymbol("U", inputs, hidden)
V = sp.MatrixSymbol("V", outputs, hidden)
P = sp.MatrixSymbol(r"\dot{U}", inputs, hidden)
R = sp.MatrixSymbol(r"\dot{V}", outputs, hidden)
E = sp.MatrixSymbol("E", outputs, inputs)
gamma = quantity("gamma", "friction of the momentum", nonnegative=True)


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    below, above, units = (int(parameters[name]) for name in ("inputs", "outputs", "width"))
    drawn = {name: rng.normal(size=(size, below, units)) for name in ("U", "P")}
    drawn |= {name: rng.normal(size=(size, above, units)) for name in ("V", "R")}
    weights = np.exp(rng.normal(size=(size, above, below)))
    return {**drawn, "T": rng.normal(size=(size, above, below)), "q": weights, "gamma": np.exp(rng.normal(size=size))}


def _without_friction(_: Parameters, drawn: Instances) -> Instances:
    return {**drawn, "gamma": 0 * drawn["gamma"]}


def moving_networks() -> Family:
    """Networks V U'/n at any weights and velocities, and quadratic losses, whose slope E at a point may be any matrix."""
    sizes = {"inputs": 3, "outputs": 2, "width": 4}
    return Family(
        name="two-layer linear networks V U'/n in motion, any slope of the loss",
        parameters={"inputs": integers(1, 3), "outputs": integers(1, 3), "width": integers(1, 5)},
        draw=_draw,
        hypotheses=(Hypothesis(name="gamma >= 0", holds=lambda _, one: one["gamma"] >= 0),),
        searchable=("U", "V", "P", "R", "T"),
        edges=(
            Edge(name="numbers"),
            Edge(name="matrices", parameters=sizes),
            Edge(name="without friction", parameters=sizes, adjust=_without_friction),
        ),
    )


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    lower, upper, first, second = (instances[name] for name in ("U", "V", "P", "R"))
    slope = factor_slope(upper, lower, instances["T"], weights=instances["q"], width=int(parameters["width"]))
    friction: Any = instances["gamma"][:, None, None]
    values = {U: lower, V: upper, P: first, R: second, E: slope}
    rates = {
        U: first,
        V: second,
        P: -friction * first - transpose(slope) @ upper,
        R: -friction * second - slope @ lower,
    }
    timed = {symbol: value[:, None] for symbol, value in values.items()} | {gamma: instances["gamma"][:, None]}
    return Measurement.of(timed, case="at a point", rates={symbol: rate[:, None] for symbol, rate in rates.items()})


momentum_flow = Procedure(
    name="gradient flow with momentum, U'' = -gamma U' - E'V and V'' = -gamma V' - E U, at a point",
    measures={
        U: "weights of the lower layer, one column a hidden unit",
        V: "weights of the upper layer, one column a hidden unit",
        P: "velocity of U",
        R: "velocity of V",
        E: "slope of the loss by the predictor V U'/n",
        gamma: gamma.meaning,
    },
    run=_run,
    time=Time.FLOW,
)
