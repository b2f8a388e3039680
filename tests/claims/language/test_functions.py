"""Norms, inner products, entrywise functions and spectra in formulas: values against NumPy, and how they print."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
import sympy as sp

from lemmata.claims import (
    AtMost,
    Case,
    ClaimError,
    Identity,
    Rate,
    dot,
    eigenvalues,
    entrywise,
    evaluate,
    greatest,
    l1,
    latex,
    least,
    matrix,
    norm,
    norm2,
    nuclear,
    singular_values,
    spectral,
    sup,
    total,
    trace,
    vector,
)
from lemmata.claims.language.domains import Demand, Need, restricted
from lemmata.claims.language.latex import formula as as_latex
from lemmata.claims.language.restricted import Restricted
from lemmata.solvers.numbers import Bounded, Dual, NotRationalError, as_floats, to_balls, to_rationals

alpha = sp.Symbol("alpha", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
x, y = vector("x", "n"), vector("y", "n")
A, B, S = matrix("A", "n", "m"), matrix("B", "n", "m"), matrix("S", "n", "n")
Arrays = dict[str, Any]

RATIONAL: dict[str, tuple[Any, Callable[[Arrays], Any]]] = {
    "l1": (l1(x), lambda v: np.abs(v["x"]).sum(-1)),
    "l1 of a matrix": (l1(A - 2 * B), lambda v: np.abs(v["A"] - 2 * v["B"]).sum((-2, -1))),
    "sup": (sup(x - y), lambda v: np.abs(v["x"] - v["y"]).max(-1)),
    "squared norm": (norm2(x) + norm(A) ** 4, lambda v: (v["x"] ** 2).sum(-1) + (v["A"] ** 2).sum((-2, -1)) ** 2),
    "inner product": (dot(x, y) * alpha, lambda v: (v["x"] * v["y"]).sum(-1) * v["alpha"]),
    "inner product of matrices": (dot(A, B), lambda v: (v["A"] * v["B"]).sum((-2, -1))),
    "total": (total(A), lambda v: v["A"].sum((-2, -1))),
    "greatest and least": (greatest(x) - least(A.T), lambda v: v["x"].max(-1) - v["A"].min((-2, -1))),
    "trace": (trace(A * B.T), lambda v: np.trace(v["A"] @ v["B"].swapaxes(-1, -2), axis1=-2, axis2=-1)),
    "entry": (A[1, 0] * x[2, 0], lambda v: v["A"][..., 1, 0] * v["x"][..., 2]),
    "entrywise polynomial": (
        l1(entrywise(lambda t: t**2 - alpha * t, x)),
        lambda v: np.abs(v["x"] ** 2 - v["alpha"][..., None] * v["x"]).sum(-1),
    ),
    "entrywise of two": (
        total(entrywise(lambda s, t: sp.Max(s, t) + sp.Rational(1, 3), x, y)),
        lambda v: (np.maximum(v["x"], v["y"]) + 1 / 3).sum(-1),
    ),
    "matrix times entrywise": (
        norm2(A.T * entrywise(lambda t: t**3, x)),
        lambda v: ((v["A"].swapaxes(-1, -2) @ v["x"][..., None] ** 3) ** 2).sum((-2, -1)),
    ),
    "entrywise without the entries": (
        total(entrywise(lambda t: t**0 + alpha, A)) * l1(entrywise(lambda *_: sp.Integer(-2), x, y)),
        lambda v: 6 * (1 + v["alpha"]) * 6,
    ),
    "product with entrywise ones": (
        norm2(A.T * entrywise(lambda _: 1, x)),
        lambda v: (v["A"].sum(-2) ** 2).sum(-1),
    ),
    "number of entries": (n * norm2(x) - l1(x) ** 2, lambda v: 3 * (v["x"] ** 2).sum(-1) - np.abs(v["x"]).sum(-1) ** 2),
    "identity": (norm2(S - sp.Identity(n)), lambda v: ((v["S"] - np.eye(3)) ** 2).sum((-2, -1))),
}

IRRATIONAL: dict[str, tuple[Any, Callable[[Arrays], Any]]] = {
    "norm": (norm(x), lambda v: np.linalg.norm(v["x"], axis=-1)),
    "frobenius": (norm(A * B.T), lambda v: np.linalg.norm(v["A"] @ v["B"].swapaxes(-1, -2), axis=(-2, -1))),
    "nuclear": (nuclear(A), lambda v: np.linalg.svd(v["A"], compute_uv=False).sum(-1)),
    "spectral": (spectral(A), lambda v: np.linalg.norm(v["A"], 2, axis=(-2, -1))),
    "singular value": (singular_values(A)[1], lambda v: np.linalg.svd(v["A"], compute_uv=False)[..., 1]),
    "least singular value": (singular_values(A)[-1], lambda v: np.linalg.svd(v["A"], compute_uv=False)[..., -1]),
    "eigenvalues": (
        eigenvalues(S + S.T)[0] - eigenvalues(S + S.T)[-1],
        lambda v: np.ptp(np.linalg.eigvalsh(v["S"] + v["S"].swapaxes(-1, -2)), axis=-1),
    ),
    "entrywise exponential": (l1(entrywise(sp.exp, x)), lambda v: np.exp(v["x"]).sum(-1)),
    "root of the size": (sp.sqrt(n) * norm(x), lambda v: np.sqrt(3) * np.linalg.norm(v["x"], axis=-1)),
    "odd power of a norm": (norm(x) ** 3, lambda v: np.linalg.norm(v["x"], axis=-1) ** 3),
}
FORMULAS = RATIONAL | IRRATIONAL


def plain(times: int = 2) -> Arrays:
    """Four instances at a few times, of eighths, so that rationals stay short."""
    rng = np.random.default_rng(5)
    shapes = {"x": (3,), "y": (3,), "A": (3, 2), "B": (3, 2), "S": (3, 3), "alpha": ()}
    return {name: rng.integers(1, 30, (4, times, *shape)) / 8 - 1.5 for name, shape in shapes.items()}


def measured(into: Callable[[Any], Any], arrays: Arrays) -> Any:
    """The arrays in a number system, with the axes that a case gives them."""
    symbols = {"x": x, "y": y, "A": A, "B": B, "S": S, "alpha": alpha}
    return Case(name="all", values={symbols[name]: into(value) for name, value in arrays.items()}).values


@pytest.mark.parametrize("name", FORMULAS)
class TestValues:
    """Against NumPy."""

    def test_floats_and_balls(self, name: str) -> None:
        """Values agree with NumPy's, error bounds are small, and balls lie within them."""
        formula, expected = FORMULAS[name]
        arrays = plain()
        found = evaluate(formula, measured(Bounded.exact, arrays))
        with flint.ctx.workprec(256):
            balls = evaluate(formula, measured(to_balls, arrays))

        np.testing.assert_allclose(found.value, expected(arrays), rtol=1e-12, atol=1e-13)
        assert (found.error <= 1e-12 * (1 + np.abs(found.value))).all()
        for value, error, ball in zip(found.value.flat, found.error.flat, balls.flat, strict=True):
            assert not abs(ball - flint.arb(float(value))) > flint.arb(float(error))

    def test_rationals(self, name: str) -> None:
        """Exact rationals give the fraction, or refuse what is none."""
        formula, expected = FORMULAS[name]
        arrays = plain()
        if name in IRRATIONAL:
            with pytest.raises(NotRationalError):
                evaluate(formula, measured(to_rationals, arrays))
            return
        found = evaluate(formula, measured(to_rationals, arrays))

        np.testing.assert_allclose(as_floats(found), expected(arrays), rtol=1e-14, atol=1e-13)
        if name != "entrywise of two":
            assert [Fraction(value) for value in expected(arrays).flat] == [
                Fraction(int(number.p), int(number.q)) for number in found.flat
            ]


