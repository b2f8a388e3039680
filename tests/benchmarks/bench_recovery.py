"""Gradient descent on |F G' - X|_F^2 / 2: the vector machine against NumPy, JAX and PyTorch on the same work.

Run by hand: ``python tests/benchmarks/bench_recovery.py [seconds]``, with OPENBLAS_NUM_THREADS=1. JAX and PyTorch are
left out where they are not installed. Rates are of 6 m n k operations a step, best of interleaved runs, on one
core unless said; the share is of one core's matrix product in the same run. Then: how the cost grows, and whole tests
against Hypothesis with NumPy.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from lemmata.solvers.engine import Engine, iterate
from lemmata.solvers.factorization import factorization, reduced_factorization
from lemmata.solvers.optimization import leaky_descent

SHAPES = ((8, 6, 3), (20, 15, 5), (60, 50, 10), (200, 150, 20))
BATCHES = (1, 32, 512)
_PEAK_SIDE, _WORK = 1500, 3e9
Run = Callable[[], object]


def _problem(shape: tuple[int, int, int], batch: int) -> tuple[Any, Any, Any, Any]:
    m, n, k = shape
    rng = np.random.default_rng(0)
    target = rng.normal(size=(batch, m, n)) / np.sqrt(m + n)
    return rng.normal(size=(batch, m, k)) * 0.01, rng.normal(size=(batch, n, k)) * 0.01, target, 0.01


def _lanes(problem: Any, steps: int, threads: int = 1, engine: Engine = Engine.LANES) -> Run:
    left, right, target, eta = problem
    constants = (target, np.full((len(left), 1, 1), eta))
    return lambda: iterate(factorization, (left, right), constants, checkpoints=[steps], engine=engine, threads=threads)


def _batched_numpy(problem: Any, steps: int) -> Run:
    left, right, target, eta = problem

    def run() -> object:
        f, g = left.copy(), right.copy()
        slope, down, across = np.empty_like(target), np.empty_like(f), np.empty_like(g)
        for _ in range(steps):
            np.matmul(f, g.transpose(0, 2, 1), out=slope)
            np.subtract(target, slope, out=slope)
            np.matmul(slope, g, out=down)
            np.matmul(slope.transpose(0, 2, 1), f, out=across)
            down *= eta
            across *= eta
            f += down
            g += across
        return f

    return run


def _numpy_loop(problem: Any, steps: int) -> Run:
    left, right, target, eta = problem

    def run() -> object:
        for f, g, x in zip(left, right, target, strict=True):
            for _ in range(steps):
                slope = x - f @ g.T
                f, g = f + eta * (slope @ g), g + eta * (slope.T @ f)  # noqa: PLW2901 - the state moves
        return f

    return run


def _jax(problem: Any, steps: int) -> Run | None:
    try:
        import jax
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", val=True)
    left, right, target, eta = problem

    def step(_: Any, state: Any, x: Any) -> Any:
        f, g = state
        slope = x - f @ g.T
        return f + eta * (slope @ g), g + eta * (slope.T @ f)

    def one(f: Any, g: Any, x: Any) -> Any:
        return jax.lax.fori_loop(0, steps, lambda i, s: step(i, s, x), (f, g))

    compiled = jax.jit(jax.vmap(one))
    given = [jax.numpy.asarray(part) for part in (left, right, target)]
    return lambda: compiled(*given)[0].block_until_ready()  # noqa: PLW0108 - the call is what is timed


def _torch(problem: Any, steps: int) -> Run | None:
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    left, right, target, eta = (torch.as_tensor(part) for part in problem)

    def run() -> object:
        f, g = left.clone(), right.clone()
        for _ in range(steps):
            slope = torch.baddbmm(target, f, g.transpose(1, 2), alpha=-1)
            f, g = (
                torch.baddbmm(f, slope, g, alpha=float(eta)),
                torch.baddbmm(g, slope.transpose(1, 2), f, alpha=float(eta)),
            )
        return f

    return run


def _best(runs: dict[str, Run], seconds: float) -> dict[str, float]:
    """Shortest time of each, interleaved, after a warm-up each."""
    for run in runs.values():
        run()
    found = dict.fromkeys(runs, np.inf)
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends or np.inf in found.values():
        for name, run in runs.items():
            began = time.perf_counter()
            run()
            found[name] = min(found[name], time.perf_counter() - began)
    return found


def _peak() -> Run:
    square = np.random.default_rng(1).normal(size=(_PEAK_SIDE, _PEAK_SIDE))
    return lambda: square @ square


def throughput(seconds: float) -> None:
    """Print the table of rates."""
    for shape in SHAPES:
        m, n, k = shape
        for batch in BATCHES if shape != SHAPES[-1] else BATCHES[:2]:
            problem, work = _problem(shape, batch), 6 * m * n * k * batch
            steps = int(np.clip(_WORK / work, 20, 4000))
            runs = {
                "lanes": _lanes(problem, steps),
                "lanes, two threads": _lanes(problem, steps, threads=2),
                "chosen": _lanes(problem, steps, engine=Engine.AUTO),
                "numpy batched": _batched_numpy(problem, steps),
                "numpy loop": _numpy_loop(problem, max(steps // 10, 1)),
                "jax vmap": _jax(problem, steps),
                "torch baddbmm": _torch(problem, steps),
                "peak": _peak(),
            }
            found = _best({name: run for name, run in runs.items() if run is not None}, seconds)
            peak = 2 * _PEAK_SIDE**3 / found.pop("peak") / 1e9
            made = {name: max(steps // 10, 1) if name == "numpy loop" else steps for name in found}
            rates = {name: work * made[name] / spent / 1e9 for name, spent in found.items()}
            cells = "  ".join(f"{name} {rate:.1f} ({rates['lanes'] / rate:.1f}x)" for name, rate in rates.items())
            _tell(f"{shape} batch {batch}: share {rates['lanes'] / peak:.2f} of {peak:.0f} GFLOP/s; {cells}")


def growth(seconds: float) -> None:
    """Print how the time grows when batch, steps or one side doubles, and what the reduction saves."""
    base = _best({"base": _lanes(_problem((20, 15, 5), 256), 200)}, seconds)["base"]
    cases = {
        "batch doubled": _lanes(_problem((20, 15, 5), 512), 200),
        "steps doubled": _lanes(_problem((20, 15, 5), 256), 400),
        "rows doubled": _lanes(_problem((40, 15, 5), 256), 200),
        "columns k doubled": _lanes(_problem((20, 15, 10), 256), 200),
    }
    for name, spent in _best(cases, seconds).items():
        _tell(f"{name}: {spent / base:.2f} times the time")
    left, right, _, eta = _problem((60, 50, 10), 256)
    strengths = np.sort(np.random.default_rng(2).uniform(size=(256, 50, 1)), axis=1)[:, ::-1]
    constants = (strengths, np.full((256, 1, 1), eta))
    runs = {
        "literal": _lanes(_problem((60, 50, 10), 256), 200),
        "reduced": lambda: iterate(
            reduced_factorization, (left, right), constants, checkpoints=[200], engine=Engine.LANES
        ),
    }
    found = _best(runs, seconds)
    _tell(f"(60, 50, 10) in the singular bases: {found['literal'] / found['reduced']:.1f} times faster")


def networks(seconds: float) -> None:
    """Print what the vector machine saves on gradient descent of a small network, over the plain step."""
    rng = np.random.default_rng(3)
    for neurons, inputs, samples in ((4, 3, 2), (16, 8, 6)):
        shapes = ((256, inputs, samples), (256, 1, samples), (256, neurons, 1))
        data, labels, signs = (
            rng.normal(size=shapes[0]),
            rng.choice([-1.0, 1.0], shapes[1]),
            rng.choice([-1.0, 1.0], shapes[2]),
        )
        constants = (data, labels, signs, np.full((256, 1, 1), 0.5), np.full((256, 1, 1), 0.01))
        weights = (rng.normal(size=(256, neurons, inputs)) / 10,)

        def run(engine: Engine, weights: Any = weights, constants: Any = constants) -> Run:
            return lambda: iterate(leaky_descent, weights, constants, checkpoints=[100], engine=engine)

        found = _best({engine.value: run(engine) for engine in (Engine.REFERENCE, Engine.LANES)}, seconds)
        ratio = found["reference"] / found["lanes"]
        _tell(f"network {inputs}-{neurons}-1, {samples} samples: {ratio:.1f} times faster than the plain step")


def against_hypothesis() -> None:
    """Instances a second of a whole test: the law of learning times, and the same event by Hypothesis with NumPy."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    from lemmata.checks import Effort, judge
    from lemmata.claims import Located
    from lemmata.claims.papers.jiang2022.times import learning_time

    evidence = judge(Located(learning_time, learning_time.key), effort=Effort.QUICK, seed=0)
    began = time.perf_counter()
    evidence = judge(Located(learning_time, learning_time.key), effort=Effort.QUICK, seed=1)
    spent, sample = time.perf_counter() - began, evidence.sample
    met = 0 if sample is None else sample.met
    ours = met / spent
    _tell(f"lemmata: {met} instances, {ours:.0f} a second with all its mutants ({evidence.verdict})")
    late, count = 0, 0

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 2**31), st.integers(1, 3), st.integers(1, 2), st.integers(5, 10))
    def test(seed: int, rank: int, below: int, step: int) -> None:
        nonlocal count, late
        count += 1
        rng = np.random.default_rng(seed)
        strengths = np.cumsum(rng.uniform(0.25, 1, size=rank + below))[::-1]
        strengths = strengths / strengths[rank - 1]
        eta, log, made = 1 / (step * strengths[0]), 30.0, 0
        f, g = (rng.normal(size=(len(strengths), rank + 1)) * np.exp(-log) for _ in range(2))
        while f[rank - 1] @ g[rank - 1] < 1 / 2 and made < (log + 16) / np.log1p(eta):
            slope = np.diag(strengths) - f @ g.T
            f, g, made = f + eta * (slope @ g), g + eta * (slope.T @ f), made + 1
        late += int(made * np.log1p(eta) > log)

    began = time.perf_counter()
    test()
    theirs = count / (time.perf_counter() - began)
    _tell(f"Hypothesis with a NumPy loop: {theirs:.0f} a second ({late} of {count} late); ratio {ours / theirs:.0f}")


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    span = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    with threadpool_limits(1):
        throughput(span)
        growth(span)
        networks(span)
        against_hypothesis()
