"""Zhang, Peyre 2026: the support gap of the initial covariance makes two-layer linear networks converge linearly."""

from __future__ import annotations

import dataclasses

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Reading, Status, dropped
from lemmata.claims.papers.zhang2026 import PAPER
from lemmata.claims.papers.zhang2026._support_gap import (
    POLYAK,
    SMOOTH,
    budget_step,
    curvature,
    decline,
    descent,
    flow_at_a_point,
    flow_gap,
    gap,
    margin_u,
    margin_v,
    networks,
    next_gap,
    norm,
    rate,
    smoothness,
    tau,
    theorem_step,
    top_u,
    top_v,
    width,
)

_QUADRATIC = (
    "the theorem was read; it is for every smooth loss of the predictor that satisfies the PL inequality, on trial are quadratic "
    "ones with a weight for each entry, some of them zero"
)
_AT_A_POINT = (
    "read in full; at a point, where of the loss only E = grad l(S) and l - l* enter: whatever pair with 2 kappa (l - l*) <= |E|^2 <= "
    "2 L (l - l*) an L-smooth loss with the PL inequality can have is one of a quadratic loss with a weight for each entry"
)
_SETTING = """The network V U'/n has n hidden units, U (d_u, n), V (d_v, n), and a loss l of the predictor S = V U'/n that is L-smooth with
|grad l|^2 >= 2 kappa (l - l*). The support margins of the covariance Sigma = W W'/n, W = (U; V), are a_+- = max {a >= 0 : Sigma -+ a J
is positive semidefinite}, J = diag(I, -I), and the support gap is g = a_+ + a_-: they are the d_u-th largest eigenvalue of
(U'U - V'V)/n and the d_v-th largest of its negative, where positive."""

g = sp.Symbol("g", nonnegative=True)
_GAP = sp.Max(margin_u, 0) + sp.Max(margin_v, 0)


def _flows(rate_of_flow: sp.Expr, support_gap: sp.Expr = _GAP) -> AtLeast:
    """The loss falls at least at a rate, a multiple of the support gap g."""
    return AtLeast(left=decline, right=rate_of_flow * flow_gap, where={g: support_gap})


def _steps(share: sp.Expr) -> AtMost:
    """A step takes away at least a share of the loss."""
    return AtMost(left=share * gap, right=gap - next_gap, where={g: _GAP} if share.has(g) else {})


