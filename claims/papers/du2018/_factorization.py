"""Fitting a matrix by a product of two factors: nearly balanced initializations, admissible steps, what is measured."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

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
    Value,
    choice,
    integers,
    quantity,
    reals,
)
from lemmata.solvers import (
    elementwise,
    frobenius_square,
    full,
    transpose,
)
from lemmata.solvers.factorization import factor_descent

eps = quantity("epsilon", "accuracy asked for", positive=True)
target_norm = quantity(r"\|M\|_F", "norm of the target", positive=True)
rank = quantity("r", "number of columns of U and V", positive=True)
drift = quantity(r"\|U_t^\top U_t - V_t^\top V_t\|_F", "norm of the imbalance after t steps", nonnegative=True)
initial_drift = quantity(
    r"\|U_0^\top U_0 - V_0^\top V_0\|_F", "norm of the imbalance at the initialization", nonnegative=True
)
lengths = quantity(
    r"\|U_t\|_F^2, \|V_t\|_F^2", "squared norm of either factor, after any number of steps", nonnegative=True
)
imbalance = quantity(r"\|U^\top U - V^\top V\|_F", "norm of the imbalance", nonnegative=True)
product = quantity(r"\|U V^\top\|_F", "norm of the product", nonnegative=True)
sizes = quantity(r"\|U\|_F^2, \|V\|_F^2", "squared norm of either factor", nonnegative=True)
loss = quantity("f_t", "loss |U V' - M|_F^2 / 2 before the step", real=True)
next_loss = quantity("f_{t+1}", "loss after the step", real=True)
eta = quantity("eta_t", "step size", real=True)
slope = quantity(r"\|\nabla f_t\|_F^2", "squared norm of the gradient before the step", real=True)
_BELOW = 1 - 1e-9
"""Instances on the boundary of a hypothesis keep this fraction of it, so that rounding cannot carry them over."""
_ON_BOUNDARY = 0.5
_AT_CAP, _UNCAPPED = 0.1, 0.2


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """How much the lemma's hypotheses allow, as multiples of its own constants.

    Attributes:
        imbalance: |B_0|_F is at most this many epsilon.
        steps: step sizes may be this many times those of the lemma.
    """

    imbalance: float = 0.5
    steps: float = 1.0


LEMMA = Allowed()


def _norm(matrix: np.ndarray) -> np.ndarray:
    norms: np.ndarray = np.linalg.norm(matrix, axis=(1, 2))
    return norms


def _cap(allowed: Allowed, p: Parameters, i: Instances) -> np.ndarray:
    bound: np.ndarray = allowed.steps / (100 * np.sqrt(p["rank"]) * _norm(i["M"]))
    return bound


def _square_budget(allowed: Allowed, p: Parameters, i: Instances) -> np.ndarray:
    bound: np.ndarray = allowed.steps**2 * i["eps"] / (80 * np.sqrt(p["rank"]) * _norm(i["M"]) ** 3)
    return bound


def _small(allowed: Allowed, p: Parameters, i: Instances) -> np.ndarray:
    del p
    bound: np.ndarray = allowed.steps * i["eps"] / (4.4 * _norm(i["M"]) ** 2)
    return bound


def _is_summable(allowed: Allowed) -> Callable[[Parameters, Instances], np.ndarray]:
    return lambda p, i: (i["eta"] ** 2).sum(axis=1) <= _square_budget(allowed, p, i)


def _is_small(allowed: Allowed) -> Callable[[Parameters, Instances], np.ndarray]:
    return lambda p, i: i["eta"].max(axis=1) <= _small(allowed, p, i)


class Budget(enum.Enum):
    """What keeps the sum of squared steps within epsilon; the value is the name of the hypothesis."""

    SUMMABLE = "sum of eta_t^2 <= epsilon / (80 sqrt(r) |M|_F^3)"
    SMALL = "eta_t <= epsilon / (4.4 |M|_F^2)"
    EITHER = f"{SUMMABLE}, or {SMALL}"


ACCURACY = "epsilon <= |M|_F"
BALANCED = "|B_0|_F <= epsilon / 2"
NEAR = "|R_0|_F <= 2 |M|_F"
CAPPED = "eta_t <= 1 / (100 sqrt(r) |M|_F)"


def _hypotheses(steps: Budget, allowed: Allowed) -> tuple[Hypothesis, ...]:
    summable, small = _is_summable(allowed), _is_small(allowed)
    budgets = {
        Budget.SUMMABLE: summable,
        Budget.SMALL: small,
        Budget.EITHER: lambda p, i: summable(p, i) | small(p, i),
    }

    def balanced(p: Parameters, i: Instances) -> Any:
        del p
        gap = i["U"].swapaxes(1, 2) @ i["U"] - i["V"].swapaxes(1, 2) @ i["V"]
        return _norm(gap) <= allowed.imbalance * i["eps"]

    return (
        Hypothesis(name=ACCURACY, holds=lambda _, i: (i["eps"] > 0) & (i["eps"] <= _norm(i["M"]))),
        Hypothesis(name=BALANCED, holds=balanced),
        Hypothesis(name=NEAR, holds=lambda _, i: _norm(i["U"] @ i["V"].swapaxes(1, 2) - i["M"]) <= 2 * _norm(i["M"])),
        Hypothesis(
            name=CAPPED,
            holds=lambda p, i: (i["eta"] >= 0).all(axis=1) & (i["eta"].max(axis=1) <= _cap(allowed, p, i)),
        ),
        Hypothesis(name=steps.value, holds=budgets[steps]),
    )


def _sometimes(rng: np.random.Generator, size: int, low: float, high: float, *, share: float = 0.08) -> np.ndarray:
    """One for most instances; for a ``share`` a factor beyond what is allowed, so that a dropped hypothesis shows."""
    return np.where(rng.random(size) < share, 10 ** rng.uniform(low, high, size=size), 1.0)


def _fraction(rng: np.random.Generator, size: int) -> np.ndarray:
    """Half of the instances on the boundary, the others within."""
    return np.where(rng.random(size) < _ON_BOUNDARY, _BELOW, rng.uniform(0, 1, size=size))


def _targets(p: Parameters, rng: np.random.Generator, size: int) -> np.ndarray:
    entries = rng.normal(size=(size, p["rows"], p["columns"]))
    if p["kind"] == "alike":
        entries = np.broadcast_to(np.eye(p["rows"], p["columns"]), entries.shape)
    target: np.ndarray = entries / _norm(entries)[:, None, None] * np.exp(p["spread"] * rng.normal(size=(size, 1, 1)))
    return target


def _initial_product(p: Parameters, rng: np.random.Generator, target: np.ndarray, accuracy: np.ndarray) -> np.ndarray:
    """Where the product begins: three times the target (the farthest), near zero as in the theorem, or anywhere near."""
    size = len(target)
    if p["kind"] in ("alike", "thrice"):
        return target * (3 * _BELOW)
    push = rng.normal(size=target.shape)
    if p["kind"] == "near zero":
        centre, reach = np.zeros_like(target), accuracy * rng.uniform(0, 0.1, size=size)
    else:
        centre, reach = target, 2 * _norm(target) * _fraction(rng, size)
    product: np.ndarray = centre + push * (reach / _norm(push))[:, None, None]
    return product


def _factors_of(
    p: Parameters, rng: np.random.Generator, product: np.ndarray, imbalance: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Factors of a product (cut to rank r) whose imbalance has a given norm, ``(batch,)``, in random frames."""
    left, values, right = np.linalg.svd(product, full_matrices=False)
    kept = min(values.shape[1], p["rank"])
    tilt = rng.normal(size=(len(product), kept)) if p["kind"] != "alike" else np.ones((len(product), kept))
    tilt *= (imbalance / np.linalg.norm(tilt, axis=1))[:, None]
    root = np.sqrt(tilt**2 + 4 * values[:, :kept] ** 2)
    frame = np.linalg.qr(rng.normal(size=(len(product), p["rank"], p["rank"])))[0][:, :kept]
    if p["kind"] == "alike":
        frame = np.broadcast_to(np.eye(kept, p["rank"]), frame.shape)
    upper = left[:, :, :kept] * np.sqrt((root + tilt) / 2)[:, None, :]
    lower = right.swapaxes(1, 2)[:, :, :kept] * np.sqrt((root - tilt) / 2)[:, None, :]
    return upper @ frame, lower @ frame


