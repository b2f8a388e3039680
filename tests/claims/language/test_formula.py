import re
from collections.abc import Mapping
from typing import Any

import flint
import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from sympy.matrices.expressions.diagonal import DiagonalOf

import lemmata
from lemmata.claims import ClaimError, entrywise, evaluate, total, vector
from lemmata.claims.language.formula import check_formula
from lemmata.solvers import Bounded, Dual, NotRationalError, to_balls, to_rationals
from lemmata.solvers.numbers import Residues, to_residues

x, y, z = sp.symbols("x y z", real=True)
DIGITS = 40

POINTS = {"x": [3.0, -0.25, 0.0, 1e-9], "y": [0.5, 7.75, -2.0, 1e9], "z": [-1.0, 2.0, 4.5, 3.0]}
"""Four instances of three numbers, the second axis being the time."""

POLYNOMIAL = {
    "sum": x + y + z,
    "difference": x - y,
    "product": x * y * z,
    "rational coefficient": sp.Rational(2, 3) * x - sp.Rational(7, 5),
    "power": x**5 - 3 * x**2,
    "negative power": y**-3,
    "quotient": (x - z) / y,
    "maximum": sp.Max(x, y, z),
    "minimum": sp.Min(x, y, 2),
    "absolute value": sp.Abs(x - y) - sp.Abs(z),
    "maximum with itself in it": sp.Max(x, -x) * y,
    "nested": (sp.Max(x, 0) - sp.Min(y, 0)) ** 2 / (1 + x**2),
    "constant": sp.Rational(22, 7) + 0 * x,
}

ELEMENTARY = {
    "exp": sp.exp(x / 4 - 1),
    "log": sp.log(y**2),
    "log to a base": sp.log(1 + x**2, 2),
    "sqrt": sp.sqrt(1 + y**2),
    "inverse sqrt": 1 / sp.sqrt(1 + x**2),
    "three halves": (1 + x**2) ** sp.Rational(3, 2),
    "power of two numbers": (1 + x**2) ** (z / 2),
    "tanh": sp.tanh(y) * z,
    "asinh": sp.asinh(x * y),
    "small asinh": sp.asinh(x**2 / 10**9),
    "composed": sp.log(1 + sp.exp(z)) - sp.tanh(sp.sqrt(x**2 + 1)),
    "cancellation": sp.exp(x) - 1 - x,
}

OPTIONAL = {"sinh": sp.sinh(z / 2), "cosh": sp.cosh(z - 1)}
"""May be refused; if they are evaluated, then rightly."""

floats = {name: np.array(values)[:, None] for name, values in POINTS.items()}


def exactly(number: float) -> sp.Rational:
    """A float64 as the fraction that it is."""
    return sp.Rational(*float(number).as_integer_ratio())


def truth(expression: sp.Expr, index: int) -> Any:
    """Sympy's own value at one of the points: a fraction, or an mpmath number of ``DIGITS`` digits."""
    values = {symbol: exactly(POINTS[str(symbol)][index]) for symbol in (x, y, z)}
    value = expression.subs(values)
    if value.is_Rational:
        return value
    with mpmath.workdps(DIGITS):
        return value.evalf(DIGITS)._to_mpmath(mpmath.mp.prec)


def covers(bar: Bounded, index: tuple[int, ...], true: Any) -> bool:
    """Whether the true value lies in an entry's error bound, decided in 40 digits."""
    with mpmath.workdps(DIGITS):
        exact = mpmath.mpf(true.p) / true.q if isinstance(true, sp.Rational) else true
        return bool(abs(mpmath.mpf(float(bar.value[index])) - exact) <= mpmath.mpf(float(bar.error[index])))


def contains(ball: flint.arb, true: Any) -> bool:
    """Whether a ball contains the true value (up to the last of its 40 digits, if it is no fraction)."""
    if isinstance(true, sp.Rational):
        with flint.ctx.workprec(1_000):  # far narrower than the ball in question
            return bool(ball.contains(flint.arb(_fmpq(true))))
    return bool(
        ball.overlaps(flint.arb(mpmath.nstr(true, DIGITS - 5), abs(float(true)) * 10.0 ** (6 - DIGITS) + 1e-300))
    )


