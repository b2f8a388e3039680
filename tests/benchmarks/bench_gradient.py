"""How fast the batched gradient is; run by hand: python tests/benchmarks/bench_gradient.py."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from lemmata.solvers import Bounded
from lemmata.solvers.engine import keep_freed_memory
from lemmata.solvers.networks import Data, GradientDescent, Weights, dense, gradient, train

if TYPE_CHECKING:
    from collections.abc import Callable

BATCH, WIDTH, SAMPLES = 512, 6, 4


def best(function: Callable[[], object], repeats: int = 50) -> float:
    """Shortest time of a call in seconds."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def bare_loop(weights: Weights, data: Data) -> None:
    """The gradient of a ReLU network with squared loss in bare NumPy, one instance after the other."""
    for i in range(BATCH):
        matrices = [w[i] for w in weights.matrices]
        hidden, gates, gradients = [data.inputs[i]], [], []
        for w in matrices[:-1]:
            z = w @ hidden[-1]
            gates.append(z > 0)
            hidden.append(z * gates[-1])
        delta = matrices[-1] @ hidden[-1] - data.targets[i]
        for h in reversed(range(len(matrices))):
            gradients.append(delta @ hidden[h].T)
            if h:
                delta = (matrices[h].T @ delta) * gates[h - 1]


def main() -> None:
    """Print time an instance of the loops and of the batched code, and what a step with error bounds costs."""
    rng = np.random.default_rng(0)
    for depth in (2, 3, 4):
        network = dense((WIDTH,) * (depth + 1), activations="relu")
        weights = Weights(matrices=tuple(rng.standard_normal((BATCH, WIDTH, WIDTH)) for _ in range(depth)))
        data = Data(
            inputs=rng.standard_normal((BATCH, WIDTH, SAMPLES)),
            targets=rng.standard_normal((BATCH, WIDTH, SAMPLES)),
        )
        singles = [
            (
                Weights(matrices=tuple(w[i : i + 1] for w in weights.matrices)),
                Data(inputs=data.inputs[i : i + 1], targets=data.targets[i : i + 1]),
            )
            for i in range(BATCH)
        ]
        batched = best(lambda n=network, w=weights, d=data: gradient(n, w, d))
        bare = best(lambda w=weights, d=data: bare_loop(w, d), repeats=5)
        single = best(lambda n=network, s=singles: [gradient(n, w, d) for w, d in s], repeats=3)
        bars = Weights(matrices=tuple(Bounded.exact(w) for w in weights.matrices))
        rule = GradientDescent(step_sizes=0.01)
        step = best(lambda n=network, w=bars, d=data, r=rule: train(n, w, d, rule=r, steps=1))
        print(  # noqa: T201 - a script that reports
            f"depth {depth}: batched {batched / BATCH * 1e6:.2f} us an instance; "
            f"bare NumPy loop {bare / batched:.1f} times slower, "
            f"loop over `gradient` {single / batched:.0f} times; Bounded step {BATCH / step:,.0f} instances/s"
        )


if __name__ == "__main__":
    # As in a trial: one thread a process, and freed memory kept.
    keep_freed_memory()
    with threadpool_limits(1):
        main()
