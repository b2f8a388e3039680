"""Linear networks, two layers on data of any rank or many layers, and their gradient flow at a point.

Two layers: the axes are the singular vectors of the data matrix, X (samples, inputs) is diag(s_1, ..., s_r) with rows and
columns of zeros added. Gradient flow turns with the axes, so nothing is lost, and the parts of the network that
the theorem speaks of are plain blocks: U_1 (the first r rows of U, which the data see) and U_2 (the others).
"""

from __future__ import annotations

from functools import reduce
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
    choice,
    integers,
    reals,
    sizes,
)
from lemmata.solvers import (
    Dual,
    concatenate,
    eigenvalues_symmetric,
    frobenius_square,
    singular_values,
    transpose,
    zeros,
)
from lemmata.solvers.networks import Data, Weights, dense, forward, gradient, loss

gap, decline, lowest, highest = sp.symbols("Delta D lambda_r lambda_1", real=True)
served_below, served_above, top_below, top_above = sp.symbols("a b a_1 b_1", real=True)
sigma_below, sigma_above = sp.symbols("sigma_r(U_1) sigma_m(V)", nonnegative=True)
outside, growth = sp.symbols("q \\dot{q}", real=True)

MEANING = {
    gap: "loss minus its infimum",
    decline: "rate at which the loss falls along gradient flow",
    lowest: "smallest non-zero eigenvalue of X'X",
    highest: "largest eigenvalue of X'X",
    served_below: "r-th largest eigenvalue of the imbalance U_1'U_1 - V'V (zero if there are fewer than r hidden units)",
    served_above: "m-th largest eigenvalue of V'V - U_1'U_1 (zero if there are fewer than m hidden units)",
    top_below: "largest eigenvalue of U_1'U_1 - V'V",
    top_above: "largest eigenvalue of V'V - U_1'U_1",
    sigma_below: "r-th largest singular value of U_1 (zero if there are fewer than r hidden units)",
    sigma_above: "m-th largest singular value of V (zero if there are fewer than m hidden units)",
    outside: "squared norm |V U_2'|_F^2 + |U_1 U_2'|_F^2",
    growth: "its derivative along gradient flow",
}


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    rank, outputs, hidden = parameters["rank"], parameters["outputs"], parameters["hidden"]
    samples, inputs = rank + parameters["unexplained"], rank + parameters["unseen"]
    values = np.sort(np.exp(rng.uniform(-1, 1, size=(size, rank))), axis=1)[:, ::-1]
    scale = np.exp(parameters["spread"] * rng.normal(size=(2, size, 1, 1)))
    seen, upper = (scale[i] * rng.normal(size=(size, n, hidden)) for i, n in enumerate((rank, outputs)))
    residual = rng.normal(size=(size, samples, outputs))
    if parameters["kind"] == "split" and hidden >= rank + outputs:
        # Each hidden unit serves one layer, and what is left to learn lies where both layers are weakest.
        seen, upper = _diagonal(seen, 0), _diagonal(upper, rank)
        residual[:, :rank] *= np.zeros((rank, outputs))
        residual[:, rank - 1, outputs - 1] = rng.normal(size=size)
    unseen = rng.normal(size=(size, inputs - rank, hidden))
    reached = values[:, :, None] * (seen @ upper.swapaxes(1, 2))
    residual[:, :rank] += reached
    return {"s": values, "U": np.concatenate([seen, unseen], axis=1), "V": upper, "Y": residual}


def _diagonal(entries: np.ndarray, first: int) -> np.ndarray:
    """The entries on the diagonal that starts at hidden unit ``first``, falling in size; zero elsewhere."""
    kept = np.zeros_like(entries)
    rows = np.arange(entries.shape[1])
    kept[:, rows, rows + first] = np.sort(np.abs(entries[:, rows, rows]), axis=1)[:, ::-1]
    return kept


def _ordered(parameters: Parameters, instances: Instances) -> Any:
    del parameters
    values = instances["s"]
    return np.all(values[:, :-1] >= values[:, 1:], axis=1) & (values[:, -1] > 0)


def _alike(parameters: Parameters, instances: Instances) -> Instances:
    """One hidden unit that is as strong below as above, seen and unseen."""
    del parameters
    strength = np.abs(instances["V"][:, :, :1])
    U, V = np.zeros_like(instances["U"]), np.zeros_like(instances["V"])
    U[:, :1, :1] = V[:, :, :1] = strength
    U[:, 1:, :1] = 1.0
    return {**instances, "U": U, "V": V}


def _shared_unseen(parameters: Parameters, instances: Instances) -> Instances:
    """Two hidden units, one for each layer, and an unseen part that excites both layers alike."""
    del parameters
    U, V = instances["U"].copy(), instances["V"]
    U[:, 1, 0], U[:, 1, 1] = V[:, 0, 1], U[:, 0, 0]
    return {**instances, "U": U}


