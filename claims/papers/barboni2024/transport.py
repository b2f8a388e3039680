"""Barboni, Peyré, Vialard 2024: transport that keeps to the layers."""

from __future__ import annotations

from sympy import Max, Rational

from lemmata.claims import AtLeast, AtMost, Claim, Identity, Mutant, Reading, Status, dropped, tightened
from lemmata.claims.papers.barboni2024 import PAPER
from lemmata.claims.papers.barboni2024._transport import (
    SEPARATED,
    conditional,
    first_leg,
    in_order,
    joint,
    measures_on_layers,
    second_leg,
    three_distances,
    two_distances,
    whole,
    whole_in_order,
)

_DERIVED = "of the paper the abstract was read; the statement was derived, for finitely many points of equal weight"
_SETTING = """Let mu and nu be measures on layers times parameters with the same weight on each layer, here layers ell apart with as many points of
equal weight in each. COT^2(mu, nu) is the mean over the layers of the squared transport distance of what mu and nu have there"""

dominates = Claim(
    key="barboni2024/conditional-transport-costs-more",
    title="The conditional transport distance is at least the transport distance on layers and parameters together",
    about=f"""{_SETTING}. Then COT^2(mu, nu) >= W_2^2(mu, nu). Both are
optimal matchings, found by SciPy and priced in exact numbers. Attained where the layers are far apart.

Why: plans within the layers are plans, at the same price.""",
    source=PAPER.at("the conditional transport distance"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED,
    given=measures_on_layers(),
    when=two_distances(),
    then=AtLeast(left=conditional, right=joint, tight=True),
    mutants=(
        tightened(Rational(99, 100), because="for distant layers the two are the same"),
        Mutant(
            name="at most",
            because="what lies near in another layer is out of reach",
            then=AtMost(left=conditional, right=joint),
        ),
        Mutant(
            name="in any order",
            because="the plan has to be the best one: in the order they come in the points may cross",
            then=AtLeast(left=conditional, right=in_order),
        ),
    ),
)

equal = Claim(
    key="barboni2024/conditional-transport-is-joint-for-distant-layers",
    title="Layers farther apart than the points within them make the two transport distances equal",
    about=f"""{_SETTING}. If ell^2 is at least the largest
squared distance of a point of mu from a point of nu in the same layer, then COT(mu, nu) = W_2(mu, nu).

Why: a plan that moves k points between layers pays k ell^2 at least, and as many points as leave a layer arrive there; match those
within the layer instead.""",
    source=PAPER.at("the conditional transport distance"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived, for finitely many points of equal weight",
    given=measures_on_layers(SEPARATED),
    when=two_distances(),
    then=Identity(left=conditional, right=joint),
    mutants=(
        dropped(SEPARATED.name, because="a short way through another layer pays"),
        Mutant(
            name="layers changed for nothing",
            because="without a price for the layer the nearest point of any layer is taken",
            when=two_distances(charged=False),
        ),
        Mutant(
            name="in any order",
            because="within a layer, too, the best plan is asked for",
            then=Identity(left=in_order, right=joint),
        ),
    ),
)

triangle = Claim(
    key="barboni2024/conditional-transport-is-a-distance",
    title="The conditional transport distance obeys the triangle inequality",
    about=f"""{_SETTING}. For every third measure rho, COT(mu, rho) <= COT(mu, nu) + COT(nu, rho). Attained
where each point goes on in its own direction.

Why: plans within a layer compose, and the mean of squares over layers is a Euclidean norm.""",
    source=PAPER.at("the conditional transport distance"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_DERIVED,
    given=measures_on_layers(),
    when=three_distances,
    then=AtMost(left=whole, right=first_leg + second_leg, tight=True),
    mutants=(
        tightened(Rational(99, 100), because="the way over a measure in between need not be a detour"),
        Mutant(
            name="squared distances",
            because="the square of a length is longer in one piece than in two",
            then=AtMost(left=whole**2, right=first_leg**2 + second_leg**2),
        ),
        Mutant(
            name="the longer leg",
            because="the two legs may point the same way",
            then=AtMost(left=whole, right=Max(first_leg, second_leg)),
        ),
        Mutant(
            name="in any order",
            because="the points of the third measure come in an order of their own",
            then=AtMost(left=whole_in_order, right=first_leg + second_leg),
        ),
    ),
)
