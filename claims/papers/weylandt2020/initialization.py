"""Weylandt, Nagorski, Allen 2020: the convergence theorem as published, and the initialization that it is false for."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Identity, Mutant, PrimeField, Reading, Status, tightened
from lemmata.claims.papers.weylandt2020 import PAPER
from lemmata.claims.papers.weylandt2020._convergence import spread
from lemmata.claims.papers.weylandt2020._initialization import (
    B,
    U,
    U_next,
    X,
    X_later,
    away,
    b,
    burn_in,
    first_iterate,
    floor,
    floors,
    left_over,
    limit_iterates,
    starts,
)

_CODE = "initialization in the package clustRviz 0.1.0, commit 0a91ff9"

published = Claim(
    key="weylandt2020/published-convergence",
    title="As published: with (t, eps) -> (1, 0) the Hausdorff distance of CARP's iterates to the exact path vanishes",
    about="""As (t, eps) -> (1, 0), max{sup_lam inf_k |U^(k) - U_lam|, sup_k inf_lam |U^(k) - U_lam|} -> 0, the sup over all iterates k >= 1, from the initialization that the
package takes, U = X and Z = V = D X. False: U^(1) = (I + rho L)^-1 X for every t and every eps, which for three or more points is in general not on the path;
so sup_k inf_lam never falls below its distance from the path: proved to be more than 10, 15 and 15 percent of |X - means| for thirty points of iris, wine
and digits. It is judged as: that distance is zero. The repair is Z = 0, the true dual at penalty zero: see weylandt2020/converges-to-the-path. Kept as a negative control.""",
    source=PAPER.at("convergence theorem, informal statement on the authors' project page; " + _CODE),
    status=Status.REFUTED,
    reading=Reading.AS_STATED,
    note="read: the informal statement, the slides and the code. Not read: the journal's appendix, which may take another initialization or leave out first iterates",
    given=floors(),
    when=first_iterate,
    then=AtMost(left=floor, right=0),
    mutants=(
        Mutant(
            name="up to two percent",
            because="the floor is a fraction of the size of the table",
            then=AtMost(left=floor, right=away / 50),
        ),
        Mutant(
            name="the size of the table over a thousand",
            because="no tolerance that is small beside the table helps",
            then=AtMost(left=floor, right=away / 1000),
        ),
        Mutant(
            name="quadratically small",
            because="the distance has the unit of the points",
            then=AtMost(left=100 * floor, right=away),
        ),
    ),
)

limit = Claim(
    key="weylandt2020/where-the-published-start-goes",
    title="From the published initialization, as eps -> 0, U^(k) - X = B^(k-1) (I - B) X with B = rho L (I + rho L)^-1",
    about="""CARP from Z = V = D X. U^(1) = (I + rho L)^-1 X = (I - B) X for every t and eps, and as eps -> 0 with any t: U^(2) - X = B U^(1) and
U^(k+1) - X = B (U^(k) - X) for k >= 2. So iterates leave X at once and come back geometrically, slowly where rho sigma_max is large. Any graph, any X.

Why: Z = D X is no dual of penalty zero; the first step shrinks it away, and V keeps D X + D U^(1).""",
    source=PAPER.at(_CODE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=starts(),
    when=limit_iterates(),
    then=Identity(left=U_next - X, right=B * (U - X_later)),
    proof=PrimeField(covers="any X on the graphs of the family, up to six points, four steps", shapes=12, draws=4),
    mutants=(
        Mutant(
            name="stays at X",
            because="the first step solves for U with V - Z = 0",
            then=Identity(left=U_next - X, right=sp.ZeroMatrix(*U.shape)),
        ),
        Mutant(
            name="B squared",
            because="one solve a step",
            then=Identity(left=U_next - X, right=B * B * (U - X_later)),
        ),
        Mutant(
            name="the repaired start",
            because="from Z = 0 the iterates stay at X, and U^(2) - X = 0 is not B U^(1)",
            when=limit_iterates(published=False),
        ),
    ),
)

floor_of_burn_in = Claim(
    key="weylandt2020/burn-in-leaves-a-floor",
    title="Burn-in of b steps leaves at most (1/b)(1 - 1/b)^(b-1) of |X|, and for some tables all of that",
    about="""CARP from Z = V = D X, as eps -> 0. After b >= 2 steps at the first penalty |U^(b) - X|_F <= (1/b)(1 - 1/b)^(b-1) |X - component means|_F, whatever the
graph, X and rho > 0: 0.74 percent at b = 50, not zero. Attained where rho sigma = b - 1 for an eigenvalue sigma of L that carries X.

Why: U^(b) - X = B^(b-1) (I - B) X, and x^(b-1) (1 - x) is largest at x = 1 - 1/b.""",
    source=PAPER.at("burn-in, " + _CODE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived. An inequality of squares, b from 2 to 9",
    given=starts(),
    when=burn_in,
    then=AtMost(left=left_over, right=((1 - 1 / b) ** (b - 1) / b) ** 2 * spread, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="1/(e b)",
            because="(1 - 1/b)^(b-1) decreases to 1/e",
            then=AtMost(left=left_over, right=sp.exp(-2) / b**2 * spread),
        ),
        Mutant(
            name="1/b^2",
            because="modes with rho sigma of the order of b fade no faster than 1/b",
            then=AtMost(left=left_over, right=spread / b**4),
        ),
        Mutant(
            name="geometrically",
            because="the rate depends on rho and on the graph",
            then=AtMost(left=left_over, right=spread / 4**b),
        ),
    ),
)
