"""Flows without a closed form: the classical Runge-Kutta method in float64, with an estimate of its error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lemmata.solvers.numbers.arithmetic import Floats

Slope = Callable[[Floats], Floats]
"""States ``(batch, n)`` -> their time derivatives, ``(batch, n)``."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """States after each of T steps, the initial one first.

    Attributes:
        times: ``(batch, T + 1)``.
        states: ``(batch, T + 1, n)``.
        lengths: of the path so far, measured between the states and therefore not too long, ``(batch, T + 1)``.
        error: what whole steps differ from two halves by, in Euclidean norm, added up: ``(batch, T + 1)``. The
            states are those of the half steps; where the flow does not expand, they are off by a fifteenth of it.
    """

    times: Floats
    states: Floats
    lengths: Floats
    error: Floats


def integrate(slope: Slope, start: Floats, *, step: Callable[[Floats], Floats], steps: int) -> Flow:
    """The flow of ``slope`` from ``start``.

    Args:
        slope: the vector field.
        start: ``(batch, n)``.
        step: states -> lengths of the next step ``(batch,)``: each instance has its own.
        steps: number of steps.
    """
    state, nothing = start, np.zeros(len(start))
    states, times, lengths, errors = [start], [nothing], [nothing], [nothing]
    for _ in range(steps):
        length = step(state)
        whole = _step(slope, state, length)
        middle = _step(slope, state, length / 2)
        after = _step(slope, middle, length / 2)
        travelled = np.linalg.norm(middle - state, axis=1) + np.linalg.norm(after - middle, axis=1)
        states.append(after)
        times.append(times[-1] + length)
        lengths.append(lengths[-1] + travelled)
        errors.append(errors[-1] + np.linalg.norm(after - whole, axis=1))
        state = after
    return Flow(
        times=np.stack(times, axis=1),
        states=np.stack(states, axis=1),
        lengths=np.stack(lengths, axis=1),
        error=np.stack(errors, axis=1),
    )


def _step(slope: Slope, state: Floats, length: Floats) -> Floats:
    along = length[:, None]
    first = slope(state)
    second = slope(state + along / 2 * first)
    third = slope(state + along / 2 * second)
    fourth = slope(state + along * third)
    moved: Floats = state + along / 6 * (first + 2 * second + 2 * third + fourth)
    return moved
