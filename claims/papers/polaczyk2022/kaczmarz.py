"""Polaczyk, Cyranka 2022: stochastic steps on a model that interpolates."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status, dropped
from lemmata.claims.papers.polaczyk2022 import PAPER
from lemmata.claims.papers.polaczyk2022._kaczmarz import (
    SHORT,
    distance,
    distance_0,
    eta,
    expected_distances,
    highest,
    interpolating_models,
    longest,
    lowest,
    mean,
    t,
)

q = sp.Symbol("q", real=True)


def _contracts(factor: sp.Expr) -> AtMost:
    return AtMost(left=distance, right=q**t * distance_0, where={q: factor})


def _factor(least: sp.Expr, size: sp.Expr) -> sp.Expr:
    return 1 - 2 * eta * least + eta**2 * size * least


contraction = Claim(
    key="polaczyk2022/stochastic-steps-contract",
    title="Stochastic gradient descent on an interpolating linear model contracts by 1 - 2 eta mu + eta^2 R^2 mu, in expectation",
    about="""Let w* fit all samples, w_0 - w* lie in their span, 0 < eta <= 2/R^2, and w_{t+1} = w_t - eta x_i (x_i . w_t - y_i) for an i drawn evenly. Then
E|w_t - w*|^2 <= (1 - 2 eta mu + eta^2 R^2 mu)^t |w_0 - w*|^2, mu the least eigenvalue of the mean of x_i x_i' on the span and R the longest
sample. The expectation is computed, not sampled: second moments obey a linear recursion. Attained by samples of one length along different axes.

Why: |e - eta x (x . e)|^2 = |e|^2 - (2 eta - eta^2 |x|^2)(x . e)^2.""",
    source=PAPER.at("beside the main theorem: stochastic steps where the Jacobian rests"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived (Kaczmarz); the linear model is what a network is near its initialization, to first order",
    given=interpolating_models(SHORT),
    when=expected_distances,
    then=_contracts(_factor(lowest, longest)),
    mutants=(
        Mutant(
            name="without the second order",
            because="one sample is corrected by more than the mean of all: the steps add variance",
            then=_contracts(1 - 2 * eta * lowest),
        ),
        Mutant(
            name="largest eigenvalue",
            because="the direction that few samples see is learnt slowest",
            then=_contracts(_factor(highest, longest)),
        ),
        Mutant(
            name="mean squared length",
            because="a long sample overshoots by its own length",
            then=_contracts(_factor(lowest, mean)),
        ),
        Mutant(
            name="labels that no model fits",
            because="at the solution the steps go on, and so does their variance",
            given=interpolating_models(SHORT, noise=True),
        ),
        dropped(
            SHORT.name, because="beyond 2/R^2 a step leads away from the solution, most in the strongest direction"
        ),
    ),
)
