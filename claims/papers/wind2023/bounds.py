"""Wind, Antun, Hansen 2023: how far the limit is from a unique l1 minimiser, at every scale of the initialization."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import AtLeast, AtMost, Claim, Mutant, Reading, Status, tightened
from lemmata.claims.papers.wind2023 import PAPER
from lemmata.claims.settings.diagonal.unique import (
    HALF_KEPT,
    SMALL_CORRECTION,
    SPEAKS,
    WEIGHTED_BELOW_ONE,
    D,
    alpha,
    err,
    gap,
    k,
    limits,
    log_off,
    log_peak,
    off,
    one_sided,
    problems,
    rho,
    rho_w,
    two_sided,
    weighted_limits,
    x_max,
    x_min,
)

_TWO, _DEEP = ("2",), ("3", "5/2", "4")
_PLACE = "sharp bounds in the size of the initialization, abstract"
_NOTE = "of the paper only the abstract was read, which states sharp bounds without numbers; form and constants were derived"
_SETTING = """x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha; x* is the unique minimiser of |x|_1 subject to
A x = y, S its support, sigma its signs, k the number of other columns. Null vectors n of A are normalised to |n off S|_1 <= 1"""
_g = D / (D - 2)


def _height(z: sp.Expr, g: sp.Expr = _g) -> sp.Expr:
    """h(z) = (1 - z)^-g - (1 + z)^-g."""
    return (1 - z) ** (-g) - (1 + z) ** (-g)


_off_two, _off_deep = sp.exp(log_off - 2 * sp.log(alpha)), sp.exp(log_off - D * sp.log(alpha))
_peak_two, _peak_deep = sp.exp(log_peak - 2 * sp.log(alpha)), sp.exp(log_peak - D * sp.log(alpha))
_in_excess = sp.exp(log_off - 2 * (1 - rho) * sp.log(alpha))

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
    then=AtMost(left=sp.exp(log_off - rho_w - 2 * sp.log(alpha)), right=k * (1 - sp.exp(-2 * rho_w)), tight=True),
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="whatever the number of columns",
            because="k equal columns carry k times as much",
            then=AtMost(left=sp.exp(log_off - rho_w - 2 * sp.log(alpha)), right=1 - sp.exp(-2 * rho_w)),
        ),
        Mutant(
            name="plain rho, smallest entry",
            because="an entry larger than x_min weighs more where it helps n",
            then=AtMost(left=_in_excess, right=k * x_min**rho),
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
    then=AtMost(
        left=_in_excess,
        right=k * x_min**rho * (1 + alpha**4 / x_min**2) ** rho * (x_max / x_min) ** one_sided,
        tight=True,
    ),
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="alpha^2",
            because="null vectors that pay on the support let it lag: the exponent is 2(1 - rho)",
            then=AtMost(left=_off_two, right=k * (x_max / x_min) ** one_sided),
        ),
        Mutant(
            name="without the spread of x*",
            because="rho is a sum in which entries of x* of different size need not cancel",
            then=AtMost(left=_in_excess, right=k * x_min**rho * (1 + alpha**4 / x_min**2) ** rho),
        ),
        Mutant(
            name="in units of one",
            because="x* sets the unit: alpha^2 is measured against it",
            then=AtMost(left=_in_excess, right=k * (1 + alpha**4) ** rho * (x_max / x_min) ** one_sided),
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
    then=AtMost(left=_off_deep, right=k * _height(rho_w), tight=True),
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="whatever the number of columns",
            because="k equal columns carry k times as much",
            then=AtMost(left=_off_deep, right=_height(rho_w)),
        ),
        Mutant(
            name="first order in rho_w",
            because="h is convex and has a pole at one",
            then=AtMost(left=_off_deep, right=2 * k * _g * rho_w),
        ),
        Mutant(
            name="the power of depth three",
            because="below D = 3 the pole is steeper than a cube",
            then=AtMost(left=_off_deep, right=k * _height(rho_w, sp.Integer(3))),
        ),
    ),
)

explicit_deep = Claim(
    key="wind2023/off-the-support-explicitly",
    title="Depth above two: off the support the limit is at most k alpha^D h(rho + rho_pm alpha^(D-2) x_min^(-(D-2)/D))",
    about=f"""{_SETTING}. For real D > 2 let q = rho + rho_pm alpha^(D-2) x_min^(-(D-2)/D) < 1. Then
|x_inf off S|_1 <= k alpha^D h(q), h(z) = (1 - z)^-g - (1 + z)^-g, g = D/(D - 2). So alpha^D whatever rho < 1, with a constant that blows
up as rho -> 1. Attained as alpha -> 0 where k = 1.