def _step_sizes(allowed: Allowed, p: Parameters, rng: np.random.Generator, i: Instances) -> np.ndarray:
    """A schedule ``(batch, T)``: the recalled one, a power of t, even steps, or small constant ones."""
    count, times = len(i["eps"]), np.arange(1, p["steps"] + 1)
    budget, cap = _square_budget(allowed, p, i), _cap(allowed, p, i)
    if p["schedule"] == "recalled":
        first = np.sqrt(i["eps"] / p["rank"]) / (100 * _norm(i["M"]) ** 1.5)
        eta = allowed.steps * _BELOW * first[:, None] / times
    elif p["schedule"] == "small":
        eta = np.minimum(_small(allowed, p, i), cap)[:, None] * _BELOW * np.ones(len(times))
    else:
        power = rng.uniform(0.5, 1, size=(count, 1)) if p["schedule"] == "power" else np.zeros((count, 1))
        shape = times**-power
        eta = shape * (np.sqrt(budget) * _BELOW / np.linalg.norm(shape, axis=1))[:, None]
    # Some instances go up to the cap alone, or beyond all bounds: the hypotheses sort them out.
    lot = rng.random((count, 1))
    bold = np.broadcast_to(cap[:, None] * _BELOW, eta.shape)
    eta = np.where(lot < _AT_CAP, bold, np.where(lot < _UNCAPPED, eta, np.minimum(eta, bold)))
    sizes: np.ndarray = eta * _sometimes(rng, count, 0.5, 2)[:, None]
    return sizes


