"""The mirror map of diagonal networks in every number system, and the extreme null vectors behind their constants."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np

from lemmata.solvers.diagonal.mirror_map import log_cosh, log_height, mirror_angle, power
from lemmata.solvers.numbers.arithmetic import (
    Array,
    as_floats,
    centre,
    convert,
    elementwise,
    is_balls,
    stack,
    widen,
    zeros,
)
from lemmata.solvers.numbers.bounded import Bounded
from lemmata.solvers.numbers.errors import ShapeError
from lemmata.solvers.numbers.linear_algebra import rational_power, times_fraction
from lemmata.solvers.numbers.order import absolute

_REFINEMENTS = 5
_CAUTION = 2.0


def mirror_angles(log_size: Array, log_alpha: Array, depth: Fraction) -> Array:
    """The mirror map at x > 0 given by its logarithm: z for D = 2, artanh z for D > 2.

    Args:
        log_size: log x, ``(batch, n)``.
        log_alpha: log of the initialization, ``(batch, 1)``.
        depth: D.

    Returns:
        ``(batch, n)``, with error bounds from the last Newton correction.
    """
    if depth == 2:  # noqa: PLR2004 - the hyperbolic entropy
        return _inverse_sinh(log_size - 2 * log_alpha)
    start = mirror_angle(as_floats(log_size), as_floats(log_alpha), depth)
    g = float(power(depth))
    slope: Array = convert(g * (np.tanh(start) + 1 / np.tanh(g * start)), log_size)
    excess = log_size - times_fraction(log_alpha, depth)
    theta: Array = log_size * 0 + convert(start, log_size)
    for _ in range(_REFINEMENTS if is_balls(log_size) else 1):  # floats start as near as they can be
        theta = centre(theta - (log_height(theta, depth) - excess) / slope)
    return widen(theta, _CAUTION * _reach((log_height(theta, depth) - excess) / slope))


def _inverse_sinh(log_ratio: Array) -> Array:
    """Inverse hyperbolic sine of e^r / 2, for r of any size."""
    large = (as_floats(log_ratio) > 1).astype(float)
    tall, low = log_ratio * large + (1 - large), log_ratio * (1 - large)
    root = elementwise(1 + 4 * elementwise(-2 * tall, "exp"), "sqrt")
    return (tall + elementwise((1 + root) / 2, "log")) * large + elementwise(elementwise(low, "exp") / 2, "asinh") * (
        1 - large
    )


def _reach(x: Array) -> Array:
    """Upper bounds of |x| as floats."""
    if isinstance(x, Bounded):
        return x.magnitude
    if x.dtype == object:
        return np.array([float(abs(one).upper()) for one in x.flat]).reshape(x.shape)
    return np.abs(x)


def mirror_values(angle: Array, depth: Fraction) -> Array:
    """Psi(x) from ``mirror_angles``, same shape."""
    return angle if depth == 2 else elementwise(angle, "tanh")  # noqa: PLR2004


def potential_terms(size: Array, angle: Array, log_alpha: Array, depth: Fraction) -> Array:
    """The potential Q at x > 0, entry by entry, normalised by Q(0) = 0 and Q' = psi; moderate scales.

    Args:
        size: x, ``(batch, n)``.
        angle: ``mirror_angles`` of x.
        log_alpha: log of the initialization, ``(batch, 1)``.
        depth: D.
    """
    scale = elementwise(times_fraction(log_alpha, depth), "exp")
    if depth == 2:  # noqa: PLR2004
        return size * angle - elementwise(size * size + 4 * scale * scale, "sqrt") + 2 * scale
    half = Fraction(2) / (depth - 2)
    raised_cosh = times_fraction(log_cosh(angle), half) + log_cosh(times_fraction(angle, half))
    conjugate = times_fraction(elementwise(raised_cosh, "expm1"), depth - 2)
    return size * elementwise(angle, "tanh") - scale * conjugate


def mirror_height(z: Array, depth: Fraction) -> Array:
    """h(z) = (1 - z)^-g - (1 + z)^-g, for |z| < 1 and D > 2."""
    g = power(depth)
    return rational_power(1 - z, -g) - rational_power(1 + z, -g)


def extreme_null_vectors(unseen: Array, like: Array) -> Array:
    """The vertices, up to sign, of {c : M'c = 0, |c|_1 <= 1}.

    For A = [[I, B], [0, M']] the null vectors are (-Bc, c): every largest value over them of a convex function is
    attained at one of these.

    Args:
        unseen: M, ``(batch, k, q)`` with q at most one; no entry zero.
        like: an array of the number system in use, for M may be empty.

    Returns:
        ``(batch, k, count)``: coordinate vectors for q = 0, pairs of entries for q = 1.

    Raises:
        ShapeError: q above one.
    """
    _, k, q = unseen.shape
    if q == 0:
        return zeros(like, (unseen.shape[0], k, k)) + np.eye(k)[None]
    if q > 1:
        raise ShapeError(f"extreme_null_vectors got {q} unseen directions; expected at most one")
    entries = unseen[:, :, 0]
    size = absolute(entries)
    columns = []
    for i, j in combinations(range(k), 2):
        total = size[:, i] + size[:, j]
        nothing = total * 0
        found = [nothing] * k
        found[i], found[j] = entries[:, j] / total, -entries[:, i] / total
        columns.append(stack(found, axis=1))
    return stack(columns, axis=2)
