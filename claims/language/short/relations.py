"""What `then` and `given` may say, and the conclusions that it becomes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from lemmata.claims.language.conclusions import (
    AtLeast,
    AtMost,
    Conserved,
    Constant,
    Expression,
    Identity,
    Monotone,
    as_exact,
)
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.latex import Conclusion
from lemmata.claims.language.quantified import Rate, Selects, Side, WithProbability
from lemmata.claims.language.short.quantities import Declared, Kind


def equals(left: Expression, right: Expression) -> Identity:
    """``left`` equals ``right``, entry by entry, at every instance."""
    return Identity(left=left, right=right)


def at_most(left: Expression, right: Expression) -> AtMost:
    """``left <= right``, also where sympy would decide it at once."""
    return AtMost(left=left, right=right)


def at_least(left: Expression, right: Expression) -> AtLeast:
    """``left >= right``, also where sympy would decide it at once."""
    return AtLeast(left=left, right=right)


def conserved(quantity: Expression) -> Conserved:
    """``quantity`` does not change along ``along=``, from step to step of ``steps=``, or along the times of ``runs=``."""
    return Conserved(quantity=quantity)


def decreases(quantity: Expression) -> Monotone:
    """``quantity`` never grows in time."""
    return Monotone(quantity=quantity)


def increases(quantity: Expression) -> Monotone:
    """``quantity`` never falls in time."""
    return Monotone(quantity=quantity, increasing=True)


def selects(reached: Expression, least: Expression, other: Expression) -> Selects:
    """The limit attains the ``least`` value of an objective over all minimisers, and not that of an ``other`` one."""
    return Selects(reached=reached, least=least, other=other)


class order:  # noqa: N801, PLW1641 - reads as a function; compares to make a statement
    """The exponent of a quantity in a scale that goes to its limit: ``order(err, alpha) == 2``, ``>=``, ``<=``.

    It is that of the absolute value, where the quantity is a formula that may be negative.
    """

    def __init__(self, quantity: Expression, scale: Expression) -> None:
        if getattr(getattr(scale, "origin", None), "kind", None) in (Kind.REAL, Kind.INTEGER):
            raise ClaimError(
                f'order got {scale}, which goes to no limit; declare the scale: {scale} = scale("{scale}")'
            )
        formula = sp.sympify(quantity)
        has_sign = bool(formula.args) and isinstance(formula, sp.Expr) and not formula.is_nonnegative
        self._parts = {"quantity": sp.Abs(formula) if has_sign else quantity, "scale": scale}

    def __eq__(self, exponent: object) -> Any:
        return Rate(**self._parts, exponent=exponent)

    def __ge__(self, exponent: Expression) -> Rate:
        return self._one_sided(exponent, grows=False)

    def __le__(self, exponent: Expression) -> Rate:
        return self._one_sided(exponent, grows=True)

    def _one_sided(self, exponent: Expression, *, grows: bool) -> Rate:
        """An exponent at least so large is an upper bound as the scale goes to zero, a lower one as it grows."""
        origin = getattr(self._parts["scale"], "origin", None)
        to_infinity = origin is not None and origin.kind is Kind.SCALE and origin.low is not None
        return Rate(**self._parts, exponent=exponent, side=Side.LOWER if grows != to_infinity else Side.UPPER)


_ONE_EVENT = (
    "expected one relation: of several that hold at once write the largest gap, maximum(a - b, c - d) <= 0 for a <= b and "
    "c <= d; of several of which one holds the smallest, minimum(a - b, c - d) <= 0"
)


class probability:  # noqa: N801, PLW1641 - as `order`
    """The chance of an event over Gaussian quantities: ``probability(ratio >= half) >= Rational(2, 5)``."""

    def __init__(self, event: Any) -> None:
        if isinstance(event, sp.And | sp.Or | sp.Not):
            raise ClaimError(f"the event is {event}; {_ONE_EVENT}")
        self._event: Any = conclusion(event, "the event")
        if (constant := getattr(self._event, "constant", None)) is not None:
            raise ClaimError(
                f"the event holds the implied constant {constant.symbol}, and without its value no draw tells whether it "
                "happens; write a number, or declare one: c = real(..., low=..., high=...)"
            )

    def __eq__(self, chance: object) -> Any:
        return WithProbability(event=self._event, at_least=chance, at_most=chance)

    def __ge__(self, chance: Expression) -> WithProbability:
        return WithProbability(event=self._event, at_least=chance)

    def __le__(self, chance: Expression) -> WithProbability:
        return WithProbability(event=self._event, at_most=chance)


def conclusion(then: Any, what: str = "then", *, tight: bool | str = False) -> Conclusion:
    """The conclusion that a relation or one of the functions above stands for.

    Raises:
        ClaimError: it is none; the message says what to write.
    """
    attained = _attained(tight)
    match then:
        case sp.LessThan():
            return _bound(AtMost(left=then.lhs, right=then.rhs, **attained))
        case sp.GreaterThan():
            return _bound(AtLeast(left=then.lhs, right=then.rhs, **attained))
        case AtMost() | AtLeast():
            return _bound(dataclasses.replace(then, **attained))
        case _ if tight:
            raise ClaimError(f"tight={tight!r} is for bounds, a <= b or a >= b; {what} is {type(then).__name__}")
        case Identity() | Conserved() | Monotone() | Rate() | Selects() | WithProbability():
            found: Conclusion = then
            _refuse_constant(found, what)
            return found
    raise ClaimError(_advice(then, what))


def _refuse_constant(then: Conclusion, what: str) -> None:
    """No implied constant stands in what is no bound."""
    atoms = {atom for one in then.expressions for atom in sp.sympify(one).atoms(Declared)}
    found = next((one for one in atoms if one.origin.kind is Kind.CONSTANT), None)
    if found is not None and not isinstance(then, WithProbability):
        raise ClaimError(
            f"{what} is no bound, and holds the implied constant {found}; a bound alone can hold for some constant: "
            f"write <= or >=, or declare a number: {found} = real(...)"
        )


_EVERY = re.compile(r"every (\w+(?:(?:\s*,\s*|\s+and\s+)\w+)*)")


def _attained(tight: bool | str) -> dict[str, Any]:  # noqa: FBT001 - as the user writes it
    """The fields of a bound that ``tight=`` stands for: True, or "every n", "every n, m"."""
    if isinstance(tight, bool):
        return {"tight": tight}
    found = _EVERY.fullmatch(tight.strip()) if isinstance(tight, str) else None
    if found is None:
        raise ClaimError(f'tight={tight!r}; expected True, or "every n" with the name of a whole number')
    return {"tight": True, "every": tuple(re.split(r"\s*,\s*|\s+and\s+", found[1]))}


def _bound(bound: AtMost | AtLeast) -> AtMost | AtLeast:
    """The bound with the constant that it only says to exist, on the right; one that names its own stays as it is."""
    declared = {one for side in bound.expressions for one in sp.sympify(side).atoms(Declared)}
    constants = [one for one in declared if one.origin.kind is Kind.CONSTANT]
    if len(constants) > 1:
        raise ClaimError(f"then holds {len(constants)} implied constants; a bound has one")
    if not constants or bound.constant is not None:
        return bound
    constant = Constant(symbol=constants[0], may_depend_on=constants[0].origin.depends)
    if bound.left.has(constants[0]) and not bound.right.has(constants[0]):
        bound = _turned(bound, bound.right, bound.left)
    if _is_negative(bound.right, constants[0]):
        bound = _turned(bound, -bound.left, -bound.right)
    return dataclasses.replace(bound, constant=constant)


def _turned(bound: AtMost | AtLeast, left: Any, right: Any) -> AtMost | AtLeast:
    turned = AtMost if isinstance(bound, AtLeast) else AtLeast
    return turned(left=left, right=right, tight=bound.tight, every=bound.every)


def _is_negative(side: Any, constant: Any) -> bool:
    """Whether what a constant stands before is written with a minus, or never positive; -a >= C b then says the same."""
    factor = sp.sympify(side) / constant
    if factor.is_nonnegative or factor.is_zero:
        return False
    return bool(factor.is_nonpositive) or bool(factor.as_coeff_Mul()[0].is_negative)


def _advice(then: Any, what: str) -> str:
    match then:
        case sp.StrictLessThan() | sp.StrictGreaterThan():
            wanted, kept = ("<=", "at_most") if isinstance(then, sp.StrictLessThan) else (">=", "at_least")
            return (
                f"{what} is the strict {then}, which no rounding could tell from equality; write {wanted}, or "
                "at_least(sign(b - a), 1) where equality is a counterexample to a < b. Where you did write "
                f"{wanted}, sympy has rewritten it, as it does beside floor and ceiling: write {kept}(a, b)"
            )
        case sp.logic.boolalg.BooleanTrue() | sp.logic.boolalg.BooleanFalse():
            return f"{what} is decided at once by sympy: it is {then}; nothing is left to try. at_most(a, b) keeps a trivial one"
        case bool():
            return (
                f"{what} is Python's {then}: == and != compare symbols at once, and numbers alone are compared at once, "
                "too; write equals(a, b), of quantities"
            )
        case sp.Equality():
            return f"{what} is {then}; write equals({then.lhs}, {then.rhs})"
        case sp.And():
            return f"{what} holds several relations; write a conjecture for each"
        case order() | probability():
            return (
                f"{what} is {type(then).__name__}(...) without a relation; write {type(then).__name__}(...) >= number"
            )
    if isinstance(then, list | tuple):
        return f"{what} is a {type(then).__name__} of {len(then)}; write a conjecture for each statement"
    wanted = "a <= b, a >= b, equals(a, b), conserved(q), decreases(q), order(q, s) == e or probability(event) >= p"
    if isinstance(then, str):
        return f"{what} is the text {then!r}; a statement is a relation of declared quantities and not text: {wanted}"
    kind = "a formula without a relation" if isinstance(then, sp.Basic) else f"a {type(then).__name__}"
    return f"{what} is {then!r}, {kind}; expected {wanted}"


def _equation(stated: Identity) -> str:
    return f"{stated.left} = {stated.right}"


def hypotheses(given: Any) -> list[Any]:
    """The relations in ``given``, each to be a hypothesis of its own; one that is always met says nothing.

    Raises:
        ClaimError: one of them is no relation, an equation, or never met.
    """
    relations = list(given) if isinstance(given, Sequence) else [given]
    for relation in relations:
        if isinstance(relation, sp.Equality | Identity):
            equation = f"{relation.lhs} = {relation.rhs}" if isinstance(relation, sp.Equality) else _equation(relation)
            raise ClaimError(
                f"given holds the equation {equation}, which random draws never meet; build it into the quantities "
                "(unit, orthogonal, symmetric, one quantity in terms of the others)"
            )
        if relation is False or relation is True:
            raise ClaimError(
                f"a relation in given is Python's {relation}: == and != compare symbols at once; equations cannot be "
                "drawn, so build them into the quantities (y = 1 - x); that u is not zero is absolute(u) > 0"
            )
        if relation == sp.false:
            raise ClaimError(
                "a relation in given is decided at once by sympy: it is never met: the declared quantities exclude it"
            )
        if isinstance(given, str) or isinstance(relation, str):
            text = given if isinstance(given, str) else relation
            raise ClaimError(
                f"given holds the text {text!r}; a hypothesis is a relation of declared quantities and not text, e.g. "
                "given=[x >= 0]"
            )
        if not isinstance(relation, Relational | sp.And | sp.Or | sp.Not | sp.logic.boolalg.BooleanTrue):
            raise ClaimError(
                f"given holds {relation!r}, a {type(relation).__name__}; expected relations, e.g. [x <= y]"
            )
        for side in (side for part in relation.atoms(Relational) for side in part.args):
            as_exact(side)
    return [one for one in relations if one != sp.true]


def undeclared(relations: Sequence[Any]) -> tuple[Any, ...]:
    """The relations but for those that the declared range of a number says already."""
    return tuple(one for one in relations if not _is_declared_range(one))


def _is_declared_range(relation: Any) -> bool:
    if not isinstance(relation, Relational) or not isinstance(relation.lhs, Declared):
        return False
    origin = relation.lhs.origin
    ends = {"<=": origin.high, ">" if origin.is_open else ">=": origin.low}
    end = ends.get(relation.rel_op)
    return origin.kind is Kind.REAL and end is not None and bool(relation.rhs == end)
