"""Wind, Antun, Hansen 2023: the flow of diagonal networks at a point, from unequal initializations, and on the same data in other words."""

from __future__ import annotations

from typing import Any

import sympy as sp

from lemmata.claims import AtMost, Claim, Conserved, Identity, Mutant, Rate, Reading, Status
from lemmata.claims.papers.wind2023 import PAPER
from lemmata.claims.papers.wind2023._flow import (
    RELATIVE,
    A,
    W,
    beta,
    entry,
    flow,
    r,
    spread,
    states,
    u,
    uneven_limits,
    uneven_row,
    uneven_rows,
    uneven_segments,
    v,
    z,
)
from lemmata.claims.papers.wind2023._segments import SHANNON, odds
from lemmata.claims.papers.wind2023._symmetries import (
    INJECTIVE,
    foreseen,
    known_limits,
    other_words,
    relatives,
    translated,
    x_inf,
)
from lemmata.claims.settings.diagonal.problems import POWER, D, alpha, height

_DEEP = ("5/2", "3", "4", "6")
_SETTING = "x = u^D - v^D by gradient flow on |A x - y|^2/2"
_PLACE = "beside the setting of the paper"
_NOTE = "not read in the paper, of which only the abstract was at hand; derived"

conserved = Claim(
    key="wind2023/what-each-pair-conserves",
    title="Gradient flow of u^D - v^D conserves u_i^(2-D) + v_i^(2-D) in every coordinate",
    about=f"""{_SETTING}. For every real D > 2, every A, y and every state u, v > 0 the flow conserves u_i^(2-D) + v_i^(2-D), coordinate by coordinate
(for D = 2 the product u_i v_i). So from u(0) = v(0) = alpha the state is a function of x alone, and x moves by mirror flow.

Why: (u^(2-D))' = (2 - D) D (A'r)_i and (v^(2-D))' is minus that.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=states(_DEEP),
    when=flow,
    then=Conserved(quantity=u ** (2 - D) + v ** (2 - D)),
    mutants=(
        Mutant(
            name="the product",
            because="that is depth two",
            then=Conserved(quantity=u * v),
        ),
        Mutant(
            name="the difference",
            because="u grows where v shrinks: their powers move against each other",
            then=Conserved(quantity=u ** (2 - D) - v ** (2 - D)),
        ),
        Mutant(
            name="u^2 - v^2",
            because="that is conserved by products u v, not by differences of powers",
            then=Conserved(quantity=u**2 - v**2),
        ),
    ),
)

residual_decay = Claim(
    key="wind2023/how-fast-the-residual-falls",
    title="The residual of u^D - v^D falls as r' = -D^2 A diag(u^(2D-2) + v^(2D-2)) A' r",
    about=f"""{_SETTING}. For every real D >= 2, every A, y and every state u, v > 0, r = y - A x moves as r' = -D^2 A diag(u^(2D-2) + v^(2D-2)) A' r. So |r| never
grows; as alpha -> 0 the final rate tends to the least eigenvalue of D^2 A_S diag(|x*|^(2-2/D)) A_S', which is positive only if the columns on the support
have full row rank.

Why: the chain rule.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=states(("2", *_DEEP)),
    when=flow,
    then=Conserved(quantity=r, change=-(D**2) * A * W * A.T * r, name="residual"),
    mutants=(
        Mutant(
            name="D in place of D^2",
            because="the depth enters by x(u, v) and by the flow of u and v",
            then=Conserved(quantity=r, change=-D * A * W * A.T * r, name="residual"),
        ),
        Mutant(
            name="towards larger residuals",
            because="the flow descends",
            then=Conserved(quantity=r, change=D**2 * A * W * A.T * r, name="residual"),
        ),
        Mutant(
            name="plain least squares",
            because="the parameters decide how fast a coordinate moves",
            then=Conserved(quantity=r, change=-(D**2) * A * A.T * r, name="residual"),
        ),
    ),
)

same_limit = Claim(
    key="wind2023/same-limit-in-other-words",
    title="The limit follows changes of rows, order and sign of columns, and of the unit of y with alpha, exactly",
    about=f"""{_SETTING} from u(0) = v(0) = alpha, limit x(A, y, alpha). For every real D >= 2 and every alpha > 0: x(MA, My, alpha) = x(A, y, alpha) for injective
M, x(A, c y, c^(1/D) alpha) = c x(A, y, alpha) for c > 0, columns may be reordered along with x, and of a column and its copy (opposite) the entries of
x are equal (opposite).

Why: the limit minimises a sum of even functions alpha^D q(x_i/alpha^D) subject to A x = y.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=relatives(),
    when=other_words(),
    then=Identity(left=x_inf, right=translated),
    mutants=(
        Mutant(
            name="the unit alone",
            because="the potential is not homogeneous: alpha sets a unit of x",
            when=other_words(power=lambda depth: 0 * depth, variant="alpha kept"),
        ),
        Mutant(
            name="alpha in proportion to y",
            because="x has the unit alpha^D",
            when=other_words(power=lambda depth: depth / depth, variant="alpha scaled like y"),
        ),
        Mutant(
            name="copies share an entry",
            because="each copy gets nearly what the column alone would get",
            when=other_words(shared=True, variant="copies of a column added up"),
        ),
    ),
)

known = Claim(
    key="wind2023/limits-known-at-every-scale",
    title="At every scale: a zero column gets no weight, y = 0 leaves all weights at zero, and an injective A leaves no choice",
    about=f"""{_SETTING} from u(0) = v(0) = alpha. For every real D >= 2 and every alpha > 0: x_inf is zero at a zero column, and the rest as without it;
x_inf = 0 for y = 0; and x_inf = x* for y = A x* with injective A.

Why: A x_inf = y, and psi(x_inf) is in the row space of A.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE,
    given=relatives(INJECTIVE, scales=(0, 40)),
    when=known_limits(),
    then=Identity(left=x_inf, right=foreseen),
    mutants=(
        Mutant(
            name="any column off the support",
            because="a column that is not zero gets weight and takes it from others",
            when=known_limits(column=1, variant="of a column that is not zero"),
        ),
        Mutant(
            name="any target",
            because="y has to be reached from zero",
            when=known_limits(target=1, variant="of y that is not zero"),
        ),
        Mutant(
            name="one column too many",
            because="with a kernel the limit depends on alpha",
            when=known_limits(extra=True, variant="with one column more than rows"),
        ),
    ),
)


