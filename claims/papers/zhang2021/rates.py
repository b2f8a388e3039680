"""Zhang et al. 2021: how fast the gap closes with the number of steps, and which step size is best."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Rate, Reading, Side, Status
from lemmata.claims.papers.zhang2021 import PAPER
from lemmata.claims.papers.zhang2021._moments import C_1, C_2, K, likelihood, posterior, prior
from lemmata.claims.papers.zhang2021._rates import (
    c,
    eta_0,
    gap,
    long_annealing,
    long_runs,
    mean_error,
    one_long_run,
    precision_error,
)

_SETTING = """Gaussian prior and likelihood in one dimension, K leapfrog steps of size eta = eta_0 K^-c with fresh momenta,
eta_0^2 Lambda < 4"""
_NOTE = """one dimension (where precisions commute the gap is a sum over coordinates); read in the anonymous version of the paper under review;
exponents are judged by slopes over K = 2^9 to 2^21"""
_PRINTED = long_runs(210, 215)
_RESOLUTION = sp.Rational(1, 8)


def _at_most(quantity: sp.Expr, exponent: sp.Expr, resolution: sp.Expr = _RESOLUTION) -> Rate:
    return Rate(quantity=quantity, scale=K, exponent=exponent, side=Side.UPPER, resolution=resolution)


_NEXT = Mutant(
    name="1/K",
    because="that is how far the target moves in a step, and one step does not make up for it",
    then=_at_most(mean_error, -1),
)

means = Claim(
    key="zhang2021/means-follow",
    title="With eta ~ K^-c, c >= 1/4, the means of the particles follow their targets within O(K^(2c - 1))",
    about=f"""{_SETTING}, c >= 1/4. Then |m_{{K-1}} - mu(1)| is O(K^(2c - 1)) as K grows.

Why: each step pulls the mean to its target by the share eta^2 Lambda/2, while the target moves by 1/K.""",
    source=PAPER.at("Lemma 1"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=_PRINTED,
    when=long_annealing,
    then=_at_most(mean_error, 2 * c - 1),
    mutants=(
        _NEXT,
        Mutant(
            name="K^(c - 1)",
            because="the pull of a step is quadratic in its size",
            then=_at_most(mean_error, c - 1),
        ),
        Mutant(
            name="a quarter more",
            because="the lag behind a moving target does not shrink faster than its speed over the pull",
            then=_at_most(mean_error, 2 * c - sp.Rational(5, 4)),
        ),
    ),
)

_lag, _own = likelihood / (prior * (eta_0 * K**-c) ** 2 * K), (eta_0 * K**-c) ** 2 * (prior + likelihood) ** 2 / 4

precisions = Claim(
    key="zhang2021/precisions-follow",
    title="At K = 2^18 the precisions are within Lambda_l/(Lambda_p eta^2 K) + eta^2 Lambda^2/4 of their targets",
    about=f"""{_SETTING}, 1/4 <= c <= 3/10. By Lemma 1 the largest |S_{{k-1}}^-1 - Lambda(k/K)| over k is O(K^(2c - 1)). What is judged is an explicit form at
K = 2^18: it is at most Lambda_l/(Lambda_p eta^2 K) + eta^2 Lambda^2/4. The first is the lag behind a moving target, of order K^(2c - 1); the second the
leapfrog's own error, of order K^(-2c), which is no larger exactly from c = 1/4 on.""",
    source=PAPER.at("Lemma 1"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note="an explicit form at one number of steps, its constants derived to leading order and not proved; " + _NOTE,
    given=long_runs(210, 252),
    when=one_long_run,
    then=AtMost(left=precision_error, right=_lag + _own),
    mutants=(
        Mutant(
            name="without the leapfrog's error",
            because="the leapfrog's stationary law is off the target by the square of the step",
            then=AtMost(left=precision_error, right=_lag),
        ),
        Mutant(
            name="without the lag",
            because="the covariance needs 1/(eta^2 Lambda) steps to follow its target",
            given=long_runs(210, 252, first=(0.6, 0.8)),
            then=AtMost(left=precision_error, right=_own),
        ),
        Mutant(
            name="half of the leapfrog's error",
            because="long steps show all of it",
            then=AtMost(left=precision_error, right=_lag / 8 + _own / 2),
        ),
    ),
)

