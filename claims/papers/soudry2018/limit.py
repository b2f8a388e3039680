"""Soudry, Hoffer, Nacson, Gunasekar, Srebro 2018: where gradient flow settles beside the maximal margin, with constants."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status, entrywise, greatest, tightened, total
from lemmata.claims.papers.soudry2018 import PAPER
from lemmata.claims.papers.soudry2018._limit import (
    across,
    along,
    drift,
    dual_weights,
    forward_pointing,
    late_separable,
    least_score,
    on_the_asymptote,
    p,
    residual_flow,
    size,
    tail,
)
from lemmata.claims.settings.separable import margin

residual_settles = Claim(
    key="soudry2018/residual-settles",
    title="In log time the distance of w to tau w_hat + w_tilde grows by no more than the samples beside the support allow",
    about="""L(w) = sum_n exp(-z_n.w), gradient flow in t, tau = log t. Let w_hat be the vector of least norm with z_n.w_hat >= 1 for all n,
w_hat = sum_n alpha_n z_n over linearly independent support vectors with all alpha_n > 0, and let exp(-z_n.w_tilde) = alpha_n for
them. Then r = w - tau w_hat - w_tilde has d(|r|^2/2)/dtau <= exp(-1) sum exp(-(z_n.w_hat - 1) tau - z_n.w_tilde), the sum over the
other samples, at every w and tau. Integrated: w - w_hat log t stays bounded, with an explicit bound, for almost every data set.
Attained where only one sample beside the support vectors sees r.

Why: support vectors contribute -alpha_n x (exp(x) - 1) with x = -z_n.r, never positive; the others x exp(-x) <= exp(-1) each.""",
    source=PAPER.at("bounded residual (Theorem 4, numbered from memory)"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="for gradient flow and the exponential loss, at a point; the paper states that the residual is bounded",
    given=late_separable(),
    when=residual_flow(),
    then=AtMost(left=drift, right=sp.exp(-1) * tail, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100), because="x exp(-x) attains exp(-1)"),
        Mutant(
            name="support vectors alone",
            because="the other samples push as well, though less and less",
            then=AtMost(left=drift, right=0 * tail),
        ),
        Mutant(
            name="no residual",
            because="w_hat log t alone is not where the flow settles",
            when=residual_flow(residual=None, variant="w_tilde left out"),
        ),
        Mutant(
            name="alpha squared",
            because="the residual balances the pulls alpha_n of the support vectors themselves",
            when=residual_flow(
                residual=lambda p, gamma: dual_weights(p, gamma) * dual_weights(p, gamma), variant="alpha^2 for alpha"
            ),
        ),
        Mutant(
            name="weights that sum to one",
            because="the dual variables sum to 1/gamma^2",
            when=residual_flow(residual=lambda p, _: p, variant="p for alpha"),
        ),
    ),
)

H = sp.Symbol("H", real=True)
_H = {H: -total(entrywise(lambda share: share * sp.log(share), p))}
_deficit = margin * size - least_score
_second_order = margin * across / (2 * along)

margin_constant = Claim(
    key="soudry2018/margin-constant",
    title="The margin's deficit |w| gamma - min <z_n, w> tends to H(p) + log p_max: the constant in O(1/log t)",
    about="""With linearly independent support vectors of weights p_n > 0 (alpha = p/gamma^2, sum p_n = 1), on the asymptote
w = tau w_hat + w_tilde of gradient flow, the deficit delta = gamma |w| - min <z_n, w> over the support vectors has
|delta - H(p) - log p_max| <= gamma b/(2 a), H the entropy, a the length of w along w_hat and b the squared length across, b fixed
and a growing like tau/gamma. With soudry2018/residual-settles: the margin is gamma - gamma (H(p) + log p_max)/log t to first
order, whatever the step size, and the first order vanishes only if p is uniform.

Why: along w_hat, gamma a = tau - sum_n p_n log alpha_n, and the least score is tau - log max alpha_n.""",
    source=PAPER.at("rate of the margin (Theorem 5, numbered from memory): its constant"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; the paper states O(1/log t). Of the asymptote, which the flow approaches in this setting",
    given=late_separable(times=(4.0, 10_000.0), hypotheses=(forward_pointing,)),
    when=on_the_asymptote,
    then=AtMost(left=sp.Abs(_deficit - H - sp.log(greatest(p))), right=_second_order, where=_H, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100), because="for late times the square root is its first-order term"),
        Mutant(
            name="entropy alone",
            because="the least score belongs to the heaviest support vector, not to the mean",
            then=AtMost(left=sp.Abs(_deficit - H), right=_second_order, where=_H),
        ),
        Mutant(
            name="no deficit",
            because="support vectors of unequal weight stay apart",
            then=AtMost(left=sp.Abs(_deficit), right=_second_order),
        ),
        Mutant(
            name="quadratic in time",
            because="the norm exceeds its part along w_hat by b/(2a), first order in 1/tau",
            then=AtMost(left=sp.Abs(_deficit - H - sp.log(greatest(p))), right=_second_order / along, where=_H),
        ),
    ),
)
