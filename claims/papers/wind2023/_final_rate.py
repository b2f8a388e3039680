"""How fast diagonal networks converge in the end: the least eigenvalue of D^2 A diag(u^(2D-2) + v^(2D-2)) A' at the limit.

Two equations, A = F [I, B] where the support has two entries, and A = F [[1, B], [0, M']] where it has one, F a 2 x 2
matrix: least eigenvalues are closed forms, and their distances from limits are found without subtracting them.
"""

from __future__ import annotations

from fractions import Fraction
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
    evaluate,
    integers,
    quantity,
)
from lemmata.claims.settings.diagonal.problems import (
    POWER,
    D,
    alpha,
    certificate_of,
    depth_of,
    draw_unique,
    failures,
    g,
    limits_along,
    rho,
    scale_grid,
    unique_face,
)
from lemmata.claims.settings.diagonal.rates import NOT_ZERO, others_product, ray, support_product
from lemmata.solvers import absolute, elementwise, full, matvec, rational_power, stack, times_fraction, transpose
from lemmata.solvers.diagonal import Limit, lower_branch, mirror_height

rate = quantity(
    r"\lambda_{\min}(\alpha)", "the final rate, least eigenvalue of D^2 A diag(u^(2D-2) + v^(2D-2)) A'", positive=True
)
departed = quantity(
    r"|\lambda_{\min}(\alpha) - \lambda_{\min}(0)|",
    "distance of the final rate, the least eigenvalue of D^2 A diag(u^(2D-2) + v^(2D-2)) A', from its limit",
    positive=True,
)
_Q = r"\langle q, a_{%s} \rangle^2"
lost = quantity(
    rf"\sum_{{i \in S}} n_i {_Q % 'i'}", "q the unit eigenvector, n the null vector that attains rho", real=True
)
gained = quantity(
    rf"\sum_{{j \notin S}} |n_j| {_Q % 'j'}",
    "q the unit eigenvector, n the null vector that attains rho",
    nonnegative=True,
)
by_v = quantity(rf"\sum_{{i \in S}} x_i^{{*\,1-2/D}} {_Q % 'i'}", "q the unit eigenvector", positive=True)
by_x = quantity(
    rf"\sum_{{i \in S}} x_i^{{*\,1-2/D}} (B h(z))_i {_Q % 'i'}",
    "q the unit eigenvector, z the dual certificate off S, B = A_S^-1 A_off",
    real=True,
)
weighed = quantity(
    rf"\sum_{{j \notin S}} ((1 - z_j)^{{-g-1}} + (1 + z_j)^{{-g-1}}) {_Q % 'j'}",
    "q a unit vector orthogonal to the columns in S, z the dual variable of the limit, g = D/(D-2)",
    positive=True,
)

t = sp.Symbol("t", positive=True)
HEIGHT = {t: support_product * others_product}
"""How far x_inf goes along n, in units of alpha^(2(1 - rho)), as a named part of a formula."""
SLOPE_TWO = 4 * t * sp.Abs(lost + gained)
SLOPE_TWO_PARTIAL = 4 * t * sp.Abs(lost)
SLOPE_DEEP = 2 * D * (D - 1) * sp.Abs(2 ** (-g) * by_v - by_x)
SLOPE_DEEP_PARTIAL = 2 * D * (D - 1) * sp.Abs(by_x)
"""How fast the least eigenvalue moves, in units of alpha^(2(1 - rho)) and alpha^D, and the same with a part forgotten."""

_FAR, _DEEP = (32, 64, 128, 256, 512, 1024, 2048, 4096), (8, 16, 32, 64, 128)
_CLEAR, _APART = 1 / 16, 1 / 16


def _draw(parameters: Parameters, rng: np.random.Generator, size: int) -> Instances:
    """``draw_unique`` for two equations, and F ``(batch, 2, 2)``."""
    frame = rng.integers(-2, 3, size=(size, 2, 2)) + 4.0 * np.eye(2)
    drawn = draw_unique({**parameters, "unseen": 2 - int(parameters["support"])}, rng, size)
    return {**drawn, "F": frame}


