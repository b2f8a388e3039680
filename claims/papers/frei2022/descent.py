"""Frei, Vardi, Bartlett, Srebro, Hu 2022: from a small initialization, one step of gradient descent makes a network nearly of rank one."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Constant, Mutant, Reading, Status
from lemmata.claims.papers.frei2022 import PAPER
from lemmata.claims.papers.frei2022._descent import (
    alpha,
    frobenius,
    leaky_networks,
    long_descent,
    loss,
    ranks,
    slow_networks,
    spectral,
    t,
    third,
)
from lemmata.claims.papers.frei2022._margin import n

C1, C2 = sp.symbols("C_1 C_2", positive=True)

stable_rank = Claim(
    key="frei2022/stable-rank-after-one-step",
    title="From a small initialization the stable rank of the weights is bounded after one to six steps, whatever the dimensions",
    about="""Let phi be a smooth gamma-leaky ReLU, the loss logistic, R_min^2 >= 5 gamma^-2 C_R n max |<x_i, x_k>| with R = R_max/R_min and
C_R = 10 R^2/gamma^2 + 10, the step alpha <= gamma^2 / (5 n R_max^2 R^2 C_R^2), and the initialization Gaussian of deviation
omega <= alpha gamma^2 R_min / (72 R C_R n sqrt(m d log(4m/delta))). Then with probability 1 - delta |W_t|_F^2 <= C_2 |W_t|_2^2 for
all t >= 1, where C_2 may depend on gamma and R alone: not on the numbers of samples, neurons and inputs, nor on t.
Judged are t = 1, ..., 6: what is on trial is the first step, after which the rank is low already. At steps as small as these the weights have hardly moved by then; that the
rank stays low while the loss falls is not judged.

Why: the initialization is so short that the first step outweighs it, all neurons have nearly the same slope there, so the step is nearly of
rank one, and nearly orthogonal data keep the neurons of one sign alike.""",
    source=PAPER.at("Theorem on gradient descent: stable rank, recalled"),
    status=Status.THEOREM,
    reading=Reading.FROM_MEMORY,
    note="the abstract was read; the constants of the hypotheses were recalled. One activation stands for all smooth leaky "
    "ones. In place of a probability the length of the initialization is a hypothesis that holds with probability 1 - delta, "
    'delta = 1/100; of "for all t >= 1" the first six steps are judged, of a size within a factor of two of the largest allowed; the loss bound '
    "is a claim of its own",
    given=leaky_networks(),
    when=ranks(),
    then=AtMost(left=frobenius**2, right=C2 * spectral**2, constant=Constant(symbol=C2, may_depend_on=("gamma", "R"))),
    mutants=(
        Mutant(
            name="before the first step",
            because="the stable rank of a Gaussian matrix grows with its dimensions",
            when=ranks(first=0),
        ),
        Mutant(
            name="a start a billion times longer",
            because="the first step must outweigh the initialization",
            given=leaky_networks(larger=1e9),
        ),
        Mutant(
            name="rank two after one step",
            because="what the initialization has orthogonal to the samples stays for ever: the rank is small only up to that",
            then=AtMost(left=third, right=0 * spectral),
        ),
        Mutant(
            name="stable rank one",
            because="neurons of opposite signs meet different slopes, and the initialization is still there",
            then=AtMost(left=frobenius**2, right=spectral**2),
        ),
    ),
)


def _within(c1: sp.Expr) -> AtMost:
    return AtMost(left=loss**2, right=C1 * n / (alpha * t), where={C1: c1})


_half = sp.Rational(1, 2)

loss_decay = Claim(
    key="frei2022/loss-after-many-steps",
    title="The loss falls below (C_1 n / (R_min^2 alpha t))^(1/2), with C_1 = 1/2 for slopes near one",
    about="""In the setting of the stable rank after one step, with one or two samples, gamma in [0.9, 0.99] and R <= 1.05: after t steps the mean logistic
loss is at most (C_1 n / (R_min^2 alpha t))^(1/2), C_1 = 1/2. The theorem has some C_1 that may depend on gamma and R alone, and any number of samples. As alpha is of order
1/(n C_R^2), the bound is above the loss at the initialization before n/alpha, some C_R^2 n^2 steps: judged at n/2 alpha, n/alpha and 2 n/alpha.

Why: nearly orthogonal samples are learned each on its own, margin f at rate (alpha/n)|x|^2 sigma(-f) sum_j a_j^2 phi'^2, so f ~ log(1 + alpha t/n).""",
    source=PAPER.at("Theorem on gradient descent: loss, recalled"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note="the abstract was read; the constants of the hypotheses and the form of the bound were recalled, C_1 is a witness of ours. "
    "The length of the initialization is a hypothesis in place of a probability",
    given=slow_networks(),
    when=long_descent,
    then=_within(_half),
    mutants=(
        Mutant(
            name="whatever the number of samples",
            because="each sample has a share 1/n of the step",
            then=AtMost(left=loss**2, right=C1 / (alpha * t), where={C1: _half}),
        ),
        Mutant(
            name="the loss, not its square, over time",
            because="at times of order n/alpha it has only begun to fall",
            then=AtMost(left=loss**2, right=C1 * (n / (alpha * t)) ** 2, where={C1: _half}),
        ),
        Mutant(
            name="C_1 = 1/4",
            because="loss^2 alpha t/n comes to 0.3",
            then=_within(sp.Rational(1, 4)),
        ),
    ),
)
