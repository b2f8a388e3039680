"""Wind, Antun, Hansen 2023: how far the limit is from a unique l1 minimiser, at every scale of the initialization."""

from __future__ import annotations

import dataclasses

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Reading, Status, tightened
from lemmata.claims.papers.wind2023 import PAPER
from lemmata.claims.settings.diagonal.problems import POWER, D, alpha, error, g, gap, height, rho
from lemmata.claims.settings.diagonal.unique import (
    HALF_KEPT,
    SMALL_CORRECTION,
    SPEAKS,
    WEIGHTED_BELOW_ONE,
    k,
    limits,
    off,
    one_sided,
    peak,
    problems,
    two_sided,
    weighted,
    weighted_limits,
    x_max,
    x_min,
)

_TWO, _DEEP = ("2",), ("3", "5/2", "4")
_PLACE = "sharp bounds in the size of the initialization, abstract"
_NOTE = "of the paper only the abstract was read, which states sharp bounds without numbers; form and constants were derived"
_SETTING = """x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha; x* is the unique minimiser of |x|_1 subject to
A x = y, S its support, sigma its signs, k the number of other columns. Null vectors n of A are normalised to |n off S|_1 <= 1"""
_q, _z = sp.symbols("q z", real=True)
_h_q, _h_w = sp.symbols(r"h(q) h(\rho_{w})", real=True)

_weighted_two = AtMost(left=off, right=2 * k * alpha**2 * sp.sinh(weighted), tight=True)
_spread = (x_max / x_min) ** one_sided
_explicit_two = AtMost(
    left=off,
    right=k * alpha ** (2 * (1 - rho)) * x_min**rho * (1 + alpha**4 / x_min**2) ** rho * _spread,
    tight=True,
)
_weighted_deep = AtMost(left=off, right=k * alpha**D * _h_w, where={**POWER, _h_w: height(weighted)}, tight=True)
_explicit_deep = AtMost(
    left=off,
    right=k * alpha**D * _h_q,
    where={**POWER, _q: rho + one_sided * (alpha**D / x_min) ** (1 / g), _h_q: height(_q)},
    tight=True,
)
_lower_two = AtLeast(
    left=peak,
    right=2 * alpha**2 * sp.sinh(_z),
    where={_z: rho * sp.asinh(x_min / (4 * alpha**2)) - one_sided * sp.log(3 * x_max / x_min)},
)
_lower_deep = AtLeast(
    left=peak,
    right=alpha**D * _h_q,
    where={**POWER, _q: rho - one_sided * (2 * alpha**D / x_min) ** (1 / g), _h_q: height(_q)},
    tight=True,
)


def _with(bound: AtMost | AtLeast, right: sp.Expr) -> AtMost | AtLeast:
    """The bound with another right side."""
    return dataclasses.replace(bound, right=right, where=POWER if right.has(g) else {}, tight=False)


weighted_two = Claim(
    key="wind2023/off-the-support-below-the-weighted-constant-depth-two",
    title="Depth two: off the support the limit is at most k psi^-1(rho_w), at every scale",
    about=f"""{_SETTING}. For D = 2, psi(x) = asinh(x / 2 alpha^2), every alpha > 0: |x_inf off S|_1 <= k psi^-1(rho_w), rho_w the largest
-sum_S sigma_i psi(|x*_i|) n_i over null vectors n. Attained as alpha -> 0 where k = 1, or where the columns off S are equal.

Why: psi(x_inf) is orthogonal to n = x_inf - x*; psi is monotone on S, and t psi(t) is convex off it.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(depths=_TWO, scales=(0, 240)),
    when=weighted_limits,
    then=_weighted_two,
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="whatever the number of columns",
            because="k equal columns carry k times as much",
            then=_with(_weighted_two, 2 * alpha**2 * sp.sinh(weighted)),
        ),
        Mutant(
            name="plain rho, smallest entry",
            because="an entry larger than x_min weighs more where it helps n",
            then=_with(_weighted_two, k * alpha ** (2 * (1 - rho)) * x_min**rho),
        ),
    ),
)

explicit_two = Claim(
    key="wind2023/off-the-support-explicitly-depth-two",
    title="Depth two: off the support the limit is at most k alpha^(2(1 - rho)) x_min^rho (x_max/x_min)^rho_pm, corrected by alpha^4",
    about=f"""{_SETTING}. For D = 2 and every alpha > 0,
|x_inf off S|_1 <= k alpha^(2(1 - rho)) x_min^rho (1 + alpha^4/x_min^2)^rho (x_max/x_min)^rho_pm: as alpha -> 0 slower than alpha^2
by 2 rho in the exponent, rho = max -<sigma, n_S>. Attained for flat x* and k = 1.

Why: asinh(s/2) <= log(s + 1/s) in the bound by rho_w, with weights between those of x_min and x_max.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(depths=_TWO, scales=(0, 240)),
    when=limits,
    then=_explicit_two,
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="alpha^2",
            because="null vectors that pay on the support let it lag: the exponent is 2(1 - rho)",
            then=_with(_explicit_two, k * alpha**2 * _spread),
        ),
        Mutant(
            name="without the spread of x*",
            because="rho is a sum in which entries of x* of different size need not cancel",
            then=_with(_explicit_two, _explicit_two.right / _spread),
        ),
        Mutant(
            name="in units of one",
            because="x* sets the unit: alpha^2 is measured against it",
            then=_with(_explicit_two, k * alpha ** (2 * (1 - rho)) * (1 + alpha**4) ** rho * _spread),
        ),
    ),
)

