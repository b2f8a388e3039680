"""Perturbed matrix completion: weights 1 on (i, i), (i, 2k), (2k, i), rho elsewhere, and the truth z z', z = (1, 0, 1, 0, ...).

For n = 3 the spurious point is x = (s, 0, -s), s^2 = (1 - rho^2)/(1 + rho^2), in closed form: of the lift only s^2 is needed.
"""

from __future__ import annotations

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
from lemmata.solvers import Bounded, as_floats, eigenvalues_symmetric, stack

rho = quantity("rho", "weight of the entries that are not measured", positive=True)
least = quantity(
    r"\lambda_{\min}(\nabla^2 h)",
    "least eigenvalue of the Hessian of the lift at vec(X)^(x)l, X the spurious point",
    real=True,
)
size = quantity("mu", "size of the truth, M* = mu z z'", positive=True)
smallest = quantity(
    "l_0", "order from which on the lift has an escape direction, a solution of (a/b)^l + 2 (c/b)^l = 1", positive=True
)


limit = quantity(r"\nu", "-log u for the root u > 0 of u^4 + 2 u^3 = 1, 0.33314", positive=True)


ORDER = 3


def _draw(parameters: Parameters, rng: np.random.Generator, size_: int) -> Instances:
    low, high = np.log([float(parameters["low"]), float(parameters["high"])])
    return {
        "rho": np.exp(rng.uniform(low, high, size=size_)),
        "mu": np.exp(rng.uniform(-3, 0, size=size_)) * float(parameters["mu"]),
        "tau": np.exp(rng.uniform(-2, 2, size=size_)),
    }


def _short_truth(_: Parameters, instances: Instances) -> Any:
    """|M*|_F = 2 mu at most 2 sqrt2 alpha^(5/2)/(tau (L + alpha)^2 sqrt L), with L = 1, alpha = rho^2, r = 1."""
    square = instances["rho"] * instances["rho"]
    bound = np.sqrt(2) * square * square * instances["rho"] / (instances["tau"] * (1 + square) ** 2)
    return instances["mu"] <= bound


def _allowed(_: Parameters, instances: Instances) -> Any:
    """The hypothesis (28) at l = 3, as a formula: b = L tr M* lambda_1(X X')/(alpha D^2), whatever mu."""
    square = instances["rho"] * instances["rho"]
    s = (1 - square) / (1 + square)
    b = 4 * s / (square * (2 * (s - 1) ** 2 + 2 * (s + 1) ** 2))
    return 1 / (1 - np.log2(2 * b)) < ORDER


def _weights(_: Parameters, instances: Instances) -> Any:
    return (instances["rho"] > 0) & (instances["rho"] < 1) & (instances["mu"] > 0) & (instances["tau"] > 0)


WEIGHTS = Hypothesis(name="0 < rho < 1, and M* = mu z z' with mu > 0", holds=_weights)
SHORT = Hypothesis(
    name="|M*|_F <= 2 sqrt2 alpha_s^(5/2) / (tau sqrt r (L_s + alpha_s)^2 sqrt L_s), tau > 0", holds=_short_truth
)
ALLOWED = Hypothesis(name="(28): l > 1/(1 - log2(2b)), as a formula, l = 3", holds=_allowed)


def _shortest(_: Parameters, drawn: Instances) -> Instances:
    """A truth so short that it is for every weight in the range."""
    return {**drawn, "mu": drawn["mu"] / 64, "tau": 0 * drawn["tau"] + 1 / 8}


def completions(*hypotheses: Hypothesis, high: float = 0.1, mu: float = 1e-7) -> Family:
    """Perturbed completion for n = 3, weights up to ``high``, truths of a size up to ``mu``."""
    return Family(
        name="perturbed matrix completion, n = 3, M* = mu z z', z = (1, 0, 1)",
        parameters={"low": reals(0.01, 0.02), "high": reals(0.02, high, logarithmic=True), "mu": reals(mu / 10, mu)},
        draw=_draw,
        hypotheses=(WEIGHTS, *hypotheses),
        searchable=("rho", "mu", "tau"),
        edges=(
            Edge(name="small weights", adjust=_shortest),
            Edge(name="large weights", parameters={"low": 0.02, "high": high}),
        ),
    )


