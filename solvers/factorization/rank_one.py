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
    alongs, rests, passage, made = [along], [rest], strength * 0, 0
    while True:
        squares, across = along * along, rest * rest
        both_rest = across[:, 0] * across[:, 1]
        waiting = gate(missing * missing + _cross(squares, across) + both_rest - enough)
        lengths = squares + across
        pace = step_size * (waiting * gate(far - _total(lengths), 1))
        if made == steps or not np.any(as_floats(pace)):
            # Whoever still waits, waits for ever: it has left, or the steps are spent.
            states = stack([stack(alongs, axis=1), stack(rests, axis=1)], axis=3)
            return RankOneRun(states=states, passage=passage + waiting * (steps + 1 - made))
        passage, made = passage + waiting, made + 1
        pull, product = pace * missing, along[:, 0] * along[:, 1]
        share, kept = pace * product, 1 - pace[:, None] * across[:, ::-1]
        # sigma - a b follows from a and b, but carried as a number of its own it keeps error bounds from growing
        # once the run has settled: its recursion then contracts, and so visibly.
        lost = share * (_total(across) - pace * both_rest)
        gained = pace * _total(squares * kept) + pull * share
        along = along * kept + pull[:, None] * along[:, ::-1]
        rest = rest * (1 - pace[:, None] * lengths[:, ::-1])
        missing = missing * (1 - gained) + lost
        alongs.append(along)
        rests.append(rest)


def rank_one_error(state: Array, *, strength: Array) -> Array:
    """|u v' - sigma u* v*'|_F^2 of a state ``(batch, 2, 2)``: ``(batch,)``."""
    along, rest = state[:, :, 0], state[:, :, 1]
    missing, across = strength - along[:, 0] * along[:, 1], rest * rest
    return missing * missing + _cross(along * along, across) + across[:, 0] * across[:, 1]


def _cross(squares: Array, across: Array) -> Array:
    return squares[:, 0] * across[:, 1] + squares[:, 1] * across[:, 0]


def _total(pair: Array) -> Array:
    return pair[:, 0] + pair[:, 1]
