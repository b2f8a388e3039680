"""Constants, signs, branches, whole parts, sums and odd roots in formulas: right everywhere, or refused when built."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
import pytest
import sympy as sp

from lemmata.claims import AtMost, ClaimError, Identity, evaluate
from lemmata.solvers.numbers import (
    Bounded,
    Dual,
    NotRationalError,
    NumberSystemError,
    to_balls,
    to_rationals,
    to_residues,
)

x, y = sp.symbols("x y", real=True)
n = sp.Symbol("n", integer=True, nonnegative=True)
k = sp.Symbol("k", integer=True)

POINTS = {
    "x": [3.0, -0.25, 0.0, 1e-9, -8.0],
    "y": [0.5, 7.75, -2.0, 1e9, -1e-300],
    "n": [4.0, 0.0, 7.0, 1.0, 3.0],
}

TRANSCENDENTAL = {
    "pi": sp.pi * x - y,
    "e": sp.E * x + sp.exp(2),
    "other constants": sp.EulerGamma * x + sp.Catalan - sp.GoldenRatio,
    "sine and cosine": sp.sin(x) ** 2 + sp.cos(y / 10**9),
    "sine near its zero": sp.sin(sp.pi + x / 10**9),
    "arc tangent": sp.atan(y) + sp.erf(x),
    "hyperbolic": sp.sinh(x) * sp.cosh(x),
    "odd root": sp.real_root(x, 3) + sp.real_root(y, 5),
    "odd power of an odd root": sp.real_root(x, 3) ** 5,
    "half integers": sp.Abs(x) ** sp.Rational(3, 2) + sp.Abs(y) ** sp.Rational(1, 2),
    "branch that saves a root": sp.Piecewise((sp.sqrt(x), x > 0), (sp.sqrt(-x), True)),
    "zero to a measured power": sp.Abs(x) ** (1 + sp.Abs(x) / 7),
}

RATIONAL = {
    "sign": sp.sign(x - y) * y,
    "floor and ceiling": sp.floor(x * 2) - sp.ceiling(y / 3) + sp.floor(7 * x / 3),
    "branches": sp.Piecewise((x**2, x < -1), (-x, (x >= -1) & (x < 1)), (1 / (1 + x), True)),
    "branch on equality": sp.Piecewise((sp.Integer(5), sp.Eq(x, 0)), (y, sp.Ne(x, 3)), (-y, True)),
    "branch that saves a quotient": sp.Piecewise((1 / (x + 1), x > -1), (x, True)),
    "binomial": sp.binomial(n, 2) * x + sp.binomial(x, 3),
    "binomial of a measured number": sp.binomial(7, n),
    "factorial": sp.factorial(n) * x,
    "factorials of what is whole": sp.factorial(2 * n) / sp.factorial(n) ** 2 - sp.binomial(2 * n, n) * x,
    "factorial of a binomial": sp.factorial(sp.binomial(n, 2) % 5) * x,
    "factorial of half a number rounded": sp.factorial(sp.floor(n / 2) + 1) + sp.factorial(sp.ceiling(n / 3)) * y,
    "factorial of an integer that is not made from whole numbers": sp.factorial(sp.floor(sp.Abs(x) / 7)),
    "sum up to half a product": sp.Sum(k * x, (k, 1, n * (n + 1) / 2)),
    "power with half a product": (-2) ** (n * (n + 1) / 2) + x ** sp.Mod(n, 3),
    "remainders": sp.Mod(n, 3) + sp.Mod(x, 2) * y + sp.Mod(-y, sp.Rational(7, 3)),
    "sum": sp.Sum(x**k / (k + 1), (k, 0, 5)),
    "sum up to a measured number": sp.Sum(k * x, (k, 1, n)),
    "measured power": x**n + (-2) ** n,
    "integers beyond all floats": x * 10**400 / (10**399 + 1) + y / sp.factorial(171),
    "large integers": x * (2**70 + 1) - 2**70 * x,
    "maximum of very different numbers": sp.Max(x - 10**12, y / 10**12),
}

ALL = TRANSCENDENTAL | RATIONAL
floats = {name: np.array(values)[:, None] for name, values in POINTS.items()}


def _exact(number: float) -> sp.Rational:
    return sp.Rational(*float(number).as_integer_ratio())


def truth(expression: sp.Expr, index: int) -> Any:
    """A narrow ball around sympy's own value at one of the points."""
    value = expression.subs({symbol: _exact(POINTS[str(symbol)][index]) for symbol in (x, y, n)}).doit()
    if value.is_Rational:
        return flint.arb(flint.fmpq(int(value.p), int(value.q)))
    return flint.arb(str(value.evalf(60, maxn=1_000)), 1e-45 * (1 + abs(float(value))))


@pytest.mark.parametrize("name", ALL)
class TestEverySystem:
    """The same formula in each number system."""

    def test_error_bounds_contain_the_truth(self, name: str) -> None:
        """In float64 the true value lies within the error bound, or that bound is infinite."""
        found = evaluate(ALL[name], {key: Bounded.exact(value) for key, value in floats.items()})
        with flint.ctx.workprec(3_000):
            for index in range(5):
                gap = abs(truth(ALL[name], index) - flint.arb(float(found.value[index, 0])))
                assert np.isinf(found.error[index, 0]) or not gap > flint.arb(float(found.error[index, 0]))

    def test_balls_contain_the_truth(self, name: str) -> None:
        """In balls of 256 bits the value is contained, and the ball is narrow."""
        with flint.ctx.workprec(256):
            found = evaluate(ALL[name], {key: to_balls(value) for key, value in floats.items()})
            for index in range(5):
                assert found[index, 0].overlaps(truth(ALL[name], index))
                assert float(found[index, 0].rad()) <= 1e-40 * (1 + abs(float(found[index, 0].mid())))