def _draw_factorizations(allowed: Allowed) -> Draw:
    def draw(p: Parameters, rng: np.random.Generator, size: int) -> Instances:
        target = _targets(p, rng, size)
        accuracy = _norm(target) * 10 ** -rng.uniform(0, 4, size=size) * _sometimes(rng, size, 4, 7)
        if p["kind"] == "alike":
            accuracy = _norm(target) * _BELOW
        product = (
            _initial_product(p, rng, target, accuracy) * _sometimes(rng, size, 0.5, 1.5, share=0.16)[:, None, None]
        )
        imbalance = allowed.imbalance * accuracy * _fraction(rng, size) * _sometimes(rng, size, 0.3, 3)
        if p["kind"] == "alike":
            imbalance = allowed.imbalance * accuracy * _BELOW
        U, V = _factors_of(p, rng, product, imbalance)
        drawn = {"M": target, "eps": accuracy, "U": U, "V": V}
        return {**drawn, "eta": _step_sizes(allowed, p, rng, drawn)}

    return draw


def _edges() -> tuple[Edge, ...]:
    most: dict[str, Value] = {"rows": 4, "columns": 4, "rank": 4}
    return (
        Edge(name="numbers"),
        Edge(name="numbers, three times the target", parameters={"kind": "alike"}),
        Edge(name="three times the target, alike in every direction", parameters={**most, "kind": "alike"}),
        Edge(name="three times the target", parameters={**most, "kind": "thrice", "steps": 4}),
        Edge(name="near the saddle at zero", parameters={"rows": 3, "columns": 3, "rank": 2, "kind": "near zero"}),
        Edge(
            name="the recalled schedule, long",
            parameters={"rows": 3, "columns": 2, "rank": 2, "steps": 20, "schedule": "recalled"},
        ),
        Edge(name="more columns than the rank of M", parameters={"rows": 1, "columns": 2, "rank": 4, "steps": 2}),
    )


