"""Jiang, Chen, Ding 2022: when and how well small initializations recover the leading components, in the limit of small steps."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Mutant, Rate, Reading, Side, Status
from lemmata.claims.papers.jiang2022 import FLOW, NOTE, PAPER, PLACE, gamma, rho, s_r
from lemmata.claims.papers.jiang2022._closed_form import (
    BEST,
    CLEAR,
    CUT,
    DECIDED,
    FALL,
    POSITIVE,
    RISE,
    SPARE,
    TURN,
    W_rr,
    at_a_time,
    closing,
    entries,
    entry,
    err,
    height,
    i,
    initializations,
    j,
    late,
    least,
    least_err,
    next_row,
    opening,
    power,
    r,
    window,
)

_FINE = sp.Rational(1, 500)


def _at_time(power_of_rho: sp.Expr) -> Rate:
    return Rate(quantity=err, scale=rho, exponent=power_of_rho, resolution=_FINE)


def _least(power_of_rho: sp.Expr | int, *, side: Side = Side.BOTH) -> Rate:
    return Rate(quantity=least_err, scale=rho, exponent=power_of_rho, side=side, resolution=_FINE)


m = sp.Symbol("m", integer=True)
_power = 2 * late + m * (1 - gamma - late * (1 + gamma))


def _entry(power_of_rho: sp.Expr, constant: sp.Expr | int | None = None) -> Rate:
    """An entry next to the cut; m counts which of its two indices are r + 1."""
    return Rate(
        quantity=entry,
        scale=rho,
        exponent=power_of_rho,
        constant=constant,
        resolution=_FINE,
        where={m: i + j - 2 * r} if power_of_rho.has(m) else {},
    )


three_terms = Claim(
    key="jiang2022/what-the-error-consists-of",
    title="The error next to the cut is three entries, with exact powers of rho and exact constants",
    about=f"""{FLOW}. Let r < k, s_r > s_{{r+1}}, t = (1 + a) log(1/rho)/s_r, 0 < a < 1/gamma - 1. With N the first r rows of the start over rho, q its next row,
