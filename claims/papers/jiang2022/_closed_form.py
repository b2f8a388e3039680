"""Sequential recovery in closed form: errors of the flow along initializations down to exp(-320), at times that theory names."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import (
    Case,
    Edge,
    Family,
    Hypothesis,
    Instances,
    Measurement,
    Parameters,
    Picture,
    Procedure,
    Time,
    integers,
    quantity,
)
from lemmata.claims.papers.jiang2022 import gamma, rho, s_r
from lemmata.solvers import as_floats, convert, elementwise, full
from lemmata.solvers.factorization import Recovery, crossing_times, leading_terms, least_errors

_TIME = r"(\frac{1 + a}{s_r} \log\frac{1}{\rho})"
late = quantity("a", "lateness: the time is (1 + a) log(1/rho) / s_r", nonnegative=True)
err = quantity(rf"\|P{_TIME} - X_r\|", "operator norm of the error at that time", positive=True)
entry = quantity(rf"|(P{_TIME} - X_r)_{{ij}}|", "absolute value of an entry of the error at that time", positive=True)
i = quantity("i", "row of the entry", integer=True)
j = quantity("j", "column of the entry", integer=True)
r = quantity("r", "number of components looked for", integer=True)
height = quantity("c_{ij}", "c_rr = s_r^2 W_rr, c_{r,r+1} = s_r |W N q|_r, c_{r+1,r+1} = |Pi q|^2", positive=True)
least_err = quantity(r"\min_t \|P(t) - X_r\|", "least operator norm of the error over time", positive=True)
power = quantity("p", "power of rho, between zero and the best one", positive=True)
opening = quantity(
    r"\exp(s_r \min\{t : \|P(t) - X_r\| \le \rho^p\})", "growth until the error is down to rho^p", positive=True
)
closing = quantity(
    r"\exp(s_{r+1} \max\{t : \|P(t) - X_r\| \le \rho^p\})", "growth until the error is back at rho^p", positive=True
)
W_rr = quantity("W_{rr}", "entry (r, r) of (N N')^-1, N the first r rows of the initialization over rho", positive=True)
next_row = quantity(r"\|\Pi q\|", "length of the next row q over rho, off the rows above", positive=True)

BEST = 2 * (1 - gamma) / (1 + gamma)
"""The largest power of rho that the error reaches."""
FALL, TURN, RISE = 2 * late, (1 - gamma) * (1 + late), 2 - 2 * gamma * (1 + late)
"""Exponents of the three entries at time (1 + a) log(1/rho) / s_r. The second never lies below both others: all
three agree at a = (1 - gamma)/(1 + gamma), before which the first is the smallest and after which the last."""

_GRAIN, _GENERIC, _APART = 64, 1 / 16, 1 / 8
_LOGS, _WINDOW_LOGS = (20, 40, 80, 160, 320), (40, 80, 160, 320)
"""log(1/rho) along the grids."""


def _strengths(parameters: Parameters, rng: np.random.Generator, size: int) -> np.ndarray:
    """Singular values in 64ths of s_r = 1: r - 1 above it, then gamma, then smaller ones."""
    rank, below = int(parameters["rank"]), int(parameters["below"])
    above = 1 + np.cumsum(rng.integers(8, 65, size=(size, rank - 1)), axis=1)[:, ::-1] / _GRAIN
    gap = rng.integers(13, 49, size=(size, 1)) / _GRAIN
    shares = np.cumprod(rng.integers(24, 57, size=(size, below - 1)) / _GRAIN, axis=1)
    return np.concatenate([above, np.ones((size, 1)), gap, gap * shares], axis=1)


def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Gaussian initializations ``S`` (size, d, k), strengths ``s``, lateness ``a`` and share ``q`` of the best exponent."""
    strengths = _strengths(parameters, rng, size)
    columns = int(parameters["rank"]) + int(parameters["extra"])
    rank = int(parameters["rank"])
    spare = np.minimum(1 / strengths[:, rank] - 1, 2.0)
    return {
        "S": rng.normal(size=(size, strengths.shape[1], columns)),
        "s": strengths,
        "a": np.floor(_GRAIN * rng.uniform(0.1, 0.9, size=size) * spare) / _GRAIN,
        "q": rng.integers(8, 29, size=size) / _GRAIN,
    }


def _at_zero(parameters: Parameters, instances: Instances) -> Instances:
    """Nothing below the rank that is looked for."""
    strengths, rank = instances["s"].copy(), int(parameters["rank"])
    strengths[:, rank:] = 0
    return {**instances, "s": strengths}