class TestScalars:
    """Scalar formulas in every number system."""

    @pytest.mark.parametrize("name", POLYNOMIAL)
    def test_exact_rationals(self, name: str) -> None:
        """In exact rationals the value is sympy's, digit for digit."""
        found = evaluate(POLYNOMIAL[name], {key: to_rationals(value) for key, value in floats.items()})

        for index in range(4):
            expected = truth(POLYNOMIAL[name], index)
            assert (int(expected.p), int(expected.q)) == (int(found[index, 0].p), int(found[index, 0].q))

    @pytest.mark.parametrize("name", [*POLYNOMIAL, *ELEMENTARY])
    def test_error_bounds_cover_the_truth(self, name: str) -> None:
        """In float64 the true value lies within the error bound."""
        expression = (POLYNOMIAL | ELEMENTARY)[name]
        found = evaluate(expression, {key: Bounded.exact(value) for key, value in floats.items()})

        assert (4, 1) == found.shape
        assert [] == [index for index in range(4) if not covers(found, (index, 0), truth(expression, index))]

    @pytest.mark.parametrize("name", [*POLYNOMIAL, *ELEMENTARY])
    def test_error_bounds_are_small(self, name: str) -> None:
        """Bars are of the order of rounding, relative to the largest number met: not so wide that all holds."""
        expression = (POLYNOMIAL | ELEMENTARY)[name]
        found = evaluate(expression, {key: Bounded.exact(value[:3]) for key, value in floats.items()})

        assert (found.error <= 1e-12 * (1 + np.abs(found.value))).all()

    @pytest.mark.parametrize("name", [*POLYNOMIAL, *ELEMENTARY])
    def test_balls_contain_the_truth(self, name: str) -> None:
        """In balls the true value is contained, and the ball is narrow."""
        expression = (POLYNOMIAL | ELEMENTARY)[name]
        with flint.ctx.workprec(256):
            found = evaluate(expression, {key: to_balls(value) for key, value in floats.items()})

            for index in range(4):
                assert contains(found[index, 0], truth(expression, index))
                assert float(found[index, 0].rad()) <= 1e-50 * (1 + abs(float(found[index, 0].mid())))

    @pytest.mark.parametrize("name", ELEMENTARY)
    def test_elementary_functions_leave_the_rationals(self, name: str) -> None:
        """Exact rationals refuse an elementary function rather than round it."""
        with pytest.raises(NotRationalError):
            evaluate(ELEMENTARY[name], {key: to_rationals(value) for key, value in floats.items()})

    @pytest.mark.parametrize("name", OPTIONAL)
    def test_other_functions_are_refused_or_right(self, name: str) -> None:
        """A function outside the language is refused; one inside it has a bar that covers the truth."""
        try:
            found = evaluate(OPTIONAL[name], {key: Bounded.exact(value) for key, value in floats.items()})
        except ClaimError as error:
            assert name in str(error)  # noqa: PT017 - either way the outcome is checked
            return

        assert all(covers(found, (index, 0), truth(OPTIONAL[name], index)) for index in range(4))

    @pytest.mark.parametrize("name", ["sum", "product", "power", "negative power", "quotient", "rational coefficient"])
    def test_residues(self, name: str) -> None:
        """Modulo a prime the value is the fraction's residue."""
        expression = POLYNOMIAL[name]
        found = evaluate(expression, {key: to_residues(value) for key, value in floats.items()})
        fractions = [truth(expression, index) for index in range(4)]

        assert isinstance(found, Residues)
        assert to_residues(to_rationals(np.array([_fmpq(f) for f in fractions], dtype=object))).value.tolist() == (
            found.value[:, 0].tolist()
        )

    @pytest.mark.parametrize("name", ["sum", "product", "power", "negative power", "quotient", *ELEMENTARY])
    def test_dual_numbers_differentiate(self, name: str) -> None:
        """The tangent is sympy's derivative by x."""
        expression = (POLYNOMIAL | ELEMENTARY)[name]
        slope = sp.diff(expression, x)
        values = {
            key: Dual(Bounded.exact(value), Bounded.exact(np.full(value.shape, float(key == "x"))))
            for key, value in floats.items()
        }
        found = evaluate(expression, values).tangent

        assert [] == [index for index in range(4) if not covers(found, (index, 0), truth(slope, index))]

    def test_times_broadcast(self) -> None:
        """A quantity with one value for all times (a step size) mixes with one that has many, in any order."""
        once, many = np.full((2, 1), 2.0), np.arange(6.0).reshape(2, 3)
        sums = [evaluate(x * y + 1, values) for values in ({"x": once, "y": many}, {"y": many, "x": once})]

        assert (many * 2 + 1).tolist() == sums[0].tolist() == sums[1].tolist()

    def test_constants_take_no_shape_from_their_neighbours(self) -> None:
        """A number beside a state fits, whichever other quantity (with one time fewer) was measured first."""
        values = {"eta": np.ones((2, 2)), "x": np.arange(6.0).reshape(2, 3)}

        assert (values["x"] + 1).tolist() == np.broadcast_to(evaluate(x + 1, values), (2, 3)).tolist()
        assert (1 / (values["x"] + 1)).tolist() == evaluate(1 / (x + 1), values).tolist()


