"""Frei et al. 2022 and its sequel: how evenly predictors of maximal margin weigh nearly orthogonal samples."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status
from lemmata.claims.papers.frei2022 import PAPER
from lemmata.claims.papers.frei2022._margin import (
    gamma,
    largest,
    leaky_margin,
    least,
    least_linear,
    least_weight,
    most_linear,
    most_weight,
    multiplier,
    n,
    nearly_orthogonal_data,
    overlap,
    three_orthogonal,
)

_SEQUEL = "Frei, Vardi, Bartlett, Srebro, COLT 2023"
_P = (
    "p is taken as large as the data allow, so that p R^2 = R_min^2/(n max |<x_i, x_k>|) = 1/q, and the bound is written in q, which is "
    "zero for orthogonal samples"
)
_data = nearly_orthogonal_data()
_linear_data = nearly_orthogonal_data(hypotheses=(three_orthogonal,))
_crowded = nearly_orthogonal_data(hypotheses=(), closest=100.0)

q, tau, low, high = sp.symbols("q tau lambda_- lambda_+", real=True)
_Q = {q: overlap * n / least}


def _within(lower: sp.Expr, upper: sp.Expr) -> AtMost:
    """lambda_- <= lambda_i <= lambda_+, in one."""
    return AtMost(left=sp.Abs(2 * multiplier - low - high), right=high - low, where={low: lower, high: upper})


_LOWER, _UPPER = 1 / (2 * largest), 3 / (2 * gamma**2 * least)

multipliers = Claim(
    key="frei2022/multipliers-in-their-range",
    title="Every multiplier of the KKT point lies between 1/(2 R_max^2) and 3/(2 gamma^2 R_min^2)",
    about="""Under R_min^2 >= 3 gamma^-3 R^2 n max |<x_i, x_k>|, R = R_max/R_min, each multiplier of the KKT point satisfies
1/(2 R_max^2) < lambda_i < 3/(2 gamma^2 R_min^2): all samples are support vectors, and none counts for much more than another.
Judged in one as |2 lambda_i - lambda_- - lambda_+| <= lambda_+ - lambda_-.

Why: the equation of the largest multiplier gives gamma^2 R_min^2 lambda_max (1 - 1/3) <= 1, and what the others then add to a
sample's own share is below a half.""",
    source=PAPER.at(f"Theorem on gradient flow; {_SEQUEL}, Lemma 16"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read as the authors restate it, for as many neurons of one sign as of the other, here for any numbers of them",
    given=_data,
    when=leaky_margin,
    then=_within(_LOWER, _UPPER),
    mutants=(
        Mutant(
            name="overlaps of any size",
            because="a sample close to another one with the same label needs no multiplier of its own",
            given=_crowded,
        ),
        Mutant(
            name="without the slope",
            because="neurons on their flat side see a sample through gamma: it needs a multiplier of order 1/gamma^2",
            then=_within(_LOWER, 3 / (2 * least)),
        ),
        Mutant(
            name="smallest norm below",
            because="a long sample needs a small multiplier",
            then=_within(3 / (4 * least), _UPPER),
        ),
        Mutant(
            name="twice as narrow above",
            because="a single sample that all neurons see through gamma needs 1/(gamma^2 R_min^2)",
            then=_within(_LOWER, _UPPER / 2),
        ),
    ),
)


def _uniform(most: sp.Expr, fewest: sp.Expr, bound: sp.Expr) -> AtMost:
    named = _Q | {tau: bound} if bound.has(q) else {tau: bound}
    return AtMost(left=most, right=tau * fewest, where=named)


_R2 = largest / least
_LINEAR = _R2 / (1 - 2 * q)

