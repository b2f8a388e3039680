"""Diagonal networks in other words: rows, orders, units and copies of the data; unequal starts; the flow at a point."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims._diagonal import (
    DEPTHS,
    depth_of,
    draw_face,
    face_problems,
    failures,
    log_start,
    scale_grid,
    wide_face,
)
from lemmata.claims._diagonal_faces import log_odds, segment_face, segments
from lemmata.claims._family import Edge, Family, Hypothesis, Instances, Parameters
from lemmata.claims._procedure import Case, Measurement, Procedure, Time
from lemmata.claims._ranges import choice, integers
from lemmata.solvers import (
    Dual,
    Face,
    Limit,
    concatenate,
    convert,
    elementwise,
    limit,
    log_two,
    raised,
    rectangular_diagonal,
    smallest,
    stack,
    times,
    times_fraction,
    transpose,
    zeros,
)

_columns, _rows = sp.symbols("n m", integer=True, positive=True)
X, Y = sp.MatrixSymbol("X", _columns, 1), sp.MatrixSymbol("Y", _columns, 1)
A, W, R = (
    sp.MatrixSymbol("A", _rows, _columns),
    sp.MatrixSymbol("W", _columns, _columns),
    sp.MatrixSymbol("r", _rows, 1),
)
alpha, D, x_min, u, v, beta, z = sp.symbols("alpha D x_min u_i v_i beta_j z_j", positive=True)
odds, entropy_u, entropy_v, plain_u, plain_v = sp.symbols("Lambda H_u H_v E_u E_v", real=True)
log_off, log_alpha = sp.symbols("ell_j ell_alpha", real=True)

_GRAIN = 64


def relatives() -> Family:
    """Problems with a face of minimisers, with what turns them into relatives: row operations and a unit of y."""
    base = face_problems()

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        unit = rng.integers(8, 129, size=size) / 32
        return {
            **draw_face(parameters, rng, size),
            "s": rng.integers(1, 4, size=size).astype(float),
            "c": np.where(unit == 1, 2.0, unit),
        }

    return Family(
        name="sparse recovery with a face of minimisers, and the same in other words",
        parameters={**base.parameters, "scale": integers(0, 400)},
        draw=draw,
        hypotheses=base.hypotheses,
        edges=(
            *(
                Edge(name=f"a triangle, depth {depth}", parameters={**_TRIANGLE, "depth": depth, "scale": 20})
                for depth in DEPTHS
            ),
            Edge(name="alpha = 1", parameters=_TRIANGLE),
        ),
    )


_TRIANGLE: dict[str, Any] = {"rank": 2, "extra": 2, "others": 2}


def _with(face: Face, **changes: Any) -> Face:
    parts = ("on", "off", "target", "certificate", "short", "unseen", "anchor")
    return Face(**({name: getattr(face, name) for name in parts} | changes))


def _other_rows(face: Face, s: Any) -> Face:
    """Rows doubled, and s times the first added to the last (but for a single row)."""
    rank = face.on.shape[1]
    corner = np.zeros((rank, rank))
    corner[-1, 0] = 1.0 if rank > 1 else 0.0
    lower = (s[:, None, None] * corner[None] + np.eye(rank)[None]) * 2
    upper = (np.eye(rank)[None] - s[:, None, None] * corner.T[None]) / 2
    return _with(
        face,
        on=lower @ face.on,
        off=lower @ face.off,
        target=times(lower, face.target),
        anchor=times(upper, face.anchor),
    )


def _reversed(face: Face) -> Face:
    changes = {name: getattr(face, name)[:, :, ::-1] for name in ("on", "off")}
    changes |= {name: getattr(face, name)[:, ::-1] for name in ("certificate", "short")}
    return _with(face, **changes, unseen=face.unseen[:, ::-1])


def _with_copy(face: Face, sign: int) -> Face:
    """The first column off the support once more, or its opposite."""
    return _with(
        face,
        off=concatenate([face.off, face.off[:, :, :1] * sign], axis=2),
        certificate=concatenate([face.certificate, face.certificate[:, :1] * sign], axis=1),
        short=concatenate([face.short, face.short[:, :1]], axis=1),
        unseen=concatenate([face.unseen, face.unseen[:, :1] * sign], axis=1),
    )


def _seen(found: Limit) -> Any:
    """Log |x| on the support and psi(x) off it, ``(batch, n)``."""
    return concatenate([found.log_on, found.dual_off], axis=1)


def _case(name: str, left: Any, right: Any) -> Case:
    return Case(name=name, values={X: left[:, None, :, None], Y: right[:, None, :, None]})


Power = Callable[[Fraction], Fraction]
"""From the depth to the power of c by which alpha is scaled along with y."""


def _copies(face: Face, start: Any, depth: Fraction) -> tuple[Limit, Limit]:
    """The limits with the first column off the support once more, and with its opposite."""
    return limit(_with_copy(face, 1), start, depth), limit(_with_copy(face, -1), start, depth)


def _run_relatives(parameters: Parameters, instances: Instances, *, power: Power, shared: bool) -> Measurement:
    depth, face, c = depth_of(parameters), wide_face(instances), instances["c"]
    log_c, start = elementwise(c, "log"), log_start(c, int(parameters["scale"]))
    here = limit(face, start, depth)
    rows = limit(_other_rows(face, instances["s"]), start, depth)
    turned = limit(_reversed(face), start, depth)
    moved = limit(_with(face, target=face.target * c[:, None]), start + times_fraction(log_c, power(depth)), depth)
    double, opposite = _copies(face, start, depth)
    p, k = face.on.shape[2], face.off.shape[2]
    back, twice, once = _seen(turned), double.dual_off[:, :1], double.dual_off[:, k:]
    if shared:
        twice, once = double.log_off[:, :1] + log_two(c)[:, None], here.log_off[:, :1]
    cases = (
        _case("other rows", _seen(here), _seen(rows)),
        _case("columns reordered", _seen(here), concatenate([back[:, :p][:, ::-1], back[:, p:][:, ::-1]], axis=1)),
        _case("another unit", _seen(here), concatenate([moved.log_on - log_c[:, None], moved.dual_off], axis=1)),
        _case("a column and its opposite", opposite.dual_off[:, :1], -opposite.dual_off[:, k:]),
        _case("a column twice", twice, once),
    )
    return Measurement(cases=cases, failures=failures([here, rows, turned, moved, double, opposite]))


def _one_over_depth(depth: Fraction) -> Fraction:
    return 1 / depth


def other_words(*, power: Power = _one_over_depth, shared: bool = False, name: str = "") -> Procedure:
    """The limit of a problem beside the limits of its relatives, translated back."""
    return Procedure(
        name=f"the limits of the flow on a problem and its relatives{name}",
        measures={
            X: "log |x| on the support and psi(x) off it, in the limit",
            Y: "the same of the relative, translated back",
        },
        run=partial(_run_relatives, power=power, shared=shared),
        rational=False,
    )


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
    return Measurement(cases=(Case(name="limit", values=values),), failures=failures([found]))


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
    residual = instances["y"] - times(matrix, raised(up, depth) - raised(down, depth))
    pull = times(transpose(matrix), residual)
    rise, fall = (times_fraction(raised(part, depth - 1) * pull * sign, depth) for part, sign in ((up, 1), (down, -1)))
    moving = raised(Dual(up, rise), depth) - raised(Dual(down, fall), depth)
    speed = raised(up, 2 * depth - 2) + raised(down, 2 * depth - 2)
    some = residual[:, 0] * 0
    number = (some + depth.numerator) / depth.denominator
    shared = {
        A: matrix[:, None],
        W: rectangular_diagonal(speed, n, n)[:, None],
        R: residual[:, None, :, None],
        D: number,
    }
    drift = -times(matrix, moving.tangent)[:, None, :, None]
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
