"""Sequential recovery by gradient descent itself, at step sizes that are not small, in the singular bases of the target."""

from __future__ import annotations

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
from lemmata.claims.papers.jiang2022 import eta, rho, s_next, s_r
from lemmata.claims.papers.jiang2022._closed_form import CLEAR, CUT, is_generic
from lemmata.solvers import (
    Bounded,
    as_floats,
    convert,
    elementwise,
    rectangular_diagonal,
    singular_values,
    stack,
    transpose,
)
from lemmata.solvers.engine import engine_for_long_runs, iterate, without_error_bounds
from lemmata.solvers.factorization import diagonal_problem, linear_phase

t = quantity("t", "number of steps", positive=True)
err = quantity(r"\|F_t G_t^\top - X_r\|", "operator norm of the error after t steps", positive=True)

_GRAIN = 64
_DEPTHS = (8.0, 12.0, 16.0, 20.0, 24.0)
"""-log of the error along the grid; below exp(-30) float64 no longer resolves F G' - X_r."""
_ROUNDING, _FLOOR = 1e-9, 1e-14
"""Relative and absolute error of a run of some thousand steps in float64, in the singular bases: estimates, tested
against balls."""

tau, q = sp.symbols("tau q", positive=True)
LETTERS = {tau: -sp.log(rho) / sp.log(1 + eta * s_r), q: 1 + eta * s_next}
"""The steps after which component r is learned, and by what the next one grows in a step."""
FALL = (1 - 2 * eta * s_r) ** (t - tau)
TURN = rho * q**tau * (1 - eta * (s_r - s_next)) ** (t - tau)
RISE = rho**2 * q ** (2 * t)
"""Entries (r, r), (r, r + 1) and (r + 1, r + 1) of the error: component r settles, the two rows turn away from each
other, the next component grows."""


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Factors of entries N(0, 1) and strengths in 64ths of s_r = 1; eta is a parameter."""
    rank, below, columns = (
        int(parameters["rank"]),
        int(parameters["below"]),
        int(parameters["rank"] + parameters["extra"]),
    )
    above = 1 + np.cumsum(rng.integers(16, 65, size=(size, rank - 1)), axis=1)[:, ::-1] / _GRAIN
    gap = rng.integers(13, 41, size=(size, 1)) / _GRAIN
    shares = np.cumprod(rng.integers(8, 29, size=(size, below - 1)) / _GRAIN, axis=1)
    strengths = np.concatenate([above, np.ones((size, 1)), gap, gap * shares], axis=1)
    d = strengths.shape[1]
    rows, more = d + int(parameters.get("taller", 0)), d + int(parameters.get("wider", 0))
    spare = np.minimum(1 / gap[:, 0] - 1, 1.0)
    return {
        "F": rng.normal(size=(size, rows, columns)),
        "G": rng.normal(size=(size, more, columns)),
        "s": strengths,
        "a": np.floor(_GRAIN * rng.uniform(0.2, 0.8, size=size) * spare) / _GRAIN,
    }


def _clear_cut(parameters: Parameters, drawn: Instances) -> Instances:
    """The same problems at every seed, in some of which one power is clearly the least."""
    return _draw(parameters, np.random.default_rng(18), len(drawn["s"]))


_MIDDLE: dict[str, Any] = {"rank": 2, "below": 2, "extra": 2, "step": 10}


def factors(*hypotheses: Hypothesis, extra: tuple[int, int] = (1, 3)) -> Family:
    """Small Gaussian factors for a target diag(s), s_r = 1, and step sizes 1/10 to 1/5 of 1/s_1."""
    return Family(
        name="Gaussian factors F, G and targets diag(s), in units of s_r",
        parameters={
            "rank": integers(1, 2),
            "below": integers(1, 2),
            "extra": integers(*extra),
            "taller": integers(0, 2),
            "wider": integers(0, 2),
            "step": integers(5, 10),
        },
        draw=_draw,
        hypotheses=hypotheses,
        edges=(
            Edge(name="one component of two, long steps"),
            Edge(name="two of four, short steps", parameters=_MIDDLE | {"extra": extra[1]}, adjust=_clear_cut),
            Edge(name="a tall target", parameters={**_MIDDLE, "extra": extra[1], "taller": 2, "step": 5}),
        ),
    )


def _mixes(parameters: Parameters, instances: Instances) -> Any:
    d = instances["s"].shape[1]
    return is_generic(parameters, {"S": (instances["F"][:, :d] + instances["G"][:, :d]) / 2})


def _decided(parameters: Parameters, instances: Instances) -> Any:
    ordered = np.sort(_powers(parameters, _floats(instances)), axis=0)
    return ordered[1] - ordered[0] >= _APART


DECIDED = Hypothesis(name="the least of the three powers is least by 1/4", holds=_decided)
_INDEPENDENT = Hypothesis(
    name="the first r + 1 rows of F + G are independent, the last of them not orthogonal", holds=_mixes
)
GENERIC_FULL = (
    Hypothesis(name="the first k rows of F + G are independent, the next not orthogonal", holds=_mixes),
    Hypothesis(name="r = k", holds=lambda p, one: np.full(len(one["s"]), one["F"].shape[2] == p["rank"])),
    CUT,
    CLEAR,
)
GENERIC = (
    _INDEPENDENT,
    Hypothesis(name="r < k", holds=lambda p, one: np.full(len(one["s"]), one["F"].shape[2] > p["rank"])),
    CUT,
    CLEAR,
)


def step_size(parameters: Parameters, instances: Instances) -> Any:
    """Eta = 1 / (step s_1), ``(batch, 1, 1)``, in the number system of the instances."""
    return 1 / (instances["s"][:, :1, None] * int(parameters["step"]))


def _errors_after(parameters: Parameters, instances: Instances, logs: np.ndarray, steps: np.ndarray) -> Any:
    """Logarithm of |F G' - X_r| after ``steps`` from initializations of size exp(-``logs``), both ``(batch,)``."""
    strengths = instances["s"][:, :, None]
    eta_now = step_size(parameters, instances)
    size = convert(-logs, strengths)
    start = linear_phase(instances["F"], instances["G"], strengths, eta_now, log_size=size, most=steps)
    left, right, s, eta_run = without_error_bounds(start.left, start.right, strengths, eta_now)
    engine = engine_for_long_runs(left, right, s, eta_run)
    lengths = np.asarray(steps - start.steps).astype(int)
    dynamics, constants = diagonal_problem(left, right, s, eta_run)
    state = iterate(dynamics, (left, right), constants, checkpoints=[0], lengths=lengths, engine=engine).state
    return elementwise(distance_from_best(state, s[:, : int(parameters["rank"]), 0]), "log")


