"""Woodworth et al. 2020: what the potential is for small and large initializations, and what bounds the flow above depth two."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status, dot, dropped, entrywise, l1, norm2, total
from lemmata.claims.papers.woodworth2020 import PAPER
from lemmata.claims.papers.woodworth2020._lemmas import (
    BELOW_EXPONENTIAL,
    BELOW_POWER,
    BELOW_SIZE,
    LARGE,
    at_limit,
    deep_problems,
    elsewhere,
    entropy,
    flow_run,
    length,
    points,
    potential_at_a_point,
    pull,
    s,
    unequal_limits,
    unequal_starts,
    w,
)
from lemmata.claims.settings.diagonal.potential import accuracy
from lemmata.claims.settings.diagonal.problems import D, alpha

Q, R, lam = sp.symbols("Q R lambda", positive=True)
_POTENTIAL = {Q: alpha**2 * total(entropy(s))}
_SMALL = _POTENTIAL | {lam: sp.log(alpha**-2)}
_LARGE = _POTENTIAL | {R: alpha**4 * norm2(s)}


def _near(left: sp.Expr, right: sp.Expr, named: dict[sp.Symbol, sp.Expr]) -> AtMost:
    """A bound in the named parts that it uses."""
    used = left.free_symbols | right.free_symbols
    return AtMost(left=left, right=right, where={symbol: meant for symbol, meant in named.items() if symbol in used})


potential_small = Claim(
    key="woodworth2020/potential-is-nearly-the-l1-norm",
    title="For small alpha the potential is log(1/alpha^2) |x|_1 within a fraction epsilon",
    about="""Let Q(x) = alpha^2 sum q(x_i/alpha^2), q(t) = 2 - sqrt(4 + t^2) + t asinh(t/2), and let
alpha <= min(1, |x|_1^(1/2), (2|x|_1)^(-1/(2 epsilon)), exp(-n/(2 epsilon |x|_1))). Then
(1 - epsilon)|x|_1 <= Q(x)/log(1/alpha^2) <= (1 + epsilon)|x|_1 for x in n dimensions.

Why: Q = sum |x_i| (log(|x_i|/alpha^2) - 1) up to small terms, and log|x_i| - 1 is small beside log(1/alpha^2).""",
    source=PAPER.at("Lemma 5"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=points(BELOW_SIZE, BELOW_POWER, BELOW_EXPONENTIAL, small=True),
    when=potential_at_a_point,
    then=_near(sp.Abs(Q - lam * length), accuracy * lam * length, _SMALL),
    mutants=(
        Mutant(
            name="logarithm of 1/alpha",
            because="Q counts alpha^2, the size of a product of two weights: the factor is twice log(1/alpha)",
            then=_near(sp.Abs(Q - lam * length / 2), accuracy * lam * length / 2, _SMALL),
        ),
        Mutant(
            name="exactly the l1 norm",
            because="a finite initialization leaves the entropy of x",
            then=_near(sp.Abs(Q - lam * length), sp.Integer(0), _SMALL),
        ),
        Mutant(
            name="within epsilon^4",
            because="the deviation is of order 1/log(1/alpha), which is of order epsilon at the threshold",
            then=_near(sp.Abs(Q - lam * length), accuracy**4 * lam * length, _SMALL),
        ),
        dropped(BELOW_POWER.name, because="the logarithm of a long x is not small beside that of an alpha near one"),
        dropped(BELOW_EXPONENTIAL.name, because="many small entries have an entropy of order n, whatever their sum"),
    ),
)

potential_large = Claim(
    key="woodworth2020/potential-is-nearly-the-l2-norm",
    title="For large alpha the potential is |x|_2^2/(4 alpha^2) within a fraction epsilon",
    about="""Let Q be the potential of depth two and alpha >= |x|_2^(1/2) (1 + epsilon^(-1/4)). Then
(1 - epsilon)|x|_2^2 <= 4 alpha^2 Q(x) <= (1 + epsilon)|x|_2^2. What is lost is at most a forty-eighth of epsilon.

