"""Wind, Antun, Hansen 2023: how long a small initialization takes, until the first weight is seen and towards the end."""

from __future__ import annotations

from typing import Any

import sympy as sp

from lemmata.claims import AtMost, Claim, Mutant, Rate, Reading, Status
from lemmata.claims.papers.wind2023 import PAPER
from lemmata.claims.papers.wind2023._activation import (
    T,
    activation,
    activation_along,
    coupling,
    level,
    mapped,
    pull,
    pull_two,
    separate_rows,
)
from lemmata.claims.papers.wind2023._final_rate import (
    CLEAR,
    HEIGHT,
    SLOPE_DEEP,
    SLOPE_DEEP_PARTIAL,
    SLOPE_TWO,
    SLOPE_TWO_PARTIAL,
    departed,
    gained,
    rate,
    sparse_rates_deep,
    sparse_rates_two,
    t,
    two_equations,
    vertex_rates_deep,
    vertex_rates_two,
    weighed,
)
from lemmata.claims.settings.diagonal.problems import POWER, D, alpha, rho
from lemmata.claims.settings.diagonal.rates import ONE_RAY

_TWO, _DEEP = ("2",), ("5/2", "3", "4", "6")
_PLACE = "beside the setting of the paper; the horizon in the authors' code grows as alpha^(2-D)"
_SETTING = "x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha > 0"
_LEVEL = (
    """M = |A'y|_oo, c the largest absolute row sum of A'A, T the first time at which |x|_oo reaches a level l < M/c"""
)
_NOTE = "not read in the paper, of which only the abstract and the code were at hand; derived"
_JUDGED = "; judged on equations without a common column, whose times are integrals with bounded error"


def _on_time(predicted: Any, power: int = 1) -> AtMost:
    """The predicted time is off by at most a share c l/M, or a power of that."""
    return AtMost(left=sp.Abs(predicted / T - 1), right=(coupling * level / pull) ** power)


_time_two, _time_deep = sp.asinh(level / (2 * alpha**2)) / (4 * pull), mapped / (D * (D - 2) * alpha ** (D - 2) * pull)
bound_two = Claim(
    key="wind2023/first-activation-in-logarithmic-time-depth-two",
    title="Depth two: the first weight is seen at time asinh(l/2 alpha^2) / (4 |A'y|_oo), up to a share c l/|A'y|_oo",
    about=f"""{_SETTING}; {_LEVEL}. For D = 2, every A, y and every alpha > 0, |asinh(l/2 alpha^2)/(4 M T) - 1| <= c l/M: nothing is seen for a
time of log(1/alpha^2)/(4 M), however the columns of A lie to one another.

Why: asinh(x_j/2 alpha^2)' = 4 (A'r)_j, and |A'r - A'y|_oo <= c l as long as |x|_oo <= l.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + _JUDGED,
    given=separate_rows(_TWO, scales=(0, 300)),
    when=activation,
    then=_on_time(_time_two),
    mutants=(
        Mutant(
            name="twice the time",
            because="u and v both move: x grows as alpha^2 exp(4 M t), not exp(2 M t)",
            then=_on_time(2 * _time_two),
        ),
        Mutant(
            name="Euclidean norm of A'y",
            because="the first weight grows at the pull on its own column",
            then=_on_time(_time_two * pull / pull_two),
        ),
        Mutant(
            name="alpha for alpha^2",
            because="x grows from alpha^2",
            then=_on_time(sp.asinh(level / (2 * alpha)) / (4 * pull)),
        ),
        Mutant(
            name="to second order in the level",
            because="what has grown slows the rest to first order",
            then=_on_time(_time_two, 2),
        ),
    ),
)

bound_deep = Claim(
    key="wind2023/first-activation-in-polynomial-time",
    title="Depth above two: the first weight is seen at time psi(l) / (D (D-2) alpha^(D-2) |A'y|_oo), up to a share c l/|A'y|_oo",
    about=f"""{_SETTING}; {_LEVEL}, psi the inverse of z -> alpha^D ((1 - z)^-g - (1 + z)^-g), g = D/(D - 2). For real D > 2, every A, y and every
alpha > 0, |psi(l)/(D (D - 2) alpha^(D-2) M T) - 1| <= c l/M. As psi < 1 tends to one, small initializations wait for a power of 1/alpha.

Why: psi(x)_j' = D (D - 2) alpha^(D-2) (A'r)_j, and |A'r - A'y|_oo <= c l as long as |x|_oo <= l.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + _JUDGED,
    given=separate_rows(_DEEP, scales=(0, 10)),
    when=activation,
    then=_on_time(_time_deep),
    mutants=(
        Mutant(
            name="D in place of D (D - 2)",
            because="the time is that of u^(2-D) falling from alpha^(2-D) to zero, at the rate D (D - 2)",
            then=_on_time((D - 2) * _time_deep),
        ),
        Mutant(
            name="alpha^(2D - 2)",
            because="that is how fast x grows at first; it grows ever faster",
            then=_on_time(mapped / (D**2 * alpha ** (2 * D - 2) * pull)),
        ),
        Mutant(
            name="Euclidean norm of A'y",
            because="the first weight grows at the pull on its own column",
            then=_on_time(_time_deep * pull / pull_two),
        ),
        Mutant(
            name="to second order in the level",
            because="what has grown slows the rest to first order",
            then=_on_time(_time_deep, 2),
        ),
    ),
)


