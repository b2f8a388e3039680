"""Polaczyk, Cyranka 2022: convergence of shallow networks near their initialization, by a certificate that is computed."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Reading, Status
from lemmata.claims.papers.polaczyk2022 import PAPER
from lemmata.claims.papers.polaczyk2022._networks import (
    CERTIFIED,
    Activation,
    flow_of_networks,
    jacobians,
    labelled_networks,
    least,
    least_0,
    m,
    misfit,
    misfit_0,
    moved,
    n,
    path,
    t,
    weights_and_others,
)

_UNTIL = "; all t is judged up to sixteen times the inverse of the largest curvature"
_DERIVED = (
    "of the paper the abstract was read, whose width exists and is not named; in its place the hypothesis is a number that is computed for each "
    "network"
)
_SETTING = (
    """f(x) = m^(-1/2) sum_r a_r tanh(w_r . x) with |a_r| = |x_i| = 1, n samples, J the Jacobian of the outputs in W"""
)
beta = sp.Symbol("beta", positive=True)
_BETA = 4 / (3 * sp.sqrt(3)) * sp.sqrt(n / m)


def _keeps(lost: sp.Expr, value: sp.Expr = _BETA) -> AtLeast:
    return AtLeast(left=least, right=least_0 - lost, where={beta: value} if lost.has(beta) else {})


jacobian = Claim(
    key="polaczyk2022/jacobian-moves-slowly",
    title="The least singular value of the Jacobian falls by at most (4/(3 sqrt 3)) sqrt(n/m) times the distance moved",
    about=f"""{_SETTING}. For all W and W_0, sigma_min(J(W)) >= sigma_min(J(W_0)) - beta |W - W_0|_F
with beta = (4/(3 sqrt 3)) sqrt(n/m). Nearly attained by units that all sit where the slope of tanh falls fastest.

Why: |tanh''| <= 4/(3 sqrt 3), so |J(W) - J(W_0)|_F^2 <= beta^2 |W - W_0|_F^2, and singular values move by at most that.""",
    source=PAPER.at("beside the main theorem: the Jacobian near the initialization"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_DERIVED,
    given=weights_and_others(),
    when=jacobians(),
    then=_keeps(beta * moved),
    mutants=(
        Mutant(
            name="ninety per cent of it",
            because="tanh attains its largest second derivative",
            then=_keeps(sp.Rational(9, 10) * beta * moved),
        ),
        Mutant(
            name="a Jacobian that rests",
            because="only for infinite width does it not move at all",
            then=_keeps(sp.Integer(0)),
        ),
        Mutant(
            name="second order",
            because="the derivative of tanh changes in the first order, away from its symmetric point",
            then=_keeps(beta * moved**2),
        ),
        Mutant(
            name="ReLU",
            because="its Jacobian jumps where a unit switches on or off",
            given=weights_and_others(kink=True),
            when=jacobians(Activation.RELU),
        ),
    ),
)

_networks = labelled_networks(CERTIFIED)


def _decays(rate: sp.Expr) -> AtMost:
    return AtMost(left=misfit, right=misfit_0 * sp.exp(-rate * t))


converges = Claim(
    key="polaczyk2022/certified-flow-converges",
    title="If |r_0| < s_0^2/(4 beta), gradient flow has |r_t| <= |r_0| exp(-s_0^2 t/4)",
    about=f"""{_SETTING}, s_0 its least singular value at the initialization, r the residual, and
|r_0| < s_0^2/(4 beta), beta = (4/(3 sqrt 3)) sqrt(n/m). Then gradient flow of |r|^2/2 has |r_t| <= |r_0| exp(-s_0^2 t/4) for all t. The
hypothesis is computed for each network: at m = 256 it allows labels of a few tenths.

Why: within s_0/(2 beta) of the initialization sigma_min(J) >= s_0/2, and the flow does not leave that ball.""",
    source=PAPER.at("beside the main theorem: convergence"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_DERIVED + _UNTIL,
    given=_networks,
    when=flow_of_networks,
    then=_decays(least_0**2 / 4),
    mutants=(
        Mutant(
            name="narrow",
            because="two units cannot reach a far label: they saturate, and a loss is left",
            given=labelled_networks(narrow=True),
        ),
        Mutant(
            name="eight times the rate",
            because="a Jacobian that hardly moves contracts its weakest direction at the rate s_0^2",
            then=_decays(2 * least_0**2),
        ),
        Mutant(
            name="without the Jacobian",
            because="samples that look alike to the network are told apart slowly",
            then=_decays(sp.Integer(1)),
        ),
    ),
)

stays_near = Claim(
    key="polaczyk2022/certified-flow-stays-near",
    title="Under the same hypothesis the path of the flow is at most 2|r_0|/s_0 long",
    about=f"""{_SETTING}, and |r_0| < s_0^2/(4 beta). Then the path of gradient flow
is at most 2|r_0|/s_0 long, which is less than s_0/(2 beta): the network ends near its initialization.

Why: d|r|/dt = -|J'r|^2/|r| <= -(s_0/2) |J'r|.""",
    source=PAPER.at("beside the main theorem: movement"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_DERIVED + _UNTIL,
    given=_networks,
    when=flow_of_networks,
    then=AtMost(left=path, right=2 * misfit_0 / least_0),
    mutants=(
        Mutant(
            name="a quarter",
            because="a Jacobian that hardly moves is crossed in a straight line, |r_0|/s_0 long for one sample",
            then=AtMost(left=path, right=misfit_0 / (2 * least_0)),
        ),
        Mutant(
            name="without the Jacobian",
            because="the flatter the network, the farther it has to go",
            then=AtMost(left=path, right=misfit_0),
        ),
        Mutant(
            name="the loss in place of its root",
            because="lengths are proportional to the residual, not to its square",
            then=AtMost(left=path, right=2 * misfit_0**2 / least_0),
        ),
    ),
)
