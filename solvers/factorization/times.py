"""When gradient descent on |F G' - diag(s)|_F^2 / 2 from a small start learns a component."""

from __future__ import annotations

import numpy as np

from lemmata.solvers.engine.iteration import Engine, Iterated, State, iterate
from lemmata.solvers.factorization.recovery import diagonal_problem, linear_phase
from lemmata.solvers.numbers.arithmetic import Array, as_floats, convert, elementwise

_COARSE, _FINE = 24, 4
"""Steps between two looks: until the component is learned, and again between the last two of these."""


def learning_times(
    left: Array, right: Array, strengths: Array, eta: Array, *, log_size: Array, index: int, most: int
) -> Array:
    """Steps until entry (i, i) of F G' is s_i / 2, ``(batch,)``, as a real number; NaN if it is not in time.

    Between two states the logarithm of x / (s - x) is interpolated, which gradient flow moves at constant speed.

    Args:
        left: F over the size of the start ``(batch, m, k)``, in the singular bases.
        right: G, the same, ``(batch, n, k)``.
        strengths: singular values ``(batch, d, 1)``.
        eta: step size ``(batch, 1, 1)``.
        log_size: logarithm of the size of the start ``(batch,)``.
        index: i, from 0.
        most: steps made at most once the start has left the linear phase.
    """
    start = linear_phase(left, right, strengths, eta, log_size=log_size)
    dynamics, constants = diagonal_problem(left, right, strengths, eta)
    half = as_floats(strengths)[:, index, 0] / 2
    rows, engine = np.arange(len(half)), Engine.LANES if strengths.dtype != object else Engine.REFERENCE

    def looked(state: State, looks: range, *, whole: bool) -> Iterated:
        return iterate(
            dynamics,
            state,
            constants,
            checkpoints=looks,
            record=lambda now: {"x": _learned(now, index), **({"F": now[0], "G": now[1]} if whole else {})},
            stop=(lambda now, given: as_floats(_learned(now, index)) >= as_floats(_goal(given, index)) / 2)
            if whole
            else None,
            engine=engine,
        )

    run = looked((start.left, start.right), range(0, most + _COARSE, _COARSE), whole=True)
    passed = as_floats(run.records["x"]) >= half[:, None]
    before = np.where(passed.any(axis=1), np.argmax(passed, axis=1) - 1, -1)
    state = (run.records["F"][rows, before], run.records["G"][rows, before])
    track = looked(state, range(0, _COARSE + _FINE, _FINE), whole=False).records["x"]
    times = _interpolated(track, strengths[:, index, 0], start.steps + before * _COARSE)
    return times + convert(np.where(before >= 0, 0.0, np.nan), track)


def _goal(constants: State, index: int) -> Array:
    """s_i, from diag(s) or from s itself."""
    return constants[0][:, index, index if constants[0].shape[2] > 1 else 0]


def _learned(state: State, index: int) -> Array:
    return (state[0][:, index] * state[1][:, index]).sum(axis=1)


def _interpolated(track: Array, goal: Array, begun: np.ndarray) -> Array:
    """When ``track`` (batch, looks), from step ``begun``, is half of ``goal`` (batch,)."""
    after = np.maximum(np.argmax(as_floats(track) >= as_floats(goal)[:, None] / 2, axis=1), 1)
    rows = np.arange(len(after))
    with np.errstate(all="ignore"):
        first, second = (elementwise(x / (goal - x), "log") for x in (track[rows, after - 1], track[rows, after]))
        return convert(begun + _FINE * after, track) - second / (second - first) * _FINE


def remaining_square(rows: Array) -> Array:
    """Squared length of the last of ``rows`` (batch, r, k) off the span of those above it: 1 / ((N N')^-1)_rr.

    Orthogonalised row by row, in any number system.
    """
    known: list[Array] = []
    for index in range(rows.shape[1]):
        row = rows[:, index]
        for other in known:
            row = row - other * ((row * other).sum(axis=1) / (other * other).sum(axis=1))[:, None]
        known.append(row)
    return (known[-1] * known[-1]).sum(axis=1)
