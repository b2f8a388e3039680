"""One mode of a deep linear network in closed form: when it is learned, and when modes are learned one by one.

The mode sigma of a network of N layers from a balanced start moves as sigma' = N^2 sigma^(2 - 2/N) (s - sigma).
Times are in units of 1/N^2. Starts are given by their logarithm, since they may be smaller than any float.
"""

from __future__ import annotations

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, Floats, as_floats, centre, convert, elementwise, magnitude, widen

_TERMS = 80
"""Terms of the series of the passage time: fractions up to 3/5 are exact to 2^-58."""
_NEWTON, _REFINEMENTS = 20, 4
_CAUTION = 2.0


def passage_time(log_start: Array, fraction: Array, depth: int) -> Array:
    """Time that a mode of strength one takes from exp(-log_start) to a fraction of its strength.

    Args:
        log_start: minus the logarithm of the start, positive.
        fraction: between 0 and 3/5 (beyond, the series is too short), above the start.
        depth: number of layers N, at least 2.

    Returns:
        Integral of x^(2/N - 2) / (1 - x) from start to fraction, shape of the arguments broadcast.

    Raises:
        ValueError: fewer than two layers.
    """
    if depth < 2:  # noqa: PLR2004 - a single layer learns all modes at once
        raise ValueError(f"passage_time got depth={depth}; expected two layers or more")
    log_fraction = elementwise(fraction, "log")
    if depth == 2:  # noqa: PLR2004 - logistic growth
        odds = log_fraction - elementwise(1 - fraction, "log")
        return odds + log_start + elementwise(1 - elementwise(-log_start, "exp"), "log")
    total = _series(log_fraction, depth) - _series(-log_start, depth)
    # The tail of a power series in x: at most its first missing term over 1 - x.
    tail = as_floats(fraction) ** (_TERMS - 1) / (1 - as_floats(fraction))
    return widen(total, np.broadcast_to(tail, total.shape))


def _series(log_x: Array, depth: int) -> Array:
    """Sum over k of x^p / p, p = k + 2/N - 1, from the logarithm of x."""
    above = (np.arange(_TERMS) - 1) * depth + 2
    powers = elementwise(log_x[..., None] * above / depth, "exp") * depth / above
    return powers.sum(axis=-1)


def separation_start(gap: Array, seen: Array, hidden: Array, depth: int) -> Array:
    """Minus the logarithm of the largest start from which two modes are learned one after the other.

    The modes have strengths 1 + gap and 1. They are told apart if the stronger reaches the fraction ``seen``
    before the weaker reaches ``hidden``; at the start returned, both happen at once.

    Args:
        gap: positive; arrays broadcast against each other, shape ``(batch, scales)``.
        seen: fraction of its strength that counts as learned, at most 3/5.
        hidden: fraction below which a mode counts as not learned, below ``seen``.
        depth: number of layers N, at least 2.

    Returns:
        The root, its error bound from the residual and the slope there, in the number system of ``gap``.
    """
    root: Array = convert(_newton(as_floats(gap), as_floats(seen), as_floats(hidden), depth), gap)
    for _ in range(_REFINEMENTS):
        value, slope = _lead(root, gap, seen, hidden, depth)
        root = centre(root - value / slope)
    value, slope = _lead(root, gap, seen, hidden, depth)
    return widen(root, _CAUTION * magnitude(value) / np.abs(as_floats(slope)))


def _lead(log_start: Array, gap: Array, seen: Array, hidden: Array, depth: int) -> tuple[Array, Array]:
    """Passage time of the stronger mode minus that of the weaker, and its slope in ``log_start``."""
    log_strength = elementwise(1 + gap, "log")
    pace = elementwise(log_strength * (2 - 2 * depth) / depth, "exp")
    stronger = log_start + log_strength
    value = pace * passage_time(stronger, seen, depth) - passage_time(log_start, hidden, depth)
    return value, pace * _growth(stronger, depth) - _growth(log_start, depth)


def _growth(log_start: Array, depth: int) -> Array:
    """Derivative of the passage time in ``log_start``."""
    return elementwise(log_start * (depth - 2) / depth, "exp") / (1 - elementwise(-log_start, "exp"))


def _newton(gap: Floats, seen: Floats, hidden: Floats, depth: int) -> Floats:
    """The root in float64, from the law for small gaps; where it is not found the error bound will be wide."""
    between = passage_time(np.ones_like(gap), seen, depth) - passage_time(np.ones_like(gap), hidden, depth)
    least = -np.log(np.broadcast_to(hidden, gap.shape)) * (1 + 1e-12)
    root: Floats = between / gap
    if depth > 2:  # noqa: PLR2004 - exponentially small starts for two layers only
        root = -np.log(gap * depth / ((depth - 2) * between)) * depth / (depth - 2)
    for _ in range(_NEWTON):
        root = np.maximum(root, least)
        value, slope = _lead(root, gap, seen, hidden, depth)
        root = root - value / slope
    return root
