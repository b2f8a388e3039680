"""Ma, Lavaei, Sojoudi 2023: the lift, its derivatives at rank-one points, and which of these are critical."""

from __future__ import annotations

from lemmata.claims import AtLeast, AtMost, Claim, Identity, Mutant, PrimeField, Reading, Status
from lemmata.claims.papers.ma2023 import PAPER, SETTING
from lemmata.claims.papers.ma2023._lifted import (
    C_form,
    P_first,
    P_form,
    Part,
    U_first,
    U_form,
    along_a_line,
    at_any_point,
    at_critical_points,
    at_truth,
    bend,
    critical_points,
    descent_step,
    flat,
    l,
    lifted_problems,
    skew,
    slope,
    steepness,
    truth_pull,
)

_LIFT = f"{SETTING}; P = I_r (x) K(X X'), U = I_r (x) K(M*), C = B'B with B V = A(X V')"
_problems = lifted_problems()
_proof = PrimeField(covers="any X, Z, A and Delta at the n, r, l of the family", shapes=8, draws=4)

printed_gradient = Claim(
    key="ma2023/gradient-as-printed",
    title="As printed: h = |A^(x)l(w w') - b^(x)l|_F^2 has gradient (P x)^(x)l - (U x)^(x)l at x^(x)l",
    about=f"""{_LIFT}. The objective (5) is printed without a factor, its gradients (17a), (18), (64) are those of a quarter of it: for (5) as it stands they are four times as large.
The scripts use the quarter. Kept as a negative control; with the quarter it is ma2023/gradient-at-rank-one.""",
    source=PAPER.at("(5) with (17a), (18) and (64)"),
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    given=_problems,
    when=along_a_line(scale=4),
    then=Identity(left=slope, right=P_first - U_first),
    mutants=(
        Mutant(
            name="a half in front",
            because="the objective is quartic in w, its gradient cubic with a factor four",
            when=along_a_line(scale=2),
        ),
        Mutant(
            name="no truth",
            because="the truth pulls",
            then=Identity(left=slope, right=P_first),
        ),
        Mutant(
            name="the other way",
            because="the gradient points away from the truth",
            then=Identity(left=slope, right=U_first - P_first),
        ),
    ),
)