@pytest.mark.parametrize("name", RATIONAL)
def test_rationals_are_exact(name: str) -> None:
    """Where the value is rational, exact rationals give sympy's fraction, digit for digit."""
    found = evaluate(RATIONAL[name], {key: to_rationals(value) for key, value in floats.items()})
    for index in range(5):
        values = {symbol: _exact(POINTS[str(symbol)][index]) for symbol in (x, y, n)}
        expected = RATIONAL[name].subs(values).doit()

        assert flint.fmpq(int(expected.p), int(expected.q)) == found[index, 0]


@pytest.mark.parametrize("name", TRANSCENDENTAL)
def test_rationals_refuse_the_rest(name: str) -> None:
    """Where it is not, rationals say so, and another system takes over."""
    with pytest.raises(NotRationalError):
        evaluate(TRANSCENDENTAL[name], {key: to_rationals(value) for key, value in floats.items()})


@pytest.mark.parametrize(
    ("expression", "slope"),
    [
        (sp.pi * x**2, 2 * sp.pi * x),
        (sp.sin(x) * sp.atan(x), None),
        (sp.cosh(x) - sp.sinh(x) + sp.cos(x), None),
        (sp.Sum(x**k, (k, 0, 4)), 1 + 2 * x + 3 * x**2 + 4 * x**3),
        (sp.Piecewise((x**3, x > 1), (x**2, True)), sp.Piecewise((3 * x**2, x > 1), (2 * x, True))),
        (sp.Max(x, y), sp.Piecewise((1, x > y), (0, True))),
        (sp.sign(x) * x, sp.sign(x)),
    ],
)
def test_duals_differentiate(expression: Any, slope: Any) -> None:
    """The tangent by x is sympy's derivative."""
    values = {
        key: Dual(Bounded.exact(value), Bounded.exact(np.full(value.shape, float(key == "x"))))
        for key, value in floats.items()
    }
    found = evaluate(expression, values).tangent
    derivative = sp.diff(expression, x) if slope is None else slope
    for index in (0, 1, 3, 4):
        expected = float(derivative.subs({s: _exact(POINTS[str(s)][index]) for s in (x, y)}).evalf())

        assert abs(found.value[index, 0] - expected) <= found.error[index, 0] + 1e-12 * abs(expected)


def test_residues() -> None:
    """Modulo a prime sums, binomials and large integers are residues of fractions; signs and pi are refused."""
    whole = {"x": np.array([[3.0]]), "y": np.array([[5.0]]), "n": np.array([[4.0]])}
    residues = {key: to_residues(value) for key, value in whole.items()}
    exact = {key: to_rationals(value) for key, value in whole.items()}
    for expression in (sp.Sum(x**k / k, (k, 1, 3)), sp.binomial(x, 3), x * 10**40 + sp.Rational(1, 10**30)):
        expected = to_residues(evaluate(expression, exact))

        assert expected.value.tolist() == evaluate(expression, residues).value.tolist()
    for refused in (sp.sign(x), sp.floor(x), sp.Piecewise((x, x > 0), (y, True))):
        with pytest.raises(NumberSystemError):
            evaluate(refused, residues)
    with pytest.raises(NotRationalError):
        evaluate(sp.pi * x, residues)


def test_a_number_is_made_from_no_measured_value() -> None:
    """A first quantity that is not a number leaves the constants of a formula alone that does not use it."""
    values = {"z": Bounded(np.full((3, 1), np.nan), np.full((3, 1), np.nan)), "x": Bounded.exact(np.ones((3, 1)))}
    found = evaluate(1 + x**2, values)

    assert [[2.0]] * 3 == found.value.tolist()
    assert np.isfinite(found.error).all()


def test_a_constant_beside_plain_floats_has_an_error_bound() -> None:
    """Where one quantity is plain floats and another has error bounds, one third is known with its rounding."""
    found = evaluate(x + sp.Rational(1, 3), {"x": np.zeros((1, 1)), "y": Bounded.exact(np.zeros((1, 1)))})

    assert found.error[0, 0] > 0


@pytest.mark.parametrize(
    ("build", "part"),
    [
        (lambda: AtMost(left=sp.gamma(x), right=1), "gamma"),
        (lambda: Identity(left=x + sp.Integral(sp.exp(-(k**2)), (k, 0, x)), right=1), "erf|Integral"),
        (lambda: AtMost(left=x * sp.I, right=y), "ImaginaryUnit"),
        (lambda: AtMost(left=x, right=sp.zoo), "ComplexInfinity"),
        (lambda: AtMost(left=sp.Piecewise((x, x > 0)), right=1), "last branch"),
        (lambda: AtMost(left=sp.Piecewise((x, sp.gamma(x) > 0), (y, True)), right=1), "gamma"),
        (lambda: AtMost(left=sp.zeta(x), right=1), "zeta"),
        (lambda: AtMost(left=x ** (10**9), right=1), "take logarithms"),
    ],
)
def test_what_cannot_be_evaluated_is_refused_when_it_is_built(build: Any, part: str) -> None:
    """The message names the part, and lists what may be used."""
    with pytest.raises(ClaimError, match=part):
        build()


def test_the_refusal_lists_what_may_be_used() -> None:
    """A refused function comes with the list of the others."""
    with pytest.raises(ClaimError, match=r"Piecewise, Sum, binomial.*singular_values"):
        AtMost(left=sp.zeta(x), right=1)
