"""Woodworth et al. 2020: above depth two, too, small initializations end at the least l1 norm and large ones at the least l2 norm."""

from __future__ import annotations

from lemmata.claims import Claim, Mutant, Reading, Selects, Status
from lemmata.claims.papers.woodworth2020 import PAPER
from lemmata.claims.papers.woodworth2020._limits import extreme_limits, other_norm, other_square, whole_depths
from lemmata.claims.settings.diagonal.potential import least_norm, least_square, square
from lemmata.claims.settings.diagonal.problems import norm

_SETTING = "x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha > 0, y in the range of A, D >= 3"
_NOTE = "the paper's loss has no factor 1/2, which changes the time and not the limit; depths three and four; "
_SMALL, _MODERATE, _LARGE = whole_depths((40, 64)), whole_depths((0, 1)), whole_depths((-16, -8))
_LEAST_L1 = Selects(reached=norm, least=least_norm, other=other_norm)
_LEAST_L2 = Selects(reached=square, least=least_square, other=other_square)

small = Claim(
    key="woodworth2020/small-deep-starts-select-the-least-l1-norm",
    title="Depth D >= 3: as alpha goes to zero the limit becomes the interpolator of least l1 norm",
    about=f"""{_SETTING}. As alpha -> 0, x_inf tends to the interpolator of least l1 norm: in l1 norm it is told from
the one of least l2 norm within a thousandth of what separates the two, for alpha from 2^-40 to 2^-64.

Why: Q_D is |x|_1 up to terms of order alpha^(D-2).""",
    source=PAPER.at("Theorem 3, alpha -> 0"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE + "a limit, looked at from alpha = 2^-40 on; the minimiser of the l1 norm is unique by construction",
    given=_SMALL,
    when=extreme_limits,
    then=_LEAST_L1,
    mutants=(
        Mutant(
            name="least l2 norm",
            because="that is the limit of large initializations",
            then=_LEAST_L2,
        ),
        Mutant(
            name="alpha about one",
            because="a finite initialization weighs the size of all entries",
            given=_MODERATE,
        ),
        Mutant(
            name="alpha to infinity",
            because="weights that start large hardly move, and the network is linear in what they move by",
            given=_LARGE,
        ),
    ),
)

large = Claim(
    key="woodworth2020/large-deep-starts-select-the-least-l2-norm",
    title="Depth D >= 3: as alpha goes to infinity the limit becomes the interpolator of least l2 norm",
    about=f"""{_SETTING}. As alpha -> infinity, x_inf tends to the interpolator of least l2 norm: in squared l2 norm it is told from
the one of least l1 norm within a thousandth of what separates the two, for alpha from 2^8 to 2^16.

Why: Q_D is quadratic where x is small beside alpha^D.""",
    source=PAPER.at("Theorem 3, alpha -> infinity"),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE + "a limit, looked at from alpha = 2^8 on",
    given=_LARGE,
    when=extreme_limits,
    then=_LEAST_L2,
    mutants=(
        Mutant(
            name="least l1 norm",
            because="that is the limit of small initializations",
            then=_LEAST_L1,
        ),
        Mutant(
            name="alpha about one",
            because="entries that outgrow the initialization are cheaper than their squares",
            given=_MODERATE,
        ),
        Mutant(
            name="alpha to zero",
            because="small weights grow in proportion to their size, which favours few entries",
            given=_SMALL,
        ),
    ),
)
