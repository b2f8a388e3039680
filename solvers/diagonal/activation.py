"""How long the flow of a diagonal network stays near zero: the time at which its largest weight reaches a level.

Of one equation a.x = y, a > 0, the dual variable moves on a line, and the time is an integral of 1/(y - a.x) over it.
The integrand is convex, so the midpoint rule bounds the integral from below and the trapezoidal rule from above.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from lemmata.solvers.diagonal.dual import mirror_angles, mirror_values
from lemmata.solvers.diagonal.mirror_map import power
from lemmata.solvers.numbers.arithmetic import Array, as_floats, elementwise, magnitude, stack, widen
from lemmata.solvers.numbers.linear_algebra import rational_power, times_fraction

_PANELS = 24
_FAR = 40.0
"""Panels end where e^-40 is left of the largest weight; a triangle covers the rest."""


def activation_dual_times(
    columns: Array, target: Array, level: Array, log_alpha: Array, depth: Fraction
) -> tuple[Array, Array]:
    """When the largest weight reaches a level, of equations without a common column.

    Args:
        columns: the entries of each equation, ``(batch, m, n)``, positive, the first the largest.
        target: y, ``(batch, m)``, positive.
        level: below every y_i / sum_j a_ij, ``(batch,)``.
        log_alpha: log of the initialization, ``(batch,)``, not far above zero.
        depth: D.

    Returns:
        kappa T of every equation, ``(batch, m)``, with kappa = 4 at depth two and D (D - 2) alpha^(D-2) above; and the
        mirror map of the level, ``(batch,)``. The error bounds hold the error of the quadrature, which is bounded.
    """
    top = columns[:, :, :1]
    ratio, fall = columns / top, (top - columns) / top
    ratio, fall = ratio[..., None], fall[..., None]
    angle = mirror_angles(elementwise(level, "log")[:, None], log_alpha[:, None], depth)
    mapped = mirror_values(angle, depth)
    if depth == 2:  # noqa: PLR2004 - the hyperbolic entropy
        nodes, unit = _even_nodes(mapped), angle * 0 + 1
        rest = mapped - nodes[:, -1:]
        weights = _weights_two(ratio, fall, mapped, elementwise(level, "log")[:, None], log_alpha[:, None])
    else:
        unit = elementwise(times_fraction(log_alpha[:, None], depth - 2), "exp")
        nodes, rest = _geometric_nodes(angle, unit), angle * 0
        weights = _weights_deep(ratio, fall, unit, log_alpha[:, None], depth)

    def excess(at: Array) -> Array:
        pull = (columns[..., None] * weights(at[:, None, None, :])).sum(axis=2)
        return pull / (target[..., None] - pull)

    whole = mapped + unit * _convex_integral(nodes, rest, excess)
    return whole / (columns[:, :, 0] * target), mapped[:, 0]


Weights = Callable[[Array], Array]
"""From distances of the dual variable from its place at the level, ``(batch, 1, 1, count)``, to the weights there."""


def _even_nodes(end: Array) -> Array:
    """Equal steps from 0 to nearly ``end`` ``(batch, 1)``, or as far as matters: ``(batch, panels + 1)``."""
    reach = np.minimum(0.999 * as_floats(end), _FAR)
    return stack([end[:, 0] * 0 + reach[:, 0] * i / _PANELS for i in range(_PANELS + 1)], axis=1)


def _geometric_nodes(angle: Array, unit: Array) -> Array:
    """(1 - z) / unit from z = tanh(angle) down to z = 0, in a geometric sequence: ``(batch, panels + 1)``."""
    small = elementwise(-2 * angle, "exp")
    first = 2 * small / (1 + small)
    log_first = elementwise(first, "log")
    fractions = [log_first * (_PANELS - i) / _PANELS for i in range(_PANELS)]
    return stack([elementwise(one, "exp")[:, 0] for one in fractions] + [first[:, 0] * 0 + 1], axis=1) / unit


def _weights_two(ratio: Array, fall: Array, end: Array, log_level: Array, log_alpha: Array) -> Weights:
    """2 alpha^2 sinh(ratio p) at p = end - w, log(alpha^2 e^end) = log level + log((1 + sqrt(1 + 4 e^-2L)) / 2)."""
    root = elementwise(1 + 4 * elementwise(-2 * (log_level - 2 * log_alpha), "exp"), "sqrt")
    peak = (log_level + elementwise((1 + root) / 2, "log"))[:, :, None, None]
    far = end[:, :, None, None]

    def weights(w: Array) -> Array:
        left = far - w
        return -elementwise(peak - w - fall * left, "exp") * elementwise(-2 * ratio * left, "expm1")

    return weights


def _weights_deep(ratio: Array, fall: Array, unit: Array, log_alpha: Array, depth: Fraction) -> Weights:
    """Alpha^D h(ratio z) at 1 - z = unit tau."""
    g, unit = power(depth), unit[:, :, None, None]
    scale = elementwise(times_fraction(log_alpha, depth), "exp")[:, :, None, None]

    def weights(tau: Array) -> Array:
        near = fall / unit + ratio * tau
        return rational_power(near, -g) - scale * rational_power(2 - unit * near, -g)

    return weights


def _convex_integral(nodes: Array, rest: Array, values: Callable[[Array], Array]) -> Array:
    """The integral of a convex function that falls to zero.

    Args:
        nodes: ``(batch, count)``.
        rest: how far beyond the last node it vanishes, ``(batch, 1)``.
        values: of the function, ``(batch, m, count)`` at ``(batch, count)``.
    """
    widths = (nodes[:, 1:] - nodes[:, :-1])[:, None, :]
    ends, middles = values(nodes), values((nodes[:, 1:] + nodes[:, :-1]) / 2)
    above = ((widths * (ends[:, :, 1:] + ends[:, :, :-1])).sum(axis=2) + rest * ends[:, :, -1]) / 2
    below = (widths * middles).sum(axis=2)
    return widen((above + below) / 2, magnitude(above - below) / 2)
