"""Wind, Antun, Hansen 2023: how fast a face of l1 minimisers and the minimiser preferred on it are approached."""

from __future__ import annotations

from typing import Any

import sympy as sp

from lemmata.claims import Claim, Identity, Mutant, Rate, Reading, Status
from lemmata.claims.papers.wind2023 import PAPER
from lemmata.claims.papers.wind2023._faces import (
    GENERIC,
    ONE_ATTAINS,
    POSITIVE,
    approach_deep,
    approach_two,
    approach_within,
    best_norm,
    best_square,
    distance,
    faces,
    given_deep,
    given_way,
    heights,
    kept_behind,
    kept_within,
    lean,
    norms,
    square,
    support_size,
    tie_break_at_best,
    tie_break_at_limit,
)
from lemmata.claims.settings.diagonal.problems import DEPTHS, POWER, D, alpha, g, norm, rho

_TWO, _DEEP = ("2",), ("5/2", "3", "6")
_PLACE = "sharp bounds in the size of the initialization where minimisers are not unique, abstract"
_NOTE = "of the paper only the abstract was read, which states sharp bounds without numbers; the asymptotic form was derived"
_SETTING = """x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha; F* is the set of minimisers of |x|_1 subject to
A x = y, S the union of their supports, x > 0 on it, and the columns in S have full row rank"""
_t = sp.Symbol("t", positive=True)


def _rate(exponent: Any, constant: Any = None, where: Any = None) -> Rate:
    """The distance is Theta(alpha^exponent), or the constant times that."""
    return Rate(quantity=distance, scale=alpha, exponent=exponent, constant=constant, where=where or {})


distance_two = Claim(
    key="wind2023/distance-from-the-entropy-maximiser-depth-two",
    title="Depth two: the limit is off the minimiser of maximum entropy by alpha^(2(1 - rho)), with an explicit constant",
    about=f"""{_SETTING}. Let x^0 be the point of maximum entropy in F*, X = diag(x^0), log x^0 = A_S' nu, z the dual certificate, and let only column j attain
rho = |z_j| > 0, the largest off S. For D = 2 and alpha -> 0, |x_inf - x^0|_1 ~ alpha^(2(1 - rho)) t (1 + |X A_S' (A_S X A_S')^-1 a_j|_1),
t = exp(sign(z_j) <a_j, nu>): the support moves as much as the column off it, also within F*.

Why: on S x is exp(A_S' v) up to alpha^4, and A_S (x - x^0) = -a_j x_j.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=faces(_TWO, ONE_ATTAINS, GENERIC, others=(1, 2), fewest=1),
    when=approach_two,
    then=_rate(2 * (1 - rho), _t * (1 + given_way), {_t: sp.exp(lean)}),
    mutants=(
        Mutant(name="alpha^2", because="the certificate at column j slows its decay", then=_rate(2)),
        Mutant(name="alpha^4", because="that is the rate where no column is off S", then=_rate(4)),
        Mutant(
            name="the support at rest",
            because="A x = y makes S give way to column j",
            then=_rate(2 * (1 - rho), _t, {_t: sp.exp(lean)}),
        ),
        Mutant(
            name="alpha^(1 - rho)",
            because="x has the scale alpha^2",
            then=_rate(1 - rho),
        ),
    ),
)

within_two = Claim(
    key="wind2023/distance-on-a-face-of-all-columns-depth-two",
    title="Depth two: where all columns are on the face the limit is off the entropy maximiser by alpha^4, with a constant",
    about=f"""{_SETTING}. Let S be all columns, x^0 the point of maximum entropy in F* and X = diag(x^0). For D = 2 and alpha -> 0,
|x_inf - x^0|_1 ~ alpha^4 |X^-1 1 - X A_S' (A_S X A_S')^-1 A_S X^-1 1|_1, provided that this is not zero; the l1 norm is the least all along.

Why: x = e^u - alpha^4 e^-u, u = A_S' v, and A_S (x - x^0) = 0.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=faces(_TWO, GENERIC, others=(0, 0)),
    when=approach_within,
    then=_rate(4, kept_within),
    mutants=(
        Mutant(
            name="alpha^2",
            because="asinh is the logarithm up to the square of alpha^2/x",
            then=_rate(2),
        ),
        Mutant(name="alpha^8", because="the first correction does not vanish", then=_rate(8)),
        Mutant(
            name="without the constraint",
            because="A x = y gives back in part what stays behind in v",
            then=_rate(4, kept_behind),
        ),
    ),
)

distance_deep = Claim(
    key="wind2023/distance-from-the-preferred-minimiser",
    title="Depth above two: the limit is off the minimiser of largest l_(2/D) quasi-norm by alpha^D, on faces of any dimension",
    about=f"""{_SETTING}. Let x^0 maximise sum x_i^(2/D) over F*, X = g diag(x^0)^(2-2/D), g = D/(D - 2), z the dual certificate off S, h(z) = (1 - z)^-g - (1 + z)^-g,
and w = 2^-g A_S 1 - A_off h(z). For real D > 2 and alpha -> 0, |x_inf - x^0|_1 ~ alpha^D (|h(z)|_1 + |X A_S' (A_S X A_S')^-1 w - 2^-g 1|_1), provided that
this is not zero: the same power with and without columns off S.

Why: on S x is (-A_S' v)^-g - v_i^D, v_i^D ~ 2^-g alpha^D, and A_S (x - x^0) = -A_off x_off.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=faces(_DEEP, GENERIC, others=(0, 1)),
    when=approach_deep,
    then=_rate(D, heights + given_deep),
    mutants=(
        Mutant(
            name="alpha^(D-2)",
            because="that is by how much psi falls short of one, in the same form for all entries of S",
            then=_rate(D - 2),
        ),
        Mutant(
            name="the support at rest",
            because="A x = y makes S give way to what is off it, and to v",
            then=_rate(D, heights + 2 ** (-g) * support_size, POWER),
        ),
        Mutant(
            name="alpha^(2D - 2)",
            because="that is the rate of a unique minimiser with rho = 0",
            then=_rate(2 * D - 2),
        ),
    ),
)

no_gap = Claim(
    key="wind2023/no-l1-gap-on-a-face-of-all-columns",
    title="Where all columns are on the face, the limit has the least l1 norm exactly as soon as its signs are right",
    about=f"""{_SETTING}. Let S be all columns. For every real D >= 2 and every alpha > 0 from which x_inf > 0, x_inf is in F*: |x_inf|_1 is the least l1 norm,
at distance zero from F*, though not at x^0. So l1 gaps and distances from F* say nothing about which minimiser is near.

Why: a dual certificate is one on all columns, so that |x|_1 = <mu, A x> = <mu, y> for every x >= 0 with A x = y.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=faces(DEPTHS, POSITIVE, others=(0, 0), fewest=1, scales=True),
    when=norms,
    then=Identity(left=norm, right=best_norm),
    mutants=(
        Mutant(
            name="at the tie-break's choice",
            because="within F* the limit moves with alpha",
            then=Identity(left=tie_break_at_limit, right=tie_break_at_best),
        ),
        Mutant(
            name="the l2 norm too",
            because="l2 norms differ within F*",
            then=Identity(left=square, right=best_square),
        ),
        Mutant(
            name="columns off the face",
            because="what is off the support costs l1 norm at every alpha",
            given=faces(DEPTHS, POSITIVE, others=(1, 2), fewest=1, scales=True),
        ),
    ),
)
