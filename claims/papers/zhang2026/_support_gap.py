"""Two-layer linear networks in the mean-field scaling, their support margins, and quadratic losses of the predictor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lemmata.claims import (
    Draw,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Procedure,
    Value,
    choice,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import Dual, concatenate, eigenvalues_symmetric, full, singular_values, transpose, zeros
from lemmata.solvers.factorization import factor_descent, factor_loss, factor_slope, indexed_eigenvalue

gap = quantity(r"(\ell_k - \ell^*)", "loss minus its infimum after k steps", real=True)
next_gap = quantity(r"(\ell_{k+1} - \ell^*)", "loss minus its infimum a step later", real=True)
flow_gap = quantity(r"(\ell - \ell^*)", "loss minus its infimum", real=True)
decline = quantity(r"-\frac{d\ell}{dt}", "how fast the loss falls along the flow U' = -E'V, V' = -E U", real=True)
curvature = quantity("kappa", "PL constant of the loss of the predictor", positive=True)
smoothness = quantity("L", "smoothness constant of the loss of the predictor", positive=True)
tau = quantity("tau", "step size", positive=True)
norm = quantity(r"\|\Sigma\|", "spectral norm of the covariance W W'/n", positive=True)
rate = quantity("c", "rate asked for, below the support gap", positive=True)
margin_u = quantity(
    r"\lambda_{d_u}(\frac{U^\top U - V^\top V}{n})", "d_u-th largest eigenvalue (zero if there are fewer)", real=True
)
margin_v = quantity(
    r"\lambda_{d_v}(\frac{V^\top V - U^\top U}{n})", "d_v-th largest eigenvalue (zero if there are fewer)", real=True
)
top_u = quantity(r"\lambda_1(\frac{U^\top U - V^\top V}{n})", "largest eigenvalue", real=True)
top_v = quantity(r"\lambda_1(\frac{V^\top V - U^\top U}{n})", "largest eigenvalue", real=True)
width = quantity("n", "number of hidden units", positive=True)

_BELOW = 1 - 1e-9


def _margins(p: Parameters, i: Instances) -> np.ndarray:
    """The support gap g = a_+ + a_- in float64, ``(batch,)``."""
    U, V = i["U"], i["V"]
    law = (U.swapaxes(1, 2) @ U - V.swapaxes(1, 2) @ V) / p["width"]
    values = np.linalg.eigvalsh(law)[:, ::-1]
    inputs, outputs = p["inputs"], p["outputs"]
    none = np.zeros(len(U))
    upper = values[:, inputs - 1] if inputs <= p["width"] else none
    lower = -values[:, -outputs] if outputs <= p["width"] else none
    gap_: np.ndarray = np.maximum(upper, 0) + np.maximum(lower, 0)
    return gap_


def _weights(p: Parameters, q: Any) -> Any:
    """The entries of the loss ``(batch, outputs, inputs)``: as many zeros as the loss is blind to, then ``q``."""
    batch = q.shape[0]
    blind = zeros(q, (batch, _blind(p)))
    return concatenate([blind, q], axis=1).reshape(batch, p["outputs"], p["inputs"])


def _blind(p: Parameters) -> int:
    return min(int(p["blind"]), int(p["outputs"] * p["inputs"]) - 1)


def _gap(p: Parameters, i: Instances) -> np.ndarray:
    value: np.ndarray = factor_loss(i["V"], i["U"], i["T"], weights=_weights(p, i["q"]), width=p["width"])
    return value


def _largest(p: Parameters, i: Instances) -> np.ndarray:
    """Spectral norm of the covariance W W'/n, ``(batch,)``."""
    whole = np.concatenate([i["U"], i["V"]], axis=1)
    norms: np.ndarray = np.linalg.svd(whole, compute_uv=False)[:, 0] ** 2 / p["width"]
    return norms


StepRule = Callable[[Parameters, Instances], np.ndarray]
"""The largest step size allowed, ``(batch,)``, zero where the support gap vanishes."""


def theorem_step(p: Parameters, i: Instances) -> np.ndarray:
    """The bound of Theorem 3.6."""
    gap_, loss, largest = _margins(p, i), _gap(p, i), _largest(p, i)
    with np.errstate(all="ignore"):
        grown = np.exp(8 * np.sqrt(loss / i["kappa"]) / gap_)
        first = 1 / (4 * largest * np.sqrt(i["L"] * loss) + 9 * np.sqrt(2) * i["L"] * largest**2 * grown)
        step = gap_ / grown * np.minimum(first, (np.sqrt(2) - 1) / (4 * loss))
    return _finite(step)


