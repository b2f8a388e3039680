"""Drori, Teboulle 2014: the exact worst case of gradient descent on smooth convex functions."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Paper, Read, Reading, Statement, Status
from lemmata.claims.settings.first_order.smooth import (
    L,
    N,
    descent,
    distance,
    h,
    initial,
    smooth_convex,
    step_within,
    value,
)

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

_slope = L * initial / (4 * N * h + 2)
_quadratic = (1 - h) ** (2 * N)
_either = L * initial / 2 * sp.Max(1 / (2 * N * h + 1), _quadratic)

_SHORT = smooth_convex(relative=(0.05, 1.0), hypotheses=(step_within(0, 1, closed=True),))
_ANY = smooth_convex(relative=(0.05, 1.95), hypotheses=(step_within(0, 2, closed=False),))

gradient_descent = Claim(
    key="drori2014/gradient-descent",
    title="After N steps h/L, h <= 1, gradient descent is at most L R^2 / (4 N h + 2) above the minimum",
    about="""Let f be convex with an L-Lipschitz gradient and a minimizer at distance R from x_0, let 0 < h <= 1, and let
x_{t+1} = x_t - (h/L) grad f(x_t). Then f(x_N) - f_* <= L R^2 / (4 N h + 2) for every N >= 1, and no constant is smaller: the
Huber loss with knee R/(2 N h + 1) attains it.

Why: on that Huber loss all N steps have the same length h R/(2 N h + 1), so the last iterate still stands on the slope. That
nothing is slower follows from the dual of the performance estimation problem.""",
    source=PAPER.at("Theorem 3.1, quoted from a later account"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=_SHORT,
    when=descent,
    then=AtMost(left=value, right=_slope, tight=True),
    mutants=(
        Mutant(
            name="one per cent less",
            because="the Huber loss attains the bound",
            then=AtMost(left=value, right=_slope * sp.Rational(99, 100)),
        ),
        Mutant(
            name="4 N h + 3",
            because="the constant 2 is that of no step at all, where f(x_0) - f_* can be L R^2 / 2",
            then=AtMost(left=value, right=L * initial / (4 * N * h + 3)),
        ),
        Mutant(
            name="accelerated",
            because="gradient descent pays for its N steps only once, a bound in 1/N^2 needs momentum",
            then=AtMost(left=value, right=2 * L * initial / (N * h + 1) ** 2),
        ),
        Mutant(
            name="distance instead of function value",
            because="where f is flat the iterates hardly move: no rate holds for the distance to the minimizer",
            then=AtMost(left=distance, right=initial / (2 * N * h + 1)),
        ),
        Mutant(
            name="steps up to 1.95/L",
            because="a long step overshoots: on L x^2/2 the factor (1 - h)^(2N) is the larger one",
            given=smooth_convex(relative=(0.05, 1.95)),
        ),
    ),
)

any_step = Claim(
    key="drori2014/any-step-size",
    title="For every h < 2 gradient descent is slowest on a Huber loss or on a quadratic, whichever is slower",
    about="""Let f be convex with an L-Lipschitz gradient and a minimizer at distance R from x_0, and let 0 < h < 2. Then N steps h/L
of gradient descent reach f(x_N) - f_* <= (L R^2 / 2) max{1/(2 N h + 1), (1 - h)^(2N)}, for every N >= 1. Either branch is
attained: the first by the Huber loss with knee R/(2 N h + 1), the second by L x^2 / 2.

Why doubted: for h <= 1 the first branch is the larger one, and a theorem. For 1 < h < 2 the paper conjectured the maximum from
numerical solutions of the performance estimation problem.""",
    source=PAPER.at("Conjecture 3.1, its number from memory"),
    status=Status.CONJECTURE,
    reading=Reading.FROM_MEMORY,
    note="the conjecture as later papers quote it; said to have been proved since for function values, which was not read",
    given=_ANY,
    when=descent,
    then=AtMost(left=value, right=_either, tight=True),
    mutants=(
        Mutant(
            name="Huber branch only",
            because="for h near 2 the quadratic hardly moves",
            then=AtMost(left=value, right=_slope),
        ),
        Mutant(
            name="quadratic branch only",
            because="at h = 1 a quadratic is solved in one step, a Huber loss is not",
            then=AtMost(left=value, right=L * initial / 2 * _quadratic),
        ),
        Mutant(
            name="2 N h + 2",
            because="on the Huber loss every step costs the same share, and no share is left over",
            then=AtMost(left=value, right=L * initial / 2 * sp.Max(1 / (2 * N * h + 2), _quadratic)),
        ),
        Mutant(
            name="exponent 2N + 2",
            because="on L x^2/2 each of N steps multiplies the value by (1 - h)^2, none more",
            then=AtMost(left=value, right=L * initial / 2 * sp.Max(1 / (2 * N * h + 1), (1 - h) ** (2 * N + 2))),
        ),
        Mutant(
            name="mean of the branches",
            because="each branch is the truth for one function, no function is bound by both",
            then=AtMost(left=value, right=L * initial / 4 * (1 / (2 * N * h + 1) + _quadratic)),
        ),
    ),
)