weighted_deep = Claim(
    key="wind2023/off-the-support-below-the-weighted-constant",
    title="Depth above two: off the support the limit is at most k psi^-1(rho_w), if rho_w < 1",
    about=f"""{_SETTING}. For real D > 2, psi^-1(z) = alpha^D h(z), h(z) = (1 - z)^-g - (1 + z)^-g, g = D/(D - 2), and every alpha > 0 with
rho_w < 1: |x_inf off S|_1 <= k alpha^D h(rho_w), rho_w the largest -sum_S sigma_i psi(|x*_i|) n_i over null vectors n.
Attained as alpha -> 0 where k = 1, or where the columns off S are equal.

Why: as for depth two; t psi(t) is convex because g >= 1.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(WEIGHTED_BELOW_ONE, depths=_DEEP, scales=(0, 60), support=2, others=3),
    when=weighted_limits,
    then=_weighted_deep,
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="whatever the number of columns",
            because="k equal columns carry k times as much",
            then=_with(_weighted_deep, alpha**D * height(weighted)),
        ),
        Mutant(
            name="first order in rho_w",
            because="h is convex and has a pole at one",
            then=_with(_weighted_deep, 2 * k * alpha**D * g * weighted),
        ),
        Mutant(
            name="the power of depth three",
            because="below D = 3 the pole is steeper than a cube",
            then=_with(_weighted_deep, k * alpha**D * height(weighted).subs(g, 3)),
        ),
    ),
)

explicit_deep = Claim(
    key="wind2023/off-the-support-explicitly",
    title="Depth above two: off the support the limit is at most k alpha^D h(rho + rho_pm (alpha^D/x_min)^((D-2)/D))",
    about=f"""{_SETTING}. For real D > 2 let q = rho + rho_pm (alpha^D/x_min)^(1/g) < 1. Then
|x_inf off S|_1 <= k alpha^D h(q), h(z) = (1 - z)^-g - (1 + z)^-g, g = D/(D - 2). So alpha^D whatever rho < 1, with a constant that blows
up as rho -> 1. Attained as alpha -> 0 where k = 1.

Why: 1 - psi(x) <= (alpha^D/x)^(1/g) in the bound by rho_w.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(SMALL_CORRECTION, depths=_DEEP, scales=(0, 60), support=2, others=3),
    when=limits,
    then=_explicit_deep,
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="without the correction",
            because="at a finite initialization psi on the support has not reached one, unevenly",
            then=_with(_explicit_deep, k * alpha**D * height(rho)),
        ),
        Mutant(
            name="alpha^(D + 1)",
            because="the map from the dual variable has the scale alpha^D",
            then=_with(_explicit_deep, k * alpha ** (D + 1) * height(rho)),
        ),
        Mutant(
            name="a constant without the pole",
            because="nearly tied columns: h(rho) grows as (1 - rho)^-g",
            then=_with(_explicit_deep, 2 * k * alpha**D * g * rho / (1 - rho)),
        ),
    ),
)

