"""Marcotte, Gribonval, Peyre 2023: the laws of networks of two layers, all of them."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Identity, Mutant, Reading, Status
from lemmata.claims.papers.marcotte2023 import PAPER
from lemmata.claims.papers.marcotte2023._balance import B, laws_beside_balance, weights_of_full_rank
from lemmata.claims.papers.marcotte2023._counting import L, laws, m, n, r, two_layers, weights, without_brackets

_CERTIFIED = """Every number is certified: parameters less the rank of the Lie algebra of the gradient fields from above, laws that were
found without being told, proved by expansion and independent at the weights, from below."""
_NOTE = "restated by its authors in 2025; the count for more hidden neurons than inputs and outputs is derived"
_BESIDE = "not in the paper; derived and counted"


def _balance(inputs: object, outputs: object) -> sp.Expr:
    """Independent entries of an r x r imbalance matrix, which has rank at most ``inputs + outputs``."""
    idle = sp.Max(0, r - inputs - outputs)
    return r * (r + 1) / 2 - idle * (idle + 1) / 2


_LINEAR = two_layers(models=("1-1-1", "1-2-1", "2-2-2", "2-4-2", "2-5-2", "3-8-3", "5-5-5"))
_RELU = two_layers(activation="relu", models=("2-3-2",))
_BIASED = two_layers(bias=True, models=("2-3-2", "1-4-1"))
_BIASED_RELU = two_layers(activation="relu", bias=True, models=("2-3-2", "1-2-1"))
_SQUARE = two_layers(activation="square", most=4, models=("3-2-1", "2-3-1", "1-3-1"))
_SOFTMAX = two_layers(loss="cross_entropy", models=("3-3-3",))
_SOFTMAX_RELU = two_layers(activation="relu", loss="cross_entropy", models=("2-2-3",))

_WHOLE = Mutant(
    name="whole matrix",
    because="two neurons have gates of their own, which breaks the inner product of their weights",
    then=Identity(left=L, right=r * (r + 1) / 2),
)

linear = Claim(
    key="marcotte2023/two-layer-linear",
    title="A linear network n-r-m has r(r+1)/2 - s(s+1)/2 laws, s = max(0, r - n - m): those of balance, and no more",
    about=f"""For f(x) = V'U'x, U of n x r and V of m x r, and any loss whose derivative in the output takes all directions, gradient flow
conserves U'U - V'V around almost every point of weights, and nothing that does not follow from it. Of its r(r+1)/2 entries
s(s+1)/2 depend on the others where r > n + m. {_CERTIFIED}

Why: the Lie algebra of the gradient fields is so(n, m), acting on (U; V); its orbits are the level sets of the balance.""",
    source=PAPER.at("two-layer linear networks"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=weights(_LINEAR),
    when=laws(_LINEAR),
    then=Identity(left=L, right=_balance(n, m)),
    mutants=(
        Mutant(
            name="r(r+1)/2 always",
            because="more neurons than inputs and outputs: the entries of the imbalance depend on each other",
            then=Identity(left=L, right=r * (r + 1) / 2),
        ),
        Mutant(
            name="neurons only",
            because="the inner product of two neurons' weights is conserved, too",
            then=Identity(left=L, right=r),
        ),
        Mutant(
            name="one step's gradients",
            because="the commutators of the gradients of two samples point in directions that no single gradient has",
            when=without_brackets(_LINEAR),
        ),
        Mutant(
            name="ReLU",
            because="gates break the off-diagonal entries",
            when=laws(two_layers(activation="relu")),
        ),
    ),
)

complete = Claim(
    key="marcotte2023/two-layer-linear-laws-are-those-of-balance",
    title="Where (U; V) has full rank, the laws of a two-layer linear network are functions of U'U - V'V",
    about=f"""For f(x) = V'U'x and any loss whose derivative in the output takes all directions, let (U; V) have full rank. Then around these
