"""Two-layer linear networks on whitened data, initialized in the singular directions of the target: Saxe's modes.

The data are Y = U S V' X plus what no linear map of X explains, X X' = I; the layers are W_1 = R B V' and W_2 = U B R' with
B diagonal, the same in both. The frames U, V and R are products of one reflection, so that they are orthogonal exactly.
"""

from __future__ import annotations

from functools import partial, reduce
from operator import and_
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
from lemmata.solvers import Dual, elementwise, full, rectangular_diagonal, reflection, transpose
from lemmata.solvers.networks import Data, Weights, dense, gradient
from lemmata.solvers.optimization import sigmoidal_mode

rows, columns = sp.symbols("n_2 n_0", integer=True, positive=True)
W = sp.MatrixSymbol("W_2 W_1", rows, columns)
U = sp.MatrixSymbol("U", rows, rows)
V = sp.MatrixSymbol("V", columns, columns)
A = sp.MatrixSymbol("A", rows, columns)
S = sp.MatrixSymbol("S", rows, columns)
above, below = sp.symbols("n_h n_{h-1}", integer=True, positive=True)
slope = sp.MatrixSymbol(r"\nabla_{W_h} L", above, below)


def layer(*, pace: int = 2) -> Any:
    """The symbol of W_h(t) with modes B(t) that grow as e^(pace s t)."""
    grown = f"e^{{{pace} s t}}" if pace > 1 else "e^{s t}"
    return sp.MatrixSymbol(rf"W_h|_{{B(t)^2 = s {grown} / ({grown} - 1 + s / a_0)}}", above, below)


a = quantity("a", "strength u'W_2 W_1 v of the mode", positive=True)
s = quantity("s", "strength that the data ask for", positive=True)
t = quantity("t", "time, at which the mode may stand at any strength", nonnegative=True)


def _counts(parameters: Parameters) -> tuple[int, int, int]:
    inputs, hidden, outputs = (int(parameters[name]) for name in ("inputs", "hidden", "outputs"))
    return inputs, hidden, outputs


def _draw(parameters: Parameters, rng: np.random.Generator, size: int, *, stretched: bool, tilted: bool) -> Instances:
    inputs, hidden, outputs = _counts(parameters)
    samples = inputs + int(parameters["unexplained"])
    widths = {"F0": inputs, "F1": hidden, "F2": outputs, "FX": samples}
    frames = {name: rng.normal(size=(size, width)) for name, width in widths.items()}
    return frames | {
        "s": rng.uniform(0.2, 3, size=(size, min(inputs, outputs))),
        "b": np.exp(rng.uniform(-2, 0.7, size=(size, min(inputs, hidden, outputs)))),
        "t": rng.uniform(0, 2, size=size),
        "noise": rng.normal(size=(size, outputs, samples)),
        "stretch": np.exp(rng.uniform(0.3, 1, size=(size, inputs))) if stretched else np.ones((size, inputs)),
        "tilt": np.exp(rng.uniform(0.3, 1, size=size)) if tilted else np.ones(size),
    }


def _framed(_: Parameters, instances: Instances) -> Any:
    frames = [np.abs(instances[name]).max(axis=1) > 0 for name in ("F0", "F1", "F2", "FX")]
    positive = [(instances[name] > 0).all(axis=1) for name in ("s", "b", "stretch")]
    return reduce(and_, [*frames, *positive, instances["tilt"] > 0, instances["t"] >= 0])


framed = Hypothesis(name="frames are reflections, strengths positive, t >= 0", holds=_framed)
whitened = Hypothesis(name="X X' = I", holds=lambda _, instances: (instances["stretch"] == 1).all(axis=1))
balanced = Hypothesis(name="both layers share each mode evenly", holds=lambda _, instances: instances["tilt"] == 1)


def decoupled_networks(*, stretched: bool = False, tilted: bool = False) -> Family:
    """Networks decoupled into modes; ``stretched`` inputs are not white, ``tilted`` layers share modes unevenly."""
    hypotheses = (framed, *(() if stretched else (whitened,)), *(() if tilted else (balanced,)))
    inputs = "stretched inputs" if stretched else "white inputs"
    return Family(
        name=f"two-layer linear networks decoupled into modes, {inputs}{', uneven layers' if tilted else ''}",
        parameters={
            "inputs": integers(1, 3),
            "hidden": integers(1, 3),
            "outputs": integers(1, 3),
            "unexplained": integers(0, 2),
        },
        draw=partial(_draw, stretched=stretched, tilted=tilted),
        hypotheses=hypotheses,
        edges=(
            Edge(name="numbers"),
            Edge(name="square", parameters={"inputs": 3, "hidden": 3, "outputs": 3}),
            Edge(name="fewer hidden units than modes", parameters={"inputs": 3, "outputs": 2, "unexplained": 2}),
            Edge(
                name="the start",
                parameters={"inputs": 2, "hidden": 3, "outputs": 3, "unexplained": 1},
                adjust=lambda _, drawn: {**drawn, "t": np.zeros_like(drawn["t"])},
            ),
            Edge(
                name="small start",
                parameters={"inputs": 2, "hidden": 2, "outputs": 2},
                adjust=lambda _, drawn: {**drawn, "b": np.full_like(drawn["b"], 2.0**-10)},
            ),
            Edge(
                name="learnt",
                adjust=lambda _, drawn: {**drawn, "s": np.ones_like(drawn["s"]), "b": np.ones_like(drawn["b"])},
            ),
        ),
    )