def _time(scale: Any, exponent: Any, constant: Any = None) -> Rate:
    """The time is Theta(scale^exponent), or the constant times that."""
    return Rate(quantity=T, scale=scale, exponent=exponent, constant=constant)


_delay = sp.log(1 / alpha)
rate_two = Claim(
    key="wind2023/first-activation-time-depth-two",
    title="Depth two: the first weight is seen after a time log(1/alpha) / (2 |A'y|_oo)",
    about=f"""{_SETTING}; {_LEVEL}. For D = 2, every A, y and l, as alpha -> 0: T ~ log(1/alpha)/(2 M), whatever the level.

Why: T = asinh(l/2 alpha^2)/(4 M) up to a factor that tends to one: all but a bounded part of T is spent at weights below any l.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + _JUDGED,
    given=separate_rows(_TWO, scales=None),
    when=activation_along,
    then=_time(_delay, 1, 1 / (2 * pull)),
    mutants=(
        Mutant(
            name="twice the time",
            because="x grows from alpha^2 as exp(4 M t)",
            then=_time(_delay, 1, 1 / pull),
        ),
        Mutant(
            name="Euclidean norm of A'y",
            because="the first weight grows at the pull on its own column",
            then=_time(_delay, 1, 1 / (2 * pull_two)),
        ),
        Mutant(
            name="a power of 1/alpha",
            because="at depth two weights grow exponentially",
            then=_time(alpha, -sp.Rational(1, 2)),
        ),
        Mutant(
            name="square of the logarithm",
            because="the pull does not depend on alpha",
            then=_time(_delay, 2),
        ),
    ),
)

rate_deep = Claim(
    key="wind2023/first-activation-time",
    title="Depth above two: the first weight is seen after a time alpha^(-(D-2)) / (D (D-2) |A'y|_oo)",
    about=f"""{_SETTING}; {_LEVEL}. For real D > 2, every A, y and l, as alpha -> 0: T ~ alpha^(-(D-2))/(D (D - 2) M), whatever the level. So integrating the
flow from small initializations takes long at depth three and more.

Why: T = psi(l)/(D (D - 2) alpha^(D-2) M) up to a factor that tends to one, and psi(l) tends to one.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + _JUDGED,
    given=separate_rows(_DEEP, scales=None),
    when=activation_along,
    then=_time(alpha, 2 - D, 1 / (D * (D - 2) * pull)),
    mutants=(
        Mutant(
            name="without D - 2",
            because="the time is that of u^(2-D) falling from alpha^(2-D) to zero, at the rate D (D - 2)",
            then=_time(alpha, 2 - D, 1 / (D * pull)),
        ),
        Mutant(
            name="Euclidean norm of A'y",
            because="the first weight grows at the pull on its own column",
            then=_time(alpha, 2 - D, 1 / (D * (D - 2) * pull_two)),
        ),
        Mutant(
            name="alpha^(2 - 2D)",
            because="that is one over the first speed of x, which grows ever faster",
            then=_time(alpha, 2 - 2 * D),
        ),
    ),
)

