"""Frei, Vardi, Bartlett, Srebro, Hu 2022: the implicit bias of leaky ReLU networks trained on nearly orthogonal data.

f(x) = sum_j a_j phi(<w_j, x>), a_j = +-1/sqrt(m) fixed, phi(z) = max(z, gamma z). Trained by gradient flow on the
exponential or logistic loss, the direction of W converges to a KKT point of min |W|^2 subject to y_i f(x_i) >= 1
(Lyu and Li 2020, Ji and Telgarsky 2020). The claims speak of these points: which they are, and what they look like.
"""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Identity, Mutant, Reading, Status
from lemmata.claims.papers.frei2022 import PAPER
from lemmata.claims.papers.frei2022._margin import (
    activity,
    fit,
    gamma,
    larger,
    largest,
    leaky_margin,
    least,
    linear,
    multiplier,
    n,
    nearly_orthogonal_data,
    norm_best,
    norm_z,
    output,
    overlap,
    smaller,
)

_RESTATED = (
    "read as the authors restate it (Frei et al., COLT 2023, Lemma 16 and Propositions 3 and 4), for as many neurons of one sign "
    "as of the other, here for any numbers of them; that every KKT point is the one constructed here is part of the proof and is "
    "not sampled"
)
_DERIVED = "the hypothesis was read as the authors restate it in 2023, the statement was proved anew with it; that every KKT point is the one constructed here is part of that proof and is not sampled"
_data = nearly_orthogonal_data()
_crowded = nearly_orthogonal_data(hypotheses=(), closest=100.0)
_relu = nearly_orthogonal_data(hypotheses=(), slopes=(0.0, 0.0), closest=20.0)

q, tau, kappa = sp.symbols("q tau kappa", real=True)
_TAU = {q: overlap * n / least, tau: q / (gamma**2 - gamma * q)}
_KAPPA = {kappa: sp.sqrt(smaller / larger)}

