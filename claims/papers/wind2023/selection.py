"""Wind, Antun, Hansen 2023: which of several l1 minimisers is found, and what is left beside it."""

from __future__ import annotations

from typing import Any

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Rate, Reading, Selects, Status
from lemmata.claims.papers.wind2023 import PAPER
from lemmata.claims.papers.wind2023._off_support import LEANING, dual, entry, lean, what_is_left
from lemmata.claims.papers.wind2023._segments import (
    CLEAR_PULL,
    DRIFT_BRANCH,
    DRIFT_DEEP,
    DRIFT_TWO,
    ENTROPY,
    ORDER_HALVED,
    ORDER_TWO,
    SHANNON,
    SHARE,
    Ends,
    next_order,
    odds,
    odds_error,
    segment_limits,
    segments,
    x_min,
)
from lemmata.claims.papers.wind2023._selection import (
    APART,
    BY_ENTROPY,
    BY_HALF_ITS_ORDER,
    BY_QUASI_NORM,
    BY_SQUARE_ROOTS,
    BY_TWO_THIRDS,
    TieBreak,
    face_families,
    selection,
)
from lemmata.claims.settings.diagonal.problems import POWER, D, alpha, g, height

_TWO, _DEEP = ("2",), ("5/2", "3", "4", "6")
_PLACE = "characterisation of the limit when minimisers are not unique, abstract"
_NOTE = "of the paper only the abstract was read, and the limits in its code for two instances; the statement was derived and agrees with both"
_SETTING = """x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha; F* is the set of minimisers of |x|_1 subject to
A x = y, S the union of their supports"""
_SEGMENT = """x = u^D - v^D by gradient flow on |A x - y|^2/2 from initial factors alpha; the nonnegative solutions of A x = y are a segment
from u to v, with disjoint supports and the same sum, so that all of them minimise |x|_1"""


def _entropies(ends: Ends) -> AtMost:
    """The entropies of the two ends decide on the place."""
    return AtMost(left=sp.Abs(odds + ends.u - ends.v), right=sp.log(1 + alpha**D / x_min))


_closed_form = _entropies(ENTROPY)
closed_form = Claim(
    key="wind2023/renyi-entropies-decide-on-a-segment",
    title="Between two disjoint minimisers the flow ends where Renyi entropies of order 2/D say, up to log(1 + alpha^D/x_min)",
    about=f"""{_SEGMENT}. For every real D >= 2 and alpha > 0 the limit is (1 - t) u + t v with
|log t/(1 - t) - (H(v) - H(u))| <= log(1 + alpha^D/x_min), H the Renyi entropy of order 2/D (Shannon's for D = 2), x_min the smallest
entry of the limit. So the more spread end gets more, and depth changes the share unless both ends are flat.

Why: psi(x) is orthogonal to u - v, and log s <= asinh(s/2) <= log(1 + s), or (1 + s)^(-1/g) <= 1 - psi <= s^(-1/g) for D > 2.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=segments(scales=(0, 6)),
    when=segment_limits,
    then=_closed_form,
    mutants=(
        Mutant(
            name="Shannon entropy at all depths",
            because="only depth two has logarithms in its potential",
            then=_entropies(SHANNON),
        ),
        Mutant(
            name="order 1/D",
            because="the potential falls short of |x| by a multiple of |x|^(2/D)",
            then=_entropies(ORDER_HALVED),
        ),
        Mutant(
            name="least l2 norm",
            because="that is the limit of large initializations; it weighs by Renyi entropies of order two",
            then=_entropies(ORDER_TWO),
        ),
        Mutant(
            name="the middle",
            because="the flow tells minimisers apart",
            then=AtMost(left=sp.Abs(odds), right=_closed_form.right),
        ),
        Mutant(
            name="the more concentrated end",
            because="a small initialization prefers spread minimisers",
            then=_entropies(Ends(u=ENTROPY.v, v=ENTROPY.u)),
        ),
        Mutant(
            name="correction alpha^(2D)",
            because="above depth two the correction is of first order in alpha^D",
            then=AtMost(left=_closed_form.left, right=sp.log(1 + alpha ** (2 * D) / x_min**2)),
        ),
    ),
)


def _approach(exponent: Any, constant: Any = None) -> Rate:
    """The log-odds come to rest as alpha^exponent, or as the constant times that."""
    used = {} if constant is None else SHARE | (POWER if constant.has(g) else {})
    return Rate(quantity=odds_error, scale=alpha, exponent=exponent, constant=constant, where=used)


approach_two = Claim(
    key="wind2023/place-on-a-segment-to-fourth-order-depth-two",
    title="Depth two: the place on a segment of minimisers is reached at the rate alpha^4, not alpha^2",
    about=f"""{_SEGMENT}. For D = 2 and alpha -> 0, |log t/(1 - t) - (H(v) - H(u))| ~ c alpha^4, H Shannon's entropy and
c = |sum_i 1/u_i / (1 - t)^2 - sum_j 1/v_j / t^2| / |u|_1, provided c > 0. The l1 gap is zero all along: distance to the set of minimisers says
nothing of this.

Why: asinh(s/2) = log s + 1/s^2 + ..., with s = x/alpha^2.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=segments(CLEAR_PULL, scales=None, depths=_TWO),
    when=next_order,
    then=_approach(4, DRIFT_TWO),
    mutants=(
        Mutant(
            name="alpha^2",
            because="the first-order terms of asinh are its logarithm",
            then=_approach(2),
        ),
        Mutant(
            name="alpha^3",
            because="the potential is even",
            then=_approach(3),
        ),
        Mutant(
            name="twice the constant",
            because="the constant is exact",
            then=_approach(4, 2 * DRIFT_TWO),
        ),
    ),
)

