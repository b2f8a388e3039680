"""Zhu et al. 2024: descent-ascent on a functional game, as it is on tables of values."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Reading, Status
from lemmata.claims.papers.zhu2024 import PAPER
from lemmata.claims.papers.zhu2024._game import (
    REGULARISED,
    Players,
    approach,
    at_saddle,
    best_reply,
    distance_at_a_point,
    duality_gap,
    elsewhere,
    falling,
    games,
    gap_at_a_point,
    lam,
    objective,
    raised,
    saddle_point,
    to_saddle,
)

_NOTE = (
    "of the paper the abstract was read; its networks are infinitely wide, and in the limit alpha -> infinity they are the functions themselves: "
    "the game on tables of their values, in exact numbers. The part that vanishes like 1/alpha is not on trial"
)
_SETTING = """L(f, g) = g'(A f - b) - |g|^2/2 + lambda |f|^2/2, f' = -grad_f L, g' = grad_g L, on tables of values"""
_both_descend = Mutant(
    name="both descend",
    because="g has to ascend: to descend on its own concave part it runs away",
    when=gap_at_a_point(Players.BOTH_DESCEND),
)

gap = Claim(
    key="zhu2024/gap-along-descent-ascent",
    title="The mean duality gap of descent-ascent up to T is at most |z_0 - u|^2/(2T), against every pair u",
    about=f"""{_SETTING}. For all u = (u_f, u_g) and T > 0,
(1/T) int_0^T L(f_t, u_g) - L(u_f, g_t) dt <= |z_0 - u|^2/(2T), z = (f, g). Judged at a point, as
L(f, u_g) - L(u_f, g) <= -(1/2) d/dt |z - u|^2, whose integral it is. Attained where both play one g and lambda is zero.

Why: L is convex in f and concave in g.""",
    source=PAPER.at("convergence, the part in time"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=games(),
    when=gap_at_a_point(),
    then=AtMost(left=duality_gap, right=approach / 2, tight=True),
    mutants=(
        Mutant(
            name="a quarter of the constant",
            because="|z_0 - u|^2/(8T) is less than the approach of two players whose gap is all there is",
            then=AtMost(left=duality_gap, right=approach / 8),
        ),
        _both_descend,
        Mutant(
            name="f rests",
            because="a gap that f alone could close stays open",
            when=gap_at_a_point(Players.ASCENT_OF_ONE),
        ),
        Mutant(
            name="both ways",
            because="the curvature of the game is on the side of the players, and only there",
            then=AtLeast(left=duality_gap, right=approach / 2),
        ),
    ),
)

distance = Claim(
    key="zhu2024/distance-along-descent-ascent",
    title="With lambda > 0 descent-ascent approaches the saddle point at the rate min(lambda, 1)",
    about=f"""{_SETTING}. If lambda > 0 there is one saddle point z*, and
|z_t - z*| <= exp(-min(lambda, 1) t) |z_0 - z*| for every A and b. Judged at a point, as -d/dt |z - z*|^2 >= 2 min(lambda, 1) |z - z*|^2,
with z* from the regularised normal equations. Attained where A is zero.

Why: the coupling of f and g does no work: -d/dt |z - z*|^2 = 2 lambda |f - f*|^2 + 2 |g - g*|^2.""",
    source=PAPER.at("convergence, the part in time"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=games(REGULARISED, kinds=("small", "one", "large")),
    when=distance_at_a_point(),
    then=AtLeast(left=falling, right=2 * sp.Min(lam, 1) * to_saddle, tight=True),
    mutants=(
        Mutant(
            name="the larger of the two",
            because="the player with the weaker pull is the slower one",
            then=AtLeast(left=falling, right=2 * sp.Max(lam, 1) * to_saddle),
        ),
        Mutant(
            name="lambda alone",
            because="g is pulled with a weight of one, however strongly f is",
            then=AtLeast(left=falling, right=2 * lam * to_saddle),
        ),
        Mutant(
            name="twice the rate",
            because="without coupling the rate is attained",
            then=AtLeast(left=falling, right=4 * sp.Min(lam, 1) * to_saddle),
        ),
        Mutant(
            name="both descend",
            because="then g leaves its saddle at the rate at which it should approach it",
            when=distance_at_a_point(Players.BOTH_DESCEND),
        ),
    ),
)

saddle = Claim(
    key="zhu2024/saddle-solves-the-equation",
    title="The saddle point solves the regularised normal equations: L(f*, g) <= L(f*, g*) <= L(f, g*) for all f and g",
    about=f"""{_SETTING}. Let (A'A + lambda) f* = A'b and g* = A f* - b. Then
L(f*, g) <= L(f*, g*) <= L(f, g*) for all f and g, and L(f*, g*) <= max_g L(f, g) = |A f - b|^2/2 + lambda |f|^2/2: the game's solution is the
minimiser of the regularised squared error of the functional equation A f = b.

Why: the best reply to f is A f - b.""",
    source=PAPER.at("the functional conditional moment equation"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=games(REGULARISED, kinds=("small", "one", "large")),
    when=saddle_point,
    then=AtMost(
        left=sp.Max(raised - at_saddle, at_saddle - elsewhere, at_saddle - objective, sp.Abs(best_reply - objective)),
        right=0,
    ),
    mutants=(
        Mutant(
            name="g lowers the game",
            because="the second player maximises",
            then=AtMost(left=at_saddle - raised, right=0),
        ),
        Mutant(
            name="half of the squared error",
            because="the best reply takes one half of the squared residual, and the regularizer stays",
            then=AtMost(left=best_reply - objective / 2, right=0),
        ),
        Mutant(
            name="no f is as good",
            because="the value of the game is the least error, not the largest",
            then=AtMost(left=objective - at_saddle, right=0),
        ),
    ),
)
