"""Wind, Antun, Hansen 2023: why no constant is uniform in A, and what large initializations find."""

from __future__ import annotations

from typing import Any

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Rate, Reading, Status, tightened
from lemmata.claims.papers.wind2023 import PAPER
from lemmata.claims.papers.wind2023._near_ties import (
    cubes,
    e,
    from_least,
    large_initializations,
    near_tie,
    near_ties,
    t,
    wide_systems,
    window,
    windows,
    x_1,
    x_2,
)
from lemmata.claims.settings.diagonal.problems import POWER, D, alpha, g, gap

_TWO, _DEEP = ("2",), ("5/2", "3", "4", "6")
_PLACE = "generalized hardness of approximation, abstract; the family of its second figure"
_NOTE = "of the paper only the abstract was read, and code that uses this family; the statement was derived"
_SETTING = """x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha, A = [1, 1 - epsilon], y = 1: for epsilon > 0 the unique
minimiser of |x|_1 is (1, 0), for epsilon = 0 there is a segment of them"""
_away = sp.Abs(sp.log(x_2 / x_1) + e * sp.log(x_1 / alpha**2))

tie_two = Claim(
    key="wind2023/a-near-tie-is-seen-at-exponentially-small-starts",
    title="Depth two: of two columns tied up to epsilon the worse keeps x_2 = x_1 (alpha^2/x_1)^epsilon, up to 1 + alpha^2/x_2",
    about=f"""{_SETTING}. For D = 2, every alpha > 0 and 0 < epsilon < 1, |log(x_2/x_1) + epsilon log(x_1/alpha^2)| <= log(1 + alpha^2/x_2). So unless
epsilon log(1/alpha^2) is large, x_2 is not small: no bound in terms of alpha, m, n and |x*| alone tends to zero.

Why: psi(x_2) = (1 - epsilon) psi(x_1), and log s <= asinh(s/2) <= log(1 + s).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=near_ties(_TWO, smallest=24, closest=12),
    when=near_tie,
    then=AtMost(left=_away, right=sp.log(1 + alpha**2 / x_2)),
    mutants=(
        Mutant(
            name="a constant whatever the tie",
            because="x_2 tends to 1/2 as epsilon tends to zero, at every alpha",
            then=AtMost(left=x_2, right=100 * alpha**2),
        ),
        Mutant(
            name="log(1/alpha)",
            because="x has the scale alpha^2",
            then=AtMost(left=sp.Abs(sp.log(x_2 / x_1) + e * sp.log(x_1 / alpha)), right=sp.log(1 + alpha**2 / x_2)),
        ),
        Mutant(
            name="the tie-break of epsilon = 0",
            because="for fixed epsilon the worse column dies out",
            then=AtMost(left=sp.Abs(sp.log(x_2 / x_1)), right=sp.log(1 + alpha**2 / x_2)),
        ),
    ),
)

tie_deep = Claim(
    key="wind2023/a-near-tie-is-seen-at-polynomially-small-starts",
    title="Depth above two: of two columns tied up to epsilon the worse keeps (x_1^(-1/g) + epsilon/alpha^(D-2))^(-g) - alpha^D",
    about=f"""{_SETTING}. For real D > 2, g = D/(D - 2), every alpha > 0 and 0 < epsilon < 1,
x_2 + alpha^D >= (x_1^(-1/g) + epsilon/alpha^(D-2))^(-g): x_2 is of order one as long as epsilon is at most of order alpha^(D-2). Attained as
alpha -> 0.

Why: 1 - psi(x_2) = 1 - psi(x_1) + epsilon psi(x_1), and alpha^(D-2) (x + alpha^D)^(-1/g) <= 1 - psi(x) <= alpha^(D-2) x^(-1/g).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=near_ties(_DEEP, smallest=24, closest=24),
    when=near_tie,
    then=AtLeast(left=x_2 + alpha**D, right=(x_1 ** (-1 / g) + e / alpha ** (D - 2)) ** (-g), where=POWER, tight=True),
    mutants=(
        tightened(sp.Rational(9, 10), because="attained as alpha tends to zero inside the window"),
        Mutant(
            name="no loss to the tie",
            because="for fixed epsilon the worse column dies out",
            then=AtLeast(left=x_2 + alpha**D, right=x_1 / 2),
        ),
        Mutant(
            name="window alpha^((D-2)/2)",
            because="the potential falls short of |x| by a multiple of alpha^(D-2)",
            then=AtLeast(
                left=x_2 + alpha**D, right=(x_1 ** (-1 / g) + e / alpha ** ((D - 2) / 2)) ** (-g), where=POWER
            ),
        ),
        Mutant(
            name="linear in epsilon",
            because="the power is -g, less than minus one",
            then=AtLeast(left=x_2 + alpha**D, right=1 / (1 / x_1 + e / alpha ** (D - 2))),
        ),
    ),
)