weights every law is a function of U'U - V'V: there are as many independent laws as entries of the balance have independent gradients
there. Here both are counted at the weights, the laws by the Lie algebra and the gradients by themselves, without the formula of
marcotte2023/two-layer-linear. {_CERTIFIED}""",
    source=PAPER.at("two-layer linear networks, as restated in 2025"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read as its authors restate it in 2025",
    given=weights_of_full_rank(_LINEAR),
    when=laws_beside_balance(_LINEAR),
    then=Identity(left=L, right=B),
    mutants=(
        Mutant(
            name="all entries independent",
            because="with more neurons than inputs and outputs the entries of the balance depend on each other",
            then=Identity(left=L, right=r * (r + 1) / 2),
        ),
        Mutant(
            name="one law more",
            because="what the weights can still do moves every function that is not one of the balance",
            then=Identity(left=L, right=B + 1),
        ),
        Mutant(
            name="ReLU",
            because="gates break the off-diagonal entries",
            when=laws_beside_balance(two_layers(activation="relu")),
        ),
    ),
)

relu = Claim(
    key="marcotte2023/two-layer-relu",
    title="A ReLU network n-r-m whose gates meet all patterns has r laws: |u_k|^2 - |v_k|^2 of each neuron, and no more",
    about=f"""For f(x) = sum_k v_k max(0, u_k.x) and data that meet every pattern of gates, gradient flow conserves |u_k|^2 - |v_k|^2 of
each hidden neuron around almost every point of weights, and nothing that does not follow from these. {_CERTIFIED}

Why: the flow can move u_k v_k' in every direction and independently of the other neurons.""",
    source=PAPER.at("two-layer ReLU networks"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    given=weights(_RELU),
    when=laws(_RELU),
    then=Identity(left=L, right=r),
    mutants=(
        _WHOLE,
        Mutant(
            name="linear",
            because="without gates the whole imbalance matrix is conserved",
            when=laws(two_layers()),
        ),
        Mutant(
            name="one law for the layer",
            because="each neuron can be rescaled alone",
            then=Identity(left=L, right=1),
        ),
        Mutant(
            name="cross entropy",
            because="its derivatives sum to zero, which conserves the sum of each neuron's outgoing weights",
            given=weights(_SOFTMAX_RELU),
            when=laws(_SOFTMAX_RELU),
        ),
    ),
)

