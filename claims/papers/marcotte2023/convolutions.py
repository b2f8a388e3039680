"""Marcotte, Gribonval, Peyre 2023, beside it: the laws of convolutional networks, and those of taps that fall together."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Identity, Mutant, Reading, Status
from lemmata.claims.papers.marcotte2023 import PAPER
from lemmata.claims.papers.marcotte2023._convolutions import c_0, c_1, c_2, convolutions, k_1, k_2, p, q
from lemmata.claims.papers.marcotte2023._counting import L, laws, weights, without_brackets

_BESIDE = (
    "not in the paper; the balance of channels is in its authors' paper of 2025, the count was derived and checked"
)
_CERTIFIED = "Every number is certified: the rank of the Lie algebra from above, proved laws from below."
_RELU, _LINEAR = convolutions(), convolutions(activation="linear", small=True)
_aliased = c_1 * (c_0 * sp.Max(0, k_1 - p) + c_2 * sp.Max(0, k_2 - q))

relu = Claim(
    key="marcotte2023/convolution-relu",
    title="A ReLU network of two circular convolutions has a law a hidden channel, and one more for each tap that falls onto another",
    about=f"""Let signals be circular, of p positions, and of q after the first layer and its stride; let data meet every pattern of gates.
Around almost every point of weights gradient flow conserves the squared weights into minus those out of each of the c_1 hidden
channels and, where a kernel has more taps than positions, the difference of two taps that fall onto the same position, for each
pair of channels: c_1 + c_1 (c_0 max(0, k_1 - p) + c_2 max(0, k_2 - q)) laws. For channels 1-2-1, three taps, length 6 and stride 3
these are four, where balance knows two. {_CERTIFIED}

Why: taps on one position enter through their sum, so they have the same gradient.""",
    source=PAPER.at("the method, for convolutions with stride"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_BESIDE,
    given=weights(_RELU),
    when=laws(_RELU),
    then=Identity(left=L, right=c_1 + _aliased),
    mutants=(
        Mutant(
            name="balance is all",
            because="taps that fall onto one position have equal gradients, so that their difference never moves",
            then=Identity(left=L, right=c_1),
        ),
        Mutant(
            name="taps of the input only",
            because="a stride makes the hidden signal shorter than the second kernel",
            then=Identity(left=L, right=c_1 + c_1 * c_0 * sp.Max(0, k_1 - p)),
        ),
        Mutant(
            name="without the stride",
            because="the hidden signal stays as long as the input, and fewer taps fall together",
            when=laws(convolutions(stride=False)),
        ),
        Mutant(
            name="whole matrix of channels",
            because="each position has gates of its own, which breaks the inner product of two channels' weights",
            then=Identity(left=L, right=c_1 * (c_1 + 1) / 2 + _aliased),
        ),
    ),
)

linear = Claim(
    key="marcotte2023/convolution-linear",
    title="A linear network of two circular convolutions conserves the whole matrix of its hidden channels: c_1(c_1 + 1)/2 laws",
    about=f"""Let signals be circular, of 3 to 6 positions, kernels of one or two taps, two or three channels at both ends and up to three
between. Around almost every point of weights gradient flow of the linear network conserves sum_i <v_ij, v_il> - sum_k <u_jk, u_lk> for
any two hidden channels j, l, and nothing that does not follow from these. (With a single channel at an end, or kernels as long as
the signal, convolutions commute or fall apart into frequencies, and there may be more.) {_CERTIFIED}""",
    source=PAPER.at("the method, for linear convolutions"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_BESIDE,
    given=weights(_LINEAR),
    when=laws(_LINEAR),
    then=Identity(left=L, right=c_1 * (c_1 + 1) / 2),
    mutants=(
        Mutant(
            name="channels only",
            because="the inner product of two channels' weights is conserved, too",
            then=Identity(left=L, right=c_1),
        ),
        Mutant(
            name="ReLU",
            because="each position has gates of its own",
            when=laws(convolutions(activation="relu", small=True)),
        ),
        Mutant(
            name="one step's gradients",
            because="commutators add directions",
            when=without_brackets(_LINEAR),
        ),
    ),
)