lower_two = Claim(
    key="wind2023/off-the-support-at-least-depth-two",
    title="Depth two: off the support some entry is at least 2 alpha^2 sinh(rho asinh(x_min/4 alpha^2) - rho_pm log(3 x_max/x_min))",
    about=f"""{_SETTING}. For D = 2, whenever the limit keeps half of every entry of x* and the argument is positive,
|x_inf off S|_oo >= 2 alpha^2 sinh(rho asinh(x_min / 4 alpha^2) - rho_pm log(3 x_max/x_min)), of order alpha^(2(1 - rho)): with the upper bound,
the rate is exact.

Why: psi(x_inf) is orthogonal to the null vector that attains rho, and on S it is at least psi(x_min/2).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(HALF_KEPT, SPEAKS, depths=_TWO, scales=(4, 240), larger=24),
    when=limits,
    then=_lower_two,
    mutants=(
        Mutant(
            name="without the spread of x*",
            because="entries of x* of different size pull the other way",
            then=_with(_lower_two, 2 * alpha**2 * sp.sinh(rho * sp.asinh(x_min / alpha**2))),
        ),
        Mutant(
            name="alpha^(1 - rho)",
            because="x has the scale alpha^2",
            then=_with(_lower_two, alpha ** (1 - rho) / 100),
        ),
        Mutant(
            name="nothing lost",
            because="the constant rho is below one: the minimiser is unique",
            then=_with(_lower_two, x_min / 4),
        ),
        Mutant(
            name="one-sided constant in place of rho",
            because="null vectors gain and lose on the support; the difference counts",
            then=_with(
                _lower_two,
                alpha ** (2 * (1 - one_sided)) * (x_min / 4) ** one_sided * (3 * x_max / x_min) ** (-one_sided),
            ),
        ),
    ),
)

lower_deep = Claim(
    key="wind2023/off-the-support-at-least",
    title="Depth above two: off the support some entry is at least alpha^D h(rho - rho_pm (2 alpha^D/x_min)^((D-2)/D))",
    about=f"""{_SETTING}. For real D > 2, whenever the limit keeps half of every entry of x* and q = rho - rho_pm (2 alpha^D/x_min)^(1/g) is
positive, |x_inf off S|_oo >= alpha^D h(q), h(z) = (1 - z)^-g - (1 + z)^-g, g = D/(D - 2). Attained as alpha -> 0: with the upper bound,
alpha^D is exact unless rho = 0.

Why: psi(x_inf) is orthogonal to the null vector that attains rho, and on S it lies between psi(x_min/2) and one.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(HALF_KEPT, SPEAKS, depths=_DEEP, scales=(2, 60), support=2, others=3),
    when=limits,
    then=_lower_deep,
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="without the correction",
            because="at a finite initialization psi on the support has not reached one, unevenly",
            then=_with(_lower_deep, alpha**D * height(rho)),
        ),
        Mutant(
            name="alpha^(D(1 - rho))",
            because="that is what depth two would suggest; above it rho sets the constant, not the exponent",
            then=_with(_lower_deep, alpha ** (D * (1 - rho)) * rho / 100),
        ),
        Mutant(
            name="counted for every column",
            because="k columns share what is bounded",
            then=dataclasses.replace(_lower_deep, right=k * _lower_deep.right, tight=False),
        ),
    ),
)

whole_error = Claim(
    key="wind2023/error-controlled-off-the-support",
    title="The l1 distance from x* is at most 1 + rho_til times what lies off the support",
    about=f"""{_SETTING}. At every real depth D >= 2 and every alpha > 0, |x_inf - x*|_1 <= (1 + rho_til) |x_inf off S|_1, with rho_til the largest
|n_S|_1, finite because x* is unique. Attained where k = 1.

Why: x_inf - x* is a null vector.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(depths=_TWO + _DEEP, scales=(0, 4)),
    when=limits,
    then=AtMost(left=error, right=(1 + two_sided) * off, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="one-sided constant",
            because="entries of the support that grow count as well as those that shrink",
            then=AtMost(left=error, right=(1 + one_sided) * off),
        ),
        Mutant(
            name="the support left out",
            because="the support moves too, to keep A x = y",
            then=AtMost(left=error, right=off),
        ),
        Mutant(
            name="both constants one",
            because="rho_til may exceed one though x* is the unique minimiser",
            then=AtMost(left=error, right=2 * off),
        ),
    ),
)

norm_gap = Claim(
    key="wind2023/l1-gap-controls-the-rest",
    title="The l1 norm of the limit exceeds the least one by at least 1 - rho times what lies off the support",
    about=f"""{_SETTING}. At every real depth D >= 2 and every alpha > 0, |x_inf|_1 - |x*|_1 >= (1 - rho) |x_inf off S|_1: a small gap in the
objective means a small distance from the minimiser, but only as far as rho stays away from one. Attained where k = 1.

Why: <sigma, n_S> >= -rho |n off S|_1 for the null vector n = x_inf - x*, and |x|_1 >= <sigma, x_S> + |x off S|_1.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(depths=_TWO + _DEEP, scales=(0, 4)),
    when=limits,
    then=AtLeast(left=gap, right=(1 - rho) * off, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="the whole of it",
            because="what the support loses is gained back in part",
            then=AtLeast(left=gap, right=off),
        ),
        Mutant(
            name="with the square of rho",
            because="the constant is attained, and rho^2 < rho",
            then=AtLeast(left=gap, right=(1 - rho**2) * off),
        ),
        Mutant(
            name="for the whole distance",
            because="the movement of the support is not paid for in l1 norm: rho counts its signed sum only",
            then=AtLeast(left=gap, right=(1 - rho) * error),
        ),
    ),
)
