"""Beside Weylandt, Nagorski, Allen 2020: the exact path of convex clustering that CARP follows."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Monotone, Mutant, Reading, Status, entrywise, greatest, least, tightened
from lemmata.claims.papers.weylandt2020 import PAPER
from lemmata.claims.papers.weylandt2020._path import (
    a,
    b,
    between,
    cost,
    end_of_path,
    lam,
    lam_max,
    left,
    loss,
    octaves,
    pair,
    penalties_on,
    remaining,
    sides,
    steps,
    trees,
    two_penalties,
    w,
)

_SETTING = (
    """U_lam minimises |U - X|_F^2/2 + lam P(U), P(U) = sum_l w_l |(D U)_l|_q, q in {1, 2}; any graph, any X, w > 0"""
)
_NOTE = "standard facts of proximal paths, proved beside the paper, whose appendix was not read"

lipschitz = Claim(
    key="weylandt2020/path-moves-slowly",
    title="Between penalties a < b the exact path moves by at most (b - a)/a times |X - U_a|",
    about=f"""{_SETTING}. For 0 < a < b: |U_a - U_b|_F <= ((b - a)/a) |X - U_a|_F. Equality for two points until they meet. The published proof needs the path to be
Lipschitz: it is, with a constant read off the path itself.

Why: X - U_a = a g_a with g_a a subgradient of P at U_a; g is monotone.""",
    source=PAPER.at("the path is Lipschitz, an ingredient of the convergence theorem"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE + "; an inequality of squares",
    given=penalties_on(),
    when=two_penalties,
    then=AtMost(left=between, right=((b - a) / a) ** 2 * left, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="relative to b",
            because="the subgradient is that at a",
            then=AtMost(left=between, right=((b - a) / b) ** 2 * left),
        ),
        Mutant(
            name="second order",
            because="the path has a slope",
            then=AtMost(left=between, right=((b - a) / a) ** 4 * left),
        ),
        Mutant(
            name="the same everywhere",
            because="the slope has units, and grows with the weights",
            then=AtMost(left=between, right=(b - a) ** 2),
        ),
    ),
)

penalty_falls = Claim(
    key="weylandt2020/penalty-falls-along-the-path",
    title="Along the exact path the penalty P(U_lam) never increases; single pairs of points may part",
    about=f"""{_SETTING}. P(U_lam) is nonincreasing in lam. The distance of a given pair need not be: with general weights two points may part while others pull
one of them, and clusters may even split. With equal weights on all pairs and q = 1, or weights consistent with a tree, they do not (Hocking; Chi and Steinerberger).

Why: add the two optimality conditions.""",
    source=PAPER.at("convex clustering problem: its path"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=penalties_on(),
    when=octaves,
    then=Monotone(quantity=cost),
    mutants=(
        Mutant(
            name="pairs only approach",
            because="a third point may pull one of the two away",
            then=Monotone(quantity=pair),
        ),
        Mutant(
            name="so does the loss",
            because="what the penalty gains the loss pays",
            then=Monotone(quantity=loss),
        ),
        Mutant(
            name="lam P grows",
            because="beyond the last fusion nothing is left to pay",
            then=Monotone(quantity=lam * cost, increasing=True),
        ),
    ),
)

loss_grows = Claim(
    key="weylandt2020/loss-grows-along-the-path",
    title="Along the exact path |X - U_lam| never decreases",
    about=f"""{_SETTING}. |X - U_lam|_F is nondecreasing in lam, and constant from the penalty on at which each component is one cluster.

Why: add the two optimality conditions: what the penalty gives up the loss takes.""",
    source=PAPER.at("convex clustering problem: its path"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=penalties_on(),
    when=octaves,
    then=Monotone(quantity=loss, increasing=True),
    mutants=(
        Mutant(
            name="in proportion to lam",
            because="once points have met they move more slowly",
            then=Monotone(quantity=loss / lam**2, increasing=True),
        ),
        Mutant(
            name="the penalty too",
            because="the penalty pays for the loss",
            then=Monotone(quantity=cost, increasing=True),
        ),
        Mutant(
            name="points part",
            because="two points meet in the end",
            then=Monotone(quantity=pair, increasing=True),
        ),
    ),
)

loss_over_penalty = Claim(
    key="weylandt2020/loss-over-lam-falls-along-the-path",
    title="Along the exact path |X - U_lam|/lam never increases",
    about=f"""{_SETTING}. |X - U_lam|_F/lam, the norm of the subgradient of P that the solution takes, is nonincreasing in lam.

Why: it is the norm of the gradient of P's Moreau envelope, which falls as the envelope gets smoother.""",
    source=PAPER.at("convex clustering problem: its path"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + "; judged for squares",
    given=penalties_on(),
    when=octaves,
    then=Monotone(quantity=loss / lam**2),
    mutants=(
        Mutant(
            name="its square per lam",
            because="the squared loss begins as the square of lam",
            then=Monotone(quantity=loss / lam),
        ),
        Mutant(
            name="grows",
            because="once points have met they move more slowly",
            then=Monotone(quantity=loss / lam**2, increasing=True),
        ),
        Mutant(
            name="undivided",
            because="U leaves X and does not come back",
            then=Monotone(quantity=loss),
        ),
    ),
)


_needed = entrywise(lambda side, weight: side / weight, sides, w)


def _fused_from(end: sp.Expr, *, tight: bool = False) -> AtMost:
    right = (sp.Max(0, lam_max - lam) / lam) ** 2 * loss
    return AtMost(left=remaining, right=right, where={lam_max: end}, tight=tight)


largest_penalty = Claim(
    key="weylandt2020/largest-penalty-of-a-forest",
    title="On a forest all points of a component are one from lam_max = max_l |s_l|/w_l on, s_l the sum of one side less its means",
    about="""On a forest let lam_max be the largest over edges l of |sum over the points on one side of l of (x_i - component mean)|/w_l, in the dual norm of q.
For lam >= lam_max, U_lam consists of the component means; below it |U_lam - means|_F <= (lam_max - lam)/lam |X - U_lam|_F. Equality for two points.

Why: the flow Y with D'Y = X - means is unique on a forest, and feasible from lam_max on.""",
    source=PAPER.at("end of the path"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=trees(),
    when=end_of_path,
    then=_fused_from(greatest(_needed), tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="by the ends of an edge",
            because="an edge carries what all points on its side have to travel",
            then=_fused_from(greatest(entrywise(lambda step, weight: step / (2 * weight), steps, w))),
        ),
        Mutant(
            name="the first edge to fuse",
            because="the last edge to fuse ends the path",
            then=_fused_from(least(_needed)),
        ),
        Mutant(
            name="whatever the weights",
            because="a light edge fuses late",
            then=_fused_from(greatest(sides)),
        ),
    ),
)
