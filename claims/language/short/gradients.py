"""Gradients of scalar formulas as formulas, by reverse mode over their trees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy as sp

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.formula import evaluate
from lemmata.claims.language.functions import L1, Dot, Entrywise, MatrixFunction, Norm, Total
from lemmata.claims.language.restricted import Restricted
from lemmata.solvers.numbers.dual import Dual

_AGREES = 1e-7
_EACH = 4
"""Points at which a gradient is compared with dual numbers: so many with positive numbers, so many with both signs."""
_SIZE = 3
"""Rows and columns of the matrices on which a gradient is compared with dual numbers, one more for each letter."""


def gradient(loss: Any, of: Sequence[Any]) -> dict[Any, Any]:
    """Quantity -> the gradient of the loss in it, a formula of its shape.

    Raises:
        ClaimError: the loss is no number, does not depend on one of the quantities, or holds what has no rule here.
    """
    if isinstance(loss, sp.MatrixExpr):
        raise ClaimError(f"the loss {loss} is a matrix; expected a number, e.g. norm2({loss}) / 2")
    if still := [symbol for symbol in of if symbol not in loss.free_symbols]:
        known = ", ".join(sorted(str(one) for one in loss.free_symbols if not one.is_integer))
        instead = "leave it out of `of`" if len(still) < len(of) else f"`of` names what moves, some of {known}"
        raise ClaimError(f"the loss {loss} does not depend on {still[0]}; {instead}")
    found: dict[Any, Any] = {
        symbol: sp.ZeroMatrix(*symbol.shape) if _is_matrix(symbol) else sp.Integer(0) for symbol in of
    }
    _pull(loss, sp.Integer(1), found)
    made = {symbol: part.doit() for symbol, part in found.items()}
    _compare_with_duals(loss, made)
    return made


def rate(quantity: Any, moves: dict[Any, Any]) -> Any:
    """The time derivative of a scalar formula along ``symbol -> its own time derivative``, defined where that is."""
    moving = [one for one in moves if one in quantity.free_symbols]
    parts = gradient(quantity, moving)
    terms = [Dot(parts[one], moves[one]) if _is_matrix(one) else parts[one] * moves[one] for one in moving]
    asked = [one for part in quantity.atoms(Restricted) for one in part.args[1:]]
    return Restricted(sp.Add(*terms), *asked) if asked else sp.Add(*terms)


def _is_matrix(part: Any) -> bool:
    return isinstance(part, sp.MatrixExpr)


def _depends(part: Any, found: dict[Any, Any]) -> bool:
    return bool(part.free_symbols & set(found))


def _pull(part: Any, weight: Any, found: dict[Any, Any]) -> None:
    """Add to ``found`` what the part contributes, where the loss has the derivative ``weight`` in it."""
    if part in found:
        found[part] = found[part] + weight
    elif _depends(part, found):
        (_pull_matrix if _is_matrix(part) else _pull_number)(part, weight, found)


def _pull_number(part: Any, weight: Any, found: dict[Any, Any]) -> None:
    match part:
        case Restricted():
            _pull(part.args[0], weight, found)
        case sp.Add():
            for term in part.args:
                _pull(term, weight, found)
        case sp.Mul():
            for place, factor in enumerate(part.args):
                _pull(factor, weight * sp.Mul(*part.args[:place], *part.args[place + 1 :]), found)
        case sp.Pow(base=Norm() as inner, exp=sp.Integer() as power) if power % 2 == 0:
            _pull(inner.args[0], weight * power * inner ** (power - 2) * inner.args[0], found)
        case sp.Pow() if not _depends(part.exp, found):
            _pull(part.base, weight * part.exp * part.base ** (part.exp - 1), found)
        case sp.Function() if len(part.args) == 1:
            _pull(part.args[0], weight * part.fdiff(1), found)
        case MatrixFunction() | sp.Trace():
            for matrix, slope in _slopes(part):
                _pull(matrix, weight * slope, found)
        case _:
            for inner, slope in _partial(part, found):
                _pull(inner, weight * slope, found)


def _partial(part: Any, found: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """The numbers that a function of numbers moves with, as a maximum does, each with its derivative in it."""
    made = [one for one in part.atoms(MatrixFunction, sp.Trace) if _depends(one, found)]
    letters = {one: sp.Dummy("number", real=True) for one in made}
    outer = part.xreplace(letters)
    if any(_depends(one, found) for one in outer.atoms(sp.MatrixExpr)):
        raise _no_rule(part)
    numbers = {letter: one for one, letter in letters.items()}
    moving = outer.free_symbols & (set(numbers) | set(found))
    return [(numbers.get(one, one), _derivative(outer, one).xreplace(numbers)) for one in sorted(moving, key=str)]


def _slopes(part: Any) -> list[tuple[Any, Any]]:
    """The matrices that a number is made from, each with the number's gradient in it."""
    match part:
        case sp.Trace():
            return [(part.arg, sp.Identity(part.arg.shape[0]))]
        case Norm():
            return [(part.args[0], part.args[0] / part)]
        case Dot():
            left, right = part.args
            return [(left, right), (right, left)]
        case Total(args=(Entrywise() as inner,)):
            return [(matrix, _slope(inner, place)) for place, matrix in enumerate(inner.matrices)]
        case L1():
            return [(part.args[0], _sign(part.args[0]))]
    raise _no_rule(part)


