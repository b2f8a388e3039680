"""Functions for formulas and for arrays alike: what a statement and a procedure both write."""

from __future__ import annotations

from functools import reduce
from typing import Any

import sympy as sp

from lemmata.claims.language import functions as of_matrices
from lemmata.claims.language.errors import ClaimError
from lemmata.solvers.numbers import order
from lemmata.solvers.numbers.arithmetic import elementwise
from lemmata.solvers.numbers.powers import power as _power


def _is_formula(value: Any) -> bool:
    return isinstance(value, sp.Basic | int | str)


def sqrt(x: Any) -> Any:
    """Square root."""
    return sp.sqrt(x) if _is_formula(x) else elementwise(x, "sqrt")


def exp(x: Any) -> Any:
    """Exponential."""
    return sp.exp(x) if _is_formula(x) else elementwise(x, "exp")


def log(x: Any) -> Any:
    """Natural logarithm."""
    return sp.log(x) if _is_formula(x) else elementwise(x, "log")


def sin(x: Any) -> Any:
    """Sine."""
    return sp.sin(x) if _is_formula(x) else elementwise(x, "sin")


def cos(x: Any) -> Any:
    """Cosine."""
    return sp.cos(x) if _is_formula(x) else elementwise(x, "cos")


def atan(x: Any) -> Any:
    """Arc tangent."""
    return sp.atan(x) if _is_formula(x) else elementwise(x, "atan")


def asinh(x: Any) -> Any:
    """Inverse hyperbolic sine."""
    return sp.asinh(x) if _is_formula(x) else elementwise(x, "asinh")


def sinh(x: Any) -> Any:
    """Hyperbolic sine."""
    return sp.sinh(x) if _is_formula(x) else elementwise(x, "sinh")


def cosh(x: Any) -> Any:
    """Hyperbolic cosine."""
    return sp.cosh(x) if _is_formula(x) else elementwise(x, "cosh")


def erf(x: Any) -> Any:
    """Error function."""
    return sp.erf(x) if _is_formula(x) else elementwise(x, "erf")


def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    return sp.tanh(x) if _is_formula(x) else elementwise(x, "tanh")


def absolute(x: Any) -> Any:
    """Absolute value, of each entry of an array.

    Raises:
        ClaimError: of a symbolic vector or matrix, which is no number.
    """
    if isinstance(x, sp.MatrixExpr):
        raise ClaimError(
            f"absolute got {x}, which is no number; write norm(...) for its length, sup(...) for its largest entry in "
            "absolute value, l1(...) for the sum of the absolute values, entrywise(absolute, ...) for a vector of them"
        )
    return sp.Abs(x) if _is_formula(x) else order.absolute(x)


def maximum(*values: Any) -> Any:
    """The largest of several numbers, entry by entry of arrays."""
    _several("maximum", "max", values)
    return sp.Max(*values) if all(map(_is_formula, values)) else reduce(order.larger, values)


def minimum(*values: Any) -> Any:
    """The smallest of several numbers, entry by entry of arrays."""
    _several("minimum", "min", values)
    return sp.Min(*values) if all(map(_is_formula, values)) else reduce(order.smaller, values)


def _several(name: str, method: str, values: Any) -> None:
    if len(values) < 2 and not all(map(_is_formula, values)):  # noqa: PLR2004 - it compares two
        raise ClaimError(
            f"{name} got one array; give it two, or write x.{method}(axis=-1) for the entries of each instance, "
            f"and in a statement {'greatest' if name == 'maximum' else 'least'}(v)"
        )


def power(x: Any, exponent: Any) -> Any:
    """``x`` to a whole or rational exponent."""
    return sp.Pow(x, exponent) if _is_formula(x) else _power(x, exponent)


def norm2(x: Any) -> Any:
    """The squared Euclidean norm of a vector, or of each of a batch ``(batch, n)``; ``(batch,)``."""
    return of_matrices.norm2(x) if _is_formula(x) else (x * x).sum(axis=-1)


def norm(x: Any) -> Any:
    """The Euclidean (Frobenius) norm, or that of each of a batch ``(batch, n)``; ``(batch,)``."""
    return of_matrices.norm(x) if _is_formula(x) else elementwise(norm2(x), "sqrt")


def l1(x: Any) -> Any:
    """The sum of the absolute values of a vector, or of each of a batch ``(batch, n)``; ``(batch,)``."""
    return of_matrices.l1(x) if _is_formula(x) else order.absolute(x).sum(axis=-1)


def sup(x: Any) -> Any:
    """The largest absolute value of a vector, or of each of a batch ``(batch, n)``; ``(batch,)``."""
    return of_matrices.sup(x) if _is_formula(x) else order.absolute(x).max(axis=-1)


def dot(x: Any, y: Any) -> Any:
    """The inner product, or those of two batches ``(batch, n)``; ``(batch,)``."""
    return of_matrices.dot(x, y) if _is_formula(x) else (x * y).sum(axis=-1)
