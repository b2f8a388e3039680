"""Faces of l1 minimisers: segments with a closed form for the limit.

A segment from u to v with disjoint supports and the same sum: A = [[1, 1], [K_u, 0], [0, K_v]] with the kernel of K_u
spanned by u, that of K_v by v. Then {x : A x = y, x >= 0} is the segment, y = A u. All numbers are dyadic.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
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
    Range,
    Time,
    choice,
    evaluate,
    integers,
    quantity,
)
from lemmata.claims.settings.diagonal.problems import (
    DEPTHS,
    D,
    alpha,
    depth_of,
    failures,
    g,
    limits_along,
    log_initialization,
)
from lemmata.solvers import (
    absolute,
    as_floats,
    concatenate,
    elementwise,
    full,
    least,
    rational_power,
    stack,
    times_fraction,
    zeros,
)
from lemmata.solvers.diagonal import Limit, ReducedProblem, limit, log_two, renyi_entropy

odds = quantity(r"\operatorname{logit} t_{\alpha}", "log t/(1 - t) at the limit (1 - t_alpha) u + t_alpha v", real=True)
x_min = quantity(r"x_{\infty,\min}", "smallest entry of the limit", positive=True)
odds_error = quantity(
    r"|\operatorname{logit} t_{\alpha} + H_{2/D}(u) - H_{2/D}(v)|",
    "distance of log t/(1 - t) at the limit (1 - t_alpha) u + t_alpha v from what the entropies say",
    positive=True,
)
u_norm = quantity(r"\lVert u \rVert_{1}", "l1 norm of either end", positive=True)


@dataclass(frozen=True)
class Ends:
    """A quantity of either end of the segment."""

    u: Any
    v: Any


def _ends(written: str, meaning: str) -> Ends:
    return Ends(*(quantity(written % end, f"{meaning} {end}", real=True) for end in "uv"))


def _sums(written: str, meaning: str) -> Ends:
    return Ends(*(quantity(written % end, meaning % end, positive=True) for end in "uv"))


ENTROPY = _ends("H_{2/D}(%s)", "Renyi entropy of order 2/D (Shannon's at D = 2) of")
SHANNON = _ends("H_{1}(%s)", "Shannon entropy of")
ORDER_HALVED = _ends("H_{1/D}(%s)", "Renyi entropy of order 1/D of")
ORDER_TWO = _ends("H_{2}(%s)", "Renyi entropy of order two of")
INVERSES = _sums(r"\sum_i %s_i^{-1}", "sum of 1/%s_i")
POWERS = _sums(r"\sum_i %s_i^{2/D}", "sum of %s_i^(2/D)")
SHARES = _sums(r"\sum_i %s_i^{2/D - 1}", "sum of %s_i^(2/D - 1)")

t = sp.Symbol("t", positive=True)
SHARE = {t: 1 / (1 + sp.exp(ENTROPY.u - ENTROPY.v))}
"""The share of v in the limit as alpha -> 0, as a named part of a formula."""
DRIFT_TWO = sp.Abs(INVERSES.u / (1 - t) ** 2 - INVERSES.v / t**2) / u_norm
DRIFT_BRANCH = sp.Abs(SHARES.u / (POWERS.u * (1 - t)) - SHARES.v / (POWERS.v * t))
DRIFT_DEEP = 2 ** (-g) * DRIFT_BRANCH
"""How fast the log-odds come to rest, in units of alpha^4 at depth two and of alpha^D above."""

_CLEAR = 0.02
_DYADIC = 64


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
    """Segments of minimisers; with ``scales`` an initialization alpha = 2^-scale too."""
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


def segment_face(instances: Instances, copies: tuple[int, int] = (1, 1)) -> ReducedProblem:
    """The reduced problem; the first column of u and that of v may come in several ``copies``."""
    u, v = instances["u"], instances["v"]
    batch, p, q = u.shape[0], u.shape[1], v.shape[1]
    ones = full(concatenate([u, v], axis=1)[:, None, :], 1)
    upper = concatenate([_kernel_rows(u), zeros(u, (batch, p - 1, q))], axis=2)
    lower = concatenate([zeros(u, (batch, q - 1, p)), _kernel_rows(v)], axis=2)
    columns = [0] * copies[0] + list(range(1, p)) + [p] * copies[1] + list(range(p + 1, p + q))
    on = concatenate([ones, upper, lower], axis=1)[:, :, columns]
    nothing = zeros(u, (batch, p + q - 2))
    return ReducedProblem(
        on=on,
        off=zeros(u, (batch, p + q - 1, 0)),
        target=concatenate([u.sum(axis=1)[:, None], nothing], axis=1),
        certificate=zeros(u, (batch, 0)),
        dual_slack=zeros(u, (batch, 0)),
        unseen=zeros(u, (batch, 0, 0)),
        anchor=concatenate([full(u[:, :1], 1), nothing], axis=1),
    )


def log_odds(found: Limit, instances: Instances, copies: tuple[int, int] = (1, 1)) -> Any:
    """The log-odds log t/(1 - t) of the limit (1 - t) u + t v, from entry zero of either end; ``(batch,)``."""
    there = found.log_on[:, copies[0] + instances["u"].shape[1] - 1] - elementwise(
        instances["v"][:, 0] / copies[1], "log"
    )
    here = found.log_on[:, 0] - elementwise(instances["u"][:, 0] / copies[0], "log")
    return there - here


def _run_segment(parameters: Parameters, instances: Instances) -> Measurement:
    depth, u, v = depth_of(parameters), instances["u"], instances["v"]
    log_alpha = log_initialization(u[:, 0], int(parameters["scale"]))
    found = limit(segment_face(instances), log_alpha, depth)
    orders = {ENTROPY: 2 / depth, SHANNON: Fraction(1), ORDER_HALVED: 1 / depth, ORDER_TWO: Fraction(2)}
    values = {
        odds: log_odds(found, instances),
        sp.log(alpha): log_alpha,
        D: full(log_alpha, depth),
        x_min: least(found.on),
    }
    for ends, order in orders.items():
        values |= {ends.u: renyi_entropy(u, order), ends.v: renyi_entropy(v, order)}
    return Measurement.of(
        values,
        case="limit",
        failures=failures([found]),
        pictures=partial(_shares, {name: as_floats(end)[:1] for name, end in instances.items()}),
    )


_SHOWN_DEPTHS = ("2", "9/4", "5/2", "3", "7/2", "4", "5", "6", "8", "12")
_SHOWN_SCALE = np.array([-40.0])


def _shares(instances: Instances) -> list[Picture]:
    """Where on the segment the flow ends, by depth, from alpha = exp(-40)."""
    depths = [Fraction(depth) for depth in _SHOWN_DEPTHS]
    face = segment_face(instances)
    odds_found = [float(log_odds(limit(face, _SHOWN_SCALE, depth), instances)[0]) for depth in depths]
    entropies = [[renyi_entropy(instances[end], 2 / depth)[0] for depth in depths] for end in ("v", "u")]
    odds_predicted = [float(far - near) for far, near in zip(*entropies, strict=True)]
    return [
        Picture(
            name="place t of the limit (1 - t) u + t v",
            x_label="depth",
            y_label="t",
            x=[float(depth) for depth in depths],
            measured=[1 / (1 + np.exp(-one)) for one in odds_found],
            predicted=[1 / (1 + np.exp(-one)) for one in odds_predicted],
        )
    ]


_ENTROPIES = tuple(one for ends in (ENTROPY, SHANNON, ORDER_HALVED, ORDER_TWO) for one in (ends.u, ends.v))
segment_limits = Procedure(
    name="the limit of the flow, from its convex dual",
    measures=(odds, sp.log(alpha), D, x_min, *_ENTROPIES),
    run=_run_segment,
    rational=False,
)


def _drift_parts(instances: Instances, depth: Fraction) -> dict[Any, Any]:
    """What the leading constant of the distance of the log-odds from their limit is made of."""
    order, parts = 2 / depth, {u_norm: instances["u"].sum(axis=1), D: full(instances["u"][:, 0], depth)}
    for end in "uv":
        w = instances[end]
        parts[getattr(ENTROPY, end)] = renyi_entropy(w, order)
        parts[getattr(INVERSES, end)] = (1 / w).sum(axis=1)
        powers = rational_power(w, order)
        parts[getattr(POWERS, end)] = powers.sum(axis=1)
        parts[getattr(SHARES, end)] = (powers / w).sum(axis=1)
    return parts


def _clear_pull(parameters: Parameters, instances: Instances) -> Any:
    depth = depth_of(parameters)
    drift = DRIFT_TWO if depth == 2 else DRIFT_BRANCH  # noqa: PLR2004
    parts = Case(name="parts", values=_drift_parts(instances, depth)).values
    return evaluate(drift.xreplace(SHARE), parts)[:, 0] > _CLEAR


CLEAR_PULL = Hypothesis(name="the two ends pull differently in the next order", holds=_clear_pull)
_BITS = (9, 13, 17, 21, 25, 28)


def _run_next_order(parameters: Parameters, instances: Instances) -> Measurement:
    depth, u = depth_of(parameters), instances["u"]
    rate = Fraction(4) if depth == 2 else depth  # noqa: PLR2004
    grid = [times_fraction(log_two(u[:, 0]), -bits / rate) for bits in _BITS]
    found = limits_along(segment_face(instances), grid, depth)
    settled = renyi_entropy(instances["v"], 2 / depth) - renyi_entropy(u, 2 / depth)
    values = {
        odds_error: stack([absolute(log_odds(one, instances) - settled) for one in found], axis=1),
        sp.log(alpha): stack(grid, axis=1),
        **_drift_parts(instances, depth),
    }
    return Measurement.of(values, case="log-odds", failures=failures(found))


_PARTS = tuple(one for ends in (ENTROPY, INVERSES, POWERS, SHARES) for one in (ends.u, ends.v))
next_order = Procedure(
    name="the limits of the flow as alpha shrinks",
    measures=(odds_error, sp.log(alpha), D, u_norm, *_PARTS),
    run=_run_next_order,
    time=Time.SCALES,
    rational=False,
)
