"""Diagonal networks from unequal initializations, and their flow at a point."""

from __future__ import annotations

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
    Procedure,
    Time,
    choice,
    integers,
    quantity,
)
from lemmata.claims.papers.wind2023._segments import SHANNON, Ends, log_odds, odds, segment_face, segments
from lemmata.claims.settings.diagonal.problems import (
    D,
    alpha,
    depth_of,
    failures,
    log_initialization,
    scale_grid,
)
from lemmata.solvers import (
    Dual,
    convert,
    elementwise,
    full,
    greatest,
    matvec,
    rational_power,
    rectangular_diagonal,
    stack,
    times_fraction,
    transpose,
    zeros,
)
from lemmata.solvers.diagonal import ReducedProblem, limit

_columns, _rows = sp.symbols("n m", integer=True, positive=True)
A, W, r = (
    sp.MatrixSymbol("A", _rows, _columns),
    sp.MatrixSymbol(r"\operatorname{diag}(u^{2D-2} + v^{2D-2})", _columns, _columns),
    sp.MatrixSymbol("r", _rows, 1),
)
u = quantity("u_{i}", "a positive parameter", positive=True)
v = quantity("v_{i}", "its negative counterpart", positive=True)
entry = quantity("x_{\\infty,j}", "an entry of the limit, j > 1", positive=True)
beta = quantity("beta_{j}", "initialization of u_j and v_j over alpha", positive=True)
z = quantity("z_{j}", "a_j beta_j^(D-2) / (a_1 beta_1^(D-2))", positive=True)
spread = quantity(
    r"(\max_i \beta_i^2 / x_{\infty,i})", "largest squared initialization over the entry of the limit", positive=True
)
RELATIVE = Ends(
    *(
        quantity(
            rf"H_{{\beta}}({end})", f"minus the relative entropy of {end} to the squared initializations", real=True
        )
        for end in "uv"
    )
)

_GRAIN = 64


def uneven_segments() -> Family:
    """Segments of minimisers, the first entry of either end initialized at sqrt(copies) times alpha."""
    base = segments(scales=(0, 12), depths=("2",))
    copies = {"copies_u": integers(1, 4), "copies_v": integers(1, 4)}
    return Family(
        name="sparse recovery whose minimisers are a segment, from unequal initializations",
        parameters={**base.parameters, **copies},
        draw=base.draw,
        hypotheses=base.hypotheses,
        edges=(
            *base.edges,
            Edge(name="one large start", parameters={"copies_u": 4, "scale": 12, "first": 2}),
            Edge(name="the other end", parameters={"copies_v": 3, "scale": 12, "second": 2}),
        ),
    )


def _relative_entropy(weights: Any, copies: int) -> Any:
    """Minus sum q_i log(q_i / b_i), q the weights scaled to sum to one, b = (copies, 1, ..., 1)."""
    shares = weights / weights.sum(axis=1)[:, None]
    against = np.ones(weights.shape[1])
    against[0] = 1 / copies
    return -(shares * elementwise(shares * convert(against[None], shares), "log")).sum(axis=1)


def _run_uneven(parameters: Parameters, instances: Instances) -> Measurement:
    copies = int(parameters["copies_u"]), int(parameters["copies_v"])
    ends = instances["u"], instances["v"]
    log_alpha = log_initialization(ends[0][:, 0], int(parameters["scale"]))
    found = limit(segment_face(instances, copies), log_alpha, depth_of(parameters))
    weighted = [_relative_entropy(end, count) for end, count in zip(ends, copies, strict=True)]
    plain = [_relative_entropy(end, 1) for end in ends]
    values = {
        odds: log_odds(found, instances, copies),
        RELATIVE.u: weighted[0],
        RELATIVE.v: weighted[1],
        SHANNON.u: plain[0],
        SHANNON.v: plain[1],
        sp.log(alpha): log_alpha,
        spread: greatest(1 / found.on),
    }
    return Measurement.of(values, case="limit", failures=failures([found]))


uneven_limits = Procedure(
    name="the limit of the flow from unequal initializations, as that of copies of the columns",
    measures=(odds, RELATIVE.u, RELATIVE.v, SHANNON.u, SHANNON.v, sp.log(alpha), spread),
    run=_run_uneven,
    rational=False,
)


