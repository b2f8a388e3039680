"""Ma, Lavaei, Sojoudi 2023: which order of the lift turns spurious points into saddles, and how large it is for perturbed completion."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Rate, Reading, Status, dropped
from lemmata.claims.papers.ma2023 import PAPER, SETTING
from lemmata.claims.papers.ma2023._completion import (
    ALLOWED,
    SHORT,
    completions,
    grids,
    least,
    least_curvature,
    limit,
    rho,
    size,
    smallest,
    smallest_orders,
)
from lemmata.claims.papers.ma2023._measured import (
    G,
    L,
    a,
    alpha,
    at_points,
    b_u,
    c,
    curved,
    distance,
    l,
    least_truth,
    next_curved,
)
from lemmata.claims.papers.ma2023._points import CROSSED, POSITIVE, SECOND, first_order_points

_POINT = f"{SETTING}. X a first-order point of f, u and q unit vectors of the least eigenvalue of K(X X' - M*) and of the least singular value of X"
_COMPLETION = """Perturbed completion, n = 3: all entries (i, i), (i, 2), (2, i) are measured with weight one and (1, 3), (3, 1) with weight rho, M* = mu z z', z = (1, 0, 1).
The spurious point is x = mu^(1/2) (s, 0, -s), s^2 = (1 - rho^2)/(1 + rho^2)"""
_far = 4 * L * alpha / (L + alpha) ** 2 * least_truth

theorem_6 = Claim(
    key="ma2023/theorem-6",
    title="Theorem 6 (Bi, Lavaei): a spurious second-order point has D > 4 L_s alpha_s/(L_s + alpha_s)^2 lambda_r(M*)",
    about=f"""{SETTING}. A second-order point X of f with |X X' - M*|_F <= 4 L_s alpha_s/(L_s + alpha_s)^2 lambda_r(M*) is the truth; it is judged as: spurious second-order points
are farther away.""",
    source=PAPER.at("Theorem 6, quoted there from Bi and Lavaei"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=first_order_points(SECOND),
    when=at_points(constants=True),
    then=AtLeast(left=distance, right=_far**2),
    mutants=(
        Mutant(
            name="four times as far",
            because="points at a few times the radius exist",
            then=AtLeast(left=distance, right=(4 * _far) ** 2),
        ),
        Mutant(
            name="whatever the condition",
            because="for alpha_s much below L_s points come close to the truth",
            then=AtLeast(left=distance, right=least_truth**2),
        ),
        Mutant(
            name="with L_s/alpha_s upside down",
            because="the worse the condition, the smaller the radius",
            then=AtLeast(left=distance, right=(least_truth * L / alpha) ** 2),
        ),
    ),
)

theorem_7 = Claim(
    key="ma2023/theorem-7",
    title="Theorem 7: for a short enough truth every odd l that obeys (28) turns spurious points into strict saddles",
    about=f"""{SETTING}. If |M*|_F <= 2 sqrt2 alpha_s^(5/2)/(tau sqrt r (L_s + alpha_s)^2 sqrt L_s), every spurious second-order point becomes a strict saddle for odd l with (28)
l > 1/(1 - log2(2b)). False: (28) was derived for b < 1, all second-order points have b >= 1, and for b > 1 the formula is negative, so that every l obeys it; the bound on
|M*|_F is met by scaling the truth, which scales f and changes no point. {_COMPLETION}. At l = 3 the least eigenvalue of the Hessian of the
lift is mu^3 (2 - 24 rho^2) > 0: a strict local minimum still. Kept as a negative control.""",
    source=PAPER.at("Theorem 7"),
    status=Status.REFUTED,
    reading=Reading.SPECIAL_CASE,
    note="tau stands for any positive number here: our notes on the paper do not say what it is. If it grows like 1/lambda_r(M*) the bound is below 0.71 lambda_r(M*), and nothing meets it",
    given=completions(SHORT, ALLOWED),
    when=least_curvature,
    then=AtMost(left=least, right=0),
    mutants=(
        Mutant(
            name="flat at least",
            because="the curvature is of the order of mu^3 in every direction",
            then=AtMost(left=least, right=size**3),
        ),
        Mutant(
            name="whatever the size of the truth",
            because="the size scales f and changes no point",
            given=completions(ALLOWED, mu=1.0),
        ),
        Mutant(
            name="flat up to rho",
            because="what rho takes off is of the order rho^2, not one",
            then=AtMost(left=least, right=size**3 * rho),
        ),
    ),
)

still_a_minimum = Claim(
    key="ma2023/order-three-converts-nothing",
    title="The spurious point of perturbed completion stays a strict local minimum of the lift of order 3",
    about=f"""{_COMPLETION}. For rho <= 1/10 the Hessian of the lift of order 3 at vec(x)^(x)3 is at least mu^3 (2 - 24 rho^2) on all tensors, symmetric or not: no direction of
