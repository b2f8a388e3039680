"""Tensors near rank one: the printed v-eigenvalues, deflation, and gradient descent on the lift while it is linear.

While w is small, w_(t+1) = (I + eta U^(x)l) w_t up to O(|w|^3), so from eps x_0^(x)l the component (i_1, ..., i_l) in the eigenbasis of U
is eps prod x_0[i_j] (1 + eta prod lambda_(i_j))^t. n = 2, M* = e_1 e_1', and U = K(M*) = diag(p^2 + 2 s^2, p q) for the
sensing matrices diag(p, q), s I, s diag(1, -1) and s times the exchange.
"""

from __future__ import annotations

from functools import partial
from math import comb
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
from lemmata.solvers import Bounded, absolute, as_floats, dot, full, stack
from lemmata.solvers.sensing import RankOne, best_rank_one, planar_form, tensor_power

ratio = quantity(
    r"\lambda_2'/\lambda_1",
    "largest |w(v, ..., v)| over unit v orthogonal to the best rank-one direction w_s, over that at w_s",
    positive=True,
)
defect = quantity(
    r"|w - \lambda_1 w_s^{\otimes l}|_F/\lambda_1",
    "what the best rank-one tensor leaves of w, relative to it",
    positive=True,
)
s_1 = quantity("s_1", "largest singular value of U = K(M*)", positive=True)
s_2 = quantity("s_2", "the next singular value of U", nonnegative=True)
x_norm = quantity("|x_0|", "size of the initialization's factor", positive=True)
x_along = quantity("|v_1^\\top x_0|", "its component along the singular vector of s_1", positive=True)
eta = quantity("eta", "step size", positive=True)
t = quantity("t", "number of steps", nonnegative=True)
kappa = quantity("kappa", "ratio that is asked for", positive=True)
l = quantity("l", "order of the lift", positive=True)  # noqa: E741 - the paper's letter
deflation_scale = quantity("q", "((1 + eta s_2^l)/(1 + eta s_1^l))^t", positive=True)
residual_scale = quantity("r", "((1 + eta s_1^(l-2) s_2^2)/(1 + eta s_1^l))^t", positive=True)

_ERROR, _FLOOR = 1e-8, 1e-13


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    signs = rng.choice([-1.0, 1.0], size=size) if parameters["signed"] else np.ones(size)
    p = np.exp(rng.uniform(-0.7, 0.7, size=size))
    return {
        "p": p,
        "q": p * signs * np.exp(rng.uniform(-1.6, 1.6, size=size)),
        "s": rng.uniform(0.05, 0.3, size=size) * p,
        "x": rng.normal(size=(size, 2)),
        "step": rng.uniform(0.05, 0.9, size=size),
        "kappa": rng.uniform(0.05, 0.6, size=size),
        "share": rng.uniform(0, 1, size=size),
    }


def _eigenvalues(instances: Instances) -> tuple[Any, Any]:
    p, q, s = (instances[name] for name in ("p", "q", "s"))
    return p * p + 2 * s * s, p * q


def _gap(_: Parameters, instances: Instances) -> Any:
    first, second = _eigenvalues(instances)
    x, step = instances["x"], instances["step"]
    apart = 20 * abs(abs(first) - abs(second)) >= np.maximum(abs(first), abs(second))
    seen = 20 * np.minimum(abs(x[:, 0]), abs(x[:, 1])) >= np.maximum(abs(x[:, 0]), abs(x[:, 1]))
    return apart & seen & (100 * step >= 1) & (100 * step <= 99) & (abs(x[:, 0]) > 0) & (first > 0)  # noqa: PLR2004


def _dominant(_: Parameters, instances: Instances) -> Any:
    first, second = _eigenvalues(instances)
    return second > -first


def _in_range(_: Parameters, instances: Instances) -> Any:
    kappa_, share = instances["kappa"], instances["share"]
    return (100 * kappa_ >= 1) & (kappa_ < 1) & (share >= 0) & (share <= 1)


def _definite(_: Parameters, instances: Instances) -> Any:
    return _eigenvalues(instances)[1] >= 0


