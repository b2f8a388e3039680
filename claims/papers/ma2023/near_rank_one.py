"""Ma, Lavaei, Sojoudi 2023: v-eigenvalues, and how near to rank one a small initialization leads."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Decided, Mutant, Rate, Reading, Status, dropped
from lemmata.claims.papers.ma2023 import PAPER, SETTING
from lemmata.claims.papers.ma2023._near_rank_one import (
    DEFINITE,
    DOMINANT,
    UNEQUAL,
    certified_tensors,
    defect,
    deflation_scale,
    eta,
    in_the_span,
    kappa,
    l,
    left_over,
    lengthy,
    linear_regime,
    paired,
    rates,
    ratio,
    residual_scale,
    rest,
    s_1,
    s_2,
    second_top,
    small_initializations,
    t,
    tensors,
    top,
    x_along,
    x_norm,
)

_LINEAR = f"""{SETTING}. U = I_r (x) K(M*) with singular values s_1 > s_2 >= ..., v_1 the vector of s_1, w_0 = eps x_0^(x)l, step size eta, eps -> 0: the regime in which the theorem is
proved. The ratio of v-eigenvalues is read as deflation, lambda_2' = max |w(v, ..., v)| over unit v orthogonal to the best rank-one direction w_s"""
_NOTE = "the printed second v-eigenvalue vanishes (ma2023/printed-v-eigenvalues-vanish); read as deflation, n = 2"
_bound = (x_norm / x_along) ** l * ((1 + eta * s_2**l) / (1 + eta * s_1**l)) ** t

