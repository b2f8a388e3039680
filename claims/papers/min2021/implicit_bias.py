"""Min, Tarmoun, Vidal, Mallada 2021: orthogonal to what the data do not see, gradient flow ends at the solution of least norm."""

from __future__ import annotations

from lemmata.claims import Claim, Identity, Mutant, Reading, Status
from lemmata.claims.papers.min2021 import PAPER
from lemmata.claims.papers.min2021._orthogonal import (
    ABOVE,
    BELOW,
    away,
    moving_above,
    moving_below,
    orthogonal_flow,
    orthogonal_networks,
)

_networks = orthogonal_networks(ABOVE, BELOW)
_leaning_below = Mutant(
    name="only V U_2' = 0",
    because="the residual turns what overlaps with U_1 into what the outputs see: the second condition is needed",
    given=orthogonal_networks(ABOVE, leaning="below"),
)
_leaning_above = Mutant(
    name="only U_1 U_2' = 0",
    because="what the outputs see of the unseen part is their error off the data, and moves U_1 as well",
    given=orthogonal_networks(BELOW, leaning="above"),
)

stays_orthogonal = Claim(
    key="min2021/orthogonal-unseen-part-stays-orthogonal",
    title="If V U_2' = 0 and U_1 U_2' = 0, both stay zero along gradient flow, which ends at the solution of least norm",
    about="""Let V(0) U_2(0)' = 0 and U_1(0) U_2(0)' = 0, U_2 the part of U outside the row space of X. If the flow converges to a point without
residual, then U V' is the solution of least norm there, X'(XX')^+ Y. Judged at a point: wherever both products vanish their time derivatives
vanish, so that by uniqueness they vanish for all time, and U V' is X^+ X U V', which without residual is that solution. Both conditions are needed.

Why: d/dt (V; U_1) U_2' = K (V; U_1) U_2' with a matrix K of the residual: a linear equation, which zero solves.""",
    source=PAPER.at("Proposition 1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read in full; at a point, which is equivalent; data in their singular axes",
    given=_networks,
    when=orthogonal_flow,
    then=Identity(left=away + moving_above + moving_below, right=0),
    mutants=(
        _leaning_below,
        _leaning_above,
        Mutant(
            name="any initialization",
            because="an overlap with the unseen part grows or shrinks with the residual",
            given=orthogonal_networks(leaning="above"),
        ),
    ),
)

least_norm = Claim(
    key="min2021/orthogonal-solutions-have-least-norm",
    title="Where V U_2' = 0, U V' is of all matrices with the same X U V' the one of least norm",
    about="""Let V U_2' = 0. Then U V' = X^+ (X U V'): of all solutions that fit the data as the network does, it is the one of least norm. With
X U V' = Y, or with the part of Y that X can explain, this is X'(XX')^+ Y.

Why: in the singular axes of the data U V' has the rows U_1 V', which X U V' determines, and U_2 V' = 0.""",
    source=PAPER.at("Proposition 1, the end of the flow"),
    status=Status.THEOREM,
    reading=Reading.SPECIAL_CASE,
    note="half of the proposition, a property of the point at which the flow ends; the whole is the claim before this one",
    given=orthogonal_networks(ABOVE),
    when=orthogonal_flow,
    then=Identity(left=away, right=0),
    mutants=(
        Mutant(
            name="the outputs see the unseen part",
            because="what they read out there costs norm and explains nothing",
            given=orthogonal_networks(leaning="above"),
        ),
        Mutant(
            name="it need not move",
            because="a part that keeps still is not a part that is not there",
            given=orthogonal_networks(BELOW, leaning="above"),
        ),
        Mutant(
            name="the rate of the overlap",
            because="the overlap below moves with the residual although the outputs see nothing yet",
            given=orthogonal_networks(ABOVE, leaning="below"),
            then=Identity(left=away + moving_above, right=0),
        ),
    ),
)
