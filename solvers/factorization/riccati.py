"""The flow S' = diag(s) S - S S' S in closed form: how a small start recovers the principal components one by one.

It is gradient flow on |F G' - diag(s)|_F^2 / 2 from F = G, and for S = (F + G)/2 its limit for small starts. In balls
of as many bits as the start is small: starts of exp(-10000) are as exact as others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lemmata.solvers.numbers.arithmetic import (
    Array,
    Floats,
    as_floats,
    convert,
    flint,
    is_balls,
    is_rationals,
    not_rational,
    to_balls,
    widen,
)
from lemmata.solvers.numbers.bounded import Bounded
from lemmata.solvers.numbers.errors import ShapeError

_BITS = 128
_DOUBLINGS = 8
_SPECTRAL = 1e-13
"""Relative error of the spectral norm of a matrix of entries up to one, by LAPACK, with room."""


def recovery_errors(start: Array, strengths: Array, log_size: Array, times: Array, rank: int) -> Array:
    """Logarithm of |P(t) - X_r|, the operator norm, for P = S S' from S(0) = exp(log_size) ``start``.

    P = A (1 + A' D A)^-1 A' with A = exp(diag(s) t) S(0), D = diag((1 - exp(-2 s t)) / s); X_r = diag(s_1 .. s_r, 0).

    Args:
        start: ``(batch, d, k)``.
        strengths: ``(batch, d)``, in decreasing order; zero is allowed.
        log_size: ``(batch, count)``.
        times: ``(batch, count)``.
        rank: r, at most d.

    Returns:
        ``(batch, count)``, in the number system of ``start``: floats come back with their error bounds.
    """
    if is_rationals(start):
        raise not_rational("recovery_errors", "exact rationals")
    parts = [_balls(part) for part in (start, strengths, log_size, times)]
    found = np.empty(parts[3].shape, dtype=object)
    for row, column in np.ndindex(found.shape):
        place = (parts[0][row], parts[1][row], parts[2][row, column], parts[3][row, column])
        found[row, column] = _log_error(*place, rank)
    return _returned(found, start)


def _balls(part: Array) -> Any:
    return part if is_balls(part) else to_balls(as_floats(part))


def _log_error(start: Any, strengths: Any, log_size: Any, time: Any, rank: int) -> Any:
    """One state, in as many bits as cancel; twice as many where these were too few."""
    library = flint()
    size = abs(float(log_size.mid())) + abs(float(strengths[0].mid() * time.mid()))
    bits = _BITS + int(size / math.log(2))
    for _ in range(_DOUBLINGS):
        with library.ctx.workprec(bits):
            try:
                entries = _difference(library, start, strengths, log_size, time, rank)
            except ZeroDivisionError:  # too few bits to tell the matrix from a singular one
                bits *= 2
                continue
            scale = max((abs(entry).mid() for row in entries for entry in row), key=lambda entry: entry)
            doubt = sum(float((entry / scale).rad()) for row in entries for entry in row) if scale > 0 else math.inf
            if doubt < _SPECTRAL:
                plain = np.array([[float((entry / scale).mid()) for entry in row] for row in entries])
                return scale.log() + library.arb(np.linalg.norm(plain, 2), 2 * _SPECTRAL).log()
        bits *= 2
    return library.arb.nan()


def _difference(library: Any, start: Any, strengths: Any, log_size: Any, time: Any, rank: int) -> list[list[Any]]:
    """Entries of P(t) - X_r."""
    product = _product(library, start, strengths, log_size, time)
    d = len(strengths)
    return [[product[i, j] - (strengths[i] if i == j < rank else 0) for j in range(d)] for i in range(d)]


def _product(library: Any, start: Any, strengths: Any, log_size: Any, time: Any) -> Any:
    d, k = start.shape
    growth = [(s * time + log_size).exp() for s in strengths]
    grown = library.arb_mat(d, k, [start[i, j] * growth[i] for i in range(d) for j in range(k)])
    brake = library.arb_mat(d, d, 0)
    for i, s in enumerate(strengths):
        brake[i, i] = 2 * time if s == 0 else -(-2 * s * time).expm1() / s
    across = grown.transpose()
    inner = across * (brake * grown)
    for i in range(k):
        inner[i, i] = inner[i, i] + 1
    return grown * inner.solve(across)


@dataclass(frozen=True, kw_only=True, eq=False)
class Recovery:
    """Starts exp(log_size) ``start`` of the flow, and the rank r that is looked for; see `recovery_errors`."""

    start: Array
    strengths: Array
    log_size: Array
    rank: int

    def __post_init__(self) -> None:
        d, k = self.start.shape[1:]
        if not 1 <= self.rank <= min(d, k):
            raise ShapeError(
                f"Recovery got rank {self.rank} for a start of {d} rows and {k} columns; expected 1 to {min(d, k)}: "
                "F G' has no larger rank. Give F and G more columns, or look for fewer components."
            )

    def errors(self, times: Floats) -> Array:
        """Logarithm of the error at times ``(batch, count)``."""
        return recovery_errors(self.start, self.strengths, self.log_size, convert(times, self.start), self.rank)

    @property
    def unit(self) -> Floats:
        """1 / s_r, ``(batch, 1)``."""
        return 1 / as_floats(self.strengths)[:, self.rank - 1, None]

    @property
    def best_guess(self) -> Floats:
        """Time of least error to the leading order, ``(batch, count)``: log(1/size) 2 / (s_r + s_{r+1})."""
        return -as_floats(self.log_size) * 2 / (1 / self.unit + self.below)

    @property
    def below(self) -> Floats:
        """s_{r+1}, ``(batch, 1)``; zero if there is none."""
        values = as_floats(self.strengths)
        return values[:, self.rank, None] if values.shape[1] > self.rank else 0 * self.unit


def riccati_product(start: Array, strengths: Array, time: int) -> Array:
    """P(t) of `recovery_errors` from S(0) = ``start`` itself, for a start of moderate size: ``(batch, d, d)``."""
    library, parts = flint(), [_balls(part) for part in (start, strengths)]
    batch, d, _ = start.shape
    found = np.empty((batch, d, d), dtype=object)
    for row in range(batch):
        with library.ctx.workprec(2 * _BITS):
            product = _product(library, parts[0][row], parts[1][row], library.arb(0), library.arb(time))
            for i, j in np.ndindex(d, d):
                found[row, i, j] = product[i, j]
    return _returned(found, start)


def least_errors(problem: Recovery) -> tuple[Array, Floats]:
    """The least error over time, as a logarithm, and the time, ``(batch, count)`` both.

    The error falls until near the time that theory has for it, and rises after. The least is searched there, to
    some per cent: it is attained at the time returned, whatever the search missed.
    """
    best = problem.best_guess
    for width in _WIDTHS:
        tried = best + width * problem.unit * np.arange(-_SIDE, _SIDE + 1)[:, None, None]
        errors = [as_floats(problem.errors(times)) for times in tried]
        best = np.take_along_axis(tried, np.argmin(errors, axis=0)[None], axis=0)[0]
    return problem.errors(best), best


_WIDTHS, _SIDE = (0.5, 0.1), 2
"""Spacings of the times tried, in units of 1 / s_r, and how many to either side."""


def crossing_times(problem: Recovery, log_level: Floats, *, falling: bool) -> Array:
    """When the error falls (rises) through exp(log_level), ``(batch, count)``; the error bound is a bracket by sign.

    The logarithm of the error falls at rate 2 s_r and rises at rate 2 s_{r+1}, up to exponentially small terms:
    Newton steps with these slopes. NaN where no crossing was bracketed.
    """
    slope = -2 / problem.unit if falling else 2 * problem.below
    times, step = problem.best_guess, np.zeros(())
    for _ in range(_NEWTON):
        step = np.clip((log_level - as_floats(problem.errors(times))) / slope, -_REACH * times, _REACH * times)
        times = times + step
    error = _BRACKET * problem.unit + _CAUTION * np.abs(step)
    before, after = (as_floats(problem.errors(times + shift)) - log_level for shift in (-error, error))
    crossed = (before * slope < 0) & (after * slope > 0)
    found = np.where(crossed, times, np.nan)
    return widen(convert(found, problem.start), error) if is_balls(problem.start) else Bounded(found, error)


_NEWTON, _BRACKET, _REACH, _CAUTION = 6, 1e-6, 0.5, 2.0


def leading_terms(problem: Recovery, times: Floats) -> tuple[tuple[Array, Array], ...]:
    """The three entries of P - X_r that decide the error, and what theory has for their leading constants.

    With N the first r rows of the start, W = (N N')^-1 and q its row r + 1: for t = (1 + a) log(1/size) / s_r the
    logarithms of |entry| and the constants s_r^2 W_rr, s_r |W N q|_r and |q|^2 - q' N' W N q.

    Returns:
        For the entries (r, r), (r, r + 1), (r + 1, r + 1): logarithm ``(batch, count)``, constant ``(batch, 1)``.
    """
    library, r = flint(), problem.rank
    parts = [_balls(part) for part in (problem.start, problem.strengths, problem.log_size, times)]
    logs = [np.empty(times.shape, dtype=object) for _ in range(3)]
    heights = [np.empty((times.shape[0], 1), dtype=object) for _ in range(3)]
    for row in range(times.shape[0]):
        for place, constant in zip(heights, _leading_constants(library, parts[0][row], parts[1][row], r), strict=True):
            place[row, 0] = constant
        for column in range(times.shape[1]):
            state = (parts[0][row], parts[1][row], parts[2][row, column], parts[3][row, column])
            for log, entry in zip(logs, _entry_logs(library, state, r), strict=True):
                log[row, column] = entry
    return tuple(
        (_returned(log, problem.start), _returned(h, problem.start)) for log, h in zip(logs, heights, strict=True)
    )


def _leading_constants(library: Any, start: Any, strengths: Any, rank: int) -> tuple[Any, Any, Any]:
    with library.ctx.workprec(2 * _BITS):
        k, s = start.shape[1], strengths[rank - 1]
        seen = library.arb_mat(rank, k, [start[i, j] for i in range(rank) for j in range(k)])
        next_row = library.arb_mat(k, 1, list(start[rank]))
        inverse = (seen * seen.transpose()).inv()
        share = inverse * (seen * next_row)
        rest = next_row - seen.transpose() * share
        return s * s * inverse[rank - 1, rank - 1], s * abs(share[rank - 1, 0]), (rest.transpose() * rest)[0, 0]


def _entry_logs(library: Any, state: tuple[Any, ...], rank: int) -> tuple[Any, ...]:
    size = abs(float(state[2].mid())) + abs(float(state[1][0].mid() * state[3].mid()))
    with library.ctx.workprec(_BITS + int(_ENTRIES * size / math.log(2))):
        start, strengths, log_size, time = state
        entries = _difference(library, start, strengths, log_size, time, rank)
        return tuple(abs(entries[i][j]).log() for i, j in ((rank - 1, rank - 1), (rank - 1, rank), (rank, rank)))


_ENTRIES = 4
"""Bits per bit of size: entries may be far smaller than the norm."""


def _returned(found: np.ndarray, like: Array) -> Array:
    """Balls as they are; for other systems floats with error bounds."""
    if is_balls(like):
        return found
    middle = np.array([float(ball.mid()) for ball in found.flat]).reshape(found.shape)
    radius = np.array([float(ball.rad()) for ball in found.flat]).reshape(found.shape)
    return Bounded(middle, radius + np.spacing(np.abs(middle)))
