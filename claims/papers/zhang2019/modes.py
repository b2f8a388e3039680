"""On a mode of a quadratic Lookahead multiplies by a known factor, and is stable up to a known step."""

from __future__ import annotations

from lemmata.claims import (
    AtLeast,
    AtMost,
    Claim,
    Conserved,
    Decided,
    Mutant,
    PrimeField,
    Reading,
    Status,
)
from lemmata.claims.papers.zhang2019 import PAPER
from lemmata.claims.papers.zhang2019._lookahead import (
    alpha,
    beyond,
    even_threshold,
    inner_factor,
    k,
    lookahead,
    lookahead_modes,
    lookahead_threshold,
    odd_threshold,
    rootless_threshold,
    slow,
    within,
)
from lemmata.claims.settings.optimization.measured import N, eta, first_square, lam, square

_NOTE = "derived; the paper's own analysis on quadratics was not read"
_EVERY_STEP = "every outer step is the first one from a new point"
_factor = 1 - alpha + alpha * inner_factor
_q = eta * lam
_plain = (_q - 1) ** (2 * k * N)
_STABLE = lookahead_modes(relative=(0.01, 1.0), hypotheses=(within(lookahead_threshold),))
_INSIDE = (0.01, 0.99)
_OUTSIDE = (1.0625, 1.5)

