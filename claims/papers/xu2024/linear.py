"""Xu et al. 2024: the linear model, in which the outer weights alone are trained."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Identity, Mutant, Reading, Status
from lemmata.claims.papers.xu2024 import PAPER
from lemmata.claims.papers.xu2024._linear import (
    eta,
    features,
    first,
    highest,
    last,
    lowest,
    off,
    one_step,
    training,
    unit,
)
from lemmata.claims.settings.optimization.measured import N

_SETTING = "Let s(a) = J a - y be linear in the trained weights a, L = |s|^2/2, G = J J', and a_{k+1} = a_k - eta J' s(a_{k+1})"
_NOTE = "a linear model stands for the paper's wide networks, whose J hardly moves; derived"
_FEATURES = features()


def _after(rate: sp.Expr, power: sp.Expr) -> AtMost:
    return AtMost(left=last * (1 + eta * rate) ** power, right=first)


contraction = Claim(
    key="xu2024/linear-model-contracts",
    title="On a linear model implicit steps have L_N (1 + eta lambda_min)^(2N) <= L_0 for every eta",
    about=f"""{_SETTING}. Then L_N (1 + eta lambda_min(G))^(2N) <= L_0 for every eta > 0 and N: each mode falls by 1 + eta lambda_i a step, while gradient descent diverges
for eta > 2/lambda_max. Attained along the weakest direction. So the rate of xu2024/one-step-certificate, one power of 1 + eta lambda_min a step, is not sharp
for linear models.""",
    source=PAPER.at("linear convergence, on a linear model"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=_FEATURES,
    when=training(),
    then=AtMost(left=last * (1 + eta * lowest) ** (2 * N), right=first, tight=True),
    mutants=(
        Mutant(
            name="three powers",
            because="the loss is the square of residuals that fall by one power a step",
            then=_after(lowest, 3 * N),
        ),
        Mutant(
            name="largest eigenvalue",
            because="the weakest direction falls slowest",
            then=_after(highest, 2 * N),
        ),
        Mutant(
            name="explicit steps",
            because="beyond 2/lambda_max gradient descent diverges",
            when=training(explicit=True),
        ),
        Mutant(
            name="one step more",
            because="N steps make N factors",
            then=_after(lowest, 2 * N + 2),
        ),
    ),
)

residuals = Claim(
    key="xu2024/linear-model-residuals",
    title="On a linear model an implicit step takes the residuals to (1 + eta G)^-1 s, exactly",
    about=f"""{_SETTING}. Then s(a_{{k+1}}) = (1 + eta G)^-1 s(a_k), for every eta > 0 and any number of weights, more or fewer than residuals. The step is solved for in the
weights, the law in the residuals; their distance is zero in exact fractions.

Why: s_{{k+1}} = s_k - eta J J' s_{{k+1}}.""",
    source=PAPER.at("implicit gradient descent, on a linear model"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=_FEATURES,
    when=one_step(),
    then=Identity(left=off, right=0),
    mutants=(
        Mutant(
            name="an explicit step",
            because="gradient descent multiplies by 1 - eta G instead",
            when=one_step(explicit=True),
        ),
        Mutant(
            name="twice the step",
            because="the step enters once",
            when=one_step(twice=True),
        ),
        Mutant(
            name="nothing moves",
            because="a step moves the residuals wherever J does not vanish on them",
            then=Identity(left=off, right=unit),
        ),
    ),
)
