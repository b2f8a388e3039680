"""Diagonal networks from unequal starts, and their flow at a point."""

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
)
from lemmata.claims.papers.wind2023._selection import log_odds, segment_face, segments
from lemmata.claims.settings.diagonal.problems import (
    depth_of,
    failures,
    log_start,
    scale_grid,
)
from lemmata.solvers import (
    Dual,
    convert,
    elementwise,
    matvec,
    rational_power,
    rectangular_diagonal,
    smallest,
    stack,
    times_fraction,
    transpose,
    zeros,
)
from lemmata.solvers.diagonal import Face, limit

_columns, _rows = sp.symbols("n m", integer=True, positive=True)
A, W, R = (
    sp.MatrixSymbol("A", _rows, _columns),
    sp.MatrixSymbol("W", _columns, _columns),
    sp.MatrixSymbol("r", _rows, 1),
)
alpha, D, x_min, u, v, beta, z = sp.symbols("alpha D x_min u_i v_i beta_j z_j", positive=True)
odds, entropy_u, entropy_v, plain_u, plain_v = sp.symbols("Lambda H_u H_v E_u E_v", real=True)
log_off, log_alpha = sp.symbols("ell_j ell_alpha", real=True)

_GRAIN = 64


def uneven_segments() -> Family:
    """Segments of minimisers, the first entry of either end started at sqrt(copies) times alpha."""
    base = segments(scales=(0, 12), depths=("2",))
    copies = {"copies_u": integers(1, 4), "copies_v": integers(1, 4)}
    return Family(
        name="sparse recovery whose minimisers are a segment, from unequal starts",
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
    start = log_start(ends[0][:, 0], int(parameters["scale"]))
    found = limit(segment_face(instances, copies), start, depth_of(parameters))
    sizes = found.on
    weighted = [_relative_entropy(end, count) for end, count in zip(ends, copies, strict=True)]
    plain = [_relative_entropy(end, 1) for end in ends]
    values = {
        odds: log_odds(found, instances, copies),
        entropy_u: weighted[0],
        entropy_v: weighted[1],
        plain_u: plain[0],
        plain_v: plain[1],
        alpha: elementwise(start, "exp"),
        x_min: smallest([sizes[:, i] for i in range(sizes.shape[1])]),
    }
    return Measurement.of(values, case="limit", failures=failures([found]))


uneven_limits = Procedure(
    name="the limit of the flow from unequal starts, as that of copies of the columns",
    measures={
        odds: "log t/(1 - t) of the limit (1 - t) u + t v",
        entropy_u: "minus the relative entropy of u to the squared starts",
        entropy_v: "minus the relative entropy of v to the squared starts",
        plain_u: "entropy of u",
        plain_v: "entropy of v",
        alpha: "initialization, up to the factors beta",
        x_min: "smallest x_i/beta_i^2 of the limit",
    },
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
        name="one equation, unequal starts",
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
            Edge(name=f"{name}, depth {depth}", parameters={**starts, "depth": depth})
            for depth in depths
            for name, starts in (
                ("a larger start against longer columns", {"winner": 2}),
                ("a longer column against a larger start", {"loser": 2}),
            )
        ),
    )


_EXPONENTS = (20, 60, 180, 540, 1620)


def _run_uneven_row(parameters: Parameters, instances: Instances) -> Measurement:
    depth, weights = depth_of(parameters), instances["z"]
    winner, loser, k = int(parameters["winner"]), int(parameters["loser"]), weights.shape[1]
    one = weights[:, :1] * 0 + 1
    columns = [j for j in range(k) for _ in range(loser**2)]
    certificate = weights[:, columns]
    face = Face(
        on=one[:, :, None] + np.zeros((1, 1, winner**2)),
        off=certificate[:, None, :],
        target=instances["y"][:, None],
        certificate=certificate,
        short=1 - certificate,
        unseen=zeros(weights, (weights.shape[0], len(columns), 0)),
        anchor=one,
    )
    grid = scale_grid(instances["y"], _EXPONENTS)
    found = [limit(face, grid[:, i], depth) for i in range(len(_EXPONENTS))]
    # x_j is beta^(D-2) times the sum of its beta^2 copies.
    lift = times_fraction(elementwise(one[:, 0] * loser, "log"), depth)
    cases = tuple(
        Case(
            name=f"column {j + 2}",
            values={
                log_off: stack([one_found.log_off[:, j * loser**2] + lift for one_found in found], axis=1),
                log_alpha: grid,
                z: weights[:, j],
                beta: one[:, 0] * loser,
                D: (one[:, 0] * depth.numerator) / depth.denominator,
            },
        )
        for j in range(k)
    )
    return Measurement(cases=cases, failures=failures(found))


uneven_row = Procedure(
    name="the limits of the flow from shrinking unequal starts, as those of copies of the columns",
    measures={
        log_off: "logarithm of x_j, j > 1",
        log_alpha: "logarithm of the initialization, up to the factors beta",
        z: "a_j beta_j^(D-2) / (a_1 beta_1^(D-2))",
        beta: "start of u_j and v_j over alpha",
        D: "depth",
    },
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
    some = residual[:, 0] * 0
    number = (some + depth.numerator) / depth.denominator
    shared = {
        A: matrix[:, None],
        W: rectangular_diagonal(speed, n, n)[:, None],
        R: residual[:, None, :, None],
        D: number,
    }
    drift = -matvec(matrix, moving.tangent)[:, None, :, None]
    cases = tuple(
        Case(
            name=f"i = {i + 1}",
            values={**shared, u: up[:, i], v: down[:, i]},
            rates={R: drift, u: rise[:, i][:, None], v: fall[:, i][:, None]},
        )
        for i in range(n)
    )
    return Measurement(cases=cases)


flow = Procedure(
    name="gradient flow of the parameters u, v",
    measures={
        A: "data matrix",
        W: "u^(2D-2) + v^(2D-2) on the diagonal",
        R: "residual y - A x",
        D: "depth",
        u: "a positive parameter",
        v: "its negative counterpart",
    },
    run=_run_flow,
    time=Time.FLOW,
    rational=False,
)