_FINAL = """Let lambda be the least eigenvalue of D^2 A diag(u^(2D-2) + v^(2D-2)) A' at the limit, the rate at which the residual
falls in the end; x* is the unique minimiser of |x|_1 subject to A x = y, S its support"""


def _moves(quantity: Any, exponent: Any, constant: Any = None) -> Rate:
    """The final rate, or its distance from the limit, is Theta(alpha^exponent), or the constant times that."""
    used = set() if constant is None else constant.free_symbols
    where = {name: meant for name, meant in (HEIGHT | POWER).items() if name in used}
    return Rate(quantity=quantity, scale=alpha, exponent=exponent, constant=constant, where=where)


vertex_two = Claim(
    key="wind2023/final-rate-beside-its-limit-depth-two",
    title="Depth two: the final rate is off its limit lambda_min(4 A_S diag(x*) A_S') by alpha^(2(1 - rho)), to first order in x",
    about=f"""{_SETTING}. {_FINAL}; S has as many entries as there are equations, x* > 0 on it, and only column j attains the largest modulus rho > 0 of the
dual certificate off S. For D = 2 and alpha -> 0, |lambda - lambda_0| ~ c alpha^(2(1 - rho)), lambda_0 > 0 the least eigenvalue of
4 A_S diag(x*) A_S', supposed to be simple, and c its first-order change, if not zero: by the weights that x_j takes from S and by column j itself.

Why: u^2 + v^2 = sqrt(x^2 + 4 alpha^4), and x - x* is of order alpha^(2(1 - rho)).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + "; judged on two equations",
    given=two_equations(CLEAR, ONE_RAY, depths=_TWO, support=2),
    when=vertex_rates_two,
    then=_moves(departed, 2 * (1 - rho), SLOPE_TWO),
    mutants=(
        Mutant(
            name="alpha^2",
            because="rho slows x down, and the rate with it",
            then=_moves(departed, 2),
        ),
        Mutant(
            name="alpha^4",
            because="that is how far sqrt(x*^2 + 4 alpha^4) is from x*, but x is not x*",
            then=_moves(departed, 4),
        ),
        Mutant(
            name="through the support only",
            because="the column off S counts to the same order",
            then=_moves(departed, 2 * (1 - rho), SLOPE_TWO_PARTIAL),
        ),
    ),
)

vertex_deep = Claim(
    key="wind2023/final-rate-beside-its-limit",
    title="Depth above two: the final rate is off its limit lambda_min(D^2 A_S diag(x*^(2-2/D)) A_S') by alpha^D, with a constant",
    about=f"""{_SETTING}. {_FINAL}; S has as many entries as there are equations, and x* > 0 on it. For real D > 2 and alpha -> 0,
|lambda - lambda_0| ~ c alpha^D, lambda_0 > 0 the least eigenvalue of D^2 A_S diag(x*^(2-2/D)) A_S', supposed to be simple, and c its first-order change,
if not zero, by x - x* ~ -alpha^D A_S^+ A_off h(z), h(z) = (1 - z)^-g - (1 + z)^-g, z the dual certificate, and by v^D ~ 2^-g alpha^D, g = D/(D - 2).

Why: u^(2D-2) = (x + v^D)^(2-2/D), and off S u^(2D-2) is of order alpha^(2D-2).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + "; judged on two equations",
    given=two_equations(CLEAR, depths=_DEEP, support=2),
    when=vertex_rates_deep,
    then=_moves(departed, D, SLOPE_DEEP),
    mutants=(
        Mutant(
            name="alpha^(2D - 2)",
            because="that is the weight of columns off S; the weights on S move more",
            then=_moves(departed, 2 * D - 2),
        ),
        Mutant(
            name="alpha^(D - 2)",
            because="psi on S falls short of one by that, but not x",
            then=_moves(departed, D - 2),
        ),
        Mutant(
            name="without v",
            because="u^D is x + v^D, and v stays of order alpha",
            then=_moves(departed, D, SLOPE_DEEP_PARTIAL),
        ),
    ),
)

