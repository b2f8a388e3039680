"""The recalled bound of the main theorem in a small case, with its own normalisation and its own, very short, steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import Edge, Family, Hypothesis, Instances, Measurement, Parameters, Procedure, integers, quantity
from lemmata.claims.papers.jiang2022 import gamma, rho, s_1
from lemmata.claims.papers.jiang2022._descent import distance_from_best
from lemmata.solvers import as_floats, elementwise, full, smallest, stack
from lemmata.solvers.engine import engine_for_long_runs, iterate, without_error_bounds
from lemmata.solvers.factorization import diagonal_problem, linear_phase

least = quantity(
    r"\min_t \|F_t G_t^\top - X_1\|",
    "least operator norm over five times, from log(1/size)/log(1 + eta) to 1.4 times that",
    positive=True,
)

_GRAIN, _GENERIC = 64, 1 / 8
_TIMES = (1.0, 1.1, 1.2, 1.3, 1.4)
"""Times inspected, in units of log(1/size) / log(1 + eta); the best, 2/(1 + gamma), lies between them."""


def _draw(p: Parameters, rng: np.random.Generator, size: int) -> Instances:
    k, m, n = int(p["columns"]), 2 + int(p["taller"]), 2 + int(p["wider"])
    return {
        "F": rng.normal(size=(size, m, k)),
        "G": rng.normal(size=(size, n, k)),
        "gamma": rng.integers(32, 49, size=size) / _GRAIN,
        "log": rng.integers(5, 13, size=size).astype(float),
    }


def _is_generic(_: Parameters, one: Instances) -> Any:
    rows = (one["F"][:, 0] + one["G"][:, 0]) / 2
    return np.linalg.norm(rows, axis=1) > _GENERIC


def small_case() -> Family:
    """X with singular values 1 and gamma, r = 1 < k."""
    return Family(
        name="targets of singular values 1 and gamma, starts of the recalled size rho s_1^(1/2) / (3 (m + n + k)^(1/2))",
        parameters={"columns": integers(2, 4), "taller": integers(0, 1), "wider": integers(0, 1)},
        draw=_draw,
        hypotheses=(
            Hypothesis(name="the start sees the first component", holds=_is_generic),
            Hypothesis(name="1/2 <= gamma <= 3/4", holds=lambda _, one: np.abs(one["gamma"] - 5 / 8) <= 1 / 8),
            Hypothesis(
                name="rho <= min(1/3, (1 - gamma)/24)",
                holds=lambda _, one: np.exp(-one["log"]) <= np.minimum(1 / 3, (1 - one["gamma"]) / 24),
            ),
        ),
        edges=(
            Edge(name="a large gap, a tiny start", adjust=_set(gamma=0.5, log=12.0)),
            Edge(name="a small gap, a tiny start", parameters={"columns": 4}, adjust=_set(gamma=0.75, log=12.0)),
            Edge(name="a small gap", parameters={"taller": 1, "wider": 1}, adjust=_set(gamma=0.75, log=6.0)),
        ),
    )


def _set(**values: float) -> Any:
    def adjust(_: Parameters, one: Instances) -> Instances:
        return {**one, **{name: np.full(len(one[name]), value) for name, value in values.items()}}

    return adjust


def _run(parameters: Parameters, instances: Instances) -> Measurement:
    """Eta = min(gamma/600, (1 - gamma)/20): with s_1 = s_r = 1 the first, for gamma up to 30/31."""
    del parameters
    gap, size = instances["gamma"], instances["log"]
    ones = full(gap, 1)
    strengths, eta = stack([ones, gap], axis=1)[:, :, None], (gap / 600)[:, None, None]
    left, right = instances["F"], instances["G"]
    count = left.shape[1] + right.shape[1] + left.shape[2]
    log_size = -size - elementwise(ones * 9 * count, "log") / 2
    left, right, strengths, eta, log_size = without_error_bounds(left, right, strengths, eta, log_size)
    engine = engine_for_long_runs(left, right, strengths, eta, log_size)
    start = linear_phase(left, right, strengths, eta, log_size=log_size)
    dynamics, constants = diagonal_problem(start.left, start.right, strengths, eta)
    unit = -as_floats(log_size) / np.log1p(as_floats(eta)[:, 0, 0])
    state, made, errors = (start.left, start.right), start.steps, []
    for time in _TIMES:
        until = np.maximum(np.floor(time * unit), made)
        state = iterate(
            dynamics,
            state,
            constants,
            checkpoints=[0],
            lengths=(until - made).astype(int),
            engine=engine,
        ).state
        made = until
        errors.append(distance_from_best(state, strengths[:, :1, 0]))
    values = {
        least: smallest(errors),
        sp.log(rho): -size,
        gamma: gap,
        s_1: ones,
    }
    return Measurement.of(values, case="the run")


small_steps = Procedure(
    name="gradient descent at the recalled step size min(gamma s_r^2/(600 s_1^3), (1 - gamma) s_r/(20 s_1^2))",
    measures=(least, sp.log(rho), gamma, s_1),
    run=_run,
    rational=False,
    cost=32,
)
