"""Faces of l1 minimisers: segments with a closed form for the limit, and general faces with the one preferred.

A segment from u to v with disjoint supports and the same sum: A = [[1, 1], [K_u, 0], [0, K_v]] with the kernel of K_u
spanned by u, that of K_v by v. Then {x : A x = y, x >= 0} is the segment, y = A u. All numbers are dyadic.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
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
    Picture,
    Procedure,
    Range,
    Time,
    choice,
    integers,
)
from lemmata.claims.settings.diagonal.diabetes import PATIENTS_FACE, face_patients, patient_data, table_pictures
from lemmata.claims.settings.diagonal.problems import (
    DEPTHS,
    depth_of,
    draw_face,
    face_problems,
    failures,
    limits_along,
    log_start,
    wide_face,
)
from lemmata.solvers import (
    absolute,
    as_floats,
    concatenate,
    elementwise,
    rational_power,
    smallest,
    stack,
    times_fraction,
    zeros,
)
from lemmata.solvers.diagonal import Face, Limit, limit, log_two, preferred, renyi_entropy, tie_break

odds, entropy_u, entropy_v = sp.symbols("Lambda H_u H_v", real=True)
alpha, D, x_min, gap, drift = sp.symbols("alpha D x_min delta c", positive=True)
reached, least, other = sp.symbols("f_oo f_0 f_1", real=True)
log_alpha = sp.Symbol("ell_alpha", real=True)

_CLEAR = 0.02
_DYADIC = 64

Order = Callable[[Fraction], Fraction]
"""From the depth to the order of the entropy, or of the quasi-norm."""


def two_over_depth(depth: Fraction) -> Fraction:
    """The order 2/D."""
    return 2 / depth


def shannon(_: Fraction) -> Fraction:
    """Order one, whatever the depth."""
    return Fraction(1)


def _draw_segment(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """Ends u ``(batch, p)`` and v ``(batch, q)``, positive, of equal sums."""
    u = rng.integers(1, 17, size=(size, int(parameters["first"]))).astype(float)
    v = rng.integers(1, 17, size=(size, int(parameters["second"]))).astype(float)
    return {"u": u * v.sum(axis=1, keepdims=True) / _DYADIC, "v": v * u.sum(axis=1, keepdims=True) / _DYADIC}


def _spread_against_one(_: Parameters, drawn: Instances) -> Instances:
    """Ends u = (16, 1, 1, 1, 1)/8, v = 20/8."""
    size = len(drawn["u"])
    return {"u": np.tile([2.0, 1 / 8, 1 / 8, 1 / 8, 1 / 8], (size, 1)), "v": np.full((size, 1), 2.5)}


def _equal_sums(_: Parameters, instances: Instances) -> Any:
    positive = np.all(instances["u"] > 0, axis=1) & np.all(instances["v"] > 0, axis=1)
    return positive & (instances["u"].sum(axis=1) == instances["v"].sum(axis=1))


def segments(*hypotheses: Hypothesis, scales: tuple[int, int] | None, depths: tuple[str, ...] = DEPTHS) -> Family:
    """Segments of minimisers; with ``scales`` a start alpha = 2^-scale too."""
    spread = {"first": 5, "second": 1}
    ranges: dict[str, Range] = {"first": integers(1, 5), "second": integers(1, 3), "depth": choice(*depths)}
    last: dict[str, Any] = {}
    if scales is not None:
        ranges["scale"], last = integers(*scales), {"scale": scales[1]}
    return Family(
        name="sparse recovery whose minimisers are a segment",
        parameters=ranges,
        draw=_draw_segment,
        hypotheses=(Hypothesis(name="u, v > 0 of equal sums", holds=_equal_sums), *hypotheses),
        edges=(
            *(
                Edge(
                    name=f"spread against one, depth {depth}",
                    parameters={**spread, **last, "depth": depth},
                    adjust=_spread_against_one,
                )
                for depth in depths
            ),
            Edge(name="simplest", parameters={"first": 2}),
        ),
    )


def _kernel_rows(w: Any) -> Any:
    """``(batch, n - 1, n)`` matrices whose kernel w spans."""
    count = w.shape[1]
    return concatenate([-w[:, 1:, None], w[:, :1, None] * np.eye(count - 1)[None]], axis=2)


def segment_face(instances: Instances, copies: tuple[int, int] = (1, 1)) -> Face:
    """The reduced problem; the first column of u and that of v may come in several ``copies``."""
    u, v = instances["u"], instances["v"]
    batch, p, q = u.shape[0], u.shape[1], v.shape[1]
    ones = concatenate([u, v], axis=1)[:, None, :] * 0 + 1
    upper = concatenate([_kernel_rows(u), zeros(u, (batch, p - 1, q))], axis=2)
    lower = concatenate([zeros(u, (batch, q - 1, p)), _kernel_rows(v)], axis=2)
    columns = [0] * copies[0] + list(range(1, p)) + [p] * copies[1] + list(range(p + 1, p + q))
    on = concatenate([ones, upper, lower], axis=1)[:, :, columns]
    nothing = zeros(u, (batch, p + q - 2))
    return Face(
        on=on,
        off=zeros(u, (batch, p + q - 1, 0)),
        target=concatenate([u.sum(axis=1)[:, None], nothing], axis=1),
        certificate=zeros(u, (batch, 0)),
        short=zeros(u, (batch, 0)),
        unseen=zeros(u, (batch, 0, 0)),
        anchor=concatenate([u[:, :1] * 0 + 1, nothing], axis=1),
    )


def log_odds(found: Limit, instances: Instances, copies: tuple[int, int] = (1, 1)) -> Any:
    """Log t/(1 - t) of the limit (1 - t) u + t v, from entry zero of either end; ``(batch,)``."""
    there = found.log_on[:, copies[0] + instances["u"].shape[1] - 1] - elementwise(
        instances["v"][:, 0] / copies[1], "log"
    )
    here = found.log_on[:, 0] - elementwise(instances["u"][:, 0] / copies[0], "log")
    return there - here


def _run_segment(parameters: Parameters, instances: Instances, *, order: Order) -> Measurement:
    depth, u, v = depth_of(parameters), instances["u"], instances["v"]
    start = log_start(u[:, 0], int(parameters["scale"]))
    found = limit(segment_face(instances), start, depth)
    sizes = found.on
    values = {
        odds: log_odds(found, instances),
        entropy_u: renyi_entropy(u, order(depth)),
        entropy_v: renyi_entropy(v, order(depth)),
        alpha: elementwise(start, "exp"),
        D: (start * 0 + depth.numerator) / depth.denominator,
        x_min: smallest([sizes[:, i] for i in range(sizes.shape[1])]),
    }
    return Measurement.of(
        values,
        case="limit",
        failures=failures([found]),
        pictures=partial(_shares, {name: as_floats(end)[:1] for name, end in instances.items()}),
    )


_SHOWN_DEPTHS = ("2", "9/4", "5/2", "3", "7/2", "4", "5", "6", "8", "12")
_SHOWN_SCALE = np.array([-40.0])


def _shares(instances: Instances) -> list[Picture]:
    """Where on the segment the flow ends, by depth, from a start of exp(-40)."""
    depths = [Fraction(depth) for depth in _SHOWN_DEPTHS]
    face = segment_face(instances)
    odds_found = [float(log_odds(limit(face, _SHOWN_SCALE, depth), instances)[0]) for depth in depths]
    entropies = [[renyi_entropy(instances[end], 2 / depth)[0] for depth in depths] for end in ("v", "u")]
    odds_told = [float(far - near) for far, near in zip(*entropies, strict=True)]
    return [
        Picture(
            name="place t of the limit (1 - t) u + t v",
            x_label="depth",
            y_label="t",
            x=[float(depth) for depth in depths],
            measured=[1 / (1 + np.exp(-one)) for one in odds_found],
            predicted=[1 / (1 + np.exp(-one)) for one in odds_told],
        )
    ]


def segment_limits(*, order: Order = two_over_depth, name: str = "") -> Procedure:
    """Where on the segment the flow ends, and the entropies of the two ends."""
    return Procedure(
        name=f"the limit of the flow, from its convex dual{name}",
        measures={
            odds: "log t/(1 - t) of the limit (1 - t) u + t v",
            entropy_u: "Renyi entropy of u",
            entropy_v: "Renyi entropy of v",
            alpha: "initialization of every parameter",
            D: "depth",
            x_min: "smallest entry of the limit",
        },
        run=partial(_run_segment, order=order),
        rational=False,
    )


def _pull(instances: Instances, depth: Fraction, *, refined: bool = True) -> Any:
    """The leading constant of log-odds minus their limit, in units of alpha^4 at depth two, else alpha^D; ``(batch,)``."""
    u, v, order = instances["u"], instances["v"], 2 / depth
    settled = elementwise(renyi_entropy(u, order) - renyi_entropy(v, order), "exp")  # (1 - t)/t
    at_v, at_u = 1 / (1 + settled), settled / (1 + settled)
    if depth == 2:  # noqa: PLR2004 - asinh(s/2) = log s + 1/s^2
        ends = [(1 / w).sum(axis=1) / (part * part) for w, part in ((u, at_u), (v, at_v))]
        return (ends[0] - ends[1]) / u.sum(axis=1)
    shares = [rational_power(w, order) for w in (u, v)]
    means = [
        (share / w).sum(axis=1) / share.sum(axis=1) / part
        for share, w, part in zip(shares, (u, v), (at_u, at_v), strict=True)
    ]
    power = rational_power(settled * 0 + 2, -depth / (depth - 2)) if refined else 1
    return (means[0] - means[1]) * power


def _clear_pull(parameters: Parameters, instances: Instances) -> Any:
    return np.abs(_pull(instances, depth_of(parameters), refined=False)) > _CLEAR


CLEAR_PULL = Hypothesis(name="the two ends pull differently in the next order", holds=_clear_pull)
_BITS = (9, 13, 17, 21, 25, 28)


def _run_next_order(parameters: Parameters, instances: Instances, *, refined: bool) -> Measurement:
    depth, u = depth_of(parameters), instances["u"]
    rate = Fraction(4) if depth == 2 else depth  # noqa: PLR2004
    grid = [times_fraction(log_two(u[:, 0]), -bits / rate) for bits in _BITS]
    found = limits_along(segment_face(instances), grid, depth)
    settled = renyi_entropy(instances["v"], 2 / depth) - renyi_entropy(u, 2 / depth)
    off = stack([absolute(log_odds(one, instances) - settled) for one in found], axis=1)
    values = {
        gap: off,
        alpha: elementwise(stack(grid, axis=1), "exp"),
        drift: absolute(_pull(instances, depth, refined=refined)),
        D: (u[:, 0] * 0 + depth.numerator) / depth.denominator,
    }
    return Measurement.of(values, case="log-odds", failures=failures(found))


def next_order(*, refined: bool = True, name: str = "") -> Procedure:
    """How fast the place on the segment is approached."""
    return Procedure(
        name=f"the limits of the flow along shrinking starts{name}",
        measures={
            gap: "distance of log t/(1 - t) from its limit",
            alpha: "initialization of every parameter",
            drift: "leading constant",
            D: "depth",
        },
        run=partial(_run_next_order, refined=refined),
        time=Time.SCALES,
        rational=False,
    )


_TINY = 240


def _run_selection(parameters: Parameters, instances: Instances, *, order: Order) -> Measurement:
    depth, face = depth_of(parameters), wide_face(instances)
    start = log_start(instances["x"][:, 0], _TINY)
    found = limit(face, start, depth)
    best, _ = preferred(face.on, face.target, face.anchor, order(depth))
    values = {
        reached: tie_break(found.on, order(depth)),
        least: tie_break(best, order(depth)),
        other: tie_break(instances["x"], order(depth)),
    }
    shown = partial(table_pictures, PATIENTS_FACE) if "patients" in parameters else tuple
    return Measurement.of(values, case="limit", failures=failures([found]), pictures=shown)


def selection(*, order: Order = two_over_depth, name: str = "") -> Procedure:
    """The tie-break at the limit, at the minimiser it prefers, and at another minimiser."""
    return Procedure(
        name=f"the limit of the flow from alpha = 2^-{_TINY}{name}",
        measures={
            reached: "tie-break at the limit, on the support",
            least: "its least value among the minimisers",
            other: "its value at another minimiser",
        },
        run=partial(_run_selection, order=order),
        rational=False,
    )


def _apart(parameters: Parameters, instances: Instances) -> Any:
    """Whether the other minimiser is clearly worse by the tie-break."""
    face = wide_face(instances)
    order = 2 / depth_of(parameters)
    with np.errstate(all="ignore"):
        best, _ = preferred(face.on, face.target, face.anchor, order)
        return tie_break(instances["x"], order) - tie_break(best, order) > _CLEAR


APART = Hypothesis(name="the other minimiser is worse", holds=_apart)


def _drawn_or_real(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """``draw_face``, or the table of patients where the parameters ask for it."""
    return face_patients() if "patients" in parameters else draw_face(parameters, rng, size)


def face_families(depths: tuple[str, ...], *hypotheses: Hypothesis, real: tuple[str, ...] = ()) -> Family:
    """Faces of minimisers at some depths, with an edge at each; ``real`` adds the table of patients at these depths.

    They are small, for all that matters happens in small ones.
    """
    base = face_problems(*hypotheses)
    ranges: dict[str, Range] = {
        "rank": integers(1, 2),
        "extra": integers(1, 2),
        "others": integers(1, 2),
        "depth": choice(*depths),
    }
    return Family(
        name=base.name,
        parameters=ranges,
        draw=_drawn_or_real,
        data=patient_data(PATIENTS_FACE, real, rank=15, extra=1, others=49),
        hypotheses=base.hypotheses,
        edges=tuple(
            edge
            for depth in depths
            for edge in (
                Edge(name=f"a segment, depth {depth}", parameters={"depth": depth}),
                Edge(name=f"a triangle, depth {depth}", parameters={"rank": 2, "extra": 2, "depth": depth}),
            )
        ),
    )
