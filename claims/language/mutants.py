"""Mutants derived from the claim itself: a tighter constant, another exponent, a dropped hypothesis, symbols swapped."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import sympy as sp

from lemmata.claims.language.claim import Mutant
from lemmata.claims.language.conclusions import AtLeast, AtMost
from lemmata.claims.language.errors import ClaimError
from lemmata.claims.language.latex import Conclusion


def tightened(factor: Any, *, because: str = "the bound is attained") -> Mutant:
    """The bound moved towards its left side by ``factor`` (below one), e.g. ``tightened(Rational(99, 100))``."""

    def change(_: Any, then: Conclusion) -> dict[str, Any]:
        bound = _bound("tightened", then)
        if bound.constant is not None:
            raise ClaimError(f"tightened: the implied constant {bound.constant.symbol} absorbs any factor")
        move = factor if isinstance(bound, AtMost) else 1 / sp.sympify(factor)
        return {"then": dataclasses.replace(bound, right=bound.right * move, tight=False, every=())}

    return _mutant(f"tightened by {factor}", because, change)


def exponent(symbol: Any, shift: Any, *, because: str) -> Mutant:
    """The right side of a bound multiplied by ``symbol ** shift``: another power of a parameter."""

    def change(_: Any, then: Conclusion) -> dict[str, Any]:
        bound = _bound("exponent", then)
        return {"then": dataclasses.replace(bound, right=bound.right * symbol**shift, tight=False, every=())}

    return _mutant(f"exponent of {symbol} moved by {shift}", because, change)


def dropped(hypothesis: str, *, because: str) -> Mutant:
    """The claim without one of its hypotheses, by name.

    Raises (when its claim is built):
        ClaimError: the family has no hypothesis of that name.
    """

    def change(given: Any, _: Conclusion) -> dict[str, Any]:
        kept = tuple(one for one in given.hypotheses if one.name != hypothesis)
        if len(kept) == len(given.hypotheses):
            known = ", ".join(repr(one.name) for one in given.hypotheses) or "none"
            raise ClaimError(f"dropped({hypothesis!r}): the family has no such hypothesis; it has {known}")
        return {"given": dataclasses.replace(given, hypotheses=kept)}

    return _mutant(f"without: {hypothesis}", because, change)


def swapped(first: Any, second: Any, *, because: str) -> Mutant:
    """Two symbols (or expressions) exchanged throughout the conclusion."""

    def change(_: Any, then: Conclusion) -> dict[str, Any]:
        def exchange(part: Any) -> Any:
            return part.subs({first: second, second: first}, simultaneous=True)

        names = [field.name for field in dataclasses.fields(then) if isinstance(getattr(then, field.name), sp.Basic)]
        return {"then": dataclasses.replace(then, **{name: exchange(getattr(then, name)) for name in names})}

    return _mutant(f"{first} and {second} exchanged", because, change)


def _mutant(name: str, because: str, change: Callable[[Any, Conclusion], dict[str, Any]]) -> Mutant:
    return Mutant(name=name, because=because, derive=change)


def _bound(what: str, then: Conclusion) -> AtMost | AtLeast:
    if isinstance(then, AtMost | AtLeast):
        return then
    raise ClaimError(f"{what}(...) is for bounds, AtMost or AtLeast; the conclusion is {type(then).__name__}")