def distance_from_best(state: tuple[Any, Any], kept: Any) -> Any:
    """|F G' - X_r| in the singular bases, ``(batch,)``, X_r given by the strengths ``kept`` (batch, r).

    Floats are the end of a long run: they get its error bound.
    """
    left, right = state
    error = left @ transpose(right) - rectangular_diagonal(kept, left.shape[1], right.shape[1])
    if error.dtype == object:
        return singular_values(error)[:, 0]
    norm = np.linalg.norm(error, 2, axis=(1, 2))
    return Bounded(norm, norm * _ROUNDING + _FLOOR)


def _floats(instances: Instances) -> Instances:
    return {name: as_floats(value) for name, value in instances.items()}


def _run_after(parameters: Parameters, instances: Instances) -> Measurement:
    """At each scale a whole number of steps t, and the size exp(-L) for which t = (1 + a) L / log(1 + eta s_r)."""
    rank, plain = int(parameters["rank"]), _floats(instances)
    growth = np.log1p(step_size(parameters, plain)[:, 0, 0])  # s_r = 1
    lateness, power = plain["a"], np.maximum(_powers(parameters, plain).min(axis=0), _LEAST_POWER)
    logs, sizes, counts = [], [], []
    for depth in _DEPTHS:
        steps = np.ceil(depth / power * (1 + lateness) / growth)
        size = steps * growth / (1 + lateness)
        logs.append(_errors_after(parameters, instances, size, steps))
        sizes.append(-size)
        counts.append(steps)
    values = {
        sp.log(err): stack(logs, axis=1),
        sp.log(rho): convert(np.stack(sizes, axis=1), instances["s"]),
        t: convert(np.stack(counts, axis=1), instances["s"]),
        eta: step_size(parameters, instances)[:, :, 0],
        s_r: instances["s"][:, rank - 1, None],
        s_next: instances["s"][:, rank, None],
    }
    return Measurement.of(values, case="the error")


def _powers(parameters: Parameters, plain: Instances) -> np.ndarray:
    """The three powers ``(3, batch)``, at s_r = 1."""
    step, below = step_size(parameters, plain)[:, 0, 0], plain["s"][:, int(parameters["rank"])]
    unit = np.log1p(step)
    growth, turning, settling = np.log1p(step * below), -np.log1p(-step * (1 - below)), -np.log1p(-2 * step)
    growth, turning, settling = growth / unit, turning / unit, settling / unit
    a = plain["a"]
    return np.array([settling * a, 1 - growth + turning * a, 2 * (1 - growth) - 2 * growth * a])


_LEAST_POWER, _APART = 1 / 8, 1 / 4


_PLACES = (2.0, 5.0, 8.0, 12.0, 16.0)
_START, _LATE = 5.0, 1.7
"""log(1/rho) of the runs that go on, and when in units of log(1/rho)/log(1 + eta s_r) even a late component is learned."""


def _run_on(parameters: Parameters, instances: Instances) -> Measurement:
    """The error at five times once all r = k components are learned, while it falls by exp(-14)."""
    rank, plain = int(parameters["rank"]), _floats(instances)
    step, below = step_size(parameters, plain)[:, 0, 0], plain["s"][:, rank]
    pace = -np.log1p(-step * (1 - below))
    logs, counts = [], []
    for place in _PLACES:
        steps = np.ceil(_LATE * _START / np.log1p(step) + place / pace)
        logs.append(_errors_after(parameters, instances, np.full(len(step), _START), steps))
        counts.append(steps)
    values = {
        sp.log(err): stack(logs, axis=1),
        t: convert(np.stack(counts, axis=1), instances["s"]),
        eta: step_size(parameters, instances)[:, :, 0],
        s_r: instances["s"][:, rank - 1, None],
        s_next: instances["s"][:, rank, None],
    }
    return Measurement.of(values, case="the error")


going_on = Procedure(
    name="gradient descent in the singular bases from rho = exp(-5), long after r = k components are learned",
    measures=(sp.log(err), t, eta, s_r, s_next),
    run=_run_on,
    time=Time.SCALES,
    rational=False,
    cost=8,
)

after_steps = Procedure(
    name="gradient descent in the singular bases, (1 + a) log(1/rho) / log(1 + eta s_r) steps, until errors are about exp(-24)",
    measures=(sp.log(err), sp.log(rho), t, eta, s_r, s_next),
    run=_run_after,
    time=Time.SCALES,
    rational=False,
    cost=4,
)
