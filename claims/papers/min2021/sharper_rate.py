"""Min, Tarmoun, Vidal, Mallada, the sequel of 2022: the product of the layers adds to the rate of convergence."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, Claim, Mutant, Reading, Status
from lemmata.claims.papers.min2021 import PAPER
from lemmata.claims.papers.min2021._flow import (
    decline,
    flow_at_a_point,
    gap,
    highest,
    lowest,
    overparametrized_networks,
    product_m,
    product_r,
    reach_m,
    reach_r,
    spread_above,
    spread_below,
    target_m,
    target_r,
    top_above,
    top_below,
)
from lemmata.claims.papers.min2021._imbalance import imbalance

_networks = overparametrized_networks()


def _share(spread: sp.Expr, product: sp.Expr) -> sp.Expr:
    """What one layer adds to the rate, from the spread of its eigenvalues and the square of a singular value."""
    return -spread + sp.sqrt((spread + imbalance) ** 2 + 4 * product)


def _falls(rate: sp.Expr, *, data: sp.Expr = lowest, tight: bool = False) -> AtLeast:
    return AtLeast(left=decline, right=data * rate * gap, tight=tight)


_strongest = sp.Max(top_below, 0) + sp.Max(top_above, 0)
_rate = _share(spread_below, product_m**2) + _share(spread_above, product_r**2)

product_helps = Claim(
    key="min2021/imbalance-and-product-rate",
    title="The loss decays at a rate made of the spread of the imbalance and the singular values of the product",
    about="""Let Lambda = U_1'U_1 - V'V, c = [lambda_r(Lambda)]_+ + [lambda_m(-Lambda)]_+, Delta_+ = [lambda_1(Lambda)]_+ - [lambda_r(Lambda)]_+ and
Delta_- = [lambda_1(-Lambda)]_+ - [lambda_m(-Lambda)]_+. Along gradient flow
-d/dt log(f - f*) >= lambda_r(X'X) (-Delta_+ + sqrt((Delta_+ + c)^2 + 4 sigma_m(U_1V')^2) - Delta_- + sqrt((Delta_- + c)^2 + 4 sigma_r(U_1V')^2)).
It is at least 2 lambda_r c, the rate of Theorem 1, and does not vanish for balanced weights. Attained by single numbers.

Why: sigma_m(V)^2 and sigma_r(U_1)^2 solve quadratic inequalities in which imbalance and product stand.""",
    source=PAPER.at("sequel by the same authors (2022), its rate at a point"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read; at a point, as it is stated; data in their singular axes",
    given=_networks,
    when=flow_at_a_point,
    then=_falls(_rate, tight=True),
    mutants=(
        Mutant(
            name="without the spreads",
            because="directions that the imbalance serves unequally are learnt at the rate of the weakest",
            then=_falls(_rate + spread_below + spread_above),
        ),
        Mutant(
            name="product counted twice",
            because="single numbers attain the rate",
            then=_falls(_share(spread_below, 2 * product_m**2) + _share(spread_above, 2 * product_r**2)),
        ),
        Mutant(
            name="largest eigenvalue of the data",
            because="what the weakest direction of the data explains is learnt slowest",
            then=_falls(_rate, data=highest),
        ),
        Mutant(
            name="largest eigenvalues of the imbalance",
            because="all directions must be served, not only the strongest",
            then=_falls(_rate.subs({spread_below: 0, spread_above: 0, imbalance: _strongest})),
        ),
    ),
)


_near = _share(spread_below, reach_m**2 / highest) + _share(spread_above, reach_r**2 / highest)

target_helps = Claim(
    key="min2021/imbalance-and-margin-rate",
    title="Near the target the singular values of the target, less the residual, stand for those of the product",
    about="""The rate of min2021/imbalance-and-product-rate with [sigma_m(Y~) - |Y~ - Sigma_x^(1/2) U_1V'|_F]_+^2/lambda_1 in place of
sigma_m(U_1V')^2, and likewise for r; Y~ is what the data can explain of Y. The residual only falls along the flow, so that its value
at the initialization serves for all times. Attained by single numbers that have nothing left to learn.

Why: singular values move by at most the norm of the difference, and Sigma_x^(1/2) stretches by at most lambda_1^(1/2).""",
    source=PAPER.at("sequel by the same authors (2022), Theorem 3"),
    status=Status.THEOREM,
    reading=Reading.AS_STATED,
    note="read; at a point, which with the falling residual is equivalent; data in their singular axes",
    given=_networks,
    when=flow_at_a_point,
    then=_falls(_near),
    mutants=(
        Mutant(
            name="without the residual",
            because="far from the target its singular values say nothing of the network's",
            then=_falls(_share(spread_below, target_m**2 / highest) + _share(spread_above, target_r**2 / highest)),
        ),
        Mutant(
            name="smallest eigenvalue of the data below",
            because="the data may stretch the directions in which the product is small",
            then=_falls(_share(spread_below, reach_m**2 / lowest) + _share(spread_above, reach_r**2 / lowest)),
        ),
        Mutant(
            name="without the spreads",
            because="directions that the imbalance serves unequally are learnt at the rate of the weakest",
            then=_falls(_near + spread_below + spread_above),
        ),
        Mutant(
            name="twice the rate",
            because="single numbers near their target attain the rate",
            then=_falls(2 * _near),
        ),
    ),
)