Why: q(t) = t^2/4 - t^4/192 + ..., and |x_i|/alpha^2 is small.""",
    source=PAPER.at("Lemma 7"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=points(LARGE, small=False),
    when=potential_at_a_point,
    then=_near(sp.Abs(4 * alpha**2 * Q - R), accuracy * R, _LARGE),
    mutants=(
        dropped(LARGE.name, because="where x is long beside alpha^2 the potential grows like |x| log|x|"),
        Mutant(
            name="a two-thousandth of epsilon",
            because="the fourth order of the potential is still seen",
            then=_near(sp.Abs(4 * alpha**2 * Q - R), accuracy * R / 2000, _LARGE),
        ),
        Mutant(
            name="half the curvature",
            because="q''(0) is one half: the potential has 4 alpha^2 below it, not 8",
            then=_near(sp.Abs(8 * alpha**2 * Q - R), accuracy * R, _LARGE),
        ),
        Mutant(
            name="the l1 norm",
            because="the potential adds up squares: it does not know the square of a sum",
            then=_near(sp.Abs(4 * alpha**2 * Q - R), accuracy * R, _POTENTIAL | {R: alpha**4 * l1(s) ** 2}),
        ),
    ),
)


def _prefers(weights: sp.Expr, price: Callable[[sp.Expr], sp.Expr]) -> AtMost:
    """The limit has no more of a weighted price than another interpolator."""
    return AtMost(left=dot(weights, price(at_limit)), right=dot(weights, price(elsewhere)))


def _size(point: sp.Expr) -> sp.Expr:
    return entrywise(sp.Abs, point)


def _square(point: sp.Expr) -> sp.Expr:
    return entrywise(lambda t: t**2, point)


unequal = Claim(
    key="woodworth2020/unequal-starts-minimise-a-weighted-potential",
    title="From unequal weights alpha w_i the limit has the least sum of alpha^2 w_i^2 q(x_i/(alpha^2 w_i^2))",
    about="""Diagonal networks of depth two, x = u^2 - v^2, by gradient flow on |A x - y|^2 from u(0) = v(0) = alpha w with no entry of w
zero. If A x_inf = y then x_inf is, of all x with A x = y, the one of least Q(x) = sum alpha^2 w_i^2 q(x_i/(alpha^2 w_i^2)).

The limit is made here from its dual, x_i = 2 alpha^2 w_i^2 sinh((A' nu)_i), which is the form that x has at all times of
the flow, nu a multiple of the integral of the residual; y = A x is then the problem that it solves.

Why: Q' = asinh(x_i/(2 alpha^2 w_i^2)) lies in the row space of A, the condition of optimality of a convex problem.""",
    source=PAPER.at("Theorem 1, general w_0"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=unequal_starts(),
    when=unequal_limits,
    then=_prefers(w, entropy),
    mutants=(
        Mutant(
            name="unweighted",
            because="each entry is measured in units of its own initialization, and so is its price",
            then=AtMost(left=total(entropy(at_limit)), right=total(entropy(elsewhere))),
        ),
        Mutant(
            name="weights squared",
            because="the price of an entry is counted once in the unit alpha^2 w_i^2, not twice",
            then=_prefers(_square(w), entropy),
        ),
        Mutant(name="least l1 norm", because="that is the limit of small initializations", then=_prefers(w, _size)),
        Mutant(
            name="least l2 norm",
            because="that is the limit of large initializations",
            then=_prefers(_square(w), _square),
        ),
    ),
)

pull_bounded = Claim(
    key="woodworth2020/pull-stays-bounded",
    title="Above depth two |A' int_0^t r|_inf <= alpha^(2 - D)/(D(D - 2)) at all times",
    about="""x = u^D - v^D, D > 2, by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha, r = y - A x. Then
|A' int_0^t r|_inf <= alpha^(2 - D)/(D(D - 2)) for all t, for every A and y. The flow is integrated by the Runge-Kutta
method, u and v beside the integral, up to a time at which most runs have learnt y.

Why: u^(2 - D) = alpha^(2 - D) - D(D - 2) A' int r is positive, and so is v^(2 - D).""",
    source=PAPER.at("Lemma 8"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="with the factor 1/2 in the loss, else r counts twice; of runs up to t = 6, alpha from 0.3 to 1, in units in which |A|_F = 1",
    given=deep_problems(),
    when=flow_run(),
    then=AtMost(left=pull, right=alpha ** (2 - D) / (D * (D - 2))),
    mutants=(
        Mutant(
            name="depth two",
            because="its weights grow exponentially in the integral, which nothing bounds: the bound of the depth spoken of fails",
            when=flow_run(depth=2),
        ),
        Mutant(
            name="without the initialization",
            because="a small initialization has to be pulled longer",
            then=AtMost(left=pull, right=1 / (D * (D - 2))),
        ),
        Mutant(
            name="half",
            because="an entry that grows far beyond its initialization uses up nearly all of the bound",
            then=AtMost(left=pull, right=alpha ** (2 - D) / (2 * D * (D - 2))),
        ),
        Mutant(
            name="one more power of alpha",
            because="the last power of the weights integrates to alpha^(2 - D), not alpha^(3 - D)",
            then=AtMost(left=pull, right=alpha ** (3 - D) / (D * (D - 2))),
        ),
    ),
)
