"""Jiang, Chen, Ding 2022: gradient descent itself, at step sizes that are not small."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Rate, Reading, Status
from lemmata.claims.papers.jiang2022 import NOTE, PAPER, PLACE, SETTING, eta, gamma, rho, s_1, s_next, s_r
from lemmata.claims.papers.jiang2022._bound import least, small_case, small_steps
from lemmata.claims.papers.jiang2022._descent import (
    DECIDED,
    FALL,
    GENERIC,
    GENERIC_FULL,
    LETTERS,
    RISE,
    TURN,
    after_steps,
    err,
    factors,
    going_on,
    t,
)


def _order(scale: sp.Expr) -> Rate:
    named = {symbol: meant for symbol, meant in LETTERS.items() if scale.has(symbol)}
    return Rate(quantity=err, scale=scale, exponent=1, where=named)


every_step = Claim(
    key="jiang2022/error-at-every-step",
    title="At a finite step size the error is Theta of the largest of three terms, the mixed entry among them",
    about=f"""{SETTING}. In the singular bases, r < k, s_r > s_{{r+1}} > 0 simple, eta s_1 <= 1/5. Let tau = log(1/rho)/log(1 + eta s_r) and a > 0. As rho -> 0, after
t = (1 + a) tau steps the error |F G' - X_r| is Theta of the largest of (1 - 2 eta s_r)^(t - tau), rho (1 + eta s_{{r+1}})^tau (1 - eta (s_r - s_{{r+1}}))^(t - tau) and
(rho (1 + eta s_{{r+1}})^t)^2. These are the powers d a, 1 - g + c a and 2(1 - g) - 2 g a of rho, where in units of log(1 + eta s_r) g = log(1 + eta s_{{r+1}}),
c = -log(1 - eta (s_r - s_{{r+1}})) and d = -log(1 - 2 eta s_r); as eta -> 0 g -> gamma, c -> 1 - gamma, d -> 2.

Why: rows grow by 1 + eta s_i a step; near X_r component r settles by 1 - 2 eta s_r and row r + 1 turns away by 1 - eta (s_r - s_{{r+1}}).""",
    source=PAPER.at(PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=NOTE + "; the form at finite steps was derived here",
    given=factors(*GENERIC, DECIDED),
    when=after_steps,
    then=_order(sp.Max(FALL, TURN, RISE)),
    mutants=(
        Mutant(
            name="no early stopping",
            because="the next component grows",
            then=_order(sp.Max(FALL, TURN)),
        ),
        Mutant(
            name="learned at once",
            because="component r has to settle",
            then=_order(RISE),
        ),
        Mutant(
            name="first order in the next component",
            because="F G' is quadratic in rows that are not learned",
            then=_order(sp.Max(FALL, sp.sqrt(RISE))),
        ),
    ),
)


def _shrinks(factor: sp.Expr, *, power: int = 1) -> Rate:
    """By a power of ``factor`` a step."""
    return Rate(quantity=err, scale=factor**t, exponent=power, resolution=sp.Rational(1, 10))


_turning = 1 - eta * (s_r - s_next)


no_spare = Claim(
    key="jiang2022/no-columns-to-spare",
    title="With k = r the window never closes: the error falls by 1 - eta (s_r - s_{r+1}) a step, for good",
    about=f"""{SETTING}. In the singular bases, k = r, s_r > s_{{r+1}} > 0 simple, eta s_1 <= 1/5. As t -> infinity |F_t G_t' - X_r| is Theta((1 - eta (s_r - s_{{r+1}}))^t): nothing is
left for component r + 1 to grow in. (Component r settles at 1 - 2 eta s_r, faster.)

Why: all k columns are taken; what is left of row r + 1 lies in them, and turns away by that factor a step.""",
    source=PAPER.at("theorem for k = r, recalled"),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=NOTE,
    given=factors(*GENERIC_FULL, extra=(0, 0)),
    when=going_on,
    then=_shrinks(_turning),
    mutants=(
        Mutant(
            name="component r settles last",
            because="2 s_r exceeds s_r - s_{r+1}",
            then=_shrinks(1 - 2 * eta * s_r),
        ),
        Mutant(
            name="squared",
            because="entry (r, r+1) is of first order in what is left of row r + 1",
            then=_shrinks(_turning, power=2),
        ),
        Mutant(
            name="it stops falling",
            because="that is a target of rank r with columns to spare",
            then=_shrinks(_turning, power=0),
        ),
    ),
)

_recalled = (1 - gamma) / (2 * (1 + gamma))
_factor = (8 + 4 * sp.sqrt(2)) * s_1
recalled_bound = Claim(
    key="jiang2022/recalled-bound",
    title="The main theorem as recalled, r = 1: some step has |F G' - X_r| <= (8 + 4 (2r)^(1/2)) s_1 rho^((1-gamma)/(2(1+gamma)))",
    about=f"""{SETTING}, but of size rho s_1^(1/2)/(3 (m + n + k)^(1/2)); eta = min(gamma s_r^2/(600 s_1^3), (1-gamma) s_r/(20 s_1^2)), rho <= min(1/3, (1-gamma)/24). With high
probability there is a step t with |F_t G_t' - X_r| <= (8 + 4 (2r)^(1/2)) s_1 rho^((1-gamma)/(2(1+gamma))). Judged for r = 1, X of singular values 1 and gamma, runs of some ten thousand
steps, and starts that see the first component in place of a probability.

Why: the exponent is a quarter of the sharp one; the constant has room.""",
    source=PAPER.at("main theorem, recalled"),
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note="every constant was recalled and none read; the small case whose step size can be run",
    given=small_case(),
    when=small_steps,
    then=AtMost(left=least, right=_factor * rho**_recalled),
    mutants=(
        Mutant(
            name="eight times the exponent",
            because="four times is sharp",
            then=AtMost(left=least, right=_factor * rho ** (8 * _recalled)),
        ),
        Mutant(
            name="rho^2",
            because="the next component grows: that is for targets of rank r",
            then=AtMost(left=least, right=_factor * rho**2),
        ),
        Mutant(
            name="the smaller the gap the better",
            because="it is the gap that separates learning component r from learning the next",
            then=AtMost(left=least, right=_factor * rho ** ((1 + gamma) / (2 * (1 - gamma)))),
        ),
        Mutant(
            name="a hundredth of the constant",
            because="with a small gap and a start that is not tiny, components overlap: the error is of the order of s_2",
            then=AtMost(left=least, right=_factor / 100 * rho**_recalled),
        ),
    ),
)