relu_biased = Claim(
    key="marcotte2023/two-layer-relu-with-biases",
    title="With biases a ReLU network n-r-m has r laws, too: |u_k|^2 + b_k^2 - |v_k|^2 of each neuron, and no more",
    about=f"""For f(x) = sum_k v_k max(0, u_k.x + b_k) and data that meet every pattern of gates, gradient flow conserves
|u_k|^2 + b_k^2 - |v_k|^2 of each hidden neuron around almost every point of weights, and nothing that does not follow from these. {_CERTIFIED}

Why: a bias is a weight from an input that is always one.""",
    source=PAPER.at("two-layer ReLU networks, with biases, as restated in 2025"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read as its authors restate it in 2025; a bias of the output would move freely and adds no law",
    given=weights(_BIASED_RELU),
    when=laws(_BIASED_RELU),
    then=Identity(left=L, right=r),
    mutants=(
        Mutant(
            name="a law for each bias",
            because="a bias moves with the weights of its neuron",
            then=Identity(left=L, right=2 * r),
        ),
        Mutant(
            name="whole matrix",
            because="two neurons have gates of their own, which breaks the inner product of their weights",
            then=Identity(left=L, right=r * (r + 1) / 2),
        ),
        Mutant(
            name="linear",
            because="without gates the whole imbalance matrix is conserved",
            when=laws(two_layers(bias=True)),
        ),
    ),
)

biased = Claim(
    key="marcotte2023/linear-with-biases",
    title="Biases of the hidden layer count as one more input: r(r+1)/2 - s(s+1)/2 laws, s = max(0, r - n - 1 - m)",
    about=f"""For f(x) = V'(U'x + b), gradient flow conserves U'U + b b' - V'V around almost every point of weights, and nothing that does
not follow from it. {_CERTIFIED}

Why: the network is that of n + 1 inputs, the last of which is 1; as the others vary, the gradients span the same directions.""",
    source=PAPER.at("two-layer linear networks, with biases"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_BESIDE,
    given=weights(_BIASED),
    when=laws(_BIASED),
    then=Identity(left=L, right=_balance(n + 1, m)),
    mutants=(
        Mutant(
            name="biases left out",
            because="the bias raises the rank of the imbalance by one",
            then=Identity(left=L, right=_balance(n, m)),
        ),
        Mutant(
            name="a law for each bias",
            because="a bias moves with the weights of its neuron",
            then=Identity(left=L, right=_balance(n + 1, m) + r),
        ),
        Mutant(
            name="ReLU",
            because="gates break the off-diagonal entries, biased or not",
            when=laws(two_layers(activation="relu", bias=True)),
        ),
    ),
)

square = Claim(
    key="marcotte2023/square",
    title="A network n-r-m of squares has r laws, |u_k|^2 - 2 |v_k|^2 of each neuron; but 2r - 1 if n = m = 1",
    about=f"""For f(x) = sum_k v_k (u_k.x)^2, up to 4 hidden neurons and not n = m = 1, gradient flow conserves |u_k|^2 - 2 |v_k|^2 of each
neuron around almost every point of weights, and nothing that does not follow from these. With one input and one output all
gradients are multiples of one field, which leaves D - 1 = 2r - 1 laws. {_CERTIFIED}""",
    source=PAPER.at("the method, for an activation of degree two"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_BESIDE,
    given=weights(_SQUARE),
    when=laws(_SQUARE),
    then=Identity(left=L, right=sp.Piecewise((2 * r - 1, sp.Eq(n * m, 1)), (r, True))),
    mutants=(
        Mutant(
            name="one input and output, too",
            because="there is a single direction, and with it a law for every other",
            then=Identity(left=L, right=r),
        ),
        Mutant(
            name="whole matrix",
            because="inner products of different neurons move",
            then=Identity(left=L, right=r * (r + 1) / 2),
        ),
        Mutant(
            name="one step's gradients",
            because="commutators add directions",
            when=without_brackets(_SQUARE),
        ),
    ),
)

softmax = Claim(
    key="marcotte2023/softmax-linear",
    title="Cross entropy adds r laws, the sums over outputs of each neuron's weights, and takes one output from the balance",
    about=f"""For f(x) = V'U'x and the cross entropy of its softmax, m >= 2, the derivative of the loss sums to zero over outputs. So gradient
flow conserves the r sums over outputs of V, besides the balance, and there are r + r(r+1)/2 - s(s+1)/2 laws,
s = max(0, r - n - m + 1). {_CERTIFIED}

Why: split V into the mean over outputs, which is constant, and the rest, which is a network of m - 1 outputs.""",
    source=PAPER.at("the method, for cross entropy"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_BESIDE,
    given=weights(_SOFTMAX),
    when=laws(_SOFTMAX),
    then=Identity(left=L, right=r + _balance(n, m - 1)),
    mutants=(
        Mutant(
            name="balance is all",
            because="sums over outputs are conserved, too",
            then=Identity(left=L, right=_balance(n, m)),
        ),
        Mutant(
            name="all outputs in the balance",
            because="the mean output does not move and counts no more: for many neurons there is one dimension less",
            then=Identity(left=L, right=r + _balance(n, m)),
        ),
        Mutant(
            name="one sum",
            because="each hidden neuron has a sum of its own",
            then=Identity(left=L, right=1 + _balance(n, m - 1)),
        ),
    ),
)

softmax_relu = Claim(
    key="marcotte2023/softmax-relu",
    title="A ReLU network with cross entropy has 2r laws: of each neuron its balance and its sum of outgoing weights",
    about=f"""For f(x) = sum_k v_k max(0, u_k.x), data that meet every pattern of gates and the cross entropy of its softmax, m >= 2, gradient
flow conserves |u_k|^2 - |v_k|^2 and the sum of the entries of v_k of each neuron around almost every point of weights, and
nothing that does not follow from these. {_CERTIFIED}""",
    source=PAPER.at("the method, for cross entropy and ReLU"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_BESIDE,
    given=weights(_SOFTMAX_RELU),
    when=laws(_SOFTMAX_RELU),
    then=Identity(left=L, right=2 * r),
    mutants=(
        Mutant(
            name="balance is all",
            because="the sums of outgoing weights are conserved, too",
            then=Identity(left=L, right=r),
        ),
        Mutant(
            name="whole matrix",
            because="gates break the off-diagonal entries",
            then=Identity(left=L, right=r + r * (r + 1) / 2),
        ),
        Mutant(
            name="squared loss",
            because="its derivative takes all directions, and no sum is conserved",
            when=laws(_RELU),
        ),
    ),
)