_beyond = (x_1 + alpha**D) ** (-1 / g) + e / alpha ** (D - 2) * (1 - (alpha**D / x_1) ** (1 / g))
beyond_deep = Claim(
    key="wind2023/a-near-tie-is-broken-beyond-the-window",
    title="Depth above two: beyond epsilon of order alpha^(D-2) the worse of two nearly tied columns falls as (epsilon/alpha^(D-2))^(-g)",
    about=f"""{_SETTING}. For real D > 2, g = D/(D - 2), alpha^(D-2) <= 1/2 and 0 < epsilon < 1,
x_2 <= ((x_1 + alpha^D)^(-1/g) + (epsilon/alpha^(D-2)) (1 - (alpha^D/x_1)^(1/g)))^(-g): with the lower bound, the window in which a tie cannot be told
from a near tie has the width alpha^(D-2), and the constant of the rate alpha^D beyond it grows as epsilon^(-g).

Why: 1 - psi(x_2) = 1 - psi(x_1) + epsilon psi(x_1), with 1 - psi between its two bounds.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=near_ties(_DEEP, largest=1, smallest=16, closest=16),
    when=near_tie,
    then=AtMost(left=x_2, right=_beyond ** (-g), where=POWER, tight=True),
    mutants=(
        tightened(sp.Rational(9, 10), because="attained as alpha tends to zero inside the window"),
        Mutant(
            name="alpha^D whatever the tie",
            because="the constant grows as epsilon^(-g)",
            then=AtMost(left=x_2, right=100 * alpha**D),
        ),
        Mutant(
            name="power 1/g",
            because="x is the power -g of what psi falls short of one",
            then=AtMost(left=x_2, right=(1 + e / alpha ** (D - 2)) ** (-g - 1), where=POWER),
        ),
    ),
)

_c, _lam = sp.symbols("c lambda", positive=True)
_LAM = {_lam: sp.log(1 / alpha**2)}
_WINDOW_TWO = {_c: sp.log((1 - t) / t), **_LAM}
_WINDOW_DEEP = {**POWER, _c: t ** (-1 / g) - (1 - t) ** (-1 / g)}


def _gap(scale: Any, exponent: Any, constant: Any = None, where: Any = None) -> Rate:
    """The l1 gap is Theta(scale^exponent), or the constant times that."""
    return Rate(quantity=gap, scale=scale, exponent=exponent, constant=constant, where=where or {})


gap_two = Claim(
    key="wind2023/l1-gap-in-the-window-depth-two",
    title="Depth two: with a tie of t's width the l1 gap is t log((1 - t)/t) / log(1/alpha^2): no power of alpha",
    about=f"""{_SETTING}. For D = 2, 0 < t < 1/2 and epsilon = log((1 - t)/t)/log(1/alpha^2), as alpha -> 0: x_2 -> t and
|x_inf|_1 - |x*|_1 ~ t log((1 - t)/t)/log(1/alpha^2). The largest constant over t is W(1/e) = 0.278..., Lambert's function: a bound on the l1 gap that
is uniform in A can be no better than of order 1/log(1/alpha).

Why: log(x_2/x_1) = -epsilon log(1/alpha^2) + o(1), and the gap is epsilon x_2.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=windows(_TWO),
    when=window,
    then=_gap(1 / _lam, 1, t * _c, _WINDOW_TWO),
    mutants=(
        Mutant(
            name="square of the logarithm",
            because="epsilon counts once: x_2 does not vanish",
            then=_gap(1 / _lam, 2, where=_LAM),
        ),
        Mutant(
            name="a power of alpha",
            because="alpha^2 = exp(-lambda) is smaller than every power of 1/lambda, as its fourth already is too small",
            then=_gap(1 / _lam, 4, where=_LAM),
        ),
        Mutant(
            name="half of the weight",
            because="at this width the tie is felt: x_2 tends to t, not to 1/2",
            then=_gap(1 / _lam, 1, _c / 2, _WINDOW_TWO),
        ),
    ),
)