kkt_point = Claim(
    key="frei2022/all-support-vectors",
    title="On nearly orthogonal data one linear system gives the KKT point: every sample is a support vector",
    about="""Let R_min^2 >= 3 gamma^-3 R^2 n max |<x_i, x_k>|, R = R_max/R_min, 0 < gamma < 1. Solve the n linear equations y_i f(x_i) = 1
for multipliers lambda, with w_j = a_j sum_k lambda_k y_k phi'_jk x_k and the slopes phi'_jk that hold if every neuron agrees
with every label, a_j y_k <w_j, x_k> > 0. Then the network itself, run on the data, has y_i f(x_i) = 1: its neurons do have
these signs.

Why: see the bounds on the multipliers and on the neurons.""",
    source=PAPER.at("Theorem on gradient flow: support vectors, as restated in 2023"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_RESTATED,
    given=_data,
    when=leaky_margin,
    then=Identity(left=fit, right=1),
    mutants=(
        Mutant(
            name="overlaps of any size",
            because="close samples of opposite labels make neurons disagree with labels",
            given=_crowded,
        ),
        Mutant(
            name="ReLU",
            because="a neuron of slope zero at a sample knows nothing of it: the other samples decide its sign",
            given=_relu,
        ),
        Mutant(
            name="margin of two",
            because="the constraints are active, the outputs exactly one",
            then=Identity(left=fit, right=2),
        ),
    ),
)

multipliers = Claim(
    key="frei2022/multipliers-from-below",
    title="Every multiplier is at least (1 - tau)/R_max^2 > 0: every sample is a support vector",
    about="""Under the hypothesis R_min^2 >= 3 gamma^-3 R^2 n p, p = max |<x_i, x_k>|, let q = p n / R_min^2 and tau = q/(gamma^2 - gamma q),
which is at most gamma/(2 R^2). Then each multiplier of the KKT point satisfies lambda_i >= (1 - tau)/R_max^2. Nearly attained by one
sample if nearly all neurons have the sign of its label.

Why: y_i f(x_i) <= lambda_i R_max^2 + p n lambda_max, and the equation of the largest multiplier gives p n lambda_max <= tau.""",
    source=PAPER.at("Theorem on gradient flow, its proof"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the quantitative form of the first conclusion; " + _DERIVED,
    given=_data,
    when=leaky_margin,
    then=AtLeast(left=multiplier, right=(1 - tau) / largest, where=_TAU),
    mutants=(
        Mutant(
            name="overlaps of any size",
            because="a sample close to another one with the same label needs no multiplier of its own",
            given=_crowded,
            then=AtLeast(left=multiplier, right=0),
        ),
        Mutant(
            name="smallest norm",
            because="a long sample needs a small multiplier",
            then=AtLeast(left=multiplier, right=(1 - tau) / least, where=_TAU),
        ),
        Mutant(
            name="slopes in the bound",
            because="a sample that most neurons favour needs no multiplier of order 1/gamma^2",
            then=AtLeast(left=multiplier, right=(1 - tau) / (gamma**2 * largest), where=_TAU),
        ),
        Mutant(
            name="twice the bound",
            because="where most neurons have the sign of the label the bound is nearly attained",
            then=AtLeast(left=multiplier, right=2 * (1 - tau) / largest, where=_TAU),
        ),
    ),
)

neurons_agree = Claim(
    key="frei2022/neurons-agree-with-labels",
    title="At the KKT point each neuron agrees with each label, so the weights have rank at most two",
    about="""Under the same hypothesis, for every neuron j and sample i, m a_j y_i <w_j, x_i> >= gamma (1 - tau)/R^2 - tau > 0. So the slope of
neuron j at sample i depends on a_j y_i alone: neurons of one sign share one weight vector, and the weights have rank at most two.

Why: m a_j y_i <w_j, x_i> >= gamma lambda_i R_min^2 - p n lambda_max.""",
    source=PAPER.at("Theorem on gradient flow: rank at most two"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the quantitative form of the second conclusion; " + _DERIVED,
    given=_data,
    when=leaky_margin,
    then=AtLeast(left=activity, right=gamma * (1 - tau) * least / largest - tau, where=_TAU),
    mutants=(
        Mutant(
            name="overlaps of any size",
            because="close samples of opposite labels make neurons disagree with labels",
            given=_crowded,
            then=AtLeast(left=activity, right=0),
        ),
        Mutant(
            name="ReLU",
            because="a neuron of slope zero at a sample knows nothing of it: the other samples decide its sign",
            given=_relu,
            then=AtLeast(left=activity, right=0),
        ),
        Mutant(
            name="without gamma",
            because="the neurons of the other sign see a sample only through the flat side",
            then=AtLeast(left=activity, right=(1 - tau) * least / largest - tau, where=_TAU),
        ),
    ),
)

linear_boundary = Claim(
    key="frei2022/linear-decision-boundary",
    title="The network at the KKT point decides like one linear predictor z, at every point of the space",
    about="""With v, u the weight vectors of the neurons of positive and negative sign and z = (|J_+| v - |J_-| u)/sqrt(m), the sign of f(x) is the
sign of <z, x> for all x, in the form f(x) <z, x> >= gamma <z, x>^2. Attained where both kinds of neurons are on their flat side.

Why: f(x) = phi(A) - phi(B) with A - B = <z, x> by homogeneity, and phi increases at least at the rate gamma.""",
    source=PAPER.at("Theorem on gradient flow: linear decision boundary, as restated in 2023"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="the factor gamma was added: it makes the agreement of signs a sharp inequality. " + _RESTATED,
    given=_data,
    when=leaky_margin,
    then=AtLeast(left=output * linear, right=gamma * linear**2, tight=True),
    mutants=(
        Mutant(
            name="slope one",
            because="on the flat side the network grows at the rate gamma only",
            then=AtLeast(left=output * linear, right=linear**2),
        ),
        Mutant(
            name="always on the flat side",
            because="where it is positive the network grows at a rate above gamma",
            then=AtMost(left=output * linear, right=gamma * linear**2),
        ),
        Mutant(
            name="one per cent more",
            because="the slope gamma is attained",
            then=AtLeast(left=output * linear, right=sp.Rational(101, 100) * gamma * linear**2),
        ),
    ),
)

near_maximal_margin = Claim(
    key="frei2022/near-maximal-margin",
    title="The linear predictor z is at most 2/(kappa + gamma) times as long as the one of maximal margin",
    about="""Let z* be the linear predictor of maximal margin, the shortest with y_i <z*, x_i> >= 1, and kappa = sqrt(m_min/m_max) for the numbers of
neurons of the two signs. Then |z| <= 2/(kappa + gamma) |z*|.

Why: the network made of z*/sqrt|J_+| and -z*/sqrt|J_-|, suitably scaled, is feasible; compare its norm with the least one.""",
    source=PAPER.at("Theorem on gradient flow: the margin"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note="judged for squared norms; nearly orthogonal data are all support vectors of z* as well, which is then one linear system. "
    + _DERIVED,
    given=_data,
    when=leaky_margin,
    then=AtMost(left=norm_z, right=4 * norm_best / (kappa + gamma) ** 2, where=_KAPPA),
    mutants=(
        Mutant(
            name="the maximal margin itself",
            because="the network's norm weighs the two signs differently than the norm of z",
            then=AtMost(left=norm_z, right=norm_best),
        ),
        Mutant(
            name="without the square",
            because="norms are compared here by their squares",
            then=AtMost(left=norm_z, right=2 * norm_best / (kappa + gamma), where=_KAPPA),
        ),
        Mutant(
            name="half",
            because="for slopes near one the network is linear and z is z*",
            then=AtMost(left=norm_z, right=norm_best / (kappa + gamma) ** 2, where=_KAPPA),
        ),
    ),
)
