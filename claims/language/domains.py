"""Where a formula is defined: what its divisions, roots and logarithms ask of their operands.

sympy simplifies ``sqrt(x)**2`` to ``x`` and ``x / x`` to ``1``, and what the statement asked of x is gone. A `Restricted`
formula keeps it: its value is that of the simplified one, and it has none where one of the lost operations has none.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterable
from functools import cache
from typing import Any

import sympy as sp

from lemmata.claims.language.conclusions import AtLeast, AtMost, Expression
from lemmata.claims.language.functions import Entrywise, Least
from lemmata.claims.language.latex import Conclusion
from lemmata.claims.language.quantified import WithProbability
from lemmata.claims.language.restricted import Restricted


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
    if isinstance(base, sp.MatrixExpr):
        return set()
    if not base.free_symbols:
        return _needs_of_exponent(base, exponent)
    if exponent.is_integer:
        return set() if exponent.is_nonnegative else _reduced(base, Demand.NONZERO)
    return _reduced(base, Demand.NONNEGATIVE if exponent.is_positive else Demand.POSITIVE)


def _needs_of_exponent(base: Any, exponent: Any) -> set[Need]:
    """What a power of a number asks of its exponent, or of the number, which may be never what is asked."""
    may_be_whole = exponent.is_integer or (exponent.is_integer is None and _is_of_whole_numbers(exponent))
    if base.is_negative and not may_be_whole:
        return {Need(base, Demand.NONNEGATIVE)}
    if base.is_zero and exponent.is_negative:
        return {Need(base, Demand.NONZERO)}
    return _reduced(exponent, Demand.NONNEGATIVE) if base.is_zero and exponent.free_symbols else set()


def _is_of_whole_numbers(exponent: Any) -> bool:
    """Whether whole numbers alone enter, as in n (n + 1) / 2."""
    return bool(exponent.free_symbols) and all(one.is_integer for one in exponent.free_symbols)


def needs_of_logarithm(argument: Any, base: Any = 10) -> set[Need]:
    """What a logarithm asks of its argument and of its base."""
    known, to = _formula(argument), _formula(base)
    never = {Need(one, Demand.POSITIVE) for one in (known, to) if not one.free_symbols and one.is_nonpositive}
    found = _reduced(known, Demand.POSITIVE) if known.free_symbols else set()
    asked = _reduced(to, Demand.POSITIVE) | _reduced(to - 1, Demand.NONZERO) if to.free_symbols else set()
    return found | asked | never


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
    factor, rest = _relettered(base).as_coeff_Mul()
    return {Need(rest if factor.is_positive or demand is Demand.NONZERO else factor * rest, demand)}


_CHOOSE = (sp.Piecewise, sp.Or, sp.Xor, sp.Implies, sp.ITE)
"""Of their parts not all need be defined."""


def needs(formula: Any, *, everywhere: bool = False) -> set[Need]:
    """What the operations in a formula ask wherever it has a value; ``everywhere``: those in single branches, too."""
    if isinstance(formula, _CHOOSE) and not everywhere:
        return set()
    parts = getattr(formula, "args", ())
    if isinstance(formula, Entrywise | sp.Sum):
        inner = needs(
            formula.function.expr if isinstance(formula, Entrywise) else formula.function, everywhere=everywhere
        )
        found, parts = set().union(*(for_all(need, formula) for need in inner)), parts[1:]
    elif isinstance(formula, sp.Pow):
        found = needs_of_power(formula.base, formula.exp)
    else:
        found = needs_of_logarithm(formula.args[0]) if isinstance(formula, sp.log) else set()
        found |= needs_of_power(formula.args[1], -1) if isinstance(formula, sp.Mod) else set()
    return found.union(*(needs(part, everywhere=everywhere) for part in parts))


@dataclasses.dataclass(frozen=True)
class Replaced:
    """Letters of a formula for which others were put in."""

    letters: tuple[Any, ...]
    values: tuple[Any, ...]


def replacement(formula: Any, *values: Any) -> Replaced:
    """What a call of a ``Lambda``, or ``subs`` or ``xreplace``, puts in for which letters."""
    if isinstance(formula, sp.Lambda):
        pairs = list(zip(formula.variables, values, strict=False))
    else:
        (several, *_) = values if len(values) == 1 else ([values],)
        pairs = list(several.items() if hasattr(several, "items") else several)
    known = [(old, sp.sympify(new)) for old, new in pairs if isinstance(old, sp.Symbol)]
    return Replaced(tuple(old for old, _ in known), tuple(new for _, new in known))


def letters_of(binder: Any) -> tuple[Any, ...]:
    """The letters that an `Entrywise`, a sum or a replacement has for entries, for whole numbers or for formulas."""
    match binder:
        case Replaced():
            return binder.letters
        case Entrywise():
            return tuple(binder.function.variables)
    return tuple(one[0] for one in binder.limits)


def for_all(need: Need, binder: Any) -> set[Need]:
    """A need of all that the letters of a binder stand for, without those letters; the same for the same meaning.

    Of entries it is one on the least of them, of terms one on a count of those by which it is not met.
    """
    used = [one for one in letters_of(binder) if one in need.base.free_symbols]
    if not used:
        return {need}
    match binder:
        case Replaced():
            values = dict(zip(binder.letters, binder.values, strict=True))
            base = need.base.subs({one: values[one] for one in used}, simultaneous=True)
            return _reduced(base, need.demand) if base.free_symbols else set()
        case sp.Sum():
            terms = sp.Sum(sp.Piecewise((0, need.relation), (1, True)), *binder.limits)
            return {Need(1 - 2 * terms, Demand.NONNEGATIVE)}
    matrices = dict(zip(letters_of(binder), binder.matrices, strict=True))
    body = sp.Abs(need.base) if need.demand is Demand.NONZERO else need.base
    entries = Entrywise(sp.Lambda(tuple(used), body), *(matrices[one] for one in used))
    return {Need(Least(matrices[body] if body in used else _relettered(entries)), need.demand)}


def _relettered(formula: Any) -> Any:
    """A formula with letters for entries that are the same wherever it is made."""
    return formula.xreplace({one: _with_own_letters(one) for one in formula.atoms(Entrywise)})


def _with_own_letters(one: Entrywise) -> Any:
    body = _relettered(one.function.expr)
    depth = len(body.atoms(sp.Lambda))
    letters = {old: _letter(depth, number) for number, old in enumerate(one.function.variables)}
    return Entrywise(sp.Lambda(tuple(letters.values()), body.xreplace(letters)), *map(_relettered, one.matrices))


@cache
def _letter(depth: int, number: int) -> Any:
    """The letter for an entry of the matrix of this number, in a function around so many others."""
    return sp.Dummy(f"_entry_{depth}_{number}", real=True)


def bound(asked: Iterable[Need], binders: Iterable[Any]) -> set[Need]:
    """Needs, and for those on letters of these binders also the needs of all that the letters stand for."""
    known, found = set(binders), set(asked)
    for need in set(found):
        for one in known:
            if not need.base.free_symbols.isdisjoint(letters_of(one)):
                found |= bound(for_all(need, one), known - {one})
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
