"""Weylandt, Nagorski, Allen 2020: CBASS, convex biclustering, and how large its proximal constant has to be."""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from lemmata.claims import AtMost, Claim, Identity, Mutant, Reading, Status
from lemmata.claims.papers.weylandt2020 import PAPER
from lemmata.claims.papers.weylandt2020._biclustering import (
    U,
    U_next,
    alternating,
    alternating_tables,
    away,
    coded,
    fused_run,
    fused_tables,
    moved,
    size,
    solved_tables,
    stable,
    state_after,
    state_before,
    table_after,
    table_before,
    table_step,
    threshold,
)
from lemmata.claims.papers.weylandt2020._convergence import rho

_STEP = """CBASS as in the package: U <- (X + a U + rho [D'(V - Z) - L U])/(1 + a), rows and columns together, D and L = D'D acting on both, then the proximal
step on V and Z"""
_NOTE = "the package's generalised ADMM; the paper's own text and appendix were not read"
_CODE = "CBASS, in the package clustRviz 0.1.0, commit 0a91ff9"

_before = table_before + rho * state_before
_after = table_after + rho * state_after

energy_falls = Claim(
    key="weylandt2020/biclustering-energy-falls",
    title="With a >= rho (smax_r + smax_c) each step of CBASS lowers a weighted squared distance from the solution",
    about=f"""{_STEP}. Let a >= rho (smax(L_r) + smax(L_c)). At a fixed penalty, for every state with Z the projection of s = V + Z and every solution U* with dual
rho Z*, Phi = a|U - U*|^2 - rho|D(U - U*)|^2 + rho|V - V*|^2 + rho|Z - Z*|^2 >= 0 falls by at least 2|U+ - U*|^2. So the iterates converge for such a.

Why: ADMM with the proximal term aI - rho L, positive semidefinite by the condition.""",
    source=PAPER.at(_CODE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE + "; derived",
    given=solved_tables(),
    when=table_step(),
    then=AtMost(left=_after + 2 * moved, right=_before),
    mutants=(
        Mutant(
            name="the coded constant",
            because="2 dmax_r dmax_c is below smax_r + smax_c for a table of two by two, and does not know rho",
            when=table_step(coded, "2 dmax_r dmax_c"),
        ),
        Mutant(
            name="a fifth of it",
            because="aI - rho L is then indefinite, and steps overshoot",
            when=table_step(partial(stable, share=Fraction(1, 5)), "rho (smax_r + smax_c)/5"),
        ),
        Mutant(
            name="strictly by a factor",
            because="on graphs with cycles, or with a large a, the fall is as small as one likes",
            then=AtMost(left=_after, right=_before / 2),
        ),
        Mutant(
            name="eight times the gain",
            because="the loss is strongly convex with modulus one",
            then=AtMost(left=_after + 16 * moved, right=_before),
        ),
    ),
)

coded_constant = Claim(
    key="weylandt2020/coded-proximal-constant-is-stable",
    title="As coded: with a = 2 dmax_r dmax_c the iterates of CBASS stay bounded",
    about=f"""{_STEP}. With a = 2 dmax_r dmax_c, dmax the largest degrees, |U^(k)|_F <= 10 |X|_F for all k: false. For a table of two by two a = 2, but with every edge
fused the step multiplies e_r e_c' by -1.46: a has to be 5/2 at least. With rho of 10 or 30 the constant, which does not know rho, fails for larger tables
too. Kept as a negative control.""",
    source=PAPER.at(_CODE),
    status=Status.REFUTED,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE + "; the code's constant, the bound ten is ours",
    given=fused_tables(),
    when=fused_run(),
    then=AtMost(left=size, right=100 * away),
    mutants=(
        Mutant(
            name="by a factor of a thousand",
            because="growth is geometric",
            then=AtMost(left=size, right=10**6 * away),
        ),
        Mutant(
            name="half of it",
            because="a smaller constant overshoots more",
            when=fused_run(lambda given: coded(given) / 2, "dmax_r dmax_c"),
        ),
        Mutant(
            name="never farther than X",
            because="even before it blows up",
            then=AtMost(left=size, right=away),
        ),
    ),
)

sharp_constant = Claim(
    key="weylandt2020/sharp-proximal-constant",
    title="At a = (3 rho (smax_r + smax_c) - 2)/4 iterates of CBASS alternate forever: a may not be smaller",
    about=f"""{_STEP}. Let e_r, e_c be top eigenvectors of L_r and L_c, every edge fused, and a = (3 rho (smax_r + smax_c) - 2)/4. For X = 0 the state U = r e_r e_c',
Z = D U/2, V = 0 goes to -U, -Z: it never comes to rest. Below this a it grows, and above it every mode with all edges fused decays. So
a >= rho (smax_r + smax_c) suffices but is not needed there: three quarters of it are.

Why: with all fused, each mode is a linear recursion of two numbers, with eigenvalue -1 exactly at this a.""",
    source=PAPER.at(_CODE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + "; derived. Judged for stars and complete graphs, whose top eigenvectors are whole numbers",
    given=alternating_tables(),
    when=alternating(),
    then=Identity(left=U_next, right=-U),
    mutants=(
        Mutant(
            name="without strong convexity",
            because="the loss itself damps: two quarters less are needed",
            when=alternating(partial(threshold, shift=Fraction(1, 2)), "3 rho (smax_r + smax_c)/4"),
        ),
        Mutant(
            name="a quarter more",
            because="above the threshold it decays",
            when=alternating(partial(threshold, shift=Fraction(1, 4)), "a quarter above"),
        ),
        Mutant(
            name="in place",
            because="the mode turns over at each step",
            then=Identity(left=U_next, right=U),
        ),
    ),
)