W = (N N')^-1 and Pi the projection off the rows of N: as rho -> 0 the entries (r, r), (r, r+1), (r+1, r+1) of P - X_r are
rho^(2a) s_r^2 W_rr, rho^((1-gamma)(1+a)) s_r |W N q|_r and rho^(2(1-gamma) - 2 gamma a) |Pi q|^2, up to 1 + o(1). None depends on m or n.

Why: P = A (1 + A' D A)^-1 A' with A = exp(diag(s) t) S_0, D = diag((1 - exp(-2 s t))/s); expand in the graded rows of A.""",
    source=PAPER.at(PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=NOTE,
    given=initializations(SPARE, CUT, zero=False),
    when=entries,
    then=_entry(_power, height),
    mutants=(
        Mutant(
            name="whole rows",
            because="what grows at r + 1 is only what the first r rows do not span, and W_rr counts what others span of row r",
            then=_entry(_power, 1),
        ),
        Mutant(
            name="squares",
            because="errors off the diagonal are of first order in the angle",
            then=_entry(2 * _power),
        ),
        Mutant(
            name="at rate s_r throughout",
            because="the component r + 1 grows at its own rate",
            then=_entry(FALL),
        ),
    ),
)

every_time = Claim(
    key="jiang2022/error-at-every-time",
    title="At time (1 + a) log(1/rho)/s_r the error is Theta of the slower of two powers of rho",
    about=f"""{FLOW}. Let r < k, s_r > s_{{r+1}}. For every 0 < a < 1/gamma - 1, as rho -> 0: |P - X_r| at time (1 + a) log(1/rho)/s_r is Theta(rho^e),
e = min(2a, 2(1 - gamma) - 2 gamma a), for almost every start. (Where the two are nearly equal, the power shows late: judged where they differ by 1/8.)

Why: the entries next to the cut; that of row r and column r + 1, of exponent (1 - gamma)(1 + a), never exceeds both others.""",
    source=PAPER.at(PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=NOTE,
    given=initializations(SPARE, CUT, DECIDED),
    when=at_a_time,
    then=_at_time(sp.Min(FALL, RISE)),
    mutants=(
        Mutant(
            name="mixing decides",
            because="the entry of row r and column r + 1 never exceeds both others",
            then=_at_time(TURN),
        ),
        Mutant(
            name="no early stopping",
            because="the next component grows",
            then=_at_time(FALL),
        ),
        Mutant(
            name="components learned from the outset",
            because="component r first has to grow for log(1/rho)/s_r",
            then=_at_time(sp.Min(2 * (1 + late), RISE)),
        ),
    ),
)

sharp = Claim(
    key="jiang2022/sharp-exponent",
    title="Stopped at its best, the error is Theta(rho^(2(1-gamma)/(1+gamma)))",
    about=f"""{FLOW}. Let r < k, s_r > s_{{r+1}} (which may be zero). For almost every start, as rho -> 0, min over t of |P - X_r| is
Theta(rho^(2(1-gamma)/(1+gamma))), attained at s_r t/log(1/rho) -> 2/(1 + gamma). The exponent recalled from the paper, (1-gamma)/(2(1+gamma)), is a
quarter of it: a valid upper bound, not sharp.

Why: min(2a, 2(1-gamma) - 2 gamma a) is largest at a = (1-gamma)/(1+gamma).""",
    source=PAPER.at("main theorem, its exponent recalled"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=NOTE,
    given=initializations(SPARE, CUT),
    when=least,
    then=_least(BEST),
    mutants=(
        Mutant(
            name="the recalled exponent as sharp",
            because="it is a quarter of the true one, as an upper bound only",
            then=_least((1 - gamma) / (2 * (1 + gamma))),
        ),
        Mutant(
            name="rho^(2(1-gamma))",
            because="component r needs time to settle, in which the next grows",
            then=_least(2 * (1 - gamma)),
        ),
        Mutant(
            name="rho^2",
            because="that is the plateau of a target of rank r",
            then=_least(2),
        ),
        Mutant(
            name="where the signal meets the next component alone",
            because="rows mix: the entry (r, r+1) is as large as the others there, but the balance is with 2a",
            then=_least((1 - gamma) * (2 - gamma)),
        ),
    ),
)

upper = Claim(
    key="jiang2022/recalled-exponent",
    title="Stopped at its best, the error is O(rho^((1-gamma)/(2(1+gamma)))): the paper's theorem, its exponent recalled",
    about=f"""{FLOW}. Let r < k, s_r > s_{{r+1}}: min over t of |P - X_r| is O(rho^((1-gamma)/(2(1+gamma)))) as rho -> 0.

Why: four times this exponent is still an upper bound, and sharp.""",
    source=PAPER.at("main theorem, recalled"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="the exponent was recalled, not read; that it is a valid upper one was derived. In the limit of small steps",
    given=initializations(SPARE, CUT),
    when=least,
    then=_least((1 - gamma) / (2 * (1 + gamma)), side=Side.UPPER),
    mutants=(
        Mutant(
            name="eight times the exponent",
            because="four times is sharp",
            then=_least(4 * (1 - gamma) / (1 + gamma), side=Side.UPPER),
        ),
        Mutant(
            name="from below",
            because="the error is smaller",
            then=_least((1 - gamma) / (2 * (1 + gamma)), side=Side.LOWER),
        ),
        Mutant(
            name="a constant exponent",
            because="near a tie at the cut the error barely falls with rho",
            then=_least(1, side=Side.UPPER),
        ),
    ),
)

_clear = initializations(SPARE, CUT, POSITIVE, CLEAR, zero=False)


def _crossing(growth: sp.Expr, exponent: sp.Expr, constant: sp.Expr) -> Rate:
    return Rate(quantity=growth, scale=rho, exponent=exponent, constant=constant, resolution=5 * _FINE)


opens = Claim(
    key="jiang2022/window-of-early-stopping-opens",
    title="The error is down to rho^p at s_r t = (1 + p/2) log(1/rho) + log(s_r^2 W_rr)/2, up to o(1)",
    about=f"""{FLOW}. Let r < k, s_r > s_{{r+1}} > 0 both simple, and 0 < p < 2(1-gamma)/(1+gamma). As rho -> 0 the first time at which |P - X_r| is rho^p has
exp(s_r t) ~ rho^(-(1 + p/2)) s_r W_rr^(1/2): component r is learned after log(1/rho)/s_r, and settles at rate 2 s_r.

Why: the error is its entry (r, r), rho^(2a) s_r^2 W_rr at t = (1 + a) log(1/rho)/s_r.""",
    source=PAPER.at("early stopping, abstract"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=NOTE,
    given=_clear,
    when=window(opens=True),
    then=_crossing(opening, -(1 + power / 2), s_r * sp.sqrt(W_rr)),
    mutants=(
        Mutant(
            name="mixing decides",
            because="component r settles at rate 2 s_r, more slowly than mixing is undone",
            then=_crossing(opening, -power / (1 - gamma), s_r * sp.sqrt(W_rr)),
        ),
        Mutant(
            name="opens when component r is learned",
            because="to be learned and to be accurate to rho^p are two things",
            then=_crossing(opening, sp.Integer(-1), s_r * sp.sqrt(W_rr)),
        ),
        Mutant(
            name="settles at rate s_r",
            because="P is quadratic in the factors: errors of both settle",
            then=_crossing(opening, -(1 + power), s_r * sp.sqrt(W_rr)),
        ),
        Mutant(
            name="the same for every start",
            because="a row that others nearly span starts later",
            then=_crossing(opening, -(1 + power / 2), sp.Integer(1)),
        ),
    ),
)

closes = Claim(
    key="jiang2022/window-of-early-stopping-closes",
    title="The error is back at rho^p at s_{r+1} t = (1 - p/2) log(1/rho) - log|Pi q|, up to o(1)",
    about=f"""{FLOW}. Let r < k, s_r > s_{{r+1}} > 0 both simple, and 0 < p < 2(1-gamma)/(1+gamma). As rho -> 0 the last time before component r + 1 is learned at which |P - X_r| is
rho^p has exp(s_{{r+1}} t) ~ rho^(-(1 - p/2)) / |Pi q|, q the row r + 1 of the start over rho and Pi the projection off the rows above. With the
opening, s_r t/log(1/rho) runs from 1 + p/2 to 1 + (2(1-gamma) - p)/(2 gamma): one window.

Why: the error is then the entry (r+1, r+1), rho^2 exp(2 s_{{r+1}} t)|Pi q|^2.""",
    source=PAPER.at("early stopping, abstract"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=NOTE,
    given=_clear,
    when=window(opens=False),
    then=_crossing(closing, -(1 - power / 2), 1 / next_row),
    mutants=(
        Mutant(
            name="until component r + 1 is learned",
            because="by then the error is s_{r+1}",
            then=_crossing(closing, sp.Integer(-1), 1 / next_row),
        ),
        Mutant(
            name="the whole row grows",
            because="what the rows above span of it has been taken by then",
            then=_crossing(closing, -(1 - power / 2), sp.Integer(1)),
        ),
        Mutant(
            name="closes at a fixed multiple of log(1/rho)/s_r",
            because="the next component grows at its own rate, which closes the window later",
            then=_crossing(closing, -2 * gamma, 1 / next_row),
        ),
        Mutant(
            name="error of first order",
            because="P is quadratic in the rows that are not learned",
            then=_crossing(closing, -(1 - power), 1 / next_row),
        ),
    ),
)

tie = Claim(
    key="jiang2022/a-tie-at-the-cut",
    title="With s_r = s_{r+1} no time and no start however small recovers X_r",
    about=f"""{FLOW}. Let r < k and s_r = s_{{r+1}}. At every time (1 + a) log(1/rho)/s_r, a > 0, and so also at its best, |P - X_r| is Theta(1) as rho -> 0.

Why: in the tied plane P depends on the start only up to a shift of time by log(1/rho)/s_r: what it tends to is of rank one in a random direction, then of
rank two.""",
    source=PAPER.at("gap condition s_r > s_{r+1}, recalled"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=NOTE,
    given=initializations(SPARE, zero=False, tie=True),
    when=least,
    then=_least(0),
    mutants=(
        Mutant(
            name="no gap needed",
            because="equal components are learned together",
            then=_least(sp.Rational(1, 2), side=Side.UPPER),
        ),
        Mutant(
            name="logarithmically",
            because="not even so",
            then=Rate(quantity=least_err, scale=1 / (-sp.log(rho)), exponent=1, side=Side.UPPER),
        ),
        Mutant(
            name="the error grows",
            because="P stays between 0 and diag(s)",
            then=_least(sp.Rational(-1, 4), side=Side.LOWER),
        ),
    ),
)