def _data(parameters: Parameters, instances: Instances) -> Data:
    """White inputs (or stretched ones), targets U S V' X and noise that no linear map of the inputs explains."""
    inputs, _, outputs = _counts(parameters)
    orthonormal = reflection(instances["FX"])[:, :inputs]
    X = instances["stretch"][:, :, None] * orthonormal
    target = _framed_diagonal(instances, instances["s"], ("F2", outputs), ("F0", inputs))
    noise = instances["noise"]
    return Data(inputs=X, targets=target @ X + noise - (noise @ transpose(orthonormal)) @ orthonormal)


def _framed_diagonal(instances: Instances, entries: Any, left: tuple[str, int], right: tuple[str, int]) -> Any:
    """A diagonal matrix between two of the frames, each given by its name and width; reflections are symmetric."""
    diagonal = rectangular_diagonal(entries, left[1], right[1])
    return reflection(instances[left[0]]) @ diagonal @ reflection(instances[right[0]])


def _layers(parameters: Parameters, instances: Instances, strengths: Any) -> tuple[Any, Any]:
    """W_1 and W_2 with the given ``strengths`` of the modes, ``(batch, modes)``."""
    inputs, hidden, outputs = _counts(parameters)
    tilt = instances["tilt"][:, None, None]
    lower = _framed_diagonal(instances, strengths, ("F1", hidden), ("F0", inputs))
    upper = _framed_diagonal(instances, strengths, ("F2", outputs), ("F1", hidden))
    return lower * tilt, upper / tilt


def _slopes(parameters: Parameters, instances: Instances, layers: tuple[Any, Any]) -> tuple[Any, ...]:
    return gradient(dense(_counts(parameters)), Weights(matrices=layers), _data(parameters, instances)).matrices


def _run_modes(parameters: Parameters, instances: Instances) -> Measurement:
    inputs, _, outputs = _counts(parameters)
    layers = _layers(parameters, instances, instances["b"])
    lower, upper = (Dual(w, -g) for w, g in zip(layers, _slopes(parameters, instances, layers), strict=True))
    product = upper @ lower
    strengths = instances["b"] * instances["b"]
    measured = {
        W: product.value,
        U: reflection(instances["F2"]),
        V: reflection(instances["F0"]),
        A: rectangular_diagonal(strengths, outputs, inputs),
        S: rectangular_diagonal(instances["s"], outputs, inputs),
    }
    timed = {symbol: value[:, None] for symbol, value in measured.items()}
    return Measurement.of(timed, case="the product", rates={W: product.tangent[:, None]})


modes_at_a_point = Procedure(
    name="gradient flow of the two layers, seen through their product",
    measures={
        W: "product W_2 W_1 of the layers",
        U: "singular directions of the outputs",
        V: "singular directions of the inputs",
        A: "strengths a of the modes, on the diagonal",
        S: "strengths s that the data ask for, on the diagonal",
    },
    run=_run_modes,
    time=Time.FLOW,
)


def _run_one_mode(parameters: Parameters, instances: Instances) -> Measurement:
    layers = _layers(parameters, instances, instances["b"])
    lower, upper = (Dual(w, -g) for w, g in zip(layers, _slopes(parameters, instances, layers), strict=True))
    seen = reflection(instances["F2"]) @ (upper @ lower) @ reflection(instances["F0"])
    cases = []
    for i in range(instances["b"].shape[1]):
        values = {a: seen.value[:, i, i], s: instances["s"][:, i], t: instances["t"]}
        rates = {a: seen.tangent[:, i, i][:, None], t: full(instances["t"], 1)[:, None]}
        cases.append(Case(name=f"mode {i + 1}", values=values, rates=rates))
    return Measurement(cases=tuple(cases))


one_mode = Procedure(
    name="gradient flow of the two layers, seen in one mode of their product",
    measures=(a, s, t),
    run=_run_one_mode,
    time=Time.FLOW,
)


def _run_closed_form(parameters: Parameters, instances: Instances, *, pace: int) -> Measurement:
    start = instances["b"] * instances["b"]
    time = instances["t"][:, None]
    targets = instances["s"][:, : start.shape[1]]
    strengths = elementwise(sigmoidal_mode(targets, start, Dual(time, full(time, 1)), pace=pace), "sqrt")
    moving = _layers(parameters, instances, strengths)
    slopes = _slopes(parameters, instances, (moving[0].value, moving[1].value))
    cases = tuple(
        Case(
            name=f"h = {h + 1}",
            values={layer(pace=pace): moving[h].value[:, None], slope: slopes[h][:, None]},
            rates={layer(pace=pace): moving[h].tangent[:, None]},
        )
        for h in range(2)
    )
    return Measurement(cases=cases)


def closed_form(*, pace: int = 2) -> Procedure:
    """The layers as the closed form gives them at time t, and their time derivatives by forward mode."""
    return Procedure(
        name="the closed form of the layers at time t" + ("" if pace == 2 else f", e^({pace} s t)"),  # noqa: PLR2004
        measures={
            layer(pace=pace): "W_1 = R B(t) V' or W_2 = U B(t) R', the modes B(t) in closed form",
            slope: "gradient of the loss by layer h, there",
        },
        run=partial(_run_closed_form, pace=pace),
        time=Time.FLOW,
        rational=False,
    )
