"""Two-layer linear networks on data of any rank, and their gradient flow at a point.

The axes are the singular vectors of the data matrix, X (samples, inputs) is diag(s_1, ..., s_r) with rows and
columns of zeros added. Gradient flow turns with the axes, so nothing is lost, and the parts of the network that
the theorem speaks of are plain blocks: U_1 (the first r rows of U, which the data see) and U_2 (the others).
"""

from __future__ import annotations

import enum
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
    choice,
    integers,
    quantity,
    reals,
)
from lemmata.claims.papers.min2021._imbalance import constant, imbalance, served_above, served_below
from lemmata.solvers import (
    Dual,
    eigenvalues_symmetric,
    elementwise,
    frobenius_square,
    full,
    largest,
    rectangular_diagonal,
    singular_values,
    transpose,
)
from lemmata.solvers.networks import Data, Weights, dense, forward, gradient, loss

gap = quantity("(f - f_*)", "loss minus its infimum", real=True)
decline = quantity(r"|\dot{f}|", "rate at which the loss falls along gradient flow", real=True)
lowest = quantity(r"\lambda_r(X^\top X)", "smallest non-zero eigenvalue of X'X", real=True)
highest = quantity(r"\lambda_1(X^\top X)", "largest eigenvalue of X'X", real=True)
top_below = quantity(r"\lambda_1(\Lambda)", "largest eigenvalue of Lambda = U_1'U_1 - V'V", real=True)
top_above = quantity(r"\lambda_1(-\Lambda)", "largest eigenvalue of -Lambda = V'V - U_1'U_1", real=True)
sigma_below = quantity(
    r"\sigma_r(U_1)",
    "r-th largest singular value of U_1 (zero if there are fewer than r hidden units)",
    nonnegative=True,
)
sigma_above = quantity(
    r"\sigma_m(V)", "m-th largest singular value of V (zero if there are fewer than m hidden units)", nonnegative=True
)
product_m = quantity(
    r"\sigma_m(U_1 V^\top)", "m-th largest singular value of the product (zero if there are fewer)", nonnegative=True
)
product_r = quantity(r"\sigma_r(U_1 V^\top)", "r-th largest singular value of the product", nonnegative=True)
target_m = quantity(
    r"\sigma_m(\tilde{Y})",
    "m-th largest singular value of what the data can explain of Y (zero if fewer)",
    nonnegative=True,
)
target_r = quantity(
    r"\sigma_r(\tilde{Y})", "its r-th largest singular value (zero if there are fewer)", nonnegative=True
)
unseen_above = quantity(r"|V U_2^\top|_F^2", "how strongly the outputs see the unseen part", real=True)
unseen_below = quantity(r"|U_1 U_2^\top|_F^2", "how strongly the seen part overlaps with the unseen one", real=True)
growth = quantity(r"\dot{q}", "derivative of q = |V U_2'|_F^2 + |U_1 U_2'|_F^2 along gradient flow", real=True)
spread_below = quantity(
    r"\Delta_+", "positive part of lambda_1(Lambda) less that of lambda_r(Lambda)", nonnegative=True
)
spread_above = quantity(
    r"\Delta_-", "positive part of lambda_1(-Lambda) less that of lambda_m(-Lambda)", nonnegative=True
)
reach_m = quantity(
    r"[\sigma_m(\tilde Y) - |E|]_+",
    "positive part of sigma_m(Y~) less the size of the explainable residual E, |E|^2 = 2(f - f*)",
    nonnegative=True,
)
reach_r = quantity(
    r"[\sigma_r(\tilde Y) - |E|]_+",
    "positive part of sigma_r(Y~) less the size of the explainable residual E, |E|^2 = 2(f - f*)",
    nonnegative=True,
)


class Kind(enum.Enum):
    """How the weights of a network are drawn."""

    GENERIC = "generic"
    """All entries are random."""
    SPLIT = "split"
    """Each hidden unit serves one layer, where there are enough of them."""


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    rank, outputs, hidden = parameters["rank"], parameters["outputs"], parameters["hidden"]
    samples, inputs = rank + parameters["unexplained"], rank + parameters["unseen"]
    values = np.sort(np.exp(rng.uniform(-1, 1, size=(size, rank))), axis=1)[:, ::-1]
    scale = np.exp(parameters["spread"] * rng.normal(size=(2, size, 1, 1)))
    seen, upper = (scale[i] * rng.normal(size=(size, n, hidden)) for i, n in enumerate((rank, outputs)))
    residual = rng.normal(size=(size, samples, outputs))
    if Kind(parameters["kind"]) is Kind.SPLIT and hidden >= rank + outputs:
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
            "kind": choice(*(kind.value for kind in Kind)),
            "spread": reals(0, 2),
        },
        draw=_draw,
        hypotheses=(Hypothesis(name="singular values positive, in decreasing order", holds=_ordered),),
        searchable=("s", "U", "V", "Y"),
        edges=(
            Edge(name="numbers"),
            Edge(name="each hidden unit serves one layer", parameters={"hidden": 2, "kind": Kind.SPLIT.value}),
            Edge(
                name="the same, matrices",
                parameters={"rank": 3, "outputs": 3, "hidden": 7, "unseen": 1, "kind": Kind.SPLIT.value, "spread": 1.0},
            ),
            Edge(name="fewer hidden units than the rank", parameters={"rank": 3, "outputs": 2, "hidden": 2}),
            Edge(name="as strong above as below", parameters={"hidden": 2, "unseen": 1}, adjust=_alike),
            Edge(
                name="each serves one layer, both excited alike",
                parameters={"hidden": 2, "unseen": 1, "kind": Kind.SPLIT.value},
                adjust=_shared_unseen,
            ),
            Edge(
                name="wide and unequal", parameters={"rank": 2, "outputs": 2, "hidden": 7, "unseen": 2, "spread": 2.0}
            ),
        ),
    )


