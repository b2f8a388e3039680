"""Limits of diagonal networks: how many a second, and how much faster than integrating the flow, in one run.

Run by hand: ``python tests/benchmarks/bench_limits.py``; about two minutes on one core.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from scipy.integrate import solve_ivp

from lemmata.solvers import Face, limit

_BATCH, _ROWS, _COLUMNS = 512, 10, 50
_SCALE = 1e-6
_PATIENCE = 60.0


def vertices(rng: np.random.Generator) -> Face:
    """A batch of A = [I, C] with column sums inside (-1, 1), m = 10, n = 50."""
    others = _COLUMNS - _ROWS
    columns = rng.uniform(-1, 1, size=(_BATCH, _ROWS, others))
    columns /= np.maximum(1, np.abs(columns.sum(axis=1, keepdims=True)) / 0.9)
    certificate = columns.sum(axis=1)
    return Face(
        on=np.broadcast_to(np.eye(_ROWS), (_BATCH, _ROWS, _ROWS)).copy(),
        off=columns,
        target=rng.uniform(0.5, 2, size=(_BATCH, _ROWS)),
        certificate=certificate,
        short=1 - np.abs(certificate),
        unseen=np.zeros((_BATCH, others, 0)),
        anchor=np.ones((_BATCH, _ROWS)),
    )


def timed(run: Callable[[], object], repeats: int = 3) -> float:
    """Least seconds of a few runs."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


def flow(face: Face, row: int, depth: float, method: str) -> tuple[float, float]:
    """(seconds, time reached) of integrating one instance until its residual is 1e-10, or patience ends."""
    matrix, target = np.hstack([face.on[row], face.off[row]]), face.target[row]
    began = time.perf_counter()

    def field(_: float, state: np.ndarray) -> np.ndarray:
        if time.perf_counter() - began > _PATIENCE:
            raise TimeoutError
        u, v = state[:_COLUMNS], state[_COLUMNS:]
        slope = matrix.T @ (target - matrix @ (u**depth - v**depth))
        return np.concatenate([depth * u ** (depth - 1) * slope, -depth * v ** (depth - 1) * slope])

    def settled(_: float, state: np.ndarray) -> float:
        x = state[:_COLUMNS] ** depth - state[_COLUMNS:] ** depth
        return float(np.linalg.norm(target - matrix @ x) - 1e-10)

    settled.terminal = True  # type: ignore[attr-defined]
    start = np.full(2 * _COLUMNS, _SCALE)
    try:
        run = solve_ivp(field, (0, 1e12), start, method=method, rtol=1e-10, atol=1e-20, events=settled)
    except TimeoutError:
        return time.perf_counter() - began, float("nan")
    return time.perf_counter() - began, float(run.t[-1])


def main() -> None:
    """Print limits a second by depth and scale, then the ratios to three integrators."""
    face = vertices(np.random.default_rng(0))
    one = {}
    for depth in (Fraction(2), Fraction(5, 2), Fraction(3), Fraction(4)):
        for exponent in (1, -1, -6, -30, -300):
            logs = np.full(_BATCH, exponent * np.log(10.0))
            seconds = timed(lambda logs=logs, depth=depth: limit(face, logs, depth))  # type: ignore[misc]
            one[depth, exponent] = seconds / _BATCH
            _tell(f"depth {depth!s:4} alpha 1e{exponent:<5} {_BATCH / seconds:10,.0f} limits a second")
    for depth in (Fraction(2), Fraction(3)):
        for method in ("LSODA", "DOP853"):
            spent, reached = flow(face, 0, float(depth), method)
            more = "at least " if np.isnan(reached) else ""
            ratio = spent / one[depth, -6]
            _tell(f"depth {depth!s:4} {method:7} {more}{spent:8.2f} s an instance, {more}{ratio:12,.0f} times a limit")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
