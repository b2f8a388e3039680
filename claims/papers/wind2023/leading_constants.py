"""Wind, Antun, Hansen 2023: exact exponents and leading constants as the initialization shrinks, unique minimiser."""

from __future__ import annotations

from typing import Any

import sympy as sp

from lemmata.claims import Claim, Mutant, Rate, Reading, Status, entrywise, l1, vector
from lemmata.claims.papers.wind2023 import PAPER
from lemmata.claims.settings.diagonal.problems import POWER, D, alpha, error, height, rho
from lemmata.claims.settings.diagonal.rates import (
    BALANCED,
    NOT_ZERO,
    ONE_RAY,
    UNEVEN,
    B,
    balanced_draw,
    c,
    certificate_parts,
    errors_along,
    family,
    others_product,
    ray_norm,
    ray_parts,
    support_product,
    tilt_parts,
    v,
)

_PLACE = "sharp bounds in the size of the initialization, abstract"
_NOTE = "of the paper only the abstract was read, which states sharp bounds without numbers; the asymptotic form was derived"
_SETTING = """x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = alpha; x* > 0 is the unique minimiser of |x|_1 subject to
A x = y, S its support"""
_RESOLUTION = sp.Rational(1, 10000)
_h_c, _t = vector("h(c)", "k"), sp.Symbol("t", positive=True)


def _rate(exponent: Any, constant: Any = None, where: Any = None) -> Rate:
    """The error is Theta(alpha^exponent), or the constant times that."""
    return Rate(
        quantity=error, scale=alpha, exponent=exponent, constant=constant, where=where or {}, resolution=_RESOLUTION
    )


_pole, _pole_parts = l1(_h_c) + l1(B * _h_c), {**POWER, _h_c: entrywise(height, c)}
_flat = l1(v) + l1(B * v)

pole = Claim(
    key="wind2023/leading-constant",
    title="Depth above two: the error is alpha^D times an explicit constant, h of the dual certificate",
    about=f"""{_SETTING}, A = [I, B] in the columns of S first. For real D > 2 let c = B'1 be the dual certificate off S, not zero, and
h(z) = (1 - z)^-g - (1 + z)^-g, g = D/(D - 2). Then x_inf off S ~ alpha^D h(c) and |x_inf - x*|_1 ~ alpha^D (|h(c)|_1 + |B h(c)|_1).

Why: the mirror map of x_inf on S tends to one, so off S it tends to c, and x is alpha^D h of it.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=family(NOT_ZERO, depths=("3", "5/2", "6"), real=("5/2", "3")),
    when=errors_along(certificate_parts, c, B),
    then=_rate(D, _pole, _pole_parts),
    mutants=(
        Mutant(
            name="alpha^(D(1 - rho))",
            because="that is what depth two would suggest; above it rho sets the constant only",
            then=_rate(D * (1 - rho)),
        ),
        Mutant(
            name="alpha^(D - 2)",
            because="that is the order of the gap uniformly over A; for each A the error is smaller",
            then=_rate(D - 2),
        ),
        Mutant(
            name="half the constant",
            because="h counts both u and v",
            then=_rate(D, _pole / 2, _pole_parts),
        ),
        Mutant(
            name="linear in the certificate",
            because="h has a pole at one",
            then=_rate(D, 2 * D * rho / (D - 2)),
        ),
    ),
)

ray = Claim(
    key="wind2023/leading-constant-depth-two",
    title="Depth two: the error is alpha^(2(1 - rho)) times an explicit constant, along the null vector that attains rho",
    about=f"""{_SETTING}. For D = 2 let n be the only null vector of A with |n off S|_1 = 1 that attains rho = max -<sigma, n_S> > 0. Then
x_inf - x* ~ alpha^(2(1 - rho)) t n, t the product of |x*_i|^(-sigma_i n_i) over S and of |n_j|^(-|n_j|) off it.

Why: psi = asinh(x/2 alpha^2) is orthogonal to n = x_inf - x*, and to the first order psi(x) is log(|x|/alpha^2).""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=family(NOT_ZERO, ONE_RAY, depths=("2",), unseen=1, real=("2",)),
    when=errors_along(ray_parts, sp.log(support_product), sp.log(others_product), ray_norm),
    then=_rate(2 * (1 - rho), _t * ray_norm, {_t: support_product * others_product}),
    mutants=(
        Mutant(name="alpha^2", because="rho slows it down", then=_rate(2)),
        Mutant(
            name="alpha^(1 - rho)",
            because="x has the scale alpha^2, not alpha",
            then=_rate(1 - rho),
        ),
        Mutant(name="constant one", because="x* enters the constant", then=_rate(2 * (1 - rho), 1)),
        Mutant(
            name="alpha^(2 - rho)",
            because="rho counts in units of alpha^2 too",
            then=_rate(2 - rho),
        ),
    ),
)

balanced = Claim(
    key="wind2023/faster-where-rho-vanishes",
    title="Where rho = 0 the error is of order alpha^(2D - 2), at every depth",
    about=f"""{_SETTING}, A = [I, B]. Let B have zero column sums, so that rho = 0, and y be uneven. For real D > 2,
x_j ~ alpha^(2D - 2) v_j, v_j = -2 g sum_i B_ij y_i^(-1/g), g = D/(D - 2); for D = 2, v_j = 2 sinh(sum_i B_ij log y_i). So the lower bound of
order alpha^D needs rho > 0. (For flat y the error vanishes at every alpha.)

Why: the dual variable off S is zero to the leading order; what is left is how unevenly psi on S falls short of one.""",
    source=PAPER.at(_PLACE),
    status=Status.COMPANION,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=family(BALANCED, UNEVEN, depths=("2", "5/2", "3"), draws=balanced_draw),
    when=errors_along(tilt_parts, v, B, near=True),
    then=_rate(2 * D - 2, _flat),
    mutants=(
        Mutant(
            name="alpha^D",
            because="its constant h(c) vanishes here",
            then=_rate(D),
        ),
        Mutant(
            name="alpha^(2D)",
            because="the dual variable is of order alpha^(D - 2), not alpha^D",
            then=_rate(2 * D),
        ),
        Mutant(
            name="half the constant",
            because="h has slope 2 g at zero",
            then=_rate(2 * D - 2, _flat / 2),
        ),
    ),
)