def budget_step(p: Parameters, i: Instances) -> np.ndarray:
    """The bound of Proposition C.17 for the rate c that the instance asks for, with h halfway between c and g."""
    gap_, loss, wanted = _margins(p, i), _gap(p, i), i["c"]
    with np.errstate(all="ignore"):
        grown = np.exp(2 * np.sqrt(2 * loss / i["kappa"]) / wanted)
        cover, pull = _largest(p, i) * grown, np.sqrt(2 * i["L"] * loss)
        descent_ = (gap_ - wanted) / 2 / (cover * pull + 9 * i["L"] * cover**2 / 2)
        drift = (1 - wanted / gap_) / 2 * wanted / (grown * loss)
        step = np.minimum(np.minimum(1 / (2 * pull), descent_), drift)
    return _finite(np.where((wanted > 0) & (wanted < gap_), step, 0.0))


def _finite(step: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(step), step, 0.0)


POLYAK = "|grad l|^2 >= 2 kappa (l - l*)"
SMOOTH = "l is L-smooth"
STEP = "tau within the theorem's bound"
_POSITIVE = "kappa, L and the weights of the loss are positive"


def _draw_weights(p: Parameters, rng: np.random.Generator, size: int) -> dict[str, np.ndarray]:
    """Weights in falling order (the last entry is learnt slowest), with kappa and L their extremes or a little beyond."""
    count = p["outputs"] * p["inputs"] - _blind(p)
    q = np.sort(np.exp(-p["condition"] * rng.uniform(0, 1, size=(size, count))), axis=1)[:, ::-1]
    beyond = np.where(rng.random(size) < _SHARE, np.exp(rng.uniform(1, 4, size=size)), 1.0)
    swapped = rng.random(size) < _HALF
    return {
        "q": q,
        "kappa": q[:, -1] * np.where(swapped, beyond, 1.0),
        "L": q[:, 0] / np.where(swapped, 1.0, beyond),
    }


_SHARE, _HALF = 0.3, 0.5
"""Share of the instances with kappa or L, one half each, beyond what is true: dropped hypotheses need them."""