def test_one_value_an_instance() -> None:
    """A vector of shape (batch, n) and a matrix of shape (batch, n, m) are quantities with one time."""
    flat = {name: value[:, 0] for name, value in plain(1).items()}
    for name in ("l1", "frobenius", "trace", "entrywise polynomial"):
        formula, expected = FORMULAS[name]
        found = evaluate(formula, measured(Bounded.exact, flat))

        assert (4, 1) == found.shape
        np.testing.assert_allclose(found.value[:, 0], expected(flat), rtol=1e-12)


def test_duals_differentiate() -> None:
    """The tangent of a norm along a direction is its directional derivative."""
    rng = np.random.default_rng(8)
    point, direction = rng.normal(size=(2, 1, 1, 3, 1))
    values = {"x": Dual(Bounded.exact(point), Bounded.exact(direction))}
    size = np.linalg.norm(point)
    expected = {
        norm(x): (point * direction).sum() / size,
        norm2(x): 2 * (point * direction).sum(),
        l1(x): (np.sign(point) * direction).sum(),
        total(entrywise(sp.exp, x)): (np.exp(point) * direction).sum(),
    }

    for formula, slope in expected.items():
        assert slope == pytest.approx(evaluate(formula, values).tangent.value[0, 0], rel=1e-13)


@pytest.mark.parametrize(
    ("formula", "printed"),
    [
        (l1(x), r"\left\lVert x \right\rVert_{1}"),
        (norm(x), r"\left\lVert x \right\rVert_{2}"),
        (norm2(x), r"\left\lVert x \right\rVert_{2}^{2}"),
        (norm(A - B), r"\left\lVert A - B \right\rVert_{F}"),
        (sup(x), r"\left\lVert x \right\rVert_{\infty}"),
        (nuclear(A), r"\left\lVert A \right\rVert_{*}"),
        (spectral(A), r"\left\lVert A \right\rVert_{\mathrm{op}}"),
        (dot(x, y), r"\left\langle x, y \right\rangle"),
        (singular_values(A)[0], r"\sigma_{1}\left(A\right)"),
        (singular_values(A)[-1], r"\sigma_{\min}\left(A\right)"),
        (eigenvalues(S)[1], r"\lambda_{2}\left(S\right)"),
        (l1(entrywise(sp.sinh, x)), r"\left\lVert \sinh {x} \right\rVert_{1}"),
        (total(x), r"\sum_{i} x_{i}"),
        (greatest(x - y), r"\max_{i} \left(x - y\right)_{i}"),
        (l1(x) ** 2 / 2, r"\frac{\left\lVert x \right\rVert_{1}^{2}}{2}"),
    ],
)
def test_latex(formula: Any, printed: str) -> None:
    """They print as a paper prints them."""
    assert rf"{printed} \le 1" == latex(AtMost(left=formula, right=1))


