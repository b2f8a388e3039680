"""Linear networks of many layers, and their gradient flow seen through the product of the layers."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Case,
    Draw,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Time,
    integers,
    sizes,
)
from lemmata.solvers import Dual, concatenate, reflection, zeros
from lemmata.solvers.networks import Data, Weights, dense, gradient

ends, starts = sp.symbols("n_N n_0", integer=True, positive=True)
W_e = sp.MatrixSymbol("W", ends, starts)
G_e = sp.MatrixSymbol(r"\nabla_W L", ends, starts)


def left(k: int, depth: int) -> Any:
    """The symbol of (W W')^(k/N), N layers."""
    return sp.MatrixSymbol(rf"(W W^\top)^{{{sp.Rational(k, depth)}}}", ends, ends)


def right(k: int, depth: int) -> Any:
    """The symbol of (W'W)^(k/N), N layers."""
    return sp.MatrixSymbol(rf"(W^\top W)^{{{sp.Rational(k, depth)}}}", starts, starts)


def _padded(singular: Any, rows: int, columns: int) -> Any:
    """diag(s) with zeros added below and to the right: ``(batch, rows, columns)``."""
    rank = singular.shape[1]
    block = singular[:, :, None] * np.eye(rank, dtype=int)
    wide = concatenate([block, zeros(singular, (singular.shape[0], rank, columns - rank))], axis=2)
    return concatenate([wide, zeros(singular, (singular.shape[0], rows - rank, columns))], axis=1)


def _draw_balanced(*, tilted: bool) -> Draw:
    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        widths, samples = parameters["widths"], parameters["samples"]
        drawn = {f"F{h}": rng.normal(size=(size, n)) for h, n in enumerate(widths)}
        tilt = np.exp(rng.uniform(0.2, 1, size=size)) if tilted else np.ones(size)
        return drawn | {
            "s": np.exp(rng.uniform(-1, 1, size=(size, min(widths)))),
            "tilt": tilt,
            "X": rng.normal(size=(size, widths[0], samples)),
            "Y": rng.normal(size=(size, widths[-1], samples)),
        }

    return draw


def _lowest_rank(parameters: Parameters, instances: Instances) -> Instances:
    del parameters
    return {**instances, "s": instances["s"] * (np.arange(instances["s"].shape[1]) == 0)}


def _framed(parameters: Parameters, instances: Instances) -> Any:
    frames = [np.abs(instances[f"F{h}"]).max(axis=1) > 0 for h in range(len(parameters["widths"]))]
    return reduce(and_, [*frames, instances["tilt"] > 0, (instances["s"] >= 0).all(axis=1)])


def balanced_networks(depth: int, *, tilted: bool = False) -> Family:
    """Deep linear networks with W_{j+1}'W_{j+1} = W_jW_j'; ``tilted`` rescales the first layer against the last."""
    balanced = Hypothesis(name="W_{j+1}'W_{j+1} = W_jW_j'", holds=lambda _, instances: instances["tilt"] == 1)
    framed = Hypothesis(name="frames are reflections, singular values are not negative", holds=_framed)
    equal = [3] * (depth + 1)
    return Family(
        name=f"deep linear networks of {depth} layers, balanced, in random frames (reflections), any data",
        parameters={"widths": sizes(1, 4, count=(depth + 1, depth + 1)), "samples": integers(1, 3)},
        draw=_draw_balanced(tilted=tilted),
        hypotheses=(framed,) if tilted else (framed, balanced),
        edges=(
            Edge(name="numbers"),
            Edge(name="square", parameters={"widths": equal, "samples": 3}),
            Edge(name="square, rank one", parameters={"widths": equal, "samples": 2}, adjust=_lowest_rank),
            Edge(name="narrow within", parameters={"widths": [3, *[1] * (depth - 1), 2], "samples": 2}),
            Edge(name="wide within", parameters={"widths": [2, *[4] * (depth - 1), 3], "samples": 2}),
        ),
    )


def _power(values: Any, exponent: int) -> Any:
    return reduce(lambda product, factor: product * factor, [values] * exponent)


def _end_to_end(parameters: Parameters, instances: Instances) -> Measurement:
    widths = parameters["widths"]
    depth = len(widths) - 1
    frames, values = [reflection(instances[f"F{h}"]) for h in range(depth + 1)], instances["s"]
    tilt = instances["tilt"][:, None, None]
    layers = [frames[h + 1] @ _padded(values, widths[h + 1], widths[h]) @ frames[h] for h in range(depth)]
    layers[0], layers[-1] = layers[0] * tilt, layers[-1] / tilt
    data = Data(inputs=instances["X"], targets=instances["Y"])
    deep = gradient(dense(tuple(widths)), Weights(matrices=tuple(layers)), data)
    moving = [Dual(layer, -slope) for layer, slope in zip(layers, deep.matrices, strict=True)]
    product = reduce(lambda below, above: above @ below, moving)
    shallow = gradient(dense((widths[0], widths[-1])), Weights(matrices=(product.value,)), data)
    # The singular values of the product are s^N, so the power k/N of W W' has s^(2k): no root is taken.
    powers = {k: _power(values, 2 * k) for k in range(1, depth)}
    sides = {left(k, depth): (frames[-1], widths[-1], powers[k]) for k in powers}
    sides |= {right(k, depth): (frames[0], widths[0], powers[k]) for k in powers}
    measured = {name: frame @ _padded(p, n, n) @ frame for name, (frame, n, p) in sides.items()}
    measured |= {W_e: product.value, G_e: shallow.matrices[0]}
    timed = {name: value[:, None] for name, value in measured.items()}
    case = Case(name="the product", values=timed, rates={W_e: product.tangent[:, None]})
    return Measurement(cases=(case,))


def end_to_end_flow(depth: int) -> Procedure:
    """Gradient flow of the layers, seen through their product W; the powers of W W' from its known decomposition."""
    powers = range(1, depth)
    return Procedure(
        name="gradient flow of a deep linear network, seen through the product of its layers",
        measures={
            W_e: "product W_N ... W_1 of the layers",
            G_e: "gradient of the loss by the product",
            **{left(k, depth): "a power of W W', by its known eigenvectors" for k in powers},
            **{right(k, depth): "a power of W'W, by its known eigenvectors" for k in powers},
        },
        run=_end_to_end,
        time=Time.FLOW,
    )