def two_equations(*hypotheses: Hypothesis, depths: tuple[str, ...], support: int) -> Family:
    """A unique minimiser of as many entries as equations, or of one entry less."""
    fewest = 3 - support
    return Family(
        name="sparse recovery from two equations with a unique minimiser",
        parameters={
            "support": integers(support, support),
            "others": integers(fewest, 3),
            "depth": choice(*depths),
        },
        draw=_draw,
        hypotheses=(
            Hypothesis(name="x* > 0 on its support", holds=lambda _, one: np.all(one["x"] > 0, axis=1)),
            Hypothesis(name="strict certificate", holds=lambda _, one: np.all(np.abs(certificate_of(one)) < 1, axis=1)),
            Hypothesis(name="independent equations", holds=lambda _, one: np.abs(np.linalg.det(one["F"])) > 1 / 2),
            NOT_ZERO,
            *hypotheses,
        ),
        edges=tuple(
            Edge(name=f"{count} columns off the support, depth {depth}", parameters={"depth": depth, "others": count})
            for depth in depths
            for count in (fewest, 3)
        ),
    )


def _mixed(frame: Any, weights: Any, seen: Any, others: Any) -> Any:
    """F (diag(weights) + B diag(others) B') F', ``(batch, 2, 2)``."""
    inside = weights[:, :, None] * np.eye(2)[None] + (seen * others[:, None, :]) @ transpose(seen)
    return frame @ inside @ transpose(frame)


def _paired(settled: Any, change: Any) -> tuple[Any, Any]:
    """The gap of the eigenvalues of a 2 x 2 matrix, and <adj(matrix - least eigenvalue), change>; ``(batch,)`` each."""
    first, second, cross = settled[:, 0, 0], settled[:, 1, 1], settled[:, 0, 1]
    apart = elementwise((first - second) * (first - second) + 4 * cross * cross, "sqrt")
    upper, lower = (apart + first - second) / 2, (apart - first + second) / 2
    return apart, lower * change[:, 0, 0] + upper * change[:, 1, 1] - 2 * cross * change[:, 0, 1]


def _determinant(matrix: Any) -> Any:
    return matrix[:, 0, 0] * matrix[:, 1, 1] - matrix[:, 0, 1] * matrix[:, 1, 0]


def _moved(settled: Any, change: Any, log_unit: Any) -> Any:
    """The logarithm of |least eigenvalue of (settled + e change) - that of settled|, e = exp(log_unit); ``(batch,)``.

    The difference is a root of mu^2 - t mu + d, with d of first order in e.
    """
    unit = elementwise(log_unit, "exp")
    apart, first = _paired(settled, change)
    product = first + unit * _determinant(change)
    total = apart + unit * (change[:, 0, 0] + change[:, 1, 1])
    root = elementwise(total * total - 4 * unit * product, "sqrt")
    return elementwise(absolute(2 * product / (total + root)), "log") + log_unit


def _settled_weights(x: Any, depth: Fraction) -> Any:
    """D^2 x^(2 - 2/D)."""
    return rational_power(x, 2 - 2 / depth) * depth.numerator**2 / depth.denominator**2


def _squared(x: Any, depth: Fraction) -> Any:
    """D^2 times x."""
    return x * depth.numerator**2 / depth.denominator**2


def _off_weights(found: Limit, log_scale: Any, depth: Fraction) -> Any:
    """D^2 (u^(2D-2) + v^(2D-2)) off the support, over exp(log_unit) at depth two and over alpha^(2D-2) above."""
    if depth == 2:  # noqa: PLR2004
        peak = found.log_unit - 2 * log_scale[:, None]
        return 4 * (elementwise(found.dual_off - peak, "exp") + elementwise(-found.dual_off - peak, "exp"))
    z, steep = found.dual_off, -(2 * depth - 2) / (depth - 2)
    return _squared(rational_power(1 - z, steep) + rational_power(1 + z, steep), depth)


def _weight_changes(instances: Instances, found: Limit, log_scale: Any, depth: Fraction) -> Any:
    """(weights on the support - their limits) / exp(log_unit), without subtracting them; ``(batch, 2)``."""
    x, shift = instances["x"], -matvec(instances["B"], found.height_off)
    unit = elementwise(found.log_unit, "exp")
    if depth == 2:  # noqa: PLR2004
        floor = elementwise(4 * log_scale[:, None] - found.log_unit, "exp")
        now = x + unit * shift
        grown = elementwise(now * now + 4 * unit * floor, "sqrt")
        return 4 * (shift * (now + x) + 4 * floor) / (grown + x)
    lifted, power = lower_branch(found.log_on, log_scale[:, None], depth), 2 - 2 / depth
    share = unit * (shift + lifted) / x
    rise = elementwise(times_fraction(elementwise(share, "log1p"), power), "expm1") / unit
    back = elementwise(times_fraction(log_scale[:, None], depth - 2), "exp") * rational_power(lifted, power)
    return _squared(rational_power(x, power) * rise + back, depth)


