"""Min, Tarmoun, Vidal, Mallada 2021: two slips of a printed proof, as negative controls, with their repair."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Decided, Mutant, Reading, Status, WithProbability
from lemmata.claims.papers.min2021 import PAPER
from lemmata.claims.papers.min2021._tail import chances, identity_of_chance
from lemmata.claims.papers.min2021._tail import delta as chance
from lemmata.claims.papers.min2021._wide import (
    bound_at_start,
    delta,
    lemma_width,
    printed_width,
    push,
    reach,
    residual,
    rows_only,
    shrunk,
    stretched,
    target,
    wide_networks,
)

_PROOF = PAPER.at("proof of Theorem 2")
_networks = wide_networks(least=rows_only)

printed_step = Claim(
    key="min2021/printed-step-of-the-constant",
    title="As printed: |E(0)|_F is at most |Y~|_F + |Sigma_x^(-1/2) U_1 V'|_F",
    about="""In the printed proof of Theorem 2 the residual at the initialization, E(0) = Y~ - Sigma_x^(1/2) U_1 V' one equation before, is bounded by
|Y~|_F + |Sigma_x^(-1/2) U_1 V'|_F. The exponent has the wrong sign: where the singular values of the data exceed one the
bound is false. Kept as a negative control; min2021/repaired-step-of-the-constant is its repair, and what follows from it is the
term 4 (lambda_1/lambda_r)^2 m T^2 of h_0, printed as 4 (lambda_1/lambda_r^3) m T^2. The units of X agree with the repair.""",
    source=_PROOF,
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    note="read in full",
    given=_networks,
    when=bound_at_start,
    then=AtMost(left=residual, right=target + shrunk),
    mutants=(
        Mutant(
            name="one more power",
            because="the mistake grows with the power",
            then=AtMost(left=residual, right=target + shrunk**2),
        ),
        Mutant(
            name="the larger of the two",
            because="product and target may add up",
            then=AtMost(left=residual, right=sp.Max(target, shrunk)),
        ),
        Mutant(
            name="half of it",
            because="nothing is there to spare",
            then=AtMost(left=residual, right=(target + shrunk) / 2),
        ),
    ),
)

repaired_step = Claim(
    key="min2021/repaired-step-of-the-constant",
    title="Repaired: |E(0)|_F is at most |Y~|_F + |Sigma_x^(1/2) U_1 V'|_F",
    about="""E(0) = Y~ - Sigma_x^(1/2) U_1 V' in the singular axes of the data, so |E(0)|_F <= |Y~|_F + |Sigma_x^(1/2) U_1 V'|_F. With
|Sigma_x^(1/2) U_1 V'|_F <= lambda_1^(1/2) |U_1 V'|_F the proof of Theorem 2 goes through for h_0 >= 4 (lambda_1/lambda_r)^2 m T^2.

Why: the triangle inequality.""",
    source=_PROOF,
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the repair of the printed step",
    given=_networks,
    when=bound_at_start,
    then=AtMost(left=residual, right=target + stretched),
    proof=Decided(
        shapes=({"outputs": 1, "rank": 1, "unseen": 1},),
        covers="all networks, data and targets of any shape",
        given=(
            "with P = Sigma_x^(1/2) U_1 V' all three sizes are fixed by |Y~|, |P| and <Y~, P>, and the left is largest where P is a multiple of -Y~, as for numbers",
        ),
    ),
    mutants=(
        Mutant(
            name="as printed",
            because="large data stretch what the network has at the initialization",
            then=AtMost(left=residual, right=target + shrunk),
        ),
        Mutant(
            name="the larger of the two",
            because="product and target may add up",
            then=AtMost(left=residual, right=sp.Max(target, stretched)),
        ),
        Mutant(
            name="without the target",
            because="a network near zero has all of its target left to learn",
            then=AtMost(left=residual, right=stretched),
        ),
    ),
)


def _mostly(least: object) -> WithProbability:
    return WithProbability(event=AtMost(left=push, right=least), at_least=1 - delta)


printed_suffices = Claim(
    key="min2021/printed-width-suffices",
    title="As printed: h_0 with lambda_1/lambda_r^3 leaves the initialization at most one in the exponent of C",
    about="""For h > h_0^(1/(4a - 1)) with the printed h_0 = max(16 T^2, 4 (lambda_1/lambda_r^3) m T^2), with probability at least 1 - delta
