"""Linear networks of many layers, and their gradient flow seen through the product of the layers."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Any, NamedTuple

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
    quantity,
    sizes,
)
from lemmata.solvers import Dual, concatenate, full, reflection, zeros
from lemmata.solvers.networks import Data, Weights, dense, gradient

ends, starts = sp.symbols("n_N n_0", integer=True, positive=True)
W_e = sp.MatrixSymbol("W", ends, starts)
G_e = sp.MatrixSymbol(r"\nabla_W L", ends, starts)
N = quantity("N", "number of layers", integer=True, positive=True)
lam = quantity("lambda", "weight decay of each layer, the penalty being lambda |W_j|_F^2/2", nonnegative=True)


def left(k: int, depth: int) -> Any:
    """The symbol of (W W')^(k/N), N layers."""
    return sp.MatrixSymbol(rf"(W W^\top)^{{{sp.Rational(k, depth)}}}", ends, ends)


def right(k: int, depth: int) -> Any:
    """The symbol of (W'W)^(k/N), N layers."""
    return sp.MatrixSymbol(rf"(W^\top W)^{{{sp.Rational(k, depth)}}}", starts, starts)


def _sum_over_layers(term: str) -> Any:
    return sp.MatrixSymbol(rf"\sum_{{j=1}}^{{N}} {term}", ends, starts)


PRECONDITIONED = _sum_over_layers(r"(W W^\top)^{\frac{N-j}{N}} \nabla_W L (W^\top W)^{\frac{j-1}{N}}")
"""The symbol of the preconditioned gradient, a sum over the layers."""
HALF_POWERS = _sum_over_layers(r"(W W^\top)^{\frac{N-j}{2N}} \nabla_W L (W^\top W)^{\frac{j-1}{2N}}")
LEFT_ONLY = _sum_over_layers(r"(W W^\top)^{\frac{N-1}{N}} \nabla_W L")


def _padded(singular: Any, rows: int, columns: int) -> Any:
    """diag(s) with zeros added below and to the right: ``(batch, rows, columns)``."""
    rank = singular.shape[1]
    block = singular[:, :, None] * np.eye(rank, dtype=int)
    wide = concatenate([block, zeros(singular, (singular.shape[0], rank, columns - rank))], axis=2)
    return concatenate([wide, zeros(singular, (singular.shape[0], rows - rank, columns))], axis=1)


def _draw_balanced(*, tilted: bool, decay: bool) -> Draw:
    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        widths, samples = parameters["widths"], parameters["samples"]
        drawn = {f"F{h}": rng.normal(size=(size, n)) for h, n in enumerate(widths)}
        tilt = np.exp(rng.uniform(0.2, 1, size=size)) if tilted else np.ones(size)
        return drawn | {
            "s": np.exp(rng.uniform(-1, 1, size=(size, min(widths)))),
            "tilt": tilt,
            "X": rng.normal(size=(size, widths[0], samples)),
            "Y": rng.normal(size=(size, widths[-1], samples)),
            "decay": np.exp(rng.normal(size=size)) if decay else np.zeros(size),
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
    return _balanced_family(depth, depth, tilted=tilted, decay=False)


def networks_of_any_depth(*, tilted: bool = False, decay: bool = False) -> Family:
    """The same of two to five layers, with a weight decay where ``decay`` asks for one."""
    return _balanced_family(2, 5, tilted=tilted, decay=decay)


def _balanced_family(least: int, most: int, *, tilted: bool, decay: bool) -> Family:
    balanced = Hypothesis(name="W_{j+1}'W_{j+1} = W_jW_j'", holds=lambda _, instances: instances["tilt"] == 1)
    framed = Hypothesis(name="frames are reflections, singular values are not negative", holds=_framed)
    layers = f"{least}" if least == most else f"{least} to {most}"
    return Family(
        name=f"deep linear networks of {layers} layers, balanced, in random frames (reflections), any data"
        + (", weight decay" if decay else ""),
        parameters={"widths": sizes(1, 4, count=(least + 1, most + 1)), "samples": integers(1, 3)},
        draw=_draw_balanced(tilted=tilted, decay=decay),
        hypotheses=(framed,) if tilted else (framed, balanced),
        edges=(
            Edge(name="numbers"),
            *(
                edge
                for depth in sorted({least, most})
                for edge in _edges(depth, "" if least == most else f", {depth} layers")
            ),
        ),
    )


def _edges(depth: int, of: str) -> tuple[Edge, ...]:
    equal = [3] * (depth + 1)
    return (
        Edge(name="square" + of, parameters={"widths": equal, "samples": 3}),
        Edge(name="square, rank one" + of, parameters={"widths": equal, "samples": 2}, adjust=_lowest_rank),
        Edge(name="narrow within" + of, parameters={"widths": [3, *[1] * (depth - 1), 2], "samples": 2}),
        Edge(name="wide within" + of, parameters={"widths": [2, *[4] * (depth - 1), 3], "samples": 2}),
    )


def _power(values: Any, exponent: int) -> Any:
    return reduce(lambda product, factor: product * factor, [values] * exponent)


class MovingProduct(NamedTuple):
    """A product of layers under gradient flow.

    Attributes:
        product: W_N ... W_1 with its velocity, ``(batch, n_N, n_0)``.
        slope: the gradient of the loss by the product, of the same shape.
        left: the frame of its left singular vectors, a reflection ``(batch, n_N, n_N)``.
        right: that of the right ones, ``(batch, n_0, n_0)``.
    """

    product: Dual
    slope: Any
    left: Any
    right: Any


def moving_product(parameters: Parameters, instances: Instances, *, decay: Any = 0) -> MovingProduct:
    """The product of the layers, whose singular values are ``s ** N``, under W_j' = -dL/dW_j - ``decay`` W_j."""
    widths = parameters["widths"]
    depth = len(widths) - 1
    frames, values = [reflection(instances[f"F{h}"]) for h in range(depth + 1)], instances["s"]
    tilt = instances["tilt"][:, None, None]
    layers = [frames[h + 1] @ _padded(values, widths[h + 1], widths[h]) @ frames[h] for h in range(depth)]
    layers[0], layers[-1] = layers[0] * tilt, layers[-1] / tilt
    data = Data(inputs=instances["X"], targets=instances["Y"])
    deep = gradient(dense(tuple(widths)), Weights(matrices=tuple(layers)), data)
    moving = [Dual(layer, -slope - decay * layer) for layer, slope in zip(layers, deep.matrices, strict=True)]
    product = reduce(lambda below, above: above @ below, moving)
    shallow = gradient(dense((widths[0], widths[-1])), Weights(matrices=(product.value,)), data)
    return MovingProduct(product, shallow.matrices[0], frames[-1], frames[0])


def _powers(found: MovingProduct, values: Any, exponents: Any) -> tuple[dict[int, Any], dict[int, Any]]:
    """(W W')^(k/2N) and (W'W)^(k/2N) for each k: the singular values of the product are s^N, so no root is taken."""
    ends_, starts_ = found.product.value.shape[1:]
    raised = {k: _power(values, k) for k in exponents}
    lefts = {k: found.left @ _padded(p, ends_, ends_) @ found.left for k, p in raised.items()}
    return lefts, {k: found.right @ _padded(p, starts_, starts_) @ found.right for k, p in raised.items()}


def _end_to_end(parameters: Parameters, instances: Instances) -> Measurement:
    depth = len(parameters["widths"]) - 1
    found = moving_product(parameters, instances)
    lefts, rights = _powers(found, instances["s"], range(2, 2 * depth, 2))
    measured = {left(k // 2, depth): value for k, value in lefts.items()}
    measured |= {right(k // 2, depth): value for k, value in rights.items()}
    measured |= {W_e: found.product.value, G_e: found.slope}
    timed = {name: value[:, None] for name, value in measured.items()}
    case = Case(name="the product", values=timed, rates={W_e: found.product.tangent[:, None]})
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


def _any_depth(parameters: Parameters, instances: Instances) -> Measurement:
    depth, decay = len(parameters["widths"]) - 1, instances["decay"]
    found = moving_product(parameters, instances, decay=decay[:, None, None])
    lefts, rights = _powers(found, instances["s"], range(1, 2 * depth))
    slope = found.slope

    def conjugated(step: int) -> Any:
        """Sum over the layers of the powers (N - j) and (j - 1) in units of ``step``/2N; power zero is the identity."""
        terms = []
        for j in range(depth):
            term = slope if j == depth - 1 else lefts[step * (depth - 1 - j)] @ slope
            terms.append(term if j == 0 else term @ rights[step * j])
        return reduce(lambda total, term: total + term, terms)

    values = {
        W_e: found.product.value,
        G_e: slope,
        PRECONDITIONED: conjugated(2),
        HALF_POWERS: conjugated(1),
        LEFT_ONLY: depth * (lefts[2 * depth - 2] @ slope),
        N: full(decay, depth),
        lam: decay,
    }
    timed = {name: value[:, None] for name, value in values.items()}
    case = Case(name="the product", values=timed, rates={W_e: found.product.tangent[:, None]})
    return Measurement(cases=(case,))


_OF_THE_KNOWN = "by the known singular vectors of W"
flow_at_any_depth = Procedure(
    name="gradient flow of a deep linear network with weight decay, seen through the product of its layers",
    measures={
        W_e: "product W_N ... W_1 of the layers",
        G_e: "gradient of the loss by the product",
        PRECONDITIONED: f"the preconditioned gradient, {_OF_THE_KNOWN}",
        HALF_POWERS: f"the same with half the powers, {_OF_THE_KNOWN}",
        LEFT_ONLY: f"all powers on the left side, {_OF_THE_KNOWN}",
        N: N.meaning,
        lam: lam.meaning,
    },
    run=_any_depth,
    time=Time.FLOW,
)
