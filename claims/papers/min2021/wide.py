"""Min, Tarmoun, Vidal, Mallada 2021: a wide random initialization is imbalanced enough, and ends near the solution of least norm."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Reading, Status, WithProbability
from lemmata.claims.papers.min2021 import PAPER
from lemmata.claims.papers.min2021._imbalance import imbalance, served_above, served_below
from lemmata.claims.papers.min2021._wide import (
    D,
    a,
    bound_at_start,
    cross,
    delta,
    h,
    lemma_width,
    m,
    overlap,
    printed_width,
    push,
    r,
    reach,
    repaired_width,
    rows_only,
    wide_networks,
)

T = sp.Symbol("T", positive=True)
_T = sp.sqrt(m + D) + sp.log(2 / delta) / 2
_LEMMA = PAPER.at("Lemma 1, with the least width of its proof")
_READ = "read in full, with the appendix that makes the polynomial explicit; a from 0.3 on"
_lemma_networks = wide_networks(least=lemma_width)
_SETTING = """Let the entries of U (D rows) and V (m rows) be independent N(0, h^(-2a)), 1/4 < a <= 1/2, and
h > 16 T^2, T = sqrt(m + D) + log(2/delta)/2"""


def _mostly(event: AtMost | AtLeast) -> WithProbability:
    return WithProbability(event=event, at_least=1 - delta)


def _small(left: sp.Expr, bound: sp.Expr) -> WithProbability:
    return _mostly(AtMost(left=left, right=bound, where={T: _T} if bound.has(T) else {}))


_served = served_below + served_above
_too_narrow = Mutant(
    name="no wider than needed for rank",
    because="a square Gaussian matrix has a least singular value near zero",
    given=wide_networks(least=rows_only),
)
_tall = Mutant(
    name="deviation for variance",
    because="entries of deviation h^(-a/2) are too large: rows of h of them overlap by h^(1/2 - a)",
    given=wide_networks(least=lemma_width, power=0.5),
)

wide_imbalance = Claim(
    key="min2021/wide-starts-are-imbalanced",
    title="With probability 1 - delta a wide random initialization has an imbalance above h^(1 - 2a)",
    about=f"""{_SETTING}. Then with probability at least 1 - delta
lambda_r(U_1'U_1 - V'V) + lambda_m(V'V - U_1'U_1) > h^(1 - 2a), so that the loss decays at least at that rate (up to 2 lambda_r of the
data). In truth the sum concentrates at 2 h^(1 - 2a).

Why: with Z = (V; U_1) and J = diag(-I, I) the sum is that of two eigenvalues of Z'JZ, each at least the least eigenvalue of Z Z'
(Ostrowski), and sigma_min(Z) is near h^(1/2 - a).""",
    source=_LEMMA,
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_READ,
    given=_lemma_networks,
    when=bound_at_start,
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
            given=wide_networks(least=lemma_width, power=2.0),
        ),
        _too_narrow,
    ),
)

each_layer_served = Claim(
    key="min2021/wide-starts-serve-both-layers",
    title="With probability 1 - delta each of the two eigenvalues of the imbalance is above h^(1 - 2a)/2",
    about=f"""{_SETTING}. Then with probability at least 1 - delta both lambda_r(U_1'U_1 - V'V) and lambda_m(V'V - U_1'U_1) are at least
h^(1 - 2a)/2: neither layer depends on the other for its share of the rate.

Why: as for their sum.""",
    source=PAPER.at("proof of Lemma 1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_READ,
    given=_lemma_networks,
    when=bound_at_start,
    then=_mostly(AtLeast(left=sp.Min(served_below, served_above), right=h ** (1 - 2 * a) / 2)),
    mutants=(
        Mutant(
            name="each as large as both",
            because="each of the two concentrates at h^(1 - 2a), from below for the least of several eigenvalues",
            then=_mostly(AtLeast(left=sp.Min(served_below, served_above), right=h ** (1 - 2 * a))),
        ),
        Mutant(
            name="the square of the variance",
            because="entries of deviation h^(-2a) are too small: their squares add up to h^(1 - 4a)",
            given=wide_networks(least=lemma_width, power=2.0),
        ),
        _too_narrow,
    ),
)

unseen_overlap = Claim(
    key="min2021/wide-starts-hardly-see-the-unseen",
    title="With probability 1 - delta |Z_0 U_2'|_F is at most 2 sqrt(m + r) T / h^(2a - 1/2)",
    about=f"""{_SETTING}. Then with probability at least 1 - delta |Z U_2'|_F <= 2 sqrt(m + r) T / h^(2a - 1/2), Z = (V; U_1): what the
data do not see is nearly orthogonal to what they see.

Why: (Z; U_2)(Z; U_2)' deviates from h^(1 - 2a) I by 2 T h^(1/2 - 2a), in spectral norm, and a block of m + r rows by sqrt(m + r) times
that in Frobenius norm.""",
    source=_LEMMA,
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_READ,
    given=_lemma_networks,
    when=bound_at_start,
    then=_small(overlap, 2 * sp.sqrt(m + r) * T / h ** (2 * a - sp.Rational(1, 2))),
    mutants=(
        Mutant(
            name="half a power more",
            because="two rows of a wide random matrix overlap by the square root of the width, not by a constant",
            then=_small(overlap, 2 * sp.sqrt(m + r) * T / h ** (2 * a)),
        ),
        Mutant(
            name="without the dimension",
            because="each of the D - r unseen inputs overlaps with what is seen",
            then=_small(overlap, sp.sqrt(m + r) * sp.log(2 / delta) / h ** (2 * a - sp.Rational(1, 2))),
        ),
        _tall,
    ),
)

small_product = Claim(
    key="min2021/wide-starts-have-small-products",
    title="With probability 1 - delta |U_1 V'|_F is at most 2 sqrt(m) T / h^(2a - 1/2)",
    about=f"""{_SETTING}. Then with probability at least 1 - delta |U_1 V'|_F <= 2 sqrt(m) T / h^(2a - 1/2): the network starts near zero.