gradient = Claim(
    key="ma2023/gradient-at-rank-one",
    title="The gradient of the lift at vec(X)^(x)l is (P vec X)^(x)l - (U vec X)^(x)l, for h with a quarter in front",
    about=f"""{_LIFT}, A_k symmetric. The derivative of h at vec(X)^(x)l in the direction of any tensor Delta is <(P x)^(x)l - (U x)^(x)l, Delta>, x = vec(X).""",
    source=PAPER.at("(17a), (18), (64), with the factor that they need"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="as printed but for the quarter in front of the objective",
    given=_problems,
    when=along_a_line(),
    then=Identity(left=slope, right=P_first - U_first),
    proof=_proof,
    mutants=(
        Mutant(
            name="no factor in front",
            because="the printed objective has four times this gradient",
            when=along_a_line(scale=4),
        ),
        Mutant(
            name="K(X X') once for both",
            because="the gradient vanishes at the truth only",
            then=Identity(left=slope, right=P_first - 2 * U_first),
        ),
        Mutant(
            name="sensing matrices as they come",
            because="the lift, unlike f, changes when A_k is replaced by its symmetric part",
            when=along_a_line(Part.SKEW),
        ),
    ),
)

hessian = Claim(
    key="ma2023/hessian-at-rank-one",
    title="The Hessian of the lift at vec(X)^(x)l is P^(x)l - U^(x)l + 2 C^(x)l",
    about=f"""{_LIFT}, A_k symmetric. The second derivative of h at vec(X)^(x)l along any tensor Delta is <Delta, (P^(x)l - U^(x)l + 2 C^(x)l) Delta>. Along Delta = vec(V)^(x)l it is
a^l - b^l + 2c^l with a = <A(X X'), A(V V')>, b = <A(M*), A(V V')>, c = |A(X V')|^2: three numbers decide of every order.""",
    source=PAPER.at("proof of Theorem 4"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived for every Delta; the paper has it along rank-one directions",
    given=_problems,
    when=along_a_line(),
    then=Identity(left=bend, right=P_form - U_form + 2 * C_form),
    proof=_proof,
    mutants=(
        Mutant(
            name="C once",
            because="Delta stands on either side of w",
            then=Identity(left=bend, right=P_form - U_form + C_form),
        ),
        Mutant(
            name="four times C",
            because="the two belongs to the two sides of w w', and each side once",
            then=Identity(left=bend, right=P_form - U_form + 4 * C_form),
        ),
        Mutant(
            name="without the curvature of the residual",
            because="the residual does not vanish away from the truth",
            then=Identity(left=bend, right=2 * C_form),
        ),
        Mutant(
            name="sensing matrices as they come",
            because="the lift, unlike f, changes when A_k is replaced by its symmetric part",
            when=along_a_line(Part.SKEW),
        ),
    ),
)

lemma_1 = Claim(
    key="ma2023/iterates-stay-symmetric",
    title="Lemma 1: gradient descent on the lift keeps tensors symmetric",
    about=f"""{SETTING}. From a symmetric w_0 of rank one all iterates of gradient descent on h are symmetric. It is judged for one step from any sum of three rank-one tensors; as the
step holds for every symmetric tensor, all iterates follow.

Why: h does not change when modes of w are exchanged.""",
    source=PAPER.at("Lemma 1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=lifted_problems("2, 1, 2", "2, 1, 3", "3, 1, 2", "2, 2, 2"),
    when=descent_step(),
    then=Identity(left=skew, right=0),
    mutants=(
        Mutant(
            name="another operator on the last mode",
            because="the modes are then told apart",
            when=descent_step(Part.MODES),
        ),
        Mutant(
            name="a target that is no power",
            because="the target tells the modes apart",
            when=descent_step(Part.TARGET),
        ),
        Mutant(
            name="any initialization",
            because="a step does not make a tensor symmetric",
            when=descent_step(Part.TENSOR),
        ),
    ),
)

critical = Claim(
    key="ma2023/theorem-3-if",
    title="Theorem 3, if: X a first-order point of f makes vec(X)^(x)l one of the lift, for every l",
    about=f"""{SETTING}. If K(X X' - M*) X = 0 then the gradient of h at vec(X)^(x)l vanishes, l = 1, 2, .... The points are made from their certificate, the gradient is computed through all
m^l measurements.""",
    source=PAPER.at("Theorem 3"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="r = 1, l up to 3; ma2023/gradient-at-rank-one is for every r",
    given=critical_points(both=False),
    when=at_critical_points(),
    then=AtMost(left=steepness, right=0),
    mutants=(
        Mutant(
            name="twice the tensor",
            because="the lift is cubic along a ray, and P x = U x balances at one",
            when=at_critical_points(2),
        ),
        Mutant(
            name="any X",
            because="where f is steep the lift is",
            given=lifted_problems("2, 1, 1", "2, 1, 3"),
            when=at_any_point,
        ),
        Mutant(
            name="up to a sign, at every order",
            because="an odd power keeps the sign",
            given=critical_points(odd_too=True),
        ),
    ),
)

printed_only_if = Claim(
    key="ma2023/theorem-3-only-if",
    title="Theorem 3, only if: a first-order point vec(X)^(x)l of the lift comes from one of f, for every l",
    about=f"""{SETTING}. If the gradient of h vanishes at vec(X)^(x)l then that of f does at X. False for even l: an even power forgets the sign, so that K(X X') X = -K(M*) X is as good. For
l = 2, n = 2: A with |A(M)|^2 = (M_11 - M_22)^2 + M_22^2 + 2 M_12^2, M* = e_2 e_2', x = e_1 has P x = e_1 = -U x: first-order for the lift, and grad f = 2 e_1. (So
is -vec(X)^(x)l, which is no vec(X)^(x)l at all.) True for odd l: ma2023/theorem-3-for-odd-orders. Kept as a negative control.""",
    source=PAPER.at("Theorem 3"),
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    given=critical_points(),
    when=at_critical_points(),
    then=AtMost(left=flat, right=0),
    mutants=(
        Mutant(
            name="small at least",
            because="the gradient of f is then 2 P x, of any size",
            then=AtMost(left=flat, right=steepness),
        ),
        Mutant(
            name="at order two",
            because="two is even",
            given=critical_points(least=2, most=2),
        ),
        Mutant(
            name="a fraction of M*",
            because="at these points P x = -U x, of the size of the truth",
            then=AtMost(left=flat, right=truth_pull / 2),
        ),
    ),
)

odd_orders = Claim(
    key="ma2023/theorem-3-for-odd-orders",
    title="For odd l the gradients obey |grad h(vec(X)^(x)l)| >= 2^(1-l) |grad f(X)|^l: Theorem 3 with its rate",
    about=f"""{SETTING}. For every X and odd l the lift is as steep at vec(X)^(x)l as 2^(1-l) |K(X X' - M*) X|^l; squares are compared. So for odd l vec(X)^(x)l is a first-order point of
the lift only if X is one of f. Attained where P x = -U x, and for l = 1.

Why: with v the direction of p - q the form p^(x)l - q^(x)l takes the value (v.p)^l - (v.q)^l >= 2^(1-l) (v.p - v.q)^l at v^(x)l.""",
    source=PAPER.at("Theorem 3, repaired"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=lifted_problems("2, 1, 1", "2, 1, 3", "3, 1, 1"),
    when=at_any_point,
    then=AtLeast(left=steepness, right=4 ** (1 - l) * flat**l, tight=True),
    mutants=(
        Mutant(
            name="even orders",
            because="p = -q makes the left side vanish",
            given=lifted_problems("2, 1, 2", "2, 1, 4"),
        ),
        Mutant(
            name="without the loss",
            because="p = -q loses 2^(1-l)",
            then=AtLeast(left=steepness, right=flat**l),
        ),
        Mutant(
            name="linearly",
            because="near a first-order point with P x = 0 the lift is flatter",
            then=AtLeast(left=steepness, right=flat / 4 ** (l - 1)),
        ),
    ),
)

theorem_5 = Claim(
    key="ma2023/theorem-5",
    title="Theorem 5: the truth vec(Z)^(x)l stays a second-order point of the lift, for every l and A",
    about=f"""{SETTING}. At w = vec(Z)^(x)l the second derivative of h is nonnegative in every direction Delta, symmetric or not. Attained where A does not see Delta w'.

Why: h >= 0 = h(vec(Z)^(x)l).""",
    source=PAPER.at("Theorem 5"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=_problems,
    when=at_truth(),
    then=AtLeast(left=bend, right=0),
    mutants=(
        Mutant(
            name="half of it",
            because="at half the truth the residual pulls outwards",
            when=at_truth(1),
        ),
        Mutant(
            name="strictly, by the direction's slope",
            because="A may not see Delta",
            when=at_truth(3),
            then=AtLeast(left=bend, right=slope**2),
        ),
        Mutant(
            name="three halves of it",
            because="beyond the truth the residual pulls inwards",
            when=at_truth(3),
            then=AtMost(left=slope, right=0),
        ),
    ),
)
