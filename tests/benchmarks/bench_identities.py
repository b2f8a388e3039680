"""Rounding of the balance identity, and how many networks are judged a minute.

Run by hand: python tests/benchmarks/bench_identities.py. The residual of the identity G_h W_h' = W_{h+1}' G_{h+1} on
the diagonal is compared with eps times its natural scale, never with the invariant itself; the bound is 4 (k + 3), k
the largest inner dimension. The scale is the largest entry of |G||W|' + |W|'|G| with |G| = |delta||h|', the sum over
samples of absolute values: with the absolute value of the sum instead, samples that cancel make the quotient
arbitrarily large.
"""

from __future__ import annotations

import time

import numpy as np
from threadpoolctl import threadpool_limits

from lemmata.checks import Effort
from lemmata.checks.stages.draws import random_batches
from lemmata.checks.stages.points import draw_points
from lemmata.checks.stages.sample import sample
from lemmata.claims import Claim, find
from lemmata.claims.settings.networks.dense import dense_networks, dense_problem
from lemmata.solvers.networks import gradient

EPSILON = float(np.finfo(float).eps)


def rounding(seed: int, points: int, batch: int) -> tuple[float, float]:
    """Largest residual in units of eps * scale, and the same over its bound 4 (k + 3)."""
    family = dense_networks()
    rng = np.random.default_rng(seed)
    worst, share = 0.0, 0.0
    for point in draw_points(family.parameters, points, seed):
        instances = family.draw(point, rng, batch)
        problem = dense_problem(point, instances)
        found = gradient(problem.network, problem.weights, problem.data, at_zero=problem.at_zero)
        for h in range(problem.network.depth - 1):
            w, v = problem.weights.matrices[h], problem.weights.matrices[h + 1]
            g, k = found.matrices[h], found.matrices[h + 1]
            residual = np.abs((g * w).sum(axis=2) - (v * k).sum(axis=1)).max(axis=1)
            sizes, sizes_above = (
                np.abs(found.deltas[i]) @ np.abs(found.activity.inputs[i]).swapaxes(1, 2) for i in (h, h + 1)
            )
            scale = ((sizes * np.abs(w)).sum(axis=2) + (np.abs(v) * sizes_above).sum(axis=1)).max(axis=1)
            units = np.where(scale > 0, residual / (EPSILON * np.where(scale > 0, scale, 1)), 0)
            inner = max(*point["widths"], int(point["samples"]))
            worst, share = max(worst, float(units.max())), max(share, float(units.max()) / (4 * (inner + 3)))
    return worst, share


def judged_a_minute(claim: Claim) -> float:
    """Network instances a minute through the whole trial: drawn, filtered, run with error bounds, judged."""
    budget = Effort.STANDARD.budget
    start = time.perf_counter()
    tally = sample(claim, random_batches(claim, budget, 0, "bench"), budget, 0, "bench")
    return tally.met / (time.perf_counter() - start) * 60


def main() -> None:
    """Print both."""
    units, share = rounding(seed=0, points=300, batch=256)
    print(f"largest residual: {units:.2f} eps * scale, {share:.3f} of the bound 4 (k + 3)")  # noqa: T201
    for key in ("neuron-law", "gradient-descent-step", "stochastic-step-per-neuron"):
        module = "lemmata.claims.papers.du2018.flow" if key == "neuron-law" else "lemmata.claims.papers.du2018.steps"
        rate = judged_a_minute(find(module, f"du2018/{key}"))
        print(f"{key}: {rate:,.0f} network instances a minute in one process")  # noqa: T201


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