def _pull_matrix(part: Any, weight: Any, found: dict[Any, Any]) -> None:
    match part:
        case sp.MatAdd():
            for term in part.args:
                _pull(term, weight, found)
        case sp.Transpose():
            _pull(part.arg, weight.T, found)
        case sp.MatMul():
            number, factors = part.as_coeff_matrices()
            _pull(number, Dot(sp.MatMul(*factors), weight), found)
            for place, factor in enumerate(factors):
                before, after = factors[:place], factors[place + 1 :]
                chain = [*(one.T for one in reversed(before)), weight, *(one.T for one in reversed(after))]
                _pull(factor, number * sp.MatMul(*chain), found)
        case sp.MatPow(exp=sp.Integer() as power) if power > 1:
            _pull_matrix(sp.MatMul(*[part.base] * int(power), evaluate=False), weight, found)
        case sp.HadamardProduct():
            for place, factor in enumerate(part.args):
                rest = [*part.args[:place], *part.args[place + 1 :]]
                _pull(factor, sp.HadamardProduct(weight, *rest), found)
        case Entrywise():
            for place, matrix in enumerate(part.matrices):
                _pull(matrix, sp.HadamardProduct(weight, _slope(part, place)), found)
        case _:
            raise _no_rule(part)


def _slope(part: Entrywise, place: int) -> Any:
    """The derivative of an entrywise function in one of its arguments."""
    names = part.function.variables
    return Entrywise(sp.Lambda(names, _derivative(part.function.expr, names[place])), *part.matrices)


def _derivative(number: Any, symbol: Any) -> Any:
    """The derivative of a number; of a maximum where two are equal the mean of theirs, as of an absolute value."""
    return sp.diff(number, symbol).replace(sp.Heaviside, lambda at, *_: (1 + sp.sign(at)) / 2)


def _sign(matrix: Any) -> Any:
    place = sp.Dummy("entry", real=True)
    return Entrywise(sp.Lambda((place,), sp.sign(place)), matrix)


def _no_rule(part: Any) -> ClaimError:
    return ClaimError(
        f"no gradient is known of {part}, a {type(part).__name__}; a loss may use + - * / and powers, functions of numbers, "
        "maxima and minima, sums, products, .T, HadamardProduct, entrywise, trace, norm, norm2, dot, l1 and total(entrywise(...))"
    )


def _drawn(rng: np.random.Generator, shape: tuple[int, ...], *, both: bool) -> Any:
    """Values of a quantity ``(2 * _EACH, 1, ...)``: positive in the first half, of ``both`` signs in the second if so."""
    values = rng.uniform(0.5, 1.5, size=(2 * _EACH, 1, *shape))
    values[_EACH:] *= rng.choice([-1.0, 1.0], size=values[_EACH:].shape) if both else 1.0
    return values


def _compare_with_duals(loss: Any, gradients: dict[Any, Any]) -> None:
    """Compare the slopes along random directions with those of dual numbers, at numbers of one sign and of both.

    Raises:
        ClaimError: they differ, or the gradient cannot be evaluated.
    """
    rng = np.random.default_rng(0)
    symbols = sorted(loss.free_symbols | {one for part in gradients.values() for one in part.free_symbols}, key=str)
    matrices = [one for one in symbols if isinstance(one, sp.MatrixSymbol)]
    sizes = sorted({size for one in matrices for size in one.shape if not size.is_Integer}, key=str)
    letters = sorted({letter for size in sizes for letter in size.free_symbols}, key=str)
    counts = {letter: _SIZE + place for place, letter in enumerate(letters)}
    values: dict[str, Any] = {}
    for one in symbols:
        if isinstance(one, sp.MatrixSymbol):
            shape = tuple(int(size.subs(counts)) for size in one.shape)
            values[str(one)] = _drawn(rng, shape, both=True)
        elif one in counts:
            values[str(one)] = np.full((1, 1), float(counts[one]))
        else:
            values[str(one)] = _drawn(rng, (), both=not one.is_nonnegative)
    directions = {one: rng.normal(size=values[str(one)].shape) for one in gradients}
    moving = {
        name: Dual(value, next((move for one, move in directions.items() if str(one) == name), value * 0))
        for name, value in values.items()
    }
    with np.errstate(all="ignore"):
        expected = evaluate(loss, moving).tangent
        terms = [evaluate(part, values) * directions[one] for one, part in gradients.items()]
    found = sum(term.reshape(2 * _EACH, 1, -1).sum(axis=-1) for term in terms)
    agrees = np.abs(found - expected) <= _AGREES * (1 + np.abs(expected))
    undefined = np.isnan(expected) & (np.arange(2 * _EACH) >= _EACH)[:, None]  # as a logarithm of negative numbers
    if not np.all(agrees | undefined):
        raise ClaimError(
            f"the gradient of {loss} came out as {gradients}, which dual numbers contradict; give runs= instead"
        )