lambda_1^(1/2) |E(0)|_F / lambda_r <= 1 + lambda_1^(1/2) |Y|_F / lambda_r, as the proof of Theorem 2 concludes from the step
min2021/printed-step-of-the-constant. False for large data of unequal singular values and small targets: the printed term then asks for
nothing. Whether the theorem's own bound fails there is not decided by this. Kept as a negative control; min2021/repaired-width-suffices is its repair.""",
    source=_PROOF,
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    note="read in full",
    given=wide_networks(least=printed_width),
    when=bound_at_start,
    then=_mostly(1 + reach),
    mutants=(
        Mutant(
            name="nothing of its own",
            because="the random product adds to the residual as often as it takes away",
            then=_mostly(reach),
        ),
        Mutant(
            name="the width of Lemma 1",
            because="the lemma knows nothing of the data",
            given=wide_networks(least=lemma_width),
        ),
        Mutant(
            name="no wider than needed for rank",
            because="a square Gaussian initialization has a product of the size of its entries",
            given=_networks,
        ),
    ),
)

t = sp.Symbol("t", positive=True)
_T = {t: sp.log(2 / chance) / 2}


def _covered(tail: sp.Expr) -> AtMost:
    """The tail at t = log(2/delta)/2 is at most delta."""
    return AtMost(left=tail, right=chance, where=_T)


_QUOTED, _USUAL = 2 * sp.exp(-(t**2)), 2 * sp.exp(-(t**2) / 2)

printed_tail = Claim(
    key="min2021/printed-tail-covers-every-delta",
    title="As printed: a tail of 2 exp(-t^2) at t = log(2/delta)/2 is at most delta, for every delta in (0, 1)",
    about="""The proof of Lemma 1 quotes the Gaussian tail of singular values as 2 exp(-t^2) and uses it with t = log(2/delta)/2 for every
0 < delta < 1. But 2 exp(-t^2) <= delta means t^2 >= log(2/delta), which is log(2/delta) >= 4 here: delta <= 2 exp(-4), 0.037. Kept as a
negative control. The lemma itself stands on trial for all delta, and has room enough; t = sqrt(log(2/delta)) would do in its proof.""",
    source=PAPER.at("proof of Lemma 1"),
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    note="read in full",
    given=chances(1.0),
    when=identity_of_chance,
    then=_covered(_QUOTED),
    mutants=(
        Mutant(
            name="the usual tail",
            because="2 exp(-t^2/2) is larger still",
            then=_covered(_USUAL),
        ),
        Mutant(
            name="delta up to a tenth",
            because="a tenth is above 2 exp(-4)",
            given=chances(0.1),
        ),
        Mutant(
            name="a tenth of delta to spare",
            because="what does not cover delta does not cover less",
            then=_covered(_QUOTED * sp.Rational(10, 9)),
        ),
    ),
)

repaired_tail = Claim(
    key="min2021/small-delta-is-covered",
    title="Repaired: the quoted tail covers delta <= 2 exp(-4), and no more",
    about="""For 0 < delta <= 2 exp(-4), 2 exp(-t^2) <= delta at t = log(2/delta)/2, with equality at the end of the range. The usual tail
2 exp(-t^2/2) needs delta <= 2 exp(-8).

Why: t^2 >= log(2/delta) is log(2/delta) >= 4.""",
    source=PAPER.at("proof of Lemma 1"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the repair of the second of two slips of the printed proof",
    given=chances(float(2 * sp.exp(-4)) * (1 - 1e-12)),
    when=identity_of_chance,
    then=_covered(_QUOTED),
    mutants=(
        Mutant(
            name="every delta",
            because="for delta = 1/2 the tail is 1.24",
            given=chances(1.0),
        ),
        Mutant(
            name="the usual tail",
            because="2 exp(-t^2/2) covers delta <= 2 exp(-8) only",
            then=_covered(_USUAL),
        ),
        Mutant(
            name="half of delta",
            because="at the end of the range the tail is delta",
            then=_covered(2 * _QUOTED),
        ),
    ),
)
