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
from threadpoolctl import threadpool_limits

from lemmata.solvers.diagonal import ReducedProblem, limit

_BATCH, _ROWS, _COLUMNS = 512, 10, 50
_SCALE = 1e-6
_PATIENCE = 60.0
_INSTANCES = 5


def vertices(rng: np.random.Generator) -> ReducedProblem:
    """A batch of A = [I, C] with column sums inside (-1, 1), m = 10, n = 50."""
    others = _COLUMNS - _ROWS
    columns = rng.uniform(-1, 1, size=(_BATCH, _ROWS, others))
    columns /= np.maximum(1, np.abs(columns.sum(axis=1, keepdims=True)) / 0.9)
    certificate = columns.sum(axis=1)
    return ReducedProblem(
        on=np.broadcast_to(np.eye(_ROWS), (_BATCH, _ROWS, _ROWS)).copy(),
        off=columns,
        target=rng.uniform(0.5, 2, size=(_BATCH, _ROWS)),
        certificate=certificate,
        dual_slack=1 - np.abs(certificate),
        unseen=np.zeros((_BATCH, others, 0)),
        anchor=np.ones((_BATCH, _ROWS)),
    )


def timed(run: Callable[[], object], repeats: int = 5) -> float:
    """Least seconds of a few runs."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


def flow(face: ReducedProblem, row: int, depth: float, method: str) -> tuple[float, np.ndarray | None]:
    """(seconds, x at the end) of integrating u and v of one instance until its residual is 1e-10, or patience ends.

    The absolute tolerance is far below the start: while a parameter grows from 1e-6 by a factor of a million, only its
    relative error counts. With it the end is within 2e-10 of the limit; with 1e-10 in its place it never comes.
    """
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
        return time.perf_counter() - began, None
    state = run.y[:, -1]
    return time.perf_counter() - began, state[:_COLUMNS] ** depth - state[_COLUMNS:] ** depth


def rates(face: ReducedProblem) -> None:
    """Print limits a second by depth and scale."""
    for depth in (Fraction(2), Fraction(5, 2), Fraction(3), Fraction(4)):
        for exponent in (1, -1, -6, -30, -300):
            logs = np.full(_BATCH, exponent * np.log(10.0))
            seconds = timed(lambda logs=logs, depth=depth: limit(face, logs, depth))  # type: ignore[misc]
            _tell(f"depth {depth!s:4} alpha 1e{exponent:<5} {_BATCH / seconds:10,.0f} limits a second")


def ratios(face: ReducedProblem) -> None:
    """Print how many limits, a batch at a time, fit into one integration: the median of a few instances."""
    logs = np.full(_BATCH, np.log(_SCALE))
    for depth in (Fraction(2), Fraction(3)):
        seconds = timed(lambda depth=depth: limit(face, logs, depth)) / _BATCH  # type: ignore[misc]
        found = limit(face, logs, depth)
        ends = np.concatenate([found.on, found.off], axis=1)
        for method in ("LSODA", "DOP853", "Radau"):
            runs = [flow(face, row, float(depth), method) for row in range(_INSTANCES if depth == 2 else 1)]
            spent = float(np.median([one for one, _ in runs]))
            off = [np.linalg.norm(end - ends[row]) for row, (_, end) in enumerate(runs) if end is not None]
            more, where = ("", f", {max(off):.0e} from the limit") if off else ("at least ", "")
            told = f"{spent:8.4f} s an instance{where}, {more}{spent / seconds:12,.0f} times a limit"
            _tell(f"depth {depth!s:4} {method:7} {more}{told}")


def main() -> None:
    """Limits a second, then the ratios to three integrators; all on one thread."""
    face = vertices(np.random.default_rng(0))
    with threadpool_limits(1):
        rates(face)
        ratios(face)


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
