"""Du, Hu, Lee 2018: gradient descent on a matrix factorization keeps the factors balanced, bounded and falling."""

from __future__ import annotations

import dataclasses

import sympy as sp

from lemmata.claims import AtMost, Claim, Identity, Mutant, Reading, Status, dropped, tightened
from lemmata.claims.papers.du2018 import PAPER
from lemmata.claims.papers.du2018._factorization import (
    ACCURACY,
    BALANCED,
    CAPPED,
    NEAR,
    Allowed,
    Budget,
    drift,
    eps,
    eta,
    factor_fall,
    factor_run,
    factor_sizes,
    factorizations,
    imbalance,
    initial_drift,
    lengths,
    loss,
    next_loss,
    product,
    rank,
    sizes,
    slope,
    target_norm,
)
from lemmata.claims.papers.du2018._saddles import (
    bottom,
    lowest,
    saddle_curvature,
    saddles,
    strength,
    top,
    weakest_strength,
)

_LEMMA = PAPER.at("Lemma 3.1, in the proof of Theorem 3.1")
_DERIVED = (
    "the form of the lemma and its bounds epsilon, 2|M|^2 and 5 sqrt(r)|M| were recalled and not read, the schedule "
    "sqrt(epsilon/r) / (100 (t+1) |M|^(3/2)) was read as Xu et al. (2023) restate it; the hypotheses with their constants were derived, and with "
    'them the lemma was proved anew. "For all t" is judged on runs of up to twenty steps, which may spend the whole budget of squared steps; '
    "constant steps spend little of theirs. In the theorem the entries start Gaussian of VARIANCE epsilon/poly(d) (units decide that)"
)
_SETTING = """f(U, V) = |U V' - M|_F^2 / 2 with M != 0 of any rank, U and V of r columns; U and V are updated at once. B = U'U - V'V, R = U V' - M.
Let epsilon <= |M|_F, |B_0|_F <= epsilon/2, |R_0|_F <= 2|M|_F and eta_t <= 1/(100 sqrt(r)|M|_F) for all t"""
_HUNDRED = (
    "the loss is not smooth enough for steps near the inverse of its curvature: the factors leave the balanced set"
)

balance_by_decay = Claim(
    key="du2018/factors-stay-balanced-by-decay",
    title="Gradient descent with square-summable steps keeps two factors epsilon-balanced for all time",
    about=f"""{_SETTING},
and sum_t eta_t^2 <= epsilon / (80 sqrt(r)|M|_F^3). Then |B_t|_F <= epsilon for all t. The theorem's schedule
eta_t = sqrt(epsilon/r) / (100 (t+1) |M|_F^(3/2)) is one such, t^-(1/2 + delta) with a suitable factor another.

What is on trial is this lemma and not the limit of the run: with the theorem's own schedule the signal grows like t^a with
a = eta_0 sigma_r <= 0.01. From entries of variance epsilon/d^2 it is learnt at log10(t) = 108 for d = 10, |M| = sigma_r = 1 and
epsilon = 0.9, at 474 for epsilon = 0.1, and at about 100,000 for d = 100, r = 5, sigma_r = 0.1, epsilon = 0.01: no computer runs that.

Without the cap on single steps no violation was found; it serves the decrease of the loss.

Why: a step moves B only in the second order, |B_{{t+1}} - B_t|_F <= eta_t^2 |grad f|^2, and |grad f|^2 <= 40 sqrt(r)|M|_F^3.""",
    source=_LEMMA,
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED,
    given=factorizations(steps=Budget.SUMMABLE),
    when=factor_run,
    then=AtMost(left=drift, right=eps),
    mutants=(
        Mutant(
            name="epsilon at the start",
            because="the drift has either sign: a start on the boundary leaves it",
            given=factorizations(steps=Budget.SUMMABLE, allowed=Allowed(imbalance=1.0)),
        ),
        Mutant(
            name="no drift at all",
            because="only gradient flow conserves the imbalance; steps of size eta move it by eta^2",
            then=AtMost(left=drift, right=initial_drift),
        ),
        Mutant(
            name="steps 100 times larger",
            because=_HUNDRED,
            given=factorizations(steps=Budget.SUMMABLE, allowed=Allowed(steps=100)),
        ),
        dropped(Budget.SUMMABLE.value, because="steps at the cap spend more than a small epsilon allows"),
        dropped(
            NEAR, because="far from the target the gradient is larger than the bound that the budget of steps rests on"
        ),
    ),
)

