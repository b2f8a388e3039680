"""Xie, Zhao, Zhou 2024: generalized smoothness, where the curvature grows with the gradient."""

from __future__ import annotations

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status
from lemmata.claims.papers.xie2024 import PAPER
from lemmata.claims.papers.xie2024._games import regret
from lemmata.claims.papers.xie2024._local import (
    apart,
    catenary_games,
    charged,
    diameter2,
    last_step,
    local_play,
    moved,
    near,
    pairs,
    size,
    slope,
    two_points,
)

_SMOOTH = "|Hess f(x)| <= l(|grad f(x)|), l increasing, here l(s) = |k|^2 + |k| s for f(x) = cosh(k.x - c)"

nearby = Claim(
    key="xie2024/gradients-are-lipschitz-nearby",
    title="Within |g|/l(2 |g|) of x gradients are Lipschitz with the constant l(2 |g|), g the gradient at x",
    about=f"""Let {_SMOOTH}. If |y - x| <= |g|/l(2 |g|), g = grad f(x), then
|grad f(y) - grad f(x)| <= l(2 |g|) |y - x|.

Why: on the way from x the gradient cannot pass 2 |g|: as long as it has not, the curvature is at most l(2 |g|), and |g| more would take the
whole radius.""",
    source=PAPER.at("local smoothness under generalized smoothness"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="read: the setting; the lemma with its constants was derived. Judged for cosh(k.x - c)",
    given=pairs(near),
    when=two_points,
    then=AtMost(left=moved, right=(size**2 + 2 * size * slope) * apart),
    mutants=(
        Mutant(
            name="l(|g|)",
            because="the gradient grows on the way: for exp(x) it is e times as large one radius on",
            given=pairs(inside=1.0),
            then=AtMost(left=moved, right=(size**2 + size * slope) * apart),
        ),
        Mutant(
            name="four radii",
            because="further away the gradient grows exponentially, and has outgrown the constant",
            given=pairs(radii=4.0),
        ),
        Mutant(
            name="the constant part only",
            because="curvature grows with the gradient",
            then=AtMost(left=moved, right=size**2 * apart),
        ),
        Mutant(
            name="the curvature at x",
            because="it is less than the mean curvature on the way outwards",
            then=AtMost(left=moved, right=size * slope * apart),
        ),
    ),
)

_start = diameter2 / (2 * last_step)

adaptive = Claim(
    key="xie2024/regret-with-local-steps",
    title="With steps min(D/sqrt(1 + V), 1/(4 l(2 |M_t|))) the regret is at most D^2/(2 eta_T) + 2 sum eta_t v_t",
    about=f"""Let {_SMOOTH}, the domain of diameter D, x_t = P(z_t - eta_t M_t), z_{{t+1}} = P(z_t - eta_t grad f_t(x_t)),
M_t = grad f_{{t-1}}(z_t), M_1 = 0, and eta_t the least of eta_{{t-1}}, D/sqrt(1 + v_1 + ... + v_{{t-1}}) and 1/(4 l(2 |M_s|)), s <= t, where
v_t = |grad f_t(x_t) - grad f_{{t-1}}(x_t)|^2, v_1 = |g_1|^2. Then the regret against every u of the domain is at most
D^2/(2 eta_T) + 2 sum_t eta_t v_t for every T. No global smoothness is used.

Why: |x_t - z_t| <= |M_t|/(4 l(2 |M_t|)), so the local lemma applies between the two.""",
    source=PAPER.at("convex losses under generalized smoothness"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="read: O(sqrt(V_T)) with steps for local smoothness; the form with constants was derived. Judged for cosh(k.x - c) on boxes",
    given=catenary_games(),
    when=local_play(),
    then=AtMost(left=regret, right=_start + 2 * charged),
    mutants=(
        Mutant(
            name="a fixed step of four",
            because="on a steep loss long steps jump from end to end of the domain",
            when=local_play(fixed=4),
        ),
        Mutant(
            name="no distance",
            because="short steps in steep places take many rounds to the valley",
            then=AtMost(left=regret, right=2 * charged),
        ),
        Mutant(
            name="no variation",
            because="losses that change cost more than the way to the comparator",
            then=AtMost(left=regret, right=_start),
        ),
    ),
)
