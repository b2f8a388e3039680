"""How a face of l1 minimisers is approached: the distance of the limit from the minimiser it prefers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
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
    Range,
    Time,
    choice,
    integers,
    quantity,
)
from lemmata.claims.papers.wind2023._selection import two_over_depth
from lemmata.claims.settings.diagonal.problems import (
    D,
    alpha,
    depth_of,
    face_problems,
    failures,
    limits_along,
    log_initialization,
    norm,
    rho,
    scale_grid,
    wide_face,
)
from lemmata.solvers import (
    absolute,
    as_floats,
    elementwise,
    full,
    matvec,
    rational_power,
    signs,
    stack,
    times_fraction,
    transpose,
)
from lemmata.solvers.diagonal import Limit, departure, limit, mirror_height, preferred, pulled, tie_break

_PULLED = r"X A_S^{\top} (A_S X A_S^{\top})^{-1}"
distance = quantity(
    r"\lVert x_{\infty} - x^0 \rVert_{1}", "l1 distance of the limit from the minimiser preferred", positive=True
)
lean = quantity(
    r"\operatorname{sign}(z_j) \langle a_j, \nu \rangle", "of the column that attains rho; log x^0 = A_S' nu", real=True
)
given_way = quantity(
    rf"\lVert {_PULLED} a_j \rVert_{{1}}", "what the support gives way to column j, X = diag(x^0)", nonnegative=True
)
kept_behind = quantity(r"\lVert X^{-1} 1 \rVert_{1}", "sum of 1/x^0_i", positive=True)
kept_within = quantity(
    rf"\lVert (I - {_PULLED} A_S) X^{{-1}} 1 \rVert_{{1}}",
    "the part of 1/x^0 that A does not see, X = diag(x^0)",
    positive=True,
)
heights = quantity(r"\lVert h(z) \rVert_{1}", "off the support, z the dual certificate", nonnegative=True)
support_size = quantity("|S|", "number of columns on the face", positive=True)
given_deep = quantity(
    rf"\lVert {_PULLED} w - 2^{{-g}} 1 \rVert_{{1}}",
    "what the support gives way, X = g diag(x^0)^(2-2/D), w = 2^-g A_S 1 - A_off h(z)",
    nonnegative=True,
)
best_norm = quantity(
    r"\lVert x^0 \rVert_{1}", "l1 norm of the minimiser preferred by small initializations", nonnegative=True
)
square = quantity(r"\lVert x_{\infty} \rVert_{2}^{2}", "squared l2 norm of the limit", nonnegative=True)
best_square = quantity(r"\lVert x^0 \rVert_{2}^{2}", "squared l2 norm of x^0", nonnegative=True)
tie_break_at_limit = quantity(r"f_{D}(x_{\infty})", "tie-break of the depth at the limit", real=True)
tie_break_at_best = quantity(r"f_{D}(x^0)", "tie-break of the depth at x^0", real=True)

_NEAR, _FAR = (16, 32, 64, 128, 256), (64, 128, 256, 512, 1024)
_CLEAR = 1 / 64


def faces(
    depths: tuple[str, ...], *hypotheses: Hypothesis, others: tuple[int, int], fewest: int = 2, scales: bool = False
) -> Family:
    """Faces of dimension one to three, with a number of columns off the support; ``scales`` adds an initialization 2^-scale."""
    base = face_problems(*hypotheses)
    ranges: dict[str, Range] = {
        "rank": integers(fewest, 2),
        "extra": integers(1, 3),
        "others": integers(*others),
        "depth": choice(*depths),
    }
    if scales:
        ranges["scale"] = integers(2, 10)
    return Family(
        name=base.name,
        parameters=ranges,
        draw=base.draw,
        hypotheses=base.hypotheses,
        edges=tuple(
            Edge(name=f"{name}, depth {depth}", parameters={**shape, "depth": depth, "others": others[1]})
            for depth in depths
            for name, shape in (("a segment", {"rank": 2}), ("dimension three", {"rank": 2, "extra": 3}))
        ),
    )


def _to_first_order(instances: Instances, depth: Fraction) -> tuple[Any, Any]:
    """(x_inf - x^0 on the support, off it) in the unit of ``departure``, as alpha -> 0."""
    face = wide_face(instances)
    with np.errstate(all="ignore"):
        best, multiplier = preferred(face.on, face.target, face.anchor, two_over_depth(depth))
    off = face.certificate
    if depth == 2:  # noqa: PLR2004
        slope, behind = best, 1 / best
        if off.shape[1]:
            sign = signs(off)
            raised = elementwise(matvec(transpose(face.off), multiplier) * sign, "exp")
            off, behind = raised * _attains(off) * sign, full(behind, 0)
    else:
        g = depth / (depth - 2)
        slope, behind = times_fraction(rational_power(best, (g + 1) / g), g), rational_power(full(best, 2), -g)
        off = mirror_height(off, depth) if off.shape[1] else off
    return pulled(face, slope, behind, off), off


def _attains(certificate: Any) -> Any:
    """One at the largest modulus, zero elsewhere, ``(batch, k)``."""
    size = np.abs(as_floats(certificate))
    return (size == size.max(axis=1, initial=0.0, keepdims=True)).astype(float)


def _norm(on: Any, off: Any) -> Any:
    whole = absolute(on).sum(axis=1)
    return whole + absolute(off).sum(axis=1) if off.shape[1] else whole


def _generic(parameters: Parameters, instances: Instances) -> Any:
    on, off = _to_first_order(instances, depth_of(parameters))
    moved, other = np.abs(on).sum(axis=1), np.abs(off).sum(axis=1)
    return (moved > _CLEAR) if not off.shape[1] else (moved > _CLEAR * other) & (moved + other > _CLEAR)


def _one_attains(_: Parameters, instances: Instances) -> Any:
    """The runner-up of the certificate falls short by 1/16."""
    size = np.sort(np.abs(instances["off"][:, 0]), axis=1)[:, ::-1]
    second = size[:, 1] if size.shape[1] > 1 else 0.0
    return (size[:, 0] > 0) & (size[:, 0] - second >= 1 / 16)


GENERIC = Hypothesis(name="the support moves to first order", holds=_generic)
ONE_ATTAINS = Hypothesis(name="one column attains the largest modulus of the certificate", holds=_one_attains)


def _along(parameters: Parameters, instances: Instances) -> tuple[dict[Any, Any], list[Limit], Any, Any]:
    """Depth, scales and distances; the limits; the preferred minimiser; and what is off it to the first order."""
    depth, face, x = depth_of(parameters), wide_face(instances), instances["x"]
    whole = scale_grid(x[:, 0], _FAR if depth == 2 and face.off.shape[2] else _NEAR)  # noqa: PLR2004
    grid = [whole[:, i] for i in range(whole.shape[1])]
    found = limits_along(face, grid, depth)
    best, _ = preferred(face.on, face.target, face.anchor, two_over_depth(depth))
    logs = []
    for one, log_alpha in zip(found, grid, strict=True):
        on, unit = departure(face, one, best, log_alpha, depth)
        logs.append(elementwise(_norm(on, one.height_off), "log") + unit[:, 0])
    values = {sp.log(distance): stack(logs, axis=1), sp.log(alpha): whole, D: full(x[:, 0], depth)}
    return values, found, best, _to_first_order(instances, depth)


def _run_two(parameters: Parameters, instances: Instances) -> Measurement:
    values, found, _, (on, off) = _along(parameters, instances)
    certificate = instances["off"][:, 0]
    height = absolute(off).sum(axis=1)  # t: one column attains rho
    values |= {
        rho: (absolute(certificate) * _attains(certificate)).sum(axis=1),
        lean: elementwise(height, "log"),
        given_way: absolute(on).sum(axis=1) / height,
    }
    return Measurement.of(values, case="limit", failures=failures(found))


def _run_within(parameters: Parameters, instances: Instances) -> Measurement:
    values, found, best, (on, _) = _along(parameters, instances)
    values |= {kept_within: absolute(on).sum(axis=1), kept_behind: (1 / best).sum(axis=1)}
    return Measurement.of(values, case="limit", failures=failures(found))


def _run_deep(parameters: Parameters, instances: Instances) -> Measurement:
    values, found, best, (on, off) = _along(parameters, instances)
    values |= {
        given_deep: absolute(on).sum(axis=1),
        heights: absolute(off).sum(axis=1) if off.shape[1] else full(on[:, 0], 0),
        support_size: full(on[:, 0], best.shape[1]),
    }
    return Measurement.of(values, case="limit", failures=failures(found))


def _approach(run: Callable[[Parameters, Instances], Measurement], *measures: Any) -> Procedure:
    """The limits as alpha shrinks, beside the minimiser they tend to."""
    return Procedure(
        name="the limits of the flow as alpha shrinks, beside the preferred minimiser",
        measures=(sp.log(distance), sp.log(alpha), D, *measures),
        run=run,
        time=Time.SCALES,
        rational=False,
    )


approach_two = _approach(_run_two, rho, lean, given_way)
approach_within = _approach(_run_within, kept_within, kept_behind)
approach_deep = _approach(_run_deep, given_deep, heights, support_size)


def _positive(parameters: Parameters, instances: Instances) -> Any:
    with np.errstate(all="ignore"):
        log_alpha = log_initialization(instances["x"][:, 0], int(parameters["scale"]))
        return np.all(limit(wide_face(instances), log_alpha, depth_of(parameters)).sign_on > 0, axis=1)


POSITIVE = Hypothesis(name="x_inf > 0 on the support", holds=_positive)


def _run_norms(parameters: Parameters, instances: Instances) -> Measurement:
    depth, face = depth_of(parameters), wide_face(instances)
    found = limit(face, log_initialization(instances["x"][:, 0], int(parameters["scale"])), depth)
    best, _ = preferred(face.on, face.target, face.anchor, two_over_depth(depth))
    x = found.on
    values = {
        norm: _norm(x, found.off),
        best_norm: best.sum(axis=1),
        square: (x * x).sum(axis=1),
        best_square: (best * best).sum(axis=1),
        tie_break_at_limit: tie_break(x, two_over_depth(depth)),
        tie_break_at_best: tie_break(best, two_over_depth(depth)),
    }
    return Measurement.of(values, case="limit", failures=failures([found]))


norms = Procedure(
    name="the limit of the flow, and the minimiser preferred by small initializations",
    measures=(norm, best_norm, square, best_square, tie_break_at_limit, tie_break_at_best),
    run=_run_norms,
    rational=False,
)
