"""Barboni, Peyré, Vialard 2024: gradient flow converges where the loss is small beside its local PL constant."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Reading, Status
from lemmata.claims.papers.barboni2024 import PAPER
from lemmata.claims.papers.barboni2024._resnets import (
    SMALL,
    f_0,
    f_t,
    flow_of_resnets,
    length,
    mu,
    radius,
    resnets,
    t,
)

_UNTIL = "; all t is judged up to some twenty times the inverse of the largest curvature"
_DERIVED = (
    "of the paper the abstract was read; the local theorem was derived, and the PL inequality, which the paper has with high probability for "
    "many features, is verified at each instance. Linear ResNets of finite depth stand for the rest"
)
_SETTING = (
    """Let f >= 0 be smooth with |grad f|^2 >= 2 mu f on the ball of radius R around x_0, and f(x_0) < mu R^2/2"""
)
_across = Mutant(
    name="without: f(x_0) < mu R^2/2",
    because="the flow leaves the ball and comes to rest beside a singular matrix, with a positive loss",
    given=resnets(across=True),
)
_networks = resnets(SMALL)

decay = Claim(
    key="barboni2024/small-losses-decay",
    title="If |grad f|^2 >= 2 mu f on a ball of radius R and f(x_0) < mu R^2/2, then f(x_t) <= exp(-2 mu t) f(x_0)",
    about=f"""{_SETTING}. Gradient flow then has
f(x_t) <= exp(-2 mu t) f(x_0) for all t. On trial are linear ResNets of finite depth, whose mu on the ball follows from the least singular
values of their layers at the initialization, so that the hypothesis is verified and not assumed.

Why: f falls at that rate as long as the flow stays in the ball, and it stays: its path is shorter than R.""",
    source=PAPER.at("local convergence"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED + _UNTIL,
    given=_networks,
    when=flow_of_resnets,
    then=AtMost(left=f_t, right=sp.exp(-2 * mu * t) * f_0),
    mutants=(
        _across,
        Mutant(
            name="twice the rate",
            because="on a small ball the least slope is nearly attained",
            then=AtMost(left=f_t, right=sp.exp(-4 * mu * t) * f_0),
        ),
        Mutant(
            name="rate without the constant",
            because="deep and badly conditioned networks learn as slowly as mu says",
            then=AtMost(left=f_t, right=sp.exp(-2 * t) * f_0),
        ),
        Mutant(
            name="rate of the loss before its root",
            because="the rate is a rate, not a power of the loss",
            then=AtMost(left=f_t, right=sp.exp(-2 * mu * t) * f_0**2),
        ),
    ),
)

path = Claim(
    key="barboni2024/small-losses-stay-near",
    title="Under the same hypothesis the path of the flow is at most sqrt(2 f(x_0)/mu) long, and stays in the ball",
    about=f"""{_SETTING}. Then the path of gradient
flow has a length of at most sqrt(2 f(x_0)/mu), which is less than R: the flow never leaves the ball in which the inequality was verified.

Why: d sqrt(f)/dt = -|grad f|^2/(2 sqrt(f)) <= -sqrt(mu/2) |x'|.""",
    source=PAPER.at("local convergence"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED + _UNTIL,
    given=_networks,
    when=flow_of_resnets,
    then=AtMost(left=length, right=sp.sqrt(2 * f_0 / mu)),
    mutants=(
        _across,
        Mutant(
            name="half the length",
            because="on a small ball the path is straight, at the least slope",
            then=AtMost(left=length, right=sp.sqrt(f_0 / (2 * mu))),
        ),
        Mutant(
            name="half the ball",
            because="a loss near mu R^2/2 takes the flow to the boundary of the ball",
            then=AtMost(left=length, right=radius / 2),
        ),
        Mutant(
            name="the loss without its root",
            because="lengths scale with the residual, the root of the loss",
            then=AtMost(left=length, right=2 * f_0 / mu),
        ),
    ),
)
