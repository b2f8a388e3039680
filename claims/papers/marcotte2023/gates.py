"""Marcotte, Gribonval, Peyre 2023, beside it: laws of ReLU networks for the gates that data really meet."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, Claim, Identity, Mutant, Reading, Status, WithProbability
from lemmata.claims.papers.marcotte2023 import PAPER
from lemmata.claims.papers.marcotte2023._counting import L, m
from lemmata.claims.papers.marcotte2023._gates import H, a, b, laws_of_data, relu_networks

_BESIDE = "not in the paper; derived and counted"
_EXACT = """The patterns of gates are found exactly, in rationals, by cutting the line or the plane where a pre-activation changes sign; then the
laws are counted for these patterns, certified from above and from below."""


def _linear(neurons: sp.Expr) -> sp.Expr:
    """Laws of a linear network of one input."""
    idle = sp.Max(0, neurons - 1 - m)
    return neurons * (neurons + 1) / 2 - idle * (idle + 1) / 2


plane = Claim(
    key="marcotte2023/realised-gates",
    title="Two inputs are enough for a two-layer ReLU network to have no more laws than neurons: its gates need not meet all patterns",
    about=f"""Let inputs fill the plane, and let a ReLU network without biases have one hidden layer of up to four neurons. At most twice as many
of the patterns of gates occur as there are neurons. Still, around almost every point of weights, gradient flow has exactly as
many laws as neurons. {_EXACT}

Why: on the line where one neuron opens the others do not change, so what is gained there is that neuron's own gradient.""",
    source=PAPER.at("two-layer ReLU networks: the condition on hyperplanes"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note="inputs of dimension two, without biases; the condition is that no two neurons share a hyperplane",
    given=relu_networks(inputs=2),
    when=laws_of_data(inputs=2),
    then=Identity(left=L, right=H),
    mutants=(
        Mutant(
            name="deep",
            because="of a second hidden layer some neurons stay closed, or open, wherever a neuron below is open",
            given=relu_networks(inputs=2, layers=2, widths=(1, 3)),
        ),
        Mutant(
            name="one input",
            because="on a half line the open neurons are a linear network",
            given=relu_networks(inputs=1),
            when=laws_of_data(inputs=1),
        ),
        Mutant(
            name="whole matrix",
            because="on either side of a neuron's line the inner products with its weights move",
            then=Identity(left=L, right=H * (H + 1) / 2),
        ),
    ),
)

line = Claim(
    key="marcotte2023/half-lines",
    title="A ReLU network of one input is two linear networks: those open to the right of zero and those open to the left",
    about=f"""Let the input be a number of either sign, and let a two-layer ReLU network without biases have a neurons with positive and b with
negative weight from the input, and m outputs. Then gradient flow has as many laws as two linear networks together: l(a) + l(b),
l(k) = k(k+1)/2 - s(s+1)/2, s = max(0, k - 1 - m), more than neurons as soon as two are open on one side. {_EXACT}

Why: neurons of one sign share their half line; there they are a linear network, and elsewhere zero.""",
    source=PAPER.at("two-layer ReLU networks: where the condition on hyperplanes fails"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_BESIDE,
    given=relu_networks(inputs=1),
    when=laws_of_data(inputs=1),
    then=Identity(left=L, right=_linear(a) + _linear(b)),
    mutants=(
        Mutant(
            name="a law a neuron",
            because="neurons of one sign have the same gates, so that their inner products are conserved, too",
            then=Identity(left=L, right=H),
        ),
        Mutant(
            name="one linear network",
            because="neurons of different sign are never open together",
            then=Identity(left=L, right=_linear(H)),
        ),
        Mutant(
            name="the right side only",
            because="the neurons open to the left have their laws, too",
            then=Identity(left=L, right=_linear(a)),
        ),
        Mutant(
            name="two inputs",
            because="in a plane no two neurons share their line",
            given=relu_networks(inputs=2),
            when=laws_of_data(inputs=2),
        ),
    ),
)


def _more(*, at_least: sp.Expr | None = None, at_most: sp.Expr | None = None) -> WithProbability:
    """More laws than hidden neurons, for so large a part of the weights."""
    event = AtLeast(left=L, right=H + 1)
    return WithProbability(event=event, at_least=at_least, at_most=at_most, resolution=sp.Rational(1, 10))


often = Claim(
    key="marcotte2023/deep-relu-often-has-more",
    title="The ReLU network 2-2-2-2 has more laws than hidden neurons for two fifths to three fifths of all weights",
    about=f"""Let inputs fill the plane, and let a ReLU network 2-2-2-2 without biases have independent normal weights. With a probability
between 2/5 and 3/5 (near 0.51) the gates that inputs meet leave more than four laws: then the count of four, one a hidden neuron,
which is right if every pattern of gates occurs, says too little about the flow. {_EXACT}

Why: a neuron of the second layer may be closed, or open, wherever one of the first is; what is never tried apart is conserved.""",
    source=PAPER.at("deep ReLU networks: patterns that do not occur"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_BESIDE,
    given=relu_networks(inputs=2, layers=2, widths=(2, 2), outputs=2),
    when=laws_of_data(inputs=2),
    then=_more(at_least=sp.Rational(2, 5), at_most=sp.Rational(3, 5)),
    mutants=(
        Mutant(
            name="hardly ever",
            because="the second layer meets half of the pairs of patterns only",
            then=_more(at_most=sp.Rational(1, 5)),
        ),
        Mutant(
            name="almost always",
            because="about half of all weights meet enough patterns",
            then=_more(at_least=sp.Rational(4, 5)),
        ),
        Mutant(
            name="one hidden layer",
            because="there two inputs meet enough patterns, whatever the weights",
            given=relu_networks(inputs=2, layers=1, widths=(2, 2), outputs=2),
        ),
    ),
)