def _shifted(entropies: Any) -> AtMost:
    """The log-odds of the limit are minus this difference of entropies, nearly."""
    return AtMost(left=sp.Abs(odds + entropies), right=sp.log(1 + alpha**2 * spread))


uneven_two = Claim(
    key="wind2023/unequal-starts-shift-the-entropy-at-depth-two",
    title="Depth two: unequal initializations alpha beta_i keep the l1 norm, and put relative entropy to beta^2 in place of entropy",
    about=f"""{_SETTING} from u_i(0) = v_i(0) = alpha beta_i; D = 2; the nonnegative solutions of A x = y are a segment from u to v, with disjoint supports and
the same sum. For every alpha > 0 the limit (1 - t) u + t v has |log t/(1 - t) - (H(v) - H(u))| <= log(1 + alpha^2 max_i beta_i^2/x_i), with
H(x) = -sum q_i log(q_i/beta_i^2), q = x/|x|_1.

Why: psi(x)_i = asinh(x_i/(2 alpha^2 beta_i^2)) is orthogonal to u - v; beta_i^2 equal copies of a column act the same.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + "; judged for whole beta_i^2, by copies of columns",
    given=uneven_segments(),
    when=uneven_limits,
    then=_shifted(RELATIVE.u - RELATIVE.v),
    mutants=(
        Mutant(
            name="plain entropy",
            because="a larger initialization is a smaller price",
            then=_shifted(SHANNON.u - SHANNON.v),
        ),
        Mutant(
            name="relative to beta",
            because="x has the unit of squares",
            then=_shifted((RELATIVE.u + SHANNON.u - RELATIVE.v - SHANNON.v) / 2),
        ),
        Mutant(
            name="larger starts repel",
            because="the potential is lowered where the initialization is larger",
            then=_shifted(2 * SHANNON.u - RELATIVE.u - 2 * SHANNON.v + RELATIVE.v),
        ),
    ),
)


def _entry(exponent: Any, constant: Any = None) -> Rate:
    """The entry is Theta(alpha^exponent), or the constant times that."""
    return Rate(
        quantity=entry, scale=alpha, exponent=exponent, constant=constant, where={} if constant is None else POWER
    )


uneven_deep = Claim(
    key="wind2023/unequal-starts-weigh-the-l1-norm-above-depth-two",
    title="Depth above two: unequal initializations alpha beta_i minimise the l1 norm weighted by beta_i^(-(D-2)), however small alpha",
    about=f"""{_SETTING} from u_i(0) = v_i(0) = alpha beta_i; one equation a.x = y with a > 0; real D > 2. If a_1 beta_1^(D-2) is the largest of the
a_j beta_j^(D-2), then as alpha -> 0 x_1 -> y/a_1 and x_j ~ (alpha beta_j)^D h(z_j), z_j = a_j beta_j^(D-2)/(a_1 beta_1^(D-2)),
h(z) = (1 - z)^-g - (1 + z)^-g, g = D/(D - 2): also where a_j > a_1, so that the plain l1 minimiser is another.

Why: psi(x)_j beta_j^(-(D-2)) is in the row space; beta_j^2 copies of beta_j^(D-2) a_j act the same.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + "; judged for beta_j one or two, by copies of columns",
    given=uneven_rows(_DEEP),
    when=uneven_row,
    then=_entry(D, beta**D * height(z)),
    mutants=(
        Mutant(
            name="a share for everyone",
            because="that is what unequal initializations do at depth two; above, one column takes all",
            then=_entry(0),
        ),
        Mutant(
            name="without beta",
            because="x_j has the unit (alpha beta_j)^D",
            then=_entry(D, height(z)),
        ),
        Mutant(
            name="alpha^(D-2)",
            because="that is by how much psi(x_1) falls short of one",
            then=_entry(D - 2),
        ),
        Mutant(
            name="beta squared",
            because="only depth two counts initializations by their squares",
            then=_entry(D, beta**2 * height(z)),
        ),
    ),
)
