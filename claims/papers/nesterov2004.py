"""Nesterov 2004: how fast gradient descent contracts on strongly convex functions, and what no gradient method can beat."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import (
    AtLeast,
    AtMost,
    Claim,
    Decided,
    Mutant,
    Paper,
    Read,
    Reading,
    Statement,
    Status,
    exponent,
    tightened,
)
from lemmata.claims.settings.first_order import chain
from lemmata.claims.settings.first_order.chain import chains, gap, k, span_methods
from lemmata.claims.settings.first_order.quadratics import (
    eta,
    mu,
    strongly_convex,
    strongly_convex_descent,
)
from lemmata.claims.settings.first_order.smooth import L, N, distance, initial, step_within

PAPER = Paper(
    key="nesterov2004",
    authors="Y. Nesterov",
    title="Introductory Lectures on Convex Optimization: A Basic Course",
    venue="Kluwer",
    year=2004,
    identifier="10.1007/978-1-4419-8853-9",
    statements=(
        Statement(
            number="Theorem 2.1.15",
            says="gradient descent on strongly convex functions contracts linearly",
            read=Read.PART,
            claims=("strongly-convex-rate", "strongly-convex-any-step"),
        ),
        Statement(
            number="Theorem 2.1.7",
            says="no method in the span of gradients is faster than 3 L R^2/(32 (k + 1)^2)",
            read=Read.PART,
            claims=("lower-bound", "lower-bound-of-the-chain", "distance-lower-bound"),
        ),
    ),
)

_QUOTED = "the theorem was read word for word as notes on the book quote it; "
_SHORT = strongly_convex(relative=(0.05, 1.0), hypotheses=(step_within(0, 1, closed=True),))
_ANY = strongly_convex(relative=(0.05, 1.5))
_book = 1 - 2 * eta * mu * L / (mu + L)
_best = ((L - mu) / (L + mu)) ** (2 * N)
_slow, _fast = sp.Abs(1 - mu * eta), sp.Abs(1 - L * eta)
_ON_A_LINE = Decided(
    shapes=({"dimension": 1, "terms": 1, "pieces": 1, "steps": 1},),
    covers="every mu-strongly convex function with an L-Lipschitz gradient, in any dimension, and any number of steps",
    given=(
        (
            "g = grad f(x) lies in the ball whose diameter runs from mu d to L d, d = x - x_*, and of its points one on the line through d is furthest from d/eta: "
            "the worst is g = c d, mu <= c <= L, and every such pair occurs for a function of one variable with a gradient of one bend on either side"
        ),
        "every step is the first one from a new point",
    ),
)

contraction = Claim(
    key="nesterov2004/strongly-convex-rate",
    title="For eta <= 2/(mu + L), N steps shrink |x - x_*|^2 by (1 - 2 eta mu L/(mu + L))^N",
    about="""Let f be mu-strongly convex with an L-Lipschitz gradient and minimizer x_*, and let 0 < eta <= 2/(mu + L). Gradient descent
with step eta has |x_N - x_*|^2 <= (1 - 2 eta mu L/(mu + L))^N |x_0 - x_*|^2 for every N >= 1. At eta = 2/(mu + L) the factor
is ((L - mu)/(L + mu))^2 and attained by quadratics; for shorter steps it is not sharp.