def factorizations(*, steps: Budget = Budget.EITHER, allowed: Allowed = LEMMA, hypotheses: bool = True) -> Family:
    """Targets M, nearly balanced initial factors U, V, and step sizes within the lemma's bounds (``steps``)."""
    schedules = {Budget.SUMMABLE: ("even", "recalled", "power"), Budget.SMALL: ("small", "recalled")}
    offered = schedules.get(steps, ("even", "recalled", "power", "small"))
    return Family(
        name="products U V' fitted to a matrix M, starting nearly balanced",
        parameters={
            "rows": integers(1, 4),
            "columns": integers(1, 4),
            "rank": integers(1, 4),
            "steps": integers(1, 20),
            "kind": choice("anywhere", "thrice", "alike", "near zero"),
            "schedule": choice(*offered),
            "spread": reals(0, 3),
        },
        draw=_draw_factorizations(allowed),
        hypotheses=_hypotheses(steps, allowed) if hypotheses else (),
        searchable=("U", "V", "M"),
        edges=_edges(),
    )


def _imbalance(left: Any, right: Any) -> Any:
    gap = transpose(left) @ left - transpose(right) @ right
    return elementwise(frobenius_square(gap), "sqrt")


def _constants(parameters: Parameters, instances: Instances) -> dict[Any, Any]:
    accuracy = instances["eps"]
    norm = elementwise(frobenius_square(instances["M"]), "sqrt")
    return {eps: accuracy[:, None], target_norm: norm[:, None], rank: full(accuracy, int(parameters["rank"]))[:, None]}


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    run = factor_descent(instances["U"], instances["V"], instances["M"], step_sizes=instances["eta"])
    balance = _imbalance(run.left, run.right)
    shared = _constants(parameters, instances) | {drift: balance, initial_drift: balance[:, :1]}
    cases = [Case(name=name, values={**shared, lengths: frobenius_square(f)}) for name, f in _both(run.left, run.right)]
    return Measurement(cases=tuple(cases))


def _both(left: Any, right: Any) -> tuple[tuple[str, Any], tuple[str, Any]]:
    return (("U", left), ("V", right))


factor_run = Procedure(
    name="gradient descent on |U V' - M|_F^2 / 2, every state",
    measures=(eps, target_norm, rank, drift, initial_drift, lengths),
    run=_run,
    rational=False,
)


def _fall(parameters: Parameters, instances: Instances) -> Measurement:
    del parameters
    run = factor_descent(instances["U"], instances["V"], instances["M"], step_sizes=instances["eta"])
    values = {
        loss: run.losses[:, :-1],
        next_loss: run.losses[:, 1:],
        eta: instances["eta"],
        slope: run.squares,
    }
    return Measurement.of(values, case="every step")


factor_fall = Procedure(
    name="gradient descent on |U V' - M|_F^2 / 2, every step",
    measures=(loss, next_loss, eta, slope),
    run=_fall,
    rational=False,
)


def _at_a_point(parameters: Parameters, instances: Instances) -> Measurement:
    left, right = instances["U"], instances["V"]
    shared = {
        imbalance: _imbalance(left, right)[:, None],
        product: elementwise(frobenius_square(left @ transpose(right)), "sqrt")[:, None],
        rank: full(instances["eps"], int(parameters["rank"]))[:, None],
    }
    cases = [Case(name=name, values={**shared, sizes: frobenius_square(f)[:, None]}) for name, f in _both(left, right)]
    return Measurement(cases=tuple(cases))


factor_sizes = Procedure(
    name="norms of two factors, of their product and of their imbalance",
    measures=(imbalance, product, rank, sizes),
    run=_at_a_point,
)
