"""Variants that follow from the statement: those that are false by its own words must fall; the others are findings.

| variant                                    | if it survives                                                     |
|--------------------------------------------|--------------------------------------------------------------------|
| an equality 1 % off, an exponent 1/4 off   | the trial shows nothing: it cannot tell the statement from this    |
| 1 % tighter, of a bound declared tight     | the same: the bound is said to be attained                         |
| reversed                                   | the sides may be equal, the quantity constant                      |
| 1 %, 10 %, 50 % tighter, of other bounds   | the bound may have room                                            |
| times or over one of its quantities        | the power may be another one                                       |
| left side times what grows, where there is | the left side may be of lower order (of a bound from below, over   |
| a constant and no power to move            | what grows: of higher order)                                       |
| another sign                               | the terms may cancel                                               |
| without a hypothesis                       | the hypothesis may not be needed                                   |
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import sympy as sp

from lemmata.claims.language.claim import Mutant
from lemmata.claims.language.conclusions import AtLeast, AtMost, Conserved, Identity, Monotone
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.functions import Norm
from lemmata.claims.language.latex import Conclusion
from lemmata.claims.language.mutants import dropped, tightened
from lemmata.claims.language.quantified import Rate, Selects, Side, WithProbability
from lemmata.claims.language.short.quantities import Kind, Values, declared

_TIGHTER = (sp.Rational(1, 2), sp.Rational(9, 10), sp.Rational(99, 100))
_MOST_MOVED = 2
_FALSE = frozenset({"one percent more", "the other one"})


def derived(then: Conclusion, relations: Any) -> tuple[Mutant, ...]:
    """The variants of a conclusion, and the statement without each of its hypotheses."""
    changed = [
        _variant(name, because, variant, must_fall=_must_fall(name, then))
        for name, because, variant in _changed(then)
        if variant
    ]
    tighter = [
        dataclasses.replace(
            tightened(factor, because="the bound may have room"), must_fall=getattr(then, "tight", False)
        )
        for factor in (_TIGHTER if _has_room(then) else ())
    ]
    without = [
        dataclasses.replace(dropped(str(one), because="the hypothesis may not be needed"), must_fall=False)
        for one in relations
    ]
    return (*changed, *tighter, *without)


def _variant(name: str, because: str, then: Conclusion, *, must_fall: bool) -> Mutant:
    return Mutant(name=name, because=because, then=then, must_fall=must_fall)


def _must_fall(name: str, then: Conclusion) -> bool:
    """Whether a variant of this name is false whenever the statement says anything."""
    pinned = isinstance(then, Rate) and then.side is Side.BOTH and name.startswith("exponent moved")
    return pinned or name in _FALSE


def _has_room(then: Conclusion) -> bool:
    if not isinstance(then, AtMost | AtLeast) or then.constant is not None or 0 in (then.left, then.right):
        return False
    return not any(isinstance(side, sp.sign) for side in (then.left, then.right))  # three values, and no room


def _reversed(then: AtMost | AtLeast) -> AtMost | AtLeast:
    """The sides exchanged; of a strict bound, ``sign(b - a) >= 1``, that ``b - a`` is not positive."""
    other = AtLeast if isinstance(then, AtMost) else AtMost
    strict = isinstance(then.left, sp.sign) and then.right == (1 if other is AtMost else -1)
    return other(left=then.left, right=sp.Integer(0) if strict else then.right)


def _changed(then: Conclusion) -> Iterator[tuple[str, str, Conclusion | None]]:
    match then:
        case AtMost() | AtLeast():
            if then.constant is None:
                yield "reversed", "the sides may be equal: `equals(a, b)`", _reversed(then)
            moved = list(_moved(then))
            yield from moved
            if then.constant is not None and not moved:
                yield from _growing(then, then.constant.may_depend_on)
        case Identity():
            yield "one percent more", "an equality has no room", _attempt(_more, then)
            yield "another sign", "one of its terms may vanish", _attempt(_signed, then, "left")
        case Conserved():
            yield "another sign", "one of its terms may be constant", _attempt(_signed, then, "quantity")
            yield "one percent more", "a law has no room", _grown(then)
        case Monotone():
            yield (
                "reversed",
                "it may be constant: conserved(q)",
                dataclasses.replace(then, increasing=not then.increasing),
            )
        case Rate():
            for shift in (sp.Rational(1, 4), -sp.Rational(1, 4)):
                exponent = dataclasses.replace(then, exponent=then.exponent + shift, constant=None)
                if then.side is Side.BOTH or (then.side is Side.UPPER) == (shift > 0):
                    yield f"exponent moved by {shift}", "the exponent may be another one", exponent
        case WithProbability():
            yield from _likelier(then)
        case Selects():
            yield "the other one", "one minimiser is selected", dataclasses.replace(then, reached=then.other)


def _moved(bound: AtMost | AtLeast) -> Iterator[tuple[str, str, Conclusion | None]]:
    """The right side times or over a positive quantity that it depends on."""
    positive = sorted((one for one in bound.right.free_symbols if one.is_positive), key=str)
    implied = None if bound.constant is None else bound.constant.symbol
    for symbol in [one for one in positive if one != implied and one.is_Symbol][:_MOST_MOVED]:
        for shift in (1, -1):
            right = bound.right * symbol**shift
            yield (
                f"exponent of {symbol} moved by {shift}",
                "the power may be another one",
                _attempt(lambda right=right: dataclasses.replace(bound, right=right, tight=False, every=())),
            )


def _growing(bound: AtMost | AtLeast, depends: Sequence[str]) -> Iterator[tuple[str, str, Conclusion | None]]:
    """The left side times (of a bound from below: over) what grows beyond every constant."""
    word, order = ("times", "lower") if isinstance(bound, AtMost) else ("over", "higher")
    for factor in [factor for symbol in _by_kind(bound.left, depends) for factor in _growth(symbol)][:_MOST_MOVED]:
        left = bound.left * factor if isinstance(bound, AtMost) else bound.left / factor
        yield (
            f"left side {word} {factor}",
            f"the left side may be of {order} order",
            _attempt(lambda left=left: dataclasses.replace(bound, left=left, tight=False, every=())),
        )


def _by_kind(left: Any, depends: Sequence[str]) -> list[Any]:
    """The declared quantities of a formula, whole numbers and sizes first, that a constant may not depend on."""
    free = [one for one in declared(left) if str(one) not in depends]
    return sorted(free, key=lambda one: (one.origin.kind is not Kind.INTEGER, str(one)))


def _growth(symbol: Any) -> Iterator[Any]:
    """What grows with a quantity: a number that a constant is followed along, or from one on with what has no bound."""
    match symbol.origin:
        case Values(kind=Kind.INTEGER, low=low):
            yield symbol if low > 0 else 1 + symbol**2
        case Values(kind=Kind.REAL, low=low, high=high) if low is not None and high is not None:
            yield from [symbol] if low > 0 else []
        case Values(kind=Kind.REAL):
            yield (1 + symbol**2) ** 2
        case Values(kind=Kind.DENSE | Kind.SYMMETRIC, low=low, high=high) if low is None or high is None:
            yield (1 + Norm(symbol) ** 2) ** 2


def _attempt(make: Any, *arguments: Any) -> Conclusion | None:
    try:
        made: Conclusion | None = make(*arguments)
    except (ClaimError, TypeError):
        return None
    return made


def _more(then: Identity) -> Identity | None:
    part = sp.Rational(101, 100)
    return None if then.right == 0 else dataclasses.replace(then, right=part * then.right)


def _signed(then: Any, name: str) -> Any:
    """The statement with the sign of one term turned round, where there are several."""
    whole = getattr(then, name)
    terms = list(whole.args) if isinstance(whole, sp.Add | sp.MatAdd) else []
    if len(terms) < 2:  # noqa: PLR2004 - a sum
        return None
    return dataclasses.replace(then, **{name: type(whole)(*terms[:-1], -terms[-1])})


def _grown(then: Conserved) -> Conclusion | None:
    if then.change != 0 or then.factor != 1:
        return None
    return dataclasses.replace(then, change=then.quantity / 100)


def _likelier(then: WithProbability) -> Iterator[tuple[str, str, Conclusion | None]]:
    """The chance of the opposite event, and a chance half way to one (to zero)."""
    low, high = then.at_least, then.at_most
    if isinstance(then.event, AtMost | AtLeast):
        opposite = AtLeast if isinstance(then.event, AtMost) else AtMost
        event = opposite(left=then.event.left, right=then.event.right)
        yield "opposite event", "one of the two is the likelier", dataclasses.replace(then, event=event)
    if low is not None and low != 1:
        yield "likelier", "the chance may be higher", WithProbability(event=then.event, at_least=(1 + low) / 2)
    if high is not None and high != 0:
        yield "less likely", "the chance may be lower", WithProbability(event=then.event, at_most=high / 2)