balance_by_small_steps = Claim(
    key="du2018/factors-stay-balanced-by-small-steps",
    title="Decay is not needed: constant steps below epsilon / (4.4 |M|^2) keep two factors epsilon-balanced for all time",
    about=f"""{_SETTING}, and eta_t <= epsilon / (4.4 |M|_F^2) for all t, with no decay at all. Then |B_t|_F <= epsilon for all t. So the
theorem's decaying steps are a convenience of its proof; constant steps also reach an optimum in a time that one can wait for.

Why: |B_{{t+1}} - B_t|_F <= eta_t^2 |grad f|^2, and the loss falls by 0.93 eta_t |grad f|^2 at each step, so in all runs together
sum_t eta_t^2 |grad f|^2 <= max(eta) f_0 / 0.93 <= 2.2 max(eta)|M|_F^2.""",
    source=_LEMMA,
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived beside the lemma, whose steps decay",
    given=factorizations(steps=Budget.SMALL),
    when=factor_run,
    then=AtMost(left=drift, right=eps),
    mutants=(
        Mutant(
            name="epsilon at the start",
            because="the drift has either sign: a start on the boundary leaves it",
            given=factorizations(steps=Budget.SMALL, allowed=Allowed(imbalance=1.0)),
        ),
        Mutant(
            name="steps 100 times larger",
            because=_HUNDRED,
            given=factorizations(steps=Budget.SMALL, allowed=Allowed(steps=100)),
        ),
        dropped(
            Budget.SMALL.value, because="what a run may spend is epsilon: steps at the cap are too long for a small one"
        ),
        dropped(ACCURACY, because="factors whose imbalance is far beyond |M| are long, and a step at the cap diverges"),
    ),
)

descent = Claim(
    key="du2018/factorization-loss-falls",
    title="Every step lowers the factorization loss by at least 0.93 eta |grad f|^2",
    about=f"""{_SETTING}, and either sum_t eta_t^2 <= epsilon / (80 sqrt(r)|M|_F^3) or eta_t <= epsilon / (4.4 |M|_F^2). Then
f_{{t+1}} <= f_t - 0.93 eta_t |grad f_t|^2 for all t; in particular f_t <= f_0 <= 2|M|_F^2.

Why: with S = |U|_F^2 + |V|_F^2 <= 10 sqrt(r)|M|_F a step loses eta |R|/2 + eta S/2 of the first order, to leading order, and
eta |R| <= 0.02, eta S <= 0.1.""",
    source=_LEMMA,
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED + "; the source states that the loss does not grow",
    given=factorizations(steps=Budget.EITHER),
    when=factor_fall,
    then=AtMost(left=sp.Rational(93, 100) * eta * slope, right=loss - next_loss),
    mutants=(
        Mutant(
            name="all of the first order",
            because="the curvature costs a part of the second order",
            then=AtMost(left=eta * slope, right=loss - next_loss),
        ),
        Mutant(name="steps 100 times larger", because=_HUNDRED, given=factorizations(allowed=Allowed(steps=100))),
        dropped(CAPPED, because="epsilon of the order of |M| allows steps whose second order is felt"),
        dropped(ACCURACY, because="an imbalance far beyond |M| means long factors, hence a large curvature"),
        dropped(NEAR, because="a product far beyond the target means long factors, hence a large curvature"),
        dropped(BALANCED, because="one factor may be long though the product is not"),
    ),
)

norms = Claim(
    key="du2018/factors-stay-bounded",
    title="Along the run both factors keep squared norms of at most 5 sqrt(r) |M|",
    about=f"""{_SETTING}, and either sum_t eta_t^2 <= epsilon / (80 sqrt(r)|M|_F^3) or eta_t <= epsilon / (4.4 |M|_F^2). Then
|U_t|_F^2 <= 5 sqrt(r)|M|_F and |V_t|_F^2 <= 5 sqrt(r)|M|_F for all t, though nothing regularizes them.

Why: the loss falls, so |U V'|_F <= 3|M|_F, and |U'U - V'V|_F^2 = |U'U|_F^2 + |V'V|_F^2 - 2|U V'|_F^2 turns that and the balance into
|U'U|_F^2 <= 19|M|_F^2.""",
    source=_LEMMA,
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED + "; the proof gives 4.36 for 5, and 3.55 with the exact balance of two factors",
    given=factorizations(steps=Budget.EITHER),
    when=factor_run,
    then=AtMost(left=lengths, right=5 * sp.sqrt(rank) * target_norm),
    mutants=(
        Mutant(
            name="without the square root of r",
            because="r equal directions share the Frobenius norm: their traces add up to sqrt(r) times as much",
            then=AtMost(left=lengths, right=5 * target_norm),
        ),
        tightened(
            sp.Rational(3, 5), because="a start at three times the target, on the boundary of imbalance, is longer"
        ),
        dropped(ACCURACY, because="what bounds the imbalance must itself be bounded by |M|"),
        dropped(BALANCED, because="one factor may be long though the product is not"),
        dropped(NEAR, because="a long product needs long factors"),
    ),
)

