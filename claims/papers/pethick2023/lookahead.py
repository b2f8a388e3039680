"""Pethick, Xie, Cevher 2023: Lookahead around descent-ascent, which alone diverges on every bilinear game."""

from __future__ import annotations

from lemmata.claims import AtLeast, AtMost, Claim, Conserved, Decided, Mutant, Reading, Status, dropped
from lemmata.claims.papers.pethick2023 import PAPER
from lemmata.claims.papers.pethick2023._bilinear import (
    THRESHOLD,
    at_least_half,
    bounded,
    every_step,
    games,
    last2,
    s,
    size2,
    tau,
    u,
    within,
)
from lemmata.claims.papers.pethick2023._operators import lam
from lemmata.claims.settings.optimization.measured import N, initial

_GAME = """Let f(x, y) = b x y be minimised in x and maximised in y by simultaneous descent-ascent with step gamma, s = (gamma b)^2, and let
Lookahead move by 0 < lambda < 1 towards where tau inner steps end. With w = (1 - i sqrt(s))^tau"""
_ANY = games(weights=(0.02, 0.98), inner=(1, 5), at=(0.5, 0.5))
_EVERY_STEP = "every outer step is the first one from a new point"
_factor = (1 - lam) ** 2 + 2 * lam * (1 - lam) * u + lam**2 * (1 + s) ** tau

multiplier = Claim(
    key="pethick2023/lookahead-on-a-bilinear-game",
    title="On b x y an outer step multiplies |z|^2 by (1 - lambda)^2 + 2 lambda (1 - lambda) Re w + lambda^2 (1 + s)^tau",
    about=f"""{_GAME}, every outer step multiplies |z|^2 = x^2 + y^2 by |1 - lambda + lambda w|^2 =
(1 - lambda)^2 + 2 lambda (1 - lambda) Re w + lambda^2 (1 + s)^tau, exactly. So it converges if and only if lambda |1 - w|^2 < 2 Re(1 - w): for tau = 2 if
lambda < 2/(4 + s), for tau = 1 never.

Why: descent-ascent turns and stretches the plane by 1 - i sqrt(s), and |1 - i sqrt(s)|^2 = 1 + s.""",
    source=PAPER.at("Lookahead, on a bilinear game"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived",
    given=_ANY,
    when=every_step,
    then=Conserved(quantity=size2, factor=_factor, name="squared distance"),
    mutants=(
        Mutant(
            name="the base optimizer",
            because="averaging with the slow point cancels part of the growth",
            then=Conserved(quantity=size2, factor=(1 + s) ** tau),
        ),
        Mutant(
            name="without the angle",
            because="the inner steps turn the plane, and the average is shorter than the mean of the lengths",
            then=Conserved(quantity=size2, factor=(1 - lam) ** 2 + 2 * lam * (1 - lam) + lam**2 * (1 + s) ** tau),
        ),
        Mutant(
            name="growth once",
            because="each of the tau inner steps stretches the plane",
            then=Conserved(quantity=size2, factor=(1 - lam) ** 2 + 2 * lam * (1 - lam) * u + lam**2 * (1 + s)),
        ),
    ),
)

stable = Claim(
    key="pethick2023/lookahead-threshold",
    title="With weights up to 2 Re(1 - w)/|1 - w|^2 Lookahead never leaves the distance of its initialization",
    about=f"""{_GAME} and lambda |1 - w|^2 <= 2 Re(1 - w), the slow points have |z_N| <= |z_0| for every N. For tau = 2 this is
lambda <= 2/(4 + s), less than one half; without averaging every step stretches by sqrt(1 + s). Attained at the threshold.""",
    source=PAPER.at("Section 7, two and more inner steps"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note="bilinear games, on which the threshold is exact; read: convergence for two inner steps and weights in (0, 1/2)",
    given=games(within, weights=(0.02, 0.98), inner=(2, 5), at=(1.0, 0.4)),
    when=bounded,
    then=AtMost(left=last2, right=initial, tight=True),
    proof=Decided(
        shapes=tuple({"inner": inner, "steps": 1} for inner in range(2, 6)),
        covers="every step size, weight and initialization, two to five inner steps and any number of outer steps",
        given=(_EVERY_STEP,),
    ),
    mutants=(
        dropped(THRESHOLD, because="a larger weight keeps too much of the growth of the inner steps"),
        Mutant(
            name="one inner step",
            because="descent-ascent moves at right angles to z, so that every average of it is further away",
            given=games(weights=(0.02, 0.98), inner=(1, 1), at=(0.5, 0.5)),
        ),
        Mutant(
            name="always nearer",
            because="at the threshold the slow point keeps its distance",
            then=AtMost(left=last2, right=initial * (1 - lam * s / (4 * (1 + s)))),
        ),
    ),
)

_TWO = games(at_least_half, weights=(0.5, 0.98), inner=(2, 2), at=(0.5, 0.5))

half = Claim(
    key="pethick2023/half-is-too-much",
    title="Two inner steps and a weight of one half or more diverge on every bilinear game, at least by 1 + s^2/4 a step",
    about=f"""{_GAME}, tau = 2 and lambda >= 1/2, |z_N|^2 >= (1 + s^2/4)^N |z_0|^2 for every N, however short the
steps. Attained at lambda = 1/2. So the interval (0, 1/2) of the paper cannot be closed; and below 1/2 the steps must have s <= 2/lambda - 4.""",
    source=PAPER.at("Section 7, two inner steps, weight in (0, 1/2)"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived: the other side of the paper's interval of weights",
    given=_TWO,
    when=bounded,
    then=AtLeast(left=last2, right=(1 + s**2 / 4) ** N * initial, tight=True),
    proof=Decided(
        shapes=({"inner": 2, "steps": 1},),
        covers="every step size, weight and initialization, and any number of outer steps",
        given=(_EVERY_STEP,),
    ),
    mutants=(
        Mutant(
            name="of first order in s",
            because="at one half the first orders of turning and stretching cancel",
            then=AtLeast(left=last2, right=(1 + s / 4) ** N * initial),
        ),
        dropped("lambda >= 1/2", because="with smaller weights and short steps Lookahead converges"),
        Mutant(
            name="three inner steps",
            because="three steps turn the plane further than they stretch it, which a weight of one half still averages away",
            given=games(at_least_half, weights=(0.5, 0.6), inner=(3, 3), at=(0.25, 0.5)),
        ),
    ),
)
