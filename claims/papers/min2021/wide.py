"""Min, Tarmoun, Vidal, Mallada 2021: a wide random initialization is imbalanced enough, and ends near the solution of least norm."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Reading, Status, WithProbability
from lemmata.claims.papers.min2021 import PAPER
from lemmata.claims.papers.min2021._imbalance import c, positive_above, positive_below, served_above, served_below
from lemmata.claims.papers.min2021._wide import (
    D,
    a,
    bound_at_start,
    delta,
    h,
    imbalance_at_start,
    m,
    overlap,
    push,
    r,
    reach,
    rows_only,
    wide_networks,
    wide_starts,
)

_SECOND_HAND = "the statement was read in a third party's notes on the paper, not in the paper"


def _mostly(event: AtMost | AtLeast) -> WithProbability:
    return WithProbability(event=event, at_least=1 - delta)


_served = served_below + served_above

wide_imbalance = Claim(
    key="min2021/wide-starts-are-imbalanced",
    title="With probability 1 - delta a wide random initialization has an imbalance above h^(1 - 2a)",
    about="""Let the entries of U_1 (r rows) and V (m rows) be independent N(0, h^(-2a)) and
h >= 12 (sqrt(m + r) + sqrt(2 log(1/delta)))^2. Then with probability at least 1 - delta
lambda_r(U_1'U_1 - V'V) + lambda_m(V'V - U_1'U_1) > h^(1 - 2a), so that the loss decays at least at that rate (up to 2 lambda_r of the
data). In truth the sum concentrates at 2 h^(1 - 2a).

Why: with Z = (V; U_1) and J = diag(-I, I) the sum is that of two eigenvalues of Z'JZ, each at least the least eigenvalue of Z Z'
(Ostrowski), and sigma_min(Z) >= h^(-a) (sqrt(h) - sqrt(m + r) - t) with probability 1 - exp(-t^2/2).""",
    source=PAPER.at("Lemma 1, in the proof of Theorem 2"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_SECOND_HAND + "; the least width is there an unspecified polynomial and here derived, for every a",
    given=wide_starts(),
    when=imbalance_at_start,
    then=_mostly(AtLeast(left=_served, right=h ** (1 - 2 * a))),
    mutants=(
        Mutant(
            name="twice the bound",
            because="2 h^(1 - 2a) is where the sum concentrates, from below for the least of several eigenvalues",
            then=_mostly(AtLeast(left=_served, right=2 * h ** (1 - 2 * a))),
        ),
        Mutant(
            name="exponent of the deviation",
            because="the imbalance is quadratic in the weights: it scales with the variance, not with the deviation",
            then=_mostly(AtLeast(left=_served, right=h ** (1 - a))),
        ),
        Mutant(
            name="the square of the variance",
            because="entries of deviation h^(-2a) are too small: their squares add up to h^(1 - 4a)",
            given=wide_starts(power=2.0),
        ),
        Mutant(
            name="no wider than needed for rank",
            because="a square Gaussian matrix has a least singular value near zero",
            given=wide_starts(least=rows_only),
        ),
    ),
)

B = sp.Symbol("B", positive=True)
_bound = sp.sqrt(m + r) * (2 * sp.sqrt(m + D) + sp.log(2 / delta)) / h ** (2 * a - sp.Rational(1, 2))
_base = (1 + reach) / h ** (1 - 2 * a)


def _ends_within(bound: sp.Expr, base: sp.Expr = _base) -> WithProbability:
    """The logarithm of exp(rho/c) |Z U_2'| at most that of exp(base) B, times c: without imbalance nothing is said."""
    return _mostly(
        AtMost(
            left=push + c * sp.log(overlap),
            right=c * (base + sp.log(B)),
            where={c: positive_below + positive_above, B: bound},
        )
    )


wide_near_minimum_norm = Claim(
    key="min2021/wide-starts-end-near-minimum-norm",
    title="With probability 1 - delta a wide random initialization ends within O(h^-(2a - 1/2)) of the solution of least norm",
    about="""Let all weights start independent N(0, h^(-2a)), 1/4 < a <= 1/2, and h > h_0^(1/(4a - 1)), h_0 a polynomial in m, D, 1/delta and
the condition of the data. Then with probability at least 1 - delta gradient flow ends with |U V' - X^+ Y|_2 at most
2 C^(1/h^(1 - 2a)) sqrt(m + r) (sqrt(m + D) + log(2/delta)/2) / h^(2a - 1/2), C = exp(1 + lambda_1^(1/2) |Y|_F / lambda_r).

What is judged is more: that already the bound exp(rho/c) q of min2021/near-minimum-norm, which the initialization decides, is that small (in
logarithms, times c). So no flow is integrated, and the width may be 10^30. h_0 = (2 sqrt(m + r) (sqrt(m + D) + log(2/delta)/2)
lambda_1/lambda_r)^2 is the witness for the polynomial, with h also at least that of min2021/wide-starts-are-imbalanced for delta/2.

Why: c > h^(1 - 2a) by that lemma; Z Z' deviates from h^(1 - 2a) I by 2 (sqrt(m + D) + t) h^(1/2 - 2a), which bounds q = |Z U_2'|_F,
and for h > h_0^(1/(4a - 1)) the initialization's own share lambda_1 |U_1 V'| / lambda_r of rho is below one.""",
    source=PAPER.at("Theorem 2, eq. (20)"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_SECOND_HAND
    + "; h_0 was chosen here. The tail log(2/delta)/2 is the source's; the usual Gaussian one, sqrt(2 log(2/delta)), is larger for "
    "delta above 0.0007, and the factor 2 in front covers that. The mutants speak of the bound, not of the distance itself",
    given=wide_networks(),
    when=bound_at_start,
    then=_ends_within(_bound),
    mutants=(
        Mutant(
            name="half a power more",
            because="two rows of a wide random matrix overlap by the square root of the width, not by a constant",
            then=_ends_within(_bound / sp.sqrt(h)),
        ),
        Mutant(
            name="without the dimension",
            because="each of the D - r unseen inputs overlaps with what is seen",
            then=_ends_within(_bound * sp.log(2 / delta) / (2 * sp.sqrt(m + D) + sp.log(2 / delta))),
        ),
        Mutant(
            name="without C",
            because="on the way to large targets the unseen part grows exponentially before the loss is gone",
            then=_ends_within(_bound, base=sp.Integer(0)),
        ),
        Mutant(
            name="no wider than needed for rank",
            because="a square Gaussian initialization has hardly any imbalance, so that the flow takes long and moves far",
            given=wide_networks(least=rows_only),
        ),
    ),
)
