"""Diagonal networks in other words: rows, orders, units and copies of the data; and data whose limit is known at once."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims import Case, Edge, Family, Hypothesis, Instances, Measurement, Parameters, Procedure, integers
from lemmata.claims.papers.wind2023._near_ties import unsupported
from lemmata.claims.settings.diagonal.problems import (
    DEPTHS,
    depth_of,
    draw_face,
    face_problems,
    failures,
    log_initialization,
    wide_face,
)
from lemmata.solvers import absolute, concatenate, elementwise, full, matvec, times_fraction, transpose, zeros
from lemmata.solvers.diagonal import Limit, ReducedProblem, limit, log_two

_columns = sp.Symbol("n", integer=True, positive=True)
x_inf, translated, foreseen = (
    sp.MatrixSymbol(name, _columns, 1)
    for name in (
        r"x_{\infty}(A, y, \alpha)",
        r"R^{-1} x_{\infty}(R(A, y, \alpha))",
        r"\bar{x}(A, y, \alpha)",
    )
)
_SEEN = "the limit of the flow, in the coordinates log |x| on the support and psi(x) off it"


def relatives(*hypotheses: Hypothesis, scales: tuple[int, int] = (0, 400)) -> Family:
    """Problems with a face of minimisers, with what turns them into relatives: row operations and a unit of y."""
    base = face_problems(*hypotheses)

    def draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
        unit = rng.integers(8, 129, size=size) / 32
        return {
            **draw_face(parameters, rng, size),
            "s": rng.integers(1, 4, size=size).astype(float),
            "c": np.where(unit == 1, 2.0, unit),
        }

    return Family(
        name="sparse recovery with a face of minimisers, and the same in other words",
        parameters={**base.parameters, "scale": integers(*scales)},
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


def _with(face: ReducedProblem, **changes: Any) -> ReducedProblem:
    parts = ("on", "off", "target", "certificate", "dual_slack", "unseen", "anchor")
    return ReducedProblem(**({name: getattr(face, name) for name in parts} | changes))


def _other_rows(face: ReducedProblem, s: Any) -> ReducedProblem:
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
        target=matvec(lower, face.target),
        anchor=matvec(upper, face.anchor),
    )


def _reversed(face: ReducedProblem) -> ReducedProblem:
    changes = {name: getattr(face, name)[:, :, ::-1] for name in ("on", "off")}
    changes |= {name: getattr(face, name)[:, ::-1] for name in ("certificate", "dual_slack")}
    return _with(face, **changes, unseen=face.unseen[:, ::-1])


def _with_copy(face: ReducedProblem, sign: int) -> ReducedProblem:
    """The first column off the support once more, or its opposite."""
    return _with(
        face,
        off=concatenate([face.off, face.off[:, :, :1] * sign], axis=2),
        certificate=concatenate([face.certificate, face.certificate[:, :1] * sign], axis=1),
        dual_slack=concatenate([face.dual_slack, face.dual_slack[:, :1]], axis=1),
        unseen=concatenate([face.unseen, face.unseen[:, :1] * sign], axis=1),
    )


def _seen(found: Limit) -> Any:
    """Log |x| on the support and psi(x) off it, ``(batch, n)``."""
    return concatenate([found.log_on, found.dual_off], axis=1)


def _case(name: str, right_side: Any, left: Any, right: Any) -> Case:
    return Case(name=name, values={x_inf: left[:, None, :, None], right_side: right[:, None, :, None]})


Power = Callable[[Fraction], Fraction]
"""From the depth to the power of c by which alpha is scaled along with y."""


def _copies(face: ReducedProblem, log_alpha: Any, depth: Fraction) -> tuple[Limit, Limit]:
    """The limits with the first column off the support once more, and with its opposite."""
    return limit(_with_copy(face, 1), log_alpha, depth), limit(_with_copy(face, -1), log_alpha, depth)


def _run_relatives(parameters: Parameters, instances: Instances, *, power: Power, shared: bool) -> Measurement:
    depth, face, c = depth_of(parameters), wide_face(instances), instances["c"]
    log_c, log_alpha = elementwise(c, "log"), log_initialization(c, int(parameters["scale"]))
    here = limit(face, log_alpha, depth)
    rows = limit(_other_rows(face, instances["s"]), log_alpha, depth)
    turned = limit(_reversed(face), log_alpha, depth)
    moved = limit(_with(face, target=face.target * c[:, None]), log_alpha + times_fraction(log_c, power(depth)), depth)
    double, opposite = _copies(face, log_alpha, depth)
    p, k = face.on.shape[2], face.off.shape[2]
    back, twice, once = _seen(turned), double.dual_off[:, :1], double.dual_off[:, k:]
    if shared:
        twice, once = double.log_off[:, :1] + log_two(c)[:, None], here.log_off[:, :1]
    cases = (
        _case("other rows", translated, _seen(here), _seen(rows)),
        _case(
            "columns reordered",
            translated,
            _seen(here),
            concatenate([back[:, :p][:, ::-1], back[:, p:][:, ::-1]], axis=1),
        ),
        _case(
            "another unit",
            translated,
            _seen(here),
            concatenate([moved.log_on - log_c[:, None], moved.dual_off], axis=1),
        ),
        _case("a column and its opposite", translated, opposite.dual_off[:, :1], -opposite.dual_off[:, k:]),
        _case("a column twice", translated, twice, once),
    )
    return Measurement(cases=cases, failures=failures([here, rows, turned, moved, double, opposite]))


def _one_over_depth(depth: Fraction) -> Fraction:
    return 1 / depth


def other_words(*, power: Power = _one_over_depth, shared: bool = False, variant: str = "") -> Procedure:
    """The limit of a problem beside the limits of its relatives, translated back; ``variant`` says what is done otherwise."""
    return Procedure(
        name="the limits of the flow on a problem and its relatives" + (variant and f", {variant}"),
        measures={x_inf: _SEEN, translated: "the same of a relative R(A, y, alpha), translated back"},
        run=partial(_run_relatives, power=power, shared=shared),
        rational=False,
    )


def _with_column(face: ReducedProblem, column: Any) -> ReducedProblem:
    """One more column off the support, ``(batch, r, 1)``."""
    certificate = matvec(transpose(column), face.anchor)
    return _with(
        face,
        off=concatenate([face.off, column], axis=2),
        certificate=concatenate([face.certificate, certificate], axis=1),
        dual_slack=concatenate([face.dual_slack, 1 - absolute(certificate)], axis=1),
        unseen=zeros(face.off, (face.off.shape[0], face.off.shape[2] + 1, 0)),
    )


def _square(face: ReducedProblem, x: Any) -> ReducedProblem:
    """As many columns as rows, all on the support, and y = A x."""
    rank, batch = face.on.shape[1], face.on.shape[0]
    matrix = face.on[:, :, :rank]
    nothing = zeros(face.on, (batch, 0))
    return _with(
        face,
        on=matrix,
        off=zeros(face.on, (batch, rank, 0)),
        target=matvec(matrix, x[:, :rank]),
        certificate=nothing,
        dual_slack=nothing,
        unseen=zeros(face.on, (batch, 0, 0)),
    )


def _injective(_: Parameters, instances: Instances) -> Any:
    on = instances["on"]
    return np.abs(np.linalg.det(on[:, :, : on.shape[1]])) > 1 / 2  # whole numbers


INJECTIVE = Hypothesis(name="the first columns, as many as rows, are independent", holds=_injective)


def _run_known(parameters: Parameters, instances: Instances, *, column: int, target: int, extra: bool) -> Measurement:
    depth, face, x = depth_of(parameters), wide_face(instances), instances["x"]
    log_alpha, rank = log_initialization(x[:, 0], int(parameters["scale"])), face.on.shape[1]
    here, more = limit(face, log_alpha, depth), limit(_with_column(face, face.off[:, :, :1] * column), log_alpha, depth)
    idle = limit(unsupported(concatenate([face.on, face.off], axis=2), face.target * target), log_alpha, depth)
    square = _square(face, x)
    injective = limit(_with_column(square, face.off[:, :, :1]) if extra else square, log_alpha, depth)
    k, nothing = face.off.shape[2], full(x[:, :1], 0)
    cases = (
        _case(
            "a zero column",
            foreseen,
            concatenate([more.dual_off[:, k:], _seen(more)[:, :-1]], axis=1),
            concatenate([nothing, _seen(here)], axis=1),
        ),
        _case("y = 0", foreseen, idle.dual_off, full(idle.dual_off, 0)),
        _case("A injective", foreseen, injective.log_on, elementwise(x[:, :rank], "log")),
    )
    return Measurement(cases=cases, failures=failures([here, more, idle, injective]))


def known_limits(*, column: int = 0, target: int = 0, extra: bool = False, variant: str = "") -> Procedure:
    """Limits that are known without solving: of a zero column, of y = 0, and where A is injective.

    ``column``, ``target`` and ``extra`` make the column, the target and the kernel nonzero; ``variant`` says which.
    """
    return Procedure(
        name="the limits of the flow where they are known at once" + (variant and f", {variant}"),
        measures={x_inf: _SEEN, foreseen: "what it should be: with a zero entry, zero, or the solution of A x = y"},
        run=partial(_run_known, column=column, target=target, extra=extra),
        rational=False,
    )