GAP = Hypothesis(
    name="the singular values of U differ by a twentieth, x_0 has a twentieth along each vector, 1/100 <= eta s_1^l <= 99/100",
    holds=_gap,
)
RANGE = Hypothesis(name="1/100 <= kappa < 1", holds=_in_range)
DEFINITE = Hypothesis(name="U is positive semidefinite", holds=_definite)
DOMINANT = Hypothesis(name="lambda_max(U) is the largest singular value of U", holds=_dominant)


def _fixed(
    _: Parameters, drawn: Instances, *, q: float, x: tuple[float, float], kappa: float = 0.5, share: float = 0.0
) -> Instances:
    """U = diag(0.38, 0.6 q), from x."""
    one = np.ones(len(drawn["p"]))
    numbers = {"p": 0.6, "q": q, "s": 0.1, "step": 0.4, "kappa": kappa, "share": share}
    return {"x": one[:, None] * np.array(x), **{name: value * one for name, value in numbers.items()}}


_POSITIVE = partial(_fixed, q=0.38, x=(1.0, 0.5))
_NEGATIVE = (
    Edge(
        name="a negative eigenvalue, on the way",
        parameters={"l": 5},
        adjust=partial(_fixed, q=-0.58, x=(1.0, 1.5), kappa=0.1, share=0.7),
    ),
    Edge(
        name="a negative eigenvalue, from t(kappa, l) on",
        parameters={"l": 6},
        adjust=partial(_fixed, q=-0.58, x=(0.5, -1.0)),
    ),
)


def small_initializations(*hypotheses: Hypothesis, signed: bool = True) -> Family:
    """The lift for n = 2 from a small rank-one tensor, while it is linear; ``signed`` if U may have a negative eigenvalue."""
    return Family(
        name="the lift for n = 2, M* = e_1 e_1', from a small rank-one tensor",
        parameters={"l": integers(3, 6), "signed": integers(int(signed), int(signed)), "points": integers(4, 5)},
        draw=_draw,
        hypotheses=(GAP, RANGE, *hypotheses),
        searchable=("p", "q", "s", "x", "step", "kappa", "share"),
        edges=(
            Edge(name="order three", adjust=None if signed else _POSITIVE),
            Edge(name="order four", parameters={"l": 4}, adjust=None if signed else _POSITIVE),
            Edge(name="order six", parameters={"l": 6}, adjust=None if signed else _POSITIVE),
            *(_NEGATIVE if DOMINANT in hypotheses else ()),
        ),
    )


def _sorted(instances: Instances) -> tuple[Any, Any]:
    """Eigenvalues (batch, 2) and x_0 (batch, 2), the larger singular value first."""
    values = np.stack([as_floats(one) for one in _eigenvalues(instances)], axis=1)
    order = np.argsort(-np.abs(values), axis=1, kind="stable")
    return np.take_along_axis(values, order, axis=1), np.take_along_axis(as_floats(instances["x"]), order, axis=1)


def _logs(values: Any, step: Any, order: int) -> Any:
    """log(1 + eta lambda_1^(l-j) lambda_2^j), (batch, l + 1), for eta = step/s_1^l."""
    shares = values[:, 1] / values[:, 0]
    signs = np.sign(values[:, 0]) ** order
    return np.log1p(step[:, None] * signs[:, None] * shares[:, None] ** np.arange(order + 1))


def _after(values: Any, x: Any, step: Any, order: int, time: Any) -> RankOne:
    """The best rank-one tensor after ``time`` (batch,) steps; sizes relative to the largest factor."""
    exponents = _logs(values, step, order) * time[:, None]
    return best_rank_one(planar_form(x, np.exp(exponents - exponents.max(axis=1, keepdims=True))))


def _rounded(value: Any) -> Bounded:
    return Bounded(value, _ERROR * np.abs(value) + _FLOOR)