linear_uniform = Claim(
    key="frei2022/linear-margin-is-uniform",
    title="The linear predictor of maximal margin weighs no sample more than R^2/(1 - 2q) times another",
    about="""Let R_min^2 >= p R^2 n max |<x_i, x_k>| with p >= 3. The linear predictor of maximal margin is z* = sum_i s_i y_i x_i with all s_i > 0
and max_i s_i <= tau min_i s_i, tau = R^2 (1 + 2/(p R^2 - 2)). With q = 1/(p R^2) this is R^2/(1 - 2q). Attained by orthogonal
samples.

Why: every sample is a support vector, s_i |x_i|^2 = 1 - sum_k s_k y_i y_k <x_i, x_k>, and the sum is at most q R_min^2 max_k s_k.""",
    source=PAPER.at(f"sequel: {_SEQUEL}, Proposition 3"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_P,
    given=_linear_data,
    when=leaky_margin,
    then=_uniform(most_linear, least_linear, _LINEAR),
    mutants=(
        Mutant(
            name="overlaps of any size",
            because="of two close samples of one label only the nearer one is a support vector",
            given=_crowded,
        ),
        Mutant(
            name="equal weights",
            because="a sample twice as short needs a weight four times as large",
            then=_uniform(most_linear, least_linear, 1 / (1 - 2 * q)),
        ),
        Mutant(
            name="without the overlaps",
            because="samples that help each other need less weight",
            then=_uniform(most_linear, least_linear, _R2),
        ),
        Mutant(
            name="R for R^2",
            because="weights are inverse squared lengths",
            then=_uniform(most_linear, least_linear, sp.sqrt(_R2) / (1 - 2 * q)),
        ),
    ),
)

_LEAKY = _R2 / (gamma * (gamma - 2 * q))

leaky_uniform = Claim(
    key="frei2022/leaky-margin-is-uniform",
    title="The leaky network of maximal margin weighs no sample more than R^2/(gamma (gamma - 2q)) times another",
    about="""Let R_min^2 >= p R^2 n max |<x_i, x_k>| with p >= 3 gamma^-3. The linear predictor z = sum_i s_i y_i x_i that the leaky network at a KKT
point decides like has s_i = (1 + gamma) lambda_i/2 > 0 and max_i s_i <= tau min_i s_i, tau = R^2 gamma^-2 (1 + 2/(gamma p R^2 - 2)). With
q = 1/(p R^2) this is R^2/(gamma (gamma - 2q)).

Why: as for the linear predictor, with slopes between gamma and one in each equation.""",
    source=PAPER.at(f"sequel: {_SEQUEL}, Proposition 4"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_P + "; for any numbers of neurons of the two signs",
    given=_data,
    when=leaky_margin,
    then=_uniform(most_weight, least_weight, _LEAKY),
    mutants=(
        Mutant(
            name="overlaps of any size",
            because="of two close samples of one label only the nearer one is a support vector",
            given=_crowded,
        ),
        Mutant(
            name="as for a linear predictor",
            because="a sample that most neurons see through gamma needs more weight",
            then=_uniform(most_weight, least_weight, _LINEAR),
        ),
        Mutant(
            name="without the lengths",
            because="a sample twice as short needs a weight four times as large",
            then=_uniform(most_weight, least_weight, 1 / (gamma * (gamma - 2 * q))),
        ),
        Mutant(
            name="R for R^2",
            because="weights are inverse squared lengths",
            then=_uniform(most_weight, least_weight, sp.sqrt(_R2) / (gamma * (gamma - 2 * q))),
        ),
    ),
)

_SHARPER = 1 / (least * gamma * (gamma - q))

sharper_upper = Claim(
    key="frei2022/sharper-upper-bound-on-multipliers",
    title="No multiplier of the KKT point is above 1/(R_min^2 gamma (gamma - q))",
    about="""Let R_min^2 >= p R^2 n max |<x_i, x_k>| with p >= 3 gamma^-3. Each multiplier of the KKT point satisfies
lambda_i <= 1/(R_min^2 gamma (gamma - 1/(p R^2))), here with q = 1/(p R^2).

Why: in the equation of the largest multiplier its own share is at least gamma^2 R_min^2 lambda_max, and those of the others take away
at most gamma q R_min^2 lambda_max.""",
    source=PAPER.at(f"sequel: {_SEQUEL}, Lemma 17"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_P + "; for any numbers of neurons of the two signs",
    given=_data,
    when=leaky_margin,
    then=AtMost(left=multiplier, right=_SHARPER, where=_Q),
    mutants=(
        Mutant(
            name="overlaps of any size",
            because="close samples of opposite labels can only be told apart by large multipliers",
            given=_crowded,
            then=AtMost(left=multiplier, right=1 / (gamma**2 * least)),
        ),
        Mutant(
            name="largest norm",
            because="a short sample needs a large multiplier",
            then=AtMost(left=multiplier, right=1 / (largest * gamma * (gamma - q)), where=_Q),
        ),
        Mutant(
            name="one power of the slope",
            because="the slope enters once through the output and once through the weights that make it",
            then=AtMost(left=multiplier, right=1 / (least * (gamma - q)), where=_Q),
        ),
        Mutant(
            name="slopes of both signs as one",
            because="if nearly all neurons have the other sign, the mean slope does not help the sample",
            then=AtMost(left=multiplier, right=2 / (least * (1 + gamma**2 - q)), where=_Q),
        ),
    ),
)
