"""Min, Tarmoun, Vidal, Mallada 2021: an imbalanced initialization makes two-layer linear networks converge, and near what."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Reading, Status
from lemmata.claims.papers.min2021 import PAPER
from lemmata.claims.papers.min2021._flow import (
    decline,
    flow_at_a_point,
    gap,
    growth,
    highest,
    lowest,
    overparametrized_networks,
    sigma_above,
    sigma_below,
    top_above,
    top_below,
    unseen_above,
    unseen_below,
    wide_networks_at_a_point,
)
from lemmata.claims.papers.min2021._imbalance import IMBALANCE, c, served_above, served_below

_READ = "read in full; at a point, which is equivalent because c is conserved; data in their singular axes"
_networks = overparametrized_networks()

q = sp.Symbol("q", nonnegative=True)
_Q = {q: unseen_above + unseen_below}
_C = {c: IMBALANCE}
_absolute = sp.Abs(served_below) + sp.Abs(served_above)
_wrong_index = sp.Max(top_below, 0) + sp.Max(top_above, 0)


def _nowhere_negative(*numbers: sp.Expr) -> AtLeast:
    """The least of some numbers is at least zero."""
    return AtLeast(left=sp.Min(*numbers), right=0)


convergence = Claim(
    key="min2021/imbalance-rate",
    title="The imbalance of the initialization drives the loss down: it decays at least at the rate 2 lambda_r c",
    about="""f(U, V) = |X U V' - Y|_F^2 / 2 for any X of rank r and any Y with m columns; U_1 is the part of U in the row space of X, and