def _fmpq(fraction: sp.Rational) -> flint.fmpq:
    return flint.fmpq(int(fraction.p), int(fraction.q))


numbers = st.integers(-40, 40).map(lambda k: k / 8)
leaves = st.sampled_from([x, y]) | st.builds(sp.Rational, st.integers(-9, 9), st.integers(1, 7))


def _grown(inner: st.SearchStrategy[sp.Expr]) -> st.SearchStrategy[sp.Expr]:
    return st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: a - b, inner, inner),
        st.builds(lambda a, b: a * b, inner, inner),
        st.builds(lambda a, k: a**k, inner, st.integers(2, 3)),
        st.builds(sp.Max, inner, inner),
        st.builds(sp.Min, inner, inner),
        st.builds(sp.Abs, inner),
    )


class TestRandomFormulas:
    """Formulas made at random."""

    @given(st.recursive(leaves, _grown, max_leaves=8), numbers, numbers)
    @example(sp.Max(x, y) - sp.Min(x, y) - sp.Abs(x - y), 0.5, 0.5)
    @settings(max_examples=120, deadline=None, derandomize=True, database=None)
    def test_float_rational_and_ball_agree_with_sympy(self, expression: sp.Expr, first: float, second: float) -> None:
        """Random formulas of +, *, powers, max, min, |.|: exact in rationals, covered by bars and balls."""
        assume(expression.free_symbols)
        assume(all(expression.func is not known for known in (sp.sign, sp.Heaviside)))
        arrays = {"x": np.array([[first]]), "y": np.array([[second]])}
        expected = expression.subs({x: exactly(first), y: exactly(second)})
        assume(expected.is_Rational)
        rational = evaluate(expression, {key: to_rationals(value) for key, value in arrays.items()})
        bounded = evaluate(expression, {key: Bounded.exact(value) for key, value in arrays.items()})
        ball = evaluate(expression, {key: to_balls(value) for key, value in arrays.items()})

        assert (int(expected.p), int(expected.q)) == (int(rational[0, 0].p), int(rational[0, 0].q))
        assert covers(bounded, (0, 0), expected)
        assert contains(ball[0, 0], expected)


A = sp.MatrixSymbol("A", 2, 3)
B = sp.MatrixSymbol("B", 2, 3)
C = sp.MatrixSymbol("C", 3, 2)
S = sp.MatrixSymbol("S", 2, 2)

MATRIX = {
    "sum": A + B,
    "difference": A - 2 * B,
    "product": A * C,
    "gram": A * A.T - B * B.T,
    "transpose of a product": (A * C).T * A,
    "rational multiple": A * sp.Rational(3, 7),
    "scalar multiple": x * A - A / (1 + x**2),
    "trace times matrix": sp.Trace(A * C) * B,
    "hadamard": sp.HadamardProduct(A, B) - A,
    "three hadamard factors": sp.HadamardProduct(A, B, A),
    "diagonal": DiagonalOf(A * C) - DiagonalOf(S.T),
    "multiple of a diagonal": -2 * DiagonalOf(A * B.T),
    "zero": A * C - sp.ZeroMatrix(2, 2),
    "square of a matrix": S * S,
    "trace": sp.Trace(A * A.T) - sp.Trace(C.T * C) / 3,
    "squared trace": sp.Trace(S) ** 2 / (1 + sp.Trace(S.T * S)),
    "scalar and trace": x * sp.Trace(A * B.T) + y,
    "largest trace": sp.Max(sp.Trace(S), sp.Trace(A * C)),
}


def _arrays(batch: int = 3, times: int = 2) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    shapes = {str(matrix): matrix.shape for matrix in (A, B, C, S)}
    drawn = {name: rng.integers(-9, 10, size=(batch, times, *map(int, shape))) / 4 for name, shape in shapes.items()}
    return drawn | {name: rng.integers(-9, 10, size=(batch, times)) / 2 for name in ("x", "y")}


