"""Jiang, Chen, Ding 2022: the random time at which each component is learned, and the tail without columns to spare."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status, WithProbability
from lemmata.claims.papers.jiang2022 import NOTE, PAPER, SETTING, eta, s_r
from lemmata.claims.papers.jiang2022._times import (
    alone,
    c,
    chance,
    extra,
    learned,
    learning,
    predictable_factors,
    predicted,
    random_factors,
    weakness,
)

T = sp.Symbol("T", positive=True)
_unit = 2 * sp.log(1 + eta * s_r)


def _within(bound: sp.Expr) -> AtMost:
    return AtMost(left=T, right=bound, where={T: learned})


_in_time = _within(alone - sp.log(c / 2) / _unit)


def _law(at_least: sp.Expr, at_most: sp.Expr | None = None, event: AtMost = _in_time) -> WithProbability:
    return WithProbability(event=event, at_least=at_least, at_most=at_most, resolution=sp.Rational(1, 20))


def _exactly(probability: sp.Expr, event: AtMost = _in_time) -> WithProbability:
    return _law(probability, probability, event)


learning_time = Claim(
    key="jiang2022/learning-times",
    title="Component r is learned after log(2/chi^2)/(2 log(1 + eta s_r)) steps more than a single number, chi^2 of k - r + 1 degrees",
    about=f"""{SETTING}. Let s_1 > ... > s_{{r+1}} >= 0, r <= k, T the step (interpolated) at which entry (r, r) of F G' in the singular bases is s_r/2 and T_1 the same for
f g -> s_r from f = g = rho, which is log(s_r/rho^2)/(2 log(1 + eta s_r)) for small steps. As rho -> 0, T - T_1 has the law of log(2/chi^2)/(2 log(1 + eta s_r)), chi^2 with
k - r + 1 degrees of freedom: m, n, the other singular values and the step size do not matter. Judged at rho = exp(-30).

Why: once rows 1 to r - 1 are learned, row r is left with its part off them, of k - r + 1 Gaussian coordinates of variance rho^2/2, and moves as one number.""",
    source=PAPER.at("number of iterations and probability of success, recalled"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=NOTE + "; the law at finite steps was derived here",
    given=random_factors(),
    when=learning,
    then=_exactly(chance(extra + 1)),
    mutants=(
        Mutant(
            name="all k columns",
            because="r - 1 directions of the columns belong to the rows above",
            then=_exactly(chance(sp.Symbol("extra") + sp.Symbol("rank"))),
        ),
        Mutant(
            name="k - r columns",
            because="row r itself is not taken away",
            then=_exactly(chance(extra + 2)),
        ),
        Mutant(
            name="variance rho^2",
            because="F and G grow together, through their mean",
            then=_exactly(chance(extra + 1), _within(alone - sp.log(c) / _unit)),
        ),
        Mutant(
            name="time of F alone",
            because="F G' is quadratic",
            then=_exactly(chance(extra + 1), _within(alone - 2 * sp.log(c / 2) / _unit)),
        ),
    ),
)

heavy_tail = Claim(
    key="jiang2022/heavy-tail-without-spare-columns",
    title="With k = r a late component is not exponentially unlikely: its chance is that of a small Gaussian number",
    about=f"""{SETTING}. Let k = r, s_1 > ... > s_r. As rho -> 0 component r is learned by T_1 + log(2/c)/(2 log(1 + eta s_r)) steps (T_1 as in the law of learning times) with
probability erfc(sqrt(c/2)) = 1 - O(sqrt c) exactly, whatever k: later with chance about 0.8 sqrt(c). Judged at rho = exp(-30).

Why: chi^2 with one degree of freedom has density like c^(-1/2) at zero; in the probability recalled from the paper, 1 - (C c)^(k-r+1) - C exp(-k/C), the first
term is of order c itself at k = r (c is there the square root of ours).""",
    source=PAPER.at("probability of success, recalled"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=NOTE,
    given=random_factors(spare=(0, 0), level=(0.02, 0.5)),
    when=learning,
    then=_exactly(sp.erfc(sp.sqrt(c / 2))),
    mutants=(
        Mutant(
            name="exponentially unlikely in k",
            because="with k = r one Gaussian coordinate decides, whatever k",
            then=_law(1 - sp.exp(-2 - sp.Symbol("rank"))),
        ),
        Mutant(
            name="of the order of c",
            because="the density of chi^2 with one degree is unbounded at zero",
            then=_law(1 - c / 2),
        ),
        Mutant(
            name="a late start is as likely as not",
            because="c is small",
            then=_law(sp.Rational(1, 10), sp.Rational(1, 3)),
        ),
    ),
)


_slack = sp.Rational(1, 10)


w = sp.Symbol("w", positive=True)


def _near(prediction: sp.Expr) -> AtMost:
    named = {T: learned, w: weakness} if prediction.has(w) else {T: learned}
    return AtMost(left=sp.Abs(T - prediction), right=_slack, where=named)


foretold = Claim(
    key="jiang2022/learning-times-foretold",
    title="The start alone foretells when each component is learned, to a tenth of a step: on images of digits too",
    about=f"""{SETTING}. Let s_1 > ... > s_r, N the first r rows of (F_0 + G_0)/(2 rho) in the singular bases, w entry (r, r) of (N N')^-1, T_1 the learning time of a single
number f g -> s_r from f = g = rho. As rho -> 0, component r is half learned at step T_1 + log(w)/(2 log(1 + eta s_r)) + o(1). Judged at rho = exp(-60), and on a table of
1797 images at rho = exp(-345), to a tenth of a step: its components appear in order, at steps that the start foretells.

Why: while rows above settle, what is left of row r off them, of squared length 1/w, grows by (1 + eta s_r)^2 a step.""",
    source=PAPER.at("sequential recovery, abstract"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=NOTE,
    given=predictable_factors(),
    when=predicted,
    then=_near(alone + sp.log(w) / _unit),
    mutants=(
        Mutant(
            name="like a single number",
            because="the start of a component is not that of its row but what others leave of it",
            then=_near(alone),
        ),
        Mutant(
            name="twice the delay",
            because="F G' is quadratic: it grows at twice the rate of the factors",
            then=_near(alone + 2 * sp.log(w) / _unit),
        ),
        Mutant(
            name="early starts are late",
            because="a stronger start is learned sooner",
            then=_near(alone - sp.log(w) / _unit),
        ),
    ),
)
