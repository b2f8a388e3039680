"""Perturbed matrix completion of rank one, one measurement an entry; descent on it and on its lift, in float64.

With weights H (1 where an entry is measured, rho^2 elsewhere) the gradient is (H o (x x' - z z')) x, and that of the
lift of order 3 is w o (H^(x)3 (w o w)) - U^(x)3 w with U = H o z z': O(n^4) in place of O(n^6).
"""

from __future__ import annotations

import numpy as np

from lemmata.solvers.numbers.arithmetic import Floats
from lemmata.solvers.sensing.lifting import repeated, tensor_power

ORDER = 3


def perturbed_mask(size: int, rho: float) -> Floats:
    """H (n, n): 1 at (i, i), (i, 2k) and (2k, i), counted from one, and rho^2 elsewhere."""
    even = np.arange(1, size + 1) % 2 == 0
    measured = even[:, None] | even[None, :] | np.eye(size, dtype=bool)
    return np.where(measured, 1.0, rho**2)


def completion_descent(mask: Floats, truth: Floats, first: Floats, *, step: float, steps: int) -> Floats:
    """Gradient descent on the factor x (batch, n) from ``first``; the last iterate.

    Args:
        mask: H (n, n).
        truth: z (n,).
        first: (batch, n).
        step: step size.
        steps: how many are made.
    """
    x, target = first, mask * np.outer(truth, truth)
    for _ in range(steps):
        x = x - step * (x * ((x * x) @ mask) - x @ target)
    return x


def lifted_completion_descent(mask: Floats, truth: Floats, first: Floats, *, step: float, steps: int) -> Floats:
    """Gradient descent on the lift of order 3 from w (batch, n^3), symmetric; the last iterate.

    Arguments as in `completion_descent`.
    """
    w = first
    batch = len(first)
    weights, target = (np.broadcast_to(one, (batch, *one.shape)) for one in (mask, mask * np.outer(truth, truth)))
    for _ in range(steps):
        w = w - step * (w * repeated(weights, w * w, ORDER) - repeated(target, w, ORDER))
    return w


def leading_factor(tensor: Floats, size: int) -> Floats:
    """The x (batch, n) with x (x) x (x) x nearest to a tensor (batch, n^3) that is nearly of rank one."""
    unfolded = tensor.reshape(len(tensor), size, size * size)
    vectors = np.linalg.svd(unfolded, full_matrices=False)[0][:, :, 0]
    strength = (tensor * tensor_power(vectors, ORDER)).sum(axis=1)
    return np.asarray(np.cbrt(strength)[:, None] * vectors)
