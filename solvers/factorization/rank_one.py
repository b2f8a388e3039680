"""Two vectors fitted to a rank-one matrix: gradient descent on |u v' - sigma u* v*'|_F^2 / 2, in two numbers a vector.

Of u only its component along u* and the length of the rest matter, of v likewise along v*: the rest keeps its
direction. With the length carried as a signed number the reduction is exact for every dimension, and free of roots.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lemmata.solvers.numbers.arithmetic import Array, as_floats, gate, stack
from lemmata.solvers.numbers.errors import ShapeError

_FAR = 100
"""Squared lengths, in units of sigma, beyond which a run has left for good and is stopped."""


@dataclass(frozen=True, kw_only=True)
class RankOneRun:
    """Gradient descent on two vectors, T steps made until the last run of the batch stopped.

    Attributes:
        states: ``(batch, T + 1, 2, 2)``: for u and for v the component along the target and the signed rest.
        passage: the first step at which the error is at most the accuracy, ``(batch,)``; one more than the number
            of steps allowed if there is none.
    """

    states: Array
    passage: Array


def rank_one_descent(start: Array, *, strength: Array, step_size: Array, accuracy: Array, steps: int) -> RankOneRun:
    """Simultaneous gradient descent in the reduced coordinates, each run until it is accurate.

    Args:
        start: ``(batch, 2, 2)``, for u and for v the component along the target and the signed length of the rest.
        strength: sigma > 0, ``(batch,)``.
        step_size: eta > 0, ``(batch,)``.
        accuracy: error |u v' - sigma u* v*'|_F in units of sigma at which a run stops, ``(batch,)``.
        steps: the most that are made. A run whose squared lengths sum to more than 100 sigma makes no further one.
    """
    if start.ndim != 3 or start.shape[1:] != (2, 2):  # noqa: PLR2004 - the three axes named in the docstring
        raise ShapeError(f"rank_one_descent got a start of shape {start.shape}; expected (batch, 2, 2).")
    far, enough = strength * _FAR, (strength * accuracy) * (strength * accuracy)
    along, rest = start[:, :, 0], start[:, :, 1]
    missing = strength - along[:, 0] * along[:, 1]
    states, passage, made = [start], strength * 0, 0
    while True:
        squares, across = along * along, rest * rest
        waiting = gate(_square_error(missing, squares, across) - enough)
        lengths = squares + across
        pace = step_size * (waiting * gate(far - lengths.sum(axis=1), 1))
        if made == steps or not np.any(as_floats(pace)):
            # Whoever still waits, waits for ever: it has left, or the steps are spent.
            return RankOneRun(states=stack(states, axis=1), passage=passage + waiting * (steps + 1 - made))
        passage, made = passage + waiting, made + 1
        kept = 1 - pace[:, None] * across[:, ::-1]
        product = along[:, 0] * along[:, 1]
        # sigma - a b follows from a and b, but carried as a number of its own it keeps error bounds from growing
        # once the run has settled: its recursion then contracts, and so visibly.
        lost = product * pace * (across.sum(axis=1) - pace * across[:, 0] * across[:, 1])
        gained = pace * (squares * kept).sum(axis=1) + pace * pace * missing * product
        along, rest, missing = (
            along * kept + (pace * missing)[:, None] * along[:, ::-1],
            rest * (1 - pace[:, None] * lengths[:, ::-1]),
            missing * (1 - gained) + lost,
        )
        states.append(stack([along, rest], axis=2))


def rank_one_error(state: Array, *, strength: Array) -> Array:
    """|u v' - sigma u* v*'|_F^2 of a state ``(batch, 2, 2)``: ``(batch,)``."""
    along, rest = state[:, :, 0], state[:, :, 1]
    return _square_error(strength - along[:, 0] * along[:, 1], along * along, rest * rest)


def _square_error(missing: Array, squares: Array, across: Array) -> Array:
    cross = squares[:, 0] * across[:, 1] + squares[:, 1] * across[:, 0]
    return missing * missing + cross + across[:, 0] * across[:, 1]
