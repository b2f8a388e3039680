"""Ma, Lavaei, Sojoudi 2023: at which points the lift has a direction of escape."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Identity, Mutant, Reading, Status, dropped, tightened
from lemmata.claims.papers.ma2023 import PAPER, SETTING
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
    reached,
    seen,
    seen_reached,
    seen_wanted,
    shortest,
    tr,
    wanted,
)
from lemmata.claims.papers.ma2023._points import ALLOWED, FAR, SECOND, first_order_points

_POINT = f"{SETTING}. X a first-order point of f, K(X X' - M*) X = 0, D = |X X' - M*|_F, G = -lambda_min(K(X X' - M*))"
_any, _second = first_order_points(), first_order_points(SECOND)
_plain, _measured = at_points(), at_points(constants=True)

lemma_8 = Claim(
    key="ma2023/negative-curvature-of-the-gradient",
    title="Lemma 8: at a first-order point lambda_min(K(X X' - M*)) <= -alpha_s D^2/(2 tr M*)",
    about=f"""{_POINT}. With the restricted strong convexity alpha_s: G >= alpha_s D^2/(2 tr M*). The factor two is lost: see ma2023/twice-lemma-8.""",
    source=PAPER.at("Lemma 8"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=_any,
    when=_measured,
    then=AtLeast(left=2 * G * tr, right=alpha * distance),
    mutants=(
        Mutant(
            name="smoothness in place of convexity",
            because="K may see D little, up to alpha_s",
            then=AtLeast(left=2 * G * tr, right=L * distance),
        ),
        Mutant(
            name="no truth in the denominator",
            because="for a large truth D^2 grows with the square of its trace, and G with the trace",
            then=AtLeast(left=G, right=alpha * distance),
        ),
        Mutant(
            name="four times the bound",
            because="twice the bound is what D = -M* with K = alpha_s I comes to",
            then=AtLeast(left=G * tr, right=2 * alpha * distance),
        ),
    ),
)

twice_lemma_8 = Claim(
    key="ma2023/twice-lemma-8",
    title="At a first-order point G tr M* >= |A(X X' - M*)|^2 >= alpha_s D^2: Lemma 8 without its lost factor two",
    about=f"""{_POINT}. Then G tr M* >= |A(X X' - M*)|^2, with equality where M* lies in the eigenspace of lambda_min.

Why: <K(D), X X'> = 0, so |A(D)|^2 = <K(D), D> = -<K(D), M*> <= G tr M*.""",
    source=PAPER.at("Lemma 8, sharpened"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; twice the printed bound",
    given=_any,
    when=_measured,
    then=AtLeast(left=G * tr, right=seen, tight=True),
    mutants=(
        tightened(sp.Rational(9, 10), because="it is attained"),
        Mutant(
            name="L_s in place of the measurements",
            because="|A(D)|^2 may be as small as alpha_s D^2",
            then=AtLeast(left=G * tr, right=L * distance),
        ),
        Mutant(
            name="the distance itself",
            because="G has the unit of K times that of M*",
            then=AtLeast(left=G * tr, right=distance),
        ),
    ),
)

lemma_5 = Claim(
    key="ma2023/second-order-points-curve-little",
    title="Lemma 5: at a second-order point G <= L_s lambda_r(X X')",
    about=f"""{_POINT}. If the Hessian of f at X is positive semidefinite, then G <= L_s lambda_r(X X').

Why: in the direction u q', u the bottom eigenvector of K(D), q the last right singular vector of X, it is 2c - G, c = |A(X q u')|^2 <= L_s lambda_r/2,
because X q is orthogonal to u.""",
    source=PAPER.at("Lemma 5"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=_second,
    when=_measured,
    then=AtMost(left=G, right=L * shortest),
    mutants=(
        dropped(SECOND.name, because="at a saddle the gradient may be as steep as it likes"),
        Mutant(
            name="convexity in place of smoothness",
            because="what holds f up is c, which may come close to L_s lambda_r/2",
            then=AtMost(left=G, right=alpha * shortest),
        ),
        Mutant(
            name="linear in the singular value",
            because="G scales with the square of X",
            then=AtMost(left=G**2 * tr, right=L**2 * shortest**3),
        ),
        Mutant(
            name="half the bound",
            because="it is nearly attained where A sees u and X q most strongly together",
            then=AtMost(left=G, right=L * shortest / 4),
        ),
    ),
)

no_second_order_point = Claim(
    key="ma2023/every-second-order-point-is-near",
    title="At a second-order point alpha_s D^2 <= L_s lambda_r(X X') tr M*: b >= 1, and (27) never holds but with equality",
    about=f"""{_POINT}. If the Hessian of f at X is positive semidefinite, alpha_s D^2 <= G tr M* <= L_s lambda_r(X X') tr M*. So the number
b = L_s tr M* lambda_r(X X')/(alpha_s D^2) of Theorem 4 is at least one at every spurious second-order point, (27) asks for b <= 1 and (28) for b < 1.""",
    source=PAPER.at("Theorem 4, its hypotheses"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived from Lemma 5 and the sharpened Lemma 8",
    given=_second,
    when=_measured,
    then=AtMost(left=alpha * distance, right=L * shortest * tr),
    mutants=(
        dropped(SECOND.name, because="first-order points near zero are far from the truth"),
        Mutant(
            name="L_s and alpha_s exchanged",
            because="second-order points beside the truth exist only because L_s is larger than alpha_s",
            then=AtMost(left=L * distance, right=alpha * shortest * tr),
        ),
        Mutant(
            name="b >= 4",
            because="points with b between one and two are found",
            then=AtMost(left=4 * alpha * distance, right=L * shortest * tr),
        ),
    ),
)

theorem_4 = Claim(
    key="ma2023/theorem-4",
    title="Theorem 4: second-order points under (27) become strict saddles for odd l above (28)",
    about=f"""{_POINT}. Let X be a second-order point with (27) D^2 >= (L_s/alpha_s) lambda_r(X X') tr M*, and l odd with (28) l > 1/(1 - log2(2b)),
b = L_s tr M* lambda_r(X X')/(alpha_s D^2). Then the lift curves downwards at vec(X)^(x)l along vec(u q')^(x)l. Nothing meets the hypotheses: every second-order point
has b >= 1 (ma2023/every-second-order-point-is-near), (27) asks for b <= 1, and at b = 1 (28) asks for l > infinity. What is true of first-order points is
ma2023/theorem-4-at-first-order-points.""",
    source=PAPER.at("Theorem 4"),
    status=Status.VACUOUS,
    reading=Reading.AS_STATED,
    given=first_order_points(SECOND, FAR, ALLOWED),
    when=_plain,
    then=AtMost(left=curved, right=0),
    mutants=(
        dropped(
            FAR.name,
            because="for b > 1 the formula (28) is negative, which every order exceeds, and small orders convert nothing",
        ),
        Mutant(
            name="twice the pull, at first-order points",
            because="the descent is b_u^l at most, and b_u is G for short points",
            given=first_order_points(FAR, ALLOWED),
            then=AtMost(left=curved, right=-2 * G**l),
        ),
        Mutant(
            name="every direction up",
            because="at first-order points under (27) this direction goes down",
            given=first_order_points(FAR, ALLOWED),
            then=AtLeast(left=curved, right=0),
        ),
    ),
)

_far, _near = alpha * distance / 2, L * shortest * tr / 2

at_first_order = Claim(
    key="ma2023/theorem-4-at-first-order-points",
    title="First-order points with b < 1 become strict saddles at every odd order, by (alpha_s D^2/(2 tr M*))^l - (L_s lambda_r/2)^l",
    about=f"""{_POINT}. If D^2 > (L_s/alpha_s) lambda_r(X X') tr M*, i.e. b < 1, then for every odd l >= 1 the curvature of the lift at vec(X)^(x)l along vec(u q')^(x)l, u and q unit,
is at most 2 (L_s lambda_r(X X')/2)^l - 2 (alpha_s D^2/(2 tr M*))^l < 0. No lower bound on l is needed. For l = 1: such points are strict saddles of f already.

Why: the curvature is a^l - b_u^l + 2c^l, b_u - a = G; b_u^l - a^l >= 2^(1-l) G^l for odd l whatever the sign of a; G >= alpha_s D^2/tr M* and 2c <= L_s lambda_r.""",
    source=PAPER.at("Theorem 4, repaired"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; the printed theorem speaks of second-order points, of which none is so far from the truth",
    given=first_order_points(FAR, least=0),
    when=_measured,
    then=AtMost(left=curved * tr**l, right=2 * (_near**l - _far**l)),
    mutants=(
        Mutant(
            name="second-order points",
            because="there the direction curves upwards at l = 1",
            given=first_order_points(SECOND, least=0),
            then=AtMost(left=curved, right=0),
        ),
        Mutant(
            name="without the factor 2^(1-l)",
            because="the printed step a^l - b^l <= (a - b)^l needs a >= 0",
            then=AtMost(left=curved, right=2 * c**l - G**l),
        ),
        Mutant(
            name="twice as deep",
            because="short points of a well-conditioned A come close to it at l = 1",
            then=AtMost(left=curved * tr**l, right=4 * (_near**l - _far**l)),
        ),
        Mutant(
            name="without c",
            because="the direction also moves along X, which costs 2c^l",
            then=AtMost(left=curved, right=-2 * (G / 2) ** l - c**l),
        ),
    ),
)

printed_step = Claim(
    key="ma2023/printed-step-of-theorem-4",
    title="As printed: a^l - b_u^l <= -(b_u - a)^l for odd l",
    about=f"""{_POINT}. The proof of Theorem 4 bounds a^l - b_u^l by (a - b_u)^l, l odd, a = <A(X X'), A(u u')>, b_u = <A(M*), A(u u')>, a < b_u. False where a < 0, which A may make
of positive semidefinite matrices: (1 - (-1))^3 = 8 > 2. The true step loses 2^(1-l): ma2023/theorem-4-at-first-order-points. Kept as a negative control.""",
    source=PAPER.at("proof of Theorem 4"),
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    given=_any,
    when=_plain,
    then=AtMost(left=a**l - b_u**l, right=-(G**l)),
    mutants=(
        Mutant(
            name="with equality for l = 1 only",
            because="the difference of powers is not the power of the difference",
            then=Identity(left=a**l - b_u**l, right=-(G**l)),
        ),
        Mutant(
            name="half of it",
            because="the loss grows with l",
            then=AtMost(left=a**l - b_u**l, right=-(G**l) / 2),
        ),
        Mutant(
            name="l - 1 in place of l",
            because="units",
            then=AtMost(left=a**l - b_u**l, right=-b_u * G ** (l - 1)),
        ),
    ),
)

true_step = Claim(
    key="ma2023/difference-of-odd-powers",
    title="At every first-order point and odd l the lift's curvature is at most 2 c^l - 2 (G/2)^l",
    about=f"""{_POINT}. For odd l the curvature of the lift at vec(X)^(x)l along vec(u q')^(x)l is at most 2c^l - 2(G/2)^l; attained for l = 1, and where a = -b_u. So
the direction escapes as soon as G > 2c.

Why: t -> t^l is convex on t > 0 and odd: (x + y)^l <= 2^(l-1)(x^l + y^l).""",
    source=PAPER.at("proof of Theorem 4, repaired"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=first_order_points(least=0),
    when=_plain,
    then=AtMost(left=curved, right=2 * c**l - 2 * (G / 2) ** l, tight=True),
    mutants=(
        Mutant(
            name="the printed step",
            because="a may be negative",
            then=AtMost(left=curved, right=2 * c**l - G**l),
        ),
        Mutant(
            name="even orders",
            because="for even l a negative a counts as a positive one",
            given=first_order_points(odd=False),
            when=at_points(odd=False),
        ),
        Mutant(
            name="half of c",
            because="c enters twice: the lift is quartic, and Delta stands on either side",
            then=AtMost(left=curved, right=c**l - 2 * (G / 2) ** l),
        ),
    ),
)

lemma_6 = Claim(
    key="ma2023/measurements-of-a-first-order-point",
    title="At a first-order point |A(M*)|^2 = |A(X X')|^2 + |A(X X' - M*)|^2",
    about=f"""{_POINT}. So |A(X X')| <= |A(M*)|, and |X X'|_F^2 <= (L_s/alpha_s) |M*|_F^2 (ma2023/lemma-6-sharpened).

Why: <K(D), X X'> = 0 says that A(X X') and A(D) are orthogonal.""",
    source=PAPER.at("Lemma 6, sharpened"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=_any,
    when=_plain,
    then=Identity(left=seen_wanted, right=seen_reached + seen),
    mutants=(
        Mutant(
            name="in the space of matrices",
            because="orthogonal are the measurements, not the matrices",
            then=Identity(left=wanted, right=reached + distance),
        ),
        Mutant(
            name="the other way round",
            because="the truth is the longest side",
            then=Identity(left=seen_reached, right=seen_wanted + seen),
        ),
        Mutant(
            name="no distance",
            because="a first-order point other than the truth sees less than the truth",
            then=Identity(left=seen_wanted, right=seen_reached),
        ),
    ),
)

lemma_6_bound = Claim(
    key="ma2023/lemma-6-sharpened",
    title="At a first-order point alpha_s |X X'|_F^2 <= L_s |M*|_F^2",
    about=f"""{_POINT}. A first-order point is no larger than the truth by more than the square root of the condition of A.

Why: alpha_s |X X'|^2 <= |A(X X')|^2 <= |A(M*)|^2 <= L_s |M*|^2.""",
    source=PAPER.at("Lemma 6, sharpened"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=_any,
    when=_measured,
    then=AtMost(left=alpha * reached, right=L * wanted),
    mutants=(
        Mutant(
            name="L_s and alpha_s exchanged",
            because="a point may be as large as the truth without being it",
            then=AtMost(left=L * reached, right=alpha * wanted),
        ),
        Mutant(
            name="no larger than the truth",
            because="what A sees badly may be longer",
            then=AtMost(left=reached, right=wanted),
        ),
        Mutant(
            name="a fiftieth",
            because="the bound is a few times what is reached",
            then=AtMost(left=alpha * reached, right=L * wanted / 50),
        ),
    ),
)
