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
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Range,
    integers,
    quantity,
    reals,
)
from lemmata.claims.papers.min2021._imbalance import positive_above, positive_below, served_above, served_below
from lemmata.solvers import convert, elementwise, full, largest, transpose
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
reach = quantity("K", "lambda_1^(1/2) |Y|_F / lambda_r of the data", positive=True)

Width = Callable[[Parameters], float]


def tail(parameters: Parameters) -> float:
    """sqrt(2 log(1/delta)): a Gaussian Lipschitz function exceeds its mean by more with probability at most delta."""
    return float(np.sqrt(2 * np.log(1 / parameters["delta"])))


def lemma_width(parameters: Parameters) -> float:
    """12 (sqrt(m + r) + sqrt(2 log(1/delta)))^2: the least singular value of (V; U_1) is then above its mean/sqrt(2)."""
    return 12 * float(np.sqrt(parameters["outputs"] + parameters["rank"]) + tail(parameters)) ** 2


def rows_only(parameters: Parameters) -> float:
    """As many hidden units as Z has rows, the least for which both layers can be served."""
    return float(parameters["outputs"] + parameters["rank"] + parameters.get("unseen", 0))


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


def wide_starts(*, least: Width = lemma_width, power: float = 1.0) -> Family:
    """The seen part Z = (V; U_1) of a wide initialization; entries of standard deviation h^(-``power`` a)."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        hidden = _widths(parameters, least)
        lower = bartlett(rng, size, parameters["outputs"] + parameters["rank"], hidden)
        ones = np.ones(size)
        alpha = float(parameters["alpha"])
        return {"L": lower * hidden ** (-power * alpha), "h": hidden * ones, "a": alpha * ones}

    return Family(
        name="wide two-layer linear networks, entries N(0, h^(-2a)), what the data see of them",
        parameters=_SHAPES,
        draw=draw,
        edges=(
            Edge(name="numbers, least width", parameters={"alpha": 0.5, "delta": 0.5}),
            Edge(name="matrices, least width", parameters={"outputs": 3, "rank": 3, "delta": 0.5}),
            Edge(name="wide", parameters={"outputs": 2, "rank": 3, "alpha": 0.4, "excess": 100.0}),
        ),
    )


def _signature(outputs: int, rank: int) -> np.ndarray:
    """Minus one for the rows of V, plus one for those of U_1."""
    return np.diag([-1] * outputs + [1] * rank)


def _imbalance(parameters: Parameters, lower: Any) -> tuple[Any, Any]:
    """lambda_r(Lam) and lambda_m(-Lam), Lam = U_1'U_1 - V'V = Z'JZ, whose non-zero eigenvalues are those of L'JL."""
    outputs, rank = int(parameters["outputs"]), int(parameters["rank"])
    matrix = transpose(lower) @ convert(_signature(outputs, rank), lower) @ lower
    return indexed_eigenvalue(matrix, rank), indexed_eigenvalue(-matrix, outputs)


def _run_imbalance(parameters: Parameters, instances: Instances) -> Measurement:
    first, second = _imbalance(parameters, instances["L"])
    values = {served_below: first, served_above: second, h: instances["h"], a: instances["a"]}
    return Measurement.of(values, case="the start")


imbalance_at_start = Procedure(
    name="the imbalance of a wide initialization",
    measures=(served_below, served_above, h, a),
    run=_run_imbalance,
    rational=False,
)


def theorem_scale(parameters: Parameters) -> float:
    """B = 2 sqrt(m + r) (sqrt(m + D) + log(2/delta)/2)."""
    outputs, rank = parameters["outputs"], parameters["rank"]
    inputs = rank + parameters["unseen"]
    deviation = np.sqrt(outputs + inputs) + np.log(2 / parameters["delta"]) / 2
    return float(2 * np.sqrt(outputs + rank) * deviation)


def theorem_width(parameters: Parameters) -> float:
    """h_0^(1/(4a - 1)) with h_0 = (B lambda_1/lambda_r)^2, and at least the lemma's width for delta/2."""
    polynomial = (theorem_scale(parameters) * parameters["condition"]) ** 2
    narrow = lemma_width({**parameters, "delta": parameters["delta"] / 2})
    return float(max(polynomial ** (1 / (4 * parameters["alpha"] - 1)), narrow, rows_only(parameters)))


def wide_networks(*, least: Width = theorem_width) -> Family:
    """Wide networks with inputs that the data do not see, and data of rank r to fit, in their singular axes."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        outputs, rank, hidden = parameters["outputs"], parameters["rank"], _widths(parameters, least)
        alpha, ones = float(parameters["alpha"]), np.ones(size)
        lower = bartlett(rng, size, outputs + rank + parameters["unseen"], hidden) * hidden**-alpha
        # Singular values s_1 >= ... >= s_r of the data with (s_1/s_r)^2 as declared, or all equal to one for r = 1.
        values = np.geomspace(1.0, float(parameters["condition"]) ** -0.5, rank)[None] * ones[:, None]
        targets = rng.normal(size=(size, rank, outputs)) * parameters["targets"]
        chance = float(parameters["delta"]) * ones
        return {"L": lower, "s": values, "Y": targets, "h": hidden * ones, "a": alpha * ones, "delta": chance}

    return Family(
        name="wide two-layer linear networks, entries N(0, h^(-2a)), data of rank r in the axes of their singular vectors",
        parameters={
            **_SHAPES,
            "unseen": integers(1, 30),
            "condition": reals(1, 10, logarithmic=True),
            "targets": reals(0.1, 10, logarithmic=True),
        },
        draw=draw,
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
        ),
    )


def _frobenius(matrix: Any) -> Any:
    return elementwise((matrix * matrix).sum(axis=2).sum(axis=1), "sqrt")


def _run_wide(parameters: Parameters, instances: Instances) -> Measurement:
    outputs, rank = int(parameters["outputs"]), int(parameters["rank"])
    seen, lower, s, targets = outputs + rank, instances["L"], instances["s"], instances["Y"]
    gram = lower @ transpose(lower)
    first, second = _imbalance(parameters, lower[:, :seen, :seen])
    residual = s[:, :, None] * gram[:, outputs:seen, :outputs] - targets
    scale = s[:, 0] / (s[:, rank - 1] * s[:, rank - 1])
    shape = {m: outputs, r: rank, D: rank + int(parameters["unseen"])}
    values = {
        positive_below: largest([first, full(first, 0)]),
        positive_above: largest([second, full(second, 0)]),
        overlap: _frobenius(gram[:, :seen, seen:]),
        push: scale * _frobenius(residual),
        reach: scale * _frobenius(targets),
        **{symbol: instances[str(symbol)] for symbol in (h, a, delta)},
        **{symbol: full(s[:, 0], number) for symbol, number in shape.items()},
    }
    return Measurement.of(values, case="the start")


bound_at_start = Procedure(
    name="what a wide initialization decides of the limit of gradient flow",
    measures=(positive_below, positive_above, overlap, push, reach, h, a, delta, m, r, D),
    run=_run_wide,
    rational=False,
)
