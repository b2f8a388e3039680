"""No method that stays in the span of the gradients is faster than 1/k^2."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, Claim, Mutant, Reading, Status, exponent, tightened
from lemmata.claims.papers.nesterov2004 import PAPER
from lemmata.claims.papers.nesterov2004._chain import chains, distance, gap, k, span_methods
from lemmata.claims.settings.optimization.measured import L, initial

_QUOTED = "the theorem was read word for word as notes on the book quote it; "
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
    then=AtLeast(left=distance, right=initial / 8),
    mutants=(
        Mutant(
            name="a fifth",
            because="the nearest point of the span leaves a share that falls to an eighth",
            then=AtLeast(left=distance, right=initial / 5),
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
