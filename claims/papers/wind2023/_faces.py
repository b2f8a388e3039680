"""How a face of l1 minimisers is approached: the distance of the limit from the minimiser it prefers, as a vector."""

from __future__ import annotations

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
)
from lemmata.claims.papers.wind2023._selection import two_over_depth
from lemmata.claims.settings.diagonal.problems import (
    depth_of,
    face_problems,
    failures,
    limits_along,
    log_start,
    scale_grid,
    wide_face,
)
from lemmata.solvers import (
    absolute,
    as_floats,
    elementwise,
    matvec,
    rational_power,
    signs,
    stack,
    times_fraction,
    transpose,
)
from lemmata.solvers.diagonal import departure, limit, mirror_height, preferred, pulled, tie_break

D, constant, partial_constant = sp.symbols("D c c_1", positive=True)
rho = sp.Symbol("rho", nonnegative=True)
log_distance, log_alpha = sp.symbols("ell lambda", real=True)
norm, least_norm, square, best_square, reached, least = sp.symbols("N N_0 Q Q_0 f f_0", real=True)

_NEAR, _FAR = (16, 32, 64, 128, 256), (64, 128, 256, 512, 1024)
_CLEAR = 1 / 64


def faces(
    depths: tuple[str, ...], *hypotheses: Hypothesis, others: tuple[int, int], fewest: int = 2, scales: bool = False
) -> Family:
    """Faces of dimension one to three, with a number of columns off the support; ``scales`` adds a start 2^-scale."""
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
            lean = elementwise(matvec(transpose(face.off), multiplier) * sign, "exp")
            off, behind = lean * _attains(off) * sign, behind * 0
    else:
        g = depth / (depth - 2)
        slope, behind = times_fraction(rational_power(best, (g + 1) / g), g), rational_power(best * 0 + 2, -g)
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


def _run_along(parameters: Parameters, instances: Instances) -> Measurement:
    depth, face, x = depth_of(parameters), wide_face(instances), instances["x"]
    whole = scale_grid(x[:, 0], _FAR if depth == 2 and face.off.shape[2] else _NEAR)  # noqa: PLR2004
    grid = [whole[:, i] for i in range(whole.shape[1])]
    found = limits_along(face, grid, depth)
    best, _ = preferred(face.on, face.target, face.anchor, two_over_depth(depth))
    logs = []
    for one, log_scale in zip(found, grid, strict=True):
        on, unit = departure(face, one, best, log_scale, depth)
        logs.append(elementwise(_norm(on, one.height_off), "log") + unit[:, 0])
    on, off = _to_first_order(instances, depth)
    behind = 1 / best if depth == 2 else best * 0 + 1  # noqa: PLR2004
    values = {
        log_distance: stack(logs, axis=1),
        log_alpha: whole,
        constant: _norm(on, off),
        partial_constant: absolute(off).sum(axis=1) if off.shape[1] else behind.sum(axis=1),
        D: (x[:, 0] * 0 + depth.numerator) / depth.denominator,
    }
    if face.off.shape[2]:
        values[rho] = (absolute(face.certificate) * _attains(face.certificate)).sum(axis=1)
    return Measurement.of(values, case="limit", failures=failures(found))


def approach(partial: str, *, with_rho: bool = False) -> Procedure:
    """The limits along shrinking starts, beside the minimiser they tend to."""
    measures = {
        log_distance: "logarithm of |x_inf - x^0|_1",
        log_alpha: "logarithm of the initialization",
        constant: "predicted leading constant",
        partial_constant: partial,
        D: "depth",
    }
    if with_rho:
        measures[rho] = "largest modulus of the dual certificate off the support"
    return Procedure(
        name="the limits of the flow along shrinking starts, beside the preferred minimiser",
        measures=measures,
        run=_run_along,
        time=Time.SCALES,
        rational=False,
    )


def _positive(parameters: Parameters, instances: Instances) -> Any:
    with np.errstate(all="ignore"):
        start = log_start(instances["x"][:, 0], int(parameters["scale"]))
        return np.all(limit(wide_face(instances), start, depth_of(parameters)).sign_on > 0, axis=1)


POSITIVE = Hypothesis(name="x_inf > 0 on the support", holds=_positive)


def _run_norms(parameters: Parameters, instances: Instances) -> Measurement:
    depth, face = depth_of(parameters), wide_face(instances)
    found = limit(face, log_start(instances["x"][:, 0], int(parameters["scale"])), depth)
    best, _ = preferred(face.on, face.target, face.anchor, two_over_depth(depth))
    x = found.on
    values = {
        norm: _norm(x, found.off),
        least_norm: best.sum(axis=1),
        square: (x * x).sum(axis=1),
        best_square: (best * best).sum(axis=1),
        reached: tie_break(x, two_over_depth(depth)),
        least: tie_break(best, two_over_depth(depth)),
    }
    return Measurement.of(values, case="limit", failures=failures([found]))


norms = Procedure(
    name="the limit of the flow, and the minimiser preferred by small starts",
    measures={
        norm: "|x_inf|_1",
        least_norm: "least l1 norm",
        square: "|x_inf|_2^2",
        best_square: "|x^0|_2^2",
        reached: "tie-break at the limit",
        least: "tie-break at x^0",
    },
    run=_run_norms,
    rational=False,
)
