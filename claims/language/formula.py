"""One evaluator for every formula and every number system.

The formulas of conclusions are sympy expressions. Their values follow from the tree itself, over whatever
arrays the procedure measured: float64 with error bounds, exact rationals, balls, residues, dual numbers.
So the LaTeX that is shown and the numbers that are judged cannot drift apart. `check_formula` asks the same
table of rules while a conclusion is built, so that nothing is refused later that was accepted then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache, reduce
from typing import Any

import numpy as np
import sympy as sp
from sympy.matrices.expressions.diagonal import DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement

from lemmata.claims.language.conditions import holds
from lemmata.claims.language.counting import binomial, factorial, product, summed, total
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.functions import Entrywise, MatrixFunction, Norm
from lemmata.claims.language.places import entry
from lemmata.claims.language.restricted import Restricted
from lemmata.claims.language.shapes import CHAINED, ONE_SHAPE, chained, misfit, of_one_shape
from lemmata.claims.language.whole import by_whole, made_from_whole, remainder, whole_part
from lemmata.solvers.numbers.arithmetic import elementwise, leader, transpose
from lemmata.solvers.numbers.constants import fraction, real_number
from lemmata.solvers.numbers.masks import used_where, where
from lemmata.solvers.numbers.order import absolute, ceiling, floor, largest, sign, smallest
from lemmata.solvers.numbers.powers import LARGEST_EXPONENT, power

Values = Mapping[str, Any]

_WHOLE_FLOATS = 2**53


@dataclass(frozen=True)
class Scope:
    """What symbols stand for while a formula is evaluated.

    ``like`` is an array of the number system in use, ``shape`` the shape of a constant, ``sizes`` the numbers of
    rows and columns that the measured matrices turned out to have.
    """

    values: Values
    like: Any
    shape: tuple[int, ...]
    sizes: Mapping[Any, int]

    def number(self, above: int, below: int = 1) -> Any:
        """An exact number as an array."""
        return fraction(self.like, self.shape, above, below)

    def value(self, expression: Any) -> Any:
        """The value of a part of the formula."""
        return _rule(expression)(expression, self)

    def all(self, expressions: Any) -> list[Any]:
        """The values of several parts."""
        return [self.value(expression) for expression in expressions]


def evaluate(expression: Any, values: Values, within: Iterable[Any] = ()) -> Any:
    """The value of a sympy expression.

    Args:
        expression: a scalar or matrix expression in the symbols named by ``values``.
        values: symbol name -> array ``(batch, times)`` for a scalar, ``(batch, times, rows, columns)`` for
            a matrix, in any number system of ``lemmata.solvers``.
        within: formulas that it is a part of: an identity that stands alone has its size from their matrices.

    Returns:
        An array of the same kind, ``(batch, times)`` or ``(batch, times, rows, columns)``.

    Raises:
        ClaimError: the expression uses something that cannot be evaluated exactly, such as a decimal number.
    """
    formula = sp.sympify(expression)
    check_formula(formula)
    arrays = list(values.values())
    batch = max(array.shape[0] for array in arrays)
    return Scope(values, leader(arrays), (batch, 1), _sizes([formula, *within], values)).value(formula)


def _sizes(formulas: Iterable[Any], values: Values) -> dict[Any, int]:
    known = [one for formula in formulas for one in _matrix_symbols(formula) if one.name in values]
    return {size: count for one in known for size, count in zip(one.shape, values[one.name].shape[-2:], strict=True)}


@lru_cache(maxsize=4096)
def _matrix_symbols(formula: Any) -> tuple[Any, ...]:
    return tuple(formula.atoms(sp.MatrixSymbol))


@lru_cache(maxsize=4096)
def check_formula(expression: Any) -> None:
    """Refuse a formula that `evaluate` could not take.

    Raises:
        ClaimError: names the part that is not in the language, and says what is.
    """
    _check(expression, expression)


def _check(part: Any, whole: Any) -> None:
    if _rule_of(part.func) is None:
        raise _refused(part, whole)
    condition = next((_CONDITIONS[kind] for kind in type(part).__mro__ if kind in _CONDITIONS), None)
    if condition is not None and not condition[0](part):
        raise ClaimError(f"{part} cannot be evaluated in {whole}: {misfit(part, condition[1])}")
    for inner in _inner(part):
        _check(inner, whole)


def _inner(part: Any) -> list[Any]:
    """The parts of an expression that must be evaluated for it."""
    match part:
        case sp.Symbol() | sp.MatrixSymbol() | sp.Number() | sp.NumberSymbol() | sp.ZeroMatrix() | sp.Identity():
            return []
        case sp.Piecewise():
            sides = [side for _, condition in part.args for side in _compared(condition)]
            return [value for value, _ in part.args] + sides
        case sp.Sum():
            return [part.function, part.limits[0][2]]
        case MatrixFunction():
            return list(part.matrices)
        case Entrywise():
            return [part.function.expr, *part.matrices]
        case MatrixElement():
            return [part.parent]
        case sp.MatPow():
            return [part.base]
    return list(part.args)


def _compared(condition: Any) -> list[Any]:
    """Both sides of every relation in a condition."""
    return [side for relation in condition.atoms(sp.core.relational.Relational) for side in relation.args]


def _decimal(number: Any) -> ClaimError:
    return ClaimError(f"{sp.sstr(number, full_prec=False)} is a decimal; write it exactly: {fraction_of(number)}")


def fraction_of(value: Any) -> str:
    """The first decimal of a formula as one writes it exactly: of 1.4, ``Rational(7, 5)``; of math.pi / 2, ``pi/2``."""
    decimal = min(value.atoms(sp.Float), key=str)
    for known in _KNOWN:
        share = Fraction(float(decimal) / float(known)).limit_denominator(_PARTS)
        if share and abs(float(share) * float(known) / float(decimal) - 1) <= _ROUNDED:
            return str(sp.Rational(share) * known)
    exact = sp.Rational(str(decimal))
    short = exact.limit_denominator(_SHORT)
    exact = short if abs(short - exact) < abs(exact) * _SAME else exact
    return f"Rational({exact.p}, {exact.q})" if exact.q > 1 else str(exact)


_SHORT, _SAME = 1000, sp.Rational(1, 10**13)
_KNOWN, _PARTS, _ROUNDED = (sp.pi, sp.E, sp.sqrt(2), sp.sqrt(3), sp.sqrt(5)), 12, 1e-15
"""Numbers that a decimal may be a short multiple of."""
"""A fraction of a denominator so short is meant by a decimal that agrees with it to so many digits."""


def _refused(part: Any, whole: Any) -> ClaimError:
    if isinstance(part, sp.Float):
        return _decimal(part)
    place = "" if part == whole else f" in {whole}"
    return ClaimError(
        f"cannot evaluate {type(part).__name__} {part}{place}; a formula may use + - * / and powers, fractions, pi, "
        f"{', '.join(_SPOKEN)}; of vectors and matrices sums, products, .T, entries, HadamardProduct, trace, l1, "
        "sup, norm, norm2, nuclear, spectral, dot, total, greatest, least, singular_values, eigenvalues, entrywise"
    )


def _rule(expression: Any) -> Callable[[Any, Scope], Any]:
    found = _rule_of(expression.func)
    if found is None:
        raise _refused(expression, expression)
    return found


@cache
def _rule_of(kind: Any) -> Callable[[Any, Scope], Any] | None:
    return next((_RULES[above] for above in kind.__mro__ if above in _RULES), None)


def _chain(factors: list[Any]) -> Any:
    return reduce(lambda left, right: left @ right, factors)


def _scaled(product: Any, coefficient: Any, scope: Scope) -> Any:
    """Multiply by a scalar expression; numbers go through integers, which every number system takes."""
    if coefficient == 1:
        return product
    if isinstance(coefficient, sp.Rational):
        above, below = int(coefficient.p), int(coefficient.q)
        if max(abs(above), below) <= _WHOLE_FLOATS:
            scaled = product if above == 1 else product * above
            return scaled if below == 1 else scaled / below
    factor = scope.value(coefficient)
    return product * (factor[..., None, None] if product.ndim > factor.ndim else factor)


def _multiplied(expression: Any, scope: Scope) -> Any:
    number, rest = expression.as_coeff_Mul()
    return _scaled(product(_factors(rest, scope)), number, scope)


def _factors(product: Any, scope: Scope) -> list[Any]:
    """The factors of a product; powers of quantities known by their logarithms make one, out of reach of overflow."""
    logarithms, others = [], []
    for factor in sp.Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        if base.is_Symbol and base.name not in scope.values and f"log({base.name})" in scope.values:
            logarithms.append(_scaled(scope.values[f"log({base.name})"], exponent, scope))
        else:
            others.append(scope.value(factor))
    return [*others, elementwise(total(logarithms), "exp")] if logarithms else others


def _logarithm(expression: Any, scope: Scope) -> Any:
    """A logarithm; one that was measured as such is not taken again."""
    argument = expression.args[0]
    known = scope.values.get(f"log({argument.name})") if argument.is_Symbol else None
    return elementwise(scope.value(argument), "log") if known is None else known


def _powered(expression: Any, scope: Scope) -> Any:
    exponent = expression.exp
    if isinstance(expression.base, Norm) and isinstance(exponent, sp.Integer) and exponent % 2 == 0:
        return power(Norm.square(scope.value(expression.base.args[0])), int(exponent) // 2)
    base = scope.value(expression.base)
    if isinstance(exponent, sp.Rational):
        return power(base, Fraction(int(exponent.p), int(exponent.q)))

    def as_it_is() -> Any:
        return power(base, scope.value(exponent))

    found = by_whole(exponent, scope, lambda numbers: power(base, numbers), as_it_is)
    return as_it_is() if found is None else found


def _piecewise(expression: Any, scope: Scope) -> Any:
    """The first branch whose condition holds; what the others come to, or whether they are defined, does not matter."""
    made: list[tuple[Any, Any]] = []
    before: Any = np.ones((), dtype=bool)
    for value, condition in expression.args:
        with used_where(before):
            mask = holds(condition, scope.value)
        used = before & mask
        if not isinstance(used, np.ndarray) or used.any() or (condition == sp.true and not made):
            with used_where(used):
                made.append((mask, scope.value(value)))
        before = before & ~mask
        if isinstance(before, np.ndarray) and not before.any():
            break  # exact numbers may not be defined in the branches to come
    found = made[-1][1]
    for mask, value in reversed(made[:-1]):
        found = where(mask, value, found)
    return found


def _entrywise(expression: Any, scope: Scope) -> Any:
    """A function of entries; what else it names is alike at each, of one more pair of axes before its own."""
    flat = len(scope.shape)
    inside = {
        name: value[..., None, None] if value.ndim == flat else value[..., None, None, :, :]
        for name, value in scope.values.items()
    }
    letters = [sp.Symbol(f"{one.name} of {flat} axes", real=True) for one in expression.function.variables]
    places = dict(zip((one.name for one in letters), scope.all(expression.matrices), strict=True))
    inner = Scope(inside | places, scope.like, (*scope.shape, 1, 1), scope.sizes)
    found = inner.value(expression.function(*letters))
    shape = np.broadcast_shapes(found.shape, *(one.shape for one in places.values()))
    return found if found.shape == shape else np.broadcast_to(found, shape)  # what names no entry is alike at each


def _symbol(symbol: Any, scope: Scope) -> Any:
    name = symbol.name
    if name in scope.values:
        return scope.values[name]
    if f"log({name})" in scope.values:
        return elementwise(scope.values[f"log({name})"], "exp")
    if symbol in scope.sizes:
        return scope.number(scope.sizes[symbol])
    raise ClaimError(
        f"{symbol} was not measured, and is the size of no matrix in this formula; there are "
        f"{', '.join(scope.values)}. Measure it, e.g. as one exact number an instance"
    )


def _identity(identity: Any, scope: Scope) -> Any:
    rows = identity.shape[0]
    size = int(rows) if _is_whole(rows) else scope.sizes.get(rows) or _measured_size(rows, scope)
    if not size:
        raise ClaimError(f"the size {rows} of an identity matrix belongs to no measured matrix of this formula")
    return scope.number(0)[..., None, None] + np.eye(size, dtype=np.int64)


def _measured_size(rows: Any, scope: Scope) -> int | None:
    """A number of rows that is measured, the same in every instance."""
    if not all(symbol.name in scope.values for symbol in rows.free_symbols):
        return None
    found = made_from_whole(rows, scope)
    return int(found.flat[0]) if found is not None and found.size and np.all(found == found.flat[0]) else None


def _diagonal(matrix: Any) -> Any:
    indices = list(range(min(matrix.shape[-2:])))
    return matrix[..., indices, indices][..., None]


def _is_whole(expression: Any) -> bool:
    return isinstance(expression, sp.Integer)


def _function(name: str) -> Callable[[Any, Scope], Any]:
    return lambda expression, scope: elementwise(scope.value(expression.args[0]), name)


def _constant(name: str) -> Callable[[Any, Scope], Any]:
    return lambda _, scope: real_number(scope.like, scope.shape, name)


_SPOKEN: dict[str, tuple[type, Callable[[Any, Scope], Any]]] = {
    **{
        name: (getattr(sp, name), _function(name))
        for name in ("exp", "sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh", "erf")
    },
    "log": (sp.log, _logarithm),
    "absolute": (sp.Abs, lambda e, scope: absolute(scope.value(e.args[0]))),
    "sign": (sp.sign, lambda e, scope: sign(scope.value(e.args[0]))),
    "floor": (sp.floor, whole_part(floor)),
    "ceiling": (sp.ceiling, whole_part(ceiling)),
    "Mod": (sp.Mod, remainder),
    "Max": (sp.Max, lambda e, scope: largest(scope.all(e.args))),
    "Min": (sp.Min, lambda e, scope: smallest(scope.all(e.args))),
    "Piecewise": (sp.Piecewise, _piecewise),
    "Sum": (sp.Sum, summed),
    "binomial": (sp.binomial, binomial),
    "factorial": (sp.factorial, factorial),
}
"""Functions by the name that a message gives them."""

_RULES: dict[type, Callable[[Any, Scope], Any]] = {
    **dict(_SPOKEN.values()),
    sp.Rational: lambda e, scope: scope.number(int(e.p), int(e.q)),
    type(sp.pi): _constant("pi"),
    type(sp.E): _constant("e"),
    type(sp.EulerGamma): _constant("euler_gamma"),
    type(sp.Catalan): _constant("catalan"),
    type(sp.GoldenRatio): _constant("golden_ratio"),
    sp.Symbol: _symbol,
    sp.Add: lambda e, scope: total(scope.all(e.args)),
    sp.Mul: _multiplied,
    sp.Pow: _powered,
    sp.Trace: lambda e, scope: _diagonal(scope.value(e.arg))[..., 0].sum(axis=-1),
    MatrixFunction: lambda e, scope: e.computed(*scope.all(e.matrices)),
    MatrixElement: lambda e, scope: entry(e, scope.value(e.parent)),
    sp.MatrixSymbol: lambda e, scope: scope.values[e.name],
    sp.MatAdd: lambda e, scope: total(scope.all(e.args)),
    sp.MatMul: lambda e, scope: _scaled(_chain(scope.all(e.as_coeff_matrices()[1])), e.as_coeff_matrices()[0], scope),
    sp.MatPow: lambda e, scope: _chain([scope.value(e.base)] * int(e.exp)),
    sp.Transpose: lambda e, scope: transpose(scope.value(e.arg)),
    sp.HadamardProduct: lambda e, scope: product(scope.all(e.args)),
    Entrywise: _entrywise,
    Restricted: lambda e, scope: total([scope.value(e.args[0]), *(scope.value(one) * 0 for one in e.args[1:])]),
    DiagonalOf: lambda e, scope: _diagonal(scope.value(e.arg)),
    sp.ZeroMatrix: lambda _, scope: scope.number(0)[..., None, None],
    sp.Identity: _identity,
}

_CONDITIONS: dict[Any, tuple[Callable[[Any], bool], str]] = {
    sp.Piecewise: (lambda e: e.args[-1][1] == sp.true, "give it a last branch for all other cases, (value, True)"),
    sp.Sum: (
        lambda e: len(e.limits) == 1 and len(e.limits[0]) == 3 and _is_whole(e.limits[0][1]),  # noqa: PLR2004
        "give one index with limits, the lower one a number: Sum(term, (k, 1, n))",
    ),
    sp.Pow: (
        lambda e: not _is_whole(e.exp) or abs(e.exp) <= LARGEST_EXPONENT,
        f"expected an exponent of at most {LARGEST_EXPONENT}; take logarithms",
    ),
    sp.MatAdd: (of_one_shape, ONE_SHAPE),
    sp.HadamardProduct: (of_one_shape, ONE_SHAPE),
    sp.MatMul: (chained, CHAINED),
    sp.Trace: (lambda e: e.arg.shape[0] == e.arg.shape[1], "expected as many rows as columns"),
    sp.MatPow: (
        lambda e: _is_whole(e.exp) and e.exp > 0 and e.base.shape[0] == e.base.shape[1],
        "expected a whole positive power of a square matrix",
    ),
    MatrixElement: (lambda e: _is_whole(e.i) and _is_whole(e.j), "expected the numbers of a row and a column"),
}
"""What a part must be like beyond its kind, and the advice where it is not."""
