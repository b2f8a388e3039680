"""Zhang et al. 2021: noise in the gradients keeps the gap open, whatever the step size."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Mutant, Rate, Reading, Side, Status
from lemmata.claims.papers.zhang2021 import PAPER
from lemmata.claims.papers.zhang2021._moments import K
from lemmata.claims.papers.zhang2021._rates import c, eta_0, gap, long_annealing, long_runs, noise

_SETTING = """Gaussian prior and likelihood in one dimension, K leapfrog steps of size eta = eta_0 K^-c with fresh momenta and gradients with
independent noise of variance sigma^2 > 0"""
_NOTE = """one dimension, step sizes eta_0 K^-c; read in the anonymous version of the paper under review; exponents are judged by slopes over
K = 2^9 to 2^21"""

stays = Claim(
    key="zhang2021/noise-keeps-the-gap",
    title="With noise of fixed variance in the gradients the gap does not vanish, for any exponent of the step size",
    about=f"""{_SETTING}. Then log p(D) - L stays away from zero as K grows: it is at least of the order of a constant, judged for c from 1/5 to 11/40. The paper's
'limit > 0' must allow infinity: for c < 1/2 the gap grows without bound.

Why: every step adds eta^2 sigma^2/2 of kinetic energy. Steps so short that this adds up to nothing do not mix.""",
    source=PAPER.at("Theorem 2"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=long_runs(168, 231, noisy=True),
    when=long_annealing,
    then=Rate(quantity=gap, scale=K, exponent=0, side=Side.LOWER),
    mutants=(
        Mutant(
            name="exact gradients",
            because="without noise the gap closes",
            given=long_runs(168, 231),
        ),
        Mutant(
            name="it grows like the square root of K",
            because="at c = 1/2 the noise of all steps adds up to a constant",
            then=Rate(quantity=gap, scale=K, exponent=sp.Rational(1, 2), side=Side.LOWER),
        ),
        Mutant(
            name="it vanishes",
            because="what noise adds to the momenta is never taken away",
            then=Rate(quantity=gap, scale=K, exponent=sp.Rational(-1, 10), side=Side.UPPER),
        ),
    ),
)


def _grows(constant: sp.Expr) -> Rate:
    return Rate(quantity=gap, scale=K, exponent=1 - 2 * c, constant=constant, resolution=sp.Rational(1, 10))


grows = Claim(
    key="zhang2021/noise-to-leading-order",
    title="For c < 1/2 noisy gradients make the gap grow like eta_0^2 sigma^2 K^(1 - 2c)/2",
    about=f"""{_SETTING}, c < 1/2. Then log p(D) - L ~ eta_0^2 sigma^2 K^(1 - 2c)/2, whatever prior and likelihood are.

Why: it is the kinetic energy that the noise adds; what it does to positions is of higher order in eta.""",
    source=PAPER.at("Theorem 2, made quantitative"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived to leading order, and measured; " + _NOTE,
    given=long_runs(168, 200, noisy=True),
    when=long_annealing,
    then=_grows(eta_0**2 * noise / 2),
    mutants=(
        Mutant(name="twice", because="kinetic energy is half of the square", then=_grows(eta_0**2 * noise)),
        Mutant(
            name="of first order in the noise's deviation",
            because="kinetic energy goes with the variance",
            then=_grows(eta_0**2 * sp.sqrt(noise) / 2),
        ),
        Mutant(
            name="the positions' share",
            because="eta^4 sigma^2 K falls behind as steps get shorter",
            then=Rate(quantity=gap, scale=K, exponent=1 - 4 * c),
        ),
    ),
)

half = Claim(
    key="zhang2021/noise-at-one-half",
    title="At c = 1/2 noisy gradients leave a gap of the order of a constant: neither zero nor infinity",
    about=f"""{_SETTING}, c = 1/2. Then log p(D) - L tends to a positive constant: eta^2 K, the time in which the particles can follow, stays fixed, and so
does the energy that noise adds.""",
    source=PAPER.at("Theorem 2, the case between"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived, and measured; " + _NOTE,
    given=long_runs(420, 420, noisy=True),
    when=long_annealing,
    then=Rate(quantity=gap, scale=K, exponent=0),
    mutants=(
        Mutant(
            name="longer steps",
            because="for c below 1/2 noise makes the gap grow",
            given=long_runs(336, 336, noisy=True),
        ),
        Mutant(
            name="only the noise",
            because="what the particles lag behind stays too",
            then=Rate(quantity=gap, scale=K, exponent=0, constant=eta_0**2 * noise / 2),
        ),
        Mutant(
            name="it vanishes like 1/K",
            because="both shares of the gap stay",
            then=Rate(quantity=gap, scale=K, exponent=-1),
        ),
    ),
)
