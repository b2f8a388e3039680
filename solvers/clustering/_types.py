"""What the clustering kernels share: named tuples of arrays, which Numba takes as they are."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from lemmata.solvers.numbers.arithmetic import Floats

Integers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

LINE = 8
"""Doubles of a vector and of a line of the cache: rows are filled up to a multiple of it, and begin with a line."""
ITERATION, FUSED, STORED, EVENTS = range(4)
"""Places in ``State.counts``: steps done, edges fused after the last one, iterates stored, fusions recorded."""


class Problem(NamedTuple):
    """Centred points times their ``mass``, ``x`` (n, p), edges from ``head`` to ``tail`` with ``weight`` (E,), rho, q.

    The mass of a node is the number of points that it stands for, ``(n,)``.
    """

    x: Floats
    mass: Floats
    head: Integers
    tail: Integers
    weight: Floats
    rho: float
    norm: int


class Incomplete(NamedTuple):
    """What solves with I + rho L without filling it in: its own entries, and the pivots of a preconditioner.

    The preconditioner is (P + N) P^-1 (P + N'), with N the part of I + rho L below the diagonal and ``pivot`` P such
    that its diagonal is that of I + rho L.

    Attributes:
        start: where the neighbours of each node before it begin, and those after it, ``(2 n + 1,)``.
        near: the neighbours, their counts filled up to even ones by n, whose row is zero.
        pivot: P.
        inverse: P^-1.
        excess: the diagonal of I + rho L less P.
        rho: of the augmented Lagrangian.
        target: what the square of the residual in the norm of the preconditioner's inverse has to fall to.
        work: five tables ``(n + 1, 8)``; their last rows are zero.
    """

    start: Integers
    near: Integers
    pivot: Floats
    inverse: Floats
    excess: Floats
    rho: float
    target: float
    work: Floats


class Factor(NamedTuple):
    """I + rho L as L D L', L unit lower by columns, ``pivot`` the diagonal.

    Or its dense ``inverse``, if not empty; or what solves with it inexactly, if that is not empty.
    """

    start: Integers
    row: Integers
    value: Floats
    pivot: Floats
    inverse: Floats
    incomplete: Incomplete


class State(NamedTuple):
    """The state of CARP: one array s = D U + Z and one scalar an edge.

    ``scale`` is a_l with Z_l = a_l s_l for q = 2, and the threshold t_l with Z_l = clip(s_l, -t_l, t_l) for q = 1.
    ``right`` is X + rho D'(V - Z), ``size`` the norm of s_l that decides on fusion, ``apart`` is |V_l| and ``before``
    is |V_l| at the last stored iterate. ``level`` holds gamma, the previous gamma and the step factor.
    """

    s: Floats
    scale: Floats
    u: Floats
    right: Floats
    size: Floats
    apart: Floats
    before: Floats
    level: Floats
    counts: Integers


class Policy(NamedTuple):
    """How gamma grows and which iterates are stored; ``tries`` is that of back-tracking, zero without it."""

    ratio: float
    burn_in: int
    keep: int
    max_steps: int
    tries: int


class Record(NamedTuple):
    """Buffers of one chunk: gamma and fused edges of the stored iterates, solutions at ``wanted`` ones, fusions."""

    gamma: Floats
    fused: Integers
    wanted: Integers
    solutions: Floats
    event_at: Integers
    event_edge: Integers
    event_size: Floats
