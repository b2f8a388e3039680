"""Mirror descent on least squares, and the point of an affine space that is nearest in the potential's divergence."""

from __future__ import annotations

import enum

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, as_floats, centre, convert, elementwise, stack, transpose
from lemmata.solvers.numbers.linear_algebra import matvec, solve_definite

_NEWTON, _REFINEMENTS = 60, 4


class Potential(enum.Enum):
    """A convex function of the weights, by whose gradient mirror descent sees them."""

    ENTROPY = "entropy"
    """Sum of w log w - w, for positive weights."""
    EUCLIDEAN = "euclidean"
    """|w|^2/2, of which mirror descent is gradient descent."""


def mirror_map(point: Array, potential: Potential) -> Array:
    """Gradient of the potential: log w for the (negative) entropy sum w log w - w, w for |w|^2/2."""
    return elementwise(point, "log") if potential is Potential.ENTROPY else point


def divergence(point: Array, start: Array, potential: Potential) -> Array:
    """Bregman divergence of ``point`` from ``start``, both ``(batch, n)``: Kullback-Leibler, or half the square.

    Returns:
        ``(batch,)``.
    """
    if potential is Potential.ENTROPY:
        return (point * (elementwise(point, "log") - elementwise(start, "log")) - point + start).sum(axis=-1)
    apart = point - start
    return (apart * apart).sum(axis=-1) / 2


def mirror_descent(matrix: Array, targets: Array, start: Array, steps: Array, potential: Potential) -> Array:
    """Iterates of grad psi(w_{t+1}) = grad psi(w_t) - eta_t X'(X w_t - y).

    Args:
        matrix: X, ``(batch, m, n)``.
        targets: y, ``(batch, m)``.
        start: w_0, ``(batch, n)``; positive for the entropy.
        steps: eta_t, ``(batch, T)``.
        potential: psi.

    Returns:
        The iterates, ``(batch, T + 1, n)``.
    """
    points = [start]
    for t in range(steps.shape[1]):
        slope = matvec(transpose(matrix), matvec(matrix, points[-1]) - targets)
        moved = steps[:, t : t + 1] * slope
        points.append(points[-1] * elementwise(-moved, "exp") if potential is Potential.ENTROPY else points[-1] - moved)
    return stack(points, axis=1)


def least_divergence(matrix: Array, values: Array, start: Array) -> Array:
    """Smallest Kullback-Leibler divergence from ``start`` over w >= 0 with X w = values, by its convex dual.

    The dual maximises values.nu - sum start exp(X'nu) + sum start; a damped Newton method in float64 finds nu,
    steps in the number system at hand refine it.

    Args:
        matrix: X, ``(batch, m, n)`` of full row rank.
        values: what X w must be, ``(batch, m)``, taken by some positive w.
        start: ``(batch, n)``, positive.

    Returns:
        ``(batch,)``; a lower bound at any nu, by weak duality, and as good as the square of what Newton leaves.
    """
    plain = [as_floats(one) for one in (matrix, values, start)]
    dual: Array = convert(_dual_newton(*plain), values)
    for _ in range(_REFINEMENTS):
        residual, curvature = _dual_slope(matrix, values, start, dual)
        dual = centre(dual + solve_definite(curvature, residual))
    return (values * dual).sum(axis=-1) - (_tilted(matrix, start, dual) - start).sum(axis=-1)


def _tilted(matrix: Array, start: Array, dual: Array) -> Array:
    return start * elementwise(matvec(transpose(matrix), dual), "exp")


def _dual_slope(matrix: Array, values: Array, start: Array, dual: Array) -> tuple[Array, Array]:
    """Gradient ``(batch, m)`` and minus the Hessian ``(batch, m, m)`` of the dual."""
    point = _tilted(matrix, start, dual)
    return values - matvec(matrix, point), (matrix * point[:, None, :]) @ transpose(matrix)


def _dual_newton(matrix: np.ndarray, values: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The dual point in float64; steps are damped by the Newton decrement, which never overshoots here."""
    dual = np.zeros(values.shape)
    for _ in range(_NEWTON):
        residual, curvature = _dual_slope(matrix, values, start, dual)
        step = solve_definite(curvature, residual)
        reach = np.abs(matvec(transpose(matrix), step)).max(axis=1, keepdims=True)
        dual = dual + step / np.maximum(1.0, reach)
    return dual
