"""Xie, Zhao, Zhou 2024: regret bounded by the variation of the gradients, with every constant."""

from __future__ import annotations

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status
from lemmata.claims.papers.xie2024 import PAPER
from lemmata.claims.papers.xie2024._games import (
    LONGEST,
    diameter2,
    eta,
    first,
    games,
    played,
    regret,
    short_for_intermediate,
    short_for_last,
    variation,
)
from lemmata.solvers.optimization import Hint

_SETTING = """Let the domain be convex of diameter D, f_t convex with L-Lipschitz gradients, x_t = P(z_t - eta M_t), z_{t+1} = P(z_t - eta grad f_t(x_t)),
M_1 = 0"""
_NOTE = "read: O(sqrt(V_T)) by optimistic mirror descent; the form with constants was derived by the same technique. Judged on boxes"
_start, _first = diameter2 / (2 * eta), eta * first
_regret = _start + 2 * eta * variation + _first
_LAST = games(short_for_last)

last = Claim(
    key="xie2024/regret-with-last-gradients",
    title="With M_t = grad f_{t-1}(x_{t-1}), eta <= 1/(2 sqrt(2) L): regret at most D^2/(2 eta) + 2 eta V_T + eta |g_1|^2",
    about=f"""{_SETTING}, M_t = grad f_{{t-1}}(x_{{t-1}}) and eta <= 1/(2 sqrt(2) L). Then the sum of f_t(x_t) - f_t(u) is at most
D^2/(2 eta) + 2 eta V_T + eta |g_1|^2 for every u of the domain and every T, V_T the sum of |grad f_t(x_t) - grad f_{{t-1}}(x_t)|^2 over t >= 2, no more than the
paper's V_T, which has the largest over x. With the best eta this is 2 D sqrt(V_T) + sqrt(2) L D^2 and less than eta |g_1|^2 more.

Why: the distance to u telescopes; what the hint misses is the variation plus L times a move, which the squares of the moves make up for.""",
    source=PAPER.at("convex losses, the smooth case"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=_LAST,
    when=played(),
    then=AtMost(left=regret, right=_regret),
    mutants=(
        Mutant(
            name="no hint",
            because="a slowly turning gradient has little variation, but plain descent runs in a circle after it",
            given=games(short_for_last, longest=LONGEST),
            when=played(Hint.NONE),
        ),
        Mutant(
            name="the opposite hint",
            because="against a constant loss it walks back before every step",
            when=played(Hint.OPPOSITE),
        ),
        Mutant(
            name="no distance",
            because="with short steps the way to the best point takes many rounds",
            then=AtMost(left=regret, right=2 * eta * variation + _first),
        ),
        Mutant(
            name="no variation",
            because="a gradient that changes its sign in every round is never foreseen",
            then=AtMost(left=regret, right=_start + _first),
        ),
    ),
)

_INTERMEDIATE = games(short_for_intermediate, reach=2**0.5)

intermediate = Claim(
    key="xie2024/regret-with-intermediate-gradients",
    title="With M_t = grad f_{t-1}(z_t), eta <= 1/(2 L): regret at most D^2/(2 eta) + 2 eta V_T + eta |g_1|^2",
    about=f"""{_SETTING}, M_t = grad f_{{t-1}}(z_t), the last loss's gradient at the intermediate point, and eta <= 1/(2 L). Then the regret against every u of
the domain is at most D^2/(2 eta) + 2 eta V_T + eta |g_1|^2 for every T, V_T as in xie2024/regret-with-last-gradients.

Why: only |x_t - z_t| enters, not the way from x_{{t-1}}, so that the step may be longer by sqrt(2).""",
    source=PAPER.at("convex losses, gradients at intermediate points"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=_INTERMEDIATE,
    when=played(Hint.INTERMEDIATE),
    then=AtMost(left=regret, right=_regret),
    mutants=(
        Mutant(
            name="no hint",
            because="a slowly turning gradient has little variation, but plain descent runs in a circle after it",
            given=games(short_for_intermediate, longest=LONGEST),
            when=played(Hint.NONE),
        ),
        Mutant(
            name="no distance",
            because="with short steps the way to the best point takes many rounds",
            then=AtMost(left=regret, right=2 * eta * variation + _first),
        ),
        Mutant(
            name="no variation",
            because="a gradient that changes its sign in every round is never foreseen",
            then=AtMost(left=regret, right=_start + _first),
        ),
        Mutant(
            name="step and distance exchanged",
            because="short steps are slow, whatever they save in variation",
            then=AtMost(left=regret, right=eta * diameter2 / 2 + 2 * eta * variation + _first),
        ),
    ),
)