vanishing = Claim(
    key="ma2023/printed-v-eigenvalues-vanish",
    title="Definition 9: the k-th v-eigenvalue as printed is zero for every tensor and k >= 2",
    about=f"""{SETTING}. lambda_k^v(w) is printed as the largest, over spans S of k orthogonal symmetric rank-one tensors, of min over u in S of |<w, u>|/|u|_F^2. For k >= 2 each S holds
u = <w, y^(x)l> x^(x)l - <w, x^(x)l> y^(x)l with <w, u> = 0, so the minimum is zero: every tensor is "kappa-rank-1" for every kappa, and statements on the ratio say nothing
until they are read in another way.""",
    source=PAPER.at("Definition 9"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=tensors(),
    when=in_the_span(),
    then=AtMost(left=paired, right=0),
    proof=Decided(
        shapes=({"l": 2},),
        covers="tensors of every order and orthogonal vectors x, y of the plane",
        given=(
            "w enters through <w, x^(x)l> and <w, y^(x)l> alone, two numbers that matrices give any values already",
        ),
    ),
    mutants=(
        Mutant(
            name="the first",
            because="a span of one tensor has no kernel",
            when=in_the_span("one"),
        ),
        Mutant(
            name="other weights",
            because="the kernel of <w, .> is one line of the plane",
            when=in_the_span("own"),
        ),
        Mutant(
            name="a positive minimum",
            because="it vanishes at an element that is not zero",
            then=AtLeast(left=paired, right=lengthy / 10**6),
        ),
    ),
)

printed_lemma_2 = Claim(
    key="ma2023/lemma-2",
    title="Lemma 2: the ratio of v-eigenvalues is at most (|x_0|/|v_1.x_0|)^l ((1 + eta s_2^l)/(1 + eta s_1^l))^t",
    about=f"""{_LINEAR}. Printed for any U. False where U has a negative eigenvalue of the largest size: for l = 3 and U = diag(1.08, -5) (sensing matrices diag(1, -5), .2 I, .2 diag(1, -1)
and .2 times the exchange, M* = e_1 e_1') products of two factors -5 and one 1.08 win, and the ratio tends to 1/sqrt2. For U positive semidefinite it is true:
ma2023/lemma-2-repaired. Kept as a negative control.""",
    source=PAPER.at("Lemma 2, eq. (6)"),
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    note=_NOTE,
    given=small_initializations(),
    when=linear_regime(),
    then=AtMost(left=ratio, right=_bound),
    mutants=(
        Mutant(
            name="ten times the bound",
            because="the bound goes to zero, the ratio does not",
            when=linear_regime(1),
            then=AtMost(left=ratio, right=10 * _bound),
        ),
        Mutant(
            name="the largest eigenvalue is the largest singular value",
            because="a negative eigenvalue of less size still keeps w away from rank one for longer",
            given=small_initializations(DOMINANT),
        ),
        Mutant(
            name="squared",
            because="the rate is not the matter",
            then=AtMost(left=ratio, right=_bound**2),
        ),
    ),
)

_dominant = small_initializations(DOMINANT)
_DOMINANT = Mutant(
    name="the largest eigenvalue is the largest singular value",
    because="a negative eigenvalue makes entries of opposite signs, which keep w away from rank one for longer",
    given=_dominant,
)

lemma_2 = Claim(
    key="ma2023/lemma-2-repaired",
    title="For U positive semidefinite the deflation ratio obeys the bound of Lemma 2 at every step",
    about=f"""{_LINEAR}. If U is positive semidefinite, the ratio is at most (|x_0|/|v_1.x_0|)^l ((1 + eta s_2^l)/(1 + eta s_1^l))^t for all t at which w is small. It is not enough that the largest
eigenvalue of U is its largest singular value: for U = diag(1, -.95), l = 6 the ratio is five times the bound for a while.""",
    source=PAPER.at("Lemma 2, eq. (6), with the hypothesis that it needs"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="n = 2; times up to the printed t(kappa, l). Not proved",
    given=small_initializations(DEFINITE),
    when=linear_regime(),
    then=AtMost(left=ratio, right=_bound),
    mutants=(
        dropped(DEFINITE.name, because="products with an even number of negative factors are positive, and grow"),
        _DOMINANT,
        Mutant(
            name="as if x_0 were v_1",
            because="what x_0 has along the other vectors has to fade first",
            then=AtMost(left=ratio, right=((1 + eta * s_2**l) / (1 + eta * s_1**l)) ** t * (x_norm / x_along)),
        ),
        Mutant(
            name="twice as fast",
            because="the rate is attained",
            when=linear_regime(1),
            then=AtMost(left=ratio, right=_bound**2),
        ),
    ),
)

printed_theorem_1 = Claim(
    key="ma2023/theorem-1",
    title="Theorem 1: from t(kappa, l) on the iterates are kappa-rank-1",
    about=f"""{_LINEAR}. Printed for any U: at t >= t(kappa, l) = ceil(log(|x_0|^l/(kappa |v_1.x_0|^l))/log((1 + eta s_1^l)/(1 + eta s_2^l))), while w is small, the ratio is at most
kappa. False for odd l and U = diag(1.08, -5): the ratio stays at 1/sqrt2 for every eps. For even l the wrong factors do not win. Kept as a negative
control; with the hypothesis that it needs it is ma2023/theorem-1-repaired.""",
    source=PAPER.at("Theorem 1, eq. (9)"),
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    note=_NOTE,
    given=small_initializations(),
    when=linear_regime(1),
    then=AtMost(left=ratio, right=kappa),
    mutants=(
        Mutant(
            name="its root",
            because="the ratio may stay at 1/sqrt2, whatever kappa",
            then=AtMost(left=ratio**2, right=kappa),
        ),
        Mutant(
            name="the largest eigenvalue is the largest singular value",
            because="t(kappa, l) counts the entries with all indices off v_1; with a negative eigenvalue others are slower",
            given=small_initializations(DOMINANT),
        ),
        Mutant(
            name="at once",
            because="at the beginning nothing has faded",
            when=linear_regime(),
            then=AtMost(left=ratio, right=kappa**2),
        ),
    ),
)

theorem_1 = Claim(
    key="ma2023/theorem-1-repaired",
    title="For U positive semidefinite the iterates are kappa-rank-1, by deflation, from the printed t(kappa, l) on",
    about=f"""{_LINEAR}. If U is positive semidefinite and s_1 > s_2, then the ratio is at most kappa at every t >= t(kappa, l) for which w is still small. Once
|w_t| is of order one nothing is said.""",
    source=PAPER.at("Theorem 1, with the hypothesis that it needs"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="n = 2, t(kappa, l) to twice that",
    given=small_initializations(DEFINITE),
    when=linear_regime(1),
    then=AtMost(left=ratio, right=kappa),
    mutants=(
        dropped(DEFINITE.name, because="products with an even number of negative factors are positive, and grow"),
        _DOMINANT,
        Mutant(
            name="half the time",
            because="the initialization has not faded yet",
            when=linear_regime(),
            then=AtMost(left=ratio, right=kappa**2),
        ),
        Mutant(
            name="to the fourth power",
            because="at t(kappa, l) the ratio is of the order of kappa",
            then=AtMost(left=ratio, right=kappa**4),
        ),
    ),
)


def _fades(quantity: sp.Expr, scale: sp.Expr, power: int = 1) -> Rate:
    return Rate(quantity=quantity, scale=scale, exponent=power)


deflation_rate = Claim(
    key="ma2023/deflation-ratio-has-the-printed-rate",
    title="The deflation ratio fades exactly like ((1 + eta s_2^l)/(1 + eta s_1^l))^t",
    about=f"""{_LINEAR}. For U positive definite and l >= 3 the ratio is Theta of ((1 + eta s_2^l)/(1 + eta s_1^l))^t as t grows while w is small: the rate of Theorem 1 is right, for this
measure.""",
    source=PAPER.at("Theorem 1, its rate"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; n = 2",
    given=small_initializations(UNEQUAL, signed=False),
    when=rates,
    then=_fades(ratio, deflation_scale),
    mutants=(
        Mutant(
            name="the rate of the residual",
            because="that is the entry with two indices off v_1, this the one with all",
            then=_fades(ratio, residual_scale),
        ),
        Mutant(
            name="twice as fast",
            because="it is attained",
            then=_fades(ratio, deflation_scale, 2),
        ),
        Mutant(
            name="it stays",
            because="it fades",
            then=_fades(ratio, deflation_scale, 0),
        ),
    ),
)

residual_rate = Claim(
    key="ma2023/residual-fades-with-the-square-of-s2",
    title="What the best rank-one tensor leaves fades like ((1 + eta s_1^(l-2) s_2^2)/(1 + eta s_1^l))^t only",
    about=f"""{_LINEAR}. For U positive definite and l >= 3, |w - lambda_1 w_s^(x)l|_F/lambda_1 is Theta of ((1 + eta s_1^(l-2) s_2^2)/(1 + eta s_1^l))^t. At a fixed eta s_1^l this does not depend on l: by
distance from rank one, a higher order is no closer.

Why: w_s takes up the entries with one index off v_1; those with two remain.""",
    source=PAPER.at("Theorem 1, in terms of the distance from rank one"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; n = 2",
    given=small_initializations(UNEQUAL, signed=False),
    when=rates,
    then=_fades(defect, residual_scale),
    mutants=(
        Mutant(
            name="the printed rate",
            because="it is that of deflation, and grows with l",
            then=_fades(defect, deflation_scale),
        ),
        Mutant(
            name="quadratically",
            because="the entries themselves are left, not their squares",
            then=_fades(defect, residual_scale, 2),
        ),
        Mutant(
            name="the deflation ratio in its place",
            because="deflation looks at the entry with all indices off v_1",
            then=_fades(ratio, residual_scale),
        ),
    ),
)

printed_proposition_1 = Claim(
    key="ma2023/proposition-1",
    title="Proposition 1: for a kappa-rank-1 tensor |w - lambda_1 w_s^(x)l|_S <= kappa lambda_1",
    about=f"""{SETTING}. A symmetric w is lambda_1 w_s^(x)l + w_dagger with w_dagger orthogonal to w_s^(x)l; if lambda_2 <= kappa lambda_1 then |w_dagger(v, ..., v)| <= kappa lambda_1 for unit v. False for l >= 3, read as
deflation: w = 4 e_1^(x)3 + 3 sym(e_1 e_2 e_2) has lambda_1 = 4 at e_1 and w(e_2, e_2, e_2) = 0, so kappa = 0, but w_dagger(v, v, v) = 3 v_1 v_2^2. As printed, with
lambda_2 = 0 for all tensors, it would say that every tensor is of rank one. Tensors are made from a certificate that e_1 is the maximizer. Kept as a negative control.""",
    source=PAPER.at("Proposition 1"),
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    note="read as deflation; n = 2, l from 3 to 5",
    given=certified_tensors(3, 5),
    when=left_over,
    then=AtMost(left=rest, right=second_top),
    mutants=(
        Mutant(
            name="twice kappa",
            because="kappa may be zero",
            then=AtMost(left=rest, right=2 * second_top),
        ),
        Mutant(
            name="by the printed definition",
            because="not every tensor is of rank one",
            then=AtMost(left=rest, right=0),
        ),
        Mutant(
            name="and a quarter of lambda_1",
            because="entries with two indices off e_1 may come to 0.38 lambda_1 in the form",
            then=AtMost(left=rest, right=second_top + top / 4),
        ),
    ),
)

proposition_1 = Claim(
    key="ma2023/proposition-1-for-matrices",
    title="For l = 2 a kappa-rank-1 matrix is within kappa lambda_1 of its best rank-one part",
    about=f"""{SETTING}. For l = 2 deflation and distance are the same: |w - lambda_1 w_s w_s'|_2 = lambda_2'. For every l, |w_dagger(v, ..., v)| <= 2 lambda_1.""",
    source=PAPER.at("Proposition 1, where it is true"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; n = 2",
    given=certified_tensors(2, 2),
    when=left_over,
    then=AtMost(left=rest, right=second_top, tight=True),
    mutants=(
        Mutant(
            name="order three",
            because="entries with two indices off e_1 are seen by neither lambda_1 nor lambda_2'",
            given=certified_tensors(3, 3),
        ),
        Mutant(
            name="half of it",
            because="it is attained at e_2",
            then=AtMost(left=rest, right=second_top / 2),
        ),
        Mutant(
            name="quadratically",
            because="distance is linear in lambda_2'",
            then=AtMost(left=rest * top, right=second_top**2),
        ),
    ),
)
