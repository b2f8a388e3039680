"""Zhang et al. 2021: what differentiable annealed importance sampling misses of the evidence, exactly."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Identity, Mutant, Reading, Status
from lemmata.claims.papers.zhang2021 import PAPER
from lemmata.claims.papers.zhang2021._moments import (
    C_1,
    C_2,
    GAP,
    K,
    both_ways,
    bound,
    d,
    eta,
    evidence,
    gap_in_moments,
    kinetic,
    misplaced,
    on_the_line,
    problems,
    spread,
    volume,
)

_REVIEW = "read in the anonymous version of the paper under review; the wording of the final one may differ"
_SETTING = """Prior N(mu_p, Lambda_p^-1), likelihood precision Lambda_l = X'X around mu_l, and K leapfrog steps of size eta at the
inverse temperatures k/K, each with a fresh momentum"""

gap = Claim(
    key="zhang2021/gap-in-moments",
    title="The gap log p(D) - L is half of |m_K - mu|^2 + tr(Lambda S_K) - d - log(|Lambda|/|Lambda_p|) + the momenta's excess",
    about=f"""{_SETTING}. Let m_K, S_K be mean and covariance of theta_K, m^v_k, S^v_k those of the momentum
after step k, mu, Lambda the posterior's. Then log p(D) - L = (|m_K - mu|_Lambda^2 + tr(Lambda S_K) - d)/2 - log(|Lambda|/|Lambda_p|)/2
+ sum_k (|m^v_k|^2 + tr S^v_k - d)/2. The left side is the mean of the log-weight of particles that are run, a quadratic function of
independent normal numbers, evaluated exactly; the right side comes from the recursion of the moments.""",
    source=PAPER.at("closed form of the gap on linear regression"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_REVIEW,
    given=problems(upto=2, steps=4),
    when=both_ways,
    then=Identity(left=sp.log(evidence) - bound, right=GAP),
    mutants=(
        Mutant(
            name="the momenta's excess subtracted",
            because="momenta that have grown are less likely under a fresh momentum's law, which lowers the weight",
            then=Identity(left=sp.log(evidence) - bound, right=GAP - kinetic),
        ),
        Mutant(
            name="without momenta",
            because="leapfrog steps without correction pay in kinetic energy for what they do not conserve",
            then=Identity(left=sp.log(evidence) - bound, right=GAP - kinetic / 2),
        ),
        Mutant(
            name="the other determinant",
            because="the prior's density is in the weight's denominator",
            then=Identity(left=sp.log(evidence) - bound, right=GAP + volume),
        ),
        Mutant(
            name="without the mean",
            because="a last mean off the posterior's costs its square",
            then=Identity(left=sp.log(evidence) - bound, right=GAP - misplaced / 2),
        ),
    ),
)

not_negative = Claim(
    key="zhang2021/gap-is-not-negative",
    title="The gap is not negative, for every step size and number of steps: the bound is a lower bound",
    about=f"""{_SETTING}. Then log p(D) - L >= 0 for all eta > 0 and K, stable or not.

Why: leapfrog steps keep volumes, so the weight's mean is p(D), and the logarithm is concave: the gap is a divergence of Kullback and
Leibler.""",
    source=PAPER.at("the bound on the marginal likelihood"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_REVIEW,
    given=problems(),
    when=gap_in_moments,
    then=AtLeast(left=GAP, right=0),
    mutants=(
        Mutant(
            name="without momenta",
            because="without their kinetic energy weights no longer average to the evidence",
            then=AtLeast(left=GAP - kinetic / 2, right=0),
        ),
        Mutant(
            name="the momenta's excess subtracted",
            because="its sign is that of a cost",
            then=AtLeast(left=GAP - kinetic, right=0),
        ),
        Mutant(
            name="without the determinants",
            because="the trace alone, minus d, is negative for a covariance that is too small",
            then=AtLeast(left=(misplaced + spread - d) / 2, right=0),
        ),
    ),
)

_law = C_1 / (eta**2 * K) + C_2 * eta**4

below = Claim(
    key="zhang2021/gap-below-its-law",
    title="In one dimension the gap is at most C_1/(eta^2 K) + C_2 eta^4, for every number of steps",
    about=f"""{_SETTING}, in one dimension. The leading order of the gap, C_1/(eta^2 K) + C_2 eta^4 with the constants of
zhang2021/gap-to-leading-order and zhang2021/bias-of-fixed-steps, would bound it for every K and eta. On grids of long runs the quotient of
the two rises to one from below. For few steps it does not hold: one step that is long for the posterior passes the law.""",
    source=PAPER.at("beside Theorem 1"),
    status=Status.REFUTED,
    reading=Reading.COMPANION,
    note="no statement of the paper: what numbers of steps from a few thousand on suggest",
    given=problems(upto=1),
    when=on_the_line,
    then=AtMost(left=GAP, right=_law),
    mutants=(
        Mutant(
            name="without the steps' bias",
            because="long steps leave a bias that no number of them removes",
            then=AtMost(left=GAP, right=C_1 / (eta**2 * K)),
        ),
        Mutant(
            name="half of the law",
            because="the quotient tends to one",
            then=AtMost(left=GAP, right=_law / 2),
        ),
        Mutant(
            name="only the steps' bias",
            because="few steps do not follow the moving target",
            then=AtMost(left=GAP, right=C_2 * eta**4),
        ),
    ),
)