def _tied(place: int) -> Any:
    """Two neighbouring strengths equal, the ``place``-th from s_r (0: at the cut); s_r stays one."""

    def adjust(parameters: Parameters, instances: Instances) -> Instances:
        strengths, upper = instances["s"].copy(), int(parameters["rank"]) - 1 + place
        value = strengths[:, upper + 1] if place < 0 else strengths[:, upper]
        strengths[:, upper] = strengths[:, upper + 1] = value
        return {**instances, "s": strengths}

    return adjust


def is_generic(parameters: Parameters, instances: Instances) -> Any:
    """Mask of the initializations ``S`` whose first r + 1 rows are independent (the first r if k = r), the last not orthogonal."""
    rank = int(parameters["rank"])
    rows = np.asarray(instances["S"][:, : rank + 1], dtype=float)
    mixing = np.linalg.norm(rows[:, :rank] @ rows[:, rank, :, None], axis=(1, 2))
    if rows.shape[2] <= rank:
        rows = rows[:, :rank]
    return (np.linalg.svd(rows, compute_uv=False)[:, -1] > _GENERIC) & (mixing > _GENERIC)


_MIDDLE: dict[str, Any] = {"rank": 2, "below": 2, "extra": 2}
CUT = Hypothesis(
    name="s_r > s_{r+1}",
    holds=lambda parameters, one: one["s"][:, int(parameters["rank"]) - 1] > one["s"][:, int(parameters["rank"])],
)
SPARE = Hypothesis(
    name="r < k", holds=lambda parameters, one: np.full(len(one["s"]), one["S"].shape[2] > parameters["rank"])
)
GENERIC = Hypothesis(
    name="the first r + 1 rows of the start are independent, the last of them not orthogonal", holds=is_generic
)


def _is_decided(parameters: Parameters, one: Instances) -> Any:
    gap = one["s"][:, int(parameters["rank"])]
    return np.abs(one["a"] - (1 - gap) + gap * one["a"]) >= _APART / 2


DECIDED = Hypothesis(name="the powers 2a and 2(1 - gamma) - 2 gamma a differ by 1/8 or more", holds=_is_decided)
POSITIVE = Hypothesis(name="s_{r+1} > 0", holds=lambda parameters, one: one["s"][:, int(parameters["rank"])] > 0)


CLEAR = Hypothesis(
    name="s_r and s_{r+1} are simple",
    holds=lambda parameters, one: np.all(
        np.diff(one["s"][:, max(int(parameters["rank"]) - 2, 0) : int(parameters["rank"]) + 2], axis=1) < 0, axis=1
    ),
)


