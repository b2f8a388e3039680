"""The proof that follows from a statement by itself, where one does."""

from __future__ import annotations

from typing import Any

import sympy as sp

from lemmata.claims.language.conclusions import Conserved, Identity
from lemmata.claims.language.functions import Dot, Norm, Total
from lemmata.claims.language.latex import Conclusion
from lemmata.claims.language.proof import FreeAlgebra, PrimeField, Proof
from lemmata.claims.language.short.dynamics import Dynamics
from lemmata.claims.language.short.quantities import Kind, identity_sizes
from lemmata.claims.language.short.spaces import Space

_POLYNOMIAL = (
    sp.Add, sp.Mul, sp.Symbol, sp.Rational, sp.MatrixSymbol, sp.MatAdd, sp.MatMul, sp.Transpose, sp.Trace,
    sp.HadamardProduct, sp.ZeroMatrix, sp.Identity, Dot, Total,
)  # fmt: skip
_FREE = frozenset({Kind.REAL, Kind.DENSE, Kind.INTEGER})
"""Quantities without equations of their own, as that of a symmetric matrix, which letters do not know."""
_LETTERS = (sp.MatrixSymbol, sp.MatAdd, sp.MatMul, sp.Transpose, sp.ZeroMatrix, sp.Identity, sp.Trace)


def default_proof(then: Conclusion, space: Space, dynamics: Dynamics | None) -> Proof | None:
    """In the free algebra for laws of matrices, by evaluation modulo a prime for polynomials, else none."""
    if not isinstance(then, Identity | Conserved):
        return None
    moving = [] if dynamics is None else [*dynamics.moves.values(), *([] if dynamics.is_flow else [dynamics.step])]
    in_letters = all(_in_letters(part) for part in (*then.expressions, *moving)) and not _is_scalar_law(then)
    in_letters &= all(one.origin.kind in _FREE for one in space.symbols) and not _moves_a_scalar(dynamics)
    if in_letters and (isinstance(then, Identity) or (dynamics is not None and dynamics.is_flow)):
        return _free(then, space, dynamics)
    plain = {Kind.REAL, Kind.DENSE, Kind.SYMMETRIC, Kind.INTEGER}
    sized = not identity_sizes(*then.expressions, *moving)  # modulo a prime a number of rows is no number of rows
    drawn_freely = sized and all(one.origin.kind in plain for one in space.symbols)
    if drawn_freely and not space.relations and all(_is_polynomial(part) for part in (*then.expressions, *moving)):
        names = ", ".join(str(one) for one in space.drawn)
        sizes = [str(one) for one in space.symbols if one.origin.kind is Kind.INTEGER]
        at = f", at the sizes {', '.join(sizes)} that were tried" if sizes else ""
        return PrimeField(covers=f"any {names}{at}", shapes=4, draws=4)
    return None


def _free(then: Conclusion, space: Space, dynamics: Dynamics | None) -> FreeAlgebra:
    moves = {} if dynamics is None else dict(dynamics.moves)
    sizes = [str(one) for one in space.symbols if one.origin.kind is Kind.INTEGER]
    return FreeAlgebra(
        covers=f"every {', '.join(sizes)}" if sizes else "matrices of every size",
        definitions={},
        moves=moves,
        constants=tuple(one for one in then.expressions[0].free_symbols if one not in moves),
    )


def _moves_a_scalar(dynamics: Dynamics | None) -> bool:
    """Whether a number that is no matrix moves: the letters of words are matrices."""
    return dynamics is not None and any(not isinstance(one, sp.MatrixExpr) for one in dynamics.moves)


def _is_scalar_law(then: Conclusion) -> bool:
    return not any(part.atoms(sp.MatrixSymbol) for part in then.expressions)


def _in_letters(part: Any) -> bool:
    """Whether the free algebra has every operation of a formula: products and sums of matrices, single traces."""
    if part == 0 or isinstance(part, _LETTERS[:1]):
        return True
    match part:
        case sp.Rational():
            return True
        case sp.MatMul() | sp.Mul():
            numbers = [one for one in part.args if not isinstance(one, sp.MatrixExpr | sp.Trace)]
            others = [one for one in part.args if one not in numbers]
            traces = sum(isinstance(one, sp.Trace) for one in others)
            return traces <= 1 and all(not n.has(sp.MatrixExpr) for n in numbers) and all(map(_in_letters, others))
        case sp.MatAdd() | sp.Add() | sp.Transpose() | sp.Trace():
            return all(_in_letters(one) for one in part.args)
        case sp.ZeroMatrix() | sp.Identity():
            return True
    return False


def _is_polynomial(part: Any) -> bool:
    match part:
        case sp.Pow() | sp.MatPow():
            base, power = part.args
            inner = base.args[0] if isinstance(base, Norm) and power % 2 == 0 else base
            return isinstance(power, sp.Integer) and power > 0 and not isinstance(inner, Norm) and _is_polynomial(inner)
        case sp.MatrixSymbol() | sp.ZeroMatrix() | sp.Identity() | sp.Symbol() | sp.Rational():
            return True
    return isinstance(part, _POLYNOMIAL) and all(_is_polynomial(one) for one in part.args)
