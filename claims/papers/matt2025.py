"""Matt, Stöger 2025: the exact order of a diagonal network's distance from the l1 minimiser, in units of x."""

from __future__ import annotations

import sympy as sp

from lemmata.claims import Claim, Mutant, Paper, Rate, Read, Reading, Statement, Status
from lemmata.claims.settings.diagonal.problems import D, alpha, error, rho
from lemmata.claims.settings.diagonal.rates import NOT_ZERO, ONE_RAY, errors_along, family, no_constant

PAPER = Paper(
    key="matt2025",
    authors="H. Matt, D. Stöger",
    title="Linear Regression with Overparameterized Linear Neural Networks: Tight Upper and Lower Bounds for "
    "Implicit l1-Regularization",
    venue="preprint",
    year=2025,
    identifier="arXiv:2506.01143",
    statements=(
        Statement(
            number="bounds on the approximation error",
            says="the distance from the least l1 norm is of order alpha above depth two, alpha^(1 - rho) at depth two",
            read=Read.PART,
            claims=("rate-at-depth-two", "rate-above-depth-two"),
        ),
    ),
)

_NOTE = """read: the abstract, "linearly with alpha" for D >= 3 and "at rate alpha^(1 - rho)" for D = 2; that alpha is measured in units of x, and
which null-space constant rho is, were derived: two-sided rates leave no choice"""
_PLACE = "tight upper and lower bounds on the approximation error, abstract"
_SETTING = """x = u^D - v^D by gradient flow on |A x - y|^2/2 from u(0) = v(0) = a^(1/D), so that a has the units of x; x* is the unique minimiser
of |x|_1 subject to A x = y, S its support, sigma its signs, and rho = max -<sigma, n_S> over null vectors n with |n off S|_1 <= 1"""
_RESOLUTION = sp.Rational(1, 10000)


_a = sp.Symbol("a", positive=True)


def _rate(exponent: sp.Expr) -> Rate:
    """The error is Theta(a^exponent)."""
    return Rate(quantity=error, scale=_a, exponent=exponent, where={_a: alpha**D}, resolution=_RESOLUTION)


two_layers = Claim(
    key="matt2025/rate-at-depth-two",
    title="Depth two: the distance from the l1 minimiser is of the exact order a^(1 - rho)",
    about=f"""{_SETTING}. For D = 2 and rho > 0, |x_inf - x*|_1 = Theta(a^(1 - rho)) as a -> 0: no faster, however small a is. The rate is
as slow as the l1 minimiser is close to being beaten.

Why: psi(x_inf) ~ log(|x|/a) is orthogonal to the null vector that attains rho.""",
    source=PAPER.at(_PLACE),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=family(NOT_ZERO, ONE_RAY, depths=("2",), unseen=1),
    when=errors_along(no_constant),
    then=_rate(1 - rho),
    mutants=(
        Mutant(name="linear", because="that needs three layers or rho = 0", then=_rate(sp.Integer(1))),
        Mutant(name="square root", because="only if rho = 1/2", then=_rate(sp.Rational(1, 2))),
        Mutant(name="rho squared", because="rho counts linearly", then=_rate(1 - rho**2)),
        Mutant(
            name="in units of the parameters",
            because="with u(0) = v(0) = alpha the exponent is 2(1 - rho): a = alpha^2",
            then=Rate(quantity=error, scale=alpha, exponent=1 - rho, resolution=_RESOLUTION),
        ),
    ),
)

deeper = Claim(
    key="matt2025/rate-above-depth-two",
    title="Depth above two: the distance from the l1 minimiser is of the exact order a",
    about=f"""{_SETTING}. For D >= 3 (and every real D > 2) and rho > 0, |x_inf - x*|_1 = Theta(a) as a -> 0, whatever rho < 1: a qualitative
difference to depth two, where the order is a^(1 - rho).

Why: the dual variable stays inside its ball, so off S the limit is a times a bounded function of it.""",
    source=PAPER.at(_PLACE),
    status=Status.THEOREM,
    reading=Reading.CONSTANTS_DERIVED,
    note=_NOTE,
    given=family(NOT_ZERO, depths=("3", "5/2", "4"), unseen=1),
    when=errors_along(no_constant),
    then=_rate(sp.Integer(1)),
    mutants=(
        Mutant(name="a^(1 - rho)", because="that is depth two", then=_rate(1 - rho)),
        Mutant(
            name="a^(2/D)",
            because="that would be alpha^2: deeper networks start smaller in units of x",
            then=_rate(2 / D),
        ),
        Mutant(
            name="in units of the parameters",
            because="with u(0) = v(0) = alpha the error is of order alpha^D",
            then=Rate(quantity=error, scale=alpha, exponent=1, resolution=_RESOLUTION),
        ),
    ),
)
