"""What the clustering kernels share: named tuples of arrays, which Numba takes as they are."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from lemmata.solvers.arithmetic import Floats

Integers: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"

ITERATION, FUSED, STORED, EVENTS = range(4)
"""Places in ``State.counts``: steps done, edges fused after the last one, iterates stored, fusions recorded."""


class Problem(NamedTuple):
    """Centred points ``x`` (n, p), edges from ``head`` to ``tail`` with ``weight`` (E,), rho, and q = ``norm``."""

    x: Floats
    head: Integers
    tail: Integers
    weight: Floats
    rho: float
    norm: int


class Factor(NamedTuple):
    """I + rho L as L D L', L unit lower by columns, ``pivot`` the diagonal; or its dense ``inverse``, if not empty."""

    start: Integers
    row: Integers
    value: Floats
    pivot: Floats
    inverse: Floats


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