def test_norms_are_known_to_be_nonnegative() -> None:
    """Sympy simplifies the root of a squared norm, and the absolute value of one."""
    assert norm(x) == sp.sqrt(norm2(x))
    assert l1(x) == sp.Abs(l1(x))
    assert sp.Abs(dot(x, y)) != dot(x, y)


def test_a_rate_of_a_norm() -> None:
    """The logarithm of a norm is a quantity of a rate: its vectors stay vectors."""
    quantity, _ = Rate(quantity=l1(x), scale=alpha, exponent=2).logarithms
    arrays = {"x": Bounded.exact(np.ones((1, 3, 2, 1))), "alpha": Bounded.exact(np.ones((1, 3)))}

    np.testing.assert_allclose(np.full((1, 3), np.log(2)), evaluate(quantity, arrays).value, rtol=1e-15)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: l1(alpha), "l1 got alpha, a scalar"),
        (lambda: dot(x, A), "expected one shape"),
        (lambda: entrywise(lambda a, b: a * b, x, A), "of one shape"),
        (lambda: list(singular_values(A)), r"take one, \[0\] for the largest or \[-1\] for the smallest"),
        (lambda: AtMost(left=l1(entrywise(sp.gamma, x)), right=1), "gamma"),
        (lambda: AtMost(left=norm(x + 2 * S.inv() * x), right=1), "whole positive power"),
    ],
)
def test_misuse(build: Any, message: str) -> None:
    """What is no vector, or of another shape, is refused by name when it is written."""
    with pytest.raises(ClaimError, match=message):
        build()


def test_eigenvalues_need_a_symmetric_matrix() -> None:
    """A matrix that is not symmetric is not silently replaced by its symmetric part."""
    values = {"S": Bounded.exact(np.array([[[[1.0, 2.0], [0.0, 1.0]]]]))}

    with pytest.raises(ClaimError, match="needs a symmetric matrix"):
        evaluate(eigenvalues(S)[0], values)


def test_an_unmeasured_size_is_named() -> None:
    """A symbol that is neither measured nor the size of a matrix in the formula is named."""
    with pytest.raises(ClaimError, match="n was not measured"):
        evaluate(n * alpha, {"alpha": np.ones((1, 1))})


@pytest.mark.parametrize(
    "formula", [norm(A + S), norm(x + vector("z", "m")), norm(A * B), trace(S * A), norm(sp.HadamardProduct(A, S))]
)
def test_what_does_not_fit_together_is_refused(formula: sp.Expr) -> None:
    """Matrices of other sizes are refused when the conclusion is built, though at size one they would fit."""
    with pytest.raises(ClaimError, match="expected"):
        AtMost(left=formula, right=1)


def test_what_was_simplified_away_is_written_as_a_condition() -> None:
    """Of quotients and roots it is said what they ask, whatever operation stands for it."""
    x, y, a = sp.Symbol("x", real=True), sp.Symbol("y", real=True), sp.Symbol("a", positive=True)
    kept = Restricted(sp.Integer(1), 1 / x, sp.sqrt(a * y), 1 / sp.sqrt(x - y))

    assert "(1 where x != 0, y >= 0, x - y > 0)" == str(kept)
    assert r"\left(1\ \mathrm{where}\ x \neq 0,\ y \ge 0,\ x - y > 0\right)" == as_latex(kept)


def test_a_restricted_side_stays_on_its_side() -> None:
    """Of x/x = 1 the left side carries that x is not zero; where that is zero, the right side does."""
    x = sp.Symbol("x", real=True)
    needs = [Need(x, Demand.NONZERO)]

    assert ("(1 where x != 0)", "1") == _sides(restricted(Identity(left=sp.Integer(1), right=sp.Integer(1)), needs))
    assert ("0", "(x where x != 0)") == _sides(restricted(AtMost(left=sp.Integer(0), right=x), needs))


def _sides(then: Any) -> tuple[str, str]:
    return str(then.left), str(then.right)