def overparametrized_networks() -> Family:
    """Linear networks X U V' of one hidden layer, data of rank r in the axes of their singular vectors."""
    return Family(
        name="two-layer linear networks X U V', squared loss, X in the axes of its singular vectors",
        parameters={
            "rank": integers(1, 3),
            "outputs": integers(1, 3),
            "hidden": integers(1, 7),
            "unseen": integers(0, 2),
            "unexplained": integers(0, 2),
            "kind": choice("generic", "split"),
            "spread": reals(0, 2),
        },
        draw=_draw,
        hypotheses=(Hypothesis(name="singular values positive, in decreasing order", holds=_ordered),),
        searchable=("s", "U", "V", "Y"),
        edges=(
            Edge(name="numbers"),
            Edge(name="each hidden unit serves one layer", parameters={"hidden": 2, "kind": "split"}),
            Edge(
                name="the same, matrices",
                parameters={"rank": 3, "outputs": 3, "hidden": 7, "unseen": 1, "kind": "split", "spread": 1.0},
            ),
            Edge(name="fewer hidden units than the rank", parameters={"rank": 3, "outputs": 2, "hidden": 2}),
            Edge(name="as strong above as below", parameters={"hidden": 2, "unseen": 1}, adjust=_alike),
            Edge(
                name="each serves one layer, both excited alike",
                parameters={"hidden": 2, "unseen": 1, "kind": "split"},
                adjust=_shared_unseen,
            ),
            Edge(
                name="wide and unequal", parameters={"rank": 2, "outputs": 2, "hidden": 7, "unseen": 2, "spread": 2.0}
            ),
        ),
    )


def _padded(singular: Any, rows: int, columns: int) -> Any:
    """diag(s) with zeros added below and to the right: ``(batch, rows, columns)``."""
    rank = singular.shape[1]
    block = singular[:, :, None] * np.eye(rank, dtype=int)
    wide = concatenate([block, zeros(singular, (singular.shape[0], rank, columns - rank))], axis=2)
    return concatenate([wide, zeros(singular, (singular.shape[0], rows - rank, columns))], axis=1)


def _entry(values: Any, index: int) -> Any:
    """The ``index``-th largest of ``values`` (from 1), zero if there are fewer."""
    return values[:, index - 1] if index <= values.shape[1] else values[:, 0] * 0


def _at_a_point(parameters: Parameters, instances: Instances) -> Measurement:
    rank, outputs = int(parameters["rank"]), int(parameters["outputs"])
    singular, U, V, Y = (instances[name] for name in ("s", "U", "V", "Y"))
    network = dense((U.shape[1], U.shape[2], outputs))
    data = Data(inputs=transpose(_padded(singular, Y.shape[1], U.shape[1])), targets=transpose(Y))
    weights = Weights(matrices=(transpose(U), V))
    slope = gradient(network, weights, data)
    lower, upper = (Dual(w, -g) for w, g in zip(weights.matrices, slope.matrices, strict=True))
    falling = loss(network, forward(network, Weights(matrices=(lower, upper)), data), data)
    seen, unseen = U[:, :rank], lower[:, :, rank:]
    left_over = frobenius_square(upper @ unseen) + frobenius_square(transpose(lower[:, :, :rank]) @ unseen)
    imbalance = transpose(seen) @ seen - transpose(V) @ V
    positive, negative = eigenvalues_symmetric(imbalance), eigenvalues_symmetric(-imbalance)
    residual = slope.activity.prediction - transpose(Y)
    values = {
        gap: frobenius_square(residual[:, :, :rank]) / 2,
        decline: -falling.tangent,
        lowest: singular[:, rank - 1] * singular[:, rank - 1],
        highest: singular[:, 0] * singular[:, 0],
        served_below: _entry(positive, rank),
        served_above: _entry(negative, outputs),
        top_below: positive[:, 0],
        top_above: negative[:, 0],
        sigma_below: _entry(singular_values(seen), rank),
        sigma_above: _entry(singular_values(V), outputs),
        outside: left_over.value,
        growth: left_over.tangent,
    }
    return Measurement.of(values, case="at a point")


flow_at_a_point = Procedure(
    name="gradient flow at a point: the loss and what the data do not see, with their derivatives by forward mode",
    measures=MEANING,
    run=_at_a_point,
    rational=False,
)


ends, starts = sp.symbols("n_N n_0", integer=True, positive=True)
W_e = sp.MatrixSymbol("W", ends, starts)
G_e = sp.MatrixSymbol("G", ends, starts)
left = {k: sp.MatrixSymbol(f"A_{k}", ends, ends) for k in range(1, 4)}
right = {k: sp.MatrixSymbol(f"B_{k}", starts, starts) for k in range(1, 4)}


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
    return np.all([*frames, instances["tilt"] > 0, (instances["s"] >= 0).all(axis=1)], axis=0)


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


def _reflection(vector: Any) -> Any:
    """I - 2 v v'/|v|^2, orthogonal also in exact fractions: ``(batch, n, n)``."""
    outer = vector[:, :, None] * vector[:, None, :]
    return np.eye(vector.shape[1], dtype=int) - outer * 2 / (vector * vector).sum(axis=1)[:, None, None]


def _power(values: Any, exponent: int) -> Any:
    return reduce(lambda product, factor: product * factor, [values] * exponent)


def _end_to_end(parameters: Parameters, instances: Instances) -> Measurement:
    widths = parameters["widths"]
    depth = len(widths) - 1
    frames, values = [_reflection(instances[f"F{h}"]) for h in range(depth + 1)], instances["s"]
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
    sides = {left[k]: (frames[-1], widths[-1], powers[k]) for k in powers}
    sides |= {right[k]: (frames[0], widths[0], powers[k]) for k in powers}
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
            **{left[k]: f"(W W')^({k}/{depth})" for k in powers},
            **{right[k]: f"(W'W)^({k}/{depth})" for k in powers},
        },
        run=_end_to_end,
        time=Time.FLOW,
    )
