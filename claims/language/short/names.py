"""The quantities of a statement by name: which there are, which are one for a whole batch, which nobody knows."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import sympy as sp

from lemmata.claims.language.conclusions import AtLeast, AtMost
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.latex import Conclusion
from lemmata.claims.language.quantified import WithProbability
from lemmata.claims.language.short.quantities import UNNAMED, Declared, DeclaredMatrix, Kind


def with_names(then: Any, where: Mapping[Any, Any]) -> Any:
    """A conclusion with names for parts of its formulas.

    Raises:
        ClaimError: a name is declared to be more than its formula surely is, and sympy has simplified with that.
    """
    if isinstance(then, WithProbability):
        return dataclasses.replace(then, event=with_names(then.event, where))
    made = dataclasses.replace(then, where=dict(where))
    for name, meant in made.where.items():
        assumed = next((one for one in _ASSUMED if _is(name, one) and not _is(meant, one)), None)
        if assumed is not None:
            raise ClaimError(
                f"where= names {name}, declared {assumed}, for {meant}, which sympy does not see to be so; declare it as "
                f'{name} = real("{name}")'
            )
    return made


_ASSUMED = ("positive", "negative", "nonnegative", "nonpositive", "integer")
"""What a real number may be declared to be; where a formula is none it is undefined, whatever it is called."""


def _is(number: Any, what: str) -> bool:
    """Whether sympy takes a number to be so; of matrices it takes nothing for granted."""
    return not isinstance(number, sp.MatrixExpr) and getattr(number, f"is_{what}") is True


def named(name: str, value: Any) -> Any:
    """A quantity that is given as a keyword, under that name."""
    if isinstance(value, DeclaredMatrix) and str(value) == name:
        return value
    if not isinstance(value, Declared):
        raise ClaimError(f"conjecture has no part {name!r}{_hint(name)}; a quantity would be {name}=integer(1, 10)")
    return value.called(name)


_PARTS = (
    "then", "given", "runs", "along", "steps", "on", "tight", "where", "key", "status", "source", "about", "draw", "edges",
    "near", "search", "mutants", "findings", "proof", "cost", "exact", "reading", "note",
)  # fmt: skip


def _hint(name: str) -> str:
    near = difflib.get_close_matches(name, _PARTS, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def drawn(symbols: Sequence[Any]) -> tuple[Any, ...]:
    """The quantities that have values of their own.

    Raises:
        ClaimError: two of them share a name, or one has none.
    """
    found = [one for one in symbols if one.origin.kind not in (Kind.CONSTANT, Kind.MEASURED)]
    by_name: dict[str, Any] = {}
    for one in found:
        if str(one) == UNNAMED:
            raise ClaimError(
                f'{_spoken(one)} has no name; write n = integer("n", {one.origin.low}, {one.origin.high}), or give it to '
                "the conjecture by name, n=integer(...)"
            )
        if str(one) in by_name:
            raise _twice(str(one), one, by_name[str(one)])
        by_name[str(one)] = one
    return tuple(found)


def _twice(name: str, one: Any, other: Any) -> ClaimError:
    kinds = " and as ".join(_spoken(symbol) for symbol in (one, other))
    return ClaimError(f"{name} is declared twice, as {kinds}; declare it once, or give the two different names")


def _spoken(symbol: Any) -> str:
    origin = symbol.origin
    ends = f" from {origin.low} to {origin.high}" if (origin.low, origin.high) != (None, None) else ""
    return f"{origin.kind.value}{ends.replace('None', 'infinity')}"


def fixed(then: Conclusion, symbols: Sequence[Any]) -> tuple[Any, ...]:
    """The numbers that are one for a whole batch: all that are not random, or those that have a range for a constant."""
    numbers = [one for one in symbols if one.origin.kind is Kind.REAL and one.origin.std is None]
    if isinstance(then, WithProbability):
        loose = [one for one in symbols if one.origin.kind is not Kind.REAL and one.origin.kind is not Kind.INTEGER]
        for one in loose:
            if one.origin.std is None and one.origin.kind is not Kind.SCALE:
                raise ClaimError(
                    f'a probability is over Gaussian quantities, and {one} is none; write {one} = gaussian("{one}", ...) '
                    "if it is random, and numbers in its place if it is fixed: no form says it for every such one"
                )
        return tuple(numbers)
    if isinstance(then, AtMost | AtLeast) and then.constant is not None:
        return tuple(one for one in numbers if one.origin.low is not None and one.origin.high is not None)
    return ()


def check_known(used: Sequence[Any], relations: Sequence[Any], symbols: Sequence[Any], *, is_run: bool) -> None:
    """Refuse symbols that nothing draws or measures.

    Raises:
        ClaimError: one is unknown, measured without a function, or declared twice; or there are none.
    """
    if not used:
        raise ClaimError(
            "no quantity is in then: numbers alone leave nothing to draw and no false variant to refute; compare them in "
            "sympy, e.g. bool(Rational(22, 7) >= pi). If one was there, sympy has removed it, as it makes 1 of x/x and 0 "
            "of x - x: keep the formula from it, or state what is left"
        )
    known = {str(one): one for one in symbols}
    inside = [symbol for relation in relations for symbol in relation.free_symbols]
    for symbol in (*used, *inside):
        if not isinstance(symbol, Declared | DeclaredMatrix):
            if str(symbol) in known and not is_run:
                raise ClaimError(
                    f"{symbol} is declared, but the formula holds another symbol of that name; use the one that "
                    f"real, vector ... returned"
                )
            if not is_run or (symbol in inside and str(symbol) not in known):
                raise ClaimError(f'{symbol} is no declared quantity; write {symbol} = real("{symbol}")')
        elif symbol.origin.kind is Kind.MEASURED and (not is_run or symbol in inside):
            raise ClaimError(
                f"{symbol} is measured, and given asks before anything is run; state it of what is drawn, or in then"
                if is_run
                else f"{symbol} is measured, and needs runs=function that returns it"
            )
        elif str(symbol) in known and known[str(symbol)] != symbol:
            raise _twice(str(symbol), symbol, known[str(symbol)])