the imbalance U_1'U_1 - V'V is conserved by gradient flow. Let c = [lambda_r(U_1'U_1 - V'V)]_+ + [lambda_m(V'V - U_1'U_1)]_+,
eigenvalues in decreasing order. Then f(t) - f* <= exp(-2 lambda_r(X'X) c t) (f(0) - f*) for all t. It is judged in the
equivalent form at a point, -df/dt >= 2 lambda_r(X'X) c (f - f*), at every (U, V): no integrator stands in between. Attained
where each hidden unit serves one layer only.

Why: -df/dt = |X'E V|_F^2 + |U_1'X'E|_F^2 for the explainable residual E, U_1 U_1' and V V' have the non-zero eigenvalues of
U_1'U_1 >= (U_1'U_1 - V'V) and of V'V >= -(U_1'U_1 - V'V).""",
    source=PAPER.at("Theorem 1"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_READ + "; X need not have full rank",
    given=_networks,
    when=flow_at_a_point,
    then=AtLeast(left=decline, right=2 * lowest * c * gap, where=_C, tight=True),
    mutants=(
        Mutant(
            name="twice the rate",
            because="the rate is attained where each hidden unit serves one layer",
            then=AtLeast(left=decline, right=4 * lowest * c * gap, where=_C),
        ),
        Mutant(
            name="largest eigenvalue of the data",
            because="what the weakest direction of the data explains is learnt slowest",
            then=AtLeast(left=decline, right=2 * highest * c * gap, where=_C),
        ),
        Mutant(
            name="absolute eigenvalues",
            because="a negative lambda_r means that U_1 may be weak somewhere: it does not help",
            then=AtLeast(left=decline, right=2 * lowest * c * gap, where={c: _absolute}),
        ),
        Mutant(
            name="largest eigenvalues of the imbalance",
            because="all r (or all m) directions must be served, not only the strongest",
            then=AtLeast(left=decline, right=2 * lowest * c * gap, where={c: _wrong_index}),
        ),
        *(
            Mutant(
                name=f"the share of the {name} layer twice",
                because=f"where nothing is served by the {other} layer, the {name} one's share alone attains the rate",
                then=AtLeast(left=decline, right=2 * lowest * c * gap, where={c: IMBALANCE + sp.Max(share, 0)}),
            )
            for name, other, share in (("lower", "upper", served_below), ("upper", "lower", served_above))
        ),
    ),
)

_wide = wide_networks_at_a_point()

wide_convergence = Claim(
    key="min2021/imbalance-rate-of-wide-networks",
    title="With h >= m + r hidden units the rate is 2 lambda_r (lambda_r(Lambda) + lambda_m(-Lambda)), no positive parts",
    about="""Theorem 1 for h >= m + r hidden units: f(t) - f* <= exp(-2 lambda_r(X'X) c t) (f(0) - f*) with
c = lambda_r(U_1'U_1 - V'V) + lambda_m(V'V - U_1'U_1), whatever their signs; judged at a point, as -df/dt >= 2 lambda_r(X'X) c (f - f*).

Why: neither of the two is negative then, so nothing is left to cut off.""",
    source=PAPER.at("Theorem 1, h >= m + r"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note=_READ,
    given=_wide,
    when=flow_at_a_point,
    then=AtLeast(left=decline, right=2 * lowest * (served_below + served_above) * gap, tight=True),
    mutants=(
        Mutant(
            name="twice the rate",
            because="the rate is attained where each hidden unit serves one layer",
            then=AtLeast(left=decline, right=4 * lowest * (served_below + served_above) * gap),
        ),
        Mutant(
            name="largest eigenvalue of the data",
            because="what the weakest direction of the data explains is learnt slowest",
            then=AtLeast(left=decline, right=2 * highest * (served_below + served_above) * gap),
        ),
        Mutant(
            name="largest eigenvalues of the imbalance",
            because="all r (or all m) directions must be served, not only the strongest",
            then=AtLeast(left=decline, right=2 * lowest * (top_below + top_above) * gap),
        ),
    ),
)

no_positive_parts = Claim(
    key="min2021/wide-networks-need-no-positive-parts",
    title="With h >= m + r hidden units neither lambda_r(Lambda) nor lambda_m(-Lambda) is negative",
    about="""For Lambda = U_1'U_1 - V'V of h x h, U_1 with r rows and V with m, h >= m + r implies lambda_r(Lambda) >= 0 and
lambda_m(-Lambda) >= 0; this is why Theorem 1 can drop the positive parts there.

Why: where V vanishes, a space of h - m >= r dimensions, Lambda is U_1'U_1 >= 0.""",
    source=PAPER.at("Theorem 1, h >= m + r, its reason"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived: the step between the two forms of c",
    given=_wide,
    when=flow_at_a_point,
    then=_nowhere_negative(served_below, served_above),
    mutants=(
        Mutant(
            name="h < m + r",
            because="with too few hidden units a direction that serves one layer must hinder the other",
            given=_networks,
        ),
        Mutant(
            name="both alike",
            because="each of the two has a layer of its own",
            then=_nowhere_negative(served_below - served_above, served_above - served_below),
        ),
        Mutant(
            name="the other layer's number of directions",
            because="what is served below are r directions, and their strength bounds nothing that the layer above holds",
            then=_nowhere_negative(served_below - sigma_above**2, served_above),
        ),
    ),
)

conditioning = Claim(
    key="min2021/imbalance-bounds-factors",
    title="The imbalance alone bounds the least singular values of the two factors from below",
    about="""For all matrices U_1 (r rows) and V (m rows) with as many columns, sigma_r(U_1)^2 + sigma_m(V)^2 is at least
c = [lambda_r(U_1'U_1 - V'V)]_+ + [lambda_m(V'V - U_1'U_1)]_+. As gradient flow conserves the imbalance, neither factor can lose
rank along the way by more than c allows. Attained where each hidden unit serves one layer only.

Why: U_1'U_1 >= U_1'U_1 - V'V, so their r-th eigenvalues are ordered alike (Weyl).""",
    source=PAPER.at("proof of Theorem 1"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the step of the proof that carries the theorem; derived",
    given=_networks,
    when=flow_at_a_point,
    then=AtLeast(left=sigma_below**2 + sigma_above**2, right=IMBALANCE, tight=True),
    mutants=(
        Mutant(
            name="absolute eigenvalues",
            because="a negative lambda_r says that V is strong where U_1 is weak, and bounds nothing",
            then=AtLeast(left=sigma_below**2 + sigma_above**2, right=_absolute),
        ),
        Mutant(
            name="largest eigenvalues",
            because="a strong direction does not make the weakest one strong",
            then=AtLeast(left=sigma_below**2 + sigma_above**2, right=_wrong_index),
        ),
        Mutant(
            name="singular values without the square",
            because="the imbalance has the units of a squared singular value",
            then=AtLeast(left=sigma_below + sigma_above, right=IMBALANCE),
        ),
        Mutant(
            name="one factor alone",
            because="each of the two terms of c belongs to a factor of its own",
            then=AtLeast(left=sigma_below**2, right=IMBALANCE),
        ),
    ),
)

unseen_growth = Claim(
    key="min2021/unseen-part-grows-with-the-residual",
    title="What the data do not see moves only as fast as the residual allows, and not at all if it starts orthogonal",
    about="""Let U_2 be the part of U outside the row space of X (gradient flow never moves it) and q = |V U_2'|_F^2 + |U_1 U_2'|_F^2. At
every (U, V), (dq/dt)^2 <= 8 lambda_1(X'X) (f - f*) q^2. In particular q = 0 stays 0: if V U_2' = 0 and U_1 U_2' = 0 at the initialization
and the loss reaches its infimum, U V' ends at the solution of least norm, X^+ Y. Attained by one hidden unit that is as
strong above as below.

Why: Z = (V; U_1) obeys d/dt(Z U_2') = K Z U_2' with K = (0, E'S; S E, 0) symmetric, |K|_2 <= lambda_1^(1/2) |E|_F.""",
    source=PAPER.at("Proposition 1, made quantitative"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived; the proposition itself is the case q = 0",
    given=_networks,
    when=flow_at_a_point,
    then=AtMost(left=growth**2, right=8 * highest * gap * q**2, where=_Q, tight=True),
    mutants=(
        Mutant(
            name="it does not move",
            because="only q = 0 is invariant; an unseen part that is read out grows or shrinks",
            then=AtMost(left=growth**2, right=0),
        ),
        Mutant(
            name="half the rate",
            because="the rate is attained by a unit that is as strong above as below",
            then=AtMost(left=growth**2, right=2 * highest * gap * q**2, where=_Q),
        ),
        Mutant(
            name="smallest eigenvalue of the data",
            because="the residual may lie where the data are strong",
            then=AtMost(left=growth**2, right=8 * lowest * gap * q**2, where=_Q),
        ),
        Mutant(
            name="without the residual",
            because="the further the network is from fitting, the faster all of it moves",
            then=AtMost(left=growth**2, right=8 * highest * q**2, where=_Q),
        ),
    ),
)

near_minimum_norm = Claim(
    key="min2021/near-minimum-norm",
    title="Gradient flow ends within exp(sqrt(lambda_1)|E_0|/(lambda_r c)) |Z_0 U_2'| of the solution of least norm",
    about="""Let c > 0, Z = (V; U_1) and E the explainable residual, |E|_F^2 = 2 (f - f*). Then
|U V'(t = oo) - X^+ Y|_2 <= exp(lambda_1^(1/2) |E(0)|_F / (lambda_r c)) |Z(0) U_2'|_F. It is judged in a form that needs no limit:
log |Z U_2'|_F + lambda_1^(1/2) |E|_F / (lambda_r c) never increases along gradient flow, because at every point
lambda_r c |dq/dt| |E|_F <= 2 lambda_1^(1/2) (-df/dt) q for q = |Z U_2'|_F^2; here both sides are squared. At the end E = 0, and U V' differs from X^+ Y
by U_2 V' alone. At a point it is attained where each hidden unit serves one layer and the unseen part excites both alike.""",
    source=PAPER.at("Section on implicit bias, between Proposition 1 and Theorem 2"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="derived: the deterministic form of what Theorem 2 states for random wide starts",
    given=_networks,
    when=flow_at_a_point,
    then=AtMost(
        left=2 * (lowest * c * growth) ** 2 * gap, right=4 * highest * (decline * q) ** 2, where=_C | _Q, tight=True
    ),
    mutants=(
        Mutant(
            name="half the exponent",
            because="loss and unseen part can move at their extreme rates at the same time",
            then=AtMost(left=2 * (lowest * c * growth) ** 2 * gap, right=highest * (decline * q) ** 2, where=_C | _Q),
        ),
        Mutant(
            name="largest eigenvalue of the data in the rate",
            because="the loss falls at the rate of the weakest direction",
            then=AtMost(
                left=2 * (highest * c * growth) ** 2 * gap, right=4 * highest * (decline * q) ** 2, where=_C | _Q
            ),
        ),
        Mutant(
            name="largest eigenvalues of the imbalance",
            because="the loss falls no faster than the least served direction",
            then=AtMost(
                left=2 * (lowest * c * growth) ** 2 * gap,
                right=4 * highest * (decline * q) ** 2,
                where={c: _wrong_index} | _Q,
            ),
        ),
        Mutant(
            name="no exponential",
            because="what the data do not see grows on the way before the loss is gone",
            then=AtMost(left=growth, right=0),
        ),
    ),
)