b, p = sp.symbols("b p", nonnegative=True)


def _at_most(bound: sp.Expr) -> AtMost:
    """The sizes of both factors against a bound in b and p."""
    named = {symbol: meant for symbol, meant in {b: imbalance, p: product}.items() if symbol in bound.free_symbols}
    return AtMost(left=sizes, right=bound, where=named)


_root = b + sp.sqrt(b**2 + 4 * p**2)

sizes_from_product = Claim(
    key="du2018/factor-sizes-from-product",
    title="Product and imbalance bound the factors: |U|^2 <= sqrt(r) (b + sqrt(b^2 + 4 p^2)) / 2",
    about="""For all U and V with r columns let p = |U V'|_F and b = |U'U - V'V|_F. Then |U|_F^2 and |V|_F^2 are at most
sqrt(r) (b + sqrt(b^2 + 4 p^2)) / 2, with equality where r directions are equal and aligned and the longer factor carries the
imbalance. So balance is what keeps the factors bounded where the loss bounds the product alone; for b <= |M|, p <= 3|M| the
constant of the lemma is 3.55 and no less.

Why: b^2 = |U'U|_F^2 + |V'V|_F^2 - 2 p^2, and |V'V|_F >= |U'U|_F - b.""",
    source=_LEMMA,
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived: the exact form of the step from balance to bounded factors",
    given=factorizations(hypotheses=False),
    when=factor_sizes,
    then=dataclasses.replace(_at_most(sp.sqrt(rank) * _root / 2), tight=True),
    mutants=(
        tightened(sp.Rational(99, 100), because="the bound is attained"),
        Mutant(
            name="without the imbalance",
            because="of an unbalanced pair the longer factor is longer than the root of the product",
            then=_at_most(sp.sqrt(rank) * p),
        ),
        Mutant(
            name="without the square root of r",
            because="r equal directions share the Frobenius norm: their traces add up to sqrt(r) times as much",
            then=_at_most(_root / 2),
        ),
        Mutant(
            name="the imbalance alone",
            because="balanced factors have no imbalance and need not vanish",
            then=_at_most(sp.sqrt(rank) * b),
        ),
    ),
)


def _curvature(s: sp.Expr, sigma: sp.Expr) -> Identity:
    """The least curvature from a singular value of V and one of M."""
    return Identity(left=lowest, right=(s**2 - sp.sqrt(s**4 + 4 * sigma**2)) / 2)


saddle = Claim(
    key="du2018/curvature-at-a-saddle",
    title="At a saddle (0, V) the least curvature is (s^2 - sqrt(s^4 + 4 sigma_1^2)) / 2, s the least singular value of V",
    about="""Let M V = 0 and V have full column rank, s = sigma_min(V) > 0. Then (0, V) is a stationary point of |U V' - M|_F^2 / 2 whose
Hessian has the least eigenvalue (s^2 - sqrt(s^4 + 4 sigma_1(M)^2)) / 2. It is negative, so the saddle is strict; but it is
-sigma_1 only in the limit of balanced factors (s -> 0), and about -sigma_1^2/s^2 when V is long: what balance buys is an escape
direction of known strength.

Why: along (A, B) the second derivative is |A V'|_F^2 - 2<M, A B'>, which splits into blocks (s_i^2, -sigma_j; -sigma_j, 0).""",
    source=PAPER.at("Section 3, stationary points"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; in coordinates in which the rows of V that M sees are zero, which is no loss",
    given=saddles(),
    when=saddle_curvature,
    then=_curvature(weakest_strength, top),
    mutants=(
        Mutant(
            name="as if balanced",
            because="a long V stiffens the direction in which the product could grow",
            then=Identity(left=lowest, right=-top),
        ),
        Mutant(
            name="as if far from balanced",
            because="-sigma_1^2/s^2 is only the limit of a long V",
            then=Identity(left=lowest, right=-(top**2) / weakest_strength**2),
        ),
        Mutant(
            name="largest singular value of V",
            because="the way out is where V is shortest",
            then=_curvature(strength, top),
        ),
        Mutant(
            name="least singular value of M",
            because="the strongest missing direction pulls hardest",
            then=_curvature(weakest_strength, bottom),
        ),
    ),
)
