"""Lyu, Li 2020: along gradient flow a homogeneous network's smoothed margin grows, as fast as its direction turns."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Conserved, Mutant, Reading, Status, Time, tightened
from lemmata.claims.papers.lyu2020 import PAPER
from lemmata.claims.papers.lyu2020._margin import (
    L,
    flow_at_a_point,
    growth,
    homogeneous_networks,
    in_range,
    least,
    loss,
    margin_rate,
    n,
    smoothed,
    smoothed_rate,
    square_norm,
    turning,
    weighted,
)

_NOTE = (
    "ReLU networks away from their kinks, where the chain rule is the ordinary one; exponential loss, summed over samples; scores "
    "are kept where exp(-q) is a float"
)
_separated = homogeneous_networks()
_any_labels = homogeneous_networks(hypotheses=(in_range,), separated=False)
_flow = flow_at_a_point()

ell = sp.Symbol("ell", positive=True)
margin, its_rate = sp.symbols(r"\tilde{\gamma} \dot{\tilde{\gamma}}", real=True)


def _sandwiched(left: sp.Expr, right: sp.Expr, *, tight: bool = False) -> AtMost:
    """A bound in which ell is the loss."""
    return AtMost(left=left, right=right, tight=tight, where={ell: loss})


def _grows(rate: sp.Expr, *, tight: bool = False) -> AtLeast:
    """The logarithm of the smoothed margin grows at least at a rate."""
    named = {margin: smoothed, its_rate: smoothed_rate}
    return AtLeast(left=its_rate / margin, right=rate, tight=tight, where=named)


sandwich = Claim(
    key="lyu2020/smoothed-margin-sandwich",
    title="The smoothed margin is at most the margin, and at least the margin minus log n/|theta|^L",
    about="""Let q_i = y_i f(x_i; theta), ell = sum_i exp(-q_i) over n samples, margin min_i q_i/|theta|^L and smoothed margin
log(1/ell)/|theta|^L. For every theta, margin - log n/|theta|^L <= smoothed margin <= margin. It is judged multiplied by
|theta|^L and with both sides in one: |2 (q_min - log(1/ell)) - log n| <= log n. The lower side is attained by samples that
are alike, the upper one by a single sample.

Why: exp(-q_min) <= ell <= n exp(-q_min).""",
    source=PAPER.at("definition of the smoothed normalized margin"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=_any_labels,
    when=_flow,
    then=_sandwiched(sp.Abs(2 * (least + sp.log(ell)) - sp.log(n)), sp.log(n), tight=True),
    mutants=(
        Mutant(
            name="half of log n",
            because="samples that are alike add up to n exp(-q_min)",
            then=_sandwiched(least + sp.log(ell), sp.log(n) / 2),
        ),
        Mutant(
            name="equal",
            because="the samples beside the worst add to the loss",
            then=_sandwiched(least, -sp.log(ell)),
        ),
        Mutant(
            name="log n on the other side",
            because="the sum over samples lowers the smoothed margin, it never lifts it",
            then=_sandwiched(sp.log(n) + least, -sp.log(ell)),
        ),
    ),
)

norm_growth = Claim(
    key="lyu2020/norm-growth",
    title="Gradient flow moves the squared norm of all weights at the rate 2 L sum_i q_i exp(-q_i)",
    about="""For f homogeneous of degree L in theta and ell = sum_i exp(-q_i), q_i = y_i f(x_i; theta), gradient flow of ell has
d|theta|^2/dt = 2 L sum_i q_i exp(-q_i), at every theta and for any labels. Once ell < 1 all q_i are positive, and the weights
grow for ever.