approach_deep = Claim(
    key="wind2023/place-on-a-segment-to-first-order",
    title="Depth above two: the place on a segment of minimisers is reached at the rate alpha^D",
    about=f"""{_SEGMENT}. For real D > 2 and alpha -> 0, |log t/(1 - t) - (H(v) - H(u))| ~ c alpha^D, H the Renyi entropy of order 2/D and
c = 2^-g |mean_u - mean_v|, g = D/(D - 2), the means of 1/x_i over either end weighted by x_i^(2/D), provided c > 0.

Why: 1 - psi(x) = alpha^(D-2) x^(-1/g) (1 - 2^-g alpha^D/(g x) + ...).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE + "; below depth four the next correction, alpha^(D-2), is too slow to be seen past",
    given=segments(CLEAR_PULL, scales=None, depths=("4", "6")),
    when=next_order,
    then=_approach(D, DRIFT_DEEP),
    mutants=(
        Mutant(
            name="alpha^4 as for depth two",
            because="above depth two the correction is of first order in alpha^D",
            then=_approach(4),
        ),
        Mutant(
            name="alpha^(D-2)",
            because="that is by how much psi falls short of one, equally in form for all entries",
            then=_approach(D - 2),
        ),
        Mutant(
            name="without 2^-g",
            because="the other branch (1 + z)^-g of the potential counts at z = 1",
            then=_approach(D, DRIFT_BRANCH),
        ),
    ),
)


def _selected(by: TieBreak) -> Selects:
    """The limit is the best minimiser, and the other one is not."""
    return Selects(reached=by.reached, least=by.best, other=by.other)


def _decided(by: TieBreak, *, name: str, because: str) -> Mutant:
    """Another tie-break decides."""
    return Mutant(name=name, because=because, when=selection(by), then=_selected(by))


def _any(by: TieBreak) -> Selects:
    """The limit is the other minimiser."""
    return Selects(reached=by.other, least=by.best, other=by.other)


most_entropy = Claim(
    key="wind2023/maximum-entropy-at-depth-two",
    title="Depth two: of all l1 minimisers a small initialization finds the one of maximum entropy",
    about=f"""{_SETTING}. For D = 2 and alpha -> 0, x_inf tends to the unique minimiser of sum |x_i| log|x_i| over F*: all of S is in its support.

Why: the potential is log(1/alpha^2) |x|_1 + sum |x_i| (log|x_i| - 1) up to O(alpha^2), and |x|_1 is constant on F*.""",
    source=PAPER.at(_PLACE),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=face_families(_TWO, APART, real=_TWO),
    when=selection(BY_ENTROPY),
    then=_selected(BY_ENTROPY),
    mutants=(
        _decided(
            BY_SQUARE_ROOTS,
            name="the quasi-norm of depth four",
            because="at depth two the potential ends in a logarithm, not in a root",
        ),
        Mutant(
            name="any minimiser",
            because="the limit does not depend on which minimiser the data were made from",
            then=_any(BY_ENTROPY),
        ),
        _decided(
            BY_TWO_THIRDS,
            name="the quasi-norm of depth three",
            because="that is nearer to the entropy, and still another objective",
        ),
    ),
)

most_quasi_norm = Claim(
    key="wind2023/maximum-quasi-norm-above-depth-two",
    title="Depth above two: of all l1 minimisers a small initialization finds the one of largest l_(2/D) quasi-norm",
    about=f"""{_SETTING}. For real D > 2 and alpha -> 0, x_inf tends to the unique minimiser of -sum |x_i|^(2/D) over F*: depth decides which
minimiser is found, though all have the same l1 norm.

Why: the potential is |x|_1 - (D/2) alpha^(D-2) sum |x_i|^(2/D) up to O(alpha^D).""",
    source=PAPER.at(_PLACE),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=face_families(_DEEP, APART, real=("3",)),
    when=selection(BY_QUASI_NORM),
    then=_selected(BY_QUASI_NORM),
    mutants=(
        _decided(BY_ENTROPY, name="maximum entropy", because="that is depth two"),
        _decided(BY_HALF_ITS_ORDER, name="order 1/D", because="u and v contribute a square each: the order is 2/D"),
        _decided(BY_SQUARE_ROOTS, name="the same at all depths", because="order 1/2 is depth four"),
        Mutant(
            name="any minimiser",
            because="the limit does not depend on which minimiser the data were made from",
            then=_any(BY_QUASI_NORM),
        ),
    ),
)


def _rest(exponent: Any, constant: Any = None) -> Rate:
    """Off the support |x_j| is Theta(alpha^exponent), or the constant times that."""
    where = POWER if constant is not None and sp.sympify(constant).has(g) else {}
    return Rate(quantity=entry, scale=alpha, exponent=exponent, constant=constant, where=where)


rest_two = Claim(
    key="wind2023/off-the-face-the-entropy-maximiser-sets-the-constant",
    title="Depth two: off a face of minimisers x_j ~ alpha^(2(1 - |z_j|)) exp(sign(z_j) <a_j, nu>), A_S' nu = log x^0",
    about=f"""{_SETTING}. Let the columns in S have full row rank, z = A'mu the dual certificate (one on S), z_j not zero, and x^0 the
minimiser of maximum entropy, for which log x^0 = A_S' nu. For D = 2 and alpha -> 0 every column j off S has
|x_j| ~ alpha^(2(1 - |z_j|)) exp(sign(z_j) <a_j, nu>).

Why: A'(dual variable) is log(x^0/alpha^2) on S up to o(1), hence log(1/alpha^2) z_j + <a_j, nu> off it.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=face_families(_TWO, LEANING),
    when=what_is_left,
    then=_rest(2 * (1 - dual), sp.exp(lean)),
    mutants=(
        Mutant(
            name="alpha^2",
            because="the certificate at column j slows its decay",
            then=_rest(2),
        ),
        Mutant(
            name="alpha^(1 - |z_j|)",
            because="the scale of x is alpha^2",
            then=_rest(1 - dual),
        ),
        Mutant(
            name="constant one",
            because="the minimiser of maximum entropy leans on column j",
            then=_rest(2 * (1 - dual), 1),
        ),
        Mutant(
            name="leaning the other way",
            because="what S weighs more, a column like it weighs more",
            then=_rest(2 * (1 - dual), sp.exp(-lean)),
        ),
    ),
)