def _explicit(expression: Any, arrays: Mapping[str, np.ndarray], where: tuple[int, int]) -> sp.Matrix:
    """Sympy's value, entries written out: its own matrix arithmetic on fractions."""
    entries = {
        matrix[i, j]: exactly(arrays[str(matrix)][(*where, i, j)])
        for matrix in (A, B, C, S)
        for i in range(matrix.shape[0])
        for j in range(matrix.shape[1])
    }
    entries |= {symbol: exactly(arrays[str(symbol)][where]) for symbol in (x, y)}
    opened = expression.replace(sp.Trace, lambda inner: sp.Add(*(inner[i, i] for i in range(inner.shape[0]))))
    whole = opened.doit().as_explicit() if isinstance(opened, sp.MatrixExpr) else sp.Matrix([[opened]])
    return whole.xreplace(entries).doit()


@pytest.mark.parametrize("name", MATRIX)
class TestMatrices:
    """Matrix formulas in every number system."""

    def test_rationals_and_floats(self, name: str) -> None:
        """Matrix formulas: exact in rationals, covered in float64, for every instance and time."""
        arrays = _arrays()
        exact = evaluate(MATRIX[name], {key: to_rationals(value) for key, value in arrays.items()})
        bounded = evaluate(MATRIX[name], {key: Bounded.exact(value) for key, value in arrays.items()})

        for where in np.ndindex(3, 2):
            expected = _explicit(MATRIX[name], arrays, where)  # type: ignore[arg-type]
            for index in np.ndindex(*expected.shape):
                at = (*where, *index) if exact.ndim > 2 else where
                assert _fmpq(expected[index]) == exact[at]
                assert covers(bounded, at, expected[index])

    def test_balls(self, name: str) -> None:
        """The ball of each entry contains sympy's fraction."""
        arrays = _arrays(batch=1, times=1)
        balls = evaluate(MATRIX[name], {key: to_balls(value) for key, value in arrays.items()})
        expected = _explicit(MATRIX[name], arrays, (0, 0))

        for index in np.ndindex(*expected.shape):
            assert contains(balls[(0, 0, *index) if balls.ndim > 2 else (0, 0)], expected[index])

    def test_shape(self, name: str) -> None:
        """The value keeps batch and times in front, and the matrix's own shape behind."""
        arrays = _arrays()
        expression = MATRIX[name]
        found = evaluate(expression, {key: Bounded.exact(value) for key, value in arrays.items()})
        shape = tuple(map(int, expression.shape)) if isinstance(expression, sp.MatrixExpr) else ()

        assert (3, 2, *shape) == found.shape


class TestRefusals:
    """What the evaluator does not take."""

    @pytest.mark.parametrize(
        ("expression", "message"),
        [
            (x + sp.Float("0.5"), "decimal"),
            ((1 + x**2) ** sp.Float("1.5"), "decimal"),
            (sp.LambertW(x), "LambertW"),
            (sp.I * x, "ImaginaryUnit"),
            (sp.oo + x, "Infinity"),
            (sp.Piecewise((x, x > 0)), "last branch"),
            (sp.Sum(x, (sp.Symbol("k"), 1, sp.oo)), "Infinity"),
            (sp.gamma(x), "gamma"),
            (sp.Determinant(S), "Determinant"),
            (S.inv(), "whole positive power"),
            (A[sp.Symbol("k", integer=True), 1], "numbers of a row"),
        ],
    )
    def test_outside_the_language(self, expression: Any, message: str) -> None:
        """What can't be evaluated exactly is named in a ClaimError."""
        with pytest.raises(ClaimError, match=message):
            evaluate(expression, {**floats, **_arrays()})


def test_the_letter_of_an_entrywise_function_is_no_quantity_of_the_same_name() -> None:
    """A quantity may bear the name that stands for an entry."""
    letter, x = sp.Symbol("entry_0", real=True), vector("x", "n")
    formula = total(entrywise(lambda entry: entry * letter, x))
    values = {"x": np.array([[[[1.0], [2.0]]]]), "entry_0": np.array([[10.0]])}

    assert evaluate(formula, values)[0, 0] == 30.0


def test_what_a_message_offers_is_exported() -> None:
    """Every function that a refusal names can be imported from the package."""
    with pytest.raises(ClaimError, match="a formula may use") as refused:
        check_formula(sp.gamma(x))

    offered = re.findall(r"[A-Za-z]\w+", str(refused.value).partition("fractions, ")[2])
    words = {"of", "vectors", "and", "matrices", "sums", "products", "entries"}
    assert {"asinh", "HadamardProduct", "absolute"} <= set(offered)
    assert [] == [name for name in offered if name not in words and not hasattr(lemmata, name)]