def uneven_rows(depths: tuple[str, ...]) -> Family:
    """One row: a_1 beta_1^(D-2) = 1 and a_j beta_j^(D-2) = z_j < 1, beta one or two."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        return {
            "z": rng.integers(8, 57, size=(size, int(parameters["others"]))) / _GRAIN,
            "y": rng.integers(16, 129, size=size) / 32,
        }

    return Family(
        name="one equation, unequal initializations",
        parameters={
            "others": integers(1, 3),
            "winner": integers(1, 2),
            "loser": integers(1, 2),
            "depth": choice(*depths),
        },
        draw=draw,
        hypotheses=(
            Hypothesis(
                name="0 < a_j beta_j^(D-2) < a_1 beta_1^(D-2)",
                holds=lambda _, one: np.all((one["z"] > 0) & (one["z"] < 1), axis=1),
            ),
        ),
        edges=tuple(
            Edge(name=f"{name}, depth {depth}", parameters={**initial, "depth": depth})
            for depth in depths
            for name, initial in (
                ("a larger start against longer columns", {"winner": 2}),
                ("a longer column against a larger start", {"loser": 2}),
            )
        ),
    )


_EXPONENTS = (20, 60, 180, 540, 1620)


def _run_uneven_row(parameters: Parameters, instances: Instances) -> Measurement:
    depth, weights = depth_of(parameters), instances["z"]
    winner, loser, k = int(parameters["winner"]), int(parameters["loser"]), weights.shape[1]
    one = full(weights[:, :1], 1)
    columns = [j for j in range(k) for _ in range(loser**2)]
    certificate = weights[:, columns]
    face = ReducedProblem(
        on=one[:, :, None] + np.zeros((1, 1, winner**2)),
        off=certificate[:, None, :],
        target=instances["y"][:, None],
        certificate=certificate,
        dual_slack=1 - certificate,
        unseen=zeros(weights, (weights.shape[0], len(columns), 0)),
        anchor=one,
    )
    grid = scale_grid(instances["y"], _EXPONENTS)
    found = [limit(face, grid[:, i], depth) for i in range(len(_EXPONENTS))]
    # x_j is beta^(D-2) times the sum of its beta^2 copies.
    lift = times_fraction(elementwise(full(one[:, 0], loser), "log"), depth)
    cases = tuple(
        Case(
            name=f"column {j + 2}",
            values={
                sp.log(entry): stack([scaled.log_off[:, j * loser**2] + lift for scaled in found], axis=1),
                sp.log(alpha): grid,
                z: weights[:, j],
                beta: full(weights[:, j], loser),
                D: full(weights[:, j], depth),
            },
        )
        for j in range(k)
    )
    return Measurement(cases=cases, failures=failures(found))


uneven_row = Procedure(
    name="the limits of the flow as unequal initializations shrink, as those of copies of the columns",
    measures=(sp.log(entry), sp.log(alpha), z, beta, D),
    run=_run_uneven_row,
    time=Time.SCALES,
    rational=False,
)


def states(depths: tuple[str, ...]) -> Family:
    """Any data and any state of the parameters, all of them positive."""

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        m, n = int(parameters["rows"]), int(parameters["columns"])
        return {
            "A": rng.integers(-16, 17, size=(size, m, n)) / 8,
            "y": rng.integers(-16, 17, size=(size, m)) / 8,
            "U": rng.integers(1, 97, size=(size, n)) / _GRAIN,
            "V": rng.integers(1, 97, size=(size, n)) / _GRAIN,
        }

    return Family(
        name="diagonal networks in any state",
        parameters={"rows": integers(1, 4), "columns": integers(1, 6), "depth": choice(*depths)},
        draw=draw,
        hypotheses=(
            Hypothesis(
                name="u, v > 0", holds=lambda _, one: np.all(one["U"] > 0, axis=1) & np.all(one["V"] > 0, axis=1)
            ),
        ),
        edges=tuple(
            Edge(name=f"more columns than rows, depth {depth}", parameters={"rows": 2, "columns": 4, "depth": depth})
            for depth in depths
        ),
    )


def _run_flow(parameters: Parameters, instances: Instances) -> Measurement:
    depth, matrix, n = depth_of(parameters), instances["A"], instances["U"].shape[1]
    up, down = instances["U"], instances["V"]
    residual = instances["y"] - matvec(matrix, rational_power(up, depth) - rational_power(down, depth))
    pull = matvec(transpose(matrix), residual)
    rise, fall = (
        times_fraction(rational_power(part, depth - 1) * pull * sign, depth) for part, sign in ((up, 1), (down, -1))
    )
    moving = rational_power(Dual(up, rise), depth) - rational_power(Dual(down, fall), depth)
    speed = rational_power(up, 2 * depth - 2) + rational_power(down, 2 * depth - 2)
    shared = {
        A: matrix[:, None],
        W: rectangular_diagonal(speed, n, n)[:, None],
        r: residual[:, None, :, None],
        D: full(residual[:, 0], depth),
    }
    drift = -matvec(matrix, moving.tangent)[:, None, :, None]
    cases = tuple(
        Case(
            name=f"i = {i + 1}",
            values={**shared, u: up[:, i], v: down[:, i]},
            rates={r: drift, u: rise[:, i][:, None], v: fall[:, i][:, None]},
        )
        for i in range(n)
    )
    return Measurement(cases=cases)


flow = Procedure(
    name="gradient flow of the parameters u, v",
    measures={
        A: "data matrix",
        W: "weights of the entries, on the diagonal",
        r: "residual y - A x",
        D: "",
        u: "",
        v: "",
    },
    run=_run_flow,
    time=Time.FLOW,
    rational=False,
)
