"""Pethick, Xie, Cevher 2023: interpolation between a point and its resolvent, and the rate of its last iterate."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Decided, Monotone, Mutant, Reading, Status, dropped, exponent
from lemmata.claims.papers.pethick2023 import PAPER
from lemmata.claims.papers.pethick2023._operators import (
    RANGE,
    a_weight,
    at_weight,
    gamma,
    in_range,
    lam,
    operators,
    place,
    relaxed,
    residual,
    rho,
    weight_between,
)
from lemmata.claims.settings.optimization.measured import N, initial

_SETTING = """Let F be maximally rho-comonotone with F(z*) = 0, gamma > 0, gamma > -rho, gamma >= -2 rho, J = (1 + gamma F)^-1 and
z_{k+1} = (1 - lambda) z_k + lambda J(z_k)"""
_RELAXED = relaxed()
_INTERPOLATED = operators(in_range, a_weight)

monotone = Claim(
    key="pethick2023/residual-never-grows",
    title="Interpolated proximal points never increase their residual |J z_k - z_k|",
    about=f"""{_SETTING}, 0 < lambda < 1. Then |J z_{{k+1}} - z_{{k+1}}| <= |J z_k - z_k| for all k, so that the
last of the iterates has the least residual.

Why: z_{{k+1}} - z_k = lambda (J z_k - z_k), and z -> (1 - lambda) z + lambda J z is non-expansive.""",
    source=PAPER.at("last iterate, a step in the proof of Theorem 6.2"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; the proof in the paper was not read",
    given=_INTERPOLATED,
    when=relaxed(first=0),
    then=Monotone(quantity=residual),
    proof=Decided(
        shapes=({"dimension": 1, "steps": 1},),
        covers="every rho-comonotone operator on a space with an inner product, and any number of steps",
        given=(
            (
                "with T the reflected resolvent of F^-1 - rho, g = T z - z and e = T z' - T z at the next point z', both residuals are fixed by g and e and "
                "the difference of their squares is linear in <g, e>: it is worst where e is a multiple of g, and every such pair occurs on a line"
            ),
            "every step is the first one from a new point",
        ),
    ),
    mutants=(
        Mutant(
            name="beyond the resolvent",
            because="a weight of 3/2 overshoots where the resolvent sends z to -z",
            given=at_weight(_INTERPOLATED, 1.5),
        ),
        Mutant(
            name="as fast as 1/N",
            because="a slow rotation hardly lowers its residual in a step",
            then=Monotone(quantity=place * residual),
        ),
        Mutant(
            name="never falls",
            because="interpolation lowers the residual wherever the resolvent turns a plane",
            then=Monotone(quantity=residual, increasing=True),
        ),
    ),
)

_rate = initial / (lam * (1 - lam) * (N + 1))

last_iterate = Claim(
    key="pethick2023/last-iterate",
    title="The last iterate has gamma^2 |F(J z_N)|^2 <= |z_0 - z*|^2 / (lambda (1 - lambda) (N + 1)), whatever rho",
    about=f"""{_SETTING}, 0 < lambda < 1. Then gamma^2 |F(J z_N)|^2 = |J z_N - z_N|^2 is at most
|z_0 - z*|^2/(lambda (1 - lambda) (N + 1)) for every N. The constant does not depend on rho: nothing is lost at the end gamma = -2 rho of the range.