Why: Euler's theorem, <grad q_i, theta> = L q_i.""",
    source=PAPER.at("proof that the smoothed margin grows: growth of the norm"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="a step of the paper's proof; " + _NOTE,
    given=_any_labels,
    when=flow_at_a_point(time=Time.FLOW),
    then=Conserved(quantity=square_norm, change=2 * L * weighted, name="squared norm"),
    mutants=(
        Mutant(
            name="tanh",
            because="Euler's theorem needs a homogeneous network",
            given=homogeneous_networks(kinds=("tanh",), hypotheses=(in_range,), separated=False),
        ),
        Mutant(
            name="degree one",
            because="every layer moves: the degree counts all of them",
            then=Conserved(quantity=square_norm, change=2 * weighted),
        ),
        Mutant(
            name="rate by the loss",
            because="each sample pulls in proportion to its own score as well",
            then=Conserved(quantity=square_norm, change=2 * L * loss),
        ),
        Mutant(
            name="squared loss",
            because="the weights exp(-q_i) are the derivative of the exponential loss",
            when=flow_at_a_point("squared", time=Time.FLOW),
        ),
    ),
)

margin_grows = Claim(
    key="lyu2020/smoothed-margin-grows",
    title="Once the loss is below one, log of the smoothed margin grows at least at L |direction's speed|^2/(log |theta|)'",
    about="""Let f be homogeneous of degree L in theta, ell = sum_i exp(-q_i) < 1, and let theta follow gradient flow of ell. Then at every
theta, d/dt log(smoothed margin) >= L (d log |theta|/dt)^(-1) |d(theta/|theta|)/dt|^2. Judged at a point, where both sides are
algebraic in theta and its velocity. Attained by a single sample, whatever the network.

Why: q_i >= log(1/ell) for all i, so sum_i q_i exp(-q_i) >= ell log(1/ell); with the growth of the norm this bounds
d log log(1/ell)/dt = |grad|^2/(ell log(1/ell)) from below by L |grad|^2/<theta, -grad>.""",
    source=PAPER.at("key lemma of the proof"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read; of the networks that the theorem allows, " + _NOTE,
    given=_separated,
    when=_flow,
    then=_grows(L * turning / growth, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100), because="a single sample attains it"),
        Mutant(
            name="degree L + 1",
            because="a single sample attains it with the degree of the network",
            then=_grows((L + 1) * turning / growth),
        ),
        Mutant(
            name="without the growth of the norm",
            because="where the norm grows fast, less of the velocity is left to lift the margin",
            then=_grows(L * turning),
        ),
        Mutant(
            name="speed not squared",
            because="the direction's speed enters once by itself and once through the gradient",
            then=_grows(L * sp.sqrt(turning) / growth),
        ),
        Mutant(
            name="squared loss",
            because="the flow of another loss does not climb the smoothed margin of this one",
            when=flow_at_a_point("squared"),
        ),
    ),
)

never_falls = Claim(
    key="lyu2020/smoothed-margin-never-falls",
    title="Once the loss is below one, the smoothed margin log(1/loss)/|theta|^L never falls along gradient flow",
    about="""Let f be homogeneous of degree L in theta and ell = sum_i exp(-q_i) < 1. Along gradient flow of ell the smoothed margin
log(1/ell)/|theta|^L does not decrease; it stands still only where the direction theta/|theta| does. As ell keeps falling,
the hypothesis holds from then on.

Why: its logarithm grows at least at L |d(theta/|theta|)/dt|^2/(d log |theta|/dt) >= 0.""",
    source=PAPER.at("first part of the main theorem for gradient flow"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read; of the networks that the theorem allows, " + _NOTE + "; at a point, which is equivalent",
    given=_separated,
    when=_flow,
    then=AtLeast(left=smoothed_rate, right=0),
    mutants=(
        Mutant(
            name="the margin itself",
            because="the worst sample may lose while others gain, only the smoothed margin sees them all",
            then=AtLeast(left=margin_rate, right=0),
        ),
        Mutant(
            name="loss above one",
            because="while samples are on the wrong side the norm may shrink, which makes a negative quotient more so",
            given=_any_labels,
        ),
        Mutant(
            name="degree L + 1",
            because="where the direction stands still the norm's further growth divides the margin",
            then=AtLeast(left=smoothed_rate, right=smoothed * growth),
        ),
        Mutant(
            name="squared loss",
            because="the squared loss pulls scores beyond one back",
            when=flow_at_a_point("squared"),
        ),
    ),
)