escape, of rank one or not. At order l it is 2 - 8 l rho^2 for small rho. In the paper's experiment rho is 1/100.""",
    source=PAPER.at("Section 6, Theorem 4"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; the paper says of such points that large l converts them",
    given=completions(mu=1.0),
    when=least_curvature,
    then=AtLeast(left=least, right=size**3 * (2 - 24 * rho**2)),
    mutants=(
        Mutant(
            name="no loss",
            because="the spurious point is a little shorter than the truth",
            then=AtLeast(left=least, right=2 * size**3),
        ),
        Mutant(
            name="the loss of order one",
            because="each order takes off 8 rho^2",
            then=AtLeast(left=least, right=size**3 * (2 - 8 * rho**2)),
        ),
        Mutant(
            name="large weights",
            because="at rho of a half order three converts",
            given=completions(high=0.6, mu=1.0),
            then=AtLeast(left=least, right=0),
        ),
    ),
)


def _order(exponent: int, constant: sp.Expr | None = None) -> Rate:
    return Rate(quantity=smallest, scale=rho, exponent=exponent, constant=constant)


needed_order = Claim(
    key="ma2023/order-that-converts-perturbed-completion",
    title="Perturbed completion has a direction of escape only from l ~ 0.333/rho^2 on: 3331 for rho = 1/100",
    about=f"""{_COMPLETION}. Along v^(x)l, v = (1, 0, 1)/sqrt2, the lift curves downwards if and only if (a/b)^l + 2(c/b)^l < 1, a = (1 - rho^2)^2/(1 + rho^2), b = 1 + rho^2,
c = (1 - rho^2)/(1 + rho^2). The solution l_0 grows like 0.33314/rho^2, 0.33314 = -log u with u^4 + 2u^3 = 1; the lift has 3^l entries.""",
    source=PAPER.at("Section 6, Theorem 4"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived, n = 3",
    given=grids(),
    when=smallest_orders,
    then=_order(-2, limit),
    mutants=(
        Mutant(
            name="like 1/rho",
            because="only the square of the weight enters f",
            then=_order(-1),
        ),
        Mutant(
            name="a bounded order",
            because="without the unmeasured entries both signs fit: no order can tell",
            then=_order(0),
        ),
        Mutant(
            name="without the factor two of c",
            because="c stands on either side of the quartic: u^4 + u^3 = 1 would be 0.2",
            then=_order(-2, sp.Rational(1, 5)),
        ),
    ),
)

once_converted = Claim(
    key="ma2023/once-converted-for-good",
    title="A direction with 0 <= a and a, c <= b_u that escapes at order l escapes at l + 1: the curvatures obey h_(l+1) <= b_u h_l",
    about=f"""{_POINT}. The lift's curvature along vec(u q')^(x)l is a^l - b_u^l + 2c^l with a = <A(X X'), A(u u')>, b_u = <A(M*), A(u u')>, c = |A(X q u')|^2. For a >= 0 and
b_u >= max(a, c) that of order l + 1 is at most b_u times that of order l. So the direction converts for all large l if and only if b_u > max(a, c), from the solution of
(a/b_u)^l + 2(c/b_u)^l = 1 on. Odd and even orders.""",
    source=PAPER.at("Theorem 4, what decides"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; for a < 0 the criterion is b_u > max(|a|, c)",
    given=first_order_points(CROSSED, least=0),
    when=at_points(),
    then=AtMost(left=next_curved, right=b_u * curved),
    mutants=(
        dropped(CROSSED.name, because="where c is above b_u the direction rises faster and faster"),
        Mutant(
            name="twice as fast",
            because="far above l_0 the curvature is -b_u^l nearly",
            then=AtMost(left=next_curved, right=2 * b_u * curved),
        ),
        Mutant(
            name="with the pull in place of b_u",
            because="G = b_u - a is smaller",
            then=AtMost(left=next_curved, right=G * curved),
        ),
    ),
)

never_converted = Claim(
    key="ma2023/never-converted",
    title="For a >= 0 the curvature along vec(u q')^(x)l is at least max(a, c)^l - b_u^l: without b_u > max(a, c) no order converts",
    about=f"""{_POINT}. For a = <A(X X'), A(u u')> >= 0 the curvature of the lift along vec(u q')^(x)l is at least max(a, c)^l - b_u^l, c = |A(X q u')|^2, b_u = <A(M*), A(u u')>.
As a < b_u at a first-order point, c < b_u is what is needed.""",
    source=PAPER.at("Theorem 4, what decides"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=first_order_points(POSITIVE, least=0),
    when=at_points(),
    then=AtLeast(left=curved, right=sp.Max(a, c) ** l - b_u**l),
    mutants=(
        Mutant(
            name="the sum of both",
            because="a and c may be equal",
            then=AtLeast(left=curved, right=(a + c) ** l - b_u**l),
        ),
        Mutant(
            name="never at all",
            because="b_u may be larger than both",
            then=AtLeast(left=curved, right=0),
        ),
        Mutant(
            name="three times c",
            because="c enters twice",
            then=AtLeast(left=curved, right=3 * c**l - b_u**l),
        ),
    ),
)
