"""Razin, Maman, Cohen 2021, beside the tensors: singular values of a product of matrices grow by the same law."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Conserved, Mutant, Reading, Status
from lemmata.claims.papers.razin2021 import PAPER
from lemmata.claims.papers.razin2021._singular_values import layers, pull, singular_value_flow, value
from lemmata.claims.settings.networks.linear import N

sigma = sp.Symbol("sigma", nonnegative=True)


def _grows(rate: sp.Expr) -> Conserved:
    return Conserved(quantity=sigma, change=rate, name="a singular value", where={sigma: value})


growth = Claim(
    key="razin2021/growth-of-a-singular-value",
    title="A singular value sigma of a product of N balanced layers grows at rate N sigma^(2 - 2/N) times the pull along it",
    about="""Gradient flow on any loss of the product W = W_N ... W_1 of N layers with W_{j+1}'W_{j+1} = W_j W_j'. For a singular value
sigma of W with its vectors u, v: d sigma/dt = N sigma^(2 - 2/N) <-grad L(W), u v'>. This is the law of a tensor's components, the order of the
tensor in place of the number of layers: both make small parts wait and large ones run away. On trial are two to five layers, and
singular values that are positive and different, so that each of them moves smoothly.

Why: u' dW/dt v, with the powers (N - j)/N and (j - 1)/N of sigma^2 that each layer adds on the left and on the right.""",
    source=PAPER.at("the law for matrix factorization beside Theorem 1, as the authors' poster states it"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read on the authors' poster, its constant derived again",
    given=layers(),
    when=singular_value_flow,
    then=_grows(N * sigma ** (2 - 2 / N) * pull),
    mutants=(
        Mutant(
            name="exponent 2 - 1/N",
            because="a layer adds N - 1 factors sigma^(2/N), not one more root of sigma",
            then=_grows(N * sigma ** (2 - 1 / N) * pull),
        ),
        Mutant(
            name="exponent 1 - 1/N",
            because="the powers are of sigma squared, the eigenvalues of W W'",
            then=_grows(N * sigma ** (1 - 1 / N) * pull),
        ),
        Mutant(
            name="one layer moves",
            because="all N layers contribute alike",
            then=_grows(sigma ** (2 - 2 / N) * pull),
        ),
        Mutant(
            name="unbalanced too",
            because="layers of unequal sizes share the growth unevenly",
            given=layers(tilted=True),
        ),
    ),
)