rest_deep = Claim(
    key="wind2023/off-the-face-the-certificate-sets-the-constant",
    title="Depth above two: off a face of minimisers |x_j| ~ alpha^D h(|z_j|), whichever minimiser is found",
    about=f"""{_SETTING}. Let the columns in S have full row rank and z = A'mu be the dual certificate (one on S), z_j not zero. For real
D > 2 and alpha -> 0 every column j off S has |x_j| ~ alpha^D h(|z_j|), h(z) = (1 - z)^-g - (1 + z)^-g, g = D/(D - 2): the
exponent knows nothing of z_j, and the constant nothing of the minimiser.

Why: on S psi(x) = 1 - O(alpha^(D-2)), so psi(x_j) = z_j + O(alpha^(D-2)).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=face_families(_DEEP, LEANING),
    when=what_is_left,
    then=_rest(D, height(dual)),
    mutants=(
        Mutant(
            name="alpha^(D(1 - |z_j|))",
            because="that is the form of depth two",
            then=_rest(D * (1 - dual)),
        ),
        Mutant(
            name="alpha^(2D - 2)",
            because="that is the rate where z_j vanishes",
            then=_rest(2 * D - 2),
        ),
        Mutant(
            name="one branch",
            because="u and v both end above zero: x_j is a difference",
            then=_rest(D, (1 - dual) ** (-g)),
        ),
        Mutant(
            name="with the weight of the minimiser",
            because="the constant does not depend on x^0 above depth two",
            then=_rest(D, height(dual) * sp.exp(lean)),
        ),
    ),
)