sparse_two = Claim(
    key="wind2023/final-rate-vanishes-for-sparse-minimisers-depth-two",
    title="Depth two: where x* has fewer entries than equations the final rate vanishes as alpha^(2(1 - rho))",
    about=f"""{_SETTING}. {_FINAL}; S has one entry less than there are equations, and only the null vector n of A, |n off S|_1 = 1, attains
rho = max -<sigma, n_S> > 0. For D = 2 and alpha -> 0, lambda ~ c alpha^(2(1 - rho)), c = 4 t sum_(off S) |n_j| <q, a_j>^2, q a unit vector orthogonal to
the columns in S and t the product of |x*_i|^(-sigma_i n_i) over S and of |n_j|^(-|n_j|) off it: a small residual does not tell how far x is from its limit.

Why: q sees the columns off S only, with the weights 4 sqrt(x_j^2 + 4 alpha^4).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + "; judged on two equations",
    given=two_equations(ONE_RAY, depths=_TWO, support=1),
    when=sparse_rates_two,
    then=_moves(rate, 2 * (1 - rho), 4 * t * gained),
    mutants=(
        Mutant(
            name="alpha^2",
            because="off S the weights are those of x_j, of order alpha^(2(1 - rho))",
            then=_moves(rate, 2),
        ),
        Mutant(
            name="a rate that stays",
            because="columns of S alone do not have full row rank",
            then=_moves(rate, 0),
        ),
        Mutant(
            name="half the constant",
            because="the weight is 4 |x_j|",
            then=_moves(rate, 2 * (1 - rho), 2 * t * gained),
        ),
    ),
)

sparse_deep = Claim(
    key="wind2023/final-rate-vanishes-for-sparse-minimisers",
    title="Depth above two: where x* has fewer entries than equations the final rate vanishes as alpha^(2D - 2)",
    about=f"""{_SETTING}. {_FINAL}; S has one entry less than there are equations. For real D > 2 and alpha -> 0,
lambda ~ D^2 alpha^(2D-2) sum_(off S) <q, a_j>^2 ((1 - z_j)^-(g+1) + (1 + z_j)^-(g+1)), g = D/(D - 2), q a unit vector orthogonal to the columns in S
and z the dual variable of the limit off S. So runs of an integrator stop, by their residual, long before x off S is at its limit.

Why: q sees the columns off S only, whose u and v stay of order alpha: u = alpha (1 - z)^(-1/(D-2)).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.COMPANION,
    note=_NOTE + "; judged on two equations",
    given=two_equations(depths=_DEEP, support=1),
    when=sparse_rates_deep,
    then=_moves(rate, 2 * D - 2, D**2 * weighed),
    mutants=(
        Mutant(
            name="alpha^D",
            because="x_j = u^D - v^D is of that order, the weight u^(2D-2) + v^(2D-2) is not",
            then=_moves(rate, D),
        ),
        Mutant(
            name="a rate that stays",
            because="columns of S alone do not have full row rank",
            then=_moves(rate, 0),
        ),
        Mutant(
            name="D in place of D^2",
            because="the depth enters by x(u, v) and by the flow of u and v",
            then=_moves(rate, 2 * D - 2, D * weighed),
        ),
    ),
)