Why: as for the overlap, for a block of m rows.""",
    source=_LEMMA,
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_READ,
    given=_lemma_networks,
    when=bound_at_start,
    then=_small(cross, 2 * sp.sqrt(m) * T / h ** (2 * a - sp.Rational(1, 2))),
    mutants=(
        Mutant(
            name="half a power more",
            because="two rows of a wide random matrix overlap by the square root of the width, not by a constant",
            then=_small(cross, 2 * sp.sqrt(m) * T / h ** (2 * a)),
        ),
        Mutant(
            name="an eighth",
            because="a product of r rows with m rows has the size sqrt(r m) of its overlaps",
            then=_small(cross, sp.sqrt(m) * T / (8 * h ** (2 * a - sp.Rational(1, 2)))),
        ),
        _tall,
    ),
)

B = sp.Symbol("B", positive=True)
_bound = 2 * sp.sqrt(m + r) * _T / h ** (2 * a - sp.Rational(1, 2))
_base = (1 + reach) / h ** (1 - 2 * a)


def _ends_within(bound: sp.Expr, base: sp.Expr = _base) -> WithProbability:
    """The logarithm of exp(rho/c) |Z U_2'| at most that of exp(base) B, times c: without imbalance nothing is said."""
    return _mostly(
        AtMost(
            left=push + imbalance * sp.log(overlap),
            right=imbalance * (base + sp.log(B)),
            where={B: bound},
        )
    )


wide_near_minimum_norm = Claim(
    key="min2021/wide-starts-end-near-minimum-norm",
    title="With probability 1 - delta a wide random initialization ends within O(h^-(2a - 1/2)) of the solution of least norm",
    about="""Let all weights start independent N(0, h^(-2a)), 1/4 < a <= 1/2, and h > h_0^(1/(4a - 1)),
h_0 = max(16, 4 m (lambda_1/lambda_r)^2) T^2, T = sqrt(m + D) + log(2/delta)/2. Then with probability at least 1 - delta gradient flow ends with
|U V' - X^+ Y|_F at most 2 C^(1/h^(1 - 2a)) sqrt(m + r) T / h^(2a - 1/2), C = exp(1 + lambda_1^(1/2) |Y|_F / lambda_r).

What is judged is more: that already the bound exp(rho/c) q of min2021/near-minimum-norm, which the initialization decides, is that small (in
logarithms, times c). So no flow is integrated, and the width may be 10^30. In print h_0 has lambda_1/lambda_r^3 in place of
(lambda_1/lambda_r)^2, a slip of its proof, which asks for more where the data are small (lambda_r^2 <= lambda_1^-1 lambda_r) and
for too little where they are large: see min2021/printed-width-suffices.

Why: c > h^(1 - 2a) by Lemma 1; Z Z' deviates from h^(1 - 2a) I by 2 T h^(1/2 - 2a), which bounds q = |Z U_2'|_F,
and for h > h_0^(1/(4a - 1)) the initialization's own share lambda_1 |U_1 V'| / lambda_r of rho is below one.""",
    source=PAPER.at("Theorem 2, repaired, and its proof"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_READ
    + ". The theorem with the condition of the data repaired. The mutants speak of the bound, not of the distance itself",
    given=wide_networks(least=repaired_width),
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
            then=_ends_within(sp.sqrt(m + r) * sp.log(2 / delta) / h ** (2 * a - sp.Rational(1, 2))),
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

own_share = Claim(
    key="min2021/repaired-width-suffices",
    title="Above the repaired width the initialization adds at most one to the exponent of C",
    about="""Under h > h_0^(1/(4a - 1)), h_0 = max(16, 4 m (lambda_1/lambda_r)^2) T^2, with probability at least 1 - delta
lambda_1^(1/2) |E(0)|_F / lambda_r <= 1 + lambda_1^(1/2) |Y|_F / lambda_r, which is the exponent of C.

Why: E(0) = Y~ - Sigma_x^(1/2) U_1 V', so the initialization's own share is at most (lambda_1/lambda_r) |U_1 V'|_F.""",
    source=PAPER.at("Theorem 2, its proof, repaired"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the repair of the first of two slips of the printed proof",
    given=wide_networks(least=repaired_width),
    when=bound_at_start,
    then=_mostly(AtMost(left=push, right=1 + reach)),
    mutants=(
        Mutant(
            name="the printed width",
            because="lambda_1/lambda_r^3 has a unit: for large data it asks for nothing, however unequal they are",
            given=wide_networks(least=printed_width),
        ),
        Mutant(
            name="nothing of its own",
            because="the random product adds to the residual as often as it takes away",
            then=_mostly(AtMost(left=push, right=reach)),
        ),
        Mutant(
            name="no wider than needed for rank",
            because="a square Gaussian initialization has a product of the size of its entries",
            given=wide_networks(least=rows_only),
        ),
    ),
)