def _run(parameters: Parameters, instances: Instances, *, earliest: int) -> Measurement:
    order = int(parameters["l"])
    values, x = _sorted(instances)
    step, asked, share = (as_floats(instances[name]) for name in ("step", "kappa", "share"))
    sizes = np.abs(values)
    pace = step / sizes[:, 0] ** order
    rate = np.log1p(step) - np.log1p(pace * sizes[:, 1] ** order)
    start = order * np.log(np.linalg.norm(x, axis=1) / np.abs(x[:, 0]))
    time = np.ceil((start - np.log(asked)) / rate * (earliest + share))
    found = _after(values, x, step, order, time)
    measured = {
        ratio: found.deflated / found.strength,
        s_1: sizes[:, 0],
        s_2: sizes[:, 1],
        x_norm: np.linalg.norm(x, axis=1),
        x_along: np.abs(x[:, 0]),
        eta: pace,
        kappa: asked,
    }
    exact = {name: Bounded(value, np.zeros(len(x))) for name, value in ((t, time), (l, np.full(len(x), float(order))))}
    return Measurement.of(
        {**{name: _rounded(value) for name, value in measured.items()}, **exact}, case="in the linear regime"
    )


def linear_regime(earliest: int = 0) -> Procedure:
    """Gradient descent in the linear regime, at ``earliest`` to ``earliest`` + 1 times the printed t(kappa, l)."""
    when = "up to" if earliest == 0 else "from"
    return Procedure(
        name=f"gradient descent on the lift in the linear regime, {when} t(kappa, l) on",
        measures=(ratio, s_1, s_2, x_norm, x_along, eta, t, kappa, l),
        run=partial(_run, earliest=earliest),
        rational=False,
        exact=False,
    )


_SETTLED = 8.0
"""-log of the angle between w_s and v_1 at the first time, up to the initialization."""


def _run_rates(parameters: Parameters, instances: Instances) -> Measurement:
    order = int(parameters["l"])
    values, x = _sorted(instances)
    step = as_floats(instances["step"])
    logs = _logs(values, step, order)
    spread = np.abs(np.log(np.abs(x[:, 1] / x[:, 0])))
    first = (_SETTLED + 2 * spread) / (logs[:, 0] - logs[:, 1]) / (1 - np.abs(values[:, 1] / values[:, 0]))
    times = first[:, None] * (1 + np.arange(int(parameters["points"])) / 5)
    runs = [_after(values, x, step, order, time) for time in times.T]
    measured = {
        sp.log(ratio): np.stack([np.log(run.deflated) - np.log(run.strength) for run in runs], axis=1),
        sp.log(defect): np.stack([np.log(run.left) - np.log(run.strength) for run in runs], axis=1),
        sp.log(deflation_scale): (logs[:, -1] - logs[:, 0])[:, None] * times,
        sp.log(residual_scale): (logs[:, 2] - logs[:, 0])[:, None] * times,
    }
    return Measurement.of({name: _rounded(value) for name, value in measured.items()}, case="in the linear regime")


rates = Procedure(
    name="gradient descent on the lift in the linear regime, at growing times",
    measures=(sp.log(ratio), sp.log(defect), sp.log(deflation_scale), sp.log(residual_scale)),
    run=_run_rates,
    time=Time.SCALES,
    rational=False,
    exact=False,
)


def _unequal(_: Parameters, instances: Instances) -> Any:
    """The next entries fade like powers of s_2/s_1 more: seen in few decades only if that is not small, nor x_0 far off v_1."""
    first, second = _eigenvalues(instances)
    low, high, x = np.minimum(first, second), np.maximum(first, second), instances["x"]
    near = np.where(first > second, abs(x[:, 0]) >= abs(x[:, 1]), abs(x[:, 1]) >= abs(x[:, 0]))
    return (5 * low > 2 * high) & (5 * low < 4 * high) & near


UNEQUAL = Hypothesis(
    name="U positive definite, its eigenvalues in a ratio of 2/5 to 4/5, x_0 within 45 degrees of v_1", holds=_unequal
)

paired = quantity(r"|\langle w, u \rangle|", "inner product with an element u of the span", nonnegative=True)
lengthy = quantity("|u|_F^2", "squared size of u", nonnegative=True)