flow = Claim(
    key="zhang2026/support-gap-rate",
    title="Gradient flow converges from every start with a support gap, at the rate 2 kappa g",
    about=f"""{_SETTING} Gradient flow U' = -E'V, V' = -E U with E = grad l(S) conserves both margins, and from every
start l(t) - l* <= exp(-2 kappa g t) (l(0) - l*). It is judged in the form at a point, -dl/dt >= 2 kappa g (l - l*) at every (U, V), which
is equivalent as g is conserved. Attained where each hidden unit serves one layer and what is left to learn lies where
both layers and the loss are weakest.

Why: -dl/dt = tr(E'E Sigma_u) + tr(E E' Sigma_v) >= (a_+ + a_-)|E|_F^2, since the blocks of Sigma -+ a J are positive semidefinite.""",
    source=PAPER.at("Theorem 3.1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_AT_A_POINT,
    given=networks(rule=None),
    when=flow_at_a_point,
    then=dataclasses.replace(_flows(2 * curvature * g), tight=True),
    mutants=(
        Mutant(
            name="twice the rate",
            because="the rate is attained where each hidden unit serves one layer",
            then=_flows(4 * curvature * g),
        ),
        Mutant(
            name="largest eigenvalues",
            because="a unit that serves both layers in one direction does not help the others: the flow may stand still",
            then=_flows(2 * curvature * g, sp.Max(top_u, 0) + sp.Max(top_v, 0)),
        ),
        Mutant(
            name="absolute eigenvalues",
            because="a margin that is not positive is no margin: it is cut off at zero",
            then=_flows(2 * curvature * g, sp.Abs(margin_u) + sp.Abs(margin_v)),
        ),
        Mutant(
            name="without the width",
            because="the margins are those of the mean over the hidden units, not of their sum",
            then=_flows(2 * curvature * g * width),
        ),
        *(
            Mutant(
                name=f"the margin of {name} twice",
                because=f"where the margin of {other} is zero, that of {name} alone attains the rate",
                then=_flows(2 * curvature * (g + sp.Max(margin, 0))),
            )
            for name, other, margin in (("U", "V", margin_u), ("V", "U", margin_v))
        ),
        dropped(POLYAK, because="the slowest direction of the loss is slower than kappa says"),
    ),
)

discrete = Claim(
    key="zhang2026/gradient-descent-rate",
    title="Gradient descent with an explicit small step contracts the loss by 1 - kappa tau g / sqrt(2) at every step",
    about=f"""{_SETTING} Let g > 0 at the start, D = l(0) - l* > 0, I = 4 sqrt(D/kappa)/g, s = |Sigma_0| (spectral norm) and
0 < tau <= g exp(-2 I) min{{1 / (4 s sqrt(L D) + 9 sqrt(2) L s^2 exp(2 I)), (sqrt(2) - 1) / (4 D)}}. Then the simultaneous steps U - tau E'V,
V - tau E U satisfy l_k - l* <= (1 - kappa tau g / sqrt(2))^k D for all k. It is judged for each step, as the proof has it:
l_k - l_(k+1) >= kappa tau g / sqrt(2) (l_k - l*). The flow's rate is larger by 2 sqrt(2), so the ratio
stays near 0.35 for short steps and below 0.43 for all.

Why: a step moves Sigma -+ a J by tau^2 G J G beyond a congruence; over the whole run that costs the margins no more than a factor
sqrt(2), and the second-order terms of the descent no more than another half.""",
    source=PAPER.at("Theorem 3.6, with Lemma C.15"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_QUADRATIC
    + "; step by step, which implies it, in runs of up to twelve steps; starts with I <= 2, as the step falls like exp(-4 I)",
    given=networks(rule=theorem_step),
    when=descent,
    then=_steps(curvature * tau * g / sp.sqrt(2)),
    mutants=(
        Mutant(
            name="steps 100 times larger",
            because="a step beyond the inverse of the curvature overshoots",
            given=networks(rule=theorem_step, step=100.0),
        ),
        Mutant(
            name="the rate of the flow",
            because="a step of finite length falls short of the flow in the second order",
            then=_steps(2 * curvature * tau * g),
        ),
        Mutant(
            name="twice the norm of the covariance for its gap",
            because="the direction in which the hidden layer is weakest is learnt last",
            then=_steps(2 * curvature * tau * norm / sp.sqrt(2)),
        ),
        Mutant(
            name="smoothness for the PL constant",
            because="what the loss weighs least is learnt last",
            then=_steps(smoothness * tau * g / sp.sqrt(2)),
        ),
        dropped(POLYAK, because="the slowest direction of the loss is slower than kappa says"),
        dropped(SMOOTH, because="the step is measured by L: where the loss curves more, it overshoots"),
    ),
)

budget = Claim(
    key="zhang2026/rate-near-the-flow",
    title="Gradient descent contracts the loss by 1 - 2 c kappa tau for any c below the support gap, if the step is small enough",
    about=f"""{_SETTING} Let 0 < c < h < g at the start, D = l(0) - l*, I = sqrt(2 D/kappa)/c, B = |Sigma_0| exp(2 I), M = sqrt(2 L D) and
0 < tau <= min{{1/(2 M), (h - c)/(B M + 9 L B^2/2), (1 - h/g) c/(exp(2 I) D)}}. Then l_k - l_(k+1) >= 2 c kappa tau (l_k - l*) at every
step, so l_k - l* <= (1 - 2 c kappa tau)^k D. With c near g that is the rate of the flow; here h = (c + g)/2.

Why: the margins shrink by h/g at most over the whole run, and the second-order terms of the descent cost h - c.""",
    source=PAPER.at("Proposition C.17, with Lemma C.15"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_QUADRATIC + "; step by step, which implies it, in runs of up to twelve steps; h halfway between c and g",
    given=networks(rule=budget_step),
    when=descent,
    then=_steps(2 * curvature * tau * rate),
    mutants=(
        Mutant(
            name="the rate of the flow",
            because="a step of finite length falls short of the flow in the second order",
            then=_steps(2 * curvature * tau * g),
        ),
        Mutant(
            name="steps 1000 times larger",
            because="a step beyond the inverse of the curvature overshoots",
            given=networks(rule=budget_step, step=1000.0),
        ),
        Mutant(
            name="smoothness for the PL constant",
            because="what the loss weighs least is learnt last",
            then=_steps(2 * smoothness * tau * rate),
        ),
        dropped(POLYAK, because="the slowest direction of the loss is slower than kappa says"),
    ),
)
