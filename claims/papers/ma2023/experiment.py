"""Ma, Lavaei, Sojoudi 2023: the experiment on perturbed matrix completion, lifted against unlifted from one initialization."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Identity, Mutant, Reading, Status, WithProbability
from lemmata.claims.papers.ma2023 import PAPER
from lemmata.claims.papers.ma2023._experiment import (
    GAUSSIAN,
    NEAR,
    agreement,
    descents,
    initializations,
    lifted_miss,
    only_lifted,
    plain_miss,
)

_SETTING = """Perturbed completion, rho = 1/100: entries (i, i), (i, 2k), (2k, i) with weight one, the others with weight rho, M* = z z', z = (1, 0, 1, ...), n = 2k - 1. Gradient descent
on the factor from eps^(1/3) x_0, and on the lift of order 3 from eps x_0^(x)3; a run succeeds if it ends within 1/20 of M*"""
_NOTE = "n = 3 and 5, eps = 1e-4 and one step size; the paper's figure has n = 5 to 12 and its own optimizer with steps out of saddles"
_close, _tenth = sp.Rational(1, 20), sp.Rational(1, 10)
k = sp.Symbol("k", integer=True, positive=True)


def _rate(miss: sp.Expr, low: sp.Expr, high: sp.Expr | None = None) -> WithProbability:
    return WithProbability(event=AtMost(left=miss, right=_close), at_least=low, at_most=high, resolution=2 * _tenth)


printed_advantage = Claim(
    key="ma2023/lifted-succeeds-more-often",
    title="As in the figure: from a random initialization descent on the lift of order 3 reaches the truth in most runs",
    about=f"""{_SETTING}. The figure shows nine of ten successes or more for the lift, at every n, and at most four of ten for the factor. False for gradient descent from a Gaussian x_0:
the lift succeeds with probability 2^(1-k), as does the factor. (From v_1 + 0.01 Gaussian, the start that the paper prescribes, both always succeed, as v_1 is z here.)
Kept as a negative control.""",
    source=PAPER.at("Section 6, Figure 1"),
    status=Status.REFUTED,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=initializations(GAUSSIAN),
    when=descents,
    then=_rate(lifted_miss, 9 * _tenth),
    mutants=(
        Mutant(
            name="eight of ten",
            because="half of the runs at most start with equal signs",
            then=_rate(lifted_miss, 8 * _tenth),
        ),
        Mutant(
            name="where the factor fails",
            because="from the same x_0 the two end alike",
            then=WithProbability(event=AtLeast(left=only_lifted, right=1), at_least=2 * _tenth, resolution=_tenth),
        ),
        Mutant(
            name="the factor in its place",
            because="the same holds for the factor",
            then=_rate(plain_miss, 9 * _tenth),
        ),
    ),
)

same_outcome = Claim(
    key="ma2023/lift-and-factor-succeed-together",
    title="From the same initialization descent on the lift of order 3 succeeds just where descent on the factor does",
    about=f"""{_SETTING}. From Gaussian x_0 and from v_1 + 0.01 Gaussian both end alike, with probability at least 9/10: both keep the signs that x_0 has on the odd places.""",
    source=PAPER.at("Section 6, Figure 1"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=initializations(GAUSSIAN, NEAR),
    when=descents,
    then=WithProbability(event=Identity(left=agreement, right=0), at_least=9 * _tenth, resolution=_tenth),
    mutants=(
        Mutant(
            name="the lift wins where they differ",
            because="they hardly ever differ",
            then=WithProbability(event=AtLeast(left=only_lifted, right=1), at_least=_tenth, resolution=_close),
        ),
        Mutant(
            name="both always fail",
            because="near v_1 both always succeed",
            then=WithProbability(event=AtLeast(left=lifted_miss, right=_close), at_least=9 * _tenth, resolution=_tenth),
        ),
        Mutant(
            name="both always succeed",
            because="from Gaussian x_0 they succeed with probability 2^(1-k)",
            then=_rate(lifted_miss, 9 * _tenth),
        ),
    ),
)

success = Claim(
    key="ma2023/success-is-a-matter-of-signs",
    title="From a Gaussian initialization descent on the lift succeeds with probability 2^(1-k), n = 2k - 1",
    about=f"""{_SETTING}. The lift of order 3 reaches the truth with probability 2^(1-k), up to 1/50: if and only if x_0 has equal signs on the k odd places, which are hardly coupled (rho^2 = 1e-4).
At n = 5, 7, 9, 11: 1/4, 1/8, 1/16, 1/32, the values that the figure shows for the factor.""",
    source=PAPER.at("Section 6, Figure 1"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=initializations(GAUSSIAN),
    when=descents,
    then=_rate(lifted_miss, 2 ** (1 - k) - _close / 2, 2 ** (1 - k) + _close / 2),
    mutants=(
        Mutant(
            name="one sign only",
            because="x and -x give the same matrix",
            then=_rate(plain_miss, sp.Integer(0), 2 ** (-k) - 2 * _close / 2),
        ),
        Mutant(
            name="each place on its own",
            because="it is the k odd places that count, not all n",
            then=_rate(lifted_miss, sp.Integer(0), 2 ** (2 - 2 * k) / 4),
        ),
        Mutant(
            name="near v_1",
            because="there all signs are equal",
            given=initializations(NEAR),
        ),
    ),
)
