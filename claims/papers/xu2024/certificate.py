"""Xu et al. 2024: a certificate for each implicit gradient step on a physics-informed network, of any width."""

from __future__ import annotations

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status, dropped
from lemmata.claims.papers.xu2024 import PAPER
from lemmata.claims.papers.xu2024._networks import (
    DECREASE,
    after,
    before,
    decrease,
    eta,
    highest,
    lowest,
    networks,
    slip,
    step_backwards,
    training,
)

_SETTING = """Let L(w) = |s(w)|^2/2, J = s'(w), G = J J', and w_{k+1} = w_k - eta grad L(w_{k+1}) with
L(w_{k+1}) + |w_{k+1} - w_k|^2/(2 eta) <= L(w_k)"""
_NOTE = """of the paper the abstract was read: linear convergence whatever the step. Its width and rate are existential; this is the step of such a proof, for every width.
Judged for tanh networks on -u'' = f"""

step = Claim(
    key="xu2024/one-step-certificate",
    title="An implicit gradient step has L(w_{k+1}) (1 + eta lambda_min(G(w_{k+1}))) <= L(w_k), for every step size and width",
    about=f"""{_SETTING}: the implicit equation may have several solutions, and the one that gradient flow or
a proximal step would find meets the inequality. Then L(w_{{k+1}}) (1 + eta lambda_min(G(w_{{k+1}}))) <= L(w_k), whatever eta. With lambda_min >= lambda_0/2 along the way
this is the rate (1 + eta lambda_0/2)^-k. Steps are made from where they end, so that the equation holds exactly.

Why: the inequality gives L(w_{{k+1}}) + eta |grad L(w_{{k+1}})|^2/2 <= L(w_k), and |grad L|^2 = s'G s >= 2 lambda_min L.""",
    source=PAPER.at("linear convergence, one step"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note=_NOTE,
    given=networks(decrease),
    when=step_backwards(),
    then=AtMost(left=after * (1 + eta * lowest), right=before),
    mutants=(
        Mutant(
            name="an explicit step",
            because="beyond 2/lambda_max gradient descent overshoots, and the loss grows",
            given=networks(steps=(1.0, 100.0)),
            when=step_backwards(explicit=True),
        ),
        Mutant(
            name="largest eigenvalue",
            because="residuals along other eigenvectors fall more slowly",
            then=AtMost(left=after * (1 + eta * highest), right=before),
        ),
        dropped(DECREASE, because="the implicit equation also has solutions uphill, where curvature is negative"),
        Mutant(
            name="four times the rate",
            because="a loss that falls in one step like that of a flow falls by (1 + eta lambda)^2 at most",
            then=AtMost(left=after * (1 + eta * lowest) ** 4, right=before),
        ),
    ),
)

trained = Claim(
    key="xu2024/certificate-in-training",
    title="In training on -u'' = f every implicit step meets its certificate, up to what is left of the implicit equation",
    about=f"""{_SETTING}, but for a residual r of the equation, w_{{k+1}} - w_k + eta g = r with g = grad L(w_{{k+1}}).
Then L(w_{{k+1}}) (1 + eta lambda_min(G(w_{{k+1}}))) <= L(w_k) + |<g, r>|. Training runs on -u'' = f, u(0) = u(1) = 0, with steps from 1/100 to 100, for many of which gradient
descent diverges; each step is found by Gauss and Newton's method in float64, the two sides are evaluated at its points in exact numbers.""",
    source=PAPER.at("linear convergence, in training"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; it makes the certificate robust against an inexact solver. " + _NOTE,
    given=networks(steps=(1e-2, 100.0), widest=4),
    when=training(),
    then=AtMost(left=after * (1 + eta * lowest), right=before + slip),
    mutants=(
        Mutant(
            name="gradient descent",
            because="beyond 2/lambda_max it overshoots",
            when=training(explicit=True, count=1),
        ),
        Mutant(
            name="largest eigenvalue",
            because="residuals along other eigenvectors fall more slowly",
            then=AtMost(left=after * (1 + eta * highest), right=before + slip),
        ),
        Mutant(
            name="the loss to come",
            because="what is left after a step is not yet gone",
            then=AtMost(left=after * (1 + eta * lowest) + before / 2, right=before + slip),
        ),
    ),
)
