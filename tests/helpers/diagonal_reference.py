"""The limit of a diagonal network by two other ways: many digits of the plain convex dual, and the flow itself."""

from __future__ import annotations

from fractions import Fraction

import mpmath as mp
import numpy as np
from scipy.integrate import solve_ivp

from lemmata.solvers.diagonal import ReducedProblem


def dual_limit(
    matrix: np.ndarray, target: np.ndarray, log10_alpha: float, depth: Fraction, digits: int
) -> list[mp.mpf]:
    """Damped Newton on conj(A'mu) - <y, mu> with so many digits, from mu = 0; no splitting, no log domain.

    Returns:
        x, one number a column.
    """
    with mp.workdps(digits):
        rows, columns = matrix.shape
        a = mp.matrix(matrix.tolist())
        y = mp.matrix(target.tolist())
        scale = mp.mpf(10) ** (mp.mpf(log10_alpha) * depth.numerator / depth.denominator)
        mu, least = mp.zeros(rows, 1), mp.mpf(10) ** (-digits // 2)
        for _ in range(4000):
            z = a.T * mu
            x, slope = zip(*(_inverse_map(z[j], scale, depth) for j in range(columns)), strict=True)
            residual = a * mp.matrix(x) - y
            hessian = a * mp.diag(slope) * a.T
            step = mp.lu_solve(hessian, residual)
            move = a.T * step
            reach = max(abs(move[j]) for j in range(columns))
            length = 1 / (1 + reach) if depth == 2 else _longest(z, move)
            mu = mu - length * step
            if reach < least and length > 0.9:
                break
        else:
            raise RuntimeError("the reference did not converge")
        z = a.T * mu
        return [_inverse_map(z[j], scale, depth)[0] for j in range(columns)]


def _inverse_map(z: mp.mpf, scale: mp.mpf, depth: Fraction) -> tuple[mp.mpf, mp.mpf]:
    """The inverse mirror map x = psi^-1(z), and its derivative."""
    if depth == 2:
        return 2 * scale * mp.sinh(z), 2 * scale * mp.cosh(z)
    g = mp.mpf(depth.numerator) / (depth.numerator - 2 * depth.denominator)
    up, down = (1 - z) ** -g, (1 + z) ** -g
    return scale * (up - down), scale * g * (up / (1 - z) + down / (1 + z))


def _longest(z: mp.matrix, move: mp.matrix) -> mp.mpf:
    """A step of Newton that stays well inside the dual ball: the conjugate is a barrier there."""
    longest = mp.mpf(1)
    for j in range(len(z)):
        room = 1 - z[j] if move[j] < 0 else 1 + z[j]
        if move[j]:
            longest = min(longest, room / abs(move[j]) * mp.mpf("0.7"))
    return longest


def flow_limit(matrix: np.ndarray, target: np.ndarray, alpha: float, depth: Fraction, method: str) -> np.ndarray:
    """Integrate u' = D u^(D-1) A'r, v' = -D v^(D-1) A'r until the residual is gone."""
    d, columns = float(depth), matrix.shape[1]

    def field(_: float, state: np.ndarray) -> np.ndarray:
        u, v = state[:columns], state[columns:]
        slope = matrix.T @ (target - matrix @ (u**d - v**d))
        return np.concatenate([d * u ** (d - 1) * slope, -d * v ** (d - 1) * slope])

    def settled(_: float, state: np.ndarray) -> float:
        u, v = state[:columns], state[columns:]
        return float(np.linalg.norm(target - matrix @ (u**d - v**d)) - 1e-10)

    settled.terminal = True  # type: ignore[attr-defined]
    start = np.full(2 * columns, alpha)
    run = solve_ivp(field, (0, 100), start, method=method, rtol=1e-10, atol=1e-13, events=settled)
    state = run.y[:, -1]
    found: np.ndarray = state[:columns] ** d - state[columns:] ** d
    return found


def full_problem(face: ReducedProblem) -> tuple[np.ndarray, np.ndarray]:
    """A problem (A, y) whose reduction is this face (a batch of one, float64): the support's columns first."""
    on, off, unseen = face.on[0], face.off[0], face.unseen[0]
    matrix = np.hstack([on, off])
    if unseen.shape[1]:
        below = np.hstack([np.zeros((unseen.shape[1], on.shape[1])), unseen.T])
        matrix = np.vstack([matrix, below])
    return matrix, np.concatenate([face.target[0], np.zeros(unseen.shape[1])])