def tensors() -> Family:
    """Any tensor w of order l over the plane, and a vector x."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        return {"w": rng.normal(size=(size, 2 ** int(parameters["l"]))), "x": rng.normal(size=(size, 2))}

    return Family(
        name="tensors of order l over the plane",
        parameters={"l": integers(2, 5)},
        draw=draw,
        searchable=("w", "x"),
        edges=(Edge(name="matrices"), Edge(name="order five", parameters={"l": 5})),
    )


def _run_span(parameters: Parameters, instances: Instances, *, weights: str) -> Measurement:
    order, x, w = int(parameters["l"]), instances["x"], instances["w"]
    turned = stack([-x[:, 1], x[:, 0]], axis=1)
    first, second = tensor_power(x, order), tensor_power(turned, order)
    along, across = dot(w, first), dot(w, second)
    shares = {"crossed": (across, -along), "own": (along, across), "one": (full(along, 1), full(along, 0))}[weights]
    u = shares[0][:, None] * first + shares[1][:, None] * second
    return Measurement.of({paired: absolute(dot(w, u)), lengthy: dot(u, u)}, case="an element of the span")


def in_the_span(weights: str = "crossed") -> Procedure:
    """|<w, u>| for u in the span of x^(x)l and y^(x)l, y orthogonal to x: with the weights <w, y^l> and -<w, x^l>, or others."""
    return Procedure(
        name=f"an element of the span of two orthogonal symmetric rank-one tensors, {weights} weights",
        measures=(paired, lengthy),
        run=partial(_run_span, weights=weights),
    )


top = quantity(r"\lambda_1", "largest |w(v, ..., v)| over unit v, attained at e_1", positive=True)
second_top = quantity(r"\lambda_2'", "the same over unit v orthogonal to e_1", nonnegative=True)
rest = quantity(
    r"|w_\dagger(v, \dots, v)|",
    "w_dagger = w - lambda_1 e_1^(x)l at a unit vector v, at most |w_dagger|_S",
    nonnegative=True,
)


def _certified(parameters: Parameters, instances: Instances) -> Any:
    order = int(parameters["l"])
    total = sum(comb(order, j) * abs(instances["c"][:, j - 2]) for j in range(2, order + 1))
    return (total <= instances["lambda"]) & (instances["lambda"] > 0)


def certified_tensors(low: int, high: int) -> Family:
    """Binary forms lambda x^l + sum_j C(l, j) c_j x^(l-j) y^j of which (1, 0) is the maximizer, by their certificate."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        order = int(parameters["l"])
        entries = rng.normal(size=(size, order - 1))
        total = sum(comb(order, j) * np.abs(entries[:, j - 2]) for j in range(2, order + 1))
        return {
            "lambda": total * rng.uniform(1, 2, size=size),
            "c": entries,
            "angle": rng.normal(size=size),
        }

    return Family(
        name="symmetric tensors over the plane whose best rank-one direction is e_1",
        parameters={"l": integers(low, high)},
        draw=draw,
        hypotheses=(
            Hypothesis(
                name="sum_j C(l, j) |c_j| <= lambda, so that |w(v, ..., v)| <= lambda for unit v", holds=_certified
            ),
        ),
        searchable=("lambda", "c", "angle"),
        edges=tuple(Edge(name=f"order {order}", parameters={"l": order}) for order in sorted({low, high})),
    )


def _run_rest(parameters: Parameters, instances: Instances) -> Measurement:
    order, half = int(parameters["l"]), instances["angle"]
    whole = 1 + half * half
    x, y = (1 - half * half) / whole, 2 * half / whole
    terms = [comb(order, j) * instances["c"][:, j - 2] * x ** (order - j) * y**j for j in range(2, order + 1)]
    values = {top: instances["lambda"], second_top: absolute(instances["c"][:, -1]), rest: absolute(sum(terms))}
    return Measurement.of(values, case="at a unit vector")


left_over = Procedure(
    name="a tensor without its best rank-one part, at a rational point of the circle",
    measures=(top, second_top, rest),
    run=_run_rest,
)