rate = Claim(
    key="zhang2021/gap-rate",
    title="With eta ~ K^-c, c >= 1/4, the gap is O(K^(2c - 1))",
    about=f"""{_SETTING}, c >= 1/4. Then log p(D) - L = O(K^(2c - 1)) as K grows; c = 1/4 gives K^(-1/2). The condition is
sufficient and not necessary: see zhang2021/gap-to-leading-order.""",
    source=PAPER.at("Theorem 1"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=_PRINTED,
    when=long_annealing,
    then=_at_most(gap, 2 * c - 1),
    mutants=(
        Mutant(
            name="the rate of perfect transitions",
            because="1/K would need particles that forget the last temperature in one step",
            then=_at_most(gap, -1),
        ),
        Mutant(
            name="steps of fixed size",
            because="without a correction fixed steps leave a bias, and the gap tends to a positive constant",
            given=long_runs(0, 0),
        ),
        Mutant(
            name="a quarter more",
            because="the order K^(2c - 1) is attained",
            then=_at_most(gap, 2 * c - sp.Rational(5, 4)),
        ),
        Mutant(
            name="noisy gradients",
            because="noise of fixed variance makes the gap grow while eta^2 K does",
            given=long_runs(210, 215, noisy=True),
        ),
    ),
)

_law = C_1 / (eta_0 * K**-c) ** 2 / K + C_2 * (eta_0 * K**-c) ** 4


def _close_to(law: sp.Expr) -> AtMost:
    return AtMost(left=sp.Abs(gap - law), right=law / 20)


leading = Claim(
    key="zhang2021/gap-to-leading-order",
    title="For c from 1/6 to 1/4 the gap is C_1/(eta^2 K) + C_2 eta^4 up to 5 % at K = 2^18, with explicit constants",
    about=f"""{_SETTING}, eta_0^2 Lambda between 1/2 and 3. To leading order log p(D) - L ~ C_1/(eta^2 K) + C_2 eta^4, C_1 the integral of
2 mu'(b)^2 + Lambda'(b)^2/(2 Lambda(b)^3) over the inverse temperature b, here in closed form, and C_2 = (Lambda_p^2 + Lambda^2)/64. What is judged is that
at K = 2^18 it is within 5 % of that for every c from 1/6 to 1/4: the rate K^(2c - 1) holds below c = 1/4 too, and gets better down to c = 1/6.

Why: each transition forgets eta^2 Lambda of the last temperature; what it lags behind costs the squares of the speeds of mean and
precision. The leapfrog's own bias enters the gap with eta^4 only, as the square of its error in the precision.""",
    source=PAPER.at("Theorem 1, sharpened"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived to leading order; the 5 % are measured, not proved; one dimension",
    given=long_runs(140, 210, first=(0.75, 1.7)),
    when=one_long_run,
    then=_close_to(_law),
    mutants=(
        Mutant(
            name="twice the first constant",
            because="the lag costs what it costs: the constant is attained",
            then=_close_to(_law.subs(C_1, 2 * C_1)),
        ),
        Mutant(
            name="only the precision's share",
            because="the mean moves too, and lags behind",
            then=_close_to(_law.subs(C_1, likelihood / 4 * (prior**-2 - posterior**-2))),
        ),
        Mutant(
            name="transitions that forget in proportion to the step",
            because="with fresh momenta the particles move diffusively: a step forgets by the square of its size",
            then=_close_to(C_1 / (eta_0 * K**-c) / K + C_2 * (eta_0 * K**-c) ** 4),
        ),
        Mutant(
            name="steps of fixed size",
            because="the leading order in the step is not enough where steps do not shrink",
            given=long_runs(0, 0),
        ),
    ),
)

sixth = Claim(
    key="zhang2021/a-sixth-is-better",
    title="With c = 1/6 the gap falls like K^(-2/3), the best exponent: it is max(2c - 1, -4c)",
    about=f"""{_SETTING}, c = 1/6. Then log p(D) - L ~ (C_1/eta_0^2 + C_2 eta_0^4) K^(-2/3), with the constants of zhang2021/gap-to-leading-order. As the two orders C_1/(eta^2 K) and C_2 eta^4
meet there, no other c does better: the exponent is max(2c - 1, -4c). The paper's K^(-1/2) at c = 1/4 is the best of its range c >= 1/4 only.""",
    source=PAPER.at("Theorem 1, the optimal rate"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived to leading order, and measured; " + _NOTE,
    given=long_runs(140, 140, first=(0.7, 1.0)),
    when=long_annealing,
    then=Rate(quantity=gap, scale=K, exponent=sp.Rational(-2, 3), resolution=sp.Rational(1, 14)),
    mutants=(
        Mutant(
            name="K^(-1/2)",
            because="that is the exponent at c = 1/4",
            then=Rate(quantity=gap, scale=K, exponent=sp.Rational(-1, 2)),
        ),
        Mutant(
            name="K^(-3/4)",
            because="neither order falls faster than K^(-2/3) here",
            then=Rate(quantity=gap, scale=K, exponent=sp.Rational(-3, 4)),
        ),
        Mutant(
            name="at c = 1/4",
            because="longer steps than these mix better, and their bias does not yet count",
            given=long_runs(210, 210, first=(0.7, 1.0)),
        ),
    ),
)

best = Claim(
    key="zhang2021/no-exponent-beats-one-half",
    title="No exponent c of the step size closes the gap faster than K^(-1/2)",
    about=f"""{_SETTING}. If K^(-1/2) were the optimal rate of the algorithm, and not only of the range c >= 1/4, the gap would be at least of the order
K^(-1/2) for every c. It is not, for c between 1/8 and 1/4: at c = 1/6 it falls like K^(-2/3).""",
    source=PAPER.at("Theorem 1, 'the optimal rate' read without its range"),
    status=Status.REFUTED,
    reading=Reading.SPECIAL_CASE,
    note="a reading of one word that the theorem does not ask for; " + _NOTE,
    given=long_runs(140, 200),
    when=long_annealing,
    then=Rate(quantity=gap, scale=K, exponent=sp.Rational(-1, 2), side=Side.LOWER),
    mutants=(
        Mutant(
            name="K^(-2/5)",
            because="a larger lower bound fails a fortiori",
            then=Rate(quantity=gap, scale=K, exponent=sp.Rational(-2, 5), side=Side.LOWER),
        ),
        Mutant(
            name="exactly K^(-1/2)",
            because="the exponent moves with c",
            then=Rate(quantity=gap, scale=K, exponent=sp.Rational(-1, 2)),
        ),
        Mutant(
            name="no vanishing gap at all",
            because="particles that take shrinking steps follow ever more slowly moving targets ever better",
            then=Rate(quantity=gap, scale=K, exponent=0, side=Side.LOWER),
        ),
    ),
)

_before, _after = eta_0**2 * prior / 4, eta_0**2 * posterior / 4
_left = (1 / (1 - _before) - 1 + sp.log(1 - _before) - _after - sp.log(1 - _after)) / 2


def _constant_gap(constant: sp.Expr) -> Rate:
    return Rate(quantity=gap, scale=K, exponent=0, constant=constant)


fixed = Claim(
    key="zhang2021/bias-of-fixed-steps",
    title="Steps of fixed size leave KL(p_0 | pi_0) + KL(pi_1 | posterior), pi_b the leapfrog's stationary law: C_2 eta^4 + ...",
    about=f"""{_SETTING}, c = 0. The leapfrog with fresh momenta has the stationary variance (1 - eta^2 Lambda/4)/Lambda. As K grows the gap tends to the divergence of
the prior from that law at b = 0 plus that of that law at b = 1 from the posterior: with x = eta^2 Lambda_p/4 and y = eta^2 Lambda/4,
(1/(1 - x) - 1 + log(1 - x) - y - log(1 - y))/2 = C_2 eta^4 + O(eta^6), C_2 = (Lambda_p^2 + Lambda^2)/64.""",
    source=PAPER.at("Theorem 1, below its range"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived, and measured; " + _NOTE,
    given=long_runs(0, 0),
    when=long_annealing,
    then=_constant_gap(_left),
    mutants=(
        Mutant(
            name="no bias at the prior",
            because="the first step already leaves the prior, which is not the leapfrog's law",
            then=_constant_gap((-_after - sp.log(1 - _after)) / 2),
        ),
        Mutant(
            name="leading order only",
            because="at steps of this size the next order counts",
            then=_constant_gap((prior**2 + posterior**2) / 64 * eta_0**4),
        ),
        Mutant(
            name="it vanishes like 1/K",
            because="the momenta keep the bias of every step",
            then=Rate(quantity=gap, scale=K, exponent=-1),
        ),
    ),
)