def initializations(*hypotheses: Hypothesis, zero: bool = True, tie: bool = False) -> Family:
    """Targets diag(s) with s_r = 1 and Gaussian initializations; ``zero`` adds targets of rank r, ``tie`` ties all at the cut."""
    tied = _tied(0)
    edges = [
        Edge(name="one component of two"),
        Edge(name="two components of four", parameters=_MIDDLE),
        Edge(name="many columns to spare", parameters={**_MIDDLE, "extra": 4}),
    ]
    if not tie and CLEAR not in hypotheses:
        edges += [
            Edge(name="a tie above the cut", parameters=_MIDDLE, adjust=_tied(-1)),
            Edge(name="a tie below the cut", parameters=_MIDDLE, adjust=_tied(1)),
        ]
    if zero:
        edges.append(Edge(name="a target of rank r", parameters=_MIDDLE, adjust=_at_zero))

    def drawn(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        instances = draw(parameters, rng, size)
        return tied(parameters, instances) if tie else instances

    return Family(
        name="flows from small Gaussian starts towards diag(s), in units of s_r",
        parameters={"rank": integers(1, 2), "below": integers(1, 2), "extra": integers(1, 4)},
        draw=drawn,
        hypotheses=(GENERIC, *hypotheses),
        edges=tuple(edges),
    )


def problem(parameters: Parameters, instances: Instances, logs: tuple[int, ...] = _LOGS) -> Recovery:
    """The flow of every instance, along the grid of initializations."""
    start = instances["S"]
    sizes = np.broadcast_to(-np.array(logs, dtype=float), (start.shape[0], len(logs)))
    return Recovery(start=start, strengths=instances["s"], log_size=convert(sizes, start), rank=int(parameters["rank"]))


def _shared(flow: Recovery) -> dict[Any, Any]:
    return {gamma: flow.strengths[:, flow.rank, None], sp.log(rho): flow.log_size}


def _times(lateness: Any, flow: Recovery) -> np.ndarray:
    """(1 + a) log(1/rho) / s_r, with s_r = 1: exact in floats, since a is a multiple of 1/64."""
    return np.asarray((1 + as_floats(lateness)[:, None]) * -as_floats(flow.log_size))


def _run_at_time(parameters: Parameters, instances: Instances) -> Measurement:
    flow = problem(parameters, instances)
    values = {sp.log(err): flow.errors(_times(instances["a"], flow)), late: instances["a"][:, None], **_shared(flow)}
    return Measurement.of(values, case="the error")


at_a_time = Procedure(
    name="the flow in closed form at time (1 + a) log(1/rho) / s_r",
    measures=(sp.log(err), late, gamma, sp.log(rho)),
    run=_run_at_time,
    time=Time.SCALES,
    rational=False,
    cost=4,
)


def _run_entries(parameters: Parameters, instances: Instances) -> Measurement:
    flow = problem(parameters, instances)
    lateness, at_cut = instances["a"][:, None], full(instances["a"], flow.rank)[:, None]
    places = {"row r, column r": (0, 0), "row r, column r + 1": (0, 1), "row r + 1, column r + 1": (1, 1)}
    found = zip(places.items(), leading_terms(flow, _times(instances["a"], flow)), strict=True)
    shared = {late: lateness, r: at_cut, **_shared(flow)}
    return Measurement(
        cases=tuple(
            Case(
                name=name,
                values={sp.log(entry): log, height: constant, i: at_cut + down, j: at_cut + right, **shared},
            )
            for (name, (down, right)), (log, constant) in found
        )
    )


entries = Procedure(
    name="the entries of P - X_r next to the cut, at time (1 + a) log(1/rho) / s_r",
    measures=(sp.log(entry), height, i, j, r, late, gamma, sp.log(rho)),
    run=_run_entries,
    time=Time.SCALES,
    rational=False,
    cost=8,
)


def _run_least(parameters: Parameters, instances: Instances) -> Measurement:
    flow = problem(parameters, instances)
    errors, _ = least_errors(flow)
    case = Case(name="the least error over time", values={sp.log(least_err): errors, **_shared(flow)})
    return Measurement(cases=(case,), pictures=partial(_pictures, flow))


def _pictures(flow: Recovery) -> list[Picture]:
    """Error against time in units of log(1/rho)/s_r, for two initializations, beside the largest of the terms."""
    one = Recovery(start=flow.start[:1], strengths=flow.strengths[:1], log_size=flow.log_size[:1, :1], rank=flow.rank)
    gap = float(as_floats(flow.strengths)[0, flow.rank])
    ends, pictures = np.linspace(1.02, min(0.98 / gap, 3.0) if gap else 3.0, 25), []
    for log in _LOGS[:2]:
        sizes = np.full((1, len(ends)), -float(log))
        along = Recovery(start=one.start, strengths=one.strengths, log_size=convert(sizes, one.start), rank=one.rank)
        a = ends - 1
        powers = np.minimum(2 * a, 2 * (1 - gap) - 2 * gap * a)
        pictures.append(
            Picture(
                name=f"error |P - X_r| from a start of exp(-{log})",
                x_label="s_r t / log(1/rho)",
                y_label="log of the error, in units of log(rho)",
                x=ends.tolist(),
                measured=(as_floats(along.errors(ends[None] * log))[0] / -log).tolist(),
                predicted=powers.tolist(),
            )
        )
    return pictures


least = Procedure(
    name="the flow in closed form at the time of least error",
    measures=(sp.log(least_err), gamma, sp.log(rho)),
    run=_run_least,
    time=Time.SCALES,
    rational=False,
    cost=16,
)


def _crossings(parameters: Parameters, instances: Instances, *, falling: bool) -> Measurement:
    flow = problem(parameters, instances, _WINDOW_LOGS)
    gap = flow.strengths[:, flow.rank, None]
    wanted = instances["q"][:, None] * 2 * (1 - gap) / (1 + gap)
    times = crossing_times(flow, as_floats(wanted * flow.log_size), falling=falling)
    constants = [constant for _, constant in leading_terms(flow, flow.best_guess[:, :1])]
    ends = (
        {sp.log(opening): times, W_rr: constants[0], s_r: flow.strengths[:, flow.rank - 1, None]}
        if falling
        else {sp.log(closing): times * gap, next_row: elementwise(constants[2], "sqrt")}
    )
    values = {**ends, power: wanted, **_shared(flow)}
    lost = {"No crossing of the level was bracketed.": np.any(np.isnan(as_floats(times)), axis=1)}
    return Measurement.of(values, case="the crossing", failures=lost)


def window(*, opens: bool) -> Procedure:
    """When the error falls (or rises) through rho^p, p = q times the best exponent."""
    which = "first" if opens else "last"
    ends = (sp.log(opening), W_rr, s_r) if opens else (sp.log(closing), next_row)
    return Procedure(
        name=f"{which} time at which the error is rho^p",
        measures=(*ends, power, gamma, sp.log(rho)),
        run=partial(_crossings, falling=opens),
        time=Time.SCALES,
        rational=False,
        cost=16,
    )
