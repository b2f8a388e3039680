"""Kim, Fessler 2016: the optimized gradient method halves the worst case of Nesterov's fast gradient method."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from lemmata import Rational, conjecture, integer, norm2, smooth_convex, sqrt, variant, vector
from lemmata.claims import Paper, Read, Reading, Statement, Status, quantity
from lemmata.claims.settings.optimization.measured import L, N, initial, value

PAPER = Paper(
    key="kim2016",
    authors="D. Kim, J. A. Fessler",
    title="Optimized first-order methods for smooth convex minimization",
    venue="Mathematical Programming",
    year=2016,
    identifier="arXiv:1406.5468",
    statements=(
        Statement(
            number="Theorem 2",
            says="the optimized gradient method: L R^2/(2 theta_N^2), at most L R^2/((N + 1)(N + 1 + sqrt 2))",
            read=Read.PART,
            claims=("optimized-gradient", "explicit-rate"),
        ),
    ),
)

theta = quantity("theta_N", "last of the factors theta", nonnegative=True)
F = smooth_convex(L=L, upto=4, intervals=integer("pieces", 2, 3))
x0 = vector("x0", F.dimension)


def _factors(one: Any, N: int, *, last: int = 8) -> list[Any]:
    """The factors theta_0, ..., theta_N, with ``last`` in place of the last 4."""
    found = [one]
    for t in range(N):
        found.append((1 + sqrt(1 + (last if t == N - 1 else 4) * found[-1] * found[-1])) / 2)
    return found


def _accelerated(f: Any, x0: Any, N: int, *, last: int, over_relaxed: bool) -> dict[Any, Any]:
    """Theta is always that of the optimized gradient method."""
    x, y, one = x0, x0, f.L * 0 + 1
    for now, following in pairwise(_factors(one, N, last=last)):
        y, old = x - f.grad(x) / f.L, y
        ahead = y + (now - 1) / following * (y - old)
        x = ahead + now / following * (y - x) if over_relaxed else ahead
    return {value: f(x if over_relaxed else y), theta: _factors(one, N)[-1][:, 0], initial: norm2(x0)}


def optimized(f: Any, x0: Any, N: int) -> dict[Any, Any]:
    """The optimized gradient method."""
    return _accelerated(f, x0, N, last=8, over_relaxed=True)


def uniform(f: Any, x0: Any, N: int) -> dict[Any, Any]:
    """The optimized gradient method with a last step like the others."""
    return _accelerated(f, x0, N, last=4, over_relaxed=True)


def nesterov(f: Any, x0: Any, N: int) -> dict[Any, Any]:
    """Nesterov's fast gradient method."""
    return _accelerated(f, x0, N, last=4, over_relaxed=False)


_rate = L * initial / (2 * theta**2)
_NEAR = {
    **{
        f"the Huber loss, {steps} steps": {N: steps, x0: 1, **F.huber(1 / _factors(np.ones(1), steps)[-1][0] ** 2)}
        for steps in (5, 8)
    },
    "a quadratic": {N: 3, x0: 1, **F.most_curved},
}

optimized_gradient = conjecture(
    "After N steps the optimized gradient method is at most L R^2 / (2 theta_N^2) above the minimum",
    key="kim2016/optimized-gradient",
    about="""Let f be convex with an L-Lipschitz gradient and a minimizer at distance R from x_0 = y_0. With theta_0 = 1,
theta_{t+1} = (1 + sqrt(1 + 4 theta_t^2))/2, and 8 in place of 4 at the last step, let y_{t+1} = x_t - grad f(x_t)/L and
x_{t+1} = y_{t+1} + (theta_t - 1)/theta_{t+1} (y_{t+1} - y_t) + theta_t/theta_{t+1} (y_{t+1} - x_t). Then
f(x_N) - f_* <= L R^2 / (2 theta_N^2) for every N >= 1. No constant is smaller: L x^2/2 and the Huber loss with knee R/theta_N^2
both attain it.

Why: the weighted sum of N + 1 gradients and values that proves the bound is the dual of the performance estimation problem.""",
    source=PAPER.at("Theorem 2, quoted from a later account"),
    status=Status.THEOREM,
    note="read as a later account quotes it, method and constant included",
    on=F,
    runs=optimized,
    then=value <= _rate,
    tight=True,
    near=_NEAR,
    findings=False,
    mutants=[
        variant(
            "one per cent less",
            "a quadratic and a Huber loss attain the bound",
            then=value <= _rate * Rational(99, 100),
        ),
        variant(
            "Nesterov's method",
            "without the over-relaxed term a Huber loss keeps it up to twice as high",
            runs=nesterov,
        ),
        variant(
            "last step like the others",
            "the factor of the last step belongs to the end of the run, the method is not anytime",
            runs=uniform,
        ),
        variant(
            "2 theta_N^2 + 1",
            "the constant is that of no step at all, where theta is 1 and f(x_0) - f_* can be L R^2 / 2",
            then=value <= L * initial / (2 * theta**2 + 1),
        ),
    ],
)

explicit_rate = conjecture(
    "The optimized gradient method is at most L R^2 / ((N + 1)(N + 1 + sqrt(2))) above the minimum",
    key="kim2016/explicit-rate",
    about="""With the hypotheses and the method of kim2016/optimized-gradient, f(x_N) - f_* <= L R^2 / ((N + 1)(N + 1 + sqrt(2))), for every
N >= 1: half of 2 L R^2 / (N + 1)^2, the bound of Nesterov's method, and a little less.

Why: theta_{N-1} >= (N + 1)/2 by induction, so theta_N >= (1 + sqrt(1 + 2 (N + 1)^2))/2 and, theta_N^2 being
theta_N + 2 theta_{N-1}^2, theta_N^2 >= (N + 1)^2/2 + 1/2 + (N + 1)/sqrt(2).""",
    source=PAPER.at("Theorem 2, its second bound"),
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note="the form of the bound was recalled, and derived again",
    on=F,
    runs=optimized,
    then=value <= L * initial / ((N + 1) * (N + 1 + sqrt(2))),
    near=_NEAR,
    findings=False,
    mutants=[
        variant(
            "4 for sqrt(2)",
            "already one step can end at L R^2 / 8, and 1/12 is less",
            then=value <= L * initial / ((N + 1) * (N + 5)),
        ),
        variant(
            "cubic",
            "no method that adds gradients can do better than 1/N^2",
            then=value <= 2 * L * initial / (N + 1) ** 3,
        ),
        variant(
            "Nesterov's method",
            "its own worst case is 4/3 as high after one step, and almost twice after many",
            runs=nesterov,
        ),
    ],
)
