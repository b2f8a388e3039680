"""Weylandt, Nagorski, Allen 2020: what one step of ADMM does at a fixed penalty, and what a duality gap proves."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status, tightened
from lemmata.claims.papers.weylandt2020 import PAPER
from lemmata.claims.papers.weylandt2020._convergence import CONTRACTION, c, rho
from lemmata.claims.papers.weylandt2020._known_solutions import (
    after,
    before,
    certificate,
    first_step,
    gap,
    moved,
    near,
    one_step,
    shifted_problems,
    solved_problems,
)
from lemmata.claims.papers.weylandt2020._problems import FORESTS

_STEP = """U <- (I + rho L)^-1 (X + rho D'(V - Z)), s = D U + Z, Z <- the projection of s on the balls of radius lam w_l/rho, V <- s - Z"""
_NOTE = "proved beside the paper, whose appendix was not read; an inequality of squares"
_C = {c: CONTRACTION}
_PLACE = "linear convergence of ADMM, an ingredient of the convergence theorem"

fejer = Claim(
    key="weylandt2020/a-step-comes-nearer",
    title="On any graph a step at a fixed penalty brings s nearer to every fixed point, by (2/rho)|U - U_lam|^2 in square",
    about=f"""ADMM for convex clustering: {_STEP}. Any graph, connected or not, any X, w > 0, lam > 0, rho > 0, q in {{1, 2}}: for every state s and every fixed point
s* = D U_lam + Y/rho, |s+ - s*|^2 + (2/rho)|U+ - U_lam|_F^2 <= |s - s*|^2. Equality for a circulation of
fused edges, which no step moves. So along steps at one penalty the squared errors of U have a finite sum, with no rate unless the graph is a forest.

Why: s+ - s* = (d + Q r)/2 with |r| <= |d|, Q = 2 P - I, P = rho D (I + rho L)^-1 D', and P(I - P) measures |U+ - U_lam|^2/rho.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=solved_problems(data=True),
    when=one_step(),
    then=AtMost(left=after + 2 / rho * moved, right=before, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="twice the gain",
            because="the constant is the identity I - Q^2 = 4 P (I - P)",
            then=AtMost(left=after + 4 / rho * moved, right=before),
        ),
        Mutant(
            name="contracts on every graph",
            because="along a cycle V - Z may turn without moving U, and then the step is an isometry",
            then=AtMost(left=after, right=c**2 * before, where=_C),
        ),
        Mutant(
            name="shrinks by lam w",
            because="the fixed points are then those of another penalty, unless rho = 1",
            when=one_step(blind=True, variant="shrinking by lam w"),
        ),
    ),
)

contraction = Claim(
    key="weylandt2020/a-step-contracts-on-forests",
    title="On a forest a step contracts s by the largest of rho sigma/(1 + rho sigma) and 1/(1 + rho sigma)",
    about=f"""ADMM for convex clustering: {_STEP}. Let the graph be a forest, sigma the eigenvalues of D D' (those of L that are not zero) and c < 1 the largest
of rho sigma/(1 + rho sigma) and 1/(1 + rho sigma). For every state s: |s+ - s*| <= c |s - s*|, s* the fixed point. Attained by two points.

Why: with P as above, |Q| = 2c - 1 because D has full row rank.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note="the paper cites linear convergence of ADMM for strongly convex losses, which needs D of full row rank; the constant is derived",
    given=solved_problems(FORESTS),
    when=one_step(),
    then=AtMost(left=after, right=c**2 * before, where=_C, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="cycles",
            because="along a cycle V - Z may turn without moving U, and then the step is an isometry",
            given=solved_problems(("cycle", "complete", "triangle with a tail")),
        ),
        Mutant(
            name="square of c",
            because="the error is halved by averaging once, not twice",
            then=AtMost(left=after, right=c**4 * before, where=_C),
        ),
        Mutant(
            name="shrinks by lam w",
            because="the fixed points are then those of another penalty, unless rho = 1",
            when=one_step(blind=True, variant="shrinking by lam w"),
        ),
    ),
)

not_in_u = Claim(
    key="weylandt2020/a-step-contracts-u",
    title="The first step brings U nearer to the solution by a factor c < 1, on forests",
    about="""As in the proof sketched on the authors' slides, |U^(1) - U_lam| <= c |U^(0) - U_lam| with c < 1, here c of the state's contraction on forests: false. From
U = X, V = D X, Z = 0 the first step stays at X, because (I + rho L)^-1 (X + rho D'D X) = X: the ratio is one. What contracts is s = V + Z, not U.
Kept as a negative control.""",
    source=PAPER.at("slides, JSM 2019: sketch of the convergence proof"),
    status=Status.REFUTED,
    reading=Reading.SPECIAL_CASE,
    note="the slides do not say in which variables; the paper's appendix, which may, was not read. On forests, from Z = 0",
    given=solved_problems(FORESTS),
    when=first_step(),
    then=AtMost(left=moved, right=c**2 * near, where=_C),
    mutants=(
        Mutant(
            name="the published start",
            because="from Z = V = D X the first step leaves X even where X is the solution",
            when=first_step(published=True),
        ),
        Mutant(
            name="some factor below one",
            because="the step does not move at all",
            then=AtMost(left=moved, right=sp.Rational(999, 1000) * near),
        ),
        Mutant(
            name="by rho",
            because="no step size makes the first step move",
            then=AtMost(left=moved, right=near / (1 + rho)),
        ),
    ),
)

gap_bound = Claim(
    key="weylandt2020/the-gap-bounds-the-error",
    title="|U - U_lam|^2 is at most twice the duality gap of U and any feasible dual",
    about="""For any U and any Y with |Y_l| <= lam w_l (in the dual norm of q), on any graph:
|U - U_lam|_F^2 <= 2 gap, gap = |U - X + D'Y|_F^2/2 + sum_l (lam w_l |(D U)_l|_q - <Y_l, (D U)_l>), a sum of nonnegative terms. CARP's rho Z is
always feasible, so that each iterate carries its certificate. Equality for two points moved along the line between them.

Why: the objective is strongly convex with modulus one, and the gap is at least its excess at U.""",
    source=PAPER.at("convex clustering problem: strong convexity"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="standard, not in the paper as far as it was read",
    given=shifted_problems(),
    when=certificate(),
    then=AtMost(left=near, right=2 * gap, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="the gap itself",
            because="strong convexity gives half the square",
            then=AtMost(left=near, right=gap),
        ),
        Mutant(
            name="any dual",
            because="a dual that is too long makes the gap too small, even negative",
            when=certificate(feasible=False, variant="twice too long"),
        ),
        Mutant(
            name="primal residual only",
            because="U and Y may fit X and not each other: complementarity has its share of the gap",
            when=certificate(slack=False, variant="its first term only"),
        ),
    ),
)