def _eigenvector_squares(instances: Instances, depth: Fraction) -> tuple[Any, Any]:
    """<q, a_j>^2 for the columns on the support and off it, q the unit eigenvector at the limit; ``(batch, count)``."""
    frame, seen = instances["F"], instances["B"]
    settled = _mixed(frame, _settled_weights(instances["x"], depth), seen, full(seen[:, 0], 0))
    columns = frame, frame @ seen
    found = []
    for part in columns:
        whole = part[:, :, None, :] * part[:, None, :, :]
        pairs = [_paired(settled, whole[:, :, :, j]) for j in range(part.shape[2])]
        found.append(stack([first / apart for apart, first in pairs], axis=1))
    return found[0], found[1]


def _parts(instances: Instances, depth: Fraction) -> dict[Any, Any]:
    """What the first-order change of the least eigenvalue is made of."""
    on, off = _eigenvector_squares(instances, depth)
    parts: dict[Any, Any] = {D: full(on[:, 0], depth)}
    if depth == 2:  # noqa: PLR2004
        vector, heights = ray(instances)
        shift = -matvec(instances["B"], vector)
        return parts | heights | {lost: (shift * on).sum(axis=1), gained: (absolute(vector) * off).sum(axis=1)}
    weights = rational_power(instances["x"], 1 - 2 / depth) * on
    shift = matvec(instances["B"], mirror_height(certificate_of(instances), depth))
    return parts | {by_v: weights.sum(axis=1), by_x: (weights * shift).sum(axis=1)}


def _clear(parameters: Parameters, instances: Instances) -> Any:
    depth = depth_of(parameters)
    with np.errstate(all="ignore"):
        settled = _mixed(
            instances["F"], _settled_weights(instances["x"], depth), instances["B"], full(instances["B"][:, 0], 0)
        )
        apart, _ = _paired(settled, settled)
        parts = Case(name="parts", values=_parts(instances, depth)).values
        slopes = (SLOPE_TWO, SLOPE_TWO_PARTIAL) if depth == 2 else (SLOPE_DEEP, SLOPE_DEEP_PARTIAL)  # noqa: PLR2004
        sizes = [evaluate(slope.xreplace(HEIGHT).xreplace(POWER), parts)[:, 0] for slope in slopes]
    whole = settled[:, 0, 0] + settled[:, 1, 1]
    return (apart > _APART * whole) & (sizes[0] > _CLEAR) & (sizes[1] > _CLEAR)


CLEAR = Hypothesis(name="two different eigenvalues, of which the least moves to first order", holds=_clear)


def _grid(like: Any, depth: Fraction) -> tuple[Any, list[Any]]:
    whole = scale_grid(like, _FAR if depth == 2 else _DEEP)  # noqa: PLR2004
    return whole, [whole[:, i] for i in range(whole.shape[1])]


def _run_vertex(parameters: Parameters, instances: Instances) -> Measurement:
    depth, x = depth_of(parameters), instances["x"]
    whole, grid = _grid(x[:, 0], depth)
    found = limits_along(unique_face(instances), grid, depth)
    frame, seen = instances["F"], instances["B"]
    settled = _mixed(frame, _settled_weights(x, depth), seen, full(seen[:, 0], 0))
    logs = []
    for one, log_scale in zip(found, grid, strict=True):
        others = _off_weights(one, log_scale, depth)
        if depth != 2:  # noqa: PLR2004
            others = others * elementwise(times_fraction(log_scale[:, None], depth - 2), "exp")
        change = _mixed(frame, _weight_changes(instances, one, log_scale, depth), seen, others)
        logs.append(_moved(settled, change, one.log_unit[:, 0]))
    values = {
        sp.log(departed): stack(logs, axis=1),
        sp.log(alpha): whole,
        rho: _largest_certificate(instances),
        **_parts(instances, depth),
    }
    return Measurement.of(values, case="least eigenvalue", failures=failures(found))