def _matrix(rows: list[list[Any]]) -> Any:
    return stack([stack(row, axis=1) for row in rows], axis=1)


def _parts(square: Any) -> tuple[Any, Any, Any]:
    """P, U and C of the Hessian P^(x)l - U^(x)l + 2 C^(x)l at the spurious point, for mu = 1 and rho^2: (batch, 3, 3)."""
    s, zero = (1 - square) / (1 + square), square * 0
    one = zero + 1
    P = _matrix([[s, zero, -square * s], [zero, zero, zero], [-square * s, zero, s]])
    U = _matrix([[one, zero, square], [zero, zero, zero], [square, zero, one]])
    # |A(x v')|^2 = s [v_1^2 + v_3^2 + v_2^2 + rho^2 (v_3 - v_1)^2/2], by the entries of (x v' + v x')/2.
    side = s * (1 + square / 2)
    C = _matrix([[side, zero, -s * square / 2], [zero, s, zero], [-s * square / 2, zero, side]])
    return P, U, C


def _power(matrix: Any, order: int) -> Any:
    """M (x) ... (x) M."""
    made = matrix
    for _ in range(order - 1):
        batch, rows = made.shape[:2]
        made = made[:, :, None, :, None] * matrix[:, None, :, None, :]
        made = made.reshape(batch, rows * matrix.shape[1], rows * matrix.shape[1])
    return made


def _run_least(_: Parameters, instances: Instances) -> Measurement:
    P, U, C = _parts(instances["rho"] * instances["rho"])
    values = eigenvalues_symmetric(_power(P, ORDER) - _power(U, ORDER) + 2 * _power(C, ORDER))
    # mu scales P, U and C, and so the Hessian by mu^l.
    return Measurement.of(
        {least: values[:, -1] * instances["mu"] ** ORDER, rho: instances["rho"], size: instances["mu"]}
    )


least_curvature = Procedure(
    name="the Hessian of the lift of order 3 at the spurious point, on all tensors",
    measures=(least, rho, size),
    run=_run_least,
    rational=False,
    cost=8,
)


def grids() -> Family:
    """Geometric grids of weights rho -> 0."""

    def draw(_: Parameters, rng: np.random.Generator, size_: int) -> Instances:
        return {"first": np.exp(rng.uniform(-4, -2, size=size_)), "ratio": rng.uniform(0.3, 0.7, size=size_)}

    return Family(
        name="perturbed matrix completion, n = 3, weights rho -> 0",
        parameters={"points": integers(4, 8)},
        draw=draw,
        edges=(Edge(name="four weights"), Edge(name="eight weights", parameters={"points": 8})),
    )


_BISECTIONS, _ROUNDING = 60, 1e-12


def _run_orders(parameters: Parameters, instances: Instances) -> Measurement:
    """l_0 by bisection in l rho^2: a/b = ((1 - q)/(1 + q))^2, c/b = (1 - q)/(1 + q)^2 with q = rho^2, along v = (1, 0, 1)."""
    first, ratio = as_floats(instances["first"]), as_floats(instances["ratio"])
    weight = first[:, None] * ratio[:, None] ** np.arange(int(parameters["points"]))
    square = weight**2
    down, up = np.log1p(-square), np.log1p(square)
    slope_a, slope_c = 2 * (down - up) / square, (down - 2 * up) / square
    low, high = np.zeros_like(square), np.full_like(square, 2.0)
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        early = np.exp(middle * slope_a) + 2 * np.exp(middle * slope_c) > 1
        low, high = np.where(early, middle, low), np.where(early, high, middle)
    found = high / square
    values = {smallest: Bounded(found, _ROUNDING * found), rho: Bounded(weight, _ROUNDING * weight)}
    constant = -np.log(np.roots([1, 2, 0, 0, -1]).real.max()) * np.ones_like(weight)
    return Measurement.of({**values, limit: Bounded(constant, _ROUNDING * constant)})


smallest_orders = Procedure(
    name="the order at which the direction (1, 0, 1) begins to escape",
    measures=(smallest, rho, limit),
    run=_run_orders,
    time=Time.SCALES,
    rational=False,
    exact=False,
)