Why: |z_{{k+1}} - z*|^2 <= |z_k - z*|^2 - lambda (1 - lambda) |J z_k - z_k|^2; sum up, and the last residual is the least.""",
    source=PAPER.at("Theorem 6.2, exact resolvents"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="read: that the rate of the last iterate does not depend on rho; its constant was not read and is derived",
    given=_INTERPOLATED,
    when=_RELAXED,
    then=AtMost(left=residual, right=_rate),
    mutants=(
        Mutant(
            name="lambda in place of lambda (1 - lambda)",
            because="with a weight near one hardly anything is averaged, and rotations stay where they are",
            then=AtMost(left=residual, right=initial / (lam * (N + 1))),
        ),
        Mutant(
            name="(N + 1)^2",
            because="without an anchor slow rotations lose their residual like 1/N only, in square",
            then=AtMost(left=residual, right=_rate / (N + 1)),
        ),
        Mutant(
            name="without interpolation",
            because="at the end of the range the resolvent may be a rotation, whose residual stays for ever",
            given=at_weight(_INTERPOLATED, 1.0),
            then=AtMost(left=residual, right=4 * initial / (N + 1)),
        ),
        Mutant(
            name="times the share of the range",
            because="where gamma = -2 rho the residual does not vanish at once",
            then=AtMost(left=residual, right=_rate * (gamma + 2 * rho) / gamma),
        ),
    ),
)

_slow = (N / (N + 1)) ** N
_HALF = operators(in_range, weight_between(0.5, 0.84, name="1/2 <= lambda <= 0.84"), weights=(0.5, 0.84))

sharp = Claim(
    key="pethick2023/last-iterate-sharp",
    title="For weights from 1/2 to 5/6 the rate of the last iterate is smaller by (N/(N + 1))^N, down to 1/e, and attained",
    about=f"""{_SETTING}, 1/2 <= lambda <= 5/6 or so. Then |J z_N - z_N|^2 is at most
(N/(N + 1))^N |z_0 - z*|^2/(lambda (1 - lambda) (N + 1)) for every N. Attained by the rotation whose w has |1 - w|^2 = 1/(lambda (1 - lambda) (N + 1)), at
gamma = -2 rho, where the resolvent can be that rotation.""",
    source=PAPER.at("beside Theorem 6.2"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the constant known for averaged non-expansive maps (Lieder), carried over; the bound itself is not proved here",
    given=_HALF,
    when=_RELAXED,
    then=AtMost(left=residual, right=_slow * _rate, tight=True),
    mutants=(
        Mutant(
            name="1/e at every N",
            because="(N/(N + 1))^N decreases to 1/e and is 1/2 for one step",
            then=AtMost(left=residual, right=_rate * sp.exp(-1)),
        ),
        Mutant(
            name="one power more",
            because="the slowest rotation attains the power N",
            then=AtMost(left=residual, right=_slow * _rate * N / (N + 1)),
        ),
        exponent(N + 1, -1, because="no fixed weight without an anchor is faster than 1/N in square"),
        dropped(RANGE, because="a resolvent that stretches lets residuals grow"),
    ),
)

sharp_everywhere = Claim(
    key="pethick2023/last-iterate-sharp-for-every-weight",
    title="For every weight the rate of the last iterate is smaller by (N/(N + 1))^N",
    about=f"""{_SETTING}, 0 < lambda < 1/2. The factor (N/(N + 1))^N, which is right for linear normal operators at every weight, and for all
operators at weights from one half on, would hold for weights below one half too. It does not: the resolvent z - 2 clip(z, -c, c), at gamma = -2 rho, moves z by
2 lambda c at every step, and with c = R/(1 + 2 lambda N) ends with the residual 2 c.""",
    source=PAPER.at("beside Theorem 6.2: a constant too good for small weights"),
    status=Status.REFUTED,
    reading=Reading.COMPANION,
    note="no statement of the paper: what experiments with linear operators suggest",
    given=operators(in_range, a_weight, weights=(0.02, 0.49)),
    when=_RELAXED,
    then=AtMost(left=residual, right=_slow * _rate),
    mutants=(
        Mutant(
            name="1/e",
            because="what (N/(N + 1))^N tends to is smaller still",
            then=AtMost(left=residual, right=_rate * sp.exp(-1)),
        ),
        Mutant(
            name="half the bound",
            because="after one step the factor is one half, and already too small",
            then=AtMost(left=residual, right=_rate / 2),
        ),
        Mutant(
            name="1/N^2",
            because="slow rotations keep a share of 1/N, which no 1/N^2 covers for long",
            then=AtMost(left=residual, right=initial / (lam * (N + 1)) ** 2),
        ),
    ),
)
