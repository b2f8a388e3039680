"""Quantities that jump along a flow, or that a flow may carry through a pole: no time derivative sees either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.functions import (
    L1,
    Entrywise,
    Greatest,
    Least,
    MatrixFunction,
    Norm,
    Nuclear,
    Spectral,
    Sup,
)

_CONTINUOUS = (
    *(
        sp.Abs,
        sp.Max,
        sp.Min,
        sp.Piecewise,
        sp.exp,
        sp.log,
        sp.sin,
        sp.cos,
        sp.atan,
        sp.sinh,
        sp.cosh,
        sp.tanh,
        sp.asinh,
    ),
    sp.erf,
)
"""Functions without jumps where they are defined; of all others it is not known."""


@lru_cache(maxsize=512)
def refuse_jumps(quantity: Any, moving: frozenset[Any]) -> None:
    """Refuse a quantity that may jump while it is judged by its time derivative.

    Args:
        quantity: a number or matrix.
        moving: the symbols that move.

    Raises:
        ClaimError: a part of it is a sign, a whole part or a remainder of what moves, or goes from branch to branch of
            a `Piecewise` that are not seen to meet.
    """
    part = _jumping(sp.sympify(quantity), moving)
    if part is not None:
        raise ClaimError(
            f"{part} may jump as it moves, and its time derivative does not see that; write it with absolute, maximum and "
            "minimum, or with branches of a Piecewise that meet where one follows the other"
        )


def refuse_poles(quantity: Any, moving: frozenset[Any], given: Sequence[Any]) -> None:
    """Refuse a quantity whose divisor, or argument of a logarithm, may be zero along the flow, unless that is excluded.

    Args:
        quantity: a number or matrix.
        moving: the symbols that move.
        given: the hypotheses; along a flow a statement speaks of the time while they hold.

    Raises:
        ClaimError: names the divisor or the number.
    """
    for part, letters in _parts(sp.sympify(quantity), {}):
        if not isinstance(part, sp.Pow | sp.log) or (isinstance(part, sp.Pow) and part.exp.is_nonnegative):
            continue
        base = part.args[0]
        moves = _symbols(base, letters) & moving
        if moves and not (base.is_nonzero or _is_excluded(base, given)):
            raise ClaimError(
                f"{part} is not defined where {base} is zero, which a flow may pass, and its time derivative does not "
                "see what happens there; multiply by it, or speak of the time while it is not zero, "
                f"e.g. given=[absolute({base}) > 0]"
            )


_KINKS = (sp.Abs, sp.Max, sp.Min, sp.Piecewise, L1, Sup, Greatest, Least, Norm, Nuclear, Spectral)


def refuse_sliding(quantity: Any, loss: Any, moving: frozenset[Any], given: Sequence[Any]) -> None:
    """Refuse a quantity with kinks along the flow of a loss with kinks, which may slide along one.

    There the velocity is neither that of one side nor that of the other, and the quantity has no derivative. Of one
    without kinks what is true on both sides is true along the kink; a loss falls along its own flow.

    Args:
        quantity: a number or matrix.
        loss: whose flow it is.
        moving: the symbols that move.
        given: the hypotheses; a root of what they keep from zero has no kink.

    Raises:
        ClaimError: both have kinks, and they are not the same.
    """
    found = [_kink(sp.sympify(each), moving, given) for each in (quantity, loss)]
    if None not in found and quantity != loss:
        raise ClaimError(
            f"{found[0]} has a kink, and so has {found[1]} in the loss: a flow that slides along a kink has another velocity "
            "than on either side of it; speak of a quantity without kinks, e.g. a square in place of an absolute value"
        )


def _kink(formula: Any, moving: frozenset[Any], given: Sequence[Any]) -> Any | None:
    """The first part of a formula that may have a kink as it moves."""
    for part, letters in _parts(formula, {}):
        if _symbols(part, letters) & moving and (isinstance(part, _KINKS) or _is_root(part, given)):
            return part
    return None


def _is_root(part: Any, given: Sequence[Any]) -> bool:
    """Whether a part is a power that is not whole, of what may be zero: the root of a square is an absolute value."""
    if not isinstance(part, sp.Pow) or part.exp.is_integer:
        return False
    return not (part.base.is_positive or _is_excluded(part.base, given))


def _is_excluded(base: Any, given: Sequence[Any]) -> bool:
    """Whether the hypotheses are seen to exclude that a number is zero."""
    if isinstance(base, sp.Abs | sp.Mul) or (base.is_Pow and base.exp.is_positive):
        return all(part.is_nonzero or _is_excluded(part, given) for part in base.args[: 1 if base.is_Pow else None])
    if _is_broken({base: sp.Integer(0)}, given):
        return True
    if isinstance(base, sp.Add) and all(part.is_nonnegative for part in base.args):
        return _vanish_together(base.args, given)
    for symbol in sorted((one for one in base.free_symbols if one.is_Symbol), key=str):
        slope = sp.diff(base, symbol)
        if slope.is_nonzero and not slope.has(symbol) and _is_broken({symbol: symbol - base / slope}, given):
            return True
    if len(base.free_symbols) == 1 and base.is_polynomial(*base.free_symbols):
        (symbol,) = base.free_symbols
        roots = _real_roots(base, symbol)
        return roots is not None and all(_is_broken({symbol: root}, given) for root in roots)
    return False


def _vanish_together(parts: Sequence[Any], given: Sequence[Any]) -> bool:
    """Whether the hypotheses exclude that all of these numbers, none of which is negative, are zero at once."""
    if any(part.is_positive or _is_excluded(part, given) for part in parts):
        return True
    bases = [part.as_coeff_Mul()[1] for part in parts]
    bases = [one.base if one.is_Pow and one.exp.is_positive else one for one in bases]
    zero = {one: sp.Integer(0) for one in bases if one.is_Symbol or isinstance(one, Norm)}
    return bool(zero) and _is_broken(zero, given)


def _real_roots(polynomial: Any, symbol: Any) -> list[Any] | None:
    """The real roots in one symbol; None where sympy does not know them."""
    try:
        return list(sp.real_roots(sp.Poly(polynomial, symbol)))
    except NotImplementedError:  # coefficients such as sqrt(2) or pi
        found = sp.solveset(polynomial, symbol, sp.S.Reals)
        return list(found) if isinstance(found, sp.FiniteSet) else None


def _is_broken(values: Mapping[Any, Any], given: Sequence[Any]) -> bool:
    """Whether one of the hypotheses is false, or not defined, once these parts have these values."""
    return any(_is_false(sp.sympify(one), values) for one in given)


def _is_false(relation: Any, values: Mapping[Any, Any]) -> bool:
    try:
        return bool(sp.simplify(relation.xreplace(values)) == sp.false)
    except TypeError:  # a comparison with what is not defined there, such as log(0)
        return True


def _parts(part: Any, letters: Mapping[Any, Any]) -> Iterator[tuple[Any, Mapping[Any, Any]]]:
    """A formula and all that is in it, with the symbols that the letters of `entrywise` stand for.

    The square of a length is a polynomial: the length itself is passed over.
    """
    yield part, letters
    if isinstance(part, Entrywise):
        pairs = zip(part.function.variables, part.matrices, strict=True)
        own = {name: _symbols(matrix, letters) for name, matrix in pairs}
        yield from _parts(part.function.expr, {**letters, **own})
        inner = part.matrices
    elif isinstance(part, sp.Pow) and isinstance(part.base, Norm) and part.exp.is_even and part.exp.is_positive:
        inner = part.base.args
    else:
        inner = part.args
    for one in inner:
        yield from _parts(one, letters)


def _symbols(part: Any, letters: Mapping[Any, Any]) -> frozenset[Any]:
    """The symbols in a part, those that its letters stand for in their place."""
    return frozenset[Any]().union(*(letters.get(one, {one}) for one in part.free_symbols))


def _jumping(part: Any, moving: frozenset[Any]) -> Any | None:
    """The first part of a formula that may jump."""
    if not part.free_symbols & moving:
        return None
    if isinstance(part, sp.Function | sp.Sum) and not isinstance(part, _CONTINUOUS):
        return part
    if isinstance(part, sp.Pow) and part.exp.free_symbols & moving and not part.base.is_positive:
        return part  # 0^x is one where x is zero
    if isinstance(part, sp.Piecewise):
        return _jumping_branches(part, moving)
    if isinstance(part, Entrywise):
        entries = {
            name for name, one in zip(part.function.variables, part.matrices, strict=True) if _moves(one, moving)
        }
        inner: list[tuple[Any, frozenset[Any]]] = [(part.function.expr, moving | entries)]
        inner += [(one, moving) for one in part.matrices]
    else:
        inner = [(one, moving) for one in part.args]
    return next((found for one, moved in inner if (found := _jumping(one, moved)) is not None), None)


def _moves(part: Any, moving: frozenset[Any]) -> bool:
    return bool(part.free_symbols & moving)


def _jumping_branches(part: sp.Piecewise, moving: frozenset[Any]) -> Any | None:
    """The first part of the branches that may jump, or all of them where two need not meet."""
    for place, (value, condition) in enumerate(part.args):
        relations = condition.atoms(Relational)
        for inner in (value, *(side for one in relations for side in one.args)):
            found = _jumping(inner, moving)
            if found is not None:
                return found
        rest = sp.Piecewise(*part.args[place + 1 :]) if place + 1 < len(part.args) else None
        borders = [one.lhs - one.rhs for one in relations if _moves(one, moving)]
        if rest is not None and not all(_meet(value, rest, border) for border in borders):
            return part
    return None


def _meet(one: Any, other: Any, border: Any) -> bool:
    """Whether two values are surely equal wherever the border is zero."""
    size = next(iter(border.atoms(sp.Abs)), None)
    if size is not None:
        signed = [{size: size.args[0]}, {size: -size.args[0]}]
        return all(_meet(*(part.xreplace(each) for part in (one, other, border))) for each in signed)
    letters = {part: sp.Dummy(real=True) for part in border.atoms(MatrixFunction)}
    one, other, border = (part.xreplace(letters) for part in (one, other, border))
    for symbol in sorted((part for part in border.free_symbols if part.is_Symbol), key=str):
        slope = sp.diff(border, symbol)
        if slope.is_zero is False and not slope.has(symbol):
            at = sp.expand(symbol - border / slope)
            return bool(sp.simplify(one.subs(symbol, at) - other.subs(symbol, at)) == 0)
    return False