gap_deep = Claim(
    key="wind2023/l1-gap-in-the-window",
    title="Depth above two: with a tie of t's width the l1 gap is t (t^(-1/g) - (1 - t)^(-1/g)) alpha^(D-2), not alpha^D",
    about=f"""{_SETTING}. For real D > 2, g = D/(D - 2), 0 < t < 1/2 and epsilon = c alpha^(D-2), c = t^(-1/g) - (1 - t)^(-1/g), as alpha -> 0:
x_2 -> t and |x_inf|_1 - |x*|_1 ~ c t alpha^(D-2). So a bound on the l1 gap that is uniform in A has at best the exponent D - 2; for one fixed A it is D.

Why: x_2^(-1/g) - x_1^(-1/g) = epsilon/alpha^(D-2) + o(1), and the gap is epsilon x_2.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=windows(_DEEP),
    when=window,
    then=_gap(alpha ** (D - 2), 1, t * _c, _WINDOW_DEEP),
    mutants=(
        Mutant(
            name="alpha^D",
            because="that is the rate for a fixed A",
            then=_gap(alpha ** (D - 2), D / (D - 2)),
        ),
        Mutant(
            name="square of the width",
            because="epsilon counts once: x_2 does not vanish",
            then=_gap(alpha ** (D - 2), 2),
        ),
        Mutant(
            name="half of the weight",
            because="at this width the tie is felt: x_2 tends to t, not to 1/2",
            then=_gap(alpha ** (D - 2), 1, _c / 2, _WINDOW_DEEP),
        ),
    ),
)


def _large(exponent: Any, constant: Any = None) -> Rate:
    """The distance from the solution of least l2 norm is Theta(alpha^exponent), or the constant times that."""
    return Rate(quantity=from_least, scale=alpha, exponent=exponent, constant=constant)


large = Claim(
    key="wind2023/large-starts-find-the-least-l2-norm",
    title="From large initializations the limit is the solution of least l2 norm, up to k alpha^(-2D) times the kernel part of its cubes",
    about="""x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha. As alpha -> infinity, |x_inf - x_2|_2 ~ k alpha^(-2D) |P(x_2^3)|_2, x_2 the
solution of least l2 norm, P the projection onto the kernel of A, cubes entry by entry, k = (D - 1)(3D - 4)/(12 D^2), 1/24 at D = 2,
provided that P(x_2^3) is not zero.

Why: psi(x) = const (s - k s^3 + O(s^5)), s = x/alpha^D, is orthogonal to the kernel.""",
    source=PAPER.at("beside the small initializations of the paper"),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note="the limit is that of Woodworth et al. (2020), from memory; the rate and its constant were derived",
    given=wide_systems(_TWO + _DEEP),
    when=large_initializations,
    then=_large(-2 * D, (D - 1) * (3 * D - 4) / (12 * D**2) * cubes),
    mutants=(
        Mutant(
            name="alpha^(-D)",
            because="the potential is even: its third-order term comes first",
            then=_large(-D),
        ),
        Mutant(
            name="alpha^(-4) at all depths",
            because="x has the scale alpha^D",
            then=_large(-4),
        ),
        Mutant(
            name="1/24 at all depths",
            because="above depth two psi bends otherwise",
            then=_large(-2 * D, cubes / 24),
        ),
        Mutant(
            name="1/6 as for sinh",
            because="psi is the inverse of sinh, of half its argument",
            then=_large(-2 * D, cubes / 6),
        ),
    ),
)