def _largest_certificate(instances: Instances) -> Any:
    """The first column off the support attains it."""
    return absolute(certificate_of(instances))[:, 0]


def _vertex_rates(*measures: Any) -> Procedure:
    return Procedure(
        name="the final rate of the flow as alpha shrinks, beside its limit",
        measures=(sp.log(departed), sp.log(alpha), rho, D, *measures),
        run=_run_vertex,
        time=Time.SCALES,
        rational=False,
    )


vertex_rates_two = _vertex_rates(sp.log(support_product), sp.log(others_product), lost, gained)
vertex_rates_deep = _vertex_rates(by_v, by_x)


def _on_weight(found: Limit, log_scale: Any, depth: Fraction) -> Any:
    """The weights D^2 (u^(2D-2) + v^(2D-2)) on the support, ``(batch, p)``."""
    x = found.on
    if depth == 2:  # noqa: PLR2004
        return 4 * elementwise(x * x + 4 * elementwise(4 * log_scale[:, None], "exp"), "sqrt")
    power = 2 - 2 / depth
    lifted = lower_branch(found.log_on, log_scale[:, None], depth)
    unit, weight = (elementwise(times_fraction(log_scale[:, None], one), "exp") for one in (depth, 2 * depth - 2))
    return _squared(rational_power(x + unit * lifted, power) + weight * rational_power(lifted, power), depth)


def _run_sparse(parameters: Parameters, instances: Instances) -> Measurement:
    depth, x, seen, unseen = depth_of(parameters), instances["x"], instances["B"], instances["M"][:, :, 0]
    whole, grid = _grid(x[:, 0], depth)
    found = limits_along(unique_face(instances), grid, depth)
    frame = instances["F"]
    columns = frame @ stack([seen[:, 0], unseen], axis=1)
    first, sizes = frame[:, :, 0], (columns * columns).sum(axis=1)
    squares = first[:, 0] * first[:, 0] + first[:, 1] * first[:, 1]
    across = _determinant(frame)[:, None] * unseen
    pairs = columns[:, 0, :, None] * columns[:, 1, None, :] - columns[:, 1, :, None] * columns[:, 0, None, :]
    logs, seen_by_q = [], []
    for one, log_scale in zip(found, grid, strict=True):
        log_unit = one.log_unit[:, 0] if depth == 2 else times_fraction(log_scale, 2 * depth - 2)  # noqa: PLR2004
        unit, on = elementwise(log_unit, "exp"), _on_weight(one, log_scale, depth)[:, 0]
        others = _off_weights(one, log_scale, depth)
        seen_by_kernel = (others * across * across).sum(axis=1)
        # Cauchy and Binet: nothing cancels.
        among = (others[:, :, None] * others[:, None, :] * pairs * pairs).sum(axis=2).sum(axis=1) / 2
        determinant = on * seen_by_kernel + unit * among
        total = on * squares + unit * (others * sizes).sum(axis=1)
        root = elementwise(total * total - 4 * unit * determinant, "sqrt")
        logs.append(elementwise(2 * determinant / (total + root), "log") + log_unit)
        seen_by_q.append(seen_by_kernel / squares)
    values = {
        sp.log(rate): stack(logs, axis=1),
        sp.log(alpha): whole,
        rho: _largest_certificate(instances),
        D: full(x[:, 0], depth),
    }
    if depth == 2:  # noqa: PLR2004
        vector, heights = ray(instances)
        values |= heights | {gained: (absolute(vector) * across * across).sum(axis=1) / squares}
    else:
        values[weighed] = stack(seen_by_q, axis=1) * depth.denominator**2 / depth.numerator**2
    return Measurement.of(values, case="least eigenvalue", failures=failures(found))


def _sparse_rates(*measures: Any) -> Procedure:
    return Procedure(
        name="the final rate of the flow as alpha shrinks",
        measures=(sp.log(rate), sp.log(alpha), rho, D, *measures),
        run=_run_sparse,
        time=Time.SCALES,
        rational=False,
    )


sparse_rates_two = _sparse_rates(sp.log(support_product), sp.log(others_product), gained)
sparse_rates_deep = _sparse_rates(weighed)