def wide_networks_at_a_point() -> Family:
    """The same networks with at least m + r hidden units."""
    base = overparametrized_networks()

    def drawn(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        enough = parameters["rank"] + parameters["outputs"] + parameters["spare"]
        return _draw({**parameters, "hidden": enough}, rng, size)

    shape = {name: given for name, given in base.parameters.items() if name != "hidden"}
    split = {"kind": Kind.SPLIT.value}
    return Family(
        name=base.name + ", h >= m + r",
        parameters={**shape, "spare": integers(0, 3)},
        draw=drawn,
        hypotheses=(*base.hypotheses, Hypothesis(name="h >= m + r", holds=_wide_enough)),
        searchable=base.searchable,
        edges=(
            Edge(name="two hidden units"),
            Edge(name="each hidden unit serves one layer", parameters=split),
            Edge(name="the same, matrices", parameters={"rank": 3, "outputs": 3, "spread": 1.0, **split}),
            Edge(name="wide and unequal", parameters={"rank": 2, "outputs": 3, "spare": 3, "spread": 2.0}),
        ),
    )


def _wide_enough(parameters: Parameters, instances: Instances) -> Any:
    layer = instances["V"]
    return np.full(layer.shape[0], layer.shape[2] >= int(parameters["rank"]) + layer.shape[1])


def _entry(values: Any, index: int) -> Any:
    """The ``index``-th largest of ``values`` (from 1), zero if there are fewer."""
    return values[:, index - 1] if index <= values.shape[1] else full(values[:, 0], 0)


def _at_a_point(parameters: Parameters, instances: Instances) -> Measurement:
    rank, outputs = int(parameters["rank"]), int(parameters["outputs"])
    singular, U, V, Y = (instances[name] for name in ("s", "U", "V", "Y"))
    network = dense((U.shape[1], U.shape[2], outputs))
    data = Data(inputs=transpose(rectangular_diagonal(singular, Y.shape[1], U.shape[1])), targets=transpose(Y))
    weights = Weights(matrices=(transpose(U), V))
    slope = gradient(network, weights, data)
    lower, upper = (Dual(w, -g) for w, g in zip(weights.matrices, slope.matrices, strict=True))
    falling = loss(network, forward(network, Weights(matrices=(lower, upper)), data), data)
    seen, unseen = U[:, :rank], lower[:, :, rank:]
    overlaps = [frobenius_square(layer @ unseen) for layer in (upper, transpose(lower[:, :, :rank]))]
    difference = transpose(seen) @ seen - transpose(V) @ V
    positive, negative = eigenvalues_symmetric(difference), eigenvalues_symmetric(-difference)
    residual = slope.activity.prediction - transpose(Y)
    values = _spectra(rank, outputs, seen @ transpose(V), Y[:, :rank]) | {
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
        unseen_above: overlaps[0].value,
        unseen_below: overlaps[1].value,
        growth: overlaps[0].tangent + overlaps[1].tangent,
    }
    return Measurement.of(values | _parts(values), case="at a point")


def _positive(number: Any) -> Any:
    return largest([number, full(number, 0)])


def _parts(values: dict[Any, Any]) -> dict[Any, Any]:
    """The positive parts that the sharper rates speak of."""
    below, above = _positive(values[served_below]), _positive(values[served_above])
    residual = elementwise(2 * values[gap], "sqrt")
    return {
        imbalance: constant(values[served_below], values[served_above]),
        spread_below: _positive(values[top_below]) - below,
        spread_above: _positive(values[top_above]) - above,
        reach_m: _positive(values[target_m] - residual),
        reach_r: _positive(values[target_r] - residual),
    }


def _spectra(rank: int, outputs: int, product: Any, target: Any) -> dict[Any, Any]:
    """The m-th and r-th singular values of two matrices of r rows and m columns."""
    of_product, of_target = singular_values(product), singular_values(target)
    return {
        product_m: _entry(of_product, outputs),
        product_r: _entry(of_product, rank),
        target_m: _entry(of_target, outputs),
        target_r: _entry(of_target, rank),
    }


flow_at_a_point = Procedure(
    name="gradient flow at a point: the loss and what the data do not see, with their derivatives by forward mode",
    measures=(
        gap,
        decline,
        lowest,
        highest,
        served_below,
        served_above,
        top_below,
        top_above,
        sigma_below,
        sigma_above,
        product_m,
        product_r,
        target_m,
        target_r,
        unseen_above,
        unseen_below,
        growth,
        imbalance,
        spread_below,
        spread_above,
        reach_m,
        reach_r,
    ),
    run=_at_a_point,
    rational=False,
)
