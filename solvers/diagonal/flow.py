"""Gradient flow of a diagonal linear network of whole depth, integrated: the dynamics whose limits `limits` knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lemmata.solvers.engine.runge_kutta import integrate
from lemmata.solvers.numbers.arithmetic import Floats

_STABLE = 0.5
"""Step in units of the inverse of the largest curvature; the method is stable up to 2.8."""


@dataclass(frozen=True, kw_only=True)
class DiagonalRun:
    """States of an integrated flow after each of T steps, the initial one first, in float64.

    Attributes:
        times: ``(batch, T + 1)``.
        x: ``(batch, T + 1, n)``.
        pulls: A' times the integral of the residual, ``(batch, T + 1, n)``.
        error: an estimate, too large, of the error of u, v and ``pulls``, ``(batch, T + 1)``.
    """

    times: Floats
    x: Floats
    pulls: Floats
    error: Floats


def diagonal_flow(A: Floats, y: Floats, alpha: Floats, *, depth: int, longest: float, steps: int) -> DiagonalRun:
    """U' = D u^(D-1) A'r, v' = -D v^(D-1) A'r, r = y - A(u^D - v^D), from u = v = alpha, by classical Runge-Kutta.

    Args:
        A: ``(batch, m, n)``.
        y: ``(batch, m)``.
        alpha: initialization > 0, ``(batch,)``.
        depth: D >= 1, whole.
        longest: the longest step; where the curvature is large, steps are shorter, each instance having its own.
        steps: number of steps.
    """
    count = A.shape[2]
    norm = np.linalg.norm(A, ord=2, axis=(1, 2))

    def slope(state: Floats) -> Floats:
        u, v = state[:, :count], state[:, count : 2 * count]
        residual = y - (A @ (u**depth - v**depth)[:, :, None])[:, :, 0]
        pull = (A.swapaxes(1, 2) @ residual[:, :, None])[:, :, 0]
        return np.concatenate([depth * u ** (depth - 1) * pull, -depth * v ** (depth - 1) * pull, pull], axis=1)

    def step(state: Floats) -> Floats:
        u, v = state[:, :count], state[:, count : 2 * count]
        weights = (u ** (2 * depth - 2) + v ** (2 * depth - 2)).max(axis=1)
        length: Floats = np.minimum(longest, _STABLE / ((depth * norm) ** 2 * weights))
        return length

    start = np.repeat(alpha[:, None], count, axis=1)
    flow = integrate(slope, np.concatenate([start, start, 0 * start], axis=1), step=step, steps=steps)
    u, v, pulls = (flow.states[:, :, i * count : (i + 1) * count] for i in range(3))
    return DiagonalRun(times=flow.times, x=u**depth - v**depth, pulls=pulls, error=flow.error)
