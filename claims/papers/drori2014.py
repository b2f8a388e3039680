"""Drori, Teboulle 2014: the exact worst case of gradient descent on smooth convex functions."""

from __future__ import annotations

from typing import Any

from lemmata import Max, Rational, conjecture, integer, norm2, positive, smooth_convex, variant, vector
from lemmata.claims import Paper, Read, Reading, Statement, Status
from lemmata.claims.settings.optimization.measured import L, N, distance, initial, value

PAPER = Paper(
    key="drori2014",
    authors="Y. Drori, M. Teboulle",
    title="Performance of first-order methods for smooth convex minimization: a novel approach",
    venue="Mathematical Programming",
    year=2014,
    identifier="arXiv:1206.3209",
    statements=(
        Statement(
            number="Theorem 3.1",
            says="gradient descent with steps up to 1/L: L R^2/(4 N h + 2)",
            read=Read.FULL,
            claims=("gradient-descent",),
        ),
        Statement(
            number="Conjecture 3.1",
            says="the same for every step below 2/L, with the quadratic's rate",
            read=Read.NOT,
            claims=("any-step-size",),
        ),
    ),
)

F = smooth_convex(L=L, upto=4, intervals=integer("pieces", 1, 3))
h = positive("h", high=2, meaning="step size in units of 1/L")
x0 = vector("x0", F.dimension)
_longest = Rational(39, 20)


def descent(f: Any, x0: Any, h: Any, N: int) -> dict[Any, Any]:
    """Gradient descent with step h/L."""
    x = x0
    for _ in range(N):
        x = x - h[:, None] * (f.grad(x) / f.L)
    return {value: f(x), distance: norm2(x), initial: norm2(x0)}


_slope = L * initial / (4 * N * h + 2)
_quadratic = (1 - h) ** (2 * N)
_either = L * initial / 2 * Max(1 / (2 * N * h + 1), _quadratic)
_slow = {x0: 1, **F.huber(1 / (2 * N * h + 1))}
_curved = {x0: 1, **F.most_curved}

gradient_descent = conjecture(
    "After N steps h/L, h <= 1, gradient descent is at most L R^2 / (4 N h + 2) above the minimum",
    key="drori2014/gradient-descent",
    about="""Let f be convex with an L-Lipschitz gradient and a minimizer at distance R from x_0, let 0 < h <= 1, and let
x_{t+1} = x_t - (h/L) grad f(x_t). Then f(x_N) - f_* <= L R^2 / (4 N h + 2) for every N >= 1, and no constant is smaller: the
Huber loss with knee R/(2 N h + 1) attains it.

Why: on that Huber loss all N steps have the same length h R/(2 N h + 1), so the last iterate still stands on the slope. That
nothing is slower follows from the dual of the performance estimation problem.""",
    source=PAPER.at("Theorem 3.1, quoted from a later account"),
    status=Status.THEOREM,
    on=F,
    runs=descent,
    given=[h <= 1],
    then=value <= _slope,
    tight=True,
    near={
        "the Huber loss, any step": {N: 5, **_slow},
        "the Huber loss, longest step": {N: 8, h: 1, **_slow},
        "a quadratic, longest step": {N: 8, h: 1, **_curved},
    },
    findings=False,
    mutants=[
        variant("one per cent less", "the Huber loss attains the bound", then=value <= _slope * Rational(99, 100)),
        variant(
            "4 N h + 3",
            "the constant 2 is that of no step at all, where f(x_0) - f_* can be L R^2 / 2",
            then=value <= L * initial / (4 * N * h + 3),
        ),
        variant(
            "accelerated",
            "gradient descent pays for its N steps only once, a bound in 1/N^2 needs momentum",
            then=value <= 2 * L * initial / (N * h + 1) ** 2,
        ),
        variant(
            "distance instead of function value",
            "where f is flat the iterates hardly move: no rate holds for the distance to the minimizer",
            then=distance <= initial / (2 * N * h + 1),
        ),
        variant(
            "steps up to 1.95/L",
            "a long step overshoots: on L x^2/2 the factor (1 - h)^(2N) is the larger one",
            given=[h <= _longest],
        ),
    ],
)

any_step = conjecture(
    "For every h < 2 gradient descent is slowest on a Huber loss or on a quadratic, whichever is slower",
    key="drori2014/any-step-size",
    about="""Let f be convex with an L-Lipschitz gradient and a minimizer at distance R from x_0, and let 0 < h < 2. Then N steps h/L
of gradient descent reach f(x_N) - f_* <= (L R^2 / 2) max{1/(2 N h + 1), (1 - h)^(2N)}, for every N >= 1. Either branch is
attained: the first by the Huber loss with knee R/(2 N h + 1), the second by L x^2 / 2.

Why doubted: for h <= 1 the first branch is the larger one, and a theorem. For 1 < h < 2 the paper conjectured the maximum from
numerical solutions of the performance estimation problem.""",
    source=PAPER.at("Conjecture 3.1, its number from memory"),
    status=Status.CONJECTURE,
    reading=Reading.FROM_MEMORY,
    note="the conjecture as later papers quote it; said to have been proved since for function values, which was not read",
    on=F,
    runs=descent,
    given=[h < 2],  # noqa: PLR2004 - a relation holds its number
    then=value <= _either,
    tight=True,
    near={
        "the Huber loss, any step": {N: 5, h: Rational(1, 2), **_slow},
        "a quadratic, longest step": {N: 8, h: _longest, **_curved},
    },
    findings=False,
    mutants=[
        variant("Huber branch only", "for h near 2 the quadratic hardly moves", then=value <= _slope),
        variant(
            "quadratic branch only",
            "at h = 1 a quadratic is solved in one step, a Huber loss is not",
            then=value <= L * initial / 2 * _quadratic,
        ),
        variant(
            "2 N h + 2",
            "on the Huber loss every step costs the same share, and no share is left over",
            then=value <= L * initial / 2 * Max(1 / (2 * N * h + 2), _quadratic),
        ),
        variant(
            "exponent 2N + 2",
            "on L x^2/2 each of N steps multiplies the value by (1 - h)^2, none more",
            then=value <= L * initial / 2 * Max(1 / (2 * N * h + 1), (1 - h) ** (2 * N + 2)),
        ),
        variant(
            "mean of the branches",
            "each branch is the truth for one function, no function is bound by both",
            then=value <= L * initial / 4 * (1 / (2 * N * h + 1) + _quadratic),
        ),
    ],
)
