"""Kim, Fessler 2016: the optimized gradient method halves the worst case of Nesterov's fast gradient method."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Hypothesis, Mutant, Paper, Read, Reading, Statement, Status
from lemmata.claims.settings.first_order.smooth import (
    Accelerated,
    L,
    N,
    accelerated_descent,
    initial,
    smooth_convex,
    theta,
    value,
)

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

_rate = L * initial / (2 * theta**2)
_FUNCTIONS = smooth_convex(
    relative=(1.0, 1.0),
    hypotheses=(Hypothesis(name="step 1/L", holds=lambda _, instances: instances["h"] == 1),),
    accelerated=True,
)

optimized_gradient = Claim(
    key="kim2016/optimized-gradient",
    title="After N steps the optimized gradient method is at most L R^2 / (2 theta_N^2) above the minimum",
    about="""Let f be convex with an L-Lipschitz gradient and a minimizer at distance R from x_0 = y_0. With theta_0 = 1,
theta_{t+1} = (1 + sqrt(1 + 4 theta_t^2))/2, and 8 in place of 4 at the last step, let y_{t+1} = x_t - grad f(x_t)/L and
x_{t+1} = y_{t+1} + (theta_t - 1)/theta_{t+1} (y_{t+1} - y_t) + theta_t/theta_{t+1} (y_{t+1} - x_t). Then
f(x_N) - f_* <= L R^2 / (2 theta_N^2) for every N >= 1. No constant is smaller: L x^2/2 and the Huber loss with knee R/theta_N^2
both attain it.

Why: the weighted sum of N + 1 gradients and values that proves the bound is the dual of the performance estimation problem.""",
    source=PAPER.at("Theorem 2, quoted from a later account"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read as a later account quotes it, method and constant included",
    given=_FUNCTIONS,
    when=accelerated_descent(Accelerated.OPTIMIZED),
    then=AtMost(left=value, right=_rate, tight=True),
    mutants=(
        Mutant(
            name="one per cent less",
            because="a quadratic and a Huber loss attain the bound",
            then=AtMost(left=value, right=_rate * sp.Rational(99, 100)),
        ),
        Mutant(
            name="Nesterov's method",
            because="without the over-relaxed term a Huber loss keeps it up to twice as high",
            when=accelerated_descent(Accelerated.NESTEROV),
        ),
        Mutant(
            name="last step like the others",
            because="the factor of the last step belongs to the end of the run, the method is not anytime",
            when=accelerated_descent(Accelerated.UNIFORM),
        ),
        Mutant(
            name="2 theta_N^2 + 1",
            because="the constant is that of no step at all, where theta is 1 and f(x_0) - f_* can be L R^2 / 2",
            then=AtMost(left=value, right=L * initial / (2 * theta**2 + 1)),
        ),
    ),
)

explicit_rate = Claim(
    key="kim2016/explicit-rate",
    title="The optimized gradient method is at most L R^2 / ((N + 1)(N + 1 + sqrt(2))) above the minimum",
    about="""With the hypotheses and the method of kim2016/optimized-gradient, f(x_N) - f_* <= L R^2 / ((N + 1)(N + 1 + sqrt(2))), for every
N >= 1: half of 2 L R^2 / (N + 1)^2, the bound of Nesterov's method, and a little less.

Why: theta_{N-1} >= (N + 1)/2 by induction, so theta_N >= (1 + sqrt(1 + 2 (N + 1)^2))/2 and, theta_N^2 being
theta_N + 2 theta_{N-1}^2, theta_N^2 >= (N + 1)^2/2 + 1/2 + (N + 1)/sqrt(2).""",
    source=PAPER.at("Theorem 2, its second bound"),
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note="the form of the bound was recalled, and derived again",
    given=_FUNCTIONS,
    when=accelerated_descent(Accelerated.OPTIMIZED),
    then=AtMost(left=value, right=L * initial / ((N + 1) * (N + 1 + sp.sqrt(2)))),
    mutants=(
        Mutant(
            name="4 for sqrt(2)",
            because="already one step can end at L R^2 / 8, and 1/12 is less",
            then=AtMost(left=value, right=L * initial / ((N + 1) * (N + 5))),
        ),
        Mutant(
            name="cubic",
            because="no method that adds gradients can do better than 1/N^2",
            then=AtMost(left=value, right=2 * L * initial / (N + 1) ** 3),
        ),
        Mutant(
            name="Nesterov's method",
            because="its own worst case is 4/3 as high after one step, and almost twice after many",
            when=accelerated_descent(Accelerated.NESTEROV),
        ),
    ),
)
