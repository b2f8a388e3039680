"""Wide two-layer linear networks with Gaussian weights N(0, h^(-2a)), drawn through their Gram matrix.

Everything that the initialization decides is a function of Z Z', Z = (V; U_1; U_2), and that is a Wishart matrix: by Bartlett's
decomposition Z Z' = h^(-2a) L L' with chi-distributed diagonal entries and normal ones below. So a width h of
10^60 costs what the least width costs. Data in their singular axes, as in `_flow`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    Range,
    integers,
    quantity,
    reals,
)
from lemmata.claims.papers.min2021._imbalance import constant, imbalance, served_above, served_below
from lemmata.solvers import convert, elementwise, full, transpose
from lemmata.solvers.factorization import indexed_eigenvalue

h = quantity("h", "number of hidden units", positive=True)
a = quantity("a", "exponent of the initialization, whose weights have variance h^(-2a)", positive=True)
delta = quantity("delta", "chance left to failure", positive=True)
m = quantity("m", "number of outputs", positive=True)
r = quantity("r", "rank of the data", positive=True)
D = quantity("D", "number of inputs", positive=True)
overlap = quantity(
    r"|Z U_2^\top|_F",
    "how strongly what the data see, Z = (V; U_1), overlaps with what they do not, U_2",
    positive=True,
)
push = quantity(
    "rho", "lambda_1^(1/2) |E|_F / lambda_r, E the explainable residual at the initialization", positive=True
)
cross = quantity(r"|U_1 V^\top|_F", "size of what the data see of the network", positive=True)
residual = quantity("|E(0)|_F", "size of the explainable residual at the initialization", positive=True)
target = quantity(r"|\tilde{Y}|_F", "size of what the data can explain of the targets", positive=True)
shrunk = quantity(
    r"|\Sigma_x^{-1/2} U_1 V^\top|_F", "the product with the rows divided by singular values", positive=True
)
stretched = quantity(
    r"|\Sigma_x^{1/2} U_1 V^\top|_F",
    "the product with the rows multiplied by singular values of the data",
    positive=True,
)
reach = quantity("K", "lambda_1^(1/2) |Y|_F / lambda_r of the data", positive=True)

Width = Callable[[Parameters], float]


def deviation(parameters: Parameters) -> float:
    """T = sqrt(m + D) + log(2/delta)/2."""
    outputs, inputs = parameters["outputs"], parameters["rank"] + parameters["unseen"]
    return float(np.sqrt(outputs + inputs) + np.log(2 / parameters["delta"]) / 2)


def lemma_width(parameters: Parameters) -> float:
    """h_0' = 16 T^2, the least width of Lemma 1."""
    return 16 * deviation(parameters) ** 2


def _theorem_width(parameters: Parameters, condition: float) -> float:
    """h_0^(1/(4a - 1)) with h_0 = max(h_0', 4 ``condition`` m T^2)."""
    least = max(lemma_width(parameters), 4 * condition * parameters["outputs"] * deviation(parameters) ** 2)
    return float(least ** (1 / (4 * parameters["alpha"] - 1)))


def printed_width(parameters: Parameters) -> float:
    """The width of Theorem 2 as printed, with lambda_1/lambda_r^3."""
    largest_value, condition = parameters["scale"] ** 2, _condition(parameters)
    return _theorem_width(parameters, condition**3 / largest_value**2)


def repaired_width(parameters: Parameters) -> float:
    """The same with (lambda_1/lambda_r)^2, which is what its proof needs, and which has no unit."""
    return _theorem_width(parameters, _condition(parameters) ** 2)


def _condition(parameters: Parameters) -> float:
    """lambda_1/lambda_r; one singular value is as large as it is small."""
    return float(parameters["condition"]) if parameters["rank"] > 1 else 1.0


def rows_only(parameters: Parameters) -> float:
    """As many hidden units as Z has rows, the least for which both layers can be served."""
    return float(parameters["outputs"] + parameters["rank"] + parameters["unseen"])


def bartlett(rng: np.random.Generator, size: int, rows: int, hidden: float) -> np.ndarray:
    """Lower triangular L with L L' distributed as Z Z', Z of ``rows`` rows and ``hidden`` standard normal columns."""
    lower = np.tril(rng.normal(size=(size, rows, rows)), -1)
    freedom = hidden - np.arange(rows)
    lower[:, np.arange(rows), np.arange(rows)] = np.sqrt(2 * rng.standard_gamma(freedom / 2, size=(size, rows)))
    return lower


def _widths(parameters: Parameters, least: Width) -> float:
    return float(np.ceil(parameters["excess"] * least(parameters)))


_SHAPES: Mapping[str, Range] = {
    "outputs": integers(1, 3),
    "rank": integers(1, 3),
    "alpha": reals(0.3, 0.5),
    "delta": reals(0.01, 0.5),
    "excess": reals(1, 100, logarithmic=True),
}


def _signature(outputs: int, rank: int) -> np.ndarray:
    """Minus one for the rows of V, plus one for those of U_1."""
    return np.diag([-1] * outputs + [1] * rank)


