"""Gradient flow of a diagonal linear network of whole depth, integrated: the dynamics whose limits `limits` knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
        error: what the steps, compared with two of half their length, add up to in any entry of ``pulls``: some fifteen
            times the error of the states given, which are those of the half steps; ``(batch, T + 1)``.
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
    size = np.repeat(alpha[:, None], A.shape[2], axis=1)
    state = np.stack([size, size, np.zeros_like(size)], axis=1)
    norm = np.linalg.norm(A, ord=2, axis=(1, 2))
    states, times, errors = [state], [np.zeros(len(alpha))], [np.zeros(len(alpha))]
    for _ in range(steps):
        weights = state[:, 0] ** (2 * depth - 2) + state[:, 1] ** (2 * depth - 2)
        step = np.minimum(longest, _STABLE / (depth * norm) ** 2 / weights.max(axis=1))
        whole = _step(A, y, state, step, depth)
        state = _step(A, y, _step(A, y, state, step / 2, depth), step / 2, depth)
        states.append(state)
        times.append(times[-1] + step)
        errors.append(errors[-1] + np.abs(state - whole)[:, 2].max(axis=1))
    run = np.stack(states, axis=1)
    return DiagonalRun(
        times=np.stack(times, axis=1),
        x=run[:, :, 0] ** depth - run[:, :, 1] ** depth,
        pulls=run[:, :, 2],
        error=np.stack(errors, axis=1),
    )


def _slope(A: Floats, y: Floats, state: Floats, depth: int) -> Floats:
    u, v = state[:, 0], state[:, 1]
    residual = y - (A @ (u**depth - v**depth)[:, :, None])[:, :, 0]
    pull = (A.swapaxes(1, 2) @ residual[:, :, None])[:, :, 0]
    return np.stack([depth * u ** (depth - 1) * pull, -depth * v ** (depth - 1) * pull, pull], axis=1)


def _step(A: Floats, y: Floats, state: Floats, step: Floats, depth: int) -> Floats:
    """One step of the classical Runge-Kutta method, of length ``step`` ``(batch,)``."""
    length = step[:, None, None]
    first = _slope(A, y, state, depth)
    second = _slope(A, y, state + length / 2 * first, depth)
    third = _slope(A, y, state + length / 2 * second, depth)
    fourth = _slope(A, y, state + length * third, depth)
    moved: Floats = state + length / 6 * (first + 2 * second + 2 * third + fourth)
    return moved
