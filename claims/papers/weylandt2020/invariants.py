"""Beside Weylandt, Nagorski, Allen 2020: what CARP's steps keep, and what they cannot tell apart."""

from __future__ import annotations

from lemmata.claims import Claim, Identity, Mutant, PrimeField, Reading, Status
from lemmata.claims.papers.weylandt2020 import PAPER
from lemmata.claims.papers.weylandt2020._invariants import (
    S,
    S_next,
    U_mean,
    U_next,
    X,
    X_mean,
    any_step,
    degree_mean,
    first_dual,
    mapped,
    moved_run,
    moved_tables,
    of_mapped,
    second_dual,
    states,
    stationary,
    two_duals,
)

_NOTE = "not in the paper as far as it was read; derived"

means_stay = Claim(
    key="weylandt2020/means-stay",
    title="Every iterate has the component means of the points",
    about="""For any graph, any X, rho > 0 and any V and Z: the rows of U = (I + rho L)^-1 (X + rho D'(V - Z)) have over each component of the graph the mean that
the rows of X have there. So every iterate of CARP, from any initialization and at any penalties, keeps component means; a disconnected graph ends at them.

Why: the indicator of a component is orthogonal to the columns of D' and an eigenvector of (I + rho L)^-1 with eigenvalue one.""",
    source=PAPER.at("CARP, the update of U"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=states(),
    when=any_step(),
    then=Identity(left=U_mean, right=X_mean),
    proof=PrimeField(covers="any X, V and Z on the graphs of the family, up to six points", shapes=12, draws=4),
    mutants=(
        Mutant(
            name="points stay",
            because="it is only their means that stay",
            then=Identity(left=U_next, right=X),
        ),
        Mutant(
            name="weighted by degrees",
            because="the null vectors of L are constant on components: degrees have no part in it",
            then=Identity(left=degree_mean, right=X_mean),
        ),
        Mutant(
            name="unsigned edges",
            because="what an edge gives to one end it takes from the other",
            when=any_step(unsigned=True),
        ),
    ),
)

symmetries = Claim(
    key="weylandt2020/symmetries",
    title="For q = 2 CARP commutes with renaming, rotating, reflecting, shifting and scaling the points",
    about="""Let g(X) = z (P X H + shift), P a permutation of the points, H orthogonal, z > 0. For q = 2 the iterates of CARP from V = D X, Z = 0 on g(X), with
weights carried along, the same rho and t and the first penalty z eps, are g of those on X. So its dendrogram does not depend on the choice of coordinates, and
a table with more columns than rows may be replaced by coordinates in the span of its rows.

Why: each step commutes with g, as (I + rho L)^-1 acts on points and the prox on lengths.""",
    source=PAPER.at("CARP, its updates"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + "; judged for one reflection H, of which all orthogonal maps are products, and for four steps",
    given=moved_tables(),
    when=moved_run(),
    then=Identity(left=of_mapped, right=mapped),
    mutants=(
        Mutant(
            name="q = 1",
            because="the l1 norm knows the axes",
            given=moved_tables((1, 1)),
        ),
        Mutant(
            name="the same penalties",
            because="penalties have the unit of the points",
            when=moved_run(scaled=False, variant="at the same penalties"),
        ),
        Mutant(
            name="weights not carried along",
            because="weights belong to pairs of points, not to places in a list",
            when=moved_run(carried=False, variant="the weights in reverse"),
        ),
        Mutant(
            name="whatever rho",
            because="the exact path does not depend on rho, single steps do",
            when=moved_run(same_rho=False, variant="with rho doubled"),
        ),
    ),
)

many_duals = Claim(
    key="weylandt2020/many-stationary-duals",
    title="With cycles a continuum of duals is stationary: only D'Y is determined, not the dual path",
    about="""The paper states convergence of the dual path too. Let the graph have a cycle, all its points be fused at lam, and Y_1 a dual solution. For every circulation T
around the cycle with Y_2 = Y_1 + T still feasible, the state V = 0, Z = Y_2/rho is stationary. So on a graph with cycles, such as any k-nearest-neighbour
graph, steps at one penalty come to rest at different duals, and the dual path is to be read as D'Y = X - U, or as a set.

Why: D'T = 0, so U does not see T, and the projection leaves what lies in the ball.""",
    source=PAPER.at("convergence theorem, dual path"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the appendix, which may say how the dual path is meant, was not read; derived",
    given=two_duals(),
    when=stationary(),
    then=Identity(left=S_next, right=S),
    mutants=(
        Mutant(
            name="one dual",
            because="a circulation adds to it",
            then=Identity(left=first_dual, right=second_dual),
        ),
        Mutant(
            name="any change",
            because="along a single edge D'Y changes, and U with it",
            when=stationary(around=False, variant="on one edge only"),
        ),
        Mutant(
            name="halved",
            because="a step at rest halves nothing",
            then=Identity(left=2 * S_next, right=S),
        ),
        Mutant(
            name="however long",
            because="a dual outside the ball is projected back",
            when=stationary(far=1000, variant="a thousand times as long"),
        ),
    ),
)
