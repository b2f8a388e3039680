"""Marcotte, Gribonval, Peyre 2023: the laws of deep networks, and a linear network that has one more than balance."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Identity, Mutant, Reading, Status, entrywise, total
from lemmata.claims.papers.marcotte2023 import PAPER
from lemmata.claims.papers.marcotte2023._counting import D, K, L, above, below, deep, hidden, laws, weights
from lemmata.claims.papers.marcotte2023._shapes import APART, narrow_ends


def _entries(width: sp.Expr) -> sp.Expr:
    """Entries of a symmetric matrix."""
    return width * (width + 1) / 2


def _balance() -> sp.Expr:
    """Independent entries of the imbalance matrices of all hidden layers, those of wide layers less what depends."""
    return total(entrywise(lambda b, a, c: _entries(b) - _entries(sp.Max(0, b - a - c)), hidden, below, above))


_LINEAR = deep(models=("2-3-3-2", "1-2-2-2", "1-3-1-2"), hypotheses=(APART,))
_NARROW = narrow_ends()
_RELU = deep(activation="relu", biased=True, largest=5, layers=(3, 4), models=("3-5-4-2", "3-4-3-2 with biases"))
_FORMAL = "for data that meet every pattern of gates; with the patterns that data really meet there may be more"

linear = Claim(
    key="marcotte2023/deep-linear",
    title="A deep linear network has the laws of balance and no more, unless two or more wider layers lie between layers of width one",
    about="""For f(x) = W_N ... W_1 x, widths up to 3 and up to four layers, let no two layers of width one have two or more layers, all of
them wider, between them. Then gradient flow conserves W_h W_h' - W_{h+1}' W_{h+1} of each hidden layer around almost every point
of weights, and nothing that does not follow from these: the sum over hidden layers of r(r+1)/2 - s(s+1)/2 laws, s = max(0,
r - r_- - r_+), r_- and r_+ being the widths of the layers before and after. The paper's authors found the same for the random
networks that they tried. Every number is certified: the rank of the Lie algebra from above, proved laws from below.""",
    source=PAPER.at("deep linear networks, numerical section"),
    status=Status.CONJECTURE,
    reading=Reading.SPECIAL_CASE,
    note="the paper reports numbers; the condition on layers of width one, without which it is false, and the closed form were derived",
    given=weights(_LINEAR),
    when=laws(_LINEAR),
    then=Identity(left=L, right=_balance()),
    mutants=(
        Mutant(
            name="narrow ends, too",
            because="a chain between widths of one enters through one number only, and has a law for every other direction",
            given=weights(deep(models=("1-2-2-1", "1-3-3-1"))),
        ),
        Mutant(
            name="every entry counts",
            because="a layer wider than its two neighbours together has an imbalance whose entries depend on each other",
            then=Identity(left=L, right=total(entrywise(_entries, hidden))),
        ),
        Mutant(
            name="neurons only",
            because="inner products of different neurons' weights are conserved, too",
            then=Identity(left=L, right=total(hidden)),
        ),
        Mutant(
            name="ReLU",
            because="gates break the off-diagonal entries",
            when=laws(deep(activation="relu")),
        ),
    ),
)

narrow = Claim(
    key="marcotte2023/narrow-ends",
    title="A linear network 1-a-b-1 has D - 1 laws, D being the number of its weights: 1-2-2-1 has seven, and balance gives six",
    about="""For f(x) = c'B a x with one input and one output, every gradient is a multiple of the gradient of the number c'B a. So the flow
has one direction at every point, and around almost every point all but one of D coordinates can be chosen constant: D - 1
independent laws. Balance gives fewer as soon as a, b >= 2: six of seven for 1-2-2-1, twelve of fourteen for 1-3-3-1.
That all gradients are multiples of one field is seen by expansion over the rationals.""",
    source=PAPER.at("deep linear networks: a counterexample to completeness"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; derived",
    given=weights(_NARROW),
    when=laws(_NARROW),
    then=Identity(left=L, right=D - 1),
    mutants=(
        Mutant(
            name="balance is all",
            because="a flow with one direction leaves D - 1 coordinates, more than the imbalance has entries",
            then=Identity(left=L, right=_balance()),
        ),
        Mutant(
            name="two inputs",
            because="then there are as many directions as inputs, and their commutators",
            given=weights(narrow_ends(inputs=2)),
            when=laws(narrow_ends(inputs=2)),
        ),
        Mutant(
            name="ReLU",
            because="each path has gates of its own, and the paths' gradients are many",
            when=laws(narrow_ends(activation="relu")),
        ),
        Mutant(
            name="all polynomials",
            because="polynomials of degree two do not give the last law",
            then=Identity(left=K, right=D - 1),
        ),
    ),
)

_SEVEN = narrow_ends(largest=2)

seventh = Claim(
    key="marcotte2023/no-seventh-polynomial",
    title="The seventh law of the linear network 1-2-2-1 is no polynomial of degree up to six: these give six",
    about="""The linear network 1-2-2-1 has seven independent laws. Of all polynomials in its eight weights of degree one to six the conserved
ones are those in the six entries of the two imbalance matrices: 83 linearly independent ones, as many as there are products of
up to three of the six. All are found, by comparing coefficients exactly; none is independent of the six. (Smaller widths
have fewer, D - 1 in all, which balance gives.)""",
    source=PAPER.at("deep linear networks: a counterexample to completeness"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="not in the paper; counted",
    given=weights(_SEVEN),
    when=laws(_SEVEN, degree=6),
    then=Identity(left=K, right=_balance()),
    mutants=(
        Mutant(
            name="polynomials give all",
            because="for 1-2-2-1 one law is left over",
            then=Identity(left=K, right=D - 1),
        ),
        Mutant(
            name="neurons only",
            because="inner products of different neurons' weights are conserved, too",
            then=Identity(left=K, right=total(hidden)),
        ),
        Mutant(
            name="ReLU",
            because="gates break the off-diagonal entries",
            when=laws(narrow_ends(largest=2, activation="relu"), degree=4),
        ),
    ),
)

relu = Claim(
    key="marcotte2023/deep-relu",
    title="A deep ReLU network whose gates meet all patterns has as many laws as hidden neurons, with biases or without",
    about=f"""For f(x) = W_N phi(... phi(W_1 x + b_1)), phi = max(0, .), with biases in the hidden layers, widths up to 5 and up to three
layers, gradient flow conserves |W_h[i,:]|^2 + b_h[i]^2 - |W_h+1[:,i]|^2 of each hidden neuron around almost every point of weights,
and nothing that does not follow from these, {_FORMAL}. The paper's authors found the same for the random networks that they tried.
Every number is certified: the rank of the Lie algebra from above, proved laws from below.""",
    source=PAPER.at("deep ReLU networks, numerical section"),
    status=Status.CONJECTURE,
    reading=Reading.SPECIAL_CASE,
    note="the paper reports numbers; " + _FORMAL,
    given=weights(_RELU),
    when=laws(_RELU),
    then=Identity(left=L, right=total(hidden)),
    mutants=(
        Mutant(
            name="whole matrices",
            because="two neurons have gates of their own, which breaks the inner product of their weights",
            then=Identity(left=L, right=total(entrywise(_entries, hidden))),
        ),
        Mutant(
            name="linear",
            because="without gates the whole imbalance matrices are conserved",
            when=laws(deep(biased=True)),
        ),
        Mutant(
            name="a law for each bias",
            because="a bias moves with the weights of its neuron",
            then=Identity(left=L, right=2 * total(hidden)),
        ),
    ),
)