Why: 1 - psi(x) <= (alpha^D/x)^(1/g) in the bound by rho_w.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(SMALL_CORRECTION, depths=_DEEP, scales=(0, 60), support=2, others=3),
    when=limits,
    then=AtMost(
        left=_off_deep,
        right=k * _height(rho + one_sided * alpha ** (D - 2) * x_min ** ((2 - D) / D)),
        tight=True,
    ),
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="without the correction",
            because="at a finite start psi on the support has not reached one, unevenly",
            then=AtMost(left=_off_deep, right=k * _height(rho)),
        ),
        Mutant(
            name="alpha^(D + 1)",
            because="the map from the dual variable has the scale alpha^D",
            then=AtMost(left=_off_deep, right=alpha * k * _height(rho)),
        ),
        Mutant(
            name="a constant without the pole",
            because="nearly tied columns: h(rho) grows as (1 - rho)^-g",
            then=AtMost(left=_off_deep, right=2 * k * _g * rho / (1 - rho)),
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
    given=problems(HALF_KEPT, SPEAKS, depths=_TWO, scales=(4, 240)),
    when=limits,
    then=AtLeast(
        left=_peak_two,
        right=2
        * sp.sinh(rho * sp.asinh(x_min / (4 * alpha**2)) - one_sided * sp.log(3 * x_max / x_min)).rewrite(sp.exp),
    ),
    mutants=(
        Mutant(
            name="without the spread of x*",
            because="entries of x* of different size pull the other way",
            then=AtLeast(left=_peak_two, right=2 * sp.sinh(rho * sp.asinh(x_min / alpha**2)).rewrite(sp.exp)),
        ),
        Mutant(
            name="alpha^(1 - rho)",
            because="x has the scale alpha^2",
            then=AtLeast(left=sp.exp(log_peak - (1 - rho) * sp.log(alpha)), right=sp.Rational(1, 100)),
        ),
        Mutant(
            name="nothing lost",
            because="the constant rho is below one: the minimiser is unique",
            then=AtLeast(left=sp.exp(log_peak), right=x_min / 4),
        ),
        Mutant(
            name="one-sided constant in place of rho",
            because="null vectors gain and lose on the support; the difference counts",
            then=AtLeast(
                left=sp.exp(log_peak - 2 * (1 - one_sided) * sp.log(alpha)),
                right=(x_min / 4) ** one_sided * (3 * x_max / x_min) ** (-one_sided),
            ),
        ),
    ),
)

lower_deep = Claim(
    key="wind2023/off-the-support-at-least",
    title="Depth above two: off the support some entry is at least alpha^D h(rho - rho_pm alpha^(D-2) (2/x_min)^((D-2)/D))",
    about=f"""{_SETTING}. For real D > 2, whenever the limit keeps half of every entry of x* and q = rho - rho_pm alpha^(D-2) (2/x_min)^((D-2)/D) is
positive, |x_inf off S|_oo >= alpha^D h(q), h(z) = (1 - z)^-g - (1 + z)^-g, g = D/(D - 2). Attained as alpha -> 0: with the upper bound,
alpha^D is exact unless rho = 0.

Why: psi(x_inf) is orthogonal to the null vector that attains rho, and on S it lies between psi(x_min/2) and one.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(HALF_KEPT, SPEAKS, depths=_DEEP, scales=(2, 60), support=2, others=3),
    when=limits,
    then=AtLeast(
        left=_peak_deep,
        right=_height(rho - one_sided * alpha ** (D - 2) * (2 / x_min) ** ((D - 2) / D)),
        tight=True,
    ),
    mutants=(
        tightened(sp.Rational(9, 10)),
        Mutant(
            name="without the correction",
            because="at a finite start psi on the support has not reached one, unevenly",
            then=AtLeast(left=_peak_deep, right=_height(rho)),
        ),
        Mutant(
            name="alpha^(D(1 - rho))",
            because="that is what depth two would suggest; above it rho sets the constant, not the exponent",
            then=AtLeast(left=sp.exp(log_peak - D * (1 - rho) * sp.log(alpha)), right=sp.Rational(1, 100) * rho),
        ),
        Mutant(
            name="counted for every column",
            because="k columns share what is bounded",
            then=AtLeast(
                left=_peak_deep, right=k * _height(rho - one_sided * alpha ** (D - 2) * (2 / x_min) ** ((D - 2) / D))
            ),
        ),
    ),
)

whole_error = Claim(
    key="wind2023/error-controlled-off-the-support",
    title="The l1 distance from x* is at most 1 + rho_1 times what lies off the support",
    about=f"""{_SETTING}. At every real depth D >= 2 and every alpha > 0, |x_inf - x*|_1 <= (1 + rho_1) |x_inf off S|_1, with rho_1 the largest
|n_S|_1, finite because x* is unique. Attained where k = 1.

Why: x_inf - x* is a null vector.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=problems(depths=_TWO + _DEEP, scales=(0, 4)),
    when=limits,
    then=AtMost(left=err, right=(1 + two_sided) * off, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="one-sided constant",
            because="entries of the support that grow count as well as those that shrink",
            then=AtMost(left=err, right=(1 + one_sided) * off),
        ),
        Mutant(
            name="the support left out",
            because="the support moves too, to keep A x = y",
            then=AtMost(left=err, right=off),
        ),
        Mutant(
            name="both constants one",
            because="rho_1 may exceed one though x* is the unique minimiser",
            then=AtMost(left=err, right=2 * off),
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
    then=AtMost(left=(1 - rho) * off, right=gap, tight=True),
    mutants=(
        tightened(sp.Rational(99, 100)),
        Mutant(
            name="the whole of it",
            because="what the support loses is gained back in part",
            then=AtMost(left=off, right=gap),
        ),
        Mutant(
            name="with the square of rho",
            because="the constant is attained, and rho^2 < rho",
            then=AtMost(left=(1 - rho**2) * off, right=gap),
        ),
        Mutant(
            name="for the whole distance",
            because="the movement of the support is not paid for in l1 norm: rho counts its signed sum only",
            then=AtMost(left=(1 - rho) * err, right=gap),
        ),
    ),
)