def _draw_factors(p: Parameters, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
    inputs, outputs, n = p["inputs"], p["outputs"], p["width"]
    scale = np.exp(p["spread"] * rng.normal(size=(2, size, 1, 1))) * np.sqrt(n)
    if p["kind"] == "generic" or n < inputs + outputs:
        entries = [rng.normal(size=(size, rows, n)) / np.sqrt(n) for rows in (inputs, outputs)]
        return scale[0] * entries[0], scale[1] * entries[1]
    lengths = np.sort(rng.uniform(0.3, 1, size=(size, inputs + outputs)), axis=1)[:, ::-1]
    if p["kind"] == "white":
        lengths, scale = np.ones_like(lengths), scale[:1].repeat(2, axis=0)
    whole = np.eye(inputs + outputs, n) * lengths[:, :, None]
    return scale[0] * whole[:, :inputs], scale[1] * whole[:, inputs:]


def _draw_networks(allowed: StepRule, step: float) -> Draw:
    def draw(p: Parameters, rng: np.random.Generator, size: int) -> Instances:
        U, V = _draw_factors(p, rng, size)
        drawn = {"U": U, "V": V, **_draw_weights(p, rng, size)}
        push = rng.normal(size=(size, p["outputs"], p["inputs"]))
        if p["kind"] == "apart":
            push *= np.arange(p["outputs"] * p["inputs"])[::-1].reshape(p["outputs"], p["inputs"]) == 0
        here = V @ U.swapaxes(1, 2) / p["width"]
        loss = _gap(p, {**drawn, "T": here + push})
        gap_ = _margins(p, drawn)
        wanted = drawn["kappa"] * (p["length"] * np.where(gap_ > 0, gap_, 1.0) / 4) ** 2
        drawn["T"] = here + push * np.sqrt(wanted / np.where(loss > 0, loss, 1.0))[:, None, None]
        drawn["c"] = gap_ * p["share"]
        pace = np.where(rng.random(size) < _HALF, _BELOW, rng.uniform(0.2, 1, size=size))
        return {**drawn, "tau": step * pace * allowed(p, drawn)}

    return draw


def _edges() -> tuple[Edge, ...]:
    apart: dict[str, Value] = {"inputs": 2, "outputs": 2, "width": 4, "kind": "apart"}
    return (
        Edge(name="numbers, one unit"),
        Edge(name="numbers, each unit serves one layer", parameters={"width": 2, "kind": "apart"}),
        Edge(name="each unit serves one layer", parameters={**apart, "condition": 2.0}),
        Edge(name="near the rate of the flow", parameters={**apart, "share": 0.99}),
        Edge(name="white, ill-conditioned loss", parameters={**apart, "kind": "white", "condition": 4.0}),
        Edge(name="a loss with a kernel", parameters={**apart, "width": 6, "blind": 2, "steps": 4}),
        Edge(name="far to go", parameters={"width": 3, "length": 2.0, "steps": 4}),
        Edge(
            name="wide and unequal",
            parameters={"inputs": 3, "outputs": 2, "width": 7, "condition": 4.0, "spread": 1.0, "steps": 2},
        ),
    )


def networks(*, rule: StepRule | None, step: float = 1.0) -> Family:
    """Finite networks V U'/n and quadratic losses; ``tau`` is at most ``step`` times what ``rule`` allows (None: a flow)."""
    allowed = rule or theorem_step

    bounded_steps = (
        Hypothesis(name=SMOOTH, holds=lambda _, i: i["q"].max(axis=1) <= i["L"]),
        Hypothesis(name=STEP, holds=lambda p, i: (i["tau"] > 0) & (i["tau"] <= step * allowed(p, i))),
    )
    return Family(
        name="two-layer linear networks V U'/n with a quadratic loss of the predictor, each entry with a weight of its own",
        parameters={
            "inputs": integers(1, 3),
            "outputs": integers(1, 3),
            "width": integers(1, 7),
            "kind": choice("generic", "apart", "white"),
            "blind": integers(0, 2),
            "condition": reals(0, 4),
            "spread": reals(0, 1),
            "length": reals(0.02, 2, logarithmic=True),
            "share": reals(0.3, 0.99),
            "steps": integers(1, 12),
        },
        draw=_draw_networks(allowed, step),
        hypotheses=(
            Hypothesis(name=_POSITIVE, holds=lambda _, i: (i["kappa"] > 0) & (i["L"] > 0) & (i["q"] > 0).all(axis=1)),
            Hypothesis(name=POLYAK, holds=lambda _, i: i["kappa"] <= i["q"].min(axis=1)),
            *(() if rule is None else bounded_steps),
        ),
        searchable=("U", "V", "T"),
        edges=_edges(),
    )


def _law(U: Any, V: Any, n: int) -> Any:
    return (transpose(U) @ U - transpose(V) @ V) / n


def _spectrum(p: Parameters, i: Instances) -> dict[Any, Any]:
    """Margins of the start and the norm of its covariance, ``(batch, 1)`` each."""
    law = _law(i["U"], i["V"], p["width"])
    whole = singular_values(concatenate([i["U"], i["V"]], axis=1))[:, 0]
    measured = {
        margin_u: indexed_eigenvalue(law, p["inputs"]),
        margin_v: indexed_eigenvalue(-law, p["outputs"]),
        norm: whole * whole / p["width"],
        curvature: i["kappa"],
        smoothness: i["L"],
        rate: i["c"],
        tau: i["tau"],
    }
    return {symbol: value[:, None] for symbol, value in measured.items()}


_SPECTRUM = (margin_u, margin_v, norm, curvature, smoothness, rate, tau)


def _flow(p: Parameters, i: Instances) -> Measurement:
    n, weights = p["width"], _weights(p, i["q"])
    slope = factor_slope(i["V"], i["U"], i["T"], weights=weights, width=n)
    U, V = Dual(i["U"], -(transpose(slope) @ i["V"])), Dual(i["V"], -(slope @ i["U"]))
    falling = factor_loss(V, U, i["T"], weights=weights, width=n)
    law = _law(i["U"], i["V"], n)
    values = {
        **_spectrum(p, i),
        flow_gap: falling.value[:, None],
        decline: -falling.tangent[:, None],
        top_u: eigenvalues_symmetric(law)[:, :1],
        top_v: eigenvalues_symmetric(-law)[:, :1],
        width: full(i["kappa"], n)[:, None],
    }
    return Measurement.of(values, case="at a point")


flow_at_a_point = Procedure(
    name="gradient flow at a point: the loss with its derivative by forward mode",
    measures=(*_SPECTRUM, flow_gap, decline, top_u, top_v, width),
    run=_flow,
    rational=False,
)


def _descent(p: Parameters, i: Instances) -> Measurement:
    steps = zeros(i["tau"], (i["tau"].shape[0], int(p["steps"]))) + i["tau"][:, None]
    run = factor_descent(i["V"], i["U"], i["T"], step_sizes=steps, weights=_weights(p, i["q"]), width=int(p["width"]))
    values = {**_spectrum(p, i), gap: run.losses[:, :-1], next_gap: run.losses[:, 1:]}
    return Measurement.of(values, case="every step")


descent = Procedure(
    name="gradient descent on both factors, every step",
    measures=(*_SPECTRUM, gap, next_gap),
    run=_descent,
    rational=False,
)