def _imbalance(parameters: Parameters, lower: Any) -> tuple[Any, Any]:
    """lambda_r(Lam) and lambda_m(-Lam), Lam = U_1'U_1 - V'V = Z'JZ, whose non-zero eigenvalues are those of L'JL."""
    outputs, rank = int(parameters["outputs"]), int(parameters["rank"])
    matrix = transpose(lower) @ convert(_signature(outputs, rank), lower) @ lower
    return indexed_eigenvalue(matrix, rank), indexed_eigenvalue(-matrix, outputs)


_full_rank = Hypothesis(name="the data have rank r", holds=lambda _, instances: (instances["s"] > 0).all(axis=1))


def wide_networks(*, least: Width = repaired_width, power: float = 1.0) -> Family:
    """Wide networks with inputs that the data do not see, and data of rank r to fit, in their singular axes.

    Args:
        least: the least width; drawn are widths up to a hundred times as large.
        power: entries have the standard deviation h^(-``power`` a).
    """

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        outputs, rank = parameters["outputs"], parameters["rank"]
        hidden = max(_widths(parameters, least), rows_only(parameters))
        alpha, ones = float(parameters["alpha"]), np.ones(size)
        lower = bartlett(rng, size, outputs + rank + parameters["unseen"], hidden) * hidden ** (-power * alpha)
        # Singular values s_1 >= ... >= s_r of the data with (s_1/s_r)^2 as declared, or one of them.
        values = float(parameters["scale"]) * np.geomspace(1.0, _condition(parameters) ** -0.5, rank)[None]
        targets = rng.normal(size=(size, rank, outputs)) * parameters["targets"]
        chance = float(parameters["delta"]) * ones
        rows = {"L": lower, "s": values * ones[:, None], "Y": targets}
        return {**rows, "h": hidden * ones, "a": alpha * ones, "delta": chance}

    return Family(
        name="wide two-layer linear networks, entries N(0, h^(-2a)), data of rank r in the axes of their singular vectors",
        parameters={
            **_SHAPES,
            "unseen": integers(1, 30),
            "condition": reals(1, 10, logarithmic=True),
            "scale": reals(1 / 4, 16, logarithmic=True),
            "targets": reals(0.1, 10, logarithmic=True),
        },
        draw=draw,
        hypotheses=(_full_rank,),
        edges=(
            Edge(name="numbers, least width", parameters={"alpha": 0.5, "delta": 0.5}),
            Edge(
                name="many unseen inputs, least width, large targets",
                parameters={"alpha": 0.5, "delta": 0.5, "unseen": 30, "targets": 10.0},
            ),
            Edge(
                name="many unseen inputs, least width, small targets",
                parameters={"alpha": 0.3, "delta": 0.5, "unseen": 30, "targets": 0.1},
            ),
            Edge(
                name="matrices, slowly falling weights, unequal data",
                parameters={"outputs": 3, "rank": 3, "alpha": 0.3, "condition": 10.0, "unseen": 5},
            ),
            Edge(
                name="large and unequal data, small targets",
                parameters={"outputs": 3, "rank": 2, "alpha": 0.5, "delta": 0.5, "condition": 10.0, "scale": 16.0},
            ),
        ),
    )


def _frobenius(matrix: Any) -> Any:
    return elementwise((matrix * matrix).sum(axis=2).sum(axis=1), "sqrt")


def _run_wide(parameters: Parameters, instances: Instances) -> Measurement:
    outputs, rank = int(parameters["outputs"]), int(parameters["rank"])
    seen, lower, s, targets = outputs + rank, instances["L"], instances["s"], instances["Y"]
    gram = lower @ transpose(lower)
    first, second = _imbalance(parameters, lower[:, :seen, :seen])
    product = gram[:, outputs:seen, :outputs]
    reached = s[:, :, None] * product
    scale = s[:, 0] / (s[:, rank - 1] * s[:, rank - 1])
    shape = {m: outputs, r: rank, D: rank + int(parameters["unseen"])}
    values = {
        served_below: first,
        served_above: second,
        imbalance: constant(first, second),
        overlap: _frobenius(gram[:, :seen, seen:]),
        cross: _frobenius(product),
        residual: _frobenius(reached - targets),
        target: _frobenius(targets),
        shrunk: _frobenius(product / s[:, :, None]),
        stretched: _frobenius(reached),
        push: scale * _frobenius(reached - targets),
        reach: scale * _frobenius(targets),
        **{symbol: instances[str(symbol)] for symbol in (h, a, delta)},
        **{symbol: full(s[:, 0], number) for symbol, number in shape.items()},
    }
    return Measurement.of(values, case="the start")


bound_at_start = Procedure(
    name="what a wide initialization decides of the limit of gradient flow",
    measures=(
        served_below,
        served_above,
        imbalance,
        overlap,
        cross,
        residual,
        target,
        shrunk,
        stretched,
        push,
        reach,
        h,
        a,
        delta,
        m,
        r,
        D,
    ),
    run=_run_wide,
    rational=False,
)
