"""The mirror potential of diagonal linear networks, in the log domain, for every real depth D >= 2.

The network x = u^D - v^D, u(0) = v(0) = alpha, moves as mirror flow: psi(x) stays in the row space of A. With
a = alpha^D and z = psi(x),

    D = 2:  x = 2 a sinh z,        D > 2:  x = a h(z),  h(z) = (1 - z)^-g - (1 + z)^-g,  g = D / (D - 2),  |z| < 1.

Scales are given as log alpha, so that alpha = 10^-100000 is a number like any other, and sizes as log |x|. Near
|z| = 1, where all the weight of a small start lies, 1 - |z| is given instead of z.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, Floats, elementwise
from lemmata.solvers.numbers.linear_algebra import times_fraction

_NEWTON = 60
_STILL = 1e-15


def as_depth(depth: float | str) -> Fraction:
    """A depth as an exact fraction, at least 2.

    Raises:
        ValueError: the depth is below 2, or no number.
    """
    exact = Fraction(depth)
    if exact < 2:  # noqa: PLR2004 - one factor has no mirror potential of this form
        raise ValueError(f"a diagonal network has depth 2 or more, got {depth}; depth 1 is plain least squares")
    return exact


def power(depth: Fraction) -> Fraction:
    """G = D / (D - 2), for D > 2."""
    return depth / (depth - 2)


def log_cosh(t: Array) -> Array:
    """Log cosh t for t >= 0, of any size."""
    return t + elementwise(elementwise(-2 * t, "exp"), "log1p") - log_two(t)


def log_sinh(t: Array) -> Array:
    """Log sinh t for t > 0, of any size."""
    return t + elementwise(-elementwise(-2 * t, "expm1"), "log") - log_two(t)


def log_two(like: Array) -> Array:
    """Logarithm of two, in the number system and shape of ``like``."""
    return elementwise(like * 0 + 2, "log")


def artanh(z: Array) -> Array:
    """Inverse hyperbolic tangent of 0 <= z < 1, accurate near 0."""
    return (elementwise(z, "log1p") - elementwise(-z, "log1p")) / 2


def log_height(theta: Array, depth: Fraction) -> Array:
    """Log h(tanh theta) = log 2 + g log cosh theta + log sinh(g theta), for theta > 0 and D > 2."""
    g = power(depth)
    return log_two(theta) + times_fraction(log_cosh(theta), g) + log_sinh(times_fraction(theta, g))


def mirror_angle(log_size: Floats, log_alpha: Floats, depth: Fraction) -> Floats:
    """The mirror map in float64: z itself for D = 2, theta = artanh z for D > 2, of an x > 0 given by its logarithm.

    Args:
        log_size: log x, any shape.
        log_alpha: log alpha, broadcast.
        depth: D.

    Returns:
        z or theta, positive, relative error a few units in the last place.
    """
    if depth == 2:  # noqa: PLR2004
        ratio = log_size - 2 * log_alpha
        small = np.arcsinh(np.exp(np.minimum(ratio, 40.0)) / 2)
        return np.where(ratio > 20, ratio + np.exp(-2 * np.maximum(ratio, 20.0)), small)  # noqa: PLR2004
    g, excess = float(power(depth)), log_size - float(depth) * log_alpha
    theta = np.where(excess > 0, (excess + g * np.log(2)) / (2 * g), np.exp(np.minimum(excess, 0.0)) / (2 * g))
    for _ in range(_NEWTON):
        gap = log_height(theta, depth) - excess
        slope = g * (np.tanh(theta) + 1 / np.tanh(g * theta))
        # Newton on log theta: the height is increasing and nearly a power of theta near zero.
        move = np.clip(-gap / (slope * theta), -2.0, 2.0)
        theta = theta * np.exp(move)
        if not np.any(np.abs(move) > _STILL):
            break
    return theta
