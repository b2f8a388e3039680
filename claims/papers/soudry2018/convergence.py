"""Soudry, Hoffer, Nacson, Gunasekar, Srebro 2018: gradient descent on separable data finds the maximal margin.

The paper's rates, loss O(1/t) and margin O(1/log t), hide constants that no finite run can test. Here they are
explicit: z_i = y_i x_i with |z_i| <= 1, loss L(w) = sum_i exp(-z_i.w), initialization w_0 = 0, steps eta with eta n <= 1,
maximal margin gamma.
"""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Reading, Status
from lemmata.claims.papers.soudry2018 import PAPER
from lemmata.claims.settings.separable import (
    each_step,
    eta,
    exponential_descent,
    loss,
    margin,
    moving,
    n,
    next_loss,
    score,
    separable,
    size,
    t,
)

_RUNS = "; every t is judged on runs of up to {} steps"
_DERIVED = (
    "the paper, known from second hand, states O(.) for losses with exponential tails; the constants here were derived"
)
_data = separable()
_long_runs = separable(longest=150)
_bold_data = separable(hypotheses=(moving,), largest_step=8.0)
_run = exponential_descent()

each_step_contracts = Claim(
    key="soudry2018/each-step",
    title="Each step multiplies the loss by at most exp(-eta gamma^2 L)",
    about="""Separable data |z_i| <= 1 with maximal margin gamma, L(w) = sum_i exp(-z_i.w), gradient descent from 0 with eta n <= 1. Then
L_{t+1} <= L_t exp(-eta gamma^2 L_t) at every step, with equality where all samples are alike.

Why: in axes with the maximal margin first, z_i = (a_i, v_i) with a_i >= gamma; let (a, r) be the mean of z_i under the weights
exp(-z_i.w)/L. Each exponent is -eta L (a_i a + v_i.r), the first part at least gamma^2, and the mean of
exp(-x_i), x_i = eta L v_i.r in [-1, 1] of mean eta L |r|^2, is at most 1 - eta L |r|^2 + (e - 2)(eta L |r|)^2 <= 1.""",
    source=PAPER.at("rate of the loss (Theorem 5, numbered from memory): one step"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; twice as sharp as what the descent lemma gives, and attained",
    given=_data,
    when=each_step,
    then=AtMost(left=next_loss, right=loss * sp.exp(-eta * margin**2 * loss), tight=True),
    mutants=(
        Mutant(
            name="one per cent more",
            because="the bound is attained where all samples are alike",
            then=AtMost(left=next_loss, right=loss * sp.exp(-sp.Rational(101, 100) * eta * margin**2 * loss)),
        ),
        Mutant(
            name="first power of the margin",
            because="the margin enters twice: in the gradient, and in how far a step along it helps",
            then=AtMost(left=next_loss, right=loss * sp.exp(-eta * margin * loss)),
        ),
        Mutant(
            name="without the loss",
            because="the gradient fades with the loss: convergence is not linear",
            then=AtMost(left=next_loss, right=loss * sp.exp(-eta * margin**2)),
        ),
        Mutant(
            name="steps up to 8/n",
            because="a step too large overshoots for the samples that lie on the other side",
            given=_bold_data,
        ),
    ),
)

loss_rate = Claim(
    key="soudry2018/loss-rate",
    title="The loss is O(1/t) with explicit constants: 1/L_t >= 1/n + eta gamma^2 t",
    about="""Separable data |z_i| <= 1 with maximal margin gamma, L(w) = sum_i exp(-z_i.w), gradient descent from 0 with eta n <= 1. Then
1/L_t >= 1/n + eta gamma^2 t for every t. For small steps and samples that are alike this is nearly attained.

Why: each step divides the loss by at least exp(eta gamma^2 L) >= 1 + eta gamma^2 L.""",
    source=PAPER.at("rate of the loss (Theorem 5, numbered from memory)"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED + _RUNS.format("fifty"),
    given=_data,
    when=_run,
    then=AtLeast(left=1 / loss, right=1 / n + eta * margin**2 * t),
    mutants=(
        Mutant(
            name="twice the rate",
            because="for small steps and samples that are alike the rate is nearly attained",
            then=AtLeast(left=1 / loss, right=1 / n + 2 * eta * margin**2 * t),
        ),
        Mutant(
            name="first power of the margin",
            because="the margin enters twice",
            then=AtLeast(left=1 / loss, right=1 / n + eta * margin * t),
        ),
        Mutant(
            name="without the margin",
            because="data of small margin are learnt slowly",
            then=AtLeast(left=1 / loss, right=1 / n + eta * t),
        ),
        Mutant(
            name="quadratic in time",
            because="the exponential loss decays like 1/t, no faster",
            then=AtLeast(left=1 / loss, right=1 / n + eta * margin**2 * t**2),
        ),
    ),
)

weights_grow = Claim(
    key="soudry2018/weights-grow",
    title="The weights diverge at least as fast as log(1/L) over the margin",
    about="""For separable data of maximal margin gamma and L(w) = sum_i exp(-z_i.w), |w_t| >= log(1/L_t) / gamma at every step; with
1/L_t >= 1/n + eta gamma^2 t the norm grows at least like log(t) / gamma. Attained by a single sample.

Why: min_i z_i.w <= gamma |w| by the definition of gamma, so L >= exp(-gamma |w|).""",
    source=PAPER.at("limit direction (Theorem 3, numbered from memory): norm of the iterates"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; true of every w, not only of the iterates",
    given=_data,
    when=_run,
    then=AtMost(left=sp.log(1 / loss) / margin, right=size, tight=True),
    mutants=(
        Mutant(
            name="number of samples",
            because="L/n is bounded by the mean sample, which is longer than gamma where the certifying weights are unequal",
            then=AtMost(left=sp.log(n / loss) / margin, right=size),
        ),
        Mutant(
            name="margin squared",
            because="one power of the margin: z.w is linear in w",
            then=AtMost(left=sp.log(1 / loss) / margin**2, right=size),
        ),
        Mutant(
            name="one per cent more",
            because="a single sample attains it",
            then=AtMost(left=sp.Rational(101, 100) * sp.log(1 / loss) / margin, right=size),
        ),
    ),
)

margin_deficit = Claim(
    key="soudry2018/margin-deficit",
    title="At every step each sample's score is within log n + eta n of the best possible, gamma |w|",
    about="""Separable data |z_i| <= 1 with maximal margin gamma, L(w) = sum_i exp(-z_i.w), gradient descent from 0 with eta n <= 1. Then
gamma |w_t| - z_i.w_t <= log n + eta n for every sample and every t. As |w_t| grows without bound, the margin
min_i z_i.w_t / |w_t| tends to gamma.

Why: each step lowers log L by at least gamma eta |grad| - eta^2 |grad|^2 / 2, the sum of eta |grad| is at least |w|, that of
eta^2 |grad|^2 / 2 at most eta n, and z_i.w >= log(1/L).""",
    source=PAPER.at("limit direction (Theorem 3, numbered from memory)"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived" + _RUNS.format("fifty"),
    given=_data,
    when=_run,
    then=AtMost(left=margin * size - score, right=sp.log(n) + eta * n),
    mutants=(
        Mutant(
            name="without log n",
            because="where support vectors carry unequal weights their scores stay apart",
            then=AtMost(left=margin * size - score, right=eta * n),
        ),
        Mutant(
            name="maximal margin attained",
            because="no finite number of steps attains the maximal margin",
            then=AtMost(left=margin * size, right=score),
        ),
        Mutant(
            name="deficit that fades",
            because="the deficit tends to a positive limit where the weights are unequal: only the quotient by |w| tends to zero",
            then=AtMost(left=margin * size - score, right=(sp.log(n) + eta * n) / t),
        ),
    ),
)

_logarithm = sp.Max(sp.log(1 / n + eta * margin**2 * t), 0)

margin_rate = Claim(
    key="soudry2018/margin-rate",
    title="The margin is within gamma (log n + eta n) / log(1/n + eta gamma^2 t) of the maximal one",
    about="""Separable data |z_i| <= 1 with maximal margin gamma, L(w) = sum_i exp(-z_i.w), gradient descent from 0 with eta n <= 1. Then
min_i z_i.w_t / |w_t| >= gamma - gamma (log n + eta n) / log(1/n + eta gamma^2 t) once the logarithm is positive: the
explicit form of the rate O(1/log t). It is judged multiplied by the logarithm's positive part, for every
t >= 1 and every sample.

Why: the deficit of the scores is at most log n + eta n, and |w_t| >= log(1/L_t) / gamma.""",
    source=PAPER.at("rate of the margin (Theorem 5, numbered from memory)"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED + _RUNS.format("150"),
    given=_long_runs,
    when=_run,
    then=AtMost(left=(margin - score / size) * _logarithm, right=margin * (sp.log(n) + eta * n)),
    mutants=(
        Mutant(
            name="rate 1/t",
            because="the margin converges only logarithmically",
            then=AtMost(
                left=(margin - score / size) * (1 / n + eta * margin**2 * t), right=margin * (sp.log(n) + eta * n)
            ),
        ),
        Mutant(
            name="without log n",
            because="the constant does not vanish with the step size",
            then=AtMost(left=(margin - score / size) * _logarithm, right=margin * eta * n),
        ),
        Mutant(
            name="maximal margin attained",
            because="no finite number of steps attains the maximal margin",
            then=AtMost(left=margin, right=score / size),
        ),
    ),
)