Why: <grad f(x), x - x_*> >= mu L/(mu + L) |x - x_*|^2 + 1/(mu + L) |grad f(x)|^2.""",
    source=PAPER.at("Theorem 2.1.15, as notes quote it from the later edition"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_QUOTED + "h is the step in units of 2/(mu + L)",
    given=_SHORT,
    when=strongly_convex_descent,
    then=AtMost(left=distance, right=_book**N * initial, tight=True),
    proof=_ON_A_LINE,
    mutants=(
        tightened(sp.Rational(99, 100), because="quadratics attain it with the step 2/(mu + L)"),
        Mutant(
            name="steps up to 3/(mu + L)",
            because="a longer step overshoots where the curvature is L",
            given=_ANY,
        ),
        Mutant(
            name="without L/(mu + L)",
            because="the monotonicity that is left after paying for the squared gradient is the harmonic mean of mu and L",
            then=AtMost(left=distance, right=sp.Abs(1 - 2 * eta * mu) * initial),
        ),
        Mutant(
            name="best step's rate at every step",
            because="a shorter step moves less where the curvature is mu",
            then=AtMost(left=distance, right=_best * initial),
        ),
        Mutant(
            name="one more factor",
            because="N steps multiply N times, and no constant below one stands before the power",
            then=AtMost(left=distance, right=_book ** (N + 1) * initial),
        ),
    ),
)

sharp_contraction = Claim(
    key="nesterov2004/strongly-convex-any-step",
    title="With any step, N steps multiply |x - x_*| by at most max(|1 - mu eta|, |1 - L eta|)^N, and no less",
    about="""Let f be mu-strongly convex with an L-Lipschitz gradient and minimizer x_*. For every eta >= 0 and N >= 1, gradient descent with
step eta has |x_N - x_*| <= max(|1 - mu eta|, |1 - L eta|)^N |x_0 - x_*|; the first branch is attained by mu |x|^2/2, the second
by L |x|^2/2. Both sides are squared here.

Why: grad f(x) = H (x - x_*), H the mean Hessian between them, with eigenvalues in [mu, L].""",
    source=PAPER.at("beside Theorem 2.1.15: the sharp factor at every step"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="classical; the functions here are not quadratic in general",
    given=_ANY,
    when=strongly_convex_descent,
    then=AtMost(left=distance, right=sp.Max(_slow, _fast) ** (2 * N) * initial, tight=True),
    proof=_ON_A_LINE,
    mutants=(
        tightened(sp.Rational(99, 100), because="a quadratic attains either branch"),
        Mutant(
            name="the smaller of the two",
            because="the slowest curvature decides, not the fastest",
            then=AtMost(left=distance, right=sp.Min(_slow, _fast) ** (2 * N) * initial),
        ),
        Mutant(
            name="the branch of mu only",
            because="a long step overshoots where the curvature is L",
            then=AtMost(left=distance, right=_slow ** (2 * N) * initial),
        ),
        Mutant(
            name="the branch of L only",
            because="a short step hardly moves where the curvature is mu",
            then=AtMost(left=distance, right=_fast ** (2 * N) * initial),
        ),
        Mutant(
            name="((L - mu)/(L + mu))^(2N) at every step",
            because="this is the factor of the best step 2/(mu + L), every other step is worse",
            then=AtMost(left=distance, right=_best * initial),
        ),
        Mutant(
            name="exponent 2N + 2",
            because="N steps multiply N times, and no constant below one stands before the power",
            then=AtMost(left=distance, right=sp.Max(_slow, _fast) ** (2 * N + 2) * initial),
        ),
    ),
)

_METHODS = chains()
_bound = 3 * L * initial / (32 * (k + 1) ** 2)
_short_chain = span_methods(length=lambda steps: steps, variant="on a chain of k coordinates")
_tied_chain = span_methods(tie=4, variant="on a chain tied to zero at every coordinate")

lower_bound = Claim(
    key="nesterov2004/lower-bound",
    title="On the worst function every method in the span of gradients is 3 L R^2/(32 (k + 1)^2) above the minimum",
    about="""For every k <= (n - 1)/2 there is a convex quadratic on R^n with an L-Lipschitz gradient on which every method with x_t in