multiplier = Claim(
    key="zhang2019/outer-step",
    title="On a mode an outer step of Lookahead multiplies by 1 - alpha + alpha (1 - eta lambda)^k, exactly",
    about="""For f(x) = lambda x^2/2 and any eta, alpha and k, Lookahead takes k steps of gradient descent from the slow weight x and moves
x by alpha towards where they end: x_{t+1} = (1 - alpha + alpha (1 - eta lambda)^k) x_t for every t.

Why: each inner step multiplies by 1 - eta lambda, and the average is linear.""",
    source=PAPER.at("definition of the method, on one mode"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=lookahead_modes(relative=(0.01, 1.5), hypotheses=()),
    when=lookahead(squared=False),
    then=Conserved(quantity=slow, factor=_factor, name="slow weight"),
    proof=PrimeField(covers="any eta, lambda and alpha, up to six inner and eight outer steps", shapes=8, draws=4),
    mutants=(
        Mutant(
            name="fast weights",
            because="the slow weight stays behind by the share 1 - alpha",
            then=Conserved(quantity=slow, factor=inner_factor),
        ),
        Mutant(
            name="alpha exchanged with 1 - alpha",
            because="alpha is the share of the new, not of the old",
            then=Conserved(quantity=slow, factor=alpha + (1 - alpha) * inner_factor),
        ),
        Mutant(
            name="one step of alpha eta",
            because="the average is taken once, after k steps that each multiply",
            then=Conserved(quantity=slow, factor=1 - alpha * _q),
        ),
    ),
)

stable = Claim(
    key="zhang2019/stable",
    title="Lookahead never leaves the distance of its initialization: eta lambda <= 2 (k even) or 1 + (2/alpha - 1)^(1/k) (k odd)",
    about="""For f(x) = lambda x^2/2, 0 < alpha <= 1 and k inner steps, let 0 < eta lambda <= 2 if k is even and
0 < eta lambda <= 1 + (2/alpha - 1)^(1/k) if k is odd. Then the slow weights have x_N^2 <= x_0^2 for every N >= 1. So averaging
lengthens the longest step for odd k only. Attained at the threshold: x stays for ever, or jumps from x to -x.

Why: 1 - alpha + alpha p with p = (1 - eta lambda)^k is at most 1 if and only if p <= 1, at least -1 if and only if
p >= -(2/alpha - 1) <= -1. For even k only the first can fail, for odd k only the second.""",
    source=PAPER.at("convergence on quadratics"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=_STABLE,
    when=lookahead(),
    then=AtMost(left=square, right=first_square, tight=True),
    proof=Decided(
        shapes=({"inner": 1, "steps": 1}, {"inner": 2, "steps": 1}),
        covers="every x_0, alpha and step size within the threshold, any number of inner and of outer steps",
        given=(
            "k enters through p = (1 - eta lambda)^k alone: below the threshold it lies in [0, 1] for even k and in [1 - 2/alpha, 1) for odd k, as for k = 2 and k = 1",
            _EVERY_STEP,
        ),
    ),
    mutants=(
        Mutant(
            name="the odd threshold for every k",
            because="an even number of overshooting steps ends on the same side: averaging cannot cancel it",
            given=lookahead_modes(threshold=odd_threshold, hypotheses=(within(odd_threshold),), relative=_INSIDE),
        ),
        Mutant(
            name="without the k-th root",
            because="it is the k-th power of the overshoot that must stay below 2/alpha - 1",
            given=lookahead_modes(
                threshold=rootless_threshold, hypotheses=(within(rootless_threshold),), relative=_INSIDE
            ),
        ),
        Mutant(
            name="without averaging",
            because="gradient descent alone diverges beyond 2/lambda",
            when=lookahead(averaged=False),
        ),
        Mutant(
            name="always nearer",
            because="at the threshold the slow weight keeps its distance",
            then=AtMost(left=square, right=first_square * (1 - alpha * _q / 4)),
        ),
    ),
)

_grown = alpha * (_q - 1) ** k / (2 - alpha)

odd_unstable = Claim(
    key="zhang2019/odd-unstable",
    title="Beyond 1 + (2/alpha - 1)^(1/k), k odd, Lookahead grows by alpha (eta lambda - 1)^k/(2 - alpha) > 1 at every step",
    about="""For f(x) = lambda x^2/2, 0 < alpha <= 1, odd k and eta lambda > 1 + (2/alpha - 1)^(1/k), the slow weights have
|x_N| >= (alpha (eta lambda - 1)^k / (2 - alpha))^N |x_0| for every N >= 1, with equality for alpha = 1. With zhang2019/stable:
bounded up to the threshold, unbounded beyond it.

Why: with (eta lambda - 1)^k = (2/alpha - 1) s, s > 1, the multiplier is -((2 - alpha) s - (1 - alpha)), and
(2 - alpha) s - (1 - alpha) >= s.""",
    source=PAPER.at("convergence on quadratics"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=lookahead_modes(parity=1, hypotheses=(beyond(lookahead_threshold, parity=1),), relative=_OUTSIDE),
    when=lookahead(parity=1),
    then=AtLeast(left=square, right=_grown ** (2 * N) * first_square, tight=True),
    proof=Decided(
        shapes=({"inner": 1, "steps": 1},),
        covers="every x_0, alpha and step size beyond the threshold, any odd number of inner steps and any number of outer ones",
        given=(
            "k enters through (eta lambda - 1)^k alone, which exceeds 2/alpha - 1 beyond the threshold and takes every such value for k = 1",
            _EVERY_STEP,
        ),
    ),
    mutants=(
        Mutant(
            name="within the threshold",
            because="there the slow weight stays bounded",
            given=lookahead_modes(parity=1, hypotheses=(), relative=_INSIDE),
            then=AtLeast(left=square, right=first_square),
        ),
        Mutant(
            name="growth without averaging",
            because="averaging with the old slow weight, on the other side, holds the growth back",
            then=AtLeast(left=square, right=_plain * first_square),
        ),
        Mutant(
            name="one more factor",
            because="for alpha = 1 every outer step multiplies by the same factor, N times in all",
            then=AtLeast(left=square, right=_grown ** (2 * N) * (_q - 1) ** 2 * first_square),
        ),
    ),
)

_slowed = (_q - 1) ** (2 * alpha * k * N)

even_unstable = Claim(
    key="zhang2019/even-unstable",
    title="Beyond eta lambda = 2, k even, Lookahead grows at least by (eta lambda - 1)^(alpha k) at every step",
    about="""For f(x) = lambda x^2/2, 0 < alpha <= 1, even k and eta lambda > 2, the slow weights have
|x_N| >= (eta lambda - 1)^(alpha k N) |x_0| for every N >= 1, with equality for alpha = 1: however small alpha is, the threshold
is that of gradient descent, only the exponent of the growth is shared.

Why: the weighted mean (1 - alpha) 1 + alpha p is at least the weighted geometric mean p^alpha, p = (eta lambda - 1)^k > 1.""",
    source=PAPER.at("convergence on quadratics"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=lookahead_modes(parity=0, hypotheses=(beyond(lookahead_threshold, parity=0),), relative=_OUTSIDE),
    when=lookahead(parity=0),
    then=AtLeast(left=square, right=_slowed * first_square, tight=True),
    mutants=(
        Mutant(
            name="within the threshold",
            because="there the slow weight stays bounded",
            given=lookahead_modes(parity=0, hypotheses=(), relative=_INSIDE),
            then=AtLeast(left=square, right=first_square),
        ),
        Mutant(
            name="odd k",
            because="an odd number of overshooting steps ends on the other side, where averaging cancels it",
            given=lookahead_modes(parity=1, relative=(0.75, 0.99), hypotheses=(beyond(even_threshold, parity=1),)),
            when=lookahead(parity=1),
        ),
        Mutant(
            name="growth without averaging",
            because="the slow weight follows only by the share alpha",
            then=AtLeast(left=square, right=_plain * first_square),
        ),
        Mutant(
            name="one more factor",
            because="for alpha = 1 every outer step multiplies by (eta lambda - 1)^k, no more",
            then=AtLeast(left=square, right=_slowed * (_q - 1) ** 2 * first_square),
        ),
    ),
)
