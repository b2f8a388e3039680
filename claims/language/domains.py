"""Where a formula is defined: what its divisions, roots and logarithms ask of their operands.

sympy simplifies ``sqrt(x)**2`` to ``x`` and ``x / x`` to ``1``, and what the statement asked of x is gone. A `Restricted`
formula keeps it: its value is that of the simplified one, and it has none where one of the lost operations has none.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable
from typing import Any

import sympy as sp

from lemmata.claims.language.conclusions import AtLeast, AtMost, Expression
from lemmata.claims.language.functions import Restricted
from lemmata.claims.language.latex import Conclusion
from lemmata.claims.language.quantified import WithProbability


class Demand(enum.Enum):
    """What an operation asks of its operand."""

    NONZERO = "nonzero"
    NONNEGATIVE = "nonnegative"
    POSITIVE = "positive"


@dataclasses.dataclass(frozen=True)
class Need:
    """A demand on a formula."""

    base: Expression
    demand: Demand

    @property
    def operation(self) -> Expression:
        """An operation that is defined exactly where the need is met."""
        exponent = {Demand.NONZERO: -1, Demand.NONNEGATIVE: sp.Rational(1, 2), Demand.POSITIVE: sp.Rational(-1, 2)}
        return sp.Pow(self.base, exponent[self.demand])

    @property
    def relation(self) -> Expression:
        """The need as a relation."""
        return {Demand.NONZERO: sp.Ne, Demand.NONNEGATIVE: sp.Ge, Demand.POSITIVE: sp.Gt}[self.demand](self.base, 0)


def needs_of_power(base: Any, exponent: Any) -> set[Need]:
    """What a power asks of its base, beside what is known of the base anyway."""
    base, exponent = _formula(base), _formula(exponent)
    if isinstance(base, sp.MatrixExpr) or not base.free_symbols:
        return set()
    if exponent.is_integer:
        return set() if exponent.is_nonnegative else _reduced(base, Demand.NONZERO)
    return _reduced(base, Demand.NONNEGATIVE if exponent.is_positive else Demand.POSITIVE)


def needs_of_logarithm(argument: Any) -> set[Need]:
    """What a logarithm asks of its argument."""
    known = _formula(argument)
    return _reduced(known, Demand.POSITIVE) if known.free_symbols else set()


def _formula(value: Any) -> Any:
    """A value as a formula; what is none, as a path or a text that is divided by, asks nothing, as a number does."""
    try:
        return sp.sympify(value, strict=True)  # or a text would be executed
    except sp.SympifyError:
        return sp.Integer(1)


def _reduced(base: Any, demand: Demand) -> set[Need]:
    """A demand in terms of the simplest formulas that it is one on."""
    match demand:
        case Demand.NONZERO if base.is_zero is False:
            return set()
        case Demand.NONZERO if isinstance(base, sp.Mul | sp.Abs) or (base.is_Pow and base.exp.is_positive):
            parts = base.args if isinstance(base, sp.Mul) else base.args[:1]
            return set().union(*(_reduced(part, demand) for part in parts))
        case Demand.NONNEGATIVE if base.is_nonnegative:
            return set()
        case Demand.POSITIVE if base.is_nonnegative:
            return _reduced(base, Demand.NONZERO)
    factor, rest = base.as_coeff_Mul()
    return {Need(rest if factor.is_positive or demand is Demand.NONZERO else base, demand)}


_CHOOSE = (sp.Piecewise, sp.Or, sp.Xor, sp.Implies, sp.ITE)
"""Of their parts not all need be defined."""


def needs(formula: Any, *, everywhere: bool = False) -> set[Need]:
    """What the operations in a formula ask wherever it has a value; ``everywhere``: those in single branches, too."""
    found: set[Need] = set()
    parts = sp.preorder_traversal(formula)
    for part in parts:
        if isinstance(part, _CHOOSE) and not everywhere:
            parts.skip()
        elif isinstance(part, sp.Pow):
            found |= needs_of_power(part.base, part.exp)
        elif isinstance(part, sp.log):
            found |= needs_of_logarithm(part.args[0])
    return found


def lost(written: Iterable[Need], formulas: Iterable[Any], *, everywhere: bool = False) -> list[Need]:
    """The needs of what was written that no operation in the simplified formulas has any more, in a fixed order.

    What stands in one branch of a formula keeps nothing for the others, unless it may stand anywhere (``everywhere``).
    """
    kept = set().union(*(needs(one, everywhere=everywhere) for one in formulas))

    def is_kept(need: Need) -> bool:
        wanted = {Need(need.base, one) for one in Demand}
        return need in kept or Need(need.base, Demand.POSITIVE) in kept or len(wanted & kept) > 1

    return sorted((one for one in set(written) if not is_kept(one)), key=str)


def restricted(then: Conclusion, written: Iterable[Need]) -> Conclusion:
    """A conclusion that is undefined where it is so as written; its first formula that is not zero carries that."""
    missing = lost(written, then.expressions)
    if not missing:
        return then
    if isinstance(then, WithProbability):
        event: Any = restricted(then.event, missing)
        return dataclasses.replace(then, event=event)
    implied = isinstance(then, AtMost | AtLeast) and then.constant is not None
    names = [name for name in then.formulas if name in ("left", "right", "quantity", "reached")]
    name = names[0] if implied or getattr(then, names[0]) != 0 else names[-1]
    return dataclasses.replace(then, **{name: _with(getattr(then, name), [one.operation for one in missing])})


def _with(formula: Any, operations: list[Any]) -> Any:
    if isinstance(formula, sp.MatrixExpr):
        return sp.MatMul(Restricted(sp.Integer(1), *operations), formula)
    return Restricted(formula, *operations)
