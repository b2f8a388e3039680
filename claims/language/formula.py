"""One evaluator for every formula and every number system.

The formulas of conclusions are sympy expressions. Their values follow from the tree itself, over whatever
arrays the procedure measured: float64 with error bars, exact rationals, balls, residues, dual numbers.
So the LaTeX that is shown and the numbers that are judged cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf

from lemmata.claims.language.errors import ClaimError
from lemmata.solvers import absolute, elementwise, largest, smallest, transpose

Values = Mapping[str, Any]

_FUNCTIONS = {
    sp.exp: "exp",
    sp.log: "log",
    sp.asinh: "asinh",
    sp.tanh: "tanh",
}


def evaluate(expression: Any, values: Values) -> Any:
    """The value of a sympy expression.

    Args:
        expression: a scalar or matrix expression in the symbols named by ``values``.
        values: symbol name -> array ``(batch, times)`` for a scalar, ``(batch, times, rows, columns)`` for
            a matrix, in any number system of ``lemmata.solvers``.

    Returns:
        An array of the same kind, ``(batch, times)`` or ``(batch, times, rows, columns)``.

    Raises:
        ClaimError: the expression uses something that cannot be evaluated exactly, such as a decimal number.
    """
    if getattr(expression, "is_Matrix", False) or isinstance(expression, sp.MatrixExpr):
        return _matrix(expression, values)
    return _scalar(sp.sympify(expression), values)


def _matrix(expression: Any, values: Values) -> Any:
    match expression:
        case sp.MatrixSymbol():
            return values[str(expression)]
        case sp.MatAdd():
            return reduce(lambda total, term: total + term, [_matrix(term, values) for term in expression.args])
        case sp.MatMul():
            coefficient, factors = expression.as_coeff_matrices()
            product = reduce(lambda left, right: left @ right, [_matrix(factor, values) for factor in factors])
            return _scaled(product, coefficient, values)
        case sp.MatPow(exp=sp.Integer()) if expression.exp > 0:
            factor = _matrix(expression.base, values)
            return reduce(lambda left, right: left @ right, [factor] * int(expression.exp))
        case sp.Transpose():
            return transpose(_matrix(expression.arg, values))
        case sp.HadamardProduct():
            return reduce(lambda left, right: left * right, [_matrix(factor, values) for factor in expression.args])
        case DiagonalOf():
            return _diagonal(_matrix(expression.arg, values))
        case sp.ZeroMatrix():
            return _constant(sp.Integer(0), values)[..., None, None]
    raise ClaimError(
        f"cannot evaluate {type(expression).__name__} in {expression}; use sums, products, .T, diag, trace"
    )


def _scalar(expression: Any, values: Values) -> Any:
    match expression:
        case sp.Float():
            raise ClaimError(f"{expression} is a decimal; write it exactly, e.g. Rational(99, 100)")
        case sp.Rational():
            return _constant(expression, values)
        case sp.Symbol():
            return _measured(str(expression), values)
        case sp.Trace():
            return _diagonal(_matrix(expression.arg, values))[..., 0].sum(axis=-1)
        case sp.Add():
            return reduce(lambda total, term: total + term, [_scalar(term, values) for term in expression.args])
        case sp.Mul():
            number, rest = expression.as_coeff_Mul()
            factors = _factors(rest, values)
            return _scaled(reduce(lambda left, right: left * right, factors), number, values)
        case sp.Pow():
            return _power(expression, values)
        case sp.Abs():
            return absolute(_scalar(expression.args[0], values))
        case sp.Max():
            return largest([_scalar(argument, values) for argument in expression.args])
        case sp.Min():
            return smallest([_scalar(argument, values) for argument in expression.args])
    if expression.func in _FUNCTIONS:
        return _function(expression, values)
    raise ClaimError(f"cannot evaluate {expression.func.__name__} in {expression}")


def _function(expression: Any, values: Values) -> Any:
    """A function of one number; a logarithm that was measured as such is not taken again."""
    known = values.get(f"log({expression.args[0]})") if isinstance(expression, sp.log) else None
    return elementwise(_scalar(expression.args[0], values), _FUNCTIONS[expression.func]) if known is None else known


def _measured(name: str, values: Values) -> Any:
    """A measured quantity, from its logarithm where that was measured."""
    return values[name] if name in values else elementwise(values[f"log({name})"], "exp")


def _factors(product: Any, values: Values) -> list[Any]:
    """The factors of a product; powers of quantities known by their logarithms make one, out of reach of overflow."""
    logarithms, others = [], []
    for factor in sp.Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        if base.is_Symbol and str(base) not in values and f"log({base})" in values:
            logarithms.append(_scaled(values[f"log({base})"], exponent, values))
        else:
            others.append(_scalar(factor, values))
    if logarithms:
        others.append(elementwise(reduce(lambda left, right: left + right, logarithms), "exp"))
    return others


def _scaled(product: Any, coefficient: Any, values: Values) -> Any:
    """Multiply by a scalar expression; numbers go through integers, which every number system takes."""
    if coefficient == 1:
        return product
    if isinstance(coefficient, sp.Rational):
        scaled = product if coefficient.p == 1 else product * int(coefficient.p)
        return scaled if coefficient.q == 1 else scaled / int(coefficient.q)
    factor = _scalar(coefficient, values)
    return product * (factor[..., None, None] if product.ndim > factor.ndim else factor)


def _power(expression: Any, values: Values) -> Any:
    base, exponent = _scalar(expression.base, values), expression.exp
    if exponent == sp.Rational(1, 2):
        return elementwise(base, "sqrt")
    if isinstance(exponent, sp.Integer):
        power = reduce(lambda left, right: left * right, [base] * abs(int(exponent)))
        return power if exponent > 0 else _constant(sp.Integer(1), values) / power
    return elementwise(elementwise(base, "log") * _scalar(exponent, values), "exp")


def _constant(number: Any, values: Values) -> Any:
    """An exact number as an array ``(batch, 1)`` of the number system in use."""
    some = next(iter(values.values()))
    one_each = some.reshape(some.shape[0], -1)[:, :1]
    return (one_each * 0 + int(number.p)) / int(number.q)


def _diagonal(matrix: Any) -> Any:
    indices = list(range(min(matrix.shape[-2:])))
    return matrix[..., indices, indices][..., None]
