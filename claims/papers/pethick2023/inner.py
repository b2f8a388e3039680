"""Pethick, Xie, Cevher 2023: the resolvent by an inner loop, and what its errors cost."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status
from lemmata.claims.papers.pethick2023 import PAPER
from lemmata.claims.papers.pethick2023._operators import a_weight, gamma, lam
from lemmata.claims.papers.pethick2023._planar import (
    errors,
    inexact,
    inner_loop,
    last_error,
    length,
    lipschitz2,
    missing,
    move,
    planar_operators,
    plane_range,
    short_steps,
    start,
)
from lemmata.claims.settings.optimization.measured import N

_contraction = (gamma**2 * lipschitz2) ** N

inner = Claim(
    key="pethick2023/inner-loop",
    title="The inner loop w <- z - gamma F(w) has |w_N - J z| <= (gamma L)^N |z - J z|",
    about="""Let F be L-Lipschitz, gamma L < 1, J = (1 + gamma F)^-1 and w_0 = z, w_{t+1} = z - gamma F(w_t), always from z. Then
|w_N - J z| <= (gamma L)^N |z - J z| for every N >= 1. Attained by a complex factor of size L. Comonotonicity is not needed.

Why: J z is the fixed point, and the map is a contraction by gamma L (Banach).""",
    source=PAPER.at("inner loop of the relaxed approximate proximal point method"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="read: that the loop steps from z and converges linearly by Banach's theorem; the constant is that theorem's",
    given=planar_operators(short_steps, longest=6),
    when=inner_loop(),
    then=AtMost(left=missing, right=_contraction * move, tight=True),
    mutants=(
        Mutant(
            name="one more factor",
            because="a complex factor of size L attains the power N",
            then=AtMost(left=missing, right=_contraction * gamma**2 * lipschitz2 * move),
        ),
        Mutant(
            name="stepping from w",
            because="descent from the last w is no loop for the resolvent: it looks for the zero of F",
            when=inner_loop(anchored=False),
        ),
        Mutant(
            name="half of the way each time",
            because="averaging the loop shifts its factor from -gamma F' towards one",
            when=inner_loop(halved=True),
        ),
        Mutant(
            name="half the Lipschitz constant",
            because="the loop cannot contract faster than F's own derivative says",
            then=AtMost(left=missing, right=_contraction / 4**N * move),
        ),
    ),
)

_exact = start / sp.sqrt(lam * (1 - lam) * (N + 1))

inexact_last_iterate = Claim(
    key="pethick2023/inexact-last-iterate",
    title="With inner errors e_k the residual is at most |z_0 - z*|/sqrt(lambda (1 - lambda) (N + 1)) + 2 lambda sum |e_k|",
    about="""Let F be L-Lipschitz and rho-comonotone with F(z*) = 0, -2 rho <= gamma < 1/L, 0 < lambda < 1, and
z_{k+1} = (1 - lambda) z_k + lambda w_k, w_k the point after tau inner steps from z_k and e_k = w_k - J z_k. Then
|J z_N - z_N| <= |z_0 - z*|/sqrt(lambda (1 - lambda) (N + 1)) + 2 lambda (|e_0| + ... + |e_{N-1}|) for every N and tau. As |e_k| <= (gamma L)^tau |z_k - J z_k|, a number of
inner steps that grows with log N is enough.

Why: the exact iteration is non-expansive, so errors add up at most; the residual changes by at most twice a change of z.""",
    source=PAPER.at("Theorem 6.2"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="read: a rate of the last iterate free of rho at the cost of a logarithm; the constants were derived",
    given=planar_operators(plane_range, short_steps, a_weight, longest=24),
    when=inexact,
    then=AtMost(left=length, right=_exact + 2 * lam * errors),
    mutants=(
        Mutant(
            name="no errors",
            because="one inner step is descent-ascent, which turns away from the zero of a rotation",
            then=AtMost(left=length, right=_exact),
        ),
        Mutant(
            name="the last error only",
            because="errors of early steps stay in the iterate, which is not contracted",
            then=AtMost(left=length, right=_exact + 2 * lam * last_error),
        ),
        Mutant(
            name="1/N in place of 1/sqrt(N)",
            because="with exact resolvents slow rotations attain the order 1/sqrt(N)",
            then=AtMost(left=length, right=_exact / sp.sqrt(N + 1) + 2 * lam * errors),
        ),
        Mutant(
            name="lambda in place of lambda (1 - lambda)",
            because="near weight one nothing is averaged",
            then=AtMost(left=length, right=start / sp.sqrt(lam * (N + 1)) + 2 * lam * errors),
        ),
    ),
)
