"""Zhang, Peyre 2026: with momentum the balance is no law, but a charge dies out at a known rate."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Conserved, FreeAlgebra, Mutant, Reading, Status
from lemmata.claims.papers.zhang2026 import PAPER
from lemmata.claims.papers.zhang2026._momentum import E, P, R, U, V, gamma, momentum_flow, moving_networks

charge_of_both = U.T * P - P.T * U + V.T * R - R.T * V


def _dies_out(quantity: sp.Expr, rate: sp.Expr) -> Conserved:
    return Conserved(quantity=quantity, change=-rate * quantity, name="charge")


charge = Claim(
    key="zhang2026/momentum-charge",
    title="With momentum e^(gamma t) (U'P - P'U + V'R - R'V) is conserved, P and R being the velocities of U and V",
    about="""Let U'' = -gamma U' - E'V and V'' = -gamma V' - E U be gradient flow with momentum on a loss of V U'/n, E its slope. Then the skew matrix
J = U'P - P'U + V'R - R'V over pairs of hidden units, P = U' and R = V' the velocities, has J' = -gamma J: e^(gamma t) J is conserved. It is the
charge of the rotations of the hidden layer; from rest it stays zero. Judged at a point, which is equivalent.

Why: U'E'V enters U'P' and P''U with the signs in which V'E U enters V'R' and R''V, and friction takes gamma of each term.""",
    source=PAPER.at("Proposition 5.1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read in full; at a point, which is equivalent; any slope of the loss",
    given=moving_networks(),
    when=momentum_flow,
    then=_dies_out(charge_of_both, gamma),
    proof=FreeAlgebra(
        covers="every width, all weights and velocities, every differentiable loss and friction",
        definitions={},
        moves={U: P, V: R, P: -gamma * P - E.T * V, R: -gamma * R - E * U},
        constants=(gamma,),
    ),
    mutants=(
        Mutant(
            name="conserved",
            because="friction damps the velocities",
            then=Conserved(quantity=charge_of_both, name="charge"),
        ),
        Mutant(
            name="twice the friction",
            because="the charge is linear in the velocities",
            then=_dies_out(charge_of_both, 2 * gamma),
        ),
        Mutant(
            name="the layers apart",
            because="the loss turns one layer against the other: only their charges together are free of it",
            then=_dies_out(U.T * P - P.T * U, gamma),
        ),
        Mutant(
            name="the symmetric part",
            because="that is the speed of the sums of squares, which the loss drives",
            then=_dies_out(U.T * P + P.T * U - V.T * R - R.T * V, gamma),
        ),
    ),
)