x_0 + span{grad f(x_0), ..., grad f(x_{t-1})} has f(x_k) - f_* >= 3 L R^2 / (32 (k + 1)^2), R = |x_0 - x_*|: the chain
(L/4) (x'A x/2 - x_1), A tridiagonal (-1, 2, -1) on 2k + 1 coordinates, from x_0 = 0. So the rate 1/k^2 of accelerated methods is
optimal. Run are random combinations of the gradients, and the best in the span, which is what conjugate gradients find.

Why: each step reaches one coordinate more, and the chain of k links is L/(16 (k + 1)) above the chain of 2k + 1.""",
    source=PAPER.at("Theorem 2.1.7, as notes on the book quote it"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_QUOTED + "x_0 = 0 by translation; the pull at the end of the chain is arbitrary, which scales R",
    given=_METHODS,
    when=span_methods(),
    then=AtLeast(left=gap, right=_bound),
    mutants=(
        Mutant(
            name="4 for 3",
            because="for long chains the best in the span is 3 L R^2/(32 k^2) above, no more",
            then=AtLeast(left=gap, right=L * initial / (8 * (k + 1) ** 2)),
        ),
        exponent(k + 1, 1, because="accelerated methods do reach 1/k^2"),
        Mutant(
            name="k > (n - 1)/2",
            because="on k coordinates conjugate gradients end at the minimum after k steps",
            when=_short_chain,
        ),
        Mutant(
            name="every coordinate tied to zero",
            because="with eigenvalues away from zero the error decays exponentially",
            when=_tied_chain,
        ),
    ),
)

exact_lower_bound = Claim(
    key="nesterov2004/lower-bound-of-the-chain",
    title="On the chain the best in the span of k gradients is exactly 3 L R^2/(4 (2k + 1)(4k + 3)) above the minimum",
    about="""On the chain of 2k + 1 coordinates every x_k in the span of k gradients has
f(x_k) - f_* >= 3 L R^2 / (4 (2k + 1)(4k + 3)), and conjugate gradients attain it for every k. The constant is above the
theorem's by (k + 1)^2/((k + 1/2)(k + 3/4)), which falls to one as k grows: this is the exact worth of the construction.

Why: the gap is L/(16 (k + 1)) and R^2 = (2k + 1)(4k + 3)/(12 (k + 1)), both exactly, for a pull of one.""",
    source=PAPER.at("Theorem 2.1.7, with R computed and not bounded"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=_METHODS,
    when=span_methods(),
    then=AtLeast(left=gap, right=3 * L * initial / (4 * (2 * k + 1) * (4 * k + 3)), tight=True),
    mutants=(
        tightened(sp.Rational(99, 100), because="conjugate gradients attain it"),
        Mutant(
            name="3 L R^2/(32 k^2)",
            because="the limit of long chains is approached from below",
            then=AtLeast(left=gap, right=3 * L * initial / (32 * k**2)),
        ),
        Mutant(
            name="a chain twice as long",
            because="a longer chain starts further from its minimizer, R^2 grows faster than the gap",
            when=span_methods(length=lambda steps: 4 * steps + 3, variant="on a chain of 4k + 3 coordinates"),
        ),
        Mutant(
            name="every coordinate tied to zero",
            because="with eigenvalues away from zero the error decays exponentially",
            when=_tied_chain,
        ),
    ),
)

distance_bound = Claim(
    key="nesterov2004/distance-lower-bound",
    title="On the worst function k <= (n - 1)/2 steps leave more than an eighth of the squared distance to the minimizer",
    about="""On the chain of 2k + 1 coordinates every x_k in the span of k gradients has |x_k - x_*|^2 >= R^2/8: no rate holds for the
distance to the minimizer of a convex function. The nearest point of the span leaves the share
(k + 2)(2k + 3)/(2 (2k + 1)(4k + 3)), which falls to 1/8 as k grows.

Why: the span reaches k coordinates, the minimizer 1 - i/(2k + 2) has 2k + 1.""",
    source=PAPER.at("Theorem 2.1.7, second inequality, as notes on the book quote it"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_QUOTED + "x_0 = 0 by translation; the pull at the end of the chain is arbitrary, which scales R",
    given=_METHODS,
    when=span_methods(),
    then=AtLeast(left=chain.distance, right=initial / 8),
    mutants=(
        Mutant(
            name="a fifth",
            because="the nearest point of the span leaves a share that falls to an eighth",
            then=AtLeast(left=chain.distance, right=initial / 5),
        ),
        Mutant(
            name="k > (n - 1)/2",
            because="on k coordinates the span holds the minimizer after k steps",
            when=_short_chain,
        ),
        Mutant(
            name="every coordinate tied to zero",
            because="then the minimizer decays along the chain, and its first coordinates are nearly all of it",
            when=_tied_chain,
        ),
    ),
)
